"""Who sells a model: the seller, its region or tier, and its own name of the model, read from the name a user typed.

The maker's own prefix is the plain name: ``openai/gpt-4o`` is ``gpt-4o``. Any other seller is part of the question,
and so is a region: ``azure/eu/gpt-4.1`` is ("azure", "eu", "gpt-4.1"). Names that only one seller writes so need no
prefix: ``us.anthropic.claude-..-v1:0`` and ARNs are Bedrock's, ``..@20250929`` and ``..-maas`` Vertex's,
``accounts/fireworks/models/..`` Fireworks'.

`parse` needs data/sellers.tsv and the tables of this module, not the catalogue. Whether a seller has such a model,
and at what price, is the catalogue's business.
"""

from __future__ import annotations

from pycalc.files import table

_TABLE = table("sellers", "name", "is", "title", "written")
SELLERS = {word: name for name, what, _, words in _TABLE for word in words.split() if what == "seller"}
"""What people, SDKs and gateways write in front of a model: the seller's name in the catalogue."""
MAKERS = {word: name for name, what, _, words in _TABLE for word in words.split() if what == "maker"}
"""A maker's prefix: the provider of its own prices in the catalogue."""
TITLES = {name: title for name, _, title, _ in _TABLE if title}
"""How a seller or maker is written in a sentence, where it is not its name with a capital letter."""

WORDS = {where: frozenset(words.split()) for where, words in table("name_words", "where", "words")}
"""Words of models' names that do not tell the model, by where they stand."""

BEDROCK_MAKERS = WORDS["Bedrock makers"]
"""What a Bedrock id begins with, before its first dot."""

BEDROCK_PROFILES = WORDS["Bedrock profiles"]
"""The geography in front of a Bedrock inference profile's id."""

_AZURE_GLOBAL = ("global", "global-standard", "global_standard", "globalstandard")
AZURE_ZONES = dict.fromkeys(_AZURE_GLOBAL, "") | {zone: zone for zone in ("us", "eu", "apac", "us-gov")}
"""Azure's tiers as they stand in names: the global one is what a name without any means; the rest are data zones."""

AZURE_REGIONS = WORDS["Azure regions"]

ENDPOINT_WORDS = WORDS["endpoints"]
"""Words between a seller and a model that say how it is called, not what it costs."""

MOST_REMEMBERED = 10_000
"""Names taken apart that are remembered: a workbook asks for few, again and again."""


class Name:
    """A model's name taken apart.

    seller : "" for the maker's own, or a name such as "azure"; `known` says whether it is in SELLERS.
    scope : a region, data zone or geography as the seller writes it; "" where none is named.
    model : the seller's name of the model, or the plain name; ``ft:NAME`` for a fine-tuned one.
    maker : the provider a maker's prefix stands for; "" where none is written.
    why_not : the reason a name cannot be priced, whatever the catalogue holds; else "".
    """

    __slots__ = ("known", "maker", "model", "scope", "seller", "why_not")

    def __init__(self, model: str, seller: str = "", scope: str = "", maker: str = "", why_not: str = "") -> None:
        self.model = model
        self.seller = seller
        self.scope = scope
        self.maker = maker
        self.why_not = why_not
        self.known = not seller or seller in TITLES or seller in SELLERS

    def key(self) -> str:
        """One spelling of the question: "azure/eu/gpt-4.1", "bedrock/us.amazon.nova-lite-v1", "gpt-4o"."""
        if not self.seller:
            return self.model
        if self.seller == "bedrock" and self.scope in BEDROCK_PROFILES:
            return f"bedrock/{self.scope}.{self.model}"
        return "/".join(part for part in (self.seller, self.scope, self.model) if part)


def title(seller: str) -> str:
    """A seller's or maker's name in a sentence."""
    return TITLES.get(seller) or seller[:1].upper() + seller[1:].replace("_", " ")


