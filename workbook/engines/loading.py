"""A prepared workbook loaded into the embedded engine."""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import Any

import formualizer

from workbook.engines import EngineFailed
from workbook.engines.surroundings import Surroundings
from workbook.file.addresses import LAST_COLUMN, column_number
from workbook.file.opening import MAXIMUM_BYTES
from workbook.file.package import Package
from workbook.file.saving import Filed, whole

_LIMITS = dict.fromkeys(("max_input_bytes", "max_expanded_bytes", "max_part_bytes"), 2 * MAXIMUM_BYTES)
"""What a workbook may hold was looked at when it was opened; the engine's own limits refuse a million formulas."""


_BEYOND = 200
"""Columns after the last in use to those expressions are computed in: the engine's COUNTIF takes time by the width."""
_LETTERS = re.compile(rb'<c r="([A-Z]{1,3})[1-9]')


_RIGHT = re.compile(rb":\$?([A-Z]{1,3})(?![A-Za-z_.(])")
"""The last column of a range."""


def reach(package: Package, without: Container[str]) -> int:
    """The last column that ranges reach to, of names and the formulas of all sheets but some."""
    found = set(_RIGHT.findall(" ".join(name.text for name in package.defined_names()).encode()))
    for sheet in package.worksheets():
        if sheet.name not in without:
            data = package.read(sheet.part)
            found |= {match[1] for match in _RIGHT.finditer(data, data.find(b"sheetData>"), data.rfind(b"sheetData>"))}
    return max((column_number(each.decode()) for each in found), default=1)


def beyond(package: Package, sheet: str, reached: int) -> int:
    """A column beyond those of a sheet, and those that ranges reach to."""
    part = package.worksheet(sheet).part
    data = package.read(part)
    letters = _LETTERS.findall(data)
    if letters and len(letters) == data.count(b"<c ") and b":c " not in data:  # as the usual programs write them
        last = max(column_number(each.decode()) for each in {*letters})
    else:
        last = max((cell.column for cell in package.cells(part, data)), default=1)
    return min(max(last, reached) + _BEYOND, LAST_COLUMN - 2)


def loaded(package: Package, data: bytes | Filed | None, surroundings: Surroundings) -> formualizer.Workbook:
    """The workbook as it is, or its copy."""
    settings = surroundings.settings
    config = formualizer.EvaluationConfig()
    config.enable_parallel = False  # calls of ours take turns at Python's lock: waiting costs more than it gains
    if settings.date1904:
        config.date_system = "1904"
    if settings.delta:
        config.cycle_policy = "iterate"
        config.iterate_max_change = settings.delta
        config.iterate_max_iterations = max(settings.iterations, 1)
    options: dict[str, Any] = {"load_limits": _LIMITS, "config": formualizer.WorkbookConfig(eval_config=config)}
    try:
        if data is None and not str(package.path).isprintable():
            data = package.dumps()  # the engine takes no name that is no UTF-8
        if data is None:
            return formualizer.Workbook.from_path(str(package.path), **options)
        if isinstance(data, bytes) or isinstance(data.file, BytesIO):
            return formualizer.Workbook.from_bytes(whole(data), **options)
        data.file.seek(0)
        return formualizer.Workbook.from_path(f"/dev/fd/{data.file.fileno()}", **options)
    except (OSError, formualizer.ExcelEvaluationError, formualizer.SheetNotFoundError, RuntimeError) as problem:
        if data is None:  # the zip may be of a kind the engine does not read: ours it does
            return loaded(package, package.dumps({name: package.read(name) for name in package.names}), surroundings)
        raise EngineFailed(f"{package.path}: the embedded engine cannot load it: {problem}") from None


@contextmanager
def panics(path: str | os.PathLike[str]) -> Iterator[None]:
    """A failure inside the engine's own code comes as no ordinary exception."""
    try:
        yield
    except BaseException as problem:
        if type(problem).__name__ != "PanicException":
            raise
        raise EngineFailed(f"{path}: the engine failed on this workbook ({problem}). Use another engine") from None


def give_back() -> None:
    """Have the C library of Linux give the system what was freed."""
    with suppress(AttributeError, OSError, TypeError):
        import ctypes

        ctypes.CDLL(None).malloc_trim(0)
