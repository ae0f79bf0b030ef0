"""What is around the formulas of a workbook: how it calculates, and which of them are inputs for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import formualizer

from pycalc.registry import FUNCTIONS
from workbook.engines.calculation import calculation
from workbook.engines.wording import DEEPEST_NAMES, Wording
from workbook.file.package import Package
from workbook.file.xmlspans import Edit, attribute_edit, spliced
from workbook.formulas.parser import Reference
from workbook.formulas.shapes import Template, template_of

_DEFAULT_SHEET = "Sheet1"
UNDEFINED = "it reads the name"


class Surroundings(Wording):
    """What is around the formulas of a workbook: how it calculates, and which of them are inputs for the rest."""

    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self._table_names = {table.name.upper() for table in self.tables}
        self._judged: dict[tuple[str, str], tuple[bool, str]] = {}
        self.settings = calculation(package)
        self.date1904 = self.settings.date1904
        self.stopped = ""
        """Why the engine cannot be given the formulas that have a value; "" where it can."""

    def shown_digits(self, style: str | None) -> int | None:
        """The decimals a cell shows, where the workbook calculates with what is shown."""
        return self.settings.digits.get(int(style or 0)) if self.settings.as_shown else None

    def workbook_part(self, package: Package) -> bytes | None:
        """The workbook part as the engine should see it, None where that is no other.

        Without the names that are written out; and the engine makes a sheet "Sheet1" of its own beside one that is
        called so in other letters, and computes into that.
        """
        edits: list[Edit] = []
        part = package.workbook_part
        data = package.read(part)
        names = package.elements(part, "definedName")
        for element in names:
            name = element.attributes.get("name", "").upper()
            if name.startswith("_XLNM.") or "localSheetId" in element.attributes or name not in self.left:
                edits.append((element.start, element.end, b""))
        if names and len(edits) == len(names):
            whole = package.elements(part, "definedNames")[0]
            edits = [(whole.start, whole.end, b"")]
        for element in package.elements(part, "sheet"):
            name = element.attributes.get("name", "")
            if engine_sheet(name) != name:
                edits.append(attribute_edit(data, element.start, "name", engine_sheet(name)))
        return spliced(data, edits) if edits else None

    # what becomes of a formula

    def judged(self, template: Template, sheet: str) -> tuple[bool, str]:
        """Whether formulas of a template call a function of ours, and why they are inputs, "" where they are not."""
        key = (template.key, sheet)
        known = self._judged.get(key)
        if known is None:
            known = self._judged[key] = self._judge(template, sheet, 0)
        return known

    def _judge(self, template: Template, sheet: str, depth: int) -> tuple[bool, str]:
        ours = template.ours
        if not template.readable:
            return ours, "it cannot be read"
        foreign = [name for name in template.functions if not self._knows(name, template)]
        why = f"the embedded engine does not know the function {min(foreign)}" if foreign else ""
        for reference in template.others:
            if reference.kind == "external":
                why = why or "it reads from another workbook"
            elif reference.kind == "name" and not reference.text.lower().startswith(("_xlpm.", "_xlop.")):
                name_ours, name_why = self._judge_name(reference, sheet, depth)
                ours |= name_ours
                why = why or name_why
        return ours, why

    def _knows(self, name: str, template: Template) -> bool:
        if name in FUNCTIONS or name == "SINGLE":
            return True
        foreign = any("!" in prefix or prefix.upper().startswith(("_XLL.", "_XLUDF.")) for prefix in template.prefixes)
        return not foreign and engine_knows(name)

    def _judge_name(self, reference: Reference, sheet: str, depth: int) -> tuple[bool, str]:
        text = self.meant(reference, sheet)
        if text is None and reference.text.upper() in self._table_names:
            return False, ""
        if text is None:
            return False, f"{UNDEFINED} {reference.body}, which is not defined"
        if depth > DEEPEST_NAMES or reference.body.upper() in self.left:
            return False, ""
        ours, why = self._judge(template_of(text)[0], sheet, depth + 1)
        return ours, f"{why} (through the name {reference.body})" if why else ""


@cache
def engine_sheet(name: str) -> str:
    """A sheet's name in the engine's copy."""
    return _DEFAULT_SHEET if name.lower() == _DEFAULT_SHEET.lower() else name


@cache
def engine_knows(name: str) -> bool:
    """Whether the embedded engine has a function: it answers #NAME? to newer ones, add-ins, macros, LAMBDA names."""
    probe = _probe()
    try:
        probe.sheet("Probe").set_formula(1, 1, f"={name}()")
        probe.evaluate_all()
    except (formualizer.ExcelEvaluationError, RuntimeError):
        return False
    answer = probe.get_value("Probe", 1, 1)
    return not (type(answer) is dict and answer.get("kind") == "Name")


def unknown_functions(names: Iterable[str]) -> list[str]:
    """Functions, not ours, that the engine does not know."""
    return [name for name in names if name not in FUNCTIONS and name != "SINGLE" and not engine_knows(name)]


@cache
def _probe() -> formualizer.Workbook:
    """One for all questions: making a workbook takes as long as ten of them."""
    return formualizer.Workbook()
