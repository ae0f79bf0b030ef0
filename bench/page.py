"""The table and the growth curves as a page of the documentation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.measure import Row

WIDTH, HEIGHT, MARGIN = 640, 300, 56
NOTES = {
    "Range call": (
        "A range call looks at every argument before it computes (bounds, NaN, whole months) and at every result "
        "after. Below 10,000 rows one sees the cost of the call itself. Beyond, bare NumPy depends on the process: "
        "where large arrays were freed before, it uses their memory again and can take a third of the time it takes "
        "in a new process, which is what is measured here; the range call takes the same in both. Two threads were "
        "tried and were slower, waiting for Python's lock. Of a row without an answer the kind of error is seen from "
        "the numbers of the whole range; what it says is worked out when somebody reads it, which takes 3 µs. An "
        "array is a step behind: until somebody reads it, a copy of those rows' cells is kept, and where all rows are "
        "errors new memory for the copy is most of the time. A list holds an object for each error, a fifth of a "
        "microsecond: 2.5 times a good row, and nearly 3 at 100,000 rows, where the objects no longer fit the cache: "
        "up to 5 where other work wants the same memory. An error that the numbers do not tell (more cached tokens "
        "than input tokens) takes its 3 µs at once. "
        "FT_ROI's arithmetic takes 9 µs on 16,384 rows in the cache, and one reduction over a column 1.3. Whether "
        "upfront is within its bounds is one reduction; whether the months are and are whole, 5 µs; whether the "
        "result is finite, which answers for the saving as well, 2; putting the result in its place, 2. At 100,000 "
        "rows, where bare NumPy takes 62 µs, these looks take 60 at their best: with the result written in place and "
        "one buffer for all that comes between, the ratio was 2.0, and 2.2 at a million. No faster: dot products or "
        "sums in place of minima and maxima, months cast to whole numbers and back (NumPy's own check of a cast takes "
        "40 µs), blocks of other sizes or none. The processor's own flags would save the look at the result, but a "
        "NaN that is passed on raises none, and WebAssembly has no flags."
    ),
    "Files": (
        "Processor time of whole commands, the start of Python and its imports included (less than 0.1 s of ours, 0.2 "
        "s of openpyxl's). Half of the formulas are calls of our functions; `diff` compares with a copy whose first "
        "constant was edited. Below 100,000 formulas a time is the best of three. The note says which stage of a "
        "command takes the most. Lines that are written alike are read, replaced and written by one pattern each; "
        "other formulas take 5 to 8 µs for each time they are read. Excel writes a formula filled down once in 64 "
        'lines, with copies between: the rows "as Excel writes it". With 100,000 formulas the embedded engine\'s own '
        "reading and evaluation, for which openpyxl has nothing, take 0.07 (filled down) and 0.14 (mixed) of "
        "openpyxl's time in `recalc`, `check` and `diff`, and 0.15 and 0.2 in a hand-over, which computes the "
        "workbook with our calls and again with native formulas in their place, but for those filled down that only "
        "read numbers; with the template, whose 21,000 "
        "formulas are of 500 kinds and few lines alike, 0.75 and 0.8, so that its goals are missed. A hand-over puts "
        "1,000 formulas in place at a time, which keeps it within openpyxl's memory and takes the engine twice the "
        "time that a quarter of the workbook at a time would. Single lines wobble with the machine: the two of 100,000 "
        "formulas that missed their goal when this table was made took 0.61 and 0.33 when they were timed again. Of "
        "fourteen real workbooks with tens of thousands of formulas `recalc` took 0.01 to 0.6 of openpyxl's time, but "
        "for three about 2; `check`, which computes what `recalc` leaves alone, 0.03 to 2.4, the three 6 to 7: their "
        "formulas read texts as numbers, which takes a second evaluation, and hardly any lines are alike."
    ),
    "Hosts": (
        "LibreOffice asks an add-in's function cell by cell over its bridge to Python: a function that does nothing "
        "at all took about 60% of the time of one of ours, so that the host itself allows no more than about 80,000 "
        "cells a second, whatever the function does. One call over a range is the way around it."
    ),
}
"""What one has to know to read a group's figures."""

_COLOURS = ("#1f4e79", "#c55a11", "#548235", "#7030a0", "#997300", "#3b3838")
_DASHES = ("none", "6 3", "2 3", "9 3 2 3")


def seconds(value: float | None) -> str:
    """A time with three digits and its unit."""
    if value is None:
        return ""
    for unit, scale in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if value * scale >= 1:
            return f"{value * scale:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


def cells(row: Row) -> tuple[str, ...]:
    """One line of the table, on the screen and on the page."""
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}" if row.ratio < 100 else f"{row.ratio:,.0f}"
    goal = "" if row.goal is None else f"{row.goal:.3g}{'' if row.met is None else ' met' if row.met else ' MISSED'}"
    memory = "" if row.ours_mb is None else f"{row.ours_mb:,.0f}"
    if row.theirs_mb is not None:
        memory += f" / {row.theirs_mb:,.0f}"
    return (
        row.what,
        "" if row.size is None else f"{row.size:,}",
        seconds(row.ours),
        row.against,
        seconds(row.theirs),
        ratio,
        goal,
        memory,
        row.note,
    )


