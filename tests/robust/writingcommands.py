"""Every command that writes a file, on small inputs: what the tests of this folder run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import xlsxwriter

from tests import sharing, warm
from tests.warm import ROOT

BREAKEVEN = (sys.executable, "-c", "from addin.entry import main; main()")

EXAMPLE = '{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}]}\n'

WRITING = {
    "new": ("new", "{out}.xlsx"),
    "recalc": ("recalc", "few.xlsx", "-o", "{out}.xlsx"),
    "handover": ("handover", "few.xlsx", "-o", "{out}.xlsx"),
    "scenario": ("scenario", "book.xlsx", "-n", "half", "-s", "pe_input_price=-50%", "-o", "{out}.xlsx"),
    "prices": ("prices", "--refresh", "book.xlsx", "-o", "{out}.xlsx"),
    "risk": ("risk", "book.xlsx", "--vary", "queries=9000..20000", "-n", "500", "-o", "{out}.xlsx"),
    "report": ("report", "book.xlsx", "-o", "{out}.docx"),
    "dataset into": ("dataset", "train.jsonl", "--into", "few.xlsx", "--overwrite", "-o", "{out}.xlsx"),
    "dataset build": ("dataset", "build", "table.csv", "-o", "{out}.jsonl"),
    "addin lambda": ("addin", "build", "lambda", "few.xlsx", "-o", "{out}.xlsx"),
    "addin lite": ("addin", "build", "lite", "few.xlsx", "-o", "{out}.xlsx"),
    "addin calc": ("addin", "build", "calc", "-o", "{out}.oxt"),
}
"""Name to arguments; {out} is what the result is called, without its ending."""

INPUT_CELLS = ("examples", "tokens_per_example", "epochs")
"""What `dataset --into` fills in."""


def few(path: Path) -> None:
    """A workbook of a few formulas, for what does not ask the template."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Few")
        for row, name in enumerate(INPUT_CELLS):
            sheet.write_row(row, 0, (name, 10))
            book.define_name(name, f"=Few!$B${row + 1}")
        sheet.write_formula("B4", "=FT_LABOR(examples,5,12)", None, 10)  # 10 x 5/60 x 12
        sheet.write_formula("B5", "=B4*2", None, 20)


def fill(folder: Path) -> dict[str, bytes]:
    """Put the inputs into a folder; returns what must still be there afterwards."""
    held = {
        "book.xlsx": sharing.tiny().read_bytes(),
        "few.xlsx": sharing.once("few.xlsx", few).read_bytes(),
        "train.jsonl": (EXAMPLE * 12).encode(),
        "table.csv": b"user,assistant\nhi,hello\nwhy,because\n",
    }
    for name, data in held.items():
        (folder / name).write_bytes(data)
    return held


def arguments(name: str, out: str = "result") -> list[str]:
    """The command's arguments; it may replace a result that is there."""
    return [*(word.format(out=out) for word in WRITING[name]), "--force"]


def target(name: str, out: str = "result") -> str:
    """The name of the file it writes."""
    return next(word for word in WRITING[name] if "{out}" in word).format(out=out)


def run(folder: Path, *words: str, **more) -> subprocess.CompletedProcess[str]:  # type: ignore[no-untyped-def]
    """Run `breakeven` with a folder as the current one."""
    return warm.breakeven(*words, cwd=folder, env={"COLUMNS": "200"}, **more)


def started(folder: Path, *words: str, by: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Run it by another program than Python itself."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(
        [*by, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def has_open(process: int, path: Path) -> bool:
    """Whether a process has a file open, as Linux tells it."""
    folder = f"/proc/{process}/fd"
    try:
        return any(os.path.realpath(f"{folder}/{handle}") == os.path.realpath(path) for handle in os.listdir(folder))
    except OSError:
        return False


def one_line_of_error(done: subprocess.CompletedProcess[str]) -> str:
    """The message of a command that was refused: one line, exit code 2."""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert done.returncode == 2, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    errors = [line for line in lines if line.startswith("Error: ")]
    assert len(errors) == 1, done.stderr
    return errors[0]
