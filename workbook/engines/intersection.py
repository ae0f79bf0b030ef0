"""Ranges where one value belongs: an old formula takes the cell of its own row or column.

A formula that was not stored as an array formula shows one value. Where it gives a range to an operator, or to an
argument that takes one value, Excel reads the cell the formula's row or column has in that range, before it
calculates; this module writes that cell into the text. Which arguments take ranges is Excel's own classification,
published in "Microsoft Office Excel 97-2007 Binary File Format" (MS-XLS 2.5.198.17) and, function by function, in
"OpenOffice.org's Documentation of the Microsoft Excel File Format", 3.11.
"""

from __future__ import annotations

from pycalc.registry import FUNCTIONS
from workbook.file.addresses import column_letters
from workbook.formulas.parser import Call, Formula, Reference, parsed, splice
from workbook.formulas.readers import box_of

VALUE, RANGE, ARRAY, THROUGH = "V", "R", "A", "T"
"""One value; a range as it is; an array, in which everything inside is calculated cell by cell; a value or range
handed on to whatever stands around the call."""

_CLASSES = {
    "R": "SUM AVERAGE AVERAGEA MIN MINA MAX MAXA COUNT COUNTA PRODUCT AND OR XOR MEDIAN MODE MODE.SNGL MODE.MULT STDEV "
    "STDEV.S STDEV.P STDEVA STDEVP STDEVPA VAR VAR.S VAR.P VARA VARP VARPA DEVSQ AVEDEV GEOMEAN HARMEAN KURT SKEW "
    "SKEW.P SUMSQ GCD LCM MULTINOMIAL COUNTBLANK ROWS COLUMNS ROW COLUMN AREAS ISREF ISFORMULA FORMULATEXT SHEET "
    "SHEETS CONCAT CELL ANCHORARRAY SINGLE UNIQUE SORT TAKE DROP HSTACK VSTACK TOCOL TOROW CHOOSECOLS CHOOSEROWS "
    "WRAPROWS WRAPCOLS EXPAND FILTER SORTBY XIRR XNPV MIRR FREQUENCY PHONETIC N T TYPE RANDARRAY LET LAMBDA MAP REDUCE "
    "SCAN BYROW BYCOL MAKEARRAY GROUPBY PIVOTBY TRIMRANGE PERCENTOF DSUM DAVERAGE DCOUNT DCOUNTA DGET DMAX DMIN "
    "DPRODUCT DSTDEV DSTDEVP DVAR DVARP IMSUM IMPRODUCT ARRAYTOTEXT FORECAST.ETS.SEASONALITY FORECAST.ETS.STAT",
    "A": "SUMPRODUCT MMULT MDETERM MINVERSE TRANSPOSE SUMX2MY2 SUMX2PY2 SUMXMY2 CORREL COVAR COVARIANCE.P COVARIANCE.S "
    "PEARSON RSQ SLOPE INTERCEPT STEYX LINEST LOGEST TREND GROWTH TTEST T.TEST FTEST F.TEST CHITEST CHISQ.TEST ZTEST "
    "PROB LOOKUP",
    "VR": "NPV SUBTOTAL TEXTJOIN MATCH XMATCH RANK.X AGGREGATE",
    "RV": "LARGE SMALL PERCENTILE PERCENTILE.INC PERCENTILE.EXC QUARTILE QUARTILE.INC QUARTILE.EXC PERCENTRANK "
    "PERCENTRANK.INC PERCENTRANK.EXC TRIMMEAN IRR OFFSET COUNTIF GETPIVOTDATA Z.TEST FVSCHEDULE",
    "RVR": "SUMIF AVERAGEIF",
    "AV": "INDEX",
    "VRV": "VLOOKUP HLOOKUP RANK RANK.EQ RANK.AVG",
    "VT": "IF CHOOSE",
    "T": "IFERROR IFNA",
    "VVR": "NETWORKDAYS WORKDAY",
    "VVVR": "NETWORKDAYS.INTL WORKDAY.INTL",
    "VRRV": "XLOOKUP FORECAST FORECAST.LINEAR FORECAST.ETS FORECAST.ETS.CONFINT",
}
_BY_NAME = {name: classes for classes, names in _CLASSES.items() for name in names.split()} | {
    "VLOOKUP": "VRVV",
    "HLOOKUP": "VRVV",
    "AGGREGATE": "VVA",
    "SERIESSUM": "VVVA",
}
_MANY_VALUES = frozenset(
    "MODE.MULT ROW COLUMN CELL ANCHORARRAY SINGLE UNIQUE SORT TAKE DROP HSTACK VSTACK TOCOL TOROW CHOOSECOLS "  # noqa: SIM905
    "CHOOSEROWS WRAPROWS WRAPCOLS EXPAND FILTER SORTBY FREQUENCY N T RANDARRAY LET LAMBDA MAP REDUCE SCAN BYROW BYCOL "
    "MAKEARRAY GROUPBY PIVOTBY TRIMRANGE PERCENTOF MMULT MINVERSE TRANSPOSE LINEST LOGEST TREND GROWTH LOOKUP INDEX "
    "OFFSET XLOOKUP".split()
)
"""Functions of the classes above that may give several values for one."""

