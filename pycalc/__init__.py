"""What prompting, fine-tuning, retrieving or switching the model costs, and when which one pays.

Every worksheet function is a plain Python function here, under the same name in lower case and with the same
argument names: ``pycalc.pe_monthly(queries=10_000, ...)``. `pycalc.FUNCTIONS` holds their definitions. Types stand
in `__init__.pyi`, which is generated from those.
"""

import pycalc.functions  # noqa: F401 - files the functions in the registry
from pycalc.errors import (
    CalcError,
    NoAnswerError,
    OutOfBoundsError,
    WrongKindError,
    ZeroRatioError,
)
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
]
for _name, _function in FUNCTIONS.items():
    globals()[_name.lower()] = _function.call
    __all__.append(_name.lower())
del _name, _function
