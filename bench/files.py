"""Commands on workbooks of growing size, against openpyxl's load and save: processor time and peak memory."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.measure import Ran, Row, breakeven, last_line, process, skipped

_LOAD_AND_SAVE = "import sys, openpyxl; openpyxl.load_workbook(sys.argv[1]).save(sys.argv[2])"
_AGAINST = "openpyxl load and save"
_GOALS = {"recalc": 0.5, "check": 0.7, "handover": 1.0, "diff": 0.7}
_NEW_GOAL, _NEW_START = 1.0, 0.3
"""`new` against XlsxWriter writing the same cells, and the seconds it may take beside that."""
_STAGED = 100_000
"""The size at which the slowest stage of a command is looked for."""


def files(quick: bool) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _template(folder / "new.xlsx")
        for size in (1_000, 10_000, *(() if quick else (100_000,))):
            for kind, write in (("", filled), (", mixed", mixed)):
                book = folder / f"{size}{kind}.xlsx"
                write(book, size)
                write(_edited(book), size, 2.0)
                theirs = _best(_openpyxl(book), size)
                for command in _GOALS:
                    yield _command(command, book, kind, size, theirs, size == (10_000 if quick else _STAGED))
        if not quick:
            book = folder / "shared.xlsx"
            for path, factor in ((book, 1.0), (_edited(book), 2.0)):
                mixed(path, _STAGED, factor)
                as_excel(path)
            theirs = process(_openpyxl(book))
            for command in _GOALS:
                yield _command(command, book, ", mixed, as Excel writes it", _STAGED, theirs, False)
            book = folder / "million.xlsx"
            filled(book, 1_000_000)
            yield _command("recalc", book, "", 1_000_000, process(_openpyxl(book)), False)


def _template(book: Path) -> Iterator[Row]:
    ran = process(breakeven("new", "--case", "techwiz", str(book)))
    if ran.code:
        yield skipped("Files", "new", last_line(ran))
        return
    cells = _cells_of(book)
    wrote = process([sys.executable, "-c", _WRITE, str(cells), str(book.with_name("written.xlsx"))])
    if wrote.code:
        yield skipped("Files", "new", last_line(wrote))
    else:
        what = "XlsxWriter writing the same cells, and 0.3 s"
        wrote.processor += _NEW_START
        yield _row("new (the template)", None, ran, wrote, _NEW_GOAL, what)
    _edited(book).write_bytes(book.read_bytes())
    theirs = process(_openpyxl(book))
    for command in _GOALS:
        yield _command(command, book, " (the template)", None, theirs, True)


def _edited(book: Path) -> Path:
    """The later workbook of a comparison."""
    return book.with_name(f"edited-{book.name}")


def _command(command: str, book: Path, kind: str, size: int | None, theirs: Ran, staged: bool) -> Row:
    what = command + kind
    out = str(book.with_name(f"{command}-{book.name}"))
    others = {"check": [], "diff": [str(_edited(book))]}.get(command, ["-o", out])
    forced = ["--force"] if "-o" in others else []
    ran = _best(breakeven(command, str(book), *others, *forced), size)
    if ran.code not in (0, 1):  # 1: done, with something to say
        return skipped("Files", what, last_line(ran))
    row = _row(what, size, ran, theirs, _GOALS[command])
    Path(out).unlink(missing_ok=True)
    if staged:
        row.note = _slowest(command, book, others)
        Path(out).unlink(missing_ok=True)
    return row


def _best(command: list[str], size: int | None) -> Ran:
    """One run of a command; of small workbooks, where a hundredth of a second counts, the best of three."""
    return min((process(command) for _ in range(3 if size and size < _STAGED else 1)), key=lambda ran: ran.processor)


def _slowest(command: str, book: Path, others: list[str]) -> str:
    """The stage of a command that takes the most processor time, from a run of its own."""
    ran = process([sys.executable, "-m", "bench.stages", command, str(book), *others])
    lines = [line for line in ran.output.splitlines() if line.startswith("stages: ")]
    return f"slowest: {lines[-1].removeprefix('stages: ')}" if lines else ""


_WRITE = """
import json, sys, xlsxwriter
book = xlsxwriter.Workbook(sys.argv[2])
for name, cells in json.load(open(sys.argv[1])):
    sheet = book.add_worksheet(name)
    for row, column, formula, value in cells:
        if formula:
            sheet.write_formula(row, column, formula, None, value)
        else:
            sheet.write(row, column, value)
