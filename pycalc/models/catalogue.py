"""The dated catalogue: prices, context windows, shutdown dates and what each model name stood for when.

It is read from the CSV files in data/, once, by the first call that needs it:

* prices.csv: prices no package holds (training, fine-tuned inference, hosting, history), kept by hand;
* base_prices.csv, base_models.csv: base models, a snapshot of genai-prices made by tools/base_prices.py;
* models.csv: context windows, release and shutdown dates, kept by hand; it overrules base_models.csv;
* names.csv: the snapshot an undated name stood for, and from when.

A price holds from `effective_from` to the day before `effective_to`; an empty `effective_to` is no end known.
Outside its periods there is no price: never a neighbour's, and never the base model's for a fine-tuned one.
Dates are ISO texts throughout, which compare as dates do.
"""

from __future__ import annotations

from _thread import allocate_lock

from pycalc.errors import CalcError, no_answer
from pycalc.models.tokenizer import bare_name, fine_tuned_base

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ("input", "cached_input", "output", "batch_input", "batch_output", "training")
"""The kinds MODEL_PRICE documents. The catalogue holds more, such as "training_lora_sft"."""

TOKEN_PRICE = "usd_per_1m_tokens"
UNITS = {
    TOKEN_PRICE: "USD per 1M tokens",
    "usd_per_hour": "USD per hour",
    "usd_per_gpu_hour": "USD per GPU and hour",
    "usd_per_training_hour": "USD per hour of training",
    "usd_per_hour_per_model_unit": "USD per hour and model unit",
    "usd_per_job": "USD per job",
    "usd_per_model_month": "USD per model and month",
    "usd_per_gb_month": "USD per GB and month",
}

CONFIDENCES = ("high", "medium", "low", "unverified")

EXCEL_DAY_ZERO = 693_594
"""What Python's date.toordinal() gives for 1899-12-30, Excel's day 0."""


class Price:
    """One row of the catalogue."""

    __slots__ = (
        "amount",
        "confidence",
        "effective_from",
        "effective_to",
        "kind",
        "model",
        "note",
        "provider",
        "read_on",
        "source",
        "unit",
    )

    def __init__(
        self,
        model: str,
        provider: str,
        kind: str,
        amount: str,
        unit: str,
        effective_from: str,
        effective_to: str,
        confidence: str,
        source: str,
        read_on: str,
        note: str,
    ) -> None:
        self.model = model
        self.provider = provider
        self.kind = kind
        self.amount = float(amount)
        self.unit = unit
        self.effective_from = effective_from
        self.effective_to = effective_to
        self.confidence = confidence
        self.source = source
        self.read_on = read_on
        self.note = note

    def holds(self, day: str) -> bool:
        return self.effective_from <= day and (not self.effective_to or day < self.effective_to)

    def period(self) -> str:
        """ "from 2024-08-20" or "from 2024-08-20 to before 2027-01-14"."""
        end = f" to before {self.effective_to}" if self.effective_to else ""
        return f"from {self.effective_from}{end}"

    def provenance(self) -> str:
        """Where the price was read, when, and from when it holds."""
        parts = [self.source, f"read {self.read_on}", f"holds {self.period()}", f"confidence {self.confidence}"]
        if self.note:
            parts.append(self.note)
        return "; ".join(parts)

    def as_dict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


class Model:
    """What is known of a model besides its prices; empty texts where nothing is."""

    __slots__ = ("context_window", "name", "provider", "released", "shutdown", "source")

    def __init__(self, name: str, provider: str) -> None:
        self.name = name
        self.provider = provider
        self.context_window = 0
        self.released = ""
        self.shutdown = ""
        self.source = ""


