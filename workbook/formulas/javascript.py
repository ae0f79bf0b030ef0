"""A formula as JavaScript, for the page that recomputes a model in a browser.

What stands for a cell is `v(sheet, row, column)`, for a range `g(sheet, top, left, bottom, right)`; relative references
count from the cell's own row `r` and column `c`, so formulas that were filled down give one text. Operators and
functions are those of `x` in workbook/tasks/page/excel.js; one that is not there is refused, with the cell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Mapping

from workbook.file.addresses import column_number, split_sheet
from workbook.formulas.groups import GROUPS
from workbook.formulas.parser import FormulaError, Token, kind_of, split_name, tokenize

FUNCTIONS = GROUPS["in JavaScript"]
LAZY = frozenset(("IF", "IFERROR", "IFNA", "CHOOSE", "ISERROR", "ISNA", "ISNUMBER", "ISTEXT", "ISBLANK", "ISLOGICAL"))
"""Functions whose arguments are worked out only when wanted, or may be errors."""

BINARY = {
    "^": (6, "pow"),
    "*": (5, "mul"),
    "/": (5, "div"),
    "+": (4, "add"),
    "-": (4, "sub"),
    "&": (3, "join"),
    "=": (2, "eq"),
    "<>": (2, "ne"),
    "<": (2, "lt"),
    ">": (2, "gt"),
    "<=": (2, "le"),
    ">=": (2, "ge"),
}
_CORNER = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d+)")


class Translation:
    """One formula on its way: its tokens, and where it stands.

    What another language writes differently is said in the first three members.
    """

    functions: Container[str] = FUNCTIONS
    waiting = "()=>"
    """Before an argument that is worked out only when wanted."""

    @staticmethod
    def constant(text: str) -> str:
        """A number, a text or a logical value."""
        return text

    def __init__(
        self, text: str, sheet: str, row: int, column: int, sheets: Mapping[str, int], names: Callable[[str, str], str]
    ) -> None:
        self.tokens = [token for token in tokenize(text) if token.kind != "space"]
        self.at = 0
        self.sheet, self.row, self.column = sheet, row, column
        self.sheets = sheets
        self.names = names

    def text(self) -> str:
        """The whole formula as an expression."""
        found = self._expression(0)
        if self.at < len(self.tokens):
            raise FormulaError(f"{self.tokens[self.at].text!r} has no translation")
        return found

    def _peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _expression(self, least: int) -> str:
        left = self._unary()
        while (token := self._peek()) is not None and token.kind == "operator":
            if token.text == "%":
                self.at += 1
                left = f"x.div({left},{self.constant('100')})"
                continue
            strength, name = BINARY.get(token.text, (0, ""))
            if not name:
                raise FormulaError(f"the operator {token.text!r} has no translation")
            if strength <= least:
                break
            self.at += 1
            left = f"x.{name}({left},{self._expression(strength)})"
        return left

    def _unary(self) -> str:
        token = self._peek()
        if token is not None and token.kind == "operator" and token.text in "+-@":
            self.at += 1
            inner = self._unary()
            return f"x.sub({self.constant('0')},{inner})" if token.text == "-" else inner
        return self._operand()

    def _operand(self) -> str:
        if self.at >= len(self.tokens):
            raise FormulaError("it ends in the middle")
        token = self._next()
        if token.kind == "number":
            return self.constant(repr(float(token.text)).removesuffix(".0"))
        if token.kind == "text":
            return self.constant(json.dumps(token.text[1:-1].replace('""', '"')))
        if token.kind == "logical":
            return self.constant(token.text.lower())
        if token.kind == "error":
            return f"x.error({json.dumps(token.text)})"
        if token.kind == "function":
            return self._call(token)
        if token.kind == "open" and token.text == "(":
            inner = self._expression(0)
            self._close()
            return inner
        if token.kind == "operand":
            return self.reference(token.text)
        raise FormulaError(f"{token.text!r} has no translation")

    def _close(self) -> None:
        if self.at >= len(self.tokens) or self._next().kind != "close":
            raise FormulaError("a bracket is never closed")

    def _call(self, token: Token) -> str:
        name = split_name(token.text[:-1])[1]
        if name not in self.functions:
            raise FormulaError(f"the function {name} has no translation")
        arguments: list[str] = []
        while (token_ := self._peek()) is not None and token_.kind != "close":
            if token_.kind == "separator":
                self.at += 1
                arguments.append("undefined")
                continue
            arguments.append(self._expression(0))
            if (after := self._peek()) is not None and after.kind == "separator":
                self.at += 1
                if (end := self._peek()) is not None and end.kind == "close":
                    arguments.append("undefined")
        self._close()
        return self.called(name, arguments)

    def called(self, name: str, arguments: list[str]) -> str:
        """A call of a function."""
        if name in LAZY:
            arguments = [self.waiting + argument for argument in arguments]
        return f"x.{name}({','.join(arguments)})"

    def reference(self, text: str) -> str:
        """A reference or a name."""
        kind = kind_of(text)
        sheet, body = split_sheet(text)
        if kind == "name":
            return self.names(sheet or self.sheet, body)
        home = self.home(sheet)
        if kind not in ("cell", "range") or home is None:
            raise FormulaError(f"the reference {text} has no translation")
        number = self.sheets[home]
        places = [self._corner(corner) for corner in body.split(":")]
        if len(places) == 1:
            return f"v({number},{places[0][0]},{places[0][1]})"
        return f"g({number},{','.join(part for place in places for part in place)})"

    def home(self, sheet: str | None) -> str | None:
        """The name of the sheet that a reference is to."""
        return next((name for name in self.sheets if name.upper() == (sheet or self.sheet).upper()), None)

    def _corner(self, corner: str) -> tuple[str, str]:
        match = _CORNER.fullmatch(corner)
        if match is None:
            raise FormulaError(f"the reference {corner} has no translation")
        fixed_column, letters, fixed_row, digits = match.groups()
        row, column = int(digits), column_number(letters)
        return _counted("r", row, self.row, fixed_row), _counted("c", column, self.column, fixed_column)


def _counted(letter: str, place: int, own: int, fixed: str) -> str:
    if fixed:
        return str(place)
    return letter if place == own else f"{letter}{place - own:+d}"
