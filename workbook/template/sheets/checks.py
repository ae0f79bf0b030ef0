"""The sheet Checks: arithmetic with one master cell; apart from it what is still to enter, and questions about inputs.

Three kinds of arithmetic check: a figure by a second route (the months on Cash flow against the sums on Costs), the
results in force against the tab of the scenario in force, and the count of formulas on every sheet, which falls when a
value is typed over one.
"""

from __future__ import annotations

import itertools
import re

from workbook.file import tsv
from workbook.file.addresses import quoted_sheet
from workbook.template import model
from workbook.template.cases import Case, Price
from workbook.template.grid import Book, Place, Sheet, letters, pieces
from workbook.template.inputs import DATA, GROUPS, INPUTS, OPTION_ROWS, option_input
from workbook.template.layout import HEADING, band, header, lined, opened, titles_of
from workbook.template.sheets.options import place_of
from workbook.template.sheets.scenarios import SHOWN


def lines() -> list[tuple[str, str, str, str]]:
    """Checks of figures, data/checks.tsv: label, expected, got, largest term."""
    found = []
    fields = ("label", "expected", "got", "scale")
    for each, group in itertools.groupby(tsv.lines(DATA / "checks.tsv"), lambda line: line["each"]):
        texts = [[line[field] for field in fields] for line in group]
        for k in model.OPTIONS if each else range(1):
            own = (
                "+".join(f"SUMPRODUCT({part})" for part in model.own_parts(k, "rest.t", "rest.growth").values())
                if k
                else ""
            )
            found += [tuple(text.replace("{own}", own).replace("{k}", str(k)) for text in line) for line in texts]
    for key, label, *_, style in SHOWN:
        if style != "verdict" or key == "action_text":
            words = f"In force against its tab: {label[0].lower()}{label[1:]}"
            found.append((words, f"INDEX(row.shown.{key},1,scenario)", f"in_force.{key}", ""))
    return found  # type: ignore[return-value]


def checks_sheet(book: Book, case: Case) -> tuple[Sheet, range]:
    """The sheet, and its lines of figures, behind which `count_formulas` writes."""
    sheet = opened("Checks")
    row = HEADING + 1
    sheet.put(row, 0, "Every arithmetic check holds", "strong")
    master = row
    header(sheet, row + 1, titles_of("checks"))
    row += 2
    first = row
    for label, expected, got, scale in lines():
        e, g = f"check.e.{row}", f"check.g.{row}"
        term = f"ABS({scale})" if scale else f"IF(ISNUMBER({e}),ABS({e}),0)+IF(ISNUMBER({g}),ABS({g}),0)"
        accept = "iteration_tolerance" if "IRR" in label else "check_tolerance"
        lined(sheet, row, "checks", n=row, label=label, expected=expected, got=got, accept=accept, term=term)
        row += 1
    counted = row
    row += _count_lines(case)
    ok = f"$E${first + 1}:$E${counted + _count_lines(case)}"
    sheet.put(master, 4, f"=raw:SUMPRODUCT(({ok}=TRUE)*1)=ROWS({ok})", "state", name="out_checks")
    sheet.rules.append((f"E{master + 1}:E{row}", {"type": "cell", "criteria": "==", "value": "FALSE", "style": "bad"}))
    row = _gaps(book, sheet, row + 1)
    row = _questions(book, sheet, row + 1, case)
    return sheet, range(first, counted)


def _count_lines(case: Case) -> int:
    return SHEETS + len(case.columns)


SHEETS = 16
"""Sheets beside the tabs whose formulas are counted: all, Checks itself down to its last line."""


def count_formulas(book: Book, sheet: Sheet, checked: range) -> None:
    """Fill in the last checks: every sheet holds as many formulas as it was made with.

    A program without ISFORMULA over an area sees nothing here, and nothing then depends on it.
    """
    two = book.find("live.shown_name", ())
    probe = f"{two.sheet}!${letters(two.column)}${two.row + 1}:${letters(two.column)}${two.row + 2}"
    row = checked.stop
    for each in book.sheets:
        top, bottom = (checked.start, row - 1) if each is sheet else (HEADING, each.last_row)
        count = sum(cell.is_formula for (line, _), cell in each.cells.items() if top <= line <= bottom)
        area = f"{quoted_sheet(each.name)}!$A${top + 1}:${letters(each.last_column)}${bottom + 1}"
        sheet.put(row, 0, f"Formulas on {each.name}", "label")
        sheet.put(row, 1, count, "exact compared")
        seen = f"IF(IFERROR(SUMPRODUCT(_xlfn.ISFORMULA({probe})*1),0)=1+1,SUMPRODUCT(_xlfn.ISFORMULA({area})*1),$B${row + 1})"
        sheet.put(row, 2, f"=raw:{seen}", "exact compared")
        sheet.put(row, 3, f"=raw:$C${row + 1}-$B${row + 1}", "scientific")
        sheet.put(row, 4, f"=raw:$D${row + 1}>=0", "state")
        row += 1


def link(book: Book, name: str) -> str:
    """Where a link to an input leads: its name, or its cell."""
    if not name[0].isdigit():
        return f"#{name}"
    place = place_of(book, name)
    return f"#{quoted_sheet(place.sheet)}!{letters(place.column)}{place.row + 1}"


