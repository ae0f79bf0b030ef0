"""The copy in the engine that holds the original: the replaced formulas alone are put in place of the calls.

Everything else in the copy is byte for byte what the original holds, so with them in place the engine computes what the
copy computes, and the copy, whose formulas are read once to see that they are these, is not loaded anew. Where that
does not hold (a workbook that iterates, a name that was replaced, a formula that looks at what others are rather than
at their values), or a value differs, nothing is said here, and the copy is read and computed for itself: `proof`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from itertools import chain, compress
from operator import not_
from typing import NamedTuple
from zlib import crc32

from pycalc.errors import from_code
from workbook.engines import EngineFailed, Key, Recalculation
from workbook.engines.coercing import coerced
from workbook.engines.prepare import FormulaInfo
from workbook.engines.settling import Settlement
from workbook.engines.wording import Plan, Wording
from workbook.file.cells import Cell, Value
from workbook.file.package import Package
from workbook.formulas.alike import lines
from workbook.formulas.cells import Masters, formula_cell
from workbook.formulas.linekinds import Kind, Line, loose, pieces_of
from workbook.formulas.parser import mentions
from workbook.formulas.readers import CellSet
from workbook.formulas.shapes import MARKS, split, template_of
from workbook.formulas.standins import Changed, changed
from workbook.tasks.handover.twins import Form, Rewritten

_ABOUT_TEXTS = frozenset(("FORMULATEXT", "CELL"))
_ABOUT = _ABOUT_TEXTS | {"ISFORMULA", "SUBTOTAL", "AGGREGATE"}
"""Functions that look at whether a cell holds a formula, or at what it says."""

_FAILED = from_code("#VALUE!")
_MOST_ARRAYS = 200
"""Array formulas that are computed one by one, each with the whole workbook."""


_AT_ONCE = 10_000
"""Formulas whose values are read together."""

_ASKED = 100
"""Lines of a kind that the engine computes with the replaced formulas in place, whatever columns tell."""

Given = tuple[Sequence[FormulaInfo], Recalculation, int]
"""Formulas, what they give, and how many others give the numbers that they show."""

Changes = Sequence[tuple[int, str, str]]
"""The formulas of a kind of line that become others: the number of each, and how it reads in the engine and in the
copy, with marks."""


class _Words(NamedTuple):
    """How the formulas of a form read in the engine. `first` : the references of the first one."""

    plan: Plan
    text: Changed | None
    first: list[str]


def _note(row: int, column: int, kind: str, formula: str) -> bytes:
    return f"{row} {column} {kind} {formula}\n".encode("utf-8", "surrogatepass")


def notes_of(kind: Kind, texts: Sequence[str | None]) -> Callable[[Line], bytes]:
    """What is noted of the lines of a kind whose formulas became others, with marks; None for one that stays."""
    pieces: list[bytes | str | int] = []
    for (cell, formula), text in zip(kind.formulas, texts, strict=True):
        how = "shared" if text is None and formula.shared else "normal"
        own = "" if text is None and formula.shared else formula.text if text is None else text
        pieces += [MARKS[0], *pieces_of(f" {cell.column} {how} {own}\n")]
    return kind.filled(pieces)


class InPlace:
    """What is to be put in place; `possible` until something is met that has to be looked at in the copy itself."""

    def __init__(self, settled: Settlement) -> None:
        around = settled.session.surroundings
        settings = around.settings
        self.possible = not (settings.as_shown or settings.delta or around.stopped or settled.session.supplied)
        self.possible &= not any(mentions(text, _ABOUT) for text in around.names.values())
        self._settled = settled
        self._around = around
        self.valued: set[Key] = set()
        """Formulas that became their value."""
        self._values: dict[Key, Value] = {}
        self._formulas: list[tuple[FormulaInfo, str]] = []
        self._lines: list[tuple[Kind, list[FormulaInfo], Changes]] = []
        self._arrays: list[tuple[FormulaInfo, str, str]] = []
        self.by_columns = 0
        """How many replaced formulas were not put in place, since columns tell that they give what the call gives."""
        self._words: dict[int, _Words] = {}
        self._written: dict[str, int] = {}
        """By part, a checksum of what its formulas should be one after the other."""

    def stays(self, part: str, cell: Cell, text: str | None = None, array: bool = False) -> None:
        """Note that a cell of the copy holds a formula: its own, or this one, an array's or not."""
        held = (cell.kind, cell.formula or "") if text is None else ("array" if array else "normal", text)
        self.noted(part, _note(cell.row, cell.column, *held))

    def noted(self, part: str, notes: bytes) -> None:
        """Note that the next cells of the copy hold these formulas."""
        self._written[part] = crc32(notes, self._written.get(part, 0))

    def formula(self, info: FormulaInfo, before: str, new: Rewritten) -> None:
        """Note that a cell's formula, `before`, became another."""
        if new.text == before and not new.array:
            return
        if info.like.area:
            self._arrays.append((info, before, new.text))
            self.possible &= len(self._arrays) <= _MOST_ARRAYS and info.key not in self._settled.held
        elif self.possible:
            # Else it is read otherwise than it was written.
            self.possible = new.text.isprintable() and info.key not in self._settled.held
            self._formulas.append((info, self._worded(info, new)))

    def line(self, kind: Kind, infos: list[FormulaInfo], changes: Changes) -> None:
        """Note that some formulas of a line became others."""
        if self._settled.held:
            self.possible &= self._settled.held.keys().isdisjoint(infos[number].key for number, *_ in changes)
        self._lines.append((kind, infos, changes))

    def value(self, info: FormulaInfo, value: Value) -> None:
        """Note that a cell's formula became its value; that of an array stays in the engine, where it has the same."""
        self.valued.add(info.key)
        if not info.like.area:
            self._values[info.key] = value
        computed = self._settled.session.result.values.get(info.key)
        self.possible &= type(computed) is type(value) and computed == value

    def _worded(self, info: FormulaInfo, new: Rewritten) -> str:
        """A formula as the engine should see it, as it would be in the copy."""
        sheet, row, column = info.key[0], info.row, info.column
        if new.array:
            return f"INDEX({self._around.prepared(new.text, sheet, row, column, array=True)},1,1)"
        if new.form is None:
            return f"@({self._around.prepared(new.text, sheet, row, column)})"
        words = self._form(info, new.form, new.references)
        if words.text is None:
            return self._around.worded(words.plan, new.text, split(new.text)[1], sheet, row, column, False)
        # The engine takes like formulas apart once, but not where a fixed reference goes along with the lines.
        moving = zip(new.references, words.first, strict=True)
        return words.text([each if each == first else each.replace("$", "") for each, first in moving])

    def marked(self, info: FormulaInfo, form: Form, references: Sequence[str]) -> str | None:
        """The same for all lines of a kind, with marks for the numbers of rows; None where each has its own."""
        words = self._form(info, form, list(references))
        return None if words.text is None else words.text(loose(references))

    def _form(self, info: FormulaInfo, form: Form, first: list[str]) -> _Words:
        if id(form) in self._words:
            return self._words[id(form)]
        sample = form.sample.text
        template, references = template_of(sample)
        plan = self._around.plan(template, sample, info.key[0], info.row, info.column, False)
        text = None
        if plan.text is not None and not (plan.ranges or plan.spills or plan.numbered):
            text = changed(plan.text(references), form.stand_ins)
        words = self._words[id(form)] = _Words(plan, text, first)
        return words

    def computed(self, copy: Package, replaced: Set[Key]) -> Iterator[Given] | None:
        """What the formulas of the copy give; None where it has to be read and computed for itself."""
        session, known = self._settled.session, self._settled.session.result.values
        self._look_again(copy, replaced)
        self.possible &= known.keys() >= replaced - self._settled.kept.keys()
        unknown = {key for key in self._settled.infos if key not in known}
        session.result.values = known = {key: known[key] for key in self._settled.missing & known.keys()}
        copy.let_go()
        if not (self.possible and all(self._as_noted(copy, part) for part in self._written)):
            return None
        try:
            self._work_out_columns()
            session.put(self._texts(), self._values)
            apart = {*unknown, *self.valued, *self._settled.held, *self._settled.kept, *self._settled.values}
            others = self._others(apart)
            # What fails is computed once more, with texts as the numbers they show: `read_texts_as_numbers`.
            failed = {info.key for info in session.failing(others) if info.stored != _FAILED} - unknown
            again = [(info, coerced(text)) for info, text in self._texts() if info.key in failed] if failed else []
            if again:
                session.put(again, {})
                others = self._others(apart)
            for info, before, new in self._arrays:
                place = (info.key[0], info.row, info.column)
                if session.value(*place, before) != session.value(*place, new):
                    return None
        except EngineFailed:
            return None
        alike = sum(map(len, session.formulas.values())) - len(others)
        return chain([((), Recalculation(), alike)], self._given(others, unknown))

    def _others(self, apart: Set[Key]) -> list[FormulaInfo]:
        """The formulas that do not give at once the number they store."""
        session = self._settled.session
        return [info for infos in session.formulas.values() for info in session.differing(infos, apart)]

    def _given(self, infos: list[FormulaInfo], unknown: Set[Key]) -> Iterator[Given]:
        """A few formulas after the other and what they give, without the values of those that had none."""
        for start in range(0, len(infos), _AT_ONCE):
            some = infos[start : start + _AT_ONCE]
            asked = (info for info in some if not (info.key in unknown or info.like.input))
            yield some, self._settled.session.given(asked), 0

    def _texts(self) -> Iterator[tuple[FormulaInfo, str]]:
        """The formulas to be put in place; all their texts at once take much memory."""
        yield from self._formulas
        for kind, infos, changes in self._lines:
            for number, words, _ in changes:
                yield infos[number], kind.at(words, infos[number].row)

    def _work_out_columns(self) -> None:
        """Leave out the replaced formulas of like lines that give, worked out column by column, exactly what the call
        gives: it stays in the engine, and what reads it reads the same."""
        alike: dict[Kind, list[int]] = {}
        for place, (kind, *_) in enumerate(self._lines):
            alike.setdefault(kind, []).append(place)
        for kind, places in alike.items():
            _, infos, changes = self._lines[places[0]]
            told = places[_ASKED:]
            rows = [self._lines[place][1][0].row for place in told]
            columns = self._settled.session.columns(infos[0].key[0], rows)
            agree = [columns.agrees(kind, text, infos[number].column) for number, _, text in changes]
            for place, agrees in zip(told, zip(*agree, strict=True), strict=True):
                left = [] if all(agrees) else list(compress(changes, map(not_, agrees)))
                self.by_columns += len(changes) - len(left)
                self._lines[place] = (kind, self._lines[place][1], left)

    def _as_noted(self, copy: Package, part: str) -> bool:
        """Whether the formulas that were written are those that were to be."""
        found, masters = 0, Masters()
        kinds: dict[Kind, Callable[[Line], bytes]] = {}
        for each in lines(copy, part, masters, formulas_only=True):
            if isinstance(each, Line):
                if each.kind not in kinds:
                    kinds[each.kind] = notes_of(each.kind, [None] * len(each.kind.formulas))
                found = crc32(kinds[each.kind](each), found)
            elif each.kind != "dataTable":
                if each.kind == "shared":
                    formula_cell(each, masters)
                found = crc32(_note(each.row, each.column, each.kind, each.formula or ""), found)
        return found == self._written[part]

    def _look_again(self, copy: Package, replaced: Set[Key]) -> None:
        """Word the formulas anew that ask what others are, where they find a replaced one."""
        infos, settled = self._settled.infos, self._settled
        looking = [key for key, info in infos.items() if not info.like.template.functions.isdisjoint(_ABOUT)]
        if not looking:
            return
        texts = any(not infos[key].like.template.functions.isdisjoint(_ABOUT_TEXTS) for key in looking)
        cells = CellSet((key[0], infos[key].row, infos[key].column) for key in (replaced if texts else self.valued))
        settled.read_texts(looking)
        words = Wording(copy)
        for key in looking:
            areas, anywhere = settled.areas(key)
            if anywhere or any(map(cells.touches, areas)):
                self.possible &= not infos[key].like.area and key not in replaced
                text = words.prepared(settled.text(key), key[0], infos[key].row, infos[key].column)
                self._formulas.append((infos[key], f"@({text})"))
