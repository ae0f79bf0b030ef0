"""The sheet Summary: what to do, what it saves, how sure that is, why, and what would flip it."""

from __future__ import annotations

from typing import Any

from workbook.template import model
from workbook.template.cases import Case
from workbook.template.grid import Chart, Place, Sheet
from workbook.template.inputs import COUNT, MOST_MONTHS
from workbook.template.layout import HEADING, band, header, opened, unit
from workbook.template.styles import ACCENT

_MONEY, _WHOLE = '"#,##0.00"', '"#,##0"'
_MODEL = "INDEX(row.label,1,{0})"
_MONTHS = 'IF({0}=1,"1 month",TEXT({0},"0.#")&" months")'
_READY = 'IF(gap_count>0,"",IF(best=0,{0},{1}))'


def _sentences() -> tuple[tuple[str, str, float], ...]:
    saves = _READY.format(
        '"No option that is entered is open."',
        'IF(best=1,"Nothing changes: of what is open, today costs the least over the months counted.",'
        'IF(ROUND(best_saving,1+1)=0,"It costs as much to run in month one as "&first.label,'
        'IF(best_saving>0,"It saves "&currency&" "&TEXT(best_saving,"#,##0.00")&" of running cost in month one against "&first.label,'
        '"It costs "&currency&" "&TEXT(-best_saving,"#,##0.00")&" more to run in month one than "&first.label))'
        '&", from month "&(INDEX(row.built,1,best)+1)&" on, for "&currency&" "&TEXT(best_upfront,"#,##0")&" up front"'
        '&IF(best_upfront>0,IF(ISNUMBER(best_back),IF(best_back<1,"; everything counted, that is back within a month","; everything counted, that is back after "&TEXT(best_back,"0.0")&" months"),""),"")'
        '&". Over "&'
        + 'IF(months=1,"1 month",months&" months")'
        + '&" that is worth "&currency&" "&TEXT(best_npv,"#,##0")&" at "&TEXT(annual_rate,"0.0%")&" a year."'
        '&IF(first.gate="",IF(first.next=0,""," Today is shut down on "&TEXT(first.shutdown_date,"yyyy-mm-dd")&"; from then on it is counted as "&INDEX(row.label,1,first.next)&"."),'
        '" Today is out: "&first.gate&"; its cost is shown as it was."))',
    )
    sure = _READY.format(
        '""',
        'IF(best=1,"",IF(answers_known=0,"Nobody has entered a test of its answers: they are taken to be as good as '
        'today\'s. ",IF(N(INDEX(row.trials,1,best))>0,"Its answers passed "&TEXT(INDEX(row.measured,1,best),"0.0%")&'
        '" of "&INDEX(row.trials,1,best)&IF(INDEX(row.trials,1,best)=1," test"," tests")&"; with 95% confidence at least "&TEXT(INDEX(row.pass_low,1,best),"0.0%")&". ","")))'
        '&IF(questions=0,"No question about the inputs is open.",IF(questions=1,"One question",questions&" questions")&'
        '" about the inputs: "&INDEX(question_words,MATCH(1,question_number,0))&IF(questions>1," and others, see Checks.",", see Checks."))',
    )
    cost = _READY.format(
        '""',
        '"Over the months counted, all in, at present value, it costs "&TEXT(INDEX(row.present,1,best),"#,##0")'
        '&IF(best=1,"","; today "&TEXT(first.present,"#,##0"))&IF(runner<=1,"","; next, "&INDEX(row.name,1,runner)&", "&'
        'TEXT(INDEX(row.present,1,runner),"#,##0"))&"."',
    )
    share = 'TEXT(INDEX(row.{0},1,best)/INDEX(row.year1,1,best),"0%")'
    made = _READY.format(
        '""',
        'IF(N(INDEX(row.year1,1,best))=0,"Its first year costs nothing.","Its first year costs "&TEXT(best_year1,"#,##0")&IF(IF(INDEX(row.lives,1,best)<months_per_year,TRUE,INDEX(row.built,1,best)>0),", with what runs before it starts and after its shutdown.",": "&'
        + share.format("q_calls") + '&" calls, retrieval and repair, "&' + share.format("q_people") + '&" human review, "&'
        + share.format("q_fixed") + '&" hosting and upkeep, "&IF(' + share.format("q_again") + '="0%","",'
        + share.format("q_again") + '&" retraining, ")&' + share.format("q_once") + '&" paid up front."))',
    )  # fmt: skip
    tuned = _READY.format(
        '""',
        'IF(entered.5=0,"Fine-tuning is not entered.","Fine-tuning: "&IF(best=tuned_option,"recommended",state.5)&"; on cost alone against today, '
        '"&decision&IF(ISNUMBER(breakeven)," (break-even "&IF(breakeven<1,"within a month","after "&TEXT(breakeven,"0.00")&" months")&"; accepted below "&ROUND(max_months,1+1)&")",'
        '" (it never breaks even)")&".")',
    )
    return (("What it saves", saves, 32), ("How sure", sure, 32), ("Why: cost", cost, 18), ("Why: make-up", made, 18),
            ("Why: fine-tuning", tuned, 18),
            ("What would flip it", "flip_text", 32))  # fmt: skip


