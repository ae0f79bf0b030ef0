"""Where a result may be written, and how: whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from io import BytesIO
from pathlib import Path
from traceback import clear_frames
from typing import BinaryIO
from weakref import finalize

from workbook.errors import BadWorkbook
from workbook.file.opening import check_steady, files_read, forget_state

_ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam")
only_new: ContextVar[bool] = ContextVar("only_new", default=False)
"""Whether a file that is there is never replaced, not even one that appears while the work is done."""

_RESERVE = 4 << 20
"""Bytes kept for clearing up where memory has run out."""

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
    check_replaceable(out)


def check_replaceable(out: Path) -> None:
    """Only a file is ever replaced: a link, a device or a pipe at that place is somebody's, and no old result."""
    try:
        kind = os.lstat(out).st_mode
    except OSError:
        return
    if stat.S_ISDIR(kind):
        raise BadWorkbook(out, "this is a folder", "Give a file name")
    if not stat.S_ISREG(kind):
        what = "a symbolic link" if stat.S_ISLNK(kind) else "a pipe, a socket or a device"
        raise BadWorkbook(out, f"this is {what}, not a file", "Give the name of a file")
    if only_new.get():
        raise BadWorkbook(out, "it is already there", "Give another name, or --force to replace it")


@contextmanager
def replacing(out: str | os.PathLike[str], like: int | str | os.PathLike[str] | None = None) -> Iterator[BinaryIO]:
    """A temporary file beside `out` that becomes `out` when the block ends well and vanishes otherwise.

    `like` is the file, open or by name, that the content is from: whoever may not read that may not read the result.
    """
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
                os.fchmod(handle, _mode_for(out, like))
            check_steady()
            if not named and only_new.get():
                _name(handle, str(out))
                return
            if not named:
                _name(handle, temporary)
        _take_name(temporary, out)
        forget_state(out)
    except FileExistsError:
        _forget(temporary)
        check_replaceable(out)
        raise BadWorkbook(out, "it is already there", "Give another name, or --force to replace it") from None
    except OSError as problem:
        _forget(temporary)
        raise unwritable(out, problem) from None
    except BaseException:
        _forget(temporary)
        raise


def _take_name(temporary: str, out: Path) -> None:
    """Let the complete file have its name; `FileExistsError` where a file that is there may not be replaced."""
    check_replaceable(out)
    if not only_new.get():
        os.replace(temporary, out)
    elif os.name == "nt":
        os.rename(temporary, out)  # which replaces nothing there
    else:
        try:
            os.link(temporary, out)
        except FileExistsError:
            raise
        except OSError:  # no hard links here (FAT, some shares): an empty file takes the name first
            os.close(os.open(out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            os.replace(temporary, out)
        else:
            os.unlink(temporary)


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
            return handle, str(folder / f".{name}.{os.urandom(4).hex()}.part"), False
    import tempfile

    handle, path = tempfile.mkstemp(prefix=f".{name}.", suffix=".part", dir=folder)
    return handle, path, True


@contextmanager
def scratch(what: str = "") -> Iterator[Path]:
    """A temporary folder of a name that tells whose it is; it goes with the block, also where memory has run out."""
    import tempfile

    reserve = bytearray(_RESERVE)
    with tempfile.TemporaryDirectory(prefix=f"breakeven-{what}") as folder:
        try:
            yield Path(folder)
        except MemoryError as error:
            # What filled the memory is held by the calls that failed, and to clear the folder takes a little.
            del reserve
            clear_frames(error.__traceback__)
            raise


class Filed:
    """Bytes that need not be in memory: in a file without a name, which goes with the object."""

    def __init__(self) -> None:
        import tempfile

        try:
            self.file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115
        except OSError:  # no folder for such files
            self.file = BytesIO()
        finalize(self, self.file.close)

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(0)
        yield from iter(lambda: self.file.read(1 << 20), b"")


def whole(data: bytes | Iterable[bytes]) -> bytes:
    """What is given whole or in pieces, whole."""
    if isinstance(data, Filed):
        data.file.seek(0)
        return data.file.read()
    return data if isinstance(data, bytes) else b"".join(data)


def unwritable(out: Path, problem: OSError) -> BadWorkbook:
    """What to say of a place that could not be written to."""
    reason = (problem.strerror or str(problem)).lower()
    remedy = "Make room" if problem.errno in _FULL else "Close it elsewhere"
    return BadWorkbook(out, f"it cannot be written ({reason})", f"{remedy}, or choose another folder")


def _mode_for(out: Path, like: int | str | os.PathLike[str] | None) -> int:
    """The permissions of the file being replaced, else what a new file would get; at most those of what was read."""
    try:
        mode = os.lstat(out).st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    for source in (*([] if like is None else [like]), *files_read()):
        with suppress(OSError):
            mode &= os.stat(source).st_mode | 0o600
    return mode


def _forget(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)
