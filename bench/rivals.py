"""The packages we compare with, in a virtual environment of their own.

As a script, run by that environment's Python, it times one of them and prints JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Rivals:
    """Where their Python is, or why there is none."""

    python: str
    why: str = ""
    script: Path = Path(__file__)


def installed(folder: Path, requirements: Path) -> Rivals:
    """Set the environment up once; without a network the comparisons are left out."""
    python = folder / "bin" / "python"
    stamp = folder / "requirements.txt"
    wanted = requirements.read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return Rivals(str(python))
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "-r", str(requirements)], check=True, capture_output=True
        )
    except (subprocess.CalledProcessError, OSError) as problem:
        said = getattr(problem, "stderr", b"") or str(problem).encode()
        return Rivals("", f"not installed ({said.decode(errors='replace').strip().splitlines()[-1][:120]})")
    stamp.write_text(wanted)
    return Rivals(str(python))


def _formulas(size: int) -> float:
    """Load and work out native formulas with the package formulas."""
    import tempfile

    import formulas
    import openpyxl

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "cells.xlsx")
        book = openpyxl.Workbook()
        sheet = book.create_sheet("Data", 0)
        for row in range(1, size + 1):
            formula = f"=IF(B{row}-C{row}<=1E-12*B{row},NA(),A{row}/(B{row}-C{row}))"
            sheet.append([2000.0 + (row - 1) % 7, 315.0, 9.0, formula])
        book.save(path)
        model = formulas.ExcelModel().loads(path).finish()
        start = time.perf_counter()
        model.calculate()
        return time.perf_counter() - start


def _tokens(name: str, path: str) -> float:
    """Count every text of a JSON file, in the best of three passes."""
    with open(path, encoding="utf-8") as file:
        texts = json.load(file)
    if name == "litellm":
        import litellm

        def count(text: str) -> int:
            return litellm.token_counter(model="gpt-4o", text=text)
    else:
        import tokencost

        def count(text: str) -> int:
            return tokencost.count_string_tokens(text, "gpt-4o")

    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for text in texts:
            count(text)
        best = min(best, time.perf_counter() - start)
    return best


if __name__ == "__main__":
    wanted, *rest = sys.argv[1:]
    # The script's own folder comes first on the path and holds modules of other meanings.
    sys.path.pop(0)
    if wanted == "formulas":
        seconds = _formulas(int(rest[0]))
    else:
        seconds = _tokens(wanted, rest[0])
    print(json.dumps({"seconds": seconds}))
