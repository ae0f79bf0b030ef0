"""The sheets around the calculation: Summary, Prices, Review, Suitability, Sensitivity, Functions, Log."""

from __future__ import annotations

from pycalc import catalogue
from pycalc.registry import FUNCTIONS, SECTIONS, Function
from pycalc.version import VERSION
from workbook.model.cases import Case, Price
from workbook.model.cells import Book, Chart, Place, Row, Sheet, letters, native_twin, stray_default
from workbook.model.core import OPTIONS
from workbook.model.layout import HEADING, band, figures, header, heading, table, unit

_KEYS = tuple(key for key, _ in OPTIONS)


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
    ("Input price that still pays", "be_price", "USD per 1M tokens", "price"),
    ("A shutdown would cost to migrate", "migration", "USD", "money"),
)
"""Label, key, unit, style of each figure on Summary."""


def summary_sheet(book: Book, case: Case) -> Sheet:
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

    sentence("What to do", '=IF(missing_inputs="",chosen_action,"ENTER INPUTS: see below")', "headline", 40,
             "recommendation", "out_recommendation")
    sentence("Still to enter on Inputs", f'=IF(missing_inputs="","Nothing: every required input is filled in.",missing_inputs)',
             "sentence", 18 if case.name != "blank" else 48)
    sentence(
        "Why: running cost",
        '="Month one costs "&currency&" "&TEXT(pe_monthly,"#,##0.00")&" with prompt engineering, "&'
        'TEXT(ft_monthly,"#,##0.00")&" fine-tuned, "&TEXT(best_monthly,"#,##0.00")&" with the cheapest of all: "&best_option&"."',
        "sentence", 18)
    sentence(
        "Why: break-even",
        '="Fine-tuning against prompt engineering, on cost alone: "&decision&"; "&IF(ISNUMBER(breakeven),"break-even after "&'
        'TEXT(breakeven,"0.00")&" months, accepted below "&max_months&" months","it never breaks even")&'
        'IF(to_shutdown="","",IF(to_shutdown<=0,"; the vendor shut "&ft_name&" on "&TEXT(ft_shutdown_date,"yyyy-mm-dd")&'
        '", before the start","; the vendor shuts "&ft_name&" after "&TEXT(to_shutdown,"0.0")&" months"))&"."',
        "sentence", 32)
    sentence(
        "Why: year 1, all in",
        '="With review and one-time cost year 1 comes to "&TEXT(year1.pe,"#,##0")&" prompted and "&TEXT(year1.ft,"#,##0")&'
        '" fine-tuned; what is recommended costs "&TEXT(chosen_year1,"#,##0")&". Suitability says "&suitability&"."',
        "sentence", 32)
    sentence(
        "Where the two verdicts differ",
        '=IF(missing_inputs<>"","Nothing to compare yet.",IF(chosen=label.ft,IF(decision="FINE-TUNE","They agree.",'
        '"Without review fine-tuning does not pay in time; with review it does."),IF(decision="FINE-TUNE",'
        'IF(suits.ft=0,"Cost speaks for fine-tuning, suitability does not.",IF(in_time.ft=0,"Cost alone speaks for fine-tuning; '
        'with the dearer review of its first months it no longer pays back in time.","Fine-tuning beats prompt engineering, but "&'
        'chosen&" beats both.")),IF(chosen=label.pe,"They agree: stay with the prompt.","The verdict weighs prompt engineering against '
        'fine-tuning alone; "&chosen&" costs less than either."))))',
        "sentence", 32, "differ")
    sentence(
        "What would flip this",
        '=IF(missing_inputs<>"","",IF(ISNUMBER(runner_up_year1),IF(AND(items_per_month*cost_per_review>0,chosen<>label.ft,'
        'chosen<>label.hybrid),"Review: if "&chosen&" needed "&TEXT(pe_review_rate+flip_review,"0.00%")&" of its outputs reviewed '
        'instead of "&TEXT(pe_review_rate,"0.00%")&", the next best option would cost as little.","Quality or price: "&chosen&'
        '" stays best until its year costs "&TEXT(flip_multiple,"#,##0.0")&" times as much."),"No other option is open.")&'
        '" The verdict on cost alone turns first with "&flip_nearest&".")',
        "sentence", 32, "flip")
    row += 1
    header(sheet, row, ("Prompt engineering against fine-tuning", "Value", "Unit"))
    header(sheet, row, ("All options", "Month one", "Year 1, all in", "3 years, all in", "Accepted output"), 4)
    sheet.heights[row] = 30
    top = row + 1
    row = top
    for label, key, unit_text, look in SUMMARY_FIGURES:
        sheet.put(row, 0, label, "label total" if "total" in look else "label")
        sheet.put(row, 1, f"={key}", look, key=f"shown.{key}")
        sheet.put(row, 2, unit(unit_text), "unit")
        row += 1
    for index, (key, _) in enumerate(OPTIONS):
        sheet.put(top + index, 4, f"=label.{key}", "label", key=f"shown.label.{key}")
        for column, (figure, look) in enumerate(
            ((f"{key}_monthly", "money"), (f"year1.{key}", "flow"), (f"tco.{key}", "flow"), (f"accepted.{key}", "call")), 5
        ):
            sheet.put(top + index, column, f"={figure}", look, key=f"shown.all.{figure}")
    sheet.rules.append((f"E{top + 1}:I{top + 6}", {"type": "formula", "criteria": f"=$E{top + 1}=$F${top + 9}", "style": "mark"}))
    sheet.put(top + 6, 4, "Amounts are in", "unit")
    sheet.put(top + 6, 5, "=currency", "answer", key="live.shown_currency")
    sheet.put(top + 8, 4, "Recommended", "strong")
    sheet.put(top + 8, 5, "=chosen", "strong", key="live.shown_choice")
    sheet.merges.append((top + 8, 5, top + 8, 7))
    sheet.put(top + 9, 4, "Its year 1", "label")
    sheet.put(top + 9, 5, "=chosen_year1", "money", key="live.shown_year1")
    sheet.put(top + 10, 4, "Next best, year 1", "label")
    sheet.put(top + 10, 5, "=runner_up_year1", "money", key="live.shown_next")
    sheet.put(top + 11, 4, "Flip: review rate up by", "label")
    sheet.put(top + 11, 5, '=IF(ISNUMBER(runner_up_year1),IF(items_per_month*cost_per_review=0,"none",(runner_up_year1-chosen_year1)'
              '/(items_per_month*months_per_year*cost_per_review)),"none")', "rate", key="live.flip_review")
    sheet.put(top + 12, 4, "Flip: its year times", "label")
    sheet.put(top + 12, 5, '=IF(ISNUMBER(runner_up_year1),IF(chosen_year1=0,"none",runner_up_year1/chosen_year1),"none")', "multiple",
              key="live.flip_multiple")
    row += 1
    sheet.pages = 1
    sheet.charts.append(Chart(
        "scatter", "Cumulative cost: where fine-tuning has cost less", row, 0, 560, 340,
        [
            {"name": "Prompt engineering", "categories": "t", "values": "pe_sum"},
            {"name": "Fine-tuning, all in", "categories": "t", "values": "ft_sum", "line": {"dash_type": "dash"}},
            {"name": "Newer base model", "categories": "t", "values": "base_sum", "line": {"dash_type": "round_dot"}},
            {"name_cell": "crossing_text", "categories": "crossing", "values": "crossing_cost", "line": {"none": True},
             "marker": {"type": "diamond", "size": 10, "fill": {"color": "#C00000"}, "border": {"color": "#C00000"}},
             "labels": {"series_name": True, "position": "above", "font": {"size": 9, "bold": True}}},
        ],
        "Month", "Cumulative cost (in the currency on Inputs)", "straight",
        {"x": {"min": 0, "max": 36, "major_unit": 6}, "y": {"min": 0}}))
    sheet.charts.append(Chart(
        "column", "Running cost of month one by option", row, 4, 690, 340,
        [{"categories": "option", "values": "month", "labels": True}],
        "Option", "Per month (in the currency on Inputs)"))
    sheet.merges.append((row + 18, 0, row + 18, 8))
    sheet.put(row + 18, 0, "Colours: boxed blue on pale yellow are inputs, black are calculations, green italics fetch a figure from another sheet.", "note")
    return sheet


