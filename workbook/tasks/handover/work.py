"""What one attempt at a hand-over knows of its workbook."""

from __future__ import annotations

import re
from pathlib import Path

from pycalc.registry import FUNCTIONS
from workbook.engines import EngineFailed, Key
from workbook.engines.settling import Settlement
from workbook.file.addresses import split_sheet
from workbook.file.cells import Value
from workbook.file.package import DefinedName
from workbook.file.values import TOLERANCE
from workbook.formulas.parser import Formula
from workbook.formulas.tables import Table
from workbook.tasks.handover.inplace import InPlace
from workbook.tasks.handover.result import Handover
from workbook.tasks.handover.twins import ByTemplate, is_single, our_calls

_LINK = re.compile(r"\[[1-9]\d*\]!")
PRICED = frozenset(("MODEL_PRICE", "PRICE_SOURCE"))


class Work:
    """Which cells were replaced, and the result so far.

    `settled` is the original: what every cell shows, our calls computed.
    """

    def __init__(self, result: Handover, path: Path, settled: Settlement, forced: dict[Key, str]) -> None:
        self.path = path
        self.mode = result.mode
        self.settled = settled
        self.session = settled.session
        self.in_place = InPlace(settled)
        self.forced = forced
        self.result = result
        self.replaced: set[Key] = set()
        self.tolerance = TOLERANCE
        self.lambdas: set[str] = set()
        self.linked: set[int] = set()
        """Links to other workbooks through which our functions were called: the add-in's."""
        self.checks: Value = None
        """The workbook's own verdict."""
        self.priced: dict[tuple[str, ...], str] = {}
        self.by_template = ByTemplate(self.mode)
        self.looked_at: set[str] = set()
        self.names: list[DefinedName] = []
        self.tables: list[Table] = []

    def look_at(self, formula: Formula, sheet: str, row: int, column: int) -> None:
        """How exact the twins of its calls are, which link they came through, which prices they look up."""
        calls = our_calls(formula)
        self.tolerance = max(self.tolerance, *(FUNCTIONS[call.name].twin_tolerance for call in calls))
        self.linked |= {int(call.prefix[1:-2]) for call in calls if _LINK.fullmatch(call.prefix)}
        for call in calls:
            if call.name in PRICED:
                self._price(sheet, row, column, [formula.argument(call, n) for n in range(len(call.arguments))])

    def is_single(self, name: str, sheet: str) -> bool:
        scope, bare = split_sheet(name)
        for local in (scope or sheet, None):
            for defined in self.names:
                if defined.name.upper() == bare.upper() and defined.sheet == local:
                    return is_single(defined.text)
        return False

    def _price(self, sheet: str, row: int, column: int, arguments: list[str]) -> None:
        """Note the price a call looks up, with its source."""
        try:
            source = self.session.value(sheet, row, column, f"PRICE_SOURCE({','.join(arguments)})")
            price = self.session.value(sheet, row, column, f"MODEL_PRICE({','.join(arguments)})")
            shown = [self.session.value(sheet, row, column, argument) for argument in arguments]
        except EngineFailed:
            return
        if isinstance(price, float) and isinstance(source, str):
            words = " ".join(str(word) for word in shown[:2])
            self.priced[(words, f"{price:g} USD per 1M tokens")] = source