book.close()
"""


def _cells_of(book: Path) -> Path:
    """What a workbook's cells hold, as JSON: sheets with row, column, formula and value."""
    from workbook.file.package import Package
    from workbook.formulas.cells import formula_cells

    sheets = []
    with Package(book) as package:
        strings = package.strings()
        for sheet in package.worksheets():
            texts = {(whole.cell.row, whole.cell.column): whole.text for whole in formula_cells(package, sheet.part)}
            cells = []
            for cell in package.cells(sheet.part):
                value = cell.value(strings)
                plain = value if isinstance(value, str | float | bool) or value is None else str(value.code)
                formula = texts.get((cell.row, cell.column))
                cells.append((cell.row - 1, cell.column - 1, "=" + formula if formula else "", plain))
            sheets.append((sheet.name, cells))
    path = book.with_name("cells.json")
    path.write_text(json.dumps(sheets))
    return path


def _row(what: str, size: int | None, ours: Ran, theirs: Ran, goal: float | None, against: str = _AGAINST) -> Row:
    megabytes = (ours.megabytes, theirs.megabytes)
    return Row("Files", what, size, ours.processor, against, theirs.processor, goal, *megabytes)


def _openpyxl(book: Path) -> list[str]:
    return [sys.executable, "-c", _LOAD_AND_SAVE, str(book), str(book.with_name("openpyxl.xlsx"))]


def filled(path: Path, size: int, factor: float = 1.0) -> None:
    """A workbook of `size` formulas in two columns filled down: half native, half calls of our functions.

    The first constant is multiplied by `factor`, whose values are stored as if it were 1: an edit not calculated yet.
    """
    formulas = (("=B{0}-C{0}", 306), ("=FT_BREAKEVEN(D{0},B{0},C{0})", 2095.33 / 306))
    _write(path, size, lambda row: (10_000 + row % 100, 315, 9, 2095.33), formulas, factor)


def mixed(path: Path, size: int, factor: float = 1.0) -> None:
    """A workbook of `size` formulas of ten kinds: comparisons, look-ups, ranges, chains, errors caught; half ours."""
    formulas = (
        ("=B{0}-C{0}", 306),
        ("=FT_BREAKEVEN($D{0},$B{0},C{0})", 2095.33 / 306),
        ('=IF(B{0}>C{0}*2,"fine","not")', "fine"),
        ("=PE_MONTHLY(A{0},50,B{0},100,0.5,1.5)", 0.3325),
        ("=ROUND(SUM(A{0}:E{0})/5,2)", 783.87),
        ("=IFERROR(FT_BREAKEVEN(D{0},B{0}/2,$C${0}),0)+1", 2095.33 / 148.5 + 1),
        ("=E{0}+F{0}", 806),
        ("=FT_ROI(12,D{0},B{0})", (12 * 315 - 2095.33) / 2095.33),
        ("=VLOOKUP(A{0},$A$1:$B$50,2,FALSE)", 315),
        ("=ROUND(PE_MONTHLY(A{0},50,B{0},100,0.5,1.5),2)", 0.33),
    )
    _write(path, size, lambda _: (1_000, 315, 9, 2095.33, 500), formulas, factor)


def as_excel(path: Path) -> None:
    """Write a workbook's formulas as Excel does those filled down: in every 64 lines once, then as copies of it."""

    def shared(cell: re.Match[str]) -> str:
        letters, row, text = cell[1], int(cell[2]), cell[4]
        if "$C$" in text:  # in each line fixed to another row, so that it was not filled down
            return cell[0]
        first = row - (row - 1) % _SHARED
        number = f'si="{first // _SHARED * 26 + ord(letters) - ord("A")}"'
        if row > first:
            return f'<c r="{letters}{row}"{cell[3]}><f t="shared" {number}/>'
        area = f'ref="{letters}{first}:{letters}{first + _SHARED - 1}"'
        return f'<c r="{letters}{row}"{cell[3]}><f t="shared" {area} {number}>{text}</f>'

    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    text = parts[sheet].decode()
    parts[sheet] = re.sub(r'<c r="([A-Z])(\d+)"([^>]*)><f>([^<]*)</f>', shared, text).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)


_SHARED = 64


def _write(
    path: Path,
    size: int,
    constants: Callable[[int], tuple[float, ...]],
    formulas: tuple[tuple[str, object], ...],
    factor: float,
) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("Model")
    for row in range(size // len(formulas)):
        first, *others = constants(row)
        sheet.write_row(row, 0, (first if row else first * factor, *others))
        for column, (formula, value) in enumerate(formulas, 1 + len(others)):
            sheet.write_formula(row, column, formula.format(row + 1), None, value)
    book.close()
