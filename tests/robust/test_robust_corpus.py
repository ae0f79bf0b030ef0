"""The inputs fuzzing kept, each run again; atheris is not needed for that."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.targets import TARGETS

CORPUS = Path(__file__).parents[2] / "fuzz" / "corpus"
KEPT_BYTES = 300_000


@pytest.mark.parametrize("name", TARGETS)
def test_corpus(name):
    files = sorted((CORPUS / name).iterdir())
    assert len(files) >= 40
    for file in files:
        try:
            TARGETS[name](file.read_bytes())
        except Exception as problem:
            problem.add_note(f"fuzz/corpus/{name}/{file.name}")
            raise


def test_corpus_is_small():
    assert sum(file.stat().st_size for file in CORPUS.rglob("*") if file.is_file()) < KEPT_BYTES
