"""SIGTERM and SIGHUP end a command with everything it began: LibreOffice, temporary folders, part files."""

import os
import signal
import subprocess
import sys
import time

import pytest
import xlsxwriter

from tests.robust.writingcommands import has_open

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")

RUN = "from addin.entry import main; main()"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("ended") / "book.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet("S")
    for row in range(5_000):
        sheet.write_formula(row, 0, f"=FT_LABOR({row},5,12)", None, row)
        sheet.write_formula(row, 1, f"={row}+1", None, row)  # stored wrong: LibreOffice is asked
    made.close()
    return path


def children(folder):
    """Processes whose command line names the folder."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/cmdline", "rb") as file:
                if os.fsencode(folder) in file.read() and int(number) != os.getpid():
                    found.append(number)
        except OSError:
            continue
    return found


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
@pytest.mark.parametrize("command", ["check", "handover"])
def test_a_signal_ends_everything(tmp_path, book, number, command):
    out, temporary = tmp_path / "out", tmp_path / "tmp"
    out.mkdir()
    temporary.mkdir()
    more = ["--engine", "libreoffice"] if command == "check" else ["-o", str(out / "copy.xlsx")]
    begun = subprocess.Popen(
        [sys.executable, "-c", RUN, command, str(book), *more],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    end = time.monotonic() + 60
    # Until there is something to end: LibreOffice, or a workbook that is being worked on.
    while not (children(temporary) if command == "check" else has_open(begun.pid, book)):
        assert begun.poll() is None, begun.communicate()
        assert time.monotonic() < end, "nothing was begun"
        time.sleep(0.02)
    begun.send_signal(number)
    said = begun.communicate(timeout=60)
    assert (begun.returncode, *said) == (128 + number, b"", b"")
    assert os.listdir(temporary) == []
    assert os.listdir(out) == []
    end = time.monotonic() + 10
    while children(temporary) and time.monotonic() < end:  # the kernel takes a moment
        time.sleep(0.05)
    assert children(temporary) == []
