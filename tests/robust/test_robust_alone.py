"""No network, no telemetry, no live formula from a text, no licence that forbids selling."""

from __future__ import annotations

import ast
import csv
import re
import sys
import zipfile
from importlib import metadata
from xml.etree import ElementTree

import pytest

from pycalc.dataset.audit import audit
from pycalc.dataset.cost import Plan
from tests import sharing
from tests.books import row, sheet, write_book
from tests.robust.hindrances import look_out, without_network
from tests.robust.writingcommands import ROOT, arguments, fill, run, started, target
from workbook.file.package import Package
from workbook.tasks.scenario import Scenario, add_scenarios
from workbook.tasks.training_inputs import write_inputs

HOSTILE = ("=1+1", "+1+1", "-1+1", "@SUM(1)", '=HYPERLINK("http://x.invalid","y")', "=cmd|' /C calc'!A0", "\t=1+1")


OFFLINE = {
    "recalc": arguments("recalc"),
    "risk": arguments("risk"),
    "check": ["check", "book.xlsx", "--fail-on", "never"],
    "tokens": ["tokens", "table.csv"],
    "prices": ["prices", "gpt-4o"],
    "dataset": ["dataset", "train.jsonl"],
    "dataset build": arguments("dataset build"),
    "functions": ["functions"],
    "eval": ["eval", '=TOKEN_COUNT("hello")'],
}


@pytest.mark.parametrize("name", OFFLINE)
def test_no_sockets(name, tmp_path):
    """No command notices that there is no network."""
    fill(tmp_path)
    done = run(tmp_path, *OFFLINE[name], before=without_network)
    assert done.returncode in (0, 1), done.stderr[-1000:]
    assert "network" not in done.stderr


def test_no_sockets_while_the_command_is_loaded(tmp_path):
    """The commands above are loaded before the block stands."""
    script = "from tests.robust.hindrances import without_network; without_network(); "
    script += "from addin.entry import main; main()"
    done = started(tmp_path, "eval", "=FT_BREAKEVEN(12,315,9)", by=(sys.executable, "-c", script))
    assert done.returncode == 0, done.stderr[-1000:]


def test_the_block_blocks(tmp_path):
    done = run(tmp_path, "functions", before=look_out)
    assert done.returncode == 1
    assert "network: socket." in done.stderr


NETWORK_MODULES = {"socket", "urllib", "http", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "ssl", "telnetlib"}


