"""The calculating sheets: Inputs, Scenarios and its tabs, Costs, Breakeven, Cash flow."""

from __future__ import annotations

from pycalc import constants
from workbook.model.cases import Case
from workbook.model.cells import Book, Chart, Place, Row, Sheet, Validation, letters
from workbook.model.core import BASE_OFFERED, CORE, HITS, MONTHS_TO_SHUTDOWN, OPTIONS
from workbook.model.inputs import GROUPS, INPUTS, MOST_MONTHS, Input
from workbook.model.layout import HEADING, band, figures, header, heading, table, unit

FIRST_SCENARIO = 4
"""Column E of Scenarios: label, unit, base and the live column stand before it."""

CONSTANTS = (
    ("tokens_per_price_unit", "Tokens a price is for", "tokens", "count", constants.TOKENS_PER_PRICE_UNIT),
    ("months_per_year", "Months in a year", "months", "whole", constants.MONTHS_PER_YEAR),
    ("minutes_per_hour", "Minutes in an hour", "minutes", "whole", constants.MINUTES_PER_HOUR),
    ("days_per_year", "Days in a year", "days", "number", constants.DAYS_PER_YEAR),
    ("comparison_tolerance", "Differences below this share of the larger count as none", "share", "tiny",
     constants.COMPARISON_TOLERANCE),
    ("series_limit", "Rates below this are summed by series", "per month", "tiny", constants.SERIES_LIMIT),
    ("minimum_examples", "Fewest training examples", "examples", "whole", constants.MINIMUM_EXAMPLES),
    ("check_tolerance", "Checks accept this share of the largest term", "share", "tiny", 1e-11),
    ("iteration_tolerance", "Checks of IRR accept this: Excel's own IRR stops there", "share", "tiny", 1e-6),
    ("rate_reach", "The rate of return is sought up to e to this power a month", "exponent", "whole", 18),
)
"""The only other numbers the formulas use, each a named cell."""


def validation(quantity: object, unit_text: str) -> dict:
    """A data validation that refuses what Python refuses; empty where nothing is refused."""
    kind, low, high = quantity.kind, quantity.low, quantity.high  # type: ignore[attr-defined]
    label = quantity.label  # type: ignore[attr-defined]
    if kind == "flag":
        rule: dict = {"validate": "list", "source": ["TRUE", "FALSE"]}
        return rule | {"error_title": "TRUE or FALSE", "error_message": f"{label}: TRUE or FALSE."}
    if kind == "text":
        return {}
    rule = {"validate": "integer" if quantity.whole else "date" if kind == "date" else "decimal"}  # type: ignore[attr-defined]
    unbounded = 1e300
    if low > -unbounded and high < unbounded and not quantity.low_open and not quantity.high_open:  # type: ignore[attr-defined]
        rule |= {"criteria": "between", "minimum": low, "maximum": high}
    elif high < unbounded:
        rule |= {"criteria": "<" if quantity.high_open else "<=", "value": high}  # type: ignore[attr-defined]
    elif low > -unbounded:
        rule |= {"criteria": ">" if quantity.low_open else ">=", "value": low}  # type: ignore[attr-defined]
    else:
        rule |= {"criteria": "between", "minimum": -unbounded, "maximum": unbounded}
    if kind == "date":
        import datetime

        rule |= {"criteria": ">=", "value": datetime.date(1900, 3, 1)}
        bounds = "a date"
    else:
        bounds = quantity.bounds() or "a number"  # type: ignore[attr-defined]
    return rule | {"error_title": "Not possible", "error_message": f"{label[:120]}: {bounds} ({unit_text})."}


