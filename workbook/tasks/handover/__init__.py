"""Hand a workbook over to somebody without the add-in.

Every call of our functions, in cells, names, conditional formats, data validation and tables, becomes its native
twin over the same cells, a LAMBDA name, or its value. The result is recalculated from the values the file stores and
compared with them, cell by cell; a difference stops the hand-over. Values are stored in our cells and in what depends
on them alone. A sheet "Handover" says what was replaced. Parts of the file that
hold none of this are copied byte for byte, and the original is not touched.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from workbook.engines import Key
from workbook.engines.settling import settle
from workbook.file.cells import Value
from workbook.file.opening import steady
from workbook.file.package import Package
from workbook.file.saving import check_target
from workbook.file.sheets import add_sheet, free_name
from workbook.progress import step
from workbook.tasks.broken import refuse_broken
from workbook.tasks.handover.proof import differences
from workbook.tasks.handover.replace import Replacer, check_names
from workbook.tasks.handover.result import Handover, HandoverDifference, Replacement
from workbook.tasks.handover.sheet import bold_style, rows, sheet_pieces
from workbook.tasks.handover.twins import MODES
from workbook.tasks.kinds import worked
from workbook.tasks.recalc import fill

__all__ = ["Handover", "HandoverDifference", "Replacement", "handover"]

LAMBDA_WARNING = (
    "In Protected View (a file from mail or the web) Excel shows #NAME? in cells that call a LAMBDA name until "
    "Enable Editing is pressed, and Excel before 365 shows it always; hand over as formulas to avoid both."
)


@steady()
def handover(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    mode: str = "formulas",
    *,
    who: str = "",
    when: datetime | None = None,
    anyway: bool = False,
) -> Handover:
    """Write a copy of a workbook that needs no add-in and shows the same numbers.

    Parameters
    ----------
    path : the workbook (.xlsx or .xlsm), ours or any other that calls our functions. It is not touched.
    out : the copy.
    mode : "formulas" (native formulas over the same cells, the default), "lambda" (LAMBDA names, Excel 365) or
        "values" (values, each formula kept as a note on its cell).
    who, when : for the sheet "Handover"; by default nobody and now.
    anyway : hand over a workbook with formulas that read deleted cells, too.

    Raises
    ------
    BadWorkbook : the file is no workbook, calls none of our functions, or `out` cannot be written.
    HandoverDifference : the copy would show other numbers. Nothing is written then, nor in any other failure.

    Examples
    --------
    >>> handover("model.xlsx", "model-native.xlsx").proofs                        # doctest: +SKIP
    ['formualizer: 212 formulas computed before and after, from the values the file stores, no difference']
    """
    path, out = Path(path), Path(out)
    if mode not in MODES:
        raise ValueError(f"mode is one of {', '.join(MODES)}, not {mode!r}")
    check_target(path, out)
    when = when or datetime.now(UTC)
    forced: dict[Key, str] = {}
    with Package(path) as package:
        check_names(package)
        refuse_broken(package, "hand over", anyway)
        step("recalculating the original", 1, 4)
        for _ in range(3):
            settled = settle(package, clock=when, proved=worked(package, as_stored=True))
            with Package(path) as copy:
                step("replacing the calls", 2, 4)
                work = Replacer(Handover(out, mode), path, settled, forced)
                work.rewrite(copy)
                step("recalculating the copy and comparing", 3, 4)
                found = differences(copy, work, when)
                if not found:
                    step("writing the copy", 4, 4)
                    _finish(copy, work, who, when)
                    copy.save(out)
                    return work.result
            fresh = {key: reason for key, reason in found.items() if key in work.replaced and key not in forced}
            if not fresh:
                break
            # A twin does not hold for these arguments: these cells become their values, and the rest is proved again.
            forced |= fresh
    raise _difference(path, found)


def _difference(path: Path, found: Mapping[Key, str]) -> HandoverDifference:
    (sheet, cell), reason = next(iter(found.items()))
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return HandoverDifference(
        f"{path}: the result would differ in {sheet}!{cell} ({reason}){more}. Nothing was written; please report it"
    )


def _finish(package: Package, work: Replacer, who: str, when: datetime) -> None:
    """Store the values of our cells and of what depends on them, add the sheet, list what has to be known."""
    result, settled = work.result, work.settled
    if work.lambdas:
        result.warnings.insert(0, LAMBDA_WARNING)
    if note := package.signature_note():
        result.warnings.insert(0, note)
    if work.linked:
        result.warnings.append(
            f"The link to the add-in ([{max(work.linked)}]) stays, as other links or formulas stand behind it; "
            "Data, Edit Links, Break Link removes it."
        )
    fill(package, settled.values | _not_stored(work), settled.spills)
    result.prices = [(f"{words}: {price}", source) for (words, price), source in work.priced.items()]
    lines = rows(result, work.path.name, who, when, work.checks)
    add_sheet(package, free_name(package, "Handover"), sheet_pieces(lines, bold_style(package)))


def _not_stored(work: Replacer) -> dict[Key, Value]:
    """The values of our cells that the copy does not store already."""
    settled = work.settled
    # Where an array's area changes every cell of its sheet is looked at.
    keys = work.replaced if settled.spills else work.replaced & settled.missing
    return {key: value for key in keys if (value := settled.shows(key)) is not None}
