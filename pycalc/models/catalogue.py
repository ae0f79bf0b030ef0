"""The dated catalogue: prices, context windows, shutdown dates and what each model name stood for when.

It is read from the CSV files in data/, once, by the first call that needs it:

* prices.csv: prices no package holds (training, fine-tuned inference, hosting, history), kept by hand;
* base_prices.csv, base_models.csv: makers' models, a snapshot of genai-prices made by tools/base_prices.py;
* models.csv: context windows, release and shutdown dates, kept by hand; it overrules base_models.csv;
* names.csv: the snapshot an undated name stood for, and from when;
* retired.csv: how the names of models begin whose makers sell them no longer;
* seller_prices.csv, seller_models.csv: what other sellers ask, read when the first name with a seller is asked for.

A price holds from `effective_from` to the day before `effective_to`; an empty `effective_to` is no end known.
Outside its periods there is no price: never a neighbour's, never another seller's, and never the base model's for a
fine-tuned one. Dates are ISO texts throughout, which compare as dates do. Prices of the user's own come first.
"""

from __future__ import annotations

from _thread import allocate_lock

from pycalc.annotations import Iterable, Iterator
from pycalc.errors import CalcError, NoAnswerError
from pycalc.files import packaged
from pycalc.models import rows, sellers
from pycalc.models.rows import CONFIDENCES, TOKEN_PRICE, UNITS, Model, Price

__all__ = [
    "CONFIDENCES", "EXCEL_DAY_ZERO", "KINDS", "TOKEN_PRICE", "UNITS", "Catalogue", "Model", "Price", "as_of",
    "context_window", "day_of", "iso_day", "key", "load", "price", "prices", "serial", "shutdown", "source",
]  # fmt: skip

KINDS = ("input", "cached_input", "cache_write", "output", "batch_input", "batch_output", "training")
"""The kinds MODEL_PRICE documents. The catalogue holds more, such as "off_peak_input"; see data/README.md."""

EXCEL_DAY_ZERO = 693_594
"""What Python's date.toordinal() gives for 1899-12-30, Excel's day 0."""

_BASE_COLUMNS = ("model", "provider", "context_window", "names", "source")
_MODEL_COLUMNS = ("model", "provider", "context_window", "shutdown", "source")
_NAME_COLUMNS = ("name", "model", "effective_from", "effective_to")
_SELLER_COLUMNS = ("model", "provider", "context_window", "names", "scopes", "source")
_RETIRED_COLUMNS = ("begins", "provider", "retired_on", "source")


