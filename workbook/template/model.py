"""The calculation, once: one column an option, the same rows for all, and the months below them.

`block` lays it out for a scope: "live" on Costs and Cash flow, "tab2" on the tab of scenario 2. All formulas are over
keys (see `grid`); a *row* key stands for the cell in the same column, ``key.3`` for that of option 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from workbook.template.grid import Row
from workbook.template.inputs import COUNT, OPTION_ROWS

OPTIONS = range(1, COUNT + 1)
EMPTY = '""'
NEWER, TUNED, HYBRID, OWN = 3, 5, 6, 7


def common_key(name: str) -> str:
    """The key of a common input's value in force; some names are rows of an option too."""
    return f"all_{name}" if name in OPTION_ROWS else name


def clamped(text: str) -> str:
    """How much of a month runs up to a moment: 0 to 1."""
    return f"MAX(0,MIN(1,{text}-t+1))"


def part_of(text: str) -> str:
    """The same for all months at once, for SUMPRODUCT, where MIN and MAX would take one of the whole row."""
    return f"((rest.t<={text})+(rest.t>{text})*(rest.t<{text}+1)*({text}-rest.t+1))"


def own_cell(own: str, base: str, fallback: str) -> str:
    """The value in force of an option's cell: the scenario's own, else the base's, else what it takes."""
    return f'IF(IF({own}="",{base}="",{own}="none"),{fallback or EMPTY},IF({own}="",{base},{own}))'


def taken(key: str, first: bool) -> str:
    """What an empty cell of an option takes."""
    row = OPTION_ROWS[key]
    common = ""
    if row.common:
        name = common_key(key)
        common = {
            "all": name,
            "retrieval": f'IF(retrieval="yes",{name},"")',
            "caching": f'IF(caching="yes",{name},"")',
            "tuned": f'IF(tuned=1,{name},"")',
        }[row.common]
    if first or row.takes == "own":
        return common
    source = {"based": "source", "model": "model_source", "answers": "answers_source"}[row.takes]
    earlier = f"INDEX(first.{key}:prev.{key},1,{source})"
    if common:
        return f'IF(IF({source}=0,TRUE,{earlier}=""),{common},{earlier})'
    return f'IF({source}=0,"",{earlier})'


