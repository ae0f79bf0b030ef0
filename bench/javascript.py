"""The functions in JavaScript, as Office without Python and Google Sheets call them, in Node.js."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Row, skipped

CELLS = 10_000
ROWS = 100_000
RANGE_GOAL = 0.150

_TIMED = """
const breakeven = require("node:vm").runInNewContext(
  require("node:fs").readFileSync(process.argv[1], "utf8") + ";breakeven", { TextEncoder, TextDecoder, console });
const best = work => Math.min(...Array.from({ length: 5 }, () => {
  const start = performance.now(); work(); return (performance.now() - start) / 1000; }));
const column = (first, step) => Array.from({ length: ROWS }, (_, row) => [first + row * step]);
const upfront = column(2095.33, 0.01), good = column(315, 0.01), never = column(9, 0);
const below = column(-1, 0), texts = Array.from({ length: ROWS }, () => ["x"]);
console.log(JSON.stringify({
  cells: best(() => {
    for (let row = 0; row < CELLS; row++) breakeven.answer("FT_BREAKEVEN", [2095.33 + row, 315, 9]);
  }),
  "one range": best(() => breakeven.answer("FT_BREAKEVEN", [upfront, good, 9])),
  "one range, all rows #N/A": best(() => breakeven.answer("FT_BREAKEVEN", [upfront, never, 9])),
  "one range, all rows below a bound": best(() => breakeven.answer("FT_BREAKEVEN", [upfront, below, 9])),
  "one range, all rows texts": best(() => breakeven.answer("FT_BREAKEVEN", [upfront, texts, 9])),
}));
"""


def javascript() -> Iterator[Row]:
    node = shutil.which("node")
    if not node:
        yield skipped("Hosts", "JavaScript", "Node.js is missing")
        return
    from addin.javascript import build

    with tempfile.TemporaryDirectory() as folder:
        core = Path(folder) / "functions.js"
        core.write_text(build.core(), encoding="utf-8")
        code = _TIMED.replace("CELLS", str(CELLS)).replace("ROWS", str(ROWS))
        ran = subprocess.run([node, "-e", code, str(core)], capture_output=True, text=True, timeout=300, check=False)
    if ran.returncode:
        yield skipped("Hosts", "JavaScript", (ran.stderr.strip().splitlines() or ["it said nothing"])[-1])
        return
    for what, seconds in json.loads(ran.stdout).items():
        goal, size = (None, CELLS) if what == "cells" else (RANGE_GOAL, ROWS)
        yield Row(
            "Hosts", f"JavaScript, {what}", size, seconds, "the goal" if goal else "", goal, 1.0 if goal else None
        )
