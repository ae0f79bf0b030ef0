"""What changed between two workbooks, and by how much each changed input moved the answer.

Both are recalculated first, so stale stored values are no changes. Then the changed inputs are put into the old
workbook one at a time, and all together: what each alone moves, what they move together beyond the sum (the
interaction), and what is left for changed formulas. Inputs that carry a defined name are found by it wherever
they stand; other cells by their address.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from difflib import SequenceMatcher

from pycalc.errors import CalcError
from workbook import named
from workbook.alike import Group, grouped
from workbook.engines import EngineFailed, Key
from workbook.engines.formualizer import Session
from workbook.errors import WorkbookError
from workbook.formula import FormulaError, parse, quoted_sheet, splice
from workbook.formulacells import Masters, array_children, formula_cell
from workbook.package import Package
from workbook.progress import counted, step
from workbook.sheetxml import Value, column_letters, corners, row_and_column

TOLERANCE = 1e-9
"""Results nearer than this share of the larger count as equal."""

MOST_EFFECTS = 200
"""Inputs that are tried one at a time; each takes a recalculation."""

MOST_ANSWERS = 12
"""Results that serve as the answer in a workbook without our names: the ones that moved most."""


_MOST_ROWS = 5_000
"""Rows whose moves are looked for; beyond, cells are compared by address."""

_ROW_NUMBER = re.compile(r"[0-9]+")


class NothingToCompare(WorkbookError):
    """Neither workbook has a formula."""


@dataclass(frozen=True, slots=True)
class Change:
    """One changed cell: its place in the new workbook (the old one, where it is gone), its name, both contents.

    `kind` is "input", "price", "text", "formula" or "result". For a formula `old` and `new` are formula texts
    with their equals sign, or the value on the side that has none; `group` names the formulas that changed alike.
    """

    kind: str
    sheet: str
    cell: str
    name: str
    label: str
    old: Value
    new: Value
    group: str = ""

    @property
    def where(self) -> str:
        return f"{quoted_sheet(self.sheet)}!{self.cell}"

    @property
    def title(self) -> str:
        """What a person calls it: the defined name, else the label beside it, else the place."""
        return self.name or self.label or self.where


@dataclass(frozen=True, slots=True)
class Effect:
    """What one changed input alone makes of an answer of the old workbook."""

    change: Change
    answer: str
    before: Value
    after: Value

    @property
    def moved(self) -> float | None:
        """The difference where both are numbers."""
        return difference(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, from old to new: by the inputs together, by their interaction, by everything else.

    interaction : what the inputs move together beyond the sum of what each moves alone; rest : what formulas,
        sheets and whatever else changed. None where the answer is no number throughout.
    """

    name: str
    old: Value
    new: Value
    with_inputs: Value
    interaction: float | None
    rest: float | None


@dataclass
class Difference:
    """Everything `diff` found."""

    old: str
    new: str
    inputs: list[Change] = field(default_factory=list)
    formulas: list[Change] = field(default_factory=list)
    results: list[Change] = field(default_factory=list)
    texts: list[Change] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    added_sheets: list[str] = field(default_factory=list)
    removed_sheets: list[str] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    untried: int = 0

    @property
    def same(self) -> bool:
        return not (
            self.inputs or self.formulas or self.results or self.texts or self.added_sheets or self.removed_sheets
        )


def diff(old: str | os.PathLike[str], new: str | os.PathLike[str]) -> Difference:
    """Compare two workbooks; neither is changed.

    Raises
    ------
    BadWorkbook : one of them is no workbook. NothingToCompare : neither holds a formula.

    Examples
    --------
    >>> [change.name for change in diff("techwiz.xlsx", "techwiz-2.xlsx").inputs]        # doctest: +SKIP
    ['pe_input_price']
    """
    now = datetime.now(UTC)  # one moment for both, so that the clock is no change
    step("recalculating the later workbook", 1, 4)
    after = _Book(new, now)
    after.session.close()  # nothing more is asked of it, and two engines at a time would take twice the memory
    step("recalculating the earlier workbook", 2, 4)
    before = _Book(old, now)
    if not before.formulas and not after.formulas:
        raise NothingToCompare(f"{old} and {new}: neither holds a formula, so there is no model to compare.")
    step("comparing", 3, 4)
    result = Difference(str(old), str(new))
    result.added_sheets = [name for name in after.sheets if name not in before.sheets]
    result.removed_sheets = [name for name in before.sheets if name not in after.sheets]
    moves = _compare(before, after, result)
    result.formulas, result.groups = grouped(result.formulas)
    step("working out what moved the answer", 4, 4)
    _explain(before, after, moves, result)
    return result


