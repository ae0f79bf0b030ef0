"""Decision: when fine-tuning pays back, whether it is suitable, and what would flip the answer."""

from __future__ import annotations

from pycalc.annotations import Any
from pycalc.constants import COMPARISON_TOLERANCE, MINIMUM_EXAMPLES, TOKENS_PER_PRICE_UNIT
from pycalc.errors import NoAnswerError, WrongKindError, ZeroRatioError
from pycalc.functions.arithmetic import minus, minus_array, saved, where_valid
from pycalc.registry import worksheet_function
from pycalc.registry.vocabulary import quantity

SECTION = "Decision"
_FEW_EXAMPLES = "STOP: too few examples; fine-tuning wants 50 to 100 good ones at the least"
_CHANGING_FACTS = "STOP: use RAG; a fine-tuned model cannot keep up with facts that change"
_STATIC_FACTS = "CAUTION: a model fine-tuned on facts invents others; prefer RAG unless the facts are static"
_STYLE = "GO: style, tone and strict formats are what fine-tuning is best at"
_OTHER = "GO: nothing speaks against it; let the cost analysis decide"
_LARGEST = 1.7976931348623157e308

# Parts of twins.
_TARGET = 'IF(months="",ft_monthly,ft_monthly+upfront/months)*tokens_per_price_unit/queries'
_TUNED = "(ft_prompt_tokens+query_tokens)*ft_input_price+response_tokens*ft_output_price"
_ASKED = "query_tokens*pe_input_price+response_tokens*pe_output_price"
_PROMPTED = "(prompt_tokens+query_tokens)*pe_input_price+response_tokens*pe_output_price"
_SHORTEST = "query_tokens*ft_input_price+response_tokens*ft_output_price"
_WHOLE = "(prompt_tokens+query_tokens)*ft_input_price+response_tokens*ft_output_price"
_SAVING = "volume_factors*(pe_monthly-ft_monthly+ft_fixed_monthly)-ft_fixed_monthly"


@worksheet_function(
    summary="Months until the monthly saving has repaid the upfront cost; #N/A when it never does.",
    returns="months",
    formula="upfront / (pe_monthly − ft_monthly)",
    twin="IF(pe_monthly-ft_monthly<=comparison_tolerance*pe_monthly,NA(),upfront/(pe_monthly-ft_monthly))",
    array=lambda upfront, pe_monthly, ft_monthly: upfront / saved(pe_monthly, ft_monthly),
    examples=(((12, 315, 9), "0.0392156862745098"), ((2095.33, 315, 9), "6.84748366013072")),
)
def ft_breakeven(upfront: float, pe_monthly: float, ft_monthly: float) -> float:
    """Fine-tuning that costs as much as prompt engineering, or more, never breaks even: #N/A."""
    saving = minus(pe_monthly, ft_monthly)
    if saving <= 0:
        raise NoAnswerError(
            f"never breaks even: fine-tuned costs {ft_monthly:.2f} USD a month, prompted {pe_monthly:.2f}",
            "Compare with a cheaper base model instead",
        )
    return upfront / saving


@worksheet_function(
    summary='"FINE-TUNE" when break-even comes in time and before the shutdown, "HOLD" when not, "DO NOT '
    'FINE-TUNE" when nothing is saved.',
    returns="text",
    formula=(
        "DO NOT FINE-TUNE if pe_monthly ≤ ft_monthly; FINE-TUNE if upfront / (pe_monthly − ft_monthly) is below "
        "max_months and below months_to_shutdown; else HOLD"
    ),
    twin=(
        'IF(pe_monthly-ft_monthly<=comparison_tolerance*pe_monthly,"DO NOT FINE-TUNE",'
        "IF(max_months-upfront/(pe_monthly-ft_monthly)<=comparison_tolerance*max_months,"
        '"HOLD",IF(months_to_shutdown="","FINE-TUNE",'
        "IF(months_to_shutdown-upfront/(pe_monthly-ft_monthly)<=comparison_tolerance*ABS(months_to_shutdown),"
        '"HOLD","FINE-TUNE"))))'
    ),
    examples=(((12, 315, 9), "FINE-TUNE"), ((2095.33, 315, 9), "HOLD"), ((12, 9, 315), "DO NOT FINE-TUNE")),
)
def ft_decision(
    upfront: float, pe_monthly: float, ft_monthly: float, max_months: float = 6, months_to_shutdown: float | None = None
) -> str:
    """On cost alone, prompt engineering against fine-tuning.

    Break-even at exactly max_months is too late. A model that is already shut down (months_to_shutdown zero or
    negative) is HOLD.
    """
    saving = minus(pe_monthly, ft_monthly)
    if saving <= 0:
        return "DO NOT FINE-TUNE"
    months = upfront / saving
    if months > _LARGEST:
        raise OverflowError
    in_time = minus(max_months, months) > 0
    alive = months_to_shutdown is None or minus(months_to_shutdown, months) > 0
    return "FINE-TUNE" if in_time and alive else "HOLD"