# What the options lack before they compete, and what a verdict needs once they do: condition, words, row of the cell.
LACKS = (
    ('IF(kind="prompted",FALSE,IF(kind="fine-tuned",FALSE,kind<>"own weights"))', "kind", "kind"),
    ("alike=1", "model and price", "model"),
    ('IF(by_token=1,IF(input_price="",output_price="",FALSE),FALSE)', "input price", "input_price"),
    ('IF(kind="own weights",IF(hourly_price="",hosting_monthly="",FALSE),FALSE)', "price per hour", "hourly_price"),
    (
        'IF(N(hourly_price)>0,IF(units="",IF(replicas="",tokens_per_second="",FALSE),FALSE),FALSE)',
        "replicas, units or throughput",
        "tokens_per_second",
    ),
    ('IF(looks=1,context_tokens="",FALSE)', "retrieved tokens", "context_tokens"),
    ('IF(looks=1,retrieval_price="",FALSE)', "retrieval price", "retrieval_price"),
    ('IF(new_cache=1,cached_price="",FALSE)', "cached input price", "cached_price"),
)
GAPS = (
    ("IF(ISNUMBER(prompt_tokens),0,1)", "instructions", "prompt_tokens"),
    ("by_token*IF(ISNUMBER(input_price),0,1)", "input price", "input_price"),
    ("by_token*IF(ISNUMBER(output_price),0,1)", "output price", "output_price"),
    ('IF(kind="fine-tuned",IF(ISNUMBER(training_price),0,1),0)', "training price", "training_price"),
    (
        'IF(kind="own weights",IF(training_price="",IF(gpu_hours="",1,0),0),0)',
        "GPU hours of training, or an explicit 0",
        "gpu_hours",
    ),
    ("IF(N(gpu_hours)>0,IF(ISNUMBER(gpu_price),0,1),0)", "price of a GPU hour", "gpu_price"),
    ("any_review*IF(ISNUMBER(review_rate),0,1)", "review rate", "review_rate"),
    (
        "IF(ISNUMBER(review_start_rate),IF(ISNUMBER(review_ramp_months),0,1),0)",
        "months until the later review rate",
        "review_ramp_months",
    ),
    ("IF(N(batch_share)>0,IF(ISNUMBER(batch_price),0,1),0)", "price of a batch call", "batch_price"),
    ("IF(texts>0,1,0)", "a number where text stands", "name"),
)
COMMON_GAPS = (
    ("queries", "IF(N(queries)>0,0,1)", "tasks per month"),
    ("query_tokens", "IF(ISNUMBER(query_tokens),0,1)", "tokens of the question"),
    ("response_tokens", 'IF(SUMPRODUCT(row.counts*(row.response_tokens=""))>0,1,0)', "tokens of the answer"),
    ("max_months", "IF(N(max_months)>0,0,1)", "longest break-even accepted"),
    ("start_date", "IF(N(start_date)>0,0,1)", "start of use"),
    ("months", "IF(horizon_ok=1,0,1)", "months counted, a whole number from 1 to 36"),
    ("annual_rate", "IF(ISNUMBER(annual_rate),0,1)", "discount rate"),
    ("examples", 'IF(SUMPRODUCT(row.counts*row.tuned*(row.examples=""))>0,1,0)', "training examples"),
    (
        "tokens_per_example",
        'IF(SUMPRODUCT(row.counts*row.tuned*(row.tokens_per_example=""))>0,1,0)',
        "tokens per example",
    ),
    ("epochs", 'IF(SUMPRODUCT(row.counts*row.tuned*(row.epochs=""))>0,1,0)', "passes over the data"),
    (
        "minutes_per_example",
        'IF(SUMPRODUCT(row.counts*row.tuned*(row.minutes_per_example=""))>0,1,0)',
        "minutes per example",
    ),
    (
        "hourly_wage",
        'IF(SUMPRODUCT(row.counts*(row.work>0)*(row.hourly_wage=""))>0,1,0)',
        "cost of an hour of work",
    ),
    ("items_per_month", "IF(MAX(row.reviewed)>0,IF(ISNUMBER(items_per_month),0,1),0)", "outputs that may be reviewed"),
    (
        "cost_per_review",
        'IF(SUMPRODUCT(row.counts*(row.reviewed>0)*(row.cost_per_review=""))>0,1,0)',
        "cost of a review",
    ),
    (
        "context_tokens",
        "IF(facts_change=TRUE,IF(SUMPRODUCT(row.entered*row.looks)=0,1,0),0)",
        "retrieved tokens and retrieval price: facts that change have to be looked up",
    ),
)

_SAME = "IF(own_entries=0,1,0)"
_LOAD = (
    'IF(N(hourly_price)=0,"",IF(units<>"","",IF(replicas<>"","",IF(tokens_per_second="","",'
    'calls_month*(tokens_in+tokens_out)*IF(peak_factor="",1,peak_factor)/(hours_per_month*seconds_per_hour'
    '*tokens_per_second*IF(utilization="",1,utilization))))))'
)


def whole_above(text: str) -> str:
    """The next whole number, with the tolerance of REPLICAS."""
    return f"-INT(-{text}*(1-comparison_tolerance))"


def _chain(items: tuple[tuple[str, str, str], ...], last: str = '""', compare: str = "") -> str:
    """The words of the first condition that holds."""
    text = last
    for condition, words, _ in reversed(items):
        text = f'IF({condition}{compare},"{words}",{text})'
    return text