def prices_sheet(book: Book, case: Case) -> Sheet:
    sheet = Sheet(
        "Prices",
        "Prices: what the catalogue says",
        f"Catalogue rows behind this case, as of {catalogue.as_of()}. Inputs hold the figures the model uses; the last column compares.",
        (26, 14, 13, 12, 12, 70, 11, 24, 16),
    )
    heading(sheet)
    sheet.freeze = (HEADING + 2, 1)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(sheet, row, ("Model", "Kind", "USD per 1M tokens", "From", "To before", "Source", "Read on", "Fills the input", "Input holds it"))
    row += 1
    for name, item in case.given.items():
        if not isinstance(item, Price):
            continue
        price = catalogue.price(item.model, item.kind, item.day)
        sheet.put(row, 0, price.model, "label")
        sheet.put(row, 1, price.kind, "label")
        sheet.put(row, 2, price.amount, "price", key=f"price.{name}")
        sheet.put(row, 3, price.effective_from, "source")
        sheet.put(row, 4, price.effective_to or "", "source")
        sheet.put(row, 5, price.source, "source")
        sheet.put(row, 6, price.read_on, "source")
        sheet.put(row, 7, name, "code")
        sheet.put(row, 8, f'=IF(base.{name}=price.{name},"yes","changed")', "answer")
        row += 1
    if row == HEADING + 2:
        sheet.put(row, 0, "No price is filled in yet.", "label")
        row += 1
    row += 1
    sheet.merges.append((row, 0, row, 8))
    sheet.put(row, 0, f"Prices are USD per 1,000,000 tokens. Catalogue of llm-breakeven {VERSION}; MODEL_PRICE and PRICE_SOURCE give every row.", "note")
    return sheet


