"""What is stored anew and what stays: small workbooks with the values Excel stores, or documents."""

import pytest

from pycalc.errors import from_code
from tests.books import row, sheet, write_book
from workbook.engines import transcript
from workbook.engines.formualizer import Session
from workbook.engines.settling import believed, settle
from workbook.file.package import Package


def settled(path, **options):
    with Package(path) as package:
        return settle(package, **options)


def changes(tmp_path, *rows, **options):
    """The values to be stored in a sheet S of these rows, and the cells that keep theirs."""
    names = options.pop("names", "")
    workbook = options.pop("workbook", "")
    path = write_book(tmp_path / "book.xlsx", {"S": sheet("".join(rows))}, names=names, workbook=workbook)
    result = settled(path, **options)
    values = {cell: getattr(value, "code", value) for (_, cell), value in result.values.items()}
    return values, {cell: reason for (_, cell), reason in result.kept.items()}


UNTOUCHED = {
    "a macro": "<f>MyVBA(A1)</f><v>44</v>",
    "a macro behind IFERROR": "<f>IFERROR(MyVBA(A1),0)</f><v>44</v>",
    "an add-in of the workbook's": "<f>[1]!Func(A1)</f><v>44</v>",
    "an XLL": "<f>_xll.Foo(A1)</f><v>44</v>",
    "a module's function": "<f>Module1.Foo(A1)</f><v>44</v>",
    "a name that is not there": "<f>undefinedname*2</f><v>7</v>",
    "GROUPBY": "<f>_xlfn.GROUPBY(A1:A2,A1:A2,_xleta.SUM)</f><v>3</v>",
    "another workbook": '<f>IFERROR([1]Gone!$A$1,"none")</f><v>9</v>',
    "what the engine gets wrong": "<f>1+1</f><v>3</v>",
}


@pytest.mark.parametrize("case", UNTOUCHED)
def test_what_does_not_depend_on_us_keeps_its_value(tmp_path, case):
    """Beside a call of ours without a value, which is computed."""
    values, kept = changes(
        tmp_path,
        row(1, A="<v>2</v>", B=UNTOUCHED[case], C="<f>B1+1</f><v>1000</v>", D="<f>FT_ROI(12,2,1)</f>"),
    )
    assert (values, kept) == ({"D1": 5.0}, {})  # (12 * 1 - 2) / 2


def test_a_spill_of_an_unknown_function_is_an_input(tmp_path):
    """FT_ROI(12,100,B1) from B1 = A2+1 = 3: (12 * 3 - 100) / 100 = -0.64."""
    values, kept = changes(
        tmp_path,
        row(
            1,
            A='<c r="A1" cm="1"><f t="array" ref="A1:A3">_xldudf_ACME_PRICES(5)</f><v>1</v></c>',
            B="<f>A2+1</f><v>3</v>",
            C="<f>FT_ROI(12,100,B1)</f>",
        )
        + row(2, A="<v>2</v>")
        + row(3, A="<v>3</v>"),
    )
    assert (values, kept) == ({"C1": -0.64}, {})


def test_what_depends_on_a_changed_call_of_ours_changes(tmp_path):
    values, kept = changes(
        tmp_path,
        row(1, A="<f>FT_ROI(12,2,1)</f><v>4</v>", B="<f>A1*2</f><v>8</v>", C="<f>B1+D1</f><v>9</v>", D="<v>1</v>"),
    )
    assert (values, kept) == ({"A1": 5.0, "B1": 10.0, "C1": 11.0}, {})


def test_nobody_computes_from_a_value_nobody_could_compute(tmp_path):
    """MyVBA reads a cell of ours that changed: its own value is not known any more, nor what depends on it."""
    values, kept = changes(
        tmp_path,
        row(
            1,
            A="<f>FT_ROI(12,2,1)</f><v>4</v>",
            B="<f>MyVBA(A1)</f><v>8</v>",
            C="<f>B1+A1</f><v>12</v>",
            D="<f>IFERROR(B1,0)</f><v>8</v>",
        ),
    )
    assert values == {"A1": 5.0}
    assert kept.keys() == {"B1", "C1", "D1"}
    assert "MYVBA" in kept["B1"]
    assert "S!B1" in kept["C1"]


