"""The sheet Summary: what to do, what it saves, how sure that is, why, and what would flip it."""

from __future__ import annotations

from typing import Any

from workbook.file import tsv
from workbook.template import model
from workbook.template.cases import Case
from workbook.template.grid import Chart, Place, Sheet
from workbook.template.inputs import DATA, MOST_MONTHS, used_options
from workbook.template.layout import HEADING, band, bars, header, lined, opened, titles_of, unit
from workbook.template.rows import filled
from workbook.template.styles import ACCENT, GREY, GRID, PALE

_SHARES = {
    part: f'TEXT(INDEX(row.{part},1,best)/INDEX(row.year1,1,best),"0%")'
    for part in ("q_calls", "q_people", "q_fixed", "q_again", "q_once")
}


def summary_sheet(book: Any, case: Case) -> Sheet:
    sheet = opened("Summary", case=case.title, about=case.about)
    sheet.cells[0, 0].content = f'=IF(title="","{case.title}",title)'
    row = HEADING + 1
    sheet.put(row, 0, "What to do", "headline")
    sheet.put(row, 1, "=action_text", "headline", name="out_recommendation")
    sheet.merges.append((row, 1, row, 8))
    sheet.heights[row] = 42
    row += 1
    for index, line in enumerate(tsv.lines(DATA / "sentences.tsv")):
        text, none = filled(line["formula"], _SHARES), line["nothing_open"]
        sheet.put(row, 0, line["label"], "strong top")
        ready = f'IF(gap_count>0,"",IF(best=0,{none},{text}))' if none else text
        sheet.put(row, 1, f"={ready}", "sentence", key=f"live.said.{index}")
        sheet.merges.append((row, 1, row, 8))
        sheet.heights[row] = int(line["height"])
        row += 1
    row = _entries(sheet, row, case)
    row = _ranking(book, sheet, row + 1)
    row = _recommended(sheet, row + 1)
    _charts(book, sheet, row + 1, max(_FEWEST_BARS.get(case.name, 3), len(used_options(case.given))))
    sheet.printed = (row + 19, 8)
    return sheet


_FEWEST_BARS = {"blank": 6}
"""Places in the chart for what will be entered; elsewhere three."""
ENTRIES = 10


def _entries(sheet: Sheet, row: int, case: Case) -> int:
    """What is still to enter, in words, and links to it, two a line."""
    lines = ENTRIES if case.name == "blank" else 4
    words = "INDEX(entry_words,MATCH(number.{0},entry_number,0))"
    named = "&".join(
        f'IF(MAX(entry_number)<number.{n},"",{"" if n == 1 else chr(34) + "; " + chr(34) + "&"}{words.format(n)})'
        for n in range(1, lines + 1)
    )
    sheet.put(row, 0, "Still to enter", "strong top")
    sheet.put(
        row,
        1,
        '=IF(gap_count=0,"Nothing: every input the answer rests on is filled in.",gap_count&IF(gap_count=1," input: "," inputs: ")&'
        f'{named}&IF(MAX(entry_number)>number.{lines},", and others","")&".")',
        "sentence",
    )
    sheet.merges.append((row, 1, row, 8))
    sheet.heights[row] = 32
    for number in range(1, lines + 1):
        line, column = row + 1 + (number - 1) // 2, 1 if number % 2 else 3
        position = f"MATCH(number.{number},entry_number,0)"
        found = f"INDEX(entry_where,{position})"
        sheet.put(line, column, f'=IF(ISNA({position}),"",HYPERLINK({found},INDEX(entry_words,{position})))', "linked")
    return row + 1 + (lines + 1) // 2


