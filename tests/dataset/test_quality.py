from __future__ import annotations

import json
from collections import Counter

import pytest
from published import example

from pycalc.dataset import quality
from pycalc.dataset import summary as module
from pycalc.dataset.summary import Options, Summary

LONG = (
    "Thank you for writing to us about the order you placed last week; we have looked into it and will send a "
    "replacement for the damaged lamp tomorrow morning, at no cost to you, with the same courier as before"
)


def read(examples, label=""):
    lines = [json.dumps(each).encode() for each in examples]
    return Summary(Options(("cl100k_base",), label)).read([lines]).settle()


def pair(ask, answer, **more):
    return example(("system", "Be kind."), ("user", ask), ("assistant", answer), **more)


def test_repeated_examples():
    found = quality.repeats(read([pair("a", "b"), pair("c", "d"), pair("a", "b"), pair("a", "b")]).same_examples)
    assert (found["examples"], found["of"], found["share"], found["exact"]) == (2, 4, 0.5, True)
    assert found["places"] == [{"line": 1, "last_line": 4, "times": 3}]


def test_key_order_and_weight_do_not_hide_a_repeat_but_another_image_is_another_example():
    one = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 1}]}
    two = {"messages": [{"content": "a", "role": "user"}, {"content": "b", "role": "assistant"}]}
    assert quality.repeats(read([one, two]).same_examples)["examples"] == 1

    def picture(url):
        parts = [{"type": "text", "text": "What?"}, {"type": "image_url", "image_url": {"url": url}}]
        return {"messages": [{"role": "user", "content": parts}, {"role": "assistant", "content": "A cat."}]}

    assert quality.repeats(read([picture("a.png"), picture("b.png")]).same_examples)["examples"] == 0


def test_contradictions():
    examples = [pair("a", "yes"), pair("a", "no"), pair("b", "yes"), pair("b", "yes"), pair("c", "no")]
    found = quality.contradictions(read(examples).prompts)
    assert (found["prompts"], found["examples"]) == (1, 2)
    assert found["places"] == [{"line": 1, "last_line": 2, "times": 2}]


def test_examples_without_a_prompt_do_not_contradict_each_other():
    examples = [example(("assistant", "a")), example(("assistant", "b"))]
    assert quality.contradictions(read(examples).prompts)["prompts"] == 0


def test_near_answers():
    other = LONG.replace("lamp", "chair")
    examples = [pair("a", LONG), pair("b", "Something else entirely, and short."), pair("c", other)]
    found = quality.look_alikes(read(examples).answers)
    assert (found["examples"], found["groups"]) == (2, 1)
    assert found["places"] == [{"lines": [1, 3], "answers": 2}]


def test_equal_answers_are_not_near_answers():
    found = quality.look_alikes(read([pair("a", LONG), pair("b", LONG)]).answers)
    assert found["groups"] == 0


@pytest.mark.parametrize(
    ("tokens", "one_sided"),
    [
        (Counter({100: 9, 200: 1}), True),  # nine of ten within 20 % of the median
        (Counter({100: 8, 200: 2}), False),
        (Counter({100: 9, 120: 1}), True),
        (Counter({100: 17, 121: 3}), False),  # 121 is more than 20 % above 100: 17 of 20
        (Counter({100: 9}), False),  # fewer than ten examples say little
        (Counter({9: 20}), False),  # labels are of one length by nature
        (Counter({10: 20}), True),
        (Counter(), False),
    ],
)
def test_one_sided_lengths(tokens, one_sided):
    assert quality.lengths(tokens)["one_sided"] == one_sided


def test_labels_and_edge_cases():
    examples = [pair(f"q{i}", "a", kind="usual") for i in range(95)]
    examples += [pair(f"r{i}", "b", kind="Edge") for i in range(5)] + [pair("x", "c")]
    found = quality.labels(read(examples, "kind"), ())
    assert found["found"]
    assert found["edge_examples"] == 5
    assert found["edge_share"] == pytest.approx(5 / 101)
    assert [(row["label"], row["examples"], row["rare"]) for row in found["labels"]] == [
        ("usual", 95, False),
        ("Edge", 5, True),
        ("(none)", 1, True),
    ]


def test_edge_labels_can_be_named():
    examples = [pair("a", "b", kind="refund"), pair("c", "d", kind="abuse")]
    assert quality.labels(read(examples, "kind"), ["Abuse"])["edge_examples"] == 1


def test_a_key_nobody_uses():
    assert not quality.labels(read([pair("a", "b")], "kind"), ())["found"]


def test_leakage():
    question = LONG.replace("Thank you", "I am")
    train = read([pair("a", "b"), pair("c", "d"), pair(question, "e"), pair("z", "y")])
    held_out = read([pair("a", "b"), pair("c", "other"), pair(question.replace("lamp", "chair"), "f"), pair("n", "m")])
    found = quality.leakage(train, held_out)
    assert found["examples"]["places"] == [{"held_out_line": 1, "line": 1}]
    assert [place["held_out_line"] for place in found["prompts"]["places"]] == [1, 2]
    assert found["near_questions"]["examples"] == 3
    assert {"held_out_line": 3, "line": 3} in found["near_questions"]["places"]
    assert found["examples"]["exact"]


def test_no_leakage():
    found = quality.leakage(read([pair("a b c", "b")]), read([pair("x y z", "b")]))
    assert [found[kind]["examples"] for kind in found] == [0, 0, 0]


def test_leakage_in_a_sample_is_a_share_of_it(monkeypatch):
    monkeypatch.setattr(module, "EXAMPLES_COMPARED", 400)
    train = read([pair(f"q{i}", "a") for i in range(2000)])
    held_out = read([pair(f"q{i}", "a") for i in range(1500, 2500)])
    found = quality.leakage(train, held_out)["examples"]
    assert not found["exact"]
    # Half of the held-out examples are in the training file.
    assert found["examples"] / found["of"] == pytest.approx(0.5, abs=0.15)


def test_images_alone_do_not_leak():
    def picture(url):
        part = [{"type": "image_url", "image_url": {"url": url}}]
        return {"messages": [{"role": "user", "content": part}, {"role": "assistant", "content": "A cat."}]}

    found = quality.leakage(read([picture("a.png")]), read([picture("b.png")]))
    assert [found[kind]["examples"] for kind in found] == [0, 0, 0]
