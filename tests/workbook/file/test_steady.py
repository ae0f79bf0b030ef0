"""A workbook saved by somebody else while a command reads it: one state of it, or a refusal; never a mixture."""

import os

import pytest
import xlsxwriter

from workbook import check, diff, handover, recalc
from workbook.errors import BadWorkbook
from workbook.file import opening
from workbook.file.package import Package


def book(path, price):
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet("S")
    sheet.write("A1", price)
    sheet.write_formula("B1", "=FT_LABOR(A1,5,12)", None, 0)
    made.close()
    return path


def value_at(path, address):
    with Package(path) as package:
        cells = {cell.address: cell for cell in package.cells(package.worksheets()[0].part)}
        return cells[address].value(package.strings())


OPERATIONS = {
    "recalc": lambda path, out: recalc(path, out),
    "handover": lambda path, out: handover(path, out),
    "check": lambda path, _: check(path),
    "diff": lambda path, out: diff(path, book(out.with_name("other.xlsx"), 7)),
}


@pytest.mark.parametrize("in_place", [False, True], ids=["renamed over", "written in place"])
@pytest.mark.parametrize("moment", range(6))
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_result_is_made_of_two_versions(tmp_path, monkeypatch, name, moment, in_place):
    path, out = book(tmp_path / "book.xlsx", 100), tmp_path / "out.xlsx"
    newer = book(tmp_path / "newer.xlsx", 200).read_bytes()
    opened = []
    read = opening.read_in_one_state

    def replaced(target, handle):
        if str(target) == str(path):
            opened.append(target)
            if len(opened) == moment + 1:
                if in_place:
                    path.write_bytes(newer)
                else:
                    (tmp_path / "swap").write_bytes(newer)
                    os.replace(tmp_path / "swap", path)
                os.utime(path, ns=(1, 1))
        return read(target, handle)

    monkeypatch.setattr("workbook.file.parts.read_in_one_state", replaced)
    try:
        OPERATIONS[name](path, out)
    except BadWorkbook as problem:
        refusal = str(problem)
    else:
        refusal = ""
    if refusal:
        assert "changed while it was being read" in refusal or "damaged" in refusal
        assert not out.exists()
    if out.exists():
        # FT_LABOR(examples, minutes, wage) = examples * minutes / 60 * wage
        assert value_at(out, "B1") == value_at(out, "A1") * 5 / 60 * 12


def test_an_operation_may_read_what_it_wrote(tmp_path):
    path = book(tmp_path / "book.xlsx", 100)
    with opening.steady():
        recalc(path, tmp_path / "a.xlsx")
        recalc(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
        recalc(path, tmp_path / "a.xlsx")
        recalc(tmp_path / "a.xlsx", tmp_path / "c.xlsx")


def test_a_saved_package_is_of_one_state(tmp_path):
    path = book(tmp_path / "book.xlsx", 100)
    with Package(path) as package:
        package.read(package.workbook_part)
        path.write_bytes(path.read_bytes() + b"\0")
        with pytest.raises(BadWorkbook, match="changed while it was being read"):
            package.save(tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()
