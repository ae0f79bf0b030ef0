"""What a formula looks like whatever cell it stands in, and what it holds: calls, typed numbers, references.

Formulas that were filled down or right differ in their cell references only. Those are taken out by a pattern,
what is left is a template, and each template is taken apart by the formula parser once, however many cells use
it: a hundred thousand formulas have a few hundred templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from sys import intern

from pycalc.registry import FUNCTIONS
from workbook.file.addresses import LAST_COLUMN, LAST_ROW, column_letters, column_number
from workbook.formulas.groups import GROUPS
from workbook.formulas.parser import Call, Formula, Reference, parsed, split_name

RANDOM = frozenset(("RAND", "RANDBETWEEN", "RANDARRAY"))
VOLATILE = RANDOM | {"NOW", "TODAY"}
"""Functions whose value differs from one moment to the next."""

FRAGILE = frozenset(("OFFSET", "INDIRECT"))
"""Functions that read cells their arguments do not show."""

MASKS = frozenset(("IFERROR", "IFNA", "ISERROR", "ISERR", "ISNA", "ERROR.TYPE"))
"""Functions behind which an error disappears."""

BRANCHES = frozenset(("IF", "IFS", "CHOOSE", "SWITCH"))
"""Functions that leave some of their arguments alone."""

_TAKES_ASSUMPTIONS = GROUPS["takes figures"]
"""Native functions in which a number alone is a figure of the model; in others it is a switch, as in ROUND(x,2)."""

_HAND_ON = GROUPS["hands on"]
"""Functions that may hand on a cell they find."""

LARGEST_TOLERANCE = 1e-6
"""Smaller numbers say when two figures count as equal; the native twins of our functions hold some."""

_COLUMN = "(?:[A-Za-z]{1,2}|[A-Wa-w][A-Za-z]{2}|[Xx](?:[A-Ea-e][A-Za-z]|[Ff][A-Da-d]))"
_ROW = "0*(?:[1-9][0-9]{0,5}|10(?:[0-3][0-9]{4}|4(?:[0-7][0-9]{3}|8(?:[0-4][0-9]{2}|5(?:[0-6][0-9]|7[0-6])))))"
_REFERENCE = rf"(?<![\w.$\\#])(\$?{_COLUMN}\$?{_ROW})(?![\w.(!\[]|:[\w.]+!)"
_PLAIN = re.compile(_REFERENCE)
_WITH_TEXTS = re.compile(rf"(\"[^\"]*\"|'[^']*'|\[[^\[\]]*\])|{_REFERENCE}")
"""References to cells; the second also finds what may hold words that look like one: texts, sheets, tables' columns."""

MARK = "\x01"
"""Stands for a reference to a cell in a template; no file holds it."""

_MOST_TEMPLATES = 1 << 14


@dataclass(frozen=True, slots=True)
class Literal:
    """A number typed into a formula: its text, and the function it is a whole argument of, "" in arithmetic.

    A default stands in for a blank cell: IF(A1="",6,A1).
    """

    text: str
    value: float
    call: str
    is_default: bool

    @property
    def is_figure(self) -> bool:
        """Whether it stands for a quantity of the model: neither 0 nor 1, nor a tolerance, a default or a switch."""
        if self.value in (0.0, 1.0) or self.value <= LARGEST_TOLERANCE or self.is_default:
            return False
        return not self.call or self.call in _TAKES_ASSUMPTIONS or self.call in FUNCTIONS


@dataclass(frozen=True, slots=True)
class Template:
    """What all formulas of one template share.

    `areas` are the cells and ranges it reads: the sheet it names or None, and the first and the last mark. `others` are
    its references that no mark stands for: names, tables, whole columns, other workbooks. `prefixes` are what stood
    before the functions, such as "[1]!", `bare` the functions with nothing before them. `hands_on` says that it may
    hand on a cell as it finds it, a blank one too. `readable` is False where the parser could not take the formula
    apart.
    """

    key: str
    functions: frozenset[str]
    literals: tuple[Literal, ...]
    sheets: frozenset[str]
    external: tuple[str, ...]
    broken: bool
    readable: bool
    areas: tuple[tuple[str | None, int, int], ...] = ()
    others: tuple[Reference, ...] = ()
    prefixes: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    hands_on: bool = False

    ours: bool = False
    """Whether it calls a function of ours."""

    @property
    def aggregates(self) -> bool:
        return not self.functions.isdisjoint(("SUM", "AVERAGE", "SUBTOTAL", "MIN", "MAX", "COUNT", "AGGREGATE"))


