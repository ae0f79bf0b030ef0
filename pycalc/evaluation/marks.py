"""From the cells of a table of scores to passes and failures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pycalc.errors import UserError
from pycalc.files import table

_WORDS = {means: tuple(words.split("; ")) for means, words in table("score_words", "means", "words")}
ROLES = {role: _WORDS[role] for role in ("example", "option", "answer", "question")}
"""What a column that is no dimension may be called, letter case aside."""

_PASS, _FAIL = _WORDS["pass"], _WORDS["fail"]
_NOT_JUDGED = ("", *_WORDS["not judged"])
_WORD = 12
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:e[+-]?\d+)?(%?)", re.IGNORECASE)


class ScoresError(UserError, ValueError):
    """A table of scores that cannot be read as meant: one line that says what, where and what to do."""


@dataclass(slots=True)
class Judgement:
    """One answer and what was thought of it; a dimension that nobody judged is missing from `marks`."""

    example: str
    option: str
    marks: dict[str, bool] = field(default_factory=dict)
    answer: str = ""
    question: str = ""


@dataclass(slots=True)
class Row:
    """One row as it was read: its number as a spreadsheet counts, and its cells by column title."""

    number: int
    cells: Mapping[str, str]


def judgements(
    rows: Sequence[Row], thresholds: Mapping[str, float], dimensions: Sequence[str] = ()
) -> tuple[list[Judgement], list[str], list[str]]:
    """The judgements, the dimensions in the order of their columns, and the columns that were not used.

    Parameters
    ----------
    rows : the table; an empty cell is an answer that was not judged, not a failure.
    thresholds : the score from which on a dimension passes, by dimension; under "" for all others.
    dimensions : the columns to take; by default each one that holds marks or numbers, slips aside.

    Raises
    ------
    ScoresError : a column is missing, a score has no threshold, an example stands twice for one option.
    """
    titles = list(dict.fromkeys(title for row in rows for title in row.cells))
    place = {role: _titled(titles, names) for role, names in ROLES.items()}
    for role in ("example", "option"):
        if not place[role]:
            raise ScoresError(
                f"no column {role} among the titles ({_short(titles)}). Title the columns example, option and "
                "one for each dimension of the rubric"
            )
    taken, unused = _dimensions(rows, [t for t in titles if t not in place.values()], dimensions)
    passes = {title: _rule(rows, title, thresholds) for title in taken}
    for title in thresholds:
        if title and title not in taken:
            raise ScoresError(f"a threshold for {title!r}, which is no dimension here. There are {', '.join(taken)}")
    found: list[Judgement] = []
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        example, option = (row.cells.get(place[role], "").strip() for role in ("example", "option"))
        if not example or not option:
            raise ScoresError(f"row {row.number}: the {'option' if example else 'example'} cell is empty. Fill it in")
        if (earlier := seen.setdefault((example, option), row.number)) != row.number:
            raise ScoresError(
                f"rows {earlier} and {row.number} judge the same example of {option}. Keep one of them, or give each "
                "repetition an example of its own"
            )
        judged = Judgement(example, option)
        for title in taken:
            mark = _mark(row, title, passes[title])
            if mark is not None:
                judged.marks[title] = mark
        judged.answer = row.cells.get(place["answer"], "") if place["answer"] else ""
        judged.question = row.cells.get(place["question"], "") if place["question"] else ""
        found.append(judged)
    return found, taken, unused


def number(text: str) -> float | None:
    """A score as people write it: 4, 4.5, 4,5 or 85%; None where the text is none."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    value = float(text.strip().rstrip("%").replace(",", "."))
    if not math.isfinite(value):
        return None
    return value / 100 if match[1] else value


def _short(titles: Sequence[str]) -> str:
    """Titles for a message; a table without them has answers in that place."""
    return ", ".join(title if len(title) <= 24 else title[:20] + " .." for title in titles[:12])


def _quoted(text: str) -> str:
    """A cell for a message: a word, or how long the text is, which may be private."""
    return repr(text) if len(text) <= _WORD else f"a text of {len(text)} characters"


def _titled(titles: Iterable[str], names: Sequence[str]) -> str:
    by_name = {title.strip().casefold(): title for title in titles}
    return next((by_name[name] for name in names if name in by_name), "")


def _dimensions(rows: Sequence[Row], titles: Sequence[str], wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    if wanted:
        by_name = {title.strip().casefold(): title for title in titles}
        missing = [name for name in wanted if name.strip().casefold() not in by_name]
        if missing:
            raise ScoresError(f"no column {missing[0]!r}. The columns are {_short(titles)}")
        taken = [by_name[name.strip().casefold()] for name in wanted]
    else:
        taken = [title for title in titles if _holds_marks(rows, title)]
    if not taken:
        held = [f"{title} holds {_quoted(cells[0])}" for title in titles[:3] if (cells := _filled(rows, title))]
        raise ScoresError(
            f"no column holds marks{': ' if held else ''}{', '.join(held)}. Give one for each dimension of the rubric, "
            "with pass and fail or a score"
        )
    return taken, [title for title in titles if title not in taken]


def _holds_marks(rows: Sequence[Row], title: str) -> bool:
    """Whether more than half of the cells that hold anything are marks: the rest are slips, to be mended."""
    cells = _filled(rows, title)
    marks = sum(cell in _PASS or cell in _FAIL or number(cell) is not None for cell in cells)
    return marks > len(cells) / 2


def _filled(rows: Sequence[Row], title: str) -> list[str]:
    cells = (row.cells.get(title, "").strip().casefold() for row in rows)
    return [cell for cell in cells if cell not in _NOT_JUDGED]


def _rule(rows: Sequence[Row], title: str, thresholds: Mapping[str, float]) -> float:
    """The score from which on the dimension passes; 1 where its numbers are only 0 and 1."""
    threshold = thresholds.get(title, thresholds.get(""))
    if threshold is not None:
        return threshold
    scores = {score for row in rows if (score := number(row.cells.get(title, ""))) is not None}
    if scores - {0, 1}:
        raise ScoresError(
            f"column {title} holds scores from {min(scores):g} to {max(scores):g}. Say from which one on an answer "
            f"passes, as --threshold {title}=4, or name the columns that are dimensions: --dimension"
        )
    return 1.0


def _mark(row: Row, title: str, threshold: float) -> bool | None:
    text = row.cells.get(title, "").strip()
    word = text.casefold()
    if word in _NOT_JUDGED:
        return None
    if word in _PASS or word in _FAIL:
        return word in _PASS
    score = number(text)
    if score is None:
        raise ScoresError(
            f"row {row.number}, column {title}: {_quoted(text)} is neither pass nor fail nor a number. Mend the cell"
        )
    return score >= threshold
