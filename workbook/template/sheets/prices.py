"""The sheets Prices, the catalogue rows behind a case, and My prices, the user's own."""

from __future__ import annotations

from pycalc.models import catalogue
from pycalc.version import VERSION
from workbook.template.cases import Case, Price
from workbook.template.grid import Sheet
from workbook.template.layout import HEADING, opened

OWN_ROWS = 20
_FIELDS = ("model", "provider", "kind", "amount", "effective_from", "effective_to", "read_on")


def prices_sheet(case: Case) -> Sheet:
    sheet = opened("Prices", day=catalogue.as_of())
    row = HEADING + 2
    for name, item in case.given.items():
        if not isinstance(item, Price):
            continue
        price = catalogue.price(item.model, item.kind, item.day)
        for column, field in enumerate(_FIELDS):
            value = getattr(price, field)
            look = "price" if column == 3 else "label" if column < 3 else "source"
            sheet.put(row, column, value or None, look, key=f"price.{name}" if column == 3 else None)
        sheet.put(row, 7, price.source, "source")
        sheet.put(row, 9, name, "code")
        held = name if not name[0].isdigit() else f"options.{name.split('.')[1]}.{name.split('.')[0]}"
        off = f"ABS({held}-price.{name}*IF(N(usd_rate)=0,1,usd_rate))"
        sheet.put(row, 10, f'=IF({off}<=check_tolerance*{held},"yes","changed")', "answer")
        row += 1
    if row == HEADING + 2:
        sheet.put(row, 0, "No price is filled in from the catalogue.", "label")
        row += 1
    sheet.put(
        row + 1, 0, f"Catalogue of llm-breakeven {VERSION}; MODEL_PRICE and PRICE_SOURCE give every row.", "remark"
    )
    return sheet


def my_prices_sheet() -> Sheet:
    sheet = opened("My prices")
    row = HEADING + 1
    for line in range(row + 1, row + 1 + OWN_ROWS):
        for column in range(len(sheet.widths)):
            sheet.put(line, column, None, "price input" if column == 2 else "text input")
    return sheet
