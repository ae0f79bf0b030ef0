"""Commands that write: killed, out of room, not allowed, told to write over their input, or two at a time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from addin.cli import main
from tests import warm
from tests.robust.hindrances import killed_at_the_last_moment, without_privilege, without_room
from tests.robust.writingcommands import (
    BREAKEVEN,
    ROOT,
    WRITING,
    arguments,
    fill,
    has_open,
    one_line_of_error,
    run,
    target,
)
from workbook.file.package import Package

WORKBOOKS = {"book.xlsx", "few.xlsx"}
FROM_A_WORKBOOK = [name for name in WRITING if WORKBOOKS.intersection(WRITING[name])]
BEFORE = b"what was there before"


def left_behind(folder, held):
    """Checks that every input is intact; returns the names that are new."""
    for name, data in held.items():
        assert (folder / name).read_bytes() == data, f"{name} was changed"
    return {path.name for path in folder.iterdir()} - held.keys()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the inputs, and another for temporary files."""
    inputs, temporary = tmp_path / "work", tmp_path / "temporary"
    inputs.mkdir()
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    return inputs


@pytest.mark.parametrize("name", WRITING)
def test_killed_at_the_last_moment(name, folder):
    """Everything is written, only the name is missing: kill -9 leaves the old result, or a file named as a part."""
    held = fill(folder)
    out = folder / target(name)
    out.write_bytes(BEFORE)
    done = run(folder, *arguments(name), before=partial(killed_at_the_last_moment, str(out)))
    assert done.returncode == -9, done.stderr[-2000:]
    assert out.read_bytes() == BEFORE
    strays = left_behind(folder, held) - {out.name}
    assert all(stray.startswith(f".{out.name}.") and stray.endswith(".part") for stray in strays), strays
    temporary = {path.name for path in (folder.parent / "temporary").iterdir()}
    assert all(stray.startswith("breakeven-") for stray in temporary), temporary