def test_a_formula_the_engine_fails_is_asked_of_a_second_engine(tmp_path):
    """SUM(SUMIF(a,{"x","y"},b)) is the sum over both; the embedded engine alone says 0."""
    rows = (
        row(1, A='<c r="A1" t="str"><v>x</v></c>', B="<f>FT_ROI(12,2,1)</f><v>4</v>", C="<v>1</v>")
        + row(2, A='<c r="A2" t="str"><v>y</v></c>', B="<v>7</v>")
        + row(3, B='<f>SUM(SUMIF(A1:A2,{"x","y"},B1:B2))</f><v>11</v>', C="<f>B3+1</f><v>12</v>")
    )
    asked = []

    def ask(engine, _package, _live, values):
        asked.append((engine, dict(values)))
        return {("S", "B3"): 12.0 if values else 11.0} if engine == "libreoffice" else {}

    values, kept = changes(tmp_path, rows, ask=ask)
    assert [engine for engine, _ in asked] in (["ironcalc", "libreoffice", "libreoffice"], [])
    assert (values, kept) == ({"B1": 5.0, "B3": 12.0, "C3": 13.0}, {})


def test_without_a_second_engine_that_agrees_it_keeps_its_value_and_is_named(tmp_path):
    values, kept = changes(
        tmp_path,
        row(1, A="<f>FT_ROI(12,2,1)</f><v>4</v>", B="<f>A1*3</f><v>13</v>", C="<f>B1+1</f><v>14</v>"),
        ask=lambda *_: {},
    )
    assert values == {"A1": 5.0}
    assert kept.keys() == {"B1", "C1"}


def test_two_engines_against_the_file_show_that_its_value_is_out_of_date(tmp_path):
    values, _ = changes(
        tmp_path,
        row(1, A="<f>FT_ROI(12,2,1)</f><v>4</v>", B="<f>A1*3</f><v>13</v>", C="<f>B1+1</f><v>14</v>"),
    )
    assert values == {"A1": 5.0, "B1": 15.0, "C1": 16.0}


def test_a_chain_of_unknown_functions(tmp_path):
    """Linear: 3,000 links, each reading the one above; nothing of it changes."""
    rows = "".join(
        row(n, A=f"<v>{n}</v>", B=f"<f>MyUdf(A{n})+B{n - 1}</f><v>{n}</v>" if n > 1 else "<f>MyUdf(A1)</f><v>1</v>")
        for n in range(1, 3001)
    )
    values, kept = changes(tmp_path, rows, row(3001, A="<f>FT_ROI(12,2,B3000-2999)</f>"))
    assert (values, kept) == ({"A3001": 5.0}, {})


def test_dates_since_1904(tmp_path):
    """Serial 43982 is 2024-06-01 there (43982 + 1462 = 45444, 1900 system): gpt-4o cost 5 USD per 1M tokens then."""
    values, _ = changes(
        tmp_path,
        row(1, A="<v>43982</v>", B="<f>YEAR(A1)</f>", C='<f>TEXT(A1,"yyyy-mm-dd")</f>', D="<f>DATE(2024,6,1)-A1</f>")
        + row(2, A='<f>MODEL_PRICE("gpt-4o","input",A1)</f>', B="<f>EDATE(A1,1)-A1</f>"),
        workbook='<workbookPr date1904="1"/>',
    )
    assert values == {"B1": 2024.0, "C1": "2024-06-01", "D1": 0.0, "A2": 5.0, "B2": 30.0}


