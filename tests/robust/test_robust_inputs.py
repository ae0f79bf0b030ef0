"""What a command is given to read: no file, or one that somebody writes to meanwhile."""

from __future__ import annotations

import gzip
import os
import re
import sys
import threading
from functools import partial

import pytest

from addin.cli import main
from tests import warm
from tests.books import row, sheet, write_book
from tests.robust.writingcommands import EXAMPLE

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of POSIX")

LOG = "time,model,calls,tokens_in,tokens_out\n2026-10-01,gpt-4o,7,100,50\n"
COLUMNS = ("--columns", "time=time,model=model,calls=calls,tokens_in=tokens_in,tokens_out=tokens_out")

READ_AGAIN = {
    # Whatever these read is read more than once: {} is the pipe.
    "addin lambda": ("addin", "build", "lambda", "{}.xlsx", "-o", "out.xlsx"),
    "addin lite": ("addin", "build", "lite", "{}.xlsx", "-o", "out.xlsx"),
    "addin office": ("addin", "build", "office", "{}.xlsx", "-o", "out.xlsx"),
    "check": ("check", "{}.xlsx"),
    "dataset build": ("dataset", "build", "{}.csv", "-o", "out.jsonl"),
    "dataset into": ("dataset", "train.jsonl", "--into", "{}.xlsx", "-o", "out.xlsx"),
    "diff": ("diff", "book.xlsx", "{}.xlsx"),
    "diff first": ("diff", "{}.xlsx", "book.xlsx"),
    "evaluate": ("evaluate", "{}.csv"),
    "evaluate jsonl": ("evaluate", "{}.jsonl"),
    "evaluate training": ("evaluate", "scores.csv", "--training", "{}.jsonl"),
    "evaluate into": ("evaluate", "scores.csv", "--into", "{}.xlsx", "-o", "out.xlsx"),
    "handover": ("handover", "{}.xlsx", "-o", "out.xlsx"),
    "new from": ("new", "out.xlsx", "--from", "{}.csv"),
    "portfolio": ("portfolio", "{}.csv", "-o", "out.csv"),
    "prices": ("prices", "gpt-4o", "--prices", "{}.csv"),
    "prices from": ("prices", "--from", "litellm", "{}.json"),
    "prices refresh": ("prices", "--refresh", "{}.xlsx", "-o", "out.xlsx"),
    "recalc": ("recalc", "{}.xlsx", "-o", "out.xlsx"),
    "report": ("report", "{}.xlsx"),
    "risk": ("risk", "{}.xlsx", "-o", "out.xlsx"),
    "scenario": ("scenario", "{}.xlsx", "-n", "x", "-s", "queries=1", "-o", "out.xlsx"),
    "usage": ("usage", "{}.csv"),
    "usage into": ("usage", "log.csv", *COLUMNS, "--into", "{}.xlsx", "-o", "out.xlsx"),
}
READ_ONCE = {
    "dataset": ("dataset", "{}"),
    "dataset held out": ("dataset", "train.jsonl", "--held-out", "{}"),
    "dataset to": ("dataset", "{}", "--to", "trl", "-o", "out.jsonl"),
    "tokens": ("tokens", "{}"),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    write_book(tmp_path / "book.xlsx", {"S": sheet(row(1, A="<v>1</v>"))})
    (tmp_path / "train.jsonl").write_text(EXAMPLE * 12)
    (tmp_path / "table.csv").write_text("user,assistant\nhi,hello\nwhy,because\n")
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "scores.csv").write_text("example,option,ok\n1,a,pass\n1,b,fail\n2,a,pass\n2,b,pass\n")
    for ending in ("", ".xlsx", ".csv", ".jsonl", ".json"):
        os.mkfifo(tmp_path / f"pipe{ending}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def asked(words, monkeypatch, capsys):
    """Run a command in this process; its exit code and what it said."""
    monkeypatch.setattr(sys, "argv", ["breakeven", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, capsys.readouterr()


@pytest.mark.parametrize("name", [*READ_AGAIN, *READ_ONCE])
def test_a_pipe_nobody_writes_to_is_refused_at_once(name, folder, monkeypatch, capsys):
    """To open it would wait for ever: a run that comes back has not opened it."""
    before = sorted(folder.iterdir())
    words = [word.format("pipe") for word in {**READ_AGAIN, **READ_ONCE}[name]]
    code, said = asked(words, monkeypatch, capsys)
    assert code == 2
    assert said.out == ""
    assert said.err.startswith("Error: ")
    assert said.err.count("\n") == 1
    assert "pipe" in said.err
    assert "file" in said.err
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("name", READ_ONCE)
@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="what a shell pipes in has a name in /dev/fd")
def test_what_a_shell_pipes_in_is_read_whole(name, folder):
    """`breakeven dataset <(zcat file)`, and - where standard input is meant."""
    out = folder / "out.jsonl"
    answers = []
    for way in ("file", "descriptor", "standard input"):
        words = list(READ_ONCE[name])
        reading, writing = os.pipe()
        feeder = threading.Thread(
            target=lambda writing=writing: (os.write(writing, EXAMPLE.encode() * 12), os.close(writing))
        )
        feeder.start()
        given = {"file": "train.jsonl", "descriptor": "/dev/fd/63", "standard input": "-"}[way]
        words = [*(word.format(given) for word in words), "--json", "--force" if "-o" in words else "--json"]
        done = warm.breakeven(*words, stdin=reading, before=partial(os.dup2, 0, 63))
        feeder.join()
        os.close(reading)
        assert done.returncode in (0, 1), done.stderr
        answers.append(
            (re.sub(f'"(train.jsonl|{given})"', '"x"', done.stdout), out.read_bytes() if out.exists() else b"")
        )
    assert answers[0] == answers[1] == answers[2]


CHANGED = {
    "dataset": (("dataset", "train.jsonl"), "train.jsonl"),
    "dataset held out": (("dataset", "train.jsonl", "--held-out", "other.jsonl"), "other.jsonl"),
    "dataset to": (("dataset", "train.jsonl", "--to", "trl", "-o", "out.jsonl"), "train.jsonl"),
    "dataset build": (("dataset", "build", "table.csv", "-o", "out.jsonl"), "table.csv"),
    "evaluate": (("evaluate", "scores.csv"), "scores.csv"),
    "portfolio": (("portfolio", "cases.csv", "-o", "out.csv"), "cases.csv"),
    "tokens": (("tokens", "table.csv"), "table.csv"),
    "usage": (("usage", "log.csv", *COLUMNS), "log.csv"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_file_that_grows_while_it_is_read_is_refused(name, folder, monkeypatch, capsys):
    """Somebody appends to it as soon as it is opened, as a log does: one line, and nothing is printed or written."""
    words, file = CHANGED[name]
    (folder / "other.jsonl").write_text(EXAMPLE * 3)
    (folder / "cases.csv").write_text(
        "title,queries,pe_prompt_tokens,query_tokens,response_tokens,pe_input_price,pe_output_price\nA,1,2,3,4,5,6\n"
    )
    whole = folder / file
    grown = []

    def opened(event, arguments):
        if event == "open" and armed and str(arguments[0]) in (file, str(whole)):
            armed.pop()
            if armed:
                return
            grown.append(True)
            with open(whole, "ab") as stream:
                stream.write(whole.read_bytes()[-20:])

    # These two note the file's state when they open it first; the others before.
    armed = [True] * (2 if name in ("dataset build", "portfolio") else 1)
    sys.addaudithook(opened)
    before = sorted(folder.iterdir())
    try:
        code, said = asked(words, monkeypatch, capsys)
    finally:
        armed.clear()
    assert grown
    assert code == 2, said
    assert "it changed while it was being read" in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert sorted(folder.iterdir()) == before


TABLE = LOG.encode() + b"2026-10-02,gpt-4o,7,100,50\n" * 5_000
PACKED = gzip.compress(TABLE)
DAMAGED = {
    "cut.csv.gz": PACKED[: len(PACKED) // 2],
    "head.csv.gz": PACKED[:30],
    "changed.csv.gz": PACKED[:-6] + b"xxxxxx",
    "no.parquet": b"PAR1" + b"x" * 100 + b"PAR1",
    "latin.csv": TABLE + b"2026-10-02,gr\xfcn,7,100,50\n",
    "deep.json": b"[" * 200_000,
    "deep.jsonl": b'{"model":"x","a":' + b'{"a":' * 100_000,
}


@pytest.mark.parametrize("name", DAMAGED)
@pytest.mark.parametrize("command", ["usage", "portfolio", "evaluate", "dataset", "tokens", "prices"])
def test_a_damaged_file_is_one_line(command, name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(DAMAGED[name])
    words = {
        "usage": ["usage", name, *(COLUMNS if ".csv" in name else ())],
        "portfolio": ["portfolio", name, "-o", "out.csv"],
        "prices": ["prices", "--from", "litellm", name],
    }.get(command, [command, name])
    code, said = asked(words, monkeypatch, capsys)
    assert code in (0, 1, 2)
    assert (code == 2) == said.err.startswith("Error: ")
    assert said.err.count("\n") == (code == 2)
    assert "fault of ours" not in said.err
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_json_that_has_to_be_held_whole_has_a_limit(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("pycalc.usage.source.LARGEST_DOCUMENT", 1_000)
    monkeypatch.setattr("workbook.tasks.portfolio.table.LARGEST_USAGE", 1_000)
    monkeypatch.chdir(tmp_path)
    bucket = '{"start_time":1759276800,"end_time":1759363200,"results":[]}'
    for count, limited in ((5, False), (30, True)):
        (tmp_path / "page.json").write_text('{"data":[\n' + ",\n".join([bucket] * count) + "]}")
        code, said = asked(["usage", "page.json"], monkeypatch, capsys)
        assert code == 2
        assert ("and all of it has to be held" in said.err) == limited
    (tmp_path / "found.json").write_text('{"groups":' + " " * 1_000 + "[]}")
    code, said = asked(["portfolio", "found.json"], monkeypatch, capsys)
    assert "found.json: has more than" in said.err


@pytest.mark.parametrize(("vendor", "limit"), [("openai", 512), ("azure", 512), ("vertex", 1024), ("mistral", None)])
def test_a_file_larger_than_an_upload_may_be_is_said(vendor, limit):
    """OpenAI's API reference: files of up to 512 MB; Google's page on supervised tuning: 1 GB."""
    from pycalc.dataset.audit import _about_the_file
    from pycalc.dataset.reader import Source
    from pycalc.dataset.summary import Options, Summary

    for over in (0, 1):
        summary = Summary(Options((), vendor=vendor))
        summary.bytes = ((limit or 100_000) << 20) + over
        _about_the_file(Source("x", summary.bytes, "utf-8", 0, True), summary)
        assert (("file_size", "warning") in summary.findings) == bool(over and limit)


PRIVATE = {
    "dataset build": (("dataset", "build", "table.csv", "-o", "out.jsonl"), "table.csv"),
    "dataset to": (("dataset", "train.jsonl", "--to", "trl", "-o", "out.jsonl"), "train.jsonl"),
    "portfolio csv": (("portfolio", "cases.csv", "-o", "out.csv"), "cases.csv"),
    "portfolio": (("portfolio", "cases.csv", "-o", "out.xlsx"), "cases.csv"),
    "recalc": (("recalc", "book.xlsx", "-o", "out.xlsx"), "book.xlsx"),
}


@pytest.mark.parametrize("name", PRIVATE)
@pytest.mark.parametrize(("mode", "result"), [(0o600, 0o600), (0o640, 0o640), (0o644, 0o644)])
def test_what_is_made_of_a_private_file_is_private(name, mode, result, folder, monkeypatch, capsys):
    """Whoever may not read the table may not read what was made of it, whatever it became."""
    words, source = PRIVATE[name]
    (folder / "cases.csv").write_text(
        "title,queries,pe_prompt_tokens,query_tokens,response_tokens,pe_input_price,pe_output_price\nA,1,2,3,4,5,6\n"
    )
    write_book(folder / "book.xlsx", {"S": sheet(row(1, A="<f>FT_ROI(12,2,1)</f><v>0</v>"))})
    (folder / source).chmod(mode)
    mask = os.umask(0o022)
    try:
        code, said = asked(words, monkeypatch, capsys)
    finally:
        os.umask(mask)
    assert code in (0, 1), said.err
    [out] = folder.glob("out.*")
    assert out.stat().st_mode & 0o777 == result


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file can have such a name")
def test_a_name_that_is_no_utf8_is_a_name(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    name, out = os.fsdecode(b"na\xffme.xlsx"), os.fsdecode(b"o\xff.xlsx")
    write_book(tmp_path / name, {"S": sheet(row(1, A="<f>FT_ROI(12,2,1)</f><v>0</v>"))})
    for words in (["recalc", name], ["handover", name], ["check", name, "--fail-on", "never"], ["diff", name, name]):
        code, said = asked([*words, *(("-o", out, "--force") if len(words) == 2 else ())], monkeypatch, capsys)
        assert code in (0, 1), said.err
        assert (tmp_path / out).exists()
