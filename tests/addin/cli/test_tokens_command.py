"""`breakeven tokens` as it is typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from addin.cli import main
from tests import warm
from tests.books import PEAK_MEMORY

GREAT = "tiktoken is great!"  # 6 tokens of cl100k_base: OpenAI cookbook, How to count tokens with tiktoken
BIRTHDAY = "お誕生日おめでとう"  # 9 of cl100k_base, 8 of o200k_base: the same


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """Call the command in this process, in its own folder, on a terminal of 80 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["breakeven", "tokens", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        return code, *capfd.readouterr()

    return call


def test_table_total_and_cost(run, tmp_path):
    (tmp_path / "a.txt").write_text(GREAT)
    (tmp_path / "b.txt").write_text(BIRTHDAY, encoding="utf-8")
    code, out, err = run("a.txt", "b.txt", "--model", "gpt-4")
    assert code == 0
    assert not err
    lines = [line.split() for line in out.splitlines()]
    # gpt-4 at 30 USD per 1M: 6, 9 and 15 tokens
    assert lines[1] == ["a.txt", "6", "0.000180"]
    assert lines[2] == ["b.txt", "9", "0.000270"]
    assert lines[3] == ["Total", "15", "0.000450"]
    assert "30 USD per 1M" in out
    assert "cl100k_base" in out


def test_json(run, tmp_path):
    (tmp_path / "b.txt").write_text(BIRTHDAY, encoding="utf-8")
    code, out, _ = run("b.txt", "--model", "gpt-4o", "--on", "2024-06-01", "--json")
    result = json.loads(out)
    assert code == 0
    assert result["files"] == [{"file": "b.txt", "tokens": 8, "cost_usd": pytest.approx(8 * 5 / 1e6)}]
    assert result["tokens"] == 8
    assert result["input_price_usd_per_1m"] == 5  # gpt-4o at its launch


def test_tokens_without_a_price(run, tmp_path):
    (tmp_path / "a.txt").write_text(GREAT)
    code, out, _ = run("a.txt", "--model", "cl100k_base", "--json")
    assert code == 0
    assert json.loads(out)["cost_usd"] is None
    assert '"cl100k_base" is not in the catalogue' in json.loads(out)["price_source"]
    assert "no price" in run("a.txt", "--model", "cl100k_base")[1]


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_standard_input(arguments):
    done = warm.breakeven("tokens", *arguments, "--json", stdin=BIRTHDAY.encode())
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["tokens"] == 8


@pytest.mark.parametrize(
    ("encoding", "tokens"),
    [("utf-8", 8), ("utf-8-sig", 8), ("utf-16", 8), ("utf-32", 8)],
)
def test_byte_order_marks_are_no_text(run, tmp_path, encoding, tokens):
    (tmp_path / "b.txt").write_bytes(BIRTHDAY.encode(encoding))
    assert json.loads(run("b.txt", "--json")[1])["tokens"] == tokens


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        (BIRTHDAY.encode("utf-8-sig"), []),
        (BIRTHDAY.encode("utf-16"), ["read as UTF-16, as its first bytes say"]),
        (b"\xff\xfe\x00\x00a\0\0\0", ["read as UTF-32, as its first bytes say"]),
        (b"a\0b", ["holds zero characters, which no text does; is it a text file?"]),
    ],
)
def test_what_is_doubtful_as_text_is_said(run, tmp_path, data, notes):
    (tmp_path / "b.bin").write_bytes(data)
    code, out, _ = run("b.bin", "--json")
    assert code == 0
    assert json.loads(out)["files"][0].get("notes", []) == notes
    shown = run("b.bin")[1]
    assert all(f"b.bin: {note}" in shown for note in notes)


def test_line_ends_count_as_they_are(run, tmp_path):
    # o200k_base has one token for CR LF and one for LF, and a and b are a token each
    (tmp_path / "lf.txt").write_bytes(b"a\nb")
    (tmp_path / "crlf.txt").write_bytes(b"a\r\nb")
    counted = json.loads(run("lf.txt", "crlf.txt", "--json")[1])["files"]
    assert [file["tokens"] for file in counted] == [3, 3]


