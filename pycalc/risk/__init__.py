"""The whole switch under uncertainty: every input may vary, inputs may move together, prices may step.

FT_RISK answers one question in a cell. This package runs the month-by-month cash flow of the workbook over
random draws of its inputs (`simulate`), block by block, here or on a Dask cluster (`cluster`).
It needs NumPy and is not imported by `import pycalc`.
"""
