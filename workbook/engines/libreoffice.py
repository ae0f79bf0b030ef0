"""LibreOffice Calc without a window: the one whole spreadsheet program that runs everywhere.

Each process has a profile of its own, so that runs can go side by side, and in it "recalculate on load: always":
by default LibreOffice believes the values a file stores. Several files go through one run. It does not know our
functions in an .xlsx; what uses them is reported as unsupported.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from pycalc.errors import CalcError
from workbook.engines import EngineFailed, EngineMissing, Recalculation
from workbook.file.addresses import address
from workbook.file.book import detached
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.file.saving import scratch
from workbook.formulas.cells import computed_places

SECONDS = 180
"""How long one run may take."""

_SETTINGS = Path(__file__).parent / "libreoffice.xcu.template"
"""What each profile begins with: it recalculates always, runs no macro and stays off the network."""

_HEAP = {"MALLOC_MMAP_THRESHOLD_": str(128 << 20), "MALLOC_TRIM_THRESHOLD_": str(256 << 20)}
"""It takes 64 MB for a picture nobody sees, again and again: what the C library gives back to the system between, the
system has to blank each time, which takes it half of a start's time."""


def recalculate(source: Package | str | os.PathLike[str], seconds: float = SECONDS) -> Recalculation:
    """Recalculate a workbook; see `workbook.engines.recalculate`."""
    return recalculate_many([source], seconds)[0]


def recalculate_many(
    sources: Sequence[Package | str | os.PathLike[str]], seconds: float = SECONDS
) -> list[Recalculation]:
    """Recalculate several workbooks in one run of LibreOffice."""
    with scratch("calc-") as folder, ExitStack() as stack:
        inputs, packages = [], []
        for number, source in enumerate(sources):
            package = source if isinstance(source, Package) else stack.enter_context(Package(source))
            packages.append(package)
            inputs.append(Path(folder, f"{number}{package.path.suffix or '.xlsx'}"))
            inputs[-1].write_bytes(package.dumps(detached(package)))
        results = convert(inputs, Path(folder, "out"), "xlsx", seconds)
        return [_read(package, result) for package, result in zip(packages, results, strict=True)]


def values_of(path: Path, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Value]:
    """What some cells of a file show when LibreOffice computed it."""
    with Package(path) as package:
        computed = recalculate(package)
    return {key: computed.values[key] for key in keys if key in computed.values}


def convert(paths: Sequence[Path], folder: Path, form: str, seconds: float = SECONDS) -> list[Path]:
    """Convert files to another format (xlsx, pdf, ..), recalculated, in one run; the new files' paths."""
    folder.mkdir(exist_ok=True)
    command = [
        program(),
        f"-env:UserInstallation={_profile().as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        form,
        "--outdir",
        str(folder),
        *map(str, paths),
    ]
    # A signal that came before the process is known would leave it running: it waits until the process can be ended.
    held = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING) if hasattr(signal, "pthread_sigmask") else None
    run = None
    try:
        run = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            # What it leaves behind when it is killed goes with the profile.
            env={**_HEAP, **os.environ, "TMPDIR": str(_profile() / "tmp")},
        )
        if held is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)
        said = run.communicate(timeout=seconds)[0].decode("utf-8", "replace").strip()
    except BaseException as problem:
        if run is not None:
            # soffice is a script around the program: the whole group it started has to go.
            os.killpg(run.pid, signal.SIGKILL)
            run.communicate()
        if isinstance(problem, subprocess.TimeoutExpired):
            raise EngineFailed(f"LibreOffice did not finish within {seconds:g} seconds") from None
        raise
    finally:
        if held is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)
    results = [folder / f"{path.stem}.{form.partition(':')[0]}" for path in paths]
    for path, result in zip(paths, results, strict=True):
        if not result.exists():
            raise EngineFailed(
                f"LibreOffice could not convert {path.name}: {' '.join(said.split()) or 'no reason given'}"
            )
    return results


def program() -> str:
    """The path of LibreOffice."""
    for name in ("soffice", "libreoffice"):
        found = shutil.which(name)
        if found:
            return found
    raise EngineMissing(
        "LibreOffice is not installed; on Debian or Ubuntu: apt-get install --no-install-recommends "
        "libreoffice-calc-nogui"
    )


_ENDING = {signal.SIGINT, signal.SIGTERM} | ({signal.SIGHUP} if hasattr(signal, "SIGHUP") else set())


@cache
def _profile() -> Path:
    """This process's profile, removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="breakeven-profile-"))
    owner = os.getpid()
    atexit.register(_remove, folder, owner)
    user = folder / "user"
    user.mkdir()
    (folder / "tmp").mkdir()
    shutil.copyfile(_SETTINGS, user / "registrymodifications.xcu")
    return folder


def _remove(folder: Path, owner: int) -> None:
    """Not in a forked child: the profile is its parent's."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def _read(before: Package, converted: Path) -> Recalculation:
    """The values of the source's formula cells, from the file LibreOffice wrote."""
    result = Recalculation()
    with Package(converted) as after:
        parts = {sheet.name: sheet.part for sheet in after.worksheets()}
        for sheet in before.worksheets():
            if sheet.name not in parts:
                raise EngineFailed(f"LibreOffice lost the sheet {sheet.name} of {before.path}")
            values = {(row, column): value for row, column, _, value in after.contents(parts[sheet.name])}
            for place in computed_places(before, sheet.part):
                key = (sheet.name, address(place))
                value = values.get(place)
                if isinstance(value, CalcError) and value.code == "#NAME?":
                    result.unsupported[key] = "LibreOffice does not know a function or name it uses or reads"
                else:
                    result.values[key] = value
    return result
