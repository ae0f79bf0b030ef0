"""What the hosts' files are made of: pycalc and the contract inside, texts written by hand, a folder or a zip."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import IO

from workbook.errors import WorkbookError

_LEFT_OUT = ("__pycache__", "cluster.py", "dataset", "evaluation", "risk", "usage")
"""What no worksheet function needs of pycalc."""


def sources(vocabularies: bool) -> dict[str, bytes]:
    """Files by their path below a folder on Python's search path.

    Parameters
    ----------
    vocabularies : whether TOKEN_COUNT's vocabularies come along (11 MB, 6 MB compressed).
    """
    left_out = _LEFT_OUT if vocabularies else (*_LEFT_OUT, "vocabularies")
    found = dict(_files(resources.files("pycalc"), "pycalc", left_out))
    addin = resources.files("addin")
    for name in ("__init__.py", "contract.py"):
        found[f"addin/{name}"] = addin.joinpath(name).read_bytes()
    return found


def licences() -> dict[str, bytes]:
    """Our licence, and those of the prices and vocabularies, by the names they have beside what we hand out."""
    package = resources.files("pycalc")
    found = {"LICENSE": package.joinpath("LICENSE").read_bytes()}
    return found | dict(_files(package.joinpath("data", "licences"), "licences", ()))


def part(folder: str, name: str, /, **fields: object) -> str:
    """A file written by hand in one of addin's folders; where fields are given, they stand for its $names."""
    text = resources.files(f"addin.{folder}").joinpath(name).read_text(encoding="utf-8")
    return Template(text).substitute(fields) if fields else text


def versioned(name: str, data: bytes) -> str:
    """A file's name with its content in it, so that no cache gives an older one."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-{sha256(data).hexdigest()[:8]}{dot}{ending}"


def known(name: str, data: bytes) -> dict[str, object]:
    """What functions.js knows of a file that it loads and checks."""
    return {"file": versioned(name, data), "sha256": sha256(data).hexdigest()}


def archive(contents: Mapping[str, bytes], stream: IO[bytes], level: int | None = None) -> None:
    """Files as a zip, in order and without the time of day: the same contents give the same bytes."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as packed:
        for name, data in sorted(contents.items()):
            packed.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def _files(folder: Traversable, path: str, left_out: tuple[str, ...]) -> list[tuple[str, bytes]]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name in left_out:
            continue
        if entry.is_dir():
            found += _files(entry, f"{path}/{entry.name}", left_out)
        else:
            found.append((f"{path}/{entry.name}", entry.read_bytes()))
    return found


def write_folder(folder: str | os.PathLike[str], contents: dict[str, bytes]) -> list[Path]:
    """Files into a folder that is not there yet: all of them or none."""
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise WorkbookError(f"{target} is already there. Name a new folder, or remove that one first")
    target.parent.mkdir(parents=True, exist_ok=True)
    waiting = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for name, data in contents.items():
            path = waiting / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        waiting.chmod(0o755)
        if target.exists():
            target.rmdir()
        waiting.rename(target)
    except BaseException:
        shutil.rmtree(waiting, ignore_errors=True)
        raise
    return [target / name for name in sorted(contents)]
