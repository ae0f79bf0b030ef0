"""Native Excel twins: a function's formula over cell references, without any add-in.

A twin is written once, over argument names and the names in `constants.BY_NAME`. *Plain* twins stand in model
cells whose inputs are validated. *Guarded* twins check kind and bounds of each argument first, in order, as
Python does, and so give the same error value for any input. Both are elementwise: conditions add up instead of
using AND or OR, so that a twin over ranges spills.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pycalc import constants
from pycalc.errors import CalcError
from pycalc.registry import FUNCTIONS
from pycalc.registry.definition import Argument, Function
from pycalc.registry.vocabulary import INFINITY

TOKEN = re.compile(
    r'"(?:[^"]|"")*"'  # text
    r"|#(?:N/A|DIV/0!|VALUE!|NUM!|REF!|NAME\?|NULL!)"
    r"|[A-Za-z_][A-Za-z0-9_.]*"  # name
    r"|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
    r"|<>|<=|>=|."
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\Z")
_ATOM = re.compile(r"(?:'(?:[^']|'')+'!|[A-Za-z_][\w.]*!)?\$?[A-Za-z_]+[\w.]*(?:\$?\d+)?(?::\$?[A-Z]+\$?\d+)?\Z")


def plain(function: Function | str, given: Mapping[str, str], named_constants: Mapping[str, str] | None = None) -> str:
    """The twin over the given expressions, without a leading equals sign.

    Parameters
    ----------
    function : a `Function` or its name.
    given : argument name to Excel text (a reference, a name, a literal, an expression); left out is omitted.
    named_constants : constant name to the text that stands for it; by default its number.

    Examples
    --------
    >>> plain("FT_ROI", {"months": "B1", "upfront": "B2", "monthly_saving": "B3"})
    '(B3*B1-B2)/B2'
    """
    function = FUNCTIONS[function] if isinstance(function, str) else function
    if function.twin is None:
        raise ValueError(f"{function.name} has no native twin: {function.no_twin}")
    return _decided(_substituted(function.twin, _values(function, given), named_constants))


def guarded(function: Function | str, given: Mapping[str, str]) -> str:
    """The twin behind checks of kind and bounds, in argument order; the same error values as Python.

    Parameters as in `plain`.
    """
    function = FUNCTIONS[function] if isinstance(function, str) else function
    return guard(function, _values(function, given), plain(function, given), given)


def guard(function: Function, values: Mapping[str, str], formula: str, given: Mapping[str, str]) -> str:
    """`formula` behind the checks of every given argument and of the rules between arguments."""
    checks = [check for argument in function.arguments if argument.name in given for check in _checks(argument, values)]
    checks += [(_substituted(condition, values, None), code) for condition, code in function.rules]
    for condition, code in reversed(checks):
        formula = f"IF({condition},{code},{formula})"
    return formula


def literal(value: object) -> str:
    """A Python value as Excel text."""
    if value is True or value is False:
        return str(value).upper()
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return repr(float(value)).removesuffix(".0").upper() if isinstance(value, int | float) else '""'


def _values(function: Function, given: Mapping[str, str]) -> dict[str, str]:
    """Each argument's Excel text with its default in place."""
    values: dict[str, str] = {}
    for argument in function.arguments:
        default = values[argument.same_as] if argument.same_as else literal(argument.default)
        text = given.get(argument.name)
        if text is None:
            if argument.required:
                raise ValueError(f"{function.name}: argument {argument.name} is required")
            values[argument.name] = default
        elif argument.required or default == '""' or _NUMBER.match(text):
            values[argument.name] = atom(text)
        else:
            values[argument.name] = f'IF({atom(text)}="",{default},{text})'
    return values


def atom(text: str) -> str:
    """The text in parentheses unless it binds by itself."""
    if _NUMBER.match(text) and not text.startswith("-"):
        return text
    return text if _ATOM.match(text) or (text.startswith('"') and '"' not in text[1:-1]) else f"({text})"


_CONSTANTS = {name: literal(value) for name, value in constants.BY_NAME.items()}


def _substituted(twin: str, values: Mapping[str, str], named_constants: Mapping[str, str] | None) -> str:
    known = {**_CONSTANTS, **(named_constants or {}), **values}
    return "".join(known.get(token, token) for token in TOKEN.findall(twin))


_DECIDED = {"IF(0>0,": 2, 'IF(""="",': 1}
"""Questions an omitted argument answers by itself: which branch of the IF is left."""


def _decided(formula: str) -> str:
    """The formula without the IFs that omitted arguments have decided, so that a person can read what is left."""
    for question, branch in _DECIDED.items():
        while (start := formula.find(question)) >= 0:
            parts, end = _arguments_from(formula, start + len("IF("))
            whole = start == 0 and end == len(formula)
            formula = parts[branch] if whole else formula[:start] + atom(parts[branch]) + formula[end:]
    return formula


def _arguments_from(formula: str, start: int) -> tuple[list[str], int]:
    """The arguments of a call whose first one begins at `start`, and where the call ends."""
    parts, depth, position = [""], 0, start
    for token in TOKEN.findall(formula[start:]):
        position += len(token)
        if token == "," and depth == 0:
            parts.append("")
            continue
        depth += (token == "(") - (token == ")")
        if depth < 0:
            break
        parts[-1] += token
    return parts, position


def _checks(argument: Argument, values: Mapping[str, str]) -> list[tuple[str, str]]:
    """Conditions under which one argument is refused, each with its error value."""
    value = values[argument.name]
    if argument.kind == "any":
        return []
    if argument.kind == "text":
        return [(f"LEN({value})<0", "#VALUE!")]  # never so: any text will do, but an input error comes through
    if argument.kind == "flag":
        # Times 0, so that an input error comes through in its turn.
        return [(f"ISTEXT({value})+0*{value}", "#VALUE!")]
    if _NUMBER.match(value) and not isinstance(argument.taken(float(value)), CalcError):
        return []
    # ISLOGICAL first: LibreOffice takes a bare number behind another truth value for one (ISTEXT(5)+ISLOGICAL(5)).
    kind = f"ISLOGICAL({value})+ISTEXT({value})"
    outside = _outside(argument, value)
    if not outside:
        # Nothing else looks at the number here: times 0, as above.
        kind, outside = f"{kind}+0*{value}", "FALSE"
    if not argument.required and argument.default is None and not argument.same_as:
        kind, outside = f'IF({value}="",FALSE,{kind})', f'IF({value}="",FALSE,{outside})'
    return [(kind, "#VALUE!")] + ([] if outside == "FALSE" else [(outside, "#NUM!")])


def _outside(argument: Argument, value: str) -> str:
    parts = []
    if argument.low > -INFINITY:
        parts.append(f"({value}{'<=' if argument.low_open else '<'}{literal(argument.low)})")
    if argument.high < INFINITY:
        # What lies beyond a bound, or beside a whole number, by rounding alone counts as equal to it.
        share = argument.high == 1 and not argument.high_open
        highest = 1 + constants.COMPARISON_TOLERANCE if share else argument.high
        parts.append(f"({value}{'>=' if argument.high_open else '>'}{literal(highest)})")
    if argument.whole:
        slack = f"{literal(constants.COMPARISON_TOLERANCE)}*{value}"
        parts.append(f"({value}-INT({value}+{slack})>{slack})")
    return "+".join(parts)
