"""The memo as data: sections of paragraphs, tables and charts, which every format writes in its own way."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pycalc.errors import CalcError
from pycalc.models import catalogue
from workbook.file import tsv
from workbook.file.cells import Value


@dataclass(frozen=True)
class Cell:
    """A figure with its number format; `absent` is what stands for an error or a blank."""

    value: Value
    form: str = "text"
    absent: str = ""

    @property
    def text(self) -> str:
        return shown(self.value, self.form, self.absent)

    @property
    def is_number(self) -> bool:
        return self.form != "text"


@dataclass
class Table:
    """Rows of cells under column titles; `marked` rows stand out."""

    title: str
    columns: list[str]
    rows: list[list[Cell]]
    note: str = ""
    marked: set[int] = field(default_factory=set)
    widths: list[float] = field(default_factory=list)
    """Relative widths of the columns; all alike when empty."""

    @property
    def numeric(self) -> list[bool]:
        """Which columns hold figures."""
        return [any(row[at].is_number for row in self.rows) for at in range(len(self.columns))]

    @property
    def shares(self) -> list[float]:
        """The part of the whole width that each column takes."""
        widths = self.widths or [1.0] * len(self.columns)
        return [width / sum(widths) for width in widths]


@dataclass
class Lines:
    """A chart of lines over months; the line `marked` stands out, and the first is quiet."""

    title: str
    x_title: str
    y_title: str
    series: list[tuple[str, list[float | None]]]
    marked: str = ""


@dataclass
class Bars:
    """A chart of bars, one a label; `marked` stands out."""

    title: str
    unit: str
    bars: list[tuple[str, float]]
    marked: str = ""


@dataclass
class Tornado:
    """For each driver the result at its low and at its high value."""

    title: str
    unit: str
    base: float
    drivers: list[tuple[str, float, float]]


@dataclass
class Bullets:
    lines: list[str]


Drawing = Lines | Bars | Tornado
Block = str | Bullets | Table | Drawing


@dataclass
class Section:
    title: str
    blocks: list[Block]


@dataclass
class Memo:
    """The whole memo. `answer` and what follows it up to `board` fit one page."""

    title: str
    about: str
    facts: list[tuple[str, str]]
    """Date, scenario, currency, checks, file."""
    question: str
    answer: str
    figures: list[tuple[str, str]] = field(default_factory=list)
    """The few figures that carry it."""
    board: list[Section] = field(default_factory=list)
    details: list[Section] = field(default_factory=list)
    footer: str = ""
    alarm: str = ""
    """What a reader has to know before any figure."""


def shown(value: Value, form: str = "text", absent: str = "") -> str:
    """A value as a reader sees it."""
    if value is None or value == "":
        return absent
    if isinstance(value, CalcError):
        return absent or value.code
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return " ".join(value.split())
    if form == "price":
        whole = f"{value:,.4f}".rstrip("0")
        return whole + "0" * max(0, 2 - len(whole.partition(".")[2]))
    if form in _LEAST and 0 < value < _LEAST[form] / 2:
        return f"under {_LEAST[form]:g}"
    if form == "share" and value > _MOST_SHARE:
        return "> 1,000%"
    if form == "short":
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if form == "date" and (day := catalogue.day_of(value)):
        return day
    text = _FORMS.get(form, "{:,.10g}").format(value)
    return text if text.strip("-0.,%") else text.removeprefix("-")  # no minus before nothing


_MOST_SHARE = 10
"""A rate of return above it says no more than that, as in the workbook's own format."""
_TABLE = tsv.lines(Path(__file__).parent / "data" / "forms.tsv")
_FORMS = {line["name"]: line["format"] for line in _TABLE}
_LEAST = {line["name"]: float(line["least"]) for line in _TABLE if line["least"]}
"""What these forms can show; a smaller figure is not nothing."""
