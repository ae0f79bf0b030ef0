// The task pane: one text of these files, in order. Texts of the workbook are shown as texts only: nothing here reads
// markup.
const at = id => document.getElementById(id);
const FUNCTIONS = breakeven.FUNCTIONS.values();
let hasExcel = false;

function made(tag, text, className = "") {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}
function say(text, bad = false) {
  at("status").textContent = text;
  at("status").className = bad ? "bad" : "";
}
// What needs Excel: a failure is one line above the pane, with what to do.
async function inExcel(work) {
  say("");
  if (!hasExcel) return say("This needs Excel: open the pane there.", true);
  try {
    return await Excel.run(work);
  } catch (failure) {
    return say(`Excel refused: ${failure && failure.message ? failure.message : failure}. Leave the cell you are typing in and try again.`, true);
  }
}
function insertFormula(text) {
  return inExcel(async context => {
    const cell = context.workbook.getActiveCell();
    cell.formulas = [[text]];
    cell.load("address");
    await context.sync();
    say(`${text} stands in ${cell.address}.`);
  });
}
const quoted = text => `"${text.replace(/"/g, '""')}"`;
const unmark = text => String(text).replace(/\u2212/g, "-");

// Tabs

const tabs = [...document.querySelectorAll("[role=tab]")];
function choose(tab, focus = true) {
  for (const other of tabs) {
    other.setAttribute("aria-selected", String(other === tab));
    other.tabIndex = other === tab ? 0 : -1;
    at(other.getAttribute("aria-controls")).hidden = other !== tab;
  }
  say("");
  if (tab.id === "tab-price" || tab.id === "tab-tokens") listModels();
  if (focus) tab.focus();
}
tabs.forEach((tab, i) => {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : step ? (i + step + tabs.length) % tabs.length : -1;
    if (to < 0) return;
    event.preventDefault();
    choose(tabs[to]);
  });
});