def summary_sheet(book: Any, case: Case) -> Sheet:
    sheet = opened("Summary", case=case.title, about=case.about)
    sheet.cells[0, 0].content = f'=IF(title="","{case.title}",title)'
    row = HEADING + 1
    sheet.put(row, 0, "What to do", "headline")
    sheet.put(row, 1, "=action_text", "headline", name="out_recommendation")
    sheet.merges.append((row, 1, row, 8))
    sheet.heights[row] = 42
    row += 1
    for index, (label, text, height) in enumerate(_sentences()):
        sheet.put(row, 0, label, "strong top")
        sheet.put(row, 1, f"={text}", "sentence", key=f"live.said.{index}")
        sheet.merges.append((row, 1, row, 8))
        sheet.heights[row] = height
        row += 1
    row = _entries(sheet, row, case)
    row = _ranking(book, sheet, row + 1)
    row = _recommended(sheet, row + 1)
    _charts(book, sheet, row + 1)
    sheet.printed = (row + 19, 8)
    return sheet


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
    header(
        sheet,
        row,
        (
            "Rank",
            "Option",
            "Model",
            "Running cost, month one",
            "Up front",
            "All in, present value",
            "Worth against today",
            "Break-even, months",
            "State",
        ),
    )
    sheet.cells[row, 0].style = "head"
    sheet.put(row - 1, 3, '="Amounts in "&currency', "unit")
    row += 1
    top = row
    for k in model.OPTIONS:
        order = f"SMALL(row.order,{_number(k)})"
        which = f"shown_option.{k}"
        sheet.put(row, 9, f"=MATCH({order},row.order,0)", "faint whole", key=f"live.{which}")
        sheet.put(row, 0, f"=INDEX(row.rank,1,{which})", "whole centre", key=f"live.shown_rank.{k}")
        sheet.put(row, 1, f"=INDEX(row.name,1,{which})", "label")
        sheet.put(row, 2, f'=IF(INDEX(row.model,1,{which})="","",INDEX(row.model,1,{which}))', "label")
        for column, (key, look) in enumerate(
            (("month", "money"), ("paid", "flow"), ("present", "flow"), ("npv", "flow"), ("breakeven_all", "months")), 3
        ):
            figure = f"INDEX(row.{key},1,{which})"
            sheet.put(row, column, f'=IF(ISERROR({figure}),"–",{figure})', f"{look} right")
        sheet.put(row, 8, f"=INDEX(row.state,1,{which})", "label apart")
        shown = f"INDEX(row.present,1,{which})"
        for column, key, best, rest in ((10, "best", shown, "NA()"), (11, "open", "NA()", shown)):
            text = f"=IF(INDEX(row.open,1,{which})=1,IF({which}=best,{best},{rest}),NA())"
            sheet.put(row, column, text, "faint flow", key=f"live.bar_{key}.{k}")
        sheet.put(row, 12, f'=IF(INDEX(row.open,1,{which})=1,INDEX(row.name,1,{which}),"")', "faint")
        row += 1
    for column, text in ((9, "Column"), (10, "Chart: recommended"), (11, "Chart: open"), (12, "Chart: name")):
        sheet.put(top - 1, column, text, "note")
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


def _number(k: int) -> str:
    """k without a number in the formula: the header cell of option k."""
    return f"number.{k}"


