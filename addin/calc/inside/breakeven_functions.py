"""The worksheet functions as a Calc add-in. This file runs inside LibreOffice, with LibreOffice's own Python.

It has to load in any Python that LibreOffice brings along, however old: what cannot be imported then is said by
FT_CHECK, and the other functions show #N/A. Packages outside the standard library (NumPy, tiktoken) are looked for
where LibreOffice's Python finds them, in the folder named by the environment variable BREAKEVEN_PACKAGES, and in
the folder named by the file packages.txt beside this one.
"""

import os
import struct
import sys

import uno
import unohelper
from breakeven_methods import METHODS
from com.sun.star.lang import XServiceName
from com.sun.star.sheet import ResultEvent, XVolatileResult

try:
    from org.llmbreakeven import XFunctions
except ImportError:  # installing for all users registers this file before the type library beside it can be seen
    XFunctions = None

SERVICE = "org.llmbreakeven.Functions"
ERROR_NUMBERS = {
    "#NULL!": 521,
    "#DIV/0!": 532,
    "#VALUE!": 519,
    "#REF!": 524,
    "#NAME?": 525,
    "#NUM!": 503,
    "#N/A": 32767,
}


def error_value(code):
    """The number Calc shows as an error value: a NaN that holds the error's number."""
    number = ERROR_NUMBERS.get(code, ERROR_NUMBERS["#VALUE!"])
    return struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000 | number))[0]


NUMBERS = {float}
ERRORS = {code: error_value(code) for code in ERROR_NUMBERS}


def add_packages():
    """Let the folder that holds NumPy and tiktoken be found, behind everything else."""
    folders = [os.environ.get("BREAKEVEN_PACKAGES", "")]
    try:
        with open(os.path.join(os.path.dirname(__file__), "packages.txt"), encoding="utf-8") as file:
            folders.append(file.read().strip())
    except OSError:
        pass
    sys.path.extend(folder for folder in folders if folder and folder not in sys.path)


add_packages()
PROBLEM = ""
try:
    from addin.contract import answer
    from pycalc.errors import CalcError
    from pycalc.registry import FUNCTIONS
except Exception as failure:
    PROBLEM = "The functions cannot start in LibreOffice's Python {}.{}, they need 3.11 or newer: {!r}".format(
        *sys.version_info[:2], failure
    )


def received(value):
    """An argument as pycalc takes it.

    Within a range a blank cell arrives as an empty text; a blank is what it nearly always is. A range of one cell
    is that cell, which is also how the result of another of our functions arrives.
    """
    if type(value) is not tuple:
        return value
    if len(value) == 1 and len(value[0]) == 1:
        cell = value[0][0]
        return None if cell == "" else cell
    if any("" in row for row in value):
        return [[None if cell == "" else cell for cell in row] for row in value]
    return value


def shown(value):
    """One cell of a result as Calc takes it: a number or a text."""
    kind = type(value)
    if kind is float or kind is str:
        return value
    if isinstance(value, CalcError):
        return ERRORS.get(value.code, ERRORS["#VALUE!"])
    return float(value)  # TRUE and FALSE: Calc takes numbers and texts only


def block(result):
    """A result as rows of cells."""
    if type(result) is not list:
        return ((shown(result),),)
    rows = result if type(result[0]) is list else [result]
    return tuple([tuple([cell if type(cell) is float else shown(cell) for cell in row]) for row in rows])


class Block(unohelper.Base, XVolatileResult):
    """A block of cells where "any" is declared.

    Python's own way to return one would lose its type. As the value of an event it keeps it, and Calc takes
    that event for the result.
    """

    def __init__(self, rows):
        self.rows = rows

    def addResultListener(self, listener):
        event = ResultEvent()
        event.Value = uno.Any("[][]any", self.rows)
        listener.modified(event)

    def removeResultListener(self, listener):
        pass


def single(result):
    """A result where "any" is declared: one cell as it is."""
    return Block(block(result)) if type(result) is list else shown(result)


def method(name, variadic, gives_text):
    """One function of the interface. Arguments left out arrive as None."""
    if PROBLEM:
        problem = PROBLEM if name == "FT_CHECK" else ERRORS["#N/A"]
        return lambda _self, *_args: problem if gives_text else ((problem,),)
    # A blank cell arrives as the number 0. Where 0 is no sensible text or date, a blank is meant.
    never_zero = [
        place
        for place, argument in enumerate(FUNCTIONS[name].arguments)
        if argument.kind == "text" or (argument.kind == "date" and not argument.required)
    ]

    def call(_self, *arguments):
        args = list(arguments)
        if variadic:
            args[-1:] = args[-1] or ()
        while args and args[-1] is None:
            args.pop()
        if tuple in set(map(type, args)):
            args = [received(value) for value in args]
        if never_zero:
            args = [None if place in never_zero and value == 0.0 else value for place, value in enumerate(args)]
        result = answer(name, args)
        return single(result) if gives_text else block(result)

    if variadic or gives_text or never_zero:
        return call
    function = FUNCTIONS[name].call

    def quick(_self, *arguments):
        """Numbers in, a number out: what nearly every cell is, at half the cost."""
        count = len(arguments)
        while count and arguments[count - 1] is None:
            count -= 1
        args = arguments[:count]
        if set(map(type, args)) == NUMBERS:
            try:
                result = function(*args)
            except Exception:  # `answer` tells which error value it is
                return call(_self, *arguments)
            return ((result,),) if type(result) is float else block(result)
        return call(_self, *arguments)

    return quick


class AddIn(unohelper.Base, XServiceName):
    def __init__(self, context):
        self.context = context

    def getServiceName(self):
        return SERVICE


Functions = type("Functions", (AddIn, XFunctions) if XFunctions else (AddIn,), {})


for _method, *_function in METHODS:
    setattr(Functions, _method, method(*_function))

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Functions, SERVICE, (SERVICE, "com.sun.star.sheet.AddIn"))
