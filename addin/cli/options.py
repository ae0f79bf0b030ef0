"""What a command's options and arguments are called, take and say: data/options.tsv."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, get_origin, get_type_hints

import typer
from typer.core import TyperOption

from addin.cli import completion, terminal
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


def add_flags(command: Any, name: str) -> None:
    """Give a command, or the commands within it, the flags that mean the same to all: see `terminal.FLAGS`."""
    for inner in getattr(command, "commands", {}).values():
        add_flags(inner, f"{name} {inner.name}")
    for line in tsv.lines(TABLE):
        if line["name"] in ("force", "json") and name in line["command"].split(", "):
            told: Any = {"is_flag": True, "expose_value": False, "callback": _set, "help": line["help"]}
            command.params.append(TyperOption(param_decls=[line["flags"]], **told))


def _set(_context: typer.Context, option: TyperOption, given: bool) -> None:
    if given:
        terminal.FLAGS.set(terminal.FLAGS.get() | {str(option.name)})


def _parameter(line: dict[str, str]) -> Any:
    told: Any = {"help": line["help"], "metavar": line["metavar"] or None}
    if line["complete"]:
        offered = told["autocompletion"] = getattr(completion, line["complete"])
        if "{}" in line["help"]:
            told["help"] = line["help"].format(", ".join(offered("")))
    least, _, most = line["range"].partition("..")
    told |= {name: json.loads(end) for name, end in (("min", least), ("max", most)) if end}
    return typer.Option(*line["flags"].split(), **told) if line["flags"] else typer.Argument(**told)
