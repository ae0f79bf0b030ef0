"""The sheet Sensitivity: the recommended option against today, one driver at a time, and what would flip the answer.

A flip is not guessed: two nearest candidates are worked out from straight lines, and each is then put into the whole
model once more. Only one that changes the recommendation is named.
"""

from __future__ import annotations

from workbook.template import model
from workbook.template.block import FIRST, LAST, block, costs_by_month, option_heads, rows_of
from workbook.template.grid import Book, Chart, Place, Row, Sheet
from workbook.template.layout import HEADING, band, figures_in, header, opened
from workbook.template.rows import rows
from workbook.template.sheets.scenarios import chosen
from workbook.template.styles import ACCENT

FACTORS = (0.25, 0.5, 0.75, 1, 1.5, 2, 3)
_PART = "SUMPRODUCT(rest.weight*(rest.t>INDEX(row.built,1,subject))*" + model.part_of("INDEX(row.lives,1,subject)")
PARTS = {
    "part_calls_today": ("calls", "1"),
    "part_calls_own": ("calls", "subject"),
    "part_people_today": ("people", "1"),
    "part_people_own": ("people", "subject"),
    "part_fixed_own": ("steady", "subject"),
    "part_again_own": ("again", "subject"),
}
DRIVERS = (
    ("Volume", "calls_today-calls_own"),
    ("Cost of a call today", "calls_today"),
    ("Cost of its own call", "-calls_own"),
    ("Outputs reviewed, both", "people_today-people_own"),
    ("Its share reviewed", "-people_own"),
    ("Its fixed cost", "-fixed_own"),
    ("Its retraining", "-again_own"),
    ("Paid up front", "-upfront_own"),
)
"""What moves, and what its whole size adds to the net present value."""

_TOKENS_OUT = "batch*tokens_out*N(output_price)/tokens_per_price_unit*calls_month*tries"
_TOKENS_IN = "batch*(tokens_in-hit*N(prompt_tokens))*N(input_price)/tokens_per_price_unit*calls_month*tries"
_BEST_ONLY = "IF(number=best,IF(by_price+by_volume=0,0,({0})/(by_price+by_volume))*pv_calls,0)"
FLIPS = (
    ("queries", "Tasks per month", 0, "#,##0", "pv_calls", "saved_calls"),
    ("output_price", "Output price of the recommended option", 1, "#,##0.00##", _BEST_ONLY.format(_TOKENS_OUT), "0"),
    ("input_price", "Input price of the recommended option", 1, "#,##0.00##", _BEST_ONLY.format(_TOKENS_IN), "0"),
    ("minutes_per_example", "Minutes of labour for an example", 0, "#,##0.0#", "labor", "-labor"),
    (
        "review_rate",
        "Share of the recommended option's outputs reviewed",
        1,
        "0.0##%",
        "IF(number=best,pv_people,0)",
        "0",
    ),
    ("cost_per_review", "Cost of a review", 0, "#,##0.00", "pv_people", "0"),
    (
        "hosting_monthly",
        "Hosting of the recommended option",
        1,
        "#,##0.00",
        "IF(number=best,N(hosting_monthly)*SUM(rest.weight),0)",
        "0",
    ),
)
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
    parts = {name: model.array_of(*part) for name, part in PARTS.items()} | {"run": _PART}
    band(sheet, row, "The recommended option; where that is today, the next best", LAST + 1)
    row = figures_in(sheet, row + 1, rows("subject", parts), column=FIRST)
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
    sheet.rules.append(
        (
            f"C{top + 1}:I{row}",
            {
                "type": "3_color_scale",
                "min_color": "#F4B183",
                "mid_color": "#FFFFFF",
                "max_color": "#9DC3E6",
                "mid_type": "num",
                "mid_value": 0,
            },
        )
    )
    sheet.put(row, 0, "Blue: it pays; white: it does not matter; orange: it loses. The multiples are inputs.", "remark")
    return row + 1


