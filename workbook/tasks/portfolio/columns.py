"""The template's model turned on its side: one line of a sheet a use case, one column a figure of an option.

Nothing is calculated here that the template does not define: the rows of `template.model` become columns, and a key in
their formulas becomes the cell of the same line. Options that no column of the table speaks of have no cells; the few
constants that keep them out of the ranking stand instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from workbook.engines.lines import LINE
from workbook.file import tsv
from workbook.tasks.kinds import INPUTS, MODEL
from workbook.template import model
from workbook.template.block import OWN
from workbook.template.cases import SHAPE
from workbook.template.grid import Row, letters, pieces
from workbook.template.inputs import COMMON, COUNT, MOST_MONTHS, OPTION_ROWS, option_input, used_options
from workbook.template.sheets.cashflow import REACH, payback, rate_of_return

AXIS = 2
"""Line of the sheet Model on which months and options are numbered, and the rates of return to try."""

_AREA = re.compile(r"INDEX\(own_area,(\w+),0\)")
_MONTH_OF = re.compile(r"INDEX\((\w+)\.1:\1\.10,([\w.]+)\)")


@dataclass(frozen=True)
class Column:
    """One column of the sheet Model."""

    place: int
    formula: str
    """With `LINE` where the number of the line goes; "" for a constant."""
    constant: object = None
    heading: str = ""


@dataclass
class Layout:
    """All columns, and where each key stands."""

    given: dict[str, int]
    """Columns of the table: the name of an input, and its column on the sheet Inputs."""
    columns: list[Column] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    options: dict[str, int] = field(default_factory=dict)
    """Keys of rows across the options: the column of option 1."""
    months: dict[str, int] = field(default_factory=dict)
    """Keys of rows across the months: the column of month 0."""
    used: tuple[int, ...] = ()
    absent: frozenset[str] = frozenset()
    """Rows of an option that nothing in the table can fill: they are "" in every formula."""
    next: int = 1

    def place(self, name: str) -> int | None:
        """The column of a figure, `npv.5` or `best_label`; None where the table can say nothing of that option."""
        key, _, option = name.partition(".")
        if not option:
            return self.figures[key]
        return self.options[key] + int(option) - 1 if int(option) in self.used else None

    def cell(self, name: str) -> str:
        """The same as a reference for a formula of any sheet."""
        place = self.place(name)
        assert place is not None, name
        return f"{MODEL}!${letters(place)}{LINE}"

    def entered(self, name: str) -> str:
        """The cell of the table that holds an input."""
        return f"{INPUTS}!${letters(self.given[name])}{LINE}"


def lay_out(given: dict[str, int], cuts: bool = False) -> Layout:
    """The columns for a table with these inputs.

    With `cuts`, what is left of an option's token prices in a month is multiplied by `cuts.1` and so on, to be held.
    """
    layout = Layout(given)
    layout.used = used_options(given)
    layout.options["number"] = layout.next
    layout.months["t"] = layout.next + COUNT
    layout.next += COUNT + MOST_MONTHS + 1
    for index in range(len(REACH)):
        layout.figures[f"x.{index}"] = layout.next
        layout.next += 1
    values = {key: _has_values(layout, key) for key, row in OPTION_ROWS.items() if row.counted}
    layout.absent = frozenset(key for key, there in values.items() if not there)
    for key in (*values, "own_model", "own_answers", "own_entries", *(row.key for row in model.OF_OPTIONS)):
        layout.options[key] = layout.next
        layout.next += COUNT
    singles = (*model.HEADS, *model.GAP_ROWS, *_LATER)
    common = [model.common_key(name) for name in COMMON if name in given]
    for key in (*common, *(row.key for row in singles)):
        layout.figures[key] = layout.next
        layout.next += 1
    own = [f"{key}.{option}" for key in ("own", "cuts")[: 1 + cuts] for option in layout.used]
    for key in ("growth", "weight", *own, "all.1", "rec_net", "rec_sum", "rec_worth"):
        layout.months[key] = layout.next
        layout.next += MOST_MONTHS + 1
    _inputs(layout, values)
    for row in model.OF_OPTIONS:
        for option in layout.used:
            _add(
                layout, layout.options[row.key] + option - 1, _text(layout, row, option), ("option", option), row.label
            )
    for option in set(range(1, COUNT + 1)) - set(layout.used):
        for key, constant in (("gate", "not entered"), ("ranked", "closed_price")):
            place = layout.options[key] + option - 1
            layout.columns.append(Column(place, f"={constant}" if key == "ranked" else "", constant, key))
    for row in singles:
        _add(layout, layout.figures[row.key], str(row.formula), ("one", 0), row.label)
    _months(layout)
    layout.columns.sort(key=lambda column: column.place)
    return layout


def _has_values(layout: Layout, key: str) -> bool:
    row = OPTION_ROWS[key]
    own = any(option_input(option, key) in layout.given or (option, key) in SHAPE for option in layout.used)
    return own or bool(row.common and key in layout.given)


def _own(layout: Layout, option: int, key: str) -> str:
    """The cell or constant of an option's own entry, as part of a formula; "" for none."""
    name = option_input(option, key)
    if name in layout.given:
        return layout.entered(name)
    constant = SHAPE.get((option, key))
    return "" if constant is None else f'"{constant}"' if isinstance(constant, str) else str(constant)


