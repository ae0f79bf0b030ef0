"""One definition per worksheet function, and the checks that stand before its body.

`worksheet_function` files a `Function` and returns a plain Python function of the same name. A call whose
arguments are plain numbers within their bounds goes straight to the body; anything else (a blank, a text, a
date, a range, a keyword) takes the longer way through `Function.evaluate`, which knows every rule of the
worksheet contract.
"""

from __future__ import annotations

import math
import sys

from pycalc.constants import COMPARISON_TOLERANCE
from pycalc.errors import (
    CODES,
    CalcError,
    NoAnswerError,
    OutOfBoundsError,
    WrongKindError,
    ZeroRatioError,
    shown,
)
from pycalc.registry.vocabulary import VOCABULARY, Quantity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

FUNCTIONS: dict[str, Function] = {}
"""Every worksheet function by its name in capitals."""

ELEMENTWISE = "elementwise"
"""`array=ELEMENTWISE`: the body is plain arithmetic and takes NumPy arrays as it is."""

SECTIONS = (
    "Tokens",
    "Prices",
    "Running cost",
    "One-time and recurring cost",
    "Decision",
    "Investment",
    "Review and quality",
    "Uncertainty",
    "Checking",
)

SHAPES = ("cell", "row", "column", "range", "scalar")
"""How an argument takes a range: "cell" broadcasts; "row" and "column" broadcast after being laid out so;
"range" is handed over whole, as a flat list; "scalar" refuses one."""

LONGEST_SUMMARY = 255
"""Excel's function wizard cuts longer texts."""

_LARGEST = sys.float_info.max
_NUMBER_TYPES = frozenset((int, float))
_INT = frozenset((int,))
_CELL_TYPES = frozenset((int, float, str, bool, type(None), WrongKindError, OutOfBoundsError, NoAnswerError))
_NOTHING = frozenset[type]()


