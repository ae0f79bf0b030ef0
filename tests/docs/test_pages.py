"""The site's commands print what its pages show, and its links lead somewhere."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests import sharing
from tests.docs.consolepages import Step, here, matches, run, steps

TOP = Path(__file__).parent.parent.parent
PAGES = sorted(
    path
    for path in (*TOP.glob("docs/*.md"), *TOP.glob("docs/how-to/*.md"), *TOP.glob("docs/explanation/*.md"))
    if "```console" in path.read_text(encoding="utf-8")
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


BOT = "breakeven new bot.xlsx --case techwiz"
"""Most pages begin with it: it runs once. No page says how many formulas there are, nor counts more than 12 months:
on them the template is the one of half the formulas."""

WITHOUT_SCENARIOS = {"audit-a-workbook", "hand-over", "how-sure", "your-files", "model-your-own-case", "tutorial-usage"}
"""Pages that name none of the shipped scenarios: of a bot without them their commands print the same."""

MORE_MONTHS = {"tutorial-usage", "portfolio"}
"""Pages that count up to 24 months."""

VALUES_UNREAD = {"price-halves", "refresh-prices", "tutorial-usage"}
"""Pages that show no value of the workbooks their commands write."""

TERMINAL = {"COLUMNS": "88", "TERM": "dumb", "NO_COLOR": "1"}
ENVIRONMENT = os.environ | {
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "PYTHONPATH": str(TOP),
    "PYTHONUTF8": "1",
    **TERMINAL,
}


@pytest.fixture(scope="module")
def bot(tmp_path_factory):
    """What making the workbook of the support bot prints."""
    printed, code = run(Step(0, BOT), tmp_path_factory.mktemp("bot"), ENVIRONMENT)
    assert code == 0, printed
    return printed


@pytest.mark.usefixtures("believed_once")
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_shows_what_its_commands_print(page, tmp_path, bot, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    if page.stem in VALUES_UNREAD:
        request.getfixturevalue("values_not_stored_anew")
    for name, value in TERMINAL.items():
        monkeypatch.setenv(name, value)
    text = page.read_text(encoding="utf-8")
    if " examples/" in text:
        shutil.copytree(TOP / "docs" / "examples", tmp_path / "examples")
    spare = 1 if page.stem in WITHOUT_SCENARIOS else 2
    with sharing.fewer_months(spare, 24 if page.stem in MORE_MONTHS else 12):
        _follow(page, text, tmp_path, bot)


def _follow(page, text, folder, bot):
    for step in steps(text):
        if step.command == BOT:
            shutil.copy(sharing.tiny() if page.stem in WITHOUT_SCENARIOS else sharing.small(), folder / "bot.xlsx")
            printed, code = bot, 0
        elif step.command.startswith("breakeven "):
            printed, code = here(step.command)
        else:
            printed, code = run(step, folder, ENVIRONMENT)
        where = f"{page.name}, block at line {step.line}: $ {step.command}"
        assert code < 2 or "Error:" in step.shown, f"{where}\nexit code {code}:\n{printed}"
        assert matches(step.shown, printed), f"{where}\nshown:\n{step.shown}\nprinted:\n{printed}"


def test_a_wrong_figure_on_a_page_is_found(tmp_path):
    (step,) = steps("text\n\n```console\n$ echo 315\n316\n```\n")
    assert step == Step(3, "echo 315", "316\n")
    printed, code = run(step, tmp_path, ENVIRONMENT)
    assert code == 0
    assert not matches(step.shown, printed)
    assert matches("315\n", printed)


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a ... c\n", "a b c\n", True),
        ("a ... c\n", "a b\nc\n", False),
        ("...\nlast\n", "one\ntwo\nlast\n", True),
        ("...\nlast\n", "one\nlast\nmore\n", False),
        ("head\n...\n", "head\n", True),
        ("1.5\n", "1x5\n", False),
        ("", "unexpected\n", False),
    ],
)
def test_dots_stand_for_any_text(shown, printed, same):
    assert matches(shown, printed) is same


def documents() -> list[Path]:
    return [*TOP.glob("*.md"), *(path for path in TOP.glob("docs/**/*.md") if "functions" not in path.parts)]


@pytest.mark.parametrize("page", documents(), ids=lambda path: str(path.relative_to(TOP)))
def test_local_links_lead_somewhere(page):
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in LINK.findall(text):
        if "://" in target or target.startswith("mailto:"):
            continue
        place, _, anchor = unquote(target).partition("#")
        path = (page.parent / place).resolve() if place else page
        if TOP / "docs" / "functions" in path.parents:
            assert path.stem == "index" or path.stem in _functions(), f"{page.name}: no function for {target}"
            continue
        assert path.exists(), f"{page.name}: {target} is not there"
        if anchor:
            assert anchor in _anchors(path), f"{page.name}: {target} has no such heading"


def _functions() -> set[str]:
    from pycalc import FUNCTIONS

    return set(FUNCTIONS)


def _anchors(path: Path) -> set[str]:
    """Headings as links name them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
