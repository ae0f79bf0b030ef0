"""Sheets as data: cells that hold formulas over keys, and what turns a key into a reference.

A formula in the model names other figures by key and calls our worksheet functions by name:
``FT_BREAKEVEN(upfront, pe_monthly, ft_monthly)``. `Book.formula` puts cell references in place of keys and the
native twin in place of each function, so that the workbook computes without any add-in.

Keys stand in scopes: "base" holds the constants on Inputs, "live" the values of the scenario in force and all
results of the model, "tab2" the tab of scenario 2. A sheet names the scopes it reads, the nearest first. A key with
a scope in front (``base.queries``) names that scope. A *row* key stands for the cell in the same column;
``row.key`` for the whole row, ``prev.key`` for the cell to its left, ``first.key`` for the first cell, ``rest.key``
for all but the first, ``key.3`` for the third.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from xlsxwriter.utility import xl_col_to_name

import pycalc  # noqa: F401 - files the functions in the registry
from pycalc import constants
from pycalc.registry import FUNCTIONS, native
from pycalc.registry.definition import Argument, Function
from workbook.file.addresses import quoted_sheet

letters = cache(xl_col_to_name)
"""Column letters of a column counted from 0."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*\Z")
_HERE, _BEFORE = "\0", "\1"
"""In a formula taken apart once for all columns: the letters of the cell's own column, and of the one to its left."""
_DOUBLED = re.compile(
    rf"((?:'[^']+'|[A-Za-z_]+)!)(\$?[A-Z{_HERE}{_BEFORE}]+\$?\d+):\1(\$?[A-Z{_HERE}{_BEFORE}]+\$?\d+)"
)
"""An area of another sheet whose two corners both name it."""
_WORD = re.compile(r'"[^"]*"|(?<![\w.!$\'])[A-Za-z_]\w*(?![\w(!.])')
"""A text, or a word that may be a name, in a formula as Excel has it."""
_CONSTANTS = {name: name for name in constants.BY_NAME}
"""The names that stand for themselves in a twin: cells of the workbook have them."""
_ROW_WORDS = ("row", "prev", "first", "last", "rest")

A3, A4 = 8, 9
"""As print set-ups number papers."""


@dataclass(frozen=True)
class Place:
    """Where a key stands. `last` is the last column of a row key, None for a single cell."""

    sheet: str
    row: int
    column: int
    last: int | None = None
    bottom: int | None = None
    """The last row of an area."""


@dataclass
class Cell:
    """One cell: a constant or a formula over keys (text that starts with "="), and how it looks."""

    content: object
    style: str = "text"
    key: str | None = None
    name: str | None = None
    """The workbook-wide defined name of this cell."""
    note: str = ""
    """A comment that pops up on the cell."""
    scopes: tuple[str, ...] | None = None
    """Scopes of this cell's formula where they are not the sheet's."""

    @property
    def is_formula(self) -> bool:
        return isinstance(self.content, str) and self.content.startswith("=")


@dataclass
class Sheet:
    """One sheet of the template."""

    name: str
    title: str
    purpose: str
    widths: tuple[float, ...]
    scopes: tuple[str, ...] = ("live",)
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    validations: list[tuple[int, int, int, dict[Any, Any]]] = field(default_factory=list)
    """What cells accept: row, first and last column, and XlsxWriter's fields."""
    rules: list[tuple[str, dict[Any, Any]]] = field(default_factory=list)
    """Conditional formats: an area such as "B5:G11" and XlsxWriter's fields, with a style name under "style"."""
    charts: list[Chart] = field(default_factory=list)
    repeat_rows: tuple[int, int] = (0, 2)
    freeze: tuple[int, int] = (4, 1)
    paper: int = A4
    """A4 unless type would be smaller than seven points."""
    pages: int = 0
    """Pages tall when printed; 0 is as many as it takes."""
    wide: int = 1
    """Pages wide; more than one repeats the first two columns."""
    printed: tuple[int, int] | None = None
    """Last row and column that are printed, where that is not all."""
    breaks: list[int] = field(default_factory=list)
    accent: bool = False
    """The tab is coloured: the sheets a reader starts with."""

    def accept(self, row: int, column: int, last: int, rule: dict[Any, Any]) -> None:
        """Refuse what a rule refuses in these cells; a blank is accepted, and an empty rule refuses nothing."""
        if rule:
            self.validations.append((row, column, last, rule | {"ignore_blank": True}))

    def put(self, row: int, column: int, content: object, style: str = "text", **more: object) -> None:
        if (row, column) in self.cells:
            raise ValueError(f"{self.name}: two cells at row {row + 1}, column {column + 1}")
        self.cells[row, column] = Cell(content, style, **more)  # type: ignore[arg-type]

    @property
    def last_row(self) -> int:
        return max(row for row, _ in self.cells)

    @property
    def last_column(self) -> int:
        return max(len(self.widths) - 1, max(column for _, column in self.cells))


