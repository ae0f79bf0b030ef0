"""The files of the Apps Script project: the core, the functions Sheets lists, a menu, a sidebar."""

from __future__ import annotations

import json
import os
from pathlib import Path

from addin import packing
from addin.contract import argument_help
from addin.javascript import build as javascript
from pycalc import FUNCTIONS
from pycalc.registry.definition import Function

MANIFEST = {
    "timeZone": "Etc/UTC",
    "exceptionLogging": "STACKDRIVER",
    "runtimeVersion": "V8",
    "oauthScopes": [
        "https://www.googleapis.com/auth/spreadsheets.currentonly",
        "https://www.googleapis.com/auth/script.container.ui",
    ],
}
TYPES = {"number": "number", "date": "Date", "flag": "boolean", "text": "string"}


def files() -> dict[str, bytes]:
    """Every file by its name; the same sources give the same bytes."""
    return {
        "Breakeven.gs": javascript.core(with_tokens=False).encode(),
        "Code.gs": text().encode(),
        "Sidebar.html": packing.part("sheets", "Sidebar.html").encode(),
        "appsscript.json": (json.dumps(MANIFEST, indent=2) + "\n").encode(),
    }


def build(folder: str | os.PathLike[str]) -> list[Path]:
    """Write the files into a new folder."""
    return packing.write_folder(folder, files())


def names() -> list[str]:
    """The functions Sheets can have: not those that count tokens, whose vocabularies are too large for a script."""
    return [name for name, function in FUNCTIONS.items() if "tiktoken" not in function.needs]


def text() -> str:
    """Code.gs: what Sheets lists, and the menu."""
    functions = "\n".join(_function(FUNCTIONS[name]) for name in names())
    return f"// LLM Breakeven in Google Sheets. {javascript.MARK}\n{packing.part('sheets', 'host.js')}\n{functions}"


def _function(function: Function) -> str:
    places = [f"...{a.name}" if function.repeats(a) else a.name for a in function.arguments]
    lines = [f" * {_comment(function.summary)}", " *"]
    for argument in function.arguments:
        kind = TYPES.get(argument.kind, "*")
        name = argument.name if argument.required else f"[{argument.name}]"
        lines.append(f" * @param {{{kind}}} {name} {_comment(argument_help(argument))}")
    return "\n".join(
        [
            "/**",
            *lines,
            f" * @return {_comment(function.returns)}",
            " * @customfunction",
            " */",
            f"function {function.name}({', '.join(places)}) {{",
            f"  return answer_({json.dumps(function.name)}, [{', '.join(places)}]);",
            "}",
            "",
        ]
    )


def _comment(text: str) -> str:
    return text.replace("*/", "* /")
