"""Excel's operators and functions over many lines at once.

A value is one cell of every line, or a range of cells of every line: an array of shape (lines, cells), where a side
of length 1 stands for all. An array of floats holds numbers alone, one of booleans logical values; what differs from
line to line is `Mixed`. The functions here are those that the template's model uses; `lines` refuses any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pycalc.errors import CODES, CalcError, from_code
from workbook.engines.textnumbers import number_of

NUMBER, TEXT, LOGICAL, ERROR, BLANK, EMPTY = range(6)
"""Kinds of a cell; EMPTY is the text of no characters."""

ERRORS = tuple(CODES)
"""Error values; in an array stands their place, counted from 1, and 0 for none."""

Codes = NDArray[np.uint8]


@dataclass(slots=True)
class Mixed:
    """Cells of different kinds. `number` holds numbers, logical values as 0 or 1, and the places of error values."""

    kind: NDArray[np.uint8]
    number: NDArray[np.float64]
    text: NDArray[np.object_] | None = None


Value = NDArray[Any] | Mixed
Later = Callable[[], Value]
Entered = list[Any] | NDArray[np.float64]
"""A cell of each line, or a single one for all."""


def constant(value: object) -> Value:
    """One value for all lines."""
    return column([value])


def column(values: Entered) -> Value:
    """A cell of each line."""
    if isinstance(values, np.ndarray):
        return values.reshape(-1, 1)
    if all(type(value) is float or type(value) is int for value in values):
        return np.array(values, dtype=np.float64).reshape(-1, 1)
    kind = np.array([_kind(value) for value in values], dtype=np.uint8).reshape(-1, 1)
    number = np.array([_number(value) for value in values], dtype=np.float64).reshape(-1, 1)
    text = np.array([value if isinstance(value, str) else "" for value in values], dtype=object).reshape(-1, 1)
    return settled(kind, number, text if (kind == TEXT).any() else None)


def cells(value: Value, lines: int) -> list[object]:
    """The values of one cell in every line, as Python's."""
    if isinstance(value, np.ndarray):
        return list(np.broadcast_to(value, (lines, 1)).ravel().tolist())
    kinds = np.broadcast_to(value.kind, (lines, 1)).ravel().tolist()
    numbers = np.broadcast_to(value.number, (lines, 1)).ravel().tolist()
    texts = [""] * lines if value.text is None else np.broadcast_to(value.text, (lines, 1)).ravel().tolist()
    return [_cell(*each) for each in zip(kinds, numbers, texts, strict=True)]


def _cell(kind: int, number: float, text: str) -> object:
    if kind == NUMBER:
        return number
    if kind == ERROR:
        return from_code(ERRORS[int(number) - 1])
    return bool(number) if kind == LOGICAL else None if kind == BLANK else text


def _kind(value: object) -> int:
    if isinstance(value, str):
        return TEXT if value else EMPTY
    if isinstance(value, bool):
        return LOGICAL
    return BLANK if value is None else ERROR if isinstance(value, CalcError) else NUMBER


def _number(value: object) -> float:
    if isinstance(value, CalcError):
        return ERRORS.index(value.code) + 1.0
    return float(value) if isinstance(value, int | float) else 0.0


def settled(kind: NDArray[np.uint8], number: NDArray[np.float64], text: NDArray[np.object_] | None = None) -> Value:
    """Cells in the simplest form that holds them."""
    if not kind.any():
        return number
    return number != 0 if (kind == LOGICAL).all() else Mixed(kind, number, text)


def mixed(value: Value) -> Mixed:
    if isinstance(value, Mixed):
        return value
    kind = LOGICAL if value.dtype == np.bool_ else NUMBER
    return Mixed(np.full(value.shape, kind, dtype=np.uint8), value.astype(np.float64))


def error(code: str) -> Value:
    return Mixed(np.array([[ERROR]], dtype=np.uint8), np.array([[ERRORS.index(code) + 1.0]]))


VALUE, DIVIDED, NUM, NA, REF = (
    np.uint8(ERRORS.index(code) + 1) for code in ("#VALUE!", "#DIV/0!", "#NUM!", "#N/A", "#REF!")
)


