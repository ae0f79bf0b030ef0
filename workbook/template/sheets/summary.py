"""The sheet Summary: what to do, why, and what would flip it."""

from __future__ import annotations

from workbook.template.cases import Case
from workbook.template.core import OPTIONS
from workbook.template.grid import Chart, Sheet
from workbook.template.layout import HEADING, header, heading, unit

SUMMARY_FIGURES = (
    ("Prompt engineering, month one", "pe_monthly", "USD per month", "money"),
    ("Fine-tuning, month one", "ft_monthly", "USD per month", "money"),
    ("Saving", "saving", "USD per month", "money"),
    ("Upfront: training and labour", "upfront", "USD", "money"),
    ("Break-even", "breakeven", "months", "months"),
    ("Decision on cost alone", "decision", "verdict", "answer total"),
    ("Net present value", "npv", "USD", "money"),
    ("Internal rate of return", "irr", "per year", "rate"),
    ("Discounted payback", "payback", "months", "months"),
    ("Cheaper in year 1, review counted", "winner", "PE or FT", "answer"),
    ("Volume that pays back in time", "be_queries", "calls per month", "count"),
    ("Input price below which it stops paying", "be_price", "USD per 1M tokens", "price"),
    ("A shutdown would cost to migrate", "migration", "USD", "money"),
)
"""Label, key, unit, style of each figure on Summary."""