FACTS = (
    Row("source", "An empty cell takes the value of option", "number", "N(based_on)", "whole"),
    Row("model_source", "The same, for what belongs to a model", "number", "IF(own_model=0,source,0)", "whole"),
    Row("answers_source", "The same, for what belongs to its answers", "number", "IF(own_answers=0,source,0)", "whole"),
    Row("label", "Called", "", 'IF(model="",name,model)', "answer"),
    Row("tuned", "It is trained", "1 yes, 0 no", 'IF(kind="fine-tuned",1,IF(kind="own weights",1,0))', "whole"),
    Row("looks", "It looks facts up", "1 yes, 0 no", 'IF(retrieval="yes",1,0)', "whole"),
    Row(
        "by_token",
        "It is paid by the token",
        "1 yes, 0 no",
        'IF(kind="own weights",0,IF(N(hosting_monthly)+N(hourly_price)>0,0,1))',
        "whole",
    ),
    Row(
        "alike",
        "Nothing sets it apart from what it is based on",
        "1 yes, 0 no",
        "IF(source=0,0,IF(own_entries=0,1,IF(own_model=1,0,INDEX(first.alike:prev.alike,1,source))))",
        "whole",
        opening="0",
    ),
    Row(
        "new_cache",
        "It is the same model, now cached",
        "1 yes, 0 no",
        'IF(caching="yes",IF(model_source=0,0,IF(INDEX(first.caching:prev.caching,1,source)="yes",0,1)),0)',
        "whole",
        opening="0",
    ),
    Row("lacks", "Not entered", "", _chain(LACKS), "verdict"),
    Row("entered", "Entered", "1 yes, 0 no", 'IF(lacks="",1,0)', "whole"),
    Row("counts", "Its gaps count", "1 yes, 0 no", "IF(number=1,1,entered)", "whole"),
    Row(
        "texts",
        "Texts where numbers belong",
        "cells",
        'SUMPRODUCT(ISTEXT(prompt_tokens:context_window)*(prompt_tokens:context_window<>""))',
        "whole",
    ),
    Row("gap", "First gap", "", f'IF(counts=0,"",IF(lacks<>"",lacks,{_chain(GAPS, compare=">0")}))', "verdict"),
    Row(
        "gaps",
        "Gaps",
        "cells",
        'IF(counts=0,0,IF(lacks<>"",1,0)+' + "+".join(condition for condition, _, _ in GAPS) + ")",
        "whole",
    ),
    Row(
        "work", "It takes paid hours", "hours", "N(setup_hours)+N(upkeep_hours)+tuned*N(minutes_per_example)", "number"
    ),
    Row("reviewed", "Largest share reviewed", "share", "counts*MAX(N(review_rate),N(review_start_rate))", "share"),
)

CALLS = (
    Row(
        "tokens_in",
        "Input of a call",
        "tokens per call",
        "N(prompt_tokens)+N(query_tokens)+looks*N(context_tokens)",
        "tokens",
    ),
    Row("tokens_out", "Output of a call", "tokens per call", "N(response_tokens)+N(reasoning_tokens)", "tokens"),
    Row(
        "cacheable",
        "Prompt long enough for the cache",
        "1 yes, 0 no",
        'IF(caching="yes",IF(cached_price="",0,IF(N(prompt_tokens)<IF(cache_min_tokens="",default_cache_min,cache_min_tokens),0,1)),0)',
        "whole",
    ),
    Row("hit", "Prompts read from the cache", "share", "cacheable*N(cache_hit_rate)", "share"),
    Row(
        "missed_price",
        "Prompt that misses the cache",
        "USD per 1M tokens",
        'IF(hit=0,N(input_price),IF(cache_write_price="",N(input_price),cache_write_price))',
        "price",
    ),
    Row(
        "batch",
        "Price level with batches",
        "share of list",
        'IF(batch_price="",1,1-N(batch_share)*(1-batch_price))',
        "share",
    ),
    Row(
        "call_tokens",
        "Tokens of a call",
        "USD per call",
        "batch*(N(prompt_tokens)*(hit*N(cached_price)+(1-hit)*missed_price)+(N(query_tokens)+looks*N(context_tokens))"
        "*N(input_price)+tokens_out*N(output_price))/tokens_per_price_unit",
        "call",
    ),
    Row("calls_month", "Calls in month one", "calls", 'N(queries)*IF(calls="",1,calls)', "count"),
    Row("tokens_month", "Tokens in month one", "USD per month", "calls_month*call_tokens", "money"),
    Row("retrieval_month", "Retrieval in month one", "USD per month", "calls_month*looks*N(retrieval_price)", "money"),
    Row("load", "Replicas the peak of month one needs", "replicas", _LOAD, "factor"),
    Row(
        "served_by",
        "Replicas or units in month one",
        "number",
        f'IF(load="",IF(N(hourly_price)=0,0,IF(units<>"",units,N(replicas))),{whole_above("load")})',
        "whole",
    ),
    Row(
        "capacity_month",
        "Capacity and hosting in month one",
        "USD per month",
        "N(hosting_monthly)+N(hourly_price)*hours_per_month*served_by",
        "money",
    ),
    Row("storage_month", "Storage of the index", "USD per month", "looks*N(storage_monthly)", "money"),
    Row(
        "running",
        "Running cost of month one",
        "USD per month",
        "tokens_month+retrieval_month+capacity_month+storage_month",
        "money",
    ),
)

