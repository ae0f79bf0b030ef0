"""The part of a workbook that some cells rest on: its formulas as JavaScript, its constants."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from pycalc.errors import CalcError
from workbook.errors import WorkbookError
from workbook.file.addresses import Spot, column_letters
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.formulas.cells import Masters, formula_cell
from workbook.formulas.javascript import Translation
from workbook.formulas.parser import FormulaError, shifted
from workbook.formulas.readers import DEEPEST, CellSet, References, is_simple
from workbook.formulas.shapes import Shape, shape_of


@dataclass
class Model:
    """Formulas by their translated text, and the constants they read."""

    sheets: dict[str, int]
    texts: dict[str, list[Spot]] = field(default_factory=dict)
    values: dict[Spot, Value] = field(default_factory=dict)

    def formulas(self) -> str:
        """A list of pairs: a function of row and column, and the cells it stands in, three numbers each."""
        pairs = [
            f"[(r,c)=>{text},{json.dumps([n for place in places for n in self.numbers(place)], separators=(',', ':'))}]"
            for text, places in self.texts.items()
        ]
        return "[" + ",\n".join(pairs) + "]"

    def constants(self) -> list[list[object]]:
        return [[*self.numbers(place), as_data(value)] for place, value in self.values.items()]

    def numbers(self, place: Spot) -> tuple[int, int, int]:
        return self.sheets[place[0]], place[1], place[2]


def as_data(value: Value) -> object:
    """A value as JSON: an error value as an object."""
    return {"e": value.code} if isinstance(value, CalcError) else value


def collect(package: Package, wanted: Iterable[Spot], cells: Cells) -> Model:
    """The formulas and constants that the wanted cells rest on; a formula that cannot be translated is refused."""
    sheets = {sheet.name: number for number, sheet in enumerate(package.worksheets())}
    texts, values = cells
    held = CellSet({**texts, **values})
    names = {(name.sheet, name.name.upper()): name.text for name in package.defined_names()}
    references = References(package)
    known: dict[tuple[str, Shape], str] = {}
    """The translations that all formulas of a shape on a sheet have in common."""
    model = Model(sheets)
    waiting = list(wanted)
    seen: set[Spot] = set()
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        if place in texts:
            shape, template = shape_of(texts[place], *place[1:])
            text = known.get((place[0], shape), "")
            if not text:
                text = _translated(texts[place], place, sheets, names)
                meanings = [
                    names.get((place[0], each.text.upper())) or names.get((None, each.text.upper()), "")
                    for each in template.others
                ]
                if all(map(is_simple, meanings)):
                    known[place[0], shape] = text
            model.texts.setdefault(text, []).append(place)
            for area in references.of_shape(shape, template, place)[0]:
                waiting += held.within(area)
        elif place in values:
            model.values[place] = values[place]
    return model


Cells = tuple[dict[Spot, str], dict[Spot, Value]]
"""Formula texts, and what the cells store."""


def cells_of(package: Package) -> Cells:
    """Every cell of the workbook."""
    strings = package.strings()
    texts: dict[Spot, str] = {}
    values: dict[Spot, Value] = {}
    for sheet in package.worksheets():
        masters: Masters = {}
        for cell in package.cells(sheet.part):
            place = (sheet.name, cell.row, cell.column)
            if cell.formula is not None and cell.kind != "dataTable":
                texts[place] = formula_cell(cell, masters).text
            value = cell.value(strings)
            if value is not None:
                values[place] = value
    return texts, values


def _translated(
    text: str, place: Spot, sheets: dict[str, int], names: dict[tuple[str | None, str], str], depth: int = 0
) -> str:
    sheet, row, column = place

    def named(where: str, name: str) -> str:
        meant = names.get((where, name.upper())) or names.get((None, name.upper()))
        if meant is None or depth >= DEEPEST:
            raise FormulaError(f"the name {name} has no translation")
        return _translated(shifted(meant, row - 1, column - 1), place, sheets, names, depth + 1)

    try:
        return Translation(text, sheet, row, column, sheets, named).text()
    except FormulaError as problem:
        raise WorkbookError(
            f"{sheet}!{column_letters(column)}{row}: {problem}, so no page can recompute it. "
            "Give that cell a formula of Excel's common functions, or report to another format"
        ) from None