def test_bad_files_are_named_and_the_rest_is_counted(run, tmp_path):
    (tmp_path / "good.txt").write_text(GREAT)
    (tmp_path / "latin.txt").write_bytes(b"one\ntwo\nStra\xdfe\n")
    (tmp_path / "folder").mkdir()
    code, out, err = run("good.txt", "latin.txt", "folder", "missing.txt", "--model", "gpt-4")
    assert code == 1
    assert not err
    assert "latin.txt: line 3: is not utf-8 text" in out
    assert "folder: is a folder" in out
    assert "missing.txt: is not there" in out
    assert "Total" in out
    assert [line.split()[1] for line in out.splitlines() if line.startswith("Total")] == ["6"]


def test_a_refusal_is_a_sentence_without_its_error_value(run, tmp_path):
    (tmp_path / "a.txt").write_text("a")
    code, out, err = run("a.txt", "--model", "nobodys-model")
    assert (code, out) == (2, "")
    assert err.startswith('Error: "nobodys-model" is not a model')
    assert "#N/A" not in err


def test_nothing_to_count_is_one_line_and_exit_code_2(run):
    said = "missing.txt: is not there; check the name"
    assert run("missing.txt") == (2, "", f"Error: {said}\n")
    assert run("missing.txt", "--json") == (2, "", f"Error: {said}\n")
    both = f"{said}; too.txt: is not there; check the name"
    assert run("missing.txt", "too.txt") == (2, "", f"Error: nothing could be counted: {both}\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--model", "claude-opus-5"), "Anthropic counts its tokens on its own servers"),
        (("--on", "1.2.2026"), "'1.2.2026' is no date"),
    ],
)
def test_bad_options(run, tmp_path, arguments, words):
    (tmp_path / "a.txt").write_text(GREAT)
    code, out, err = run("a.txt", *arguments)
    assert code == 2
    assert not out
    assert words in err
    assert err.count("\n") == 1


def test_empty_file(run, tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    assert json.loads(run("empty.txt", "--json")[1])["tokens"] == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_read_where_a_shell_gives_one_and_refused_by_name(run, tmp_path):
    """A named pipe may have nobody who writes to it: opened, it would wait for ever."""
    os.mkfifo(tmp_path / "pipe")
    code, _, err = run("pipe")
    assert code == 2
    assert "is a pipe or a device, not a file. Pipe it in: give - as the file" in err
    read, write = os.pipe()
    os.write(write, BIRTHDAY.encode())
    os.close(write)
    assert json.loads(run(f"/dev/fd/{read}", "--json")[1])["tokens"] == 8
    os.close(read)


def test_long_file_is_the_sum_of_its_lines(run, tmp_path, monkeypatch):
    """More than one piece, cut on several threads: each line has the tokens it has alone, and its line break."""
    from addin.cli import tokens
    from pycalc.models import tokenizer

    monkeypatch.setattr(tokenizer, "PIECE_CHARACTERS", 1_000)
    monkeypatch.setattr(tokens, "BLOCK", 777)
    (tmp_path / "long.txt").write_text(f"{GREAT}\n" * 2_000)
    # "!" and the line break after it are one token of o200k_base, as "!" alone is
    per_line = tokenizer.count(GREAT, "gpt-4o")
    assert tokenizer.count(f"{GREAT}\n", "gpt-4o") == per_line
    assert json.loads(run("long.txt", "--json")[1])["tokens"] == 2_000 * per_line


def test_memory_does_not_grow_with_the_file(tmp_path):
    """12 MB and 30 MB need the same memory, but for noise."""
    script = (
        f"import sys\n{PEAK_MEMORY}\n"
        "sys.argv = ['breakeven', 'tokens', sys.argv[1], '--model', 'gpt-4', '--json']\n"
        "from addin.cli import main\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        "    pass\n"
        "print(peak_megabytes(), file=sys.stderr)\n"
    )
    lines = "".join(f"The customer asks when the refund for order {number} will arrive.\n" for number in range(100_000))
    block = lines.encode()
    peaks = []
    for times in (2, 5):
        file = tmp_path / f"{times}.txt"
        file.write_bytes(block * times)
        command = [sys.executable, "-c", script, str(file)]
        done = subprocess.run(command, capture_output=True, timeout=120, check=True, text=True)
        peaks.append(int(done.stderr.split()[-1]))
    assert peaks[1] < peaks[0] * 1.25
