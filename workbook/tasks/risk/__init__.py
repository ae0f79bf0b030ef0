"""The simulation of a workbook: its inputs with low, base and high, and the sheet Risk with what came out.

Base values stand behind the input names; low and high beside them, in the columns headed "Low" and "High" of the
same sheet. The simulation is `pycalc.risk`; Excel cannot repeat its draws, so its figures are frozen, and the sheet
says which cells are live.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pycalc.risk.simulate import Result, simulate
from workbook.file.book import drop_calculation_chain, recalculate_on_load
from workbook.file.graft import graft_sheet
from workbook.file.opening import steady
from workbook.file.package import Package
from workbook.file.saving import check_target
from workbook.file.sheets import free_name
from workbook.tasks.broken import refuse_broken, refuse_settings
from workbook.tasks.report.figures import read
from workbook.tasks.risk.asked import Question, question
from workbook.tasks.risk.choice import settle
from workbook.tasks.risk.sheet import RiskSheet

__all__ = ["Question", "question", "risk"]


@steady()
def risk(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    asked: Question,
    trials: int = 100_000,
    seed: int = 1,
    mapped: Callable[..., Iterable[Any]] = map,
    anyway: bool = False,
) -> Result:
    """Simulate, and write a copy of the workbook with a sheet Risk behind the others.

    Parameters
    ----------
    path : the workbook, which is not touched.
    out : the copy.
    asked : what varies and how, as `question(path)` gives it.
    trials, seed : the same seed gives the same figures.
    mapped : `map`, or what runs blocks of trials elsewhere in its manner: `pycalc.risk.cluster.Cluster.map`.
    anyway : simulate a workbook with formulas that read deleted cells, too.

    Raises
    ------
    BadWorkbook : the file is no workbook, or `out` cannot be written. Nothing is written then.
    OutOfBoundsError, WrongKindError : trials, seed or what is asked is out of bounds.
    """
    check_target(path, out)
    with Package(path) as package:
        refuse_broken(package, "simulate", anyway)
        refuse_settings(package, "the simulation", as_shown=True)
        if asked.inputs:
            settle(asked, read(package, "simulate", anyway), trials, seed)
    result = simulate(asked.case, trials, seed, mapped)
    with Package(path) as package:
        name = free_name(package, "Risk")
        graft_sheet(package, name, lambda book, own: RiskSheet(book, own, asked, result).write())
        drop_calculation_chain(package)
        recalculate_on_load(package)
        package.save(Path(out))
    return result
