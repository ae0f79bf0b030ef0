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

from workbook.tasks.report.charts import ACCENT, GREY, INK, MARK, draw
from workbook.tasks.report.memo import Bars, Bullets, Lines, Memo, Section, Table, Tornado

_MARGIN = 42.0
_WIDTH = A4[0] - 2 * _MARGIN
_TINT = "#DCE6F1"
_PALE = "#F4F7FB"
_SUBSTITUTES = {"\u2212": "\u2013", "\u2264": "<=", "\u2265": ">=", "\u2192": "to", "\u00a0": " ", "\u202f": " "}
"""Signs that the PDF's own typefaces lack, in signs they have."""
_FALLBACKS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/Library/Fonts/Arial Unicode.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "C:/Windows/Fonts/arial.ttf",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/msgothic.ttc",
    "C:/Windows/Fonts/malgun.ttf",
)
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
    document.build(story, canvasmaker=_numbered())
    return stream.getvalue()


def _style(name: str, **fields: Any) -> ParagraphStyle:
    base = {
        "fontName": "Helvetica",
        "fontSize": 8.5,
        "leading": 11,
        "textColor": colors.HexColor(INK),
        "splitLongWords": 1,
    }
    return ParagraphStyle(name, **(base | fields))


_BODY = _style("body", spaceAfter=2)
_TITLE = _style("title", fontName="Helvetica-Bold", fontSize=17, leading=21, textColor=colors.HexColor(ACCENT))
_ABOUT = _style("about", fontSize=9, textColor=colors.HexColor("#595959"))
_ALARM = _style("alarm", fontName="Helvetica-Bold", fontSize=10, leading=13, textColor=colors.HexColor(MARK))
_FACT = _style("fact", fontSize=7, leading=9, textColor=colors.HexColor("#595959"))
_QUESTION = _style("question", fontName="Helvetica-Oblique", fontSize=10, leading=13)
_ANSWER = _style("answer", fontName="Helvetica-Bold", fontSize=13.5, leading=17, textColor=colors.white)
_FIGURE = _style("figure", fontName="Helvetica-Bold", fontSize=10.5, leading=13, textColor=colors.HexColor(ACCENT))
_SECTION = _style(
    "section",
    fontName="Helvetica-Bold",
    fontSize=11,
    leading=14,
    textColor=colors.HexColor(ACCENT),
    spaceBefore=6,
    spaceAfter=2,
)
_BULLET = _style("bullet", leftIndent=9, bulletIndent=0, spaceAfter=1.5)
_HEAD = _style("head", fontName="Helvetica-Bold", fontSize=7.5, leading=9, textColor=colors.white)
_HEAD_RIGHT = _style(
    "headright",
    parent=_HEAD,
    fontName="Helvetica-Bold",
    fontSize=7.5,
    leading=9,
    textColor=colors.white,
    alignment=TA_RIGHT,
)
_CELL = _style("cell", fontSize=7.5, leading=9.2)
_CELL_RIGHT = _style("cellright", fontSize=7.5, leading=9.2, alignment=TA_RIGHT)
_NOTE = _style("note", fontSize=7, leading=8.8, textColor=colors.HexColor("#595959"))


def _heading(memo: Memo) -> list[Flowable]:
    facts = " &nbsp;|&nbsp; ".join(f"{_markup(name)}: <b>{_markup(value)}</b>" for name, value in memo.facts)
    pieces: list[Flowable] = [Paragraph(_markup(memo.title), _TITLE)]
    if memo.about:
        pieces.append(Paragraph(_markup(memo.about), _ABOUT))
    if memo.alarm:
        pieces.append(Paragraph(_markup(memo.alarm), _ALARM))
    pieces += [Spacer(0, 3), Paragraph(facts, _FACT), Spacer(0, 6), Paragraph(_markup(memo.question), _QUESTION)]
    answer = Grid([[Paragraph(_markup(memo.answer), _ANSWER)]], [_WIDTH], hAlign="LEFT")
    answer.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), colors.HexColor(ACCENT)),
                ("TOPPADDING", (0, 0), (-1, -1), 8),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("RIGHTPADDING", (0, 0), (-1, -1), 10),
            ]
        )
    )
    pieces += [Spacer(0, 5), answer, Spacer(0, 5)]
    if memo.figures:
        cells = [[Paragraph(_markup(name), _FACT), Paragraph(_markup(value), _FIGURE)] for name, value in memo.figures]
        strip = Grid([cells], [_WIDTH / len(cells)] * len(cells), hAlign="LEFT")
        strip.setStyle(
            TableStyle(
                [
                    ("BACKGROUND", (0, 0), (-1, -1), colors.HexColor(_PALE)),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("LINEAFTER", (0, 0), (-2, -1), 0.5, colors.white),
                    ("LEFTPADDING", (0, 0), (-1, -1), 6),
                    ("TOPPADDING", (0, 0), (-1, -1), 4),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
                ]
            )
        )
        pieces.append(strip)
    return pieces


