"""The sheet Sensitivity: grid and tornado."""

from __future__ import annotations

import re

from workbook.template.grid import Book, Chart, Place, Sheet
from workbook.template.layout import HEADING, band, header, heading
from workbook.template.styles import ACCENT

DRIVERS = (
    ("queries", "Volume"),
    ("pe_input_price", "Prompted input price"),
    ("pe_output_price", "Prompted output price"),
    ("pe_prompt_tokens", "Instructions, prompted"),
    ("response_tokens", "Length of the answer"),
    ("ft_input_price", "Fine-tuned input price"),
    ("ft_output_price", "Fine-tuned output price"),
    ("examples", "Training examples"),
    ("minutes_per_example", "Labour for an example"),
    ("ft_hosting_monthly", "Hosting"),
)


def _net_saving(driver: str, factor: str) -> str:
    """Saving over the months counted less upfront, with one driver multiplied."""
    formula = (
        "months*(PE_MONTHLY(queries, pe_prompt_tokens, query_tokens, response_tokens, pe_input_price, pe_output_price)"
        "-FT_MONTHLY(queries, ft_prompt_tokens, query_tokens, response_tokens, ft_input_price, ft_output_price, "
        "ft_cached_price, ft_hit, ft_hosting_monthly))"
        "-FT_TRAINING(examples, tokens_per_example, epochs, ft_training_price, validation_tokens, training_minimum)"
        "-FT_LABOR(examples, minutes_per_example, hourly_wage)"
    )

    return re.sub(rf"\b{driver}\b", f"({driver}*{factor})", formula)


def sensitivity_sheet(book: Book) -> Sheet:
    count = len(DRIVERS)
    sheet = Sheet(
        "Sensitivity",
        "Sensitivity: how sure is the break-even?",
        "Months to break even if volume and upfront cost turn out differently; then one driver at a time.",
        (34, *(13,) * 7, 2, *(13,) * 7),
        accent=True,
    )
    heading(sheet)
    sheet.freeze = (HEADING, 0)
    sheet.repeat_rows = (0, HEADING - 1)
    row = HEADING + 1
    band(
        sheet,
        row,
        "Break-even in months: a row for each multiple of the volume, a column for each multiple of the upfront cost",
        8,
    )
    row += 1
    factors = (0.25, 0.5, 0.75, 1, 1.5, 2, 3)
    sheet.put(row, 0, "Volume times (down), upfront times (across)", "head left")
    book.place("live.upfront_factor", Place(sheet.name, row, 1, 7))
    for index, value in enumerate(factors):
        sheet.put(row, 1 + index, value, "multiple input title2")
    row += 1
    top = row
    for index, value in enumerate(factors):
        sheet.put(row, 0, value, "multiple input title2", key=f"live.volume_factor.{index}")
        for column in range(1, 8):
            sheet.put(
                row,
                column,
                f"=FT_SENSITIVITY(upfront, pe_monthly, ft_monthly, upfront_factor, volume_factor.{index}, "
                f"ft_hosting_monthly)",
                "months centre",
            )
        book.place(f"live.grid.{index}", Place(sheet.name, row, 1, 7))
        row += 1
    sheet.rules.append(
        (
            f"B{top + 1}:H{row}",
            {
                "type": "3_color_scale",
                "min_color": "#9DC3E6",
                "mid_color": "#FFFFFF",
                "max_color": "#F4B183",
                "mid_type": "formula",
                "mid_value": "=max_months",
            },
        )
    )
    sheet.merges.append((row, 0, row, 7))
    sheet.put(
        row,
        0,
        "Blue: sooner; white: the longest break-even accepted; orange: later. #N/A: it never breaks even. The "
        "multiples are inputs.",
        "note",
    )
    row += 2
    band(
        sheet,
        row,
        "One driver at a time: saving over the months counted less the upfront cost, month-one prices and volume",
        8,
    )
    row += 1
    sheet.put(row, 0, "As it stands", "label")
    sheet.put(row, 1, "=months*saving-upfront", "money", key="live.tornado_base")
    sheet.put(row, 2, "=currency", "unit")
    row += 1
    header(sheet, row, ("Driver", "Low, times", "High, times", "At low", "At high", "Swing", "Rank"))
    row += 1
    for index, (name, label) in enumerate(DRIVERS):
        sheet.put(row, 0, label, "label", key=f"live.driver.{index}")
        sheet.put(row, 1, 0.75, "multiple input", key=f"live.low_factor.{index}")
        sheet.put(row, 2, 1.25, "multiple input", key=f"live.high_factor.{index}")
        sheet.put(row, 3, "=" + _net_saving(name, f"low_factor.{index}"), "money", key=f"live.at_low.{index}")
        sheet.put(row, 4, "=" + _net_saving(name, f"high_factor.{index}"), "money", key=f"live.at_high.{index}")
        sheet.put(row, 5, f"=ABS(at_high.{index}-at_low.{index})", "money", key=f"live.swing.{index}")
        above = f"swing.0:swing.{index}"
        sheet.put(
            row,
            6,
            f"=SUMPRODUCT((swing.0:swing.{count - 1}>swing.{index})*1)+SUMPRODUCT(({above}=swing.{index})*1)",
            "whole",
            key=f"live.rank.{index}",
        )
        row += 1
    row += 1
    header(sheet, row, ("Sorted for the chart", "Rank", "Below as it stands", "Above as it stands"))
    row += 1
    sorted_first = row
    for index in range(count):
        found = f"MATCH(rank_shown.{index},rank.0:rank.{count - 1},0)"
        sheet.put(row, 0, f"=INDEX(driver.0:driver.{count - 1},{found})", "label", key=f"live.sorted.{index}")
        sheet.put(row, 1, count - index, "whole", key=f"live.rank_shown.{index}")
        low, high = f"INDEX(at_low.0:at_low.{count - 1},{found})", f"INDEX(at_high.0:at_high.{count - 1},{found})"
        sheet.put(row, 2, f"=MIN({low},{high})-tornado_base", "money", key=f"live.down.{index}")
        sheet.put(row, 3, f"=MAX({low},{high})-tornado_base", "money", key=f"live.up.{index}")
        row += 1
    area = f"=Sensitivity!$A${sorted_first + 1}:$A${row}"
    sheet.charts.append(
        Chart(
            "bar",
            "Tornado: change of net saving when one driver moves",
            HEADING + 1,
            9,
            640,
            600,
            [
                {
                    "name": "Lower",
                    "categories": area,
                    "values": f"=Sensitivity!$C${sorted_first + 1}:$C${row}",
                    "overlap": 100,
                    "colour": "#9DC3E6",
                },
                {
                    "name": "Higher",
                    "categories": area,
                    "values": f"=Sensitivity!$D${sorted_first + 1}:$D${row}",
                    "overlap": 100,
                    "colour": ACCENT,
                },
            ],
            "Driver",
            "Change of net saving (in the currency on Inputs)",
            None,
            {
                "y": {"label_position": "low", "num_format": "General", "major_gridlines": {"visible": False}},
                "x": {"num_format": "#,##0"},
            },
        )
    )
    sheet.pages = 1
    sheet.merges.append((row, 0, row, 7))
    sheet.put(
        row,
        0,
        "Each bar moves one driver between its two multiples and leaves the rest. Drivers that move together "
        "move the result more.",
        "note",
    )
    return sheet
