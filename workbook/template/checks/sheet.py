"""Checks: every result a second time, by another native route from the same inputs, and one master cell.

The second route resolves the inputs itself (`second.*`: the scenario in force and every scenario column) and goes on
from there with other algebra than the model. Three comparisons follow: single figures, the calculation of every
scenario column and tab cell by cell, and published figures with inputs of their own.
"""

from __future__ import annotations

from pycalc.registry import FUNCTIONS
from workbook.template.cases import Case
from workbook.template.checks.lines import HELPERS, PUBLISHED, lines
from workbook.template.checks.second_route import AFTER, SECOND, TERMS
from workbook.template.core import CORE_ROWS, OPTIONS
from workbook.template.grid import Book, Place, Sheet, letters, native_twin
from workbook.template.inputs import INPUTS
from workbook.template.layout import HEADING, band, header, heading
from workbook.template.sheets.scenarios import FIRST_SCENARIO


def _same(got: str, expected: str, terms: str) -> str:
    """1 when two cells agree: both errors, equal texts, or numbers within the tolerance of the largest term."""
    return (
        f"IF(ISERROR({got}),IF(ISERROR({expected}),1,0),IF(ISERROR({expected}),0,IF(ISNUMBER({expected}),IF(ISNUMBER({got}),"
        f"IF(ABS({got}-{expected})<=check_tolerance*{terms},1,0),0),IF({got}={expected},1,0))))"
    )


