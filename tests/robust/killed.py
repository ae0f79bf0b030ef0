"""Runs `breakeven` and kills it at the last moment: python killed.py last RESULT ARGUMENTS..

It dies, as from kill -9, just before a file takes the name RESULT. A command that writes RESULT in any other way
than by naming a finished file lives, and the test that wanted it dead fails.
"""

from __future__ import annotations

import os
import signal
import sys

result = os.path.realpath(sys.argv[2])


def watch(event: str, arguments: tuple) -> None:
    """Die when the result is about to appear."""
    if event in ("os.rename", "os.link") and os.path.realpath(os.fsdecode(arguments[1])) == result:
        os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(watch)
sys.argv[1:3] = []

from addin.cli import main  # noqa: E402 - the hook has to be there before anything is loaded

main()