@dataclass
class Chart:
    """A native chart. Series take keys of rows, or areas as text."""

    kind: str
    title: str
    row: int
    column: int
    width: int
    height: int
    series: list[dict[Any, Any]]
    x_title: str
    y_title: str
    options: dict[Any, Any] = field(default_factory=dict[Any, Any])


@dataclass(frozen=True)
class Row:
    """One line of a sheet: a label, a unit, a formula over keys, a number format.

    `formula` is one text for all columns, or one for each. `opening` differs in the first column (month 0).
    """

    key: str
    label: str
    unit: str = ""
    formula: str | tuple[str, ...] = ""
    style: str = "money"
    name: str | None = None
    note: str = ""
    opening: str | None = None
    names: tuple[str | None, ...] = ()


class Book:
    """All sheets of one workbook, and the places of all keys."""

    def __init__(self, sheets: list[Sheet]) -> None:
        self.sheets = sheets
        self.places: dict[str, Place] = {}
        self.names: dict[str, Place] = {}
        self._texts: dict[tuple[Any, ...], str] = {}
        self._references: dict[tuple[str, str, tuple[str, ...]], str] = {}

    def place(self, key: str, place: Place) -> None:
        if key in self.places:
            raise ValueError(f"two places for the key {key}")
        self.places[key] = place

    def define(self, name: str, place: Place) -> None:
        if name in self.names:
            raise ValueError(f"two cells for the name {name}")
        self.names[name] = place

    def collect(self) -> None:
        """File the keys and names that single cells carry; rows have been filed as they were laid out."""
        for sheet in self.sheets:
            for (row, column), cell in sheet.cells.items():
                if cell.key:
                    self.place(cell.key, Place(sheet.name, row, column))
                if cell.name:
                    self.define(cell.name, Place(sheet.name, row, column))

    def find(self, key: str, scopes: tuple[str, ...]) -> Place:
        for scope in scopes:
            if place := self.places.get(f"{scope}.{key}"):
                return place
        if place := self.places.get(key):
            return place
        stem, _, number = key.rpartition(".")
        if stem and number.isdigit():  # one cell of a row
            row = self.find(stem, scopes)
            if row.last is not None and row.bottom is None and row.column + int(number) - 1 <= row.last:
                return Place(row.sheet, row.row, row.column + int(number) - 1)
        raise KeyError(f"no cell for the key {key!r} in {', '.join(scopes)}")

    def reference(self, token: str, sheet: Sheet, scopes: tuple[str, ...]) -> str:
        """The reference a key stands for on `sheet`, with signs in place of its column where that moves with the cell;
        a defined name or constant stands for itself.
        """
        word, _, rest = token.partition(".")
        spread = word if word in _ROW_WORDS and rest else ""
        key = rest if spread else token
        try:
            place = self.find(key, scopes)
        except KeyError:
            if token in self.names or token in constants.BY_NAME or token in ("TRUE", "FALSE"):
                return token
            raise
        prefix = "" if place.sheet == sheet.name else quoted_sheet(place.sheet) + "!"
        row = place.row + 1
        if place.bottom is not None and place.last is not None:
            return f"{prefix}${letters(place.column)}${row}:${letters(place.last)}${place.bottom + 1}"
        if place.last is None:
            if spread:
                raise KeyError(f"{key!r} is a single cell, not a row")
            return f"{prefix}${letters(place.column)}${row}"
        if spread == "row":
            return f"{prefix}${letters(place.column)}${row}:${letters(place.last)}${row}"
        if spread == "rest":
            return f"{prefix}${letters(place.column + 1)}${row}:${letters(place.last)}${row}"
        if spread == "first":
            return f"{prefix}${letters(place.column)}${row}"
        if spread == "last":
            return f"{prefix}${letters(place.last)}${row}"
        return f"{prefix}{_BEFORE if spread == 'prev' else _HERE}{row}"

    def formula(self, text: str, sheet: Sheet, column: int, scopes: tuple[str, ...], named: bool = True) -> str:
        """The Excel formula, with its equals sign, of a formula over keys; after "=raw:" stands Excel text as it is.

        Without `named` it has the places of cells in place of their names, for an engine that knows none.
        """
        known = (text, sheet.name, scopes, named)
        whole = self._texts.get(known)
        if whole is None:
            whole = self._texts[known] = self._compiled(text, sheet, scopes, named)
        if _HERE in whole:
            whole = whole.replace(_HERE, letters(column))
        return whole.replace(_BEFORE, letters(column - 1)) if _BEFORE in whole else whole

    def _compiled(self, text: str, sheet: Sheet, scopes: tuple[str, ...], named: bool) -> str:
        """A formula taken apart once for all columns."""
        if text.startswith("=raw:"):
            whole = text.removeprefix("=raw:")
            return "=" + (whole if named else _WORD.sub(lambda match: self._place_of(match[0]), whole))
        try:
            found = [
                self._at(each, sheet, scopes, named) if n % 2 else each
                for n, each in enumerate(pieces(text.removeprefix("=")))
            ]
        except (KeyError, ValueError) as problem:
            raise ValueError(f"{sheet.name}: {text}: {problem}") from problem
        whole = "".join(found)
        return "=" + (_DOUBLED.sub(r"\1\2:\3", whole) if ":" in found else whole)

    def _at(self, token: str, sheet: Sheet, scopes: tuple[str, ...], named: bool) -> str:
        key = (token, sheet.name, scopes)
        if key not in self._references:
            self._references[key] = self.reference(token, sheet, scopes)
        found = self._references[key]
        return found if named or found != token else self._place_of(token)

    def _place_of(self, name: str) -> str:
        """The place of a defined name; another word as it is."""
        place = self.names.get(name)
        return name if place is None else f"{quoted_sheet(place.sheet)}!${letters(place.column)}${place.row + 1}"

    def formula_at(self, sheet: Sheet, row: int, column: int, named: bool = True) -> str:
        """The Excel formula of a cell of this book."""
        cell = sheet.cells[row, column]
        return self.formula(
            str(cell.content), sheet, column, sheet.scopes if cell.scopes is None else cell.scopes, named
        )

    def area(self, key: str, scopes: tuple[str, ...] = ("live",)) -> str:
        """The absolute area of a row key or the address of a cell, with its sheet: what a chart reads."""
        place = self.find(key, scopes)
        first = f"={quoted_sheet(place.sheet)}!${letters(place.column)}${place.row + 1}"
        return first if place.last is None else f"{first}:${letters(place.last)}${place.row + 1}"