def checks_sheet(book: Book, case: Case) -> Sheet:
    count = len(case.columns)
    tabs = [number for number, scenario in enumerate(case.columns, start=1) if scenario.tab]
    first, last = 1, 1 + count
    sheet = Sheet(
        "Checks",
        "Checks: every result a second time",
        "Expected is worked out again from the current inputs by another route; the master cell counts every line.",
        (48, 24, 24, 14, 13, 16, 50, *(13,) * max(3, 2 * count - 3)),
        scopes=("check", "live"),
    )
    heading(sheet)
    sheet.freeze = (HEADING + 4, 1)
    sheet.repeat_rows = (0, HEADING + 3)
    master_row = HEADING + 1
    row = HEADING + 3
    header(
        sheet,
        row,
        ("Function or balance", "Expected", "Got", "Difference", "OK", "Largest term", "How expected is worked out"),
    )
    row += 1
    top = row
    singles = lines()

    def line(label: str, expected: str, got: str, terms: str, how: str) -> None:
        nonlocal row
        sheet.put(row, 0, label, "label")
        sheet.put(row, 1, "=" + expected, "compared", key=f"check.line{row}.expected")
        sheet.put(row, 2, "=" + got, "compared", key=f"check.line{row}.got")
        e, g, t = f"B{row + 1}", f"C{row + 1}", f"F{row + 1}"
        sheet.put(row, 3, f'=raw:IF(ISNUMBER({e}),IF(ISNUMBER({g}),{g}-{e},""),"")', "scientific")
        sheet.put(row, 4, f"=raw:{_same(g, e, t)}=1", "state")
        larger = f"=raw:IF(ISNUMBER({e}),IF(ISNUMBER({g}),MAX(ABS({e}),ABS({g})),0),0)"
        sheet.put(
            row,
            5,
            f"=MAX(ABS({terms}),IF(ISNUMBER(line{row}.expected),ABS(line{row}.expected),0))" if terms else larger,
            "scientific",
        )
        sheet.put(row, 6, how, "note")
        if label in ("FT_SUITABILITY", "The headline", "The headline in words") or label.startswith(
            ("The recomm", "Summary:")
        ):
            sheet.heights[row] = 52 if "names" in label else 28
        row += 1

    for label, expected, got, terms, how in singles:
        line(label, expected, got, f"IF(ISERROR({terms}),1,{terms})" if terms else "", how)
    line(
        "FT_IRR against Excel's IRR()",
        "IF(ISNUMBER(irr_excel),irr_excel,irr)",
        "irr",
        "1",
        "IRR() of the same flows, where it does not give up",
    )
    sheet.cells[row - 1, 5].content = "=iteration_tolerance/check_tolerance*(1+IF(ISNUMBER(irr),ABS(irr),0))"
    for function, arguments, value, source in PUBLISHED:
        start = 7
        references = []
        for offset, argument in enumerate(arguments):
            if (row, start + offset) not in sheet.cells:
                sheet.put(row, start + offset, argument, "exact label")
            references.append(f"${letters(start + offset)}${row + 1}")
        names = FUNCTIONS[function].arguments
        twin = native_twin(FUNCTIONS[function], {item.name: ref for item, ref in zip(names, references, strict=False)})
        line(f"Published: {function}", "0", "raw", "", source)
        is_number = value.replace(".", "").isdigit()
        sheet.cells[row - 1, 1].content = float(value) if is_number else value
        sheet.cells[row - 1, 2].content = "=raw:" + twin
    line(
        "Scenario in force: inputs and results",
        "live_cells",
        "live_same",
        "",
        "Live column and model against the second route, cell by cell",
    )
    line(
        "Scenario in force, as shown on Scenarios",
        "shown_cells",
        "shown_same",
        "",
        "The column of links beside the scenarios",
    )
    line("Scenario columns", "column_cells", "column_same", "", "Every column on Scenarios against the second route")
    line("Scenario tabs", "tab_cells", "tab_same", "", "Every tab against the second route")
    line(
        "Live results and the tab of the scenario in force",
        "1",
        "IF(COUNTIF(row.tab_number,scenario)=0,1,SUMPRODUCT((row.tab_number=scenario)*row.tab_ok))",
        "",
        "A spare column has no tab: its column stands for it",
    )
    covered = (
        {name for name, *_ in singles}
        | {name for name, *_ in PUBLISHED}
        | {"FT_IRR", "FT_CASHFLOW", "FT_PAYBACK", "PRICE_AFTER"}
    )
    for definition in FUNCTIONS.values():
        if definition.name in covered:
            continue
        sheet.put(row, 0, definition.name, "label")
        reason = (
            "Needs the add-in; not part of this model"
            if definition.twin is None
            else "Not part of this model; see Functions"
        )
        for column in (1, 2, 4):
            sheet.put(row, column, "not checked", "state" if column == 4 else "exact label")
        sheet.put(row, 6, reason, "note")
        row += 1
    end = row - 1
    ok = f"$E${top + 1}:$E${end + 1}"
    sheet.printed = (end, 6)
    sheet.put(master_row, 0, "All checks", "strong")
    # Lines with a label, and no fewer than shipped: a blank row is no line, a line cleared or deleted is noticed.
    count_of_lines = f"MAX(COUNTA($A${top + 1}:$A${end + 1}),$E${master_row + 1})"
    good = f'COUNTIF({ok},TRUE)+COUNTIF({ok},"not checked")'
    sheet.put(master_row, 1, f"=raw:{good}={count_of_lines}", "state strong", name="out_checks")
    sheet.put(master_row, 2, f"=raw:{count_of_lines}-({good})", "whole", key="check.failed")
    sheet.put(master_row, 3, "fail, of", "unit")
    sheet.put(master_row, 4, end - top + 1, "whole", key="check.shipped_lines")
    sheet.put(master_row, 5, "lines shipped", "unit")
    sheet.rules.append((f"E{top + 1}:E{end + 1}", {"type": "cell", "criteria": "==", "value": "FALSE", "style": "bad"}))
    sheet.rules.append((f"B{master_row + 1}", {"type": "cell", "criteria": "==", "value": "FALSE", "style": "bad"}))
    sheet.rules.append((f"B{master_row + 1}", {"type": "cell", "criteria": "==", "value": "TRUE", "style": "good"}))

    # the second route, a column for the scenario in force and one for each scenario
    row += 1
    header(sheet, row, ("Second route", "In force", *("",) * count))
    for index in range(count):
        sheet.cells[row, first + 1 + index].content = index + 1
    row += 1
    band(sheet, row, "Inputs, resolved again", last + 1)
    row += 1
    for name, item in INPUTS.items():
        blank = item.optional or item.quantity.kind == "text"
        base = f'IF(LEN(base.{name})=0,"",base.{name})' if blank else f"base.{name}+0"
        if item.quantity.kind == "flag":
            base = f"base.{name}=TRUE"
        found = f"INDEX(row.override.{name},1,MATCH(scenario,row.scenario_number,0))"
        sheet.put(row, 0, item.label, "label")
        sheet.put(row, first, f"=IF(LEN({found})>0,{found},{base})", item.style, key=f"check.{name}")
        book.place(f"second.{name}", Place(sheet.name, row, first, last))
        for index in range(count):
            place = book.find(f"override.{name}", ())
            key = f"own.{name}.{index}"
            book.places[key] = Place(place.sheet, place.row, FIRST_SCENARIO + index)
            sheet.put(row, first + 1 + index, f"=IF(LEN({key})>0,{key},{base})", item.style)
        row += 1
    band(sheet, row, "Results, worked out again", last + 1)
    row += 1
    for key, formula in SECOND.items():
        row = _second(book, sheet, row, key, formula, first, last)
        if key in AFTER:
            row = _second(book, sheet, row, *AFTER[key], first, last)
    for key, formula in TERMS.items():
        row = _second(book, sheet, row, f"terms_{key}", formula, first, last, "Largest term: ")
    band(sheet, row, "Helpers of the checks above, scenario in force", last + 1)
    row += 1
    for key, label, formula in HELPERS:
        sheet.put(row, 0, label, "label")
        sheet.put(row, first, "=" + formula, "exact label", key=f"check.{key}")
        row += 1
    row = _grid_helpers(book, sheet, row, first)
    row = _open_helpers(book, sheet, row, first)
    row = _sign_helpers(book, sheet, row)

    # cell by cell
    row += 1
    shown_column = last + 1 + count  # behind room for a tab of every scenario: `workbook.tasks.scenario` adds them
    header(sheet, row, ("Agrees with the second route: 1 yes, 0 no", "In force", *("",) * (2 * count), "Shown"))
    for index in range(count):
        sheet.cells[row, first + 1 + index].content = index + 1
    for index, number in enumerate(tabs):
        sheet.cells[row, last + 1 + index].content = f"Tab {number}"
    row += 1
    grid_top = row
    for key in (*INPUTS, *CORE_ROWS):
        sheet.put(row, 0, INPUTS[key].label if key in INPUTS else CORE_ROWS[key].label, "label")
        for column in range(first, last + 1 + len(tabs)):
            if column == first:
                got, shown_in = f"live.{key}", first
            elif column <= last:
                shown_in = column
                book.places[f"at.{key}.{column}"] = Place(
                    "Scenarios", book.find(f"column.{key}", ()).row, FIRST_SCENARIO + column - first - 1
                )
                got = f"at.{key}.{column}"
            else:
                number = tabs[column - last - 1]
                shown_in = first + number
                got = f"tab{number}.{key}"
            place = book.find(f"second.{key}", ())
            mine = f"second_at.{key}.{shown_in}"
            book.places[mine] = Place(sheet.name, place.row, shown_in)
            terms = f"MAX(ABS({got}),ABS({mine}))"
            if key in TERMS:
                wide = f"terms_at.{key}.{shown_in}"
                book.places[wide] = Place(sheet.name, book.find(f"second.terms_{key}", ()).row, shown_in)
                terms = f"IF(ISNUMBER({wide}),ABS({wide}),0)"
            sheet.put(row, column, "=" + _same(got, mine, terms), "whole")
        if key in CORE_ROWS:
            shown = f"in_force.{key}"
            wide = f"terms_at.{key}.{first}" if key in TERMS else ""
            terms = f"IF(ISNUMBER({wide}),ABS({wide}),0)" if wide else f"MAX(ABS({shown}),ABS(check.{key}))"
            sheet.put(row, shown_column, "=" + _same(shown, f"check.{key}", terms), "whole")
        row += 1
    area = f"{letters(first)}{grid_top + 1}"
    grid_end = row
    for name, start, stop in (
        ("live", first, first),
        ("column", first + 1, last),
        ("tab", last + 1, last + len(tabs)),
        ("shown", shown_column, shown_column),
    ):
        block = f"${letters(start)}${grid_top + 1}:${letters(stop)}${grid_end}"
        sheet.put(
            row,
            0,
            {
                "live": "Cells, scenario in force",
                "column": "Cells, columns",
                "tab": "Cells, tabs",
                "shown": "Cells, shown",
            }[name],
            "label",
        )
        sheet.put(row, 1, f"=raw:COUNTA({block})", "whole", key=f"check.{name}_cells")
        sheet.put(row, 2, f"=raw:SUM({block})", "whole", key=f"check.{name}_same")
        row += 1
    sheet.put(row, 0, "Scenario of the tab", "label")
    book.place("check.tab_number", Place(sheet.name, row, last + 1, last + len(tabs)))
    for index, number in enumerate(tabs):
        sheet.put(row, last + 1 + index, number, "whole")
    row += 1
    sheet.put(row, 0, "Tab agrees in every cell: 1 yes, 0 no", "label")
    book.place("check.tab_ok", Place(sheet.name, row, last + 1, last + len(tabs)))
    for column in range(last + 1, last + 1 + len(tabs)):
        block = f"{letters(column)}{grid_top + 1}:{letters(column)}{grid_top + len(INPUTS) + len(CORE_ROWS)}"
        sheet.put(row, column, f"=raw:IF(SUM({block})=ROWS({block}),1,0)", "whole")
    sheet.rules.append(
        (
            f"{area}:{letters(last + len(tabs))}{grid_top + len(INPUTS) + len(CORE_ROWS)}",
            {"type": "cell", "criteria": "==", "value": "0", "style": "bad"},
        )
    )
    return sheet


