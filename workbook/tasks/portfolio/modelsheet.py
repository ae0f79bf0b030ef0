"""The lines of the sheet Model, written straight as XML: a formula once a column, shared by all lines.

A thousand use cases are over a million cells with one formula a column. Formulas that name another sheet stand in
each cell: Excel shares none of those ([MS-XLS] 2.5.198.118, SharedParsedFormula: no PtgRef3d).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pycalc.errors import CalcError
from workbook.engines.lines import LINE, Lines
from workbook.file.cells import Value
from workbook.file.edits import cell_bytes
from workbook.tasks.kinds import INPUTS
from workbook.tasks.portfolio.columns import Column
from workbook.tasks.portfolio.values import FIRST_LINE
from workbook.template.grid import letters

_TOGETHER = 250
"""Lines held as text at once."""
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')


def with_lines(
    sheet: bytes, columns: Sequence[Column], lines: Lines, names: Sequence[str], styles: tuple[int, int]
) -> Iterator[bytes]:
    """A worksheet part with its lines put in, piece by piece.

    columns : in their order. names : of the use cases. styles : of a name and of a figure.
    """
    end = f"{letters(columns[-1].place)}{FIRST_LINE + lines.lines - 1}"
    start, closing, rest = _DIMENSION.sub(f'<dimension ref="A1:{end}"/>'.encode(), sheet, count=1).partition(
        b"</sheetData>"
    )
    yield start
    values = [lines.values(column.place) for column in columns]
    for first in range(0, lines.lines, _TOGETHER):
        some = range(first, min(first + _TOGETHER, lines.lines))
        written = [
            [
                _cell("A", line + FIRST_LINE, f"{INPUTS}!$A{line + FIRST_LINE}", "", names[line], styles[0])
                for line in some
            ],
            *(
                _column(column, held, some, lines.lines, styles[1])
                for column, held in zip(columns, values, strict=True)
            ),
        ]
        for line, cells in zip(some, zip(*written, strict=True), strict=True):
            yield f'<row r="{line + FIRST_LINE}">{"".join(cells)}</row>'.encode()
    yield closing + rest


def _column(column: Column, values: list[object], some: range, lines: int, style: int) -> list[str]:
    """The cells of a column in some lines."""
    place, shared = letters(column.place), "!" not in column.formula
    formula = column.formula.removeprefix("=")
    if not shared or not formula:
        return [
            _cell(place, number, formula.replace(LINE, str(number)) if formula else None, "", values[line], style)
            for line, number in ((line, line + FIRST_LINE) for line in some)
        ]
    found = []
    child = f' t="shared" si="{column.place}"'
    before, after = f'<c r="{place}', f'" s="{style}"><f{child}/><v>'
    for line in some:
        value, number = values[line], line + FIRST_LINE
        if not line:
            master = f' t="shared" ref="{place}{number}:{place}{FIRST_LINE + lines - 1}" si="{column.place}"'
            found.append(_cell(place, number, formula.replace(LINE, str(number)), master, value, style))
        elif type(value) is float:
            found.append(f"{before}{number}{after}{value!r}</v></c>")
        else:
            found.append(_cell(place, number, "", child, value, style))
    return found


def _cell(place: str, line: int, formula: str | None, attributes: str, value: object, style: int) -> str:
    stored: Value = (
        value if isinstance(value, str | bool | float | int | CalcError) else "" if formula is not None else None
    )
    return cell_bytes(
        f"{place}{line}", formula=formula, value=stored, style=str(style), formula_attributes=attributes
    ).decode()
