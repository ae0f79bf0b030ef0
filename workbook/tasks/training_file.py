"""A training file from a table of examples: columns system, user and assistant, a row for each turn.

Rows that name the same conversation, one after the other, become one example of several turns. A row that
lacks its question or its answer is left out and named; the rest is written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from pycalc.dataset.convert import Converted
from pycalc.dataset.convert import convert as converted_lines
from pycalc.dataset.reader import BadInputError
from workbook.file.saving import replacing, same_file
from workbook.file.table import Rows
from workbook.file.table import rows as table_rows

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
    rows = table_rows(table, sheet, needs="user and assistant")
    built = Built()
    with replacing(output, like=table) as out:
        for messages in _examples(table, rows, system, built):
            line = json.dumps({"messages": messages}, ensure_ascii=False)
            out.write(line.encode("utf-8", "backslashreplace") + b"\n")  # which writes half a pair as JSON does
            built.examples += 1
        if not built.examples:
            first = f" Row {built.skipped[0][0]}: {built.skipped[0][1]}." if built.skipped else ""
            raise BadInputError(f"{table}: no row holds both a question and an answer.{first} Nothing was written")
    return built


def convert(path: str, output: str, target: str) -> Converted:
    """Write a training file in another format; the file itself is not touched."""
    if path != "-" and os.path.exists(output) and same_file(path, output):
        raise BadInputError(f"{output}: is the training file itself. Name another file for the output")
    converted = Converted()
    with replacing(output) as out:
        for line in converted_lines(path, target, converted):
            out.write(line)
        if not converted.examples:
            first = f" Line {converted.left_out[0][0]}: {converted.left_out[0][1]}." if converted.left_out else ""
            raise BadInputError(f"{path}: no example can be written for {target}.{first} Nothing was written")
    return converted


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
