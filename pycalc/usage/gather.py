"""Many exports added up together, here or by workers elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pycalc.usage.export import Export, Wish, open_export
from pycalc.usage.overlap import Drop, shared
from pycalc.usage.source import ranges, whole
from pycalc.usage.tally import Tally, tally

PART = 128 * 1024 * 1024
"""Bytes of one task on a cluster."""


@dataclass
class Gathered:
    """One export and what stands in it."""

    export: Export
    tally: Tally


@dataclass(frozen=True)
class Part:
    """A file, or a byte range of one."""

    export: Export
    start: int | None = None
    end: int | None = None
    content: str = ""
    """The hash of its bytes, where workers elsewhere are to read the same ones."""


def gather(
    files: Sequence[str],
    wish: Wish | None = None,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    part: int = PART,
) -> list[Gathered]:
    """Read the files, each row once.

    workers, scheduler : Dask: so many processes of this machine, or the cluster at this address, whose workers see
        the files under the same paths. The result is the same.
    """
    exports = [open_export(file, wish or Wish()) for file in _each_once(files)]
    if workers is None and scheduler is None:
        parts = [Part(export) for export in exports]
        return _together(parts, lambda given: [_one(*each) for each in given])
    from pycalc.cluster import connected, digest

    parts = [each for export in exports for each in _split(export, part)]
    with connected(scheduler, workers, ("polars",)) as client:
        if scheduler is not None:
            hashes = [digest(each.export.source.path, each.start or 0, each.end) for each in parts]
            parts = [replace(each, content=found) for each, found in zip(parts, hashes, strict=True)]
        return _together(parts, lambda given: _on(client, given))


def _each_once(files: Sequence[str]) -> list[str]:
    found: dict[str, str] = {}
    for file in files:
        found.setdefault(os.path.realpath(file), file)
    return list(found.values())


def _split(export: Export, size: int) -> list[Part]:
    if not export.source.divisible or export.source.size <= size:
        return [Part(export)]
    return [Part(export, *each) for each in ranges(export.source, size)]


def _together(parts: list[Part], run: Callable[[list[tuple[Part, bool, Drop | None]]], list[Tally]]) -> list[Gathered]:
    names = [part.export.form.name for part in parts]
    paths = {name: {part.export.source.path for part in parts if part.export.form.name == name} for name in names}
    noted = [bool(part.export.form.identity) or len(paths[part.export.form.name]) > 1 for part in parts]
    tallies = run([(part, identity, None) for part, identity in zip(parts, noted, strict=True)])
    drops = shared([part.export for part in parts], tallies)
    if drops:
        again = run([(parts[place], False, drop) for place, drop in drops.items()])
        for place, better in zip(drops, again, strict=True):
            tallies[place] = better
    found: dict[str, Gathered] = {}
    for part, each in zip(parts, tallies, strict=True):
        each.identities.clear()
        path = part.export.source.path
        if path in found:
            found[path].tally.add(each)
        else:
            found[path] = Gathered(part.export, each)
    for gathered in found.values():
        gathered.tally.settle()
    return list(found.values())


def _one(part: Part, identity: bool, drop: Drop | None) -> Tally:
    if part.content:
        from pycalc.cluster import check_content

        source = part.export.source
        check_content(source.path, source.size, part.content, part.start or 0, part.end)
    with whole(part.export.source.path):
        return tally(part.export, part.start, part.end, identity=identity, drop=drop and drop.keep)


def _by_whole_path(part: Part) -> Part:
    """The part as a worker in another folder finds it."""
    source = replace(part.export.source, path=os.path.abspath(part.export.source.path))
    return replace(part, export=replace(part.export, source=source))


def _on(client: Any, given: list[tuple[Part, bool, Drop | None]]) -> list[Tally]:
    # pure=False: a file may have changed since the same part was last asked for.
    futures = [client.submit(_one, _by_whole_path(part), *more, pure=False) for part, *more in given]
    return [future.result() for future in futures]