def inputs_sheet(book: Book, case: Case) -> Sheet:
    sheet = Sheet(
        "Inputs",
        f"Inputs: {case.title}",
        "Change the boxed blue cells; everything else follows. Each has its source, its date and its owner.",
        (40, 16, 24, 46, 11, 17, 56, 23, 12, 12),
        accent=True,
    )
    sheet.pages = 2
    heading(sheet)
    sheet.freeze = (HEADING + 2, 1)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(sheet, row, ("Assumption", "Value", "Unit", "Source", "Read on", "Owner", "Note", "Name", "Low", "High"))
    row += 1
    band(sheet, row, "Scenario and currency", 10)
    count = len(case.columns)
    sheet.put(row + 1, 0, "Scenario in force", "label")
    sheet.put(row + 1, 1, 1, "whole input", name="scenario", note=f"1 is the base; 2 to {count} are the columns on Scenarios.")
    sheet.validations.append(Validation(row + 1, 1, {
        "validate": "list", "source": [str(number) for number in range(1, count + 1)],
        "error_title": "No such scenario", "error_message": f"A column number on Scenarios, 1 to {count}.",
    }))
    sheet.put(row + 1, 2, "number", "unit")
    sheet.put(row + 1, 6, f"1 is the base, without overrides; 2 to {count} are the columns on Scenarios", "note")
    sheet.put(row + 1, 7, "scenario", "code")
    sheet.put(row + 2, 0, "Its name", "label")
    sheet.put(row + 2, 1, '=IF(INDEX(row.scenario_title,scenario)="","Scenario "&scenario,INDEX(row.scenario_title,scenario))',
              "answer", name="scenario_name")
    sheet.put(row + 3, 0, "Currency", "label")
    sheet.put(row + 3, 1, case.currency, "label input", name="currency", note="A label: amounts are not converted.")
    sheet.put(row + 3, 2, "label", "unit")
    sheet.put(row + 3, 6, "A label alone: enter every amount in this currency", "note")
    sheet.put(row + 3, 7, "currency", "code")
    missing = "&".join(
        f"missing.{group}" for group, (_, items) in enumerate(GROUPS) if any(item.required for item in items)
    )
    sheet.put(row + 4, 0, "Required and still blank", "label")
    sheet.put(row + 4, 1, '=IF(missing_inputs="","none","see note")', "answer")
    sheet.put(row + 4, 6, f"={missing}", "note", key="live.missing_inputs")
    row += 5
    given = case.values()
    for group, (title, items) in enumerate(GROUPS):
        band(sheet, row, title, 10)
        missing = "&".join(
            f'IF({item.name}="","{item.label}; ","")' for item in items if item.required
        )
        if missing:
            sheet.cells[row, 6].content = "=" + _base(missing, items)
            sheet.cells[row, 6].key = f"missing.{group}"
            sheet.cells[row, 6].style = "band missing"
        row += 1
        for item in items:
            entry = given.get(item.name)
            sheet.put(row, 0, item.label, "label")
            sheet.put(row, 1, None if entry is None else entry.value, f"{item.style} input",
                      key=f"base.{item.name}", name=item.name, note=item.help)
            rule = validation(item.quantity, item.unit)
            if item.name == "use_case":
                rule = {"validate": "list", "source": ["style", "format", "knowledge", "other"],
                        "error_type": "information", "error_title": "Another task",
                        "error_message": "Any other word counts as a task of its own kind."}
            if rule:
                sheet.validations.append(Validation(row, 1, rule | {"ignore_blank": True}))
            sheet.put(row, 2, unit(item.unit), "unit")
            sheet.put(row, 3, entry.source if entry else "", "source")
            sheet.put(row, 4, entry.date if entry else "", "source")
            sheet.put(row, 5, (entry.owner or "Finance") if entry else "", "source")
            sheet.put(row, 6, (entry.note if entry and entry.note else item.help), "note")
            sheet.put(row, 7, item.name, "code")
            if item.quantity.kind in ("number", "date"):  # what `breakeven risk` draws between
                for column in (8, 9):
                    sheet.put(row, column, None, f"{item.style} input")
                    sheet.validations.append(Validation(row, column, rule | {"ignore_blank": True}))
            row += 1
    band(sheet, row, "Fixed quantities: the only other numbers formulas use", 10)
    row += 1
    for name, label, unit_text, style, value in CONSTANTS:
        sheet.put(row, 0, label, "label")
        sheet.put(row, 1, value, style, name=name)
        sheet.put(row, 2, unit_text, "unit")
        sheet.put(row, 7, name, "code")
        row += 1
    return sheet


def _value_style(item: Input) -> str:
    """How an input's value looks where it is fetched: texts stand right, under the numbers."""
    return f"{item.style} right" if item.style == "label" else item.style


def _base(text: str, items: tuple) -> str:
    for item in items:
        text = text.replace(f"IF({item.name}=", f"IF(base.{item.name}=")
    return text


def scenarios_sheet(book: Book, case: Case) -> Sheet:
    count = len(case.columns)
    last = FIRST_SCENARIO + count - 1
    sheet = Sheet(
        "Scenarios",
        f"Scenarios: {case.title}",
        "One column a scenario: results first, then what each column overrides. An empty cell means the base value.",
        (46, 20, 17, 17, *(18,) * count),
        scopes=("column", "live"),
        accent=True,
    )
    heading(sheet)
    sheet.freeze = (HEADING + 3, FIRST_SCENARIO)
    sheet.repeat_rows = (0, HEADING + 2)
    row = HEADING + 1
    header(sheet, row, ("Scenario", "", "", "In force", *("",) * count))
    sheet.cells[row, 3].content = "=scenario"
    sheet.cells[row, 3].style = "head link"
    book.place("scenario_number", Place(sheet.name, row, FIRST_SCENARIO, last))
    book.place("scenario_title", Place(sheet.name, row + 1, FIRST_SCENARIO, last))
    header(sheet, row + 1, ("", "Unit", "Base", "", *("",) * count))
    sheet.cells[row + 1, 3].content = "=scenario_name"
    sheet.cells[row + 1, 3].style = "head wrap"
    for index, scenario in enumerate(case.columns):
        column = FIRST_SCENARIO + index
        sheet.cells[row, column].content = index + 1
        cell = sheet.cells[row + 1, column]
        cell.content = scenario.name or None
        cell.style = "head wrap" if index == 0 else "title2 input"
    sheet.heights[row + 1] = 32
    sheet.pages = 3
    row += 2
    for title, rows in CORE:
        band(sheet, row, title, last + 1)
        row += 1
        start = row
        row = table(book, sheet, row, rows, FIRST_SCENARIO, last, scope="column")
        for offset, item in enumerate(rows):
            if item.style == "verdict":
                sheet.heights[start + offset] = 54 if item.key == "suitability" else 28
            sheet.put(start + offset, 3, f"=live.{item.key}", item.style, key=f"live.in_force.{item.key}")
    results_end = row
    row += 1
    overrides = row
    band(sheet, row, "What each scenario overrides (an empty cell: the base value)", last + 1)
    row += 1
    for name, item in INPUTS.items():
        sheet.put(row, 0, item.label, "label")
        sheet.put(row, 1, unit(item.unit), "unit")
        blank = item.optional or item.quantity.kind == "text"
        if blank:
            link = f'=IF(base.{name}="","",base.{name})'
        elif item.quantity.kind == "flag":
            link = f"=IF(base.{name},TRUE,FALSE)"
        else:
            link = f"=base.{name}+0"  # a blank is 0, in LibreOffice too
        sheet.put(row, 2, link, _value_style(item), key=f"linked.{name}")
        book.place(f"override.{name}", Place(sheet.name, row, FIRST_SCENARIO, last))
        sheet.put(row, 3, f'=IF(INDEX(row.override.{name},scenario)="",linked.{name},INDEX(row.override.{name},scenario))',
                  f"{_value_style(item)} live", key=f"live.{name}")
        for index, scenario in enumerate(case.columns):
            style = f"{item.style} {'closed' if index == 0 else 'input'}"
            sheet.put(row, FIRST_SCENARIO + index, scenario.overrides.get(name), style)
        rule = validation(item.quantity, item.unit)
        if rule:
            sheet.validations.append(Validation(row, FIRST_SCENARIO + 1, rule | {"ignore_blank": True}, last))
        row += 1
    row += 1
    sheet.breaks.append(overrides)
    sheet.breaks.append(row)
    band(sheet, row, "Values in force by scenario", last + 1)
    row += 1
    rows = [
        Row(name, item.label, item.unit, f'IF(override.{name}="",linked.{name},override.{name})', _value_style(item))
        for name, item in INPUTS.items()
    ]
    table(book, sheet, row, rows, FIRST_SCENARIO, last, scope="column")
    first, end = letters(FIRST_SCENARIO), letters(last)
    sheet.rules.append((
        f"{first}{HEADING + 4}:{end}{results_end}",
        {"type": "formula", "criteria": f'={first}${HEADING + 3}=""', "style": "faint"},
    ))
    sheet.rules.append((
        f"{first}{HEADING + 2}:{end}{HEADING + 2}",
        {"type": "formula", "criteria": f"={first}${HEADING + 2}=scenario", "style": "chosen"},
    ))
    return sheet


