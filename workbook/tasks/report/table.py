"""The memo as lines of section, item, column and value, which is what `breakeven report --json` gives; and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from pycalc.models import catalogue
from workbook.tasks.report.memo import Bars, Bullets, Cell, Lines, Memo, Section, Table

COLUMNS = ("section", "item", "column", "value")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
"""How a text begins that a spreadsheet takes for a formula: | and % for a program to start (DDE), the wide signs
because Excel takes them for the narrow ones where East Asian text is entered."""

Line = tuple[str, str, str, object]


def as_csv(memo: Memo) -> str:
    """CSV with a line a figure, numbers with all their digits, and CR LF as the standard has it."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for line in lines(memo):
        writer.writerow([safe(part) if isinstance(part, str) else part for part in line])
    return stream.getvalue()


def lines(memo: Memo) -> Iterator[Line]:
    """Every figure and sentence of the memo."""
    yield "Memo", "Title", "", memo.title
    if memo.alarm:
        yield "Memo", "Alarm", "", memo.alarm
    for name, value in memo.facts:
        yield "Memo", name, "", value
    yield "Memo", "Question", "", memo.question
    yield "Memo", "Answer", "", memo.answer
    for section in (*memo.board, *memo.details):
        yield from _section(section)


def _section(section: Section) -> Iterator[Line]:
    number = 0
    for block in section.blocks:
        if isinstance(block, str | Bullets):
            for text in [block] if isinstance(block, str) else block.lines:
                number += 1
                yield section.title, f"Note {number}", "", text
        elif isinstance(block, Table):
            named = 2 if block.columns[0] == "Group" else 1
            for row in block.rows:
                item = ": ".join(cell.text for cell in row[:named])
                for title, cell in zip(block.columns[named:], row[named:], strict=True):
                    yield section.title, item, title, _raw(cell)
        elif isinstance(block, Lines):
            for name, values in block.series:
                for month, value in enumerate(values):
                    yield block.title, f"{block.x_title} {month}", name, "" if value is None else value
        elif isinstance(block, Bars):
            for name, value in block.bars:
                yield block.title, name, block.unit, value
        else:
            yield block.title, "As it stands", block.unit, block.base
            for name, low, high in block.drivers:
                yield from ((block.title, name, "low", low), (block.title, name, "high", high))


def _raw(cell: Cell) -> object:
    """The figure itself; errors as the memo says them."""
    value = cell.value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return (cell.form == "date" and catalogue.day_of(value)) or value
    return cell.text


def safe(text: str) -> str:
    """Text a spreadsheet will not run: an apostrophe before what would be a formula."""
    return "'" + text if text.lstrip(" \u3000\xa0").startswith(_RISKY) else text
