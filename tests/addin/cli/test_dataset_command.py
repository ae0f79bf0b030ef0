"""`breakeven dataset` as it is typed."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass

import pytest

from addin.cli import main
from tests import warm
from tests.pycalc.dataset import published
from tests.pycalc.dataset.published import example


@dataclass
class Done:
    """What a run of the command left behind."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Call the command in this process, in its own folder, on a terminal of 80 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["breakeven", "dataset", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        return Done(code, *capsys.readouterr())

    return call


@pytest.fixture
def toy(tmp_path):
    (tmp_path / "toy.jsonl").write_bytes(published.toy())
    return "toy.jsonl"


def test_published_result_as_json(run, toy):
    done = run(toy, "--model", "gpt-3.5-turbo", "--json")
    result = json.loads(done.stdout)
    (model,) = result["models"]
    assert done.returncode == 0
    assert (model["billed_tokens_per_epoch"], model["epochs"], model["billed_tokens"]) == (4306, 20, 86120)
    assert model["training_cost"] is None  # not trainable any more on the catalogue's date


def test_training_cost_at_the_price_of_a_date(run, toy):
    """86,120 tokens at 8 USD per 1M, OpenAI's price of gpt-3.5-turbo training from 2023-08-22: 0.68896 USD."""
    result = json.loads(run(toy, "--model", "gpt-3.5-turbo", "--on", "2023-09-01", "--json").stdout)
    assert result["models"][0]["training_cost"] == pytest.approx(0.68896, rel=1e-12)


def test_training_cost_at_a_price_of_ones_own(run, toy, tmp_path):
    """86,120 tokens at 4 EUR of 1.25 USD per 1M, which is 5 USD: 0.4306 USD."""
    columns = "model,kind,amount,source,read_on,currency"
    (tmp_path / "own.csv").write_text(f"{columns}\ngpt-3.5-turbo,training,4,our contract,2026-10-01,EUR\n")
    own = ("--prices", "own.csv", "--rate", "EUR=1.25")
    for arguments in ((toy, *own), (*own, toy)):
        result = json.loads(run(*arguments, "--model", "gpt-3.5-turbo", "--json").stdout)
        assert result["models"][0]["training_cost"] == pytest.approx(0.4306, rel=1e-12)


def test_screen_fits_eighty_columns(run, toy):
    done = run(toy, "--model", "gpt-3.5-turbo", "--model", "gpt-4o-mini", "--volume", "1000", "--on", "2024-08-01")
    text = done.stdout
    assert done.returncode == 0, done.stderr
    assert max(map(len, text.splitlines())) <= 80
    for figure in ("86,120", "4,863.6", "No format errors found", "STOP", "cut off at 4,096 tokens: line 5 (8,032)"):
        assert figure in text


def test_errors_in_the_data_are_exit_code_one_and_the_rest_is_counted(run, tmp_path):
    good = json.dumps(example(("user", "Hello"), ("assistant", "Hi")))
    (tmp_path / "a.jsonl").write_text(f"{good}\n{good[:-9]}\n{good}\n")
    done = run("a.jsonl")
    assert done.returncode == 1
    assert "json × 1  line 2: not valid JSON" in done.stdout
    assert "2 examples on 3 lines" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.jsonl"], "none.jsonl: no such file"),
        (["."], "is a directory"),
        (["empty.jsonl"], "is empty"),
        (["toy.jsonl", "--model", "claude-3-haiku"], '--model "claude-3-haiku" has no exact tokenizer'),
        (["toy.jsonl", "--on", "soon"], "is no date"),
        (["toy.jsonl", "--into", "book.xlsx"], "go together"),
        (["toy.jsonl", "--workers", "2", "--scheduler", "tcp://127.0.0.1:1"], "give one of them"),
        (["toy.jsonl", "--held-out", "none.jsonl"], "none.jsonl: no such file"),
        (["build", "none.csv", "-o", "out.jsonl"], "none.csv: cannot be read"),
        (["toy.jsonl", "--for", "ibm"], "--for takes openai, azure"),
        (["toy.jsonl", "--to", "parquet", "-o", "out"], "alpaca, not parquet"),
        (["toy.jsonl", "--to", "vertex"], "--to needs --out FILE"),
        (["toy.jsonl", "--to", "preference", "-o", "out.jsonl"], "no example can be written for preference. Line 1:"),
        (["toy.jsonl", "--to", "vertex", "-o", "toy.jsonl", "--force"], "is the training file itself"),
    ],
)
@pytest.mark.usefixtures("toy")
def test_bad_input_is_one_line_and_exit_code_two(run, tmp_path, arguments, message):
    (tmp_path / "empty.jsonl").touch()
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert message in done.stderr


