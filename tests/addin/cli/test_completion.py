"""The Tab key, as the shells ask: by environment variables, and in bash itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from addin.entry import main
from pycalc import FUNCTIONS
from pycalc.models import catalogue

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with workbooks and other files, and the command under its name."""
    folder = tmp_path_factory.mktemp("completion")
    for name in ("model.xlsx", "macros.xlsm", "memo.txt", "~$model.xlsx", ".hidden.xlsx", "two words.xlsx"):
        (folder / name).write_text("")
    (folder / "old").mkdir()
    (folder / "old" / "first.xlsx").write_text("")
    command = folder / "breakeven"
    command.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom addin.entry import main\nmain()\n"
    )
    command.chmod(0o755)
    return folder


@pytest.fixture
def asked(folder, monkeypatch, capsys):
    """What the command answers a shell that sets these variables."""

    def ask(**variables: str) -> str:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["breakeven"])
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
        shown = capsys.readouterr()
        assert shown.err == ""
        return shown.out.rstrip("\n")

    return ask


@pytest.fixture
def bash(asked):
    def ask(line: str) -> list[str]:
        number = str(line.count(" "))
        return asked(_BREAKEVEN_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=number).split("\n")

    return ask


BREAKEVENS = [name for name in FUNCTIONS if name.startswith("FT_BREAKEVEN")]
NOTHING = [""]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("breakeven functions FT_BR", BREAKEVENS),
        ("breakeven functions ft_br", [name.lower() for name in BREAKEVENS]),
        ("breakeven functions FT_NOSUCH", NOTHING),
        ("breakeven new out.xlsx --case t", ["techwiz"]),
        ("breakeven new out.xlsx -c ", ["techwiz", "hospital", "sameclass", "capacity", "blank"]),
        ("breakeven addin build ", ["excel", "lite", "calc", "lambda", "office", "sheets"]),
        ("breakeven addin install ", ["excel", "calc"]),
        ("breakeven check model.xlsx --engine l", ["libreoffice"]),
        ("breakeven check model.xlsx --fail-on n", ["note", "never"]),
        ("breakeven handover model.xlsx --as ", ["formulas", "lambda", "values"]),
        ("breakeven report model.xlsx -f p", ["pdf"]),
        ("breakeven recalc m", ["macros.xlsm", "model.xlsx"]),
        ("breakeven diff model.xlsx ma", ["macros.xlsm"]),
        ("breakeven check old/f", ["old/first.xlsx"]),
        ("breakeven addin build lambda mo", ["model.xlsx"]),
        # Left to the shell: a folder fits too, a name wants quotes, no such folder.
        ("breakeven check ", NOTHING),
        ("breakeven check o", NOTHING),
        ("breakeven check t", NOTHING),
        ("breakeven check nowhere/m", NOTHING),
    ],
)
def test_what_tab_offers(line, offered, bash):
    assert bash(line) == offered


def test_models_are_offered_where_a_model_belongs(bash):
    priced = bash("breakeven prices claude-")
    assert priced
    assert set(priced) <= {*catalogue.load().models, *catalogue.load().names}
    # No tokenizer of Claude models is published, so `tokens` would refuse them.
    assert bash("breakeven tokens -m claude-") == NOTHING
    assert "gpt-4o-mini" in bash("breakeven tokens -m gpt-4o")
    assert "gpt-4o-mini" in bash("breakeven dataset train.jsonl -m gpt-4o")


def test_zsh_is_given_names_or_told_to_complete_files(asked):
    named = asked(_BREAKEVEN_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="breakeven new out.xlsx --case t")
    assert named == "_arguments '*: :((\"techwiz\"))'"
    assert asked(_BREAKEVEN_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="breakeven recalc ") == "_files"


def test_in_bash_itself(folder):
    """The script that --show-completion prints, sourced: a name is put in, a file is left to bash's own completion."""
    program = shutil.which("bash")
    if program is None:
        pytest.skip("bash is missing")
    script = """
        eval "$(_BREAKEVEN_COMPLETE=source_bash ./breakeven)"
        complete -p breakeven
        COMP_WORDS=(./breakeven addin build l) COMP_CWORD=3
        _breakeven_completion ./breakeven
        echo "${COMPREPLY[@]}"
    """
    run = subprocess.run([program, "-c", script], cwd=folder, capture_output=True, text=True, timeout=60)
    lines = run.stdout.splitlines()
    assert "-o default" in lines[0], run.stderr
    assert lines[1] == "lite lambda"