def scenario_tab(book: Book, number: int, name: str, title: str) -> Sheet:
    """The tab of one scenario. It reads that scenario's own column on Scenarios and nothing else.

    `number` is the scenario's column, 1 for the base; `name` the tab's name.
    """
    scope = f"tab{number}"
    sheet = Sheet(
        name,
        title,
        "One scenario, top to bottom: results, then the values it uses. It reads its own column on Scenarios.",
        (50, 34, 24, 84),
        scopes=(scope, "label"),
    )
    sheet.pages = 2
    heading(sheet)
    sheet.freeze = (HEADING + 2, 1)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(sheet, row, ("Result", "Value", "Unit", "How"))
    row += 1
    for group, rows in CORE:
        band(sheet, row, group, 4)
        start = row + 1
        row = figures(book, sheet, start, rows, scope)
        for offset, item in enumerate(rows):
            sheet.put(start + offset, 3, str(item.formula), "note")
    row += 1
    sheet.breaks.append(row)
    header(sheet, row, ("Values used", "Value", "Unit", "Against the base"))
    row += 1
    for input_name, item in INPUTS.items():
        column = letters(FIRST_SCENARIO + number - 1)
        own = f"scenarios.{column}.{input_name}"
        place = book.find(f"override.{input_name}", ())
        book.places.setdefault(own, Place(place.sheet, place.row, FIRST_SCENARIO + number - 1))
        sheet.put(row, 0, item.label, "label")
        sheet.put(row, 1, f'=IF({own}="",linked.{input_name},{own})', f"{_value_style(item)} link", key=f"{scope}.{input_name}")
        sheet.put(row, 2, unit(item.unit), "unit")
        sheet.put(row, 3, f'=IF({own}="","","overridden")', "note")
        row += 1
    return sheet


