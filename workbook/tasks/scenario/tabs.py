"""A scenario's tab: made from one that is there, so that it looks like it, and taken out again."""

from __future__ import annotations

import re

from workbook.file.addresses import column_letters, quoted_sheet
from workbook.file.cells import cells
from workbook.file.edits import constant_edit, formula_as, formula_edit
from workbook.file.package import BadWorkbook, Package, Sheet
from workbook.file.xmlspans import Edit, Element, elements, escaped, spliced, with_attribute
from workbook.formulas.cells import formula_cells
from workbook.formulas.parser import splice
from workbook.tasks.scenario.layout import Column, Layout, parsed

_OF_RELATIONSHIPS = (
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "hyperlinks",
    "smartTags",
)
"""Children of a worksheet that point to parts of their own; the copy has none."""

_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST = 31


def tab_name(package: Package, title: str) -> str:
    """A sheet name made from a scenario's title that the workbook does not hold yet."""
    taken = {sheet.name.lower() for sheet in package.sheets()} | {"history"}
    bare = _FORBIDDEN.sub(" ", title)
    bare = " ".join(bare.split()).strip("'") or "Scenario"
    name = bare[:_LONGEST].strip().strip("'")
    number = 2
    while name.lower() in taken:
        suffix = f" ({number})"
        name = bare[: _LONGEST - len(suffix)].strip() + suffix
        number += 1
    return name


def retargeted(text: str, own: str, renamed: dict[str, str], moved: dict[tuple[str, int], int]) -> str:
    """A formula with sheets renamed and columns of a sheet replaced.

    `own` is the sheet the formula stands on; `renamed` sheet names in small letters to new ones; `moved` says which
    column of which sheet (in small letters) becomes which.
    """
    formula = parsed(text)
    if formula is None:
        return text
    edits = []
    for reference in formula.references():
        if reference.kind not in ("cell", "range", "columns"):
            continue
        sheet = (reference.sheet if reference.sheet is not None else own).lower()
        body = reference.body
        for (where, before), after in moved.items():
            if where == sheet:
                old, new = column_letters(before), column_letters(after)
                body = re.sub(rf"(?<![A-Za-z])(\$?){old}(?=\$?\d|:|\Z)", rf"\g<1>{new}", body, flags=re.IGNORECASE)
        written = reference.text[: len(reference.text) - len(reference.body)]
        if reference.sheet is not None and reference.sheet.lower() in renamed:
            written = quoted_sheet(renamed[reference.sheet.lower()]) + "!"
        if written + body != reference.text:
            edits.append((reference.start, reference.end, written + body))
    return splice(text, edits)


def copied_tab(package: Package, layout: Layout, source: Column, target: Column, title: str, name: str) -> bytes:
    """The worksheet part of a new tab: the source's, reading the target's column."""
    assert source.tab is not None
    old = source.tab
    data = package.read(old.part)
    renamed = {old.name.lower(): name}
    moved = {(layout.sheet.name.lower(), layout.column(source.number)): layout.column(target.number)}

    def new(text: str) -> str:
        return retargeted(text, old.name, renamed, moved)

    edits: list[Edit] = []
    strings = package.strings()
    titled = False
    for cell in cells(data):
        value = cell.value(strings)
        if not titled and not cell.kind and isinstance(value, str) and cell.row <= 3:
            text = _retitled(value, source, target, title)
            if text != value:
                edits.append(constant_edit(data, cell, text))
                titled = True
        if cell.formula:
            text = new(cell.formula)
            if text != cell.formula:
                edits.append(formula_edit(data, cell, text))
    for element in elements(data, "formula", "formula1", "formula2"):
        text = new(element.text)
        if text != element.text and not element.closed:
            edits.append((element.tag_end, element.content_end, escaped(text).encode()))
    edits += _as_a_copy(data, old.name, name)
    return spliced(data, edits)


def _retitled(text: str, source: Column, target: Column, title: str) -> str:
    """ "Scenario 2: Cheap" for scenario 5 named Dear: "Scenario 5: Dear"."""
    numbered = re.sub(rf"\bScenario {source.number}\b", f"Scenario {target.number}", text)
    if source.title and source.title in numbered and (numbered != text or numbered == source.title):
        return numbered.replace(source.title, title)
    return numbered


def _as_a_copy(data: bytes, old: str, name: str) -> list[Edit]:
    """What may stand in one sheet of a workbook alone, or names the sheet."""
    edits: list[Edit] = []
    removed: list[Element] = []
    for element in elements(data, "worksheet", "sheetPr", "sheetView", "pageSetup", *_OF_RELATIONSHIPS):
        tag = data[element.start : element.tag_end]
        new = tag
        if element.name == "worksheet":
            new = with_attribute(tag, "xr:uid", None)
        elif element.name == "sheetPr":
            new = with_attribute(tag, "codeName", None)
        elif element.name == "sheetView":
            new = with_attribute(tag, "tabSelected", None)
        elif element.name == "pageSetup":
            for key in element.attributes:
                if key.endswith(":id"):
                    new = with_attribute(new, key, None)
        elif element.path == ("worksheet",):
            removed.append(element)
            edits.append((element.start, element.end, b""))
            continue
        if new != tag:
            edits.append((element.start, element.tag_end, new))
    before, after = _in_footer(old), _in_footer(name)
    for element in elements(data, "oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
        text = re.sub(rf"(?<=, ){re.escape(before)}(?=&|\Z)", lambda _: after, element.text)
        if text != element.text:
            edits.append((element.tag_end, element.content_end, escaped(text).encode()))
    return edits


def _in_footer(name: str) -> str:
    return name.replace("&", "&&")


def readers(package: Package, sheet: Sheet, spared: set[tuple[str, str]]) -> list[str]:
    """Where else the workbook refers to a sheet: cells but those spared, names, charts."""
    wanted = sheet.name.lower()
    found = []
    for other in package.worksheets():
        if other.part == sheet.part:
            continue
        for cell in formula_cells(package, other.part):
            if (other.name, cell.address) in spared or wanted.replace("'", "''") not in cell.text.lower():
                continue
            formula = parsed(cell.text)
            if formula is None or any((r.sheet or "").lower() == wanted for r in formula.references()):
                found.append(f"{other.name}!{cell.address}")
    for name in package.defined_names():
        if name.sheet is not None and name.sheet.lower() == wanted:
            continue
        formula = parsed(name.text)
        if formula and any((r.sheet or "").lower() == wanted for r in formula.references()):
            found.append(f"the name {name.name}")
    quoted = escaped(quoted_sheet(sheet.name) + "!").encode()
    for part in package.names:
        if part.startswith("xl/charts/") and part.endswith(".xml") and quoted in package.read(part):
            found.append(f"a chart ({part})")
    return found


def check_unread(package: Package, sheet: Sheet, spared: set[tuple[str, str]]) -> None:
    """Refuse to remove a tab that something else reads."""
    found = readers(package, sheet, spared)
    if found:
        shown = ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
        raise BadWorkbook(package.path, f'the tab "{sheet.name}" is read by {shown}', "Change or delete those first")


def unshared(package: Package, part: str) -> None:
    """Give every cell of a sheet its own formula where programs have shared one between cells."""
    shared = [cell for cell in formula_cells(package, part) if cell.cell.kind == "shared"]
    if shared:
        data = package.read(part)
        package.replace(part, spliced(data, [formula_as(cell.cell, cell.text) for cell in shared]))
