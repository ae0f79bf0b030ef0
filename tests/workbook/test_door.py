"""`import workbook`: what it offers, what it loads, what `help()` and type checkers see."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import workbook
from addin.cli import COMMANDS

TOP = Path(__file__).parents[2]
WITHOUT_A_WORKBOOK = {"addin", "dataset", "demo", "eval", "functions", "pictures", "prices", "tokens", "usage"}
"""Commands that are no operation on a workbook. `prices --refresh` is `workbook.refresh`, `usage --into` `actuals`."""


def test_every_command_on_a_workbook_is_a_function_of_the_same_name():
    for command in set(COMMANDS) - WITHOUT_A_WORKBOOK:
        assert callable(getattr(workbook, command)), command


@pytest.mark.parametrize("name", workbook.__all__)
def test_what_it_offers_is_there_and_documented(name):
    assert inspect.getdoc(getattr(workbook, name))


def test_importing_it_loads_no_module_of_the_tasks():
    code = "import sys, workbook; print(*(name for name in sys.modules if name.startswith(('workbook', 'pycalc'))))"
    run = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["workbook"]


def test_a_name_it_does_not_have_is_said_with_those_it_has():
    with pytest.raises(AttributeError, match=r"no attribute 'recalculate'; it has .*recalc"):
        workbook.recalculate  # noqa: B018 - asking is the test