@worksheet_function(
    summary="Whether the task suits fine-tuning at all: text that begins with STOP, CAUTION or GO, then why.",
    returns="text",
    formula=(
        "fewer than 50 examples: STOP; knowledge: STOP when facts change, else CAUTION; style, format: GO; else: GO"
    ),
    twin=(
        f'IF(examples<minimum_examples,"{_FEW_EXAMPLES}",IF(LOWER(TRIM(use_case))="knowledge",'
        f'IF(facts_change,"{_CHANGING_FACTS}","{_STATIC_FACTS}"),'
        f'IF(LOWER(TRIM(use_case))="style","{_STYLE}",IF(LOWER(TRIM(use_case))="format","{_STYLE}","{_OTHER}"))))'
    ),
    references=("OpenAI, fine-tuning guide: 50 to 100 good examples",),
    examples=((("format", 500, False), _STYLE), (("knowledge", 1000, True), _CHANGING_FACTS)),
)
def ft_suitability(use_case: str, examples: float, facts_change: bool = False) -> str:
    """Letter case and spaces around the use case make no difference."""
    task = use_case.strip(" ").lower()
    if examples < MINIMUM_EXAMPLES:
        return _FEW_EXAMPLES
    if task == "knowledge":
        return _CHANGING_FACTS if facts_change else _STATIC_FACTS
    return _STYLE if task in ("style", "format") else _OTHER


@worksheet_function(
    summary="Queries a month at which fine-tuning pays back within the given months; #N/A when none do.",
    returns="calls per month",
    formula="(upfront / months + ft_fixed_monthly) / (pe_call − ft_call)",
    twin=("IF(pe_call-ft_call<=comparison_tolerance*pe_call,NA(),(upfront/months+ft_fixed_monthly)/(pe_call-ft_call))"),
    arguments={"months": quantity("Months within which it has to pay back, fractions allowed", "months", "(0..)")},
    array=lambda upfront, pe, ft, months, fixed: (upfront / months + fixed) / saved(pe, ft),
    examples=(((2095.33, 0.0315, 0.0009, 6), "11412.4727668845"),),
)
def ft_breakeven_queries(
    upfront: float, pe_call: float, ft_call: float, months: float, ft_fixed_monthly: float = 0
) -> float:
    saving = minus(pe_call, ft_call)
    if saving <= 0:
        raise NoAnswerError("pays back at no volume: a fine-tuned call costs no less", "Lower ft_call or the prompt")
    return (upfront / months + ft_fixed_monthly) / saving


def _ft_breakeven_price_array(*given: Any) -> Any:
    import numpy

    queries, prompt, query, answer, output_price, monthly, upfront, months = given
    target = numpy.where(upfront > 0, numpy.nan, monthly) if months is None else monthly + upfront / months
    left = minus_array(target * TOKENS_PER_PRICE_UNIT / queries, answer * output_price)
    return where_valid(left, left > 0) / (prompt + query)


