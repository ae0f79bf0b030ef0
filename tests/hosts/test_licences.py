"""What we hand out carries the licences of what is in it."""

import tomllib
import zipfile
from pathlib import Path

from addin.calc import extension
from addin.packing import sources

ROOT = Path(__file__).parents[2]


def test_our_licence_is_in_the_package_too():
    assert (ROOT / "pycalc" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    with open(ROOT / "pyproject.toml", "rb") as file:
        shipped = tomllib.load(file)["tool"]["setuptools"]["package-data"]["*"]
    assert {"LICENSE", "data/**"} <= set(shipped)


def test_the_extension_carries_every_licence(tmp_path):
    extension.build(tmp_path / "breakeven.oxt")
    with zipfile.ZipFile(tmp_path / "breakeven.oxt") as archive:
        names = set(archive.namelist())
        assert archive.read("LICENSE") == (ROOT / "LICENSE").read_bytes()
    texts = [path.name for path in (ROOT / "pycalc/data/vocabularies/licences").iterdir()]
    assert texts
    for name in texts:
        assert f"pythonpath/pycalc/data/vocabularies/licences/{name}" in names
    assert "pythonpath/pycalc/data/README.md" in names  # where each price is from


def test_what_other_hosts_carry_names_its_licence():
    assert "pycalc/LICENSE" in sources(vocabularies=False)
