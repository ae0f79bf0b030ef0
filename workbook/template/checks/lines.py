"""The lines of Checks: what is compared with what, and how the expected figure is worked out."""

from __future__ import annotations

from workbook.template.checks.second_route import MILLION, TERMS
from workbook.template.core import OPTIONS
from workbook.template.inputs import REQUIRED
from workbook.template.sheets.cashflow import IRR_STEPS
from workbook.template.sheets.sensitivity import DRIVERS
from workbook.template.sheets.summary import SUMMARY_FIGURES

_KEYS = tuple(key for key, _ in OPTIONS)


_KEYS = tuple(key for key, _ in OPTIONS)


# What months t = 1, 2, .. weigh: growth, smooth decline, step.
_GROWN = "(row.t>0)*(1+monthly_growth)^(row.t-1)"


_FALL = (
    "((1-{0}_annual_decline)^(1/months_per_year))^(row.t-1)*(1-{0}_step_cut*({0}_step_month>0)*(row.t>={0}_step_month))"
)


_PE, _FT = _FALL.format("pe"), _FALL.format("ft")


_COST = {
    "pe": f"queries*pe_call*{_GROWN}*{_PE}",
    "cached": f"cached_monthly*{_GROWN}*{_PE}",
    "base": f"N(base_monthly)*{_GROWN}*{_PE}",
    "rag": f"((queries*pe_call+queries*context_tokens*pe_input_price/{MILLION})*{_GROWN}*{_PE}"
    f"+queries*retrieval_price*{_GROWN}+storage_monthly*(row.t>0))",
    "ft": f"(queries*ft_call*{_GROWN}*{_FT}+ft_hosting_monthly*(row.t>0))",
    "hybrid": "(queries*((ft_prompt_tokens+query_tokens+context_tokens)*ft_input_price"
    f"+response_tokens*ft_output_price)/{MILLION}"
    f"*{_GROWN}*{_FT}+queries*retrieval_price*{_GROWN}+ft_hosting_monthly*(row.t>0))",
}


_RUN = "(training+relabel_share*labor+evaluation_cost)"


_RUNS = "INT({0}*retrains_per_year/months_per_year)"


_RUNS_BY_MONTH = "row.again_runs"


_IN_RAMP = (
    "(((ft_review_ramp_months-row.t+1)>0)*((ft_review_ramp_months-row.t+1)<1)*(ft_review_ramp_months-row.t+1)"
    "+((ft_review_ramp_months-row.t+1)>=1))"
)


_FT_REVIEW = (
    "items_per_month*cost_per_review*SUMPRODUCT((row.t>0)*(row.t<={0})*(ft_review_steady_rate"
    f"+(ft_review_start_rate-ft_review_steady_rate)*{_IN_RAMP}))"
)


_PE_REVIEW = "cost_per_review*pe_review_rate*items_per_month*{0}"


_YEAR1 = "SUMPRODUCT((row.t<=months_per_year)*{0})"


_FLOW = f"({_COST['pe']}-{_COST['ft']}-{_RUNS_BY_MONTH}*{_RUN}-(row.t=0)*(upfront+evaluation_cost))"


_TERMS = f"({_COST['pe']}+{_COST['ft']}+{_RUNS_BY_MONTH}*{_RUN}+(row.t=0)*(upfront+evaluation_cost))"


_COUNTED = "(row.t<=months)"


_DISCOUNT = "((1+annual_rate)^(1/months_per_year))^(-row.t)"


