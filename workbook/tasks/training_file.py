"""A training file from a table of examples: columns system, user and assistant, a row for each turn.

Rows that name the same conversation, one after the other, become one example of several turns. A row that
lacks its question or its answer is left out and named; the rest is written.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pycalc.dataset.reader import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    Rows = Iterator[tuple[int, list[str | None]]]
    """Row number as a spreadsheet counts, and the cells; None where a cell shows an error or nothing is stored."""

COLUMNS = {
    "system": ("system", "system prompt", "instructions"),
    "user": ("user", "question", "prompt", "input"),
    "assistant": ("assistant", "answer", "completion", "response", "output"),
    "conversation": ("conversation", "conversation id", "conversation_id"),
}
"""What a column may be called, letter case aside."""

_DELIMITERS = ",;\t|"
_LARGEST_CELL = 16 * 1024 * 1024


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
    if os.path.exists(output) and os.path.exists(table) and os.path.samefile(table, output):
        raise BadInputError(f"{output}: is the table itself. Name another file for the output")
    if os.path.isdir(output):
        raise BadInputError(f"{output}: is a directory. Name a file in it")
    rows = _rows(table, sheet)
    built = Built()
    folder = os.path.dirname(os.path.abspath(output))
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{os.path.basename(output)}.", suffix=".part", dir=folder)
    except OSError as error:
        raise BadInputError(f"{output}: cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            for messages in _examples(table, rows, system, built):
                out.write(json.dumps({"messages": messages}, ensure_ascii=_has_surrogate(messages)) + "\n")
                built.examples += 1
        if not built.examples:
            first = f" Row {built.skipped[0][0]}: {built.skipped[0][1]}." if built.skipped else ""
            raise BadInputError(f"{table}: no row holds both a question and an answer.{first} Nothing was written")
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, output)
    except BaseException as problem:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        if isinstance(problem, OSError):
            raise BadInputError(f"{output}: cannot be written: {problem.strerror}") from None
        raise
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
        messages += [{"role": role, "content": row[role] or ""} for role in ("user", "assistant")]
    if messages:
        yield messages


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
    missing = [name for name in ("user", "assistant") if name not in place]
    if missing:
        found = ", ".join(cell for cell in cells if cell) or "no titles"
        raise BadInputError(
            f"{table}: no column {' and no column '.join(missing)} in its first row ({found[:200]}). "
            "Title the columns system, user and assistant"
        )
    return place


def _lacking(row: dict[str, str | None]) -> str:
    """Why a row makes no example, or ""."""
    for name in ("user", "assistant", "system"):
        if name in row and row[name] is None:
            return f"the {name} cell shows an error, or a formula whose value is not stored"
    empty = [name for name in ("user", "assistant") if not (row[name] or "").strip()]
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
    if start.startswith(b"PK\x03\x04"):
        return _workbook_rows(table, sheet)
    if start == b"\xd0\xcf\x11\xe0":
        raise BadInputError(f"{table}: is an old or a protected Excel file. Save it as .xlsx without a password")
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
    from zipfile import BadZipFile

    import openpyxl

    try:
        with open(table, "rb") as stream, open(table, "rb") as second:
            # Twice, for values and for what is written: a formula without a stored value is no empty cell.
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            formulas = openpyxl.load_workbook(second, read_only=True)
            values = _chosen(table, book, sheet)
            texts = formulas[values.title]
            values.reset_dimensions()
            texts.reset_dimensions()
            pairs = zip(values.iter_rows(), texts.iter_rows(), strict=True)
            for number, (cells, written) in enumerate(pairs, 1):
                yield number, [_cell(value, text) for value, text in zip(cells, written, strict=True)]
    except (BadZipFile, KeyError, OSError, SyntaxError) as error:
        raise BadInputError(f"{table}: is not a readable workbook ({error}). Open it in Excel and save it") from None


def _chosen(table: str, book: Any, sheet: str | None) -> Any:
    sheets = {each.title: each for each in book.worksheets}
    if not sheets:
        raise BadInputError(f"{table}: has no sheet with cells. Put the examples on one")
    if sheet is not None and sheet not in sheets:
        raise BadInputError(f"{table}: has no sheet {sheet!r}. It has {', '.join(sheets)}")
    return sheets[sheet] if sheet is not None else next(iter(sheets.values()))


def _cell(value: Any, written: Any) -> str | None:
    """A cell as text; None for an error value and for a formula whose value is not stored."""
    from openpyxl.utils.escape import unescape

    content = value.value
    if value.data_type == "e" or (content is None and written.value is not None):
        return None
    if content is None:
        return ""
    if isinstance(content, bool):
        return str(content).upper()
    if isinstance(content, float):
        return f"{content:.15g}"
    if not isinstance(content, str):
        return str(content).removesuffix(" 00:00:00")  # a date is a midnight
    return _line_breaks(unescape(content))


def _line_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _has_surrogate(messages: list[dict[str, str]]) -> bool:
    """Lone surrogates cannot be written as UTF-8; JSON can escape them."""
    return any("\ud800" <= character <= "\udfff" for each in messages for character in each["content"])


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
