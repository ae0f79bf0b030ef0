"""What we hand out carries the licences of what is in it."""

import tomllib
import zipfile
from pathlib import Path

from addin.calc import extension
from addin.office import build as office
from addin.packing import sources
from addin.sheets import build as sheets

ROOT = Path(__file__).parents[2]


def test_our_licence_is_in_the_package_too():
    assert (ROOT / "pycalc" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    with open(ROOT / "pyproject.toml", "rb") as file:
        shipped = tomllib.load(file)["tool"]["setuptools"]["package-data"]["*"]
    assert {"LICENSE", "data/**"} <= set(shipped)


TEXTS = sorted(path.name for path in (ROOT / "pycalc/data/licences").iterdir())
OTHERS = ("Shantanu Jain", "DeepSeek", "Pydantic Services Inc.", "Nik Klavžar")
"""Whose work is under the MIT licence, as their own licence files have them (read 2026-11-30)."""


def test_every_file_of_data_has_its_licence_named():
    notices = (ROOT / "pycalc/data/licences/NOTICES.txt").read_text(encoding="utf-8")
    mit = (ROOT / "pycalc/data/licences/MIT.txt").read_text(encoding="utf-8")
    assert TEXTS == ["Apache-2.0.txt", "MIT.txt", "NOTICES.txt"]
    for name in OTHERS:
        assert name in notices
        assert name in mit
    data = [path for path in (ROOT / "pycalc/data").rglob("*") if path.suffix in (".csv", ".xz", ".tiktoken")]
    assert len(data) > 15
    for path in data:
        assert path.name.removesuffix(path.suffix) in notices.replace(",", " ").split(), path.name


def test_the_wheel_and_the_archive_carry_every_licence():
    with open(ROOT / "pyproject.toml", "rb") as file:
        said = tomllib.load(file)["project"]
    assert said["license-files"] == ["LICENSE", "pycalc/data/licences/*.txt"]
    assert said["license"] == "MIT AND Apache-2.0"


def test_the_extension_carries_every_licence(tmp_path):
    extension.build(tmp_path / "breakeven.oxt")
    with zipfile.ZipFile(tmp_path / "breakeven.oxt") as archive:
        names = set(archive.namelist())
        assert archive.read("LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert {f"licences/{name}" for name in TEXTS} <= names
    assert "pythonpath/pycalc/data/README.md" in names  # where each price is from


def test_what_goes_into_a_workbook_of_xlwings_lite_carries_them():
    assert {"pycalc/LICENSE", *(f"pycalc/data/licences/{name}" for name in TEXTS)} <= sources(vocabularies=False).keys()


def test_the_office_add_in_carries_every_licence():
    carried = office.files("https://localhost:3000/")
    assert carried["LICENSE"] == (ROOT / "LICENSE").read_bytes()
    for name in TEXTS:
        assert carried[f"licences/{name}"] == (ROOT / "pycalc/data/licences" / name).read_bytes()
    [script] = [data.decode() for name, data in carried.items() if name.startswith("functions-")]
    assert_notices(script)


def test_the_script_of_google_sheets_carries_its_licences():
    """It is pasted file by file, so they stand in it; it has no vocabularies, so not Apache's."""
    assert_notices(sheets.files()["Breakeven.gs"].decode())


def assert_notices(script):
    head = script.partition("*/")[0]
    assert (ROOT / "LICENSE").read_text(encoding="utf-8") in head
    assert "Permission is hereby granted" in head
    for name in OTHERS:
        assert name in head