def test_a_file_that_stores_zeros_and_asks_to_be_calculated(tmp_path):
    rows = row(1, A="<v>2</v>", B="<f>A1*2</f><v>0</v>", C="<f>A1-2</f><v>0</v>")
    assert changes(tmp_path, rows, workbook='<calcPr fullCalcOnLoad="1"/>') == ({"B1": 4.0, "C1": 0.0}, {})
    assert changes(tmp_path, rows) == ({}, {})


def test_everything_is_computed_where_that_is_asked(tmp_path):
    rows = row(1, A="<v>2</v>", B="<f>A1*2</f><v>7</v>", C="<f>MyVBA(1)</f><v>5</v>")
    values, kept = changes(tmp_path, rows, everything=True)
    assert values == {"B1": 4.0}
    assert kept.keys() == {"C1"}


@pytest.mark.parametrize("name", ["sheet1", "SHEET1"])
def test_a_sheet_called_sheet1_in_other_letters(tmp_path, name):
    text = sheet(
        row(1, A="<v>2</v>", B='<f t="shared" ref="B1:B2" si="0">SUM(A1:A2)</f>') + row(2, B='<f t="shared" si="0"/>')
    )
    path = write_book(tmp_path / "book.xlsx", {name: text})
    assert settled(path).values == {(name, "B1"): 2.0, (name, "B2"): 0.0}


def test_names_that_point_to_names_of_a_sheet(tmp_path):
    values, _ = changes(
        tmp_path,
        row(1, A="<v>7</v>", B="<f>k+1</f>", C="<f>S!p+1</f>", D="<f>SUM(k,p)</f>"),
        names='<definedName name="k" localSheetId="0">S!p</definedName>'
        '<definedName name="p" localSheetId="0">S!$A$1</definedName>',
    )
    assert values == {"B1": 8.0, "C1": 8.0, "D1": 14.0}


def test_ranges_and_names_meet_the_row_or_column_first(tmp_path):
    """Without the array flag each range is its cell in the formula's row or column, before the operator."""
    values, _ = changes(
        tmp_path,
        row(1, A="<v>10</v>", B="<v>100</v>", C="<v>200</v>")
        + row(2, A="<v>20</v>", B="<f>A1:A9*2</f>", C="<f>revenue*2</f>", D="<f>SUM(A1:A9*2)</f>")
        + row(
            3,
            A="<v>30</v>",
            B='<f>IF(A1:A9&gt;25,"big","small")</f>',
            C="<f>ABS(A:A)</f>",
            D="<f>SUMPRODUCT(A1:A3*2)</f>",
        ),
        names='<definedName name="revenue">S!$B$1:$D$1</definedName>',
    )
    assert values == {"B2": 40.0, "C2": 400.0, "D2": 40.0, "B3": "big", "C3": 30.0, "D3": 120.0}


def test_a_page_shows_the_file_where_the_engine_is_alone_against_it(tmp_path):
    """A report, a page and a simulation are made of these: B1 no engine gives, C1 follows it; D1 is out of date, two
    engines give 4, and E1 follows that; F1 has no value yet."""
    path = write_book(
        tmp_path / "book.xlsx",
        {
            "S": sheet(
                row(
                    1,
                    A="<v>2</v>",
                    B="<f>MODE(A1,A1,A1)</f><v>3</v>",
                    C="<f>B1+1</f><v>4</v>",
                    D="<f>A1*2</f><v>6</v>",
                    E="<f>D1+1</f><v>7</v>",
                    F="<f>D1+B1</f>",
                )
            )
        },
    )
    shown = believed(path, ask=lambda _engine, _package, keys, _values: {key: 4.0 for key in keys if key[1] == "D1"})
    assert {cell: value for (_, cell), value in shown.values.items()} == {
        "B1": 3.0,
        "C1": 4.0,
        "D1": 4.0,
        "E1": 5.0,
        "F1": 7.0,
    }


