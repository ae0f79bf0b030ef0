"""Where a result may go: a name that is free, or a file whose replacement somebody asked for. Nothing else."""

import os
import stat
import threading
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest
import xlsxwriter
from typer.testing import CliRunner

from addin.cli import app
from workbook import recalc
from workbook.errors import BadWorkbook
from workbook.file.package import Package
from workbook.file.saving import only_new, replacing

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and modes of POSIX")


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet()
    sheet.write_formula("A1", "=FT_LABOR(500,5,12)", None, 0)
    made.close()
    return path


def run(*arguments):
    # main() turns a WorkbookError into one line; the test sees the error itself.
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def written(out, meanwhile):
    with replacing(out) as stream:
        stream.write(b"result")
        meanwhile()


@posix
@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "force"])
@pytest.mark.parametrize("kind", ["link", "dangling", "device", "pipe"])
def test_only_a_file_is_replaced(tmp_path, book, kind, force):
    out = tmp_path / "out.xlsx"
    elsewhere = tmp_path / "elsewhere.xlsx"
    if kind == "link":
        elsewhere.write_bytes(b"precious")
    if kind in ("link", "dangling"):
        out.symlink_to(elsewhere)
    elif kind == "device":
        out = Path("/dev/full")
    else:
        os.mkfifo(out)
    before = os.lstat(out)
    done = run("recalc", book, "-o", out, *force)
    assert done.exit_code != 0
    after = os.lstat(out)
    assert (before.st_mode, before.st_ino) == (after.st_mode, after.st_ino)
    assert elsewhere.exists() == (kind == "link")
    if kind == "link":
        assert elsewhere.read_bytes() == b"precious"


@posix
def test_a_stream_is_no_target():
    # /dev/stdout is a symbolic link; as root, renaming a file onto it took it away from the whole machine.
    with pytest.raises(BadWorkbook, match="symbolic link"), replacing("/dev/stdout"):
        raise AssertionError("the work began")


@pytest.mark.parametrize("force", [False, True])
def test_a_file_that_appears_while_the_command_works(tmp_path, force):
    out = tmp_path / "out.txt"
    token = only_new.set(not force)
    try:
        with nullcontext() if force else pytest.raises(BadWorkbook, match="already there"):
            written(out, lambda: out.write_bytes(b"somebody else's"))
    finally:
        only_new.reset(token)
    assert out.read_bytes() == (b"result" if force else b"somebody else's")
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]


@posix
@pytest.mark.parametrize("named", [False, True], ids=["without a name", "with a name"])
def test_nothing_else_takes_its_name_either(tmp_path, monkeypatch, named):
    if named:
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    for make in (lambda out: out.mkdir(), lambda out: out.symlink_to("nowhere"), lambda out: os.mkfifo(out)):
        for only in (False, True):
            out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
            token = only_new.set(only)
            try:
                with pytest.raises(BadWorkbook):
                    written(out, partial(make, out))
            finally:
                only_new.reset(token)
            assert not stat.S_ISREG(os.lstat(out).st_mode)
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


def test_the_command_itself_replaces_nothing_that_appears(tmp_path, book, monkeypatch):
    from workbook.tasks import recalc as module

    out = tmp_path / "out.xlsx"
    calculate = module.settle

    def slow(*arguments, **more):
        out.write_bytes(b"somebody else's")
        return calculate(*arguments, **more)

    monkeypatch.setattr(module, "settle", slow)
    assert run("recalc", book, "-o", out).exit_code != 0
    assert out.read_bytes() == b"somebody else's"
    assert run("recalc", book, "-o", out, "--force").exit_code == 1  # a stored value was replaced
    assert out.read_bytes() != b"somebody else's"
    assert not only_new.get()  # what a command sets for itself ends with it


@posix
@pytest.mark.parametrize(
    ("original", "there", "result"),
    [(0o600, None, 0o600), (0o600, 0o644, 0o600), (0o640, None, 0o640), (0o644, 0o600, 0o600), (0o400, None, 0o600)],
)
def test_whoever_may_not_read_the_original_may_not_read_the_copy(tmp_path, book, original, there, result):
    before = os.umask(0o022)
    try:
        book.chmod(original)
        out = tmp_path / "out.xlsx"
        if there is not None:
            out.write_bytes(b"")
            out.chmod(there)
        recalc(book, out)
        with Package(book) as package:
            package.save(tmp_path / "again.xlsx")
    finally:
        os.umask(before)
    assert stat.S_IMODE(out.stat().st_mode) == result
    assert stat.S_IMODE((tmp_path / "again.xlsx").stat().st_mode) & 0o077 == original & 0o077


@posix
def test_a_pipe_is_refused_as_input_at_once(tmp_path):
    pipe = tmp_path / "pipe.xlsx"
    os.mkfifo(pipe)
    found = []
    thread = threading.Thread(target=lambda: found.append(run("check", pipe)), daemon=True)
    thread.start()
    thread.join(30)
    assert found, "it waits for somebody to write"
    assert "pipe" in str(found[0].exception)