def asked_of(seller: str, model: str) -> str:
    """The name to ask for where the seller stands beside the model: "azure", "Amazon Bedrock" or "OpenAI" and a name.

    A model whose own name says its seller, and a maker, need nothing in front.
    """
    word = seller.strip().lower()
    known = SELLERS.get(word) or next((name for name, said in TITLES.items() if said.lower() == word), word)
    asked = parse(model)
    if not word or asked.seller or known in MAKERS.values():
        return model
    return f"{known}/{model}"


def base_of(model: str) -> str:
    """The model a fine-tuned one was trained from, at the same seller: azure/gpt-4.1 for azure/ft:gpt-4.1."""
    asked = parse(model)
    asked.model = asked.model.removeprefix("ft:")
    return asked.key()


def parse(model: str) -> Name:
    """A model's name taken apart; what follows a tilde, blanks around it and letter case make no difference."""
    text = model.partition("~")[0].strip().lower()
    if text.startswith("arn:"):
        return _arn(text)
    if text.startswith("ft:") and "/" in text.partition(":")[2].partition(":")[0]:  # ft:openai/gpt-4o
        inner = parse(text[3:])
        inner.model = _fine_tuned(f"ft:{inner.model}")
        return inner
    head, colon, tail = text.partition(":")
    if colon and (head in SELLERS or head in MAKERS):  # openai:gpt-4o, bedrock:us.anthropic.claude-..
        word, more, name = tail.partition(":")
        return parse(f"{head}/{name if more and word in ENDPOINT_WORDS else tail}")
    parts = [part for part in text.split("/") if part]
    if len(parts) < 2:
        return _without_prefix(text)
    first, rest = parts[0], parts[1:]
    if first in ("accounts", "projects", "publishers"):
        return _fireworks(parts) if first == "accounts" else _vertex(parts)
    seller = SELLERS.get(first, "")
    if seller:
        form = _SELLER_FORMS.get(seller)  # elsewhere what follows is the seller's name of the model
        return form(rest, seller) if form else Name("/".join(rest), seller)
    words = [part for part in rest if part not in ENDPOINT_WORDS] or rest[-1:]
    maker = "google" if first == "models" else MAKERS.get(first, "")  # Google's API calls a model models/NAME
    if maker and len(words) == 1:
        return Name(_fine_tuned(words[0]), maker=maker)
    return Name("/".join(words), seller=first)


def _without_prefix(text: str) -> Name:
    """A name without a seller in front: the maker's, unless only one seller writes names so."""
    if ".ft-" in text:
        return Name(_fine_tuned(text), "azure")
    if text.startswith("ft:"):
        return Name(_fine_tuned(text))
    if _is_bedrock(text):
        return _bedrock([text])
    if "@" in text or text.endswith("-maas"):
        return _vertex([text])
    return Name(_fine_tuned(text))


def fine_tuned_base(name: str) -> str:
    """The base of a fine-tuned model, or "" for a model that is not one.

    ``ft:gpt-4o-2024-08-06:acme::id`` (OpenAI since 2023), ``davinci:ft-acme-2023`` (before) and
    ``gpt-4o-2024-08-06.ft-id`` (Azure).
    """
    if name.startswith("ft:"):
        return name[3:].partition(":")[0]
    for mark in (":ft-", ".ft-"):
        if mark in name:
            return name.partition(mark)[0]
    return ""


def _fine_tuned(name: str) -> str:
    """``ft:NAME`` for a fine-tuned model, whoever owns it; any other name as it is."""
    base = fine_tuned_base(name)
    return f"ft:{base}" if base else name


def _azure(parts: list[str], seller: str = "azure") -> Name:
    parts = [part for part in parts if part not in ENDPOINT_WORDS] or parts[-1:]
    before, model = parts[:-1], parts[-1]
    scope = "/".join(before)
    if scope in AZURE_ZONES:
        scope = AZURE_ZONES[scope]
    elif scope and scope not in AZURE_REGIONS:
        return Name(model, seller, scope, why_not=f'"{scope}" is no Azure region or data zone')
    return Name(_fine_tuned(model), seller, scope)