def lines() -> list[tuple[str, str, str, str, str]]:
    """Checks of single figures: label, expected, got, largest term ("" for the larger of the two), how."""
    rows: list[tuple[str, str, str, str, str]] = []

    def add(label: str, expected: str, got: str, terms: str = "", how: str = "") -> None:
        rows.append((label, expected, got, terms, how))

    named = {
        "PE_MONTHLY": "pe_monthly",
        "FT_MONTHLY": "ft_monthly",
        "RAG_MONTHLY": "rag_monthly",
        "HYBRID_MONTHLY": "hybrid_monthly",
        "CALL_COST": "pe_call",
        "FT_TRAINING": "training",
        "FT_LABOR": "labor",
        "FT_BREAKEVEN": "breakeven",
        "FT_DECISION": "decision",
        "FT_SUITABILITY": "suitability",
        "FT_BREAKEVEN_QUERIES": "be_queries",
        "FT_BREAKEVEN_PRICE": "be_price",
    }
    for function, key in named.items():
        add(function, f"check.{key}", f"live.{key}", TERMS.get(key, ""), "Second route below")
    add(
        "FT_BREAKEVEN_PROMPT",
        "IF(pe_input_price=0,1/pe_input_price,IF(prompt_gap<=0,0,prompt_gap/pe_input_price))",
        "be_prompt",
        f"IF(pe_input_price=0,1,ft_call*{MILLION}/pe_input_price+query_tokens)",
        "Difference of the calls without the prompt, over the input price",
    )
    add(
        "FT_PROMPT_CUT",
        "IF(cut_whole<=comparison_tolerance*cut_scale,0,IF(cut_none>comparison_tolerance*cut_scale,NA(),cut_whole/(cut_whole-cut_none)))",
        "be_cut",
        "IF(pe_prompt_tokens*ft_input_price=0,1,1+cut_scale/(pe_prompt_tokens*ft_input_price))",
        "Linear between the whole prompt and none",
    )
    add(
        "FT_ROI",
        "IF(upfront=0,1/upfront,saving*months/upfront-1)",
        "roi",
        "1+months*(pe_monthly+ft_monthly)/upfront",
        "saving × months / upfront − 1",
    )
    add("FT_RETRAIN", f"retrains_per_year*{_RUN}", "retrain_year", "", "Runs × cost of a run")
    add("FT_RETRAIN for a shutdown", _RUN, "migration", "", "One run")
    add("PRICE_AFTER", f"1+SUMPRODUCT((row.t>0)*{_PE})", "SUM(row.pe_level)", "", "All months at once")
    add("PRICE_AFTER, fine-tuned", f"1+SUMPRODUCT((row.t>0)*{_FT})", "SUM(row.ft_level)", "", "All months at once")
    add("REVIEW_COST", _PE_REVIEW.format("months_per_year"), "pe_review_year1", "", "Factors in another order")
    add("REVIEW_RAMP", _FT_REVIEW.format("months_per_year"), "ft_review_year1", "", "Month by month")
    add("REVIEW_RAMP over three years", _FT_REVIEW.format("last.t"), "ft_review_all", "", "Month by month")
    add("REVIEW_COST over three years", _PE_REVIEW.format("last.t"), "pe_review_all")
    add(
        "Review month by month, fine-tuned",
        _FT_REVIEW.format("months_per_year*(1+1)"),
        "SUM(review_ft.1:review_ft.24)",
        "",
        "Against all months at once",
    )
    add("Review month by month, prompted", _PE_REVIEW.format("months_per_year*(1+1)"), "SUM(review_pe.1:review_pe.24)")
    add(
        "What the first months of review add",
        "items_per_month*ft_review_ramp_months*cost_per_review*(ft_review_start_rate-ft_review_steady_rate)",
        "ramp_extra",
        "items_per_month*ft_review_ramp_months*cost_per_review",
    )
    add(
        "Review in a month",
        "cost_per_review*items_per_month*(pe_review_rate+ft_review_steady_rate)",
        "pe_review_month+ft_review_month",
    )
    add(
        "COST_PER_ACCEPTED",
        "pe_tries*(pe_call+cached_call+offered_base*base_call+pe_retrieved"
        "+(1+1+1+offered_base)*pe_review_rate*cost_per_review)"
        "+ft_tries*(ft_call+hybrid_call+(1+1)*ft_review_steady_rate*cost_per_review)",
        "SUM(row.accepted)",
        "",
        "All options added up",
    )
    add(
        "FT_SENSITIVITY",
        "grid_sum",
        'SUMIF(grid_first:grid_last,">0")',
        "grid_terms",
        "Each line of the grid is one break-even times its multiples",
    )
    add(
        "FT_NPV",
        f"IF(again_horizon=1,SUMPRODUCT({_COUNTED}*{_FLOW}*{_DISCOUNT}),#NUM!)",
        "npv",
        f"SUMPRODUCT({_COUNTED}*{_TERMS}*{_DISCOUNT})",
        "Closed formula of every month's flow",
    )
    add(
        "FT_NPV against Excel's NPV()",
        "npv_excel",
        "npv",
        f"SUMPRODUCT({_COUNTED}*{_TERMS}*{_DISCOUNT})",
        "NPV() of the same flows",
    )
    root = f"middle.{IRR_STEPS}"
    add(
        "FT_IRR: its net present value is none",
        "IF(ISNUMBER(irr),0,irr)",
        f"IF(ISNUMBER(irr),SUMPRODUCT(row.net*EXP({root})^(-row.t)),irr)",
        f"IF(ISNUMBER(irr),SUMPRODUCT(row.net*((row.net>0)-(row.net<0))*EXP({root})^(-row.t)),1)",
        "Discounted at the rate found",
    )
    add(
        "FT_IRR: effective rate of a year",
        f"IF(ISNUMBER(irr),EXP({root})^months_per_year-1,irr)",
        "irr",
        "IF(ISNUMBER(irr),1+ABS(irr),1)",
    )
    add(
        "FT_IRR exists",
        "rate_expected",
        "IF(ISNUMBER(irr),1,0)",
        "",
        "Sign changes counted and both ends of the bracket valued again below",
    )
    add(
        "FT_PAYBACK",
        "IF(again_horizon*ISNUMBER(payback_month)=1,IF(payback_month=0,0,payback_month-1-INDEX(row.position,1,payback_month)"
        "/(INDEX(row.position,1,payback_month+1)-INDEX(row.position,1,payback_month))),IF(again_horizon=1,NA(),#NUM!))",
        "payback",
        f"IF(ISNUMBER(payback),payback+SUMPRODUCT({_COUNTED}*{_TERMS}*{_DISCOUNT})/ABS(INDEX(row.discounted,1,payback_month+1)),1)",
        "Interpolated from the month before",
    )
    add(
        "FT_PAYBACK: the month",
        "IF(MIN(row.again_paid)>last.t,NA(),MIN(row.again_paid))",
        "payback_month",
    )
    add(
        "FT_CASHFLOW: running totals",
        f"SUMPRODUCT({_COUNTED}*{_FLOW}*{_DISCOUNT}*(last.t-row.t+1))",
        "SUM(row.position)",
        f"SUMPRODUCT({_COUNTED}*{_TERMS}*{_DISCOUNT}*(last.t-row.t+1))",
        "Each flow times the months it stays",
    )
    add("FT_CASHFLOW: flows", f"SUMPRODUCT({_COUNTED}*{_FLOW})", "SUM(row.net)", f"SUMPRODUCT({_COUNTED}*{_TERMS})")
    add(
        "FT_CASHFLOW: discounted",
        f"SUMPRODUCT({_COUNTED}*{_FLOW}*{_DISCOUNT})",
        "SUM(row.discounted)",
        f"SUMPRODUCT({_COUNTED}*{_TERMS}*{_DISCOUNT})",
    )
    add("Discount factors", f"SUMPRODUCT({_DISCOUNT})", "SUM(row.discount)")
    add(
        "Totals not discounted",
        f"SUMPRODUCT({_COUNTED}*{_FLOW}*(last.t-row.t+1))",
        "SUM(row.total)",
        f"SUMPRODUCT({_COUNTED}*{_TERMS}*(last.t-row.t+1))",
    )
    add(
        "Years of the months",
        "SUMPRODUCT((row.t>0)+(row.t>months_per_year)+(row.t>months_per_year*(1+1)))",
        "SUM(row.year_number)",
    )
    add("Volume by month", f"queries*SUMPRODUCT({_GROWN})", "SUM(row.volume)")
    for key in _KEYS:
        add(
            f"Cash flow: {dict(OPTIONS)[key].lower()}",
            f"SUMPRODUCT({_COST[key]})",
            f"SUM(row.{key}_cost)",
            "",
            "All months at once",
        )
    add("Retraining runs", _RUNS.format("last.t"), "SUM(row.runs)", "", "Whole runs up to the last month")
    add("Retraining", f"{_RUNS.format('last.t')}*{_RUN}", "SUM(row.retraining)")
    add("Outlay in month 0", "upfront+evaluation_cost", "SUM(row.outlay)")
    add(
        "Fine-tuning in all",
        f"SUMPRODUCT({_COST['ft']})+{_RUNS.format('last.t')}*{_RUN}+upfront+evaluation_cost",
        "SUM(row.ft_all)",
    )
    add("Cumulative cost, prompted", f"SUMPRODUCT({_COST['pe']}*(last.t-row.t+1))", "SUM(row.pe_sum)")
    add(
        "Cumulative cost, fine-tuned",
        f"SUMPRODUCT(({_COST['ft']}+{_RUNS_BY_MONTH}*{_RUN}+(row.t=0)*(upfront+evaluation_cost))*(last.t-row.t+1))",
        "SUM(row.ft_sum)",
    )
    add(
        "Cumulative cost, newer base model",
        f"IF(ISNUMBER(check.base_monthly),SUMPRODUCT({_COST['base']}*(last.t-row.t+1)),0)",
        "IF(ISNUMBER(first.base_sum),SUM(row.base_sum),0)",
    )
    add("Months in which fine-tuning has cost no more", "SUMPRODUCT((row.pe_sum>=row.ft_sum)*1)", "SUM(row.ahead)")
    add(
        "Months paid back",
        "SUMPRODUCT((row.t<=months)*(row.position>=-comparison_tolerance*first.outlay))",
        "SUM(row.paid)",
    )
    add(
        "Crossover of cumulative cost",
        "IF(ISNUMBER(crossing),IF(crossing_month=0,first.pe_sum,INDEX(row.ft_sum,1,crossing_month)"
        "+(crossing-crossing_month+1)*(INDEX(row.ft_sum,1,crossing_month+1)-INDEX(row.ft_sum,1,crossing_month))),NA())",
        "IF(ISNUMBER(crossing),IF(crossing_month=0,first.ft_sum,crossing_cost),crossing_cost)",
        "IF(ISNUMBER(crossing),MAX(row.ft_sum)+MAX(row.pe_sum),1)",
        "Both curves at that point",
    )
    add(
        "Month of the crossover",
        "IF(IF(MAX(row.pe_sum)+MAX(row.ft_sum)=0,TRUE,MIN(row.again_ahead)>last.t),NA(),MIN(row.again_ahead))",
        "crossing_month",
    )
    for key in _KEYS:
        tuned = key in ("ft", "hybrid")
        cost = _YEAR1.format(_COST[key])
        extra = (
            f"+{_RUNS.format('months_per_year')}*{_RUN}+upfront+evaluation_cost+{_FT_REVIEW.format('months_per_year')}"
        )
        total = cost + (extra if tuned else "+" + _PE_REVIEW.format("months_per_year"))
        add(
            f"Year 1: {dict(OPTIONS)[key].lower()}",
            f'IF(ISNUMBER(check.{key}_monthly),{total},"n/a")' if key == "base" else total,
            f"year1.{key}",
            "",
            "Months 1 to 12 at once, review month by month",
        )
    add("Year 1 on Review", "year1.pe+year1.ft", "r_total.pe+r_total.ft", "", "Costs against Review")
    add(
        "Year 2 on Review",
        f"SUMPRODUCT((row.t>months_per_year)*(row.t<=months_per_year*(1+1))*({_COST['pe']}+{_COST['ft']}))"
        f"+({_RUNS.format('months_per_year*(1+1)')}-{_RUNS.format('months_per_year')})*{_RUN}"
        f"+{_PE_REVIEW.format('months_per_year')}+({_FT_REVIEW.format('months_per_year*(1+1)')}-{_FT_REVIEW.format('months_per_year')})",
        "r2_total.pe+r2_total.ft",
        f"r2_total.pe+r2_total.ft+{_FT_REVIEW.format('months_per_year*(1+1)')}",
    )
    add("Cheaper in year 1", 'IF(year1.ft<year1.pe-comparison_tolerance*year1.pe,"FT","PE")', "winner")
    add("Cheaper in year 2", 'IF(r2_total.ft<r2_total.pe-comparison_tolerance*r2_total.pe,"FT","PE")', "year2_winner")
    add(
        "Starting rate that ties in year 1",
        "r_total.pe",
        "IF(ISNUMBER(tie_rate),r_total.ft+(tie_rate-ft_review_start_rate)*items_per_month*cost_per_review"
        "*MIN(ft_review_ramp_months,months_per_year),r_total.pe)",
        "r_total.pe+r_total.ft",
        "Year 1 at that rate",
    )
    add(
        "Differences on Review",
        "(1+1)*(r_total.ft-r_total.pe+r2_total.ft-r2_total.pe)",
        "SUM(gap1.0:gap1.6)+SUM(gap2.0:gap2.3)",
        "r_total.pe+r_total.ft+r2_total.pe+r2_total.ft",
    )
    add(
        "Three years, all options",
        "+".join(f"SUMPRODUCT({_COST[key]})" for key in _KEYS)
        + f"+(1+1)*({_RUNS.format('last.t')}*{_RUN}+upfront+evaluation_cost+{_FT_REVIEW.format('last.t')})"
        + f"+(1+1+1+offered_base)*{_PE_REVIEW.format('last.t')}",
        "SUM(row.tco)",
        "",
        "All months at once",
    )
    add("Twelve months like the first", "months_per_year*SUM(row.month)", "SUM(row.year)")
    add(
        "Running cost, all options",
        "check.pe_monthly+check.cached_monthly+N(check.base_monthly)+check.rag_monthly+check.ft_monthly"
        "+check.hybrid_monthly",
        "SUM(row.month)",
    )
    add(
        "Cost of a call, all options",
        "pe_call+cached_call+N(base_call)+pe_retrieved+ft_call+hybrid_call",
        "SUM(row.call)",
    )
    add(
        "Tuned options open",
        'IF(AND(LEFT(check.suitability,LEN("STOP"))<>"STOP",tuned_decision="FINE-TUNE"),1,0)',
        "in_time.ft*suits.ft",
        "",
        "Suitability and break-even with review",
    )
    add(
        "Hybrid open",
        'IF(AND(LEFT(check.suitability,LEN("STOP"))<>"STOP",hybrid_decision="FINE-TUNE"),1,0)',
        "in_time.hybrid*suits.hybrid",
        "",
        "Suitability and break-even with review",
    )
    add("Break-even with review", "tuned_breakeven", "pays.ft", "tuned_terms")
    add("Break-even of the hybrid with review", "hybrid_breakeven", "pays.hybrid", "hybrid_terms")
    add(
        "Cheapest open option",
        "check.chosen_label",
        "chosen",
        "",
        "Chosen again below",
    )
    add("Its year 1", "MIN(row.second_open)", "chosen_year1")
    add(
        "The next best",
        'IF(SUMPRODUCT((row.second_open<closed_price)*1)<1+1,"none",SMALL(row.second_open,1+1))',
        "runner_up_year1",
    )
    add("Facts must be looked up", 'IF(AND(EXACT(LOWER(TRIM(use_case)),"knowledge"),facts_change),1,0)', "must_look_up")
    add(
        "The recommendation names the option chosen",
        "INDEX(row.action,1,MATCH(check.chosen_label,row.option,0))",
        "chosen_action",
    )
    add(
        "The headline",
        'IF(LEN(missing_inputs)=0,INDEX(row.action,1,MATCH(1,row.is_chosen,0)),"ENTER INPUTS: see below")',
        "recommendation",
    )
    add("The headline in words", _headline(), "chosen_action", "", "Put together again from the option chosen")
    add(
        "Inputs still missing",
        f"IF({_missing()}>0,1,0)",
        "IF(LEN(missing_inputs)>0,1,0)",
        "",
        "Blank required inputs counted",
    )
    add(
        "Options cheapest to run",
        "+".join(
            f"IF(ISNUMBER(check.{key}_monthly),IF(check.{key}_monthly<=best_limit,1,0),0)"
            + ("*offered_cached" if key == "cached" else "")
            for key in _KEYS
        ),
        "SUM(row.is_best)",
    )
    add("Options chosen", "SUMPRODUCT((row.second_open<=second_limit)*1)", "SUM(row.is_chosen)")
    add("Options open", "SUMPRODUCT((row.second_open<closed_price)*row.second_open)", "SUM(row.open_year1)")
    add("Options closed", "SUMPRODUCT((row.second_open>=closed_price)*1)", 'COUNTIF(row.open_year1,"closed")')
    for name, what in (
        ("sign", "Signs of the flows"),
        ("turn", "Changes of sign"),
        ("total_sign", "Signs of the running total"),
        ("total_turn", "Changes of its sign"),
        ("tail_sign", "Signs of the totals from each month on"),
        ("tail_turn", "Changes of their sign"),
    ):
        add(what, f"SUMPRODUCT(row.again_{name}*(row.again_month+1))", f"SUMPRODUCT(row.{name}*(row.t+1))")
    add("Gates passed", "+".join(f"IF({test}=1,1,0)" for test in _GATES), 'COUNTIF(gate.0:gate.6,"PASS")')
    add("Gates that stop", "+".join(f"IF({test}=0,1,0)" for test in _GATES), 'COUNTIF(gate.0:gate.6,"STOP")')
    add("Gates that caution", "+".join(f"IF({test}=-1,1,0)" for test in _GATES), 'COUNTIF(gate.0:gate.6,"CAUTION")')
    add(
        "Shutdown test",
        'IF(to_shutdown="","no shutdown announced",IF(to_shutdown>0,IF(ISNA(check.breakeven),"never breaks even",'
        'IF(to_shutdown-check.breakeven>comparison_tolerance*ABS(to_shutdown),"yes","NO: shut before it pays back")),'
        '"NO: already shut at the start"))',
        "shutdown_test",
    )
    add(
        "Name of the scenario",
        'IF(LEN(INDEX(row.scenario_title,1,MATCH(scenario,row.scenario_number,0)))=0,"Scenario "&scenario,'
        "INDEX(row.scenario_title,1,MATCH(scenario,row.scenario_number,0)))",
        "scenario_name",
    )
    add(
        "Summary: verdicts",
        'IF(LEN(missing_inputs)=0,check.decision&" "&winner," ")&" "'
        '&IF(LEN(missing_inputs)=0,check.chosen_label,"none yet")&" "&currency',
        'shown.decision&" "&shown.winner&" "&shown_choice&" "&shown_currency',
    )
    add(
        "Summary: names of the options",
        "&".join(f"INDEX(row.option,1,{'+'.join('1' * (n + 1))})" for n in range(6)),
        "&".join(f"shown.label.{key}" for key in _KEYS),
    )
    add("Summary: year 1 of the choice", "chosen_year1+N(runner_up_year1)", "shown_year1+N(shown_next)")
    add(
        "Tornado: names",
        "ROWS(rank.0:rank.9)",
        "+".join(f"COUNTIF(sorted.0:sorted.9,driver.{n})" for n in range(len(DRIVERS))),
    )
    add(
        "Volume that turns the verdict",
        'IF(ISNUMBER(check.be_queries),IF(queries=0,"none",(check.be_queries-queries)/queries),"none")',
        "flip_queries",
        "IF(ISNUMBER(check.be_queries),IF(queries=0,1,1+(upfront/max_months+ft_hosting_monthly)*(pe_call+ft_call)"
        "*(pe_call-ft_call)^(-1)*(pe_call-ft_call)^(-1)/queries),1)",
    )
    add(
        "Price that turns the verdict",
        'IF(ISNUMBER(check.be_price),IF(pe_input_price=0,"none",(check.be_price-pe_input_price)/pe_input_price),"none")',
        "flip_price",
        "IF(ISNUMBER(check.be_price),IF(pe_input_price=0,1,1+(ft_monthly+upfront/max_months+answers)/inputs/pe_input_price),1)",
    )
    add(
        "Labour that turns the verdict",
        'IF(labor=0,"none",IF(max_months*saving<training,"none",(max_months*saving-upfront)/labor))',
        "flip_labor",
        "IF(labor=0,1,1+(training+max_months*(pe_monthly+ft_monthly))/labor)",
    )
    add(
        "Limit that turns the verdict",
        'IF(ISNUMBER(check.breakeven),(check.breakeven-max_months)/max_months,"none")',
        "flip_limit",
        "IF(ISNUMBER(check.breakeven),1+upfront*(pe_monthly+ft_monthly)*saving^(-1)*saving^(-1)/max_months,1)",
    )
    add(
        "The nearest of them",
        'IF(COUNT(flip_queries,flip_price,flip_labor,flip_limit)=0,"none",SMALL(size.queries:size.limit,1))',
        "flip_size",
        "",
        "Smallest of the four",
    )
    add(
        "Both prices together", "IF(pe_monthly=0,NA(),ft_monthly/pe_monthly+upfront/(max_months*pe_monthly))", "be_both"
    )
    add(
        "Review rate that flips the headline",
        'IF(ISNUMBER(runner_up_year1),IF(items_per_month*cost_per_review=0,"none",(runner_up_year1-chosen_year1)'
        '/(cost_per_review*months_per_year*items_per_month)),"none")',
        "flip_review",
    )
    add(
        "Year that flips the headline",
        'IF(ISNUMBER(runner_up_year1),IF(chosen_year1=0,"none",runner_up_year1*chosen_year1^(-1)),"none")',
        "flip_multiple",
    )
    add("Tornado: as it stands", "saving*months-upfront", "tornado_base", "(pe_monthly+ft_monthly)*months+upfront")
    for index, (name, label) in enumerate(DRIVERS):
        add(
            f"Tornado: {label.lower()}",
            f"(1+1)*(saving*months-upfront)+{_tornado(name, index)}",
            f"at_low.{index}+at_high.{index}",
            f"(1+low_factor.{index}+high_factor.{index})*((pe_monthly+ft_monthly)*months+upfront)",
            "Each driver moves the result in a straight line",
        )
    last = len(DRIVERS) - 1
    add(
        "Tornado: sorted",
        f"SUM(at_low.0:at_high.{last})-(1+1)*ROWS(at_low.0:at_low.{last})*tornado_base",
        f"SUM(down.0:up.{last})",
        f"{_size(last)}+ABS(tornado_base)",
    )
    add("Tornado: ranks", f"ROWS(rank.0:rank.{last})*(ROWS(rank.0:rank.{last})+1)/(1+1)", f"SUM(rank.0:rank.{last})")
    add(
        "Tornado: swings",
        f"SUMPRODUCT((at_high.0:at_high.{last}-at_low.0:at_low.{last})*((at_high.0:at_high.{last}>at_low.0:at_low.{last})-(at_high.0:at_high.{last}<at_low.0:at_low.{last})))",
        f"SUM(swing.0:swing.{last})",
        _size(last),
    )
    figures = [key for _, key, _, _ in SUMMARY_FIGURES]
    add(
        "Summary: figures",
        "IF(LEN(missing_inputs)=0," + "+".join(f"IF(ISNUMBER({key}),{key},0)" for key in figures) + ",0)",
        f'SUMIF(shown.{figures[0]}:shown.{figures[-1]},">0")+SUMIF(shown.{figures[0]}:shown.{figures[-1]},"<0")',
        "+".join(f"IF(ISNUMBER({key}),ABS({key}),0)" for key in figures),
        "Against the sheets they come from",
    )
    add(
        "Summary: all options",
        "SUM(row.month)+SUM(row.year1)+SUM(row.tco)",
        "SUM(shown.all.pe_monthly:shown.all.tco.hybrid)",
    )
    add(
        "Summary: accepted outputs",
        'SUMIF(row.accepted,">0")',
        'SUMIF(shown.all.accepted.pe:shown.all.accepted.hybrid,">0")',
    )
    return rows


