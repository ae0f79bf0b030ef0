"""Rows out of JSON that nests: pages of buckets, as the vendors' APIs answer, and spans in resources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any


def rows(value: Any) -> Iterator[dict[str, Any]]:
    """The rows of one JSON value, with what stands above them put into them."""
    if isinstance(value, list):
        for each in value:
            yield from rows(each)
    elif isinstance(value, dict):
        if "resourceSpans" in value:
            yield from _spans(value["resourceSpans"])
        elif isinstance(value.get("attributes"), list):
            yield _span(value, {})
        elif isinstance(value.get("data"), list) and "model" not in value:
            yield from rows(value["data"])
        elif isinstance(value.get("results"), list):
            yield from _bucket(value)
        else:
            yield value


def _bucket(bucket: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The results of a period, each with the period; a period without any is a row with nothing in it."""
    period = {key: value for key, value in bucket.items() if key != "results"}
    for result in bucket["results"] or [{}]:
        if not isinstance(result, dict):
            continue
        models = (result.get("breakdown") or {}).get("models")
        if isinstance(models, dict):  # LiteLLM's day: its total, then the same by model
            for model, part in models.items():
                yield {"date": result.get("date"), "model": model, **part.get("metrics", {})}
        else:
            yield period | result


def _spans(resources: Any) -> Iterator[dict[str, Any]]:
    for resource in resources:
        about = _attributes(resource.get("resource", {}).get("attributes"))
        for scope in resource.get("scopeSpans", ()):
            for span in scope.get("spans", ()):
                yield _span(span, about)


def _span(span: dict[str, Any], resource: dict[str, Any]) -> dict[str, Any]:
    about = span.get("resource")
    if isinstance(about, dict) and not resource:
        resource = _attributes(about.get("attributes")) or about
    return span | {"attributes": _attributes(span.get("attributes")), "resource": resource}


def _attributes(pairs: Any) -> dict[str, Any]:
    """`[{"key": .., "value": {"intValue": "12"}}]` as a plain object."""
    if isinstance(pairs, dict):
        return pairs
    return {
        pair["key"]: next(iter(pair["value"].values()), None)
        for pair in pairs or ()
        if isinstance(pair, dict) and isinstance(pair.get("value"), dict) and "key" in pair
    }


def value_at(row: dict[str, Any], path: str) -> Any:
    """What stands at `cache_creation/ephemeral_5m_input_tokens`, in an object's JSON too; None where nothing does."""
    value: Any = row
    for key in path.split("/"):
        if isinstance(value, str) and value.startswith("{"):
            value = _object(value)
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


@lru_cache(maxsize=16)
def _object(text: str) -> Any:
    """An object written as text, kept for the next path into it; None where it is none."""
    with suppress(ValueError, RecursionError):
        return json.loads(text)
    return None
