"""The audit of published example files against the figures their publishers print."""

from __future__ import annotations

import pytest

from pycalc.dataset.audit import audit
from pycalc.dataset.cost import Plan
from tests.pycalc.dataset import published


def audited(tmp_path, data, model, **plan):
    file = tmp_path / "train.jsonl"
    file.write_bytes(data)
    return audit(str(file), Plan(models=(model,), **plan))


def test_the_toy_file_is_the_published_one():
    assert len(published.toy()) == published.TOY_BYTES


def test_openai_guide(tmp_path):
    result = audited(tmp_path, published.toy(), "gpt-3.5-turbo")
    (model,) = result["models"]
    assert result["examples"] == 5
    assert result["guide_errors"] == {}
    assert (result["missing_system"], result["missing_user"]) == (1, 1)
    assert result["messages"].items() >= published.TOY_MESSAGES.items()
    assert model["total_tokens"].items() >= published.TOY_TOTAL.items()
    assert model["assistant_tokens"].items() >= published.TOY_ANSWER.items()
    assert model["limit"] == 4096
    assert model["over_limit"] == 1
    assert model["billed_tokens_per_epoch"] == published.TOY_BILLED_PER_EPOCH
    assert model["epochs"] == published.TOY_EPOCHS
    assert model["billed_tokens"] == published.TOY_BILLED


def test_a_later_model_takes_the_long_example_whole(tmp_path):
    # 65,536 tokens an example (Microsoft Learn); nothing is cut, so every token is billed.
    (model,) = audited(tmp_path, published.toy(), "gpt-4o-mini-2024-07-18")["models"]
    assert model["limit"] == 65_536
    assert model["over_limit"] == 0
    assert model["billed_tokens_per_epoch"] == model["total_tokens"]["total"]


@pytest.mark.parametrize(
    ("pairs", "total", "answer"),
    [
        (published.TRAINING_SET, published.TRAINING_TOTAL, published.TRAINING_ANSWER),
        (published.VALIDATION_SET, published.VALIDATION_TOTAL, published.VALIDATION_ANSWER),
    ],
    ids=["training", "validation"],
)
def test_microsoft_tutorial(tmp_path, pairs, total, answer):
    result = audited(tmp_path, published.sarcastic(pairs), "gpt-4o-mini-2024-07-18")
    (model,) = result["models"]
    assert model["encoding"] == "o200k_base"
    assert model["total_tokens"].items() >= total.items()
    assert model["assistant_tokens"].items() >= answer.items()


def test_two_models_are_counted_each_in_its_own_vocabulary(tmp_path):
    file = tmp_path / "train.jsonl"
    file.write_bytes(published.toy())
    result = audit(str(file), Plan(models=("gpt-3.5-turbo", "gpt-4o-mini-2024-07-18")))
    old, new = result["models"]
    assert old["total_tokens"].items() >= published.TOY_TOTAL.items()
    assert new["total_tokens"]["total"] != old["total_tokens"]["total"]
