"""What is generated from the registry is current."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from pycalc import FUNCTIONS

TOP = Path(__file__).parent.parent


def test_the_readme_lists_the_functions_as_registered():
    run = subprocess.run([sys.executable, "tools/reference.py", "--check"], cwd=TOP, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_the_types_are_those_of_the_definitions():
    run = subprocess.run([sys.executable, "tools/typed_door.py", "--check"], cwd=TOP, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_every_function_has_its_page_and_pictures(tmp_path):
    subprocess.run([sys.executable, "tools/reference.py", "--pages", str(tmp_path)], cwd=TOP, check=True)
    for name in FUNCTIONS:
        page = (tmp_path / f"{name}.md").read_text(encoding="utf-8")
        shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page)
        assert f"{name}-sheet.svg" in shown
        for picture in shown:
            words = "".join(ElementTree.parse(tmp_path / picture).getroot().itertext())
            assert "nan" not in words
            assert "inf" not in words.split()
        assert f"={name}(" in "".join(ElementTree.parse(tmp_path / shown[-1]).getroot().itertext())
