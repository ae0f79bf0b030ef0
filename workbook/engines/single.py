"""One formula without a workbook, computed by the embedded engine as Excel would."""

from __future__ import annotations

from typing import Any

import formualizer

from pycalc.errors import CalcError
from workbook.engines.adapter import Refusal, evaluating, register, value_of
from workbook.engines.coercing import coerced
from workbook.engines.lifting import lifted
from workbook.engines.reading import spilled_over
from workbook.engines.wording import as_excel
from workbook.file.cells import Value
from workbook.formulas.parser import FormulaError, parse


def evaluate(formula: str) -> Value | list[list[Value]]:
    """The value of one formula without a workbook, such as "=FT_BREAKEVEN(2095.33,315,9)".

    An array gives its rows. Raises `FormulaError` where the formula cannot be read.
    """
    text = formula.strip().removeprefix("=")
    parse(text)
    text = as_excel(lifted(text, False), array=False, odd_texts=True)
    value = _evaluated(text)
    if getattr(value, "code", "") == "#VALUE!" and (numbers := coerced(text)) != text:  # a text for TRUE or a number
        return _evaluated(numbers)
    return value


def _evaluated(text: str) -> Value | list[list[Value]]:
    book = formualizer.Workbook()
    errors: dict[str, CalcError] = {}
    register(book, errors)
    book.set_temporal_egress("serial")
    book.sheet("Sheet1").set_formula(1, 1, "=" + text)
    evaluating(book.evaluate_all)
    _, _, last_row, last_column = spilled_over(book, "Sheet1", "A1") or (1, 1, 1, 1)
    rows = [
        [_with_message(value_of(book.get_value("Sheet1", row, column)), errors) for column in range(1, last_column + 1)]
        for row in range(1, last_row + 1)
    ]
    return rows if len(rows) > 1 or len(rows[0]) > 1 else rows[0][0]


def _with_message(value: Any, errors: dict[str, CalcError]) -> Value:
    """The engine hands on the error value alone; the error one of ours gave carries the message."""
    if isinstance(value, Refusal):
        raise FormulaError(value.reason)
    return errors.get(value.code, value) if isinstance(value, CalcError) else value