def _inputs(layout: Layout, values: dict[str, bool]) -> None:
    """Values in force, common ones and those of every option; a blank is "" in all of them, never a 0."""
    for name in COMMON:
        if name in layout.given:
            cell = layout.entered(name)
            place = layout.figures[model.common_key(name)]
            layout.columns.append(Column(place, f'=IF({cell}="","",{cell})', heading=COMMON[name].label))
    for key, there in values.items():
        if not there:
            continue
        for option in layout.used:
            own, place = _own(layout, option, key), layout.options[key] + option - 1
            name = option_input(option, key)
            if own and name not in layout.given:
                layout.columns.append(Column(place, "", SHAPE[(option, key)], key))
                continue
            fallback = model.taken(key, option == 1)
            text = _resolved(layout, fallback, ("option", option)) if fallback else '""'
            formula = f'=IF({own}<>"",{own},{text})' if own else f"={text}"
            layout.columns.append(Column(place, formula, heading=OPTION_ROWS[key].label))
    for option in layout.used:
        for name, _, own_keys in OWN:
            cells = "&".join(filter(None, (_own(layout, option, key) for key in own_keys))) or '""'
            _raw(layout, name, option, f'=IF({cells}="",0,1)')
        entries = [own for key in _counted("caching") if (own := _own(layout, option, key))]
        _raw(layout, "own_entries", option, "=" + ("+".join(f'IF({own}="",0,1)' for own in entries) or "0"))


def _raw(layout: Layout, key: str, option: int, formula: str) -> None:
    layout.columns.append(Column(layout.options[key] + option - 1, formula, heading=key))


def _counted(first: str) -> list[str]:
    """The rows of an option that the model reads, from one of them to the last that may be an entry of its own."""
    keys = [key for key, row in OPTION_ROWS.items() if row.counted]
    return keys[keys.index(first) : keys.index("context_window") + 1]


def _text(layout: Layout, row: Row, option: int) -> str:
    if row.key == "texts":  # a range down the block there, single cells here
        cells = [key for key in _counted("prompt_tokens") if option_input(option, key) in layout.given]
        return "+".join(f'IF(ISTEXT({key}),IF({key}="",0,1),0)' for key in cells) or "0"
    if option == 1 and row.opening is not None:
        return row.opening
    return row.formula if isinstance(row.formula, str) else row.formula[option - 1]


def _months(layout: Layout) -> None:
    for row in model.month_rows(dated=False):
        _each_month(layout, row.key, str(row.formula), 1)
    for option in layout.used:
        text = "+".join(model.own_parts(option).values())
        if f"cuts.{option}" in layout.months:
            text = text.replace(f"by_price.{option}", f"by_price.{option}*cuts.{option}")
        _each_month(layout, f"own.{option}", text, 1)
    _each_month(layout, "all.1", model.path(1), 1)
    moved = "(t>best_built)*(t>=best_leaves)*(t-1<best_leaves)*best_next_move"
    alive = f"(t>best_built)*{model.clamped('best_lives')}"
    net = f"IF(best<=1,0,{alive}*(all.1-INDEX(own.1:own.10,best))-{moved})"
    _each_month(layout, "rec_net", net, 1, opening="-paid_or_none")
    _each_month(layout, "rec_sum", "SUM(first.rec_net:rec_net)", 0)
    _each_month(layout, "rec_worth", "prev.rec_worth+rec_net*weight", 1, opening="rec_net")


