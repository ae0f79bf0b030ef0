"""Why there is no price: what was asked, what is known instead, and how to ask for it. Imported when needed only."""

from __future__ import annotations

from pycalc.errors import CalcError, NoAnswerError
from pycalc.models import sellers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from pycalc.models.rows import Model, Price

    class Catalogue(Protocol):
        """What a refusal asks of the catalogue."""

        as_of: str
        models: dict[str, Model]
        names: dict[str, list[tuple[str, str, str]]]
        prices: dict[tuple[str, str], list[Price]]
        own: dict[tuple[str, str], list[Price]]
        retired: list[list[str]]
        sold: dict[str, list[tuple[frozenset[str], str]]]
        sold_plain: dict[str, list[str]]

        def alike(self, name: str) -> list[str]: ...
        def latest(self, model: str) -> Model: ...
        def read_sellers(self) -> None: ...


OWN = "enter its price in a file of your own (--prices FILE)"


def not_sold(
    catalogue: Catalogue, asked: sellers.Name, kind: str, rows_of_name: list[tuple[frozenset[str], str]]
) -> CalcError:
    """A name with a seller in front that has no price: the seller, model or region is unknown, or not said."""
    if mine := _own_kinds(catalogue, asked):
        return mine
    seller = sellers.title(asked.seller)
    maker = _makers_price(catalogue, asked, kind)
    if not asked.known:
        rule = f'"{asked.seller}" is no seller the catalogue knows, so "{asked.key()}" has no price here'
    elif asked.why_not:
        rule = f"{seller}: {asked.why_not}"
    elif rows_of_name:
        known = ", ".join(_asked_as(catalogue, name, kind) for _, name in rows_of_name[:5])
        rule = f"{seller}'s price of {asked.model} in {asked.scope} is not known"
        if not asked.scope:
            rule = f"{seller} has more than one price of {asked.model}, by region: {asked.key()} names none"
        return NoAnswerError(rule, f"Ask for {known}; or {OWN}")
    else:
        rule = f"{seller}'s price of {asked.model} is not known"
    others = [name for name in _sold_as(catalogue, _plain(asked)) if not name.startswith(f"{asked.seller}/")]
    elsewhere = f"Others sell it: ask for {', '.join(others)} if you buy there; or {OWN}" if others else ""
    return NoAnswerError(rule, maker or elsewhere or (OWN[0].upper() + OWN[1:]))


def unknown(catalogue: Catalogue, asked: sellers.Name) -> CalcError:
    """A plain name the catalogue does not know: retired, sold by others, a fine-tune, or mistyped."""
    name = asked.model
    if not name:
        return NoAnswerError("no model is named", "Write one such as gpt-4o or ft:gpt-4o")
    if mine := _own_kinds(catalogue, asked):
        return mine
    retired = _retired(catalogue, name)
    if retired:
        return retired
    if name.startswith("ft:") and (name[3:] in catalogue.models or name[3:] in catalogue.names):
        known = ", ".join(sorted(known for known in catalogue.models if known.startswith("ft:")))
        return NoAnswerError(
            f'"{name}" is a fine-tuned model the catalogue does not know; its base model\'s price is not its price',
            f"Known are {known}",
        )
    alike = catalogue.alike(name)
    if not any(_signless(known) == _signless(name) for known in alike):
        catalogue.read_sellers()
        sold = _sold_as(catalogue, name)
        if sold:
            return NoAnswerError(
                f'"{name}" has no price of its maker\'s in the catalogue',
                f"Sold by others: ask for {', '.join(sold)}",
            )
    hint = f"Alike are {', '.join(alike)}; " if alike else ""
    return NoAnswerError(f'"{name}" is not in the catalogue', f"{hint}`breakeven prices` lists every model")


def no_such_kind(catalogue: Catalogue, name: str, kind: str) -> CalcError:
    """A model without a price of that kind."""
    known = ", ".join(sorted(k for m, k in catalogue.prices if m == name))
    remedy = f"Known for {name} are: {known}" if known else f"No price of {name} is known at all"
    shutdown = catalogue.models[name].shutdown
    if shutdown and shutdown <= catalogue.as_of and not known:
        remedy = f"It was shut down on {shutdown}"
    if kind.startswith("training") and name.rpartition("/")[2].startswith("ft:"):
        remedy = f"Training is priced under the base model's name: {name.replace('ft:', '', 1)}"
    elif "/" not in name:
        catalogue.read_sellers()
        selling = [other for other in _sold_as(catalogue, name) if (other, kind) in catalogue.prices]
        if selling:
            remedy = f"Others sell it so: ask for {', '.join(selling)}. {remedy}"
    return NoAnswerError(f'no price of kind "{kind}" is known for {name}', remedy)


