"""The catalogue's rows as its CSV files hold them: columns found by their titles, every field checked.

A file with a column missing, or with two titles swapped, fails at once and says where: a price in the wrong column
is worse than none.
"""

from __future__ import annotations

from pycalc.annotations import Iterable, Iterator
from pycalc.files import table
from pycalc.models import sellers

TOKEN_PRICE = "usd_per_1m_tokens"
UNITS = dict(table("units", "unit", "means"))

CONFIDENCES = ("high", "medium", "low", "unverified")

PRICE_COLUMNS = (
    "model", "provider", "kind", "amount", "unit", "effective_from", "effective_to", "confidence", "source",
    "read_on", "note",
)  # fmt: skip

PROVIDERS = {*sellers.MAKERS.values(), *sellers.SELLERS.values(), "aws", "vast", "tinker", "ori", "prime_intellect"}
"""Who a price may be of. A word that is none is a column in the wrong place."""

KIND_WORDS = sellers.WORDS["kinds of price"]
"""What kinds of price are made of; data/README.md says what each kind is."""


class Price:
    """One row of the catalogue."""

    __slots__ = (*PRICE_COLUMNS, "own")

    def __init__(
        self,
        *,
        model: str,
        provider: str,
        kind: str,
        amount: float,
        unit: str,
        effective_from: str,
        effective_to: str,
        confidence: str,
        source: str,
        read_on: str,
        note: str,
        own: str = "",
    ) -> None:
        self.model = model
        self.provider = provider
        self.kind = kind
        self.amount = amount
        self.unit = unit
        self.effective_from = effective_from
        self.effective_to = effective_to
        self.confidence = confidence
        self.source = source
        self.read_on = read_on
        self.note = note
        self.own = own
        """Where a price of the user's own stands, such as "prices.csv"; "" for one of the catalogue's."""

    def holds(self, day: str) -> bool:
        return self.effective_from <= day and (not self.effective_to or day < self.effective_to)

    def period(self) -> str:
        """ "from 2024-08-20" or "from 2024-08-20 to before 2027-01-14"."""
        end = f" to before {self.effective_to}" if self.effective_to else ""
        return f"from {self.effective_from}{end}" if self.effective_from else f"on any day{end}"

    def provenance(self, shutdown: str = "", with_period: bool = True) -> str:
        """Where the price was read, when, from when it holds, and when the model was shut down, if it was."""
        parts = [f"your own price ({self.own}): {self.source}" if self.own else self.source]
        parts.append(f"read {self.read_on}")
        if with_period:
            parts.append(f"holds {self.period()}")
        if self.confidence:
            parts.append(f"confidence {self.confidence}")
        if shutdown:
            parts.append(f"the model was shut down on {shutdown}")
        if self.note:
            parts.append(self.note)
        return "; ".join(parts)

    def as_dict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__ if name != "own" or self.own}


class Model:
    """What is known of a model besides its prices; empty texts where nothing is."""

    __slots__ = ("context_window", "name", "provider", "shutdown", "source")

    def __init__(self, name: str, provider: str) -> None:
        self.name = name
        self.provider = provider
        self.context_window = 0
        self.shutdown = ""
        self.source = ""


def fields(file: str, lines: Iterable[str], columns: tuple[str, ...]) -> Iterator[list[str]]:
    """The fields of each row in the order of `columns`, wherever the file has them."""
    import csv

    reader = csv.reader(lines)
    titles = next(reader, [])
    missing = [name for name in columns if name not in titles]
    if missing:
        raise RuntimeError(f"{file} has no column {', '.join(missing)}. Its columns are {', '.join(titles)}")
    places = [titles.index(name) for name in columns]
    for row in reader:
        if len(row) != len(titles):
            raise RuntimeError(f"{file}, line {reader.line_num}: {len(row)} fields, not {len(titles)}")
        yield [row[place] for place in places]


def price_rows(file: str, lines: Iterable[str]) -> Iterator[Price]:
    """The price rows of one of our own files."""
    line = 1
    sound: set[tuple[str, ...]] = set()  # words and dates repeat: each is looked at once
    for row in fields(file, lines, PRICE_COLUMNS):
        line += 1
        model, provider, kind, amount, unit, start, end, confidence, source, read_on, note = row
        words, days = (provider, kind, unit, confidence, source), (start, end, read_on)
        fault = "" if words in sound else _fault(*words)
        if not fault and not (days in sound or (_is_day(start) and _is_day(read_on) and (not end or _is_day(end)))):
            fault = "effective_from, effective_to and read_on are dates, such as 2026-11-20"
        if not fault and not (model and amount.replace(".", "", 1).isdigit()):
            fault = f'amount "{amount}" is no number' if model else "model is empty"
        if fault:
            raise RuntimeError(f"{file}, row {line}: {fault}. Are two columns swapped?")
        sound.add(words)
        sound.add(days)
        yield Price(
            model=model, provider=provider, kind=kind, amount=float(amount), unit=unit, effective_from=start,
            effective_to=end, confidence=confidence, source=source, read_on=read_on, note=note,
        )  # fmt: skip


def _fault(provider: str, kind: str, unit: str, confidence: str, source: str) -> str:
    """What is wrong with a row's words, "" for nothing."""
    if provider not in PROVIDERS:
        return f'provider "{provider}" is unknown'
    if not all(word in KIND_WORDS for word in kind.split("_")):
        return f'kind "{kind}" is none of data/README.md'
    if unit not in UNITS:
        return f'unit "{unit}" is unknown'
    if confidence not in CONFIDENCES:
        return f'confidence "{confidence}" is unknown'
    return "" if " " in source else f'source "{source}" says too little'


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-" and text[:4].isdigit() and text[5:7].isdigit()
