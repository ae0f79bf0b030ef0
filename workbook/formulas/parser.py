"""Excel formulas as files store them, taken apart so that they can be changed by splicing.

The tokens come from formualizer's tokenizer; this module puts them into calls with the spans of their
arguments, and into references with their kinds. Formula text is never written anew from a tree: what is not
replaced keeps its spelling, spaces included. Texts have no leading equals sign, as in a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from itertools import zip_longest
from typing import NamedTuple

from pycalc import FUNCTIONS
from workbook.errors import WorkbookError
from workbook.file.addresses import (
    CORNER,
    LAST_COLUMN,
    LAST_ROW,
    REFERENCE,
    column_letters,
    column_number,
    on_sheet,
    split_sheet,
)

LONGEST_FORMULA = 8_192
"""Characters Excel accepts in one formula."""

_PREFIXES = ("_XLFN.", "_XLWS.", "_XLUDF.", "_XLL.")
_ADDIN = "_XLDUDF_"
"""What Excel stores before the name of an Office add-in's function, and before its namespace where it has one."""
_SHEETS_EXPORT = re.compile(r'IFERROR\(\s*__xludf\.DUMMYFUNCTION\("((?:[^"]|"")*)"\)\s*,.*\)', re.I | re.S)
"""How Google Sheets exports a formula that calls what Excel does not have: as a text, with its last value."""


class FormulaError(WorkbookError):
    """A formula that cannot be taken apart: an open quote or bracket, a character no formula holds."""


class Token(NamedTuple):
    """A piece of a formula.

    `kind` is "operand", "text", "number", "logical", "error", "function" (its name with the bracket), "open",
    "close", "separator" (between arguments), "row" (between rows of an array), "operator" or "space".
    """

    kind: str
    text: str
    start: int
    end: int


_token = partial(tuple.__new__, Token)
"""A `Token` of its fields, without the call of Python code that a named tuple is made by."""


@dataclass(slots=True)
class Call:
    """A function call: its name in capitals without prefixes, and the spans of its arguments.

    `prefix` is what stood before the name, such as "[1]!" or "_xlfn."; an argument of white space alone is an
    omitted one. `parent` is the innermost call around it, `position` the argument it stands in there.
    """

    name: str
    prefix: str
    start: int
    end: int
    arguments: list[tuple[int, int]] = field(default_factory=list)
    parent: Call | None = None
    position: int = 0


class Reference(NamedTuple):
    """A reference: `kind` is "cell", "range", "columns", "rows", "name", "table", "external" or "error".

    `sheet` is the name of the sheet without its quotes, None when the reference names none; a reference over
    several sheets has both ("Jan:Mar"). `body` is the text behind the sheet. A `spill` reference is A1#.
    """

    kind: str
    text: str
    start: int
    end: int
    sheet: str | None
    body: str
    spill: bool

    @property
    def prefix(self) -> str:
        """What stands before the body: the sheet as it is written, with its mark."""
        return self.text[: len(self.text) - len(self.body)]


@dataclass(slots=True)
class Formula:
    """A formula taken apart; calls stand in the order they begin, so outer ones before inner ones."""

    text: str
    tokens: list[Token]
    calls: list[Call]
    _references: list[Reference] | None = None

    def references(self) -> list[Reference]:
        """Every reference, in order."""
        if self._references is None:
            self._references = self._all_references()
        return self._references

    def _all_references(self) -> list[Reference]:
        found = []
        for (kind, text, start, end), following in zip_longest(self.tokens, self.tokens[1:]):
            if kind == "operand" or (kind == "error" and "!" in text[:-1]):
                spill = following is not None and following.text == "#"
                what, sheet, body = _read(text)
                found.append(Reference(what if kind == "operand" else kind, text, start, end, sheet, body, spill))
        return found

    def argument(self, call: Call, position: int) -> str:
        """The text of one argument without the space around it; "" when it is omitted."""
        start, end = call.arguments[position]
        return self.text[start:end].strip()


