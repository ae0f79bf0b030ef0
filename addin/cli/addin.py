"""`breakeven addin`: the functions in a spreadsheet program, built, installed, looked after."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

import typer

from addin.cli import terminal
from addin.cli.progress import working
from addin.cli.target import check_free
from pycalc.version import how_to_install
from workbook.progress import counted

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The functions in Excel, xlwings Lite, LibreOffice Calc, or as LAMBDA names of a workbook.",
)


class Host(StrEnum):
    """Where the functions are to work."""

    excel = "excel"
    lite = "lite"
    calc = "calc"
    lambdas = "lambda"
    office = "office"
    sheets = "sheets"


INSTALLED = (Host.excel, Host.calc)
"""Hosts that are installed on a computer; the others live in the workbook or on a web server."""


def _host(text: str, hosts: Sequence[Host] = tuple(Host)) -> Host:
    """The host a person named, in whatever letters."""
    named = text.strip().lower()
    if named not in hosts:
        if named in tuple(Host):
            place = "on a web server" if named == Host.office else "in the workbook"
            terminal.fail(f"{text} is not installed on this computer, it lives {place}: breakeven addin build {named}")
        known = ", ".join(host.value for host in hosts[:-1])
        terminal.fail(f"there is no host {text!r}. Give {known} or {hosts[-1].value}")
    return Host(named)


@app.command()
def build(
    host: str,
    book: Path | None = None,
    out: Path | None = None,
    template: bool = False,
    packages: str = "",
    url: str = "",
) -> None:
    """Write the files for one host.

    excel: breakeven.xlsm, breakeven.xlam, breakeven.bas. calc: breakeven.oxt. lite: a copy of BOOK with the Python
    inside, or main.py alone. lambda: a copy of BOOK with the functions as defined names, for Excel 365. office: the
    Office add-in, static files for a web server; with BOOK, a copy whose calls that add-in finds. sheets: the script
    of a Google Sheets workbook.
    """
    host = _host(host)
    if template and book:
        terminal.fail("Give a workbook or --template, not both")
    if book or template:
        if host not in (Host.lite, Host.lambdas, Host.office):
            terminal.fail(f"{host.value} needs no workbook; give -o for where to write")
        _into_workbook(host, book, out, url)
    elif host is Host.lite and out and out.name == "main.py":
        check_free(out)
        _write_main(out)
    elif host in (Host.lite, Host.lambdas):
        example = f"breakeven addin build {host.value} BOOK.xlsx -o OUT.xlsx"
        terminal.fail(f"Name the workbook: {example}, or add --template")
    elif host is Host.calc:
        _extension(out, packages)
    elif host is Host.excel:
        _excel(out or Path("breakeven-excel"))
    else:
        _folder(host, out or Path(f"breakeven-{host.value}"), url)


def _extension(out: Path | None, packages: str) -> None:
    from addin.calc import extension

    path = out or Path(extension.FILE)
    if path.suffix.lower() != ".oxt":
        terminal.fail(f"{path} has to end in .oxt: LibreOffice opens no extension under another ending")
    check_free(path)
    with working(f"Packing {path}"):
        extension.build(path, packages)
    terminal.say(f"{path}: open it with LibreOffice, or: breakeven addin install calc")


def _excel(folder: Path) -> None:
    _need_xlwings()
    from addin.excel.workbook import FILES
    from addin.excel.workbook import build as build_excel

    for name in FILES:
        check_free(folder / name)
    with working("Writing the files for Excel"):
        written = build_excel(folder)
    for path in written:
        terminal.say(str(path))


def _folder(host: Host, out: Path, url: str) -> None:
    """The hosts whose files are a new folder."""
    from addin.office import build as office
    from addin.sheets import build as sheets

    if host is Host.office and not url:
        terminal.fail("Name the address the files will have: breakeven addin build office -o DIR --url https://..")
    with working(f"Writing {out}"):
        written = sheets.build(out) if host is Host.sheets else office.build(out, url)
    said = f"serve the folder at {url}, then give Excel manifest.xml"
    if host is Host.sheets:
        said = "paste them into Extensions, Apps Script of the spreadsheet"
    terminal.say(f"{out}: {len(written)} files; {said}")


@app.command()
def serve(
    folder: Path,
    port: int = 3000,
    cert: str = "",
    key: str = "",
) -> None:
    """Serve the Office add-in to this computer alone, to try it. Ctrl-C ends it."""
    from addin.office.serve import server

    with server(folder, port, cert, key) as served:
        scheme = "https" if cert else "http"
        terminal.say(f"{scheme}://localhost:{served.server_port}/taskpane.html, to this computer alone. Ctrl-C ends it")
        if not cert:
            terminal.say("Excel itself wants https: give --cert and --key")
        served.serve_forever()


def _need_xlwings() -> None:
    if find_spec("xlwings") is None:
        terminal.fail(f"The files for Excel need xlwings. {how_to_install('excel')}")


def _write_main(out: Path) -> None:
    from addin.lite import main_py
    from workbook.file.saving import replacing

    with replacing(out) as file:
        file.write(main_py.text().encode())
    terminal.say(f"{out}: paste it into the xlwings Lite editor")


def _into_workbook(host: Host, book: Path | None, out: Path | None, url: str) -> None:
    from workbook.file.package import Package
    from workbook.file.saving import scratch
    from workbook.formulas import lambdas
    from workbook.tasks.broken import refuse_settings

    source = book or Path("model.xlsx")
    target = out or Path(f"{source.stem}-{host.value}{source.suffix}")
    check_free(target, book)
    with working(f"Writing {target}"), scratch() as folder:
        if book is None:
            from workbook.template.build import build as build_template

            source = build_template("blank", Path(folder, source))
        with Package(source) as package:
            refuse_settings(package, "the functions")
            if host is Host.lite:
                from addin.lite.workbook import put_in

                put_in(package)
                said = "open it in Excel with xlwings Lite"
            elif host is Host.office:
                from addin.office.workbook import put_in as put_in_office

                used = put_in_office(package, url)
                named = "named" if url else "installed apart; with --url the workbook names it"
                said = f"{len(used)} functions called as Excel stores an add-in's; the add-in itself is {named}"
            else:
                added, kept = lambdas.put_in(package)
                said = f"{len(added)} functions as defined names"
                if kept:
                    said += f"; the workbook's own names stay: {', '.join(kept)}"
            note = package.signature_note()
            package.save(target)
    terminal.say(f"{target}: {said}" + (f". {note}" if note else ""))


@app.command()
def check(host: str = "", folder: Path | None = None) -> None:
    """Check that every host's files can be generated and carry every function."""
    from addin.generated import generated

    if host:
        if _host(host) is not Host.office:
            terminal.fail(f"Only office has schemas to be held against; breakeven addin check looks at {host} too")
        _check_office(folder)
        return
    _need_xlwings()
    with working("Generating"):
        made = list(counted(generated(), "hosts", len(Host)))
    wrong = [f"{host}: {name} is missing" for host, names, text in made for name in names if name not in text]
    rows = [{"host": host, "functions": len(names), "characters": len(text)} for host, names, text in made]
    if wrong:
        terminal.fail("; ".join(wrong))
    if not terminal.as_json(rows):
        for row in rows:
            terminal.say(f"{row['host']}: {row['functions']} functions, {row['characters']:,} characters")