def test_a_random_number_stays_even_where_the_engine_gave_the_same_by_chance(tmp_path):
    """RANDBETWEEN(1,2) agrees with the file every other time, and gives another one when it is asked again."""
    randoms = "".join(row(n, A=f"<f>RANDBETWEEN(1,2)</f><v>{1 + n % 2}</v>") for n in range(1, 41))
    last = row(41, A="<v>2</v>", B="<f>A41*3</f><v>7</v>", C="<f>FT_ROI(12,2,1)</f>")
    values, kept = changes(tmp_path, randoms, last)
    assert (values, kept) == ({"C41": 5.0}, {})


def test_an_error_refutes_nothing_where_a_reference_is_made_of_a_text(tmp_path):
    """INDIRECT("Prices[usd]") is #REF! to engines that are given no tables: the stored 6 stays, and is named."""
    values, kept = changes(
        tmp_path,
        row(1, A="<f>FT_ROI(12,2,1)</f><v>4</v>", B='<f>SUM(INDIRECT("Prices[usd]"))+A1*0</f><v>6</v>'),
    )
    assert values == {"A1": 5.0}
    assert kept.keys() == {"B1"}


def test_indirect_finds_names_tables_and_other_styles(tmp_path):
    """Microsoft, INDIRECT: the text is an A1-style or R1C1-style reference, or a name defined as a reference."""
    texts = ("all", "own", "S!own", "C1:A1", "R1C[-1]", "half")
    cells = {column: f"<v>{number}</v>" for number, column in enumerate("ABC", 1)}
    first = row(1, **cells) + "".join(
        row(n, A=f'<c r="A{n}" t="inlineStr"><is><t>{text}</t></is></c>', B=f"<f>{formula}</f>")
        for n, (text, formula) in enumerate(
            zip(
                texts,
                (
                    "IFERROR(SUM(INDIRECT(A2)),0)",
                    "INDIRECT(A3)",
                    'INDIRECT(A4)+INDIRECT("own")',
                    "SUM(INDIRECT(A5))",
                    "INDIRECT(A6,FALSE)",
                    "INDIRECT(A7)",
                ),
                strict=True,
            ),
            2,
        )
    )
    names = (
        '<definedName name="all">S!$A$1:$C$1</definedName><definedName name="half">0.5</definedName>'
        '<definedName name="own" localSheetId="0">S!$C$1</definedName>'
    )
    values, kept = changes(tmp_path, first, names=names)
    assert (values, kept) == ({"B2": 6.0, "B3": 3.0, "B4": 6.0, "B5": 6.0, "B6": 1.0, "B7": "#REF!"}, {})


def test_a_formula_over_more_cells_than_are_written_out_is_left_to_others(tmp_path):
    """500 cells are computed here, 501 by another engine or not at all; behind IFERROR too."""
    rows = [row(n, A=f"<v>{-n}</v>") for n in range(1, 502)]
    rows[0] = row(1, A="<v>-1</v>", B="<f>SUMPRODUCT(ABS(A1:A500))</f>", C="<f>IFERROR(SUMPRODUCT(ABS(A1:A501)),0)</f>")
    values, kept = changes(tmp_path, *rows, ask=lambda *_: {})
    assert (values, list(kept)) == ({"B1": 125_250.0}, ["C1"])  # 500 * 501 / 2
    values, kept = changes(tmp_path, *rows, ask=lambda *asked: dict.fromkeys(asked[2], 125_751.0))
    assert values["C1"] == 125_751.0