_STOPS = 'LEFT(check.suitability,LEN("STOP"))="STOP"'


_GATES = (
    "IF(examples>=minimum_examples,1,0)",
    'IF(EXACT(LOWER(TRIM(use_case)),"knowledge"),IF(facts_change,0,-1),1)',
    'IF(AND(EXACT(LOWER(TRIM(use_case)),"knowledge"),facts_change),0,1)',
    'IF(to_shutdown="",1,IF(to_shutdown>0,1,0))',
    'IF(to_shutdown="",1,IF(ISNA(check.breakeven),0,IF(to_shutdown-check.breakeven>comparison_tolerance*ABS(to_shutdown),1,0)))',
    'IF(check.decision="FINE-TUNE",1,IF(check.decision="HOLD",-1,0))',
    'IF(winner="FT",1,-1)',
)
"""What each gate on Suitability should say: 1 pass, 0 stop, −1 caution."""


def _missing() -> str:
    return "+".join(f"IF(LEN(base.{name})=0,1,0)" for name in REQUIRED)


def _headline() -> str:
    pe, base, tuned = (
        f'IF(LEN(check.{key}_model)=0,"the {what}",check.{key}_model)'
        for key, what in (("pe", "prompted model"), ("base", "newer base model"), ("ft", "fine-tuned model"))
    )
    texts = (
        ("pe", f'"KEEP PROMPT ENGINEERING: stay with "&{pe}&" as it is"'),
        ("cached", f'"CACHE THE PROMPT: stay with "&{pe}&" and let the vendor cache the instructions"'),
        ("base", f'"SWITCH MODEL: run "&{base}&" with the full prompt"'),
        ("rag", f'"USE RAG: keep "&{pe}&" and look the facts up"'),
        ("ft", f'"FINE-TUNE: train and run "&{tuned}'),
    )
    formula = f'"HYBRID: fine-tune "&{tuned}&" and look the facts up"'
    for key, text in reversed(texts):
        formula = f"IF(chosen_label=label.{key},{text},{formula})"
    return formula


