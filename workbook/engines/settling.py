"""Which values of a workbook have to be computed, and which of the computed ones are believed.

What Excel computed stays. A value is computed where a cell calls a function of ours, has no value, or reads, however
indirectly, a cell whose value changed thereby. And the file tests the engine: every formula with a stored value is a
question with Excel's own answer. A formula whose stored value the embedded engine does not reproduce from the values
stored around it is not left to that engine; where its inputs changed, a second engine computes it, if it reproduces the
stored value, else it keeps what it has and is named, and so does everything that depends on it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Set
from datetime import datetime

from pycalc.errors import CalcError
from workbook.engines import Key, Recalculation
from workbook.engines.doubting import examine, examine_unread
from workbook.engines.filing import filed
from workbook.engines.formualizer import READS_A_HOLE, Proved, Session
from workbook.engines.prepare import FormulaInfo
from workbook.engines.transcript import opinions
from workbook.engines.trial import Opinions, Trial, doubted
from workbook.file.addresses import Spot, addresses, column_letters, corners, row_and_column
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.file.values import same_digits
from workbook.formulas.readers import CellSet, Readers

_ROUNDS = 4


def settle(
    package: Package,
    *,
    everything: bool = False,
    clock: datetime | None = None,
    session: Session | None = None,
    proved: Proved = None,
    ask: Opinions = opinions,
) -> Settlement:
    """Say which values of an opened workbook are to be stored anew.

    everything : compute every formula, and store whatever the engine makes of it, whatever the file says.
    session : the workbook in the embedded engine, where it is loaded already.
    proved : sheets worked out by `workbook.engines.proving`, which are left out.
    """
    settlement = Settlement(package, session or Session(package, clock, proved), ask)
    settlement.all() if everything else settlement.needed()
    return settlement


def believed(
    source: Package | str | os.PathLike[str], *, proved: Proved = None, ask: Opinions = opinions
) -> Recalculation:
    """Recalculate a workbook for a page to be made of its values: every formula anew, but what the embedded engine
    computes otherwise than the file says is the file's, unless a second engine agrees with the first against it.

    proved : sheets worked out by `workbook.engines.proving`, which are left out.

    Raises as `workbook.engines.recalculate` does.
    """
    if not isinstance(source, Package):
        with Package(source) as package:
            return believed(package, proved=proved, ask=ask)
    settlement = Settlement(source, Session(source, proved=proved), ask)
    moved = stale(settlement.session)
    settlement.all() if moved else settlement.all_believed()  # what is out of date cannot test the engine
    result = settlement.session.result
    return Recalculation(result.values | moved | settlement.held, result.spills, result.unsupported | settlement.kept)


def stale(session: Session) -> dict[Key, Value]:
    """The cells of sheets worked out elsewhere that store something else than they give, with what they give."""
    return {key: value for sheet in session.proved.values() for key, value in sheet.differing.items()}


class Settlement(Trial):
    """What is to be stored in a workbook: `values`, and beside them

    spills : array formulas with the area their result covers now.
    kept : cells that would need another value and keep the one they have, or none, with the reason.
    """

    def __init__(self, package: Package, session: Session, ask: Opinions = opinions) -> None:
        super().__init__(package, session, ask)
        self.spills: dict[Key, str] = {}
        self.kept: dict[Key, str] = {}

    def close(self) -> None:
        """Free the engine, and all but what is to be stored and what each formula shows: of a million formulas a
        gigabyte."""
        self.shown = {key: self.shows(key) for key in self.infos}
        self.infos, self.session.formulas = {}, {}
        self.session.result.values.clear()
        self.session.close()

    # the two ways

    def all(self) -> None:
        """Every formula computed; what no engine can compute keeps its value."""
        self.supply()
        self.values = self.session.result.values | stale(self.session)
        self.spills = self.session.result.spills
        self.kept = self.session.result.unsupported
        self.drop_unchanged()

    def all_believed(self) -> None:
        """Every formula computed, but those the engine is not believed on; what is volatile shows its value of now."""
        self.supply()
        self.take_stock()
        disagreeing = self.disagreeing()
        if disagreeing:
            self.test(disagreeing, set())
            outdated, _ = self.verdicts(self.faulty)
            released = outdated | (self.held.keys() - self.faulty.keys())
            for key in released:
                del self.held[key]
            self.session.release(released)
            self.refresh()
        self.without(examine(self))
        self.doubt_functions()

    def needed(self) -> None:
        """Our calls, what has no value, and what changes by them."""
        if not any(info.like.ours or key in self.missing for key, info in self.infos.items()):
            return
        self.supply()
        if self.session.surroundings.stopped:
            self.take_stock()  # more formulas are inputs than before
        wanted = {key for key, info in self.infos.items() if info.like.ours or key in self.missing}
        disagreeing = list(dict.fromkeys([*self.disagreeing(), *self.random()]))
        if disagreeing:
            self.test(disagreeing, wanted)
            self.hold_unaffected(wanted)
        unsettled = examine(self)
        unsettled |= examine_unread(self, self.unread)
        self.follow_changes()
        self.without(unsettled)
        self.doubt_functions()
        others = self.changed() - wanted if disagreeing or self.held else set()
        self.collect(wanted, others)

    def supply(self) -> None:
        """Have a second engine compute what has no value and the embedded engine does not know."""
        unknown = [
            key
            for key, reason in self.session.result.unsupported.items()
            if key in self.infos
            and key in self.missing
            and not self.infos[key].like.ours
            and "circular" not in reason
            and "another workbook" not in reason
            and not reason.startswith(READS_A_HOLE)  # computed by the embedded engine, once there is something to read
        ]
        if not unknown:
            return
        values = {key: value for key, value in self.session.result.values.items() if key in self.missing}
        for engine in self.second_engines:
            asked = [key for key in unknown if not doubted(self.calls(key), engine)]
            found = self.ask(engine, self.package, asked, values) if asked else {}
            found = {key: value for key, value in found.items() if not isinstance(value, CalcError)}
            if found:
                self.session.supply(found)
                unknown = [key for key in unknown if key not in found]
            if not unknown:
                return

    # what changes

    def hold_unaffected(self, wanted: Set[Key]) -> None:
        """What reads no cell whose value is new keeps what the file stores, however the engine would have it.

        A circle that iterates has more than one answer, an array may spill where it did not: each of them is what the
        file says wherever it was asked from the values around it.
        """
        changed = self.changed()
        strange = changed - wanted
        if not strange:
            return
        self.believe({key: self.infos[key].stored for key in strange - self.reading(changed & wanted)})

    def reading(self, seeds: Set[Key], readers: Readers | None = None) -> set[Key]:
        """The seeds and the formulas that read one of them, however indirectly; `readers`: the formulas, filed."""
        spots: list[Spot] = [(sheet, *row_and_column(cell)) for sheet, cell in seeds]
        found = (readers or filed(self.package, self.session.formulas)).closure(spots)
        return {(sheet, column_letters(column) + str(row)) for sheet, row, column in found}

    def follow_changes(self) -> None:
        """Formulas the engine is not believed on, whose inputs changed: a second engine's answer, or none."""
        left = [*self.faulty, *(key for key, info in self.infos.items() if info.like.input and info.has_value)]
        unsettled: dict[Key, str] = {}
        for _ in range(_ROUNDS):
            changing = self.changed() if left else set()
            if not changing:
                break
            self.read_texts(left)
            changed = CellSet((key[0], *row_and_column(key[1])) for key in changing - set(left))
            open_ones = []
            for key in left:
                areas, anywhere = self.areas(key)
                info = self.infos[key]
                if any(changed.touches(area, (key[0], info.row, info.column)) for area in areas) or anywhere:
                    open_ones.append(key)
            if not open_ones:
                break
            now = {key: self.computed(key) for key in self.changed()}
            answers, outdated = self.second({key: self.faulty.get(key) for key in open_ones}, now)
            left = [key for key in left if key not in set(open_ones)]
            for key in open_ones:
                if key in answers:
                    self.held[key] = answers[key]
                elif key in outdated:
                    self.held.pop(key, None)
                else:
                    unsettled[key] = self.infos[key].like.input or (
                        "the embedded engine does not reproduce its stored value, and no second engine does either"
                    )
            self.session.hold(answers)
            self.session.release(outdated)
            self.refresh()
        self.without(unsettled)

    def second(
        self, firsts: Mapping[Key, Value], now: Mapping[Key, Value], before: Package | None = None
    ) -> tuple[dict[Key, Value], set[Key]]:
        """What a second engine makes of formulas whose inputs changed, where it agrees with the file before that; and
        those where it agrees with the first one against the file, whose stored value is out of date.

        firsts : the formulas, and what the first engine gives from the values of before.
        now : the values of now.
        before : the workbook with the inputs of before, where it is another.
        """
        found: dict[Key, Value] = {}
        outdated: set[Key] = set()
        for engine in self.second_engines:
            left = [key for key in firsts if key not in found and key not in outdated]
            given = self.ask(engine, before or self.package, left, {}) if left else {}
            agreeing = [key for key in left if key in given and self.alike(self.infos[key].stored, given[key])]
            outdated |= {
                key
                for key in given.keys() - set(agreeing)
                if self.refutes(key, firsts[key]) and self.alike(given[key], firsts[key])
            }
            if agreeing:
                after = self.ask(engine, self.package, agreeing, now)
                found |= {key: after[key] for key in agreeing if key in after}
        return found, outdated

    def without(self, unsettled: Mapping[Key, str]) -> None:
        """Cells nobody could compute keep what they have, and with them what reads from them."""
        if not unsettled:
            return
        self.kept |= unsettled
        first = next(iter(unsettled))
        for key in self.reading(unsettled.keys()) & self.infos.keys() - unsettled.keys():
            if not self.infos[key].like.input:
                self.kept.setdefault(key, f"it depends on {first[0]}!{first[1]}, which could not be computed")

    def doubt_functions(self) -> None:
        """Formulas without a stored value that call what failed elsewhere in this file."""
        if not self.faulty or not self.missing:
            return
        faulty = set(self.faulty)
        innocent = frozenset().union(
            *(
                info.like.template.functions
                for key, info in self.infos.items()
                if key not in faulty and key not in self.missing and not info.like.input and not info.like.ours
            )
        )
        called = (self.infos[key].like.template.functions for key in self.faulty)
        suspects = list(dict.fromkeys(names - innocent or names for names in called if names))
        doubtful: dict[Key, frozenset[str]] = {}
        """With the functions that are suspected."""
        for key, info in self.infos.items():
            if key in self.missing and not info.like.input:
                blamed = next((names for names in suspects if names <= info.like.template.functions), None)
                if blamed:
                    doubtful[key] = blamed
        if not doubtful:
            return
        natives = [key for key in doubtful if not self.infos[key].like.ours]
        tests = list(self.faulty)[:50]
        answers: dict[Key, Value] = {}
        now = {key: self.computed(key) for key in self.changed() if key not in set(natives)}
        for engine in self.second_engines:
            left = [key for key in natives if key not in answers]
            if not left:
                break
            given = self.ask(engine, self.package, tests, {})
            if all(key in given and self.alike(self.infos[key].stored, given[key]) for key in tests):
                answers |= self.ask(engine, self.package, left, now)
        self.believe(answers)
        self.without(
            {
                key: f"the embedded engine computes other formulas with {', '.join(sorted(names))} unlike the file"
                for key, names in doubtful.items()
                if key not in answers
            }
        )

    # what is to be stored

    def collect(self, wanted: Set[Key], others: Set[Key]) -> None:
        result = self.session.result
        for key in wanted:
            if key in self.kept:
                continue
            if key in result.unsupported:
                self.kept[key] = result.unsupported[key]
                continue
            info, value = self.infos[key], self.held.get(key, result.values.get(key))
            if type(value) is not type(info.stored) or value != info.stored or not info.has_value or info.like.area:
                self.put(key, info, value)
        for key in others:
            if key not in self.kept and not self.infos[key].like.input:
                self.put(key, self.infos[key], self.computed(key))

    def put(self, key: Key, info: FormulaInfo, value: Value) -> None:
        if value is None or (info.has_value and not info.like.area and same_digits(info.stored, value)):
            return
        self.values[key] = value
        if not info.like.area or key in self.held:
            return
        area = self.session.result.spills.get(key, info.like.area)
        if key in self.session.result.spills:
            self.spills[key] = area
        for address in addresses(area)[1:]:
            child = (key[0], address)
            if child in self.session.result.values:
                self.values[child] = self.session.result.values[child]

    def name_data_tables(self) -> None:
        """What-if tables, {=TABLE(..)}: Excel alone fills them, from the formulas above and beside them."""
        changed = CellSet((sheet, *row_and_column(cell)) for sheet, cell in self.values)
        for sheet in self.package.worksheets() if self.values else ():
            if b"dataTable" not in self.package.read(sheet.part):
                continue
            for cell in self.package.cells(sheet.part):
                if cell.kind == "dataTable" and cell.area:
                    top, left, bottom, right = corners(cell.area)
                    if changed.touches((sheet.name, max(top - 1, 1), max(left - 1, 1), bottom, right)):
                        reason = f"what the data table {cell.area} reads changed, and Excel alone computes it"
                        self.kept[sheet.name, cell.address] = reason

    def drop_unchanged(self) -> None:
        """Leave out what the file stores already."""
        for key in [key for key in self.values if key in self.infos]:
            info = self.infos[key]
            if info.has_value and not info.like.area and same_digits(info.stored, self.values[key]):
                del self.values[key]