QUALITY = (
    Row("measured", "Pass rate known", "share", "IF(N(trials)>0,N(passes)/trials,pass_rate)", "share"),
    Row(
        "pass",
        "Pass rate counted",
        "share",
        'IF(measured<>"",measured,IF(first.measured<>"",first.measured,1))',
        "share",
    ),
    Row(
        "pass_low",
        "Lowest it may be, 95% sure (Wilson)",
        "share",
        "IF(N(trials)>0,(measured+score^(1+1)/((1+1)*trials)-score*SQRT(measured*(1-measured)/trials"
        "+score^(1+1)/((1+1)*trials)^(1+1)))/(1+score^(1+1)/trials),pass_rate)",
        "share",
    ),
    Row("tries", "Tries until one passes", "calls", 'IF(repair_cost="",IF(pass=0,1,1/pass),1)', "factor"),
    Row(
        "repair_month",
        "Repair in month one",
        "USD per month",
        'IF(repair_cost="",0,N(queries)*(1-pass)*repair_cost)',
        "money",
    ),
    Row(
        "review_month",
        "Review in a month, later rate",
        "USD per month",
        "N(items_per_month)*N(review_rate)*N(cost_per_review)*tries",
        "money",
    ),
    Row(
        "review_more",
        "More review at first",
        "USD per month",
        "IF(ISNUMBER(review_start_rate),N(items_per_month)*(review_start_rate-N(review_rate))*N(cost_per_review)*tries,0)",
        "money",
    ),
)

ONCE = (
    Row(
        "training",
        "Training",
        "USD",
        "IF(tuned=0,0,IF(N(training_price)=0,0,FT_TRAINING(N(examples), N(tokens_per_example), N(epochs), "
        "N(training_price), N(validation_tokens), N(training_minimum)))+N(gpu_hours)*N(gpu_price))",
        "money",
    ),
    Row(
        "labor",
        "Labour for the examples",
        "USD",
        "tuned*FT_LABOR(N(examples), N(minutes_per_example), N(hourly_wage))",
        "money",
    ),
    Row(
        "move",
        "Moving to it: set-up, training, labour, evaluation",
        "USD",
        "N(setup_hours)*N(hourly_wage)+training+labor+N(evaluation_cost)",
        "money",
    ),
    Row("upfront", "Paid up front", "USD", "IF(number=1,0,move)", "money"),
    Row(
        "run_cost",
        "One retraining",
        "USD per run",
        "tuned*(training+N(relabel_share)*labor+N(evaluation_cost))",
        "money",
    ),
)

MONTHLY = (
    Row("by_price", "Tokens, follow the price", "USD per month", "tokens_month*tries", "money"),
    Row("by_volume", "Retrieval and repair", "USD per month", "retrieval_month*tries+repair_month", "money"),
    Row(
        "fixed",
        "Fixed: hosting, capacity, storage, upkeep",
        "USD per month",
        'N(hosting_monthly)+storage_month+N(upkeep_hours)*N(hourly_wage)+IF(load="",N(hourly_price)*hours_per_month*served_by,0)',
        "money",
    ),
    Row(
        "per_replica",
        "A replica added with the volume",
        "USD per month",
        'IF(load="",0,N(hourly_price)*hours_per_month)',
        "money",
    ),
    Row("start_load", "Replicas needed, unrounded", "replicas", "N(load)", "factor"),
    Row("runs", "Retraining", "runs per year", "tuned*N(retrains_per_year)", "number"),
    Row("keeps", "Price kept in a year", "share", "1-N(annual_decline)", "share"),
    Row("step_at", "Price cut from month", "month", "IF(N(step_month)>0,step_month,never)", "whole"),
    Row("cut", "Size of the cut", "share", "N(step_cut)", "share"),
    Row("ramp", "Months of the first review rate", "months", "N(review_ramp_months)", "months"),
    Row("built", "Months until it runs", "months", "IF(number=1,0,N(build_months))", "whole"),
)

