"""Ctrl-C while the command is still loading its modules."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

INTERRUPTED = """
import os, signal, sys

at = sys.argv.pop(1)

def interrupt(event, arguments):
    if event == "import" and arguments[0] == at:
        os.kill(os.getpid(), signal.SIGINT)

from addin.entry import main
sys.addaudithook(interrupt)
main()
"""


@pytest.mark.parametrize("module", ["addin.cli", "typer", "typer.core", "pycalc.errors", "rich.table"])
def test_ctrl_c_while_a_module_is_loaded(module):
    run = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, module, "functions"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (run.returncode, run.stdout, run.stderr.strip()) == (130, "", "")


def test_the_command_starts_there_and_with_next_to_nothing():
    """Whatever is loaded before the guard stands is loaded without it."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        assert tomllib.load(file)["project"]["scripts"] == {"breakeven": "addin.entry:main"}
    code = "import sys; before = set(sys.modules); import addin.entry; print(*(sys.modules.keys() - before))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    loaded = set(run.stdout.split()) - set(sys.builtin_module_names)  # which are there already
    assert loaded <= {"addin", "addin.entry", "__future__"}
