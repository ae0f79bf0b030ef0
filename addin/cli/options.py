"""What a command's options and arguments are called, take and say: data/options.tsv."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, get_origin, get_type_hints

import typer
from typer.core import TyperOption

from addin.cli import completion, own_prices, terminal
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


def add_common(command: Any, name: str) -> None:
    """Give a command, or the commands within it, the options that mean the same to all and that no function takes."""
    for inner in getattr(command, "commands", {}).values():
        add_common(inner, f"{name} {inner.name}")
    for line in tsv.lines(TABLE):
        if line["name"] in _COMMON and name in line["command"].split(", "):
            told = {"help": line["help"], "metavar": line["metavar"] or None, **_COMMON[line["name"]]}
            names = [line["name"], line["flags"]]
            command.params.append(TyperOption(param_decls=names, expose_value=False, **told))


def _set(_context: typer.Context, option: TyperOption, given: bool) -> None:
    if given:
        terminal.FLAGS.set(terminal.FLAGS.get() | {str(option.name)})


_COMMON: dict[str, dict[str, Any]] = {
    "force": {"is_flag": True, "callback": _set},
    "json": {"is_flag": True, "callback": _set},
    "own_rates": {"multiple": True, "is_eager": True, "callback": own_prices.keep_rates},  # before the file is read
    "own_prices": {"callback": own_prices.use_file},
}


def _parameter(line: dict[str, str]) -> Any:
    told: Any = {"help": line["help"], "metavar": line["metavar"] or None}
    if line["complete"]:
        offered = told["autocompletion"] = getattr(completion, line["complete"])
        if "{}" in line["help"]:
            told["help"] = line["help"].format(", ".join(offered("")))
    least, _, most = line["range"].partition("..")
    told |= {name: json.loads(end) for name, end in (("min", least), ("max", most)) if end}
    return typer.Option(*line["flags"].split(), **told) if line["flags"] else typer.Argument(**told)
