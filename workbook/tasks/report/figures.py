"""The figures of a workbook made from our template, recalculated, by the keys of the model.

A figure is found by its defined name where it has one. The rest are found by the label their row has in the
template, on the sheet that holds a named cell of the same template sheet: rows may have been inserted, sheets
renamed or moved, columns shifted.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from workbook.engines import Key
from workbook.engines.settling import believed
from workbook.errors import BadWorkbook
from workbook.file import named, tsv
from workbook.file.addresses import column_letters, row_and_column
from workbook.file.cells import Value
from workbook.file.notes import notes_on
from workbook.file.package import Package
from workbook.file.titles import find_titles
from workbook.file.values import stored_as_computed
from workbook.tasks.broken import refuse_circles
from workbook.tasks.scenario.layout import read as read_layout
from workbook.template import blank

_NAMES = tsv.lines(Path(__file__).parent / "data" / "names.tsv")
NEEDED = tuple(line["name"] for line in _NAMES if line["needed"])
"""Without these cells a workbook is not one of ours."""
_ANCHORS = {line["sheet"]: line["name"] for line in _NAMES if line["sheet"]}
"""Template sheet to a name that points into it."""

LABELS = 2
"""The last column, counted from 1, in which the label of a row is looked for."""

Grid = dict[tuple[int, int], Value]


@dataclass
class Figures:
    """Every value of a workbook, and where the model's keys stand in it."""

    name: str
    grids: dict[str, Grid]
    named: dict[str, tuple[str, int, int]]
    sheets: dict[str, str]
    """Template sheet to this workbook's sheet."""
    stale: int
    """Stored values that differed from the recalculated ones."""
    notes: dict[tuple[str, int, int], str] = field(default_factory=dict)
    """Notes on the cells of Options."""
    _rows: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def value(self, name: str) -> Value:
        """The cell behind a defined name; None where there is no such name."""
        place = self.named.get(name)
        return self.grids[place[0]].get(place[1:]) if place else None

    def number(self, name: str) -> float | None:
        """The number behind a defined name, None where it holds none."""
        return as_number(self.value(name))

    def text(self, name: str) -> str:
        value = self.value(name)
        return value if isinstance(value, str) else ""

    def key(self, key: str) -> Value:
        """The figure of a key of the model, such as "live.call.pe"."""
        found = self.place(key)
        return self.grids[found[0]].get(found[1:]) if found else None

    def row(self, key: str) -> list[Value]:
        """The cells of a row key, such as "live.pe_sum"."""
        place = _model().places.get(key)
        found = self.place(key)
        if place is None or found is None or place.last is None:
            return []
        sheet, row, column = found
        return [self.grids[sheet].get((row, column + offset)) for offset in range(place.last - place.column + 1)]

    def place(self, key: str) -> tuple[str, int, int] | None:
        """Where a key of the model stands here: sheet, row and column, counted from 1."""
        model = _model()
        place = model.places.get(key)
        sheet = self.sheets.get(place.sheet) if place else None
        if place is None or sheet is None:
            return None
        label, occurrence = model.labels.get((place.sheet, place.row), ("", 0))
        rows = self.labelled(sheet, label)
        if not label or occurrence >= len(rows):
            return None
        return sheet, rows[occurrence], place.column + 1 + self._shift(place.sheet)

    def labelled(self, sheet: str, label: str) -> list[int]:
        """The rows of a sheet with this text in the column of labels."""
        wanted = (sheet, label)
        if wanted not in self._rows:
            self._rows[wanted] = sorted(
                row for (row, column), value in self.grids[sheet].items() if value == label and column <= LABELS
            )
        return self._rows[wanted]

    def table(self, template_sheet: str, *titles: str) -> list[dict[str, Value]]:
        """The rows under a row with these titles, down to the first blank one, as dictionaries by title."""
        sheet = self.sheets.get(template_sheet)
        grid = self.grids.get(sheet or "", {})
        table = find_titles(grid, {title: (title.lower(),) for title in titles})
        if table is None:
            return []
        row, columns = table
        found = []
        while any(grid.get((row + 1, column)) not in (None, "") for column in columns.values()):
            row += 1
            found.append({title: grid.get((row, column)) for title, column in columns.items()})
        return found

    def _shift(self, template_sheet: str) -> int:
        """Columns inserted before the figures, by the name that points into the sheet."""
        anchor = _ANCHORS.get(template_sheet)
        mine = self.named.get(anchor or "")
        theirs = _model().names.get(anchor or "")
        return mine[2] - 1 - theirs.column if mine and theirs else 0


