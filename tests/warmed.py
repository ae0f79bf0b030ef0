"""Imported by the process that commands are forked from: a template's formulas are parsed and planned there, once."""

import gc
import os

import workbook
from tests import sharing, warm

warm.fewer.enter_context(sharing.fewer_months(1))
workbook.report(os.environ["BREAKEVEN_WARM_WITH"])
gc.freeze()  # a command does not look through what it found here
