"""Lines read at once are the cells read one by one, whatever stands between them."""

from __future__ import annotations

import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.engines.prepare import prepare
from workbook.engines.surroundings import Surroundings
from workbook.file.cells import cell_of
from workbook.file.package import Package
from workbook.file.plaincells import of_line
from workbook.file.saving import whole
from workbook.formulas import alike
from workbook.formulas.alike import lines
from workbook.formulas.cells import formula_cell
from workbook.formulas.linekinds import Line, element_of
from workbook.formulas.shapes import shape_of

_FORMULAS = (
    "B{0}-C{0}",
    "FT_BREAKEVEN($D{0},$B{0},C{0})",
    'IF(B{0}&gt;C{0}*2,"a&amp;b %","100%")',
    "IF(B{0}&lt;1,&quot;x&quot;,'A b'!C{0})",
    "E{1}+1",
    "SUM(A$2:A{0})",
    "SUM(A{0}:A$40)",
    "SUM(B{0}:A{0})",
    "IFERROR(FT_ROI(12,D{0},$C${0}),0)",
    "D{2}*$A$1",
    "B7",
    "b{0}*2",
    "OFFSET(A{0},1,0)",
    "INDIRECT(&quot;B{0}&quot;)",
    "NOPE(A{0})",
    "B{0}&lt;&gt;A{0}%",
)
_VALUES = ("<v>1.5</v>", "<v>-2</v>", "<v></v>", "", '<v xml:space="preserve"> x</v>', "<v>1</v>")
_TYPES = ("", ' t="n"', ' t="str"', ' t="e"', ' t="b"', ' s="4"', ' s="4" t="str"', ' vm="1"')
_CONSTANTS = (
    '<c r="{0}"/>',
    '<c r="{0}"><v>3</v></c>',
    '<c r="{0}" t="s"><v>0</v></c>',
    '<c r="{0}" s="2"><v>4</v></c>',
)


@st.composite
def _sheets(draw):
    """Lines of a few columns: most are the one above, and now and then a cell is another."""
    columns = draw(st.lists(st.sampled_from(range(len(_FORMULAS))), min_size=1, max_size=4))
    attributes = draw(st.sampled_from(("", ' ca="1"', ' aca="false"')))
    shared = draw(st.booleans())
    group = 0
    text = []
    for row in range(2, draw(st.integers(6, 14))):
        cells = [_CONSTANTS[draw(st.integers(0, 3)) if draw(st.integers(0, 9)) == 0 else 1].format(f"A{row}")]
        for at, number in enumerate(columns):
            number = draw(st.sampled_from(range(len(_FORMULAS)))) if draw(st.integers(0, 15)) == 0 else number
            formula = _FORMULAS[number].format(row, row - 1, row + 1)
            kind = _TYPES[draw(st.integers(0, 7)) if draw(st.integers(0, 5)) == 0 else 0]
            held = _VALUES[draw(st.integers(0, 5)) if draw(st.integers(0, 3)) == 0 else 0]
            held = held if "str" in kind else held.replace(' xml:space="preserve"> x', ">7").replace("-2", "1")
            held = held.replace("1.5", "#N/A") if '"e"' in kind else held
            held = held.replace("1.5", "1") if '"b"' in kind else held
            cells.append(f'<c r="{"FGHI"[at]}{row}"{kind}><f{attributes}>{formula}</f>{held}</c>')
        if shared:
            begins = row == 2 or draw(st.integers(0, 4)) == 0  # Excel begins a new group every 64 lines
            group += begins and row > 2 and draw(st.integers(0, 4)) > 0  # and may not take the same number twice
            how = f"B{row}*{draw(st.sampled_from((2, 2, 2, 3)))}+E{row - 1}" if begins else ""
            start = f'<f t="shared" ref="K{row}:K{row + 40}" si="{group}"' if begins else f'<f t="shared" si="{group}"'
            style = draw(st.sampled_from(("", "", ' s="4"', ' s="5"')))
            cells.append(f'<c r="K{row}"{style}>{start}{f">{how}</f>" if how else "/>"}<v>3</v></c>')
        space = "\n" if draw(st.integers(0, 12)) == 0 else ""
        text.append(f'<row r="{row}">{space.join(cells)}</row>{space}')
        if draw(st.integers(0, 12)) == 0:
            text.append(f'<row r="{row}" ht="3"/>')
    return "".join(text)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Makes a workbook of a sheet's lines."""
    import openpyxl

    path = tmp_path_factory.mktemp("alike") / "empty.xlsx"
    empty = openpyxl.Workbook()
    empty.active["A1"] = "text"
    empty.create_sheet("A b")
    empty.save(path)

    def made(rows: str) -> Package:
        out = path.with_name("book.xlsx")
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
            for name in source.namelist():
                data = source.read(name)
                if name == "xl/worksheets/sheet1.xml":
                    start, end = data.index(b"<sheetData>"), data.index(b"</sheetData>") + len(b"</sheetData>")
                    data = data[:start] + f"<sheetData>{rows}</sheetData>".encode() + data[end:]
                target.writestr(name, data)
        return Package(out)

    return made


