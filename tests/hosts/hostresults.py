"""What each host made of the case tables, kept for the host matrix in docs/hosts.

A host's test compares every row. Where a host differs by its nature, the test says why (one of `REASONS`) and what
the host shows instead; anything else fails. The reasons found for each function are the host's results: they stand
in results/HOST.json, and a run that finds others fails until `python -m tests.hosts.matrix --accept` was run.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from tests.casetable import Case, same, scale

FOLDER = Path(__file__).parent / "results"

REASONS = {
    "true-is-1": "TRUE arrives as the number 1, so TRUE where a number belongs is no error.",
    "blank-is-0": "A blank cell arrives as 0, so an optional argument that points at a blank cell is 0, not its "
    "default. Leave the argument out, or point at a cell that holds the value.",
    "empty-text-is-blank": "A formula that gives an empty text counts as a blank cell within a range.",
    "0-is-blank": "The number 0 as a text or as a date counts as a blank cell.",
    "range-error": "A range that holds an error value gives Err:504 in every cell of the result.",
    "truth-is-a-number": "TRUE and FALSE are shown as 1 and 0.",
    "needs-numpy": "Shows #N/A where the host's Python has no NumPy; FT_CHECK says so.",
    "needs-tiktoken": "Shows #N/A where the host's Python has no tiktoken; FT_CHECK says so.",
    "thrown-error": "A single error value shows as #ERROR! with the message, which ends in its code.",
    "error-text": "Within a range an error value is the text of its code, which SUM passes over without a word.",
    "blank-is-empty-text": "A formula that gives an empty text counts as a blank cell.",
    "no-tokens": "Not possible: the vocabularies are too large for a script.",
    "blank-in-check": "Within FT_CHECK a blank cell counts as 0.",
    "no-twin": "Not possible: it has no native twin.",
    "twin-limit": "Within limits of inputs or digits that the function's help states.",
    "rate-guess": "Computed in LibreOffice and formualizer instead: IronCalc refuses RATE() with a guess.",
    "infinity": "A result too large for a number is infinite in IronCalc, not #NUM!; Excel and LibreOffice show #NUM!.",
    "statistics-by-cell": "One cell at a time: IronCalc knows NORMSDIST and BINOMDIST of single cells, not of ranges.",
}


class Results:
    """The comparison of one host."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.found: dict[str, set[str]] = defaultdict(set)
        self.wrong: list[str] = []

    def compare(self, case: Case, got: object, differs: Callable[[Case, object], str], tolerance: float = 0) -> None:
        """One row; `differs` names the reason when the value is what that reason makes of the row, else ""."""
        if same(got, case.expected, max(tolerance, case.tolerance), scale(case)):
            self.found[case.function].add("same")
        elif reason := differs(case, got):
            self.reason(case.function, reason)
        else:
            self.wrong.append(f"{case}: {got!r} instead of {case.expected!r}")

    def reason(self, function: str, reason: str) -> None:
        assert reason in REASONS, reason
        self.found[function].add(reason)

    def all_right(self) -> None:
        assert not self.wrong, f"{len(self.wrong)} differ, the first:\n" + "\n".join(self.wrong[:20])

    def finish(self) -> None:
        self.all_right()
        path = FOLDER / f"{self.host}.json"
        text = json.dumps({name: sorted(self.found[name]) for name in sorted(self.found)}, indent=1) + "\n"
        if os.environ.get("BREAKEVEN_ACCEPT_HOSTS"):
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text, (
            f"{self.host} does something else than docs/hosts/matrix.md says; python -m tests.hosts.matrix --accept"
        )