def read(package: Package, doing: str = "report on", anyway: bool = False) -> Figures:
    """The figures of a workbook; `BadWorkbook` where it has not our names.

    doing, anyway : as in `refuse_circles`.
    """
    places = {name.lower(): place for name, place in named.cells(package).items()}
    missing = [name for name in NEEDED if name not in places]
    if missing:
        shown = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
        raise BadWorkbook(
            package.path,
            f"it has no cell named {shown}, so there is nothing to report on",
            "Make the workbook with `breakeven new`, or give its result cells the template's names",
        )
    computed = refuse_circles(package, believed(package), doing, anyway).values
    sheets = _sheets(package, places)
    grids, stale = grids_of(package, computed, {place[0] for place in places.values()} | set(sheets.values()))
    return Figures(package.path.name, grids, places, sheets, stale, _notes(package, sheets.get("Options", "")))


def _notes(package: Package, name: str) -> dict[tuple[str, int, int], str]:
    if not name:
        return {}
    return {(name, *row_and_column(at)): text for at, text in notes_on(package, package.worksheet(name).part).items()}


def _sheets(package: Package, places: dict[str, tuple[str, int, int]]) -> dict[str, str]:
    """Template sheet to this workbook's: by a name that points into it, else by its title, else by its labels."""
    model = _model()
    folded = {sheet.name.lower(): sheet.name for sheet in package.worksheets()}
    found = {name: folded[name.lower()] for name in model.sheets if name.lower() in folded}
    found |= {name: places[anchor][0] for name, anchor in _ANCHORS.items() if anchor in places}
    wanted = {name: labels for name, labels in model.words.items() if name not in found}
    alike = []
    for sheet in package.worksheets() if wanted else ():
        if sheet.name not in found.values():
            held = {value for _, column, _, value in package.contents(sheet.part) if column <= LABELS}
            alike += [(len(labels & held) / len(labels), name, sheet.name) for name, labels in wanted.items()]
    for share, name, title in sorted(alike, reverse=True):
        if share > 0.5 and name not in found and title not in found.values():  # rows may have been added or taken
            found[name] = title
    return found


def grids_of(package: Package, computed: dict[Key, Value], wanted: set[str]) -> tuple[dict[str, Grid], int]:
    """The cells of the sheets wanted, and how many stored values of the whole workbook are stale.

    Other sheets are read, not held: a model may stand beside a million rows of data.
    """
    with suppress(BadWorkbook):  # no scenarios
        wanted = wanted | {read_layout(package).sheet.name}
    folded = {name.lower() for name in wanted}
    grids: dict[str, Grid] = {}
    stale = 0
    calculated = {name for name, _ in computed}
    for sheet in package.worksheets():
        if sheet.name.lower() not in folded and sheet.name not in calculated:
            continue
        grid: Grid | None = grids.setdefault(sheet.name, {}) if sheet.name.lower() in folded else None
        for row, column, _, value in package.contents(sheet.part):
            key = (sheet.name, column_letters(column) + str(row))
            if key in computed:
                fresh = computed.pop(key)
                stale += not stored_as_computed(value, fresh)
                value = fresh
            if grid is not None:
                grid[row, column] = value
    for (name, address), value in computed.items():  # what spilled into cells the file does not hold
        stale += not stored_as_computed(None, value)
        if name in grids:
            grids[name][row_and_column(address)] = value
    return grids, stale


def as_number(value: Value) -> float | None:
    return float(value) if isinstance(value, float | int) and not isinstance(value, bool) else None


class _Model:
    """Where the template has its keys and names, and the label of each row."""

    def __init__(self) -> None:
        book = blank()
        self.places = book.places
        self.names = book.names
        self.sheets = [sheet.name for sheet in book.sheets]
        self.labels: dict[tuple[str, int], tuple[str, int]] = {}
        for sheet in book.sheets:
            seen: dict[str, int] = {}
            for (row, column), cell in sorted(sheet.cells.items()):
                content = cell.content
                if column == 0 and isinstance(content, str) and not cell.is_formula:
                    self.labels[sheet.name, row] = (content, seen.get(content, 0))
                    seen[content] = seen.get(content, 0) + 1
        words = {
            name: frozenset(label for (sheet, _), (label, _) in self.labels.items() if sheet == name)
            for name in self.sheets
        }
        several = Counter(words.values())
        self.words = {name: labels for name, labels in words.items() if labels and several[labels] == 1}
        """Labels of the sheets that can be told by them: not of tabs, which have one another's."""


@cache
def _model() -> _Model:
    return _Model()
