"""What the Tab key offers where a command takes one of a few names.

Each function gets what is typed so far. One that offers nothing leaves the word to the shell, which completes files.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from importlib import import_module

WORKBOOKS = (".xlsx", ".xlsm")
_PLAIN = re.compile(r"[\w.+@%/-]+")
"""What needs no quotes in any shell: the shells' scripts put in what they get as it is."""


def function(incomplete: str) -> list[str]:
    """Worksheet functions, in the letters the person types."""
    from pycalc import FUNCTIONS

    return [name.lower() for name in FUNCTIONS] if incomplete.islower() else list(FUNCTIONS)


def model(incomplete: str) -> list[str]:  # noqa: ARG001 - Typer keeps those that fit
    """Models the catalogue knows; not with a colon, which ends a word in bash."""
    from pycalc.models import catalogue

    known = catalogue.load()
    return sorted(name for name in {*known.models, *known.names} if _PLAIN.fullmatch(name))


def counted_model(incomplete: str) -> list[str]:
    """Models whose tokens can be counted."""
    from pycalc.errors import CalcError
    from pycalc.models.families import resolve

    found = []
    for name in model(incomplete):
        try:
            resolve(name)
        except CalcError:
            continue
        found.append(name)
    return found


def workbook(incomplete: str) -> list[str]:
    """Workbooks that fit; nothing where a folder fits too, or a name wants quotes: there the shell does better."""
    folder, start = os.path.split(incomplete)
    found = []
    try:
        with os.scandir(folder or ".") as entries:
            for entry in entries:
                if not entry.name.startswith(start) or (entry.name.startswith((".", "~$")) and not start):
                    continue
                if entry.is_dir():
                    return []
                if entry.name.lower().endswith(WORKBOOKS):
                    found.append(os.path.join(folder, entry.name))
    except OSError:
        return []
    return sorted(found) if all(map(_PLAIN.fullmatch, found)) else []


def severity(incomplete: str) -> list[str]:  # noqa: ARG001
    """Severities of a finding, and none of them."""
    from workbook.tasks.check import SEVERITIES

    return [*SEVERITIES, "never"]


def _names_in(module: str, attribute: str) -> Callable[[str], list[str]]:
    """The names a module lists, which is loaded when they are wanted."""

    def offered(incomplete: str) -> list[str]:  # noqa: ARG001
        return list(getattr(import_module(module), attribute))

    return offered


case = _names_in("workbook.template", "CASES")
host = _names_in("addin.cli.addin", "Host")
installed_host = _names_in("addin.cli.addin", "INSTALLED")
engine = _names_in("workbook.engines", "NAMES")
vendor = _names_in("pycalc.dataset.vendors", "VENDORS")
target = _names_in("addin.cli.dataset", "TARGETS")
mode = _names_in("workbook.tasks.handover.twins", "MODES")
form = _names_in("workbook.tasks.report", "FORMATS")
