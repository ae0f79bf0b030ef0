"""What a command's options and arguments are called, take and say: data/options.tsv."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, get_origin, get_type_hints

import typer

from addin.cli import completion
from workbook.file import tsv

TABLE = Path(__file__).parent / "data" / "options.tsv"


def describe(function: Any, command: str) -> None:
    """Give the function of a command, or of one of the commands within it, what the table says of its parameters.

    A line without a command holds for all of them, one without flags is an argument; {} are the names Tab offers.
    """
    if function.__name__ != command:
        command = f"{command} {function.__name__}"
    for name, kind in get_type_hints(function, include_extras=True).items():
        for line in tsv.lines(TABLE) if get_origin(kind) is not Annotated else ():
            if line["name"] == name and command in (line["command"] or command).split(", "):
                function.__annotations__[name] = Annotated[kind, _parameter(line)]


def _parameter(line: dict[str, str]) -> Any:
    told: Any = {"help": line["help"], "metavar": line["metavar"] or None}
    if line["complete"]:
        offered = told["autocompletion"] = getattr(completion, line["complete"])
        if "{}" in line["help"]:
            told["help"] = line["help"].format(", ".join(offered("")))
    least, _, most = line["range"].partition("..")
    told |= {name: json.loads(end) for name, end in (("min", least), ("max", most)) if end}
    return typer.Option(*line["flags"].split(), **told) if line["flags"] else typer.Argument(**told)
