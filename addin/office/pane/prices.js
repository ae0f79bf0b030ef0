// Prices

let priced = null;
const serial = day => (day ? Math.round(Date.parse(`${day}T00:00:00Z`) / 86400000) + 25569 : null);
async function lookUp(event) {
  event.preventDefault();
  say("");
  const args = [at("model").value, at("kind").value, serial(at("day").value)];
  const price = await breakeven.answerLater("MODEL_PRICE", args);
  const source = await breakeven.answerLater("PRICE_SOURCE", args);
  const failed = price instanceof breakeven.CalcError;
  priced = failed ? null : { args, price, source };
  at("price-insert").hidden = failed;
  if (failed) return show("price-found", [made("p", price.message, "verdict bad")]);
  const shutdown = await breakeven.answerLater("MODEL_SHUTDOWN", [args[0]]);
  const parts = [made("p", `${shownResult(price)} USD`, "figure"), made("p", "per 1M tokens", "quiet"), made("p", source)];
  if (typeof shutdown === "number") {
    parts.push(made("p", `What ${args[0]} stands for now is shut down on ${new Date((shutdown - 25569) * 86400000).toISOString().slice(0, 10)}.`, "verdict bad"));
  }
  return show("price-found", parts);
}
function insertPrice() {
  return inExcel(async context => {
    const cell = context.workbook.getActiveCell(), beside = cell.getOffsetRange(0, 1);
    cell.load("address");
    beside.load(["valueTypes", "address"]);
    await context.sync();
    if (beside.valueTypes[0][0] !== "Empty") {
      return say(`${beside.address} is not empty: select a cell with an empty one to its right, where the source goes.`, true);
    }
    cell.values = [[priced.price]];
    beside.values = [[priced.source]];
    await context.sync();
    return say(`${cell.address}: the price; ${beside.address}: its source.`);
  });
}
function insertPriceCall() {
  const [model, kind, day] = priced.args;
  const [y, m, d] = at("day").value.split("-").map(Number);
  return insertFormula(`=MODEL_PRICE(${quoted(model)},${quoted(kind)}${day === null ? "" : `,DATE(${y},${m},${d})`})`);
}

// Tokens

function countSelection(event) {
  event.preventDefault();
  return inExcel(async context => {
    const range = context.workbook.getSelectedRange().getUsedRangeOrNullObject(true);
    range.load(["isNullObject", "values", "valueTypes", "address"]);
    await context.sync();
    if (range.isNullObject) return show("counted", [made("p", "The selection is empty: select cells with texts.")]);
    const held = cellsOf(range), rows = Array.isArray(held) ? held : [[held]];
    say("Counting …");
    const counts = await breakeven.answerLater("TOKEN_COUNT", [rows, at("token-model").value]);
    say("");
    if (counts instanceof breakeven.CalcError) return show("counted", [made("p", counts.message, "verdict bad")]);
    const all = counts.flat(), wrong = all.filter(count => count instanceof breakeven.CalcError);
    if (wrong.length) return show("counted", [made("p", wrong[0].message, "verdict bad")]);
    const cells = rows.flat().filter(cell => cell !== null && cell !== "").length;
    const total = all.reduce((sum, count) => sum + count, 0), most = all.reduce((a, b) => Math.max(a, b), 0);
    return show("counted", [
      made("p", total.toLocaleString("en-US"), "figure"),
      made("p", `tokens in ${cells.toLocaleString("en-US")} ${cells === 1 ? "cell" : "cells"} of ${range.address}`, "quiet"),
      made("p", `Longest: ${most.toLocaleString("en-US")}; on average ${(total / Math.max(cells, 1)).toLocaleString("en-US", { maximumFractionDigits: 1 })} a cell.`),
    ]);
  });
}
