"""Capacity: what hosting, provisioned throughput and rented GPUs cost, and from which volume they pay."""

from __future__ import annotations

import math

from pycalc.annotations import Any
from pycalc.constants import (
    COMPARISON_TOLERANCE,
    FLOPS_PER_TERAFLOP,
    HOURS_PER_MONTH,
    PARAMETERS_PER_BILLION,
    SECONDS_PER_HOUR,
    TOKENS_PER_PRICE_UNIT,
)
from pycalc.errors import ZeroRatioError
from pycalc.registry import ELEMENTWISE, worksheet_function
from pycalc.registry.vocabulary import quantity

SECTION = "Capacity"


@worksheet_function(
    summary="Hosting by the hour in USD a month: the price of an hour times replicas times hours.",
    returns="USD per month",
    formula="hourly_price × replicas × hours_per_month",
    twin="hourly_price*replicas*hours_per_month",
    array=ELEMENTWISE,
    references=("Microsoft, Azure fine-tuning cost management: 1.70 USD an hour, a month of 720 hours there",),
    examples=(((1.7, 1, 730), "1241"), ((6.98, 2), "10190.8")),
)
def hosting_monthly(hourly_price: float, replicas: float = 1, hours_per_month: float = HOURS_PER_MONTH) -> float:
    """A month has 730 hours (8,760 / 12) unless hours_per_month says otherwise."""
    return hourly_price * replicas * hours_per_month


def _replicas_array(
    queries: Any, tokens_per_call: Any, tokens_per_second: Any, peak_factor: Any, utilization: Any
) -> Any:
    import numpy

    load = queries * tokens_per_call * peak_factor
    each = HOURS_PER_MONTH * SECONDS_PER_HOUR * tokens_per_second * utilization
    return numpy.where(load == 0, 0.0, numpy.ceil(load / each * (1 - COMPARISON_TOLERANCE)))


@worksheet_function(
    summary="Whole replicas that carry the month's calls at their peak; 0 where there are no calls.",
    returns="replicas",
    formula=(
        "queries × tokens_per_call × peak_factor / (730 × 3,600 × tokens_per_second × utilization), rounded up; "
        "within 1e-12 of a whole number it is that number"
    ),
    twin=(
        "IF(queries*tokens_per_call*peak_factor=0,0,"
        "-INT(-queries*tokens_per_call*peak_factor"
        "/(hours_per_month*seconds_per_hour*tokens_per_second*utilization)*(1-comparison_tolerance)))"
    ),
    array=_replicas_array,
    examples=(((1000000, 1200, 2464.45, 3, 0.7), "1"), ((3000000, 4000, 2464.45, 3, 0.7), "8")),
)
def replicas(
    queries: float, tokens_per_call: float, tokens_per_second: float, peak_factor: float = 1, utilization: float = 1
) -> float:
    """tokens_per_second is what one replica sustains, measured on the same kind of calls; peak_factor is the busiest
    hour over the average one. A replica that yields no tokens is #DIV/0!.
    """
    load = queries * tokens_per_call * peak_factor
    if load == 0:
        return 0.0
    each = HOURS_PER_MONTH * SECONDS_PER_HOUR * tokens_per_second * utilization
    if each == 0:
        raise ZeroRatioError("has a replica that yields no tokens", "Give tokens_per_second and utilization above 0")
    return float(math.ceil(load / each * (1 - COMPARISON_TOLERANCE)))


@worksheet_function(
    summary="Price of 1M tokens in USD on capacity paid by the hour; half the load doubles it.",
    returns="USD per 1M tokens",
    twin="hourly_price*tokens_per_price_unit/(seconds_per_hour*tokens_per_second*utilization)",
    zeros=("tokens_per_second", "utilization"),
    array=lambda price, tokens, share: price * TOKENS_PER_PRICE_UNIT / (SECONDS_PER_HOUR * tokens * share),
    references=(
        "vllm-cost-meter (MIT, arXiv 2606.11690): Llama-3.1-8B on one H100 at 6.98 USD an hour, 0.7867 USD per 1M "
        "output tokens at 2,464.45 tokens a second",
    ),
    examples=(((6.98, 2464.45), "0.78674304160721"), ((6.98, 2464.45, 0.5), "1.57348608321442")),
)
def capacity_price(hourly_price: float, tokens_per_second: float, utilization: float = 1) -> float:
    """tokens_per_second is the whole of what hourly_price pays for: the price of eight GPUs goes with the tokens of
    all eight.
    """
    if tokens_per_second == 0 or utilization == 0:
        raise ZeroRatioError("has capacity that yields no tokens", "Give tokens_per_second and utilization above 0")
    return hourly_price * TOKENS_PER_PRICE_UNIT / (SECONDS_PER_HOUR * tokens_per_second * utilization)


@worksheet_function(
    summary="Calls a month from which capacity paid by the month is cheaper than paying by the token.",
    returns="calls per month",
    twin="capacity_monthly/call_cost",
    arguments={"call_cost": quantity("Cost of one call where it is paid by the token", "USD per call", "[0..)")},
    zeros=("call_cost",),
    array=lambda capacity_monthly, call_cost: capacity_monthly / call_cost,
    examples=(((1825, 0.004), "456250"),),
)
def capacity_breakeven(capacity_monthly: float, call_cost: float) -> float:
    """Whether the capacity can carry that volume is REPLICAS' to say."""
    if call_cost == 0:
        raise ZeroRatioError("call_cost is 0, so no capacity is ever cheaper", "Give the cost of one call")
    return capacity_monthly / call_cost


