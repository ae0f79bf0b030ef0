"""The dataset audit in megabytes a second, against reading the same lines with the json module."""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator

from bench.measure import Row, breakeven, last_line, process, skipped

_BARE = "import json, sys\nfor line in open(sys.argv[1], encoding='utf-8'): json.loads(line)"


def audit(quick: bool) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        for megabytes in (1, 10) if quick else (1, 10, 50):
            path = os.path.join(folder, f"{megabytes}.jsonl")
            _write(path, megabytes << 20)
            ran = process(breakeven("dataset", path))
            if ran.code not in (0, 1):
                yield skipped("Audit", f"{megabytes} MB", last_line(ran))
                return
            theirs = process([sys.executable, "-c", _BARE, path])
            speed = f"{megabytes / ran.seconds:.1f} MB/s, the start of the command included"
            yield Row(
                "Audit",
                "dataset",
                megabytes << 20,
                ran.seconds,
                "json.loads of each line",
                theirs.seconds,
                None,
                ran.megabytes,
                theirs.megabytes,
                speed,
            )


_WORDS = "order refund late parcel invoice thank you please sorry account address replace item size colour"


def _write(path: str, size: int) -> None:
    chosen = random.Random(3)
    words = tuple(_WORDS.split())
    with open(path, "w", encoding="utf-8") as file:
        while file.tell() < size:
            messages = [
                {"role": "system", "content": "You answer for a shop, kindly and in one paragraph."},
                {"role": "user", "content": " ".join(chosen.choices(words, k=30))},
                {"role": "assistant", "content": " ".join(chosen.choices(words, k=60))},
            ]
            file.write(json.dumps({"messages": messages}) + "\n")