LIFE = (
    Row(
        "to_shutdown",
        "Months from start to shutdown",
        "months",
        'IF(ISNUMBER(shutdown_date),(shutdown_date-N(start_date))*months_per_year/days_per_year,"")',
        "months",
    ),
    Row("lives", "Months it can run", "months", 'IF(to_shutdown="",never,MAX(0,to_shutdown))', "months"),
    Row(
        "gate",
        "First reason why it is not open, payback left aside",
        "",
        'IF(entered=0,"not entered: "&lacks,'
        'IF(lives<=built,"shut on "&TEXT(shutdown_date,"yyyy-mm-dd"),'
        "IF(IF(tuned=1,IF(ISNUMBER(training_end),training_end<start_date,FALSE),FALSE),"
        '"training closed on "&TEXT(training_end,"yyyy-mm-dd"),'
        'IF(IF(ISNUMBER(context_window),tokens_in+tokens_out>context_window,FALSE),"does not fit the context window",'
        'IF(IF(facts_change=TRUE,looks=0,FALSE),"facts change, and it looks nothing up",'
        'IF(IF(tuned=1,N(examples)<minimum_examples,FALSE),"too few examples",'
        'IF(IF(tuned=1,IF(LOWER(TRIM(use_case))="knowledge",facts_change=TRUE,FALSE),FALSE),"facts that change cannot be trained",'
        'IF(pass=0,"no answer passes",'
        "IF(IF(ISNUMBER(min_pass_rate),IF(ISNUMBER(pass_low),pass_low<min_pass_rate,FALSE),FALSE),"
        '"pass rate below "&TEXT(min_pass_rate,"0.0%")&IF(N(trials)>0," at 95% confidence",""),"")))))))))',
        "verdict",
    ),
    Row(
        "next",
        "Then the work moves to option",
        "number",
        "IF(lives=never,0,IF(lives<=0,0,IF(IF(N(successor)>0,INDEX(row.lives,1,successor)>lives,FALSE),successor,"
        'IF(IF(number=newer_option,FALSE,IF(INDEX(row.gate,1,newer_option)="",INDEX(row.lives,1,newer_option)>lives,FALSE)),'
        "newer_option,IF(number=1,0,1)))))",
        "whole",
    ),
    Row("leaves", "after months", "months", "IF(next=0,never,lives)", "months"),
    Row("moves", "which is in month", "month", "-INT(-leaves)", "whole"),
    Row(
        "next_but_one",
        "and from there to option",
        "number",
        "IF(next=0,0,IF(INDEX(row.lives,1,next)>lives,INDEX(row.next,1,next),0))",
        "whole",
    ),
    Row("leaves_again", "after months", "months", "IF(next_but_one=0,never,INDEX(row.lives,1,next))", "months"),
    Row("moves_again", "which is in month", "month", "-INT(-leaves_again)", "whole"),
    Row("next_move", "The first move costs", "USD", "IF(next=0,0,INDEX(row.move,1,next))", "money"),
    Row("next_move_again", "The second", "USD", "IF(next_but_one=0,0,INDEX(row.move,1,next_but_one))", "money"),
)


def path(option: int) -> str:
    """What month t costs on the way of an option, its moves included; over keys of rows, for one cell."""
    k = f".{option}"
    first, second = clamped(f"leaves{k}"), clamped(f"leaves_again{k}")
    later = (
        f"IF(next{k}=0,0,({second}-{first})*INDEX(own.1:own.{COUNT},next{k})"
        f"+IF(next_but_one{k}=0,0,(1-{second})*INDEX(own.1:own.{COUNT},next_but_one{k})"
        f"+(t=moves_again{k})*next_move_again{k})+(t=moves{k})*next_move{k})"
    )
    run = f"{first}*own{k}+{later}"
    return run if option == 1 else f"IF(t<=built{k},all.1,{run})"


def from_months(option: str) -> str:
    """What an option costs by itself, month by month, where a table of the months is laid out."""
    return f"INDEX(own_area,{option},0)"


