"""What a worksheet function and its arguments are, as data; how one argument takes one value."""

from __future__ import annotations

import math
import sys

from pycalc.annotations import Any, Callable, Sequence
from pycalc.constants import COMPARISON_TOLERANCE
from pycalc.errors import CalcError, NoAnswerError, OutOfBoundsError, WrongKindError, shown
from pycalc.registry.vocabulary import Quantity

SHAPES = ("cell", "row", "column", "range", "scalar")
"""How an argument takes a range: "cell" broadcasts; "row" and "column" broadcast after being laid out so;
"range" is handed over whole, as a flat list; "scalar" refuses one."""

LEFT_OUT: Any = None
"""Default of an argument in whose place another one's value stands (`same_as`): the body never sees it."""

LARGEST = sys.float_info.max
_MISSING = ("NAType", "NaTType", "MaskedConstant")
_MOMENTS = ("datetime64", "timedelta64")
_CELL_TYPES = frozenset((int, float, str, bool, type(None), WrongKindError, OutOfBoundsError, NoAnswerError))


class Argument:
    """One argument of one worksheet function."""

    def __init__(
        self,
        function: str,
        name: str,
        quantity: Quantity,
        required: bool,
        default: object,
        same_as: str | None,
        shape: str,
    ) -> None:
        self.function = function
        self.name = name
        self.quantity = quantity
        self.label = quantity.label
        label = self.label.partition(":")[0]
        self.subject = label[:1].lower() + label[1:]
        """The label as part of a sentence, without what follows its colon."""
        self.unit = quantity.unit
        self.kind = quantity.kind
        self.low = quantity.low
        self.high = quantity.high
        self.low_open = quantity.low_open
        self.high_open = quantity.high_open
        # The same bounds as a closed interval of finite numbers: an open bound moves to the next number.
        self.least = math.nextafter(self.low, math.inf) if self.low_open else max(self.low, -LARGEST)
        self.most = math.nextafter(self.high, -math.inf) if self.high_open else min(self.high, LARGEST)
        self.whole = quantity.whole
        self.required = required
        self.default = default
        self.same_as = same_as
        self.shape = shape

    def accept(self, value: Any) -> Any:
        """The value as the body takes it; what it does not take raises the error the contract names."""
        taken = self.taken(value)
        if isinstance(taken, CalcError):
            raise taken
        return taken

    def taken(self, value: Any) -> Any:
        """The value as the body takes it, or the error the contract names: returned, which is quicker than raised.

        None is a blank cell; the caller has put defaults in place of blanks where the argument is optional.
        """
        if isinstance(value, CalcError):
            return self.passed_on(value)
        if is_missing(value):
            value = None
        if self.kind == "text":
            return self._text(value)
        if self.kind == "flag":
            return self._flag(value)
        return self._number(value)

    def is_omitted(self, value: Any) -> bool:
        """Whether the default stands in: a blank cell or an empty text in an optional argument."""
        return not self.required and (value is None or (isinstance(value, str) and value == "") or is_missing(value))

    def passed_on(self, error: CalcError) -> CalcError:
        """The error of an input cell as this function passes it on."""
        if error.function:
            return error
        return type(error)(
            f"is an input cell that shows {error.code}",
            "Mend the input cell first",
            function=self.function,
            argument=self.name,
            code=error.code,
        )

    def wrong_kind(self, value: object, wanted: str) -> WrongKindError:
        return WrongKindError(
            f"is not {wanted}",
            f"Give {self.subject} as {wanted}",
            function=self.function,
            argument=self.name,
            value=value,
            has_value=True,
        )

    def out_of_bounds(self, value: object) -> OutOfBoundsError:
        return OutOfBoundsError(
            f"must be {self.quantity.bounds() or 'a finite number'}",
            self._bounds_remedy(value),
            function=self.function,
            argument=self.name,
            value=value,
            unit=self.unit,
        )

    def _bounds_remedy(self, value: object) -> str:
        if self.unit == "fraction":
            return "Write 5% as 0.05"
        if self.whole and isinstance(value, float) and math.isfinite(value) and value != math.floor(value):
            return "Round it to a whole number"
        return f"Check {self.subject}"

    def _number(self, value: Any) -> float | CalcError:
        if value is None:
            number: float = 0.0
        elif isinstance(value, bool):
            return self.wrong_kind(value, "a number")
        elif isinstance(value, float | int):
            number = value
        else:
            converted = self._converted(value)
            if isinstance(converted, CalcError):
                return converted
            number = converted
        try:
            number = float(number)
        except OverflowError:
            return self.out_of_bounds(value)
        if self.whole and math.isfinite(number):
            number = snapped(number, round(number))
        if self.high == 1 and not self.high_open:
            number = snapped(number, 1)
        if not self.least <= number <= self.most or (self.whole and number != math.floor(number)):
            return self.out_of_bounds(value)
        return number

    def _converted(self, value: Any) -> float | CalcError:
        """Numbers that are neither int nor float: dates, Decimal, NumPy scalars."""
        serial = date_serial(value)
        if serial is not None:
            return serial
        if isinstance(value, str | bytes) or is_range(value):
            return self.wrong_kind(value, "a number")
        if type(value).__name__ in ("bool", "bool_"):  # NumPy's TRUE
            return self.wrong_kind(bool(value), "a number")
        try:
            return float(value)
        except OverflowError:
            return self.out_of_bounds(value)
        except (TypeError, ValueError):
            return self.wrong_kind(value, "a number")

    def _text(self, value: Any) -> str | CalcError:
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
            return "TRUE" if value else "FALSE"
        if hasattr(value, "__len__"):
            return self.wrong_kind(value, "a text")
        number = value if isinstance(value, float | int) else self._converted(value)
        try:
            return number if isinstance(number, CalcError) else number_text(number)
        except OverflowError:
            return self.out_of_bounds(value)

    def _flag(self, value: Any) -> bool | CalcError:
        if isinstance(value, str) or hasattr(value, "__len__"):
            return self.wrong_kind(value, "TRUE or FALSE")
        return bool(value)


