"""What the extension tells LibreOffice: its parts, the functions' help, who made it."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from addin.calc.names import JOB, SERVICE, method
from addin.contract import argument_help
from pycalc import FUNCTIONS
from pycalc.registry.definition import Argument, Function
from pycalc.version import VERSION

IDENTIFIER = "org.llmbreakeven"
_REGISTRY = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name={name} oor:package={package}>\n{body}\n'
    "</oor:component-data>\n"
)


def functions_help() -> str:
    """CalcAddIns.xcu: each function's name, category and argument help for the function wizard."""
    functions = "\n".join(_function(function) for function in FUNCTIONS.values())
    body = (
        f'<node oor:name="AddInInfo"><node oor:name={quoteattr(SERVICE)} oor:op="replace">'
        f'<node oor:name="AddInFunctions">\n{functions}\n</node></node></node>'
    )
    return _REGISTRY.format(name='"CalcAddIns"', package='"org.openoffice.Office"', body=body)


def _function(function: Function) -> str:
    parameters = "\n".join(_parameter(argument) for argument in function.arguments)
    return (
        f'<node oor:name={quoteattr(method(function.name))} oor:op="replace">\n'
        f"{_text('DisplayName', function.name)}{_text('Description', function.summary)}"
        f'<prop oor:name="Category"><value>Add-In</value></prop>{_text("CompatibilityName", function.name)}\n'
        f'<node oor:name="Parameters">\n{parameters}\n</node></node>'
    )


def _parameter(argument: Argument) -> str:
    return (
        f'<node oor:name={quoteattr(method(argument.name))} oor:op="replace">'
        f"{_text('DisplayName', argument.name)}{_text('Description', argument_help(argument))}</node>"
    )


def _text(name: str, value: str) -> str:
    return f'<prop oor:name="{name}"><value xml:lang="en">{escape(value)}</value></prop>'


def start_job() -> str:
    """Jobs.xcu: what runs when LibreOffice starts, see inside/breakeven_names.py."""
    body = (
        f'<node oor:name="Jobs"><node oor:name="{JOB}" oor:op="replace">'
        f'<prop oor:name="Service"><value>{JOB}</value></prop></node></node>\n'
        '<node oor:name="Events"><node oor:name="OnStartApp" oor:op="fuse"><node oor:name="JobList">'
        f'<node oor:name="{JOB}" oor:op="replace"/></node></node></node>'
    )
    return _REGISTRY.format(name='"Jobs"', package='"org.openoffice.Office"', body=body)


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


def description() -> str:
    """description.xml: identifier, version, name."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<description xmlns="http://openoffice.org/extensions/description/2006" '
        'xmlns:xlink="http://www.w3.org/1999/xlink">\n'
        f'<identifier value="{IDENTIFIER}"/>\n<version value="{VERSION}"/>\n'
        '<display-name><name lang="en">LLM break-even functions</name></display-name>\n'
        "</description>\n"
    )
