"""A workbook with broken formulas is refused, and says which row is gone."""

import pytest

from tests.books import row, sheet, write_book
from workbook.file.package import Package
from workbook.tasks.broken import BrokenFormulas, refuse_broken
from workbook.tasks.handover import handover

CALL = "<f>FT_ROI(12,2,1)</f><v>5</v>"


@pytest.mark.parametrize(
    ("formula", "names", "words"),
    [
        ("<f>#REF!+1</f>", "", r"S!B1 reads cells that were deleted"),
        ("<f>rate+1</f>", '<definedName name="rate">S!#REF!</definedName>', "through the name rate"),
    ],
)
def test_a_deleted_cell_is_named(tmp_path, formula, names, words):
    path = write_book(tmp_path / "book.xlsx", {"S": sheet(row(1, A=CALL, B=formula))}, names=names)
    with pytest.raises(BrokenFormulas, match=words):
        handover(path, tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()
    assert handover(path, tmp_path / "out.xlsx", anyway=True).replacements


def test_a_lost_name_nobody_reads_is_no_reason(tmp_path):
    names = '<definedName name="rate">S!#REF!</definedName>'
    path = write_book(tmp_path / "book.xlsx", {"S": sheet(row(1, A=CALL))}, names=names)
    with Package(path) as package:
        refuse_broken(package, "hand over")
