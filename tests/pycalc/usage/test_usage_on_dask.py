"""The same files by workers of Dask: byte ranges cut between rows, and sums that are equal, not nearly equal."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pycalc.usage import gather as gathering
from pycalc.usage.export import Wish, open_export
from pycalc.usage.gather import gather
from pycalc.usage.source import blocks, ranges
from pycalc.usage.summary import summarise
from workbook.tasks.portfolio.alone import write_results
from workbook.tasks.portfolio.table import pieces

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples" / "usage"


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """A log whose messages hold line ends and quotes, some calls twice."""
    path = tmp_path_factory.mktemp("log") / "log.csv"
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["request_id", "spend", "prompt_tokens", "completion_tokens", "startTime", "model", "team_id", "messages"]
        )
        for number in range(3000):
            text = 'said "so",\nand more\n' * (number % 4)
            day = f"2026-{6 + number // 1000:02}-{number % 28 + 1:02} 10:00:00"
            writer.writerow(
                [f"r{number % 2900}", number * 1e-7, number % 777, number % 55, day, "gpt-4o", f"t{number % 3}", text]
            )
    return str(path)


@pytest.mark.parametrize("size", [500, 5_000, 10**9])
def test_ranges_hold_every_row_once(log, size):
    source = open_export(log, Wish()).source
    parts = ranges(source, size)
    assert [start for start, _ in parts[1:]] == [end for _, end in parts[:-1]]
    whole = b"".join(b"".join(piece) for piece in blocks(source))
    cut = [b"".join(b"".join(piece) for piece in blocks(source, *part)) for part in parts]
    assert b"".join(cut) == whole
    rows = [list(csv.reader(piece.decode().splitlines(keepends=True))) for piece in cut]
    assert sum(map(len, rows)) == 3000
    assert all(len(row) == 8 for piece in rows for row in piece)


def test_workers_give_the_same_numbers(log):
    files = [log, str(EXAMPLES / "openai-usage.json"), str(EXAMPLES / "langfuse.jsonl")]
    here = summarise(gather(files))
    there = summarise(gather(files, workers=1, part=40_000))
    assert there == here
    assert here["files"][0]["counted_elsewhere"] == 100


def test_a_scheduler_by_its_address_gives_the_same_numbers(log, tmp_path):
    """Usage, and the results of a portfolio: the file it writes is the same."""
    distributed = pytest.importorskip("distributed")
    files = [log, str(EXAMPLES / "openai-usage.json")]
    table = str(EXAMPLES.parent / "portfolio.csv")
    common = {"max_months": 12.0, "months": 24.0, "annual_rate": 0.1, "hourly_wage": 60.0}
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0") as workers:
        address = workers.scheduler_address
        assert summarise(gather(files, scheduler=address, part=40_000)) == summarise(gather(files))
        for name, place in (("here", None), ("there", address)):
            write_results(pieces(table, common, 3), tmp_path / f"{name}.csv", None, place)
    assert (tmp_path / "here.csv").read_text() == (tmp_path / "there.csv").read_text()


def test_parts_in_this_process_are_equal_too(log):
    """Many cuts, without the cost of starting workers."""
    export = open_export(log, Wish())
    parts = [gathering.Part(export, *each) for each in ranges(export.source, 9_000)]
    assert len(parts) > 5
    cut = gathering._together(parts, lambda given: [gathering._one(*each) for each in given])
    assert summarise(cut) == summarise(gather([log]))
