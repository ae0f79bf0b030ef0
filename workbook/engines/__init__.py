"""Engines that recalculate a workbook file to a table of values.

Every engine takes a file and gives a `Recalculation`; none of them writes to the file. They say which cells
they could not compute, rather than give a value nobody can trust.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module

from workbook.errors import WorkbookError
from workbook.file.cells import Value
from workbook.file.package import Package

# What the embedded engine frees goes back to the system: its allocator (jemalloc) would keep it for ten seconds and
# longer. It reads this when it is loaded, whichever module does that first.
os.environ.setdefault("_RJEM_MALLOC_CONF", "retain:false,dirty_decay_ms:100,muzzy_decay_ms:0")

NAMES = ("formualizer", "libreoffice", "ironcalc")

Key = tuple[str, str]
"""Sheet name and cell address, such as ("Costs", "B5")."""


class EngineMissing(WorkbookError):
    """The engine is not installed; the message says how to install it."""


class EngineFailed(WorkbookError):
    """The engine gave up on the file; the message says why."""


@dataclass
class Recalculation:
    """What an engine made of a workbook.

    values : every formula cell, and every cell an array formula fills, with its value. A value is a float,
        a str, a bool, None for blank, or a `pycalc.errors.CalcError`, equal to any other of the same code.
    spills : array formulas with the area their result covers, "B5" to "B5:B9", where the engine says so.
    unsupported : formula cells without a value because the engine does not know something they use, with
        the reason; cells that read from them are among them.
    """

    values: dict[Key, Value] = field(default_factory=dict)
    spills: dict[Key, str] = field(default_factory=dict)
    unsupported: dict[Key, str] = field(default_factory=dict)


def recalculate(source: Package | str | os.PathLike[str], engine: str = "formualizer") -> Recalculation:
    """Recalculate every formula of a workbook, whatever values it stores; an opened one with its changes.

    Raises `BadWorkbook` for a file that is no workbook, `EngineMissing` or `EngineFailed` for the rest.
    """
    if engine not in NAMES:
        raise ValueError(f"there is no engine {engine!r}; there are {', '.join(NAMES)}")
    run: Callable[[Package], Recalculation] = import_module(f"workbook.engines.{engine}").recalculate
    if isinstance(source, Package):
        return run(source)
    with Package(source) as package:
        return run(package)