@lru_cache(maxsize=512)
def parse(text: str) -> Formula:
    """Take a formula apart. Without a leading equals sign; one that is there is not part of the formula.

    The last ones are kept, for several steps look at a formula one after the other: nobody changes what this gives.
    """
    tokens = tokenize(text)
    calls: list[Call] = []
    frames: list[Call | None] = []
    argument_starts: list[int] = []
    for token in tokens:
        if token.kind == "function":
            prefix, name = split_name(token.text[:-1])
            parent, position = _around(frames)
            call = Call(name, prefix, token.start, token.end, parent=parent, position=position)
            calls.append(call)
            frames.append(call)
            argument_starts.append(token.end)
        elif token.kind == "open":
            frames.append(None)
            argument_starts.append(token.end)
        elif token.kind == "separator" and frames and frames[-1] is not None:
            frames[-1].arguments.append((argument_starts[-1], token.start))
            argument_starts[-1] = token.end
        elif token.kind == "close":
            if not frames:
                raise FormulaError(f"a bracket closes that was never opened, at character {token.start + 1}")
            closed, start = frames.pop(), argument_starts.pop()
            if closed is not None:
                if closed.arguments or text[start : token.start].strip():
                    closed.arguments.append((start, token.start))
                closed.end = token.end
    if frames:
        raise FormulaError("a bracket is never closed")
    return Formula(text, tokens, calls)


def parsed(text: str) -> Formula | None:
    """The formula taken apart; None where it cannot be."""
    try:
        return parse(text)
    except FormulaError:
        return None


def tokenize(text: str) -> list[Token]:
    """The pieces of a formula, in order and without gaps."""
    from formualizer import Tokenizer, TokenizerError

    try:
        pieces = Tokenizer("=" + text).tokens()
    except (TokenizerError, UnicodeEncodeError) as problem:
        raise FormulaError(str(problem).partition(": ")[2] or str(problem)) from None
    data = None if text.isascii() else text.encode()
    tokens: list[Token] = []
    byte = at = 0
    for piece in pieces:
        # From the end of the piece before, not its own start: "Sheet1!#REF!" comes without its sheet.
        end = last = piece.end - 1
        if data is not None:
            end = at + len(data[byte:last].decode("utf-8", "replace"))
            byte = last
        kind = _kind(str(piece.token_type), str(piece.subtype))
        tokens.append(_token((kind, text[at:end], at, end)))
        at = end
    return tokens


_ENDS_OPERAND = frozenset(("operand", "text", "number", "logical", "error", "close"))
_OPERANDS = {"Text": "text", "Number": "number", "Logical": "logical", "Error": "error"}


@cache
def _kind(kind: str, subtype: str) -> str:
    """formualizer's type and subtype of a token as our kind."""
    if subtype in ("Open", "Close"):
        return "function" if kind == "Func" and subtype == "Open" else subtype.lower()
    if kind == "Sep":
        return "row" if subtype == "Row" else "separator"
    if kind == "Whitespace":
        return "space"
    if kind.startswith("Op") and kind != "Operand":
        return "operator"
    return _OPERANDS.get(subtype, "operand")


def _around(frames: list[Call | None]) -> tuple[Call | None, int]:
    for frame in reversed(frames):
        if frame is not None:
            return frame, len(frame.arguments)
    return None, 0


def split_name(written: str) -> tuple[str, str]:
    """A function name as written, as its prefix and its bare name in capitals."""
    bare = written[written.rfind("!") + 1 :]
    upper = bare.upper()
    while upper.startswith(_PREFIXES):
        upper = upper[upper.index(".") + 1 :]
    if upper.startswith(_ADDIN):
        upper = _without_namespace(upper)
    return written[: len(written) - len(upper)], upper


def _without_namespace(upper: str) -> str:
    """_XLDUDF_PE_MONTHLY and _XLDUDF_ANY_PE_MONTHLY are our PE_MONTHLY; another add-in's function keeps its name."""
    name = upper.removeprefix(_ADDIN)
    while name and name not in FUNCTIONS:
        name = name.partition("_")[2]
    return name or upper


def as_meant(text: str) -> str:
    """A formula as it was written: taken out of the wrapping of a Google Sheets export when it calls ours."""
    wrapped = "DUMMYFUNCTION" in text and _SHEETS_EXPORT.fullmatch(text.removeprefix("="))
    if not wrapped:
        return text
    written = wrapped[1].replace('""', '"').removeprefix("=")
    return written if may_call(written.upper(), FUNCTIONS) else text


