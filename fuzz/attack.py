"""`python -m fuzz.attack kills|files|listen|terminal [COUNT]`: every command against what the world does to it.

    kills     ended at random by kill -9, SIGTERM and SIGHUP: inputs the same, results whole, nothing left behind
    files     mutated inputs through `fuzz.targets`: a result that fits together, or an error meant for people
    listen    a workbook that wants to call this machine, and a listener beside each command: nobody calls
    terminal  names and cells full of control characters, each command at a terminal whose bytes are kept

It needs no package beside the product. Exit code 1 when something did not hold; each such case is printed.
"""

from __future__ import annotations

import os
import pty
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fuzz import targets

ROOT = Path(__file__).resolve().parents[1]
BREAKEVEN = (sys.executable, "-c", "from addin.entry import main; main()")
EXAMPLE = '{"messages":[{"role":"user","content":"hi %s"},{"role":"assistant","content":"hello"}]}\n'
USAGE = "time,model,calls,tokens_in,tokens_out\n2026-10-01,gpt-4o,7,100,50\n"
COLUMNS = ("--columns", "time=time,model=model,calls=calls,tokens_in=tokens_in,tokens_out=tokens_out")

COMMANDS: dict[str, tuple[str, ...]] = {
    "addin calc": ("addin", "build", "calc", "-o", "out.oxt", "--force"),
    "addin lambda": ("addin", "build", "lambda", "small.xlsx", "-o", "out.xlsx", "--force"),
    "addin lite": ("addin", "build", "lite", "small.xlsx", "-o", "out.xlsx", "--force"),
    "dataset build": ("dataset", "build", "table.csv", "-o", "out.jsonl", "--force"),
    "dataset into": ("dataset", "train.jsonl", "--into", "book.xlsx", "--overwrite", "-o", "out.xlsx", "--force"),
    "dataset to": ("dataset", "train.jsonl", "--to", "trl", "-o", "out.jsonl", "--force"),
    "evaluate": ("evaluate", "scores.csv", "--into", "book.xlsx", "--as", "a=1", "--as", "b=", "--replace", "-o",
                 "out.xlsx", "--force"),
    "handover": ("handover", "small.xlsx", "-o", "out.xlsx", "--force"),
    "new": ("new", "out.xlsx", "--force"),
    "portfolio": ("portfolio", "cases.csv", "-o", "out.xlsx", "--force"),
    "prices": ("prices", "--refresh", "book.xlsx", "-o", "out.xlsx", "--force"),
    "recalc": ("recalc", "small.xlsx", "-o", "out.xlsx", "--force"),
    "report": ("report", "book.xlsx", "-o", "out.docx", "--force"),
    "report page": ("report", "book.xlsx", "-o", "out.html", "--force"),
    "risk": ("risk", "book.xlsx", "--vary", "queries=9000..20000", "-n", "500", "-o", "out.xlsx", "--force"),
    "scenario": ("scenario", "book.xlsx", "-n", "half", "-s", "pe_input_price=-50%", "-o", "out.xlsx", "--force"),
    "usage": ("usage", "log.csv", *COLUMNS, "--into", "book.xlsx", "-o", "out.xlsx", "--force"),
}  # fmt: skip
"""What writes a file."""

READING: dict[str, tuple[str, ...]] = {
    "check": ("check", "small.xlsx", "--fail-on", "never"),
    "check libreoffice": ("check", "small.xlsx", "--fail-on", "never", "--engine", "libreoffice"),
    "check model": ("check", "book.xlsx", "--fail-on", "never"),
    "dataset": ("dataset", "train.jsonl"),
    "diff": ("diff", "small.xlsx", "other.xlsx"),
    "evaluate alone": ("evaluate", "scores.csv"),
    "report text": ("report", "book.xlsx"),
    "scenario list": ("scenario", "book.xlsx", "--list"),
    "tokens": ("tokens", "train.jsonl"),
    "usage alone": ("usage", "log.csv", *COLUMNS),
}


def small_book(path: Path, text: str = "one", address: str = "http://x.invalid/") -> None:
    """A workbook with a call of ours, a value stored wrong, and all that may call out."""
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_string("A1", text)
        sheet.write_formula("A2", "=FT_BREAKEVEN(2095.33,315,9)", None, 6)
        sheet.write_formula("A3", "=1+1", None, 3)
        sheet.write_formula("A4", f'=_xlfn.WEBSERVICE("{address}service")', None, "")
        sheet.write_formula("A5", f'=_xlfn.IMAGE("{address}image")', None, "")
        sheet.write_url("A6", f"{address}page")
        book.define_name("far", f"='{address}[far.xlsx]Sheet1'!$A$1")


