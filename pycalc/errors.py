"""The error values of a worksheet as exceptions.

Each error carries the value a cell shows (`code`) and the parts of its message: function, argument, value,
unit, rule and remedy. The message is put together only when somebody reads it, so a column of a million
cells that never break even costs no million sentences.

An error object is also a value: a range result holds it in the cell it belongs to, and a function that is
given one passes it on.
"""

from __future__ import annotations


class UserError(Exception):
    """What a person can mend: one line that says what is wrong, where, and what to do. No error value of a cell."""


class CalcError(Exception):
    """An error value of a worksheet.

    Parameters
    ----------
    rule : what was expected, as a sentence part ("must be at least 0").
    remedy : what to do about it.
    function, argument, unit : names, filled in by the registry where the body did not say.
    value : the offending value, `MISSING` where there is none.
    """

    __slots__ = ("place", "rows")
    code = "#VALUE!"

    def __init__(
        self,
        rule: str = "",
        remedy: str = "",
        *,
        function: str = "",
        argument: str = "",
        value: object = None,
        has_value: bool = False,
        unit: str = "",
        code: str = "",
    ) -> None:
        super().__init__()
        self.rule = rule
        self.remedy = remedy
        self.function = function
        self.argument = argument
        self.value = value
        self.has_value = has_value or value is not None
        self.unit = unit
        if code:
            self.code = code

    @property
    def message(self) -> str:
        """The whole sentence in one line: function, argument, value, unit, rule, remedy."""
        subject = self.argument
        if self.has_value:
            unit = f" [{self.unit}]" if self.unit else ""
            subject = f"{subject} = {shown(self.value)}{unit}" if subject else shown(self.value)
        parts = ": ".join(part for part in (self.function, f"{subject} {self.rule}".strip()) if part)
        remedy = f". {self.remedy}" if self.remedy else ""
        # A rule quotes what a cell holds, with its line breaks.
        return f"{parts}{remedy}".replace("\r", "").replace("\n", " ").rstrip(".") + f". ({self.code})"

    def bare(self) -> CalcError:
        """The error as a value: without the calls it came from, whose arguments it would keep in memory."""
        self.__traceback__ = self.__context__ = self.__cause__ = None
        return self

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"<{self.code} {self.message}>"

    def __eq__(self, other: object) -> bool:
        """Errors are equal when a cell would show the same."""
        return isinstance(other, CalcError) and other.code == self.code

    def __hash__(self) -> int:
        return hash(self.code)


class WrongKindError(CalcError, TypeError):
    """#VALUE!: the wrong kind of value, such as text where a number belongs."""

    code = "#VALUE!"


class OutOfBoundsError(CalcError, ValueError):
    """#NUM!: a number outside its bounds, an overflow, or not a finite number."""

    code = "#NUM!"


class ZeroRatioError(CalcError, ZeroDivisionError):
    """#DIV/0!: a ratio whose denominator is zero in the data."""

    code = "#DIV/0!"


class NoAnswerError(CalcError, LookupError):
    """#N/A: no answer exists."""

    code = "#N/A"


BY_CODE: dict[str, type[CalcError]] = {
    kind.code: kind for kind in (WrongKindError, OutOfBoundsError, ZeroRatioError, NoAnswerError)
}

CODES = ("#VALUE!", "#NUM!", "#DIV/0!", "#N/A", "#REF!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")
"""Every error value a cell of a workbook may show."""


def from_code(code: str) -> CalcError:
    """The error object for an error value read from a cell, such as ``#REF!``."""
    kind = BY_CODE.get(code)
    rule = f"the input cell shows {code}"
    if kind is None:
        return CalcError(rule, "Mend the input cell first", code=code)
    return kind(rule, "Mend the input cell first")


def shown(value: object) -> str:
    """A value as a message shows it: short, quoted when text."""
    if isinstance(value, CalcError):
        return value.code
    if value is None:
        return "(blank)"
    if value is True or value is False:
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print whole numbers beyond 4,300 digits
        return "a number of more than 4,300 digits"
    text = text.replace("\n", " ")  # an array's; a message is one line
    return text if len(text) <= 60 else f"{text[:57]}..."
