"""The command `breakeven`: one module a command, loaded when it is called."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from contextvars import copy_context
from importlib import import_module
from typing import NoReturn

import typer
from typer.core import TyperGroup

from addin.cli import options, terminal
from addin.cli.terminal import fail

COMMANDS = (
    "demo",
    "new",
    "report",
    "functions",
    "eval",
    "recalc",
    "check",
    "risk",
    "scenario",
    "handover",
    "diff",
    "tokens",
    "prices",
    "usage",
    "portfolio",
    "dataset",
    "evaluate",
    "addin",
)
"""In the order a newcomer meets them. Each is a module of this package with a function of its name, or a Typer
application `app` where it has commands of its own."""


class LoadedWhenCalled(TyperGroup):
    """A group whose commands are imported by name, so that one command does not wait for all others."""

    def invoke(self, ctx):
        # What a command sets for itself (that nothing is replaced, what it has read) ends with it.
        return copy_context().run(self._invoke, ctx)

    def _invoke(self, ctx):
        from workbook.file.opening import steady

        with steady():
            return super().invoke(ctx)

    def list_commands(self, ctx):  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx, cmd_name):
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"{__name__}.{cmd_name}")
        app = getattr(module, "app", None)
        if app is None:
            app = typer.Typer(add_completion=False, rich_markup_mode=None)
            app.command(cmd_name)(getattr(module, cmd_name))
        for registered in app.registered_commands:
            options.describe(registered.callback, cmd_name)
        command = typer.main.get_command(app)
        command.name = cmd_name
        options.add_common(command, cmd_name)
        return command


app = typer.Typer(
    cls=LoadedWhenCalled,
    name="breakeven",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from pycalc.version import VERSION

        terminal.say(f"breakeven {VERSION}")
        raise typer.Exit


@app.callback()
def breakeven(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),  # noqa: ARG001
) -> None:
    """Prompt it, fine-tune it, retrieve, or switch model: which is cheaper, from when, and how sure are we?"""
    if context.invoked_subcommand is None:
        terminal.say(context.get_help())


NO_MEMORY = "this needs more memory than there is; nothing was written. Give it more, or a smaller file."


def _end_in_order() -> None:
    """Let SIGTERM and SIGHUP end the command as Ctrl-C does, with LibreOffice, workers and temporary folders.

    Left to themselves they would end this process alone.
    """

    def end(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_IGN)  # once is enough, and nothing breaks off the clearing up
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # `nohup` has it ignored
            signal.signal(number, end)


def _no_memory() -> NoReturn:
    """Without Rich, whose loading takes more than may be left."""
    terminal.say(f"Error: {NO_MEMORY}", err=True)
    sys.exit(2)


_MMAP_THRESHOLD, _LARGE = -3, 1 << 17


def _give_back_at_once() -> None:
    """Have the C library of Linux give the system each large block when it is freed, not only the first of a size."""
    import ctypes

    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)


def main() -> None:
    """The entry point: what a person can mend is one line on standard error and exit code 2."""
    from pycalc.errors import CalcError, UserError

    # NumPy's matrix library takes 40 MB for threads that nothing here uses; short of memory it ends the process.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Where a library in Rust finds no memory, its list of calls waits for ever for memory to be written in.
    if "BREAKEVEN_DEBUG" not in os.environ:
        os.environ["RUST_BACKTRACE"] = "0"
    _give_back_at_once()
    terminal.prepare()
    _end_in_order()
    try:
        code = app(prog_name="breakeven", standalone_mode=False)
    except CalcError as error:
        fail(error.message.removesuffix(f" ({error.code})"))  # an error value says nothing to somebody at a terminal
    except UserError as error:
        fail(str(error))
    except typer.Abort:
        sys.exit(130)  # Ctrl-C
    except BrokenPipeError:  # the reader of our output went away: `breakeven functions | head`
        sys.stderr.close()
        sys.exit(141)
    except MemoryError as error:
        error.__traceback__ = None  # it holds what filled the memory
        _no_memory()
    except OSError as error:  # no room, no right to write, a file where a folder belongs
        fail(f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error))
    except Exception as error:
        wrong_words = getattr(error, "format_message", None)  # Typer keeps the class of its usage errors to itself
        if wrong_words is None:
            if "BREAKEVEN_DEBUG" in os.environ:
                raise
            if str(error) == "can't start new thread":  # Python's words where there is no room for its stack
                _no_memory()
            fail(f"This is a fault of ours: {type(error).__name__}: {error}. BREAKEVEN_DEBUG=1 shows where.")
        context = getattr(error, "ctx", None)
        fail(f"{wrong_words()} ({context.command_path} --help)" if context else wrong_words())
    sys.exit(code if isinstance(code, int) else 0)