Offset = tuple[str, int, str, int]
"""A reference as row and column, each behind its "$" where it is fixed: "", -1, "$", 2 for $B of the row above."""

Shape = tuple[str, tuple[Offset, ...]]
"""A formula in relative form: its template, and each reference as row and column, relative unless fixed."""


@lru_cache(maxsize=1 << 15)  # most commands read a formula two to five times
def split(text: str) -> tuple[str, list[str]]:
    if '"' not in text and "'" not in text and "[" not in text:
        pieces = _PLAIN.split(text)
        return intern(MARK.join(pieces[::2])), pieces[1::2]
    parts = _WITH_TEXTS.split(text)
    before = [piece + (MARK if kept is None else kept) for piece, kept in zip(parts[::3], parts[1::3], strict=False)]
    return intern("".join(before) + parts[-1]), [reference for reference in parts[2::3] if reference is not None]


def joined(key: str, references: Iterable[str]) -> str:
    """The formula that was split."""
    pieces = key.split(MARK)
    return pieces[0] + "".join([reference + piece for reference, piece in zip(references, pieces[1:], strict=True)])


def template_of(text: str) -> tuple[Template, list[str]]:
    """A formula's template, and the references that stand at its marks."""
    key, references = split(text)
    return _templates.get(key) or _template(key, text), references


def shape_of(text: str, row: int, column: int) -> tuple[Shape, Template]:
    """The formula of a cell in relative form, with its template."""
    template, references = template_of(text)
    return (template.key, offsets(references, row, column)), template


def offsets(references: Iterable[str], row: int, column: int) -> tuple[Offset, ...]:
    """References as row and column, relative to a cell unless fixed."""
    found = []
    for reference in references:
        letters = reference.rstrip("0123456789")
        fixed_row, fixed_column, across = _columns.get(letters) or _column(letters)
        down = int(reference[len(letters) :])
        found.append(
            (fixed_row, down if fixed_row else down - row, fixed_column, across if fixed_column else across - column)
        )
    return tuple(found)


def _column(letters: str) -> tuple[str, str, int]:
    """Whether a reference's row and column are fixed, and its column, by what stands before its digits: "$B$"."""
    fixed_row, fixed_column = "$" * letters.endswith("$"), "$" * letters.startswith("$")
    return _columns.setdefault(letters, (fixed_row, fixed_column, column_number(letters.strip("$"))))


def text_of(shape: Shape, row: int, column: int) -> str:
    """A relative formula as it reads in a cell."""
    key, offsets = shape
    pieces = key.split(MARK)
    found = [pieces[0]]
    for offset, piece in zip(offsets, pieces[1:], strict=True):
        fixed_row, down, fixed_column, across = offset
        right = across if fixed_column else column + across
        below = down if fixed_row else row + down
        on_sheet = 0 < right <= LAST_COLUMN and 0 < below <= LAST_ROW
        found.append(f"{fixed_column}{column_letters(right)}{fixed_row}{below}{piece}" if on_sheet else "#REF!" + piece)
    return "".join(found)


def marked(offsets: tuple[Offset, ...], column: int, marks: Mapping[int, str]) -> list[str] | None:
    """References with a mark for the number of each row that is not fixed, by how far down it is; None where one is not
    on the sheet."""
    across = [place if fixed else column + place for _, _, fixed, place in offsets]
    if not all(0 < each <= LAST_COLUMN for each in across):
        return None
    return [
        f"{fixed_column}{column_letters(place)}{fixed_row}{down if fixed_row else marks[down]}"
        for (fixed_row, down, fixed_column, _), place in zip(offsets, across, strict=True)
    ]