FIGURES = (
    ("Recommended option", "best_name", "", "answer", "out_best_option"),
    ("Running cost, month one", "best_monthly", "USD per month", "money", "out_best_monthly"),
    ("Saved on it, month one", "best_saving", "USD per month", "money", None),
    ("Paid up front", "best_upfront", "USD", "money", None),
    ("Break-even, all in", "best_back", "months", "months", "out_rec_breakeven_months"),
    ("Discounted payback", "best_payback", "months", "months", "out_rec_payback"),
    ("Internal rate of return", "best_irr", "per year", "rate", "out_rec_irr"),
    ("Next best", "runner_name", "", "answer", "out_runner_up"),
)
_OF_BEST = {
    "best_name": 'IF(best=0,"none",INDEX(row.name,1,best))',
    "best_monthly": "IF(best=0,NA(),INDEX(row.running,1,best))",
    "best_back": "IF(best=0,NA(),INDEX(row.crossed,1,best))",
    "best_payback": "IF(best=0,NA(),INDEX(row.discounted_back,1,best))",
    "best_irr": "IF(best=0,NA(),INDEX(row.rate_of_return,1,best))",
    "runner_name": 'IF(runner=0,"none",INDEX(row.name,1,runner))',
}
_WHY_NOT = 'IF(best=0,"nothing is recommended yet",IF(best=1,"today itself",IF(best_upfront=0,"nothing is paid up front",{0})))'
_NO_FIGURE = {
    "best_back": "it is never paid back",
    "best_payback": "not within the months counted",
    "best_irr": "no rate, or more than one",
}
"""Why a figure is #N/A, in words where its unit would stand."""


def _recommended(sheet: Sheet, row: int) -> int:
    band(sheet, row, "The recommended option against today", 9)
    row += 1
    half = len(FIGURES) // 2
    for index, (label, key, unit_text, look, name) in enumerate(FIGURES):
        line, (column, value) = row + index % half, (0, 1) if index < half else (4, 6)
        sheet.put(line, column, label, "label")
        own = key in _OF_BEST
        sheet.put(line, value, f"={_OF_BEST.get(key, key)}", look, name=name, key=f"live.{key}" if own else None)
        shown = unit(unit_text)
        if look != "answer":
            usual = shown[1:] if shown.startswith("=") else f'"{shown}"'
            why = _WHY_NOT.format(f'"{_NO_FIGURE.get(key, "not known")}"')
            shown = f"=IF(ISNUMBER({key}),{usual},{why})"
        if key == "runner_name":
            sheet.merges.append((line, value, line, value + 1))
        else:
            sheet.put(line, value + 1, shown, "unit")
    for area in (f"B{row + 1}:B{row + half}", f"G{row + 1}:G{row + half}"):
        sheet.rules.append((area, {"type": "errors", "style": "hidden"}))
    return row + half


def _charts(book: Any, sheet: Sheet, row: int) -> None:
    """What is paid to date, then the options as bars."""
    series = []
    for key, label, colour, dash, position, last in (
        ("today_line", "Today", "#7F7F7F", "solid", "right", MOST_MONTHS),
        ("best_line", "Recommended", ACCENT, "solid", "right", MOST_MONTHS),
        ("runner_line", "Next best", "#5B9BD5", "dash", "above", MOST_MONTHS - 6),
    ):
        line = {
            "custom": [{"delete": True}] * last + [None] + [{"delete": True}] * (MOST_MONTHS - last),
            "series_name": True,
            "value": False,
            "position": position,
            "font": {"size": 9},
        }
        series.append(
            {
                "name": label,
                "categories": "t",
                "values": key,
                "colour": colour,
                "width": 2.5,
                "line": {"dash_type": dash},
                "labels": line,
            }
        )
    sheet.charts.append(
        Chart(
            "scatter",
            "Cost to date, all in: today, recommended, next best",
            row,
            0,
            590,
            360,
            series,
            "Month",
            f"=Summary!$D${book.places['live.bars'].row - 1}",
            "straight",
            {"x": {"min": 0, "max": 44, "major_unit": 6}, "y": {"min": 0}},
        )
    )
    _bars(book, sheet, row)


def _bars(book: Any, sheet: Sheet, row: int) -> None:
    """The open options by cost, the recommended one marked."""
    place = book.places["live.bars"]
    top, bottom = place.row + 1, place.row + COUNT
    sheet.charts.append(
        Chart(
            "bar",
            "Open options, all in, present value over the months counted",
            row,
            3,
            760,
            360,
            [
                {"name": name, "categories": f"=Summary!$M${top}:$M${bottom}", "values": f"=Summary!${letter}${top}:${letter}${bottom}",
                 "colour": colour, "overlap": 100, "labels": True}
                for name, letter, colour in (("Recommended", "K", ACCENT), ("Open", "L", "#9DC3E6"))
            ],
            "",
            f"=Summary!$D${place.row - 1}",
            None,
            {"y": {"reverse": True, "crossing": "max", "num_format": "General", "major_gridlines": {"visible": False}}, "x": {"min": 0, "num_format": "#,##0"}},
        )
    )  # fmt: skip
