"""The functions in JavaScript against the case tables, against Python, tiktoken and NumPy."""

from __future__ import annotations

import random
import re
from hashlib import sha256

import numpy
import pytest

from addin.contract import answer
from addin.javascript import build
from addin.javascript.linking import Linker
from addin.javascript.shorter import shortened
from addin.javascript.subset import UnknownConstructError
from pycalc import FUNCTIONS
from pycalc.errors import CalcError
from pycalc.models import catalogue, tokenizer, vocabularies
from pycalc.models.catalogue import serial
from tests.addin.javascript.nodehost import NodeHost
from tests.casetable import all_cases, same, scale
from tests.hosts.hostilecases import hostile_cases
from tests.pycalc.texts import hostile_texts

RANDOM_ROWS = 1_000


@pytest.fixture(scope="module")
def host(node, tmp_path_factory):
    return NodeHost(node, tmp_path_factory.mktemp("javascript"))


def test_every_case_and_every_hostile_value(host):
    cases = [*all_cases(), *hostile_cases()]
    got = host.answers([(case.function, list(case.args())) for case in cases])
    wrong = [
        f"{case}: {result!r} instead of {case.expected!r}"
        for case, result in zip(cases, got, strict=True)
        if not same(unwrapped(case, result), case.expected, case.tolerance, scale(case))
    ]
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:20])


def unwrapped(case, result):
    if isinstance(result, list) and not isinstance(case.expected, list):
        return result[0][0]
    return result


def test_a_thousand_random_rows_of_each_function(host):
    """Every element of columns of a thousand cells: the same number to 1e-12, the same error value and message."""
    chosen = random.Random(20261130)
    calls = [(function.name, random_columns(function, chosen)) for function in FUNCTIONS.values() if columns(function)]
    calls += [call for function in FUNCTIONS.values() for call in random_single_calls(function, chosen)]
    wrong = []
    for (name, args), got in zip(calls, host.answers(calls), strict=True):
        expected = answer(name, args)
        for ours, theirs in zip(cells(got), cells(expected), strict=True):
            if not alike(ours, theirs):
                wrong.append(f"{name}: {ours!r} instead of {theirs!r}")
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:20])


def columns(function):
    return not function.variadic and any(argument.shape == "cell" for argument in function.arguments)


def random_columns(function, chosen):
    return [
        [[random_cell(argument, chosen)] for _ in range(RANDOM_ROWS)]
        if argument.shape == "cell"
        else [[random_number(argument, chosen) for _ in range(3)]]
        if argument.shape != "scalar"
        else random_number(argument, chosen)
        for argument in function.arguments
    ]


