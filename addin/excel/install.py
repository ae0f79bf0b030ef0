"""Installing the add-in in Excel on Windows: what is put where, and how it is undone.

Two places are changed: Excel's start folder gets breakeven.xlam, and xlwings' own configuration learns which
Python to start. What that configuration said before stands beside it and comes back on uninstall.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from addin.diagnosis import Diagnosis, finding
from workbook.errors import WorkbookError
from workbook.file.saving import replacing

INTERPRETER, MODULES = "INTERPRETER_WIN", "UDF MODULES"
UDF_MODULE = "addin.excel.functions"


class Places:
    """Where things are on one Windows computer; the tests put them elsewhere."""

    def __init__(self, environment: Mapping[str, str], prefix: str, executable: str) -> None:
        self.start_folder = Path(environment["APPDATA"], "Microsoft", "Excel", "XLSTART")
        self.configuration = Path(environment["USERPROFILE"], ".xlwings", "xlwings.conf")
        self.before = self.configuration.with_name("breakeven-before.json")
        self.prefix = Path(prefix)
        self.python = Path(executable)

    @property
    def windowless_python(self) -> Path:
        """pythonw.exe beside python.exe: no black window opens."""
        other = self.python.with_name(self.python.name.replace("python.exe", "pythonw.exe"))
        return other if other.exists() else self.python


def here() -> Places:
    """This computer's; refused where there is no Excel for Windows."""
    if sys.platform != "win32":
        raise WorkbookError(
            "Excel add-ins of this kind exist on Windows alone. On a Mac or in the browser use xlwings Lite "
            "(breakeven addin build lite); to carry the files to Windows: breakeven addin build excel -o FOLDER"
        )
    return Places(os.environ, sys.prefix, sys.executable)


def install(places: Places) -> list[str]:
    """Put the add-in and the configuration in place; what was done, step by step."""
    from addin.excel.workbook import ADDIN, build

    places.start_folder.mkdir(parents=True, exist_ok=True)
    build(places.start_folder, (ADDIN,))
    settings = _read(places.configuration)
    wanted = {INTERPRETER: str(places.windowless_python), MODULES: UDF_MODULE}
    if not places.before.exists():
        places.before.parent.mkdir(parents=True, exist_ok=True)
        kept = {key: settings.get(key) for key in wanted}
        places.before.write_text(json.dumps(kept), encoding="utf-8")
    _write(places.configuration, settings | wanted)
    return [
        f"Excel loads {places.start_folder / ADDIN} at every start.",
        f"xlwings starts {wanted[INTERPRETER]} ({places.configuration}).",
        "Start Excel anew and type =PE_MONTHLY( in a cell; the fx button explains each argument.",
        "xlwings' own add-in is not needed: breakeven.xlam brings the part of it that calls Python.",
    ]


def uninstall(places: Places) -> list[str]:
    """Undo `install`; what was done."""
    from addin.excel.workbook import ADDIN

    addin = places.start_folder / ADDIN
    done = []
    if addin.exists():
        try:
            addin.unlink()
        except PermissionError:
            raise WorkbookError(f"{addin} is in use. Close Excel and try again") from None
        done.append(f"Removed {addin}.")
    if places.before.exists():
        kept = json.loads(places.before.read_text(encoding="utf-8"))
        settings = {key: text for key, text in _read(places.configuration).items() if key not in kept}
        _write(places.configuration, settings | {key: text for key, text in kept.items() if text is not None})
        places.before.unlink()
        done.append(f"{places.configuration} says again what it said before.")
    return done or ["The add-in is not installed in Excel."]


def findings(places: Places, disabled: list[str]) -> list[Diagnosis]:
    """What stands in the way. `disabled` are the add-ins Excel has switched off by itself."""
    import xlwings

    from addin.excel.workbook import ADDIN

    addin, again = places.start_folder / ADDIN, "breakeven addin install excel"
    found = [finding("Excel", "add-in", str(addin), "" if addin.exists() else f"{addin} is missing: {again}")]
    interpreter = _read(places.configuration).get(INTERPRETER, "")
    wrong = ""
    if not interpreter:
        wrong = f"not named in xlwings' settings: {again}"
    elif not Path(interpreter).exists():
        wrong = f"{interpreter}, named in {places.configuration}, is not there: {again}"
    elif Path(interpreter).parent != places.python.parent:
        wrong = f"{interpreter} is another Python than this one, {places.python}: {again}"
    found.append(finding("Excel", "Python", interpreter, wrong))
    bits = "64" if sys.maxsize > 2**32 else "32"
    library = f"xlwings{bits}-{xlwings.__version__}.dll"
    there = any((folder / library).exists() for folder in (places.prefix, places.python.parent))
    missing = f"{library} is not in {places.prefix}: pip install --force-reinstall xlwings"
    found.append(finding("Excel", "xlwings", library, "" if there else missing))
    off = [path for path in disabled if ADDIN.lower() in path.lower()]
    remedy = "Excel has switched it off: File, Options, Add-ins, Manage: Disabled Items, Go, enable breakeven.xlam"
    found.append(finding("Excel", "enabled", "not switched off", remedy if off else ""))
    return found


def switched_off() -> list[str]:
    """What Excel lists as disabled items, from the registry."""
    import winreg

    found = []
    for version in ("16.0", "15.0"):
        path = rf"Software\Microsoft\Office\{version}\Excel\Resiliency\DisabledItems"
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:  # type: ignore[attr-defined,unused-ignore]
                for number in range(winreg.QueryInfoKey(key)[1]):  # type: ignore[attr-defined,unused-ignore]
                    value = winreg.EnumValue(key, number)[1]  # type: ignore[attr-defined,unused-ignore]
                    found.append(value.decode("utf-16-le", "replace") if isinstance(value, bytes) else str(value))
        except OSError:
            continue
    return found


def _read(path: Path) -> dict[str, str]:
    """xlwings' configuration: lines of "KEY","VALUE"."""
    if not path.exists():
        return {}
    rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    return {row[0].upper(): row[1] for row in rows if len(row) == 2}


def _write(path: Path, settings: Mapping[str, str]) -> None:
    target = io.StringIO()
    csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(settings.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(target.getvalue().encode())