HEADS = ("what", "size", "time", "against", "its time", "ratio", "goal", "MB", "note")


def write(folder: Path, rows: Sequence[Row], machine: dict[str, str]) -> Path:
    """docs/speed.md and its pictures, made anew."""
    page = folder / "speed.md"
    lines = [
        "# Speed",
        "",
        "<!-- Made by `make bench`; change bench/page.py instead. -->",
        "",
        "Each line is one thing timed in turn with what it is compared with, in one run on one machine, the best of "
        "several; whole commands are single runs in processes of their own. The ratio is our time divided by the "
        "other's: below 1 is faster. A goal is the largest ratio we accept. Where no goal stands, the comparison is "
        "for orientation: openpyxl, for one, stores no values and computes nothing.",
        "",
        f"Measured on {machine['date']}: {machine['processor']}, {machine['cores']} cores, Python "
        f"{machine['python']}, NumPy {machine['numpy']}, {machine['system']}; load average at the start "
        f"{machine['load']}. On a machine busy with other work single ratios wobble. Run `make bench` for your own.",
        "",
    ]
    for group in dict.fromkeys(row.group for row in rows):
        own = [row for row in rows if row.group == group]
        lines += [f"## {group}", "", *([NOTES[group], ""] if group in NOTES else []), *_table(own), ""]
        curves = _curves(own)
        if curves:
            name = f"speed-{group.lower().replace(' ', '-')}.svg"
            (folder / name).write_text(_picture(group, curves), encoding="utf-8")
            lines += [f"![How the time grows: {group}]({name})", ""]
    page.write_text("\n".join(lines), encoding="utf-8")
    return page


def _table(rows: Iterable[Row]) -> list[str]:
    body = [cells(row) for row in rows]
    shown = [place for place in range(len(HEADS)) if any(line[place] for line in body)]
    lines = [" | ".join(HEADS[place] for place in shown), " | ".join("---" for _ in shown)]
    lines += [" | ".join(line[place].replace("|", "\\|") for place in shown) for line in body]
    return [f"| {line} |" for line in lines]


def _curves(rows: Sequence[Row]) -> dict[str, list[tuple[float, float]]]:
    """Time over size, for whatever was measured at three sizes or more; of each rival the first race alone."""
    curves: dict[str, list[tuple[float, float]]] = {}
    first: dict[str, str] = {}
    for row in rows:
        if row.size and row.size > 1 and row.ours and row.theirs:
            curves.setdefault(row.what, []).append((row.size, row.ours))
            if first.setdefault(row.against, row.what) == row.what:
                curves.setdefault(f"{row.against} ({row.what})", []).append((row.size, row.theirs))
    return {
        name: sorted(dict(points).items()) for name, points in curves.items() if len({size for size, _ in points}) >= 3
    }


def _picture(title: str, curves: dict[str, list[tuple[float, float]]]) -> str:
    points = [point for curve in curves.values() for point in curve]
    left, right = (math.log10(end(size for size, _ in points)) for end in (min, max))
    bottom = math.floor(math.log10(min(time for _, time in points)))
    top = math.ceil(math.log10(max(time for _, time in points)))
    legend = MARGIN + HEIGHT + 50

    def place(size: float, time: float) -> tuple[float, float]:
        x = MARGIN + (math.log10(size) - left) / (right - left) * WIDTH
        return x, MARGIN + (top - math.log10(time)) / (top - bottom) * HEIGHT

    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + 2 * MARGIN} {legend + 18 * len(curves)}" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{MARGIN}" y="28" font-size="15">{_safe(title)}: time over size, both logarithmic</text>',
    ]
    for power in range(bottom, top + 1):
        _, y = place(10**left, 10.0**power)
        parts.append(f'<path d="M{MARGIN} {y:.1f}h{WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="{MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end">{seconds(10.0**power)}</text>')
    for power in range(math.ceil(left), math.floor(right) + 1):
        x, _ = place(10.0**power, 10.0**bottom)
        parts.append(f'<path d="M{x:.1f} {MARGIN}v{HEIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{MARGIN + HEIGHT + 18}" text-anchor="middle">{10**power:,}</text>')
    for number, (name, curve) in enumerate(curves.items()):
        look = f'stroke="{_COLOURS[number % len(_COLOURS)]}" stroke-dasharray="{_DASHES[number // len(_COLOURS) % 4]}"'
        path = "L".join("{:.1f} {:.1f}".format(*place(*point)) for point in curve)
        parts.append(f'<path d="M{path}" fill="none" stroke-width="2" {look}/>')
        y = legend + 18 * number - 8
        parts.append(f'<path d="M{MARGIN} {y}h28" stroke-width="2" {look}/>')
        parts.append(f'<text x="{MARGIN + 36}" y="{y + 4}">{_safe(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
