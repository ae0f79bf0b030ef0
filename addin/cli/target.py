"""The one rule for files that are there already: none is replaced unless --force says so, and the input never."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from addin.cli import terminal


def check_free(out: Path, source: Path | None = None) -> None:
    """Stop where `out` is there; that it is the source itself, or a folder, the operation says better."""
    from workbook.file.saving import check_replaceable, only_new, same_file

    force = "force" in terminal.FLAGS.get()
    only_new.set(not force)  # until the command ends: whatever appears meanwhile stays
    if out.is_dir() or (source is not None and same_file(source, out)):
        return
    if not force and out.is_file() and not out.is_symlink():
        terminal.fail(f"{out} is already there; --force replaces it")
    check_replaceable(out)


def check_options(
    into: Path | None, out: Path | None, workers: int | None = None, scheduler: str | None = None
) -> None:
    """Stop where a workbook is to be filled and no copy of it is named, or two clusters are."""
    if workers is not None and scheduler is not None:
        terminal.fail("--workers starts a cluster here, --scheduler names one elsewhere: give one of them")
    if (into is None) != (out is None):
        terminal.fail("--into BOOK and --out COPY go together: the workbook itself is never changed")
    if out is not None:
        check_free(out, into)


@contextmanager
def in_one_state(*files: str | Path | None) -> Iterator[None]:
    """Refuse files that somebody writes to while the block reads them: the figures would be of two versions."""
    from workbook.file.opening import check_steady, watch

    for file in files:
        if file is not None:
            watch(file)
    yield
    check_steady()


def say_if_signed(book: Path) -> None:
    """Say that a copy of a signed workbook loses its signature; operations whose results say it need not ask."""
    from workbook.file.package import Package

    with Package(book) as package:
        if note := package.signature_note():
            terminal.say(note, err=True)