def _second(book: Book, sheet: Sheet, row: int, key: str, formula: str, first: int, last: int, prefix: str = "") -> int:
    item = CORE_ROWS.get(key.removeprefix("terms_"))
    label = prefix + (item.label if item else key.replace("_", " ").capitalize())
    sheet.put(row, 0, label, "label")
    book.place(f"second.{key}", Place(sheet.name, row, first, last))
    for column in range(first, last + 1):
        sheet.put(
            row,
            column,
            "=" + formula,
            "exact label",
            scopes=("second", "live"),
            key=f"check.{key}" if column == first else None,
        )
    return row + 1


def _grid_helpers(book: Book, sheet: Sheet, row: int, first: int) -> int:
    """The sum of the sensitivity grid by lines: break-even at that volume times the sum of the multiples."""
    parts, terms = [], []
    for index in range(7):
        sheet.put(row, 0, f"Saving in line {index + 1} of the grid", "label")
        sheet.put(
            row,
            first,
            f"=volume_factor.{index}*(check.saving+ft_hosting_monthly)-ft_hosting_monthly",
            "exact label",
            key=f"check.line_saving.{index}",
        )
        alive = f"line_saving.{index}>comparison_tolerance*(volume_factor.{index}*check.pe_monthly+ft_hosting_monthly)"
        parts.append(f"IF({alive},upfront*SUM(row.upfront_factor)/line_saving.{index},0)")
        terms.append(
            f"IF({alive},upfront*SUM(row.upfront_factor)*(volume_factor.{index}*(pe_monthly+ft_monthly+ft_hosting_monthly)"
            f"+ft_hosting_monthly)/line_saving.{index}/line_saving.{index},0)"
        )
        row += 1
    for key, label, formula in (
        ("grid_sum", "Sum of the grid", "+".join(parts)),
        ("grid_terms", "Its largest term", "+".join(terms)),
    ):
        sheet.put(row, 0, label, "label")
        sheet.put(row, first, "=" + formula, "exact label", key=f"check.{key}")
        row += 1
    top, bottom = book.find("live.grid.0", ()), book.find("live.grid.6", ())
    book.places["grid_first"] = Place(top.sheet, top.row, top.column)
    book.places["grid_last"] = Place(bottom.sheet, bottom.row, bottom.last or 7)
    return row