def mentions(text: str, names: Iterable[str]) -> bool:
    """Whether one of these names, given in capitals, may stand in a formula: a quick look before parsing it."""
    upper = text.upper()
    for name in names:  # noqa: SIM110 - twice as fast as any(), and asked of every formula of a workbook
        if name in upper:
            return True
    return False


def may_call(text: str, names: Iterable[str]) -> bool:
    """Whether a formula may call one of these functions."""
    return "(" in text and mentions(text, names)


def levels(formula: Formula) -> list[tuple[int, int, list[Token]]]:
    """Where each bracket and argument starts and ends, and the operators between two values that stand in it directly;
    inner ones before what they stand in."""
    found = []
    frames: list[tuple[int, list[Token]]] = [(0, [])]
    before = ""
    for token in formula.tokens:
        if token.kind in ("function", "open"):
            frames.append((token.end, []))
        elif token.kind in ("close", "separator", "row"):
            start, operators = frames.pop()
            found.append((start, token.start, operators))
            if token.kind != "close":
                frames.append((token.end, []))
        elif token.kind == "operator" and before in _ENDS_OPERAND and token.text not in "%#":
            frames[-1][1].append(token)
        if token.kind != "space" and token.text not in ("%", "#"):
            before = token.kind
    return [*found, (frames[0][0], len(formula.text), frames[0][1])]


def splice(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """The text with spans replaced; they must not overlap."""
    pieces = []
    at = 0
    for start, end, new in sorted(edits):
        if start < at:
            raise ValueError("overlapping edits")
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]])


def rewrite_calls(formula: Formula, names: Container[str], replacement: Callable[[Call, list[str]], str | None]) -> str:
    """Replace the calls of some functions, inner ones first.

    `replacement` is given the call and the texts of its arguments, inner calls already replaced ("" for an
    omitted argument), and returns the new text, or None to leave the call standing around its new arguments.
    """
    text = formula.text
    wanted = [call for call in formula.calls if call.name in names]
    edits: dict[int, tuple[int, int, str]] = {}

    def inside(start: int, end: int) -> str:
        within = [edit for edit in edits.values() if start <= edit[0] and edit[1] <= end]
        return splice(text[start:end], [(first - start, last - start, new) for first, last, new in within])

    for call in reversed(wanted):
        new = replacement(call, [inside(start, end).strip() for start, end in call.arguments])
        if new is not None:
            edits = {at: edit for at, edit in edits.items() if not call.start <= edit[0] < call.end}
            edits[call.start] = (call.start, call.end, new)
    return splice(text, edits.values())


def kind_of(text: str) -> str:
    """The kind of a reference, by its text."""
    return _read(text)[0]


@lru_cache(maxsize=8_192)
def _read(text: str) -> tuple[str, str | None, str]:
    """A reference's kind, its sheet and what stands behind that."""
    sheet, body = split_sheet(text)
    if sheet is not None and "[" in sheet and "]" in sheet:
        return "external", sheet, body
    if "[" in body:
        return "table", sheet, body
    match = REFERENCE.fullmatch(body)
    found = match.lastgroup if match is not None and on_sheet(body) else None
    return found or "name", sheet, body


def shifted(text: str, rows: int, columns: int) -> str:
    """A formula as it reads `rows` further down and `columns` further right: the child of a shared formula, or a name.

    Past the last row or column of a sheet the first follows, as a name means the cell above itself by row 1048576.
    """
    edits = []
    for reference in parse(text).references():
        if reference.kind in ("cell", "range", "columns", "rows"):
            corners = reference.body.split(":")
            body = ":".join(_moved(corner, rows, columns) for corner in corners)
            edits.append((reference.end - len(reference.body), reference.end, body))
    return splice(text, edits)


def _moved(corner: str, rows: int, columns: int) -> str:
    match = CORNER.fullmatch(corner)
    if match is None:
        return corner
    fixed_column, letters, fixed_row, digits = match.groups()
    if not letters:  # a whole row: the first dollar sign is the row's
        fixed_row, fixed_column = fixed_column or fixed_row, ""
    if letters and not fixed_column:
        letters = column_letters((column_number(letters) + columns - 1) % LAST_COLUMN + 1)
    if digits and not fixed_row:
        digits = str((int(digits) + rows - 1) % LAST_ROW + 1)
    return f"{fixed_column}{letters}{fixed_row}{digits}"
