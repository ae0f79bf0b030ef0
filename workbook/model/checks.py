from workbook.model.cells import Sheet
from workbook.model.layout import heading
def checks_sheet(book, case):
    sheet = Sheet("Checks", "Checks", "x", (40, 20, 20, 20, 10))
    heading(sheet)
    sheet.put(5, 0, "=1=1", "text", name="out_checks")
    return sheet
