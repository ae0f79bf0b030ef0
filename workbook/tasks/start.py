"""A workbook of one's own: a case filled in from the command line, a table, and the catalogue."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pycalc.errors import NoAnswerError
from pycalc.models import catalogue
from workbook.errors import WorkbookError
from workbook.file.table import rows
from workbook.tasks import ofmodel
from workbook.tasks.scenario.changes import BadChange, change
from workbook.template import CASES, Case
from workbook.template.cases import Given, Price
from workbook.template.inputs import INPUTS, NEWER, TODAY, TUNED, option_input

ENTERED = "Entered by you"
OWN = "A case of your own: every option, all in, against today."


def started(
    case: str,
    title: str = "",
    models: Sequence[str] = (),
    given: Sequence[str] = (),
    table: str | os.PathLike[str] = "",
) -> Case:
    """A shipped case with inputs of one's own.

    Parameters
    ----------
    case : the name of the case to begin with.
    title : its title; "" keeps the case's.
    models : the prompted model of today, a newer one to change to, and "ft:NAME" for a fine-tuned one: their prices,
        context windows and shutdown dates come from the catalogue.
    given : NAME=VALUE, by the names of inputs; they win over the table, and both over the catalogue.
    table : a CSV file or a workbook, its first sheet, with the columns name and value, and source, date and note where
        you have them.

    Raises
    ------
    BadInputError : a table that cannot be read.
    BadChange : a name that is no input, or a value it cannot have.
    WorkbookError : an unknown case, a table without its columns, a model that is not in the catalogue.
    """
    if case not in CASES:
        raise WorkbookError(f"there is no case {case!r}; there are {', '.join(CASES)}")
    own = dict(_table(Path(table))) if table else {}
    own |= dict(_entered(text) for text in given)
    rate = own["usd_rate"].value if "usd_rate" in own else 1.0
    found: dict[str, Given | Price] = {}
    for option, model in _options(models):
        found |= _of_catalogue(option, model, float(rate))  # type: ignore[arg-type]
    for name, entry in own.items():
        found[name] = entry
    begun = CASES[case].filled(title, found)
    unknown = [f"{why[0].upper()}{why[1:]}: enter it." for model in models if (why := ofmodel.not_kept(model))]
    begun = replace(begun, assumptions=(*begun.assumptions, *unknown))
    if found and case == "blank":
        begun = replace(begun, about=OWN)
    if title:
        begun = replace(begun, given={**begun.given, "title": Given(title, "")})
    return begun


def _entered(text: str, source: str = ENTERED, day: str = "", note: str = "") -> tuple[str, Given]:
    name, separator, value = text.partition("=")
    if not separator:
        raise BadChange(f"{text!r} is no input. Write NAME=VALUE, such as queries=20000")
    made = change(name.strip().lower(), value.strip(), dict.fromkeys(INPUTS))
    return made.name, Given(None if made.value == "none" else made.value, source, day, note)


def _table(path: Path) -> Iterable[tuple[str, Given]]:
    """The inputs of a CSV file or of the first sheet of a workbook, with the columns name and value."""
    lines = rows(str(path), needs="name and value")
    _, header = next(lines, (0, []))
    titles = [(title or "").strip().lower() for title in header]
    if "name" not in titles or "value" not in titles:
        raise WorkbookError(f"{path} has no columns name and value. Write NAME,VALUE with a heading, one input a line")
    for number, cells in lines:
        fields = {title: (cell or "").strip() for title, cell in zip(titles, cells, strict=False)}
        if not fields.get("name") or not fields.get("value"):
            continue
        try:
            yield _entered(
                f"{fields['name']}={fields['value']}",
                fields.get("source") or f"{path.name}, line {number}",
                fields.get("date", ""),
                fields.get("note", ""),
            )
        except BadChange as problem:
            raise BadChange(f"{path}, line {number}: {problem}") from None


def _options(models: Sequence[str]) -> list[tuple[int, str]]:
    """Which option each model fills: today, then the newer model; fine-tuned ones the fine-tuned option."""
    plain = [model for model in models if not ofmodel.tuned(model)]
    tuned = [model for model in models if ofmodel.tuned(model)]
    if len(plain) > 2 or len(tuned) > 1:
        raise WorkbookError(
            f"{', '.join(models)}: give today's model, at most one newer model, and at most one fine-tuned as ft:NAME. "
            "Others go into columns of Options with --set, such as 9.model=NAME"
        )
    return [*zip((TODAY, NEWER), plain, strict=False), *((TUNED, model) for model in tuned)]


def _of_catalogue(option: int, model: str, rate: float) -> dict[str, Given | Price]:
    """What the catalogue knows of a model, for an option's column."""
    day = catalogue.as_of()
    found: dict[str, Given | Price] = {option_input(option, "model"): Given(model, ENTERED, day)}
    try:
        priced = ofmodel.prices(model, day)
    except NoAnswerError as problem:
        raise WorkbookError(f"{model}: {problem.rule}. {problem.remedy}") from None
    for row in priced:
        found[option_input(option, row)] = Price(ofmodel.asked(model, row), ofmodel.KINDS[row], day, rate=rate)
    for row, price in ofmodel.hosting(model, day):
        found[option_input(option, row)] = Given(price.amount * rate, price.source.split(";")[0], price.read_on)
    for row, (value, source) in ofmodel.others(model, day).items():
        found[option_input(option, row)] = Given(value, source, day)
    return found
