"""The add-in's files: static, for any web server with https."""

from __future__ import annotations

import html
import os
from hashlib import sha256
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from addin import packing
from addin.files import write_folder
from addin.javascript import build as javascript
from addin.javascript import tables, vocabulary
from addin.javascript.shorter import without_comments
from addin.office import icons, metadata
from pycalc import FUNCTIONS
from pycalc.version import VERSION
from workbook.errors import WorkbookError

MANIFEST, UNIFIED = "manifest.xml", "manifest.json"
PANE = ("common", "functions", "explain", "prices", "checks", "start")
"""The task pane's files, in the order in which they become one."""


def address(url: str) -> str:
    """The address the files will have, ending in a slash; https, since Excel loads nothing else."""
    parts = urlsplit(url.strip())
    if parts.scheme != "https" or not parts.netloc or parts.username or parts.query or parts.fragment:
        raise WorkbookError(
            f"{url!r} is no address of a folder with https. Excel loads an add-in from https alone: give the place the "
            "files will have, such as https://tools.example.com/breakeven/"
        )
    return f"https://{parts.netloc}{parts.path.rstrip('/')}/"


def files(url: str) -> dict[str, bytes]:
    """Every file by its path below the folder; the same sources and address give the same bytes."""
    url = address(url)
    found: dict[str, bytes] = {}

    def versioned(name: str, text: str) -> str:
        """A file whose name changes with its content: Excel may keep an older one for a day."""
        stem, dot, ending = name.rpartition(".")
        given = f"{stem}-{sha256(text.encode()).hexdigest()[:8]}{dot}{ending}"
        found[given] = text.encode()
        return given

    script = versioned(
        "functions.js", javascript.core(with_catalogue=False) + without_comments(metadata.part("host.js"))
    )
    style = versioned("taskpane.css", metadata.part("taskpane.css"))
    parts = "\n".join(without_comments(metadata.part(f"pane/{name}.js")) for name in PANE)
    pane = versioned("taskpane.js", f"// {javascript.MARK}\n(() => {{\n{parts}\n}})();\n")
    page = Template(metadata.part("taskpane.html")).substitute(script=script, style=style, pane=pane)
    found[metadata.PAGE] = page.encode()
    found["functions.json"] = metadata.as_json(metadata.functions_json()).encode()
    found[MANIFEST] = metadata.manifest_xml(url, script).encode()
    found[UNIFIED] = metadata.as_json(metadata.unified_manifest(url, script)).encode()
    found["help.html"] = help_page(style)
    for size in (*metadata.ICONS, 192):
        found[f"assets/icon-{size}.png"] = icons.png(size)
    found |= packing.licences()
    found["assets/outline.png"] = icons.png(32, outline=True)
    for name in vocabulary.table():
        found[f"data/{vocabulary.file_name(name)}"] = vocabulary.packed(name)
    for name in tables.FILES:
        found[f"data/{tables.file_name(name)}"] = tables.packed(name)
    return found


def written(folder: str | os.PathLike[str]) -> dict[str, bytes]:
    """The files of a folder, as `files` gives them."""
    place = Path(folder)
    if not (place / MANIFEST).is_file():
        raise WorkbookError(f"{place} holds no {MANIFEST}. Name the folder that `breakeven addin build office` wrote")
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def build(folder: str | os.PathLike[str], url: str) -> list[Path]:
    """Write the files into a new folder."""
    return write_folder(folder, files(url))


def help_page(style: str) -> bytes:
    """Every function with its arguments, and what to do when something does not work."""
    entries = []
    for function in FUNCTIONS.values():
        rows = "".join(
            f"<tr><th scope='row'>{html.escape(argument.name)}</th><td>{html.escape(argument.label)}</td>"
            f"<td>{html.escape(argument.unit)}{'' if argument.required else ', optional'}</td></tr>"
            for argument in function.arguments
        )
        entries.append(
            f"<h2 id='{function.name}'>{html.escape(function.syntax())}</h2><p>{html.escape(function.summary)}</p>"
            f"<p class='quiet'>{html.escape(function.formula)}</p><table>{rows}</table>"
        )
    return (
        "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'self'\">"
        f"<title>LLM Breakeven: help</title><link rel='stylesheet' href='{style}'></head><body><main>"
        f"<h1>LLM Breakeven {VERSION}</h1>"
        "<p>Type a function in a cell, or open the pane on the Formulas tab. FT_CHECK says why a call shows an error "
        'value: =FT_CHECK("PE_MONTHLY", A1, A2, ..). Everything is worked out in Excel itself; no data leave the '
        "workbook. TOKEN_COUNT loads its vocabulary, up to 2 MB, from the add-in's own address on first use.</p>"
        "<p>#NAME? after opening a file: wait for the add-in to start, then enter the cell again (F2, Enter).</p>"
        f"{''.join(entries)}</main></body></html>\n"
    ).encode()