def random_single_calls(function, chosen):
    """Functions without a column: each call of its own."""
    if columns(function) or not function.arguments:
        return []
    rows = []
    for _ in range(RANDOM_ROWS // (10 if function.needs else 1)):
        if function.variadic:
            other = FUNCTIONS[chosen.choice([n for n in FUNCTIONS if n != function.name and columns(FUNCTIONS[n])])]
            rows.append((function.name, [other.name, *(random_cell(a, chosen) for a in other.arguments)]))
            continue
        shared = chosen.choice((1, 3, 3, 3))
        rows.append(
            (
                function.name,
                [
                    (sorted_row if function.name == "FT_RISK" and chosen.random() < 0.9 else list)(
                        [random_number(a, chosen) for _ in range(shared)]
                    )
                    if a.shape == "range"
                    else random_number(a, chosen)
                    for a in function.arguments
                ],
            )
        )
    return [(name, [[value] if isinstance(value, list) else value for value in args]) for name, args in rows]


def sorted_row(row):
    return sorted(row) if all(isinstance(value, float) for value in row) else row


def random_cell(argument, chosen):
    draw = chosen.random()
    if draw < 0.04:
        return chosen.choice([None, "", "twelve", True, False, -1.0, 0.0, 1.0, 1e300, CalcError("", code="#REF!")])
    if draw < 0.1 and not argument.required:
        return None
    return random_number(argument, chosen)


MODELS = ("gpt-4o", "GPT-4", "ft:gpt-4o", "gpt-3.5-turbo", "openai/gpt-4.1-mini", "claude-opus-4", "o1", "nonsense", "")
TEXTS = {
    "model": MODELS,
    "kind": ("input", "output", "cached_input", "batch input", "training", "Output", "nonsense"),
    "use_case": ("style", " Format ", "knowledge", "other"),
    "roles": ("user", "system", ""),
    "names": ("", "Ada"),
}


def random_number(argument, chosen):
    if argument.kind == "text":
        return chosen.choice(TEXTS.get(argument.name, ("Some text", "", "Grüße, 你好", "12,000")))
    if argument.kind == "flag":
        return chosen.random() < 0.5
    if argument.kind == "date":
        return float(chosen.randrange(43000, 47000))
    if argument.name == "trials":
        return float(chosen.choice((1, 2, 10, 333)))
    low, high = max(argument.least, -1e6), min(argument.most, 1e6)
    if argument.unit.startswith("fraction"):
        low, high = max(low, -0.9), min(high, 3.0)
    if argument.whole:
        return float(chosen.randrange(int(low), int(min(high, 200)) + 1))
    power = 10.0 ** chosen.uniform(-3, 6)
    number = chosen.choice((chosen.uniform(low, high), round(chosen.uniform(low, high), 2), low + power, power))
    return min(max(number, low), high)


def cells(result):
    return [cell for row in result for cell in row] if isinstance(result, list) else [result]


def alike(ours, theirs):
    if isinstance(theirs, CalcError):
        return isinstance(ours, CalcError) and ours.code == theirs.code and ours.rule == theirs.message
    if isinstance(theirs, bool | str):
        return ours == theirs
    return isinstance(ours, float) and abs(ours - theirs) <= 1e-12 * max(abs(theirs), 1.0 if theirs == 0 else 0.0)


def test_every_price_of_the_catalogue(host):
    """The tables travel packed by columns: each price, source, window and shutdown is the one Python reads."""
    asked = {(row.model, row.kind, serial(row.effective_from)) for row in catalogue.prices()}
    models = sorted({model for model, _, _ in asked})
    assert len(asked) > 3_000
    columns_ = [[[value] for value in column] for column in zip(*sorted(asked), strict=True)]
    calls = [("MODEL_PRICE", columns_), ("PRICE_SOURCE", columns_)]
    calls += [(name, [[[model] for model in models]]) for name in ("MODEL_CONTEXT", "MODEL_SHUTDOWN")]
    for (name, args), got in zip(calls, host.answers(calls), strict=True):
        wrong = [pair for pair in zip(cells(got), cells(answer(name, args)), strict=True) if not alike(*pair)]
        assert not wrong, f"{name}: {len(wrong)} differ, such as {wrong[:3]}"


def test_the_draws_are_numpys(host):
    steps, size = 12_345, 30_000
    seeds = [0, 1, 2**32 - 1, 2**32, 2**53]
    expected = []
    for seed in seeds:
        stream = numpy.random.Generator(numpy.random.PCG64(seed))
        stream.random(steps)
        expected.append(sha256(stream.random(size).tobytes()).hexdigest())
    assert host.run(draws=[[seed, steps, size] for seed in seeds])["draws"] == expected


def test_tokens_are_tiktokens(host):
    """Ten thousand hostile texts in each of OpenAI's vocabularies, a fifth of them in the others, none different."""
    texts = {name: hostile_texts()[:: 1 if name in vocabularies.OPENAI else 5] for name in vocabularies.CORE}
    assert len(texts["o200k_base"]) >= 10_000
    counts = host.run(counts=[*texts.items()])["counts"]
    for (name, asked), got in zip(texts.items(), counts, strict=True):
        expected = tokenizer.count_many(asked, name)
        wrong = [(text[:80], a, b) for text, a, b in zip(asked, got, expected, strict=True) if a != b]
        assert not wrong, f"{name}: {len(wrong)} differ, such as {wrong[:5]}"
        vocabularies._encodings.pop(name, None)  # all of them at a time take 500 MB


def test_a_vocabulary_that_does_not_ship_is_named(host):
    llama, claude, estimate = host.answers(
        [
            ("TOKEN_COUNT", ["x", "llama-3.1-8b"]),
            ("TOKEN_COUNT", ["x", "claude-opus-4"]),
            ("TOKEN_ESTIMATE", ["x", "llama-3.1-8b"]),
        ]
    )
    assert llama.code == claude.code == "#N/A"
    assert "the vocabulary llama3 is not packed into this host. Count with `breakeven tokens` instead" in llama.rule
    assert "has no exact tokenizer" in claude.rule
    assert estimate == pytest.approx(0.999)  # data/token_ratios.csv, English


def test_long_words_take_no_quadratic_time(host):
    """Hundreds of thousands of letters without a space, of blanks: a second with a heap, an hour without."""
    texts = ["x" * 300_000, "ab" * 100_000, " " * 200_000]
    got = host.run(counts=[["o200k_base", texts]])["counts"][0]
    assert got == tokenizer.count_many(texts, "o200k_base")


def unknown_construct(values):
    match values:
        case _:
            return 1


def test_a_construct_it_does_not_know_ends_the_build(monkeypatch):
    monkeypatch.setattr("addin.javascript.linking._is_ours", lambda module: module.startswith("tests"))
    line = unknown_construct.__code__.co_firstlineno + 1
    with pytest.raises(UnknownConstructError, match=rf"test_functions\.py, line {line}: Match has no translation"):
        Linker().add(unknown_construct)


def test_names_become_short_and_properties_stay():
    text = 'function f$(total, key = "a b: c") {\nlet found;\n\nfound = total.key + f$(...key);\nreturn found;\n}'
    assert shortened(text) == 'function f$(b,c="a b: c"){let a;a=b.key+f$(...c);return a;}'
    text = "class A$ {\nconstructor(b) {\nconst self = this;\nself.b = b;\n}\nfind(a) {\nreturn self.find(a);\n}\n}"
    assert shortened(text) == "class A${constructor(b){const a=this;a.b=b;}find(c){return a.find(c);}}"


def test_the_text_is_the_same_each_time():
    text = build.core()
    build.core.cache_clear()
    build._linker.cache_clear()
    assert build.core() == text
    assert not re.search(r"\beval\b|new Function\b", text)
