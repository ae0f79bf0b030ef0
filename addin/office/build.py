"""The add-in's files: static, for any web server with https."""

from __future__ import annotations

import html
import os
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

from addin import packing
from addin.javascript import build as javascript
from addin.javascript import tables, vocabulary
from addin.javascript.shorter import without_comments
from addin.office import metadata
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
        given = packing.versioned(name, text.encode())  # Excel may keep an older one for a day
        found[given] = text.encode()
        return given

    script = versioned(
        "functions.js", javascript.core(with_catalogue=False) + without_comments(packing.part("office", "host.js"))
    )
    style = versioned("taskpane.css", packing.part("office", "taskpane.css"))
    parts = "\n".join(without_comments(packing.part("office", f"pane/{name}.js")) for name in PANE)
    pane = versioned("taskpane.js", f"// {javascript.MARK}\n(() => {{\n{parts}\n}})();\n")
    page = packing.part("office", "taskpane.html", script=script, style=style, pane=pane)
    found[metadata.PAGE] = page.encode()
    found["functions.json"] = metadata.as_json(metadata.functions_json()).encode()
    found[MANIFEST] = metadata.manifest_xml(url, script).encode()
    found[UNIFIED] = metadata.as_json(metadata.unified_manifest(url, script)).encode()
    found["help.html"] = help_page(style)
    pictures = [f"icon-{size}.png" for size in (*metadata.ICONS, 192)]
    for name in (*pictures, "outline.png"):
        found[f"assets/{name}"] = resources.files("addin.office").joinpath(name).read_bytes()
    found |= packing.licences()
    for name, known in vocabulary.table().items():
        found[f"data/{known['file']}"] = vocabulary.packed(name)[0]
    for name in tables.FILES:
        found[f"data/{tables.known(name)['file']}"] = tables.packed(name)
    return found


def written(folder: str | os.PathLike[str]) -> dict[str, bytes]:
    """The files of a folder, as `files` gives them."""
    place = Path(folder)
    if not (place / MANIFEST).is_file():
        raise WorkbookError(f"{place} holds no {MANIFEST}. Name the folder that `breakeven addin build office` wrote")
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def build(folder: str | os.PathLike[str], url: str) -> list[Path]:
    """Write the files into a new folder."""
    return packing.write_folder(folder, files(url))


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
    page = packing.part("office", "help.html.template", version=VERSION, style=style, functions="".join(entries))
    return page.encode()
