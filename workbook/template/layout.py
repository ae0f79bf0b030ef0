"""How sheets are laid out: the heading every sheet shares, lists of figures, tables of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from workbook.file import tsv
from workbook.template.grid import A3, A4, Book, Chart, Place, Row, Sheet
from workbook.template.inputs import DATA
from workbook.template.rows import filled

HEADING = 3
"""Rows of the heading: title, purpose, state of the checks and scenario in force."""

STATUS = (
    '=IF(out_checks,"Checks: all hold","Checks: SOMETHING IS WRONG, see the sheet Checks")'
    '&"  |  Scenario in force: "&scenario_name'
)


_SHEETS = {line["name"]: line for line in tsv.lines(DATA / "sheets.tsv")}


def opened(name: str, **words: object) -> Sheet:
    """A sheet as data/sheets.tsv sets it up: title, purpose and the master check, then the titles of its table.

    `words` fill the braces there. Widths: "48 16*10" is one column of 48, then ten of 16.
    """
    line = {field: text.format_map(words) for field, text in _SHEETS[name].items()}
    widths: list[float] = []
    for part in line["widths"].split():
        width, _, times = part.partition("*")
        widths += [int(width)] * int(times or 1)
    sheet = Sheet(
        line["name"],
        line["title"],
        line["purpose"],
        tuple(widths),
        repeat_rows=(0, int(line["repeated"]) - 1),
        freeze=(int(line["frozen_rows"]), int(line["frozen_columns"])),
        paper=A3 if line["paper"] == "A3" else A4,
        pages=int(line["pages"] or 0),
        wide=int(line["wide"] or 1),
        accent=line["accent"] == "yes",
    )
    sheet.put(0, 0, sheet.title, "title")
    sheet.put(1, 0, sheet.purpose, "purpose")
    sheet.put(2, 0, STATUS, "status")
    sheet.heights[0] = 26
    sheet.rules.append(("A3", {"type": "formula", "criteria": "=NOT(out_checks)", "style": "bad"}))
    if line["titles"]:
        header(sheet, HEADING + 1, line["titles"].split(" | "))
    return sheet


def unit(text: str) -> str:
    """A unit as a cell shows it: amounts of money follow the currency on Inputs."""
    if text == "USD":
        return "=currency"
    if text.startswith("USD "):
        return f'=currency&"{text[3:]}"'
    return text


def header(sheet: Sheet, row: int, texts: Sequence[object]) -> None:
    for column, text in enumerate(texts):
        sheet.put(row, column, text, "head" if column else "head left")
    sheet.heights[row] = 30 if any(len(str(text)) > 14 for text in texts[1:] if str(text)[:1] != "=") else 20


def band(sheet: Sheet, row: int, text: str, columns: int) -> None:
    """A tinted line that opens a group."""
    sheet.put(row, 0, text, "band")
    for column in range(1, columns):
        sheet.put(row, column, None, "band")


def table(book: Book, sheet: Sheet, row: int, rows: Iterable[Row], first: int, last: int, scope: str) -> int:
    """Rows with one formula across columns `first` to `last`; label and unit stand in front."""
    for item in rows:
        sheet.put(row, 0, item.label, "label total" if "total" in item.style else "label")
        sheet.put(row, 1, unit(item.unit), "unit")
        if item.key:
            book.place(f"{scope}.{item.key}", Place(sheet.name, row, first, last))
        for column in range(first, last + 1):
            offset = column - first
            text = item.formula if isinstance(item.formula, str) else item.formula[offset]
            if offset == 0 and item.opening is not None:
                text = item.opening
            if not text:
                continue
            name = item.names[offset] if item.names else None
            sheet.put(row, column, "=" + text, item.style, name=name)
        if item.note:
            sheet.put(row, last + 1, item.note, "note")
        if _TWO_LINES.intersection(item.style.split()):
            sheet.heights[row] = 28
        row += 1
    return row


def bars(
    title: str, corner: tuple[int, int], size: tuple[int, int], categories: str, series: Iterable[tuple[str, str, str]],
    amounts: str, form: str, y: dict[str, Any], x: dict[str, Any],
) -> Chart:  # fmt: skip
    """A chart of bars.

    `series` are names, areas and colours; `amounts` is the cell with their unit, `form` their format; `y` and `x` are
    what XlsxWriter is told of the axes beside.
    """
    labels = {"value": True, "num_format": form, "font": {"size": 9}}
    drawn = [
        {"name": name, "categories": categories, "values": values, "colour": colour, "labels": labels}
        for name, values, colour in series
    ]
    axes = {"y": y | {"num_format": "General", "major_gridlines": {"visible": False}}, "x": x | {"num_format": "#,##0"}}
    return Chart("bar", title, *corner, *size, drawn, "", amounts, axes)


def lined(sheet: Sheet, row: int, table: str, **parts: object) -> None:
    """One line of a table of data/lines.tsv. `parts` fill the braces; a cell that is one part holds it as it is."""
    words = {name: str(part) for name, part in parts.items()}
    for cell in _LINES[table]:
        content = parts.get(cell["content"][1:-1], filled(cell["content"], words))
        if content != "":
            sheet.put(row, int(cell["column"]), content, cell["look"], key=filled(cell["key"], words) or None)


def titles_of(table: str) -> list[str]:
    """The titles of such a table, in the order of its columns."""
    return [cell["title"] for cell in sorted(_LINES[table], key=lambda cell: int(cell["column"]))]


_LINES: dict[str, list[dict[str, str]]] = {}
for _line in tsv.lines(DATA / "lines.tsv"):
    _LINES.setdefault(_line["table"], []).append(_line)

_TWO_LINES = frozenset(("wrap", "verdict"))
"""Looks of rows whose formulas give more text than a column is wide: no program grows a row for a result."""


def figures(sheet: Sheet, row: int, rows: Iterable[Row], scope: str = "live", column: int = 1) -> int:
    """A list: label, value in `column`, unit on that side of it where there is room, note. Returns the next free line."""
    for item in rows:
        sheet.put(row, 0, item.label, "label total" if "total" in item.style else "label")
        beside = column > 1 and item.style == "verdict"  # runs on over the empty cells beside it
        look = "label" if beside else item.style
        sheet.put(row, column, f"={item.formula}", look, key=f"{scope}.{item.key}", name=item.name)
        sheet.put(row, 1 if column > 1 else 2, unit(item.unit), "unit")
        if item.note:
            sheet.put(row, 3, item.note, "note")
        row += 1
    return row