def summed(weight: str, array: Callable[[str], str] = from_months) -> str:
    """Months 1 to 36 of an option's way, each times its weight, in one cell of the option's column.

    `array` may be a part of the cost, such as its calls; what the moves cost is then left out.
    """
    first, second = part_of("leaves"), part_of("leaves_again")
    whole = array is from_months

    def share(of: str, option: str) -> str:
        return f"SUMPRODUCT({weight}*(rest.t>built)*{of}*{array(option)})"

    def moved(when: str, cost: str) -> str:
        return f"+{cost}*SUMPRODUCT({weight}*(rest.t>built)*(rest.t={when}))" if whole else ""

    today = "rest.all.1" if whole else array("1")
    third = share(f"(1-{second})", "next_but_one") + moved("moves_again", "next_move_again")
    after = share(f"({second}-{first})", "next") + moved("moves", "next_move") + f"+IF(next_but_one=0,0,{third})"
    return f"SUMPRODUCT({weight}*(rest.t<=built)*{today})+{share(first, 'number')}+IF(next=0,0,{after})"


def saved(weight: str) -> str:
    """What an option saves against today while it runs, less the move after it, each month times its weight."""
    return (
        f"IF(number=1,0,SUMPRODUCT({weight}*(rest.t>built)*{part_of('lives')}*(rest.all.1-INDEX(own_area,number,0)))"
        f"-next_move*SUMPRODUCT({weight}*(rest.t>built)*(rest.t=moves)))"
    )


RESULTS = (
    Row("year1", "Year 1, all in", "USD", f"IF(entered=0,NA(),upfront+{summed('(rest.t<=months_per_year)')})", "flow"),
    Row("years3", "Three years, all in", "USD", f"IF(entered=0,NA(),upfront+{summed('(rest.t>0)')})", "flow"),
    Row(
        "present",
        "Present value of all-in cost over the months counted",
        "USD",
        f"IF(entered=0,NA(),upfront+{summed('rest.weight')})",
        "flow",
    ),
    Row("npv", "Net present value against today", "USD", f"IF(entered=0,NA(),{saved('rest.weight')}-upfront)", "flow"),
    Row(
        "back",
        "Saved by the longest break-even, less what was paid up front",
        "USD",
        f"IF(entered=0,NA(),{saved(part_of('N(max_months)'))}-upfront)",
        "flow",
    ),
    Row(
        "state",
        "State",
        "",
        'IF(gate<>"",gate,IF(upfront=0,"open",IF(back>comparison_tolerance*upfront,"open",'
        '"does not pay back before "&IF(lives<max_months,TEXT(shutdown_date,"yyyy-mm-dd"),"month "&max_months))))',
        "verdict",
    ),
    Row("open", "Open", "1 yes, 0 no", 'IF(state="open",1,0)', "whole"),
    Row("ranked", "Ranked by", "USD", "IF(open=1,present,closed_price)", "cost"),
    Row(
        "rank",
        "Rank",
        "",
        "IF(open=1,SUMPRODUCT((row.ranked<ranked-comparison_tolerance*ABS(ranked))*1)"
        '+SUMPRODUCT((first.ranked:ranked-ranked<=comparison_tolerance*ABS(ranked))*(first.ranked:ranked-ranked>=-comparison_tolerance*ABS(ranked))),"")',
        "whole",
    ),
)

