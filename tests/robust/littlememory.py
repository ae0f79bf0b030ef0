"""Every command with little memory, on large inputs: python -m tests.robust.littlememory [--full] [NAME ..]

The limit is RLIMIT_DATA: the private memory a process may write to, which Linux enforces for any user and without a
container. Address space (RLIMIT_AS) would count what is only reserved (thread stacks, arenas of the allocator, mapped
libraries), resident memory (RLIMIT_RSS) is not enforced at all. Each process has the limit by itself; `--cgroup`
holds a command with all it starts to its resident memory instead, where one may make a memory cgroup.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import sharing
from tests.robust.writingcommands import BREAKEVEN, ROOT

LIMIT = 512
"""MB, what the whole command set has to do with on large inputs."""


LONGEST = 600
"""Seconds a command may take."""


@dataclass(frozen=True)
class Sizes:
    """How large the inputs are."""

    formulas: int
    """Formulas of a workbook, half of them calls of ours; the sheet beside the template has ten times the values."""
    examples_mb: int
    """A training file."""
    text_mb: int
    rows: int
    """Texts of a table."""
    trials: int
    cells: int
    """Cells of an array that a formula given to `eval` makes."""
    strings: int
    """Different texts of a workbook with one formula of ours."""


FULL = Sizes(100_000, 1_000, 200, 100_000, 10_000_000, 1_000_000, 3_000_000)
SMALL = Sizes(10_000, 15, 20, 10_000, 1_000_000, 100_000, 60_000)

WORDS = ("order", "refund", "late", "parcel", "invoice", "thank", "you", "please", "sorry", "account", "address")


def formulas(path: Path, sizes: Sizes, price: float = 2095.33) -> None:
    """A workbook of many formulas: half native, half calls of our functions."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("Model")
    for row in range(sizes.formulas // 2):
        place = row + 1
        sheet.write_row(row, 0, (10_000 + row % 100, 315, 9, price))
        sheet.write_formula(row, 4, f"=B{place}-C{place}", None, 306)
        sheet.write_formula(row, 5, f"=FT_BREAKEVEN(D{place},B{place},C{place})", None, price / 306)
    book.close()


def model(path: Path, sizes: Sizes, changed: bool = False) -> None:
    """The template beside a large sheet of values and formulas; `changed` in one input and in some of the rows.

    Beside the small one it has no scenarios and 12 months: what grows with the sheet is asked of the same code in half
    the time."""
    from workbook.file.addresses import column_letters
    from workbook.file.package import Package
    from workbook.file.sheets import add_sheet

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    half = sizes.formulas // 2
    columns = [column_letters(column) for column in range(1, 21)]
    pieces = [f'<worksheet xmlns="{main}"><sheetData>']
    for row in range(1, half + 1):
        more = 1 if changed and not row % 1000 else 0
        values = (315 + more, 9, 2095.33, *(row + column / 100 for column in range(17)))
        cells = [f'<c r="{name}{row}"><v>{value}</v></c>' for name, value in zip(columns, values, strict=True)]
        cells += [
            f'<c r="U{row}"><f>A{row}-B{row}</f><v>{306 + more}</v></c>',
            f'<c r="V{row}"><f>FT_BREAKEVEN(C{row},A{row},B{row})</f><v>{2095.33 / (306 + more)}</v></c>',
        ]
        pieces.append(f'<row r="{row}">{"".join(cells)}</row>')
    pieces.append("</sheetData></worksheet>")
    with Package(sharing.template("techwiz") if sizes is FULL else sharing.tiny()) as package:
        add_sheet(package, "Data", "".join(pieces).encode())
        package.save(path)


def examples(path: Path, sizes: Sizes) -> None:
    """A training file."""
    chosen = random.Random(3)
    with open(path, "w", encoding="utf-8") as file:
        while file.tell() < sizes.examples_mb << 20:
            messages = [
                {"role": "system", "content": "You answer for a shop, kindly and in one paragraph."},
                {"role": "user", "content": " ".join(chosen.choices(WORDS, k=30))},
                {"role": "assistant", "content": " ".join(chosen.choices(WORDS, k=60))},
            ]
            file.write(json.dumps({"messages": messages}) + "\n")


def text(path: Path, sizes: Sizes) -> None:
    chosen = random.Random(4)
    with open(path, "w", encoding="utf-8") as file:
        while file.tell() < sizes.text_mb << 20:
            file.write(" ".join(chosen.choices(WORDS, k=2000)) + "\n")


def one_line(path: Path, sizes: Sizes) -> None:
    """A text without a line end."""
    chosen = random.Random(6)
    with open(path, "w", encoding="utf-8") as file:
        while file.tell() < sizes.text_mb << 20:
            file.write(" ".join(chosen.choices(WORDS, k=2000)) + " ")


def table(path: Path, sizes: Sizes) -> None:
    """A table of examples, as .csv or .xlsx."""
    import csv

    import xlsxwriter

    chosen = random.Random(5)
    rows = ((" ".join(chosen.choices(WORDS, k=30)), " ".join(chosen.choices(WORDS, k=60))) for _ in range(sizes.rows))
    if path.suffix == ".csv":
        with open(path, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("user", "assistant"), *rows])
        return
    book = xlsxwriter.Workbook(path, {"constant_memory": False})
    sheet = book.add_worksheet()
    for number, row in enumerate([("user", "assistant"), *rows]):
        sheet.write_row(number, 0, row)
    book.close()


