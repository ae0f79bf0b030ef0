"""Excel's operators and functions over vectors: those that the template's model uses, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.engines.numberformats import UnknownFormat, shown
from workbook.engines.vectors import (
    BLANK,
    DIVIDED,
    EMPTY,
    ERROR,
    LOGICAL,
    NA,
    NUM,
    NUMBER,
    REF,
    TEXT,
    VALUE,
    Codes,
    Later,
    Mixed,
    Value,
    checked,
    chosen,
    column,
    error,
    from_texts,
    mixed,
    numbers,
    settled,
    texts,
)
from workbook.errors import WorkbookError


def _arithmetic(operation: Callable[[Any, Any], Any]) -> Callable[[Value, Value], Value]:
    def run(left: Value, right: Value) -> Value:
        (a, wrong), (b, too) = numbers(left), numbers(right)
        return checked(operation(a, b), wrong, too)

    return run


def _divided(left: Value, right: Value) -> Value:
    (a, wrong), (b, too) = numbers(left), numbers(right)
    return checked(a / b, wrong, too, np.where(b == 0, DIVIDED, 0).astype(np.uint8))


def _power(left: Value, right: Value) -> Value:
    (a, wrong), (b, too) = numbers(left), numbers(right)
    neither = np.where(a == 0, np.where(b == 0, NUM, np.where(b < 0, DIVIDED, 0)), 0).astype(np.uint8)
    return checked(np.power(a, b), wrong, too, neither)


_RANK = np.array([0, 1, 2, 0, 0, 1], dtype=np.int8)
"""Excel's order of kinds: numbers, texts, logical values."""


def _compared(holds: Callable[[Any, Any], Any]) -> Callable[[Value, Value], Value]:
    def run(left: Value, right: Value) -> Value:
        if isinstance(left, np.ndarray) and isinstance(right, np.ndarray) and left.dtype == right.dtype:
            return np.asarray(holds(left, right))
        order, wrong = _order(mixed(left), mixed(right))
        held = np.asarray(holds(order, 0))
        if wrong is None:
            return held
        kind = np.where(wrong != 0, ERROR, LOGICAL).astype(np.uint8)
        return Mixed(kind, np.where(wrong != 0, wrong, held).astype(np.float64))

    return run


def _order(left: Mixed, right: Mixed) -> tuple[NDArray[Any], Codes | None]:
    """Below, equal or above as -1, 0, 1. A blank is 0, "" or FALSE, as its neighbour needs it."""
    first, second = _RANK[left.kind], _RANK[right.kind]
    first, second = np.where(left.kind == BLANK, second, first), np.where(right.kind == BLANK, first, second)
    order = np.sign(first - second)
    worth = np.sign(left.number - right.number)
    texts = (first == 1) & (second == 1)
    order = np.where((order == 0) & ~texts, worth, order)
    both = texts & (left.kind == TEXT) & (right.kind == TEXT)
    order = np.where(texts & ~both, (left.kind == TEXT) * 1 - (right.kind == TEXT) * 1, order)
    if both.any():
        a, b = (np.broadcast_to(side.text, both.shape)[both] for side in (left, right))  # type: ignore[arg-type]
        words = zip(a, b, strict=True)
        order[both] = [(x > y) - (x < y) for x, y in ((one.lower(), two.lower()) for one, two in words)]
    wrong = np.where(left.kind == ERROR, left.number, np.where(right.kind == ERROR, right.number, 0)).astype(np.uint8)
    return order, wrong if wrong.any() else None


def _joined(left: Value, right: Value) -> Value:
    (a, wrong), (b, too) = texts(left), texts(right)
    return from_texts(np.asarray(a + b, dtype=object), wrong, too)


def _each_text(change: Callable[[str], object], value: Value) -> Value:
    words, wrong = texts(value)
    known = {word: change(word) for word in set(words.ravel().tolist())}
    found = column([known[word] for word in words.ravel().tolist()])
    return found if wrong is None else chosen(wrong == 0, found, found, wrong)


def _truth(value: Value) -> tuple[NDArray[np.bool_], Codes | None]:
    if isinstance(value, np.ndarray):
        return (value if value.dtype == np.bool_ else value != 0), None
    number, wrong = numbers(value)
    return number != 0, wrong


def _if(condition: Later, yes: Later, no: Later | None = None) -> Value:
    mask, wrong = _truth(condition())
    if wrong is None and mask.all():
        return yes()
    otherwise = no or (lambda: np.array([[False]]))
    if wrong is None and not mask.any():
        return otherwise()
    return chosen(mask, yes(), otherwise(), wrong)


