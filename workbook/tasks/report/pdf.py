"""The memo as a PDF: one page for the board, details after it. Drawn with ReportLab."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepInFrame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Table as Grid

from workbook.file import tsv
from workbook.tasks.report.charts import draw
from workbook.tasks.report.memo import Bars, Bullets, Drawing, Lines, Memo, Section, Table, Tornado
from workbook.template.styles import ACCENT, GREY, GRID, TINT

_MARGIN = 42.0
_WIDTH = A4[0] - 2 * _MARGIN
_PALE = "#F4F7FB"
_SUBSTITUTES = {"\u2212": "\u2013", "\u2264": "<=", "\u2265": ">=", "\u2192": "to", "\u00a0": " ", "\u202f": " "}
"""Signs that the PDF's own typefaces lack, in signs they have."""
_DATA = Path(__file__).parent / "data"
_FALLBACKS = (_DATA / "typefaces.txt").read_text(encoding="utf-8").split("\n")[:-1]
"""Where a typeface for other scripts may be; what none of them has is shown as a question mark."""

_CJK = ((0xAC00, 0xD7AF, "HYSMyeongJo-Medium"), (0x2E80, 0x9FFF, "STSong-Light"), (0xF900, 0xFFEF, "STSong-Light"))
"""Ranges of signs for which every PDF viewer has, or fetches, a typeface of this name."""


def as_pdf(memo: Memo) -> bytes:
    """The PDF's bytes, the same for the same memo."""
    stream = io.BytesIO()
    document = BaseDocTemplate(
        stream,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=36,
        bottomMargin=44,
        title=memo.title,
        subject=memo.answer,
        author="llm-breakeven",
        creator="llm-breakeven",
        invariant=True,
        pageCompression=1,
        lang="en",
    )
    frame = Frame(_MARGIN, 44, _WIDTH, A4[1] - 80, 0, 0, 0, 0, id="page")
    document.addPageTemplates(PageTemplate("page", [frame], onPage=lambda canvas, _: _footer(canvas, memo)))
    board = [*_heading(memo), *(piece for section in memo.board for piece in _section(section, board=True))]
    story: list[Flowable] = [KeepInFrame(_WIDTH, A4[1] - 82, board, mode="shrink")]
    if memo.details:
        story.append(PageBreak())
        for section in memo.details:
            story += _section(section)
    document.build(story, canvasmaker=Numbered)
    return stream.getvalue()


def _style(line: dict[str, str]) -> ParagraphStyle:
    """A look of data/styles.tsv."""
    more = {field: float(value) for field, _, value in (part.partition("=") for part in line["more"].split())}
    if "alignment" in more:
        more["alignment"] = TA_RIGHT
    return ParagraphStyle(
        line["style"],
        fontName=line["font"],
        fontSize=float(line["size"]),
        leading=float(line["leading"]),
        textColor=colors.HexColor(line["colour"]),
        splitLongWords=1,
        **more,
    )


_LOOKS = {line["style"]: _style(line) for line in tsv.lines(_DATA / "styles.tsv")}


def _said(text: str, look: str, bold: bool = False, **more: Any) -> Paragraph:
    markup = _markup(text)
    return Paragraph(f"<b>{markup}</b>" if bold else markup, _LOOKS[look], **more)


def _heading(memo: Memo) -> list[Flowable]:
    facts = " &nbsp;|&nbsp; ".join(f"{_markup(name)}: <b>{_markup(value)}</b>" for name, value in memo.facts)
    pieces: list[Flowable] = [_said(memo.title, "title")]
    if memo.about:
        pieces.append(_said(memo.about, "about"))
    if memo.alarm:
        pieces.append(_said(memo.alarm, "alarm"))
    pieces += [
        Spacer(0, 3),
        Paragraph(facts, _LOOKS["fact"]),
        Spacer(0, 6),
        _said(memo.question, "question"),
    ]
    answer = Grid([[_said(memo.answer, "answer")]], [_WIDTH], hAlign="LEFT")
    answer.setStyle(_cells(ACCENT, top=8, bottom=9, left=10, right=10))
    pieces += [Spacer(0, 5), answer, Spacer(0, 5)]
    if memo.figures:
        cells = [[_said(name, "fact"), _said(value, "figure")] for name, value in memo.figures]
        strip = Grid([cells], [_WIDTH / len(cells)] * len(cells), hAlign="LEFT")
        strip.setStyle(_cells(_PALE, top=4, bottom=5, left=6))
        strip.setStyle(
            TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEAFTER", (0, 0), (-2, -1), 0.5, colors.white)])
        )
        pieces.append(strip)
    return pieces


def _cells(background: str = "", **padding: float) -> TableStyle:
    """The room around what stands in each cell of a table, and the colour behind it."""
    commands: list[Any] = [(f"{side.upper()}PADDING", (0, 0), (-1, -1), size) for side, size in padding.items()]
    if background:
        commands.append(("BACKGROUND", (0, 0), (-1, -1), colors.HexColor(background)))
    return TableStyle(commands)


def _section(section: Section, board: bool = False) -> list[Flowable]:
    pieces: list[Flowable] = [] if board else [CondPageBreak(90)]
    pieces.append(_said(section.title, "section"))
    charts: list[Drawn] = []
    for block in section.blocks:
        if isinstance(block, Lines | Bars) and board:
            charts.append(Drawn(block, _WIDTH / 2 - 8, 195))
        elif isinstance(block, Drawing):
            drivers = len(block.drivers) if isinstance(block, Tornado) else 10
            pieces.append(KeepTogether([Spacer(0, 6), Drawn(block, _WIDTH, 60 + 19 * drivers), Spacer(0, 6)]))
        elif isinstance(block, Table):
            pieces += _table(block)
        elif isinstance(block, Bullets):
            pieces += [_said(line, "bullet", bulletText="\u2022") for line in block.lines]
        else:
            pieces.append(_said(block, "body"))
    if charts:
        row = Grid([charts], [_WIDTH / 2] * len(charts), hAlign="LEFT")
        row.setStyle(_cells(left=0, right=0))
        pieces += [Spacer(0, 5), row]
    return pieces


