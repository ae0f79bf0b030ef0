"""Changed formulas that changed in the same way, put together: a scenario more changes eighty cells of Checks.

Alike are, on one sheet: formulas whose references moved by the same step (a range that ends a row further down), or
read another sheet (one that was renamed), formulas filled alike before and after, and blocks of neighbouring cells
that gained or lost their formulas.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import replace

from workbook.file.addresses import Place, areas, blocks, quoted_sheet, row_and_column
from workbook.formulas.parser import FormulaError, parse, splice
from workbook.formulas.shapes import Shape, shape_of
from workbook.tasks.diff.changes import Change, Group

LEAST = 3
"""Fewer cells are told one by one."""


def grouped(changes: Sequence[Change]) -> tuple[list[Change], list[Group]]:
    """The changes, each with the name of its group where it has one, and the groups."""
    alike: dict[Hashable, list[int]] = defaultdict(list)
    words: dict[Hashable, str] = {}
    new: dict[tuple[str, str], dict[Place, int]] = defaultdict(dict)
    for number, change in enumerate(changes):
        place = row_and_column(change.cell)
        if change.old is None or change.new is None:
            new[change.sheet, "formulas added" if change.old is None else "formulas removed"][place] = number
        else:
            kind, what = _kind(change, place)
            alike[change.sheet, kind].append(number)
            words[change.sheet, kind] = what
    for (sheet, what), numbers in new.items():
        for block in blocks(numbers, straight=True):
            alike[sheet, what, block[0]] = [numbers[place] for place in block]
            words[sheet, what, block[0]] = what
    result = list(changes)
    groups = []
    for key, members in alike.items():
        if len(members) < LEAST:
            continue
        cells = areas(row_and_column(changes[number].cell) for number in members)
        group = Group(f"{quoted_sheet(changes[members[0]].sheet)}!{cells}", words[key], len(members))
        groups.append(group)
        for number in members:
            result[number] = replace(changes[number], group=group.name)
    return result, groups


def _kind(change: Change, place: Place) -> tuple[Hashable, str]:
    """What the changes of a group share, and the words for it."""
    old, new = change.old, change.new
    if not _is_formula(old):
        return ("formula", shape_of(str(new), *place)[0]), "formulas where values were"
    if not _is_formula(new):
        return ("value", shape_of(str(old), *place)[0]), "values where formulas were"
    sheets, back = _other_sheets(str(old), str(new))
    steps = _steps(shape_of(str(old), 0, 0)[0], shape_of(back, 0, 0)[0])
    if steps or (sheets and back == old):
        said = [f"{was} became {now}" for was, now in sorted(sheets)]
        return (sheets, steps), "; ".join([*said, *(_words(*step) for step in sorted(steps))])
    return (shape_of(str(old), *place)[0], shape_of(str(new), *place)[0]), "formulas changed alike"


def _is_formula(value: object) -> bool:
    return isinstance(value, str) and value.startswith("=")


def _other_sheets(old: str, new: str) -> tuple[frozenset[tuple[str, str]], str]:
    """The sheets whose references now name another one, and the new formula with the old names put back."""
    try:
        before, after = parse(old[1:]).references(), parse(new[1:]).references()
    except FormulaError:
        return frozenset(), new
    if len(before) != len(after):
        return frozenset(), new
    pairs = [
        (was, now) for was, now in zip(before, after, strict=True) if was.sheet and now.sheet and was.sheet != now.sheet
    ]
    edits = [
        (now.start + 1, now.start + 1 + now.text.rindex("!"), was.text[: was.text.rindex("!")]) for was, now in pairs
    ]
    found = frozenset((quoted_sheet(str(was.sheet)), quoted_sheet(str(now.sheet))) for was, now in pairs)
    return found, splice(new, edits)


Step = tuple[str, int, int]
"""Which part of a reference moved ("", "start" or "end" of a range), rows down, columns right."""


def _steps(old: Shape, new: Shape) -> frozenset[Step]:
    """How the references of a formula moved; none where more than its references changed."""
    (template, before), (template_now, after) = old, new
    if template != template_now:
        return frozenset()
    pieces = template.split("\x01")
    moves = []
    for one, other in zip(before, after, strict=True):
        if (one[0], one[2]) != (other[0], other[2]):
            return frozenset()  # a dollar sign came or went
        moves.append((other[1] - one[1], other[3] - one[3]))
    found = set()
    for index, move in enumerate(moves):
        starts = index + 1 < len(moves) and pieces[index + 1] == ":"
        ends = index > 0 and pieces[index] == ":"
        partner = moves[index + 1] if starts else moves[index - 1] if ends else move
        part = "" if partner == move else "start" if starts else "end"
        if move != (0, 0):
            found.add((part, *move))
    return frozenset(found)


def _words(part: str, down: int, right: int) -> str:
    steps = []
    for count, forward, back, unit in ((down, "down", "up", "row"), (right, "right", "left", "column")):
        if count:
            steps.append(f"{abs(count):,} {unit}{'s' if abs(count) > 1 else ''} {forward if count > 0 else back}")
    subject = {"": "references moved", "start": "start of a range moved", "end": "end of a range moved"}[part]
    return f"{subject} {' and '.join(steps)}"