def not_then(catalogue: Catalogue, name: str, kind: str, day: str) -> CalcError:
    """A price that is known for other days only."""
    periods = catalogue.prices[name, kind]
    shutdown = catalogue.models[name].shutdown
    closed = f"; it was shut down on {shutdown}" if shutdown and shutdown <= day else ""
    remedy = f"Known {'; '.join(row.period() for row in periods)}"
    if "/" in name and periods[-1].effective_to and periods[-1].effective_to <= day:
        asked = sellers.parse(name)
        remedy += "".join(f". {said}" for said in (periods[-1].note, _makers_price(catalogue, asked, kind)) if said)
    return NoAnswerError(f"no {kind} price of {name} is known on {day}{closed}", remedy)


def no_dates(catalogue: Catalogue, model: Model) -> CalcError:
    """A seller's model without a shutdown date: its maker's date is not the seller's."""
    asked = sellers.parse(model.name)
    maker = makers_name(catalogue, asked)
    shutdown = catalogue.latest(maker).shutdown if maker else ""
    other = f'. Its maker\'s is {shutdown}: ask for "{maker}"' if shutdown else ""
    return NoAnswerError(
        f"the catalogue does not keep {sellers.title(asked.seller)}'s shutdown date of {asked.model}",
        f"Look it up on the seller's page{other}",
    )


def _own_kinds(catalogue: Catalogue, asked: sellers.Name) -> CalcError | None:
    """A model of the user's own prices that has none of the kind or day asked for."""
    known = sorted(kind for name, kind in catalogue.own if name == asked.key())
    if not known:
        return None
    return NoAnswerError(
        f'your own prices of "{asked.key()}" have none of this kind on this day, and the catalogue does not know it',
        f"Yours are: {', '.join(known)}",
    )


def _retired(catalogue: Catalogue, name: str) -> CalcError | None:
    for begins, provider, day, source in catalogue.retired:
        if name.startswith(begins):
            when = f" on {day}" if day else ""
            return NoAnswerError(
                f'"{name}" is retired: {sellers.title(provider)} stopped serving it{when} ({source})',
                "No price of it is kept; name a model that answers, `breakeven prices` lists them",
            )
    return None


def _makers_price(catalogue: Catalogue, asked: sellers.Name, kind: str) -> str:
    """What the maker asks for the same model, and how to ask for that: ".. is 3 ..: ask for claude-sonnet-4-5"."""
    maker = makers_name(catalogue, asked)
    if not maker:
        retired = _retired(catalogue, _plain(asked))
        return f"{retired.rule}; {OWN}" if retired else ""
    for row in catalogue.prices.get((catalogue.latest(maker).name.lower(), kind), []):
        if row.holds(catalogue.as_of) and row.unit == "usd_per_1m_tokens":
            return (
                f"The maker's own ({sellers.title(row.provider)}) is {row.amount:g} USD per 1M tokens of {kind}: "
                f'ask for "{maker}" if you buy there, or {OWN}'
            )
    return f'The maker\'s own model is "{maker}": ask for that if you buy there, or {OWN}'


def makers_name(catalogue: Catalogue, asked: sellers.Name) -> str:
    """The plain name of the model a seller's name means, "" where none is recognised."""
    plain = _plain(asked)
    for name in (plain, _without_date(plain)):
        if name in catalogue.names or (name in catalogue.models and "/" not in name):
            return name
        same = [known for known in catalogue.alike(name) if _signless(known) == _signless(name)]
        if same:
            return same[0]
    return ""


def _plain(asked: sellers.Name) -> str:
    """A seller's name of a model without its dressing: the maker in front, a version or tier behind."""
    name = asked.model.rpartition("/")[2]
    head, colon, _ = name.partition(":")
    if colon and head != "ft":
        name = head  # OpenRouter's :free, :batch
    maker, dot, rest = name.partition(".")
    if dot and maker in sellers.BEDROCK_MAKERS:
        name = rest
    stem, dash, version = name.rpartition("-")
    if dash and version[:1] == "v" and version[1:].isdigit():
        name = stem
    return name.removesuffix("-maas")


def _without_date(name: str) -> str:
    stem, dash, date = name.rpartition("-")
    return stem if dash and len(date) == 8 and date.isdigit() else name


def _signless(name: str) -> str:
    return "".join(filter(str.isalnum, name))


def _sold_as(catalogue: Catalogue, name: str) -> list[str]:
    """Names at other sellers of what has this plain name, one a seller: the shortest."""
    if not catalogue.sold_plain:
        for spelled, entries in catalogue.sold.items():
            same = catalogue.sold_plain.setdefault(_signless(_plain(sellers.parse(spelled))), [])
            same += [model for _, model in entries if model not in same]
    found = catalogue.sold_plain.get(_signless(name.rpartition("/")[2]), [])
    shortest: dict[str, str] = {}
    for known in sorted(found, key=len):
        shortest.setdefault(known.partition("/")[0], known)
    return sorted(shortest.values())


def _asked_as(catalogue: Catalogue, name: str, kind: str) -> str:
    """A name to ask for, with its price today where it has one of that kind."""
    for row in catalogue.prices.get((name, kind), []):
        if row.holds(catalogue.as_of):
            return f'"{row.model}" ({row.amount:g})'
    return f'"{catalogue.models[name].name}"'