def _tornado(sheet: Sheet, row: int) -> int:
    count = len(DRIVERS)
    band(sheet, row, "One driver at a time: net present value when it is lower and higher", LAST + 1)
    row += 1
    figures = ((0.75, "low_factor", "Lower: times"), (1.25, "high_factor", "Higher: times"))
    for multiple, key, label in figures:
        sheet.put(row, 0, label, "label")
        sheet.put(row, FIRST, multiple, "multiple input", key=f"live.{key}")
        row += 1
    header(sheet, row, ("Driver", "", "When lower", "When higher", "Swing", "Rank"))
    row += 1
    for index, (label, slope) in enumerate(DRIVERS):
        sheet.put(row, 0, label, "label", key=f"live.driver.{index}")
        for column, factor in ((FIRST, "low"), (FIRST + 1, "high")):
            sheet.put(
                row, column, f"=subject_npv+({factor}_factor-1)*({slope})", "money", key=f"live.at_{factor}.{index}"
            )
        sheet.put(row, FIRST + 2, f"=ABS(at_high.{index}-at_low.{index})", "money", key=f"live.swing.{index}")
        above = f"swing.0:swing.{index}"
        rank = f"=SUMPRODUCT((swing.0:swing.{count - 1}>swing.{index})*1)+SUMPRODUCT(({above}=swing.{index})*1)"
        sheet.put(row, FIRST + 3, rank, "whole", key=f"live.place.{index}")
        row += 1
    row += 1
    header(sheet, row, ("Sorted for the chart", "Rank", "When lower", "When higher"))
    for column, factor in ((FIRST, "low"), (FIRST + 1, "high")):
        sheet.cells[row, column].content = f'="When "&TEXT({factor}_factor,"0.00")&" times"'
    sheet.put(row, FIRST + 2, '="Change of the net present value, "&currency', "remark")
    names = row
    row += 1
    first = row
    for index in range(count):
        sheet.put(row, 1, count - index, "whole", key=f"live.place_shown.{index}")
        found = f"MATCH(place_shown.{index},place.0:place.{count - 1},0)"
        sheet.put(row, 0, f"=INDEX(driver.0:driver.{count - 1},{found})", "label", key=f"live.sorted.{index}")
        for column, factor in ((FIRST, "low"), (FIRST + 1, "high")):
            value = f"=INDEX(at_{factor}.0:at_{factor}.{count - 1},{found})-subject_npv"
            sheet.put(row, column, value, "money", key=f"live.bar_{factor}.{index}")
        row += 1
    _tornado_chart(sheet, names, first, row)
    return row


def _tornado_chart(sheet: Sheet, names: int, first: int, row: int) -> None:
    """The sorted lines from `first` to `row` as bars; the titles of the two ends stand in line `names`."""
    area = f"=Sensitivity!$A${first + 1}:$A${row}"
    sheet.charts.append(
        Chart(
            "bar",
            "What moves the net present value most",
            names - len(DRIVERS) - 4,
            FIRST + 5,
            560,
            400,
            [
                {
                    "name": f"=Sensitivity!${letter}${names + 1}",
                    "categories": area,
                    "values": f"=Sensitivity!${letter}${first + 1}:${letter}${row}",
                    "overlap": 100,
                    "colour": colour,
                    "labels": {"value": True, "num_format": '+#,##0;-#,##0;""', "font": {"size": 9}},
                }
                for letter, colour in (("C", "#9DC3E6"), ("D", ACCENT))
            ],
            "",
            f"=Sensitivity!$E${names + 1}",
            None,
            {
                "y": {"label_position": "low", "num_format": "General", "major_gridlines": {"visible": False}},
                "x": {"num_format": "#,##0"},
            },
        )
    )


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
        lines.append(Row(f"slope.{key}", f"{label}: adds to the present value", "USD", slope, "flow"))
        lines.append(
            Row(
                f"turn.{key}",
                f"{label}: turns at, times",
                "multiple",
                _turn(f"slope.{key}", in_time),
                "factor",
            )
        )
        lines.append(
            Row(
                f"far.{key}",
                "how far that is",
                "multiple",
                f"IF(turn.{key}<=0,closed_price,IF(ABS(turn.{key}-1)<=check_tolerance,closed_price,MAX(turn.{key},1/turn.{key})))",
                "within",
            )
        )
    row = rows_of(book, sheet, row + 1, "Straight lines", lines, "live", LAST)
    band(sheet, row, "The nearest of each, and the two nearest of all", LAST + 1)
    row += 1
    header(sheet, row, ("Assumption", "", "As it is", "Turns at, times", "How far", "Rank", "Number"))
    row += 1
    for index, (key, label, own, form, _, _) in enumerate(FLIPS):
        sheet.put(row, 0, label, "label", key=f"live.flip_label.{index}")
        sheet.put(row, 1, form, "code", key=f"live.flip_form.{index}")
        now = f"IF(best=0,0,N(INDEX(row.{key},1,best)))" if own else f"N({model.common_key(key)})"
        sheet.put(row, FIRST, f"={now}", "number", key=f"live.flip_now.{index}")
        turn = f"=IF(best=0,0,IF(MIN(row.far.{key})>farthest,0,INDEX(row.turn.{key},1,MATCH(MIN(row.far.{key}),row.far.{key},0))))"
        sheet.put(row, FIRST + 1, turn, "factor", key=f"live.flip_turn.{index}")
        far = f"=IF(flip_turn.{index}*flip_now.{index}<=0,closed_price,MAX(flip_turn.{index},1/flip_turn.{index}))"
        if form.endswith("%"):
            far = f"=IF(flip_turn.{index}*flip_now.{index}>1,closed_price,{far[1:]})"
        sheet.put(row, FIRST + 2, far, "within", key=f"live.flip_far.{index}")
        last = len(FLIPS) - 1
        rank = (
            f"=SUMPRODUCT((flip_far.0:flip_far.{last}<flip_far.{index})*1)"
            f"+SUMPRODUCT((flip_far.0:flip_far.{index}=flip_far.{index})*1)"
        )
        sheet.put(row, FIRST + 3, rank, "whole", key=f"live.flip_rank.{index}")
        sheet.put(row, FIRST + 4, index + 1, "whole", key=f"live.flip_number.{index}")
        row += 1
    row += 1
    for number in BLOCKS:
        row = figures_in(sheet, row, _candidate(number), column=FIRST)
    verdict = Row("flip_text", "What would flip it", "", _sentence(), "verdict")
    return figures_in(sheet, row, (verdict,), column=FIRST)


