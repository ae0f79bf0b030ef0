"""Workbooks for the tests, written by hand part by part where a library would write them too tidily."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def sheet(rows: str, after: str = "") -> str:
    """A worksheet part around its rows."""
    return f'{HEADER}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def row(number: int, **cells: str) -> str:
    """One row; each cell is the inside of <c>, such as A="<f>1+1</f><v>9</v>", or a whole <c> element."""
    inner = "".join(
        held if held.startswith("<c ") else f'<c r="{column}{number}">{held}</c>' for column, held in cells.items()
    )
    return f'<row r="{number}">{inner}</row>'


def write_book(
    path: Path,
    sheets: Mapping[str, str],
    *,
    names: str = "",
    workbook: str = "",
    parts: Mapping[str, str | bytes] | None = None,
    types: str = "",
    relationships: str = "",
    main: str = "sheet.main+xml",
) -> Path:
    """A workbook of the given worksheet parts, with further parts, content types and relationships."""
    overrides = f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}.{main}"/>'
    listed, related = "", ""
    contents: dict[str, str | bytes] = {}
    for number, (name, text) in enumerate(sheets.items(), 1):
        part = f"xl/worksheets/sheet{number}.xml"
        contents[part] = text
        overrides += f'<Override PartName="/{part}" ContentType="{SHEET_TYPE}.worksheet+xml"/>'
        quoted = name.replace("&", "&amp;").replace('"', "&quot;")
        listed += f'<sheet name="{quoted}" sheetId="{number}" r:id="rId{number}"/>'
        related += f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
    names = f"<definedNames>{names}</definedNames>" if names else ""
    start = {
        "[Content_Types].xml": f'{HEADER}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}{types}</Types>',
        "_rels/.rels": f'{HEADER}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEADER}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<sheets>{listed}</sheets>{names}{workbook}</workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEADER}<Relationships xmlns="{PACKAGE}/relationships">'
        f"{related}{relationships}</Relationships>",
    }
    write_zip(path, {**start, **contents, **(parts or {})})
    return path


def write_zip(path: Path, contents: Mapping[str, str | bytes]) -> Path:
    """A zip of these entries, in this order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return path


def contents(path: Path) -> dict[str, bytes]:
    """Every part of a file, in its order."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def changed_parts(before: Path, after: Path) -> set[str]:
    """The parts that differ, are new or are gone."""
    old, new = contents(before), contents(after)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


PEAK_MEMORY = """
def peak_megabytes():
    # Not getrusage: a child's figure there begins with its parent's memory at the fork.
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
"""
"""Python text for a fresh process that measures its own peak memory."""