def review_sheet(book: Book) -> Sheet:
    sheet = Sheet(
        "Review",
        "Review and quality: year 1 with people in it",
        "What human review adds to each option while fine-tuning earns trust, and what year 2 looks like.",
        (46, 20, 18, 18, 18, 60),
    )
    heading(sheet)
    sheet.freeze = (HEADING + 2, 2)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(sheet, row, ("Year 1", "Unit", "Prompt engineering", "Fine-tuning", "Fine-tuning less prompting", "Note"))
    book.place("live.review_head", Place(sheet.name, row, 2, 3))
    row += 1
    ramp = "items_per_month, {0}, ft_review_start_rate, ft_review_steady_rate, ft_review_ramp_months, cost_per_review"
    lines = (
        Row("r_items", "Outputs in the year", "items", ("items_per_month*months_per_year",) * 2, "count"),
        Row("r_review", "Human review", "USD",
            ("REVIEW_COST(items_per_month*months_per_year, pe_review_rate, cost_per_review)",
             f"REVIEW_RAMP({ramp.format('months_per_year')})"), keys=("pe_review_year1", "ft_review_year1")),
        Row("r_running", "Running cost, months 1 to 12", "USD", ("running_year1.pe", "running_year1.ft")),
        Row("r_retraining", "Retraining", "USD", ("0", "SUMIF(row.year_number,1,row.retraining)")),
        Row("r_once", "Training and labour", "USD", ("0", "upfront")),
        Row("r_evaluation", "Evaluation at the start", "USD", ("0", "evaluation_cost")),
        Row("r_total", "Year 1", "USD", "r_review+r_running+r_retraining+r_once+r_evaluation", "money total",
            keys=("r_total.pe", "r_total.ft")),
    )
    band(sheet, row, "Year 1", 6)
    start = row + 1
    row = table(book, sheet, start, lines, 2, 3)
    for offset in range(len(lines)):
        sheet.put(start + offset, 4, f"={letters(3)}{start + offset + 1}-{letters(2)}{start + offset + 1}".replace("=", "=raw:"),
                  "money total" if offset == len(lines) - 1 else "money", key=f"live.gap1.{offset}")
    band(sheet, row, "Year 2", 6)
    second = row + 1
    lines2 = (
        Row("r2_review", "Human review", "USD",
            ("REVIEW_COST(items_per_month*months_per_year, pe_review_rate, cost_per_review)",
             f"REVIEW_RAMP({ramp.format('months_per_year*(1+1)')})-REVIEW_RAMP({ramp.format('months_per_year')})")),
        Row("r2_running", "Running cost, months 13 to 24", "USD",
            ("SUMIF(row.year_number,1+1,row.pe_cost)", "SUMIF(row.year_number,1+1,row.ft_cost)")),
        Row("r2_retraining", "Retraining", "USD", ("0", "SUMIF(row.year_number,1+1,row.retraining)")),
        Row("r2_total", "Year 2", "USD", "r2_review+r2_running+r2_retraining", "money total", keys=("r2_total.pe", "r2_total.ft")),
    )
    row = table(book, sheet, second, lines2, 2, 3)
    for offset in range(len(lines2)):
        sheet.put(second + offset, 4, f"=raw:D{second + offset + 1}-C{second + offset + 1}",
                  "money total" if offset == len(lines2) - 1 else "money", key=f"live.gap2.{offset}")
    band(sheet, row, "What follows", 6)
    row += 1
    singles = (
        Row("winner", "Cheaper in year 1", "PE or FT",
            'IF(r_total.pe-r_total.ft>comparison_tolerance*r_total.pe,"FT","PE")', "answer total", "out_year1_winner",
            "A tie counts for prompt engineering"),
        Row("year2_winner", "Cheaper in year 2", "PE or FT",
            'IF(r2_total.pe-r2_total.ft>comparison_tolerance*r2_total.pe,"FT","PE")', "answer"),
        Row("tie_rate", "Fine-tuning ties in year 1 at a starting rate of", "share",
            'IF(items_per_month*cost_per_review*MIN(ft_review_ramp_months,months_per_year)=0,"none",ft_review_start_rate-'
            "(r_total.ft-r_total.pe)/(items_per_month*cost_per_review*MIN(ft_review_ramp_months,months_per_year)))", "rate",
            None, "Share reviewed during the first months at which both cost the same"),
        Row("pe_review_month", "Review in a month, prompted", "USD per month", "REVIEW_COST(items_per_month, pe_review_rate, cost_per_review)"),
        Row("ft_review_month", "Review in a month, fine-tuned, later rate", "USD per month",
            "REVIEW_COST(items_per_month, ft_review_steady_rate, cost_per_review)"),
        Row("ramp_extra", "What the first months add", "USD",
            "REVIEW_COST(items_per_month*ft_review_ramp_months, ft_review_start_rate, cost_per_review)"
            "-REVIEW_COST(items_per_month*ft_review_ramp_months, ft_review_steady_rate, cost_per_review)"),
        Row("pe_review_all", "Review over three years, prompted", "USD", "REVIEW_COST(items_per_month*last.t, pe_review_rate, cost_per_review)"),
        Row("ft_review_all", "Review over three years, fine-tuned", "USD", f"REVIEW_RAMP({ramp.format('last.t')})"),
    )
    for item in singles:
        sheet.put(row, 0, item.label, "label total" if "total" in item.style else "label")
        sheet.put(row, 1, unit(item.unit), "unit")
        sheet.put(row, 3, f"={item.formula}", item.style, key=f"live.{item.key}", name=item.name)
        if item.note:
            sheet.put(row, 5, item.note, "note")
        row += 1
    row += 1
    sheet.breaks.append(row)
    header(sheet, row, ("Review month by month", "Unit", "Prompt engineering", "Fine-tuning", "Reviewed, fine-tuned"))
    row += 1
    first = row
    for month in range(1, 25):
        sheet.put(row, 0, month, "step", key=f"live.review_t.{month}")
        sheet.put(row, 1, unit("USD per month"), "unit")
        sheet.put(row, 2, "=REVIEW_COST(items_per_month, pe_review_rate, cost_per_review)", "money", key=f"live.review_pe.{month}")
        sheet.put(row, 3, f"=REVIEW_COST(items_per_month, review_rate.{month}, cost_per_review)", "money", key=f"live.review_ft.{month}")
        share = f"MAX(0,MIN(1,ft_review_ramp_months-review_t.{month}+1))"
        sheet.put(row, 4, f"={share}*ft_review_start_rate+(1-{share})*ft_review_steady_rate", "share", key=f"live.review_rate.{month}")
        row += 1
    sheet.charts.append(Chart(
        "column", "Cost of human review month by month", first - 1, 5, 420, 380,
        [
            {"name": "Prompt engineering", "categories": f"=Review!$A${first + 1}:$A${row}", "values": f"=Review!$C${first + 1}:$C${row}"},
            {"name": "Fine-tuning", "categories": f"=Review!$A${first + 1}:$A${row}", "values": f"=Review!$D${first + 1}:$D${row}", "colour": "#9DC3E6"},
        ],
        "Month", "Per month (in the currency on Inputs)"))
    return sheet


