from __future__ import annotations

import pytest

from pycalc.dataset.cost import default_epochs, example_limit
from pycalc.models.families import base_name


@pytest.mark.parametrize(
    ("examples", "epochs"),
    [
        (1, 25),  # 100 // 1 = 100, but 25 at most
        (4, 25),  # 100 // 4 = 25
        (5, 20),  # the guide's own example file: 100 // 5
        (33, 3),  # 99 < 100: 100 // 33
        (34, 3),  # 102: the target
        (8_333, 3),  # 24,999
        (8_334, 2),  # 25,002 > 25,000: 25,000 // 8,334
        (12_501, 1),
        (25_001, 1),  # 25,000 // 25,001 = 0, but 1 at least
    ],
)
def test_default_epochs(examples, epochs):
    """OpenAI's guide: TARGET 3, from 100 to 25,000 examples seen, from 1 to 25 epochs."""
    assert default_epochs(examples) == epochs


@pytest.mark.parametrize(
    ("model", "limit"),
    [
        ("gpt-3.5-turbo", 4_096),
        ("gpt-3.5-turbo-0613", 4_096),
        ("gpt-3.5-turbo-0125", 16_385),
        ("OpenAI/GPT-4o-mini-2024-07-18", 65_536),
        ("ft:gpt-4o-mini-2024-07-18:acme::abc", 65_536),
        ("gpt-4.1-nano-2025-04-14", 32_768),
        ("gpt-4.1", 65_536),
        ("claude-3-haiku ~ cl100k_base", None),
        ("gpt-5", None),
    ],
)
def test_example_limit(model, limit):
    assert example_limit(model) == limit


def test_base_name():
    assert base_name("azure/ft:gpt-4o-2024-08-06:acme::abc") == "gpt-4o-2024-08-06"
    assert base_name("gpt-6-luna ~ o200k_base") == "gpt-6-luna"
