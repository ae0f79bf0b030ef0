"""The sheet Cash flow: 36 months, net present value, rate of return, payback."""

from __future__ import annotations

from workbook.template.grid import Book, Place, Row, Sheet
from workbook.template.inputs import MOST_MONTHS
from workbook.template.layout import HEADING, band, figures_in, header, heading, table

IRR_STEPS = 62
"""Halvings of the bracket: 36 / 2^62 is below the last digit of any rate."""


def cashflow_sheet(book: Book) -> Sheet:
    first, last = 2, 2 + MOST_MONTHS
    sheet = Sheet(
        "Cash flow",
        "Cash flow of switching from prompt engineering to fine-tuning",
        "Month 0 pays for training, labour and evaluation. Volume grows and prices fall from month 2 on; review "
        "is not in here.",
        (38, 15, 15, *(9.2,) * MOST_MONTHS),
    )
    sheet.paper = 8
    heading(sheet)
    row = HEADING + 1
    sheet.freeze = (row + 1, 2)
    sheet.repeat_rows = (0, row)
    header(sheet, row, ("Month", "Unit", *("",) * (MOST_MONTHS + 1)))
    book.place("live.t", Place(sheet.name, row, first, last))
    for month in range(MOST_MONTHS + 1):
        sheet.cells[row, first + month].content = month
        sheet.cells[row, first + month].style = "head whole"
    row += 1
    step = "IF({0}_step_month=0,1,IF(t<{0}_step_month,1,1-{0}_step_cut))"
    blocks = (
        (
            "Volume and prices",
            (
                Row("year_number", "Year", "number", "IF(t=0,0,INT((t-1)/months_per_year)+1)", "whole"),
                Row("volume", "Calls", "calls per month", "IF(t=0,0,queries*(1+monthly_growth)^(t-1))", "count"),
                Row(
                    "pe_level",
                    "Level of base-model prices",
                    "month 1 is 1",
                    f"IF(t=0,1,PRICE_AFTER(1, pe_annual_decline, t-1)*{step.format('pe')})",
                    "factor",
                ),
                Row(
                    "ft_level",
                    "Level of fine-tuned prices",
                    "month 1 is 1",
                    f"IF(t=0,1,PRICE_AFTER(1, ft_annual_decline, t-1)*{step.format('ft')})",
                    "factor",
                ),
            ),
        ),
        (
            "Cost by option",
            (
                Row("pe_cost", "Prompt engineering", "USD", "IF(t=0,0,volume*inference.pe*pe_level)", "flow"),
                Row(
                    "cached_cost",
                    "Prompt engineering with caching",
                    "USD",
                    "IF(t=0,0,volume*inference.cached*pe_level)",
                    "flow",
                ),
                Row(
                    "base_cost",
                    "Newer base model",
                    "USD",
                    "IF(t*offered.base=0,0,volume*inference.base*pe_level)",
                    "flow",
                ),
                Row(
                    "rag_cost",
                    "RAG",
                    "USD",
                    "IF(t=0,0,volume*(inference.rag*pe_level+retrieval.rag)+fixed.rag)",
                    "flow",
                ),
                Row("ft_cost", "Fine-tuning", "USD", "IF(t=0,0,volume*inference.ft*ft_level+fixed.ft)", "flow"),
                Row(
                    "hybrid_cost",
                    "Hybrid",
                    "USD",
                    "IF(t=0,0,volume*(inference.hybrid*ft_level+retrieval.hybrid)+fixed.hybrid)",
                    "flow",
                ),
            ),
        ),
        (
            "Fine-tuning beyond its running cost",
            (
                Row(
                    "runs",
                    "Retraining runs",
                    "runs",
                    "IF(t=0,0,INT(t*retrains_per_year/months_per_year)-INT((t-1)*retrains_per_year/months_per_year))",
                    "number",
                ),
                Row(
                    "retraining",
                    "Retraining",
                    "USD",
                    "FT_RETRAIN(runs, training, relabel_share, labor, evaluation_cost)",
                    "flow",
                ),
                Row("outlay", "Training, labour, first evaluation", "USD", "IF(t=0,upfront+evaluation_cost,0)", "flow"),
                Row("ft_all", "Fine-tuning in all", "USD", "ft_cost+retraining+outlay", "flow total"),
            ),
        ),
        (
            "Net present value",
            (
                Row(
                    "net",
                    "Prompt engineering less fine-tuning",
                    "USD",
                    "IF(t>months,0,IF(ABS(pe_cost-ft_all)<=comparison_tolerance*MAX(pe_cost,ft_all),0,pe_cost-ft_all))",
                    "flow",
                    note="",
                ),
                Row("discount", "Discount factor", "factor", "(1+annual_rate)^(-t/months_per_year)", "factor"),
                Row("discounted", "Discounted", "USD", "net*discount", "flow"),
                Row("position", "Running total, discounted", "USD", "SUM(first.discounted:discounted)", "flow total"),
                Row(
                    "paid",
                    "Paid back",
                    "1 yes, 0 no",
                    "IF(t>months,0,IF(position>=-comparison_tolerance*first.outlay,1,0))",
                    "whole",
                ),
            ),
        ),
        (
            "Number of rates of return",
            (
                Row(
                    "sign",
                    "Sign of the flow, the last that is not 0",
                    "sign",
                    "IF(net=0,N(prev.sign),SIGN(net))",
                    "whole",
                ),
                Row("turn", "It changes", "1 yes, 0 no", "IF(sign*N(prev.sign)<0,1,0)", "whole"),
                Row("total", "Running total, not discounted", "USD", "SUM(first.net:net)", "flow"),
                Row(
                    "total_sign",
                    "Its sign, the last that is not 0",
                    "sign",
                    "IF(total=0,N(prev.total_sign),SIGN(total))",
                    "whole",
                ),
                Row("total_turn", "It changes", "1 yes, 0 no", "IF(total_sign*N(prev.total_sign)<0,1,0)", "whole"),
                Row("tail", "Total from here on, not discounted", "USD", "SUM(net:last.net)", "flow"),
                Row(
                    "tail_sign",
                    "Its sign, the last that is not 0",
                    "sign",
                    "IF(tail=0,N(prev.tail_sign),SIGN(tail))",
                    "whole",
                ),
                Row("tail_turn", "It changes", "1 yes, 0 no", "IF(tail_sign*N(prev.tail_sign)<0,1,0)", "whole"),
            ),
        ),
        (
            "Cumulative cost, for the chart",
            (
                Row("pe_sum", "Prompt engineering", "USD", "SUM(first.pe_cost:pe_cost)", "flow"),
                Row(
                    "ft_sum", "Fine-tuning with one-time cost and retraining", "USD", "SUM(first.ft_all:ft_all)", "flow"
                ),
                Row(
                    "base_sum",
                    "Newer base model",
                    "USD",
                    "IF(offered.base=1,SUM(first.base_cost:base_cost),NA())",
                    "flow",
                ),
                Row("ahead", "Fine-tuning has cost no more", "1 yes, 0 no", "IF(ft_sum<=pe_sum,1,0)", "whole"),
            ),
        ),
    )
    for title, rows in blocks:
        band(sheet, row, title, last + 1)
        row = table(book, sheet, row + 1, rows, first, last)
    row += 1
    sheet.breaks.append(row)
    band(sheet, row, "Results", last + 1)
    row = figures_in(
        sheet,
        row + 1,
        (
            Row(
                "horizon_ok",
                "Months counted: whole, and on this sheet",
                "1 yes, 0 no",
                "IF(months=INT(months),IF(months<1,0,IF(months>last.t,0,1)),0)",
                "whole",
                note="Else #NUM! below",
            ),
            Row(
                "npv",
                "Net present value",
                "USD",
                "IF(horizon_ok=1,SUM(row.discounted),#NUM!)",
                "money total",
                "out_npv",
            ),
            Row(
                "one_rate",
                "There is one rate of return",
                "1 yes, 0 no",
                "IF(SUM(row.turn)=1,1,IF(last.total=0,0,IF(SUM(row.total_turn)+SUM(row.tail_turn)=1,1,0)))",
                "whole",
                note="The flows change sign once; or their totals up to and from each month do so once together: "
                "the first bound the rates above 0, the others those below",
            ),
            Row(
                "irr",
                "Internal rate of return, effective",
                "per year",
                f"IF(horizon_ok=0,#NUM!,IF(one_rate=1,IF(value.low*low_sign>0,IF(value.high*low_sign<0,"
                f"EXP(middle.{IRR_STEPS}*months_per_year)-1,NA()),NA()),NA()))",
                "rate total",
                "out_irr",
                "#N/A: no rate, or more than one; then judge by net present value",
            ),
            Row(
                "payback",
                "Discounted payback",
                "months",
                "IF(horizon_ok=0,#NUM!,IF(SUM(row.paid)=0,NA(),IF(payback_month=0,0,payback_month-INDEX(row.position,1,payback_month+1)"
                "/INDEX(row.discounted,1,payback_month+1))))",
                "months total",
                "out_payback",
                "#N/A: not within the months counted",
            ),
            Row(
                "payback_month",
                "First month paid back",
                "month",
                "IF(SUM(row.paid)=0,NA(),MATCH(1,row.paid,0)-1)",
                "whole",
            ),
            Row(
                "low_sign",
                "Sign of the value below the rate of return",
                "sign",
                "last.sign",
                "whole",
            ),
            Row(
                "crossing_month",
                "Cumulative cost crosses in month",
                "month",
                "IF(SUM(row.ahead)*(last.pe_sum+last.ft_sum)=0,NA(),MATCH(1,row.ahead,0)-1)",
                "whole",
            ),
            Row(
                "crossing",
                "Cumulative cost crosses after",
                "months",
                "IF(crossing_month=0,0,crossing_month-(INDEX(row.pe_sum,1,crossing_month+1)-INDEX(row.ft_sum,1,crossing_month+1))"
                "/((INDEX(row.pe_sum,1,crossing_month+1)-INDEX(row.ft_sum,1,crossing_month+1))"
                "-(INDEX(row.pe_sum,1,crossing_month)-INDEX(row.ft_sum,1,crossing_month))))",
                "months",
            ),
            Row(
                "crossing_text",
                "Title of the chart on Summary",
                "",
                'IF(ISNUMBER(crossing),"Cumulative cost: fine-tuning is ahead after "&TEXT(crossing,"0.0")&" months",'
                '"Cumulative cost: fine-tuning is not ahead in three years")',
                "label",
            ),
            Row(
                "crossing_cost",
                "Both have then cost",
                "USD",
                "IF(crossing_month=0,first.pe_sum,INDEX(row.pe_sum,1,crossing_month)+(crossing-crossing_month+1)"
                "*(INDEX(row.pe_sum,1,crossing_month+1)-INDEX(row.pe_sum,1,crossing_month)))",
                "money",
            ),
            Row(
                "npv_excel",
                "Cross-check: NPV() of the same flows",
                "USD",
                "IF(horizon_ok=1,first.net+NPV((1+annual_rate)^(1/months_per_year)-1,rest.net),#NUM!)",
                "money",
            ),
            Row(
                "irr_excel",
                "Cross-check: IRR() of the same flows",
                "per year",
                "IF(ISNUMBER(irr),(1+IRR(row.net,(1+irr)^(1/months_per_year)-1))^months_per_year-1,NA())",
                "rate",
            ),
        ),
        note="remark",
    )
    row += 1
    band(sheet, row, "Internal rate of return by halving: x is the logarithm of 1 + the monthly rate", last + 1)
    row += 1
    for offset, text in enumerate(("Step", "", "Low", "High", "Middle", "Value at it")):
        if text or offset == 1:
            sheet.put(row, offset, text, "head left" if offset == 0 else "head")
    row += 1
    value = "SUMPRODUCT(row.net*EXP({0})^(-row.t))"
    sheet.put(row, 0, "Ends of the bracket, values at both", "label")
    sheet.put(row, 2, "=-rate_reach", "factor", key="live.low.0")
    sheet.put(row, 3, "=rate_reach", "factor", key="live.high.0")
    sheet.put(row, 4, "=" + value.format("low.0"), "scientific", key="live.value.low")
    sheet.put(row, 5, "=" + value.format("high.0"), "scientific", key="live.value.high")
    row += 1
    for step_number in range(1, IRR_STEPS + 1):
        before = step_number - 1
        sheet.put(row, 0, step_number, "step")
        low = f"IF(value.{before}*low_sign>0,middle.{before},low.{before})" if before else "low.0"
        high = f"IF(value.{before}*low_sign>0,high.{before},middle.{before})" if before else "high.0"
        sheet.put(row, 2, "=" + low, "factor", key=f"live.low.{step_number}")
        sheet.put(row, 3, "=" + high, "factor", key=f"live.high.{step_number}")
        sheet.put(row, 4, f"=(low.{step_number}+high.{step_number})/(1+1)", "factor", key=f"live.middle.{step_number}")
        sheet.put(row, 5, "=" + value.format(f"middle.{step_number}"), "scientific", key=f"live.value.{step_number}")
        row += 1
    return sheet