def suitability_sheet(book: Book) -> Sheet:
    sheet = Sheet(
        "Suitability",
        "Suitability: the gates before the arithmetic",
        "Cheaper is not enough. Each gate says pass, caution or stop, and why.",
        (44, 16, 16, 90),
    )
    heading(sheet)
    sheet.freeze = (HEADING + 2, 1)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(sheet, row, ("Gate", "Given", "Verdict", "Why"))
    row += 1
    lines = (
        ("Enough good examples", "=examples", "count", '=IF(examples<minimum_examples,"STOP","PASS")',
         "A fine-tuned model learns from examples; OpenAI's guide asks for 50 to 100 good ones at the least."),
        ("What the model is to learn", "=use_case", "answer",
         '=IF(LOWER(TRIM(use_case))="knowledge",IF(facts_change,"STOP","CAUTION"),"PASS")',
         "Style, tone and format can be trained. Facts cannot be relied on: retrieval is for facts, above all when they change."),
        ("Facts change often", '=IF(facts_change,"yes","no")', "answer", '=IF(must_look_up=1,"STOP","PASS")',
         "Knowledge that changes has to be looked up at the time of the question: RAG."),
        ("The model is served at the start", "=to_shutdown", "months", '=IF(to_shutdown="","PASS",IF(to_shutdown<=0,"STOP","PASS"))',
         "Months from start to shutdown. A model that is shut can be neither trained nor called."),
        ("It pays back before the shutdown", "=breakeven", "months",
         '=IF(to_shutdown="","PASS",IF(ISNUMBER(breakeven),IF(to_shutdown-breakeven<=comparison_tolerance*ABS(to_shutdown),"STOP","PASS"),"STOP"))',
         "Break-even that comes after the shutdown never comes."),
        ("It pays back in time", "=decision", "answer", '=IF(decision="FINE-TUNE","PASS",IF(decision="HOLD","CAUTION","STOP"))',
         "The verdict on cost alone, by the longest break-even accepted."),
        ("It is cheaper with people counted", "=winner", "answer", '=IF(winner="FT","PASS","CAUTION")',
         "Year 1 with human review: a model that errs more often costs more in people than it saves in tokens."),
    )
    for label, given, look, verdict, why in lines:
        sheet.put(row, 0, label, "label")
        sheet.put(row, 1, given, look)
        sheet.put(row, 2, verdict, "state", key=f"live.gate.{row - HEADING - 2}")
        sheet.put(row, 3, why, "note wrap")
        sheet.heights[row] = 20
        row += 1
    sheet.rules.append((f"C{HEADING + 3}:C{row}", {"type": "cell", "criteria": "==", "value": '"STOP"', "style": "stop"}))
    sheet.rules.append((f"C{HEADING + 3}:C{row}", {"type": "cell", "criteria": "==", "value": '"PASS"', "style": "good"}))
    row += 1
    row = figures(book, sheet, row, (
        Row("suitability", "Suitability of the task", "verdict", "FT_SUITABILITY(use_case, examples, facts_change)", "answer",
            "out_suitability"),
    ))
    cell = sheet.cells[row - 1, 1]
    sheet.cells[row - 1, 3] = type(cell)("", "note")
    cell.style = "sentence"
    sheet.merges.append((row - 1, 1, row - 1, 3))
    del sheet.cells[row - 1, 2], sheet.cells[row - 1, 3]
    sheet.heights[row - 1] = 20
    row += 1
    sheet.put(row, 0, "Not in the arithmetic, to settle by hand", "band")
    for column in range(1, 4):
        sheet.put(row, column, None, "band")
    for text in (
        "Data protection: may these texts leave the house, and is there a contract with the vendor that covers them?",
        "Evaluation: is there a test set, and does the base model with the best prompt fall short of the target on it?",
        "Context window and latency: does the longest call fit, and is the answer fast enough?",
        "Exit: a model fine-tuned at a vendor cannot be taken along; a prompt can.",
    ):
        row += 1
        sheet.put(row, 0, text, "label")
    return sheet


