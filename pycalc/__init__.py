"""What prompting, fine-tuning, retrieving or switching the model costs, and when which one pays.

Every worksheet function is a plain Python function here, under the same name in lower case and with the same
argument names: ``pycalc.pe_monthly(queries=10_000, ...)``. `pycalc.FUNCTIONS` holds their definitions.
"""

from pycalc.errors import (
    CalcError,
    NoAnswerError,
    OutOfBoundsError,
    WrongKindError,
    ZeroRatioError,
)
from pycalc.functions.checking import ft_check
from pycalc.functions.decision import (
    ft_breakeven,
    ft_breakeven_price,
    ft_breakeven_prompt,
    ft_breakeven_queries,
    ft_decision,
    ft_prompt_cut,
    ft_sensitivity,
    ft_suitability,
)
from pycalc.functions.investment import ft_cashflow, ft_irr, ft_npv, ft_payback, ft_roi
from pycalc.functions.one_time import eval_cost, ft_distill, ft_labor, ft_retrain, ft_training
from pycalc.functions.prices import model_price, model_shutdown, price_source, prices_as_of
from pycalc.functions.review import cost_per_accepted, review_cost, review_ramp
from pycalc.functions.running_cost import call_cost, ft_monthly, hybrid_monthly, pe_monthly, price_after, rag_monthly
from pycalc.functions.tokens import chat_tokens, context_fits, model_context, token_count, token_overhead
from pycalc.functions.uncertainty import ft_risk
from pycalc.registry import FUNCTIONS
from pycalc.version import VERSION as __version__

__all__ = [
    "FUNCTIONS",
    "CalcError",
    "NoAnswerError",
    "OutOfBoundsError",
    "WrongKindError",
    "ZeroRatioError",
    "__version__",
    "call_cost",
    "chat_tokens",
    "context_fits",
    "cost_per_accepted",
    "eval_cost",
    "ft_breakeven",
    "ft_breakeven_price",
    "ft_breakeven_prompt",
    "ft_breakeven_queries",
    "ft_cashflow",
    "ft_check",
    "ft_decision",
    "ft_distill",
    "ft_irr",
    "ft_labor",
    "ft_monthly",
    "ft_npv",
    "ft_payback",
    "ft_prompt_cut",
    "ft_retrain",
    "ft_risk",
    "ft_roi",
    "ft_sensitivity",
    "ft_suitability",
    "ft_training",
    "hybrid_monthly",
    "model_context",
    "model_price",
    "model_shutdown",
    "pe_monthly",
    "price_after",
    "price_source",
    "prices_as_of",
    "rag_monthly",
    "review_cost",
    "review_ramp",
    "token_count",
    "token_overhead",
]
