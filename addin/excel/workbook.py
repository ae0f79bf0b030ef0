"""The files for Excel on Windows: a workbook with macros, an add-in file, and the VBA module alone.

Workbook and add-in hold our VBA and xlwings' (BSD licence, from the installed xlwings), so that nothing but Python
with this package has to be installed beside them.
"""

from __future__ import annotations

import io
from importlib import resources
from pathlib import Path

from addin.excel import vba
from addin.excel.vbaproject import vba_project
from pycalc import FUNCTIONS
from pycalc.registry.definition import Function
from workbook.file.zipwriter import repacked

FILES = WORKBOOK, ADDIN, MODULE = "breakeven.xlsm", "breakeven.xlam", "breakeven.bas"
SHEET = "Functions"
_TYPE = b"application/vnd.ms-excel.%s.macroEnabled.main+xml"


def build(folder: Path, names: tuple[str, ...] = FILES) -> list[Path]:
    """Write the files, or those named; the same sources give the same bytes."""
    from workbook.file.saving import replacing

    workbook = _workbook()
    contents = {WORKBOOK: workbook, ADDIN: _as_addin(workbook), MODULE: vba.module_text().encode("cp1252")}
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in names:
        with replacing(folder / name) as file:
            file.write(contents[name])
        paths.append(folder / name)
    return paths


def xlwings_module() -> str:
    """xlwings' own VBA, which starts Python and talks to it."""
    return resources.files("xlwings").joinpath("xlwings.bas").read_text(encoding="utf-8")


def _workbook() -> bytes:
    import datetime

    import xlsxwriter

    project = vba_project({"xlwings": xlwings_module(), vba.MODULE: vba.module_text()}, ["Sheet1"])
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": "LLM break-even functions", "created": datetime.datetime(2026, 1, 1)})
    book.set_vba_name("ThisWorkbook")
    book.add_vba_project(io.BytesIO(project), is_stream=True)
    sheet = book.add_worksheet(SHEET)
    sheet.set_vba_name("Sheet1")
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    top = book.add_format({"valign": "top"})
    sheet.set_column(0, 0, 60, wrapped)
    sheet.set_column(1, 1, 70, wrapped)
    sheet.set_column(2, 2, 24, top)
    sheet.write_row(0, 0, ["Function", "What it gives", "Example"], bold)
    sheet.freeze_panes(1, 0)
    for row, function in enumerate(FUNCTIONS.values(), 1):
        sheet.write_string(row, 0, function.syntax(), wrapped)
        sheet.write_string(row, 1, function.summary, wrapped)
        formula, value = _example(function)
        if formula:
            sheet.write_formula(row, 2, formula, top, value)
    book.close()
    return target.getvalue()


def _example(function: Function) -> tuple[str, object]:
    """The function's first example as a formula, with its value; nothing where one cell cannot hold it."""
    for args, shown in function.examples:
        if not any(isinstance(item, list | tuple) for item in args) and not function.spills and not function.needs:
            from pycalc.registry.native import literal

            try:
                value: object = float(shown)
            except ValueError:
                value = shown
            return f"={function.name}({','.join(literal(item) for item in args)})", value
    return "", None


def _as_addin(workbook: bytes) -> bytes:
    """The same package declared an add-in."""
    return repacked(workbook, lambda content: content.replace(_TYPE % b"sheet", _TYPE % b"addin"))