def _if_error(value: Later, instead: Later) -> Value:
    found = value()
    if isinstance(found, np.ndarray) or not (found.kind == ERROR).any():
        return found
    return chosen(found.kind != ERROR, found, instead())


def _is(*kinds: int) -> Callable[[Later], Value]:
    return lambda value: np.isin(mixed(value()).kind, kinds)


def _plain(value: Value) -> Value:
    """N."""
    if isinstance(value, np.ndarray):
        return value if value.dtype == np.float64 else value.astype(np.float64)
    counts = (value.kind == NUMBER) | (value.kind == LOGICAL)
    wrong = np.where(value.kind == ERROR, value.number, 0).astype(np.uint8)
    return checked(np.where(counts, value.number, 0.0), wrong)


def _one(operation: Callable[[Any], Any]) -> Callable[[Value], Value]:
    def run(value: Value) -> Value:
        number, wrong = numbers(value)
        return checked(operation(number), wrong)

    return run


def _held(value: Value, instead: float) -> tuple[NDArray[np.float64], Codes | None]:
    """The numbers of a range; what is none is `instead`, as the functions over ranges pass over it."""
    if isinstance(value, np.ndarray):
        return (value if value.dtype == np.float64 else np.full(value.shape, instead)), None
    wrong = np.where(value.kind == ERROR, value.number, 0).astype(np.uint8)
    number = np.where(value.kind == NUMBER, value.number, instead)
    return number, _first(wrong) if wrong.any() else None


def _first(wrong: Codes) -> Codes:
    """The first error value of each line."""
    at = (wrong != 0).argmax(axis=1)[:, None]
    return np.take_along_axis(wrong, at, axis=1)


def _extreme(together: Any, nothing: float) -> Callable[..., Value]:
    def run(*values: Value) -> Value:
        found: Any = nothing
        codes = []
        for value in values:
            number, wrong = _held(value, nothing)
            found = together(found, together.reduce(number, axis=1, keepdims=True))
            codes.append(wrong)
        return checked(np.where(found == nothing, 0.0, found), *codes)

    return run


def _sum(*values: Value) -> Value:
    held = [_held(value, 0.0) for value in values]
    total = held[0][0].sum(axis=1, keepdims=True)
    for number, _ in held[1:]:
        total = total + number.sum(axis=1, keepdims=True)
    return checked(total, *(wrong for _, wrong in held))


def _sum_of_products(*values: Value) -> Value:
    held = [_held(value, 0.0) for value in values]
    product = held[0][0]
    for number, _ in held[1:]:
        product = product * number
    return checked(product.sum(axis=1, keepdims=True), *(wrong for _, wrong in held))


def _count(*values: Value) -> Value:
    counts = [(mixed(value).kind == NUMBER).sum(axis=1, keepdims=True) for value in values]
    return np.asarray(sum(counts[1:], counts[0]), dtype=np.float64)


def _index(grid: Value, row: Value, place: Value | None = None) -> Value:
    """INDEX of a range that lies in one line."""
    at, wrong = numbers(row if place is None else place)
    width = (grid if isinstance(grid, np.ndarray) else grid.kind).shape[1]
    position = np.trunc(at)
    outside = (position < 1) | (position > width) | ~np.isfinite(position)
    where = np.where(outside, 0, position - 1).astype(np.intp)

    def taken(cells: NDArray[Any]) -> NDArray[Any]:
        lines = max(len(cells), len(where))
        wide = np.broadcast_to(cells, (lines, width))
        return np.take_along_axis(wide, np.broadcast_to(where, (lines, 1)), axis=1)

    if isinstance(grid, np.ndarray):
        found: Value = taken(grid)
    else:
        found = settled(taken(grid.kind), taken(grid.number), None if grid.text is None else taken(grid.text))
    codes = np.where(outside, REF, 0).astype(np.uint8)
    if wrong is not None:
        codes = np.where(wrong != 0, wrong, codes).astype(np.uint8)
    return chosen(codes == 0, found, found, codes) if codes.any() else found