def _open_helpers(book: Book, sheet: Sheet, row: int, first: int) -> int:
    """Year 1 of every option that is open, chosen again from the second route."""
    sheet.put(row, 0, "Year 1 of open options, in the order of Costs", "label")
    book.place("check.second_open", Place(sheet.name, row, first, first + 5))
    for index, key in enumerate(key for key, _ in OPTIONS):
        if key in ("ft", "hybrid"):
            decision = "tuned_decision" if key == "ft" else "hybrid_decision"
            shut = f'OR(LEFT(suitability,LEN("STOP"))="STOP",{decision}<>"FINE-TUNE")'
        elif key == "rag":
            shut = "FALSE"
        else:
            shut = 'AND(LOWER(TRIM(use_case))="knowledge",facts_change)'
            if key in ("base", "cached"):
                shut = f"OR(offered_{key}=0,{shut})"
        sheet.put(
            row, first + index, f"=IF({shut},closed_price,year1.{key})", "exact label", key=f"check.second_open.{key}"
        )
    row += 1
    sheet.put(row, 0, "Cheapest of them, with tolerance", "label")
    sheet.put(row, first, "=MIN(row.second_open)*(1+comparison_tolerance)", "exact label", key="check.second_limit")
    row += 1
    nested = "0"
    for key in reversed([key for key, _ in OPTIONS][:-1]):
        nested = f"IF(second_open.{key}<=second_limit,0,1+{nested})"
    sheet.put(row, 0, "Its option", "label")
    sheet.put(
        row,
        first,
        "=INDEX(row.option,1,1+" + nested + ")",
        "exact label",
        key="check.chosen_label",
    )
    return row + 1


