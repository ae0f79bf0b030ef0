"""Imports point one way, and importing the core is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
ALLOWED = {"pycalc": {"pycalc"}, "workbook": {"pycalc", "workbook"}, "addin": {"pycalc", "workbook", "addin"}}
SPREADSHEETS = {"xlsxwriter", "openpyxl", "formualizer", "ironcalc", "xlwings", "uno", "lxml"}


def modules(path: Path) -> set[str]:
    """The modules a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def imports(path: Path) -> set[str]:
    """The packages a file imports."""
    return {module.partition(".")[0] for module in modules(path)}


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_point_one_way(package):
    for path in (TOP / package).rglob("*.py"):
        wrong = imports(path) & (set(ALLOWED) - ALLOWED[package])
        assert not wrong, f"{path.relative_to(TOP)} imports {wrong}"


def test_the_arithmetic_imports_no_spreadsheet_library():
    for path in (TOP / "pycalc").rglob("*.py"):
        wrong = imports(path) & SPREADSHEETS
        assert not wrong, f"{path.relative_to(TOP)} imports {wrong}"


def test_nobody_uses_the_noncommercial_part_of_xlwings():
    for package in (*ALLOWED, "tests", "tools"):
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
