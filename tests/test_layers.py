"""Imports point one way, and importing the core is light."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

TOP = Path(__file__).parent.parent
PACKAGES = ("pycalc", "workbook", "addin")
FLOORS = (
    (
        "pycalc.annotations",
        "pycalc.errors",
        "pycalc.constants",
        "pycalc.files",
        "pycalc.version",
        "pycalc.registry.vocabulary",
    ),
    ("pycalc.registry",),
    ("pycalc.models",),
    ("pycalc.functions",),
    ("pycalc",),
    ("workbook.errors", "workbook.progress"),
    ("workbook.file",),
    ("workbook.formulas",),
    ("workbook.engines",),
    ("workbook.template",),
    ("workbook.tasks",),
    ("workbook",),
    ("addin",),
)
"""From the ground up; a module lives on the floor with its longest name, and imports from its own or from below."""
SPREADSHEETS = {"xlsxwriter", "openpyxl", "formualizer", "ironcalc", "xlwings", "uno", "lxml"}


@cache
def looked_through(path: Path) -> tuple[list[ast.Import | ast.ImportFrom], list[tuple[str, int]]]:
    """The imports of a file, wherever in it, and its functions with their lines."""
    every = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    functions = [node for node in every if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [node for node in every if isinstance(node, ast.Import | ast.ImportFrom)], [
        (node.name, node.end_lineno - node.lineno + 1) for node in functions
    ]


def modules(path: Path) -> set[str]:
    """The modules a file imports."""
    found = set()
    for node in looked_through(path)[0]:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def imports(path: Path) -> set[str]:
    """The packages a file imports."""
    return {module.partition(".")[0] for module in modules(path)}


def module_name(path: Path) -> str:
    parts = path.relative_to(TOP).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def graph() -> dict[str, set[str]]:
    """Each of our modules with those of ours that it imports, wherever in it, types included."""
    files = {module_name(path): path for package in PACKAGES for path in (TOP / package).rglob("*.py")}

    def ours(module: str) -> str:
        while module and module not in files:
            module = module.rpartition(".")[0]
        return module

    found = {}
    for name, path in files.items():
        asked = modules(path)
        # `from package import module` asks for the module, not for what the package's __init__ holds.
        within = {module.rpartition(".")[0] for module in asked if module in files}
        found[name] = {ours(module) for module in asked - (within - named_from(path))} - {name, ""}
    return found


def named_from(path: Path) -> set[str]:
    """The modules of which a file imports something else than a module of theirs."""
    found = set()
    for node in looked_through(path)[0]:
        if isinstance(node, ast.ImportFrom) and node.module:
            folder = TOP / node.module.replace(".", "/")
            if not all((folder / f"{a.name}.py").exists() or (folder / a.name).is_dir() for a in node.names):
                found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def floor(module: str) -> int:
    named = [
        (len(prefix), number)
        for number, prefixes in enumerate(FLOORS)
        for prefix in prefixes
        if module == prefix or module.startswith(f"{prefix}.")
    ]
    return max(named)[1]


def test_imports_point_downwards():
    wrong = {
        f"{module} imports {other}"
        for module, others in graph().items()
        for other in others
        # A package's own name stands for what its __init__ holds.
        if floor(other) > floor(module) and not module.startswith(f"{other}.")
    }
    assert not wrong


def test_no_circle_of_imports():
    left = graph()
    while left:
        free = {module for module, others in left.items() if not others & left.keys()}
        assert free, f"in a circle, or above one: {sorted(left)}"
        left = {module: others for module, others in left.items() if module not in free}


def test_the_arithmetic_imports_no_spreadsheet_library():
    for path in (TOP / "pycalc").rglob("*.py"):
        wrong = imports(path) & SPREADSHEETS
        assert not wrong, f"{path.relative_to(TOP)} imports {wrong}"


LINES, FUNCTION_LINES = 400, 60


def too_long() -> set[str]:
    found = set()
    for package in (*PACKAGES, "tools"):
        for path in (TOP / package).rglob("*.py"):
            name = path.relative_to(TOP).as_posix()
            if path.read_text(encoding="utf-8").count("\n") > LINES:
                found.add(name)
            found |= {f"{name}:{inner}" for inner, lines in looked_through(path)[1] if lines > FUNCTION_LINES}
    return found


def test_no_module_or_function_is_too_long():
    assert not too_long()


def test_nobody_uses_the_noncommercial_part_of_xlwings():
    for package in (*PACKAGES, "tests", "tools"):
        for path in (TOP / package).rglob("*.py"):
            if "node_modules" not in path.parts:
                assert not {"xlwings.pro", "xlwings.server"} & modules(path), path


def loaded_by_the_core() -> set[str]:
    """The modules in memory after `import pycalc`, in an interpreter without site packages."""
    code = "import sys, pycalc; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, cwd=TOP, check=True)
    return set(run.stdout.split())


def test_importing_the_core_loads_the_standard_library_alone():
    loaded = {module.partition(".")[0] for module in loaded_by_the_core()}
    assert loaded - set(sys.stdlib_module_names) == {"__main__", "pycalc"} - set(sys.stdlib_module_names)


def test_importing_the_core_is_light():
    heavy = {"re", "inspect", "dataclasses", "typing", "enum", "json", "csv", "datetime", "decimal"}
    assert not loaded_by_the_core() & heavy


def test_every_file_beside_the_code_is_packaged():
    """What setuptools takes along: the patterns of pyproject.toml, from every folder that is a package."""
    patterns = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]["*"]
    here = {path for name in PACKAGES for path in (TOP / name).rglob("*") if path.is_file()}
    here = {path for path in here if path.suffix not in (".py", ".pyi", ".pyc") and "__pycache__" not in path.parts}
    folders = [path.parent for name in PACKAGES for path in (TOP / name).rglob("__init__.py")]
    taken = {path for folder in folders for pattern in patterns for path in folder.glob(pattern)}
    taken |= {path for folder in folders for path in folder.glob("data/**/*")}
    assert sorted(map(str, here - taken)) == []
