"""XML made to exhaust or mislead a reader, in every part that is read: refused in one line, quickly and small."""

from __future__ import annotations

import tracemalloc

import pytest

from fuzz.targets import PARTS, packed, read_through
from tests.books import OFFICE, row, sheet, write_book
from workbook.errors import BadCell, WorkbookError
from workbook.file.opening import LONGEST_PROLOGUE
from workbook.file.package import Package
from workbook.file.xmlspans import DEEPEST, with_attribute

READ = [name for name in PARTS if name != "_rels/.rels"]
MEGABYTES = 100


def book_with(path, name, text):
    """The small workbook in which one part reads so."""
    path.write_bytes(packed(list(PARTS).index(name), text.encode()))
    return path


def root_of(name):
    """A part's text, split before the end tag of its root."""
    text = PARTS[name]
    at = text.rindex("</")
    return text[:at], text[at:]


def refusal(path):
    """The one-line message with which a file is refused, without much memory."""
    tracemalloc.start()
    try:
        with pytest.raises(WorkbookError) as caught:
            read_through(str(path))
        assert tracemalloc.get_traced_memory()[1] < MEGABYTES << 20
    finally:
        tracemalloc.stop()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY x SYSTEM "file:///etc/hostname">',
        '<!ENTITY x "' + "y" * 1000 + '"><!ENTITY z "' + "&x;" * 1000 + '">',
        '<!ENTITY % p SYSTEM "file:///etc/hostname">%p;',
    ],
    ids=["external", "expanding", "parameter"],
)
def test_no_entities(name, declared, tmp_path):
    text = f"<!DOCTYPE r [{declared}]>" + PARTS[name].replace("><", ">&x;<", 1)
    assert "document type" in refusal(book_with(tmp_path / "book.xlsx", name, text))


@pytest.mark.parametrize("name", READ)
def test_nesting_without_end(name, tmp_path):
    """2 KB of zip, 100,000 deep: the shared strings once took 3 GB."""
    before, after = root_of(name)
    tag = {"xl/sharedStrings.xml": "t", "xl/worksheets/sheet1.xml": "c"}.get(name, "a")
    text = before + f"<{tag}>" * 100_000 + f"</{tag}>" * 100_000 + after
    assert f"nested more than {DEEPEST} deep" in refusal(book_with(tmp_path / "book.xlsx", name, text))


def test_nesting_on_both_sides_of_the_limit(tmp_path):
    before, after = root_of("xl/worksheets/sheet1.xml")
    for depth, fine in ((DEEPEST - 1, True), (DEEPEST, False)):
        path = book_with(
            tmp_path / f"{depth}.xlsx", "xl/worksheets/sheet1.xml", before + "<a>" * depth + "</a>" * depth + after
        )
        if fine:
            read_through(str(path))
        else:
            refusal(path)


def test_a_million_spaces_in_a_tag(tmp_path):
    """Looking for an attribute tried each of the spaces in turn: hours."""
    assert with_attribute(b'<c r="A1"' + b" " * 1_000_000 + b'x="1">', "t", "b").endswith(b't="b">')
    cell = f'<c r="A1"{" " * 300_000}s="1"{" " * 300_000}><v>1</v></c>'
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(f'<row r="1">{cell}</row>')})
    read_through(str(path))


def test_huge_attributes_and_texts(tmp_path):
    path = write_book(
        tmp_path / "book.xlsx",
        {"Data": sheet(row(1, A=f'<c r="A1" s="{"1" * 1_000_000}"><v>1</v></c>', B="<v>2</v>"))},
        parts={"xl/sharedStrings.xml": "<sst><si><t>" + "x\n" * 1_000_000 + "</t></si></sst>"},
        relationships=f'<Relationship Id="rId9" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>',
    )
    read_through(str(path))
    with Package(path) as package:
        assert len(package.strings()[0]) == 2_000_000


def test_prologue_of_comments(tmp_path):
    """Each of 20,000 parts may begin with a megabyte of comments."""
    text = "<!--x-->" * (1_000_000 // 8) + PARTS["xl/worksheets/sheet1.xml"]
    assert len(text) > LONGEST_PROLOGUE
    refusal(book_with(tmp_path / "book.xlsx", "xl/worksheets/sheet1.xml", text))


@pytest.mark.parametrize(
    "cell",
    ["<v>abc</v>", "<v>1,5</v>", '<c r="A1" t="s"><v>x</v></c>', f'<c r="A1" t="s"><v>{"9" * 5000}</v></c>'],
)
def test_a_text_where_a_number_belongs(cell, tmp_path):
    path = write_book(tmp_path / "book.xlsx", {"Data": sheet(row(1, A=cell))})
    with Package(path) as package, pytest.raises(BadCell, match=r"damaged: cell A1 holds .* where a number belongs"):
        next(package.cells("xl/worksheets/sheet1.xml")).value([])


def test_array_formula_over_no_area(tmp_path):
    cell = '<c r="A1"><f t="array" ref="nonsense">1+1</f><v>2</v></c>'
    assert "nonsense" in refusal(write_book(tmp_path / "book.xlsx", {"Data": sheet(row(1, A=cell))}))


@pytest.mark.parametrize("scope", ["x", "-5", "99", "²", "9" * 5000])
def test_name_of_a_sheet_that_is_not_there(scope, tmp_path):
    names = f'<definedName name="q" localSheetId="{scope}">Data!$A$1</definedName>'
    with Package(write_book(tmp_path / "book.xlsx", {"Data": sheet("")}, names=names)) as package:
        assert package.defined_names()[0].sheet is None


def test_text_outside_a_shared_string_is_none(tmp_path):
    path = book_with(tmp_path / "book.xlsx", "xl/sharedStrings.xml", "<sst><t>lost</t><si><t>one</t></si></sst>")
    with Package(path) as package:
        assert package.strings() == ["one"]


def test_date_with_a_time_zone(tmp_path):
    """2026-11-20 is day 46,346 since 1899-12-30: 126 x 365 + 31 leap days + 325 = 46,346."""
    cell = '<c r="A1" t="d"><v>2026-11-20T12:00:00+01:00</v></c>'
    with Package(write_book(tmp_path / "book.xlsx", {"Data": sheet(row(1, A=cell))})) as package:
        assert next(package.cells("xl/worksheets/sheet1.xml")).value([]) == 46346.5
