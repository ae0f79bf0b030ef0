"""functions.json and the two manifests, from the registry."""

from __future__ import annotations

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

from addin import packing
from addin.contract import argument_help
from pycalc import FUNCTIONS
from pycalc.registry.definition import Function
from pycalc.version import VERSION

SHORT = "What prompting, fine-tuning or retrieving costs, and when it pays back"
LONG = (
    "Worksheet functions for the cost of language models: running cost, break-even, NPV, IRR, dated prices with their "
    "source, exact token counts. Everything is worked out in Excel itself: no server, no account, nothing leaves the "
    "workbook."
)
ICONS = (16, 32, 64, 80)
PAGE = "taskpane.html"
SCHEMA = "1.25"
LONGEST_DESCRIPTION, LONGEST_ARGUMENT, LONGEST_UNIFIED = 1_024, 512, 128


def functions_json() -> dict[str, object]:
    """The metadata Excel reads: every argument a block of anything, so that ranges, blanks and errors arrive."""
    return {
        "allowCustomDataForDataTypeAny": True,
        "allowErrorForDataTypeAny": True,
        "functions": [_function(function, LONGEST_DESCRIPTION, LONGEST_ARGUMENT) for function in FUNCTIONS.values()],
    }


def _function(function: Function, longest: int, longest_argument: int) -> dict[str, object]:
    found: dict[str, object] = {
        "id": function.name,
        "name": function.name,
        "description": shortened(function.summary, longest),
        "parameters": [
            {
                "name": argument.name,
                "description": shortened(argument_help(argument), longest_argument),
                "type": "any",
                "dimensionality": "matrix",
                **({"repeating": True} if function.repeats(argument) else {}),
                **({"optional": True} if not argument.required and not function.repeats(argument) else {}),
            }
            for argument in function.arguments
        ],
        "result": {"type": "any", "dimensionality": "matrix"},
    }
    asked = any(not argument.required or argument.kind == "text" for argument in function.arguments)
    if asked and not function.variadic:
        # Excel on the desktop hands over a blank cell as 0: host.js asks whether it is one.
        found["requiresParameterAddresses"] = True
    return found


def shortened(text: str, longest: int) -> str:
    """A text within a limit, cut behind a word."""
    return text if len(text) <= longest else text[: longest - 1].rpartition(" ")[0] + "…"


def identifier(url: str, kind: str) -> str:
    """An add-in's id: the same for the same address, so that a new version replaces the old one."""
    return str(uuid5(NAMESPACE_URL, f"{url}#{kind}"))


def manifest_xml(url: str, script: str) -> str:
    """The add-in-only manifest, which every Excel with custom functions takes. `url` ends in a slash.

    Order of elements as in Microsoft's sample excel-shared-runtime-global-state; no Namespace, so that the names are
    those of every other host.
    """
    fields = {"id": identifier(url, "xml"), "version": VERSION, "url": url, "origin": origin(url), "script": script}
    fields["description"] = shortened(LONG, 250)
    quoted = {name: escape(text, {'"': "&quot;"}) for name, text in fields.items()}
    return packing.part("office", "manifest.xml.template", **quoted)


def unified_manifest(url: str, script: str) -> dict[str, Any]:
    """The unified manifest for Microsoft 365 alone; an Excel bought once does not read it."""
    fields = {"id": identifier(url, "unified"), "version": VERSION, "url": url, "script": script, "schema": SCHEMA}
    fields |= {"domain": origin(url).removeprefix("https://"), "short": SHORT, "long": LONG}
    quoted = {name: json.dumps(text, ensure_ascii=False)[1:-1] for name, text in fields.items()}
    found: dict[str, Any] = json.loads(packing.part("office", "manifest.json.template", **quoted))
    functions = [_function(function, LONGEST_UNIFIED, LONGEST_UNIFIED) for function in FUNCTIONS.values()]
    for function in functions:
        function["result"] = {"dimensionality": "matrix"}
    found["extensions"][0]["runtimes"][0]["customFunctions"]["functions"] = functions
    return found


def origin(url: str) -> str:
    return "/".join(url.split("/")[:3])


def as_json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
