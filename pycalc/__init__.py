"""What prompting, fine-tuning, retrieving or switching the model costs, and when which one pays.

Every worksheet function is a plain Python function here, under the same name in lower case and with the same
argument names: ``pycalc.pe_monthly(queries=10_000, ...)``. `pycalc.FUNCTIONS` holds their definitions.
"""

from pycalc import (  # noqa: F401 - importing a section files its functions
    checking,
    decision,
    investment,
    one_time,
    prices,
    review,
    running_cost,
    tokens,
    uncertainty,
)
from pycalc.errors import (
    CalcError,
    NoAnswerError,
    OutOfBoundsError,
    WrongKindError,
    ZeroRatioError,
)
from pycalc.registry import FUNCTIONS
from pycalc.version import VERSION as __version__

globals().update({function.call.__name__: function.call for function in FUNCTIONS.values()})

__all__ = [
    "FUNCTIONS",
    "CalcError",
    "NoAnswerError",
    "OutOfBoundsError",
    "WrongKindError",
    "ZeroRatioError",
    "__version__",
    *(function.call.__name__ for function in FUNCTIONS.values()),
]
