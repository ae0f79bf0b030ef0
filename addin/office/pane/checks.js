// Checks: the rows of the workbook's sheet that do not hold, and the questions it asks

// The rows of the sheet that do not hold (FALSE), and those with a 1 in a column titled "Open".
function openRows(rows) {
  let column = -1;
  return rows.filter(row => {
    const title = row.findIndex(cell => /^open$/i.test(String(cell)));
    if (title > 0) {
      column = title;
      return false;
    }
    return String(row[0]) !== "" && (row.slice(1).includes(false) || (column > 0 && Number(row[column]) > 0));
  });
}
// To the input a question is about, where its row names one, else to its row.
async function goTo(context, number, about) {
  const named = context.workbook.names.getItemOrNullObject((about || "#").slice(1) || "_");
  named.load("isNullObject");
  await context.sync();
  const row = context.workbook.worksheets.getItem("Checks").getRange(`A${number}`);
  (about && !named.isNullObject ? named.getRange() : row).select();
  await context.sync();
}
function readChecks() {
  return inExcel(async context => {
    const sheet = context.workbook.worksheets.getItemOrNullObject("Checks");
    const names = ["out_checks", "out_gaps", "out_questions"].map(name => context.workbook.names.getItemOrNullObject(name));
    sheet.load("isNullObject");
    for (const name of names) name.load("isNullObject");
    await context.sync();
    if (sheet.isNullObject) {
      return show("asked", [made("p", "This workbook has no sheet Checks. The template's has: breakeven new.")]);
    }
    const used = sheet.getUsedRange();
    used.load(["values", "address", "rowIndex"]);
    const outputs = names.map(name => (name.isNullObject ? null : name.getRange()));
    for (const range of outputs) if (range) range.load("values");
    await context.sync();
    const [holds, gaps, questions] = outputs.map(range => (range ? range.values[0][0] : null));
    const parts = [];
    if (holds !== null) parts.push(made("p", holds === true ? "All arithmetic checks hold." : "A check does not hold.", `verdict ${holds === true ? "good" : "bad"}`));
    if (typeof gaps === "number" && gaps > 0) parts.push(made("p", `${gaps} needed ${gaps === 1 ? "input is" : "inputs are"} blank.`, "verdict bad"));
    if (typeof questions === "number") parts.push(made("p", questions ? `${questions} ${questions === 1 ? "question is" : "questions are"} open.` : "No question is open.", `verdict ${questions ? "bad" : "good"}`));
    const rows = used.values, open = openRows(rows).map(row => [used.rowIndex + rows.indexOf(row) + 1, row]);
    const list = made("ul", undefined, "list");
    for (const [number, row] of open) {
      const item = made("li"), button = made("button"), about = row.find(cell => /^#\w+$/.test(String(cell)));
      button.append(made("strong", String(row[0]).trim()), made("span", about ? `Go to ${about.slice(1)}` : `Checks, row ${number}`, "quiet"));
      button.addEventListener("click", () => inExcel(inner => goTo(inner, number, about)));
      item.append(button);
      list.append(item);
    }
    return show("asked", [...parts, list]);
  });
}
