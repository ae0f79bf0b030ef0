"""Excel on Windows through xlwings' classic UDFs: the Python module, the VBA, the workbook and the add-in file."""