def summary_sheet(case: Case) -> Sheet:
    sheet = Sheet(
        "Summary",
        case.title,
        case.about,
        (38, 17, 20, 3, 31, 14, 16, 17, 17),
        accent=True,
    )
    heading(sheet)
    sheet.freeze = (HEADING, 0)
    sheet.repeat_rows = (0, HEADING - 1)
    row = HEADING + 1

    def sentence(label: str, text: str, look: str, height: float, key: str = "", name: str | None = None) -> None:
        nonlocal row
        sheet.put(row, 0, label, "strong top" if "head" not in look else "headline")
        sheet.put(row, 1, text, look, key=f"live.{key}" if key else None, name=name)
        sheet.merges.append((row, 1, row, 8))
        sheet.heights[row] = height
        row += 1

    sentence(
        "What to do",
        '=IF(missing_inputs="",chosen_action,"ENTER INPUTS: see below")',
        "headline",
        40,
        "recommendation",
        "out_recommendation",
    )
    sentence(
        "Still to enter on Inputs",
        '=IF(missing_inputs="","Nothing: every required input is filled in.",missing_inputs)',
        "sentence",
        18 if case.name != "blank" else 48,
    )
    sentence(
        "Why: running cost",
        '=IF(missing_inputs<>"","","Month one costs "&currency&" "&TEXT(pe_monthly,"#,##0.00")&" with prompt '
        'engineering, "&'
        'TEXT(ft_monthly,"#,##0.00")&" fine-tuned, "&TEXT(best_monthly,"#,##0.00")&" with the cheapest of all: '
        '"&best_option&".")',
        "sentence",
        18,
    )
    sentence(
        "Why: break-even",
        '=IF(missing_inputs<>"","","Fine-tuning against prompt engineering, on cost alone: "&decision&"; '
        '"&IF(ISNUMBER(breakeven),'
        '"break-even after "&'
        'TEXT(breakeven,"0.00")&" months, accepted below "&ROUND(max_months,1+1)&'
        'IF(max_months=1," month"," months"),"it never breaks even")&'
        'IF(to_shutdown="","",IF(to_shutdown<=0,"; the vendor shut "&ft_name&" on "&TEXT(ft_shutdown_date,'
        '"yyyy-mm-dd")&'
        '", before the start","; the vendor shuts "&ft_name&" after "&TEXT(to_shutdown,"0.0")&" months"))&".")',
        "sentence",
        32,
        "why_breakeven",
    )
    sentence(
        "Why: year 1, all in",
        '=IF(missing_inputs<>"","","With review and one-time cost year 1 comes to "&TEXT(year1.pe,"#,##0")&" '
        'prompted and "&TEXT(year1.ft,'
        '"#,##0")&'
        '" fine-tuned; what is recommended costs "&TEXT(chosen_year1,"#,##0")&". Suitability says "&suitability&".")',
        "sentence",
        32,
    )
    sentence(
        "Where the two verdicts differ",
        '=IF(missing_inputs<>"","Nothing to compare yet.",IF(IF(ISNUMBER(breakeven),AND(breakeven<max_months,'
        'winner="PE"),'
        'FALSE),"Tokens alone would pay fine-tuning back after "&TEXT(breakeven,"0.0")&" months, yet prompt '
        "engineering "
        'wins year 1 once review and one-time cost are counted. ","")&IF(must_look_up=1,"Facts that change have to be '
        'looked up: only RAG is open.",IF(chosen=label.ft,IF(decision="FINE-TUNE","They agree.",'
        '"Without review fine-tuning does not pay in time; with review it does."),IF(decision="FINE-TUNE",'
        'IF(suits.ft=0,"Cost speaks for fine-tuning, suitability does not.",IF(in_time.ft=0,"Cost alone speaks '
        "for fine-tuning; "
        'with the dearer review of its first months it no longer pays back in time.",IF(winner="FT",'
        '"Fine-tuning beats prompt engineering, but "&chosen&" beats both.",'
        '"Fine-tuning pays back in time, but not within year 1, where "&chosen&" costs the least."))),'
        'IF(chosen=label.pe,"They agree: stay with the prompt.","The verdict weighs '
        'prompt engineering against fine-tuning alone; "&IF(chosen_year1<MIN(year1.pe,year1.ft),chosen&" costs less '
        'than either in year 1.","of what is open "&chosen&" costs the least in year 1."))))))',
        "sentence",
        32,
        "differ",
    )
    sentence(
        "What would flip this",
        '=IF(missing_inputs<>"","",IF(ISNUMBER(runner_up_year1),IF(AND(items_per_month*cost_per_review>0,chosen<>label.ft,'
        'chosen<>label.hybrid),"Review: if "&chosen&" needed "&TEXT(pe_review_rate+flip_review,"0.00%")&" of its '
        "outputs reviewed "
        'instead of "&TEXT(pe_review_rate,"0.00%")&", the next best option would cost as little.",'
        "IF(ISNUMBER(flip_multiple),"
        '"Quality or price: "&chosen&" stays best until its year costs "&TEXT(flip_multiple,"#,##0.0")&'
        '" times as much.","No option can undercut "&chosen&": its year costs nothing.")),"No other option '
        'is open.")&'
        '" The verdict on cost alone turns with "&flip_nearest&".")',
        "sentence",
        32,
        "flip",
    )
    row += 1
    header(sheet, row, ("Prompt engineering against fine-tuning", "Value", "Unit"))
    header(sheet, row, ("All options", "Month one", "Year 1, all in", "3 years, all in", "Accepted output"), 4)
    sheet.heights[row] = 30
    top = row + 1
    row = top
    for label, key, unit_text, look in SUMMARY_FIGURES:
        sheet.put(row, 0, label, "label total" if "total" in look else "label")
        sheet.put(row, 1, f'=IF(missing_inputs="",{key},"")', f"{look} link", key=f"shown.{key}")
        sheet.put(row, 2, unit(unit_text), "unit")
        row += 1
    for index, (key, _) in enumerate(OPTIONS):
        sheet.put(top + index, 4, f"=label.{key}", "label", key=f"shown.label.{key}")
        for column, (figure, look) in enumerate(
            (
                (f"{key}_monthly", "money"),
                (f"year1.{key}", "flow"),
                (f"tco.{key}", "flow"),
                (f"accepted.{key}", "call"),
            ),
            5,
        ):
            sheet.put(top + index, column, f"={figure}", look, key=f"shown.all.{figure}")
    sheet.rules.append(
        (f"E{top + 1}:I{top + 6}", {"type": "formula", "criteria": f"=$E{top + 1}=$F${top + 9}", "style": "mark"})
    )
    sheet.put(top + 6, 4, "Amounts are in", "unit")
    sheet.put(top + 6, 5, "=currency", "answer", key="live.shown_currency")
    sheet.put(top + 8, 4, "Recommended", "strong")
    sheet.put(top + 8, 5, '=IF(missing_inputs="",chosen,"none yet")', "strong", key="live.shown_choice")
    sheet.merges.append((top + 8, 5, top + 8, 7))
    sheet.put(top + 9, 4, "Its year 1", "label")
    sheet.put(top + 9, 5, "=chosen_year1", "money", key="live.shown_year1")
    sheet.put(top + 10, 4, "Next best, year 1", "label")
    sheet.put(top + 10, 5, "=runner_up_year1", "money", key="live.shown_next")
    sheet.put(top + 11, 4, "Flip: review rate up by", "label")
    sheet.put(
        top + 11,
        5,
        '=IF(ISNUMBER(runner_up_year1),IF(items_per_month*cost_per_review=0,"none",(runner_up_year1-chosen_year1)'
        '/(items_per_month*months_per_year*cost_per_review)),"none")',
        "rate",
        key="live.flip_review",
    )
    sheet.put(top + 12, 4, "Flip: its year times", "label")
    sheet.put(
        top + 12,
        5,
        '=IF(ISNUMBER(runner_up_year1),IF(chosen_year1=0,"none",runner_up_year1/chosen_year1),"none")',
        "multiple",
        key="live.flip_multiple",
    )
    row += 1
    sheet.pages = 1
    sheet.rules.append((f"A{top}:I{row}", {"type": "errors", "style": "absent"}))
    sheet.charts.append(
        Chart(
            "scatter",
            "Cumulative cost: where fine-tuning has cost less",
            row,
            0,
            560,
            310,
            [
                {"name": "Prompt engineering", "categories": "t", "values": "pe_sum"},
                {"name": "Fine-tuning, all in", "categories": "t", "values": "ft_sum", "line": {"dash_type": "dash"}},
                {
                    "name": "Newer base model",
                    "categories": "t",
                    "values": "base_sum",
                    "line": {"dash_type": "round_dot"},
                },
                {
                    "name": "Crossover",
                    "categories": "crossing",
                    "values": "crossing_cost",
                    "line": {"none": True},
                    "marker": {
                        "type": "diamond",
                        "size": 10,
                        "fill": {"color": "#C00000"},
                        "border": {"color": "#C00000"},
                    },
                },
            ],
            "Month",
            "Cumulative cost (in the currency on Inputs)",
            "straight",
            {"x": {"min": 0, "max": 36, "major_unit": 6}, "y": {"min": 0}, "title_key": "crossing_text"},
        )
    )
    sheet.charts.append(
        Chart(
            "column",
            "Running cost of month one by option",
            row,
            4,
            690,
            310,
            [{"categories": "option", "values": "month", "labels": True}],
            "Option",
            "Per month (in the currency on Inputs)",
        )
    )
    sheet.merges.append((row + 16, 0, row + 16, 8))
    sheet.put(
        row + 16,
        0,
        "Colours: boxed blue on pale yellow are inputs, black are calculations, green italics fetch a figure "
        "from another sheet.",
        "note",
    )
    return sheet