@pytest.mark.parametrize("name", WRITING)
def test_a_file_that_is_there_is_not_replaced(name, folder, monkeypatch, capsys):
    """Whosever it is: --force replaces it, and the other tests of this file show that it then does."""
    held = fill(folder)
    out = folder / target(name)
    out.write_bytes(BEFORE)
    words = [word for word in arguments(name) if word != "--force"]
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["breakeven", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"Error: {out.name} is already there; --force replaces it\n"
    assert out.read_bytes() == BEFORE
    assert left_behind(folder, held) == {out.name}


@pytest.mark.parametrize(
    ("words", "there"),
    [
        (("recalc", "book.xlsx"), "book-recalculated.xlsx"),
        (("prices", "--refresh", "book.xlsx"), "book-refreshed.xlsx"),
        (("risk", "book.xlsx"), "book-risk.xlsx"),
        (("addin", "build", "lambda", "book.xlsx"), "book-lambda.xlsx"),
        (("demo",), "demo/techwiz-recalculated.xlsx"),
    ],
)
def test_nor_is_one_with_the_name_a_result_has_by_itself(words, there, folder):
    fill(folder)
    (folder / there).parent.mkdir(exist_ok=True)
    (folder / there).write_bytes(BEFORE)
    done = run(folder, *words)
    assert one_line_of_error(done) == f"Error: {there} is already there; --force replaces it"
    assert (folder / there).read_bytes() == BEFORE


@pytest.mark.parametrize("name", [name for name in WRITING if target(name).endswith(".xlsx")])
@pytest.mark.parametrize("out", ["result.txt", "result", "result.xlsm"])
def test_a_workbook_gets_the_ending_of_a_workbook(name, out, folder, monkeypatch, capsys):
    held = fill(folder)
    words = [out if word == target(name) else word for word in arguments(name)]
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["breakeven", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert f"{out}" in said
    assert ".xlsx" in said
    assert left_behind(folder, held) == set()


@pytest.mark.parametrize("name", ["recalc", "dataset build"])
def test_a_leftover_is_never_taken_for_the_result(name, folder):
    """After a kill the same command, with the same process number for all it knows, writes its own result."""
    held = fill(folder)
    out = folder / target(name)
    run(folder, *arguments(name), before=partial(killed_at_the_last_moment, str(out)))
    strays = left_behind(folder, held)
    for stray in strays:
        (folder / stray).write_bytes(b"leftover")
    assert run(folder, *arguments(name)).returncode == 0
    assert b"leftover" not in out.read_bytes()


@pytest.mark.parametrize("name", WRITING)
def test_no_room(name, folder):
    held = fill(folder)
    out = folder / target(name)
    out.write_bytes(BEFORE)
    if name == "dataset build":
        held["table.csv"] = b"user,assistant\n" + b"why,because\n" * 500
        (folder / "table.csv").write_bytes(held["table.csv"])
    done = run(folder, *arguments(name), before=without_room)
    assert "cannot be written" in one_line_of_error(done)
    assert out.read_bytes() == BEFORE
    assert left_behind(folder, held) == {out.name}
    assert not list((folder.parent / "temporary").iterdir())


@pytest.mark.parametrize("name", FROM_A_WORKBOOK)
@pytest.mark.parametrize("how", ["same name", "symbolic link", "hard link"])
def test_output_equals_input(name, how, folder, monkeypatch, capsys):
    held = fill(folder)
    words = arguments(name)
    (source,) = WORKBOOKS.intersection(words)
    words[words.index("-o") + 1] = source
    if how != "same name":
        link = folder / "linked.xlsx"
        (os.symlink if how == "symbolic link" else os.link)(folder / source, link)
        words[words.index("-o") + 1] = "linked.xlsx"
        held["linked.xlsx"] = held[source]
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["breakeven", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert len([line for line in capsys.readouterr().err.splitlines() if line.startswith("Error: ")]) == 1
    assert left_behind(folder, held) == set()


@pytest.mark.parametrize("name", ["recalc", "report", "dataset build"])
def test_read_only_folder(name, folder):
    held = fill(folder)
    folder.chmod(0o555)
    try:
        done = run(folder, *arguments(name), before=without_privilege)
    finally:
        folder.chmod(0o755)
    assert "cannot be written" in one_line_of_error(done)
    assert "ermission denied" in done.stderr
    assert left_behind(folder, held) == set()


@pytest.mark.parametrize("words", [("check", "book.xlsx"), ("dataset", "train.jsonl"), ("tokens", "table.csv")])
def test_file_one_may_not_read(words, folder):
    fill(folder)
    (folder / words[-1]).chmod(0o000)
    done = run(folder, *words, before=without_privilege)
    assert words[-1] in one_line_of_error(done)


def test_read_only_input_is_enough(folder):
    held = fill(folder)
    for name in held:
        (folder / name).chmod(0o444)
    done = run(folder, *arguments("recalc"), before=without_privilege)
    assert done.returncode == 0, done.stderr
    assert left_behind(folder, held) == {"result.xlsx"}
    assert os.access(folder / "result.xlsx", os.W_OK)


def test_two_at_a_time(folder):
    """The last one to finish wins, whole; neither takes the other's temporary file."""
    held = fill(folder)
    with open(os.devnull, "w") as nothing:
        both = [
            warm.begun(
                *words, "-o", "result.xlsx", "--force", cwd=folder, stdout=nothing.fileno(), stderr=nothing.fileno()
            )
            for words in (["recalc", "book.xlsx"], ["addin", "build", "lambda", "book.xlsx"])
        ]
    assert [warm.ended(process) for process in both] == [0, 0]
    assert left_behind(folder, held) == {"result.xlsx"}
    with Package(folder / "result.xlsx") as package:
        assert package.sheets()


def test_output_into_a_folder_that_vanishes(folder):
    held = fill(folder)
    done = run(folder, "recalc", "book.xlsx", "-o", str(folder / "gone" / "result.xlsx"))
    assert "does not exist" in one_line_of_error(done)
    assert left_behind(folder, held) == set()


def test_json_on_a_refusal_is_no_half_document(folder):
    fill(folder)
    done = run(folder, "recalc", "absent.xlsx", "--json")
    assert "no such file" in one_line_of_error(done)
    assert done.stdout.strip() == ""
    done = run(folder, "prices", "gpt-4o", "--json")
    assert json.loads(done.stdout)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="reads /proc")
def test_interrupted(folder):
    """Ctrl-C in the middle of the work: exit code 130, nothing half-written, no traceback."""
    held = fill(folder)
    process = subprocess.Popen(
        [*BREAKEVEN, "handover", "book.xlsx", "-o", "result.xlsx"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests behind the scenes may ignore Ctrl-C, and that is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while not has_open(process.pid, folder / "book.xlsx") and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    words = process.communicate(timeout=60)[1]
    assert "Traceback" not in words
    assert process.returncode == 130
    assert left_behind(folder, held) == set()
    assert not list((folder.parent / "temporary").iterdir())
