// What arrives from Google Sheets and what goes back. Source: Google, Apps Script documentation, "Custom functions in
// Google Sheets" (read 2026-11-29). A blank cell cannot be told from an empty text; a single error value cannot be
// returned, so it is thrown and shown as #ERROR! with its message; within a range it is the text of its code.
const SHEETS_ERRORS = ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"];

function received_(value) {
  if (Array.isArray(value)) return value.length === 1 && value[0].length === 1 ? received_(value[0][0]) : value.map(row => row.map(received_));
  if (value === undefined || value === "") return null;
  if (Object.prototype.toString.call(value) === "[object Date]") {
    const utc = Date.UTC(value.getFullYear(), value.getMonth(), value.getDate(), value.getHours(), value.getMinutes(), value.getSeconds());
    return utc / 86400000 + 25569;
  }
  return SHEETS_ERRORS.includes(value) ? breakeven.from_code(value) : value;
}

function answer_(name, values) {
  const result = breakeven.answer(name, values.map(received_));
  if (result instanceof breakeven.CalcError) throw new Error(result.message);
  if (!Array.isArray(result)) return result;
  return result.map(row => row.map(cell => (cell instanceof breakeven.CalcError ? cell.code : cell)));
}

function onOpen() {
  SpreadsheetApp.getUi().createMenu("LLM Breakeven")
    .addItem("Functions", "showSidebar")
    .addItem("Explain the selected cell", "explainCell")
    .addToUi();
}

function showSidebar() {
  SpreadsheetApp.getUi().showSidebar(HtmlService.createHtmlOutputFromFile("Sidebar").setTitle("LLM Breakeven"));
}

// Why the selected cell shows an error: the message of its note, as Sheets keeps it, stands in the cell itself; this
// says what the function takes.
function explainCell() {
  const cell = SpreadsheetApp.getActiveRange().getCell(1, 1), formula = cell.getFormula().toUpperCase();
  const fn = breakeven.FUNCTIONS.values().find(known => formula.includes(known.name + "("));
  const text = fn
    ? [fn.name + ": " + fn.summary, "", ...fn.arguments.map(a => a.name + " [" + a.unit + "]" + (a.required ? "" : ", optional") + ": " + a.label),
      "", "For the reason of an error, put FT_CHECK(\"" + fn.name + "\", the same arguments) into a free cell."].join("\n")
    : "This cell calls none of our functions.";
  SpreadsheetApp.getUi().alert("LLM Breakeven", text, SpreadsheetApp.getUi().ButtonSet.OK);
}

function sidebarFunctions() {
  return breakeven.FUNCTIONS.values().filter(fn => typeof globalThis[fn.name] === "function").map(fn => ({
    name: fn.name, section: fn.section, summary: fn.summary,
    arguments: fn.arguments.map(a => ({ name: a.name, label: a.label, unit: a.unit, required: a.required })),
  }));
}

function sidebarInsert(formula) {
  SpreadsheetApp.getActiveRange().getCell(1, 1).setFormula(formula);
}
