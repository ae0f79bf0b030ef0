"""The worksheet functions, one section a module; importing this files them all in the registry."""
# ruff: noqa: F401 - imported for what the import does

from pycalc.functions import (
    capacity,
    checking,
    decision,
    evidence,
    investment,
    one_time,
    prices,
    review,
    running_cost,
    tokens,
    uncertainty,
)
