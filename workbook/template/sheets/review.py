"""The sheet Review: year 1 with people in it."""

from __future__ import annotations

from workbook.template.grid import Book, Chart, Place, Row, Sheet, letters
from workbook.template.layout import HEADING, band, header, heading, table, unit


def review_sheet(book: Book) -> Sheet:
    sheet = Sheet(
        "Review",
        "Review and quality: year 1 with people in it",
        "What human review adds to each option while fine-tuning earns trust, and what year 2 looks like.",
        (46, 20, 18, 18, 18, 60),
    )
    heading(sheet)
    sheet.freeze = (HEADING + 2, 2)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(sheet, row, ("Year 1", "Unit", "Prompt engineering", "Fine-tuning", "Fine-tuning less prompting", "Note"))
    book.place("live.review_head", Place(sheet.name, row, 2, 3))
    row += 1
    ramp = "items_per_month, {0}, ft_review_start_rate, ft_review_steady_rate, ft_review_ramp_months, cost_per_review"
    lines = (
        Row("r_items", "Outputs in the year", "items", ("items_per_month*months_per_year",) * 2, "count"),
        Row(
            "r_review",
            "Human review",
            "USD",
            (
                "REVIEW_COST(items_per_month*months_per_year, pe_review_rate, cost_per_review)",
                f"REVIEW_RAMP({ramp.format('months_per_year')})",
            ),
            keys=("pe_review_year1", "ft_review_year1"),
        ),
        Row("r_running", "Running cost, months 1 to 12", "USD", ("running_year1.pe", "running_year1.ft")),
        Row("r_retraining", "Retraining", "USD", ("0", "SUMIF(row.year_number,1,row.retraining)")),
        Row("r_once", "Training and labour", "USD", ("0", "upfront")),
        Row("r_evaluation", "Evaluation at the start", "USD", ("0", "evaluation_cost")),
        Row(
            "r_total",
            "Year 1",
            "USD",
            "r_review+r_running+r_retraining+r_once+r_evaluation",
            "money total",
            keys=("r_total.pe", "r_total.ft"),
        ),
    )
    band(sheet, row, "Year 1", 6)
    start = row + 1
    row = table(book, sheet, start, lines, 2, 3)
    for offset in range(len(lines)):
        sheet.put(
            start + offset,
            4,
            f"={letters(3)}{start + offset + 1}-{letters(2)}{start + offset + 1}".replace("=", "=raw:"),
            "money total" if offset == len(lines) - 1 else "money",
            key=f"live.gap1.{offset}",
        )
    band(sheet, row, "Year 2", 6)
    second = row + 1
    lines2 = (
        Row(
            "r2_review",
            "Human review",
            "USD",
            (
                "REVIEW_COST(items_per_month*months_per_year, pe_review_rate, cost_per_review)",
                f"REVIEW_RAMP({ramp.format('months_per_year*(1+1)')})-REVIEW_RAMP({ramp.format('months_per_year')})",
            ),
        ),
        Row(
            "r2_running",
            "Running cost, months 13 to 24",
            "USD",
            ("SUMIF(row.year_number,1+1,row.pe_cost)", "SUMIF(row.year_number,1+1,row.ft_cost)"),
        ),
        Row("r2_retraining", "Retraining", "USD", ("0", "SUMIF(row.year_number,1+1,row.retraining)")),
        Row(
            "r2_total",
            "Year 2",
            "USD",
            "r2_review+r2_running+r2_retraining",
            "money total",
            keys=("r2_total.pe", "r2_total.ft"),
        ),
    )
    row = table(book, sheet, second, lines2, 2, 3)
    for offset in range(len(lines2)):
        sheet.put(
            second + offset,
            4,
            f"=raw:D{second + offset + 1}-C{second + offset + 1}",
            "money total" if offset == len(lines2) - 1 else "money",
            key=f"live.gap2.{offset}",
        )
    band(sheet, row, "What follows", 6)
    row += 1
    singles = (
        Row(
            "winner",
            "Cheaper in year 1",
            "PE or FT",
            'IF(r_total.pe-r_total.ft>comparison_tolerance*r_total.pe,"FT","PE")',
            "answer total",
            "out_year1_winner",
            "A tie counts for prompt engineering",
        ),
        Row(
            "year2_winner",
            "Cheaper in year 2",
            "PE or FT",
            'IF(r2_total.pe-r2_total.ft>comparison_tolerance*r2_total.pe,"FT","PE")',
            "answer",
        ),
        Row(
            "tie_rate",
            "Fine-tuning ties in year 1 at a starting rate of",
            "share",
            'IF(items_per_month*cost_per_review*MIN(ft_review_ramp_months,months_per_year)=0,"none",ft_review_start_rate-'
            "(r_total.ft-r_total.pe)/(items_per_month*cost_per_review*MIN(ft_review_ramp_months,months_per_year)))",
            "rate",
            None,
            "Share reviewed during the first months at which both cost the same",
        ),
        Row(
            "pe_review_month",
            "Review in a month, prompted",
            "USD per month",
            "REVIEW_COST(items_per_month, pe_review_rate, cost_per_review)",
        ),
        Row(
            "ft_review_month",
            "Review in a month, fine-tuned, later rate",
            "USD per month",
            "REVIEW_COST(items_per_month, ft_review_steady_rate, cost_per_review)",
        ),
        Row(
            "ramp_extra",
            "What the first months add",
            "USD",
            "REVIEW_COST(items_per_month*ft_review_ramp_months, ft_review_start_rate, cost_per_review)"
            "-REVIEW_COST(items_per_month*ft_review_ramp_months, ft_review_steady_rate, cost_per_review)",
        ),
        Row(
            "pe_review_all",
            "Review over three years, prompted",
            "USD",
            "REVIEW_COST(items_per_month*last.t, pe_review_rate, cost_per_review)",
        ),
        Row("ft_review_all", "Review over three years, fine-tuned", "USD", f"REVIEW_RAMP({ramp.format('last.t')})"),
    )
    for item in singles:
        sheet.put(row, 0, item.label, "label total" if "total" in item.style else "label")
        sheet.put(row, 1, unit(item.unit), "unit")
        sheet.put(row, 3, f"={item.formula}", item.style, key=f"live.{item.key}", name=item.name)
        if item.note:
            sheet.put(row, 5, item.note, "note")
        row += 1
    row += 1
    sheet.breaks.append(row)
    header(sheet, row, ("Review month by month", "Unit", "Prompt engineering", "Fine-tuning", "Reviewed, fine-tuned"))
    row += 1
    first = row
    for month in range(1, 25):
        sheet.put(row, 0, month, "step", key=f"live.review_t.{month}")
        sheet.put(row, 1, unit("USD per month"), "unit")
        sheet.put(
            row,
            2,
            "=REVIEW_COST(items_per_month, pe_review_rate, cost_per_review)",
            "money",
            key=f"live.review_pe.{month}",
        )
        sheet.put(
            row,
            3,
            f"=REVIEW_COST(items_per_month, review_rate.{month}, cost_per_review)",
            "money",
            key=f"live.review_ft.{month}",
        )
        share = f"MAX(0,MIN(1,ft_review_ramp_months-review_t.{month}+1))"
        sheet.put(
            row,
            4,
            f"={share}*ft_review_start_rate+(1-{share})*ft_review_steady_rate",
            "share",
            key=f"live.review_rate.{month}",
        )
        row += 1
    sheet.charts.append(
        Chart(
            "column",
            "Cost of human review month by month",
            first - 1,
            5,
            420,
            380,
            [
                {
                    "name": "Prompt engineering",
                    "categories": f"=Review!$A${first + 1}:$A${row}",
                    "values": f"=Review!$C${first + 1}:$C${row}",
                },
                {
                    "name": "Fine-tuning",
                    "categories": f"=Review!$A${first + 1}:$A${row}",
                    "values": f"=Review!$D${first + 1}:$D${row}",
                    "colour": "#9DC3E6",
                },
            ],
            "Month",
            "Per month (in the currency on Inputs)",
        )
    )
    return sheet