class _Book:
    """One workbook: its constants and formulas by place, its names, the engine that holds it."""

    def __init__(self, path: str | os.PathLike[str], now: datetime) -> None:
        self.constants: dict[Key, Value] = {}
        self.formulas: dict[Key, str] = {}
        self.filled: set[Key] = set()
        self._texts: dict[str, dict[int, list[tuple[int, str]]]] | None = None
        self._columns: dict[str, dict[int, int]] | None = None
        with Package(path) as package:
            strings = package.strings()
            self.sheets = [sheet.name for sheet in package.worksheets()]
            for sheet in package.worksheets():
                masters: Masters = {}
                for cell in package.cells(sheet.part):
                    key = (sheet.name, cell.address)
                    if cell.formula is not None and cell.kind != "dataTable":
                        formula = formula_cell(cell, masters)
                        self.formulas[key] = formula.text
                        if formula.area:
                            for row, column in array_children(formula.area):
                                self.filled.add((sheet.name, column_letters(column) + str(row)))
                    elif key not in self.filled:
                        value = cell.value(strings)
                        if value is not None:
                            self.constants[key] = value
            self.by_name: dict[str, Key] = {}
            for name, (sheet_name, row, column) in named.cells(package).items():
                self.by_name[name] = (sheet_name, column_letters(column) + str(row))
        self.names = {key: name for name, key in self.by_name.items()}
        self.session = Session(path, now)
        self.values = self.session.result.values

    def label(self, key: Key) -> str:
        """The text that names the row of a cell, "" where none clearly does.

        It stands to the left, before any column left blank, in the column with the most texts; another text is
        believed where it is the only one, and the cell no text itself: beside a title stand the titles of others.
        """
        row, own_column = row_and_column(key[1])
        texts = self._texts_by_column(key[0])
        found: dict[int, str] = {}
        columns: list[int] = []
        for column in range(own_column - 1, 0, -1):
            if column not in texts:
                break
            columns.append(column)
            text = self.constants.get((key[0], column_letters(column) + str(row)))
            if isinstance(text, str) and text.strip():
                found[column] = text.strip()
        labels = max(reversed(columns), key=lambda column: texts[column], default=0)
        if labels in found:
            return found[labels]
        alone = len(found) == 1 and not isinstance(self.constants.get(key), str)
        return next(iter(found.values())) if alone else ""

    def _texts_by_column(self, sheet: str) -> dict[int, int]:
        """How many texts each column of a sheet holds; a column without any cell is left out."""
        if self._columns is None:
            self._columns = {}
            for cells in (self.constants, self.formulas):
                for key in cells:
                    column = row_and_column(key[1])[1]
                    counts = self._columns.setdefault(key[0], {})
                    counts[column] = counts.get(column, 0) + isinstance(self.constants.get(key), str)
        return self._columns.get(sheet, {})

    def row_texts(self, sheet: str) -> list[tuple]:
        """What tells the rows of a sheet apart: their texts with the columns, from row 1 to the last one used."""
        if self._texts is None:
            self._texts = {}
            for book_cells in (self.constants, self.formulas):
                for key in book_cells:
                    row, column = row_and_column(key[1])
                    held = self.constants.get(key)
                    mark = (column, held if isinstance(held, str) else "")
                    self._texts.setdefault(key[0], {}).setdefault(row, []).append(mark)
        rows = self._texts.get(sheet, {})
        return [tuple(sorted(rows.get(row, ()))) for row in range(1, max(rows, default=0) + 1)]

    def read_by_formulas(self, wanted: Iterable[Key]) -> set[Key]:
        """Which of these cells some formula reads, by address, range or name."""
        cells = {key: row_and_column(key[1]) for key in wanted}
        found: set[Key] = set()
        if not cells:
            return found
        for (sheet, _), text in self.formulas.items():
            if len(found) == len(cells):
                break
            for other_sheet, area in _areas(text, sheet, self.by_name):
                top, left, bottom, right = area
                if (top, left) == (bottom, right):
                    key = (other_sheet, column_letters(left) + str(top))
                    if key in cells:
                        found.add(key)
                    continue
                found.update(
                    key
                    for key, (row, column) in cells.items()
                    if key[0] == other_sheet and top <= row <= bottom and left <= column <= right
                )
        return found


def _areas(text: str, sheet: str, by_name: dict[str, Key]) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """The areas a formula reads, each with its sheet."""
    try:
        references = parse(text).references()
    except FormulaError:
        return
    for reference in references:
        body = reference.body.replace("$", "")
        if reference.kind in ("cell", "range"):
            yield reference.sheet or sheet, corners(body)
        elif reference.kind == "columns":
            first, last = body.split(":")
            top, left, _, _ = corners(f"{first}1")
            _, _, _, right = corners(f"{last}1")
            yield reference.sheet or sheet, (top, left, 1_048_576, right)
        elif reference.kind == "rows":
            top, bottom = (int(number) for number in body.split(":"))
            yield reference.sheet or sheet, (top, 1, bottom, 16_384)
        elif reference.kind == "name" and body in by_name:
            name_sheet, address = by_name[body]
            yield name_sheet, corners(address)


