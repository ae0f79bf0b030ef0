"""Functions worth a finding: those nobody knows, with the one that was meant, and newer ones without their prefix."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from pycalc.registry import FUNCTIONS
from workbook.engines.prepare import engine_knows

if TYPE_CHECKING:
    from workbook.formulas.shapes import Template

NEWER = frozenset(
    "ACOT ACOTH AGGREGATE ARABIC ARRAYTOTEXT BASE BETA.DIST BETA.INV BINOM.DIST BINOM.DIST.RANGE BINOM.INV BITAND "  # noqa: SIM905
    "BITLSHIFT BITOR BITRSHIFT BITXOR BYCOL BYROW CEILING.MATH CEILING.PRECISE CHISQ.DIST CHISQ.DIST.RT CHISQ.INV "
    "CHISQ.INV.RT CHISQ.TEST CHOOSECOLS CHOOSEROWS COMBINA CONCAT CONFIDENCE.NORM CONFIDENCE.T COT COTH "
    "COVARIANCE.P COVARIANCE.S CSC CSCH DAYS DECIMAL DROP ENCODEURL ERF.PRECISE ERFC.PRECISE EXPAND EXPON.DIST "
    "F.DIST F.DIST.RT F.INV F.INV.RT F.TEST FILTERXML FLOOR.MATH FLOOR.PRECISE FORECAST.ETS FORECAST.LINEAR "
    "FORMULATEXT GAMMA GAMMA.DIST GAMMA.INV GAMMALN.PRECISE GAUSS HSTACK HYPGEOM.DIST IFNA IFS IMCOSH IMCOT IMCSC "
    "IMCSCH IMSEC IMSECH IMSINH IMTAN ISFORMULA ISOMITTED ISOWEEKNUM LAMBDA LET LOGNORM.DIST LOGNORM.INV "
    "MAKEARRAY MAP MAXIFS MINIFS MODE.MULT MODE.SNGL MUNIT NEGBINOM.DIST NORM.DIST NORM.INV NORM.S.DIST "
    "NORM.S.INV NUMBERVALUE PDURATION PERCENTILE.EXC PERCENTILE.INC PERCENTRANK.EXC PERCENTRANK.INC PERMUTATIONA "
    "PHI POISSON.DIST QUARTILE.EXC QUARTILE.INC RANDARRAY RANK.AVG RANK.EQ REDUCE RRI SCAN SEC SECH SEQUENCE "
    "SHEET SHEETS SKEW.P SORTBY STDEV.P STDEV.S SWITCH T.DIST T.DIST.2T T.DIST.RT T.INV T.INV.2T T.TEST TAKE "
    "TEXTAFTER TEXTBEFORE TEXTJOIN TEXTSPLIT TOCOL TOROW UNICHAR UNICODE UNIQUE VALUETOTEXT VAR.P VAR.S VSTACK "
    "WEIBULL.DIST WRAPCOLS WRAPROWS XLOOKUP XMATCH XOR Z.TEST FILTER SORT".split()
)
"""Functions of Excel 2010 and later, which a file stores as _xlfn.NAME; without it Excel shows #NAME?.
Microsoft's list, read 2026-11-30:
https://support.microsoft.com/office/issue-an-xlfn-prefix-is-displayed-in-front-of-a-formula-882f1ef7"""

_LIKENESS = 0.8


def doubtful(template: Template) -> list[str]:
    """The functions of a template that are worth a finding."""
    return [name for name in template.functions if name not in FUNCTIONS and _is_doubtful(name, name in template.bare)]


@cache
def _is_doubtful(name: str, bare: bool) -> bool:
    return (bare and name in NEWER) or is_mistyped(name)


@cache
def is_mistyped(name: str) -> bool:
    """Whether nobody knows a function, and one of ours is called nearly so."""
    return name not in FUNCTIONS and not engine_knows(name) and bool(meant(name))


@cache
def meant(name: str) -> str:
    """The function of ours a mistyped one stands for; "" where none is near."""
    close = get_close_matches(name, list(FUNCTIONS), n=1, cutoff=_LIKENESS)
    return close[0] if close else ""
