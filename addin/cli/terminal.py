"""The one place through which text goes to a terminal, and what its tables, JSON and dates look like.

A workbook, a training file or a file's name may hold anything: control characters that would move the cursor or set
the window's title, signs that turn text around, words that Rich reads as markup. None of it reaches the terminal as
such: it is shown, as \\x1b, and does nothing. A terminal or pipe that cannot show a sign gets the nearest it can.
"""

from __future__ import annotations

import codecs
import os
import re
import sys
import unicodedata
from contextvars import ContextVar
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, NoReturn

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment
    from rich.table import Table

# Controls but tab and line feed, marks of direction, separators of lines, halves of surrogate pairs.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_ENFORCED = {"FORCE_COLOR", "TTY_COMPATIBLE"}
"""Variables by which a person lets Rich style what goes to a pipe, too."""

_NEAREST = str.maketrans("×–—−≈“”‘’·•█▌━─│", "x---~\"\"''**##--|") | str.maketrans(
    {"≥": ">=", "≤": "<=", "…": "...", "→": "->", "€": "EUR"}
)

SEVERITIES = {"error": "bold red", "warning": "yellow", "note": "dim"}
"""The styles of findings."""

FLAGS: ContextVar[frozenset[str]] = ContextVar("flags", default=frozenset())
"""Which of the flags that mean the same to every command were given: force, json."""


def prepare() -> None:
    """Let no sign that the output cannot hold end a command: on a Windows pipe that is most of them."""
    codecs.register_error("breakeven", _nearest)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="breakeven")


def _nearest(problem: UnicodeError) -> tuple[str, int]:
    """What stands for signs that an encoding lacks, in ASCII: an error handler of `codecs`."""
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    shown = ""
    for character in problem.object[problem.start : problem.end]:
        near = character.translate(_NEAREST)
        near = "".join(c for c in unicodedata.normalize("NFKD", near) if c.isascii())
        shown += near or _escape(character)
    return shown, problem.end


def printable(text: str) -> str:
    """Text that a terminal shows and does not obey; line ends and tabs stay."""
    return _UNSAFE.sub(lambda match: _escape(match[0]), text)


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65_536 else f"\\U{number:08x}"


@cache
def _safe_console() -> type[Console]:
    from rich.console import Console
    from rich.segment import Segment

    class SafeConsole(Console):
        """Rich's console; whatever it renders is shown, never obeyed."""

        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                if segment.control or segment.text.isprintable():
                    yield segment
                else:
                    yield Segment(printable(segment.text), segment.style)

    return SafeConsole


def console(**options: Any) -> Console:
    """Rich's console for text from anywhere: nothing in it is markup, an emoji's name or a control sequence."""
    return _safe_console()(markup=False, emoji=False, highlight=False, **options)


