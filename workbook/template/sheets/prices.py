"""The sheet Prices: the catalogue rows behind a case."""

from __future__ import annotations

from pycalc.models import catalogue
from pycalc.version import VERSION
from workbook.template.cases import Case, Price
from workbook.template.grid import Sheet
from workbook.template.layout import HEADING, header, heading


def prices_sheet(case: Case) -> Sheet:
    sheet = Sheet(
        "Prices",
        "Prices: what the catalogue says",
        f"Catalogue rows behind this case, as of {catalogue.as_of()}. Inputs hold the figures the model uses; the "
        f"last column compares.",
        (26, 14, 13, 12, 12, 70, 11, 24, 16),
    )
    heading(sheet)
    sheet.freeze = (HEADING + 2, 1)
    sheet.repeat_rows = (0, HEADING + 1)
    row = HEADING + 1
    header(
        sheet,
        row,
        (
            "Model",
            "Kind",
            "USD per 1M tokens",
            "From",
            "To before",
            "Source",
            "Read on",
            "Fills the input",
            "Input holds it",
        ),
    )
    row += 1
    for name, item in case.given.items():
        if not isinstance(item, Price):
            continue
        price = catalogue.price(item.model, item.kind, item.day)
        sheet.put(row, 0, price.model, "label")
        sheet.put(row, 1, price.kind, "label")
        sheet.put(row, 2, price.amount, "price", key=f"price.{name}")
        sheet.put(row, 3, price.effective_from, "source")
        sheet.put(row, 4, price.effective_to or "", "source")
        sheet.put(row, 5, price.source, "source")
        sheet.put(row, 6, price.read_on, "source")
        sheet.put(row, 7, name, "code")
        sheet.put(row, 8, f'=IF(base.{name}=price.{name},"yes","changed")', "answer")
        row += 1
    if row == HEADING + 2:
        sheet.put(row, 0, "No price is filled in yet.", "label")
        row += 1
    row += 1
    sheet.merges.append((row, 0, row, 8))
    sheet.put(
        row,
        0,
        f"Prices are USD per 1,000,000 tokens. Catalogue of llm-breakeven {VERSION}; MODEL_PRICE and PRICE_SOURCE "
        f"give every row.",
        "note",
    )
    return sheet
