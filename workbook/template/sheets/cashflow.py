"""The sheet Cash flow: months 0 to 36 of every option, and the recommended one against today."""

from __future__ import annotations

from collections.abc import Callable

from workbook.template import model
from workbook.template.block import FIRST, LAST, LAST_MONTH, each_month, months, option_heads, rows_of
from workbook.template.grid import Book, Place, Row, Sheet
from workbook.template.inputs import COUNT
from workbook.template.layout import HEADING, band, opened
from workbook.template.rows import rows

REACH = (-3, -1.5, -1, -0.5, -0.3, -0.2, -0.1, -0.05, -0.02, 0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 1.5, 3, 9, 18)
"""Where the value is tried: x is the logarithm of 1 + the monthly rate."""
STEPS = 7


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


def payback(total: Callable[..., str]) -> tuple[Row, ...]:
    """Break-even and discounted payback of what is paid: #N/A where a running total is never back at zero.

    `total(key)` are the months of a running total, "sum" or "worth"; `total(key, month)` is one of them.
    """
    parts = {}
    for key, limit in (("sum", "last.t"), ("worth", "N(months)")):
        month = f"back_month_{key}"
        before, after = total(key, month), total(key, f"{month}+1")
        back = f"({total(key)}>=-comparison_tolerance*paid_or_none)*(row.t>=0)"
        found = f"SUMPRODUCT(MAX({back}*(last.t+1-row.t)))"
        parts[f"first_{key}"] = f"IF({found}=0,never,last.t+1-{found})"
        crossed = f"{month}-{after}/({after}-{before})"
        parts[f"crossing_{key}"] = f"IF(paid_or_none=0,0,IF({month}>{limit},NA(),{crossed}))"
    return rows("payback", parts)


def rate_of_return(net: str, counted: str) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """The rate at which the months that are counted are worth nothing.

    First the sign of their value at each x of `REACH`, which stand in cells of their own; then rows for the one change
    of sign, narrowed down by Newton's steps.
    """

    def valued(x: str, which: str = "", times: str = "") -> str:
        """The value at x of the net flows, or of those above or below zero; `times` weights them by their month."""
        side = f"({net}{which}0)*" if which else ""
        return f"SUMPRODUCT({side}{net}*{counted}{times}*EXP({x})^(-row.t))"

    def log(x: str) -> str:
        """The logarithm of what comes in over what goes out: nearly a straight line in x, 0 at the rate of return."""
        return f"LN(-{valued(x, '>')}/{valued(x, '<')})"

    last = len(REACH) - 1
    parts = {"last": str(last), "last_but_one": str(last - 1), "log_low": log("low"), "log_high": log("high")}
    lines = [*rows("rate", parts)]
    for step in range(1, STEPS + 1):
        x = f"step.{step - 1}"
        slope = f"({valued(x, '<', '*row.t')}/{valued(x, '<')}-{valued(x, '>', '*row.t')}/{valued(x, '>')})"
        lines += rows("rate step", {"n": str(step), "x": x, "log": log(x), "slope": slope})
    lines += rows("rate found", {"found": f"step.{STEPS}", "log": log(f"step.{STEPS}")})
    return tuple(f"IF({valued(f'x.{index}')}<0,-1,1)" for index in range(last + 1)), tuple(lines)


def _recommended(book: Book, sheet: Sheet, row: int) -> int:
    def of(key: str) -> str:
        return f"INDEX(row.{key},1,best)"

    parts = {"rec_level": model.level_of(of)} | {f"rec_{part}": text for part, text in model.parts(of).items()}
    recommended = rows("recommended", parts)
    return rows_of(book, sheet, row, "The recommended option against today", recommended, "live", LAST_MONTH)


def _rates(book: Book, sheet: Sheet, row: int) -> int:
    sheet.breaks.append(row)
    option_heads(sheet, row, "By option")
    back = payback(lambda key, month="0": f"INDEX({key}_area,number,{month})")
    row = rows_of(book, sheet, row + 1, "Break-even and payback", back, "live", LAST)
    band(
        sheet, row, "Rate of return: the sign of the value at these x, the logarithm of 1 + the monthly rate", LAST + 1
    )
    row += 1
    signs, lines = rate_of_return("INDEX(net_area,number,0)", "row.counted")
    for index, (reach, sign) in enumerate(zip(REACH, signs, strict=True)):
        sheet.put(row, 0, "x", "label")
        sheet.put(row, 1, reach, "factor", key=f"live.x.{index}")
        book.place(f"live.sign.{index}", Place(sheet.name, row, FIRST, LAST))
        for option in model.OPTIONS:
            sheet.put(row, FIRST + option - 1, f"={sign}", "whole")
        row += 1
    return rows_of(book, sheet, row, "The one change of sign, narrowed down", lines, "live", LAST)