DRIVERS = (
    ("queries", "Volume"),
    ("pe_input_price", "Prompted input price"),
    ("pe_output_price", "Prompted output price"),
    ("pe_prompt_tokens", "Instructions, prompted"),
    ("response_tokens", "Length of the answer"),
    ("ft_input_price", "Fine-tuned input price"),
    ("ft_output_price", "Fine-tuned output price"),
    ("examples", "Training examples"),
    ("minutes_per_example", "Labour for an example"),
    ("ft_hosting_monthly", "Hosting"),
)


def _net_saving(driver: str, factor: str) -> str:
    """Saving over the months counted less upfront, with one driver multiplied."""
    formula = (
        "months*(PE_MONTHLY(queries, pe_prompt_tokens, query_tokens, response_tokens, pe_input_price, pe_output_price)"
        "-FT_MONTHLY(queries, ft_prompt_tokens, query_tokens, response_tokens, ft_input_price, ft_output_price, "
        "ft_cached_price, ft_hit, ft_hosting_monthly))"
        "-FT_TRAINING(examples, tokens_per_example, epochs, ft_training_price, validation_tokens, training_minimum)"
        "-FT_LABOR(examples, minutes_per_example, hourly_wage)"
    )
    import re

    return re.sub(rf"\b{driver}\b", f"({driver}*{factor})", formula)


