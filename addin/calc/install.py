"""Installing the extension in LibreOffice, as its extension manager does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from addin.calc import extension
from addin.diagnosis import Diagnosis, finding
from pycalc.version import VERSION
from workbook.errors import WorkbookError
from workbook.file.saving import scratch

_PLACES = (
    "C:/Program Files/LibreOffice/program/unopkg.com",
    "C:/Program Files (x86)/LibreOffice/program/unopkg.com",
    "/Applications/LibreOffice.app/Contents/MacOS/unopkg",
    "/usr/lib/libreoffice/program/unopkg",
    "/usr/lib64/libreoffice/program/unopkg",
    "/opt/libreoffice/program/unopkg",
)
_LOADERS = ("pythonloader.py", "../Resources/pythonloader.py")
"""LibreOffice's own Python support; Debian packages it apart."""


def install(packages: str = "") -> str:
    """Install the extension for this user; what was done, as a sentence."""
    with scratch() as folder:
        path = Path(folder, extension.FILE)
        extension.build(path, packages)
        _unopkg("add", "-f", str(path))
    return f"Installed version {VERSION} in LibreOffice. Close all its windows once; then type =PE_MONTHLY( in Calc."


def uninstall() -> str:
    """Remove the extension for this user."""
    if not _installed():
        return "The extension is not installed in LibreOffice."
    _unopkg("remove", extension.IDENTIFIER)
    return "Removed the extension from LibreOffice. Close all its windows once."


def findings() -> list[Diagnosis]:
    """Whether LibreOffice, its Python and the extension are there."""
    program = _program()
    if program is None:
        return [finding("LibreOffice", "program", "not on this computer", "")]
    found = [finding("LibreOffice", "program", str(program.parent), "")]
    office = Path(shutil.which("soffice") or program).resolve().parent
    loader = any((folder / name).exists() for folder in (program.resolve().parent, office) for name in _LOADERS)
    remedy = "its Python support is missing; Debian: apt-get install python3-uno libreoffice-script-provider-python"
    found.append(finding("LibreOffice", "Python", "found", "" if loader else remedy))
    version = _installed()
    wrong = f"version {version} is installed, this is {VERSION}" if version else "not installed"
    wrong = "" if version == VERSION else f"{wrong}: breakeven addin install calc"
    return [*found, finding("LibreOffice", "extension", f"version {version}", wrong)]


def _program() -> Path | None:
    there = shutil.which("unopkg")
    return Path(there) if there else next((Path(place) for place in _PLACES if Path(place).exists()), None)


def _installed() -> str:
    """The version installed; empty for none."""
    try:
        shown = _unopkg("list", extension.IDENTIFIER)
    except WorkbookError:
        return ""
    for line in shown.splitlines():
        name, _, text = line.strip().partition(":")
        if name == "Version":
            return text.strip()
    return ""


def _unopkg(*command: str) -> str:
    program = _program()
    if program is None:
        raise WorkbookError(
            "LibreOffice is not on this computer. Install it, or build the file: breakeven addin build calc"
        )
    if sys.platform != "win32" and os.geteuid() == 0:
        raise WorkbookError(
            "LibreOffice installs extensions for a user, not for root. Run this as the user, or give the user the "
            "file: breakeven addin build calc"
        )
    done = subprocess.run([str(program), *command], capture_output=True, text=True, timeout=120)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise WorkbookError(f"LibreOffice refused: {lines[0] if lines else 'no reason given'}. Close its windows first")
    return done.stdout