@lru_cache(4096)
def pieces(text: str) -> tuple[str, ...]:
    """A formula with the native twins of our functions in their place: text and key in turn."""
    tokens = native.TOKEN.findall(text)
    if tokens.count("(") != tokens.count(")"):
        raise ValueError("its parentheses do not match")
    if not FUNCTIONS.keys().isdisjoint(tokens):
        tokens = native.TOKEN.findall(_expanded(tokens, 0, ())[0])
    found = [""]
    for token, following in zip(tokens, (*tokens[1:], ""), strict=True):
        if following != "(" and _NAME.match(token):
            found += [token, ""]
        elif not token.isspace():
            found[-1] += token
    return tuple(found)


def _expanded(tokens: list[str], start: int, stops: tuple[str, ...]) -> tuple[str, int]:
    parts: list[str] = []
    index = start
    while index < len(tokens) and (token := tokens[index]) not in stops:
        if token in FUNCTIONS and tokens[index + 1 : index + 2] == ["("]:
            twin, index = _twin(tokens, index)
            alone = start == 0 and not parts and index == len(tokens)
            parts.append(twin if alone else f"({twin})")
            continue
        if token == "(":
            inner, index = _expanded(tokens, index + 1, (")",))
            parts.append(f"({inner})")
        elif not token.isspace():
            parts.append(token)
        index += 1
    return "".join(parts), index


def _twin(tokens: list[str], index: int) -> tuple[str, int]:
    function = FUNCTIONS[tokens[index]]
    arguments: list[str] = []
    index += 1
    while tokens[index] != ")":
        argument, index = _expanded(tokens, index + 1, (",", ")"))
        arguments.append(argument)
    given = {argument.name: text for argument, text in zip(function.arguments, arguments, strict=False) if text}
    if len(arguments) > len(function.arguments):
        raise ValueError(f"{function.name} has too many arguments")
    return native_twin(function, given), index + 1


def native_twin(function: Function, given: dict[str, str]) -> str:
    """The plain twin, without defaults that would put a number into the formula: these cells are never blank."""
    twin = native.plain(function, given, _CONSTANTS)
    for argument in function.arguments:
        text = given.get(argument.name, "")
        if text and stray_default(argument):
            atom = native.atom(text)
            twin = twin.replace(f'IF({atom}="",{native.literal(argument.default)},{text})', atom)
    return twin


def stray_default(argument: Argument) -> bool:
    """Whether the default is a number other than 0 and 1, such as the six months of FT_DECISION."""
    return isinstance(argument.default, int | float) and argument.default not in (0, 1)