def _size(last: int) -> str:
    """The ends of all bars, added up without sign."""
    area = f"at_low.0:at_high.{last}"
    return f"SUMPRODUCT({area}*(({area}>0)-({area}<0)))"


def _tornado(name: str, index: int) -> str:
    """What both ends of a driver's bar add to twice the base."""
    step = f"(low_factor.{index}+high_factor.{index}-(1+1))"
    slopes = {
        "queries": "months*(saving+ft_hosting_monthly)",
        "pe_input_price": f"months*queries*(pe_prompt_tokens+query_tokens)*pe_input_price/{MILLION}",
        "pe_output_price": f"months*queries*response_tokens*pe_output_price/{MILLION}",
        "pe_prompt_tokens": f"months*queries*pe_prompt_tokens*pe_input_price/{MILLION}",
        "response_tokens": f"months*queries*response_tokens*(pe_output_price-ft_output_price)/{MILLION}",
        "ft_input_price": f"(0-months*queries*(query_tokens+ft_prompt_tokens*IF(LEN(ft_cached_price)=0,1,"
        f"1-ft_hit))*ft_input_price/{MILLION})",
        "ft_output_price": f"(0-months*queries*response_tokens*ft_output_price/{MILLION})",
        "minutes_per_example": "(0-labor)",
        "ft_hosting_monthly": "(0-months*ft_hosting_monthly)",
    }
    if name in slopes:
        return f"{step}*{slopes[name]}"
    billed = f"ft_training_price/{MILLION}*(validation_tokens+{{0}}*examples*tokens_per_example*epochs)"
    ends = "+".join(f"MAX(training_minimum,{billed.format(f'{end}_factor.{index}')})" for end in ("low", "high"))
    return f"(1+1)*training-({ends})-{step}*labor"