def _each_month(layout: Layout, key: str, text: str, start: int, opening: str = "0") -> None:
    for month in range(MOST_MONTHS + 1):
        formula = text if month >= start else opening
        _add(layout, layout.months[key] + month, formula, ("month", month), f"{key}, month {month}")


def _add(layout: Layout, place: int, text: str, here: tuple[str, int], heading: str) -> None:
    layout.columns.append(Column(place, "=" + _resolved(layout, text, here), heading=heading))


# --- keys into references ---------------------------------------------------------------------------------------------


def _resolved(layout: Layout, text: str, here: tuple[str, int]) -> str:
    text = text.replace("INDEX(own_area,number,0)", f"rest.own.{here[1]}")
    text = _AREA.sub(lambda match: _picked(layout, "rest.own", match[1]), text)
    text = _MONTH_OF.sub(lambda match: _picked(layout, match[1], match[2]), text)
    return "".join(_reference(layout, piece, here) if index % 2 else piece for index, piece in enumerate(pieces(text)))


def _picked(layout: Layout, rows: str, number: str) -> str:
    """Of rows that are one for each option, that of an option by its number, which no formula holds as a number."""
    found = f"{rows}.{layout.used[-1]}"
    for option in reversed(layout.used[:-1]):
        found = f"IF({number}=number.{option},{rows}.{option},{found})"
    return found


def _reference(layout: Layout, token: str, here: tuple[str, int]) -> str:
    kind, place = here
    if token in layout.figures:
        return _at(token, layout.figures[token])
    if kind == "month" and token in layout.months:
        return _at(token, layout.months[token] + place)
    if kind == "option" and token in layout.options:
        return '""' if token in layout.absent else _at(token, layout.options[token] + place - 1)
    if token in layout.months or token in layout.options:
        raise KeyError(token)
    word, _, rest = token.partition(".")
    if word in ("row", "rest", "first", "last", "prev") and rest:
        return _span(layout, word, rest, here)
    stem, _, number = token.rpartition(".")
    if stem in layout.absent:
        return '""'
    if stem in layout.options and number.isdigit():
        return _at(stem, layout.options[stem] + int(number) - 1)
    name = token.removeprefix("all_")
    return '""' if name in COMMON else token  # else a named constant, or a function's own word


def _at(key: str, place: int) -> str:
    return f"${letters(place)}${AXIS}" if key in ("number", "t") or key.startswith("x.") else f"${letters(place)}{LINE}"


def _span(layout: Layout, word: str, key: str, here: tuple[str, int]) -> str:
    across = key in layout.options
    first = layout.options[key] if across else layout.months[key]
    last = first + (COUNT - 1 if across else MOST_MONTHS)
    if word == "first":
        return _at(key, first)
    if word == "last":
        return _at(key, last)
    if word == "prev":
        return _at(key, first + here[1] - (2 if across else 1))
    start = first + 1 if word == "rest" else first
    return f"{_at(key, start)}:{_at(key, last)}"


_SIGNS, _NARROWED = rate_of_return("row.rec_net", "(row.t<=N(months))")
_LATER = (
    *(
        Row(line["key"], line["label"], line["unit"], line["formula"])
        for line in tsv.lines(Path(__file__).parent / "data" / "later.tsv")
    ),
    *payback(lambda key, month="": f"INDEX(row.rec_{key},1,{month})" if month else f"row.rec_{key}")[1:],
    *(Row(f"sign.{index}", "Sign of the value", "sign", sign) for index, sign in enumerate(_SIGNS)),
    *_NARROWED,
)
"""The recommended option's own figures, its break-even and its rate of return; what is paid for it comes first."""
