"""The workbook file: its parts, its formulas, the engines that recalculate it, one module an operation."""