def _table(table: Table) -> list[Flowable]:
    numeric = table.numeric
    rows = [
        [
            _said(title, "head right" if figures else "head")
            for title, figures in zip(table.columns, numeric, strict=True)
        ]
    ]
    for index, line in enumerate(table.rows):
        looks = ("cell right" if figures else "cell" for figures in numeric)
        rows.append([_said(cell.text, look, index in table.marked) for cell, look in zip(line, looks, strict=True)])
    grid = Grid(rows, [_WIDTH * share for share in table.shares], repeatRows=1, hAlign="LEFT")
    grid.setStyle(_cells(top=2.2, bottom=2.6, left=4, right=4))
    style: list[Any] = [
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor(ACCENT)),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, colors.HexColor(GRID)),
    ]
    style += [("BACKGROUND", (0, row + 1), (-1, row + 1), colors.HexColor(TINT)) for row in table.marked]
    grid.setStyle(TableStyle(style))
    pieces: list[Flowable] = [_said(table.title, "body")] if table.title else []
    pieces += [grid, Spacer(0, 3)]
    if table.note:
        pieces.append(_said(table.note, "note"))
    return pieces


class Drawn(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A chart as vectors on the page; a surface of `workbook.tasks.report.charts`."""

    def __init__(self, chart: Drawing, width: float, height: float) -> None:
        super().__init__()
        self._chart, self._area = chart, (width, height)

    def wrap(self, *_: float) -> tuple[float, float]:
        return self._area

    def draw(self) -> None:
        draw(self._chart, self, *self._area)

    def line(
        self, points: Sequence[tuple[float, float]], colour: str, width: float, dash: tuple[float, ...] = ()
    ) -> None:
        canvas = self.canv
        canvas.saveState()
        canvas.setStrokeColor(colors.HexColor(colour))
        canvas.setLineWidth(width)
        canvas.setLineJoin(1)
        canvas.setDash(*([list(dash)] if dash else []))
        path = canvas.beginPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        canvas.drawPath(path)
        canvas.restoreState()

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self.canv.setFillColor(colors.HexColor(colour))
        self.canv.rect(x, y, width, height, stroke=0, fill=1)

    def word(
        self, x: float, y: float, text: str, size: float, colour: str, align: str = "left", bold: bool = False
    ) -> None:
        x -= {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * self.measure(text, size, bold)
        _write(self.canv, x, y, text, size, colour, bold)

    def measure(self, text: str, size: float, bold: bool = False) -> float:
        return float(sum(pdfmetrics.stringWidth(part, font, size) for part, font in _runs(text, bold)))


def _write(canvas: Any, x: float, y: float, text: str, size: float, colour: str, bold: bool = False) -> None:
    canvas.setFillColor(colors.HexColor(colour))
    for part, font in _runs(text, bold):
        canvas.setFont(font, size)
        canvas.drawString(x, y, part)
        x += pdfmetrics.stringWidth(part, font, size)


def _markup(text: str) -> str:
    """Text for a paragraph; scripts that Helvetica lacks in a typeface that has them."""
    pieces = []
    for part, font in _runs(text, False):
        shown = escape(part)
        pieces.append(shown if font == "Helvetica" else f'<font name="{font}">{shown}</font>')
    return "".join(pieces)


def _runs(text: str, bold: bool) -> list[tuple[str, str]]:
    """Text in runs of one typeface."""
    text = "".join(_SUBSTITUTES.get(sign, sign) for sign in text)
    plain = "Helvetica-Bold" if bold else "Helvetica"
    runs: list[tuple[str, str]] = []
    for sign in text:
        font = plain
        if not _western(sign):
            font = _font_for(sign)
            if not font:
                sign, font = "?", plain
        if runs and runs[-1][1] == font:
            runs[-1] = (runs[-1][0] + sign, font)
        else:
            runs.append((sign, font))
    return runs


@cache
def _western(sign: str) -> bool:
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return sign.isprintable()


@cache
def _font_for(sign: str) -> str:
    """A typeface on this computer that has a sign; "" when none has."""
    for number, path in enumerate(_FALLBACKS):
        name = f"Other{number}"
        if not Path(path).exists():
            continue
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, path))
        if ord(sign) in pdfmetrics.getFont(name).face.charToGlyph:
            return name
    for low, high, name in _CJK:
        if low <= ord(sign) <= high:
            if name not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(UnicodeCIDFont(name))
            return name
    return ""


def _footer(canvas: Any, memo: Memo) -> None:
    canvas.saveState()
    canvas.setStrokeColor(colors.HexColor(GRID))
    canvas.setLineWidth(0.5)
    canvas.line(_MARGIN, 36, A4[0] - _MARGIN, 36)
    text = memo.footer if len(memo.footer) < 120 else memo.footer[:117] + "..."
    _write(canvas, _MARGIN, 26, text, 7, GREY)
    canvas.restoreState()


class Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas that writes "page 2 of 7" once it knows how many there are."""

    def __init__(self, *arguments: Any, **fields: Any) -> None:
        super().__init__(*arguments, **fields)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, state in enumerate(self._pages, 1):
            self.__dict__.update(state)
            self.setFont("Helvetica", 7)
            self.setFillColor(colors.HexColor(GREY))
            self.drawRightString(A4[0] - _MARGIN, 26, f"page {number} of {len(self._pages)}")
            super().showPage()
        super().save()


rl_config.invariant = 1
