"""`import workbook`: what it offers, what it loads, what `help()` and type checkers see."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import subprocess
import sys
import typing
from pathlib import Path

import pytest

import workbook
from addin.cli import COMMANDS

TOP = Path(__file__).parents[2]
WITHOUT_A_WORKBOOK = {"addin", "dataset", "demo", "eval", "functions", "prices", "tokens", "usage"}
"""Commands that are no operation on a workbook. `prices --refresh` is `workbook.refresh`, `usage --into` `actuals`."""


def test_every_command_on_a_workbook_is_a_function_of_the_same_name():
    for command in set(COMMANDS) - WITHOUT_A_WORKBOOK:
        assert callable(getattr(workbook, command)), command


def test_type_checkers_see_the_same_names():
    stub = ast.parse((TOP / "workbook/__init__.pyi").read_text(encoding="utf-8"))
    named = {
        alias.asname or alias.name for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    listed = next(ast.literal_eval(node.value) for node in stub.body if isinstance(node, ast.Assign))
    assert named == set(listed) == set(workbook.__all__)


@pytest.mark.parametrize("name", workbook.__all__)
def test_what_it_offers_is_there_and_documented(name):
    assert inspect.getdoc(getattr(workbook, name))


FUNCTIONS = [name for name in workbook.__all__ if inspect.isfunction(getattr(workbook, name))]
PLAIN = (Path, bytes, str)
"""What a function may give beside dataclasses, and lists and dictionaries of them or of the values of cells."""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_result_is_plain_data_that_says_what_it_holds(name):
    result = typing.get_type_hints(getattr(workbook, name))["return"]
    if typing.get_origin(result) in (list, dict):
        result = typing.get_args(result)[-1]
    if result in PLAIN or name in ("inputs", "values"):  # the values of cells, by name
        return
    assert dataclasses.is_dataclass(result), result
    assert not inspect.getdoc(result).startswith(f"{result.__name__}("), "dataclass writes that where there is none"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_help_says_every_option_and_what_is_refused(name):
    function = getattr(workbook, name)
    text = inspect.getdoc(function)
    options = [p.name for p in inspect.signature(function).parameters.values() if p.default is not p.empty]
    assert [option for option in options if option not in text] == []
    assert "Raises\n------" in text


def test_importing_it_loads_no_module_of_the_tasks():
    code = "import sys, workbook; print(*(name for name in sys.modules if name.startswith(('workbook', 'pycalc'))))"
    run = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["workbook"]


def test_a_name_it_does_not_have_is_said_with_those_it_has():
    with pytest.raises(AttributeError, match=r"no attribute 'recalculate'; it has .*recalc"):
        workbook.recalculate  # noqa: B018 - asking is the test
