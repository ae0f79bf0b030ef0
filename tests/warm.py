"""The command in a process forked from one that has loaded it and read a template: 20 ms for a start in place of 700.

For tests of what a command does and says; those of its start, or of what it loads, start Python. All processes of a
test run have the same one: to load all that takes 5 seconds and 170 MB.
"""

from __future__ import annotations

import os
import pickle
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from importlib import import_module
from multiprocessing import context, forkserver, get_context, reduction
from pathlib import Path
from queue import SimpleQueue
from unittest.mock import patch

from tests import sharing

ROOT = Path(__file__).resolve().parents[1]
HERE = tempfile.gettempdir()
"""Where the output of commands goes: a test looks at what a command leaves in the temporary folder it is given."""

fewer = ExitStack()
"""Holds a command's template to the 12 months of the workbook it was warmed with; open in its process alone."""


class Handed:
    """An open file, which the forked process gets under a number of its own."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self):
        return _detached, (reduction.DupFd(self.number),)


def _detached(handed) -> int:
    return handed.detach()


def begun(
    *words: str,
    cwd: Path | str = ".",
    env: dict[str, str] | None = None,
    before: Callable[[], object] | None = None,
    stdin: int | None = None,
    stdout: int,
    stderr: int,
) -> context.ForkServerProcess:
    """Start `breakeven` with these open files and variables; `before` is called in its process, before the command."""
    with open(os.devnull) as nothing:
        files = [Handed(number) for number in (nothing.fileno() if stdin is None else stdin, stdout, stderr)]
        process = _server().Process(
            target=_run, args=(words, os.path.abspath(cwd), {**os.environ, **(env or {})}, before, files)
        )
        process.start()
    return process


def breakeven(*words: str, stdin: bytes | int = b"", text: bool = True, **more) -> subprocess.CompletedProcess:
    """Run `breakeven`, given what stands in a file or comes out of an open one; its exit code and what it printed."""
    with ExitStack() as stack:
        given, out, err = (stack.enter_context(tempfile.TemporaryFile(dir=HERE)) for _ in range(3))
        if isinstance(stdin, bytes):
            given.write(stdin)
            given.seek(0)
            stdin = given.fileno()
        code = ended(begun(*words, stdin=stdin, stdout=out.fileno(), stderr=err.fileno(), **more))
        printed = [file.read().decode() if text else file.read() for file in (out, err) if not file.seek(0)]
    return subprocess.CompletedProcess(words, code, *printed)


def ended(process: context.ForkServerProcess) -> int:
    """Wait for a command; its exit code."""
    process.join(300)
    code = process.exitcode
    if code is None:
        process.kill()
        process.join()
    process.close()
    assert code is not None, "this had not ended after five minutes"
    return code


@cache
def _server() -> context.ForkServerContext:
    known = forkserver._forkserver
    found = pickle.loads(sharing.once("warm", _start).read_bytes())
    if not serving():
        vars(known).update(found, _forkserver_alive_fd=os.open(os.devnull, os.O_WRONLY), ensure_running=lambda: None)
    return get_context("forkserver")


def serving() -> bool:
    """Whether what the commands of the run are forked from ends with this process."""
    return forkserver._forkserver._forkserver_pid is not None


def _start(told: Path) -> None:
    """Start the server and write down how to reach it, with its key where Python gives it one."""
    shipped = ("pycalc", "workbook", "addin.cli")
    found = [name for package in shipped for _, name, _ in pkgutil.walk_packages(_folders(package), f"{package}.")]
    forkserver.set_forkserver_preload(
        [__name__, "addin.entry", *found, "formualizer", "rich.table", "tiktoken", "xlsxwriter", "tests.warmed"]
    )
    # NumPy is loaded in the server: what the command says of its threads has to be said before.
    more = {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "BREAKEVEN_WARM_WITH": str(sharing.tiny())}
    with patch.dict(os.environ, more):
        forkserver.ensure_running()
    names = ("_forkserver_address", "_forkserver_authkey")
    told.write_bytes(pickle.dumps({name: vars(forkserver._forkserver).get(name) for name in names}))


def _folders(package: str) -> list[str]:
    return [str(ROOT.joinpath(*package.split(".")))]


def as_shipped() -> None:
    """The template in all its months, to the command alone."""
    fewer.close()


def showing_at_once() -> None:
    """Show the progress of work of a moment too, and stay at each step until it has been drawn."""
    shown = import_module("addin.cli.progress")
    shown.MOMENT, shown.BETWEEN = 0, 0.02
    begin, measure, looks = shown.Progress.step, shown._measure, SimpleQueue[None]()
    begun: list[object] = []

    def look(progress: object) -> object:
        looks.put(None)
        return measure(progress)

    def step(progress: object, *words: object) -> None:
        begin(progress, *words)
        if progress not in begun:  # its first step: nobody looks yet
            begun.append(progress)
            return
        while not looks.empty():
            looks.get()
        for _ in range(2):  # the second comes when what the first saw stands on the terminal
            looks.get(timeout=60)

    shown.Progress.step, shown._measure = step, look


def _run(words, cwd, env, before, files) -> None:
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    tempfile.tempdir = None  # it is that of the variables, not the one of the process this was forked from
    encoding = env.get("PYTHONIOENCODING", "utf-8")
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding=encoding, errors=errors, closefd=False)  # noqa: SIM115 - as long as the process
        for number, (mode, errors) in enumerate((("r", "strict"), ("w", "strict"), ("w", "backslashreplace")))
    )
    sys.argv = ["breakeven", *words]
    if before:
        before()
    import_module("addin.entry").main()
