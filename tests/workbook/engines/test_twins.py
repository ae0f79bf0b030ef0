"""Every row of every case table against the native twin, in real engines that have to recalculate.

Both forms: the guarded twin for all rows, the plain twin for rows whose inputs are valid.
"""

from __future__ import annotations

import pytest

from pycalc import FUNCTIONS
from pycalc.errors import CalcError, from_code
from pycalc.registry import native
from pycalc.registry.single import accepted
from tests.casetable import all_cases, same, scale
from tests.pycalc.registry.twinrules import check_twin
from tests.workbook.engines import twinbook
from workbook.engines import libreoffice, recalculate

CASES = [case for case in all_cases() if FUNCTIONS[case.function].twin and "twin limit" not in case.note]


def valid(case) -> bool:
    """Whether data validation would let the inputs in: what a plain twin is asked to compute."""
    function = FUNCTIONS[case.function]
    try:
        accepted(function.arguments, case.args())
    except CalcError:
        return False
    return not (isinstance(case.expected, CalcError) and case.expected.code in ("#NUM!", "#VALUE!"))


FORMUALIZER_LIMITS = {
    "FT_ROI-months-column": "INT over a range is #VALUE! there",
    "REPLICAS-column": "INT over a range is #VALUE! there",
    "REPLICAS-columns-of-all": "INT over a range is #VALUE! there",
    "PTU_COUNT-column": "INT over a range is #VALUE! there",
    "PTU_COUNT-columns-of-all": "INT over a range is #VALUE! there",
    "EVAL_SIZE-column": "INT over a range is #VALUE! there",
    "PASS_RATE_LOW-column": "INT over a range is #VALUE! there",
    "PASS_RATE_HIGH-column": "INT over a range is #VALUE! there",
    "EVAL_PVALUE-column": "INT over a range is #VALUE! there",
    "EVAL_PAIRED-column": "INT over a range is #VALUE! there",
    "PE_MONTHLY-unequal-ranges": "ranges of unequal size are #VALUE! there, not #N/A where one has no value",
}
"""Rows the embedded engine cannot do, LibreOffice and Excel can."""

BOOKS = {
    "guarded": (CASES, native.guarded),
    "plain": ([case for case in CASES if not case.has_range() and valid(case)], native.plain),
}


@pytest.fixture(scope="session")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twins")
    return {
        name: (folder / f"{name}.xlsx", twinbook.write(folder / f"{name}.xlsx", cases, render))
        for name, (cases, render) in BOOKS.items()
    }


@pytest.fixture(scope="session")
def libreoffice_values(books, soffice):  # noqa: ARG001 - soffice skips where there is none
    names = list(books)
    results = libreoffice.recalculate_many([books[name][0] for name in names])
    return {name: result.values for name, result in zip(names, results, strict=True)}


def wrong(cases, places, values):
    """The cases whose twin differs, as lines to read. A value an engine cannot compute counts as #NAME?."""
    lines = []
    for case in cases:
        sheet, cells = places[str(case)]
        got = [[values.get((sheet, cell), from_code("#NAME?")) for cell in row] for row in cells]
        got = got if isinstance(case.expected, list) else got[0][0]
        tolerance = max(case.tolerance, FUNCTIONS[case.function].twin_tolerance)
        if not same(got, case.expected, tolerance, scale(case)):
            lines.append(f"{case}: {got!r} instead of {case.expected!r}")
    return lines


@pytest.mark.parametrize("form", BOOKS)
def test_formualizer(form, books):
    path, places = books[form]
    lines = wrong(BOOKS[form][0], places, recalculate(path).values)
    assert not [line for line in lines if line.partition(":")[0] not in FORMUALIZER_LIMITS]


@pytest.mark.parametrize("form", BOOKS)
def test_libreoffice(form, books, libreoffice_values):
    assert not wrong(BOOKS[form][0], books[form][1], libreoffice_values[form])


def test_every_twin_is_sound():
    problems = {name: check_twin(function) for name, function in FUNCTIONS.items() if function.twin}
    assert not {name: found for name, found in problems.items() if found}


def test_functions_without_a_twin_say_why_and_what_instead():
    for function in FUNCTIONS.values():
        assert function.twin or len(function.no_twin) > 40, function.name
