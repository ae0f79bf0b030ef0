"""The sheets a person reads: the portfolio ranked, what to do first under a budget, a use case by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbook.engines.lines import LINE
from workbook.file import tsv
from workbook.tasks.kinds import BUDGET, INPUTS, MODEL, PLACES, TOTAL, USE_CASES
from workbook.tasks.portfolio.page import Pages
from workbook.tasks.portfolio.results import ALWAYS, DATA, PAID_BACK, SHOWN, Shown
from workbook.tasks.portfolio.values import FIRST_LINE
from workbook.template.cases import SHAPE
from workbook.template.grid import letters
from workbook.template.inputs import INPUTS as ALL

PORTFOLIO, FIRST = "Portfolio", "What first"
RANK, ORDER = 1, 2
"""Columns before those of `SHOWN`."""

_COLUMNS = {column.key: place for place, column in enumerate(SHOWN, ORDER + 1)}
FIRST_COLUMNS = tsv.lines(DATA / "first.tsv")


def portfolio_sheet(pages: Pages) -> list[int]:
    """The portfolio; returns the use cases that should change, in the order in which they pay back."""
    sheet = pages.sheets[PORTFOLIO]
    purpose = (
        "One line a use case, every figure a formula. A use case with inputs missing counts in no total. "
        "To sort, copy the values elsewhere: each line reads its own line of Model."
    )
    pages.title(sheet, "Portfolio", purpose)
    heads = [("Use case", "", 26.0), ("Rank", "by saving", 9), ("Order", "to do", 8)]
    heads += [*((column.title, column.unit, float(column.width)) for column in SHOWN)]
    for place, (title, unit, width) in enumerate(heads):
        sheet.set_column(place, place, width)
        sheet.write_string(2, place, f"{title}\n{unit}".strip(), pages.look("head" if place else "head left"))
    pages.book.define_name(USE_CASES, f"={PORTFOLIO}!$A$3")
    sheet.set_row(2, 45)
    sheet.freeze_panes(FIRST_LINE - 1, 1)
    _totals(pages)
    ranks = _ranks([row["rec_saving_monthly"] for row in pages.found])
    order = _order(pages.found)
    done = {index: place for place, index in enumerate(order, 1)}
    for index, row in enumerate(pages.found):
        line = FIRST_LINE + index
        sheet.set_row(line - 1, 27)
        pages.formula(sheet, line, 0, f"={INPUTS}!$A{LINE}", "label", pages.table.names[index])
        for column in SHOWN:
            text, value = _shown(pages, column), row[column.key]
            pages.formula(sheet, line, _COLUMNS[column.key], text, column.look, value)
        _ranked(pages, line, ranks[index], done.get(index, ""))
    sheet.autofilter(FIRST_LINE - 2, 0, pages.last_line - 1, ORDER + len(SHOWN))
    sheet.print_area(0, 0, pages.last_line - 1, _COLUMNS["rec_saving_year1"])  # what fits a page that can be read
    return order


def _totals(pages: Pages) -> None:
    sheet = pages.sheets[PORTFOLIO]
    sheet.write_string(3, 0, "Total", pages.look("label total"))
    for place in (RANK, ORDER):
        sheet.write_blank(3, place, None, pages.look("label total"))
    for column in SHOWN:
        place = _COLUMNS[column.key]
        if not column.total:
            sheet.write_blank(3, place, None, pages.look("label total"))
            continue
        numbers = [value for row in pages.found if isinstance(value := row[column.key], float)]
        pages.book.define_name(f"{TOTAL}{column.key}", f"={PORTFOLIO}!${letters(place)}$4")
        text = f"=SUM({letters(place)}{FIRST_LINE}:{letters(place)}{pages.last_line})"
        pages.formula(sheet, 4, place, text, f"{column.look} total", sum(numbers))


def _ranked(pages: Pages, line: int, rank: object, order: object) -> None:
    sheet, last = pages.sheets[PORTFOLIO], pages.last_line
    saving, back, changes = (letters(_COLUMNS[key]) for key in ("rec_saving_monthly", PAID_BACK[0], "changes"))
    text = f'=IF(ISNUMBER({saving}{LINE}),RANK({saving}{LINE},{saving}${FIRST_LINE}:{saving}${last}),"")'
    pages.formula(sheet, line, RANK, text, "whole centre", rank)
    # Quickest back first, equals in the table's order.
    text = (
        f"=IF(N({changes}{LINE})=1,RANK({back}{LINE},{back}${FIRST_LINE}:{back}${last},1)"
        f'+SUMPRODUCT(({back}${FIRST_LINE}:{back}{LINE}={back}{LINE})*1)-1,"")'
    )
    pages.formula(sheet, line, ORDER, text, "whole centre", order)


def _shown(pages: Pages, column: Shown) -> str:
    """A figure of the model where an answer exists and no input is missing."""
    if pages.layout.place(column.figure) is None:
        return '=""'
    cell = pages.layout.cell(column.figure)
    if column.key in ALWAYS:
        return f"={cell}"
    text = f'IF(ISNUMBER({cell}),{cell},"")'
    if column.key in PAID_BACK:
        text = f'IF({pages.layout.cell("changes")}=1,{text},"")'
    return f'=IF({pages.layout.cell("gap_count")}=0,{text},"")'


def _order(found: Sequence[Mapping[str, object]]) -> list[int]:
    """The use cases that should change, quickest back first: an option that is recommended has a break-even."""
    pays = {index: float(str(row["rec_breakeven_months"])) for index, row in enumerate(found) if row["changes"] == 1}
    return sorted(pays, key=lambda index: (pays[index], index))


def _ranks(values: Sequence[object]) -> list[object]:
    """RANK: 1 is the largest, equals share a place."""
    places: dict[float, int] = {}
    for place, number in enumerate(sorted((each for each in values if isinstance(each, float)), reverse=True), 1):
        places.setdefault(number, place)
    return [places[value] if isinstance(value, float) else "" for value in values]


def what_first_sheet(pages: Pages, order: list[int], budget: float | None) -> None:
    """What to do first under a budget, and the chart of what it brings."""
    sheet = pages.sheets[FIRST]
    purpose = "Changes in the order in which they pay back; those that fit the budget are taken."
    pages.title(sheet, "What first", purpose)
    sheet.write_string(2, 1, "Budget for what is paid up front (blank: no limit)", pages.look("label"))
    sheet.write(2, 3, budget, pages.look("money input"))
    for place, column in enumerate(FIRST_COLUMNS):
        sheet.set_column(place, place, int(column["width"]))
        sheet.write_string(3, place, column["title"], pages.look("head"))
    pages.book.define_name(PLACES, f"='{FIRST}'!$A$4")
    pages.book.define_name(BUDGET, f"='{FIRST}'!$D$3")
    sheet.set_row(3, 32)
    sheet.freeze_panes(FIRST_LINE - 1, 2)
    paid = saved = spent = gained = 0.0
    for place in range(len(pages.table.rows)):
        line = FIRST_LINE + place
        sheet.set_row(line - 1, 27)
        if place >= len(order):
            _place(pages, line, [""] * len(FIRST_COLUMNS))
            continue
        row = pages.found[order[place]]
        price, gain = float(str(row["rec_upfront"])), float(str(row["rec_saving_monthly"]))
        taken = 1 if budget is None or spent + price <= budget else 0
        paid, saved, spent, gained = paid + price, saved + gain, spent + taken * price, gained + taken * gain
        name = pages.table.names[order[place]]
        _place(pages, line, [place + 1, name, row["recommendation"], price, gain, paid, saved, taken, spent, gained])
    _chart(pages, FIRST_LINE + max(len(order), 1) - 1)


def _place(pages: Pages, line: int, values: Sequence[object]) -> None:
    """One line of What first: the use case whose order it is, and the running totals."""

    def area(place: int) -> str:
        return f"{PORTFOLIO}!${letters(place)}${FIRST_LINE}:${letters(place)}${pages.last_line}"

    where = area(ORDER)
    number = f"ROW()-ROW($A${FIRST_LINE - 1})"
    above = line - 1
    picked = [0, _COLUMNS["recommendation"], _COLUMNS["rec_upfront"], _COLUMNS["rec_saving_monthly"]]
    texts = [
        *(f"INDEX({area(place)},MATCH($A{LINE},{where},0))" for place in picked),
        f"N(F{above})+D{LINE}",
        f"N(G{above})+E{LINE}",
        f'IF($D$3="",1,IF(N(I{above})+D{LINE}<=$D$3,1,0))',
        f"N(I{above})+H{LINE}*D{LINE}",
        f"N(J{above})+H{LINE}*E{LINE}",
    ]
    formulas = [f'=IF(COUNTIF({where},{number})=0,"",{number})']
    formulas += [f'=IF($A{LINE}="","",{text})' for text in texts]
    for place, (column, text, value) in enumerate(zip(FIRST_COLUMNS, formulas, values, strict=True)):
        pages.formula(pages.sheets[FIRST], line, place, text, column["look"], value)


def _chart(pages: Pages, last: int) -> None:
    chart = pages.book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
    # All of them as a line, those taken as points: neither hides the other, whichever is drawn above.
    series = (
        ("All changes", "F", "G", {"line": {"color": "#9DC3E6", "width": 2.5}}, 3, "#9DC3E6"),
        ("Taken under the budget", "I", "J", {"line": {"none": True}}, 6, "#1F4E79"),
    )
    for title, across, up, drawn, size, colour in series:
        chart.add_series(
            {
                "name": title,
                "categories": f"='{FIRST}'!${across}${FIRST_LINE}:${across}${last}",
                "values": f"='{FIRST}'!${up}${FIRST_LINE}:${up}${last}",
                **drawn,
                "marker": {"type": "circle", "size": size, "fill": {"color": colour}, "border": {"color": colour}},
            }
        )
    chart.set_title({"name": "Running cost saved, month one, over what is paid up front", "name_font": {"size": 12}})
    chart.set_x_axis({"name": "Paid up front so far, USD", "num_format": "#,##0", "min": 0})
    chart.set_y_axis({"name": "Saved so far, month one, USD", "num_format": "#,##0", "min": 0})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 620, "height": 380})
    pages.sheets[FIRST].insert_chart(FIRST_LINE - 2, len(FIRST_COLUMNS) + 1, chart)


def use_case_sheet(pages: Pages, index: int) -> None:
    """One use case by itself: its options side by side, then what was entered."""
    sheet, line, used = pages.sheets[pages.tabs[index]], FIRST_LINE + index, pages.layout.used
    pages.title(sheet, "", "One use case: every option measured the same way, then what was entered.")
    pages.formula(sheet, 1, 0, f"={INPUTS}!$A${line}", "title", pages.table.names[index])
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 1 + len(used), 18)
    for place, title in enumerate(("Option", "Unit", *(str(SHAPE[option, "name"]) for option in used))):
        sheet.write_string(3, place, title, pages.look("head" if place else "head left"))
    sheet.set_row(3, 32)
    row = FIRST_LINE
    sheet.set_row(row - 1, 40)
    for key, label, unit, look in (line.values() for line in tsv.lines(DATA / "option.tsv")):
        sheet.write_string(row - 1, 0, label, pages.look("label"))
        sheet.write_string(row - 1, 1, unit, pages.look("unit"))
        for place, option in enumerate(used, 2):
            at = pages.layout.options[key] + option - 1
            cell, value = f"{MODEL}!${letters(at)}${line}", pages.lines.values(at)[index]
            if look != "verdict" and not isinstance(value, float):  # its state says why it has no figure
                value = ""
            text = f"={cell}" if look == "verdict" else f'=IF(ISNUMBER({cell}),{cell},"")'
            pages.formula(sheet, row, place, text, look, value)
        row += 1
    row += 1
    for place, name in enumerate(pages.table.inputs, 1):
        item, value = ALL[name], pages.table.rows[index][place - 1]
        sheet.write_string(row - 1, 0, item.label, pages.look("label"))
        sheet.write_string(row - 1, 1, item.unit, pages.look("unit"))
        cell = f"{INPUTS}!${letters(place)}${line}"
        pages.formula(sheet, row, 2, f'=IF({cell}="","",{cell})', item.style, value)
        row += 1
