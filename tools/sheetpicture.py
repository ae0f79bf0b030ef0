"""An example as it looks in a sheet: the formula, its arguments with their units, what it gives."""

from __future__ import annotations

import textwrap
from datetime import date, timedelta

import svg

from pycalc.registry.definition import Function

ROW, NUMBERS, LABELS, CELL, UNITS = 24, 26, 330, 110, 200
BAR = 34
NARROW = 14
LETTER = 7
GRID, HEAD, INPUT, RESULT = "#d8d8d8", "#eeeeee", "#0000ff", "#e8f1e8"


def sheet_picture(function: Function, args: tuple, result: str) -> str:
    """`args` and `result` are an example of the function's definition, as SVG."""
    repeated = function.arguments[-1:] * (len(args) - len(function.arguments))
    arguments = (function.arguments + repeated)[: len(args)]
    given = [value if isinstance(value, (tuple, list)) else (value,) for value in args]
    if function.returns == "date" and result:
        result = (date(1899, 12, 30) + timedelta(int(result))).isoformat()
    block = _block(result)
    wide = max(len(cells) for cells in (*given, *block))
    # A long text runs over the empty cells beside it, and is wrapped.
    single = _number(block[0][0])
    room = (CELL * wide + UNITS) // LETTER
    lines = textwrap.wrap(single, room) if isinstance(single, str) and len(single) > NARROW else []
    edges = [0, NUMBERS, NUMBERS + LABELS]
    edges += [edges[-1] + CELL * (place + 1) for place in range(wide)]
    edges.append(edges[-1] + UNITS)
    width = edges[-1]
    rows = 1 + len(given) + max(len(block), len(lines))
    parts = []

    def cell(row: int, column: int, words: str, look: dict[str, str], fill: str = "", across: int = 1) -> None:
        left, right, top = edges[column], edges[column + across], BAR + ROW * row
        if fill:
            parts.append(svg.box(left, top, right - left, ROW, fill, GRID))
        anchor = look.get("anchor", "start")
        x = {"start": left + 8, "middle": (left + right) / 2, "end": right - 8}[anchor]
        parts.append(svg.text(x, top + 16, words, **look))

    places = [_place(row, len(cells)) for row, cells in enumerate(given, 2)]
    parts.append(svg.box(0, 0, width, BAR - 6, "#ffffff", GRID))
    parts.append(svg.text(8, 18, f"fx   ={function.name}({', '.join(places)})", colour="#1f4e79"))
    for column in range(wide + 2):
        cell(0, column + 1, "ABCDEFGH"[column], {"anchor": "middle", "colour": "#666666"}, HEAD)
    for row in range(1, rows + 1):
        cell(row, 0, str(row), {"anchor": "middle", "colour": "#666666"}, HEAD)
        for column in range(wide + 2):
            parts.append(
                svg.box(edges[column + 1], BAR + ROW * row, edges[column + 2] - edges[column + 1], ROW, "#ffffff", GRID)
            )
    cell(1, 1, function.name, {"colour": "#ffffff", "weight": "bold"}, "#1f4e79", across=wide + 2)
    for row, (argument, cells) in enumerate(zip(arguments, given, strict=True), 2):
        cell(row, 1, textwrap.shorten(argument.label, 56, placeholder=" …"), {})
        for column, value in enumerate(cells, 2):
            cell(row, column, *_shown(value, INPUT))
        cell(row, wide + 2, argument.unit, {"colour": "#666666"})
    first = 2 + len(given)
    cell(first, 1, "Result", {"weight": "bold"})
    for down, line in enumerate(lines):
        cell(first + down, 2, line, {"weight": "bold"}, RESULT, across=wide + 1)
    if not lines:
        for down, cells in enumerate(block):
            for column, value in enumerate(cells, 2):
                words, look = _shown(_number(value), "#000000")
                cell(first + down, column, words, {**look, "weight": "bold"}, RESULT)
        cell(first, wide + 2, function.returns, {"colour": "#666666"})
    return svg.picture(parts, width, BAR + ROW * (rows + 1))


def _block(result: str) -> list[list[str]]:
    """The cells of a result as a definition writes it: {1, 2; 3, 4} is two rows."""
    if not result.startswith("{"):
        return [[result]]
    return [[cell.strip() for cell in row.split(",")] for row in result.strip("{}").split(";")]


def _place(row: int, cells: int) -> str:
    return f"B{row}" if cells == 1 else f"B{row}:{'ABCDEFGH'[cells]}{row}"


def _number(words: str) -> object:
    try:
        return float(words)
    except ValueError:
        return words


def _shown(value: object, colour: str) -> tuple[str, dict[str, str]]:
    """A value as a narrow cell shows it: numbers to the right, truth values in the middle."""
    if isinstance(value, bool):
        return str(value).upper(), {"anchor": "middle", "colour": colour}
    if isinstance(value, (int, float)):
        return f"{value:,.10g}", {"anchor": "end", "colour": colour}
    return textwrap.shorten(str(value), NARROW, placeholder=" …"), {"colour": colour}
