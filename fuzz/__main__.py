"""`python -m fuzz TARGET [CORPUS FOLDER] [libFuzzer options]`: atheris looks for bytes that break a target.

    pip install atheris
    python -m fuzz formula /some/folder fuzz/corpus/formula -max_total_time=300
    python -m fuzz formula fuzz/corpus/formula /some/folder -merge=1          # keep what reaches new code

What it finds is written to a file crash-...; `python -m fuzz TARGET FILE` runs one input again.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["workbook", "pycalc", "zipfile"]):
    from fuzz.targets import TARGETS


def main() -> None:
    """Hand the target and the remaining arguments to atheris."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"python -m fuzz {'|'.join(TARGETS)} [folders and libFuzzer options]")
    target = TARGETS[sys.argv[1]]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