_ONE_VALUE = frozenset(
    "ABS ROUND ROUNDUP ROUNDDOWN INT TRUNC MOD SIGN SQRT EXP LN LOG LOG10 POWER PI NOT TRUE FALSE NA MROUND CEILING "  # noqa: SIM905
    "FLOOR EVEN ODD ISNUMBER ISBLANK ISTEXT ISERROR ISERR ISNA ISLOGICAL ISNONTEXT LEN LEFT RIGHT MID TRIM UPPER LOWER "
    "PROPER TEXT VALUE FIND SEARCH SUBSTITUTE REPLACE REPT EXACT CONCATENATE CHAR CODE DATE YEAR MONTH DAY HOUR MINUTE "
    "SECOND TODAY NOW EDATE EOMONTH WEEKDAY YEARFRAC DAYS DATEDIF PMT PV FV NPER RATE IPMT PPMT NORM.S.INV NORM.S.DIST "
    "NORM.DIST NORM.INV SUMIFS AVERAGEIFS MAXIFS MINIFS COUNTIFS IFS SWITCH BREAKEVEN_COMPARE "
    "BREAKEVEN_JOINED".split()
)
"""Functions of single values that give one."""

_PAIRS = frozenset(("SUMIFS", "AVERAGEIFS", "MAXIFS", "MINIFS"))
_TRANSPARENT = frozenset((":", ",", " "))


def intersected(text: str, row: int, column: int) -> str:
    """A formula as its cell reads it, with the ranges that meet its row or column written as one cell."""
    if ":" not in text:
        return text
    if (formula := parsed(text)) is None:
        return text
    edits = []
    for reference in formula.references():
        if reference.kind in ("range", "columns", "rows") and not reference.spill and _takes_one(formula, reference):
            cell = meeting(reference, row, column)
            edits.append((reference.start, reference.end, cell))
    return splice(text, edits) if edits else text


def meeting(reference: Reference, row: int, column: int) -> str:
    """The cell of a range in a row or column, as text; #VALUE! where they do not meet."""
    top, left, bottom, right = box_of(reference.body)
    if left == right and top <= row <= bottom:
        place = f"${column_letters(left)}${row}"
    elif top == bottom and left <= column <= right:
        place = f"${column_letters(column)}${top}"
    elif (top, left) == (bottom, right):
        place = f"${column_letters(left)}${top}"
    else:
        return "#VALUE!"
    return reference.text[: len(reference.text) - len(reference.body)] + place


def class_of(call: Call, position: int) -> str:
    """What an argument takes: VALUE, RANGE, ARRAY or THROUGH."""
    if call.name in FUNCTIONS:
        return RANGE  # an add-in's function is given the range as it stands, and the cell shows its first result
    if call.name in _PAIRS:
        return RANGE if position == 0 or position % 2 else VALUE
    if call.name == "COUNTIFS":
        return VALUE if position % 2 else RANGE
    classes = _BY_NAME.get(call.name, VALUE)
    return classes[min(position, len(classes) - 1)]


def in_array(call: Call | None, position: int) -> bool:
    """Whether an argument, or one around it, is calculated cell by cell."""
    while call is not None:
        if class_of(call, position) == ARRAY:
            return True
        position, call = call.position, call.parent
    return False


def one_value(formula: Formula) -> bool:
    """Whether a formula, its ranges met with its cell already, gives one value for certain."""
    if any(token.text == "{" for token in formula.tokens):
        return False
    several = [r for r in formula.references() if r.kind in ("range", "columns", "rows", "table") or r.spill]
    for call in formula.calls:
        if call.name in FUNCTIONS or call.name in ("N", "T"):
            if any(call.start < reference.start and reference.end < call.end for reference in several):
                return False
        elif call.name not in _ONE_VALUE and not (call.name in _BY_NAME and call.name not in _MANY_VALUES):
            return False
    return True


def around(formula: Formula, start: int, end: int) -> tuple[Call | None, int]:
    """The innermost call around a piece of a formula, and the argument it stands in."""
    found: tuple[Call | None, int] = None, 0
    for call in formula.calls:
        if call.start < start and end < call.end:
            for position, (first, last) in enumerate(call.arguments):
                if first <= start and end <= last:
                    found = call, position
    return found


def _takes_one(formula: Formula, reference: Reference) -> bool:
    call, position = around(formula, reference.start, reference.end)
    if in_array(call, position):
        return False
    start, end = reference.start, reference.end
    while True:
        span = call.arguments[position] if call is not None else (0, len(formula.text))
        if _operated(formula, span, start, end):
            return True
        if call is None:
            return True
        kind = class_of(call, position)
        if kind != THROUGH:
            return kind == VALUE
        start, end = call.start, call.end
        position, call = call.position, call.parent


def _operated(formula: Formula, span: tuple[int, int], start: int, end: int) -> bool:
    """Whether an operator that takes values stands beside a piece, within its argument."""
    depth = 0
    level = None
    beside = []
    for token in formula.tokens:
        if token.start < span[0] or token.end > span[1]:
            continue
        if token.start == start:
            level = depth
        if token.kind in ("function", "open"):
            depth += 1
        elif token.kind == "close":
            depth -= 1
        elif token.kind == "operator" and token.text not in _TRANSPARENT and not start <= token.start < end:
            beside.append((depth, token))
    if level is None:
        level = 0
    return any(found <= level and token.text != "#" for found, token in beside)