def fill(folder: Path, text: str = "one", address: str = "http://x.invalid/") -> dict[str, bytes]:
    """Inputs of every command; what must still be there afterwards."""
    from workbook.template.build import contents

    (folder / "book.xlsx").write_bytes(contents("techwiz"))
    small_book(folder / "small.xlsx", text, address)
    small_book(folder / "other.xlsx", text + " more", address)
    _link_picture(folder / "book.xlsx", address)
    line = text.replace("\\", "\\\\").replace('"', '\\"').encode("unicode_escape").decode().replace("\\x", "\\u00")
    (folder / "train.jsonl").write_text((EXAMPLE % line) * 12)
    quoted = '"' + text.replace('"', '""') + '"'
    (folder / "table.csv").write_text(f"user,assistant,{quoted}\nhi,hello,{quoted}\n")
    (folder / "log.csv").write_text(USAGE.replace("gpt-4o", quoted if text != "one" else "gpt-4o"))
    (folder / "scores.csv").write_text(f"example,option,ok,{quoted}\n1,a,pass,x\n1,b,fail,x\n2,a,pass,y\n2,b,pass,y\n")
    (folder / "cases.csv").write_text(
        "title,queries,pe_prompt_tokens,query_tokens,response_tokens,pe_input_price,pe_output_price\n"
        f"{quoted},1000,200,30,40,5,6\n"
    )
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _link_picture(path: Path, address: str) -> None:
    """Give the first sheet an outside relationship that a program may follow on opening."""
    from workbook.file.package import Package

    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    with Package(path) as package:
        package.relate(package.worksheets()[0].part, kind, f"{address}linked", external=True)
        package.save(path.with_suffix(".new.xlsx"))
    path.with_suffix(".new.xlsx").replace(path)


def environment(folder: Path) -> dict[str, str]:
    temporary = folder.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    return os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"}


