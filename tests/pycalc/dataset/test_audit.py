"""What an audit's verdict and cost rest on: examples without faults, and the day that was asked for."""

from __future__ import annotations

import json

import pytest

from pycalc.dataset.audit import audit
from pycalc.dataset.cost import Plan
from pycalc.dataset.formats import text_of
from pycalc.models.catalogue import serial

FAULTY = '{"messages":[{"role":"user","content":"Hi, I am number %d."}]}\n'


def lines(count):
    """Examples that differ in their question and in their answer."""
    for number in range(count):
        question, answer = (
            f"What is {number} times {number + 7}?",
            f"It is {number * (number + 7)}, dear number {number}.",
        )
        messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        yield json.dumps({"messages": messages}) + "\n"


@pytest.mark.parametrize(
    ("good", "faulty", "verdict"), [(50, 0, "GO"), (49, 0, "STOP"), (49, 5, "STOP"), (50, 5, "GO")]
)
def test_an_example_with_an_error_is_not_one_of_the_fifty(tmp_path, good, faulty, verdict):
    file = tmp_path / "train.jsonl"
    file.write_text("".join(lines(good)) + "".join(FAULTY % number for number in range(faulty)))
    suitable = audit(str(file), Plan())["gate"]
    assert suitable["examples"] == good
    assert suitable["verdict"].startswith(verdict)


def test_the_file_is_described(tmp_path):
    file = tmp_path / "train.jsonl"
    file.write_text("".join(lines(12)))
    result = audit(str(file), Plan(), vendor="vertex")
    assert (result["vendor"], result["bytes"], result["lines"]) == ("Vertex AI", file.stat().st_size, 12)
    assert audit(str(file), Plan())["vendor"] == ""


def test_a_part_that_is_no_text_is_json_with_its_letters():
    assert text_of({"city": "Zürich"}) == '{"city": "Zürich"}'
    assert text_of("Zürich") == "Zürich"


@pytest.mark.parametrize(("on", "days"), [("2026-11-20", 55), ("2026-12-15", 30), ("2027-02-13", -30)])
def test_the_shutdown_is_counted_from_the_day_asked_for(tmp_path, on, days):
    # OpenAI, Deprecations: fine-tuned gpt-4.1-mini ends on 2027-01-14
    file = tmp_path / "train.jsonl"
    file.write_text("".join(lines(60)))
    plan = Plan(models=("gpt-4.1-mini",), on_date=serial(on), volume=10_000, training_price=5)
    (model,) = audit(str(file), plan)["models"]
    if days > 0:
        assert model["breakeven"]["months_to_shutdown"] == pytest.approx(days * 12 / 365.25, rel=1e-12)
    else:
        assert model["breakeven"]["months"] is None  # no price, and so no answer, after its end