def _section(section: Section, board: bool = False) -> list[Flowable]:
    pieces: list[Flowable] = [] if board else [CondPageBreak(90)]
    pieces.append(Paragraph(_markup(section.title), _SECTION))
    charts: list[Drawn] = []
    for block in section.blocks:
        if isinstance(block, Lines | Bars) and board:
            charts.append(Drawn(block, _WIDTH / 2 - 8, 195))
        elif isinstance(block, Lines | Bars | Tornado):
            drivers = len(block.drivers) if isinstance(block, Tornado) else 10
            pieces.append(KeepTogether([Spacer(0, 6), Drawn(block, _WIDTH, 60 + 19 * drivers), Spacer(0, 6)]))
        elif isinstance(block, Table):
            pieces += _table(block)
        elif isinstance(block, Bullets):
            pieces += [Paragraph(_markup(line), _BULLET, bulletText="\u2022") for line in block.lines]
        else:
            pieces.append(Paragraph(_markup(block), _BODY))
    if charts:
        row = Grid([charts], [_WIDTH / 2] * len(charts), hAlign="LEFT")
        row.setStyle(TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0)]))
        pieces += [Spacer(0, 5), row]
    return pieces


def _table(table: Table) -> list[Flowable]:
    numeric = [any(row[at].is_number for row in table.rows) for at in range(len(table.columns))]
    rows = [
        [Paragraph(_markup(title), _HEAD_RIGHT if numeric[at] else _HEAD) for at, title in enumerate(table.columns)]
    ]
    for index, line in enumerate(table.rows):
        cells = []
        for at, cell in enumerate(line):
            text = _markup(cell.text)
            cells.append(
                Paragraph(f"<b>{text}</b>" if index in table.marked else text, _CELL_RIGHT if numeric[at] else _CELL)
            )
        rows.append(cells)
    shares = table.widths or [1.0] * len(table.columns)
    grid = Grid(rows, [_WIDTH * share / sum(shares) for share in shares], repeatRows=1, hAlign="LEFT")
    style: list[Any] = [
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor(ACCENT)),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, colors.HexColor("#D9D9D9")),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 2.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
    ]
    style += [("BACKGROUND", (0, row + 1), (-1, row + 1), colors.HexColor(_TINT)) for row in table.marked]
    grid.setStyle(TableStyle(style))
    pieces: list[Flowable] = [Paragraph(_markup(table.title), _BODY)] if table.title else []
    pieces += [grid, Spacer(0, 3)]
    if table.note:
        pieces.append(Paragraph(_markup(table.note), _NOTE))
    return pieces


class Drawn(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A chart as vectors on the page; a surface of `workbook.tasks.report.charts`."""

    def __init__(self, chart: Lines | Bars | Tornado, width: float, height: float) -> None:
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
        runs = _runs(text, bold)
        total = sum(pdfmetrics.stringWidth(part, font, size) for part, font in runs)
        x -= {"left": 0.0, "centre": total / 2, "right": total}[align]
        self.canv.setFillColor(colors.HexColor(colour))
        for part, font in runs:
            self.canv.setFont(font, size)
            self.canv.drawString(x, y, part)
            x += pdfmetrics.stringWidth(part, font, size)

    def measure(self, text: str, size: float, bold: bool = False) -> float:
        return float(sum(pdfmetrics.stringWidth(part, font, size) for part, font in _runs(text, bold)))


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
    canvas.setStrokeColor(colors.HexColor("#D9D9D9"))
    canvas.setLineWidth(0.5)
    canvas.line(_MARGIN, 36, A4[0] - _MARGIN, 36)
    canvas.setFillColor(colors.HexColor(GREY))
    x = _MARGIN
    text = memo.footer if len(memo.footer) < 120 else memo.footer[:117] + "..."
    for part, font in _runs(text, False):
        canvas.setFont(font, 7)
        canvas.drawString(x, 26, part)
        x += pdfmetrics.stringWidth(part, font, 7)
    canvas.restoreState()


def _numbered() -> type:
    """A canvas that writes "page 2 of 7" once it knows how many there are."""
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
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

    return Numbered


rl_config.invariant = 1
