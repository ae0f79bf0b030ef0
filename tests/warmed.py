"""Imported by the process that commands are forked from: a template's formulas are parsed and planned there, once."""

import gc
import os

import workbook

workbook.report(os.environ["BREAKEVEN_WARM_WITH"])
gc.freeze()  # a command does not look through what it found here
