"""What the extension tells LibreOffice: its parts and the functions' help."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from addin import packing
from addin.calc.names import SERVICE, method
from addin.contract import argument_help
from pycalc import FUNCTIONS
from pycalc.registry.definition import Function


def functions_help() -> str:
    """CalcAddIns.xcu: each function's name, category and argument help for the function wizard."""
    functions = "\n".join(_function(function) for function in FUNCTIONS.values())
    return packing.part("calc", "CalcAddIns.xcu.template", service=SERVICE, functions=functions)


def _function(function: Function) -> str:
    parameters = "\n".join(
        f'<node oor:name={quoteattr(method(argument.name))} oor:op="replace">'
        f"{_text('DisplayName', argument.name)}{_text('Description', argument_help(argument))}</node>"
        for argument in function.arguments
    )
    return (
        f'<node oor:name={quoteattr(method(function.name))} oor:op="replace">\n'
        f"{_text('DisplayName', function.name)}{_text('Description', function.summary)}"
        f'<prop oor:name="Category"><value>Add-In</value></prop>{_text("CompatibilityName", function.name)}\n'
        f'<node oor:name="Parameters">\n{parameters}\n</node></node>'
    )


def _text(name: str, value: str) -> str:
    return f'<prop oor:name="{name}"><value xml:lang="en">{escape(value)}</value></prop>'


def manifest(parts: dict[str, str]) -> str:
    """META-INF/manifest.xml: each part that LibreOffice has to read, with its media type."""
    entries = "\n".join(
        f"<manifest:file-entry manifest:full-path={quoteattr(path)} manifest:media-type={quoteattr(kind)}/>"
        for path, kind in parts.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n{entries}\n</manifest:manifest>\n'
    )
