"""What is asked of a name before the file behind it is read: that it is a file, and not something that never ends."""

from __future__ import annotations

import os
import stat

_STREAMS = ("/dev/fd/", "/dev/stdin", "/proc/")
"""Where a shell puts what it pipes into a command: `<(zcat file)`."""

NO_FILE = "is a pipe or a device, not a file"
REMEDY = "Save it to a file first, then give that"


def no_file(path: str | os.PathLike[str]) -> str:
    """Why a name is refused whose file is read more than once, "" for a file; asked before it is opened.

    To open a pipe nobody writes to would wait for ever, and what is read of it once is gone.
    """
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):  # whoever opens it says what is wrong
        return ""
    return "" if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else f"{NO_FILE}. {REMEDY}"


def no_stream(path: str) -> str:
    """Why a name is refused that is read once, from its beginning to its end; "" for a file or what a shell pipes."""
    if path.startswith(_STREAMS):
        return ""
    return no_file(path) and f"{NO_FILE}. Pipe it in: give - as the file"
