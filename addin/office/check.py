"""The add-in's files against what Microsoft documents, without a network: manifests, functions.json, every link."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree

from addin.office import metadata
from addin.office.build import MANIFEST, UNIFIED
from pycalc import FUNCTIONS
from pycalc.version import how_to_install
from workbook.file import tsv

_BASE = "{http://schemas.microsoft.com/office/appforoffice/1.1}"
_OVERRIDES = "{http://schemas.microsoft.com/office/taskpaneappversionoverrides}"
_TYPES = "{http://schemas.microsoft.com/office/officeappbasictypes/1.0}"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}type"

ORDER = {line["element"]: line["children"].split() for line in tsv.lines(Path(__file__).parent / "data" / "order.tsv")}
"""Children in the order Microsoft's manifest reference and its samples have them."""
LONGEST_RESID, LONGEST_SHORT, LONGEST_LONG = 32, 125, 250


def problems(files: dict[str, bytes]) -> list[str]:
    """What a host or Microsoft's validator would refuse, one line each; empty when nothing."""
    found = [*_xml(files), *_functions(files), *_unified(files), *_page(files)]
    return [text for text in found if text]


def _xml(files: dict[str, bytes]) -> Iterable[str]:
    root = ElementTree.fromstring(files[MANIFEST])
    for element in root.iter():
        name = _local(element.tag)
        name = "CustomFunctions" if name == "ExtensionPoint" and element.get(_XSI) == "CustomFunctions" else name
        order = ORDER.get(name, [])
        children = [_local(child.tag) for child in element]
        places = [order.index(child) for child in children if child in order]
        if order and (places != sorted(places) or not set(children) <= set(order)) and len(element):
            yield f"{MANIFEST}: the children of {name} are {', '.join(children)}, not in the order {', '.join(order)}"
    defined = {element.get("id") for element in root.iter() if element.tag.startswith(_TYPES)}
    for element in root.iter():
        resid = element.get("resid")
        if resid is not None and (resid not in defined or len(resid) > LONGEST_RESID):
            yield f"{MANIFEST}: resid {resid} is defined nowhere or longer than {LONGEST_RESID} characters"
    for group, longest in (("ShortStrings", LONGEST_SHORT), ("LongStrings", LONGEST_LONG)):
        for text in root.iter(f"{_TYPES}{group}"):
            for entry in text:
                if len(entry.get("DefaultValue", "")) > longest:
                    yield f"{MANIFEST}: {entry.get('id')} is longer than {longest} characters"
    runtime = next(root.iter(f"{_OVERRIDES}Runtime")).get("resid")
    for page in root.iter(f"{_OVERRIDES}Page"):
        if page[0].get("resid") != runtime:
            yield f"{MANIFEST}: Page and Runtime name different addresses"
    base = next(root.iter(f"{_BASE}SourceLocation")).get("DefaultValue", "").removesuffix(metadata.PAGE)
    for element in root.iter():
        value = element.get("DefaultValue", "")
        if value.startswith("http") and (not value.startswith("https://") or value.removeprefix(base) not in files):
            yield f"{MANIFEST}: {value} is not among the files, or not https"


def _functions(files: dict[str, bytes]) -> Iterable[str]:
    given = json.loads(files["functions.json"])
    names = [function["id"] for function in given["functions"]]
    if names != list(FUNCTIONS):
        yield "functions.json does not list every function once, in order"
    for function in given["functions"]:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9._]{2,63}", function["id"]):
            yield f"functions.json: {function['id']} is no id of 3 to 64 letters, digits, dots and underscores"
        if len(function["description"]) > metadata.LONGEST_DESCRIPTION:
            yield f"functions.json: the description of {function['id']} is too long"
        for parameter in function["parameters"]:
            if len(parameter["description"]) > metadata.LONGEST_ARGUMENT:
                yield f"functions.json: the description of {parameter['name']} of {function['id']} is too long"


def _unified(files: dict[str, bytes]) -> Iterable[str]:
    """Microsoft's own schema, as the package jsonschema reads it."""
    try:
        from jsonschema import Draft4Validator
    except ImportError:
        yield f"the unified manifest is not checked. {how_to_install('office')}"
        return
    name = f"schemas/unified-manifest-{metadata.SCHEMA}.json"
    text = resources.files("addin.office").joinpath(name).read_text(encoding="utf-8")
    schema = json.loads(text.replace(r"\\p{L}", r"A-Za-z\u00c0-\uffff"))  # Python's patterns know no classes of letters
    manifest = json.loads(files[UNIFIED])
    for error in Draft4Validator(schema).iter_errors(manifest):
        yield f"{UNIFIED}: {'/'.join(map(str, error.absolute_path))}: {error.message:.200}"
    # functions.json has no schema of its own that can be had without a network: this one knows its functions.
    definitions = {**schema["definitions"]["extensionFunction"], "definitions": schema["definitions"]}
    for function in json.loads(files["functions.json"])["functions"]:
        short = {**function, "description": function["description"][: metadata.LONGEST_UNIFIED]}
        short["parameters"] = [{**p, "description": p["description"][:128]} for p in function["parameters"]]
        for error in Draft4Validator(definitions).iter_errors(short):
            yield f"functions.json: {function['id']}: {error.message:.200}"


def _page(files: dict[str, bytes]) -> Iterable[str]:
    page = files[metadata.PAGE].decode()
    if "Content-Security-Policy" not in page:
        yield f"{metadata.PAGE} has no content-security policy"
    for link in re.findall(r'(?:src|href)="([^"]+)"', page):
        if link not in files and link != "https://appsforoffice.microsoft.com/lib/1/hosted/office.js":
            yield f"{metadata.PAGE}: {link} is not among the files"
    if re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|javascript:", page):
        yield f"{metadata.PAGE} holds a script in the page, which its content-security policy refuses"


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