def kills(count: int, chosen: random.Random) -> Iterator[str]:
    """End commands at random moments."""
    signals = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
    ended: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "work")
        folder.mkdir()
        held = fill(folder)
        lasts: dict[str, float] = {}
        whole: dict[str, set[int]] = {}
        for number in range(count):
            name = list(COMMANDS)[number % len(COMMANDS)]
            by = signals[number // len(COMMANDS) % 3]
            target = folder / next(word for word in COMMANDS[name] if word.startswith("out."))
            target.write_bytes(b"before")
            begun = time.monotonic()
            process = subprocess.Popen(
                [*BREAKEVEN, *COMMANDS[name]], cwd=folder, env=environment(folder), start_new_session=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            try:
                said = process.communicate(timeout=chosen.uniform(0, lasts.get(name, 10)))[1]
                lasts[name] = time.monotonic() - begun
            except subprocess.TimeoutExpired:
                process.send_signal(by)
                said = process.communicate(timeout=60)[1]
                ended[by.name] += 1
            yield from _after_a_kill(f"{number} {name} {by.name}", folder, held, target, by, said)
            data = target.read_bytes() if target.exists() else b"before"
            whole.setdefault(name, set()).add(len(data))
            if data != b"before" and data[:2] == b"PK" and zipfile.ZipFile(target).testzip() is not None:
                yield f"{name}: the result is damaged"
            for path in [*folder.iterdir(), *(folder.parent / "temporary").iterdir()]:
                if path.name not in held:
                    # LibreOffice outlives kill -9 for a moment and still writes.
                    shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
    print(f"{count} runs, ended before their end: {dict(ended)}; sizes of results: {whole}")


def _after_a_kill(
    what: str, folder: Path, held: dict[str, bytes], target: Path, by: signal.Signals, said: str
) -> Iterator[str]:
    for name, data in held.items():
        if (folder / name).read_bytes() != data:
            yield f"{what}: {name} changed"
    strays = {path.name for path in folder.iterdir()} - held.keys() - {target.name}
    if by is signal.SIGKILL:
        strays = {name for name in strays if not (name.startswith(f".{target.name}.") and name.endswith(".part"))}
    if strays:
        yield f"{what}: left {strays}"
    left = {path.name for path in (folder.parent / "temporary").iterdir()}
    if by is not signal.SIGKILL and left:
        yield f"{what}: left {left} among the temporary files"
    if "Traceback" in said and "addin/cli/__init__" in said:
        yield f"{what}: {said[-300:]}"


def files(count: int, chosen: random.Random) -> Iterator[str]:
    """Mutated inputs through the targets, in this process."""
    corpus = {
        name: [path.read_bytes() for path in (ROOT / "fuzz" / "corpus" / name).iterdir()] for name in targets.TARGETS
    }
    tried: Counter[str] = Counter()
    for number in range(count):
        name = list(corpus)[number % len(corpus)]
        data = mutated(chosen.choice(corpus[name]), chosen)
        tried[name] += 1
        try:
            targets.TARGETS[name](data)
        except Exception as problem:
            kept = Path(tempfile.gettempdir(), f"attack-{name}-{number}")
            kept.write_bytes(data)
            yield f"{name}: {type(problem).__name__}: {problem} ({kept})"
    print(f"{dict(tried)} inputs")


PIECES = (
    *(b"<![CDATA[", b"]]>", b"&#27;", b"&#x0;", b"<!--", b"-->", b"<v>", b"</v>", b't="e"', b"_x001B_"),
    b'xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"',
    *(b"9" * 400, b"1e999", b"-0", b"#GETTING_DATA", b"=" * 50, b"(" * 300, b"[" * 300, b"{", b"'", b'"'),
    *("＝".encode(), b"\xed\xa0\x80", b"\xff\xfe", b"\0", b"\r", b"\n"),
)
"""What readers stumble over."""


def mutated(data: bytes, chosen: random.Random) -> bytes:
    """A few changes: bytes turned, taken out, doubled, moved, or a nasty piece put in."""
    made = bytearray(data)
    for _ in range(chosen.randint(1, 6)):
        at = chosen.randrange(len(made) + 1)
        size = chosen.randint(1, 40)
        kind = chosen.randrange(5)
        if kind == 0:
            made[at : at + 1] = bytes([chosen.randrange(256)])
        elif kind == 1:
            del made[at : at + size]
        elif kind == 2:
            made[at:at] = made[at : at + size]
        elif kind == 3:
            made[at:at] = chosen.choice(PIECES)
        else:
            other = chosen.randrange(len(made) + 1)
            made[at:at] = made[other : other + size]
    return bytes(made)


@contextmanager
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """An address on this machine, and what is sent to it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    caller.settimeout(2)
                    try:
                        heard.append(caller.recv(200))
                    except OSError:
                        heard.append(b"a call without a word")

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", heard


def listen(_count: int, _chosen: random.Random) -> Iterator[str]:
    """Each command beside a listener."""
    with tempfile.TemporaryDirectory() as place, listener() as (address, heard):
        folder = Path(place, "work")
        folder.mkdir()
        fill(folder, address=address)
        socket.create_connection(("127.0.0.1", int(address.split(":")[2].strip("/")))).close()
        time.sleep(0.5)
        if not heard:
            yield "the listener hears nothing"
        for name, words in {**COMMANDS, **READING}.items():
            heard.clear()
            done = subprocess.run(
                [*BREAKEVEN, *words], cwd=folder, env=environment(folder), capture_output=True, text=True, check=False
            )
            if done.returncode not in (0, 1):
                yield f"{name}: exit code {done.returncode}: {done.stderr[-300:]}"
            if heard:
                yield f"{name}: called {heard}"
    print(f"{len(COMMANDS) + len(READING)} commands beside a listener")


HOSTILE = "\x1b]0;owned\x07\x1b[31mred\x9b2J[/bold]\u202eevil\x00"


def terminal(_count: int, _chosen: random.Random) -> Iterator[str]:
    """Each command at a terminal without colours: an escape among the bytes is somebody else's."""
    safe = HOSTILE.replace("\x00", "")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "work")
        folder.mkdir()
        held = fill(folder, text=safe)
        for name in held:
            shutil.copy(folder / name, folder / f"{safe}{name}".replace("/", ""))
        for name, words in {**COMMANDS, **READING}.items():
            for prefix in ("", safe.replace("/", "")):
                given = [f"{prefix}{word}" if word in held else word for word in words]
                shown = recorded([*BREAKEVEN, *given], folder)
                bad = sorted({byte for byte in (b"\x1b", b"\x07", b"\x9b", b"\x00", b"\xe2\x80\xae") if byte in shown})
                if bad or b"fault of ours" in shown or b"Traceback" in shown:
                    yield f"{name} {prefix!r}: {bad} in {shown[-300:]!r}"
    print(f"{2 * (len(COMMANDS) + len(READING))} commands at a terminal")


def recorded(command: list[str], folder: Path) -> bytes:
    """The raw bytes a command sends to its terminal."""
    reading, writing = pty.openpty()
    quiet = environment(folder) | {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "200"}
    process = subprocess.Popen(command, cwd=folder, env=quiet, stdin=writing, stdout=writing, stderr=writing)
    os.close(writing)
    shown = b""
    try:
        while block := os.read(reading, 65536):
            shown += block
    except OSError:  # how Linux says that the other end is closed
        pass
    process.wait()
    os.close(reading)
    return shown


ATTACKS = {"kills": (kills, 200), "files": (files, 10_000), "listen": (listen, 1), "terminal": (terminal, 1)}


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in ATTACKS:
        sys.exit(f"python -m fuzz.attack {'|'.join(ATTACKS)} [COUNT] [SEED]")
    attack, count = ATTACKS[sys.argv[1]]
    given = [int(word) for word in sys.argv[2:]]
    seed = given[1] if len(given) > 1 else 1
    failed = 0
    for line in attack(given[0] if given else count, random.Random(seed)):
        failed += 1
        print(line, flush=True)
    print(f"{failed} did not hold (seed {seed})")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
