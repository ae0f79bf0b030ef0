"""Commands with little memory: what they hold grows slowly with their input, or not at all.

The limits are for the small inputs of `littlememory` and close to what is needed. What streams its input gets less than
the input is large, beside what the start of a command takes. What recalculates a model, which is of one size, needs
most of it for that: python -m tests.robust.littlememory --full measures whether 512 MB do for the full sizes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.books import contents, sheet, write_book
from tests.robust.littlememory import SMALL, made, run
from tests.robust.writingcommands import BREAKEVEN

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to RLIMIT_DATA")

LIMITS = {
    "check": 105,
    "dataset": 205,
    "dataset build csv": 45,
    "dataset build xlsx": 150,
    "demo": 600,
    "diff": 180,
    "diff model": 330,
    "eval": 200,
    "handover": 190,
    "handover model": 420,
    "prices refresh": 450,
    "recalc": 130,
    "report txt": 400,
    "risk": 450,
    "scenario": 450,
    "tokens": 170,
    "tokens line": 170,
}
"""MB of memory a command may write to. What recalculates a model takes twice what it holds (250 MB) for a moment; what
the engine frees goes back after a while, so that a busy machine needs more. The model beside much data is one without
scenarios, of 12 months; `demo` recalculates the template as it ships."""

NO_MEMORY = "this needs more memory than there is; nothing was written. Give it more, or a smaller file."


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("memory")


@pytest.mark.parametrize("name", LIMITS)
def test_little_memory(name, folder):
    made(folder, SMALL, (name,))
    ran = run(folder, name, SMALL, LIMITS[name])
    assert ran.code in (0, 1), f"{ran.megabytes:.0f} MB: {ran.output[:300]}"
    assert "Memory allocation" not in ran.output  # a library that has too little ends with exit code 1 too


def limited(folder: Path, megabytes: int, *command: str) -> tuple[int, str]:
    """Exit code and errors of a command with so much memory."""
    script = str(Path(__file__).with_name("limited.py"))
    told = folder / "told"
    done = subprocess.run(
        [sys.executable, "-S", script, str(told), str(megabytes), "-", *command],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return json.loads(told.read_text())["code"], done.stderr


def test_the_limit_is_enforced(tmp_path):
    taking = "bytearray({} << 20)"
    assert limited(tmp_path, 100, sys.executable, "-c", taking.format(50))[0] == 0
    code, said = limited(tmp_path, 100, sys.executable, "-c", taking.format(120))
    assert code == 1
    assert "MemoryError" in said


def test_too_little_is_one_line(tmp_path):
    """A worksheet part of 150 MB where 120 MB are to be had."""
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet("")})
    parts = contents(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            head, opened, tail = data.partition(b"<sheetData>")
            with archive.open(name, "w") as part:
                part.write(head + opened)
                for _ in range(150 if name == "xl/worksheets/sheet1.xml" else 0):
                    part.write(b" " * (1 << 20))
                part.write(tail)
    before = sorted(tmp_path.iterdir())
    code, said = limited(tmp_path, 120, *BREAKEVEN, "recalc", str(path), "-o", str(tmp_path / "out.xlsx"))
    assert code == 2
    assert said.splitlines() == [f"Error: {NO_MEMORY}"]
    assert sorted(tmp_path.iterdir()) == [*before, tmp_path / "told"]


@pytest.mark.parametrize("debugged", [False, True])
def test_a_library_that_finds_no_memory_ends(debugged):
    """The list of calls that Rust writes where it fails takes memory and a lock: the process waited for ever."""
    shows = (
        "import atexit, os; atexit.register(lambda: print(os.environ['RUST_BACKTRACE'])); from addin.cli import main; "
    )
    given = {**os.environ, "RUST_BACKTRACE": "1"} | ({"BREAKEVEN_DEBUG": "1"} if debugged else {})
    asked = [sys.executable, "-c", f"{shows}main()", "--version"]
    said = subprocess.run(asked, env=given, capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == ("1" if debugged else "0")


def test_no_room_for_a_thread_is_one_line():
    """The words of Python's own start_new_thread."""
    raises = "def app(**_): raise RuntimeError('can\\'t start new thread')"
    script = f"import addin.cli as cli\n{raises}\ncli.app = app\ncli.main()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.rstrip()) == (2, f"Error: {NO_MEMORY}")
