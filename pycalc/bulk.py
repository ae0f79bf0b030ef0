"""Bulk forms for functions that look something up: a column of a million cells names few different things."""

from __future__ import annotations

from pycalc.errors import CalcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def each_once(name: str, look_up: Callable[..., object]) -> Callable[[list[tuple]], list]:
    """A bulk form of the function `name` that asks `look_up` once for each different row of arguments."""

    def many(rows: list[tuple]) -> list:
        known: dict[tuple, object] = {}
        for row in dict.fromkeys(rows):
            try:
                known[row] = look_up(*row)
            except CalcError as error:
                error.function = name
                known[row] = error
        return [known[row] for row in rows]

    return many
