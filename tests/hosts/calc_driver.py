"""Runs in LibreOffice's own Python: starts LibreOffice, does what standard input says, prints what it saw.

Each line of input is, as JSON, a list of steps, each a list of a verb and its arguments:
["load", path] opens a document, ["new"] makes one, ["type", cell, formula] types a formula, ["fill", cell, value]
fills a cell, ["array", area, formula] types an array formula, ["calculate"] recalculates all,
["read", [[sheet, cell], ..]] and ["formulas", [[sheet, cell], ..]] look, ["save", path] saves as .xlsx,
["help"] gives the function wizard's texts, ["time", area, formula] times a recalculation. Each line printed is the
list of what the looking steps of one line saw. LibreOffice ends with the input.
"""

import contextlib
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import uno  # noqa: F401 - com.sun.star can be imported after it
from com.sun.star.beans import PropertyValue
from com.sun.star.sheet.CellFlags import FORMULA
from com.sun.star.sheet.FillDirection import TO_BOTTOM
from com.sun.star.sheet.FormulaResult import ERROR

sys.path.insert(0, str(Path(__file__).parents[1]))

from calc_connect import connect

FREE = 500
"""A column no test uses."""


def option(name, value):
    pair = PropertyValue()
    pair.Name, pair.Value = name, value
    return pair


def position(address):
    """Column and row, counted from 0."""
    letters, row = re.fullmatch("([A-Z]+)([0-9]+)", address).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1, int(row) - 1


def letters(column):
    return (letters(column // 26 - 1) if column > 25 else "") + chr(ord("A") + column % 26)


class Session:
    def __init__(self, context):
        self.manager = context.ServiceManager
        self.context = context
        self.desktop = self.manager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self.document = None

    def cell(self, place):
        sheet, address = place if isinstance(place, list) else (None, place)
        sheets = self.document.Sheets
        return (sheets.getByName(sheet) if sheet else sheets.getByIndex(0)).getCellRangeByName(address)

    def load(self, path):
        self._open("file://" + path)

    def new(self):
        self._open("private:factory/scalc")

    def _open(self, url):
        if self.document:
            self.document.close(True)
        arguments = (option("Hidden", True), option("MacroExecutionMode", 4))
        self.document = self.desktop.loadComponentFromURL(url, "_blank", 0, arguments)

    def type(self, place, formula):
        self.cell(place).Formula = formula

    def fill(self, place, value):
        cell = self.cell(place)
        if isinstance(value, str):
            cell.String = value
        else:
            cell.Value = value

    def local(self, place, formula):
        """As a person types it, with the separators and decimal signs of the country."""
        self.cell(place).FormulaLocal = formula

    def shown_locally(self, place):
        return self.cell(place).FormulaLocal

    def array(self, area, formula):
        self.cell(area).setArrayFormula(formula)

    def calculate(self):
        self.document.calculateAll()

    def read(self, places):
        """Each sheet at one look: a cell by itself is five questions to another process."""
        wanted = {}
        for place in places:
            sheet, address = place if isinstance(place, list) else (None, place)
            wanted.setdefault(sheet, []).append(position(address))
        seen = {sheet: iter(self.block(sheet, cells)) for sheet, cells in wanted.items()}
        return [next(seen[place[0] if isinstance(place, list) else None]) for place in places]

    def block(self, name, cells):
        sheet = self.document.Sheets.getByName(name) if name else self.document.Sheets.getByIndex(0)
        area = sheet.getCellRangeByPosition(0, 0, *map(max, zip(*cells, strict=True)))
        held = area.getDataArray()
        wrong = {
            (column, row)
            for found in area.queryFormulaCells(ERROR).RangeAddresses
            for column in range(found.StartColumn, found.EndColumn + 1)
            for row in range(found.StartRow, found.EndRow + 1)
        }
        numbers = self.numbers(sheet, [cell for cell in cells if cell in wrong])
        return [["error", next(numbers)] if cell in wrong else held[cell[1]][cell[0]] for cell in cells]

    def numbers(self, sheet, wrong):
        """LibreOffice's numbers of some errors, asked by formulas in a column that is used for nothing else."""
        if not wrong:
            return iter(())
        beside = sheet.getCellRangeByPosition(FREE, 0, FREE, len(wrong) - 1)
        beside.setFormulaArray([[f"=ERRORTYPE({letters(column)}{row + 1})"] for column, row in wrong])
        found = [int(number) for (number,) in beside.getDataArray()]
        beside.clearContents(FORMULA)
        return iter(found)

    def formulas(self, places):
        return [self.cell(place).Formula for place in places]

    def save(self, path):
        self.document.storeToURL("file://" + path, (option("FilterName", "Calc MS Excel 2007 XML"),))

    def basic(self, modules, *calls):
        """Run functions of Basic modules put into the document."""
        self.document.BasicLibraries.createLibrary("Tests")
        library = self.document.BasicLibraries.getByName("Tests")
        for name, text in modules.items():
            library.insertByName(name, text)
        address = "vnd.sun.star.script:Tests.{}?language=Basic&location=document"
        provider = self.document.getScriptProvider()
        return [provider.getScript(address.format(call)).invoke((), (), ())[0] for call in calls]

    def modules(self, library):
        """The Basic modules of a library of the document, with their text."""
        found = self.document.BasicLibraries.getByName(library)
        return {name: found.getByName(name) for name in found.ElementNames}

    def help(self):
        functions = self.manager.createInstanceWithContext("com.sun.star.sheet.FunctionDescriptions", self.context)
        found = {}
        for place in range(functions.Count):
            texts = {pair.Name: pair.Value for pair in functions.getByIndex(place)}
            arguments = [[argument.Name, argument.Description] for argument in texts["Arguments"] or ()]
            found[texts["Name"]] = [texts["Description"], arguments]
        return found

    def time_array(self, area, formula):
        """Time an array formula over an area, the best of three, in seconds."""
        times = []
        for _ in range(3):
            start = time.perf_counter()
            self.cell(area).setArrayFormula(formula)
            self.cell(area).getDataArray()
            times.append(time.perf_counter() - start)
        return min(times)

    def time(self, area, formula):
        """Fill an area downwards with a formula and time its recalculation, the best of three, in seconds."""
        cells = self.cell(area)
        cells.getCellByPosition(0, 0).Formula = formula
        cells.fillAuto(TO_BOTTOM, 1)
        times = []
        for _ in range(3):
            start = time.perf_counter()
            self.document.calculateAll()
            times.append(time.perf_counter() - start)
        return min(times)


def main():
    process, context = connect(sys.argv[1])
    session = Session(context)
    try:
        for line in sys.stdin:
            seen = [getattr(session, verb)(*arguments) for verb, *arguments in json.loads(line)]
            print(json.dumps([result for result in seen if result is not None]), flush=True)
    finally:
        with contextlib.suppress(Exception):  # the bridge breaks as LibreOffice goes down
            session.desktop.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


main()