def costs_sheet(book: Book) -> Sheet:
    sheet = Sheet(
        "Costs",
        "Costs: every option side by side",
        "What a call, a month and a year cost with each option, what review adds, and which options are open at all.",
        (44, 22, 16, 16, 16, 16, 16, 16, 60),
    )
    heading(sheet)
    sheet.freeze = (HEADING + 2, 2)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(sheet, row, ("Option", "Unit", *(label for _, label in OPTIONS), "Note"))
    sheet.heights[row] = 44
    for index, (key, _) in enumerate(OPTIONS):
        cell = sheet.cells[row, 2 + index]
        cell.key = f"label.{key}"
        cell.style = "head wrap"
    book.place("live.option", Place(sheet.name, row, 2, 7))
    row += 1
    keys = [key for key, _ in OPTIONS]

    def six(key: str) -> tuple[str, ...]:
        return tuple(f"{key}.{option}" for option in keys)

    blocks: tuple[tuple[str, tuple[Row, ...]], ...] = (
        ("What goes into a call", (
            Row("instructions", "Instructions", "tokens per call",
                ("pe_prompt_tokens",) * 4 + ("ft_prompt_tokens",) * 2, "tokens"),
            Row("question", "Question", "tokens per call", "query_tokens", "tokens"),
            Row("context", "Retrieved text", "tokens per call", ("0", "0", "0", "context_tokens", "0", "context_tokens"),
                "tokens"),
            Row("answer", "Answer", "tokens per call", "response_tokens", "tokens"),
            Row("cached_share", "Instructions read from the cache", "share", ("0", HITS["pe_hit"], "0", "0", HITS["ft_hit"], "0"),
                "share", keys=("unused.pe_hit", "pe_hit", "unused.base_hit", "unused.rag_hit", "ft_hit", "unused.hybrid_hit"),
                note="Only a prompt that reaches the vendor's minimum length is cached"),
            Row("price_in", "Input price", "USD per 1M tokens",
                ("pe_input_price", "pe_input_price", 'IF(base_input_price="",0,base_input_price)', "pe_input_price",
                 "ft_input_price", "ft_input_price"), "price"),
            Row("price_cached", "Cached input price", "USD per 1M tokens",
                ("first.price_in", 'IF(pe_cached_price="",pe_input_price,pe_cached_price)', "price_in", "price_in",
                 'IF(ft_cached_price="",ft_input_price,ft_cached_price)', "price_in"), "price"),
            Row("price_out", "Output price", "USD per 1M tokens",
                ("pe_output_price", "pe_output_price", 'IF(base_output_price="",0,base_output_price)',
                 "pe_output_price", "ft_output_price", "ft_output_price"), "price"),
            Row("retrieval", "Retrieval", "USD per call", ("0", "0", "0", "retrieval_price", "0", "retrieval_price"),
                "call", keys=six("retrieval")),
            Row("fixed", "Fixed: storage, hosting", "USD per month",
                ("0", "0", "0", "storage_monthly", "ft_hosting_monthly", "ft_hosting_monthly"), keys=six("fixed"),
                note="The index's storage is charged to RAG, as HYBRID_MONTHLY has none"),
            Row("offered", "Is there such an offer?", "1 yes, 0 no", ("1", "1", BASE_OFFERED, "1", "1", "1"), "whole",
                keys=six("offered"), note="No newer base model: leave its prices blank"),
        )),
        ("Running cost, month one", (
            Row("inference", "Tokens of a call", "USD per call",
                "CALL_COST(instructions+question+context, answer, price_in, price_out, instructions*cached_share, "
                "price_cached)", "call", keys=six("inference")),
            Row("call", "A call", "USD per call", 'IF(offered=1,inference+retrieval,"n/a")', "call", keys=six("call")),
            Row("month", "A month", "USD per month", 'IF(offered=1,queries*call+fixed,"n/a")', "money total",
                keys=tuple(f"{key}_monthly" for key in keys),
                names=("out_pe_monthly", None, None, "out_rag_monthly", "out_ft_monthly", "out_hybrid_monthly")),
            Row("year", "Twelve such months", "USD per year", 'IF(offered=1,months_per_year*month,"n/a")'),
            Row("is_best", "Cheapest to run", "1 yes, 0 no",
                "IF(offered=1,IF(month<=best_monthly*(1+comparison_tolerance),1,0),0)", "whole"),
        )),
        ("Year 1, everything counted", (
            Row("running_year1", "Running, months 1 to 12", "USD",
                tuple(f"SUMIF(row.year_number,1,row.{key}_cost)" for key in keys), keys=six("running_year1")),
            Row("retraining_year1", "Retraining", "USD", ("0",) * 4 + ("SUMIF(row.year_number,1,row.retraining)",) * 2),
            Row("one_time", "Training and labour", "USD", ("0",) * 4 + ("upfront",) * 2),
            Row("first_evaluation", "Evaluation at the start", "USD", ("0",) * 4 + ("evaluation_cost",) * 2),
            Row("review_year1", "Human review", "USD", ("pe_review_year1",) * 4 + ("ft_review_year1",) * 2),
            Row("year1", "Year 1", "USD",
                'IF(offered=1,running_year1+retraining_year1+one_time+first_evaluation+review_year1,"n/a")', "money total",
                keys=six("year1"), names=("out_pe_year1", None, None, None, "out_ft_year1", None)),
        )),
        ("Three years, everything counted", (
            Row("running_all", "Running, months 1 to 36", "USD", tuple(f"SUM(row.{key}_cost)" for key in keys)),
            Row("retraining_all", "Retraining", "USD", ("0",) * 4 + ("SUM(row.retraining)",) * 2),
            Row("review_all", "Human review", "USD", ("pe_review_all",) * 4 + ("ft_review_all",) * 2),
            Row("tco", "Total cost of ownership", "USD",
                'IF(offered=1,running_all+retraining_all+one_time+first_evaluation+review_all,"n/a")', "money total",
                keys=six("tco")),
        )),
        ("Which options are open", (
            Row("pays", "Break-even against prompting, review counted", "months",
                ('"n/a"',) * 4 + ("FT_BREAKEVEN(one_time+first_evaluation+ramp_extra, pe_monthly+pe_review_month, "
                                  "month+ft_review_month)",) * 2, "months", keys=six("pays"),
                note="The dearer review of the first months counts as one-time cost here"),
            Row("in_time", "Pays back in time and before the shutdown", "1 yes, 0 no",
                ("1",) * 4 + ('IF(FT_DECISION(one_time+first_evaluation+ramp_extra, pe_monthly+pe_review_month, '
                              'month+ft_review_month, max_months, to_shutdown)="FINE-TUNE",1,0)',) * 2, "whole",
                keys=six("in_time")),
            Row("suits", "Suits the task", "1 yes, 0 no",
                ("1-must_look_up",) * 3 + ("1",) + ('IF(ISNUMBER(SEARCH("STOP:",suitability)),0,1)',) * 2, "whole",
                keys=six("suits"), note="Facts that change have to be looked up: then only RAG suits"),
            Row("open_year1", "Year 1, if open", "USD",
                'IF(offered*in_time*suits=1,year1,"closed")', "money", keys=six("open_year1")),
            Row("is_chosen", "Cheapest that is open", "1 yes, 0 no",
                "IF(ISNUMBER(open_year1),IF(open_year1<=MIN(row.open_year1)*(1+comparison_tolerance),1,0),0)", "whole total",
                keys=six("is_chosen")),
            Row("accepted", "Cost of an accepted output", "USD per output",
                tuple(
                    f'IF(offered=1,COST_PER_ACCEPTED(call, IF({rate}="",1,{rate}), {review}),"n/a")'
                    for rate, review in (("pe_pass_rate", "pe_review_rate*cost_per_review"),) * 4
                    + (("ft_pass_rate", "ft_review_steady_rate*cost_per_review"),) * 2
                ), "call", keys=six("accepted"), note="A call and its review, failures tried again; fine-tuned at its later review rate"),
            Row("action", "What it means", "",
                ('"KEEP PROMPT ENGINEERING: stay with "&pe_name&" as it is"',
                 '"CACHE THE PROMPT: stay with "&pe_name&" and let the vendor cache the instructions"',
                 '"SWITCH MODEL: run "&base_name&" with the full prompt"',
                 '"USE RAG: keep "&pe_name&" and look the facts up"',
                 '"FINE-TUNE: train and run "&ft_name',
                 '"HYBRID: fine-tune "&ft_name&" and look the facts up"'), "wrapped"),
        )),
    )
    for title, rows in blocks:
        band(sheet, row, title, 9)
        row = table(book, sheet, row + 1, rows, 2, 7)
    sheet.heights[row - 1] = 78
    row += 1
    sheet.breaks.append(row)
    sheet.pages = 2
    band(sheet, row, "What follows", 9)
    row = figures_in(book, sheet, row + 1, (
        Row("best_monthly", "Cheapest to run, month one", "USD per month", "MIN(row.month)", "money", "out_best_monthly"),
        Row("best_option", "Which one", "option", "INDEX(row.option,MATCH(1,row.is_best,0))", "answer", "out_best_option"),
        Row("must_look_up", "Facts must be looked up", "1 yes, 0 no",
            'IF(LOWER(TRIM(use_case))="knowledge",IF(facts_change,1,0),0)', "whole"),
        Row("chosen", "Cheapest open option, everything counted", "option", "INDEX(row.option,MATCH(1,row.is_chosen,0))",
            "answer total"),
        Row("chosen_year1", "It costs in year 1", "USD", "MIN(row.open_year1)", "money"),
        Row("chosen_action", "What to do", "", "INDEX(row.action,MATCH(1,row.is_chosen,0))", "answer"),
        Row("runner_up_year1", "The next best open option costs in year 1", "USD",
            'IF(COUNT(row.open_year1)<1+1,"none",SMALL(row.open_year1,1+1))', "money"),
        Row("pe_name", "Prompted model", "", 'IF(pe_model="","the prompted model",pe_model)', "answer"),
        Row("base_name", "Newer base model", "", 'IF(base_model="","the newer base model",base_model)', "answer"),
        Row("ft_name", "Fine-tuned model", "", 'IF(ft_model="","the fine-tuned model",ft_model)', "answer"),
    ))
    row += 1
    sheet.charts.append(Chart(
        "column", "Running cost of month one by option", row, 0, 760, 330,
        [{"categories": "option", "values": "month", "labels": True}], "Option", "Per month (in the currency on Inputs)"))
    sheet.put(row + 17, 0, None, "text")
    return sheet


