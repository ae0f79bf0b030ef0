"""TOKEN_COUNT against bare tiktoken, litellm and tokencost."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.measure import ROOT, Row, last_line, process, race, skipped
from bench.rivals import Rivals
from pycalc.models import tokenizer

MODEL = "gpt-4o"
SHORT = "short cells, all different"
ONE_CORE, TWO_CORES, REPEATED = 1.0, 1 / 1.3, 0.1
_WORDS = (
    "customer order refund invoice shipping please the a of to and account number returned delivery friendly reply "
    "model prompt token price cache review letter patient note discharge template legal json format value"
)


def _texts(count: int, length: int) -> list[str]:
    chosen = random.Random(7)
    words = _WORDS.split()
    return [f"{place}: {' '.join(chosen.choices(words, k=length))}." for place in range(count)]


def tokens(quick: bool, rivals: Rivals) -> Iterator[Row]:
    encode = tokenizer.encoding(tokenizer.resolve(MODEL)).encode_ordinary

    def bare(texts: list[str]) -> list[int]:
        return [len(encode(text)) for text in texts]

    seconds = 0.5 if quick else 2
    cores = os.cpu_count() or 1
    sizes = (1_000, 10_000) if quick else (1_000, 10_000, 100_000)
    for size in sizes:
        short = _texts(size, 12)
        times = race(
            partial(tokenizer.count_many, short, MODEL, workers=1),
            partial(tokenizer.count_many, short, MODEL, workers=2),
            partial(bare, short),
            seconds=seconds,
        )
        yield Row("Tokens", f"{SHORT}, 1 core", size, times[0], "bare tiktoken", times[2], ONE_CORE)
        if cores > 1:
            yield Row("Tokens", f"{SHORT}, 2 cores", size, times[1], "bare tiktoken", times[2], TWO_CORES)
        repeated = [short[place % 100] for place in range(size)]
        times = race(partial(tokenizer.count_many, repeated, MODEL), partial(bare, repeated), seconds=seconds)
        goal = REPEATED if size >= 10_000 else None
        yield Row("Tokens", "100 different cells, repeated", size, times[0], "bare tiktoken", times[1], goal)
    long = "\n".join(_texts(2_000 if quick else 20_000, 12))
    times = race(lambda: tokenizer.count(long, MODEL), lambda: len(encode(long)), seconds=seconds)
    yield Row("Tokens", f"one text of {len(long):,} characters", 1, times[0], "bare tiktoken", times[1], 1.1)
    cells = _texts(1_000, 12)
    workloads = {SHORT: cells, "100 different cells, repeated": [cells[place % 100] for place in range(1_000)]}
    yield from _against(rivals, {**workloads, f"one text of {len(long):,} characters": [long]})


def _against(rivals: Rivals, workloads: dict[str, list[str]]) -> Iterator[Row]:
    if not rivals.python:
        yield skipped("Tokens", "against litellm and tokencost", rivals.why)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "texts.json")
        environment = {"TIKTOKEN_CACHE_DIR": _vocabulary_cache(folder), "TOKENCOST_OFFLINE": "1"}
        for what, texts in workloads.items():
            Path(path).write_text(json.dumps(texts), encoding="utf-8")
            [ours] = race(partial(tokenizer.count_many, texts, MODEL), seconds=0.5)
            for name in ("litellm", "tokencost"):
                ran = process([rivals.python, str(rivals.script), name, path], environment)
                if ran.code:
                    yield skipped("Tokens", f"against {name}", last_line(ran))
                    continue
                theirs = json.loads(ran.output.splitlines()[-1])["seconds"]
                yield Row("Tokens", what, len(texts), ours, name, theirs)


def _vocabulary_cache(folder: str) -> str:
    """tiktoken's own cache, filled from the vocabularies shipped here, so that nobody downloads."""
    for name in ("o200k_base", "cl100k_base"):
        address = f"https://openaipublic.blob.core.windows.net/encodings/{name}.tiktoken"
        shutil.copyfile(
            ROOT / "pycalc" / "data" / "vocabularies" / f"{name}.tiktoken",
            os.path.join(folder, hashlib.sha1(address.encode()).hexdigest()),
        )
    return folder
