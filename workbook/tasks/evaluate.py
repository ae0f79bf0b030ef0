"""A table of scores read from CSV, JSON lines or Excel, and its passes and trials put into a workbook's Options."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pycalc.evaluation.marks import Row, ScoresError
from pycalc.files import no_file
from workbook.errors import BadWorkbook
from workbook.file.addresses import Place
from workbook.file.cells import Value
from workbook.file.opening import read_in_one_state, steady
from workbook.file.put import Held, put_values
from workbook.file.table import rows as table_rows
from workbook.file.values import short
from workbook.tasks.recalc import edited

OPTIONS = "Options"
"""The sheet with a column for each option."""

COUNTS = {
    "passes": ("test: answers that passed", "passes"),
    "trials": ("test: answers judged", "trials"),
}
"""What the rows for a test's result may be titled, in small letters."""

_KNOWN_BY = ("option number", "option", "name", "model")
"""Rows by whose cells an option is known; the first in which it is found counts."""


def read_scores(path: str, sheet: str | None = None) -> list[Row]:
    """The rows of a table of scores, cells as texts by column title.

    A line of a .jsonl file is an object; marks may stand in an object of their own under "scores".

    Raises
    ------
    ScoresError, pycalc.dataset.reader.BadInputError : the file cannot be read so.
    """
    if Path(path).suffix.lower() in (".jsonl", ".ndjson", ".json"):
        return list(_json_rows(path))
    lines = table_rows(path, sheet, needs="example, option and one for each dimension")
    titles: list[str] = []
    found = []
    for number, cells in lines:
        if not any(cell is None or cell.strip() for cell in cells):
            continue
        if not titles:
            titles = [(cell or "").strip() for cell in cells]
            twice = next((title for title in titles if title and titles.count(title) > 1), "")
            if twice:
                raise ScoresError(f"{path}: two columns are titled {twice!r}. Rename one of them")
            continue
        for title, cell in zip(titles, cells, strict=False):
            if cell is None:
                raise ScoresError(
                    f"{path}: row {number}, column {title}: shows an error or has no value. Mend the cell"
                )
        found.append(Row(number, {title: cell or "" for title, cell in zip(titles, cells, strict=False) if title}))
    if not found:
        raise ScoresError(f"{path}: holds no scores. It needs a row for each example and option")
    return found


def _json_rows(path: str) -> Iterator[Row]:
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            raise ScoresError(f"{path}: line {number} is no JSON. Write one object on each line") from None
        if not isinstance(item, dict):
            raise ScoresError(f"{path}: line {number} is no object. Write one object on each line")
        scores = item.pop("scores", {})
        cells = item | scores if isinstance(scores, dict) else item
        yield Row(number, {str(name): _text(value) for name, value in cells.items()})


def _lines(path: str, errors: str = "strict") -> Iterator[str]:
    if refused := no_file(path):
        raise ScoresError(f"{path}: {refused}")
    try:
        with open(path, encoding="utf-8-sig", errors=errors) as stream:
            read_in_one_state(path, stream.fileno())
            yield from stream
    except OSError as problem:
        raise ScoresError(f"{path}: cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise ScoresError(f"{path}: is not UTF-8. Save it so") from None


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "pass" if value else "fail"
    return value if isinstance(value, str) else f"{value:.15g}" if isinstance(value, float) else str(value)


def training_pairs(path: str) -> Iterator[tuple[str, str]]:
    """Questions and answers of a chat fine-tuning file; lines of another form are passed over."""
    from pycalc.dataset.content import text_of

    for line in _lines(path, errors="replace"):
        try:
            question = ""
            for message in json.loads(line)["messages"]:
                text = text_of(message.get("content"))
                if message.get("role") == "user":
                    question = text
                elif message.get("role") == "assistant":
                    yield question, text
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue


@dataclass
class Counts:
    """Passes and trials of one option, as they were written."""

    option: str
    passes: int
    trials: int


@dataclass
class Written:
    """The copy, what was written into it, and the cells nobody could recalculate: they keep the old test's value."""

    out: str
    options: list[Counts]
    not_recalculated: list[str]


@steady()
def write_counts(
    book: str | os.PathLike[str],
    out: str | os.PathLike[str],
    result: Mapping[str, Any],
    columns: Mapping[str, str],
    *,
    replace: bool = False,
) -> Written:
    """Write passes and trials of each option into a copy of the workbook, and recalculate it.

    Parameters
    ----------
    result : of `pycalc.evaluation.compare.evaluate`; its overall figures are written.
    columns : option of the test to the workbook's, by number, name or model, where it is named otherwise; "" leaves it
        out.
    replace : also where other figures are typed already.

    Raises
    ------
    BadWorkbook : no such sheet, row or option; a cell that holds other figures. Nothing is written then.
    """
    with edited(book, out, "the result") as (package, kept):
        sheet = package.worksheet(OPTIONS, "Make one with breakeven new")
        held = Held(package, sheet)
        values = held.shown()
        rows = _titled(book, values)
        wanted: dict[Place, Value] = {}
        written = []
        for rate in result["dimensions"][-1]["options"]:
            name = columns.get(rate["option"], rate["option"])
            if not rate["trials"] or not name:
                continue
            column = _column(book, values, rows, name)
            for count in COUNTS:
                place = rows[count], column
                if values.get(place) not in (None, "", rate[count]) and not replace:
                    raise BadWorkbook(
                        book,
                        f"{OPTIONS}!{held[place].address} holds {count} already ({short(values[place])})",
                        "--replace writes over them",
                    )
                wanted[place] = float(rate[count])
            written.append(Counts(rate["option"], rate["passes"], rate["trials"]))
        put_values(package, sheet, wanted, held=held)
    return Written(str(out), written, kept)


def _titled(book: str | os.PathLike[str], values: Mapping[Place, Value]) -> dict[str, int]:
    """The rows of passes, of trials and of what options are known by, from the titles in the first column."""
    titles: dict[str, int] = {}
    for (row, column), value in sorted(values.items(), key=lambda item: item[0]):
        if column == 1 and isinstance(value, str):
            titles.setdefault(value.strip().lower(), row)
    found = {name: next((titles[each] for each in words if each in titles), 0) for name, words in COUNTS.items()}
    missing = [COUNTS[name][0] for name, row in found.items() if not row]
    if missing:
        raise BadWorkbook(
            book, f"its sheet {OPTIONS} has no row titled {' or '.join(missing)}", "Use a workbook of breakeven new"
        )
    return found | {name: titles[name] for name in _KNOWN_BY if name in titles}


def _column(book: str | os.PathLike[str], values: Mapping[Place, Value], rows: Mapping[str, int], wanted: str) -> int:
    """The column of the one option known by this number, name or model."""
    known: dict[int, str] = {}
    for title in _KNOWN_BY:
        cells = {
            place[1]: short(value)
            for place, value in values.items()
            if place[0] == rows.get(title) and place[1] > 2 and isinstance(value, str | int | float)
        }
        columns = [column for column, text in cells.items() if text.strip().lower() == wanted.strip().lower()]
        if len(columns) > 1:
            raise BadWorkbook(
                book, f"{len(columns)} of its options have the {title} {wanted}", f'Say which: --as "{wanted}=NUMBER"'
            )
        if columns:
            return columns[0]
        if title != "model":
            known |= {column: f"{known.get(column, '')} {text}".strip() for column, text in cells.items()}
    raise BadWorkbook(
        book,
        f"it has no option {wanted!r}; it has {', '.join(known.values())}",
        f'Say which it is, or that none: --as "{wanted}=NUMBER", --as "{wanted}="',
    )
