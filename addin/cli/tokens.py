"""`breakeven tokens`: tokens of files or standard input, and what they cost as input."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import typer

from addin.cli import terminal
from addin.cli.progress import reading
from addin.cli.target import in_one_state
from pycalc.errors import NoAnswerError
from pycalc.files import marked, no_stream
from pycalc.models import catalogue

BLOCK = 1 << 20
PIECES_AT_A_TIME = 8
"""Pieces of a million characters counted together: both cores have work, memory stays small."""


class NotCountedError(Exception):
    """Why one file cannot be counted."""


def tokens(
    files: list[str] | None = None,
    model: str = "gpt-4o",
    estimate: str | None = None,
    on: str | None = None,
) -> None:
    """Count the tokens of files, exact and offline, with their cost as input at the catalogue's price.

    Exit code: 0 all counted, 1 some files could not be read (the rest is counted), 2 none could.
    """
    vocabulary, times = _counted_with(model, estimate)
    price, no_price = _input_price(model, terminal.iso_date(on) if on else "")
    names = files or ["-"]
    rows: list[dict[str, Any]] = []
    with in_one_state(*names), reading("Counting", *names) as advance:
        for name in names:
            try:
                notes: list[str] = []
                counted = _count(name, vocabulary, advance, notes) * times
            except NotCountedError as error:
                rows.append({"file": name, "error": str(error)})
            else:
                cost = counted * price.amount / 1_000_000 if price else None
                row = {"file": name, "tokens": counted, "cost_usd": cost}
                rows.append(row | {"notes": notes} if notes else row)
    good = [row for row in rows if "error" not in row]
    if not good:
        reasons = "; ".join(f"{row['file']}: {row['error']}" for row in rows)
        terminal.fail(reasons if len(rows) == 1 else f"nothing could be counted: {reasons}")
    total = sum(row["tokens"] for row in good)
    result = {
        "model": model,
        "vocabulary": vocabulary,
        "estimated_ratio": times if times != 1 else None,
        "files": rows,
        "tokens": total,
        "cost_usd": total * price.amount / 1_000_000 if price else None,
        "input_price_usd_per_1m": price.amount if price else None,
        "price_source": price.provenance() if price else no_price,
    }
    if not terminal.as_json(result):
        _show(result)
    if len(good) < len(rows):
        raise typer.Exit(1)


def _counted_with(model: str, language: str | None) -> tuple[str, float]:
    """The vocabulary to count with, and what to multiply its count by: 1 where that is the model's own."""
    from pycalc.models import estimates, families, vocabularies

    try:
        vocabulary = families.resolve(model)
        vocabularies.encoding(vocabulary)
    except NoAnswerError:
        if language is None:
            raise
        return estimates.BASE, estimates.ratio(model, language)
    return vocabulary, 1


def _input_price(model: str, day: str) -> tuple[catalogue.Price | None, str]:
    """The model's input price, or why there is none: tokens count without a price too."""
    try:
        return catalogue.price(model, "input", day), ""
    except NoAnswerError as error:
        return None, f"{error.rule}. {error.remedy}"


def _count(name: str, model: str, advance: Callable[[int], None], notes: list[str]) -> int:
    from pycalc.models import tokenizer

    total = 0
    waiting: list[str] = []
    try:
        for piece in tokenizer.pieces(_text(name, advance, notes), model):
            waiting.append(piece)
            if len(waiting) == PIECES_AT_A_TIME:
                total += sum(tokenizer.count_many(waiting, model))
                waiting.clear()
    except NoAnswerError as error:
        raise NotCountedError(f"{error.rule}; {error.remedy}") from None
    return total + sum(tokenizer.count_many(waiting, model))


def _text(name: str, advance: Callable[[int], None], notes: list[str]) -> Iterator[str]:
    """A file's text in blocks, or NotCountedError with the place; `notes` gets what makes it doubtful as text."""
    if name != "-" and (refused := no_stream(name)):
        raise NotCountedError(refused)
    line = 1
    try:
        file: BinaryIO = sys.stdin.buffer if name == "-" else open(name, "rb")  # noqa: SIM115 - closed below
        with file:
            data = file.read(BLOCK)
            encoding, mark = marked(data)
            if mark and encoding != "utf-8":
                notes.append(f"read as {encoding[:6].upper()}, as its first bytes say")
            decoder = codecs.getincrementaldecoder(encoding or "utf-8")()
            data = data[mark:]
            nul = False
            while True:
                text = decoder.decode(data, final=not data)
                line += text.count("\n")
                if not nul and "\0" in text:
                    nul = True
                    notes.append("holds zero characters, which no text does; is it a text file?")
                yield text
                if not data:
                    return
                advance(len(data))
                data = file.read(BLOCK)
    except IsADirectoryError:
        raise NotCountedError("is a folder; name the files in it") from None
    except FileNotFoundError:
        raise NotCountedError("is not there; check the name") from None
    except OSError as error:
        raise NotCountedError(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line += error.object[: error.start].count(b"\n")
        raise NotCountedError(f"line {line}: is not {error.encoding} text; save the file as UTF-8") from None


def _show(result: dict[str, Any]) -> None:
    from rich.text import Text

    table = terminal.table(("File",), ("Tokens", "Input cost, USD"), show_footer=len(result["files"]) > 1)
    totals = ("Total", f"{result['tokens']:,.0f}", _usd(result["cost_usd"]))
    for column, total in zip(table.columns, totals, strict=True):
        column.footer = total
    for row in result["files"]:
        name = "standard input" if row["file"] == "-" else row["file"]
        if "error" in row:
            table.add_row(name, Text("not counted", style="red"), "")
        else:
            table.add_row(name, f"{row['tokens']:,.0f}", _usd(row["cost_usd"]))
    terminal.print_table(table)
    for row in result["files"]:
        if "error" in row:
            terminal.print_text(f"{row['file']}: {row['error']}", "red")
        for note in row.get("notes", ()):
            terminal.print_text(f"{row['file']}: {note}", "yellow")
    price = result["input_price_usd_per_1m"]
    said = f"{price:g} USD per 1M: {result['price_source']}" if price is not None else result["price_source"]
    how = f"Counted as {result['model']} ({result['vocabulary']})"
    if result["estimated_ratio"]:
        how = f"Estimated for {result['model']}: {result['vocabulary']} times {result['estimated_ratio']:g}"
    if result["vocabulary"].startswith("ctok"):
        how += ", an unofficial reconstruction of Claude's tokenizer"
    terminal.print_text(f"{how}. {said}", "dim")


def _usd(cost: float | None) -> str:
    return "no price" if cost is None else f"{cost:,.6f}"
