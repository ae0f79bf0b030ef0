"""The whole workbook once more, in plain Python, written from its contract: one option a dictionary, one month a loop.

`answer(inputs)` takes the inputs by the names that `--set` takes, blanks left out or None, and gives what the named
outputs should be and what every option costs. Of pycalc it uses nothing: what is compared with it must not share a
mistake with it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field


def _words(text: str) -> list[str]:
    return text.split()


NA = "#N/A"
COMMON = _words("""
response_tokens cache_hit_rate cache_min_tokens batch_share context_tokens retrieval_price
storage_monthly hourly_wage setup_hours upkeep_hours examples tokens_per_example epochs
minutes_per_example validation_tokens training_minimum evaluation_cost retrains_per_year
relabel_share cost_per_review repair_cost
""")
TUNED = _words("""
examples tokens_per_example epochs minutes_per_example validation_tokens training_minimum
evaluation_cost retrains_per_year relabel_share
""")
NAMED = {
    "pe": (
        1,
        _words("""
prompt_tokens input_price output_price cached_price annual_decline shutdown_date pass_rate
review_rate
"""),
    ),
    "base": (3, ["input_price", "output_price", "shutdown_date", "pass_rate", "review_rate"]),
    "ft": (
        5,
        _words("""
prompt_tokens input_price output_price cached_price training_price hosting_monthly annual_decline
shutdown_date pass_rate review_start_rate review_ramp_months
"""),
    ),
    "own": (7, ["hourly_price", "replicas", "tokens_per_second"]),
}
SHAPE = {
    1: {"kind": "prompted"},
    2: {"based_on": 1, "caching": "yes"},
    3: {"based_on": 1},
    4: {"based_on": 1, "retrieval": "yes"},
    5: {"kind": "fine-tuned", "caching": "yes"},
    6: {"based_on": 5, "retrieval": "yes"},
    7: {"based_on": 5, "kind": "own weights"},
    8: {"based_on": 3, "retrieval": "yes"},
    9: {},
    10: {},
}
OF_MODEL = _words("""
input_price cached_price cache_write_price output_price batch_price hosting_monthly hourly_price
replicas tokens_per_second utilization units training_price training_end annual_decline step_month
step_cut shutdown_date context_window
""")
OF_ITSELF = ["gpu_hours", "gpu_price", "evaluation_cost", "successor", "based_on"]
OF_ANSWERS = ["passes", "trials", "pass_rate"]
HOURS = 730


@dataclass
class Option:
    """What one option costs, and whether it is open."""

    number: int
    row: dict = field(default_factory=dict)
    lacks: bool = False
    gate: str = ""
    state: str = ""
    life: float = math.inf
    build: int = 0
    move: float = 0.0
    own: list[float] = field(default_factory=list)
    way: list[float] = field(default_factory=list)
    saving: list[float] = field(default_factory=list)
    running: float = 0.0
    training: float = 0.0
    labor: float = 0.0

    def get(self, name: str, default: float = 0.0) -> float:
        value = self.row.get(name)
        return default if value is None else value


def _named(inputs: dict) -> dict[tuple[int, str], object]:
    found = {}
    for prefix, (number, rows) in NAMED.items():
        for row in rows:
            found[number, row] = inputs.get(f"{prefix}_{row}")
    found[5, "review_rate"] = inputs.get("ft_review_steady_rate")
    for number, prefix in ((1, "pe"), (3, "base"), (5, "ft")):
        found[number, "model"] = inputs.get(f"{prefix}_model")
    for name, value in inputs.items():
        head, _, row = name.partition(".")
        if head.isdigit():
            found[int(head), row] = value
    return {key: value for key, value in found.items() if value is not None}


def _options(inputs: dict) -> dict[int, Option]:
    cells: dict[int, dict] = {number: dict(shape) for number, shape in SHAPE.items()}
    for (number, row), value in _named(inputs).items():
        cells[number][row] = value
    options = {}
    for number in range(1, 11):
        own = cells[number]
        base = options[own["based_on"]] if own.get("based_on") else None
        row = {} if base is None else dict(base.row)
        new_model = bool(own.get("model") or own.get("kind"))
        for name in OF_ITSELF:
            row.pop(name, None)
        if new_model:
            for name in OF_MODEL:
                row.pop(name, None)
        if new_model or own.get("retrieval"):
            for name in OF_ANSWERS:
                row.pop(name, None)
        row.update(own)
        row["new_model"], row["base"] = new_model, base
        tuned = row.get("kind") in ("fine-tuned", "own weights")
        for name in COMMON:
            wanted = {
                "context_tokens": row.get("retrieval") == "yes",
                "retrieval_price": row.get("retrieval") == "yes",
                "storage_monthly": row.get("retrieval") == "yes",
                "cache_hit_rate": row.get("caching") == "yes",
                "cache_min_tokens": row.get("caching") == "yes",
            }.get(name, tuned if name in TUNED else True)
            if row.get(name) is None and wanted:
                row[name] = inputs.get(name)
        apart = set(own) - {"model", "kind", "based_on", "name", "action", "seller"}
        alike = base is not None and (not apart or (not new_model and base.row.get("alike", False)))
        row["alike"] = alike
        row["tuned"] = tuned
        options[number] = Option(number, row)
    return options


def _lacks(option: Option) -> bool:
    row = option.row
    hosted = option.get("hosting_monthly") + option.get("hourly_price") > 0
    by_token = row.get("kind") != "own weights" and not hosted
    base = row["base"]
    newly_cached = (
        row.get("caching") == "yes" and base is not None and not row["new_model"] and base.row.get("caching") != "yes"
    )
    return any(
        (
            row.get("kind") not in ("prompted", "fine-tuned", "own weights"),
            row["alike"],
            by_token and row.get("input_price") is None and row.get("output_price") is None,
            row.get("kind") == "own weights" and row.get("hourly_price") is None and row.get("hosting_monthly") is None,
            option.get("hourly_price") > 0
            and all(row.get(name) is None for name in ("units", "replicas", "tokens_per_second")),
            row.get("retrieval") == "yes" and (row.get("context_tokens") is None or row.get("retrieval_price") is None),
            newly_cached and row.get("cached_price") is None,
        )
    )


def _pass_rate(option: Option) -> float | None:
    if option.get("trials") > 0:
        return option.get("passes") / option.get("trials")
    return option.row.get("pass_rate")


def _wilson_low(passes: float, trials: float) -> float:
    z, p = 1.959963984540054, passes / trials
    middle = p + z * z / (2 * trials)
    spread = z * math.sqrt(p * (1 - p) / trials + (z / (2 * trials)) ** 2)
    return (middle - spread) / (1 + z * z / trials)


def _above(quotient: float) -> int:
    return math.ceil(quotient * (1 - 1e-12) - 1e-300) if quotient > 0 else 0


def _costs(option: Option, today: Option, inputs: dict) -> None:
    """Everything of an option by itself."""
    row, get = option.row, option.get
    looks = row.get("retrieval") == "yes"
    shortest = 1024 if row.get("cache_min_tokens") is None else row["cache_min_tokens"]
    cached = row.get("caching") == "yes" and row.get("cached_price") is not None and get("prompt_tokens") >= shortest
    hit = get("cache_hit_rate") if cached else 0.0
    missed = row["cache_write_price"] if hit > 0 and row.get("cache_write_price") is not None else get("input_price")
    level = 1.0 if row.get("batch_price") is None else 1 - get("batch_share") * (1 - row["batch_price"])
    question = inputs.get("query_tokens") or 0.0
    taken_in = get("prompt_tokens") + question + (get("context_tokens") if looks else 0)
    given_out = get("response_tokens") + get("reasoning_tokens")
    prompt = get("prompt_tokens") * (hit * get("cached_price") + (1 - hit) * missed)
    rest = (taken_in - get("prompt_tokens")) * get("input_price") + given_out * get("output_price")
    call = level * (prompt + rest) / 1e6
    queries = inputs.get("queries") or 0.0
    calls = queries * get("calls", 1.0)
    tokens, retrieval = calls * call, calls * get("retrieval_price") if looks else 0.0
    replicas_by_load = (
        get("hourly_price") > 0
        and row.get("units") is None
        and row.get("replicas") is None
        and get("tokens_per_second") > 0
    )
    load = 0.0
    if replicas_by_load:
        peak = calls * (taken_in + given_out) * get("peak_factor", 1.0)
        load = peak / (HOURS * 3600 * row["tokens_per_second"] * get("utilization", 1.0))
    fixed_count = row.get("units") if row.get("units") is not None else get("replicas")

    def capacity(growth: float) -> float:
        count = _above(load * growth) if replicas_by_load else fixed_count
        return get("hourly_price") * HOURS * count

    storage = get("storage_monthly") if looks else 0.0
    option.running = tokens + retrieval + get("hosting_monthly") + capacity(1.0) + storage
    rate = _pass_rate(option)
    passed = rate if rate is not None else (_pass_rate(today) if _pass_rate(today) is not None else 1.0)
    option.row["passed"] = passed
    mends = row.get("repair_cost") is not None
    tries = 1.0 if mends or passed == 0 else 1 / passed
    repair = queries * (1 - passed) * row["repair_cost"] if mends else 0.0
    option.training = option.labor = 0.0
    if row["tuned"]:
        if get("training_price") > 0:
            billed = (get("examples") * get("tokens_per_example") * get("epochs") + get("validation_tokens")) * row[
                "training_price"
            ]
            option.training = max(get("training_minimum"), billed / 1e6)
        option.training += get("gpu_hours") * get("gpu_price")
        option.labor = get("examples") * get("minutes_per_example") / 60 * get("hourly_wage")
    option.move = get("setup_hours") * get("hourly_wage") + option.training + option.labor + get("evaluation_cost")
    rerun = (option.training + get("relabel_share") * option.labor + get("evaluation_cost")) if row["tuned"] else 0.0
    runs = get("retrains_per_year") if row["tuned"] else 0.0
    option.build = 0 if option.number == 1 else int(get("build_months"))
    items = (inputs.get("items_per_month") or 0.0) * get("cost_per_review") * tries
    first = get("review_start_rate", get("review_rate"))
    option.own = []
    for t in range(1, 37):
        growth = (1 + (inputs.get("monthly_growth") or 0.0)) ** (t - 1)
        price = (1 - get("annual_decline")) ** ((t - 1) / 12)
        if get("step_month") > 0 and t >= row["step_month"]:
            price *= 1 - get("step_cut")
        early = min(1.0, max(0.0, get("review_ramp_months") - (t - 1 - option.build)))
        review = items * (get("review_rate") + early * (first - get("review_rate")))
        again = math.floor(max(0, t - option.build) * runs / 12) - math.floor(max(0, t - 1 - option.build) * runs / 12)
        volume = (tokens * tries * price + retrieval * tries + repair + review) * growth
        steady = get("hosting_monthly") + storage + get("upkeep_hours") * get("hourly_wage") + capacity(growth)
        option.own.append(volume + steady + rerun * again)


def _shuts(option: Option, inputs: dict) -> None:
    date = option.row.get("shutdown_date")
    if date is not None:
        option.life = max(0.0, (date - (inputs.get("start_date") or 0)) * 12 / 365.25)


def _gate(option: Option, inputs: dict) -> str:
    row = option.row
    facts = inputs.get("facts_change") is True
    case = str(inputs.get("use_case") or "").strip().lower()
    tokens = option.get("prompt_tokens") + (inputs.get("query_tokens") or 0) + option.get("response_tokens")
    tokens += option.get("reasoning_tokens") + (option.get("context_tokens") if row.get("retrieval") == "yes" else 0)
    least = inputs.get("min_pass_rate")
    known = _wilson_low(row["passes"], row["trials"]) if option.get("trials") > 0 else row.get("pass_rate")
    few = option.get("examples") < 50
    checks = (
        (option.lacks, "not entered"),
        (option.life <= option.build, "shut on"),
        (
            row["tuned"] and row.get("training_end") is not None and row["training_end"] < inputs["start_date"],
            "training closed",
        ),
        (row.get("context_window") is not None and tokens > row["context_window"], "does not fit"),
        (facts and row.get("retrieval") != "yes", "facts change"),
        (row["tuned"] and (few or (case == "knowledge" and facts)), "too few" if few else "facts that change"),
        (row.get("passed") == 0, "no answer passes"),
        (least is not None and known is not None and known < least, "pass rate below"),
    )
    return next((words for condition, words in checks if condition), "")


def _within(life: float, month: int) -> float:
    return min(1.0, max(0.0, life - month + 1))


def _next(option: Option, options: dict[int, Option]) -> Option | None:
    """Where the work goes after a shutdown."""
    if option.life in (0.0, math.inf):
        return None
    named = option.row.get("successor")
    if named and options[int(named)].life > option.life:
        return options[int(named)]
    newer, today = options[3], options[1]
    if option.number != 3 and not newer.gate and newer.life > option.life:
        return newer
    return today if option.number != 1 else None


def _ways(options: dict[int, Option]) -> None:
    """What each option costs on its way to its successors, and saves against today while it runs."""
    today = options[1]
    for option in options.values():
        first = _next(option, options)
        second = _next(first, options) if first and first.life > option.life else None
        until = option.life if first else math.inf
        until_again = first.life if first and second else math.inf
        option.way = []
        for t in range(1, 37):
            if t <= option.build:
                option.way.append(today.way[t - 1])
                continue
            mine = _within(until, t)
            cost = mine * option.own[t - 1]
            if first:
                both = _within(until_again, t)
                cost += (both - mine) * first.own[t - 1] + (first.move if t - 1 < until <= t else 0)
                if second:
                    cost += (1 - both) * second.own[t - 1] + (second.move if t - 1 < until_again <= t else 0)
            option.way.append(cost)
        option.saving = []
        for t in range(1, 37):
            runs = _within(option.life, t) if t > option.build else 0.0
            saved = runs * (today.way[t - 1] - option.own[t - 1])
            if first and t > option.build and t - 1 < until <= t:
                saved -= first.move
            option.saving.append(saved if option.number > 1 else 0.0)


def crossing(flows: list[float]) -> float | None:
    """Months until a running total that starts below zero is back there, interpolated within the month."""
    total = flows[0]
    if total >= 0:
        return 0.0
    for month, flow in enumerate(flows[1:], 1):
        if total + flow >= -1e-12 * abs(flows[0]):
            return month - (total + flow) / flow
        total += flow
    return None


def answer(inputs: dict) -> dict:
    """The outputs for these inputs, and the options under "options"."""
    options = _options(inputs)
    today = options[1]
    for option in options.values():
        option.lacks = _lacks(option)
        _shuts(option, inputs)
        _costs(option, today, inputs)
    for option in options.values():
        option.gate = _gate(option, inputs)
    _ways(options)
    months, limit = int(inputs["months"]), inputs["max_months"]
    rate = inputs.get("annual_rate") or 0.0
    discount = [(1 + rate) ** (-t / 12) for t in range(1, 37)]
    found: dict = {"options": options}
    for option in options.values():
        paid = 0.0 if option.number == 1 else option.move
        in_time = sum(_within(limit, t) * option.saving[t - 1] for t in range(1, 37))
        option.row["upfront"] = paid
        option.row["year1"] = paid + sum(option.way[:12])
        option.row["years3"] = paid + sum(option.way)
        option.row["present"] = paid + sum(w * d for w, d in zip(option.way[:months], discount, strict=False))
        option.row["npv"] = sum(s * d for s, d in zip(option.saving[:months], discount, strict=False)) - paid
        late = paid > 0 and in_time - paid <= 1e-12 * paid
        option.state = option.gate or ("does not pay back" if late else "open")
    open_ones = [option for option in options.values() if option.state == "open"]
    found["gaps"] = None
    best = min(open_ones, key=lambda option: option.row["present"], default=None)
    if best:
        least = best.row["present"]
        best = next(option for option in open_ones if option.row["present"] <= least + 1e-12 * abs(least))
        others = [option for option in open_ones if option.row["present"] > least + 1e-12 * abs(least)]
        found["runner"] = min(others, key=lambda option: option.row["present"]).number if others else 0
    found["best"] = best.number if best else 0
    tuned = options[5]
    if not tuned.lacks:
        upfront, saving = tuned.training + tuned.labor, today.running - tuned.running
        found["out_upfront"], found["out_saving_monthly"] = upfront, saving
        never = saving <= 1e-12 * today.running
        found["out_breakeven_months"] = NA if never else upfront / saving
        shut = tuned.row.get("shutdown_date")
        ends = math.inf if shut is None else (shut - inputs["start_date"]) * 12 / 365.25
        found["out_decision"] = (
            "DO NOT FINE-TUNE" if never else "FINE-TUNE" if upfront / saving < min(limit, ends) else "HOLD"
        )
        found["out_npv"] = tuned.row["npv"]
        found["out_pe_year1"], found["out_ft_year1"] = today.row["year1"], tuned.row["year1"]
    return found
