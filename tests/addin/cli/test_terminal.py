"""What reaches a terminal: no control sequence, no markup, and no sign that its encoding lacks."""

import ast
import json
import unicodedata
from pathlib import Path

import pytest
import xlsxwriter

from addin.cli import terminal
from tests import warm

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egpj.\u2066[/bold][red]:smile:"


def run(*arguments, cwd, encoding="utf-8"):
    return warm.breakeven(*arguments, cwd=cwd, env={"PYTHONIOENCODING": encoding}, text=False)


def obeyed(raw):
    """Signs in the bytes that a terminal would act on: every control but line feed and tab, every mark of direction."""
    return {
        character
        for character in raw.decode("utf-8")
        if (unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") and character not in "\n\t")
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    for name, amount in (("old", 1), ("new", 2)):
        book = xlsxwriter.Workbook(folder / f"{name}[bold]\x1b[31m.xlsx")
        sheet = book.add_worksheet("S\x9b31m\u202eowned")
        sheet.write("A1", HOSTILE)
        sheet.write("B1", amount)
        sheet.write_formula("C1", "=B1*2", None, 7)
        sheet.write_formula("D1", '=FT_LABOR(500,5,12)&"\x9b31m\u202e[/bold]"', None, "x")
        sheet.write_formula("E1", "=NO_SUCH(1)", None, HOSTILE.replace("\x1b", "_x001B_").replace("\x07", "_x0007_"))
        book.close()
    for start in "rh":
        (folder / f"{start}\x1b[5m[").mkdir()  # a path that holds [/bold]
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "old"),
        ("check", "old", "--json"),
        ("recalc", "old", "--force", "-o", "r\x1b[5m[/bold].xlsx"),
        ("recalc", "old", "--force", "--json", "-o", "r\x1b[5m[/bold].xlsx"),
        ("diff", "old", "new"),
        ("diff", "old", "new", "--json"),
        ("handover", "old", "--force", "-o", "h\x1b[5m[/bold].xlsx"),
        ("report", "old"),
        ("scenario", "old", "--name", HOSTILE, "--set", "x=1", "-o", "s.xlsx"),
        ("eval", f'="{HOSTILE}"&1'),
        ("prices", HOSTILE),
        ("functions", HOSTILE),
        ("dataset", f"{HOSTILE}.jsonl".replace("/", "")),
        ("no\x1b[31mcommand",),
    ],
    ids=lambda arguments: " ".join(arguments[:1]),
)
def test_no_command_sends_a_control_sequence(folder, arguments):
    names = {name: f"{name}[bold]\x1b[31m.xlsx" for name in ("old", "new")}
    done = run(*(names.get(word, word) for word in arguments), cwd=folder)
    assert done.returncode in (0, 1, 2), done.stderr
    assert b"fault of ours" not in done.stderr, done.stderr
    assert obeyed(done.stdout + done.stderr) == set()
    if "--json" in arguments:
        json.loads(done.stdout)


COMMANDS = (
    ("functions",),
    ("prices", "gpt-4o"),
    ("eval", '="漢字 × – €"'),
    ("functions", "FT_BREAKEVEN"),
)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437"])
@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_output_in_an_old_encoding_never_fails(tmp_path, encoding, arguments):
    done = run(*arguments, cwd=tmp_path, encoding=encoding)
    assert done.returncode == 0, done.stderr
    done.stdout.decode(encoding)


def test_signs_an_encoding_lacks_become_the_nearest_it_has():
    terminal.prepare()
    # × is in cp1252 (0xD7), the others are not in ASCII; the Chinese sign has no neighbour.
    assert "3 × 2 – é漢".encode("ascii", "breakeven") == b"3 x 2 - e\\u6f22"
    assert "×".encode("cp1252", "breakeven") == b"\xd7"


def test_markup_and_emoji_names_are_text():
    screen = terminal.console(width=200)
    with screen.capture() as shown:
        screen.print("[red]x[/bold] :smile:")
    assert shown.get() == "[red]x[/bold] :smile:\n"


def test_everything_printed_goes_through_one_module():
    # Another way out would be another place to forget: no print, echo, console or stdout elsewhere in the command.
    elsewhere = []
    for path in Path("addin/cli").glob("*.py"):
        if path.name == "terminal.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in ("print", "typer.echo", "Console", "typer.secho", "sys.stdout.write", "sys.stderr.write"):
                elsewhere.append(f"{path}:{node.lineno} {called}")
    assert elsewhere == []
