"""A file's summary, read by this process or by a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from pycalc.dataset.checks import ERROR, WARNING
from pycalc.dataset.reader import OverlongLine, Source, batches, open_source
from pycalc.dataset.summary import Finding, Options, Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Progress = Callable[[int], None]
    """Told how many more bytes have been read."""


def summarise(
    path: str,
    options: Options,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> tuple[Source, Summary]:
    """Read a file here, or on a cluster where workers or a scheduler are named."""
    source, stream = open_source(path)
    with stream:
        if workers is not None or scheduler is not None:
            from pycalc.dataset.parts import summarise as on_cluster

            summary = on_cluster(source, options, workers=workers, scheduler=scheduler, progress=progress)
        else:
            summary = _here(source, stream, options, progress)
    _about_encoding(source, summary)
    return source, summary


def _here(source: Source, stream: BinaryIO, options: Options, progress: Progress | None) -> Summary:
    summary = Summary(options)

    def followed() -> Iterator[list[bytes | OverlongLine]]:
        for lines in batches(source, stream):
            before = summary.bytes
            yield lines
            if progress:
                progress(summary.bytes - before)

    return summary.read(followed()).settle()


def _about_encoding(source: Source, summary: Summary) -> None:
    """A finding on line 1 for a file that is read here and refused there."""
    if source.encoding != "utf-8":
        code, severity, detail = (
            "encoding",
            ERROR,
            f"the file is {source.encoding.upper()}, counted as if it were UTF-8",
        )
    elif source.mark:
        code, severity = "byte_order_mark", WARNING
        detail = "the file begins with a UTF-8 byte-order mark"
    else:
        return
    finding = summary.findings.setdefault((code, severity), Finding())
    finding.count += 1
    finding.places.insert(0, (1, detail))
