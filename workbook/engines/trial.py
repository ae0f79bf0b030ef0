"""The file tests the engine: what the embedded engine makes of each formula, against the value the file stores.

Every formula with a stored value is a question with Excel's own answer. Where the engine gives another, the formula is
computed once more from the values stored around it; what it gets wrong even then it is not believed on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from pathlib import Path

from pycalc.errors import CalcError
from workbook.engines import Key
from workbook.engines.calculation import calculation
from workbook.engines.formualizer import Session
from workbook.engines.prepare import FormulaInfo
from workbook.engines.transcript import SECOND, opinions
from workbook.file.addresses import addresses, row_and_column
from workbook.file.cells import Value
from workbook.file.package import Package
from workbook.file.values import same_digits, stored_as_computed
from workbook.formulas.cells import LARGEST_ARRAY, array_size, formula_cells
from workbook.formulas.readers import Area, CellSet, References
from workbook.formulas.shapes import FRAGILE, RANDOM, VOLATILE

MOST_TESTED = 2_000
"""Formulas that disagree are tested one by one up to here; beyond, a few of each template stand for the rest."""

_OF_A_TEMPLATE = 5

_CANNOT = ("#SPILL!", "#CALC!", "#NAME?")
"""What an engine shows of a function or array form it does not know: two of them agree on that for no good reason."""

Opinions = Callable[[str, Package, Collection[Key], Mapping[Key, Value]], dict[Key, Value]]


@cache
def _known() -> list[list[str]]:
    """What our corpus says of the engines: function, engine, verdict."""
    text = Path(__file__).with_name("known.csv").read_text(encoding="utf-8")
    return [line.split(",") for line in text.splitlines()[1:]]


@cache
def excels_alone() -> frozenset[str]:
    """Functions of Excel that an engine does not know."""
    return frozenset(function for function, _, verdict in _known() if verdict == "unknown")


@cache
def _different(engine: str) -> tuple[frozenset[str], list[frozenset[str]]]:
    """What an engine computes otherwise than Excel in a case of our corpus: functions, and functions together."""
    names = [
        function
        for function, name, verdict in _known()
        if name == engine and (verdict == "different" or "+" in function)
    ]
    together = [frozenset(name.split("+")) for name in names if "+" in name]
    return frozenset(name for name in names if "+" not in name), together


def doubted(calls: frozenset[str], engine: str) -> bool:
    """Whether a formula calls what an engine is known to compute otherwise than Excel: docs/engines/functions.md."""
    single, together = _different(engine)
    return not calls.isdisjoint(single) or any(names <= calls for names in together)


class Trial:
    """The formulas of a workbook with the values the engine gives them and those the file stores.

    infos : what is known of each formula cell.
    missing : formulas without a stored value.
    unread : formulas with another stored value than the engine's, that read a missing one.
    shown : what every formula cell shows, once the engine was closed.
    held : natives whose stored value, or a second engine's, stands for what the embedded engine computes.
    faulty : formulas the embedded engine computes otherwise than the file says, from the file's own values, with what
        it gives; None where it gives nothing.
    values : cells whose stored value is to be replaced, or that have none yet, with the new value.
    """

    def __init__(self, package: Package, session: Session, ask: Opinions = opinions) -> None:
        self.package = package
        self.session = session
        self.ask = ask
        self.values: dict[Key, Value] = {}
        self.faulty: dict[Key, Value] = {}
        self.infos: dict[Key, FormulaInfo] = {}
        self.shown: dict[Key, Value] = {}
        self.missing: set[Key] = set()
        self.unread: list[Key] = []
        settings = calculation(package)
        self.slack = 10 * settings.delta
        self.as_shown = settings.as_shown
        self.held: dict[Key, Value] = {}
        self.second_engines: tuple[str, ...] = SECOND
        self._alike: dict[int, list[Key]] = {}
        self._texts: dict[Key, str] = {}
        self._references: References | None = None
        self.take_stock()

    def take_stock(self) -> None:
        """Which formulas there are, and which of them have no value yet."""
        formulas = self.session.formulas
        self.infos = {info.key: info for infos in formulas.values() for info in infos}
        self.missing = {key for key, info in self.infos.items() if not info.has_value}

    # from the engine

    def computed(self, key: Key) -> Value:
        return self.held[key] if key in self.held else self.session.result.values.get(key)

    def shows(self, key: Key) -> Value:
        """What a formula cell shows once the values are stored."""
        if key in self.values:
            return self.values[key]
        if key in self.shown:
            return self.shown[key]
        info = self.infos.get(key)
        if info is not None and info.has_value:
            return info.stored
        return self.computed(key)

    def child(self, sheet: str, address: str) -> Value:
        """What a further cell of an array formula shows."""
        if (sheet, address) in self.values:
            return self.values[sheet, address]
        return self.session.result.values.get((sheet, address))

    def alike(self, stored: Value, computed: Value) -> bool:
        """Whether a stored value is the computed one, for a workbook that iterates or calculates with what it shows."""
        if type(stored) is type(computed) and stored == computed:
            return True
        if self.as_shown and type(stored) is float and type(computed) is float:
            decimals = len(f"{stored:.15g}".partition("e")[0].partition(".")[2])
            if abs(stored - computed) <= 0.5000001 * 10.0**-decimals:
                return True
        return stored_as_computed(stored, computed, self.slack)

    def disagreeing(self, ours: bool = False) -> list[Key]:
        """Formulas with a stored value that the engine computes otherwise: native ones, and where asked our calls."""
        values = self.session.result.values
        return [
            key
            for key, info in self.infos.items()
            if (ours or not info.like.ours)
            and not (type(info.stored) is float and values.get(key) == info.stored and not info.like.area)
            and not info.like.input
            and info.has_value
            and not self.agrees(key, values)
        ]

    def random(self) -> list[Key]:
        """Formulas with a stored value that give another one each time, whatever they gave now."""
        return [
            key
            for key, info in self.infos.items()
            if not info.like.template.functions.isdisjoint(RANDOM)
            and not (info.like.ours or info.like.input or key in self.missing)
        ]

    def agrees(self, key: Key, values: Mapping[Key, Value]) -> bool:
        """Whether a formula has the value the file stores, in every cell it fills; no value is no contradiction."""
        info, value = self.infos[key], values.get(key)
        if (value is not None or key in values) and not self.alike(info.stored, value):
            return False
        if not info.like.area or array_size(info.like.area) > LARGEST_ARRAY:
            return True
        children = ((key[0], address) for address in addresses(info.like.area)[1:])
        return all(
            self.alike(self.session.children[child], values[child])
            for child in children
            if child in values and child in self.session.children
        )

    # the file tests the engine

    def test(self, disagreeing: list[Key], wanted: set[Key]) -> None:
        """Find the formulas whose stored value the engine does not reproduce from the values stored around them."""
        stored = {key: self.infos[key].stored for key in disagreeing}
        ours = {
            key: self.infos[key].stored
            for key in wanted - self.missing
            if self.infos[key].like.ours and not same_digits(self.infos[key].stored, self.computed(key))
        }
        self.session.hold({**stored, **ours})
        self.session.again(())
        unknown = CellSet((key[0], *row_and_column(key[1])) for key in self.missing)
        tested: dict[int, list[Key]] = {}
        fine: list[Key] = []
        self.read_texts(disagreeing)
        for key in disagreeing:
            info = self.infos[key]
            if not info.like.template.functions.isdisjoint(VOLATILE):
                self.held[key] = info.stored
                continue
            if any(unknown.touches(area) for area in self.areas(key)[0]):
                fine.append(key)  # its value was never computed from what is there now
                self.unread.append(key)
                continue
            alike = tested.setdefault(id(info.like.template), [])
            if len(disagreeing) > MOST_TESTED and len(alike) >= _OF_A_TEMPLATE:
                value = None if any(other in self.faulty for other in alike) else info.stored
            else:
                value = self.local(key)
                alike.append(key)
            if not info.like.area and value is not None and self.alike(info.stored, value):
                fine.append(key)
            else:
                self.held[key] = info.stored
                self.faulty[key] = value
                self._alike.setdefault(id(info.like.template), []).append(key)
        self.session.release([*fine, *ours])
        self.refresh()

    def local(self, key: Key) -> Value:
        """What the engine makes of a formula from the values around it; an array is held as it is."""
        info = self.infos[key]
        if info.like.area:
            return self.session.result.values.get(key)
        return self.session.local(key[0], info, self._texts[key])

    def verdicts(self, keys: Iterable[Key]) -> tuple[set[Key], set[Key]]:
        """Of formulas the engine computes otherwise than the file says: those where a second engine agrees with it
        against the file, which is wrong then; and those where one agrees with the file."""
        wrong: set[Key] = set()
        right: set[Key] = set()
        wanted = set(keys)
        groups = [[key for key in group if key in wanted] for group in self._alike.values()]
        large = sum(map(len, groups)) > MOST_TESTED
        samples = {key for group in groups for key in (group[:_OF_A_TEMPLATE] if large else group)}
        for engine in self.second_engines:
            left = {key for key in samples if key not in wrong and key not in right}
            if not left:
                break
            cells = left | {
                (sheet, cell) for sheet, at in left for cell in addresses(self.infos[sheet, at].like.area or at)
            }
            given = self.ask(engine, self.package, cells, {})
            for key in left & given.keys():
                first = self.faulty[key]
                if self.agrees(key, given):
                    right.add(key)
                elif (
                    self.refutes(key, first) and self.alike(first, given[key]) and not doubted(self.calls(key), engine)
                ):
                    wrong.add(key)
        for group in groups:  # the rest of a template is judged by its first ones
            if large and len(group) > _OF_A_TEMPLATE:
                for found in (wrong, right):
                    if all(key in found for key in group[:_OF_A_TEMPLATE]):
                        found.update(group)
        return wrong, right

    def refutes(self, key: Key, value: Value) -> bool:
        """Whether a value two engines agree on shows that the file's is out of date.

        Not what an engine shows of what it cannot do; nor any error where a reference is made of a text: no engine is
        given the names and tables it may mean.
        """
        if not isinstance(value, CalcError):
            return value is not None
        return value.code not in _CANNOT and self.calls(key).isdisjoint(FRAGILE)

    def believe(self, values: Mapping[Key, Value]) -> None:
        """Hold these values instead of what the embedded engine computes, and compute what reads them."""
        if values:
            self.session.hold(values)
            self.held |= values
            self.refresh()

    def refresh(self) -> None:
        """Compute again, with what is held in place."""
        keys = [key for key, info in self.infos.items() if key not in self.held and not info.like.input]
        found = self.session.again(keys)
        values = self.session.result.values
        for key in keys:
            if key in found:
                values[key] = found[key]
        # A spill finds its own cells taken once its formula was put back.
        blocked = {
            key: self.infos[key].stored
            for key in found
            if self.infos[key].like.area and getattr(found[key], "code", "") == "#SPILL!" and self.infos[key].has_value
        }
        self.believe(blocked)

    def read_texts(self, keys: Iterable[Key]) -> None:
        wanted = set(keys) - self._texts.keys()
        sheets = {sheet for sheet, _ in wanted}
        for sheet in self.package.worksheets():
            if sheet.name in sheets:
                for whole in formula_cells(self.package, sheet.part):
                    if (sheet.name, whole.address) in wanted:
                        self._texts[sheet.name, whole.address] = whole.text

    def text(self, key: Key) -> str:
        """A formula's text."""
        self.read_texts([key])
        return self._texts[key]

    def areas(self, key: Key) -> tuple[list[Area], bool]:
        if self._references is None:
            self._references = References(self.package)
        info = self.infos[key]
        return self._references.of(self._texts[key], (key[0], info.row, info.column))

    def changed(self) -> set[Key]:
        """Cells whose value is not the one the file stores."""
        values = self.session.result.values
        found = set(self.missing)
        for key, info in self.infos.items():
            if info.like.input or not info.has_value:
                continue
            value = self.held[key] if key in self.held else values.get(key)
            if value is not None and not self.alike(info.stored, value):
                found.add(key)
        return found

    def calls(self, key: Key) -> frozenset[str]:
        return self.infos[key].like.template.functions
