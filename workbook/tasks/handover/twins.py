"""One formula with its calls of our functions replaced by what a file can carry without the add-in.

`formulas` puts the guarded native twin over the same cells, `lambda` leaves the call to a LAMBDA name of the
workbook, `values` puts the value. Where a call has no twin, or a twin does not cover it, its value stands in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pycalc  # noqa: F401 - files the functions in the registry
from pycalc.errors import CalcError
from pycalc.registry import FUNCTIONS, native
from workbook.engines import EngineFailed
from workbook.file.cells import Value
from workbook.formulas.parser import LONGEST_FORMULA, Call, Formula, kind_of, parse, parsed, rewrite_calls
from workbook.formulas.shapes import innermost, shape_of, template_of
from workbook.formulas.standins import MOST, Changed, changed, with_stand_ins

MODES = ("formulas", "lambda", "values")

DEEPEST_NESTING = 64
LONGEST_TEXT_LITERAL = 255
LARGEST_ARRAY_LITERAL = 200

AGGREGATES = frozenset(
    "SUM AVERAGE MIN MAX COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS SUMIF SUMIFS AVERAGEIF AVERAGEIFS SUMPRODUCT MEDIAN "  # noqa: SIM905
    "MODE STDEV STDEV.S STDEV.P VAR VAR.S VAR.P LARGE SMALL PERCENTILE PERCENTILE.INC QUARTILE NPV IRR XNPV XIRR "
    "VLOOKUP HLOOKUP LOOKUP MATCH XLOOKUP XMATCH INDEX ROWS COLUMNS PRODUCT SUBTOTAL AGGREGATE AND OR CONCAT "
    "TEXTJOIN MAXIFS MINIFS SINGLE".split()
)
"""Functions that make one value of a range, so that a range inside them makes no array."""

Evaluate = Callable[[str], "Value | list[list[Value]]"]
"""Gives the value of an expression at the place the formula stands; raises `EngineFailed` where there is none."""


TOO_LONG = "its twin would be too long or too deeply nested for Excel"


class NeedsValue(Exception):
    """The formula as a whole has to become its value; the message says why."""


class _TooLong(Exception):
    """A twin beyond what a formula may hold."""


@dataclass
class Rewritten:
    """The new formula, and what to know about it.

    array : ranges stand where the function took ranges, so it has to be stored as an array formula.
    lambdas : the functions it calls as LAMBDA names.
    notes : what became of calls that are not simply their twin.
    form, references : the form it has in common with others, and what it reads; None where it was made for itself.
    """

    text: str
    array: bool = False
    lambdas: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    form: Form | None = None
    references: list[str] = field(default_factory=list)


@dataclass
class Form:
    """What `rewrite` makes of all formulas that differ in their references alone: `sample` with stand-ins for them."""

    sample: Rewritten
    stand_ins: list[str]
    text_with: Changed


def our_calls(formula: Formula) -> list[Call]:
    """The calls of our functions in a formula."""
    return [call for call in formula.calls if call.name in FUNCTIONS]


def rewrite(text: str, mode: str, evaluate: Evaluate, single_names: Callable[[str], bool]) -> Rewritten:
    """Replace every call of ours in a formula.

    Parameters
    ----------
    text : the formula, without a leading equals sign.
    mode : "formulas", "lambda" or "values".
    evaluate : gives the value of a part of the formula where it stands.
    single_names : tells whether a defined name is one cell or value, not a range.

    Raises
    ------
    NeedsValue : the cell has to become its value as a whole.
    """
    formula = parse(text)
    calls = our_calls(formula)
    if mode == "values" and len(calls) >= 1 and _is_whole(formula, calls[0]):
        raise NeedsValue("its value was asked for")
    if _is_whole(formula, calls[0]) and FUNCTIONS[calls[0].name].twin is None:
        why = FUNCTIONS[calls[0].name].no_twin.partition(";")[0].partition(". ")[0].rstrip(".")
        raise NeedsValue(f"{calls[0].name} has no native twin: {why}")
    for render in (native.guarded, native.plain):
        result = Rewritten(text)
        rewriter = _Rewriter(formula, mode, evaluate, single_names, result, render)
        try:
            result.text = rewrite_calls(formula, {*FUNCTIONS, "SINGLE"}, rewriter.replacement)
        except _TooLong:
            continue
        if fits(result.text):
            if render is native.plain:
                result.notes.append("without the checks of its arguments, which would make it too long for Excel")
            return result
        if mode != "formulas":
            break
    raise NeedsValue(TOO_LONG)


class ByTemplate:
    """What `rewrite` makes of formulas, asked once for all that differ in their references alone.

    Where the value of a part of the formula stands in, each formula has its own; and where the result comes near to
    what Excel takes, each is measured.
    """

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self._known: dict[tuple[str, str], Form | NeedsValue | None] = {}

    def rewrite(self, text: str, sheet: str, evaluate: Evaluate, single_names: Callable[[str], bool]) -> Rewritten:
        """As `rewrite`, for a formula on a sheet without references to tables."""
        template, references = template_of(text)
        key = (template.key, sheet)
        if key not in self._known:
            self._known[key] = self._asked(template.key, references, single_names)
        known = self._known[key]
        if isinstance(known, NeedsValue):
            raise known
        if known is None:
            return rewrite(text, self.mode, evaluate, single_names)
        sample = known.sample
        return Rewritten(known.text_with(references), sample.array, sample.lambdas, sample.notes, known, references)

    def form(self, key: str, sheet: str) -> Form | None:
        """What the formulas of a template became that was asked before; None where each has its own."""
        known = self._known.get((key, sheet))
        return known if isinstance(known, Form) else None

    def _asked(self, key: str, references: list[str], single_names: Callable[[str], bool]) -> Form | NeedsValue | None:
        if len(references) > MOST:
            return None
        sample, stand_ins = with_stand_ins(key, references)
        asked: list[str] = []

        def evaluate(expression: str) -> Value:
            asked.append(expression)
            raise EngineFailed("each formula has a value of its own")

        try:
            result = rewrite(sample, self.mode, evaluate, single_names)
        except NeedsValue as reason:
            return None if asked or str(reason) == TOO_LONG else reason
        if asked or len(result.notes) > 0:
            return None
        text_with = changed(result.text, stand_ins)
        return None if text_with is None else Form(result, stand_ins, text_with)


@dataclass
class _Rewriter:
    """The state of rewriting one formula."""

    formula: Formula
    mode: str
    evaluate: Evaluate
    single_names: Callable[[str], bool]
    result: Rewritten
    render: Callable[..., str]

    def replacement(self, call: Call, arguments: list[str]) -> str | None:
        if call.name == "SINGLE":
            return self._without_single(call, arguments)
        function = FUNCTIONS[call.name]
        if self.mode == "values" or function.twin is None:
            if self.mode != "values":
                self.result.notes.append(f"{call.name} has no native twin: its value stands in")
            return self._literal(call)
        takes = [argument.shape for argument in function.arguments]
        if any(takes[min(n, len(takes) - 1)] != "scalar" and self._many(call, n) for n in range(len(call.arguments))):
            self.result.array = True
        if self.mode == "lambda":
            self.result.lambdas.add(call.name)
            return f"{call.name}({','.join(arguments)})"
        given = {a.name: text for a, text in zip(function.arguments, arguments, strict=False) if text}
        missing = [a.name for a in function.arguments if a.required and a.name not in given]
        unions = [t.start for t in self.formula.tokens if t.kind == "operator" and t.text == ","]
        union = any(start <= at < end for start, end in call.arguments for at in unions)
        if missing or union or len(arguments) > len(function.arguments):
            self.result.notes.append(f"the twin of {call.name} does not cover these arguments: its value stands in")
            return self._literal(call)
        twin = self.render(function, given)
        if len(twin) > LONGEST_FORMULA:  # at once: calls within calls multiply
            raise _TooLong
        return self._bracketed(call, twin)

    def _without_single(self, call: Call, arguments: list[str]) -> str | None:
        """`_xlfn.SINGLE` around a call of ours over single cells does nothing but trouble older programs."""
        inner = self.formula.argument(call, 0) if len(call.arguments) == 1 else ""
        for ours in our_calls(self.formula):
            if ours.parent is call and self._text(ours) == inner:
                if any(self._many(ours, n) for n in range(len(ours.arguments))):
                    return None
                return self._bracketed(call, arguments[0])
        return None

    def _literal(self, call: Call) -> str:
        """The value of a call as formula text."""
        text = self._text(call)
        if "_xlpm." in text.lower():
            raise NeedsValue(f"{call.name} depends on a LET or LAMBDA variable, so the whole formula is its value")
        try:
            value = self.evaluate(text)
        except EngineFailed as problem:
            raise NeedsValue(f"{call.name} has no value of its own ({problem})") from None
        if isinstance(value, list):
            if sum(map(len, value)) > LARGEST_ARRAY_LITERAL:
                raise NeedsValue(f"{call.name} gives too many values to write into a formula")
            self.result.array = True
            return "{" + ";".join(",".join(map(_literal, line)) for line in value) + "}"
        text = _literal(value)
        if call.parent is not None and call.parent.name == "INDEX" and call.position == 0:
            return "{" + text + "}"  # INDEX of a bare number is an error in other programs
        return f"({text})" if text.startswith("-") else text

    def _bracketed(self, call: Call, text: str) -> str:
        """In brackets where an operator stands beside the call and the text does not bind by itself."""
        if _is_whole(self.formula, call) or _is_atom(text):
            return text
        parent = call.parent
        if parent is not None and self.formula.argument(parent, call.position) == self._text(call):
            return text
        return f"({text})"

    def _text(self, call: Call) -> str:
        return self.formula.text[call.start : call.end]

    def _many(self, call: Call, position: int) -> bool:
        """Whether an argument may be more than one cell."""
        start, end = call.arguments[position]
        if any(t.text == "{" for t in self.formula.tokens if start <= t.start < end):
            return True
        for reference in self.formula.references():
            if not start <= reference.start < end:
                continue
            around = innermost(self.formula, reference.start)
            if around is not None and around.start >= start and around.name in AGGREGATES:
                continue
            if reference.spill or reference.kind in ("range", "columns", "rows"):
                return True
            if reference.kind == "table" and not ("[@" in reference.text or "#This Row" in reference.text):
                return True
            if reference.kind == "name" and not self.single_names(reference.text):
                return True
        return any(c.name == "ANCHORARRAY" and start <= c.start < end for c in self.formula.calls)


def fits(text: str) -> bool:
    """Whether Excel takes the formula: its length, and how deep its functions are nested."""
    if len(text) > LONGEST_FORMULA:
        return False
    depths: dict[int, int] = {}
    for call in parse(text).calls:
        depths[id(call)] = depth = depths.get(id(call.parent), 0) + 1
        if depth > DEEPEST_NESTING:
            return False
    return True


def is_single(text: str) -> bool:
    """Whether a defined name's formula is one cell or one constant."""
    formula = parsed(text)
    tokens = [token for token in formula.tokens if token.kind != "space"] if formula else []
    if len(tokens) != 1:
        return False
    return tokens[0].kind in ("number", "text", "logical") or kind_of(tokens[0].text) == "cell"


def moves(text: str) -> bool:
    """Whether a formula has references that mean other cells elsewhere, so that its value is not one value."""
    (_, offsets), template = shape_of(text, 1, 1)
    return not all(row and column for row, _, column, _ in offsets) or any(
        item.kind == "table" or (item.kind in ("columns", "rows") and item.body.count("$") < 2)
        for item in template.others
    )


def _is_whole(formula: Formula, call: Call) -> bool:
    return not formula.text[: call.start].strip() and not formula.text[call.end :].strip()


def _is_atom(text: str) -> bool:
    """A single operand or a single call."""
    formula = parse(text)
    return len(formula.tokens) == 1 or (bool(formula.calls) and _is_whole(formula, formula.calls[0]))


def _literal(value: Value) -> str:
    if isinstance(value, CalcError):
        if value.code in ("#SPILL!", "#CALC!", "#GETTING_DATA"):
            raise NeedsValue(f"the value is {value.code}, which no formula can hold")
        return value.code
    if value is None:
        return '""'
    if isinstance(value, str) and len(value) > LONGEST_TEXT_LITERAL:
        raise NeedsValue("a text of more than 255 characters cannot stand in a formula")
    return native.literal(value)
