"""Long sums for an engine that reads a chain of operators as one nest: "a+b+c" as "(a+b)+(c)", in groups."""

from __future__ import annotations

from workbook.formulas.parser import Token, levels, parsed, splice

LONGEST_CHAIN = 200
"""Operators in a row that formualizer reads; it gives up at 256."""

_GROUP = 100


def in_groups(text: str) -> str:
    """A formula whose long chains of + and - , of & or of * are put in brackets by the hundred.

    The values are the same but for rounding. What is no such chain stays as it is.
    """
    if len(text) <= LONGEST_CHAIN or sum(text.count(sign) for sign in "+-&*") <= LONGEST_CHAIN:
        return text
    if (formula := parsed(text)) is None:
        return text
    edits = []
    chains = (chain for _, end, operators in levels(formula) for chain in _split(operators, end))
    for operators, end in chains:
        kinds = {token.text for token in operators}
        if kinds <= {"+", "-"} or kinds in ({"&"}, {"*"}):
            heads = operators[_GROUP - 1 :: _GROUP]
            for head, following in zip(heads, [*heads[1:], None], strict=True):
                # A group that was subtracted term by term begins with 0-, for -2^2 is not 0-2^2 in a workbook.
                sign = "+(0-" if head.text == "-" else f"{head.text}("
                stop = following.start if following else end
                edits += [(head.start, head.end, sign), (stop, stop, ")")]
    return splice(text, edits) if edits else text


def _split(operators: list[Token], end: int) -> list[tuple[list[Token], int]]:
    """The chains among the operators of one level: the loosest one if it is long, else those between its links.

    Comparison binds loosest, then &, then + and -, then * and /.
    """
    for signs in (("=", "<", ">", "<=", ">=", "<>"), ("&",), ("+", "-"), ("*", "/")):
        found = [token for token in operators if token.text in signs]
        if len(found) > LONGEST_CHAIN:
            return [(found, end)]
        if found:
            chains = []
            at = -1
            for stop in [*(token.start for token in found), end]:
                chains += _split([token for token in operators if at < token.start < stop], stop)
                at = stop
            return chains
    return []