def figures_in(book: Book, sheet: Sheet, row: int, rows: tuple[Row, ...], scope: str = "live", column: int = 2) -> int:
    """Single figures on a sheet whose units stand in column B: label, unit, value."""
    for item in rows:
        sheet.put(row, 0, item.label, "label total" if "total" in item.style else "label")
        sheet.put(row, 1, unit(item.unit), "unit")
        sheet.put(row, column, f"={item.formula}", item.style, key=f"{scope}.{item.key}", name=item.name)
        if item.note:
            sheet.put(row, column + 1, item.note, "note")
        row += 1
    return row


def breakeven_sheet(book: Book) -> Sheet:
    sheet = Sheet(
        "Breakeven",
        "Break-even: prompt engineering against fine-tuning",
        "When the saving has repaid the one-time cost, whether that is soon enough, and what would turn the verdict.",
        (54, 36, 24, 74),
    )
    sheet.pages = 1
    heading(sheet)
    sheet.freeze = (HEADING + 2, 1)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(sheet, row, ("Figure", "Value", "Unit", "Note"))
    row += 1
    six = "pe_prompt_tokens, query_tokens, response_tokens"
    blocks = (
        ("One-time cost", (
            Row("training", "Training", "USD",
                "FT_TRAINING(examples, tokens_per_example, epochs, ft_training_price, validation_tokens, training_minimum)",
                name="out_training", note="Examples × tokens × passes and validation tokens, at the training price"),
            Row("labor", "Labour for the examples", "USD", "FT_LABOR(examples, minutes_per_example, hourly_wage)",
                name="out_labor", note="Usually the larger part"),
            Row("upfront", "Upfront cost", "USD", "training+labor", "money total", "out_upfront",
                "Evaluation and retraining are not in here: they are in year 1 and in the cash flow"),
        )),
        ("Verdict on cost alone", (
            Row("saving", "Saving in a month", "USD per month", "pe_monthly-ft_monthly", name="out_saving_monthly",
                note="Prompt engineering without caching less fine-tuning, no review"),
            Row("breakeven", "Break-even", "months", "FT_BREAKEVEN(upfront, pe_monthly, ft_monthly)", "months",
                "out_breakeven_months", "#N/A: it never breaks even"),
            Row("to_shutdown", "Months until the model is shut down", "months", MONTHS_TO_SHUTDOWN, "months",
                note="Days from start to shutdown × 12 / 365.25; blank when none is announced"),
            Row("shutdown_test", "Break-even before the shutdown?", "",
                'IF(to_shutdown="","no shutdown announced",IF(to_shutdown<=0,"NO: already shut at the start",'
                'IF(ISNUMBER(breakeven),IF(to_shutdown-breakeven<=comparison_tolerance*ABS(to_shutdown),'
                '"NO: shut before it pays back","yes"),"never breaks even")))', "answer"),
            Row("decision", "Decision", "verdict", "FT_DECISION(upfront, pe_monthly, ft_monthly, max_months, to_shutdown)",
                "answer total", "out_decision", "Below the longest break-even accepted, and before the shutdown"),
            Row("breakeven_training", "Break-even on training alone", "months",
                "FT_BREAKEVEN(training, pe_monthly, ft_monthly)", "months", note="As the course first counts it, labour left out"),
            Row("decision_training", "Decision on training alone", "verdict",
                "FT_DECISION(training, pe_monthly, ft_monthly, max_months)", "answer", note="Labour and shutdown left out"),
            Row("roi", "Return over the months counted", "share", "FT_ROI(months, upfront, saving)", "share",
                note="(saving × months − upfront) / upfront, not discounted"),
        )),
        ("What would turn it", (
            Row("pe_call", "A prompted call", "USD per call",
                "CALL_COST(pe_prompt_tokens+query_tokens, response_tokens, pe_input_price, pe_output_price)", "call"),
            Row("ft_call", "A fine-tuned call", "USD per call",
                "CALL_COST(ft_prompt_tokens+query_tokens, response_tokens, ft_input_price, ft_output_price, "
                "ft_prompt_tokens*ft_hit, ft_cached_price)", "call"),
            Row("be_queries", "Volume at which it pays back in time", "calls per month",
                "FT_BREAKEVEN_QUERIES(upfront, pe_call, ft_call, max_months, ft_hosting_monthly)", "count",
                "out_breakeven_queries", "Upfront cost and hosting included, within the longest break-even"),
            Row("be_price", "Input price below which it stops being worth it", "USD per 1M tokens",
                f"FT_BREAKEVEN_PRICE(queries, {six}, pe_output_price, ft_monthly, upfront, max_months)", "price",
                "out_breakeven_price", "Of the prompted model; upfront paid back within the longest break-even"),
            Row("be_price_year", "The same, paid back within a year", "USD per 1M tokens",
                f"FT_BREAKEVEN_PRICE(queries, {six}, pe_output_price, ft_monthly, upfront, months_per_year)", "price"),
            Row("be_price_running", "The same, on running cost alone", "USD per 1M tokens",
                f"FT_BREAKEVEN_PRICE(queries, {six}, pe_output_price, ft_monthly)", "price",
                note="#N/A: no positive price, the answers alone cost more than fine-tuning"),
            Row("price_text", "So fine-tuning stops being worth it", "",
                'IF(ISNUMBER(be_price),"below the first of these prices",'
                'IF(ISNA(be_price),"at no price: the answers alone cost more","not known without calls"))', "answer"),
            Row("be_both", "Both prompted prices may fall to this share of today's", "share",
                "IF(pe_monthly=0,NA(),(ft_monthly+upfront/max_months)/pe_monthly)", "share",
                note="Input and output falling together; above 100%: already not worth it"),
            Row("be_prompt", "Prompt length at which a call costs the same", "tokens per call",
                "FT_BREAKEVEN_PROMPT(query_tokens, response_tokens, pe_input_price, pe_output_price, ft_prompt_tokens, "
                "ft_input_price, ft_output_price)", "tokens", note="A longer prompt speaks for fine-tuning"),
            Row("be_cut", "Share of the prompt that must go", "share",
                f"FT_PROMPT_CUT({six}, pe_input_price, pe_output_price, ft_input_price, ft_output_price)", "share",
                note="0: a fine-tuned call with the whole prompt is no dearer"),
        )),
        ("Which single assumption is nearest to turning the verdict on cost", (
            Row("flip_queries", "Volume would have to change by", "share", 'IF(ISNUMBER(be_queries),IF(queries=0,"none",be_queries/queries-1),"none")', "change"),
            Row("flip_price", "Input price of the prompted model by", "share",
                'IF(ISNUMBER(be_price),IF(pe_input_price=0,"none",be_price/pe_input_price-1),"none")', "change"),
            Row("flip_labor", "Labour for the examples by", "share",
                'IF(labor=0,"none",IF(max_months*saving<training,"none",(max_months*saving-training)/labor-1))', "change"),
            Row("flip_limit", "Longest break-even accepted by", "share", 'IF(ISNUMBER(breakeven),breakeven/max_months-1,"none")', "change"),
            Row("flip_nearest", "The nearest", "",
                'IF(IF(to_shutdown="",FALSE,to_shutdown<=0),"a fine-tuned model that is still served",'
                'IF(COUNT(flip_queries,flip_price,flip_labor,flip_limit)=0,"none of these alone",'
                'IF(IF(ISNUMBER(flip_labor),ABS(flip_labor),rate_reach)<=flip_size,"labour for the examples "&TEXT(flip_labor,"+0.0%;-0.0%"),'
                'IF(IF(ISNUMBER(flip_queries),ABS(flip_queries),rate_reach)<=flip_size,"volume "&TEXT(flip_queries,"+0.0%;-0.0%"),'
                'IF(IF(ISNUMBER(flip_price),ABS(flip_price),rate_reach)<=flip_size,"input price of the prompted model "&TEXT(flip_price,"+0.0%;-0.0%"),'
                '"longest break-even accepted "&TEXT(flip_limit,"+0.0%;-0.0%"))))))', "answer"),
            Row("flip_size", "Its size", "share",
                "MIN(IF(ISNUMBER(flip_queries),ABS(flip_queries),rate_reach),IF(ISNUMBER(flip_price),ABS(flip_price),rate_reach),"
                "IF(ISNUMBER(flip_labor),ABS(flip_labor),rate_reach),IF(ISNUMBER(flip_limit),ABS(flip_limit),rate_reach))", "share"),
        )),
        ("Retraining and shutdown", (
            Row("retrain_year", "Retraining", "USD per year",
                "FT_RETRAIN(retrains_per_year, training, relabel_share, labor, evaluation_cost)"),
            Row("migration", "A shutdown would cost to migrate", "USD",
                "FT_RETRAIN(1, training, relabel_share, labor, evaluation_cost)",
                note="One more training run, the share of labels made anew, one evaluation"),
        )),
    )
    for title, rows in blocks:
        band(sheet, row, title, 4)
        row = figures(book, sheet, row + 1, rows)
    for (_, column), cell in sheet.cells.items():
        if column == 1 and cell.style.startswith("answer"):
            cell.style = cell.style.replace("answer", "verdict", 1) if "total" not in cell.style else cell.style
    return sheet


