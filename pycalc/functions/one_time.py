"""One-time and recurring cost of fine-tuning: training, labour, distillation, evaluation, retraining."""

from __future__ import annotations

from pycalc.annotations import Any
from pycalc.constants import MINUTES_PER_HOUR, TOKENS_PER_PRICE_UNIT
from pycalc.errors import ZeroRatioError
from pycalc.registry import ELEMENTWISE, worksheet_function

SECTION = "One-time and recurring cost"


def _ft_training_array(
    examples: Any, tokens_per_example: Any, epochs: Any, training_price: Any, validation_tokens: Any, minimum: Any
) -> Any:
    import numpy

    billed = examples * tokens_per_example * epochs + validation_tokens
    return numpy.maximum(minimum, billed * training_price / TOKENS_PER_PRICE_UNIT)


@worksheet_function(
    summary="Bill for one training job in USD: billed tokens at the training price, at least the minimum.",
    returns="USD",
    formula=("max(minimum, (examples × tokens_per_example × epochs + validation_tokens) × training_price / 1,000,000)"),
    twin=(
        "IF((examples*tokens_per_example*epochs+validation_tokens)*training_price/tokens_per_price_unit<minimum,"
        "minimum,(examples*tokens_per_example*epochs+validation_tokens)*training_price/tokens_per_price_unit)"
    ),
    array=_ft_training_array,
    references=(
        "OpenAI, GPT-3.5 Turbo fine-tuning and API updates (2023-08-22): 100,000 tokens, 3 epochs, 2.40 USD",
        "Together AI bills validation tokens too; Mistral has a minimum of 4 USD a job",
    ),
    examples=(((500, 1000, 3, 8), "12"),),
)
def ft_training(
    examples: float,
    tokens_per_example: float,
    epochs: float,
    training_price: float,
    validation_tokens: float = 0,
    minimum: float = 0,
) -> float:
    billed = examples * tokens_per_example * epochs + validation_tokens
    bill = billed * training_price / TOKENS_PER_PRICE_UNIT
    return minimum if bill < minimum else bill


@worksheet_function(
    summary="Labour to write or label the training examples in USD.",
    returns="USD",
    twin="examples*minutes_per_example/minutes_per_hour*hourly_wage",
    array=ELEMENTWISE,
    examples=(((500, 5, 50), "2083.33333333333"),),
)
def ft_labor(examples: float, minutes_per_example: float, hourly_wage: float) -> float:
    return examples * minutes_per_example / MINUTES_PER_HOUR * hourly_wage


@worksheet_function(
    summary="Cost in USD of training data written by a larger teacher model, rejected answers included.",
    returns="USD",
    twin="examples/accept_rate*(input_tokens*input_price+output_tokens*output_price)/tokens_per_price_unit",
    zeros=("accept_rate",),
    array=lambda n, i, o, price, out, kept: n / kept * ((i * price + o * out) / TOKENS_PER_PRICE_UNIT),
    examples=(((500, 850, 100, 30, 60, 0.8), "19.6875"),),
)
def ft_distill(
    examples: float,
    input_tokens: float,
    output_tokens: float,
    input_price: float,
    output_price: float,
    accept_rate: float = 1,
) -> float:
    """An accept rate of 0 is #DIV/0!."""
    if accept_rate == 0:
        raise ZeroRatioError("accept_rate is 0, so no number of answers is enough", "Give the share that is kept")
    per_call = (input_tokens * input_price + output_tokens * output_price) / TOKENS_PER_PRICE_UNIT
    return examples / accept_rate * per_call


@worksheet_function(
    summary="Cost of one evaluation in USD: calls, automatic judge, people for a share of the answers.",
    returns="USD",
    twin=("test_examples*(call_cost+judge_cost+human_share*minutes_per_example/minutes_per_hour*hourly_wage)"),
    array=ELEMENTWISE,
    examples=(((200, 0.0315, 0.01, 0.25, 6, 50), "258.3"),),
)
def eval_cost(
    test_examples: float,
    call_cost: float,
    judge_cost: float = 0,
    human_share: float = 0,
    minutes_per_example: float = 0,
    hourly_wage: float = 0,
) -> float:
    human = human_share * minutes_per_example / MINUTES_PER_HOUR * hourly_wage
    return test_examples * (call_cost + judge_cost + human)


@worksheet_function(
    summary="Retraining cost of a year in USD: training, labels anew for a share, evaluation, for each run.",
    returns="USD per year",
    twin="retrains_per_year*(training_cost+relabel_share*labor_cost+evaluation_cost)",
    array=ELEMENTWISE,
    examples=(((4, 12, 0.1, 2083.2, 100), "1281.28"),),
)
def ft_retrain(
    retrains_per_year: float,
    training_cost: float,
    relabel_share: float = 0,
    labor_cost: float = 0,
    evaluation_cost: float = 0,
) -> float:
    return retrains_per_year * (training_cost + relabel_share * labor_cost + evaluation_cost)