def strings(path: Path, sizes: Sizes) -> None:
    """A workbook of many shared strings, written part by part: XlsxWriter would hold them all."""
    small = path.with_suffix(".small.xlsx")
    import xlsxwriter

    with xlsxwriter.Workbook(small) as book:
        sheet = book.add_worksheet()
        sheet.write_string("A1", "one")
        sheet.write_formula("B1", "=FT_BREAKEVEN(2095.33,315,9)", None, 6.85)
    with zipfile.ZipFile(small) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name != "xl/sharedStrings.xml":
                target.writestr(name, source.read(name))
                continue
            with target.open(name, "w", force_zip64=True) as stream:
                stream.write(b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">')
                for number in range(sizes.strings):
                    stream.write(b"<si><t>a text with the number %d in it</t></si>" % number)
                stream.write(b"</sst>")
    small.unlink()


INPUTS: dict[str, Callable[[Path, Sizes], None]] = {
    "formulas.xlsx": formulas,
    "formulas-2.xlsx": lambda path, sizes: formulas(path, sizes, 2095.34),
    "model.xlsx": model,
    "model-2.xlsx": lambda path, sizes: model(path, sizes, changed=True),
    "train.jsonl": examples,
    "strings.xlsx": strings,
    "text.txt": text,
    "line.txt": one_line,
    "table.csv": table,
    "table.xlsx": table,
}

VARIED = ("--vary", "queries=9000..20000", "--vary", "pe_input_price=20..40")

COMMANDS: dict[str, tuple[str, ...]] = {
    "addin calc": ("addin", "build", "calc", "-o", "{out}.oxt"),
    "addin excel": ("addin", "build", "excel", "-o", "{out}"),
    "addin lambda": ("addin", "build", "lambda", "model.xlsx", "-o", "{out}.xlsx"),
    "addin lite": ("addin", "build", "lite", "model.xlsx", "-o", "{out}.xlsx"),
    "check": ("check", "formulas.xlsx", "--fail-on", "never"),
    "check model": ("check", "model.xlsx", "--fail-on", "never"),
    "check ironcalc": ("check", "formulas.xlsx", "--fail-on", "never", "--engine", "ironcalc"),
    "check libreoffice": ("check", "formulas.xlsx", "--fail-on", "never", "--engine", "libreoffice"),
    "dataset": ("dataset", "train.jsonl", "--volume", "10000"),
    "dataset held out": ("dataset", "train.jsonl", "--held-out", "train.jsonl"),
    "dataset into": ("dataset", "train.jsonl", "--into", "model.xlsx", "--overwrite", "-o", "{out}.xlsx"),
    "dataset text": ("dataset", "line.txt"),
    "dataset build csv": ("dataset", "build", "table.csv", "-o", "{out}.jsonl"),
    "dataset build xlsx": ("dataset", "build", "table.xlsx", "-o", "{out}.jsonl"),
    "demo": ("demo", "-o", "{out}"),
    "diff": ("diff", "formulas.xlsx", "formulas-2.xlsx"),
    "diff model": ("diff", "model.xlsx", "model-2.xlsx"),
    "eval": ("eval", "=SUM(FT_BREAKEVEN(SEQUENCE({cells}),315,9))"),
    "eval risk": ("eval", "=FT_RISK({{1000,1500,2000}},{{9000,10000,20000}},{{0.01,0.02,0.03}},12,{trials})"),
    "functions": ("functions",),
    "handover": ("handover", "formulas.xlsx", "-o", "{out}.xlsx"),
    "handover json": ("handover", "formulas.xlsx", "--json", "-o", "{out}.xlsx"),
    "handover lambda": ("handover", "formulas.xlsx", "--as", "lambda", "-o", "{out}.xlsx"),
    "handover values": ("handover", "formulas.xlsx", "--as", "values", "-o", "{out}.xlsx"),
    "handover model": ("handover", "model.xlsx", "-o", "{out}.xlsx"),
    "handover strings": ("handover", "strings.xlsx", "-o", "{out}.xlsx"),
    "new": ("new", "{out}.xlsx", "--force"),
    "prices": ("prices", "--history"),
    "prices refresh": ("prices", "--refresh", "model.xlsx", "-o", "{out}.xlsx"),
    "recalc": ("recalc", "formulas.xlsx", "-o", "{out}.xlsx"),
    "recalc json": ("recalc", "formulas-2.xlsx", "--json", "-o", "{out}.xlsx"),
    "recalc model": ("recalc", "model.xlsx", "-o", "{out}.xlsx"),
    "report txt": ("report", "model.xlsx"),
    "report pdf": ("report", "model.xlsx", "-o", "{out}.pdf"),
    "report docx": ("report", "model.xlsx", "-o", "{out}.docx"),
    "report csv": ("report", "model.xlsx", "-o", "{out}.csv"),
    "risk": ("risk", "model.xlsx", "-n", "{trials}", *VARIED, "-o", "{out}.xlsx"),
    "risk correlated": (
        "risk",
        "model.xlsx",
        "-n",
        "{trials}",
        *VARIED,
        "--correlate",
        "queries,pe_input_price=0.5",
        "--step",
        "pe:7:0.4:0.3",
        "-o",
        "{out}.xlsx",
    ),
    "scenario": ("scenario", "model.xlsx", "-n", "half", "-s", "pe_input_price=-50%", "-o", "{out}.xlsx"),
    "scenario sweep": ("scenario", "model.xlsx", "--sweep", "pe_input_price=30,15,5", "-o", "{out}.xlsx"),
    "scenario list": ("scenario", "model.xlsx", "--list"),
    "tokens": ("tokens", "text.txt"),
    "tokens line": ("tokens", "line.txt"),
}
"""Name to arguments; {out} is a name for the result."""


MAY_BE_REFUSED = ("handover strings",)
"""What may take more than there is: then it is one line, and no draft is left behind."""


@dataclass(frozen=True)
class Ran:
    """What a command did: exit code, seconds, and the most memory one of its processes had at a time."""

    code: int
    seconds: float
    megabytes: float
    together: float
    """The most all its processes held together, where a cgroup counts it."""
    output: str


def made(folder: Path, sizes: Sizes, names: tuple[str, ...]) -> None:
    """The inputs that some commands read, those that are not there yet."""
    for name, write in INPUTS.items():
        wanted = any(name in COMMANDS[command] for command in names)
        if wanted and not (folder / name).exists():
            write(folder / name, sizes)


def run(folder: Path, name: str, sizes: Sizes, megabytes: int, group: Path | None = None) -> Ran:
    """Run one command in the folder of its inputs, with so much memory."""
    words = [
        word.format(out=f"out-{name.replace(' ', '-')}", trials=sizes.trials, cells=sizes.cells)
        for word in COMMANDS[name]
    ]
    with tempfile.TemporaryDirectory() as told:
        limited = [sys.executable, "-S", str(Path(__file__).with_name("limited.py")), f"{told}/told", str(megabytes)]
        with open(f"{told}/output", "w+", encoding="utf-8") as output:
            started = subprocess.Popen(
                [*limited, str(group or "-"), *BREAKEVEN, *words],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"},
                stdout=subprocess.DEVNULL,
                stderr=output,
                start_new_session=True,
            )
            together = 0.0
            end = time.monotonic() + LONGEST
            while started.poll() is None:
                time.sleep(0.02)
                if time.monotonic() > end:
                    os.killpg(started.pid, signal.SIGKILL)
                    started.wait()
                    return Ran(-signal.SIGKILL, LONGEST, 0, together, "it hung")
                if group:
                    together = max(together, _resident(group))
            output.seek(0)
            return Ran(output=output.read(), together=together, **json.loads(Path(told, "told").read_text()))


def _resident(group: Path) -> float:
    """What the processes of a cgroup hold together, in MB, without the cache of files."""
    told = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
    return (int(told.get("rss", 0)) or int(told.get("anon", 0))) / (1 << 20)


@contextmanager
def cgroup(megabytes: int) -> Iterator[Path]:
    """A memory cgroup of that size (version 1 or 2)."""
    first = Path("/sys/fs/cgroup/memory")
    home = first if first.is_dir() else Path("/sys/fs/cgroup")
    group = home / f"breakeven-{os.getpid()}"
    group.mkdir()
    try:
        limit = "memory.limit_in_bytes" if home == first else "memory.max"
        (group / limit).write_text(str(megabytes << 20))
        yield group
    finally:
        group.rmdir()


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("names", nargs="*", help="Commands, as the table names them. Default: all.")
    words.add_argument("--full", action="store_true", help="The sizes of docs/robustness.md; takes half an hour.")
    words.add_argument("--limit", type=int, default=LIMIT, help="MB.")
    words.add_argument("--cgroup", action="store_true", help="A memory cgroup in place of RLIMIT_DATA; as root.")
    words.add_argument("--folder", type=Path, help="Keep the inputs and results here.")
    given = words.parse_args()
    sizes = FULL if given.full else SMALL
    names = tuple(given.names or COMMANDS)
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        made(folder, sizes, names)
        print("| command | exit code | MB | MB together | seconds |\n|---|---|---|---|---|")
        for name in names:
            if given.cgroup:
                with cgroup(given.limit) as group:
                    ran = run(folder, name, sizes, given.limit, group)
            else:
                ran = run(folder, name, sizes, given.limit)
            together = f"{ran.together:.0f}" if ran.together else ""
            print(f"| {name} | {ran.code} | {ran.megabytes:.0f} | {together} | {ran.seconds:.1f} |", flush=True)
            drafts = [path.name for path in folder.iterdir() if path.suffix == ".part"]
            one_line = name in MAY_BE_REFUSED and ran.code == 2 and len(ran.output.strip().splitlines()) == 1
            if (ran.code not in (0, 1) and not one_line) or drafts:
                failed += 1
                print(ran.output[-600:], file=sys.stderr, flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
