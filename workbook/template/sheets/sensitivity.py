"""The sheet Sensitivity: the recommended option against today, one driver at a time, and what would flip the answer.

A flip is not guessed: two nearest candidates are worked out from straight lines, and each is then put into the whole
model once more. Only one that changes the recommendation is named.
"""

from __future__ import annotations

from workbook.file import tsv
from workbook.template import model
from workbook.template.block import FIRST, LAST, block, costs_by_month, option_heads, rows_of
from workbook.template.grid import Book, Place, Row, Sheet
from workbook.template.inputs import DATA
from workbook.template.layout import HEADING, band, bars, figures, header, lined, opened, titles_of
from workbook.template.rows import rows
from workbook.template.sheets.scenarios import chosen
from workbook.template.styles import ACCENT, PALE

FACTORS = (0.25, 0.5, 0.75, 1, 1.5, 2, 3)
_PART = "SUMPRODUCT(rest.weight*(rest.t>INDEX(row.built,1,subject))*" + model.part_of("INDEX(row.lives,1,subject)")
DRIVERS = tuple((line["label"], line["slope"]) for line in tsv.lines(DATA / "drivers.tsv"))
"""What moves, and what its whole size adds to the net present value."""

FLIPS = tuple(tuple(line.values()) for line in tsv.lines(DATA / "flips.tsv"))
"""Row or common input, label, whether it is the recommended option's, format, what its whole size adds to the present
value of each option, and to what is saved in time."""
BLOCKS = (1, 2)


def sensitivity_sheet(book: Book) -> Sheet:
    sheet = opened("Sensitivity")
    row = _grid(book, sheet, HEADING + 1)
    row = _tornado(sheet, row + 1)
    row = _flips(book, sheet, row + 1)
    sheet.printed = (row, LAST)
    for number in BLOCKS:
        band(sheet, row + 1, f"Candidate {number} put into the whole model", LAST + 1)
        row = _what_if(book, sheet, row + 2, number)
    return sheet


def _grid(book: Book, sheet: Sheet, row: int) -> int:
    whose = (("today", "1"), ("own", "subject"))
    parts = {f"{part}_{who}": model.array_of(part, number) for part in model.own_parts(1) for who, number in whose}
    parts["run"] = _PART
    band(sheet, row, "The recommended option; where that is today, the next best", LAST + 1)
    row = figures(sheet, row + 1, rows("subject", parts), column=FIRST)
    row += 1
    band(
        sheet,
        row,
        "Net present value: a row for each multiple of the volume, a column for each multiple of the upfront cost",
        LAST + 1,
    )
    row += 1
    sheet.put(row, 0, "Volume times (down), upfront cost times (across)", "head left")
    sheet.put(row, 1, None, "head")
    book.place("live.upfront_factor", Place(sheet.name, row, FIRST, FIRST + len(FACTORS) - 1))
    for index, value in enumerate(FACTORS):
        sheet.put(row, FIRST + index, value, "multiple input title2")
    row += 1
    top = row
    for index, value in enumerate(FACTORS):
        sheet.put(row, 1, value, "multiple input title2", key=f"live.volume_factor.{index}")
        for column in range(len(FACTORS)):
            text = f"=subject_npv+(volume_factor.{index}-1)*(calls_today-calls_own)-(upfront_factor-1)*upfront_own"
            sheet.put(row, FIRST + column, text, "flow centre")
        row += 1
    scale = {"min_color": "#F4B183", "mid_color": "#FFFFFF", "max_color": "#9DC3E6", "mid_type": "num", "mid_value": 0}
    sheet.rules.append((f"C{top + 1}:I{row}", {"type": "3_color_scale", **scale}))
    sheet.put(row, 0, "Blue: it pays; white: it does not matter; orange: it loses. The multiples are inputs.", "remark")
    return row + 1


def _tornado(sheet: Sheet, row: int) -> int:
    band(sheet, row, "One driver at a time: net present value when it is lower and higher", LAST + 1)
    row += 1
    figures = ((0.75, "low_factor", "Lower: times"), (1.25, "high_factor", "Higher: times"))
    for multiple, key, label in figures:
        sheet.put(row, 0, label, "label")
        sheet.put(row, FIRST, multiple, "multiple input", key=f"live.{key}")
        row += 1
    header(sheet, row, titles_of("drivers"))
    row += 1
    last = len(DRIVERS) - 1
    for n, (label, slope) in enumerate(DRIVERS):
        lined(sheet, row, "drivers", n=n, last=last, label=label, slope=slope)
        row += 1
    row += 1
    header(sheet, row, titles_of("sorted"))
    sheet.put(row, FIRST + 2, '="Change of the net present value, "&currency', "remark")
    names = row
    row += 1
    first = row
    for n in range(len(DRIVERS)):
        lined(sheet, row, "sorted", n=n, last=last, rank=len(DRIVERS) - n)
        row += 1
    area = "=Sensitivity!${0}$" + f"{first + 1}:" + "${0}$" + str(row)
    ends = [(f"=Sensitivity!${end}${names + 1}", area.format(end), tint) for end, tint in (("C", PALE), ("D", ACCENT))]
    corner = (names - len(DRIVERS) - 4, FIRST + 5)
    title, change = "What moves the net present value most", f"=Sensitivity!$E${names + 1}"
    low = {"label_position": "low"}
    sheet.charts.append(bars(title, corner, (560, 400), area.format("A"), ends, change, '+#,##0;-#,##0;""', low, {}))
    return row


