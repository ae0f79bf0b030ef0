"""Formulas that differ from their row or column, and numbers typed where a formula belongs.

A line is a run of neighbouring formulas in a row or a column. Where more than half of them read alike in
relative form, the few that do not are reported, unless they follow their line in the other direction, open or
close the line in a way of their own, or add up the line. Words before figures are the line's label and unit, whether
typed or read from elsewhere: the line begins behind them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from functools import cache
from itertools import groupby
from operator import itemgetter

from workbook.file.addresses import Place, blocks
from workbook.formulas.shapes import Shape, reads_before, text_of
from workbook.tasks.check.finding import ERROR, WARNING, Finding, say
from workbook.tasks.check.seen import Grid, Survey

LEAST = 3
"""So many formulas alike make a line."""

FEW = 0.2
"""At most this share of a line differs without a reason (but always one may); where more does, it is no pattern."""

GAP = 3
"""More typed numbers than this in a row are data, not formulas typed over."""

DOWN, RIGHT = (1, 0), (0, 1)


def pattern_findings(survey: Survey, known: Set[tuple[str, Place]] = frozenset()) -> Iterator[Finding]:
    """Everything this module finds, sheet by sheet; of cells that are `known` something was said already.

    A number in an area filled with one formula is an error, and anywhere among formulas where the workbook decides with
    functions of ours. In a line of any other workbook it may be what somebody knows better: a warning.
    """
    severity = ERROR if survey.calls or "out_decision" in survey.named else WARNING
    for grid in survey.grids:
        said = {place for sheet, place in known if sheet == grid.sheet.name}
        yield from _Lines(grid, survey.shapes, severity).findings(said)


class _Lines:
    def __init__(self, grid: Grid, shapes: list[tuple[Shape, bool]], typed_over: str) -> None:
        self.grid = grid
        self.severity = typed_over
        self.known = shapes
        self.at = grid.shapes
        self.sheet = grid.sheet.name
        self.labels: dict[tuple[tuple[int, ...], tuple[bool, ...]], int] = {}
        self.usual = cache(_usual)

    def findings(self, known: Set[Place]) -> Iterator[Finding]:
        seen: set[Place] = set()
        for step, line_name in ((RIGHT, "row"), (DOWN, "column")):
            for line in self.lines(step):
                odd, usual, alike = self.odd(line, step)
                for place in odd:
                    if place not in seen:
                        seen.add(place)
                        yield self.differs(place, usual, alike, line_name)
        yield from self.numbers(known)

    def numbers(self, known: Set[Place]) -> Iterator[Finding]:
        """Numbers typed over formulas, those that lie together in one finding."""
        across: dict[Place, tuple[int, bool]] = {}
        down: dict[Place, tuple[int, bool]] = {}
        for place in self.grid.typed.keys() - known:
            for found, step in ((across, RIGHT), (down, DOWN)):
                missing = self.typed_over(place, step)
                if missing is not None:
                    found[place] = missing
        for place, shape in self.enclosed().items():
            if place not in known:
                across.setdefault(place, (shape, True))
                down.setdefault(place, (shape, True))
        for block in blocks(across.keys() | down.keys()):
            first = block[0]
            value = self.grid.typed[first]
            formula = text_of(self.known[(across.get(first) or down[first])[0]][0], *first)
            severity = ERROR if self.is_filled(block, across, down) else self.severity
            yield say("number-over-pattern", self.sheet, block, severity=severity, value=value, formula_here=formula)

    def enclosed(self) -> dict[Place, int]:
        """Typed numbers in the middle of an area filled with one formula: on all four sides the same shape ends."""
        sides = []
        for step in (RIGHT, DOWN):
            between: dict[Place, int] = {}
            for place in self.grid.typed:
                before = (place[0] - step[0], place[1] - step[1])
                if before not in self.at:
                    continue
                run = [place]
                while (after := (run[-1][0] + step[0], run[-1][1] + step[1])) in self.grid.typed:
                    run.append(after)
                if self.at.get(after) == self.at[before]:
                    between |= dict.fromkeys(run, self.at[before])
            sides.append(between)
        return dict(sides[0].items() & sides[1].items())

    def is_filled(
        self, block: list[Place], across: Mapping[Place, tuple[int, bool]], down: Mapping[Place, tuple[int, bool]]
    ) -> bool:
        """Whether numbers stand in an area filled with one formula, so that it is no line's own exception.

        Its row and its column say the same, or neighbours all along a row stand between formulas above and below.
        """
        if any(place in across and place in down and across[place][0] == down[place][0] for place in block):
            return True
        for found, (rows, columns) in ((down, RIGHT), (across, DOWN)):
            for row, column in block:
                line = [(row + step * rows, column + step * columns) for step in range(LEAST)]
                if all(found.get(place, (0, False))[1] for place in line):
                    return True
        return False

    def differs(self, place: Place, usual: int, alike: int, line_name: str) -> Finding:
        own = text_of(self.known[self.at[place]][0], *place)
        expected = text_of(self.known[usual][0], *place)
        return say("differs", self.sheet, place, own=own, alike=alike, line=line_name, expected=expected)

    def lines(self, step: Place) -> Iterator[list[Place]]:
        """Runs of neighbouring formulas along a direction."""
        along, across = step.index(1), step.index(0)
        for _, held in groupby(sorted(sorted(self.at), key=itemgetter(across)), itemgetter(across)):
            for run in _unbroken(list(held), along):
                line = self.behind_its_label(run) if len(run) > LEAST else run
                if len(line) > LEAST:
                    yield line

    def behind_its_label(self, line: list[Place]) -> list[Place]:
        """A line of figures without the words it opens with; a line of words is all its own."""
        if line[0] not in self.grid.words:
            return line
        words = tuple(map(self.grid.words.__contains__, line))
        numbers = tuple(map(self.at.__getitem__, line))
        label = self.labels.get((numbers, words), -1)
        if label < 0:
            usual = self.known[self.usual(numbers)[0]][0]
            label = 0
            while label < len(line) and words[label] and not _alike(self.known[numbers[label]][0], usual):
                label += 1
            if sum(words[label:]) * 2 > len(line) - label:
                label = 0
            self.labels[numbers, words] = label
        return line[label:]

    def odd(self, line: list[Place], step: Place) -> tuple[list[Place], int, int]:
        """The formulas of a line that differ, the number of the usual shape, and how many have that."""
        numbers = tuple(map(self.at.__getitem__, line))
        if len(numbers) - len(set(numbers)) < LEAST - 1:
            return [], 0, 0  # none has as many as make a line
        usual, count = self.usual(numbers)
        usual_shape = self.known[usual][0]
        if count < LEAST or count == len(line) or count * 2 <= len(line):
            return [], usual, count
        if not usual_shape[1]:
            return [], usual, count  # labels and constants written as formulas: nothing was filled along the line
        odd = [place for place in line if self.at[place] != usual and not self.has_reason(place, line, usual, step)]
        return odd if len(odd) <= max(1, FEW * len(line)) else [], usual, count

    def has_reason(self, place: Place, line: list[Place], usual: int, step: Place) -> bool:
        """Whether a formula may differ from its line: it follows another line, adds this one up, opens or ends it."""
        down, right = step
        number = self.at[place]
        shape, adds_up = self.known[number]
        usual_shape, usual_adds_up = self.known[usual]
        if any(self.at.get((place[0] + side * right, place[1] + side * down)) == number for side in (-1, 1)):
            return True
        if adds_up and not usual_adds_up and _reads_own_line(shape, step):
            return True
        if place not in (line[0], line[-1]):
            return False
        opens = place == line[0] and reads_before(usual_shape, -down, -right)
        ends = place == line[-1] and reads_before(usual_shape, down, right)
        return opens or ends or not _alike(shape, usual_shape)

    def typed_over(self, place: Place, step: Place) -> tuple[int, bool] | None:
        """The shape a typed number stands in for along a direction, and whether it stands on both sides of it; None
        where the number is an input of its own."""
        down, right = step
        before = self.nearest(place, (-down, -right))
        after = self.nearest(place, step)
        if before is not None and after is not None and self.at[before] == self.at[after]:
            gap = after[0] - before[0] + after[1] - before[1] - 1
            enough = self.count(before, step) + self.count(after, step) >= LEAST
            return (self.at[before], True) if gap <= GAP and enough else None
        for end in (before, after):
            if end is not None and self.goes_on_beside(place, end, step):
                return self.at[end], False
        return None

    def goes_on_beside(self, place: Place, end: Place, step: Place) -> bool:
        """Whether a line that ends at `end` would reach `place`, as a line beside it does."""
        down, right = step
        if self.count(end, step) < LEAST:
            return False
        usual = self.known[self.at[end]][0]
        for sign in (-1, 1):
            if reads_before(usual, sign * (end[0] - place[0]), sign * (end[1] - place[1])):
                return False  # the opening value of a chain
        for side in (-1, 1):
            beside = (place[0] + side * right, place[1] + side * down)
            beside_end = (end[0] + side * right, end[1] + side * down)
            if beside in self.at and self.at.get(beside) == self.at.get(beside_end):
                return True
        return False

    def nearest(self, place: Place, step: Place) -> Place | None:
        """The first formula along a direction, across at most a few typed numbers."""
        for distance in range(1, GAP + 1):
            other = (place[0] + distance * step[0], place[1] + distance * step[1])
            if other in self.at:
                return other
            if other not in self.grid.typed:
                return None
        return None

    def count(self, place: Place, step: Place) -> int:
        """How many neighbouring formulas of the same shape a line has around a place; a few are enough to know."""
        shape = self.at[place]
        found = 1
        for sign in (-1, 1):
            other = (place[0] + sign * step[0], place[1] + sign * step[1])
            while found < LEAST and self.at.get(other) == shape:
                found += 1
                other = (other[0] + sign * step[0], other[1] + sign * step[1])
        return found


def _unbroken(places: list[Place], along: int) -> Iterator[list[Place]]:
    """The runs of neighbours among the places of a row or column."""
    if places[-1][along] - places[0][along] == len(places) - 1:
        yield places
        return
    start = 0
    for at in range(1, len(places) + 1):
        if at == len(places) or places[at][along] != places[at - 1][along] + 1:
            yield places[start:at]
            start = at


def _usual(numbers: tuple[int, ...]) -> tuple[int, int]:
    """The shape that most formulas of a line have, and how many."""
    return Counter(numbers).most_common(1)[0]


def _alike(one: Shape, other: Shape) -> bool:
    """Whether two formulas differ in a reference only, or in a number or operator only."""
    return one[0] == other[0] or one[1] == other[1]


def _reads_own_line(shape: Shape, step: Place) -> bool:
    """Whether a formula reads cells of the line it stands in."""
    if step == DOWN:
        return any(not fixed and columns == 0 for _, _, fixed, columns in shape[1])
    return any(not fixed and rows == 0 for fixed, rows, _, _ in shape[1])
