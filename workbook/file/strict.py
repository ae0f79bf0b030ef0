"""The strict form of the standard (ISO/IEC 29500, part 1): the same parts under other namespaces."""

from __future__ import annotations

import re

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(spreadsheetml|officeDocument|drawingml)/(\w+)")
_TRANSITIONAL = re.compile(
    rb"http://schemas\.openxmlformats\.org/(spreadsheetml|officeDocument|drawingml)/2006/([\w-]+)"
)


def is_strict(workbook: bytes) -> bool:
    """Whether a workbook part is in the strict form."""
    return b"http://purl.oclc.org/ooxml/spreadsheetml/main" in workbook


def transitional(data: bytes) -> bytes:
    """A strict part in the transitional form."""
    return _STRICT.sub(lambda match: _named(b"http://schemas.openxmlformats.org/%s/2006/", match), data)


def strict(data: bytes) -> bytes:
    """What we write, which is transitional, as it belongs in a strict workbook."""
    return _TRANSITIONAL.sub(lambda match: _named(b"http://purl.oclc.org/ooxml/%s/", match), data)


def _named(start: bytes, match: re.Match[bytes]) -> bytes:
    return start % match[1] + match[2]
