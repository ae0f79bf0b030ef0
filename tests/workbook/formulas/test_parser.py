"""Formulas that are hard to read: taken apart by spans, and spliced."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.file.addresses import quoted_sheet, split_sheet
from workbook.formulas.parser import FormulaError, kind_of, parse, rewrite_calls, shifted, splice, split_name, tokenize

# Formula, and the calls in it: name, prefix, arguments.
CALLS = [
    ("PE_MONTHLY(A1,B1)", [("PE_MONTHLY", "", ["A1", "B1"])]),
    ("pe_monthly( A1 , B1 )", [("PE_MONTHLY", "", ["A1", "B1"])]),
    ("F()", [("F", "", [])]),
    ("F( )", [("F", "", [])]),
    ("F(,)", [("F", "", ["", ""])]),
    ("F(A1,,3, )", [("F", "", ["A1", "", "3", ""])]),
    ("[1]!PE_MONTHLY(A1,2)+1", [("PE_MONTHLY", "[1]!", ["A1", "2"])]),
    ("'C:\\d,(\\[a b.xlam]'!F(1)", [("F", "'C:\\d,(\\[a b.xlam]'!", ["1"])]),
    ("book.xlam!F(1)", [("F", "book.xlam!", ["1"])]),
    ("_xludf.F(1)", [("F", "_xludf.", ["1"])]),
    ("_xlfn._xlws.FILTER(A1:A3,B1:B3)", [("FILTER", "_xlfn._xlws.", ["A1:A3", "B1:B3"])]),
    ("_xlfn.SINGLE(F(A1:A3))", [("SINGLE", "_xlfn.", ["F(A1:A3)"]), ("F", "", ["A1:A3"])]),
    ("@F(A1#)", [("F", "", ["A1#"])]),
    ("F(_xlfn.ANCHORARRAY(A1))", [("F", "", ["_xlfn.ANCHORARRAY(A1)"]), ("ANCHORARRAY", "_xlfn.", ["A1"])]),
    ('F("a,b)","say ""F(1)""")', [("F", "", ['"a,b)"', '"say ""F(1)"""'])]),
    ("F('It''s (me), F(1)'!A1,2)", [("F", "", ["'It''s (me), F(1)'!A1", "2"])]),
    ("F(T[[#This Row],[a,b)]],T[@x])", [("F", "", ["T[[#This Row],[a,b)]]", "T[@x]"])]),
    ("F(T['#odd'[1']],[@y])", [("F", "", ["T['#odd'[1']]", "[@y]"])]),
    ('F({1,2;3,"a;b,)"},TRUE)', [("F", "", ['{1,2;3,"a;b,)"}', "TRUE"])]),
    ("F((A1,B1),C1:C9 D1:D9)", [("F", "", ["(A1,B1)", "C1:C9 D1:D9"])]),
    ("-F(1)^-2%%", [("F", "", ["1"])]),
    ("F(G(H(1),2),I())", [("F", "", ["G(H(1),2)", "I()"]), ("G", "", ["H(1)", "2"]), ("H", "", ["1"]), ("I", "", [])]),
    ("A1:INDEX(B:B,3)", [("INDEX", "", ["B:B", "3"])]),
    ("_xlfn.LAMBDA(_xlpm.x,F(_xlpm.x))(3)", [("LAMBDA", "_xlfn.", ["_xlpm.x", "F(_xlpm.x)"]), ("F", "", ["_xlpm.x"])]),
    ('größe&F(ä,"日本")&"𝄞"', [("F", "", ["ä", '"日本"'])]),
    ("F(1,\r\n 2)", [("F", "", ["1", "2"])]),
    ("F(#N/A,#REF!,Sheet1!#REF!)", [("F", "", ["#N/A", "#REF!", "Sheet1!#REF!"])]),
    ('"F(1)"', []),
    ("F_OTHER+F", []),
    ("'F(1)'!A1", []),
    ("T[F(1)]", []),
]


@pytest.mark.parametrize(("text", "expected"), CALLS, ids=[text for text, _ in CALLS])
def test_calls(text, expected):
    formula = parse(text)
    assert [
        (call.name, call.prefix, [formula.argument(call, n) for n in range(len(call.arguments))])
        for call in formula.calls
    ] == expected
    assert "".join(token.text for token in formula.tokens) == text
    for call in formula.calls:
        assert text[call.start : call.end].upper().startswith((call.prefix + call.name).upper() + "(")
        assert text[call.end - 1] == ")"


REFERENCES = [
    ("A1", "cell", None),
    ("$XFD$1048576", "cell", None),
    ("XFE1", "name", None),
    ("A1048577", "name", None),
    ("A0", "name", None),
    ("ABCD1", "name", None),
    ("Sheet1!A1:B2", "range", "Sheet1"),
    ("'It''s'!$A$1", "cell", "It's"),
    ("A:A", "columns", None),
    ("$1:$3", "rows", None),
    ("Jan:Mar!A1", "cell", "Jan:Mar"),
    ("[1]Sheet1!A1", "external", "[1]Sheet1"),
    ("'C:\\x\\[b.xlsx]S'!A1", "external", "C:\\x\\[b.xlsx]S"),
    ("[1]!name", "external", "[1]"),
    ("T[a]", "table", None),
    ("[@a]", "table", None),
    ("rate", "name", None),
    ("Sheet1!rate", "name", "Sheet1"),
    ("R1C1", "name", None),
    ("_xlpm.x", "name", None),
    ("été_1", "name", None),
]


