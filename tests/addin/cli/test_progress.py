"""What a person at a terminal sees of work that takes over a second, and what a script does not."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import threading
from types import SimpleNamespace

import pytest

from addin.cli.progress import _measure, _words
from tests import sharing, warm
from tests.robust.writingcommands import few
from workbook.progress import Progress, counted, followed, step

CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def at_a_terminal(folder, *words: str) -> tuple[str, str]:
    """Standard output and, as a terminal gets it, standard error of a command."""
    near, far = pty.openpty()
    out = folder / "printed"
    with open(out, "wb") as file:
        variables = {"TERM": "xterm", "COLUMNS": "120"}
        process = warm.begun(
            *words, cwd=folder, env=variables, before=warm.showing_at_once, stdout=file.fileno(), stderr=far
        )
    os.close(far)
    seen = bytearray()

    def read() -> None:
        try:
            while block := os.read(near, 65536):
                seen.extend(block)
        except OSError:  # Linux says so at the end
            return

    reader = threading.Thread(target=read)
    reader.start()
    code = warm.ended(process)
    reader.join()
    os.close(near)
    assert code in (0, 1), seen
    return out.read_text(encoding="utf-8"), seen.decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("progress")
    shutil.copy(sharing.tiny(), folder / "book.xlsx")
    few(folder / "few.xlsx")
    return folder


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        (("new", "new.xlsx"), "3 of 3: writing, "),
        (("recalc", "few.xlsx", "-o", "r.xlsx", "--json"), "recalculating"),
        (("check", "few.xlsx", "--json"), "2 of 3: reading the formulas"),
        (("handover", "few.xlsx", "-o", "h.xlsx", "--json"), "3 of 4: recalculating the copy and comparing"),
        (("prices", "--refresh", "book.xlsx", "-o", "p.xlsx", "--json"), "of 2: "),
        (("report", "book.xlsx", "--json"), "1 of 3: recalculating"),
        (("diff", "few.xlsx", "few.xlsx", "--json"), "of 4: recalculating the earlier workbook"),
        (("scenario", "book.xlsx", "-n", "x", "-s", "queries=1", "-o", "s.xlsx", "--json"), "of 2: "),
        (("eval", "=FT_RISK({0,1,2},{1,2,3},{1,2,3},12,10000000)", "--json"), "Working out the formula"),
        (("addin", "check", "--json"), "Generating"),
        (("addin", "build", "calc", "-o", "b.oxt"), "Packing b.oxt"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_a_command_says_what_it_is_at(words, seen, folder):
    out, terminal = at_a_terminal(folder, *words)
    assert seen in CODES.sub("", terminal)
    assert terminal.endswith("\x1b[2K")  # the line is wiped when the work is over
    if "--json" in words:
        json.loads(out)


def test_demo_says_what_it_is_at_and_gives_its_results_as_data(folder):
    out, terminal = at_a_terminal(folder, "demo", "--json")
    assert "1 of 2: recalculating" in CODES.sub("", terminal)
    assert terminal.endswith("\x1b[2K")
    results = json.loads(out)
    assert results["out_pe_monthly"] == pytest.approx(10_000 * (850 * 30 + 100 * 60) / 1_000_000, rel=1e-12)
    assert results["out_decision"] == "HOLD"


def test_nothing_is_shown_where_no_person_looks(folder):
    run = warm.breakeven("handover", "few.xlsx", "-o", "n.xlsx", "--json", cwd=folder, before=warm.showing_at_once)
    assert (run.returncode, run.stderr) == (0, "")


def test_steps_and_things_counted():
    progress = Progress("Writing")
    assert (_words(progress), _measure(progress)) == ("Writing", (None, 0.0))
    with followed(progress):
        step("adding", 2, 4)
        assert (_words(progress), _measure(progress)) == ("2 of 4: adding", (4, 1.0))
        things = counted("abcd", "letters", 4)
        taken = [(thing, _words(progress), _measure(progress)) for thing in things]
        assert taken[2] == ("c", "2 of 4: adding, 2 of 4 letters", (4, 1.5))
        step("reading", 3, 4)
        assert list(counted(range(2500), "cells")) == list(range(2500))
        assert _words(progress) == "3 of 4: reading, 2,000 cells"
        assert list(counted(range(1), "cells")) == [0]  # the next sheet counts on
        assert _words(progress) == "3 of 4: reading, 2,000 cells"
        lines = [SimpleNamespace(weight=300)] * 6  # of cells each, looked at before the fifth: 300 * 4
        assert list(counted(lines, "cells")) == lines
        assert _words(progress) == "3 of 4: reading, 3,200 cells"
    step("unheard")
    assert progress.what == "reading"


def test_uncounted_things_cost_nothing():
    things = [1, 2]
    assert counted(things, "cells") is things