@worksheet_function(
    summary="The prompt-engineering input price below which fine-tuning stops being worth it; #N/A when no "
    "positive price is that low.",
    returns="USD per 1M tokens",
    formula=(
        "((ft_monthly + upfront / months) × 1,000,000 / queries − response_tokens × output_price) "
        "/ (prompt_tokens + query_tokens)"
    ),
    twin=(
        'IF(IF(months="",IF(upfront>0,#VALUE!,ft_monthly),ft_monthly+upfront/months)'
        "*tokens_per_price_unit/queries-response_tokens*output_price"
        f"<=comparison_tolerance*{_TARGET},IF(prompt_tokens+query_tokens=0,1/0,NA()),"
        f"({_TARGET}-response_tokens*output_price)/(prompt_tokens+query_tokens))"
    ),
    arguments={"months": quantity("Months within which the upfront cost has to be paid back", "months", "(0..)")},
    array=_ft_breakeven_price_array,
    examples=(((10000, 800, 50, 100, 60, 9, 2095.33, 6), "35.0849019607843"),),
)
def ft_breakeven_price(
    queries: float,
    prompt_tokens: float,
    query_tokens: float,
    response_tokens: float,
    output_price: float,
    ft_monthly: float,
    upfront: float = 0,
    months: float | None = None,
) -> float:
    """Without months it compares running cost alone, and upfront above 0 is #VALUE!; with them, fine-tuning has
    to pay back the upfront cost within that time. The output price stays as given.
    """
    if months is None and upfront > 0:
        raise WrongKindError("has an upfront cost but no months to pay it back in", "Give months, or leave out upfront")
    if queries == 0 or prompt_tokens + query_tokens == 0:
        raise ZeroRatioError("has no input tokens to price", "Give queries and tokens above 0")
    target = ft_monthly if months is None else ft_monthly + upfront / months
    left = minus(target * TOKENS_PER_PRICE_UNIT / queries, response_tokens * output_price)
    if left <= 0:
        raise NoAnswerError(
            "no positive input price is low enough: the answers alone cost more than fine-tuning",
            "Fine-tuning stays worth it whatever the input price",
        )
    return left / (prompt_tokens + query_tokens)


def _ft_breakeven_prompt_array(*given: Any) -> Any:
    import numpy

    query, answer, pe_input, pe_output, prompt, ft_input, ft_output = given
    fine_tuned = (prompt + query) * ft_input + answer * ft_output
    return numpy.maximum(minus_array(fine_tuned, query * pe_input + answer * pe_output), 0) / pe_input


@worksheet_function(
    summary="Prompt length at which both cost the same per call; a longer prompt speaks for fine-tuning.",
    returns="tokens per call",
    formula=(
        "max(0, ((ft_prompt_tokens + query_tokens) × ft_input_price + response_tokens × ft_output_price "
        "− query_tokens × pe_input_price − response_tokens × pe_output_price) / pe_input_price)"
    ),
    twin=(
        f"IF({_TUNED}-({_ASKED})<=comparison_tolerance*({_TUNED}),0/pe_input_price,({_TUNED}-({_ASKED}))/pe_input_price)"
    ),
    zeros=("pe_input_price",),
    array=_ft_breakeven_prompt_array,
    references=("OpenAI community, Finetuning for shortening prompts: prices of August 2023",),
    examples=(((50, 100, 1.5, 2, 50, 12, 16), "1683.33333333333"),),
)
def ft_breakeven_prompt(
    query_tokens: float,
    response_tokens: float,
    pe_input_price: float,
    pe_output_price: float,
    ft_prompt_tokens: float,
    ft_input_price: float,
    ft_output_price: float,
) -> float:
    """A prompted model whose input is free is #DIV/0!."""
    if pe_input_price == 0:
        raise ZeroRatioError("pe_input_price is 0, so the prompt costs nothing", "Give the input price")
    fine_tuned = (ft_prompt_tokens + query_tokens) * ft_input_price + response_tokens * ft_output_price
    left = minus(fine_tuned, query_tokens * pe_input_price + response_tokens * pe_output_price)
    return max(left, 0.0) / pe_input_price


def _ft_prompt_cut_array(*given: Any) -> Any:
    import numpy

    prompt, query, answer, pe_input, pe_output, ft_input, ft_output = given
    prompted = (prompt + query) * pe_input + answer * pe_output
    shortest = query * ft_input + answer * ft_output
    removable = prompt * ft_input
    cut = numpy.where(minus_array(shortest, prompted) > 0, numpy.nan, (shortest + removable - prompted) / removable)
    return numpy.where(minus_array(shortest + removable, prompted) <= 0, 0.0, cut)


