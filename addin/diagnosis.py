"""What `breakeven addin doctor` looks at: one finding a line, with what to do about it."""

from __future__ import annotations

from typing import NamedTuple


class Diagnosis(NamedTuple):
    """What was looked at, whether it is as it should be, and what was seen or is to be done."""

    host: str
    what: str
    fine: bool
    text: str


def finding(host: str, what: str, good: str, wrong: str) -> Diagnosis:
    """What was seen, or where something is wrong, that and what to do."""
    return Diagnosis(host, what, not wrong, wrong or good)


def python() -> list[Diagnosis]:
    """The Python this command runs in."""
    from importlib.util import find_spec

    from pycalc import FUNCTIONS, pe_monthly

    # 10,000 calls of 850 input tokens at 30 and 100 output tokens at 60 USD per million
    wrong = "" if pe_monthly(10_000, 800, 50, 100, 30, 60) == 315 else "install it anew"
    findings = [finding("Python", "functions", f"{len(FUNCTIONS)} functions", wrong)]
    for package, purpose in (("numpy", "FT_RISK, and ranges at full speed"), ("tiktoken", "TOKEN_COUNT")):
        wrong = "" if find_spec(package) else f"{purpose} needs it: pip install {package}"
        findings.append(finding("Python", package, "found", wrong))
    return findings