def _match(wanted: Value, row: Value, how: Value) -> Value:
    """MATCH with 0: the first that is equal."""
    kind, _ = numbers(how)
    if kind.any():
        raise WorkbookError("MATCH is calculated for many lines only with 0, the first that is equal")
    equal = mixed(EQ(wanted, row))
    hits = (equal.kind == LOGICAL) & (equal.number != 0)
    wrong = np.where(hits.any(axis=1, keepdims=True), 0, NA).astype(np.uint8)
    return checked(hits.argmax(axis=1)[:, None] + 1.0, wrong)


def _small(row: Value, place: Value) -> Value:
    number, wrong = _held(row, np.inf)
    at, too = numbers(place)
    position = np.ceil(at)
    outside = (position < 1) | (position > number.shape[1])
    ordered = np.sort(number, axis=1)
    where = np.where(outside, 0, position - 1).astype(np.intp)
    lines = max(len(ordered), len(where))
    wide = np.broadcast_to(ordered, (lines, number.shape[1]))
    found = np.take_along_axis(wide, np.broadcast_to(where, (lines, 1)), axis=1)
    return checked(found, wrong, too, np.where(outside, NUM, 0).astype(np.uint8))


def _formatted(value: Value, code: Value) -> Value:
    """TEXT."""
    (form,), _ = texts(code)
    shape = value.shape if isinstance(value, np.ndarray) else value.kind.shape
    wrong = np.zeros(shape, dtype=np.uint8)
    if isinstance(value, np.ndarray):
        given = value.ravel().tolist()
    else:
        wrong = np.where(value.kind == ERROR, value.number, 0).astype(np.uint8)
        numbers_held = value.number.ravel().tolist()
        words_held = numbers_held if value.text is None else value.text.ravel().tolist()
        kinds = value.kind.ravel().tolist()
        given = [
            word if kind == TEXT else "" if kind == EMPTY else number
            for kind, number, word in zip(kinds, numbers_held, words_held, strict=True)
        ]
    known: dict[object, str | None] = {}
    for each in set(given):
        try:
            known[each] = shown(each, form[0])
        except ValueError:
            known[each] = None
        except UnknownFormat:
            raise WorkbookError(f"TEXT is not calculated for many lines with the format {form[0]!r}") from None
    words = np.array([known[each] or "" for each in given], dtype=object).reshape(shape)
    refused = np.array([VALUE if known[each] is None else 0 for each in given], dtype=np.uint8).reshape(shape)
    bad = np.where(wrong != 0, wrong, refused)
    return from_texts(words, bad if bad.any() else None)


EQ = _compared(np.equal)
OPERATORS: dict[str, Callable[..., Value]] = {
    "add": _arithmetic(np.add),
    "sub": _arithmetic(np.subtract),
    "mul": _arithmetic(np.multiply),
    "div": _divided,
    "pow": _power,
    "join": _joined,
    "eq": EQ,
    "ne": _compared(np.not_equal),
    "lt": _compared(np.less),
    "gt": _compared(np.greater),
    "le": _compared(np.less_equal),
    "ge": _compared(np.greater_equal),
    "error": error,
}
LAZY: dict[str, Callable[..., Value]] = {
    "IF": _if,
    "IFERROR": _if_error,
    "ISNUMBER": _is(NUMBER),
    "ISTEXT": _is(TEXT, EMPTY),
    "ISBLANK": _is(BLANK),
    "ISERROR": _is(ERROR),
}
FUNCTIONS: dict[str, Callable[..., Value]] = {
    "ABS": _one(np.abs),
    "COUNT": _count,
    "EXP": _one(np.exp),
    "INDEX": _index,
    "INT": _one(np.floor),
    "LEFT": lambda value, length: _left(value, length),
    "LEN": lambda value: _each_text(lambda word: float(len(word)), value),
    "LN": _one(np.log),
    "LOWER": lambda value: _each_text(str.lower, value),
    "MATCH": _match,
    "MAX": _extreme(np.maximum, -np.inf),
    "MIN": _extreme(np.minimum, np.inf),
    "N": _plain,
    "NA": lambda: error("#N/A"),
    "SMALL": _small,
    "SQRT": _one(np.sqrt),
    "SUM": _sum,
    "SUMPRODUCT": _sum_of_products,
    "TEXT": _formatted,
    "TRIM": lambda value: _each_text(lambda word: " ".join(part for part in word.split(" ") if part), value),
}


def _left(value: Value, length: Value) -> Value:
    amount, _ = numbers(length)
    if amount.size != 1:
        raise WorkbookError("LEFT is calculated for many lines only with one length for all")
    return _each_text(lambda word: word[: int(amount.item())], value)
