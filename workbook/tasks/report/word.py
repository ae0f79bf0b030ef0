"""The memo as a Word document, written with python-docx."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from workbook.file.xmlspans import ILLEGAL
from workbook.file.zipwriter import repacked
from workbook.tasks.report.charts import MARK
from workbook.tasks.report.memo import Bullets, Drawing, Memo, Section, Table
from workbook.tasks.report.pixels import picture
from workbook.template.styles import ACCENT, GRID, TINT

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TEXT_WIDTH = 180.0
"""Millimetres between the margins."""


def as_docx(memo: Memo) -> bytes:
    """The document's bytes, the same for the same memo."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(15)
    page.top_margin, page.bottom_margin = Mm(13), Mm(15)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(9.5)
    normal.paragraph_format.space_after = Pt(2)
    for level, size in ((1, 18), (2, 12), (3, 11)):
        style = document.styles[f"Heading {level}"]
        style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), RGBColor.from_string(ACCENT[1:])
        for place in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # a theme's font overrules a named one
            style.element.rPr.rFonts.attrib.pop(qn(f"w:{place}"), None)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(6), Pt(2)
    _properties(document, memo)
    document.add_heading(_clean(memo.title), 1)
    if memo.about:
        document.add_paragraph(_clean(memo.about))
    if memo.alarm:
        alarm = document.add_paragraph().add_run(_clean(memo.alarm))
        alarm.bold, alarm.font.color.rgb = True, RGBColor.from_string(MARK[1:])
    facts = document.add_paragraph()
    for index, (name, value) in enumerate(memo.facts):
        facts.add_run(("  |  " if index else "") + f"{_clean(name)}: ").font.size = Pt(8)
        run = facts.add_run(_clean(value))
        run.bold, run.font.size = True, Pt(8)
    document.add_paragraph().add_run(_clean(memo.question)).italic = True
    _answer(document, memo)
    for section in memo.board:
        _section(document, section, board=True)
    if memo.details:
        document.add_page_break()  # type: ignore[no-untyped-call]  # python-docx leaves this one untyped
        for section in memo.details:
            _section(document, section)
    footer = page.footer.paragraphs[0]
    footer.add_run(f"{_clean(memo.footer)}  Page ").font.size = Pt(7.5)
    _page_number(footer.add_run())
    stream = io.BytesIO()
    document.save(stream)
    return repacked(stream.getvalue())


def _properties(document: Any, memo: Memo) -> None:
    properties = document.core_properties
    properties.title, properties.author = _clean(memo.title)[:255], "llm-breakeven"
    properties.subject, properties.comments = _clean(memo.answer)[:255], ""
    day = dict(memo.facts).get("Date", "")
    when = datetime.fromisoformat(day) if _DAY.fullmatch(day) else datetime(2000, 1, 1)
    properties.created = properties.modified = when
    properties.last_modified_by, properties.revision = "llm-breakeven", 1


def _answer(document: Any, memo: Memo) -> None:
    cell = document.add_table(1, 1).cell(0, 0)
    _shade(cell, ACCENT)
    spacing = cell.paragraphs[0].paragraph_format
    spacing.space_before = spacing.space_after = Pt(5)
    run = cell.paragraphs[0].add_run(_clean(memo.answer))
    run.bold, run.font.size, run.font.color.rgb = True, Pt(14), RGBColor(255, 255, 255)
    if memo.figures:
        document.add_paragraph().paragraph_format.space_after = Pt(0)
        strip = document.add_table(1, len(memo.figures))
        for at, (name, value) in enumerate(memo.figures):
            cell = strip.cell(0, at)
            _shade(cell, "#F4F7FB")
            cell.paragraphs[0].add_run(_clean(name)).font.size = Pt(7.5)
            run = cell.add_paragraph().add_run(_clean(value))
            run.bold, run.font.color.rgb = True, RGBColor.from_string(ACCENT[1:])


def _section(document: Any, section: Section, board: bool = False) -> None:
    document.add_heading(_clean(section.title), 2)
    charts = []
    for block in section.blocks:
        if isinstance(block, Drawing):
            if board:
                charts.append(block)
            else:
                document.add_picture(io.BytesIO(picture(block, 510, 250)), width=Mm(_TEXT_WIDTH))
        elif isinstance(block, Table):
            _table(document, block)
        elif isinstance(block, Bullets):
            for line in block.lines:
                document.add_paragraph(_clean(line), style="List Bullet")
        else:
            document.add_paragraph(_clean(block))
    if charts:
        row = document.add_table(1, len(charts))
        for at, chart in enumerate(charts):
            run = row.cell(0, at).paragraphs[0].add_run()
            run.add_picture(io.BytesIO(picture(chart, 250, 190)), width=Mm(_TEXT_WIDTH / 2 - 5))


def _table(document: Any, table: Table) -> None:
    if table.title:
        document.add_paragraph(_clean(table.title))
    grid = document.add_table(1, len(table.columns), style="Table Grid")
    grid.autofit = False
    _borders(grid)
    numeric = table.numeric
    grid.rows[0]._tr.get_or_add_trPr().append(_element("<w:tblHeader/>"))  # repeated on every page
    rows = [grid.rows[0].cells]  # kept: python-docx looks for a column's cells among all of the table
    for at, (cell, title) in enumerate(zip(rows[0], table.columns, strict=True)):
        _shade(cell, ACCENT)
        _fill(cell, title, numeric[at], bold=True, white=True)
    for index, line in enumerate(table.rows):
        cells = grid.add_row().cells
        rows.append(cells)
        for at, figure in enumerate(line):
            _fill(cells[at], figure.text, numeric[at], bold=index in table.marked)
            if index in table.marked:
                _shade(cells[at], TINT)
    for at, share in enumerate(table.shares):
        width = Mm(_TEXT_WIDTH * share)
        grid.columns[at].width = width
        for cells in rows:
            cells[at].width = width
    document.add_paragraph().add_run(_clean(table.note)).font.size = Pt(8)


def _fill(cell: Any, text: str, right: bool, *, bold: bool = False, white: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(_clean(text))
    run.font.size, run.bold = Pt(8), bold
    if white:
        run.font.color.rgb = RGBColor(255, 255, 255)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _borders(grid: Any) -> None:
    """Thin grey lines between the rows alone."""
    sides = dict.fromkeys(("top", "left", "bottom", "right", "insideH", "insideV"), "nil")
    sides |= {"bottom": "single", "insideH": "single"}
    lines = (f'<w:{side} w:val="{kind}" w:sz="4" w:color="{GRID[1:]}"/>' for side, kind in sides.items())
    borders = _element(f"<w:tblBorders>{''.join(lines)}</w:tblBorders>")
    properties = grid._tbl.tblPr
    following = [each for each in properties if each.tag in (qn("w:shd"), qn("w:tblLayout"), qn("w:tblLook"))]
    following[0].addprevious(borders) if following else properties.append(borders)


def _page_number(run: Any) -> None:
    """A field that Word fills in on each page."""
    run.font.size = Pt(7.5)
    begin, end = (f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "end"))
    run._r.extend(map(_element, (begin, "<w:instrText>PAGE</w:instrText>", end)))


def _shade(cell: Any, colour: str) -> None:
    cell._tc.get_or_add_tcPr().append(_element(f'<w:shd w:val="clear" w:fill="{colour[1:]}"/>'))


def _element(markup: str) -> Any:
    """An element that python-docx has no word for."""
    return parse_xml(re.sub(r"(?=/?>)", f" {nsdecls('w')}", markup, count=1))


def _clean(text: str) -> str:
    """Text without the characters XML cannot hold."""
    return ILLEGAL.sub("", text)
