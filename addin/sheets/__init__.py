"""Google Sheets: the functions as an Apps Script project bound to a spreadsheet, generated."""