def test_nothing_shipped_imports_a_network_module():
    found = []
    for folder in ("pycalc", "workbook", "addin"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if not any(name in text for name in NETWORK_MODULES):
                continue
            for node in ast.walk(ast.parse(text)):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                here = path.relative_to(ROOT).as_posix()
                found += [f"{here}: {name}" for name in names if name.split(".")[0] in NETWORK_MODULES]
    assert sorted(found) == [
        "addin/office/build.py: urllib.parse",  # takes an address apart, asks nobody
        "addin/office/serve.py: http.server",  # `addin serve` listens on the loopback address
        "addin/office/serve.py: ssl",  # with a certificate, where one is named
        "pycalc/cluster.py: socket",  # asked for by --scheduler, which names the address of one's own Dask cluster
    ]


# formula injection


def formulas(path):
    """Every formula and defined name of a workbook, as they stand in the file."""
    with Package(path) as package:
        found = [cell.formula for tab in package.worksheets() for cell in package.cells(tab.part) if cell.formula]
        return found + [name.text for name in package.defined_names()]


def live(text, formulas_found):
    """Formulas that are the hostile text itself, not a quotation of it."""
    bare = text.strip().lstrip("=+@")
    return [formula for formula in formulas_found if formula.strip().lstrip("=+@") == bare]


@pytest.mark.usefixtures("values_left_alone")
@pytest.mark.parametrize("text", ["=1+1", "@SUM(1)", "\t=1+1"])
def test_scenario_name(text, tmp_path):
    fill(tmp_path)
    out = tmp_path / "out.xlsx"
    add_scenarios(tmp_path / "book.xlsx", out, [Scenario(text, ("queries=20000",))], by=text, day="2026-11-20")
    assert not live(text, formulas(out))


@pytest.mark.usefixtures("values_left_alone")
def test_dataset_names_and_labels(tmp_path):
    """File name, label and texts of a training file that look like formulas."""
    fill(tmp_path)
    line = '{"messages":[{"role":"user","content":"=1+1"},{"role":"assistant","content":"=2+2"}],"kind":"=3+3"}\n'
    data = tmp_path / "=4+4.jsonl"
    data.write_text(line * 12)
    result = audit(str(data), Plan(), label="kind")
    write_inputs(tmp_path / "book.xlsx", tmp_path / "out.xlsx", result, overwrite=True)
    found = formulas(tmp_path / "out.xlsx")
    assert not any(live(text, found) for text in ("=1+1", "=2+2", "=3+3", "=4+4.jsonl"))


@pytest.mark.parametrize("name", ["recalc", "handover", "addin lambda"])
def test_texts_and_sheet_names_of_a_workbook(name, tmp_path):
    """Texts, a formula whose value is such a text, and a sheet named like a formula."""
    cells = "".join(
        row(number, A=f'<c r="A{number}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>')
        for number, text in enumerate((text.replace("&", "&amp;").replace("<", "&lt;") for text in HOSTILE), 1)
    )
    last = row(20, A="<f>A1&amp;A2</f><v></v>", B="<f>FT_BREAKEVEN(2095,315,9)</f><v></v>")
    write_book(tmp_path / "few.xlsx", {"=1+1": sheet(cells + last)})
    before = formulas(tmp_path / "few.xlsx")
    done = run(tmp_path, *arguments(name))
    assert done.returncode in (0, 1), done.stderr
    after = formulas(tmp_path / target(name))
    assert not any(live(text, after) for text in HOSTILE)
    assert len(after) >= len(before)
    with Package(tmp_path / target(name)) as package:
        strings = package.strings()
        shown = {cell.value(strings) for tab in package.worksheets() for cell in package.cells(tab.part)}
        assert set(HOSTILE) <= shown


@pytest.fixture(scope="module")
def scenarios_named_like_code(tmp_path_factory):
    """A workbook with a scenario named like a formula, and one like a field of Word."""
    folder = tmp_path_factory.mktemp("named")
    field = 'DDEAUTO c:\\\\x "calc" {INCLUDETEXT "http://x.invalid"}'
    named = [Scenario("=1+1", ("queries=20000",)), Scenario(field[:31], ("queries=2",))]
    add_scenarios(sharing.tiny(spare=2), folder / "hostile.xlsx", named, day="2026-11-20")
    return folder


def test_csv_of_a_report(scenarios_named_like_code):
    """A cell of a CSV that begins like a formula is one, to Excel: such texts come with an apostrophe or a quote."""
    done = run(scenarios_named_like_code, "report", "hostile.xlsx", "-o", "memo.csv")
    assert done.returncode == 0, done.stderr
    with open(scenarios_named_like_code / "memo.csv", encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert any("=1+1" in cell for line in lines for cell in line)
    for line in lines:
        for cell in line:
            assert not re.match(r"[=+@\t\r]|-(?![\d.]+%?$)", cell), cell


def test_word_report_has_no_fields_from_texts(scenarios_named_like_code):
    """Word runs fields (DDE, INCLUDETEXT): none comes from a workbook's text."""
    assert run(scenarios_named_like_code, "report", "hostile.xlsx", "-o", "memo.docx").returncode == 0
    with zipfile.ZipFile(scenarios_named_like_code / "memo.docx") as parts:
        assert b"DDEAUTO" in parts.read("word/document.xml")
        for name in parts.namelist():
            if name.endswith(".xml"):
                for element in ElementTree.fromstring(parts.read(name)).iter():
                    if element.tag.endswith("}instrText"):
                        assert re.match(r"\s*(PAGE|NUMPAGES|TOC)\b", element.text or ""), element.text
                    assert not element.tag.endswith("}attachedTemplate")
            if name.endswith(".rels"):
                assert "x.invalid" not in parts.read(name).decode()


# dependencies

PERMISSIVE = re.compile(r"\b(MIT|BSD|Apache|PSF|Python Software Foundation|ISC|MPL|Mozilla|0BSD|Zlib)\b", re.I)
COPYLEFT = re.compile(r"\b(AGPL|GPL|SSPL|Affero|Commons Clause|BUSL|non-?commercial)", re.I)


def needed(name, seen):
    """The packages a package needs at run time, itself included."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in seen:
        return
    try:
        found = metadata.distribution(key)
    except metadata.PackageNotFoundError:
        return
    seen[key] = found
    for requirement in found.requires or ():
        if "extra ==" not in requirement:
            needed(re.match(r"[\w.-]+", requirement)[0], seen)


def test_licences_allow_commercial_use():
    """Every run-time dependency says so in its own metadata, of which the classifiers count most."""
    seen: dict[str, metadata.Distribution] = {}
    needed("llm-breakeven", seen)
    assert {"numpy", "xlsxwriter", "tiktoken", "typer", "rich", "formualizer"} <= seen.keys()
    for name, found in seen.items():
        held = found.metadata
        said = [held.get("License-Expression") or "", *[c for c in held.get_all("Classifier") or [] if "License" in c]]
        if not any(said):
            said = [(held.get("License") or "")[:200]]
        words = " ".join(said)
        assert PERMISSIVE.search(words), f"{name}: {words!r}"
        assert not COPYLEFT.search(words), f"{name}: {words!r}"


@pytest.mark.parametrize("name", ["run", "test", "docs"])
def test_locked_with_hashes(name):
    """Each package has one version and hashes; none comes from an address."""
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(lines) > 10
    for line in lines:
        assert re.match(r"[\w.\[\]-]+==[\w.!+]+(\s*;[^-]+)?\s+--hash=sha256:[0-9a-f]{64}", line), line
        assert "://" not in line
