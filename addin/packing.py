"""The part of our Python code that a host carries inside itself: pycalc and the contract of hosts."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable

_LEFT_OUT = ("__pycache__", "dataset")
"""Folders of pycalc that no worksheet function needs."""


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
