"""The worksheet functions in JavaScript, generated from their Python bodies: for Excel, Google Sheets, a browser."""
