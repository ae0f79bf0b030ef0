"""Where a result may be written, and how: whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from workbook.errors import BadWorkbook

_ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def same_file(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    """Whether two paths are one file, links and letter case of the file system included."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.abspath(one) == os.path.abspath(other)


def check_target(source: str | os.PathLike[str], out: str | os.PathLike[str]) -> None:
    """Refuse a target for a copy of a workbook before any work is done: what `check_other` refuses, a wrong ending."""
    check_other(source, out)
    old, new = (Path(path).suffix.lower() for path in (source, out))
    if new not in _ENDINGS or (old in _ENDINGS and old != new):
        ending = old if old in _ENDINGS else ".xlsx"
        what = f"under the ending {new}" if new else "without an ending"
        raise BadWorkbook(out, f"Excel opens no {ending} {what}", f"Use {ending}")


def check_other(source: str | os.PathLike[str], out: str | os.PathLike[str]) -> None:
    """Refuse a target before any work is done: the source itself, a folder, a place that is not there."""
    out = Path(out)
    if same_file(out, source):
        raise BadWorkbook(out, "the result would overwrite the workbook it is made from", "Choose another name")
    _check_place(out)


def _check_place(out: Path) -> None:
    if not out.parent.is_dir():
        raise BadWorkbook(out, f"the folder {out.parent} does not exist", "Create it, or choose another place")
    if out.is_dir():
        raise BadWorkbook(out, "this is a folder", "Give a file name")


@contextmanager
def replacing(out: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A temporary file beside `out` that becomes `out` when the block ends well and vanishes otherwise."""
    out = Path(out)
    _check_place(out)
    try:
        handle, temporary, named = _temporary(out.parent, out.name)
    except OSError as problem:
        raise unwritable(out, problem) from None
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(handle)
            if os.name == "posix":  # Python learned it for Windows in 3.13, and there it means little
                os.fchmod(handle, _mode_for(out))
            if not named:
                _name(handle, temporary)
        os.replace(temporary, out)
    except OSError as problem:
        _forget(temporary)
        raise unwritable(out, problem) from None
    except BaseException:
        _forget(temporary)
        raise


def _name(handle: int, path: str) -> None:
    """Give a file that was opened without a name its name."""
    open_files = os.open("/proc/self/fd", os.O_RDONLY)
    try:
        os.link(str(handle), path, src_dir_fd=open_files, follow_symlinks=True)
    finally:
        os.close(open_files)


def _temporary(folder: Path, name: str) -> tuple[int, str, bool]:
    """A new file open for writing, its name, and whether it has that name already.

    On Linux it gets the name when it is complete, so that kill -9 leaves nothing behind. The name is drawn: process
    numbers repeat in containers, and a leftover must never be taken for the result.
    """
    unnamed = getattr(os, "O_TMPFILE", 0)
    if unnamed and os.path.isdir("/proc/self/fd"):
        with suppress(OSError):
            handle = os.open(folder, unnamed | os.O_WRONLY, 0o600)
            return handle, str(folder / f".{name}.{secrets.token_hex(4)}.part"), False
    handle, path = tempfile.mkstemp(prefix=f".{name}.", suffix=".part", dir=folder)
    return handle, path, True


def unwritable(out: Path, problem: OSError) -> BadWorkbook:
    """What to say of a place that could not be written to."""
    reason = (problem.strerror or str(problem)).lower()
    remedy = "Make room" if problem.errno in _FULL else "Close it elsewhere"
    return BadWorkbook(out, f"it cannot be written ({reason})", f"{remedy}, or choose another folder")


def _mode_for(out: Path) -> int:
    """The permissions of the file being replaced, else what a new file would get."""
    try:
        return out.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _forget(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)