def numbers(value: Value) -> tuple[NDArray[np.float64], Codes | None]:
    """Cells as the operators take them: a logical value is 0 or 1, a blank 0, a text the number it holds."""
    if isinstance(value, np.ndarray):
        return (value if value.dtype == np.float64 else value.astype(np.float64)), None
    kind, number = value.kind, value.number
    wrong = np.where(kind == ERROR, number, np.where(kind == EMPTY, VALUE, 0)).astype(np.uint8)
    held = kind == TEXT
    if held.any():
        number, wrong = number.copy(), wrong.copy()
        for place in zip(*np.nonzero(held), strict=True):
            try:
                number[place] = number_of(value.text[place])  # type: ignore[index]
            except ValueError:
                wrong[place] = VALUE
    return number, wrong if wrong.any() else None


def checked(result: NDArray[np.float64], *wrong: Codes | None) -> Value:
    """A result with the error values of its operands, the first one first, and #NUM! where there is no number."""
    found: Codes | None = None
    fine = np.isfinite(result)
    if not fine.all():
        found = np.where(fine, 0, NUM).astype(np.uint8)
    for codes in reversed(wrong):
        if codes is not None and codes.any():
            found = np.where(codes != 0, codes, 0 if found is None else found).astype(np.uint8)
    if found is None:
        return result
    found = np.broadcast_to(found, np.broadcast_shapes(found.shape, result.shape))
    kind = np.where(found != 0, ERROR, NUMBER).astype(np.uint8)
    return Mixed(kind, np.where(found != 0, found, result))


def chosen(mask: NDArray[np.bool_], yes: Value, no: Value, wrong: Codes | None = None) -> Value:
    """One of two values for each line, or an error value."""
    if isinstance(yes, np.ndarray) and isinstance(no, np.ndarray) and yes.dtype == no.dtype and wrong is None:
        return np.where(mask, yes, no)
    one, two = mixed(yes), mixed(no)
    kind, number = np.where(mask, one.kind, two.kind), np.where(mask, one.number, two.number)
    text = None
    if one.text is not None or two.text is not None:
        text = np.where(mask, "" if one.text is None else one.text, "" if two.text is None else two.text)
        text = np.asarray(text, dtype=object)
    if wrong is not None:
        kind, number = np.where(wrong != 0, ERROR, kind), np.where(wrong != 0, wrong, number)
    return settled(kind.astype(np.uint8), number, text if (kind == TEXT).any() else None)


def general(number: float) -> str:
    """A number as text, in Excel's format General."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.15g}".upper()


def texts(value: Value) -> tuple[NDArray[np.object_], Codes | None]:
    """Cells as `&` takes them."""
    if isinstance(value, Mixed) and not ((value.kind != TEXT) & (value.kind != EMPTY)).any():
        return (np.full(value.kind.shape, "", dtype=object) if value.text is None else value.text), None
    whole = mixed(value)
    one = Mixed(
        whole.kind.reshape(-1, 1),
        whole.number.reshape(-1, 1),
        None if whole.text is None else whole.text.reshape(-1, 1),
    )
    flat = cells(one, whole.kind.size)
    words = np.array([_word(cell) for cell in flat], dtype=object).reshape(whole.kind.shape)
    wrong = np.where(whole.kind == ERROR, whole.number, 0).astype(np.uint8)
    return words, wrong if wrong.any() else None


def _word(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    return general(cell) if isinstance(cell, float) else ""


def from_texts(words: NDArray[np.object_], *wrong: Codes | None) -> Value:
    kind = np.where(words == "", EMPTY, TEXT).astype(np.uint8)
    found = Mixed(kind, np.zeros(kind.shape), words if (kind == TEXT).any() else None)
    codes = [each for each in wrong if each is not None]
    if not codes:
        return found
    first = codes[0] if len(codes) == 1 else np.where(codes[0] != 0, codes[0], codes[1])
    return chosen(first == 0, found, found, np.broadcast_to(first, kind.shape))
