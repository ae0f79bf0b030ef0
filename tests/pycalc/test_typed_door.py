"""What type checkers, editors and `help()` see of the public functions."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pycalc
from pycalc import FUNCTIONS

TOP = Path(__file__).parents[2]
USES = """\
import pycalc
reveal_type(pycalc.pe_monthly(10_000, 800, 50, 100, 30, 60))  # float
reveal_type(pycalc.pe_monthly(queries=[1, 2], prompt_tokens=800, query_tokens=50, response_tokens=1,
            input_price=30, output_price=60))  # Any
reveal_type(pycalc.ft_decision(1, 2, 3))  # str
reveal_type(pycalc.context_fits("gpt-4", 1, 2))  # bool
pycalc.pe_monthly("a", nonsense=3)  # error: No overload variant
pycalc.pe_monthly(1, 2, 3)  # error: No overload variant
pycalc.ft_risk(1, [1, 2, 3], [1, 2, 3], 12)  # error: incompatible type
pycalc.no_such_function(1)  # error: no attribute
"""


def test_mypy_knows_arguments_and_results(tmp_path):
    path = tmp_path / "uses.py"
    path.write_text(USES)
    options = ["--strict", "--no-site-packages", "--config-file", "", "--cache-dir", str(tmp_path)]  # without NumPy's
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(path)],
        cwd=TOP, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said: dict[int, str] = {}
    for line in run.stdout.splitlines():
        found = re.match(r".*uses\.py:(\d+): (.*)", line)
        if found:
            said[int(found[1])] = said.get(int(found[1]), "") + found[2]
    for number, line in enumerate(USES.splitlines(), 1):
        _, _, wanted = line.partition("# ")
        if line.startswith("reveal_type(pycalc.pe_monthly(queries"):
            wanted = "Any"
        if line.startswith("pycalc."):
            assert wanted.removeprefix("error: ") in said[number], said
        elif line.startswith("reveal_type"):
            assert f'Revealed type is "{wanted}"' in said[number].replace("builtins.", ""), said


@pytest.mark.parametrize("name", FUNCTIONS)
def test_help_shows_every_argument_with_its_unit(name):
    function = FUNCTIONS[name]
    public = getattr(pycalc, name.lower())
    assert public is function.call
    text = inspect.getdoc(public) or ""
    assert text.startswith(function.summary)
    for argument in function.arguments:
        assert f"[{argument.unit}]" in text
    assert f"[{function.returns}]" in text
    assert list(inspect.signature(public).parameters) == [argument.name for argument in function.arguments]
    for annotation in inspect.get_annotations(inspect.unwrap(public)).values():
        assert annotation