class Catalogue:
    """The catalogue as read; use the module's functions."""

    def __init__(self) -> None:
        self.prices: dict[tuple[str, str], list[Price]] = {}
        self.models: dict[str, Model] = {}
        self.names: dict[str, list[tuple[str, str, str]]] = {}
        """Other names: from, to, model."""
        self.sold: dict[str, list[tuple[frozenset[str], str]]] = {}
        """Names at a seller ("azure/gpt-4.1"): the regions of each row's price, and the model it stands under."""
        self.own: dict[tuple[str, str], list[Price]] = {}
        """The user's own prices, by the name asked for and the kind."""
        self._asked: dict[str, sellers.Name] = {}
        self.sold_plain: dict[str, list[str]] = {}
        """For messages: models at sellers by the letters and digits of their plain name."""
        self._by_letters: dict[str, list[str]] = {}
        self._by_start: dict[str, list[str]] = {}
        self._sellers_read = False
        for file in ("prices.csv", "base_prices.csv"):
            self._add_prices(rows.price_rows(file, packaged(file)))
        self.as_of = max(price.read_on for periods in self.prices.values() for price in periods)
        for name, provider, window, others, source in _fields("base_models.csv", _BASE_COLUMNS):
            self._add_model(name, provider, window, source)
            for other in others.split():
                self.names.setdefault(other, []).append(("", "", name.lower()))
        for name, provider, window, shutdown, source in _fields("models.csv", _MODEL_COLUMNS):
            self._add_model(name, provider, window, source).shutdown = shutdown
        for name, target, start, end in _fields("names.csv", _NAME_COLUMNS):
            self.names.setdefault(name, []).append((start, end, target))
        self.retired = list(_fields("retired.csv", _RETIRED_COLUMNS))

    def _add_prices(self, found: Iterable[Price]) -> None:
        touched = set()
        for price in found:
            name = price.model.lower()
            touched.add((name, price.kind))
            self.prices.setdefault((name, price.kind), []).append(price)
            if name not in self.models:
                self.models[name] = Model(price.model, price.provider)
        for row_key in touched:
            self.prices[row_key].sort(key=lambda price: price.effective_from)

    def _add_model(self, name: str, provider: str, window: str, source: str) -> Model:
        model = self.models.setdefault(name.lower(), Model(name, provider))
        model.context_window = int(window) if window else model.context_window
        model.source = source
        return model

    def read_sellers(self) -> None:
        """Read the other sellers' files: once, when first asked for."""
        if self._sellers_read:
            return
        with _reading_sellers:
            if self._sellers_read:
                return
            self._add_prices(rows.price_rows("seller_prices.csv", packaged("seller_prices.csv")))
            for name, provider, window, others, scopes, source in _fields("seller_models.csv", _SELLER_COLUMNS):
                where = frozenset(scopes.split())
                self._add_model(name, provider, window, source)
                for other in others.split():
                    self.sold.setdefault(f"{provider}/{other}", []).append((where, name.lower()))
            self._sellers_read = True

    def use_own(self, found: Iterable[Price]) -> list[Price]:
        """Put prices of the user's own before all others, in place of those that stood there; gives those back."""
        before = [row for periods in self.own.values() for row in periods]
        self.own = {}
        for row in found:
            self.own.setdefault((row.model, row.kind), []).append(row)
        return before

    def own_price(self, model: str, kind: str, day: str) -> Price | None:
        """The user's own price of a model on a day: of the name asked for, or of the model it stands for."""
        if not self.own:
            return None
        for name in self._meant(model, day):
            for row in self.own.get((name, kind), []):
                if self.own_holds(row, day):
                    return row
        return None

    def own_holds(self, row: Price, day: str) -> bool:
        """Whether an own price holds. On the catalogue's own date one that was read later holds too: it is newer."""
        return row.holds(max(day, row.read_on) if day == self.as_of else day)

    def _meant(self, model: str, day: str) -> list[str]:
        names = [sellers.parse(model).key()]
        try:
            names.append(self.find(model, day))
        except CalcError:
            return names
        return names

    def find(self, model: str, day: str, kind: str = "") -> str:
        """The catalogue's name of the model that this name stood for on that day.

        `kind` only serves the message of a name that is not found: the price it may have elsewhere.
        """
        asked = self._asked.get(model)
        if asked is None:
            if len(self._asked) > sellers.MOST_REMEMBERED:
                self._asked.clear()
            asked = self._asked[model] = sellers.parse(model)
        if asked.seller:
            return self._find_sold(asked, kind)
        name = asked.model
        found = self._snapshot(name, day)
        if not found:
            from pycalc.models.refusals import unknown

            raise unknown(self, asked)
        provider = self.models[found].provider
        if asked.maker and provider != asked.maker:
            raise NoAnswerError(
                f"{sellers.title(asked.maker)} does not make {name}, {sellers.title(provider)} does",
                f'Ask for "{name}", or name the seller',
            )
        return found

    def _snapshot(self, name: str, day: str) -> str:
        """The model a maker's name stood for on a day; "" for an unknown name."""
        periods = self.names.get(name)
        if not periods:
            return name if name in self.models and "/" not in name else ""
        for start, end, target in periods:
            if start <= day and (not end or day < end):
                return target
        first = periods[0][0]
        raise NoAnswerError(
            f'"{name}" stood for no model the catalogue knows on {day}',
            f"It is known from {first}" if day < first else f"Name a snapshot, such as {periods[-1][2]}",
        )

    def _find_sold(self, asked: sellers.Name, kind: str) -> str:
        self.read_sellers()
        rows_of_name = self.sold.get(f"{asked.seller}/{asked.model}", [])
        if not asked.why_not:
            for scopes, name in rows_of_name:
                if (asked.scope or "default") in scopes or ("*" in scopes and _is_commercial(asked.scope)):
                    return name
            written = asked.key()
            if not rows_of_name and written in self.models:
                return written  # a row kept by hand
        from pycalc.models.refusals import not_sold

        raise not_sold(self, asked, kind, rows_of_name)

    def latest(self, model: str) -> Model:
        """The model that a name stands for on the as-of date, or stood for last."""
        periods = self.names.get(key(model))
        if periods and all(end and end <= self.as_of for _, end, _ in periods):
            return self.models[periods[-1][2]]
        return self.models[self.find(model, self.as_of)]

    def alike(self, name: str) -> list[str]:
        """Known names with the same letters in another order or with other signs between, or a like beginning.

        Quick, because a column may hold a hundred thousand unknown names.
        """
        if not self._by_letters:
            for known in (*self.names, *self.models):
                if "/" not in known:
                    self._by_letters.setdefault(_letters(known), []).append(known)
                    self._by_start.setdefault(known[:6], []).append(known)
        same = self._by_letters.get(_letters(name))
        if same:
            return same[:5]
        return sorted(self._by_start.get(name[:6], []), key=lambda known: (-_common(known, name), known))[:5]


_catalogue: Catalogue | None = None
_reading = allocate_lock()
_reading_sellers = allocate_lock()


def load() -> Catalogue:
    """The catalogue, read by the first call, with the user's own prices where LLM_BREAKEVEN_PRICES names a file."""
    global _catalogue
    if _catalogue is None:
        with _reading:
            if _catalogue is None:
                from pycalc.models.own import from_environment

                own = from_environment()
                found = Catalogue()
                found.use_own(own)
                _catalogue = found
    return _catalogue


def load_with(own: Iterable[Price]) -> list[Price]:
    """Use these prices of the user's own, whatever the environment says; gives back those used so far."""
    global _catalogue
    if _catalogue is None:
        _catalogue = Catalogue()
    return _catalogue.use_own(own)