MARKS = "\x02\x03\x04\x05\x06\x07"
"""Stand for the numbers of rows in a formula; no file holds these."""


def reads_before(shape: Shape, rows: int, columns: int) -> bool:
    """Whether a formula reads the cell `rows` down and `columns` right of itself: one step of a chain."""
    return ("", rows, "", columns) in shape[1]


_templates: dict[str, Template] = {}
_columns: dict[str, tuple[str, str, int]] = {}


def _template(key: str, sample: str) -> Template:
    if len(_templates) >= _MOST_TEMPLATES:
        _templates.clear()
    found = _templates[key] = _taken_apart(key, sample)
    return found


def _taken_apart(key: str, sample: str) -> Template:
    if (formula := parsed(sample)) is None:
        return Template(key, frozenset(), (), frozenset(), (), "#REF!" in sample, False)
    spans, at = [], 0
    for piece, reference in zip(*(key.split(MARK), split(sample)[1]), strict=False):
        spans.append((at + len(piece), at := at + len(piece) + len(reference)))
    references = formula.references()
    external = tuple(dict.fromkeys(file_of(item) for item in references if item.kind == "external"))
    broken = any(token.kind == "error" and "#REF!" in token.text for token in formula.tokens)
    functions = frozenset(call.name for call in formula.calls)
    sheets = frozenset(item.sheet for item in references if item.sheet and item.kind != "external")
    areas, others = [], []
    for item in references:
        first = item.end - len(item.body)
        marks = [n for n, (start, end) in enumerate(spans) if first <= start and end <= item.end]
        if marks and item.kind in ("cell", "range"):
            areas.append((item.sheet, marks[0], marks[-1]))
        else:
            others.append(item)
    prefixes = frozenset(call.prefix for call in formula.calls)
    return Template(
        key,
        functions,
        _literals(formula),
        sheets,
        external,
        broken,
        True,
        tuple(areas),
        tuple(others),
        prefixes,
        frozenset(call.name for call in formula.calls if not call.prefix),
        _hands_on(formula),
        not functions.isdisjoint(FUNCTIONS),
    )


def _hands_on(formula: Formula) -> bool:
    """Whether nothing is calculated on the way to the result, so that it may be a blank cell."""
    depth = 0
    for token in formula.tokens:
        if token.kind in ("function", "open"):
            if depth == 0 and token.kind == "function" and split_name(token.text[:-1])[1] not in _HAND_ON:
                return False
            depth += 1
        elif token.kind == "close":
            depth -= 1
        elif token.kind == "operator" and depth == 0 and token.text not in (":", " ", "#", "@"):
            return False
    return True


def file_of(reference: Reference) -> str:
    """The workbook an external reference names: "1" of [1]Sheet!A1, "Book.xlsx" of [Book.xlsx]Sheet!A1."""
    sheet = reference.sheet or ""
    return sheet[sheet.find("[") + 1 : sheet.find("]")]


def _literals(formula: Formula) -> tuple[Literal, ...]:
    found = []
    depth = 0  # of braces: the numbers of an array constant are a table, not typed-in assumptions
    for token in formula.tokens:
        if token.text == "{":
            depth += 1
        elif token.text == "}":
            depth -= 1
        if token.kind != "number" or depth:
            continue
        try:
            value = float(token.text.rstrip("%")) / (100 if token.text.endswith("%") else 1)
        except ValueError:
            continue
        call = innermost(formula, token.start)
        name, default = "", False
        if call is not None:
            for index, (start, end) in enumerate(call.arguments):
                if start <= token.start < end and formula.text[start:end].strip(" +-%") == token.text.rstrip("%"):
                    name = call.name
                    default = name == "IF" and index == 1 and formula.argument(call, 0).replace(" ", "").endswith('=""')
        found.append(Literal(token.text, value, name, default))
    return tuple(found)


def innermost(formula: Formula, at: int) -> Call | None:
    """The call whose arguments hold a character."""
    around = None
    for call in formula.calls:
        if call.start <= at < call.end:
            around = call
    return around
