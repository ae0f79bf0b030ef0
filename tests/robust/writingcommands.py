"""Every command that writes a file, on small inputs: what the tests of this folder run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests import sharing

ROOT = Path(__file__).resolve().parents[2]
BREAKEVEN = (sys.executable, "-c", "from addin.cli import main; main()")

EXAMPLE = '{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}]}\n'

WRITING = {
    "new": ("new", "{out}.xlsx"),
    "recalc": ("recalc", "book.xlsx", "-o", "{out}.xlsx"),
    "handover": ("handover", "book.xlsx", "-o", "{out}.xlsx"),
    "scenario": ("scenario", "book.xlsx", "-n", "half", "-s", "pe_input_price=-50%", "-o", "{out}.xlsx"),
    "prices": ("prices", "--refresh", "book.xlsx", "-o", "{out}.xlsx"),
    "risk": ("risk", "book.xlsx", "--vary", "queries=9000..20000", "-n", "500", "-o", "{out}.xlsx"),
    "report": ("report", "book.xlsx", "-o", "{out}.docx"),
    "dataset into": ("dataset", "train.jsonl", "--into", "book.xlsx", "--overwrite", "-o", "{out}.xlsx"),
    "dataset build": ("dataset", "build", "table.csv", "-o", "{out}.jsonl"),
    "addin lambda": ("addin", "build", "lambda", "book.xlsx", "-o", "{out}.xlsx"),
    "addin lite": ("addin", "build", "lite", "book.xlsx", "-o", "{out}.xlsx"),
    "addin calc": ("addin", "build", "calc", "-o", "{out}.oxt"),
}
"""Name to arguments; {out} is what the result is called, without its ending."""


def fill(folder: Path) -> dict[str, bytes]:
    """Put the inputs into a folder; returns what must still be there afterwards."""
    held = {
        "book.xlsx": sharing.small().read_bytes(),
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


def run(folder: Path, *words: str, by: tuple[str, ...] = BREAKEVEN, **more) -> subprocess.CompletedProcess[str]:  # type: ignore[no-untyped-def]
    """Run `breakeven` with a folder as the current one."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    environment |= more.pop("env", {})
    return subprocess.run(
        [*by, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False, **more
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