def _check_office(folder: Path | None) -> None:
    from addin.office import build, check

    with working("Checking"):
        contents = build.written(folder) if folder else build.files("https://localhost:3000/")
        found = check.problems(contents)
    if not terminal.as_json(found):
        good = f"{len(contents)} files: manifests, functions.json, page as Microsoft documents"
        terminal.say("\n".join(found) or good)
    if found:
        raise typer.Exit(1)


@app.command()
def install(host: str, packages: str = "") -> None:
    """Install the functions on this computer, for this user."""
    if _host(host, INSTALLED) is Host.calc:
        from addin.calc import install as calc

        with working("Installing in LibreOffice"):
            said = calc.install(packages)
        terminal.say(said)
    else:
        from addin.excel import install as excel

        places = excel.here()
        _need_xlwings()
        terminal.say("\n".join(excel.install(places)))


@app.command()
def uninstall(host: str) -> None:
    """Undo the installation."""
    if _host(host, INSTALLED) is Host.calc:
        from addin.calc import install as calc

        with working("Removing from LibreOffice"):
            said = calc.uninstall()
        terminal.say(said)
    else:
        from addin.excel import install as excel

        terminal.say("\n".join(excel.uninstall(excel.here())))


@app.command()
def doctor() -> None:
    """Look for what keeps the functions from working, and say what to do. Exit code 1 when something does."""
    from addin import diagnosis
    from addin.calc import install as calc
    from workbook.errors import WorkbookError

    with working("Looking"):
        found = [*diagnosis.python(), *calc.findings()]
    try:
        from addin.excel import install as excel

        found += excel.findings(excel.here(), excel.switched_off())
    except WorkbookError:
        found.append(diagnosis.finding("Excel", "program", "its add-ins exist on Windows alone", ""))
    except ImportError:
        found.append(diagnosis.finding("Excel", "xlwings", "", f"missing. {how_to_install('excel')}"))
    if not terminal.as_json([finding._asdict() for finding in found]):
        from rich.text import Text

        table = terminal.table(("Host", "What", "", "Finding"))
        for host, what, fine, text in found:
            table.add_row(host, what, Text("fine", "green") if fine else Text("wrong", "bold red"), text)
        terminal.print_table(table)
    if not all(finding.fine for finding in found):
        raise typer.Exit(1)
