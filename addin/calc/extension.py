"""The LibreOffice extension as a file: breakeven.oxt, self-contained.

Inside are the add-in, the type library of its interface, the functions' help, and pycalc.
"""

from __future__ import annotations

import os
from importlib import resources

from addin import packing
from addin.calc import registration, typelibrary
from addin.calc.names import JOB, method
from pycalc import FUNCTIONS
from pycalc.version import VERSION
from workbook.file.saving import replacing

TYPE_LIBRARY = "application/vnd.sun.star.uno-typelibrary;type=RDB"
COMPONENT = "application/vnd.sun.star.uno-component;type=Python"
CONFIGURATION = "application/vnd.sun.star.configuration-data"

IDENTIFIER = "org.llmbreakeven"
FILE = "breakeven.oxt"


def build(path: str | os.PathLike[str], packages: str = "") -> None:
    """Write the extension; the same sources give the same bytes.

    Parameters
    ----------
    packages : a folder with NumPy and tiktoken for LibreOffice's Python, where that has none.
    """
    content = parts()
    if packages:
        content["packages.txt"] = packages.encode()
    with replacing(path) as file:
        packing.archive(content, file)


def parts() -> dict[str, bytes]:
    """The files of the extension by name."""
    media_types = {
        "breakeven.rdb": TYPE_LIBRARY,
        "breakeven_functions.py": COMPONENT,
        "breakeven_names.py": COMPONENT,
        "CalcAddIns.xcu": CONFIGURATION,
        "Jobs.xcu": CONFIGURATION,
    }
    texts = {
        "META-INF/manifest.xml": registration.manifest(media_types),
        "description.xml": packing.part("calc", "description.xml.template", identifier=IDENTIFIER, version=VERSION),
        "CalcAddIns.xcu": registration.functions_help(),
        "Jobs.xcu": packing.part("calc", "Jobs.xcu.template", job=JOB),  # see inside/breakeven_names.py
        "pythonpath/breakeven_methods.py": _methods(),
    }
    found = {name: text.encode() for name, text in texts.items()}
    found |= packing.licences()
    found["breakeven.rdb"] = typelibrary.compiled()
    for name in ("breakeven_functions.py", "breakeven_names.py"):
        found[name] = resources.files("addin.calc").joinpath("inside", name).read_bytes()
    found |= {f"pythonpath/{name}": content for name, content in packing.sources(vocabularies=True).items()}
    return found


def _methods() -> str:
    lines = "".join(
        f'    ("{method(name)}", "{name}", {function.variadic}, {typelibrary.gives_text(function)}),\n'
        for name, function in FUNCTIONS.items()
    )
    return (
        '"""Method, function, whether its last argument repeats, whether it gives texts. '
        f'Generated from the registry."""\n\nMETHODS = (\n{lines})\n'
    )
