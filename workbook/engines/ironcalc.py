"""IronCalc, the second embedded engine, and the one here that computes LAMBDA names."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pycalc.errors import CODES, from_code
from workbook.engines import EngineFailed, EngineMissing, Key, Recalculation
from workbook.engines.loading import panics
from workbook.file.addresses import address, row_and_column
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.file.plain import plain_parts
from workbook.file.saving import scratch
from workbook.formulas.cells import computed_places

_UNABLE = ("#ERROR!", "#N/IMPL!", "#CIRC!", "#NAME?")
"""What IronCalc shows where Excel would show a value, or where it is no judge."""


def recalculate(package: Package) -> Recalculation:
    """Recalculate a workbook; see `workbook.engines.recalculate`."""
    result = Recalculation()
    sheets = package.worksheets()
    keys = [(sheet.name, address(place)) for sheet in sheets for place in computed_places(package, sheet.part)]
    with scratch("ironcalc-") as folder:
        path = Path(folder, "book.xlsx")
        path.write_bytes(package.dumps(plain_parts(package)))
        _compute(path, keys, result)
    return result


def values_of(path: Path, keys: Collection[Key]) -> dict[Key, Value]:
    """What some cells of a file show when IronCalc computed it."""
    result = Recalculation()
    _compute(path, keys, result)
    return result.values


def _compute(path: Path, keys: Iterable[Key], result: Recalculation) -> None:
    try:
        import ironcalc
    except ImportError:
        raise EngineMissing("IronCalc is not installed: pip install ironcalc") from None
    try:
        with _quiet(), panics(path):
            model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
            model.evaluate()
    except ironcalc.WorkbookError as problem:
        raise EngineFailed(f"IronCalc stopped: {problem}") from None
    indexes = {sheet["name"]: index for index, sheet in enumerate(model.get_worksheets_properties())}
    for key in keys:
        row, column = row_and_column(key[1])
        value = _value(ironcalc, model, indexes[key[0]], row, column)
        if isinstance(value, _Unable):
            result.unsupported[key] = f"IronCalc shows {value}"
        else:
            result.values[key] = value


class _Unable(str):
    """An error value that is IronCalc's own."""


def _value(ironcalc: Any, model: Any, index: int, row: int, column: int) -> Value:
    value: Value = model.get_cell_value(index, row, column)
    if model.get_cell_type(index, row, column) == ironcalc.CellType.ErrorValue:
        code = str(value)
        return _Unable(code) if code in _UNABLE or code not in CODES else from_code(code)
    return value


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what the engine's own code prints, past everything in Python, on both streams."""
    kept: dict[int, int] = {}
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # there is none
            stream.flush()
    for number in (1, 2):
        with suppress(OSError):
            kept[number] = os.dup(number)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for number in kept:
            os.dup2(nowhere, number)
        yield
    finally:
        for number, copy in kept.items():
            os.dup2(copy, number)
            os.close(copy)
        os.close(nowhere)
