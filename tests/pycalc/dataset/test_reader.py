from __future__ import annotations

import codecs
import io
import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycalc.dataset import reader
from pycalc.dataset.reader import BadInputError, OverlongLine, Source, batches, open_source, ranges


def lines_of(path, start=0, end=None):
    source, stream = open_source(str(path))
    with stream:
        return [line for batch in batches(source, stream, start, end) for line in batch]


def memory(data):
    return Source("memory", len(data), "utf-8", 0, True), io.BytesIO(data)


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(reader, "BLOCK", 8)
    monkeypatch.setattr(reader, "LONGEST_LINE", 20)


def test_last_line_needs_no_newline(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"one\ntwo")
    assert lines_of(file) == [b"one", b"two"]
    file.write_bytes(b"one\ntwo\n")
    assert lines_of(file) == [b"one", b"two"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-8"])
def test_marked_encodings_are_read(tmp_path, encoding):
    text = '{"a": "ä😀"}\n{"b": 1}\n'
    marks = {
        "utf-16-le": codecs.BOM_UTF16_LE,
        "utf-16-be": codecs.BOM_UTF16_BE,
        "utf-32-le": codecs.BOM_UTF32_LE,
        "utf-32-be": codecs.BOM_UTF32_BE,
        "utf-8": codecs.BOM_UTF8,
    }
    file = tmp_path / "a.jsonl"
    file.write_bytes(marks[encoding] + text.encode(encoding))
    source, stream = open_source(str(file))
    stream.close()
    assert source.encoding == encoding
    assert lines_of(file) == text.encode().splitlines()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(tmp_path, encoding):
    file = tmp_path / "a.jsonl"
    file.write_bytes('{"a": 1}\n'.encode(encoding))
    assert lines_of(file) == [b'{"a": 1}']


def test_mark_is_skipped_in_the_first_range_only(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_bytes(codecs.BOM_UTF8 + b"one\ntwo\n")
    assert lines_of(file, 0, 4) == [b"one"]
    assert lines_of(file, 4, 11) == [b"two"]


@pytest.mark.usefixtures("small_blocks")
def test_overlong_line_is_named_and_the_rest_read():
    data = b"short\n" + b"x" * 21 + b"\n" + b"y" * 20 + b"\nend"
    source, stream = memory(data)
    found = [line for batch in batches(source, stream) for line in batch]
    assert found == [b"short", OverlongLine(21), b"y" * 20, b"end"]


@pytest.mark.usefixtures("small_blocks")
def test_overlong_last_line():
    source, stream = memory(b"a\n" + b"x" * 500)
    assert [line for batch in batches(source, stream) for line in batch] == [b"a", OverlongLine(500)]


@given(st.binary(max_size=80).map(lambda data: data.replace(b"\0", b"\n")), st.integers(1, 90))
def test_ranges_hold_every_line_once(data, size):
    source, _ = memory(data)
    whole = [line for batch in batches(*memory(data)) for line in batch]
    parts = [
        line for start, end in ranges(source, size) for batch in batches(*memory(data), start, end) for line in batch
    ]
    assert parts == whole
    assert whole == (data[:-1] if data.endswith(b"\n") else data).split(b"\n")[: len(whole)]


def test_two_hundred_megabytes_in_one_line():
    """Read through a pipe, so that no such file is needed; memory stays below a tenth of the line."""
    import tracemalloc

    read, write = os.pipe()

    def feed():
        with os.fdopen(write, "wb") as out:
            out.write(b'{"a": 1}\n')
            for _ in range(200):
                out.write(b"x" * 1_000_000)
            out.write(b'\n{"b": 2}\n')

    feeder = threading.Thread(target=feed)
    feeder.start()
    tracemalloc.start()
    source, stream = open_source(f"/dev/fd/{read}")
    with stream:
        found = [line for batch in batches(source, stream) for line in batch]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    feeder.join()
    os.close(read)
    assert not source.seekable
    assert found == [b'{"a": 1}', OverlongLine(200_000_000), b'{"b": 2}']
    assert peak < 60_000_000


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (codecs.BOM_UTF8, "byte-order mark and nothing else"),
        (b"PK\x03\x04....", "breakeven dataset build"),
        (b"\x1f\x8b....", "gunzip"),
    ],
)
def test_files_that_cannot_be_audited(tmp_path, data, message):
    file = tmp_path / "a.jsonl"
    file.write_bytes(data)
    with pytest.raises(BadInputError, match=message) as caught:
        open_source(str(file))
    assert str(file) in str(caught.value)


def test_directory_names_its_files(tmp_path):
    (tmp_path / "train.jsonl").write_text("{}")
    with pytest.raises(BadInputError, match=r"is a directory. Name one of its files: train\.jsonl"):
        open_source(str(tmp_path))


def test_empty_directory_and_missing_file(tmp_path):
    with pytest.raises(BadInputError, match=r"holds no \.jsonl file"):
        open_source(str(tmp_path))
    with pytest.raises(BadInputError, match="no such file"):
        open_source(str(tmp_path / "none.jsonl"))