@pytest.mark.parametrize("text", ["SUM(B1:IV1)", "SUM(far)", "SUM(C:IV)+B1"])
def test_a_range_that_reaches_past_the_data(tmp_path, text):
    """1, 2 and 3 in B1 to D1; 256 columns, as sheets had before 2007, and the formula stands in no circle."""
    other = "<f>SUM(B2:IV2)</f><v>0</v>"
    rows = row(1, A=f"<f>{text}</f><v>6</v>", B="<v>1</v>", C="<v>2</v>", D="<v>3</v>") + row(2, A=other)
    names = '<definedName name="far">Sheet1!$B$1:$IV$1</definedName>'
    with Package(write_book(tmp_path / "book.xlsx", {"Sheet1": sheet(rows)}, names=names)) as package:
        session = Session(package)
        assert session.value("Sheet1", 1, 1, text) == 6.0
        assert session.local("Sheet1", session.formulas["Sheet1"][0], text) == 6.0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('INDIRECT("RC[-1]",FALSE)', 5.0),
        ('SUM(INDIRECT("R[-1]C[-1]:RC[-1]",0))', 12.0),
        ("COLUMN()*10+ROW()", 22.0),
        ('COLUMN()&"COLUMN()"', "2COLUMN()"),
    ],
)
def test_a_formula_asked_once_more_stands_where_it_stood(tmp_path, text, value):
    """7 in A1 and 5 in A2, beside which B2 stands."""
    written = text.replace("&", "&amp;")
    rows = row(1, A="<v>7</v>") + row(2, A="<v>5</v>", B=f"<f>{written}</f>")
    with Package(write_book(tmp_path / "book.xlsx", {"Sheet1": sheet(rows)})) as package:
        session = Session(package)
        assert session.result.values["Sheet1", "B2"] == value
        assert session.value("Sheet1", 2, 2, text) == value
        assert session.local("Sheet1", session.formulas["Sheet1"][0], text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("A1", 7.0), ("$B$1", "x"), ("C1", True), ("D1", 14.0), ("E1", from_code("#N/A")), ("F1", None), ("XFE1", 40.0)],
)
def test_a_single_cell_is_asked_for(tmp_path, text, value):
    """A number, a text, TRUE, a formula, an error and a blank; XFE1 lies beyond the last column and is a name."""
    cells = row(
        1,
        A="<v>7</v>",
        B='<c r="B1" t="str"><v>x</v></c>',
        C='<c r="C1" t="b"><v>1</v></c>',
        D="<f>A1*2</f>",
        E="<f>NA()</f>",
    )
    names = '<definedName name="XFE1">4*10</definedName>'
    with Package(write_book(tmp_path / "book.xlsx", {"Sheet1": sheet(cells)}, names=names)) as package:
        assert Session(package).value("Sheet1", 2, 1, text) == value


def test_keys_there_are_already_are_taken_though_one_is_not_among_them(tmp_path):
    rows = row(1, A="<f>1+1</f>", B="<f>2+2</f>")
    known = ("Sheet1", "B1")
    with Package(write_book(tmp_path / "book.xlsx", {"Sheet1": sheet(rows)})) as package:
        assert [info.key is known for info in Session(package, known=[known]).formulas["Sheet1"]] == [False, True]


def test_the_file_for_a_second_engine_has_the_prefixes_of_new_functions(tmp_path):
    """As Microsoft's page on the prefix _xlfn. has them, and where a file left them out."""
    texts = ("SUM(A1:A2)", "_xlfn.XLOOKUP(1,A1:A2,A1:A2)", "XLOOKUP(1,A1:A2,A1:A2)")
    rows = "".join(row(number, B=f"<f>{text}</f><v>1</v>") for number, text in enumerate(texts, 1))
    asked = [("M", f"B{number}") for number in range(1, 4)]
    with Package(write_book(tmp_path / "book.xlsx", {"M": sheet(rows)})) as package:
        transcript.write(package, tmp_path / "small.xlsx", asked, {})
    with Package(tmp_path / "small.xlsx") as small:
        found = [cell.formula for cell in small.cells(small.worksheets()[0].part) if cell.formula]
    assert found == ["SUM(A1:A2)", *["_xlfn.XLOOKUP(1,A1:A2,A1:A2)"] * 2]
