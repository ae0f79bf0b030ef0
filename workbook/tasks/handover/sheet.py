"""The sheet "Handover": plain rows of text and numbers, in the styles the workbook has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycalc.version import VERSION
from workbook.file.cells import Value
from workbook.file.edits import cell_text, stored
from workbook.file.package import Package
from workbook.file.xmlspans import DECLARATION, escaped
from workbook.formulas.dates import as_day, gives_dates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from workbook.tasks.handover.result import Handover, Replacement

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_WIDTHS = (24, 22, 12, 44, 60, 18, 60)
_LETTERS = "ABCDEFG"
_PIECE = 1 << 20


HEADINGS = ("Handover", "Proof", "Please note", "Prices", "Sheet")
"""First cells of the rows that are headings."""


def rows(result: Handover, source: str, who: str, when: datetime, checks: Value) -> Iterator[Sequence[Value]]:
    """What the sheet says: who, when, the proof, and every replacement. `checks` is the workbook's own verdict."""
    how = {
        "formulas": "native formulas over the same cells",
        "lambda": "LAMBDA names of this workbook",
        "values": "values; each formula is kept as a note on its cell",
    }
    head: list[list[Value]] = [
        ["Handover"],
        ["Made from", source],
        ["Made by", who or "(not said)"],
        ["Made on", when.strftime("%Y-%m-%d %H:%M UTC")],
        ["Made with", f"llm-breakeven {VERSION}"],
        ["Function calls became", how[result.mode]],
        ["Replaced", float(result.replaced)],
        [],
        ["Proof"],
    ]
    yield from head
    yield from ([proof] for proof in result.proofs)
    if checks is not None:
        yield ["The workbook's own checks (out_checks)", checks]
    if result.warnings:
        yield from ([], ["Please note"])
        yield from ([warning] for warning in result.warnings)
    if result.prices:
        yield from ([], ["Prices", "Source"])
        yield from ([price, text] for price, text in result.prices)
    yield from ([], ["Sheet", "Cells", "Became", "Before", "After", "Value", "Note"])
    for line in result.replacements:
        filled = f"{line.cells:,} cells, filled down; this is the first" * (line.cells > 1)
        note = ". ".join(filter(None, (filled, line.note)))
        yield [line.sheet, line.area, line.how, line.before[:32_000], line.after[:32_000], _value(line), note]


def _value(line: Replacement) -> Value:
    """What the cell shows: a day as a day."""
    return (gives_dates(line.before) and as_day(line.value)) or line.value


def bold_style(package: Package) -> str:
    """The style of the workbook that is bold and nothing else, "" where it has none.

    The styles part stays as it is: a new style would change a part that the hand-over has no business with.
    """
    for part in package.related(package.workbook_part, "styles"):
        styles = package.xml(part)
        bold = [
            any(mark.get("val") not in ("0", "false") for mark in font.iterfind("{*}b"))
            for font in styles.iterfind("{*}fonts/{*}font")
        ]
        for number, look in enumerate(styles.iterfind("{*}cellXfs/{*}xf")):
            font = package.whole_number("xf", look.attrib, "fontId", 0)
            plain = all(look.get(key, "0") == "0" for key in ("numFmtId", "fillId", "borderId"))
            if plain and 0 <= font < len(bold) and bold[font]:
                return str(number)
    return ""


def sheet_pieces(lines: Iterable[Sequence[Value]], bold: str = "") -> Iterator[bytes]:
    """A worksheet part with these rows from A1 on, in pieces; headings in the style `bold`."""
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(_WIDTHS, 1)
    )
    part = bytearray(
        f'{DECLARATION}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{widths}</cols><sheetData>'.encode()
    )
    for row, line in enumerate(lines, 1):
        if line:
            style = f' s="{bold}"' if bold and line[0] in HEADINGS else ""
            cells = [
                f'<c r="{letter}{row}"{style}{content}'
                for letter, value in zip(_LETTERS, line, strict=False)
                if (content := _content(value))
            ]
            part += f'<row r="{row}">{"".join(cells)}</row>'.encode()
        if len(part) > _PIECE:
            yield bytes(part)
            part.clear()
    part += (
        b'</sheetData><pageMargins left="0.5" right="0.5" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        b'<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'
    )
    yield bytes(part)


def _content(value: Value) -> str:
    """A cell behind its address and style; "" for one that is not written."""
    if type(value) is str:
        return f' t="inlineStr"><is><t xml:space="preserve">{escaped(cell_text(value))}</t></is></c>' if value else ""
    kind, text = stored(value)
    if text is None:
        return ""
    return (f' t="{kind}"' if kind else "") + f"><v>{text}</v></c>"
