"""A portfolio's workbook on its way to the file: its sheets, looks, and formulas with their stored values."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any, BinaryIO

import xlsxwriter

from pycalc.version import VERSION
from workbook.engines.lines import LINE
from workbook.file.zipwriter import ZipWriter
from workbook.tasks.kinds import INPUTS, MODEL
from workbook.tasks.portfolio.modelsheet import with_lines
from workbook.tasks.portfolio.results import Results
from workbook.tasks.portfolio.table import Table
from workbook.tasks.portfolio.values import FIRST_LINE
from workbook.template.build import AS_GIVEN, stored
from workbook.template.styles import Looks

NOTES = "Notes"


class Pages:
    """The sheets, in order: first ones, a tab for each use case that asked for one, last ones."""

    def __init__(
        self,
        table: Table,
        worked_out: Results,
        first: Sequence[str],
        own: Sequence[int],
        last: Sequence[str],
    ) -> None:
        self._file = io.BytesIO()
        self.book = xlsxwriter.Workbook(self._file, AS_GIVEN)
        self.book.set_calc_mode("auto")
        self.table, self.layout = table, worked_out.layout
        self.lines, self.found = worked_out.lines, worked_out.found
        self.last_line = FIRST_LINE + len(table.rows) - 1
        self.tabs = {index: _sheet_name(table.names[index], place) for place, index in enumerate(own, 1)}
        names = (*first, *self.tabs.values(), *last)
        self.sheets = {name: self.book.add_worksheet(name) for name in names}
        self.look = Looks(self.book).__getitem__
        """A cell format, by the words of the template's styles."""

    def formula(self, sheet: Any, line: int, column: int, text: str, look: str, value: object) -> None:
        """A formula with its stored value; lines count from 1, columns from 0."""
        sheet.write_formula(line - 1, column, text.replace(LINE, str(line)), self.look(look), stored(value))

    def title(self, sheet: Any, title: str, purpose: str) -> None:
        sheet.write_string(0, 0, title, self.look("title"))
        sheet.write_string(1, 0, purpose, self.look("remark"))
        sheet.set_row(0, 24)

    def close(self, file: BinaryIO) -> None:
        """Set the pages up for print and write the file, the lines of the model put in."""
        for name, sheet in self.sheets.items():
            sheet.set_landscape()
            sheet.set_paper(8 if name == "Portfolio" else 9)
            if name == INPUTS:  # too wide for one page that could be read
                sheet.repeat_columns(0)
            else:
                sheet.fit_to_pages(1, 0)
            if name == MODEL:  # over a thousand columns are for the screen
                sheet.print_area(0, 0, 0, 0)
            sheet.repeat_rows(0, FIRST_LINE - 2)
            sheet.set_footer("&L&F&C&A&RPage &P of &N")
            if name != MODEL:
                sheet.hide_gridlines(2)
        about = {"title": "Portfolio", "author": "llm-breakeven", "comments": f"llm-breakeven {VERSION}"}
        self.book.set_properties(about)
        styles = (self.look("label"), self.look("number"))
        self.book.close()
        model = f"xl/worksheets/sheet{list(self.sheets).index(MODEL) + 1}.xml"
        out = ZipWriter(file)
        with zipfile.ZipFile(self._file) as made:
            for entry in made.infolist():
                if entry.filename != model:
                    out.copy(self._file, entry)
                    continue
                looks = (styles[0].xf_index, styles[1].xf_index)
                lines = with_lines(made.read(entry), self.layout.columns, self.lines, self.table.names, looks)
                out.add(model, lines, entry.date_time)
        out.finish()


def _sheet_name(name: str, place: int) -> str:
    """A sheet's name that Excel takes: at most 31 signs, none of those it refuses."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:26]
    return f"{plain or 'Case'} ({place})"