def sensitivity_sheet(book: Book) -> Sheet:
    count = len(DRIVERS)
    sheet = Sheet(
        "Sensitivity",
        "Sensitivity: how sure is the break-even?",
        "Months to break even if volume and upfront cost turn out differently; then one driver at a time.",
        (34, 15, 15, 15, 15, 15, 15, 15),
        accent=True,
    )
    heading(sheet)
    sheet.freeze = (HEADING, 0)
    sheet.repeat_rows = (0, HEADING - 1)
    row = HEADING + 1
    band(sheet, row, "Break-even in months: a row for each multiple of the volume, a column for each multiple of the upfront cost", 8)
    row += 1
    factors = (0.25, 0.5, 0.75, 1, 1.5, 2, 3)
    sheet.put(row, 0, "Volume times (down), upfront times (across)", "head left")
    book.place("live.upfront_factor", Place(sheet.name, row, 1, 7))
    for index, value in enumerate(factors):
        sheet.put(row, 1 + index, value, "multiple input title2")
    row += 1
    top = row
    for index, value in enumerate(factors):
        sheet.put(row, 0, value, "multiple input title2", key=f"live.volume_factor.{index}")
        for column in range(1, 8):
            sheet.put(row, column,
                      f"=FT_SENSITIVITY(upfront, pe_monthly, ft_monthly, upfront_factor, volume_factor.{index}, ft_hosting_monthly)",
                      "months centre")
        book.place(f"live.grid.{index}", Place(sheet.name, row, 1, 7))
        row += 1
    sheet.rules.append((f"B{top + 1}:H{row}", {
        "type": "3_color_scale", "min_color": "#9DC3E6", "mid_color": "#FFFFFF", "max_color": "#F4B183",
        "mid_type": "formula", "mid_value": "=max_months",
    }))
    sheet.merges.append((row, 0, row, 7))
    sheet.put(row, 0, "Blue: sooner; white: the longest break-even accepted; orange: later. #N/A: it never breaks even. The multiples are inputs.", "note")
    row += 2
    band(sheet, row, "One driver at a time: saving over the months counted less the upfront cost, month-one prices and volume", 8)
    row += 1
    sheet.put(row, 0, "As it stands", "label")
    sheet.put(row, 1, "=months*saving-upfront", "money", key="live.tornado_base")
    sheet.put(row, 2, "=currency", "unit")
    row += 1
    header(sheet, row, ("Driver", "Low, times", "High, times", "At low", "At high", "Swing", "Rank"))
    row += 1
    first = row
    for index, (name, label) in enumerate(DRIVERS):
        sheet.put(row, 0, label, "label", key=f"live.driver.{index}")
        sheet.put(row, 1, 0.75, "multiple input", key=f"live.low_factor.{index}")
        sheet.put(row, 2, 1.25, "multiple input", key=f"live.high_factor.{index}")
        sheet.put(row, 3, "=" + _net_saving(name, f"low_factor.{index}"), "money", key=f"live.at_low.{index}")
        sheet.put(row, 4, "=" + _net_saving(name, f"high_factor.{index}"), "money", key=f"live.at_high.{index}")
        sheet.put(row, 5, f"=ABS(at_high.{index}-at_low.{index})", "money", key=f"live.swing.{index}")
        above = f"swing.0:swing.{index}"
        sheet.put(row, 6, f"=SUMPRODUCT((swing.0:swing.{count - 1}>swing.{index})*1)+SUMPRODUCT(({above}=swing.{index})*1)", "whole",
                  key=f"live.rank.{index}")
        row += 1
    row += 1
    header(sheet, row, ("Sorted for the chart", "Rank", "Below as it stands", "Above as it stands"))
    row += 1
    sorted_first = row
    for index in range(count):
        found = f"MATCH(rank_shown.{index},rank.0:rank.{count - 1},0)"
        sheet.put(row, 0, f"=INDEX(driver.0:driver.{count - 1},{found})", "label", key=f"live.sorted.{index}")
        sheet.put(row, 1, count - index, "whole", key=f"live.rank_shown.{index}")
        low, high = f"INDEX(at_low.0:at_low.{count - 1},{found})", f"INDEX(at_high.0:at_high.{count - 1},{found})"
        sheet.put(row, 2, f"=MIN({low},{high})-tornado_base", "money", key=f"live.down.{index}")
        sheet.put(row, 3, f"=MAX({low},{high})-tornado_base", "money", key=f"live.up.{index}")
        row += 1
    area = f"=Sensitivity!$A${sorted_first + 1}:$A${row}"
    sheet.charts.append(Chart(
        "bar", "Tornado: change of net saving when one driver moves", row + 1, 0, 900, 360,
        [
            {"name": "Lower", "categories": area, "values": f"=Sensitivity!$C${sorted_first + 1}:$C${row}", "overlap": 100, "colour": "#9DC3E6"},
            {"name": "Higher", "categories": area, "values": f"=Sensitivity!$D${sorted_first + 1}:$D${row}", "overlap": 100},
        ],
        "Driver", "Change of net saving (in the currency on Inputs)", None,
        {"y": {"label_position": "low", "num_format": "General", "major_gridlines": {"visible": False}}, "x": {"num_format": "#,##0"}}))
    sheet.pages = 1
    sheet.merges.append((row + 20, 0, row + 20, 7))
    sheet.put(row + 20, 0, "Each bar moves one driver between its two multiples and leaves the rest. Drivers that move together move the result more.", "note")
    return sheet