IRR_STEPS = 62
"""Halvings of the bracket: 36 / 2^62 is below the last digit of any rate."""


def cashflow_sheet(book: Book) -> Sheet:
    first, last = 2, 2 + MOST_MONTHS
    sheet = Sheet(
        "Cash flow",
        "Cash flow of switching from prompt engineering to fine-tuning",
        "Month 0 pays for training, labour and evaluation. Volume grows and prices fall from month 2 on; review is not in here.",
        (38, 15, *(9.2,) * (MOST_MONTHS + 1)),
    )
    sheet.paper = 8
    heading(sheet)
    row = HEADING + 1
    sheet.freeze = (row + 1, 2)
    sheet.repeat_rows = (0, row)
    header(sheet, row, ("Month", "Unit", *("",) * (MOST_MONTHS + 1)))
    book.place("live.t", Place(sheet.name, row, first, last))
    for month in range(MOST_MONTHS + 1):
        sheet.cells[row, first + month].content = month
        sheet.cells[row, first + month].style = "head whole"
    row += 1
    step = "IF({0}_step_month=0,1,IF(t<{0}_step_month,1,1-{0}_step_cut))"
    blocks = (
        ("Volume and prices", (
            Row("year_number", "Year", "number", "IF(t=0,0,INT((t-1)/months_per_year)+1)", "whole"),
            Row("volume", "Calls", "calls per month", "IF(t=0,0,queries*(1+monthly_growth)^(t-1))", "count"),
            Row("pe_level", "Level of base-model prices", "month 1 is 1",
                f"IF(t=0,1,PRICE_AFTER(1, pe_annual_decline, t-1)*{step.format('pe')})", "factor"),
            Row("ft_level", "Level of fine-tuned prices", "month 1 is 1",
                f"IF(t=0,1,PRICE_AFTER(1, ft_annual_decline, t-1)*{step.format('ft')})", "factor"),
        )),
        ("Cost by option", (
            Row("pe_cost", "Prompt engineering", "USD", "IF(t=0,0,volume*inference.pe*pe_level)", "flow"),
            Row("cached_cost", "Prompt engineering with caching", "USD", "IF(t=0,0,volume*inference.cached*pe_level)", "flow"),
            Row("base_cost", "Newer base model", "USD", "IF(t*offered.base=0,0,volume*inference.base*pe_level)", "flow"),
            Row("rag_cost", "RAG", "USD", "IF(t=0,0,volume*(inference.rag*pe_level+retrieval.rag)+fixed.rag)", "flow"),
            Row("ft_cost", "Fine-tuning", "USD", "IF(t=0,0,volume*inference.ft*ft_level+fixed.ft)", "flow"),
            Row("hybrid_cost", "Hybrid", "USD",
                "IF(t=0,0,volume*(inference.hybrid*ft_level+retrieval.hybrid)+fixed.hybrid)", "flow"),
        )),
        ("Fine-tuning beyond its running cost", (
            Row("runs", "Retraining runs", "runs",
                "IF(t=0,0,INT(t*retrains_per_year/months_per_year)-INT((t-1)*retrains_per_year/months_per_year))", "number"),
            Row("retraining", "Retraining", "USD", "FT_RETRAIN(runs, training, relabel_share, labor, evaluation_cost)", "flow"),
            Row("outlay", "Training, labour, first evaluation", "USD", "IF(t=0,upfront+evaluation_cost,0)", "flow"),
            Row("ft_all", "Fine-tuning in all", "USD", "ft_cost+retraining+outlay", "flow total"),
        )),
        ("Net present value", (
            Row("net", "Prompt engineering less fine-tuning", "USD",
                "IF(t>months,0,IF(ABS(pe_cost-ft_all)<=comparison_tolerance*MAX(pe_cost,ft_all),0,pe_cost-ft_all))", "flow",
                note=""),
            Row("discount", "Discount factor", "factor", "(1+annual_rate)^(-t/months_per_year)", "factor"),
            Row("discounted", "Discounted", "USD", "net*discount", "flow"),
            Row("position", "Running total, discounted", "USD", "SUM(first.discounted:discounted)", "flow total"),
            Row("paid", "Paid back", "1 yes, 0 no",
                "IF(t>months,0,IF(position>=-comparison_tolerance*first.outlay,1,0))", "whole"),
        )),
        ("Number of rates of return", (
            Row("sign", "Sign of the flow, the last that is not 0", "sign", "IF(net=0,N(prev.sign),SIGN(net))", "whole"),
            Row("turn", "It changes", "1 yes, 0 no", "IF(sign*N(prev.sign)<0,1,0)", "whole"),
            Row("total", "Running total, not discounted", "USD", "SUM(first.net:net)", "flow"),
            Row("total_sign", "Its sign, the last that is not 0", "sign", "IF(total=0,N(prev.total_sign),SIGN(total))", "whole"),
            Row("total_turn", "It changes", "1 yes, 0 no", "IF(total_sign*N(prev.total_sign)<0,1,0)", "whole"),
        )),
        ("Cumulative cost, for the chart", (
            Row("pe_sum", "Prompt engineering", "USD", "SUM(first.pe_cost:pe_cost)", "flow"),
            Row("ft_sum", "Fine-tuning with one-time cost and retraining", "USD", "SUM(first.ft_all:ft_all)", "flow"),
            Row("base_sum", "Newer base model", "USD", "IF(offered.base=1,SUM(first.base_cost:base_cost),NA())", "flow"),
            Row("ahead", "Fine-tuning has cost no more", "1 yes, 0 no", "IF(ft_sum<=pe_sum,1,0)", "whole"),
        )),
    )
    for title, rows in blocks:
        band(sheet, row, title, last + 1)
        row = table(book, sheet, row + 1, rows, first, last)
    row += 1
    sheet.breaks.append(row)
    band(sheet, row, "Results", last + 1)
    row = figures_in(book, sheet, row + 1, (
        Row("npv", "Net present value", "USD", "SUM(row.discounted)", "money total", "out_npv"),
        Row("one_rate", "There is one rate of return", "1 yes, 0 no",
            "IF(SUM(row.turn)=1,1,IF(SUM(row.total_turn)=1,IF(last.total>0,1,0),0))", "whole",
            note="The flows change sign once; or their running total does, and ends above 0"),
        Row("irr", "Internal rate of return, effective", "per year",
            f"IF(one_rate=1,IF(value.low*low_sign>0,IF(value.high*low_sign<0,"
            f"EXP(middle.{IRR_STEPS}*months_per_year)-1,NA()),NA()),NA())", "rate total", "out_irr",
            "#N/A: no rate, or more than one; then judge by net present value"),
        Row("payback", "Discounted payback", "months",
            "IF(SUM(row.paid)=0,NA(),IF(payback_month=0,0,payback_month-INDEX(row.position,payback_month+1)"
            "/INDEX(row.discounted,payback_month+1)))", "months total", "out_payback", "#N/A: not within the months counted"),
        Row("payback_month", "First month paid back", "month", "IF(SUM(row.paid)=0,NA(),MATCH(1,row.paid,0)-1)", "whole"),
        Row("low_sign", "Sign of the value below the rate of return", "sign", "IF(SUM(row.turn)=1,last.sign,1)", "whole"),
        Row("crossing_month", "Cumulative cost crosses in month", "month", "IF(SUM(row.ahead)=0,NA(),MATCH(1,row.ahead,0)-1)",
            "whole"),
        Row("crossing", "Cumulative cost crosses after", "months",
            "IF(crossing_month=0,0,crossing_month-(INDEX(row.pe_sum,crossing_month+1)-INDEX(row.ft_sum,crossing_month+1))"
            "/((INDEX(row.pe_sum,crossing_month+1)-INDEX(row.ft_sum,crossing_month+1))"
            "-(INDEX(row.pe_sum,crossing_month)-INDEX(row.ft_sum,crossing_month))))", "months"),
        Row("crossing_text", "Caption of the crossover", "",
            'IF(ISNUMBER(crossing),"Crossover after "&TEXT(crossing,"0.0")&" months","No crossover in three years")', "answer"),
        Row("crossing_cost", "Both have then cost", "USD",
            "IF(crossing_month=0,first.pe_sum,INDEX(row.pe_sum,crossing_month)+(crossing-crossing_month+1)"
            "*(INDEX(row.pe_sum,crossing_month+1)-INDEX(row.pe_sum,crossing_month)))", "money"),
        Row("npv_excel", "Cross-check: NPV() of the same flows", "USD",
            "first.net+NPV((1+annual_rate)^(1/months_per_year)-1,rest.net)", "money"),
        Row("irr_excel", "Cross-check: IRR() of the same flows", "per year",
            "IF(ISNUMBER(irr),(1+IRR(row.net,(1+irr)^(1/months_per_year)-1))^months_per_year-1,NA())", "rate"),
    ))
    row += 1
    band(sheet, row, "Internal rate of return by halving: x is the logarithm of 1 + the monthly rate", last + 1)
    row += 1
    for offset, text in enumerate(("Step", "", "Low", "High", "Middle", "Value at it")):
        if text or offset == 1:
            sheet.put(row, offset, text, "head left" if offset == 0 else "head")
    row += 1
    value = "SUMPRODUCT(row.net*EXP({0})^(-row.t))"
    sheet.put(row, 0, "Ends of the bracket", "label")
    sheet.put(row, 2, "=IF(SUM(row.turn)=1,-rate_reach,0)", "factor", key="live.low.0")
    sheet.put(row, 3, "=rate_reach", "factor", key="live.high.0")
    sheet.put(row, 4, "=" + value.format("low.0"), "flow", key="live.value.low")
    sheet.put(row, 5, "=" + value.format("high.0"), "flow", key="live.value.high")
    row += 1
    for step_number in range(1, IRR_STEPS + 1):
        before = step_number - 1
        sheet.put(row, 0, step_number, "step")
        low = f"IF(value.{before}*low_sign>0,middle.{before},low.{before})" if before else "low.0"
        high = f"IF(value.{before}*low_sign>0,high.{before},middle.{before})" if before else "high.0"
        sheet.put(row, 2, "=" + low, "factor", key=f"live.low.{step_number}")
        sheet.put(row, 3, "=" + high, "factor", key=f"live.high.{step_number}")
        sheet.put(row, 4, f"=(low.{step_number}+high.{step_number})/(1+1)", "factor", key=f"live.middle.{step_number}")
        sheet.put(row, 5, "=" + value.format(f"middle.{step_number}"), "flow", key=f"live.value.{step_number}")
        row += 1
    return sheet
