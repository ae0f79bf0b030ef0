"""A further sheet in a workbook: a free name, a free part, and the lines that make it known."""

from __future__ import annotations

from workbook.file.package import Package
from workbook.file.xmlspans import escaped, spliced


def free_name(package: Package, name: str) -> str:
    """The sheet name itself, or "Risk 2" and so on where there is one."""
    taken = {sheet.name.upper() for sheet in package.sheets()}
    free, number = name, 1
    while free.upper() in taken:
        number += 1
        free = f"{name} {number}"
    return free


def free_part(package: Package, pattern: str) -> str:
    number = 1
    while pattern.format(number) in package:
        number += 1
    return pattern.format(number)


def add_worksheet(package: Package, name: str, data: bytes) -> str:
    """Add a worksheet behind the others, and return its part."""
    sheets = package.elements(package.workbook_part, "sheet")
    number = len(sheets) + 1
    while f"xl/worksheets/sheet{number}.xml" in package:
        number += 1
    part = f"xl/worksheets/sheet{number}.xml"
    package.add(part, data, "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml")
    kinds = [r.type for r in package.relationships(package.workbook_part) if r.kind == "worksheet"]
    relationship = package.relate(package.workbook_part, kinds[0], part)
    identifier = max(package.whole_number("sheet", sheet.attributes, "sheetId", 0) for sheet in sheets) + 1
    last = sheets[-1]
    attribute = next(key for key in last.attributes if key.endswith(":id"))
    # Some programs (openpyxl) declare the prefix of that attribute at each sheet, not at the root.
    spaces = "".join(f' {key}="{value}"' for key, value in last.attributes.items() if key.startswith("xmlns"))
    line = (
        f'<{last.tag}{spaces} name="{escaped(name, quote=True)}" sheetId="{identifier}" {attribute}="{relationship}"/>'
    ).encode()
    workbook = package.read(package.workbook_part)
    package.replace(package.workbook_part, spliced(workbook, [(last.end, last.end, line)]))
    return part
