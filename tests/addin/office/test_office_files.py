"""The add-in's files and the commands that write, check and serve them."""

from __future__ import annotations

import gzip
import json
import threading
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from addin.cli import app
from addin.office import build, check, serve
from addin.sheets import build as sheets
from pycalc import FUNCTIONS
from workbook.errors import WorkbookError

URL = "https://tools.example.com/breakeven"


@pytest.fixture(scope="module")
def files():
    return build.files(URL)


def test_microsofts_rules_hold(files):
    assert check.problems(files) == []


def test_what_has_to_be_loaded_first_is_small(files):
    """60 kB packed until the pane is ready; prices come with the first question, another seller's with theirs."""
    first = [name for name in files if name.startswith(("taskpane", "functions-"))]
    assert len(first) == 4  # page, style, two scripts
    assert sum(len(gzip.compress(files[name])) for name in first) < 60_000
    for later, most in (("data/prices-", 16_000), ("data/sellers-", 25_000)):
        (data,) = (data for name, data in files.items() if name.startswith(later))
        assert len(gzip.compress(data)) < most


def test_no_namespace_and_one_set_of_names(files):
    assert b"Namespace" not in files["manifest.xml"]
    assert [function["id"] for function in json.loads(files["functions.json"])["functions"]] == list(FUNCTIONS)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("manifest.xml", b"<Permissions>", b"<Later/><Permissions>", "children of OfficeApp"),
        ("manifest.xml", b'resid="Script.Url"', b'resid="Missing.Url"', "Missing.Url"),
        ("manifest.xml", b"https://tools.example.com/breakeven/help.html", b"http://a.b/", "not https"),
        ("manifest.json", b'"lifetime": "long"', b'"lifetime": "eternal"', "eternal"),
        ("manifest.json", b'"extensions"', b'"extension"', "extension"),
        ("functions.json", b'"id": "FT_ROI"', b'"id": "FT ROI"', "FT ROI"),
        ("functions.json", b'"dimensionality": "matrix"', b'"dimensionality": "cube"', "cube"),
        ("taskpane.html", b"Content-Security-Policy", b"Other", "no content-security policy"),
        ("taskpane.html", b"<body>", b"<body onload=alert(1)>", "holds a script"),
    ],
)
def test_a_file_that_microsoft_would_refuse_is_found(files, name, old, new, said):
    damaged = {**files, name: files[name].replace(old, new, 1)}
    assert damaged[name] != files[name]
    assert any(said in problem for problem in check.problems(damaged))


def test_a_script_that_is_not_there_is_found(files):
    fewer = {name: data for name, data in files.items() if not name.startswith("functions-")}
    assert check.problems(fewer)


@pytest.mark.parametrize(
    "url",
    ["http://tools.example.com", "tools.example.com", "https://", "ftp://x/", "https://a/?q=1", "https://u:p@a/", ""],
)
def test_an_address_without_https_is_refused(url):
    with pytest.raises(WorkbookError, match="no address of a folder with https"):
        build.address(url)


def test_the_command_writes_a_new_folder_only(tmp_path):
    out = tmp_path / "sheets"
    run = CliRunner()
    assert run.invoke(app, ["addin", "build", "sheets", "-o", str(out)]).exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == ["Breakeven.gs", "Code.gs", "Sidebar.html", "appsscript.json"]
    again = run.invoke(app, ["addin", "build", "sheets", "-o", str(out)])
    assert again.exit_code == 1
    assert "already there" in str(again.exception)
    no_url = run.invoke(app, ["addin", "build", "office", "-o", str(tmp_path / "office")])
    assert no_url.exit_code == 2
    assert "--url" in no_url.output
    assert not (tmp_path / "office").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["sheets"]  # nothing half-written beside it


def test_check_says_what_is_wrong_with_a_folder(tmp_path):
    result = CliRunner().invoke(app, ["addin", "check", "office", str(tmp_path)])
    assert result.exit_code == 1
    assert "holds no manifest.xml" in str(result.exception)


def test_it_is_served_to_this_computer_alone(files, tmp_path):
    build.build(tmp_path / "addin", URL)
    with serve.server(tmp_path / "addin", 0) as served:
        assert served.server_address[0] == "127.0.0.1"
        threading.Thread(target=served.serve_forever, daemon=True).start()
        with urlopen(f"http://127.0.0.1:{served.server_port}/functions.json") as answer:
            assert answer.read() == files["functions.json"]
            assert answer.headers["Content-Type"].startswith("application/json")
        served.shutdown()
    with pytest.raises(WorkbookError, match="holds no add-in"):
        serve.server(tmp_path, 0)


def test_code_gs_lists_what_sheets_can_have():
    text = sheets.text()
    assert text.count("@customfunction") == len(sheets.names())
    assert "function TOKEN_COUNT(" not in text
