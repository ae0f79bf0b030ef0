"""Excel on Windows, Mac and the web through xlwings Lite: the Python inside the workbook, generated."""
