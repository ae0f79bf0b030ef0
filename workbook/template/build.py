"""Writes the template with XlsxWriter: formulas, their cached values, formats, charts, print set-up.

The same version gives the same bytes: the creation date is the catalogue's, and XlsxWriter's zip entries carry a
fixed time.
"""

from __future__ import annotations

import datetime
import io
import os
import re
from collections.abc import Container, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import CellFormulaTuple, Worksheet

from pycalc.errors import CalcError
from pycalc.models import catalogue
from pycalc.version import VERSION
from workbook.file.addresses import quoted_sheet
from workbook.file.saving import replacing
from workbook.progress import counted, step
from workbook.template import CASES, Case, make
from workbook.template.grid import Book, Cell, Chart, Place, Sheet
from workbook.template.stored import Values, kept
from workbook.template.styles import ACCENT, GRID, Looks


def build(case: str | Case, path: str | os.PathLike[str]) -> Path:
    """Write the template of a case, or of a shipped case's name, to `path`, with the value of every formula stored.

    The file is written beside `path` and moved there once it is whole.

    Raises
    ------
    ValueError : there is no such case; the message names them. BadWorkbook : `path` cannot be written to.
    """
    if isinstance(case, str) and case not in CASES:
        raise ValueError(f"there is no case {case!r}; there are {', '.join(CASES)}")
    path = Path(path)
    data = contents(case)
    with replacing(path) as file:
        file.write(data)
    return path


def contents(case: str | Case) -> bytes:
    """The bytes of a case's template."""
    step("laying out", 1, 3)
    case = CASES[case] if isinstance(case, str) else case
    book = make(case)
    step("calculating", 2, 3)
    values = kept(book, case.name)
    if values is None:
        values = calculated(book)
    step("writing", 3, 3)
    return written(book, values)


class Live:
    """A book in the embedded engine, handed over cell by cell: it can be asked, changed and asked again.

    `sheets` keeps out the rest of the book, on which nothing that is asked may rest.
    """

    def __init__(self, book: Book, sheets: Container[str] | None = None) -> None:
        import formualizer

        from workbook.engines.adapter import register
        from workbook.engines.longchains import in_groups

        self.book = book
        config = formualizer.EvaluationConfig()
        config.enable_parallel = False  # as in `loading`
        self.engine = formualizer.Workbook(config=formualizer.WorkbookConfig(eval_config=config))
        self.engine.set_temporal_egress("serial")
        register(self.engine)
        self.formulas: dict[tuple[str, int, int], None] = {}
        taken = [sheet for sheet in book.sheets if sheets is None or sheet.name in sheets]
        for sheet in taken:
            self.engine.add_sheet(sheet.name)
        for sheet in taken:
            for (row, column), cell in sheet.cells.items():
                if cell.is_formula:
                    formula = book.formula_at(sheet, row, column, named=False)
                    self.engine.set_formula(sheet.name, row + 1, column + 1, "=" + in_groups(formula[1:]))
                    self.formulas[sheet.name, row, column] = None
                elif cell.content not in (None, ""):
                    self.engine.set_value(sheet.name, row + 1, column + 1, cell.content)
        self.engine.evaluate_all()

    def put(self, values: Mapping[Place, object]) -> None:
        """Put constants into cells, None for a blank, and calculate.

        Those of a column in one call, with the constants between them: each call takes the time of all that reads it.
        """
        columns: dict[tuple[str, int], dict[int, object]] = {}
        for place, value in values.items():
            columns.setdefault((place.sheet, place.column), {})[place.row] = value
        for (name, column), held in columns.items():
            get, put = partial(self.engine.get_value, name), self.engine.sheet(name).set_values_batch
            between = [row for row in range(min(held), max(held)) if (name, row, column) not in self.formulas]
            for _, run in groupby(enumerate(sorted({*held, *between})), lambda one: one[1] - one[0]):
                rows = [row for _, row in run]
                cells = [[held[row] if row in held else get(row + 1, column + 1)] for row in rows]
                put(rows[0] + 1, column + 1, len(rows), 1, cells)
        self.engine.evaluate_all()

    def value(self, place: Place) -> object:
        """The value of a cell; an error as `CalcError`."""
        return _plain(self.engine.get_value(place.sheet, place.row + 1, place.column + 1))