@pytest.mark.parametrize(("text", "kind", "sheet"), REFERENCES)
def test_references(text, kind, sheet):
    (reference,) = parse(f"1+{text}*2").references()
    assert (reference.kind, reference.sheet, reference.text) == (kind, sheet, text)
    assert (reference.start, reference.end) == (2, 2 + len(text))


def test_references_of_a_longer_formula():
    text = "IF(A1>0,SUM('x y'!B:B),T[a])&\"A9\"&Sheet1!#REF!&B2#&LOG10(5)&TRUE&1E5"
    assert [(r.kind, r.text, r.spill) for r in parse(text).references()] == [
        ("cell", "A1", False),
        ("columns", "'x y'!B:B", False),
        ("table", "T[a]", False),
        ("error", "Sheet1!#REF!", False),
        ("cell", "B2", True),
    ]


def test_positions_of_nested_calls():
    outer, inner = parse("F(1,(2+G(3)))").calls
    assert (inner.parent is outer, inner.position, outer.parent) == (True, 1, None)


@pytest.mark.parametrize("text", ["F(1", "F(1))", '"open', "F({1,2)", "'sheet!A1", "T[a"])
def test_what_is_no_formula_is_refused(text):
    with pytest.raises(FormulaError):
        parse(text)


def test_thousands_of_operands():
    text = "+".join(f"F(A{n})" for n in range(1, 3001))
    assert len(parse(text).calls) == 3000
    assert rewrite_calls(parse(text), {"F"}, lambda _, arguments: arguments[0]) == text.replace("F(", "").replace(
        ")", ""
    )


def test_deep_nesting():
    text = "F(" * 60 + "1" + ")" * 60
    assert rewrite_calls(parse(text), {"F"}, lambda _, arguments: f"({arguments[0]}+1)") == "(" * 60 + "1" + "+1)" * 60


def test_inner_calls_are_replaced_first():
    text = "F(G(1), F( 2 ,,) )+F+other.F(G(3))"
    seen = rewrite_calls(parse(text), {"F", "G"}, lambda call, arguments: f"<{call.name}|{'|'.join(arguments)}>")
    assert seen == "<F|<G|1>|<F|2||>>+F+other.<F|<G|3>>".replace("other.<F|<G|3>>", "other.F(<G|3>)")
    kept = rewrite_calls(parse(text), {"F", "G"}, lambda call, _: "0" if call.name == "G" else None)
    assert kept == "F(0, F( 2 ,,) )+F+other.F(0)"


SHIFTS = [
    ("A1+$A1+A$1+$A$1", 1, 2, "C2+$A2+C$1+$A$1"),
    ("'x y'!B2:C$3", 1, 2, "'x y'!D3:E$3"),
    ("A:B+$A:B+1:2+$1:2", 1, 2, "C:D+$A:D+2:3+$1:3"),
    ("rate+T[a]+LOG10(A1)+\"A1\"&'A1'!A1", 1, 0, "rate+T[a]+LOG10(A2)+\"A1\"&'A1'!A2"),
    ("A1", -1, 0, "A1048576"),
    ("Sheet1!XFD1", 0, 1, "Sheet1!A1"),
    ("A1048576", 1, 0, "A1"),
    ("[1]S!A1", 1, 1, "[1]S!A1"),
]


@pytest.mark.parametrize(("text", "rows", "columns", "expected"), SHIFTS)
def test_children_of_shared_formulas(text, rows, columns, expected):
    assert shifted(text, rows, columns) == expected


@given(st.integers(1, 500), st.integers(1, 500), st.integers(0, 300), st.integers(0, 300))
def test_shifting_there_and_back(number, column, rows, columns):
    from workbook.file.addresses import column_letters

    text = f"SUM({column_letters(column)}{number}:$B{number + 7})*{column_letters(column)}$3"
    assert shifted(shifted(text, rows, columns), -rows, -columns) == text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Costs", "Costs"),
        ("Cash flow", "'Cash flow'"),
        ("It's", "'It''s'"),
        ("BS", "BS"),
        ("A1", "'A1'"),
        ("XFE1", "XFE1"),
        ("R1C1", "'R1C1'"),
        ("rc", "'rc'"),
        ("2024", "'2024'"),
        ("_x.y", "_x.y"),
        ("Größe", "Größe"),
        ("a-b", "'a-b'"),
    ],
)
def test_sheet_names_in_quotes_where_they_must(name, expected):
    assert quoted_sheet(name) == expected
    sheet, body = split_sheet(expected + "!A1")
    assert (sheet, body) == (name, "A1")


def test_names_with_prefixes():
    assert split_name("_xlfn._xlws.Sort") == ("_xlfn._xlws.", "SORT")
    assert split_name("'a!b'!f") == ("'a!b'!", "F")


def test_kinds_of_odd_texts():
    assert [kind_of(text) for text in ("", "A", "1", "A1:", "A1:B", "a.b")] == ["name"] * 6


@given(st.text(alphabet=st.sampled_from("AF1(),;{}'\"[]!:# $%&+-*/^=<>@.é日_\n"), max_size=30))
def test_any_text_is_read_without_gaps_or_refused(text):
    try:
        tokens = tokenize(text)
    except FormulaError:
        return
    assert "".join(token.text for token in tokens) == text.lstrip("=") or "".join(t.text for t in tokens) == text


def test_splice():
    assert splice("abc", [(1, 2, "XX"), (0, 1, "")]) == "XXc"
    with pytest.raises(ValueError, match="overlapping"):
        splice("abc", [(0, 2, ""), (1, 3, "")])