HELPERS: tuple[tuple[str, str, str], ...] = (
    (
        "prompt_gap",
        "Calls without the prompted prompt",
        "IF(ABS(query_tokens*ft_input_price+ft_prompt_tokens*ft_input_price+response_tokens*ft_output_price-query_tokens*pe_input_price"
        "-response_tokens*pe_output_price)<=comparison_tolerance*(query_tokens*ft_input_price+ft_prompt_tokens*ft_input_price"
        "+response_tokens*ft_output_price),0,query_tokens*ft_input_price+ft_prompt_tokens*ft_input_price+response_tokens*ft_output_price"
        "-query_tokens*pe_input_price-response_tokens*pe_output_price)",
    ),
    (
        "cut_scale",
        "Fine-tuned call with the whole prompt",
        "(pe_prompt_tokens+query_tokens)*ft_input_price+response_tokens*ft_output_price",
    ),
    (
        "cut_whole",
        "It costs more by",
        "pe_prompt_tokens*(ft_input_price-pe_input_price)+query_tokens*(ft_input_price-pe_input_price)+response_tokens*(ft_output_price-pe_output_price)",
    ),
    ("cut_none", "Without any prompt it costs more by", "cut_whole-pe_prompt_tokens*ft_input_price"),
    ("pe_tries", "Tries for an accepted output, prompted", "IF(LEN(pe_pass_rate)=0,1,1/pe_pass_rate)"),
    ("ft_tries", "Tries for an accepted output, fine-tuned", "IF(LEN(ft_pass_rate)=0,1,1/ft_pass_rate)"),
    ("offered_cached", "Caching is offered", "IF(pe_hit*LEN(pe_cached_price)=0,0,1)"),
    (
        "cached_call",
        "A prompted call with caching",
        f"pe_call-pe_hit*pe_prompt_tokens/{MILLION}*(pe_input_price-IF(LEN(pe_cached_price)=0,pe_input_price,pe_cached_price))",
    ),
    ("offered_base", "A newer base model is offered", "IF(ISNUMBER(base_monthly),1,0)"),
    (
        "base_call",
        "A call of it",
        f"IF(offered_base=1,((pe_prompt_tokens+query_tokens)*base_input_price+response_tokens*base_output_price)/{MILLION},0)",
    ),
    ("pe_retrieved", "A call with retrieval", f"pe_call+context_tokens*pe_input_price/{MILLION}+retrieval_price"),
    (
        "hybrid_call",
        "A fine-tuned call with retrieval",
        f"((ft_prompt_tokens+query_tokens+context_tokens)*ft_input_price+response_tokens*ft_output_price)/{MILLION}+retrieval_price",
    ),
    (
        "tuned_outlay",
        "One-time cost with the dearer review",
        "upfront+evaluation_cost+items_per_month*ft_review_ramp_months*cost_per_review*(ft_review_start_rate-ft_review_steady_rate)",
    ),
    ("pe_all", "A month with review, prompted", "pe_monthly+items_per_month*cost_per_review*pe_review_rate"),
    (
        "ft_all_in",
        "A month with review, fine-tuned",
        "ft_monthly+items_per_month*cost_per_review*ft_review_steady_rate",
    ),
    (
        "hybrid_all_in",
        "A month with review, hybrid",
        "hybrid_monthly+items_per_month*cost_per_review*ft_review_steady_rate",
    ),
    (
        "tuned_breakeven",
        "Break-even with review",
        "IF(pe_all-ft_all_in<=comparison_tolerance*pe_all,NA(),tuned_outlay*(pe_all-ft_all_in)^(-1))",
    ),
    (
        "tuned_terms",
        "Its largest term",
        "IF(pe_all-ft_all_in<=comparison_tolerance*pe_all,1,(ABS(tuned_outlay)+upfront+evaluation_cost+items_per_month*ft_review_ramp_months"
        "*cost_per_review)*(pe_all+ft_all_in)*(pe_all-ft_all_in)^(-1)*(pe_all-ft_all_in)^(-1))",
    ),
    (
        "tuned_decision",
        "Decision with review",
        'IF(ISNA(tuned_breakeven),"DO NOT FINE-TUNE",IF(limit-tuned_breakeven>comparison_tolerance*ABS(limit),'
        '"FINE-TUNE","HOLD"))',
    ),
    (
        "hybrid_breakeven",
        "Break-even of the hybrid",
        "IF(pe_all-hybrid_all_in<=comparison_tolerance*pe_all,NA(),tuned_outlay*(pe_all-hybrid_all_in)^(-1))",
    ),
    (
        "hybrid_terms",
        "Its largest term",
        "IF(pe_all-hybrid_all_in<=comparison_tolerance*pe_all,1,(ABS(tuned_outlay)+upfront+evaluation_cost+items_per_month*ft_review_ramp_months"
        "*cost_per_review)*(pe_all+hybrid_all_in)*(pe_all-hybrid_all_in)^(-1)*(pe_all-hybrid_all_in)^(-1))",
    ),
    (
        "hybrid_decision",
        "Decision on the hybrid",
        'IF(ISNA(hybrid_breakeven),"DO NOT FINE-TUNE",IF(limit-hybrid_breakeven>comparison_tolerance*ABS(limit),'
        '"FINE-TUNE","HOLD"))',
    ),
    *(
        (
            f"size.{name}",
            f"Size of the change: {name}",
            f"IF(ISNUMBER(flip_{name}),MAX(flip_{name},-flip_{name}),EXP(rate_reach))",
        )
        for name in ("queries", "price", "labor", "limit")
    ),
    (
        "again_horizon",
        "Months counted are a whole number within the cash flow",
        "SUMPRODUCT((row.t=months)*(row.t>0))",
    ),
    ("closed_price", "What stands for a closed option", "EXP(rate_reach*rate_reach)"),
)


