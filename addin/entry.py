"""The first lines of the command `breakeven`: light, so that Ctrl-C while the rest is loaded is met from the start.

What comes before them, Python's own start, answers Ctrl-C with a traceback that no program can keep back.
"""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command; Ctrl-C ends it with exit code 130 and without a word."""
    # A workbook is a million small objects that stay: looking through them for rings again and again finds none.
    gc.set_threshold(1_000_000, 50, 1_000)
    try:
        from addin.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        gc.freeze()  # nor does it help to look through all that is left when the system takes it back anyway
