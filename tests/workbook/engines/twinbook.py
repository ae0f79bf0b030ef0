"""A workbook of native twins: arguments in cells, the twin over them, a wrong stored value in each.

Several engines open the same file. An error among the arguments is a formula (=#DIV/0!), which all of them read
alike.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

from pycalc import FUNCTIONS
from pycalc.errors import CalcError
from pycalc.registry.definition import Function
from tests.books import HEADER, MAIN, OFFICE, SHEET_TYPE, sheet, write_book
from tests.casetable import Case
from workbook.file.addresses import column_letters

POISON = -987654321.5
_WRONG = f"<v>{POISON}</v>"
Render = Callable[[Function, dict[str, str]], str]
_STYLES = (
    '<fonts count="1"><font><sz val="11"/></font></fonts><fills count="1"><fill><patternFill/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="1">'
    '<xf xfId="0"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)


def write(
    path: Path, cases: list[Case], render: Render, names: dict[str, str] | None = None
) -> dict[str, tuple[str, list[list[str]]]]:
    """Write the cases and defined names; give each case's sheet and the cells of its result."""
    rows: dict[str, list[str]] = {}
    strings: dict[str, int] = {}
    places = {}
    for case in cases:
        places[str(case)] = case.function, _write_case(rows.setdefault(case.function, []), case, render, strings)
    texts = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    parts = {
        "sharedStrings": f'<sst xmlns="{MAIN}">{texts}</sst>',
        "styles": f'<styleSheet xmlns="{MAIN}">{_STYLES}</styleSheet>',
    }
    write_book(
        path,
        {name: sheet("".join(written)) for name, written in rows.items()},
        names="".join(
            f'<definedName name="{name}">{escape(text)}</definedName>' for name, text in (names or {}).items()
        ),
        parts={f"xl/{part}.xml": HEADER + text for part, text in parts.items()},
        types="".join(f'<Override PartName="/xl/{part}.xml" ContentType="{SHEET_TYPE}.{part}+xml"/>' for part in parts),
        relationships="".join(
            f'<Relationship Id="{part}" Type="{OFFICE}/{part}" Target="{part}.xml"/>' for part in parts
        ),
    )
    return places


def _write_case(rows: list[str], case: Case, render: Render, strings: dict[str, int]) -> list[list[str]]:
    """Add the rows of a case to those of its sheet; the cells of its result."""
    function = FUNCTIONS[case.function]
    shape = (len(case.expected), len(case.expected[0])) if isinstance(case.expected, list) else (1, 1)
    column, top = shape[1] + 1, len(rows) + 1
    given = {}
    lines: list[list[str]] = [[] for _ in range(shape[0])]
    for argument in function.arguments:
        if argument.name not in case.values:
            continue
        value = case.values[argument.name]
        block = value if isinstance(value, list) else [[value]]
        lines += [[] for _ in range(len(block) - len(lines))]
        for down, cells in enumerate(block):
            for right, cell in enumerate(cells, column + 1):
                if cell is not None:
                    lines[down].append(_cell(f"{column_letters(right)}{top + down}", cell, strings))
        first = f"{column_letters(column + 1)}{top}"
        column += len(block[0])
        last = f"{column_letters(column)}{top + len(block) - 1}"
        given[argument.name] = first if first == last else f"{first}:{last}"
    found = [[f"{column_letters(right + 1)}{top + down}" for right in range(shape[1])] for down in range(shape[0])]
    array = (
        f' t="array" ref="{found[0][0]}:{found[-1][-1]}"' if case.has_range() or isinstance(case.expected, list) else ""
    )
    for line, cells in zip(lines, found, strict=False):
        line[:0] = [f'<c r="{cell}">{_WRONG}</c>' for cell in cells]
    lines[0][0] = f'<c r="{found[0][0]}"><f{array}>{escape(render(function, given))}</f>{_WRONG}</c>'
    rows += [f'<row r="{number}">{"".join(line)}</row>' for number, line in enumerate(lines, top)]
    return found


def _cell(place: str, value: object, strings: dict[str, int]) -> str:
    if type(value) is float:
        return f'<c r="{place}"><v>{value!r}</v></c>'
    if isinstance(value, CalcError):
        return f'<c r="{place}"><f>{value.code}</f>{_WRONG}</c>'
    if type(value) is bool:
        return f'<c r="{place}" t="b"><v>{value:d}</v></c>'
    if value == "":
        return f'<c r="{place}"><f>""</f>{_WRONG}</c>'
    return f'<c r="{place}" t="s"><v>{strings.setdefault(str(value), len(strings))}</v></c>'
