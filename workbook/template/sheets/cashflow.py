"""The sheet Cash flow: months 0 to 36 of every option, and the recommended one against today."""

from __future__ import annotations

from workbook.template import model
from workbook.template.block import FIRST, LAST, LAST_MONTH, each_month, months, option_heads, rows_of
from workbook.template.grid import Book, Place, Sheet
from workbook.template.inputs import COUNT
from workbook.template.layout import HEADING, band, opened
from workbook.template.rows import rows

REACH = (-3, -1.5, -1, -0.5, -0.3, -0.2, -0.1, -0.05, -0.02, 0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 1.5, 3, 9, 18)
"""Where the value is tried: x is the logarithm of 1 + the monthly rate."""
STEPS = 7
_NET = "INDEX(net_area,number,0)*row.counted"


def _valued(x: str, which: str = "", times: str = "") -> str:
    """The value at x of the net flows, or of those above or below zero; `times` weights them by their month."""
    side = f"(INDEX(net_area,number,0){which}0)*" if which else ""
    return f"SUMPRODUCT({side}{_NET}{times}*EXP({x})^(-row.t))"


def _log(x: str) -> str:
    """The logarithm of what comes in over what goes out: nearly a straight line in x, and 0 at the rate of return."""
    return f"LN(-{_valued(x, '>')}/{_valued(x, '<')})"


def _alive(option: int) -> str:
    return f"(t>built.{option})*{model.clamped(f'lives.{option}')}"


def cashflow_sheet(book: Book) -> Sheet:
    sheet = opened("Cash flow")
    row = months(book, sheet, HEADING + 1, "live", dated=True)
    row = rows_of(book, sheet, row, "Dates", rows("dates"), "live", LAST_MONTH)
    row = _ways(book, sheet, row)
    row = _recommended(book, sheet, row + 1)
    _rates(book, sheet, row + 1)
    return sheet


def _ways(book: Book, sheet: Sheet, row: int) -> int:
    way = {1: "upfront.1+all.1"} | {k: model.path(k) for k in model.OPTIONS if k > 1}
    spent = [each_month(f"way.{k}", k, text, opening=f"upfront.{k}") for k, text in way.items()]
    row = rows_of(book, sheet, row, "All in, after its shutdown as its successor", spent, "live", LAST_MONTH)
    book.place("live.net_area", Place(sheet.name, row + 1, FIRST, LAST_MONTH, row + COUNT))
    net = [
        each_month(
            f"net.{k}",
            k,
            "0" if k == 1 else f"entered.{k}*({_alive(k)}*(all.1-own.{k})-(t>built.{k})*(t=moves.{k})*next_move.{k})",
            opening=f"-entered.{k}*upfront.{k}",
        )
        for k in model.OPTIONS
    ]
    row = rows_of(
        book, sheet, row, "Saved against today while it runs, less the move after it", net, "live", LAST_MONTH
    )
    totals = [each_month(f"sum.{k}", k, f"SUM(first.net.{k}:net.{k})", opening=f"net.{k}") for k in model.OPTIONS]
    book.place("live.sum_area", Place(sheet.name, row + 1, FIRST, LAST_MONTH, row + COUNT))
    row = rows_of(book, sheet, row, "Running total of that", totals, "live", LAST_MONTH)
    worth = [each_month(f"worth.{k}", k, f"prev.worth.{k}+net.{k}*weight", opening=f"net.{k}") for k in model.OPTIONS]
    book.place("live.worth_area", Place(sheet.name, row + 1, FIRST, LAST_MONTH, row + COUNT))
    return rows_of(book, sheet, row, "Running total, discounted, months counted", worth, "live", LAST_MONTH)


def _crossing(area: str, limit: str) -> str:
    """Months until a running total is back at zero, interpolated within the month; #N/A where it never is."""
    month = f"back_month_{area}"
    before = f"INDEX({area}_area,number,{month})"
    after = f"INDEX({area}_area,number,{month}+1)"
    return f"IF(paid_or_none=0,0,IF({month}>{limit},NA(),{month}-{after}/({after}-{before})))"


def _first_month(area: str, first: str) -> str:
    """The first month whose running total is not below zero, `never` where there is none."""
    left = "(last.t+1-row.t)"
    found = (
        f"SUMPRODUCT(MAX((INDEX({area}_area,number,0)>=-comparison_tolerance*paid_or_none)*(row.t>={first})*{left}))"
    )
    return f"IF({found}=0,never,last.t+1-{found})"


def _recommended(book: Book, sheet: Sheet, row: int) -> int:
    def of(key: str) -> str:
        return f"INDEX(row.{key},1,best)"

    parts = {"rec_level": model.level_of(of)} | {f"rec_{part}": text for part, text in model.parts(of).items()}
    recommended = rows("recommended", parts)
    return rows_of(book, sheet, row, "The recommended option against today", recommended, "live", LAST_MONTH)


def _rates(book: Book, sheet: Sheet, row: int) -> int:
    sheet.breaks.append(row)
    option_heads(sheet, row, "By option")
    parts = {f"first_{area}": _first_month(area, "0") for area in ("sum", "worth")}
    parts |= {"crossing_sum": _crossing("sum", "last.t"), "crossing_worth": _crossing("worth", "N(months)")}
    row = rows_of(book, sheet, row + 1, "Break-even and payback", rows("payback", parts), "live", LAST)
    band(
        sheet, row, "Rate of return: the sign of the value at these x, the logarithm of 1 + the monthly rate", LAST + 1
    )
    row += 1
    top = row
    for index, reach in enumerate(REACH):
        sheet.put(row, 0, "x", "label")
        sheet.put(row, 1, reach, "factor", key=f"live.x.{index}")
        book.place(f"live.sign.{index}", Place(sheet.name, row, FIRST, LAST))
        for option in model.OPTIONS:
            sheet.put(row, FIRST + option - 1, f"=IF({_valued(f'x.{index}')}<0,-1,1)", "whole")
        row += 1
    book.place("live.x_column", Place(sheet.name, top, 1, 1, row - 1))
    last = len(REACH) - 1
    parts = {"last": str(last), "last_but_one": str(last - 1), "log_low": _log("low"), "log_high": _log("high")}
    lines = [*rows("rate", parts)]
    for step in range(1, STEPS + 1):
        x = f"step.{step - 1}"
        slope = f"({_valued(x, '<', '*row.t')}/{_valued(x, '<')}-{_valued(x, '>', '*row.t')}/{_valued(x, '>')})"
        lines += rows("rate step", {"n": str(step), "x": x, "log": _log(x), "slope": slope})
    lines += rows("rate found", {"found": f"step.{STEPS}", "log": _log(f"step.{STEPS}")})
    return rows_of(book, sheet, row, "The one change of sign, narrowed down", lines, "live", LAST)
