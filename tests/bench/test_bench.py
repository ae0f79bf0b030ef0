"""The benchmark's own arithmetic, and that its parts still fit what they measure."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from bench import calls, page
from bench.measure import ROOT, STREAK, Row, breakeven, process, race


def test_ratio_and_goal():
    row = Row("Cells", "FT_BREAKEVEN", 1000, 3.0, "a bare callback", 2.0, 1.5)
    assert (row.ratio, row.met) == (1.5, True)
    row.goal = 1.49
    assert row.met is False
    assert Row("Cells", "skipped", None, None).met is None
    assert Row("Cells", "no goal", 10, 1.0, "other", 2.0).met is None


def test_a_race_is_run_in_turn_and_the_best_counts(monkeypatch):
    order: list[str] = []
    now = [100]
    monkeypatch.setattr("bench.measure.time", SimpleNamespace(perf_counter=lambda: now[0]))
    spent = iter([20, 3])

    def first():
        order.append("first")
        now[0] += next(spent, 20)

    def second():
        order.append("second")
        now[0] += 10

    times = race(first, second, seconds=0, most=5)
    assert order == [*["first"] * STREAK, *["second"] * STREAK] * 2
    assert list(times) == [3, 10]


def test_a_process_is_timed_with_its_own_memory():
    hoard = bytearray(200 << 20)  # a forked child counts this as its own
    small = process([sys.executable, "-c", "print('small')"])
    large = process([sys.executable, "-c", "import sys; held = bytearray(150 << 20); sys.exit(3)"])
    assert len(hoard) == 200 << 20
    assert (small.code, small.output.strip()) == (0, "small")
    assert large.code == 3
    assert small.megabytes < 60 < 150 < large.megabytes < 220
    assert 0 < small.seconds < 30


def test_the_command_is_found():
    ran = process(breakeven("--version"))
    assert ran.code == 0
    assert ran.output.startswith("breakeven ")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (2.5, "2.5 s"), (1.0, "1 s"), (0.0123, "12.3 ms"), (4.5e-6, "4.5 µs"), (7e-8, "70 ns")],
)
def test_times_read_well(value, shown):
    assert page.seconds(value) == shown


def test_the_page_and_its_curves(tmp_path):
    rows = [
        Row("Range call", "FT_ROI", size, size * 2e-9, "bare NumPy", size * 1e-9, 1.5) for size in (10**3, 10**5, 10**7)
    ]
    rows.append(Row("Files", "check", 100, 1.0, "openpyxl", 0.5, None, 80.0, 40.0))
    rows.append(Row("Files", "handover | a", None, None, note="skipped: there is no such command yet"))
    machine = dict.fromkeys(("date", "processor", "cores", "python", "numpy", "system", "load"), "x")
    text = page.write(tmp_path, rows, machine).read_text(encoding="utf-8")
    assert "| FT_ROI | 10,000,000 | 20 ms | bare NumPy | 10 ms | 2.00 | 1.5 MISSED |" in text
    assert "| check | 100 | 1 s | openpyxl | 500 ms | 2.00 | 80 / 40 |  |" in text
    assert "handover \\| a" in text
    assert "![How the time grows: Range call](speed-range-call.svg)" in text
    assert not (tmp_path / "speed-files.svg").exists()  # one size is no curve
    picture = ElementTree.parse(tmp_path / "speed-range-call.svg").getroot()
    words = {element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {"FT_ROI", "bare NumPy (FT_ROI)", "1,000", "10,000,000"} <= words


@pytest.mark.parametrize("each", calls.FUNCTIONS, ids=lambda each: each[0])
def test_the_bare_formulas_give_the_same(each):
    _, ours, bare, values = each
    assert ours(*values) == pytest.approx(bare(*values), rel=1e-9)


def test_the_program_runs():
    ran = subprocess.run(
        [sys.executable, "-m", "bench", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "--quick" in ran.stdout