def _ranking(book: Any, sheet: Sheet, row: int) -> int:
    titles = titles_of("ranking")
    header(sheet, row, titles[:9])
    for column, title in enumerate(titles[9:], 9):
        sheet.put(row, column, title, "note")
    sheet.cells[row, 0].style = "head"
    sheet.put(row - 1, 3, '="Amounts in "&currency', "unit")
    row += 1
    top = row
    for k in model.OPTIONS:
        lined(sheet, row, "ranking", k=k)
        row += 1
    sheet.rules.append(
        (
            f"A{top + 1}:I{row}",
            {"type": "formula", "criteria": f"=AND(ISNUMBER($A{top + 1}),$A{top + 1}=1)", "style": "mark"},
        )
    )
    sheet.rules.append((f"A{top + 1}:I{row}", {"type": "errors", "style": "absent"}))
    sheet.rules.append((f"A{top + 1}:I{row}", {"type": "formula", "criteria": f'=$A{top + 1}=""', "style": "grey"}))
    book.places["live.bars"] = Place(sheet.name, top, 1)
    return row


_WHY_NOT = 'IF(best=0,"nothing is recommended yet",IF(best=1,"today itself",IF(best_upfront=0,"nothing is paid up front",{0})))'
"""Why a figure is #N/A, in words where its unit would stand."""


def _recommended(sheet: Sheet, row: int) -> int:
    band(sheet, row, "The recommended option against today", 9)
    row += 1
    lines = tsv.lines(DATA / "recommended.tsv")
    half = len(lines) // 2
    for index, line in enumerate(lines):
        at, (column, value) = row + index % half, (0, 1) if index < half else (4, 6)
        key, formula, shown = line["key"], line["formula"], unit(line["unit"])
        sheet.put(at, column, line["label"], "label")
        own = f"live.{key}" if formula else None
        sheet.put(at, value, f"={formula or key}", line["look"], name=line["name"] or None, key=own)
        if line["absent"]:
            usual = shown[1:] if shown.startswith("=") else f'"{shown}"'
            why = _WHY_NOT.format(f'"{line["absent"]}"')
            shown = f"=IF(ISNUMBER({key}),{usual},{why})"
        if key == "runner_name":
            sheet.merges.append((at, value, at, value + 1))
        else:
            sheet.put(at, value + 1, shown, "unit")
    for area in (f"B{row + 1}:B{row + half}", f"G{row + 1}:G{row + half}"):
        sheet.rules.append((area, {"type": "errors", "style": "hidden"}))
    return row + half


def _charts(book: Any, sheet: Sheet, row: int, count: int) -> None:
    """What is paid to date, then so many of the ranking's first options: those that the case enters leave no gaps."""
    amounts = f"=Summary!$D${book.places['live.bars'].row - 1}"
    lines = []
    for key, label, colour, dash, position, last in (
        ("today_line", "Today", GREY, "solid", "right", MOST_MONTHS),
        ("best_line", "Recommended", ACCENT, "solid", "right", MOST_MONTHS),
        ("runner_line", "Next best", "#5B9BD5", "dash", "above", MOST_MONTHS - 6),
    ):
        gone = [{"delete": True}]
        labels = {"custom": gone * last + [None] + gone * (MOST_MONTHS - last), "series_name": True, "value": False}
        labels |= {"position": position, "font": {"size": 9}}
        lines.append(
            {"name": label, "categories": "t", "values": key, "colour": colour, "dash": dash, "labels": labels}
        )
    sheet.charts.append(
        Chart(
            "scatter",
            "Cost to date, all in: today, recommended, next best",
            row,
            0,
            590,
            360,
            lines,
            "Month",
            amounts,
            {"x": {"min": 0, "max": 44, "major_unit": 6}, "y": {"min": 0}},
        )
    )
    place = book.places["live.bars"]
    area = "=Summary!${0}$" + f"{place.row + 1}:" + "${0}$" + str(place.row + count)
    named = (("Recommended", "K", ACCENT), ("Open", "L", PALE), ("Out", "M", GRID))
    series = [(name, area.format(column), colour) for name, column, colour in named]
    title = f"The first {count} of the ranking: all in, present value over the months counted"
    down = {"reverse": True, "crossing": "max"}
    sheet.charts.append(bars(title, (row, 3), (760, 360), area.format("N"), series, amounts, "#,##0", down, {"min": 0}))