def say(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Print text as it is, on standard output or standard error."""
    # Not Typer's own: to an ASCII terminal that writes UTF-8.
    stream = sys.stderr if err else sys.stdout
    stream.write(printable(text) + ("\n" if nl else ""))
    stream.flush()


def print_json(data: object, indent: int | None = 2) -> None:
    """Print data as JSON, bit by bit: a hundred thousand cells as one text would take several times their memory."""
    import json
    from itertools import islice

    pieces = json.JSONEncoder(ensure_ascii=False, indent=indent, default=_plain).iterencode(data)
    while some := "".join(islice(pieces, 1_000)):
        # Inside a JSON text only: so these are escapes of JSON's own.
        sys.stdout.write(_UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", some))
    sys.stdout.write("\n")
    sys.stdout.flush()


def as_json(data: object, indent: int | None = 2) -> bool:
    """Whether --json asks for a command's result, which is printed then; a function makes it."""
    wanted = "json" in FLAGS.get()
    if wanted:
        print_json(data() if callable(data) else data, indent)
    return wanted


def _plain(value: Any) -> Any:
    """What JSON has no form for: a dataclass by its fields, an error value as its code, a path as its text."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    return value.code if hasattr(value, "code") else os.fspath(value)


def fail(message: str) -> NoReturn:
    """Say in one line what is wrong and stop with exit code 2."""
    print_text(message.replace("\n", "\\n"), before=("Error: ", "bold red"), err=True)
    sys.exit(2)


def check_choice(option: str, given: str, names: Iterable[str]) -> None:
    """Stop where an option got another name than those it takes."""
    if given not in names:
        fail(f"{option} takes {', '.join(filter(None, names))}, not {given}")


def pairs(option: str, given: Iterable[str] | None, form: str = "NAME=VALUE") -> dict[str, str]:
    """What an option says as NAME=VALUE, several times: both without the blanks around them."""
    found: dict[str, str] = {}
    for text in given or ():
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            fail(f"{option} {text}: is not {form}")
        if name in found:
            fail(f"{option} {text}: {name} is there twice; give it once")
        found[name] = value
    return found


def iso_date(text: str) -> str:
    """A date a person typed, as the catalogue compares them."""
    from datetime import date

    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        fail(f"{text!r} is no date. Write it as 2026-11-20")


def table(left: Iterable[str], right: Iterable[str] = (), last: Iterable[str] = (), **options: Any) -> Table:
    """A table without lines: columns that fold, columns of numbers, and the last ones."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold", **options)
    for heading in left:
        made.add_column(heading, overflow="fold")
    for heading in right:
        made.add_column(heading, justify="right", no_wrap=True)
    for heading in last:
        made.add_column(heading, no_wrap=heading != "What")
    return made


def heading(screen: Console, text: str) -> None:
    """A line above what follows."""
    screen.print(f"\n{text}", style="bold")


def note_number(notes: dict[str, int], note: str) -> str:
    """Sources are long and few: the table holds their numbers, the list below it their words."""
    return f"({notes.setdefault(note, len(notes) + 1)})"


def print_table(shown: Table, notes: Iterable[str] = (), title: str = "") -> None:
    """A table under its title, which may be wider than the table, and its notes."""
    screen = console()
    if title:
        screen.print(title, style="italic")
    screen.print(shown)
    for number, note in enumerate(notes, 1):
        print_text(f"({number}) {note}", "dim")


def moved(before: object, after: object, new: str, ended: str) -> tuple[str, str, str]:
    """The cells of a number that changed: before, after, or a word where there is none, and by how much."""
    share = ""
    if isinstance(before, int | float) and isinstance(after, int | float) and before and before != after:
        share = f"{after / before - 1:+.1%}"
    was, now = (
        f"{value:g}" if isinstance(value, int | float) else none for value, none in ((before, new), (after, ended))
    )
    return was, now, share


def print_text(text: str = "", style: str = "", *, before: tuple[str, str] = ("", ""), err: bool = False) -> None:
    """A line that may be longer than the terminal is wide, in a style, and what stands before it in another.

    Where no style would be seen, Rich need not be loaded, which takes as long as all the rest of a short command.
    """
    stream = sys.stderr if err else sys.stdout
    if not (style or before[1]) or not (stream.isatty() or _ENFORCED & os.environ.keys()):
        say(before[0] + text, err=err)
        return
    from rich.text import Text

    console(stderr=err).print(Text.assemble(before, (text, style)), soft_wrap=True)


def print_some(
    lines: Sequence[str], most: int, rest: str = "; --json lists all", style: str = "", count: int = 0
) -> None:
    """The first lines, and how many more there are of `count`, or of those given."""
    for line in lines[:most]:
        print_text(f"  {line}", style)
    more = (count or len(lines)) - most
    if more > 0:
        print_text(f"  and {more:,} more{rest}", style)


def cell(value: object, form: str = ".15g", blank: str = "") -> str:
    """A value as a cell shows it, a number in this format."""
    if value is None or isinstance(value, bool):
        return blank if value is None else str(value).upper()
    return f"{value:{form}}" if isinstance(value, int | float) else str(getattr(value, "code", value))


def counted(count: int, noun: str) -> str:
    """So many of a thing: 1 note, 2 notes."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
