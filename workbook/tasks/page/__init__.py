"""The page for somebody without a spreadsheet: one HTML file that holds the model and recomputes it.

The model's formulas are translated from the workbook (workbook/formulas/javascript.py), so the page cannot say what the
workbook does not. When it opens, the page works every figure out and compares it with the workbook's; where one
differs it shows the workbook's figures, says so, and offers no sliders.
"""

from __future__ import annotations

import base64
import html
import json
import os
from hashlib import sha256
from importlib import resources
from string import Template

from pycalc.version import VERSION
from workbook.engines.settling import believed
from workbook.file.opening import steady
from workbook.file.package import Package
from workbook.tasks.broken import refuse_broken, refuse_circles, refuse_settings
from workbook.tasks.page.contents import Contents, read
from workbook.tasks.page.model import Model, cells_of, collect


@steady()
def page(path: str | os.PathLike[str], *, anyway: bool = False) -> bytes:
    """The page of a workbook made from our template; its stored values may be stale, they are worked out anew."""
    with Package(path) as package:
        refuse_broken(package, "report on", anyway)
        refuse_settings(package, "the page", as_shown=True)
        computed = refuse_circles(package, believed(package), "report on", anyway).values
        cells = cells_of(package)
        contents = read(package, computed, cells)
        model = collect(package, contents.wanted(), cells)
    return _html(contents, model)


def _html(contents: Contents, model: Model) -> bytes:
    script = "\n".join(
        [
            '"use strict";',
            _part("excel.js"),
            f"const MODEL = {_json(contents.as_dict(model))};",
            f"const CONSTANTS = {_json(model.constants())};",
            f"const FORMULAS = {model.formulas()};",
            _part("charts.js"),
            _part("page.js"),
        ]
    )
    style = _part("page.css")
    text = Template(_part("page.html.template")).substitute(
        title=html.escape(contents.title),
        subtitle=html.escape(contents.subtitle),
        version=VERSION,
        file=html.escape(contents.file),
        style=style,
        style_digest=_digest(style),
        script=script,
        script_digest=_digest(script),
    )
    return text.encode("utf-8")


def _json(value: object) -> str:
    """JSON that cannot end the script it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _digest(text: str) -> str:
    """What a content-security policy knows a script or a style of the page by."""
    return "sha256-" + base64.b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii")


def _part(name: str) -> str:
    return resources.files("workbook.tasks.page").joinpath(name).read_text(encoding="utf-8").strip("\n")