def key(model: str) -> str:
    """A model's name as the catalogue keys it: ``ft:NAME`` for a fine-tuned one, a seller in front where named."""
    return sellers.parse(model).key()


def price(model: str, kind: str, day: str = "") -> Price:
    """The price of one kind on a day (default: the as-of date), or #N/A with the reason."""
    catalogue = load()
    kind = "_".join(kind.lower().replace("-", " ").split())
    day = day or catalogue.as_of
    own = catalogue.own_price(model, kind, day)
    if own is not None:
        return own
    name = catalogue.find(model, day, kind)
    periods = catalogue.prices.get((name, kind))
    if not periods:
        from pycalc.models.refusals import no_such_kind

        raise no_such_kind(catalogue, name, kind)
    for row in periods:
        if row.holds(day):
            return row
    from pycalc.models.refusals import not_then

    raise not_then(catalogue, name, kind, day)


def token_price(model: str, kind: str, day: str = "") -> float | None:
    """USD per 1M tokens on a day; None where no such price is known."""
    try:
        row = price(model, kind, day)
    except CalcError:
        return None
    return row.amount if row.unit == TOKEN_PRICE else None


def turns() -> set[str]:
    """The days on which a price, other sellers' too, or what a name stands for begins or ends."""
    catalogue = load()
    catalogue.read_sellers()
    rows = (row for prices in (catalogue.prices, catalogue.own) for same in prices.values() for row in same)
    found = {day for row in rows for day in (row.effective_from, row.effective_to, row.read_on)}
    found |= {day for periods in catalogue.names.values() for start, end, _ in periods for day in (start, end)}
    return (found | {catalogue.as_of}) - {""}


def source(model: str, kind: str, day: str = "") -> str:
    """Where the price was read, when, and from when it holds; and that the model is shut, where it is by then."""
    catalogue = load()
    row = price(model, kind, day)
    known = catalogue.models.get(row.model.lower())
    if row.own:
        known = next((catalogue.models[name] for name in catalogue._meant(model, catalogue.as_of)
                      if name in catalogue.models), None)  # fmt: skip
    shut = known.shutdown if known else ""
    return row.provenance(shut if shut and shut <= (day or catalogue.as_of) else "")


def prices(model: str = "", day: str = "", resold: bool = True) -> Iterator[Price]:
    """Rows by model and kind: those that hold on a day, or all; of one model, or of all, other sellers' included.

    The user's own come first, and stand in place of the catalogue's of the same day.
    """
    catalogue = load()
    own = [row for periods in catalogue.own.values() for row in periods if not day or catalogue.own_holds(row, day)]
    name = ""
    if model:
        meant = catalogue._meant(model, day or catalogue.as_of)
        own = [row for row in own if row.model in meant]
        if not own or len(meant) > 1:
            name = catalogue.find(model, day) if day else catalogue.latest(model).name.lower()
    elif resold:
        catalogue.read_sellers()
    yield from own
    instead = {(name or row.model, row.kind) for row in own} if day else set()
    for row_key in sorted(catalogue.prices) if name or not model else []:
        if (row_key[0] == name if name else resold or "/" not in row_key[0]) and row_key not in instead:
            yield from (row for row in catalogue.prices[row_key] if not day or row.holds(day))


def context_window(model: str) -> int:
    """Context window in tokens; a fine-tuned model has its base's."""
    found = load().latest(model)
    if not found.context_window and "ft:" in found.name:
        found = load().latest(sellers.base_of(found.name))
    if not found.context_window and "/" in found.name:  # a model has the length it was made with, whoever serves it
        from pycalc.models.refusals import makers_name

        maker = makers_name(load(), sellers.parse(found.name))
        found = load().latest(maker) if maker else found
    if not found.context_window:
        raise NoAnswerError(f"no context window of {found.name} is known", "Look it up on the vendor's model page")
    return found.context_window


def shutdown(model: str) -> str:
    """The day the model stops answering, "" where none is announced."""
    found = load().latest(model)
    if "/" in found.name and not found.shutdown:
        from pycalc.models.refusals import no_dates

        raise no_dates(load(), found)
    return found.shutdown


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


def day_of(value: object) -> str:
    """The Excel date that a cell holds as an ISO text; "" for anything else, and for a number that is none."""
    if isinstance(value, bool) or not isinstance(value, float | int) or not 1 <= value < 2_958_466:
        return ""
    return iso_day(value)


def _is_commercial(scope: str) -> bool:
    """Whether a scope is one of the ordinary regions: government and China have price lists of their own."""
    return "-" in scope and not scope.startswith(("us-gov", "usgov", "cn-", "china"))


def _letters(name: str) -> str:
    return "".join(sorted(filter(str.isalnum, name)))


def _common(one: str, other: str) -> int:
    """How many characters two names begin with in common."""
    length = 0
    for mine, its in zip(one, other, strict=False):
        if mine != its:
            break
        length += 1
    return length


def _fields(file: str, columns: tuple[str, ...]) -> Iterator[list[str]]:
    return rows.fields(file, packaged(file), columns)