def _flips(book: Book, sheet: Sheet, row: int) -> int:
    band(sheet, row, "What would flip the answer: candidates from straight lines", LAST + 1)
    row += 1
    option_heads(sheet, row, "By option")
    parts = {
        "pv_calls": model.summed("rest.weight", lambda option: f"INDEX(calls_area,{option},0)"),
        "pv_people": model.summed("rest.weight", lambda option: model.array_of("people", option)),
        "by_limit": model.part_of("N(max_months)"),
        "alive": model.part_of("lives"),
    }
    lines = list(rows("straight lines", parts))
    for key, label, _, _, slope, in_time in FLIPS:
        lines += rows("flip", {"key": key, "label": label, "slope": slope, "turn": _turn(f"slope.{key}", in_time)})
    row = rows_of(book, sheet, row + 1, "Straight lines", lines, "live", LAST)
    band(sheet, row, "The nearest of each, and the two nearest of all", LAST + 1)
    row += 1
    header(sheet, row, titles_of("flips"))
    row += 1
    for n, (key, label, own, form, _, _) in enumerate(FLIPS):
        now = f"IF(best=0,0,N(INDEX(row.{key},1,best)))" if own else f"N({model.common_key(key)})"
        moved = f"flip_turn.{n}*flip_now.{n}"
        far = f"IF({moved}<=0,closed_price,MAX(flip_turn.{n},1/flip_turn.{n}))"
        if form.endswith("%"):
            far = f"IF({moved}>1,closed_price,{far})"
        parts = {"key": key, "label": label, "form": form, "now": now, "far": far}
        lined(sheet, row, "flips", n=n, number=n + 1, last=len(FLIPS) - 1, **parts)
        row += 1
    row += 1
    for number in BLOCKS:
        row = figures(sheet, row, _candidate(number), column=FIRST)
    return figures(sheet, row, rows("flips"), column=FIRST)


def _turn(slope: str, in_time: str) -> str:
    """The multiple at which an option takes over, or the recommended one no longer pays back; 0 for none."""
    difference = f"(INDEX(row.{slope},1,best)-{slope})"
    ends = "0" if in_time == "0" else f"IF({in_time}=0,0,1-back/({in_time}))"
    paid = f"IF(upfront>0,IF(back<=0,{ends},1),1)"
    meets = f"(1+behind/{difference})"
    crossing = f"IF({paid}<=0,0,IF(behind<0,{paid},IF({difference}=0,0,IF({meets}>1,MAX({meets},{paid}),{meets}))))"
    own = "0" if ends == "0" else f"IF(upfront>0,{ends},0)"
    return f"IF(best=0,0,IF(number=best,{own},IF(may_win=1,{crossing},0)))"


def _candidate(number: int) -> tuple[Row, ...]:
    def each(what: str) -> str:
        return f"flip_{what}.0:flip_{what}.{len(FLIPS) - 1}"

    which = f"flip{number}"
    now, times, form = (f"INDEX({each(what)},{which})" for what in ("now", "turn", "form"))
    raw = f"({now}*{times})"
    parts = {"now": now, "times": times, "form": form, "raw": raw, "digits": f"(1+1-INT(LOG10({raw})))"}
    parts |= {"far": each("far"), "ranks": each("rank"), "labels": each("label")}
    return rows("candidate", {"n": str(number), "number": "1" if number == 1 else "(1+1)", **parts})


def _what_if(book: Book, sheet: Sheet, row: int, number: int) -> int:
    """The model once more with the candidate's value in place: the rows that it moves; the rest is read from Costs."""
    scope, start = f"what{number}", row
    option_heads(sheet, row, f"Inputs of candidate {number}")
    chosen_one = {key: f"flip{number}=flip_number.{index}" for index, (key, *_) in enumerate(FLIPS)}
    lines = [
        Row(
            f"moved.{key}",
            label,
            "",
            tuple(
                f"IF(IF({chosen_one[key]},best=number.{k},FALSE),flip{number}_value,chosen.o{k}.{key})"
                for k in model.OPTIONS
            ),
            "number",
        )
        for key, label, own, *_ in FLIPS
        if own
    ]
    row = rows_of(book, sheet, row + 1, "Prices and rates", lines, scope, LAST)
    singles = [
        Row(f"moved_{key}", label, "", f"IF({chosen_one[key]},flip{number}_value,chosen.o0.{key})", "number")
        for key, label, own, *_ in FLIPS
        if not own
    ]
    row = figures(sheet, row, singles, scope, FIRST)
    top = row

    def moved(option: int, key: str) -> tuple[str, str]:
        for name, _, own, *_ in FLIPS:
            if name == key and bool(own) == bool(option):
                return (f"{scope}.moved.{key}.{option}" if option else f"{scope}.moved_{key}",) * 2
        return chosen(option, key)

    inputs = [key if own else model.common_key(key) for key, _, own, *_ in FLIPS]
    row = block(book, sheet, row, scope, moved, only=model.moved_by(inputs, "best"))
    row = costs_by_month(book, sheet, row, scope)
    for (line, _), cell in sheet.cells.items():
        if start <= line < row:
            cell.scopes = ("live", scope) if line < top else (scope, "live")
    return row
