"""Fill in the stored value of every formula, so that viewers which do not calculate show the right numbers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from workbook.engines import Key
from workbook.engines.edited import keep_unaffected
from workbook.engines.settling import settle
from workbook.file.addresses import row_and_column
from workbook.file.cells import Value
from workbook.file.edits import cell_bytes, insertions, value_edits
from workbook.file.opening import steady
from workbook.file.package import Package
from workbook.file.saving import check_target, scratch
from workbook.file.values import same_digits
from workbook.file.xmlspans import Edit, attribute_edit, spliced
from workbook.formulas.cells import array_children
from workbook.progress import step
from workbook.tasks.kinds import worked


@dataclass
class Recalculated:
    """What `recalc` did: the file it wrote, how many formulas it has, which stored values changed.

    changed : each cell with the value stored before and the value stored now.
    kept : cells that would need another value and keep the one they have, or none, with the reason.
    disputed : formulas the engine computes otherwise than the file says, which kept their value.
    """

    out: Path
    formulas: int = 0
    changed: dict[Key, tuple[Value, Value]] = field(default_factory=dict)
    kept: dict[Key, str] = field(default_factory=dict)
    disputed: int = 0
    note: str = ""
    """What the recipient has to know of the copy: that it was signed; "" for nothing."""


@steady()
def recalc(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    everything: bool = False,
    before: str | os.PathLike[str] | None = None,
) -> Recalculated:
    """Write a copy of a workbook in which every formula of ours, and what depends on it, has its value.

    What Excel computed stays: a stored value is replaced where the cell calls a function of ours, depends on such a
    cell, or has no value. Parts of the file without a value that changed are copied byte for byte.

    Parameters
    ----------
    path : the workbook (.xlsx or .xlsm), which is not touched.
    out : the copy; by default beside it, with "-recalculated" after its name.
    everything : compute every formula anew, and store what the embedded engine makes of it, whatever the file says:
        for a workbook whose inputs were changed by a program that does not calculate.
    before : the workbook before its inputs were edited: what does not depend on them keeps its value, and what does is
        believed where the value stored before is reproduced from the inputs of before.

    Raises
    ------
    BadWorkbook : the file is no workbook, or `out` cannot be written. Nothing is written then.

    Examples
    --------
    >>> recalc("techwiz.xlsx").out.name                                         # doctest: +SKIP
    'techwiz-recalculated.xlsx'
    """
    path = Path(path)
    out = Path(out) if out is not None else path.with_name(f"{path.stem}-recalculated{path.suffix}")
    check_target(path, out)
    with Package(path) as package:
        step("recalculating", 1, 2)
        sheets = worked(package, as_stored=not everything) if before is None else {}
        settled = settle(package, everything=everything or before is not None, proved=sheets)
        if before is not None:
            with Package(before) as old:
                keep_unaffected(settled, old)
        settled.name_data_tables()
        formulas = len(settled.infos) + sum(sheet.formulas for sheet in settled.session.proved.values())
        result = Recalculated(out, formulas, kept=settled.kept, disputed=len(settled.faulty))
        step("storing the values", 2, 2)
        result.changed = fill(package, settled.values, settled.spills)
        result.note = package.signature_note() if package.changed else ""
        package.save(out)
    return result


def save_recalculated(package: Package, out: str | os.PathLike[str]) -> Recalculated:
    """Write an opened workbook whose cells were edited to `out`, what depends on the edits worked out anew."""
    with scratch() as folder:
        return recalc(package.save(Path(folder) / package.path.name), out, before=package.path)


@contextmanager
def edited(
    book: str | os.PathLike[str], out: str | os.PathLike[str], doing: str
) -> Iterator[tuple[Package, list[str]]]:
    """A workbook for the block to edit, whose copy is saved by `save_recalculated`; and, once that is done, the cells
    nobody could recalculate. `doing` : as in `refuse_settings`."""
    from workbook.tasks.broken import refuse_settings

    check_target(book, out)
    kept: list[str] = []
    with Package(book) as package:
        refuse_settings(package, doing)
        yield package, kept
        kept += [f"{sheet}!{cell}" for sheet, cell in save_recalculated(package, out).kept]


def fill(package: Package, values: Mapping[Key, Value], spills: Mapping[Key, str]) -> dict[Key, tuple[Value, Value]]:
    """Store values in an opened workbook; what changed, before and after."""
    changed: dict[Key, tuple[Value, Value]] = {}
    strings = package.strings()
    by_sheet: dict[str, dict[str, Value]] = {}
    for (name, address), value in values.items():
        by_sheet.setdefault(name, {})[address] = value
    for sheet in package.worksheets():
        wanted = by_sheet.get(sheet.name)
        if not wanted:
            continue
        data = package.read(sheet.part)
        edits: list[Edit] = []
        ghosts: set[tuple[int, int]] = set()
        missing = dict(wanted)
        for cell in package.cells(sheet.part, data):
            address = cell.address
            if cell.kind and cell.kind != "dataTable":
                area = spills.get((sheet.name, address))
                if area and area != cell.area:
                    ghosts |= {*array_children(cell.area or cell.address)} - {*array_children(area)}
                    assert cell.formula_span is not None
                    edits.append(attribute_edit(data, cell.formula_span[0], "ref", area))
            missing.pop(address, None)
            if address in wanted:
                after = wanted[address]
            elif ghosts and (cell.row, cell.column) in ghosts and not cell.kind:
                after = None  # what a larger spill had left behind
            else:
                continue
            before = cell.value(strings)
            if not same_digits(before, after):
                changed[(sheet.name, address)] = (before, after)
                edits += value_edits(data, cell, after)
        if missing:
            new = {row_and_column(at): cell_bytes(at, value=value) for at, value in missing.items()}
            changed |= {(sheet.name, at): (None, value) for at, value in missing.items()}
            edits += insertions(data, new)
        if edits:
            package.replace(sheet.part, spliced(data, edits))
    return changed