PUBLISHED: tuple[tuple[str, tuple, str, str], ...] = (
    ("PE_MONTHLY", (10_000, 800, 50, 100, 30, 60), "315", "Course calculator: a month of prompt engineering"),
    ("FT_MONTHLY", (10_000, 50, 50, 100, 3, 6), "9", "Course calculator: a month fine-tuned"),
    ("FT_TRAINING", (500, 1000, 3, 8), "12", "Course calculator: training"),
    ("FT_TRAINING", (100, 1000, 3, 8), "2.4", "OpenAI 2023-08-22: 100,000 tokens, 3 epochs, 2.40"),
    ("FT_TRAINING", (1000, 1000, 2, 2), "4", "Microsoft, cost management of fine-tuning: 4"),
    ("HYBRID_MONTHLY", (10_000, 50, 50, 0, 100, 3, 6, 0.002), "29", "Course calculator: 9 + 0.002 × 10,000"),
    ("PE_MONTHLY", (10_000, 800, 50, 100, 15, 60), "187.5", "Course calculator: GPT-4 at 0.015 per 1K"),
    ("PE_MONTHLY", (10_000, 800, 50, 100, 5, 60), "102.5", "Course calculator: GPT-4 at 0.005 per 1K"),
    ("REVIEW_COST", (1_000_000, 0.05, 10), "500000", "Consultant's report: 5% of 1,000,000 letters"),
    ("REVIEW_RAMP", (1_000_000 / 12, 12, 0.1, 0.05, 3, 10), "625000", "Consultant's report: 10% for 3 months, then 5%"),
    ("PE_MONTHLY", (10_000, 800, 50, 100, 1.5, 2), "14.75", "OpenAI community, prices of August 2023: base model"),
    ("FT_MONTHLY", (10_000, 50, 50, 100, 12, 16), "28", "OpenAI community, prices of August 2023: its fine-tune"),
    ("FT_DECISION", (12, 315, 9, 6), "FINE-TUNE", "Course calculator: training alone"),
    ("FT_DECISION", (2095.33, 315, 9, 6), "HOLD", "Course calculator with labour"),
)