def _sign_helpers(book: Book, sheet: Sheet, row: int) -> int:
    """Changes of sign, retraining runs, payback and crossover, month by month again."""
    first = 1
    place = book.find("live.t", ())
    length = (place.last or 0) - place.column
    specs = (
        ("again_month", "Month", "from t"),
        ("again_done", "Retraining runs so far", "INT(retrains_per_year*again_month/months_per_year)"),
        ("again_runs", "Retraining runs", "again_done-N(prev.again_done)"),
        ("again_net", "Flow", "from net"),
        ("again_sign", "Sign", "IF(again_net>0,1,IF(again_net<0,-1,N(prev.again_sign)))"),
        ("again_turn", "Change", "IF(ABS(again_sign-N(prev.again_sign))>1,1,0)"),
        ("again_total", "Running total", "N(prev.again_total)+again_net"),
        ("again_total_sign", "Sign", "IF(again_total>0,1,IF(again_total<0,-1,N(prev.again_total_sign)))"),
        ("again_total_turn", "Change", "IF(ABS(again_total_sign-N(prev.again_total_sign))>1,1,0)"),
        ("again_tail", "Total from here on", "last.again_total-again_total+again_net"),
        ("again_tail_sign", "Sign", "IF(again_tail>0,1,IF(again_tail<0,-1,N(prev.again_tail_sign)))"),
        ("again_tail_turn", "Change", "IF(ABS(again_tail_sign-N(prev.again_tail_sign))>1,1,0)"),
        ("again_position", "Discounted running total", "from position"),
        (
            "again_paid",
            "Month, where it is paid back",
            "IF(again_month>months,last.t+1,IF(again_position<-comparison_tolerance*first.outlay,last.t+1,again_month))",
        ),
        ("again_pe_sum", "Cumulative cost, prompted", "from pe_sum"),
        ("again_ft_sum", "Cumulative cost, fine-tuned", "from ft_sum"),
        (
            "again_ahead",
            "Month, where fine-tuning has cost no more",
            "IF(again_ft_sum>again_pe_sum,last.t+1,again_month)",
        ),
    )
    for key, label, formula in specs:
        sheet.put(row, 0, f"{label}, months 0 to {length}", "label")
        book.place(f"check.{key}", Place(sheet.name, row, first, first + length))
        for column in range(first, first + length + 1):
            if formula.startswith("from "):
                source = f"{key}_at.{column}"
                found = book.find("live." + formula.removeprefix("from "), ())
                book.places[source] = Place(place.sheet, found.row, place.column + column - first)
                sheet.put(row, column, f"={source}", "exact label")
            else:
                sheet.put(row, column, "=" + formula, "exact label")
        row += 1
    for key, label, formula in (
        ("end.low", "Value at the low end", "SUMPRODUCT(row.again_net*EXP(rate_reach)^row.again_month)"),
        ("end.high", "Value at the high end", "SUMPRODUCT(row.again_net*EXP(rate_reach)^(-row.again_month))"),
        (
            "rate_expected",
            "There is one rate of return, within reach",
            "IF(ISERROR(SIGN(end.low)+SIGN(end.high)),0,IF(AND(again_horizon=1,SIGN(end.low)*SIGN(end.high)<0,"
            "OR(SUM(row.again_turn)=1,AND(last.again_total<>0,SUM(row.again_total_turn)+SUM(row.again_tail_turn)=1)))"
            ",1,0))",
        ),
    ):
        sheet.put(row, 0, label, "label")
        sheet.put(row, first, "=" + formula, "exact label", key=f"check.{key}")
        row += 1
    return row