def _turn(slope: str, in_time: str) -> str:
    """The multiple at which an option takes over, or the recommended one no longer pays back; 0 for none."""
    difference = f"(INDEX(row.{slope},1,best)-{slope})"
    paid = f"IF(upfront>0,IF(back<=0,IF({in_time}=0,0,1-back/({in_time})),1),1)"
    meets = f"(1+behind/{difference})"
    crossing = f"IF({paid}<=0,0,IF(behind<0,{paid},IF({difference}=0,0,IF({meets}>1,MAX({meets},{paid}),{meets}))))"
    own = f"IF(upfront>0,IF({in_time}=0,0,1-back/({in_time})),0)"
    return f"IF(best=0,0,IF(number=best,{own},IF(may_win=1,{crossing},0)))"


def _candidate(number: int) -> tuple[Row, ...]:
    last = len(FLIPS) - 1
    which = f"flip{number}"
    found = f"INDEX(flip_now.0:flip_now.{last},{which})"
    times = f"INDEX(flip_turn.0:flip_turn.{last},{which})"
    raw = f"({found}*{times})"
    digits = f"(1+1-INT(LOG10({raw})))"
    moved = f"IF({times}>1,ROUNDUP({raw}*(1+check_tolerance),{digits}),ROUNDDOWN({raw}*(1-check_tolerance),{digits}))"
    form = f"INDEX(flip_form.0:flip_form.{last},{which})"
    return (
        Row(
            which,
            f"Candidate {number}: its line",
            "number",
            f"IF(best=0,0,IF(INDEX(flip_far.0:flip_far.{last},MATCH({number_text(number)},flip_rank.0:flip_rank.{last},0))>farthest,0,"
            f"MATCH({number_text(number)},flip_rank.0:flip_rank.{last},0)))",
            "whole",
        ),
        Row(f"{which}_value", "its value", "", f"IF({which}=0,0,{moved})", "number"),
        Row(
            f"{which}_turns",
            "recalculated, it turns the answer",
            "1 yes, 0 no",
            f"IF({which}=0,0,IF(what{number}.best=best,0,IF(TEXT({which}_value,{form})=TEXT({found},{form}),0,1)))",
            "whole",
        ),
        Row(
            f"{which}_text",
            "in words",
            "",
            f'IF({which}_turns=0,"",INDEX(flip_label.0:flip_label.{last},{which})&": with "&TEXT({which}_value,{form})&" instead of "'
            f'&TEXT({found},{form})&" the answer would be "&IF(what{number}.best=0,"that no option is open",'
            f"INDEX(row.name,1,what{number}.best)))",
            "verdict",
        ),
    )


def number_text(number: int) -> str:
    """1 or 2 without a number but 1 in the formula."""
    return "1" if number == 1 else "(1+1)"


def _sentence() -> str:
    return (
        'IF(gap_count>0,"Not known before the inputs are entered.",IF(flip1_turns+flip2_turns=0,'
        '"No single assumption within reason turns it.",'
        'IF(flip1_turns=1,flip1_text&".","")&IF(flip1_turns*flip2_turns=1," ","")&IF(flip2_turns=1,flip2_text&".","")))'
    )


def _what_if(book: Book, sheet: Sheet, row: int, number: int) -> int:
    """The model once more with the candidate's value in place: the rows that it moves; the rest is read from Costs."""
    scope, start = f"what{number}", row
    option_heads(sheet, row, f"Inputs of candidate {number}")
    chosen_one = {key: f"flip{number}={_index(index)}" for index, (key, *_) in enumerate(FLIPS)}
    lines = [
        Row(
            f"moved.{key}",
            label,
            "",
            tuple(
                f"IF(IF({chosen_one[key]},best={option_number(k)},FALSE),flip{number}_value,chosen.o{k}.{key})"
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
    row = figures_in(sheet, row, singles, scope, FIRST)
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


def option_number(k: int) -> str:
    """An option's number, from the head of its column."""
    return f"number.{k}"


def _index(index: int) -> str:
    """The position of a flip, by the cell of its rank's place."""
    return f"flip_number.{index}"
