"""`python tools/pictures.py`: the pictures of the README, from the workbook itself.

LibreOffice prints it, and pdftoppm turns the pages into PNG files in docs/pictures.

Each sheet wanted is the first page that carries its title; white margins are cut off.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from workbook.engines import EngineFailed, EngineMissing
from workbook.engines.libreoffice import convert
from workbook.errors import WorkbookError
from workbook.file.saving import scratch
from workbook.template import CASES, make
from workbook.template.build import build

SHEETS = ("Summary", "Scenarios", "Sensitivity")
DOTS_PER_INCH = 80
BODY = 0.94
"""The part of a page's height above the footer."""
WHITE = 250
MARGIN = 12


def render(case: str, folder: Path, sheets: tuple[str, ...] = SHEETS) -> list[Path]:
    """Write SHEET.png for each sheet into `folder`; returns the files."""
    if case not in CASES:
        raise WorkbookError(f"there is no case {case!r}; there are {', '.join(CASES)}")
    for program in ("pdftoppm", "pdftotext"):
        if not shutil.which(program):
            raise EngineMissing(f"{program} is missing; Debian: apt-get install poppler-utils")
    folder.mkdir(parents=True, exist_ok=True)
    titles = {sheet.name: sheet.title for sheet in make(CASES[case]).sheets}
    written = []
    with scratch("pictures-") as work:
        book = build(case, Path(work, f"{case}.xlsx"))
        (pdf,) = convert([book], Path(work, "out"), "pdf")
        pages = _run("pdftotext", "-layout", str(pdf), "-").split("\f")
        for name in sheets:
            number = next((n for n, text in enumerate(pages, 1) if text.strip().startswith(titles[name])), None)
            if number is None:
                raise EngineFailed(f"LibreOffice printed no page of {name}")
            stem = Path(work, name)
            page = ("-singlefile", "-r", str(DOTS_PER_INCH), "-f", str(number), "-l", str(number))
            _run("pdftoppm", "-gray", *page, str(pdf), str(stem))
            _run("pdftoppm", "-png", *page, *_crop(stem.with_suffix(".pgm")), str(pdf), str(stem))
            target = folder / f"{name.lower()}.png"
            shutil.move(stem.with_suffix(".png"), target)
            written.append(target)
    return written


def _crop(page: Path) -> list[str]:
    """pdftoppm's arguments for the part of a page that is not white, the footer left out."""
    import numpy

    header, size, _, pixels = page.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    dark = numpy.frombuffer(pixels, numpy.uint8).reshape(height, width)[: int(height * BODY)] < WHITE
    rows, columns = numpy.flatnonzero(dark.any(axis=1)), numpy.flatnonzero(dark.any(axis=0))
    if header != b"P5" or not rows.size:
        raise EngineFailed("pdftoppm wrote a page that cannot be read, or an empty one")
    left, top = max(0, columns[0] - MARGIN), max(0, rows[0] - MARGIN)
    wide, high = columns[-1] + MARGIN - left, rows[-1] + MARGIN - top
    return ["-x", str(left), "-y", str(top), "-W", str(wide), "-H", str(high)]


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    for path in render("techwiz", Path("docs/pictures")):
        print(f"{path}: {path.stat().st_size:,} bytes")