def _gaps(book: Book, sheet: Sheet, row: int) -> int:
    """What is still to enter: words, link, whether, and a number for the lines that are."""
    band(sheet, row, "Still to enter before anything is recommended", 6)
    header(sheet, row + 1, ("Input", "Link", "", "Open", "Number"))
    row += 2
    items = [(f"gap_{gap.key}", f'"{gap.label}"', f'"{link(book, gap.key)}"') for gap in model.COMMON_GAPS]
    for k in model.OPTIONS:
        where = f'"{link(book, option_input(k, "name"))}"'
        for gap, compare in reversed((*((each, "") for each in model.LACKS), *((each, ">0") for each in model.GAPS))):
            text = _of_option(f"{gap.formula}{compare}", k)
            where = f'IF({text},"{link(book, option_input(k, gap.key))}",{where})'
        items.append(
            (
                f"gaps.{k}",
                f'gap.{k}&" of "&name.{k}&IF(gaps.{k}>1," and "&(gaps.{k}-1)&" more of it","")',
                f'IF(gaps.{k}=0,"",{where})',
            )
        )
    return _numbered(book, sheet, row, items, "entry")


_OF_OPTIONS = OPTION_ROWS.keys() | {row.key for row in model.OF_OPTIONS}


def _of_option(condition: str, k: int) -> str:
    """A condition over rows, for one option."""
    return "".join(f"{piece}.{k}" if piece in _OF_OPTIONS else piece for piece in pieces(condition))


def _numbered(book: Book, sheet: Sheet, row: int, items: list[tuple[str, str, str]], kind: str) -> int:
    """Lines of condition, words, link; those that are open are numbered, and found by number."""
    top = row
    for flag, words, where in items:
        for column, text, look in ((0, words, "label"), (1, where, "code")):
            constant = text.count('"') == 2 and text[0] == text[-1] == '"'
            sheet.put(row, column, text[1:-1] if constant else f"={text}", look)
        before = "" if row == top else f"+MAX(live.{kind}.no.{top}:live.{kind}.no.{row - 1})"
        is_open, no = f"live.{kind}.open.{row}", f"live.{kind}.no.{row}"
        sheet.put(row, 3, f"=IF({flag}>0,1,0)", "whole", key=is_open)
        sheet.put(row, 4, f"=IF({is_open}=1,1{before},0)", "whole", key=no)
        row += 1
    for part, column in (("words", 0), ("where", 1), ("open", 3), ("number", 4)):
        book.place(f"live.{kind}_{part}", Place(sheet.name, top, column, column, row - 1))
    return row


def _questions(book: Book, sheet: Sheet, row: int, case: Case) -> int:
    band(sheet, row, "Questions about inputs: nothing is wrong, but look again", 6)
    sheet.put(row + 1, 0, "Questions open", "strong")
    sheet.put(row + 1, 4, "=SUM(question_open)", "whole", name="out_questions", key="live.questions")
    header(sheet, row + 2, ("Question", "Link", "", "Open", "Number"))
    return _numbered(
        book,
        sheet,
        row + 3,
        [*_common_questions(book), *_option_questions(book), *_price_questions(book, case)],
        "question",
    )


def _common_questions(book: Book) -> list[tuple[str, str, str]]:
    found = []
    for _, items in GROUPS:
        for item in items:
            if item.quantity.kind in ("number", "date"):
                key = f"base.{item.name}"
                found.append(
                    (f"IF(ISTEXT({key}),1,0)", f'"{item.label} is stored as text"', f'"{link(book, item.name)}"')
                )
    asked = (line for line in tsv.lines(DATA / "questions.tsv") if not line["each"])
    return found + [(line["flag"], f'"{line["words"]}"', f'"{link(book, line["input"])}"') for line in asked]


def _option_questions(book: Book) -> list[tuple[str, str, str]]:
    asked = [line for line in tsv.lines(DATA / "questions.tsv") if line["each"]]
    found = []
    for k in model.OPTIONS:
        for line in asked:
            flag = re.sub(r"\{(\w+)\}", rf"\1.{k}", line["flag"].replace("{k}", str(k)))
            where = link(book, option_input(k, line["input"]))
            found.append((flag, f'name.{k}&" {line["words"]}"', f'"{where}"'))
    return found


def _price_questions(book: Book, case: Case) -> list[tuple[str, str, str]]:
    """A price far from the catalogue's row that filled it, or still in dollars under another currency."""
    found = []
    for name, item in case.given.items():
        if not isinstance(item, Price):
            continue
        now, listed = f"N(options.{INPUTS[name].row}.{INPUTS[name].option})", f"price.{name}"
        rate = "IF(N(usd_rate)=0,1,usd_rate)"
        far = f"IF({now}>price_ratio*{listed}*{rate},1,IF({now}*price_ratio<{listed}*{rate},1,0))"
        dollars = f'IF(currency="USD",0,IF(N(usd_rate)=1,0,IF({now}={listed},1,0)))'
        where = f'"{link(book, name)}"'
        found.append(
            (f"IF({now}=0,0,IF({listed}=0,0,{far}))", f'"{name} is far from the price listed, "&{listed}&" USD"', where)
        )
        found.append((f"IF({now}=0,0,{dollars})", f'"{name} is the list price in dollars: convert it"', where))
    return found
