"""A training file from a table of examples: columns system, user and assistant, a row for each turn.

Rows that name the same conversation, one after the other, become one example of several turns. A row that
lacks its question or its answer is left out and named; the rest is written.
"""

from __future__ import annotations

import csv
import json
import os
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from pycalc.dataset.reader import BadInputError
from pycalc.errors import CalcError
from workbook.file.package import Package
from workbook.file.saving import replacing, same_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.file.cells import Cell, Value
    from workbook.file.package import Sheet

    Rows = Iterator[tuple[int, list[str | None]]]
    """Row number as a spreadsheet counts, and the cells; None where a cell shows an error or nothing is stored."""

COLUMNS = {
    "system": ("system", "system prompt", "instructions"),
    "instruction": ("instruction",),
    "context": ("context",),
    "user": ("user", "question", "prompt", "input"),
    "assistant": ("assistant", "answer", "completion", "response", "output"),
    "conversation": ("conversation", "conversation id", "conversation_id"),
}
"""What a column may be called, letter case aside."""

QUESTION = ("instruction", "context", "user")
"""The columns that make the question, in this order, a blank line between them: Alpaca's table has instruction
and input, Dolly's instruction and context, SQuAD's context and question."""

_DELIMITERS = ",;\t|"
_LARGEST_CELL = 16 * 1024 * 1024
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""Built-in number formats of dates and times (ECMA-376 part 1, 18.8.30)."""
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General', re.IGNORECASE)


@dataclass
class Built:
    """What became of a table."""

    examples: int = 0
    rows: int = 0
    skipped: list[tuple[int, str]] = field(default_factory=list)
    """Row and reason."""
    ignored: list[str] = field(default_factory=list)
    """Columns that were not used."""


def build(table: str, output: str, *, sheet: str | None = None, system: str = "") -> Built:
    """Write the training file; `system` stands in for rows whose own system cell is empty."""
    if os.path.exists(output) and same_file(table, output):
        raise BadInputError(f"{output}: is the table itself. Name another file for the output")
    rows = _rows(table, sheet)
    built = Built()
    with replacing(output, like=table) as out:
        for messages in _examples(table, rows, system, built):
            line = json.dumps({"messages": messages}, ensure_ascii=_has_surrogate(messages))
            out.write(line.encode() + b"\n")
            built.examples += 1
        if not built.examples:
            first = f" Row {built.skipped[0][0]}: {built.skipped[0][1]}." if built.skipped else ""
            raise BadInputError(f"{table}: no row holds both a question and an answer.{first} Nothing was written")
    return built


def _examples(table: str, rows: Rows, system: str, built: Built) -> Iterator[list[dict[str, str]]]:
    place = _header(table, rows, built)
    messages: list[dict[str, str]] = []
    talk = ""
    for number, cells in rows:
        if not any(cell is None or cell.strip() for cell in cells):
            continue
        built.rows += 1
        row = {name: cells[at] if at < len(cells) else "" for name, at in place.items()}
        lacking = _lacking(row)
        if lacking:
            built.skipped.append((number, lacking))
            continue
        this_talk = (row.get("conversation") or "").strip()
        if messages and not (this_talk and this_talk == talk):
            yield messages
            messages = []
        talk = this_talk
        instructions = row.get("system") or system
        if instructions.strip() and not messages:
            messages.append({"role": "system", "content": instructions})
        messages += [
            {"role": "user", "content": _question(row)},
            {"role": "assistant", "content": row["assistant"] or ""},
        ]
    if messages:
        yield messages


def _question(row: dict[str, str | None]) -> str:
    return "\n\n".join(text for name in QUESTION if (text := row.get(name) or "").strip())


def _header(table: str, rows: Rows, built: Built) -> dict[str, int]:
    """Place of each known column, from the first row that is not empty."""
    for _, cells in rows:
        if any(cell and cell.strip() for cell in cells):
            break
    else:
        raise BadInputError(f"{table}: holds no rows. It needs a header row with the columns user and assistant")
    place: dict[str, int] = {}
    for at, cell in enumerate(cells):
        title = (cell or "").strip()
        name = next((name for name, titles in COLUMNS.items() if title.casefold() in titles), None)
        if name is None:
            if title:
                built.ignored.append(title)
        elif name in place:
            raise BadInputError(f"{table}: two columns hold the {name} text. Keep one of them")
        else:
            place[name] = at
    missing = [] if place.keys() & {"user", "instruction"} else ["user"]
    missing += [] if "assistant" in place else ["assistant"]
    if missing:
        found = ", ".join(cell for cell in cells if cell) or "no titles"
        raise BadInputError(
            f"{table}: no column {' and no column '.join(missing)} in its first row ({found[:200]}). "
            "Title the columns system, user and assistant"
        )
    return place


def _lacking(row: dict[str, str | None]) -> str:
    """Why a row makes no example, or ""."""
    for name, cell in row.items():
        if name != "conversation" and cell is None:
            return f"the {name} cell shows an error, or a formula whose value is not stored"
    asked = [name for name in row if name in ("instruction", "user")]
    empty = [] if any((row[name] or "").strip() for name in asked) else asked
    if not (row["assistant"] or "").strip():
        empty.append("assistant")
    return f"the {' and the '.join(empty)} cell is empty" if empty else ""


def _rows(table: str, sheet: str | None) -> Rows:
    if os.path.isdir(table):
        raise BadInputError(f"{table}: is a directory. Name an .xlsx or .csv file")
    try:
        with open(table, "rb") as stream:
            start = stream.read(4)
    except OSError as error:
        raise BadInputError(f"{table}: cannot be read: {error.strerror}") from None
    if not start:
        raise BadInputError(f"{table}: is empty. It needs a header row with the columns user and assistant")
    if start in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return _workbook_rows(table, sheet)
    if sheet is not None:
        raise BadInputError(f"{table}: is no workbook, so it has no sheet {sheet!r}. Leave out --sheet")
    return _csv_rows(table, "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")


def _csv_rows(table: str, encoding: str) -> Rows:
    csv.field_size_limit(_LARGEST_CELL)
    reader = None
    try:
        with open(table, encoding=encoding, newline="") as stream:
            header = stream.readline()
            delimiter = max(_DELIMITERS, key=header.count)
            stream.seek(0)
            reader = csv.reader(stream, delimiter=delimiter, strict=True)
            for cells in reader:
                yield reader.line_num, [_line_breaks(cell) for cell in cells]
    except UnicodeDecodeError as error:
        raise BadInputError(
            f"{table}: byte {error.start + 1} is not {error.encoding.upper()}. Save it as CSV UTF-8"
        ) from None
    except csv.Error as error:
        line = reader.line_num if reader else 1
        raise BadInputError(f"{table}: line {line}: {error}. Check the quotation marks there") from None


def _workbook_rows(table: str, sheet: str | None) -> Rows:
    with Package(table) as package:
        part = _chosen(table, package.worksheets(), sheet).part
        strings = package.strings()
        dates = _date_styles(package)
        epoch = datetime(1904, 1, 1) if _counts_from_1904(package) else datetime(1899, 12, 30)
        for number, row in groupby(package.cells(part), lambda cell: cell.row):
            texts: list[str | None] = []
            for cell in row:
                texts += [""] * (cell.column - 1 - len(texts))
                texts.append(_text(cell, cell.value(strings), epoch if int(cell.style or 0) in dates else None))
            yield number, texts


def _chosen(table: str, worksheets: list[Sheet], name: str | None) -> Sheet:
    sheets = {each.name: each for each in worksheets}
    if not sheets:
        raise BadInputError(f"{table}: has no sheet with cells. Put the examples on one")
    if name is not None and name not in sheets:
        raise BadInputError(f"{table}: has no sheet {name!r}. It has {', '.join(sheets)}")
    return sheets[name] if name is not None else worksheets[0]


def _text(cell: Cell, value: Value, epoch: datetime | None) -> str | None:
    """A cell as text; None for an error value and for a formula whose value is not stored."""
    if isinstance(value, CalcError) or (value is None and cell.formula is not None):
        return None
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return _line_breaks(value)
    if epoch is None:
        return f"{value:.15g}"
    try:
        moment = (epoch + timedelta(days=value) + timedelta(microseconds=500_000)).replace(microsecond=0)
    except OverflowError:
        return f"{value:.15g}"
    day, time = moment.date().isoformat(), moment.time().isoformat()
    return time if 0 <= value < 1 else day if value == int(value) else f"{day} {time}"


def _date_styles(package: Package) -> set[int]:
    """Numbers of the cell styles that show a number as a date or a time."""
    found: set[int] = set()
    for part in package.related(package.workbook_part, "styles"):
        dates = set(_DATE_FORMATS)
        for element in package.elements(part, "numFmt"):
            code = _LITERALS.sub("", element.attributes.get("formatCode", "").partition(";")[0])
            if re.search("[dmyhs]", code, re.IGNORECASE):
                dates.add(package.whole_number("numFmt", element.attributes, "numFmtId", 0))
        styles = (each for each in package.elements(part, "xf") if each.path[-1:] == ("cellXfs",))
        for place, style in enumerate(styles):
            if package.whole_number("xf", style.attributes, "numFmtId", 0) in dates:
                found.add(place)
    return found


def _counts_from_1904(package: Package) -> bool:
    settings = package.elements(package.workbook_part, "workbookPr")
    return any(each.attributes.get("date1904") in ("1", "true") for each in settings)


def _line_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _has_surrogate(messages: list[dict[str, str]]) -> bool:
    """Lone surrogates cannot be written as UTF-8; JSON can escape them."""
    return any("\ud800" <= character <= "\udfff" for each in messages for character in each["content"])
