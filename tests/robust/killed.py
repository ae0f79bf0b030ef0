"""Runs `breakeven` and kills it at a chosen touch of a folder: python killed.py FOLDER MOMENT ARGUMENTS..

MOMENT counts what the process does to names in the folder (opening a file for writing, naming, renaming, removing),
from 0; it dies, as from kill -9, just before that one. At -1 it lives and prints how many there were.
"""

from __future__ import annotations

import os
import signal
import sys

folder, moment = os.path.realpath(sys.argv[1]), int(sys.argv[2])
seen = 0
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def touched(event: str, arguments: tuple) -> bool:
    """Whether an audit event is about to change the folder."""
    if event == "open":
        path, _, flags = arguments
        writes = isinstance(flags, int) and flags & WRITING
        paths = [path] if writes and isinstance(path, str | bytes | os.PathLike) else []
    elif event in ("os.rename", "os.link"):
        paths = list(arguments[:2])
    elif event in ("os.remove", "os.mkdir", "os.truncate", "os.chmod"):
        paths = [path for path in arguments[:1] if not isinstance(path, int)]
    else:
        return False
    return any(os.path.realpath(os.fsdecode(path)).startswith(folder) for path in paths)


def watch(event: str, arguments: tuple) -> None:
    """Count, and die when the count is reached."""
    global seen
    if not event.startswith(("open", "os.")) or not touched(event, arguments):
        return
    if seen == moment:
        os.kill(os.getpid(), signal.SIGKILL)
    seen += 1


sys.addaudithook(watch)
sys.argv[1:3] = []
code: object = 0
try:
    from addin.cli import main

    main()
except SystemExit as end:
    code = end.code
if moment < 0:
    print(f"touched {seen}", file=sys.stderr)
sys.exit(code)  # type: ignore[arg-type]