def functions_sheet(book: Book) -> Sheet:
    sheet = Sheet(
        "Functions",
        "Functions: the add-in, by example",
        "The one sheet that needs the add-in: without it the live calls show #NAME?. Nothing else reads from here.",
        (22, 70, 19, 15, 15, *(11,) * 11),
    )
    heading(sheet)
    sheet.freeze = (HEADING + 2, 1)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(sheet, row, ("Function", "Syntax and what it returns", "Unit of the result", "Live call (add-in)", "Native (no add-in)", "Arguments", *("",) * 10))
    row += 1
    for section in SECTIONS:
        functions = [item for item in FUNCTIONS.values() if item.section == section]
        if not functions:
            continue
        band(sheet, row, section, 16)
        row += 1
        for function in functions:
            arguments, _ = function.examples[0] if function.examples else ((), "")
            for argument in function.arguments[len(arguments) :]:
                if not stray_default(argument):
                    break
                arguments = (*arguments, argument.default)
            names = ", ".join(
                item.name if item.required else f"[{item.name}]" for item in function.arguments
            )
            sheet.put(row, 0, function.name, "code")
            sheet.put(row, 1, f"{function.name}({names})\n{function.summary}", "wrapped")
            sheet.put(row, 2, function.returns, "note wrap")
            column = 5
            references = []
            for value in arguments:
                cells = _flat(value)
                if value is None:
                    references.append("")
                    continue
                start = column
                for cell in cells:
                    sheet.put(row, column, cell, "exact right shrink")
                    column += 1
                end = column - 1
                reference = f"${letters(start)}{row + 1}"
                references.append(reference if start == end else f"{reference}:${letters(end)}{row + 1}")
            call = f"{function.name}({','.join(references)})"
            if function.spills or any(isinstance(value, list | tuple) for value in arguments):
                call = f"INDEX({call},1,1)"
            look = "date" if function.returns == "date" else "exact right shrink"
            sheet.put(row, 3, "=raw:" + call, look)
            twin = _native_example(function, references)
            if twin:
                sheet.put(row, 4, "=raw:" + twin, "exact right shrink")
            else:
                sheet.put(row, 4, "none in one cell", "note")
            row += 1
    return sheet


def _flat(value: object) -> list:
    if isinstance(value, list | tuple):
        return [cell for item in value for cell in _flat(item)]
    return [value]


def _native_example(function: Function, references: list[str]) -> str | None:
    """The twin over the example's cells; of a range argument its first cell."""
    if function.twin is None:
        return None
    given = {
        argument.name: reference.split(":")[0]
        for argument, reference in zip(function.arguments, references, strict=False)
        if reference
    }
    return native_twin(function, given)