_BEST_ABOVE = "(INDEX(row.ranked,1,best)+comparison_tolerance*ABS(INDEX(row.ranked,1,best)))"
HEAD = (
    Row(
        "horizon_ok",
        "Months counted are a whole number from 1 to 36",
        "1 yes, 0 no",
        "IF(ISNUMBER(months),IF(months=INT(months),IF(months<1,0,IF(months>last.t,0,1)),0),0)",
        "whole",
    ),
    Row("horizon", "Months counted", "months", "N(months)", "whole"),
    Row(
        "any_review",
        "Some option has a review rate",
        "1 yes, 0 no",
        "IF(COUNT(row.review_rate)+COUNT(row.review_start_rate)>0,1,0)",
        "whole",
    ),
    Row(
        "suitability",
        "Suitability of the task for training",
        "verdict",
        "FT_SUITABILITY(use_case, N(TUNED_EXAMPLES), IF(facts_change=TRUE,TRUE,FALSE))",
        "verdict",
    ),
    Row(
        "gap_count",
        "Inputs still to enter",
        "cells",
        "+".join(f"gap_{name}" for name, _, _ in COMMON_GAPS) + "+SUM(row.gaps)",
        "whole",
    ),
    Row("first_gap", "The first of them", "", "", "verdict"),
    Row("best", "Recommended option", "number", "IF(gap_count>0,0,IF(SUM(row.open)=0,0,MATCH(1,row.rank,0)))", "whole"),
    Row(
        "runner",
        "Next open option whose cost differs",
        "number",
        f"IF(best=0,0,IF(SUMPRODUCT((row.ranked>{_BEST_ABOVE})*(row.ranked<closed_price))=0,0,"
        f"MATCH(SMALL(row.ranked,1+SUMPRODUCT((row.ranked<={_BEST_ABOVE})*1)),row.ranked,0)))",
        "whole",
    ),
    Row(
        "answers_known",
        "Its pass rate and today's are known, or its answers are today's",
        "1 yes, 0 no",
        'IF(best=0,0,IF(best=1,1,IF(INDEX(row.own_answers,1,best)=0,1,IF(first.measured="",0,'
        'IF(INDEX(row.measured,1,best)="",0,1)))))',
        "whole",
    ),
    Row("action_text", "What to do", "", "", "verdict"),
    Row("best_label", "Recommended", "", 'IF(best=0,"none",INDEX(row.name,1,best))', "verdict"),
    Row(
        "best_saving",
        "It saves in month one",
        "USD per month",
        "IF(best=0,NA(),first.running-INDEX(row.running,1,best))",
        "money",
    ),
    Row("best_upfront", "It costs up front", "USD", "IF(best=0,NA(),INDEX(row.upfront,1,best))", "money"),
    Row("best_npv", "Its net present value against today", "USD", "IF(best=0,NA(),INDEX(row.npv,1,best))", "flow"),
    Row("best_year1", "Its year 1, all in", "USD", "IF(best=0,NA(),INDEX(row.year1,1,best))", "flow"),
    Row("best_years3", "Its three years, all in", "USD", "IF(best=0,NA(),INDEX(row.years3,1,best))", "flow"),
    Row("runner_label", "Next", "", 'IF(runner=0,"none",INDEX(row.name,1,runner))', "verdict"),
)
"""Single figures of a scenario; some formulas are filled in by `heads`."""


def heads() -> tuple[Row, ...]:
    """The single figures with their long formulas."""
    first_gap = (
        f'IF(SUM(row.gaps)=0,"",INDEX(row.gap,1,{_first("row.gaps")})&" of "&INDEX(row.name,1,{_first("row.gaps")}))'
    )
    for name, _, words in reversed(COMMON_GAPS):
        first_gap = f'IF(gap_{name}>0,"{words}",{first_gap})'
    model = 'IF(INDEX(row.model,1,{0})="",INDEX(row.name,1,{0}),INDEX(row.model,1,{0}))'
    leave = (
        'IF(INDEX(row.to_shutdown,1,best)="","","; leave it by "&TEXT(INDEX(row.shutdown_date,1,best),"yyyy-mm-dd")'
        '&IF(IF(INDEX(row.next,1,best)=0,TRUE,INDEX(row.lives,1,INDEX(row.next,1,best))<=INDEX(row.lives,1,best)),", and enter what to move to"," for "&INDEX(row.label,1,INDEX(row.next,1,best))))'
    )
    action = (
        'IF(gap_count>0,"Enter "&first_gap&IF(gap_count>1,", and "&(gap_count-1)&IF(gap_count=1+1," more input",'
        '" more inputs"),""),IF(best=0,"NO OPTION IS OPEN: today is out ("&first.state&")",INDEX(row.action,1,best)&" "&'
        f'{model.format("best")}&IF(answers_known=1,"",", if its answers are as good")&{leave}))'
    )
    texts = {"first_gap": first_gap, "action_text": action, "suitability": None}
    found = []
    for row in HEAD:
        text = texts.get(row.key) or str(row.formula)
        found.append(Row(row.key, row.label, row.unit, text.replace("TUNED_EXAMPLES", f"examples.{TUNED}"), row.style))
    return tuple(found)


def _first(row: str) -> str:
    """The position of the first number above 0 in a row."""
    return f"({COUNT_NAME}+1-SUMPRODUCT(MAX(({row}>0)*({COUNT_NAME}+1-row.number))))"


COUNT_NAME = "option_count"