def _compare(before: _Book, after: _Book, result: Difference) -> dict[Key, Change]:
    """File every change under its kind; the changed inputs by their place in the old workbook."""
    rows = {sheet: moved for sheet in before.sheets if (moved := _moved_rows(before, after, sheet)) is not None}
    constants: list[tuple[Key | None, Key | None]] = []
    for old_key, new_key in _pairs(before, after, rows, result):
        old_text = before.formulas.get(old_key) if old_key else None
        new_text = after.formulas.get(new_key) if new_key else None
        if old_text is None and new_text is None:
            if not equal(_constant(before, old_key), _constant(after, new_key)):
                constants.append((old_key, new_key))
            continue
        if old_text is None or new_text is None:
            old = "=" + old_text if old_text is not None else _constant(before, old_key)
            new = "=" + new_text if new_text is not None else _constant(after, new_key)
            result.formulas.append(_change("formula", before, after, old_key, new_key, old, new))
            continue
        assert old_key is not None
        assert new_key is not None
        if old_text != new_text and _with_moved_rows(old_text, old_key[0], rows) != new_text:
            result.formulas.append(_change("formula", before, after, old_key, new_key, "=" + old_text, "=" + new_text))
        if old_key in before.values and new_key in after.values:
            old, new = before.values[old_key], after.values[new_key]
            if not equal(old, new):
                result.results.append(_change("result", before, after, old_key, new_key, old, new))
    return _inputs(before, after, constants, result)


def _constant(book: _Book, key: Key | None) -> Value:
    return book.constants.get(key) if key else None


def _pairs(
    before: _Book, after: _Book, rows: dict[str, dict[int, int]], result: Difference
) -> Iterator[tuple[Key | None, Key | None]]:
    """Each cell of the old workbook with the same cell of the new one, None where there is none."""
    reached: set[Key] = set()
    for key in (*before.constants, *before.formulas):
        name = before.names.get(key, "")
        new_key: Key | None = after.by_name.get(name, key)
        if name not in after.by_name:
            sheet, address = key
            if sheet in result.removed_sheets:
                continue
            if sheet in rows:
                row, column = row_and_column(address)
                to = rows[sheet].get(row)
                new_key = (sheet, column_letters(column) + str(to)) if to else None
        if new_key:
            reached.add(new_key)
        yield key, new_key
    back = {sheet: {new: old for old, new in moved.items()} for sheet, moved in rows.items()}
    for new_key in (*after.constants, *after.formulas):
        if new_key in reached or new_key[0] in result.added_sheets:
            continue
        old_key: Key | None = before.by_name.get(after.names.get(new_key, ""), new_key)
        if new_key[0] in back and old_key == new_key:
            row, column = row_and_column(new_key[1])
            old_row = back[new_key[0]].get(row)
            old_key = (new_key[0], column_letters(column) + str(old_row)) if old_row else None
        yield old_key, new_key


