from __future__ import annotations

import json
from collections import Counter

import pytest

from pycalc.dataset import quality
from pycalc.dataset import summary as module
from pycalc.dataset.reading import read as take
from pycalc.dataset.summary import Options, Summary
from tests.pycalc.dataset.published import example

LONG = (
    "Thank you for writing to us about the order you placed last week; we have looked into it and will send a "
    "replacement for the damaged lamp tomorrow morning, at no cost to you, with the same courier as before"
)


def read(examples, label="", held_out=None):
    lines = [json.dumps(each).encode() for each in examples]
    return take(Summary(Options(("cl100k_base",), label, held_out=held_out)), [lines]).settle()


def leakage(train, held_out):
    other = read(held_out)
    return quality.leakage(read(train, held_out=other.to_look_for()), other)


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
    found = leakage(
        [pair("a", "b"), pair("c", "d"), pair(question, "e"), pair("z", "y"), pair("a", "b")],
        [pair("a", "b"), pair("c", "other"), pair(question.replace("lamp", "chair"), "f"), pair("n", "m")],
    )
    assert found["examples"]["places"] == [{"held_out_line": 1, "line": 1}]
    assert found["prompts"]["places"] == [{"held_out_line": n, "line": n} for n in (1, 2)]
    assert found["questions"]["places"] == [{"held_out_line": n, "line": n} for n in (1, 2, 3)]
    assert all(found[kind]["exact"] for kind in found)


def test_repeats_in_the_held_out_file_all_leak():
    found = leakage([pair("a", "b")], [pair("a", "b"), pair("a", "b"), pair("c", "d")])
    assert (found["examples"]["examples"], found["examples"]["of"]) == (2, 3)


def test_no_leakage():
    found = leakage([pair("a b c", "b")], [pair("x y z", "b")])
    assert [found[kind]["examples"] for kind in found] == [0, 0, 0]


def test_a_training_file_larger_than_the_tables_is_searched_whole(monkeypatch):
    monkeypatch.setattr(module, "EXAMPLES_COMPARED", 50)
    monkeypatch.setattr(module, "TEXTS_COMPARED", 50)
    found = leakage([pair(f"q{i}", "a") for i in range(2000)], [pair(f"q{i}", "a") for i in range(0, 2000, 50)])
    assert [(found[kind]["examples"], found[kind]["exact"]) for kind in found] == [(40, True)] * 3


def test_of_a_large_held_out_file_a_sample_is_looked_for(monkeypatch):
    monkeypatch.setattr(module, "EXAMPLES_COMPARED", 400)
    found = leakage([pair(f"q{i}", "a") for i in range(2000)], [pair(f"q{i}", "a") for i in range(1500, 2500)])
    assert not found["examples"]["exact"]
    # Half of the held-out examples are in the training file; 400 are looked for: standard error 0.025.
    assert found["examples"]["examples"] / found["examples"]["of"] == pytest.approx(0.5, abs=0.1)


def test_leaks_merge():
    held_out = read([pair("a", "b"), pair("c", "d")]).to_look_for()
    together = Summary(Options(("cl100k_base",)))
    for part in ([pair("x", "y"), pair("c", "d")], [pair("a", "b")], [pair("c", "d")]):
        together.merge(read(part, held_out=held_out))
    whole = read([pair("x", "y"), pair("c", "d"), pair("a", "b"), pair("c", "d")], held_out=held_out)
    assert together.leaks == whole.leaks
    assert sorted(whole.leaks["examples"].values()) == [2, 3]


def test_images_alone_do_not_leak():
    def picture(url):
        part = [{"type": "image_url", "image_url": {"url": url}}]
        return {"messages": [{"role": "user", "content": part}, {"role": "assistant", "content": "A cat."}]}

    found = leakage([picture("a.png")], [picture("b.png")])
    assert [found[kind]["examples"] for kind in found] == [0, 0, 0]
