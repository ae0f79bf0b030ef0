"""Lines into a summary: parsed, checked, counted and compared, batch after batch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from pycalc.dataset.batch import Batch
from pycalc.dataset.findings import ERROR, WARNING
from pycalc.dataset.reader import LONGEST_LINE, OverlongLine
from pycalc.dataset.summary import Summary


def read(summary: Summary, batches: Iterable[list[bytes | OverlongLine]]) -> Summary:
    """Take lines into a summary.

    The tokens of one batch are counted on other threads (tiktoken lets go of Python's lock) while this
    one reads and checks the next.
    """
    with ThreadPoolExecutor(1) as pool:
        waiting: tuple[Batch, Future[list[list[int]]]] | None = None
        for lines in batches:
            batch = _examined(summary, lines)
            counting = pool.submit(batch.token_counts)
            if waiting:
                waiting[0].take_tokens(waiting[1].result())
            waiting = (batch, counting)
            batch.compare()
        if waiting:
            waiting[0].take_tokens(waiting[1].result())
    return summary


def _examined(summary: Summary, lines: list[bytes | OverlongLine]) -> Batch:
    batch = Batch(summary)
    for line in lines:
        summary.lines += 1
        if isinstance(line, OverlongLine):
            summary.bytes += line.size + 1
            longest = f"more than {LONGEST_LINE / 2**20:.0f} MiB: skipped, not counted"
            summary.report("line_too_long", ERROR, f"{line.size / 1e6:,.1f} MB in one line, {longest}")
            continue
        summary.bytes += len(line) + 1
        try:
            example = _parsed(line, summary)
            if example is not _NOTHING:
                batch.add(example)
        except RecursionError:
            summary.report("json", ERROR, "nested too deeply to be read")
    return batch


def _parsed(line: bytes, summary: Summary) -> Any:
    try:
        return _DECODER.decode(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        summary.report("encoding", ERROR, f"byte {error.start + 1} of the line is not UTF-8")
    except json.JSONDecodeError as error:
        if not line.strip():
            summary.report("blank_line", WARNING, "the line is empty")
        else:
            summary.report("json", ERROR, _broken(error, line))
    except ValueError as error:
        summary.report("json", ERROR, f"not valid JSON: {error}")
    return _NOTHING


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _broken(error: json.JSONDecodeError, line: bytes) -> str:
    if line.strip() in (b"[", b"{") or (error.pos == len(error.doc) and line.strip()[:1] == b"["):
        return "the file is laid out over several lines; JSON Lines has one whole object on each line"
    return f"not valid JSON at character {error.pos + 1}: {error.msg}"


_NOTHING = object()
_DECODER = json.JSONDecoder(parse_constant=_no_constant)