def _ptu_count_array(*given: Any) -> Any:
    import numpy

    calls, tokens_in, tokens_out, per_unit, weight, cached, minimum, increment = given
    weighted = tokens_in * (1 - cached) + tokens_out * weight
    # -0 would give -infinity, which the minimum hides.
    units = numpy.maximum(minimum, calls * weighted / numpy.abs(per_unit))
    return numpy.ceil(units / increment * (1 - COMPARISON_TOLERANCE)) * increment


_UNITS = "calls_per_minute*(input_tokens*(1-cached_share)+output_tokens*output_weight)/tokens_per_minute_per_unit"


@worksheet_function(
    summary="Provisioned throughput units for a load at its peak: at least the minimum, in whole steps.",
    returns="units",
    formula=(
        "calls_per_minute × (input_tokens × (1 − cached_share) + output_tokens × output_weight) "
        "/ tokens_per_minute_per_unit; at least minimum; rounded up to a multiple of increment; "
        "within 1e-12 of a multiple it is that multiple"
    ),
    twin=f"-INT(-IF({_UNITS}<minimum,minimum,{_UNITS})/increment*(1-comparison_tolerance))*increment",
    arguments={"minimum": quantity("Fewest units the seller deploys", "units", "[0..)")},
    zeros=("tokens_per_minute_per_unit",),
    array=_ptu_count_array,
    references=(
        "Microsoft, azure-ai-docs, provisioned throughput sizing (2026-05-21): gpt-5.2, 1,000 calls a minute of 200 "
        "tokens in and 20 out are 105.88 units, so 110",
    ),
    examples=(((1000, 200, 20, 3400, 8, 0, 15, 5), "110"), ((1000, 200, 20, 3400, 8, 0.5, 15, 5), "80")),
)
def ptu_count(
    calls_per_minute: float,
    input_tokens: float,
    output_tokens: float,
    tokens_per_minute_per_unit: float,
    output_weight: float,
    cached_share: float = 0,
    minimum: float = 1,
    increment: float = 1,
) -> float:
    """Input read from the cache uses no units; an output token weighs output_weight input tokens."""
    if tokens_per_minute_per_unit == 0:
        raise ZeroRatioError("has a unit that yields no tokens", "Give tokens_per_minute_per_unit above 0")
    weighted = input_tokens * (1 - cached_share) + output_tokens * output_weight
    units = calls_per_minute * weighted / tokens_per_minute_per_unit
    if units < minimum:
        units = minimum
    return math.ceil(units / increment * (1 - COMPARISON_TOLERANCE)) * increment


@worksheet_function(
    summary="GPU hours of a training run on one's own or rented GPUs.",
    returns="GPU hours",
    formula=(
        "flops_per_parameter × parameters × training_tokens × epochs / (peak FLOP/s × utilization) / 3,600; "
        "flops_per_parameter is 6 for full fine-tuning, 4 for LoRA"
    ),
    twin=(
        "flops_per_parameter*(parameters_billions*parameters_per_billion)*training_tokens*epochs"
        "/(peak_tflops*flops_per_teraflop*utilization)/seconds_per_hour"
    ),
    zeros=("peak_tflops", "utilization"),
    array=lambda tokens, epochs, size, peak, share, flops: (
        (flops * (size * PARAMETERS_PER_BILLION) * tokens * epochs)
        / (peak * FLOPS_PER_TERAFLOP * share)
        / SECONDS_PER_HOUR
    ),
    references=(
        "NVIDIA NeMo AutoModel, performance summary (2025-10-02): Llama3-70B LoRA on 8 H100, 608.42 tokens a second "
        "per GPU at 176 TFLOP/s; 4 × parameters × tokens gives 171.7",
        "Meta, Llama 3.1 model card: 15T tokens took 1.46M (8B), 7.0M (70B), 30.84M (405B) H100 hours: "
        "utilization 14, 26, 33%",
    ),
    examples=(((10000000, 3, 8, 989), "1.01112234580384"), ((10000000, 3, 70, 989, 0.4, 4), "5.89821368385575")),
)
def gpu_hours(
    training_tokens: float,
    epochs: float,
    parameters_billions: float,
    peak_tflops: float,
    utilization: float = 0.4,
    flops_per_parameter: float = 6,
) -> float:
    """peak_tflops is the dense peak of the precision used (an H100 in bf16: 989); utilization is the share of it that
    the run reaches, 14 to 45% where it was published.
    """
    if peak_tflops == 0 or utilization == 0:
        raise ZeroRatioError("has GPUs that do no work", "Give peak_tflops and utilization above 0")
    work = flops_per_parameter * (parameters_billions * PARAMETERS_PER_BILLION) * training_tokens * epochs
    return work / (peak_tflops * FLOPS_PER_TERAFLOP * utilization) / SECONDS_PER_HOUR
