"""The first lines of the command `breakeven`: light, so that Ctrl-C while the rest is loaded is met from the start.

What comes before them, Python's own start, answers Ctrl-C with a traceback that no program can keep back.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command; Ctrl-C ends it with exit code 130 and without a word."""
    try:
        from addin.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)
