"""FT_RISK once more, in plain Python: the generator, the draws, the quantiles. Nothing of pycalc, nothing of NumPy.

PCG64 (XSL-RR, 128 bits of state) after O'Neill's paper; the seed is spread over the state as NumPy's
SeedSequence documents it, after O'Neill's seed_seq_fe.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

_32 = 2**32 - 1
_64 = 2**64 - 1
_128 = 2**128 - 1


def seed_words(seed: int, count: int) -> list[int]:
    """`count` words of 32 bits from a seed below 2^128."""
    constant = 0x43B0D7E5

    def hashed(word: int) -> int:
        nonlocal constant
        word ^= constant
        constant = constant * 0x931E8875 & _32
        word = word * constant & _32
        return word ^ word >> 16

    pool = [hashed(seed >> 32 * place & _32) for place in range(4)]
    for source in range(4):
        for target in range(4):
            if source != target:
                mixed = (0xCA01F9DD * pool[target] - 0x4973F715 * hashed(pool[source])) & _32
                pool[target] = mixed ^ mixed >> 16
    words = []
    constant = 0x8B51F9DD
    for place in range(count):
        word = pool[place % 4] ^ constant
        constant = constant * 0x58F38DED & _32
        word = word * constant & _32
        words.append(word ^ word >> 16)
    return words


def uniforms(seed: int) -> Iterator[float]:
    """Doubles from 0 up to 1, 53 bits each."""
    words = seed_words(seed, 8)
    quads = [words[place] | words[place + 1] << 32 for place in range(0, 8, 2)]
    increment = ((quads[2] << 64 | quads[3]) << 1 | 1) & _128

    def stepped(state: int) -> int:
        return (state * 0x2360ED051FC65DA44385DF649FCCF645 + increment) & _128

    state = stepped(stepped(0) + (quads[0] << 64 | quads[1]))
    while True:
        state = stepped(state)
        folded = (state >> 64 ^ state) & _64
        turn = state >> 122
        turned = (folded >> turn | folded << (64 - turn)) & _64
        yield (turned >> 11) / 2**53


def triangular(share: float, low: float, base: float, high: float) -> float:
    """The inverse distribution function, written from the areas of the two right triangles."""
    if low == high:
        return low
    left = (base - low) / (high - low)
    if share < left:
        return low + math.sqrt(share * (high - low) * (base - low))
    return high - math.sqrt((1 - share) * (high - low) * (high - base))


def percentile(values: list[float], share: Fraction) -> float:
    """PERCENTILE.INC, ranks in exact arithmetic."""
    values = sorted(values)
    rank = share * (len(values) - 1)
    low = math.floor(rank)
    high = min(low + 1, len(values) - 1)
    return values[low] + float(rank - low) * (values[high] - values[low])


def ft_risk(
    upfront: tuple, queries: tuple, saving: tuple, months: int, trials: int = 10_000, seed: int = 1
) -> list[float]:
    numbers = uniforms(seed)
    costs, volumes, savings = (
        [triangular(next(numbers), *triple) for _ in range(trials)] for triple in (upfront, queries, saving)
    )
    net = [saving * volume * months - cost for cost, volume, saving in zip(costs, volumes, savings, strict=True)]
    return [
        sum(value >= 0 for value in net) / trials,
        *(percentile(net, Fraction(tenths, 10)) for tenths in (1, 5, 9)),
        math.fsum(net) / trials,
    ]
