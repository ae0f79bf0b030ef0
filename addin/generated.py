"""The files of every host, generated at once: what `breakeven addin check` looks at."""

from __future__ import annotations

from collections.abc import Iterator


def generated() -> Iterator[tuple[str, list[str], str]]:
    """Each host, the functions it should have, and what is generated for it; what cannot be generated raises."""
    from addin.calc import extension, registration, typelibrary
    from addin.excel import vba
    from addin.excel.vbaproject import vba_project
    from addin.lite import main_py
    from addin.office import build as office
    from addin.sheets import build as code
    from pycalc import FUNCTIONS
    from workbook.formulas import lambdas

    module = vba.module_text()
    vba_project({vba.MODULE: module}, ["Sheet1"])
    yield "excel", list(FUNCTIONS), module
    program = main_py.text()
    compile(program, "main.py", "exec")
    yield "lite", list(FUNCTIONS), program
    extension.parts()
    typelibrary.compiled()
    yield "calc", list(FUNCTIONS), registration.functions_help()
    contents = office.files("https://localhost:3000/")
    yield "office", list(FUNCTIONS), contents["functions.json"].decode()
    yield "sheets", code.names(), code.text()
    names = lambdas.names()
    yield "lambda", names, "\n".join(f"{name} {lambdas.defined_name(name)}" for name in names)