def _moved_rows(before: _Book, after: _Book, sheet: str) -> dict[int, int] | None:
    """Rows of a sheet by where they stand now, found by their texts; None when none moved.

    A row that is gone is left out.
    """
    if sheet not in after.sheets:
        return None
    old, new = before.row_texts(sheet), after.row_texts(sheet)
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    if len(old) == len(new) or start == min(len(old), len(new)):
        return None  # as many rows as before, or rows added at the end: nothing moved
    if max(len(old), len(new)) - start > _MOST_ROWS:
        return None
    moved = {row: row for row in range(1, start + 1)}
    matcher = SequenceMatcher(None, old[start:], new[start:], autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal" or (kind == "replace" and old_to - old_from == new_to - new_from):
            for step in range(old_to - old_from):
                moved[start + old_from + step + 1] = start + new_from + step + 1
    return moved


def _with_moved_rows(text: str, sheet: str, rows: dict[str, dict[int, int]]) -> str:
    """A formula of the old workbook as it would read with the rows where they stand now."""
    if not rows:
        return text
    try:
        references = parse(text).references()
    except FormulaError:
        return text
    edits = []
    for reference in references:
        moved = rows.get(reference.sheet or sheet)
        if moved is not None and reference.kind in ("cell", "range"):
            body = _in_rows(reference.body, moved)
            edits.append((reference.end - len(reference.body), reference.end, body))
    return splice(text, edits)


def _in_rows(body: str, moved: dict[int, int]) -> str:
    """A reference with its row numbers where those rows stand now."""
    return _ROW_NUMBER.sub(lambda match: str(moved.get(int(match[0]), match[0])), body)


def _inputs(
    before: _Book, after: _Book, changed: list[tuple[Key | None, Key | None]], result: Difference
) -> dict[Key, Change]:
    """Changed constants that have a name or that formulas read are inputs; others are only listed."""
    read_before = before.read_by_formulas(key for key, _ in changed if key and key not in before.names)
    read_after = after.read_by_formulas(key for _, key in changed if key and key not in after.names)
    moves: dict[Key, Change] = {}
    for old_key, new_key in changed:
        old, new = _constant(before, old_key), _constant(after, new_key)
        change = _change("input", before, after, old_key, new_key, old, new)
        if change.name or old_key in read_before or new_key in read_after:
            if change.sheet == "Prices" or "price" in (change.name or change.label).lower():
                change = replace(change, kind="price")
            result.inputs.append(change)
            if old_key:
                moves[old_key] = change
        else:
            result.texts.append(replace(change, kind="text"))
    return moves


def _change(
    kind: str, before: _Book, after: _Book, old_key: Key | None, new_key: Key | None, old: Value, new: Value
) -> Change:
    book, key = (after, new_key) if new_key else (before, old_key)
    assert key is not None
    return Change(kind, *key, book.names.get(key, ""), book.label(key), old, new)


def _explain(before: _Book, after: _Book, moves: dict[Key, Change], result: Difference) -> None:
    """What each changed input alone, and all together, make of the answers."""
    answers = _answers(before, after, result)
    wanted = list(answers.values())
    tried = dict(list(moves.items())[:MOST_EFFECTS])
    result.untried = len(moves) - len(tried)
    sums = dict.fromkeys(answers, 0.0)
    whole = dict.fromkeys(answers, True)
    for key, change in counted(tried.items(), "inputs", len(tried)):
        values = _with(before, {key: change.new}, wanted)
        for name, place in answers.items():
            effect = Effect(change, name, before.values.get(place), values.get(place))
            if place in values and not equal(effect.before, effect.after):
                result.effects.append(effect)
                if effect.moved is None:
                    whole[name] = False
                else:
                    sums[name] += effect.moved
    together = _with(before, {key: change.new for key, change in moves.items()}, wanted) if moves else before.values
    for name, place in answers.items():
        new_place = after.by_name.get(name, place)
        old, mixed, new = before.values.get(place), together.get(place), after.values.get(new_place)
        by_inputs = difference(old, mixed)
        interaction = by_inputs - sums[name] if by_inputs is not None and whole[name] and not result.untried else None
        result.answers.append(Answer(name, old, new, mixed, _rounded(interaction, old, mixed), difference(mixed, new)))


def _with(book: _Book, constants: dict[Key, Value], wanted: list[Key]) -> dict[Key, Value]:
    usable = {key: value for key, value in constants.items() if key not in book.formulas and key[0] in book.sheets}
    try:
        return book.session.what_if(usable, wanted)
    except EngineFailed:
        return {}


def _answers(before: _Book, after: _Book, result: Difference) -> dict[str, Key]:
    """The results to explain, by name, with their place in the old workbook.

    The template's named outputs; without them, the changed results that no other formula reads, else all
    changed ones, the ones that moved most.
    """
    outputs = {
        name: key
        for name, key in before.by_name.items()
        if name.startswith("out_") and name in after.by_name and key in before.formulas
    }
    if outputs:
        return outputs
    # Unnamed results are followed where they stand still; a moved one is explained by its new place alone.
    changed = {(item.sheet, item.cell): item for item in result.results if (item.sheet, item.cell) in before.formulas}
    last = set(changed) - before.read_by_formulas(changed)
    moved = sorted(last or changed, key=lambda key: -_relative(changed[key].old, changed[key].new))
    return {changed[key].name or changed[key].where: key for key in moved[:MOST_ANSWERS]}


def equal(one: Value, other: Value) -> bool:
    """Whether two values count as the same."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= TOLERANCE * max(abs(one), abs(other))
    if one in (None, "") and other in (None, ""):
        return True
    if isinstance(one, CalcError):
        return one == other
    return type(one) is type(other) and one == other


def difference(one: Value, other: Value) -> float | None:
    """Other less one, None unless both are numbers."""
    if type(one) is float and type(other) is float:
        return other - one
    return None


def _relative(one: Value, other: Value) -> float:
    moved = difference(one, other)
    if moved is None:
        return float("inf")
    return abs(moved) / max(abs(one), abs(other))  # type: ignore[arg-type]


def _rounded(moved: float | None, *terms: Value) -> float | None:
    """A difference of sums, 0 when it is no more than their rounding."""
    if moved is None:
        return None
    largest = max((abs(term) for term in terms if type(term) is float), default=0.0)
    return 0.0 if abs(moved) <= TOLERANCE * largest else moved