class Argument:
    """One argument of one worksheet function."""

    __slots__ = (
        "default",
        "function",
        "high",
        "high_open",
        "kind",
        "label",
        "least",
        "low",
        "low_open",
        "most",
        "name",
        "quantity",
        "required",
        "same_as",
        "shape",
        "unit",
        "whole",
    )

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
        self.unit = quantity.unit
        self.kind = quantity.kind
        self.low = quantity.low
        self.high = quantity.high
        self.low_open = quantity.low_open
        self.high_open = quantity.high_open
        # The same bounds as a closed interval of finite numbers: an open bound moves to the next number.
        self.least = math.nextafter(self.low, math.inf) if self.low_open else max(self.low, -_LARGEST)
        self.most = math.nextafter(self.high, -math.inf) if self.high_open else min(self.high, _LARGEST)
        self.whole = quantity.whole
        self.required = required
        self.default = default
        self.same_as = same_as
        self.shape = shape

    def accept(self, value: Any) -> Any:
        """The value as the body takes it, or the error the contract names.

        None is a blank cell; the caller has put defaults in place of blanks where the argument is optional.
        """
        if isinstance(value, CalcError):
            raise self.passed_on(value)
        if self.kind == "text":
            return self._text(value)
        if self.kind == "flag":
            return self._flag(value)
        return self._number(value)

    def is_omitted(self, value: Any) -> bool:
        """Whether the default stands in: a blank cell or an empty text in an optional argument."""
        return not self.required and (value is None or (isinstance(value, str) and value == ""))

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
            f"Give {self._subject()} as {wanted}",
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
        if self.whole and isinstance(value, float) and not value.is_integer() and math.isfinite(value):
            return "Round it to a whole number"
        return f"Check {self._subject()}"

    def _subject(self) -> str:
        """The label as part of a sentence, without what follows its colon."""
        label = self.label.partition(":")[0]
        return label[0].lower() + label[1:]

    def _number(self, value: Any) -> float:
        if value is None:
            number: float = 0.0
        elif isinstance(value, bool):
            raise self.wrong_kind(value, "a number")
        elif isinstance(value, (int, float)):
            number = value
        else:
            number = self._converted(value)
        try:
            number = float(number)
        except OverflowError:
            raise self.out_of_bounds(value) from None
        if self.whole and math.isfinite(number):
            number = _snapped(number, round(number))
        if self.high == 1 and not self.high_open:
            number = _snapped(number, 1)
        if not self.least <= number <= self.most or (self.whole and number != math.floor(number)):
            raise self.out_of_bounds(value)
        return number

    def _converted(self, value: Any) -> float:
        """Numbers that are neither int nor float: dates, Decimal, NumPy scalars."""
        serial = date_serial(value)
        if serial is not None:
            return serial
        if isinstance(value, str | bytes) or is_range(value):
            raise self.wrong_kind(value, "a number")
        if type(value).__name__ in ("bool", "bool_"):  # NumPy's TRUE
            raise self.wrong_kind(bool(value), "a number")
        try:
            return float(value)
        except OverflowError:
            raise self.out_of_bounds(value) from None
        except (TypeError, ValueError):
            raise self.wrong_kind(value, "a number") from None

    def _text(self, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
            return "TRUE" if value else "FALSE"
        if hasattr(value, "__len__"):
            raise self.wrong_kind(value, "a text")
        try:
            return number_text(self._converted(value) if not isinstance(value, int | float) else value)
        except OverflowError:
            raise self.out_of_bounds(value) from None

    def _flag(self, value: Any) -> bool:
        if isinstance(value, str) or hasattr(value, "__len__"):
            raise self.wrong_kind(value, "TRUE or FALSE")
        return bool(value)


class Function:
    """The definition of one worksheet function."""

    __slots__ = (
        "arguments",
        "array",
        "body",
        "call",
        "checks",
        "description",
        "examples",
        "formula",
        "many",
        "name",
        "needs",
        "no_twin",
        "references",
        "required",
        "returns",
        "rules",
        "section",
        "spills",
        "summary",
        "twin",
        "twin_limit",
        "twin_tolerance",
        "variadic",
    )

    name: str
    body: Callable[..., Any]
    call: Callable[..., Any]
    section: str
    summary: str
    description: str
    """The body's own docstring after its first line: edge behaviour, in words."""
    returns: str
    """Unit of the result, or "text", "TRUE or FALSE", "date"."""
    formula: str
    references: tuple[str, ...]
    examples: tuple[tuple[tuple, str], ...]
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
    array: Callable[..., Any] | None
    many: Callable[[list[tuple]], Sequence[Any]] | None
    """For work that pays in bulk (token counts): all valid rows of a range call at once."""
    needs: tuple[str, ...]
    """Packages outside the standard library that the body imports."""
    spills: bool
    """The result is a block even for single values."""
    variadic: bool
    """The last argument repeats (FT_CHECK)."""

    def positional(self, args: tuple, keywords: Mapping[str, Any]) -> tuple:
        """Keywords put in their places; places left out hold None."""
        names = [argument.name for argument in self.arguments]
        values = list(args)
        unknown = [name for name in keywords if name not in names]
        if unknown:
            raise TypeError(f"{self.call.__name__}() has no argument {unknown[0]!r}; it takes {', '.join(names)}")
        twice = [name for name in names[: len(args)] if name in keywords]
        if twice:
            raise TypeError(f"{self.call.__name__}() got argument {twice[0]!r} twice")
        for argument in self.arguments[len(args) :]:
            if argument.name in keywords:
                values.append(keywords[argument.name])
            elif argument.required:
                raise TypeError(f"{self.call.__name__}() needs argument {argument.name!r}")
            else:
                values.append(None)
        while len(values) > self.required and values[-1] is None:
            values.pop()
        return tuple(values)

    def evaluate(self, args: tuple) -> Any:
        """The result for any arguments: ranges spill, a single bad value raises its error."""
        self._check_count(len(args))
        arguments = self.arguments
        if self.variadic:
            arguments = arguments + (arguments[-1],) * (len(args) - len(arguments))
        if any(argument.shape in ("row", "column") for argument in arguments) or any(
            argument.shape == "cell" and is_range(value) for argument, value in zip(arguments, args, strict=False)
        ):
            from pycalc.registry.arrays import evaluate

            return evaluate(self, args)
        return self._single(arguments, args)

    def cell(self, args: tuple) -> Any:
        """The result for one cell of a range call: an error is the result, not an exception."""
        try:
            for value, (types, low, high) in zip(args, self.checks, strict=True):
                if type(value) not in types or not low <= value <= high:
                    return self._single(self.arguments, args)
            return self.run(args)
        except CalcError as error:
            return error.with_traceback(None)  # the frames of a million bad cells would fill the memory

    def accepted(self, arguments: Sequence[Argument], args: tuple) -> list:
        """The arguments as the body takes them: defaults in place, kinds and bounds checked in order."""
        values: list[Any] = []
        for position, argument in enumerate(arguments):
            value = args[position] if position < len(args) else None
            if argument.kind == "any":  # handed on as it is: FT_CHECK has another function look at it
                values.append(value)
                continue
            if argument.shape == "range":
                values.append(self._whole_range(argument, value))
                continue
            if is_range(value):
                value = _only_cell(argument, value)
            if argument.is_omitted(value):
                if argument.same_as:
                    value = values[[other.name for other in arguments].index(argument.same_as)]
                elif argument.default is None:
                    values.append(None)
                    continue
                else:
                    value = argument.default
            values.append(argument.accept(value))
        return values

    def _single(self, arguments: Sequence[Argument], args: tuple) -> Any:
        return self.run(self.accepted(arguments, args))

    def run(self, values: Iterable[Any]) -> Any:
        """The body on accepted values, its failures turned into the error values they mean."""
        try:
            return self._finished(self.body(*values))
        except CalcError as error:
            if not error.function:
                error.function = self.name
            raise
        except ZeroDivisionError:
            raise ZeroRatioError(
                "divides by zero", "Check the inputs that are 0", function=self.name
            ) from None
        except OverflowError:
            raise self._overflow() from None
        except ImportError as missing:
            raise NoAnswerError(
                f"needs the Python package {missing.name}, which this Python does not have",
                f"Install it: pip install {missing.name}",
                function=self.name,
            ) from None

    def _finished(self, result: Any) -> Any:
        if type(result) is int:
            result = float(result)
        if type(result) is float and not math.isfinite(result):
            raise self._overflow()
        return result

    def _overflow(self) -> OutOfBoundsError:
        return OutOfBoundsError(
            "has a result too large for a number", "Check the units of the inputs", function=self.name
        )

    def _whole_range(self, argument: Argument, value: Any) -> list | None:
        if argument.is_omitted(value):
            return None
        from pycalc.registry.arrays import flattened

        return [argument.accept(cell) for cell in flattened(argument, value)]

    def _check_count(self, count: int) -> None:
        most = 255 if self.variadic else len(self.arguments)
        if self.required <= count <= most:
            return
        missing = ", ".join(argument.name for argument in self.arguments[count : self.required])
        bounds = f"{most}" if self.required == most else f"{self.required} to {most}"
        raise WrongKindError(
            f"takes {bounds} arguments, {count} given",
            f"Add {missing}" if missing else "Leave out the last ones",
            function=self.name,
        )

    def syntax(self) -> str:
        """The call as a formula bar shows it, optional arguments in brackets."""
        words = [argument.name if argument.required else f"[{argument.name}]" for argument in self.arguments]
        if self.variadic:
            words.append("...")
        return f"{self.name}({', '.join(words)})"


def worksheet_function(
    *,
    section: str,
    summary: str,
    returns: str,
    formula: str = "",
    twin: str | None = None,
    no_twin: str = "",
    twin_limit: str = "",
    twin_tolerance: float = 1e-12,
    rules: tuple[tuple[str, str], ...] = (),
    array: Callable[..., Any] | str | None = None,
    many: Callable[[list[tuple]], Sequence[Any]] | None = None,
    arguments: Mapping[str, Quantity] | None = None,
    shapes: Mapping[str, str] | None = None,
    same_as: Mapping[str, str] | None = None,
    references: tuple[str, ...] = (),
    examples: tuple[tuple[tuple, str], ...] = (),
    needs: tuple[str, ...] = (),
    spills: bool = False,
    variadic: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """File a function in the registry; a mistake in its definition fails here, at import.

    `arguments` overrides the vocabulary, `shapes` the shape "cell", `same_as` names the argument whose value
    stands in where an optional one is left out. The other parameters are described at `Function`.
    """

    def register(body: Callable[..., Any]) -> Callable[..., Any]:
        function = Function()
        function.name = body.__name__.upper()
        function.body = body
        function.section = section
        function.summary = summary
        function.description = _description(body.__doc__)
        function.returns = returns
        function.formula = formula
        function.twin = twin
        function.no_twin = no_twin
        function.twin_limit = twin_limit
        function.twin_tolerance = twin_tolerance
        function.rules = rules
        function.array = body if array == ELEMENTWISE else array  # type: ignore[assignment]
        function.many = many
        function.references = references
        function.examples = examples
        function.needs = needs
        function.spills = spills
        function.variadic = variadic
        function.arguments = _arguments(function.name, body, arguments or {}, shapes or {}, same_as or {})
        function.required = sum(argument.required for argument in function.arguments)
        check_definition(function)
        function.checks = tuple(_fast_check(argument) for argument in function.arguments)
        function.call = _plain_function(function)
        FUNCTIONS[function.name] = function
        return function.call

    return register


def _arguments(
    name: str,
    body: Callable[..., Any],
    overrides: Mapping[str, Quantity],
    shapes: Mapping[str, str],
    same_as: Mapping[str, str],
) -> tuple[Argument, ...]:
    code = body.__code__
    star = bool(code.co_flags & 4)  # a body with *args
    names = code.co_varnames[: code.co_argcount + star]
    defaults = body.__defaults__ or ()
    first_default = code.co_argcount - len(defaults)
    for known in (*overrides, *shapes, *same_as, *same_as.values()):
        if known not in names:
            raise ValueError(f"{name}: {known!r} is not one of its arguments ({', '.join(names)})")
    found = []
    for position, argument in enumerate(names):
        quantity = overrides.get(argument) or VOCABULARY.get(argument)
        if quantity is None:
            raise ValueError(f"{name}: argument {argument!r} stands in no vocabulary; add its label and unit")
        required = position < first_default
        default = None if required or position >= code.co_argcount else defaults[position - first_default]
        found.append(
            Argument(name, argument, quantity, required, default, same_as.get(argument), shapes.get(argument, "cell"))
        )
    return tuple(found)


def check_definition(function: Function) -> None:
    """Refuse a definition that some host could not carry.

    What needs the formula text taken apart (unknown names in a twin, functions newer than Excel 2016) is
    checked by `native.check_twin`, which the tests run over every function.
    """
    name = function.name
    problems = []
    if not function.summary or len(function.summary) > LONGEST_SUMMARY:
        problems.append(f"its summary has {len(function.summary)} characters, 1 to {LONGEST_SUMMARY} are allowed")
    if function.section not in SECTIONS:
        problems.append(f"its section {function.section!r} is none of {SECTIONS}")
    if not function.returns:
        problems.append("it does not say the unit of its result")
    if reads_as_cell(name):
        problems.append("its name reads as a cell address")
    if name in FUNCTIONS:
        problems.append("it is defined twice")
    if bool(function.twin) == bool(function.no_twin):
        problems.append("it needs a twin, or a reason why there is none, and not both")
    for argument in function.arguments:
        if not argument.unit or not argument.label or len(argument.label) > LONGEST_SUMMARY:
            problems.append(f"argument {argument.name} has no unit, no label or too long a one")
        if reads_as_cell(argument.name):
            problems.append(f"argument {argument.name} reads as a cell address")
        if argument.shape not in SHAPES:
            problems.append(f"argument {argument.name} has the unknown shape {argument.shape!r}")
    for _, code in function.rules:
        if code not in CODES:
            problems.append(f"a rule gives {code!r}, which is no error value")
    if sum(bool(argument.same_as) for argument in function.arguments) > 1:
        problems.append("more than one argument takes its default from another")
    if problems:
        raise ValueError(f"{name}: " + "; ".join(problems))


def reads_as_cell(name: str) -> bool:
    """Whether Excel would read the name as a cell: up to three letters and digits (FT1), or R1C1 style."""
    upper = name.upper()
    letters = upper.rstrip("0123456789")
    digits = upper[len(letters) :]
    if letters.isalpha() and digits and (len(letters) < 3 or (len(letters) == 3 and letters <= "XFD")):
        return True
    row, separator, column = upper[1:].partition("C")
    return (
        upper[:1] == "R" and (row == "" or row.isdigit()) and (column == "" or column.isdigit()) and bool(separator)
    ) or upper in ("R", "C")


def _plain_function(function: Function) -> Callable[..., Any]:
    body = function.body
    required = function.required
    count = len(function.arguments)
    checks = function.checks
    names = [argument.name for argument in function.arguments]
    ordered = tuple(names)
    defaults = tuple(argument.default for argument in function.arguments)
    # The one argument at most whose default is the value of another; `count` when there is none.
    follower = next((names.index(argument.name) for argument in function.arguments if argument.same_as), count)
    leader = names.index(function.arguments[follower].same_as or "") if follower < count else 0

    def call(*args: Any, **keywords: Any) -> Any:
        if keywords:
            given = len(args)
            if tuple(keywords) == ordered[given : given + len(keywords)] and given + len(keywords) >= required:
                args += tuple(keywords.values())  # written in order, nothing left out between
            else:
                args = function.positional(args, keywords)
        if required <= len(args) <= count:
            for value, (types, low, high) in zip(args, checks):  # noqa: B905 - trailing arguments may be left out
                if type(value) not in types or not low <= value <= high:
                    break
            else:
                try:
                    if len(args) <= follower < count:
                        result = body(*args, *defaults[len(args) : follower], args[leader])
                    else:
                        result = body(*args)
                    if type(result) is float and -_LARGEST <= result <= _LARGEST:
                        return result
                except (CalcError, ArithmeticError):
                    pass  # the longer way below names function and argument
        return function.evaluate(args)

    call.__name__ = body.__name__
    call.__qualname__ = body.__qualname__
    call.__module__ = body.__module__
    call.__doc__ = body.__doc__
    call.__wrapped__ = body  # type: ignore[attr-defined]
    return call


def _fast_check(argument: Argument) -> tuple[frozenset[type], float, float]:
    if argument.kind not in ("number", "date") or argument.shape not in ("cell", "scalar"):
        return _NOTHING, 0.0, 0.0
    return (_INT if argument.whole else _NUMBER_TYPES, argument.least, argument.most)


def _description(docstring: str | None) -> str:
    lines = (docstring or "").strip().split("\n")
    return "\n".join(line.strip() for line in lines[1:]).strip()


def _snapped(number: float, near: float) -> float:
    """`near` where the number is so near that a spreadsheet calls the two equal: 0.1 * 3 * 10 is 3 months."""
    return float(near) if abs(number - near) <= COMPARISON_TOLERANCE * abs(near) else number


def is_range(value: Any) -> bool:
    """Whether a value stands for a range: a list, a tuple, or anything shaped like an array."""
    kind = type(value)
    if kind in _CELL_TYPES:
        return False
    if issubclass(kind, (list, tuple)):
        return True
    shape = getattr(value, "shape", None)
    return shape is not None and shape != ()


def _only_cell(argument: Argument, value: Any) -> Any:
    """A range of one cell is that cell; a larger one has no place in a scalar argument."""
    from pycalc.registry.arrays import flattened

    cells = flattened(argument, value)
    if len(cells) == 1:
        return cells[0]
    raise WrongKindError(
        f"is a range of {len(cells)} cells, one is wanted",
        "Point at a single cell",
        function=argument.function,
        argument=argument.name,
    )


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
    return ordinal() - 693594 + seconds / 86400


def number_text(value: float) -> str:
    """A number as a cell shows it in General format, at most 15 digits: 12, 12.5, 1E+20."""
    if math.isfinite(value) and value == math.floor(value) and abs(value) < 1e15:
        return str(int(value))
    return shown(float(value)).upper()
