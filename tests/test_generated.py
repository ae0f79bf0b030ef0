"""What is generated from the registry is current."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parent.parent


def test_the_readme_lists_the_functions_as_registered():
    run = subprocess.run([sys.executable, "tools/reference.py", "--check"], cwd=TOP, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