def calculated(book: Book) -> Values:
    """The value of every formula, by the embedded engine."""
    live = Live(book)
    return {
        (name, xl_rowcol_to_cell(row, column)): live.value(Place(name, row, column))
        for name, row, column in live.formulas
    }


def _plain(raw: object) -> object:
    """A value of the engine; an error as `CalcError`."""
    from workbook.engines.adapter import ERRORS

    if isinstance(raw, dict):
        error = ERRORS.get(str(raw.get("kind")))
        if error is None:
            raise RuntimeError(f"the engine has no value: {raw}")
        return error
    return float(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


AS_GIVEN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""How our workbooks are made: a text is written as a text, whatever it begins with."""


class _AsTheyAre(Worksheet):  # type: ignore[misc]
    """Takes formulas as they are: ours carry the prefixes they need and never spill, and looking for what they might be
    costs most of the time."""

    def write_formula(self, row: int, column: int, formula: str, look: Any, value: object) -> None:
        self._check_dimensions(row, column)
        self.table[row][column] = CellFormulaTuple(formula.removeprefix("="), look, value)


def written(book: Book, values: Values) -> bytes:
    """The workbook file with these cached values."""
    buffer = io.BytesIO()
    file = xlsxwriter.Workbook(buffer, AS_GIVEN)
    file.set_properties(
        {
            "title": book.sheets[0].title,
            "subject": "Prompt it, fine-tune it, retrieve, or switch model",
            "author": "llm-breakeven",
            "comments": f"llm-breakeven {VERSION}, prices as of {catalogue.as_of()}",
            "created": datetime.datetime.fromisoformat(catalogue.as_of()),
        }
    )
    file.set_calc_mode("auto")
    looks = Looks(file)
    sheets = {sheet.name: file.add_worksheet(sheet.name, _AsTheyAre) for sheet in book.sheets}
    for sheet in counted(book.sheets, "sheets", len(book.sheets)):
        worksheet = sheets[sheet.name]
        for column, width in enumerate(sheet.widths):
            worksheet.set_column(column, column, width, looks["text"])
        for row, height in (_heights(sheet) | sheet.heights).items():
            worksheet.set_row(row, height)
        for area_merged in sheet.merges:
            worksheet.merge_range(*area_merged, None, looks[sheet.cells[area_merged[:2]].style])
        for (row, column), cell in sorted(sheet.cells.items()):
            _write(book, sheet, worksheet, row, column, cell, looks, values)
        for row, first, last, rule in sheet.validations:
            worksheet.data_validation(row, first, row, last, rule)
        for area, conditional in sheet.rules:
            fields = dict(conditional)
            if "style" in fields:
                fields["format"] = looks["rule " + fields.pop("style")]
            worksheet.conditional_format(area, fields)
        for chart in sheet.charts:
            _chart(book, file, worksheet, chart)
        _page(sheet, worksheet)
    for name, place in sorted(book.names.items()):
        file.define_name(name, f"={quoted_sheet(place.sheet)}!{xl_rowcol_to_cell(place.row, place.column, True, True)}")
    sheets[book.sheets[0].name].activate()
    file.close()
    return buffer.getvalue()


def _write(
    book: Any, sheet: Sheet, worksheet: Any, row: int, column: int, cell: Cell, looks: Looks, values: Values
) -> None:
    look = cell.style
    if cell.is_formula:
        formula = book.formula_at(sheet, row, column)
        value = values.get((sheet.name, xl_rowcol_to_cell(row, column)), 0)
        if (
            _LINK.match(formula.removesuffix("+0"))
            and "input" not in look
            and "head" not in look
            and not look.startswith(("sentence", "headline"))
            and not look.endswith(" link")
        ):
            look += " link"
        worksheet.write_formula(row, column, formula, looks[look], stored(value))
    else:
        worksheet.write(row, column, cell.content, looks[look])
    if cell.note:
        worksheet.write_comment(row, column, cell.note, {"author": "llm-breakeven", "x_scale": 1.6})


def stored(value: object) -> object:
    """The value of a formula as XlsxWriter takes it."""
    return value.code if isinstance(value, CalcError) else _EmptyText() if value in ("", None) else value


class _EmptyText(str):
    """The empty text as a stored result. XlsxWriter takes a plain "" for "no result" and leaves the type out."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return other is self


def _heights(sheet: Sheet) -> dict[int, float]:
    """Heights of rows with wrapped text: neither Excel nor LibreOffice grows a row for merged or stored text."""
    spans = {(top, left): right for top, left, _, right in sheet.merges}
    heights: dict[int, float] = {}
    for (row, column), cell in sheet.cells.items():
        words = cell.style.split()
        if not isinstance(cell.content, str) or cell.is_formula or not _WRAPPED.intersection(words):
            continue
        width = sum(sheet.widths[column : spans.get((row, column), column) + 1]) or _USUAL_WIDTH
        small = 1.3 if _SMALL.intersection(words) else 1.12
        lines = sum(-(-len(line) // max(1, int(width * small))) or 1 for line in cell.content.split("\n"))
        if lines > 1:
            heights[row] = max(heights.get(row, 0), 12.5 * lines + 3)
    return heights


_USUAL_WIDTH = 9
_WRAPPED = frozenset(("note", "source", "wrapped", "para", "wrap"))
_SMALL = frozenset(("note", "source", "wrapped"))


_LINK = re.compile(r"=(?:'[^']+'|[A-Za-z_]+)!\$?[A-Z]+\$?\d+\Z")
"""A formula that only fetches a cell from another sheet."""


def _page(sheet: Sheet, worksheet: Any) -> None:
    """Print set-up, freezing, protection."""
    worksheet.hide_gridlines(2)
    worksheet.set_landscape()
    worksheet.set_paper(sheet.paper)
    worksheet.fit_to_pages(sheet.wide, sheet.pages)
    worksheet.set_margins(0.4, 0.4, 0.5, 0.6)
    worksheet.repeat_rows(*sheet.repeat_rows)
    if sheet.wide > 1:
        worksheet.repeat_columns(0, 1)
    worksheet.set_footer(f"&L&8&F, {sheet.name}&C&8llm-breakeven {VERSION}&R&8&D, page &P of &N")
    worksheet.print_area(0, 0, *(sheet.printed or (sheet.last_row, sheet.last_column)))
    if sheet.breaks:
        worksheet.set_h_pagebreaks(sheet.breaks)
    worksheet.freeze_panes(*sheet.freeze)
    if sheet.accent:
        worksheet.set_tab_color(ACCENT)
    worksheet.protect("", {"format_cells": True, "format_columns": True, "format_rows": True})
    worksheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576", "formula_differs": "A1:XFD1048576"})


def _chart(book: Book, file: Any, worksheet: Any, chart: Chart) -> None:
    lines = chart.kind == "scatter"
    native = file.add_chart({"type": chart.kind, **({"subtype": "straight"} if lines else {})})
    for series in chart.series:
        areas = {part: series[part] for part in ("values", "categories")}
        fields: dict[Any, Any] = {part: at if at[:1] == "=" else book.area(at) for part, at in areas.items()}
        fields["name"] = series["name"]
        if lines:
            fields["line"] = {"color": series["colour"], "width": 2.5, "dash_type": series["dash"]}
            fields["marker"] = {"type": "none"}
        else:
            fields |= {"fill": {"color": series["colour"]}, "gap": 60, "overlap": 100}
        fields["data_labels"] = series["labels"]
        native.add_series(fields)
    native.set_title({"name": chart.title, "name_font": {"size": 12, "bold": True, "color": ACCENT}, "overlay": False})
    grid = {"major_gridlines": {"visible": True, "line": {"color": GRID, "width": 0.5}}}
    looks = {"name_font": {"size": 9, "bold": False}, "num_font": {"size": 9}}
    x_title, y_title = (chart.x_title, chart.y_title) if lines else (chart.y_title, chart.x_title)
    native.set_x_axis({"name": x_title, **looks, **({} if lines else grid), **chart.options["x"]})
    native.set_y_axis({"name": y_title, **looks, "num_format": "#,##0", **grid, **chart.options["y"]})
    native.set_legend({"position": "bottom", "font": {"size": 9}})
    native.set_size({"width": chart.width, "height": chart.height})
    worksheet.insert_chart(chart.row, chart.column, native, {"object_position": 1, "description": chart.title})
