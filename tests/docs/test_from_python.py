"""The page for people who write Python: its code runs as it stands, and its table names what exists."""

from __future__ import annotations

import re
import shutil
from importlib import import_module
from pathlib import Path

import workbook
from tests import sharing

PAGE = Path(__file__).parent.parent.parent / "docs" / "how-to" / "from-python.md"


def test_the_code_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    # The template itself takes three times as long, and nothing below is of it.
    monkeypatch.setattr(workbook, "new", lambda case, path: shutil.copy({"techwiz": sharing.tiny()}[case], path))
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(code.group(1), str(PAGE), "exec"), {})
    said = capsys.readouterr().out
    # The course's case: 2095.33/306 months with labour is more than six, so HOLD.
    assert "HOLD" in said
    assert "no difference" in said
    assert "6.847483660130" in said
    # A finding and a change are named with their sheet.
    assert "Breakeven!B" in said
    assert "['Scenarios!" in said


def test_the_table_names_functions_that_exist():
    names = re.findall(r"^\| `(workbook\.[\w.]+)\(", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(names) >= 10
    for name in names:
        module, _, function = name.rpartition(".")
        assert callable(getattr(import_module(module), function)), name