def log_sheet(book: Book, case: Case) -> Sheet:
    sheet = Sheet(
        "Log",
        "Log: version, changes, assumptions, how to use",
        "Write down here what you change and why.",
        (16, 18, 22, 100),
    )
    heading(sheet)
    sheet.freeze = (HEADING, 0)
    row = HEADING + 1
    band(sheet, row, "About", 4)
    for label, value in (
        ("Made by", f"llm-breakeven {VERSION}, case {case.name}"),
        ("Prices as of", catalogue.as_of()),
        ("Owner", "enter who answers for this model"),
    ):
        row += 1
        sheet.put(row, 0, label, "label")
        sheet.put(row, 1, value, "text input" if label == "Owner" else "text")
        sheet.merges.append((row, 1, row, 3))
    row += 2
    band(sheet, row, "How to use it", 4)
    for text in (
        "1. Inputs: change the boxed blue cells. The three lines on top of every sheet say whether the checks hold and which scenario is in force.",
        "2. Scenarios: name a spare column, fill in only what differs from the base, choose it with the selector on Inputs.",
        "3. Summary: the headline weighs every option with review, shutdown and suitability; the decision on cost alone weighs two of them.",
        "4. Sheets are protected without a password, so that formulas are not overwritten by accident. Review, Unprotect Sheet lifts it.",
        "5. Only the sheet Functions needs the add-in. Everything else is native formulas, for Excel 2016 or later and LibreOffice.",
    ):
        row += 1
        sheet.put(row, 0, text, "label")
    row += 2
    band(sheet, row, "Colours", 4)
    for sample, look, text in (
        ("1,234", "text input", "Input: boxed, blue on pale yellow"),
        ("1,234", "text", "Calculation: black"),
        ("1,234", "text link", "Fetched from another sheet: green italics"),
    ):
        row += 1
        sheet.put(row, 0, sample, look)
        sheet.cells[row, 0].style = look.replace("input", "sample") if "input" in look else look
        sheet.put(row, 1, text, "label")
    row += 2
    header(sheet, row, ("Assumption", "", "", "What is assumed, and why"))
    for text in (*case.assumptions, *_METHOD):
        row += 1
        sheet.put(row, 0, "Case" if text in case.assumptions else "Method", "label top")
        sheet.put(row, 1, text, "para")
        sheet.merges.append((row, 1, row, 3))
    row += 2
    header(sheet, row, ("Date", "Version", "Who", "What changed, and why"))
    row += 1
    sheet.put(row, 0, catalogue.as_of(), "label")
    sheet.put(row, 1, VERSION, "label")
    sheet.put(row, 2, "llm-breakeven", "label")
    sheet.put(row, 3, "Template as shipped", "label")
    for _ in range(8):
        row += 1
        for column in range(4):
            sheet.put(row, column, None, "text input")
    return sheet


_METHOD = (
    "Month one is month 1 at today's prices and volume; growth and price decline count from month 2 on.",
    "Upfront cost is training and labour. The first evaluation is paid in month 0 of the cash flow and in year 1; retraining when it falls due.",
    "The verdict on cost alone compares prompt engineering without caching with fine-tuning without review. Break-even at exactly the longest accepted month is too late; so is break-even after the shutdown.",
    "Months to shutdown are days × 12 / 365.25. A model already shut at the start is never worth training: HOLD.",
    "A fine-tuned prompt is cached too once it reaches the vendor's minimum length; until then its cached price plays no part.",
    "The headline takes the cheapest option in year 1, everything counted, among those that suit the task, are offered, and pay back in time and before the shutdown with review counted.",
    "Prompted options, with or without caching, RAG and the newer base model are reviewed at the same rate; fine-tuned ones at theirs. Outputs under review do not grow with volume.",
    "Smooth decline and price steps act on token prices alone, not on retrieval, storage, hosting, training or labour. Base-model prices fall together.",
    "The cash flow goes on after a shutdown as if a successor cost the same; what moving to it costs is on Summary.",
    "Storage of the index is charged to RAG alone, as the worksheet function HYBRID_MONTHLY has none. Add it to hosting if a hybrid needs an index of its own.",
    "The rate of return is found by halving a bracket in the cells, so that every program gets the same digits; Excel's own NPV and IRR stand beside as a cross-check.",
)