def gap_rows() -> tuple[Row, ...]:
    return tuple(
        Row(f"gap_{name}", f"To enter: {words}", "1 yes, 0 no", text, "whole") for name, text, words in COMMON_GAPS
    )


def moved_by(keys: Iterable[str], end: str) -> frozenset[str]:
    """The rows that change with inputs whose value moves and is entered before and after, on the way to `end`."""
    rows = (*FACTS, *CALLS, *QUALITY, *ONCE, *MONTHLY, *LIFE, *RESULTS, *heads())
    read = {row.key: set(_KEY.findall(str(row.formula))) for row in rows if row.key not in PRESENT}
    read |= {"own_area": {key for text in own_parts(1).values() for key in _KEY.findall(text)}}
    read |= {"all.1": {"own_area", *_KEY.findall(path(1))}}
    for key, row in OPTION_ROWS.items():
        read[key] = {common_key(key)} if row.common else set()
    moved, wanted = set(keys), {end}
    while len(moved) != len(moved := moved | {key for key, names in read.items() if names & moved}):
        pass
    while len(wanted) != len(wanted := wanted.union(*(read.get(key, ()) for key in wanted))):
        pass
    return frozenset(moved & wanted)


_KEY = re.compile(r"\b(?:row\.|rest\.|first\.)?(all\.1|all_\w+|[a-z]\w*)")
PRESENT = ("by_token", "new_cache", "lacks", "entered", "counts", "gap", "gaps", "work", "reviewed", "texts", "any_review", "gap_count", "first_gap")  # fmt: skip
"""Rows that say what is entered, and do not change when a value is replaced by another."""


def month_rows(dated: bool) -> tuple[Row, ...]:
    """The time axis of a scenario and its weights; with the discount factor as a row of its own where it is `dated`."""
    discount = "(1+N(annual_rate))^(-t/months_per_year)"
    return (
        Row("growth", "Volume against month 1", "multiple", "(1+N(monthly_growth))^(t-1)", "factor", opening=""),
        *((Row("discount", "Discount factor", "factor", discount, "factor"),) if dated else ()),
        Row(
            "weight",
            "Counted and discounted",
            "factor",
            f"IF(t<=horizon,{'discount' if dated else discount},0)",
            "factor",
            opening="",
        ),
    )


def own_parts(option: int, month: str = "t", growth: str = "growth") -> dict[str, str]:
    """What month t of an option costs by itself: calls, people, fixed, retraining."""
    return parts(lambda key: f"{key}.{option}", month, growth)


def parts(of: Callable[[str], str], month: str = "t", growth: str = "growth") -> dict[str, str]:
    """The same of any option, whose row KEY is the cell `of(KEY)`; for one month, or for an array of months."""
    level = level_of(of, month)
    built = of("built")
    early = f"({of('ramp')}-({month}-1-{built}))"
    if month == "t":
        first, since, before = f"MAX(0,MIN(1,{early}))", f"MAX(0,t-{built})", f"MAX(0,t-1-{built})"
    else:  # MIN and MAX would take one of the whole array
        first = f"(({early}>=1)+({early}>0)*({early}<1)*{early})"
        since, before = f"({month}>{built})*({month}-{built})", f"({month}-1>{built})*({month}-1-{built})"
    year = f"*{of('runs')}/months_per_year)"
    return {
        "calls": f"({of('by_price')}*{level}+{of('by_volume')})*{growth}",
        "people": f"({of('review_month')}+{of('review_more')}*{first})*{growth}",
        "steady": f"{of('fixed')}+{of('per_replica')}*{whole_above(of('start_load') + '*' + growth)}",
        "again": f"{of('run_cost')}*(INT({since}{year}-INT({before}{year})",
    }


def level_of(of: Callable[[str], str], month: str = "t") -> str:
    """What is left of an option's token prices in month t."""
    return f"{of('keeps')}^(({month}-1)/months_per_year)*(1-{of('cut')}*({month}>={of('step_at')}))"


def array_of(part: str, option: str) -> str:
    """A part of what an option costs, months 1 to 36, as an array; `option` is its number, "number" for the column's."""
    of = (lambda key: key) if option == "number" else (lambda key: f"INDEX(row.{key},1,{option})")
    return f"({parts(of, 'rest.t', 'rest.growth')[part]})"
