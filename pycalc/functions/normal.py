"""The normal distribution and the fair-coin binomial, in plain arithmetic that every host can carry."""

from __future__ import annotations

import math

_FRACTION_FROM = 2.5
"""From here on the tail is a continued fraction: one minus the middle would lose its digits."""
_FRACTION_DEPTH = 60
_STIRLING_FROM = 15
_NOTHING_MORE = 1e-17
"""A term below this share of the sum changes no digit of it."""


def density_twice(z: float) -> float:
    """Twice the standard normal density at z: how fast `two_tails` falls."""
    return math.sqrt(2 / math.pi) * math.exp(-z * z / 2)


def two_tails(z: float) -> float:
    """The probability that a standard normal lies farther than z from 0; z is 0 or above.

    Abramowitz and Stegun 26.2.11 (series of the middle) and 26.2.14 (continued fraction of the tail): 1e-13 of the
    result, tails of 1e-300 included.
    """
    if z < _FRACTION_FROM:
        term = z * density_twice(z)
        middle = term
        odd = 1.0
        while abs(term) > _NOTHING_MORE * abs(middle):
            odd += 2
            term *= z * z / odd
            middle += term
        return 1 - middle
    denominator = z
    for step in range(_FRACTION_DEPTH, 0, -1):
        denominator = z + step / denominator
    return density_twice(z) / denominator


def distance(tails: float) -> float:
    """The z whose `two_tails` is `tails`, above 0 and at most 1: 1.96 for 0.05.

    A start good to three digits (Abramowitz and Stegun 26.2.22), then Newton's method, which doubles them.
    """
    depth = math.sqrt(-2 * math.log(tails / 2))
    z = depth - (2.30753 + 0.27061 * depth) / (1 + depth * (0.99229 + 0.04481 * depth))
    for _ in range(4):
        z += (two_tails(z) - tails) / density_twice(z)
    return z


def two_tails_of_coin(fewer: float, more: float) -> float:
    """The exact two-sided probability of `fewer` heads or less, or as few tails, in fewer + more fair tosses.

    The term of `fewer` itself by Loader's saddle-point form (2000), which keeps its digits where factorials would
    not; the smaller ones by their ratios.
    """
    if fewer == more:
        return 1.0
    term = _coin_term(fewer, more)
    total = term
    heads = fewer
    while heads > 0 and term > _NOTHING_MORE * total:
        term *= heads / (fewer + more - heads + 1)
        total += term
        heads -= 1
    return 2 * total


def _coin_term(fewer: float, more: float) -> float:
    """The probability of exactly `fewer` heads."""
    tosses = fewer + more
    if fewer == 0:
        return float(0.5**tosses)
    away = (more - fewer) / tosses
    deviance = tosses / 2 * ((1 + away) * math.log1p(away) + (1 - away) * math.log1p(-away))
    errors = _stirling_error(tosses) - _stirling_error(fewer) - _stirling_error(more)
    return math.sqrt(tosses / (2 * math.pi * fewer * more)) * math.exp(errors - deviance)


def _stirling_error(n: float) -> float:
    """log(n!) less Stirling's formula for it."""
    if n > _STIRLING_FROM:
        square = n * n
        return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n
    factorial = 1.0
    factor = 1.0
    while factor < n:
        factor += 1
        factorial *= factor
    return math.log(factorial) - (n + 0.5) * math.log(n) + n - 0.5 * math.log(2 * math.pi)