def _facts(package: Package, part: str, formulas_only: bool) -> tuple[list[tuple[object, ...]], int]:
    """What each cell holds, and how many of them came in lines."""
    strings, masters, found, in_lines = package.strings(), {}, [], 0
    for item in lines(package, part, masters, formulas_only=formulas_only):
        if not isinstance(item, Line):
            formula = None if item.formula is None else formula_cell(item, masters).text
            found.append((item.row, item.column, item.style, item.value(strings), formula))
            continue
        cells = [cell for cell in item.kind.cells if cell.formula or not formulas_only]
        in_lines += len(cells)
        for cell in cells:
            formula = None if cell.formula is None else item.at(cell.formula.text)
            found.append((item.row, cell.column, item.style(cell), item.value(cell, strings), formula))
            if cell.formula:
                assert item.shape(cell.formula) == shape_of(formula, item.row, cell.column)[0]
        written = item.kind.writer([formula.element for _, formula in item.kind.formulas])(item)
        assert written == item.data[item.start : item.end]
        texts = [formula.text for _, formula in item.kind.formulas]
        anew = item.kind.writer(list(map(element_of, texts)))(item)  # each with a text of its own
        cells = [cell_of(match) for match in of_line(anew, 0, len(anew))]
        assert [cell.formula for cell in cells if cell.formula is not None] == list(map(item.at, texts))
    return found, in_lines


@given(rows=_sheets())
def test_lines_hold_what_their_cells_hold(book, rows):
    with book(rows) as package, pytest.MonkeyPatch.context() as patch:
        patch.setattr(alike, "ENOUGH", 1)
        part = package.worksheets()[0].part
        strings, masters = package.strings(), {}
        for only in (False, True):
            each = [cell for cell in package.cells(part) if cell.formula is not None or not only]
            expected = [
                (
                    cell.row,
                    cell.column,
                    cell.style,
                    cell.value(strings),
                    None if cell.formula is None else formula_cell(cell, masters).text,
                )
                for cell in each
            ]
            assert _facts(package, part, only)[0] == expected


@given(rows=_sheets())
def test_the_copy_for_the_engine_is_the_same_but_for_fixed_references_that_go_along(book, rows):
    with book(rows) as package, pytest.MonkeyPatch.context() as patch:
        found = []
        for enough in (1, 99):
            patch.setattr(alike, "ENOUGH", enough)
            prepared = prepare(package, Surroundings(package))
            unchanged = package.read(package.worksheets()[0].part)
            copy = unchanged if prepared.data is None else _sheet(whole(prepared.data))
            found.append((prepared.formulas, copy.replace(b"$C$", b"C")))
        assert found[0] == found[1]


def _sheet(data: bytes) -> bytes:
    from io import BytesIO

    with zipfile.ZipFile(BytesIO(data)) as copy:
        return copy.read("xl/worksheets/sheet1.xml")


def _rows(formula: str, rows: int = 90, first: int = 2) -> str:
    texts = ((row, formula.format(row, row - 1, row + 1)) for row in range(first, first + rows))
    return "".join(
        f'<row r="{row}"><c r="A{row}"><v>1</v></c><c r="B{row}"><f>{text}</f><v>1</v></c></row>' for row, text in texts
    )


@pytest.mark.parametrize(
    ("formula", "alike_"),
    [
        ("A{0}*2", True),
        ("B{1}+A{0}", True),
        ("A{0}*$A$2", True),
        ("A{0}*$A${0}", True),  # fixed in each line to its own row
        ("A{0}*A2", False),  # in each line another cell beside, none fixed
        ("a{0}*2", False),  # not as we would write it
        ("A{0}*{1}", False),  # a number that grows is no row
    ],
)
def test_what_is_a_kind_of_line(book, formula, alike_):
    with book(_rows(formula)) as package:
        _, in_lines = _facts(package, package.worksheets()[0].part, True)
    assert (in_lines > 0) == alike_
    assert not alike_ or in_lines == 90 - (alike.ENOUGH + 1)  # the first, and as many like it as are enough


def test_a_formula_filled_down_as_excel_writes_it_is_a_kind_of_line(book):
    """A shared formula ends after 64 lines and the next begins; every other line has the second colour of a band."""
    rows = []
    for row in range(2, 2 + 5 * 64):
        number = (row - 2) // 64
        begins = (row - 2) % 64 == 0
        own = f' ref="B{row}:B{row + 63}" si="{number}">A{row}*2</f>' if begins else f' si="{number}"/>'
        band = f's="{3 + row % 2}"'
        cells = f'<c r="A{row}" {band}><v>{row}</v></c><c r="B{row}" {band}><f t="shared"{own}<v>{2 * row}</v></c>'
        rows.append(f'<row r="{row}">{cells}</row>')
    with book("".join(rows)) as package:
        found, in_lines = _facts(package, package.worksheets()[0].part, True)
    assert [formula for *_, formula in found] == [f"A{row}*2" for row in range(2, 322)]
    assert in_lines == 320 - (alike.ENOUGH + 2) - 4  # the first ones, and where a group begins


def test_a_row_below_the_last_is_none(book):
    """B1048577 is a name: the last line does not read the cell below it, as those above do."""
    with book(_rows("A{0}*2+B{2}", first=1_048_487)) as package:
        found = list(lines(package, package.worksheets()[0].part, {}, formulas_only=True))
    assert [isinstance(each, Line) for each in found[-2:]] == [True, False]
    assert found[-1].formula == "A1048576*2+B1048577"


def test_a_number_that_is_none_is_named_with_its_cell(book):
    rows = _rows("A{0}*2").replace('<c r="B85"><f>A85*2</f><v>1</v>', '<c r="B85"><f>A85*2</f><v>one</v>')
    with book(rows) as package, pytest.raises(Exception, match="cell B85 holds 'one'"):
        prepare(package, Surroundings(package))