def test_nothing_countable_is_said(run, tmp_path):
    (tmp_path / "a.jsonl").write_text("no json\n")
    done = run("a.jsonl")
    assert done.returncode == 1
    assert "No example could be counted." in done.stdout


@pytest.mark.parametrize(("count", "words"), [(2, "(also line 2)"), (3, "(also lines 2, 3)")])
def test_where_else_a_fault_stands(run, tmp_path, count, words):
    path = tmp_path / "list.jsonl"
    path.write_text("[1]\n" * count + json.dumps(example(("user", "Hello"), ("assistant", "Hi"))), encoding="utf-8")
    assert words in " ".join(run(path).stdout.split())


def test_alone_it_shows_its_help(run):
    done = run()
    assert done.returncode == 0
    assert "audit" in done.stdout
    assert "build" in done.stdout


def test_standard_input():
    done = warm.breakeven("dataset", "-", "--json", stdin=published.toy())
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["examples"] == 5


def test_marks_and_utf16_are_named(run, tmp_path):
    (tmp_path / "mark.jsonl").write_bytes(b"\xef\xbb\xbf" + published.toy())
    (tmp_path / "wide.jsonl").write_bytes(published.toy().decode().encode("utf-16"))
    mark, wide = run("mark.jsonl", "--json"), run("wide.jsonl", "--json")
    assert mark.returncode == 0
    assert [each["code"] for each in json.loads(mark.stdout)["findings"]] == ["byte_order_mark"]
    assert wide.returncode == 1
    assert [each["code"] for each in json.loads(wide.stdout)["findings"]] == ["encoding"]
    assert json.loads(wide.stdout)["examples"] == 5


def test_what_the_file_says_is_shown_as_text(run, tmp_path):
    """Rich's markup and a terminal's escapes in the data are neither obeyed nor lost."""
    lines = [
        {"messages": [{"role": "[red]x[/]", "content": "a"}, {"role": "assistant", "content": "b"}]},
        {"messages": [{"role": "\x1b[31m", "content": "a"}, {"role": "assistant", "content": "b"}]},
        example(("user", "a"), ("assistant", "b"), kind="[bold]\x1b]0;title\x07"),
    ]
    (tmp_path / "a.jsonl").write_bytes(published.jsonl(lines))
    text = run("a.jsonl", "--label", "kind").stdout
    assert '"[red]x[/]"' in text
    assert "[bold]\\x1b]0;title\\x07" in text
    assert "\x1b" not in text


def test_held_out_file(run, toy, tmp_path):
    leaked = published.toy().splitlines(keepends=True)[1]
    other = json.dumps(example(("user", "What is new?"), ("assistant", "Nothing."))).encode() + b"\n"
    (tmp_path / "test.jsonl").write_bytes(other + leaked)
    text = run(toy, "--held-out", "test.jsonl").stdout
    assert "1 also in the training file, word for word (lines 2, there 2)" in re.sub(r"\s+", " ", text)


def test_breakeven_by_hand(run, tmp_path):
    """60 equal examples, gpt-4o against a fine-tuned gpt-4o-mini.

    Prices (OpenAI, from 2024-08-20): gpt-4o 2.50 in, 10 out; fine-tuned 4o-mini 0.30 in, 1.20 out; training 3.
    """
    line = json.dumps(example(("system", "Be kind."), ("user", "Hello"), ("assistant", "Hi")))
    (tmp_path / "a.jsonl").write_text(f"{line}\n" * 60)
    done = run(
        "a.jsonl", "--model", "gpt-4o-mini-2024-07-18", "--compare-with", "gpt-4o-2024-08-06", "--on", "2024-12-01",
        "--volume", 100_000, "--prompt-tokens", 1000, "--json",
    )  # fmt: skip
    (model,) = json.loads(done.stdout)["models"]
    result = model["breakeven"]
    tokens = model["total_tokens"]["mean"]
    system, response = result["ft_prompt_tokens"], result["response_tokens"]
    query = tokens - system - response
    assert result["labor"] == pytest.approx(60 * 5 / 60 * 50)
    assert result["training_cost"] == pytest.approx(60 * tokens * 3 * 3 / 1e6)
    assert result["pe_monthly"] == pytest.approx(100_000 * ((1000 + query) * 2.5 + response * 10) / 1e6)
    assert result["ft_monthly"] == pytest.approx(100_000 * ((system + query) * 0.3 + response * 1.2) / 1e6)
    assert result["months"] == pytest.approx(result["upfront"] / (result["pe_monthly"] - result["ft_monthly"]))
    assert result["decision"] == "FINE-TUNE"


