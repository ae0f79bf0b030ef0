"""Files: our own tables beside the code, and what is asked of a name before the file behind it is read."""

from __future__ import annotations

import codecs
import os
import stat

from pycalc.annotations import Any

_STREAMS = ("/dev/fd/", "/dev/stdin", "/proc/")
"""Where a shell puts what it pipes into a command: `<(zcat file)`."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the UTF-16 one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

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


def marked(start: bytes) -> tuple[str, int]:
    """The encoding that a byte-order mark says, and the mark's length; "" and 0 for a text without one."""
    return next(((encoding, len(mark)) for mark, encoding in _MARKS if start.startswith(mark)), ("", 0))


def foreign(start: bytes, room: str) -> tuple[str, str]:
    """What a file that begins so is, and what to do, where `room` ("dataset" or "usage") does not read such files."""
    titles = ("begins", "is", "dataset", "usage")
    for row in table("foreign_files", *titles):
        remedy = row[titles.index(room)]
        if remedy and start.startswith(bytes.fromhex(row[0])):
            return row[1], remedy
    return "", ""


def packaged(name: str) -> list[str]:
    """The lines of one of pycalc's own data files."""
    loader: Any = __spec__.loader  # a folder's or a zip's; `pkgutil` would ask it too, and take longer to load
    data: bytes = loader.get_data(os.path.join(os.path.dirname(__file__), "data", name))
    return data.decode("utf-8").splitlines()


def table(name: str, *titles: str) -> list[list[str]]:
    """The rows of one of our own tables, NAME.tsv: titles in its first line, tabs between the fields.

    Read when a module is imported, which has no time for the module csv.
    """
    rows = [line.split("\t") for line in packaged(f"{name}.tsv")]
    for number, row in enumerate(rows, 1):
        if len(row) != len(titles) or (number == 1 and row != [*titles]):
            raise RuntimeError(f"pycalc/data/{name}.tsv, line {number}: not the columns {', '.join(titles)}")
    return rows[1:]


def records(name: str) -> dict[str, dict[str, Any]]:
    """The fields of each record of one of our own files of records, NAME.json; lists are tuples."""
    import json

    def fixed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: fixed(each) for key, each in value.items()}
        return tuple(map(fixed, value)) if isinstance(value, list) else value

    read: dict[str, dict[str, Any]] = fixed(json.loads("".join(packaged(f"{name}.json"))))
    return read