class Function:
    """The definition of one worksheet function."""

    name: str
    body: Callable[..., Any]
    call: Callable[..., Any]
    section: str
    summary: str
    description: str
    """The body's own docstring: edge behaviour, in words. What it is says the summary."""
    returns: str
    """Unit of the result, or "text", "TRUE or FALSE", "date"."""
    formula: str
    references: tuple[str, ...]
    examples: tuple[tuple[tuple[Any, ...], str], ...]
    """Arguments and the result as a cell would show it."""
    arguments: tuple[Argument, ...]
    required: int
    twin: str | None
    """Excel formula over argument names and `constants.BY_NAME`; None where Excel 2016 has none in one cell."""
    no_twin: str
    """Why there is no twin, and how a workbook does it instead."""
    twin_limit: str
    """Where a twin holds only in part of the arguments' range: which."""
    twin_tolerance: float
    checks: tuple[tuple[frozenset[type], float, float], ...]
    """For each argument the types and the bounds of a plain number that needs no second look."""
    rules: tuple[tuple[str, str], ...]
    """Rules between arguments, as Excel conditions and the error value they give."""
    zeros: tuple[str, ...]
    """Arguments whose 0 is #DIV/0! wherever the array form gives no number."""
    array: Callable[..., Any] | None
    many: Callable[[list[tuple[Any, ...]]], Sequence[Any]] | None
    """For work that pays in bulk (token counts): all valid rows of a range call at once."""
    needs: tuple[str, ...]
    """Packages outside the standard library that the body imports."""
    spills: bool
    """The result is a block even for single values."""
    variadic: bool
    """The last argument repeats (FT_CHECK)."""

    def repeats(self, argument: Argument) -> bool:
        """Whether an argument is one that repeats: the last of a variadic function."""
        return self.variadic and argument is self.arguments[-1]

    def syntax(self) -> str:
        """The call as a formula bar shows it, optional arguments in brackets."""
        words = [argument.name if argument.required else f"[{argument.name}]" for argument in self.arguments]
        if self.variadic:
            words.append("...")
        return f"{self.name}({', '.join(words)})"


def is_range(value: Any) -> bool:
    """Whether a value stands for a range: a list, a tuple, or anything shaped like an array."""
    kind = type(value)
    if kind in _CELL_TYPES:
        return False
    if issubclass(kind, (list, tuple)):
        return True
    shape = getattr(value, "shape", None)
    return shape is not None and shape != ()


def is_missing(value: Any) -> bool:
    """Whether a value is how pandas or NumPy say that there is none: NA, NaT, masked. It counts as a blank cell.

    NaN is no such value but a number that is none, which every function refuses.
    """
    kind = type(value)
    if kind in _CELL_TYPES:
        return False
    return kind.__name__ in _MISSING or (kind.__name__ in _MOMENTS and bool(value != value))


def snapped(number: float, near: float) -> float:
    """`near` where the number is so near that a spreadsheet calls the two equal: 0.1 * 3 * 10 is 3 months."""
    return float(near) if abs(number - near) <= COMPARISON_TOLERANCE * abs(near) else number


def date_serial(value: Any) -> float | None:
    """A Python or NumPy date as Excel counts days, None for anything else.

    Days since 1899-12-30, which holds from 1900-03-01 on, where Excel's invented leap day no longer matters.
    """
    if type(value).__name__ == "datetime64":
        value = value.astype("datetime64[us]").item()
    ordinal = getattr(value, "toordinal", None)
    if ordinal is None:
        return None
    seconds = 0.0
    if hasattr(value, "hour"):
        seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    days: int = ordinal()
    return days - 693594 + seconds / 86400


def number_text(value: float) -> str:
    """A number as a cell shows it in General format, at most 15 digits: 12, 12.5, 1E+20."""
    if math.isfinite(value) and value == math.floor(value) and abs(value) < 1e15:
        return str(int(value))
    return shown(float(value)).upper()
