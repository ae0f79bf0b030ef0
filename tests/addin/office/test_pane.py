"""The task pane and the custom functions in Chromium, against a stand-in for Office.js."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path

import pytest

from addin.office import build
from addin.office.serve import server
from pycalc import FUNCTIONS

HERE = Path(__file__).parent
OFFICE = "https://appsforoffice.microsoft.com/lib/1/hosted/office.js"


@pytest.fixture(scope="module")
def seen(node, chromium, tmp_path_factory):
    folder = tmp_path_factory.mktemp("office") / "addin"
    build.build(folder, "https://localhost:3000")
    page = folder / "taskpane.html"
    page.write_text(page.read_text(encoding="utf-8").replace(OFFICE, "stub.js"), encoding="utf-8")
    (folder / "stub.js").write_text((HERE / "stub.js").read_text(encoding="utf-8"), encoding="utf-8")
    with server(folder, 0) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        order = {
            "url": f"http://127.0.0.1:{served.server_port}/",
            "browser": chromium,
            "pictures": os.environ.get("BREAKEVEN_PICTURES", ""),
        }
        done = subprocess.run(
            [node, str(HERE / "pane.mjs")], input=json.dumps(order), capture_output=True, text=True, timeout=300
        )
        served.shutdown()
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_every_function_is_there(seen):
    assert seen["functions"] == seen["associated"] == len(FUNCTIONS)
    assert "FT_BREAKEVEN" in seen["found"]


def test_nothing_goes_wrong_and_nothing_is_fetched_from_elsewhere(seen):
    assert [error for error in seen["errors"] if "ERR_FAILED" not in error] == []
    assert all(request.startswith("http://127.0.0.1:") for request in seen["requests"])


def test_it_fits_320_pixels(seen):
    assert seen["wide"] <= 320


def test_a_call_is_put_together_checked_and_inserted(seen):
    assert seen["preview"] == "=FT_BREAKEVEN(Model!A1,315,-9)"
    assert seen["bad"] == (
        "FT_BREAKEVEN: ft_monthly = -9 [USD per month] must be at least 0. "
        "Check running cost of the fine-tuned model. (#NUM!)"
    )
    assert seen["gives"] == "Gives 0.03921568627"  # 12 / (315 - 9)
    assert seen["inserted"] == "=FT_BREAKEVEN(12,315,9)"


def test_explain_says_what_is_wrong_and_what_to_do(seen):
    assert seen["focused"] == "tab-explain"
    assert "Nothing is wrong: it shows 0.0392156862745098." in seen["right"]
    assert "pe_monthly = '<img src=x onerror=window.hacked=1>'" in seen["wrong"]
    assert "is not a number" in seen["wrong"]
    assert "Not followed: A2*2" in seen["nested"]
    assert "holds no formula" in seen["none"]


def test_markup_in_the_workbook_stays_text(seen):
    assert seen["markup"] == [0, 0]
    assert seen["bold"] == 0
    assert "<b>CALL_COST</b>" in seen["questions"]


def test_a_price_comes_with_its_date_and_source(seen):
    assert seen["price"].startswith("5 USD")  # OpenAI, May 2024: gpt-4o at 5 and 15 USD
    price, source = seen["priceCell"]
    assert price == 5
    assert "read 20" in source
    assert "is not empty" in seen["notEmpty"]
    assert "no such model" in seen["noPrice"]


def test_the_tokens_of_the_selection(seen):
    assert seen["tokens"].startswith("6\n")  # OpenAI's cookbook: "tiktoken is great!" has 6 in cl100k_base


def test_the_checks_that_do_not_hold(seen):
    assert "A check does not hold." in seen["questions"]
    assert "2 needed inputs are blank." in seen["questions"]
    assert "1 question is open." in seen["questions"]
    assert "Price far from the catalogue" in seen["questions"]
    assert "Go to pe_input_price" in seen["questions"]
    assert "Checks, row 4" in seen["questions"]
    assert seen["wentTo"] == ["Model", "A2"]  # the cell that has the name
    assert seen["wentToRow"] == "A4"
    for settled in ("PE_MONTHLY", "stored as text", "Question\n"):
        assert settled not in seen["questions"]


def test_what_excel_on_the_desktop_sends(seen):
    got = seen["desktop"]
    assert got["blank"] == [[0.002]]  # 1,000 cached tokens at the input price, 2 USD
    assert got["left"] == [[0.002]]
    assert got["zero"] == [[0]]  # a cached price of 0 is a real zero
    assert got["unknown"] == [[0]]
    assert got["error"].startswith("#N/A|FT_BREAKEVEN: upfront is an input cell that shows #N/A")
    assert got["never"].startswith("#N/A|FT_BREAKEVEN: never breaks even")
    assert got["spill"][0] == [12 / 306]
    assert got["spill"][1][0]["code"] == "#N/A"
    assert got["check"] == [["OK"]]
    assert got["tokens"] == [[6]]


def test_a_vocabulary_that_does_not_load_is_said_in_the_cell(seen):
    assert seen["unloaded"].startswith("#N/A TOKEN_COUNT: has no answer: the vocabulary o200k_base did not load")
    assert "(it is not the file that was shipped)" in seen["another"]  # its digest differs


def test_the_policy_in_the_page_is_kept(seen):
    assert seen["policy"] == [0, "refused"]


def test_what_a_screen_reader_says(seen):
    for spoken in (
        'tab "Functions" [selected]',
        'tab "Checks"',
        "tabpanel",
        'searchbox "Find a function"',
        'button "FT_BREAKEVEN',
        "status",
    ):
        assert spoken in seen["spoken"], spoken
    for spoken in (
        'textbox "upfront [USD]"',
        'button "Take upfront from the selected cells"',
        'button "Insert in the selected cell"',
    ):
        assert spoken in seen["spokenCall"], spoken
    assert 'button ""' not in seen["spoken"]
