"""Runs in LibreOffice's own Python: one document, many sets of inputs.

Standard input is JSON: profile (a folder), path (the workbook), inputs (name to [sheet, cell]), wanted (a list of
[sheet, cell]) and sets (each name to value; null empties the cell). It prints, for every set, the wanted values:
a number, a text, or {"error": number}. Every number comes from a hard recalculation.
"""

import json
import sys
from pathlib import Path

import uno  # noqa: F401 - com.sun.star can be imported after it
from com.sun.star.beans import PropertyValue
from com.sun.star.table.CellContentType import EMPTY, FORMULA, TEXT

sys.path.insert(0, str(Path(__file__).parents[2]))

from calc_connect import connect


def read(cell):
    if cell.Type == EMPTY:
        return None
    if cell.Type == TEXT:
        return cell.String
    if cell.Type == FORMULA:
        if cell.getError():
            return {"error": cell.getError()}
        if cell.FormulaResultType2 == 2:
            return cell.String
    return cell.Value


def main():
    order = json.load(sys.stdin)
    process, context = connect(order["profile"])
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    hidden = PropertyValue()
    hidden.Name, hidden.Value = "Hidden", True
    document = desktop.loadComponentFromURL("file://" + order["path"], "_blank", 0, (hidden,))

    def cell(place):
        return document.Sheets.getByName(place[0]).getCellRangeByName(place[1])

    inputs = {name: cell(place) for name, place in order["inputs"].items()}
    wanted = [cell(place) for place in order["wanted"]]
    document.enableAutomaticCalculation(False)
    seen = []
    for values in order["sets"]:
        for name, value in values.items():
            if value is None:
                inputs[name].setString("")
            elif isinstance(value, bool):
                inputs[name].setFormula("TRUE" if value else "FALSE")
            elif isinstance(value, str):
                inputs[name].setString(value)
            else:
                inputs[name].setValue(value)
        document.calculateAll()
        seen.append([read(one) for one in wanted])
    json.dump(seen, sys.stdout)
    sys.stdout.flush()
    document.close(True)
    try:
        desktop.terminate()
    except Exception:
        process.kill()


main()