class Catalogue:
    """The catalogue as read; use the module's functions."""

    def __init__(self) -> None:
        self.prices: dict[tuple[str, str], list[Price]] = {}
        self.models: dict[str, Model] = {}
        self.names: dict[str, list[tuple[str, str, str]]] = {}
        """Other names: from, to, model."""
        self._by_letters: dict[str, list[str]] = {}
        for fields in (*_rows("prices.csv"), *_rows("base_prices.csv")):
            price = Price(*fields)
            name = price.model.lower()
            self.prices.setdefault((name, price.kind), []).append(price)
            self.models.setdefault(name, Model(price.model, price.provider))
        for periods in self.prices.values():
            periods.sort(key=lambda price: price.effective_from)
        self.as_of = max(price.read_on for periods in self.prices.values() for price in periods)
        for name, provider, window, others, source, _ in _rows("base_models.csv"):
            model = self.models.setdefault(name, Model(name, provider))
            model.context_window = int(window or 0)
            model.source = source
            for other in others.split():
                self.names.setdefault(other, []).append(("", "", name))
        for name, provider, window, released, shutdown, source, _, _ in _rows("models.csv"):
            model = self.models.setdefault(name, Model(name, provider))
            model.context_window = int(window) if window else model.context_window
            model.released, model.shutdown, model.source = released, shutdown, source
        for name, target, start, end, *_ in _rows("names.csv"):
            self.names.setdefault(name, []).append((start, end, target))

    def find(self, model: str, day: str) -> str:
        """The catalogue's name of the model that this name stood for on that day."""
        name = key(model)
        periods = self.names.get(name)
        if periods:
            for start, end, target in periods:
                if start <= day and (not end or day < end):
                    return target
            first = periods[0][0]
            raise no_answer(
                f'"{name}" stood for no model the catalogue knows on {day}',
                f"It is known from {first}" if day < first else f"Name a snapshot, such as {periods[-1][2]}",
            )
        if name in self.models:
            return name
        raise self._unknown(name)

    def latest(self, model: str) -> Model:
        """The model that a name stands for on the as-of date, or stood for last."""
        periods = self.names.get(key(model))
        if periods and all(end and end <= self.as_of for _, end, _ in periods):
            return self.models[periods[-1][2]]
        return self.models[self.find(model, self.as_of)]

    def _unknown(self, name: str) -> CalcError:
        if not name:
            return no_answer("no model is named", "Write one such as gpt-4o or ft:gpt-4o")
        if name.startswith("ft:") and (name[3:] in self.models or name[3:] in self.names):
            return no_answer(
                f'"{name}" is a fine-tuned model the catalogue does not know; its base model\'s price is not its price',
                f"Known are {', '.join(sorted(known for known in self.models if known.startswith('ft:')))}",
            )
        alike = self._alike(name)
        hint = f"Alike are {', '.join(alike)}; " if alike else ""
        return no_answer(f'"{name}" is not in the catalogue', f"{hint}`breakeven prices` lists every model")

    def _alike(self, name: str) -> list[str]:
        """Known names with the same letters in another order or with other signs between, or the same beginning.

        Quick, because a column may hold a hundred thousand unknown names.
        """
        if not self._by_letters:
            for known in (*self.models, *self.names):
                self._by_letters.setdefault(_letters(known), []).append(known)
        same = self._by_letters.get(_letters(name), [])
        start = name[:6]
        return (same or [known for known in (*self.names, *self.models) if known.startswith(start)])[:5]


_catalogue: Catalogue | None = None
_reading = allocate_lock()


def load() -> Catalogue:
    """The catalogue, read by the first call."""
    global _catalogue
    if _catalogue is None:
        with _reading:
            if _catalogue is None:
                _catalogue = Catalogue()
    return _catalogue


def key(model: str) -> str:
    """A model's name as the catalogue keys it: ``ft:NAME`` for a fine-tuned one, whoever owns it."""
    name = bare_name(model)
    base = fine_tuned_base(name)
    return f"ft:{bare_name(base)}" if base else name


def price(model: str, kind: str, day: str = "") -> Price:
    """The price of one kind on a day (default: the as-of date), or #N/A with the reason."""
    catalogue = load()
    day = day or catalogue.as_of
    name = catalogue.find(model, day)
    kind = "_".join(kind.lower().replace("-", " ").split())
    periods = catalogue.prices.get((name, kind))
    if not periods:
        known = ", ".join(sorted(k for m, k in catalogue.prices if m == name))
        remedy = f"Known for {name} are: {known}" if known else f"No price of {name} is known at all"
        if kind.startswith("training") and name.startswith("ft:"):
            remedy = f"Training is priced under the base model's name: {name[3:]}"
        raise no_answer(f'no price of kind "{kind}" is known for {name}', remedy)
    for row in periods:
        if row.holds(day):
            return row
    shutdown = catalogue.models[name].shutdown
    closed = f"; it was shut down on {shutdown}" if shutdown and shutdown <= day else ""
    raise no_answer(
        f"no {kind} price of {name} is known on {day}{closed}",
        f"Known {'; '.join(row.period() for row in periods)}",
    )


def prices(model: str = "", day: str = "") -> Iterator[Price]:
    """Rows by model and kind: those that hold on a day, or all; of one model, or all."""
    catalogue = load()
    name = ""
    if model:
        name = catalogue.find(model, day) if day else catalogue.latest(model).name.lower()
    for row_key in sorted(catalogue.prices):
        if not name or row_key[0] == name:
            yield from (row for row in catalogue.prices[row_key] if not day or row.holds(day))


def context_window(model: str) -> int:
    """Context window in tokens; a fine-tuned model has its base's."""
    found = load().latest(model)
    if not found.context_window and found.name.startswith("ft:"):
        found = load().latest(found.name[3:])
    if not found.context_window:
        raise no_answer(f"no context window of {found.name} is known", "Look it up on the vendor's model page")
    return found.context_window


def shutdown(model: str) -> str:
    """The day the model stops answering, "" where none is announced."""
    return load().latest(model).shutdown


def as_of() -> str:
    """The newest day on which a price in the catalogue was read."""
    return load().as_of


def serial(day: str) -> float:
    """An ISO date as Excel counts days."""
    from datetime import date

    return float(date.fromisoformat(day).toordinal() - EXCEL_DAY_ZERO)


def iso_day(serial_number: float) -> str:
    """An Excel date as an ISO text; the time of day is left off."""
    from datetime import date

    return date.fromordinal(int(serial_number) + EXCEL_DAY_ZERO).isoformat()


def _letters(name: str) -> str:
    return "".join(sorted(filter(str.isalnum, name)))


def _rows(name: str) -> list[list[str]]:
    import csv
    from pkgutil import get_data

    data = get_data("pycalc", f"data/{name}")
    if data is None:
        raise RuntimeError(f"pycalc/data/{name} is missing. Install llm-breakeven again")
    return list(csv.reader(data.decode("utf-8").splitlines()))[1:]
