"""The calculation, once: one column an option, the same rows for all, and the months below them.

The rows stand in data/rows.tsv; here is what several of them share. `block` lays it out for a scope: "live" on Costs and Cash flow, "tab2" on the tab of scenario 2. All formulas are over
keys (see `grid`); a *row* key stands for the cell in the same column, ``key.3`` for that of option 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain

from workbook.template.grid import Row
from workbook.template.inputs import COUNT, OPTION_ROWS
from workbook.template.rows import rows

OPTIONS = range(1, COUNT + 1)
EMPTY = '""'


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


def whole_above(text: str) -> str:
    """The next whole number, with the tolerance of REPLICAS."""
    return f"-INT(-{text}*(1-comparison_tolerance))"


def _chain(items: Iterable[Row], compare: str = "", last: str = EMPTY) -> str:
    """The words of the first condition that holds."""
    text = last
    for item in reversed(tuple(items)):
        text = f'IF({item.formula}{compare},"{item.label}",{text})'
    return text


LACKS = rows("lacks")
"""What an option lacks before it competes: row of the cell, words, condition."""
GAPS = rows("gaps")
"""What a verdict needs once it does."""
COMMON_GAPS = rows("common gaps")


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


_GAP_OPTION = "(option_count+1-SUMPRODUCT(MAX((row.gaps>0)*(option_count+1-row.number))))"
_OF_OPTION = f'IF(SUM(row.gaps)=0,"",INDEX(row.gap,1,{_GAP_OPTION})&" of "&INDEX(row.name,1,{_GAP_OPTION}))'
_ABOVE_BEST = "(INDEX(row.ranked,1,best)+comparison_tolerance*ABS(INDEX(row.ranked,1,best)))"
_PARTS = {
    "lacks": _chain(LACKS),
    "gap": _chain(GAPS, ">0"),
    "gaps": "+".join(str(item.formula) for item in GAPS),
    "common_gaps": "+".join(f"gap_{item.key}" for item in COMMON_GAPS),
    "first_gap": _chain((replace(item, formula=f"gap_{item.key}") for item in COMMON_GAPS), ">0", _OF_OPTION),
    "year1": summed("(rest.t<=months_per_year)"),
    "years3": summed("(rest.t>0)"),
    "present": summed("rest.weight"),
    "counted": saved("rest.weight"),
    "in_time": saved(part_of("N(max_months)")),
    "above_best": _ABOVE_BEST,
    "next_cost": f"SMALL(row.ranked,1+SUMPRODUCT((row.ranked<={_ABOVE_BEST})*1))",
}
_TITLES = {
    "facts": "What is entered",
    "calls": "Calls and capacity, month one",
    "quality": "Quality and review",
    "once": "Paid once",
    "monthly": "How a month is made up",
    "life": "Life, and where the work goes then",
}
SECTIONS = {title: rows(group, _PARTS) for group, title in _TITLES.items()}
"""The rows of an option by section."""
RESULTS, HEADS = rows("results", _PARTS), rows("heads", _PARTS)
OF_OPTIONS = (*chain.from_iterable(SECTIONS.values()), *RESULTS)
"""All rows of an option; `HEADS` are the single figures of a scenario."""
GAP_ROWS = tuple(
    Row(f"gap_{item.key}", f"To enter: {item.label}", "1 yes, 0 no", item.formula, "whole") for item in COMMON_GAPS
)


def moved_by(keys: Iterable[str], end: str) -> frozenset[str]:
    """The rows that change with inputs whose value moves and is entered before and after, on the way to `end`."""
    every = (row for row in (*OF_OPTIONS, *HEADS) if row.key not in PRESENT)
    read = {row.key: set(_KEY.findall(str(row.formula))) for row in every}
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
    growth, discount, weight = rows("months")
    if dated:
        return growth, discount, weight
    return growth, replace(weight, formula=str(weight.formula).replace("discount", str(discount.formula)))


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