@pytest.mark.parametrize(("count", "verdict"), [(49, "STOP"), (50, "GO")])
def test_gate(run, tmp_path, count, verdict):
    """Fewer than 50 examples: STOP (the course calculator, day 61)."""
    lines = [example(("user", f"Question {i}"), ("assistant", f"Answer {i}")) for i in range(count)]
    repeated = [lines[0]] * 5
    (tmp_path / "a.jsonl").write_bytes(published.jsonl(lines + repeated))
    gate = json.loads(run("a.jsonl", "--json").stdout)["gate"]
    assert gate["examples"] == count
    assert gate["verdict"].startswith(verdict)


def test_workers_give_the_same_result(run, toy):
    alone, many = run(toy, "--json"), run(toy, "--json", "--workers", 2)
    assert many.returncode == 0, many.stderr
    assert json.loads(many.stdout) == json.loads(alone.stdout)


def test_build_then_audit(run, tmp_path):
    (tmp_path / "table.csv").write_text("user,assistant\nHello,Hi\nBye,\n", encoding="utf-8")
    built = run("build", "table.csv", "-o", "out.jsonl", "--json")
    assert built.returncode == 1
    assert json.loads(built.stdout)["skipped"] == [{"row": 3, "reason": "the assistant cell is empty"}]
    assert "row 3 left out" in run("build", "table.csv", "-o", "out.jsonl", "--force").stdout
    assert json.loads(run("out.jsonl", "--json").stdout)["examples"] == 1


def test_a_vendors_rules(run, toy):
    openai, vertex = run(toy, "--json"), run(toy, "--for", "vertex")
    assert json.loads(openai.stdout)["vendor"] == ""
    assert vertex.returncode == 1
    text = re.sub(r"\s+", " ", vertex.stdout)
    assert "By the rules of Vertex AI: docs.cloud.google.com" in text
    assert "--to vertex -o OUT" in text
    assert "OpenAI refuses fewer than 10" in re.sub(r"\s+", " ", run(toy).stdout)


def test_convert_and_audit(run, toy):
    done = run(toy, "--to", "bedrock", "-o", "nova.jsonl", "--json")
    assert (done.returncode, json.loads(done.stdout)["examples"]) == (0, 5)
    audited = json.loads(run("nova.jsonl", "--for", "bedrock", "--json").stdout)
    assert audited["formats"] == {"bedrock": 5}
    # The guide's fourth conversation has no user message, and Bedrock's pages have user and assistant in turn.
    assert [(each["code"], each["places"][0]["line"]) for each in audited["findings"]] == [("order", 4)]
    assert audited["models"] == json.loads(run(toy, "--json").stdout)["models"]
    told = run(toy, "--to", "prompt-completion", "-o", "pairs.jsonl")
    assert told.returncode == 1
    assert "left out" in told.stdout


def test_workers_read_other_formats_alike(run, tmp_path):
    from tests.pycalc.dataset.test_rules import GEMINI, WITH_TOOLS

    graded = {"messages": [{"role": "user", "content": "1+1"}], "reference_answer": "2"}
    (tmp_path / "a.jsonl").write_bytes(published.jsonl([WITH_TOOLS, GEMINI, graded] * 20))
    alone = run("a.jsonl", "--json", "--for", "openai")
    many = run("a.jsonl", "--json", "--for", "openai", "--workers", 2)
    assert json.loads(many.stdout) == json.loads(alone.stdout)