def _bedrock(parts: list[str], seller: str = "bedrock") -> Name:
    parts = [part for part in parts if part not in ENDPOINT_WORDS] or parts[-1:]
    if parts[0].startswith("arn:"):
        return _arn("/".join(parts))
    before, model = parts[:-1], parts[-1]
    if any("commitment" in part for part in before):
        return Name(model, seller, "/".join(before), why_not="committed throughput is billed by the hour")
    if before and not (len(before) == 1 and _is_aws_region(before[0])):
        return Name(model, seller, "/".join(before), why_not=f'"{"/".join(before)}" is no AWS region')
    scope = before[0] if before else ""
    profile, dot, rest = model.partition(".")
    if dot and profile in BEDROCK_PROFILES:
        scope, model = profile, rest  # where the request enters matters less than the profile it names
    model = model.partition(":")[0] if not model.startswith("ft:") else _fine_tuned(model)
    return Name(model, seller, scope)


def _is_bedrock(text: str) -> bool:
    head, dot, rest = text.partition(".")
    if dot and head in BEDROCK_PROFILES:
        head, dot, rest = rest.partition(".")
    return bool(dot and rest and head in BEDROCK_MAKERS)


def _is_aws_region(word: str) -> bool:
    """us-east-1, ap-southeast-2, us-gov-west-1."""
    pieces = word.split("-")
    return len(pieces) in (3, 4) and pieces[-1].isdigit() and pieces[0].isalpha() and len(pieces[0]) == 2


def _arn(text: str) -> Name:
    """An Amazon resource name: a foundation model or inference profile names its model, others do not."""
    pieces = text.split(":", 5)
    if len(pieces) < 6 or pieces[2] != "bedrock":
        service = pieces[2] if len(pieces) > 2 else ""
        return Name(text, SELLERS.get(service, "aws"), why_not="this ARN is not of a Bedrock model")
    region, resource = pieces[3], pieces[5]
    kind, _, name = resource.partition("/")
    if kind not in ("foundation-model", "inference-profile"):
        words = kind.replace("-", " ")
        return Name(resource, "bedrock", region, why_not=f"the ARN of a {words} does not say which model it runs")
    return _bedrock([region, name] if region else [name])


def _vertex(parts: list[str], seller: str = "vertex") -> Name:
    """vertex_ai/meta/NAME-maas, NAME@20250929, publishers/google/models/NAME, projects/P/locations/L/..."""
    scope = ""
    if "locations" in parts[:-1]:
        scope = parts[parts.index("locations") + 1]
    if "endpoints" in parts or "tuningjobs" in parts:
        return Name(parts[-1], seller, scope, why_not="an endpoint's name does not say which model it runs")
    before, model = parts[:-1], parts[-1]
    for word in before:
        if word == "global" or (word.count("-") == 1 and word[-1:].isdigit()):  # us-central1, europe-west4
            scope = word
    model, _, version = model.partition("@")
    if version not in ("", "default", "latest", "001", "002"):
        model = f"{model}-{version}"
    return Name(_fine_tuned(model.removesuffix("-maas")), seller, "" if scope == "global" else scope)


def _fireworks(parts: list[str], seller: str = "fireworks") -> Name:
    """accounts/fireworks/models/NAME, accounts/fireworks/routers/NAME, or NAME alone."""
    model = parts[-1].partition("#")[0]
    if parts[0] == "accounts" and len(parts) > 2 and parts[1] != "fireworks":
        return Name(model, seller, why_not=f"{parts[1]}'s own models are billed as the base they were tuned from")
    return Name(model, seller)


_SELLER_FORMS = {"azure": _azure, "bedrock": _bedrock, "vertex": _vertex, "fireworks": _fireworks}
"""Sellers whose names hold more than the model's."""