@worksheet_function(
    summary="Share of the prompt that fine-tuning must remove to cost the same per call; 0 when it is no dearer "
    "with all of it, #N/A when it is dearer with none.",
    returns="fraction",
    formula=(
        "(fine-tuned call with the whole prompt − prompted call) / (prompt_tokens × ft_input_price), all per call"
    ),
    twin=(
        f"IF({_WHOLE}-({_PROMPTED})<=comparison_tolerance*({_WHOLE}),0,"
        f"IF({_SHORTEST}-({_PROMPTED})>comparison_tolerance*({_SHORTEST}),NA(),"
        f"({_WHOLE}-({_PROMPTED}))/(prompt_tokens*ft_input_price)))"
    ),
    array=_ft_prompt_cut_array,
    references=("OpenAI community, Finetuning for shortening prompts: up to 90% shorter, by OpenAI's early testers",),
    examples=(((6416.66666666667, 50, 100, 1.5, 2, 12, 16), "0.9"),),
)
def ft_prompt_cut(
    prompt_tokens: float,
    query_tokens: float,
    response_tokens: float,
    pe_input_price: float,
    pe_output_price: float,
    ft_input_price: float,
    ft_output_price: float,
) -> float:
    prompted = (prompt_tokens + query_tokens) * pe_input_price + response_tokens * pe_output_price
    whole = (prompt_tokens + query_tokens) * ft_input_price + response_tokens * ft_output_price
    shortest = query_tokens * ft_input_price + response_tokens * ft_output_price
    dearer = minus(whole, prompted)
    if dearer <= 0:
        return 0.0
    if minus(shortest, prompted) > 0:
        raise NoAnswerError("is dearer even with no prompt at all", "No prompt is short enough at these prices")
    return dearer / (prompt_tokens * ft_input_price)


def _ft_sensitivity_array(
    upfront: Any, pe_monthly: Any, ft_monthly: Any, upfront_factors: Any, volume_factors: Any, ft_fixed_monthly: Any
) -> Any:
    saving = volume_factors * (pe_monthly - ft_monthly + ft_fixed_monthly) - ft_fixed_monthly
    least = COMPARISON_TOLERANCE * (volume_factors * pe_monthly + ft_fixed_monthly)
    return upfront * upfront_factors / where_valid(saving, ~(saving <= least), no_answer=True)


@worksheet_function(
    summary="Grid of break-even months: a row for each volume factor, a column for each upfront factor.",
    returns="months",
    formula=(
        "upfront × upfront_factor / (volume_factor × (pe_monthly − ft_monthly + ft_fixed_monthly) − ft_fixed_monthly)"
    ),
    twin=(
        f"IF({_SAVING}<=comparison_tolerance*(volume_factors*pe_monthly+ft_fixed_monthly),NA(),"
        f"upfront*upfront_factors/({_SAVING}))"
    ),
    twin_limit="upfront_factors stand in one row, volume_factors in one column",
    shapes={"upfront_factors": "row", "volume_factors": "column"},
    array=_ft_sensitivity_array,
    spills=True,
    examples=(
        (
            (2095.33, 315, 9, (1, 2), (0.5, 1)),
            "{13.6949673202614, 27.3899346405229; 6.84748366013072, 13.6949673202614}",
        ),
    ),
)
def ft_sensitivity(
    upfront: float,
    pe_monthly: float,
    ft_monthly: float,
    upfront_factors: float,
    volume_factors: float,
    ft_fixed_monthly: float = 0,
) -> float:
    """Both costs grow with the volume but for ft_fixed_monthly, the part of ft_monthly that does not. #N/A where
    it never breaks even.
    """
    saving = volume_factors * (pe_monthly - ft_monthly + ft_fixed_monthly) - ft_fixed_monthly
    if saving <= COMPARISON_TOLERANCE * (volume_factors * pe_monthly + ft_fixed_monthly):
        raise NoAnswerError("never breaks even at this volume", "Raise volume_factors or lower ft_fixed_monthly")
    return upfront * upfront_factors / saving
