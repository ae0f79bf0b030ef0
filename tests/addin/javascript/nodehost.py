"""The functions in JavaScript, asked in one Node process for many calls at once."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

from addin.javascript import build, vocabulary
from pycalc.errors import CalcError, from_code

DRIVER = Path(__file__).with_name("driver.mjs")


class NodeHost:
    """A folder with the functions' text and the vocabularies, and Node to run them."""

    def __init__(self, node: str, folder: Path) -> None:
        self.node = node
        self.core = folder / "functions.js"
        self.core.write_text(build.core(), encoding="utf-8")
        for name, known in vocabulary.table().items():
            (folder / str(known["file"])).write_bytes(vocabulary.packed(name)[0])
        self.folder = folder

    def run(self, **order: object) -> dict:
        order |= {"core": str(self.core), "vocabularies": f"{self.folder}/"}
        done = subprocess.run(
            [self.node, str(DRIVER)], input=json.dumps(order), capture_output=True, text=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    def answers(self, calls: list[tuple[str, list]]) -> list[object]:
        """The result of each call: its name and its arguments, blanks None, error values `CalcError`."""
        found = self.run(calls=[[name, list(map(outgoing, args))] for name, args in calls])
        return [incoming(answer) for answer in found["answers"]]


def outgoing(value: object) -> object:
    if isinstance(value, list | tuple):
        return list(map(outgoing, value))
    if isinstance(value, CalcError):
        return {"error": value.code}
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": {"inf": "Infinity", "-inf": "-Infinity"}.get(str(value), "NaN")}
    return value


def incoming(value: object) -> object:
    if isinstance(value, list):
        return list(map(incoming, value))
    if isinstance(value, dict) and "error" in value:
        error = from_code(value["error"])
        error.rule = value["message"]  # what FT_CHECK would say
        return error
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) < sys.float_info.max else math.copysign(math.inf, value)
    return value
