// Explain: the first call of ours in the selected cell

// The arguments of a call, cut at commas outside brackets and texts, up to the bracket that ends it.
function topLevel(text) {
  const parts = [];
  let depth = 0, quote = "", start = 0, i = 0;
  for (; i < text.length && depth >= 0; i++) {
    const c = text[i];
    if (quote) { if (c === quote) quote = ""; continue; }
    if (c === '"' || c === "'") quote = c;
    else if ("({[".includes(c)) depth++;
    else if (")}]".includes(c)) depth--;
    else if (c === "," && depth === 0) { parts.push(text.slice(start, i).trim()); start = i + 1; }
  }
  const last = text.slice(start, depth < 0 ? i - 1 : i).trim();
  return parts.length || last ? [...parts, last] : [];
}
function firstCall(formula) {
  const pattern = /"(?:[^"]|"")*"|'(?:[^']|'')*'|([A-Za-z_][\w.]*)\(/g;
  for (let match; (match = pattern.exec(formula));) {
    if (!match[1]) continue;
    const name = match[1].toUpperCase().replace(/^_XLDUDF_/, "");
    const fn = FUNCTIONS.find(known => known.name === name);
    if (fn) return { fn, parts: topLevel(formula.slice(pattern.lastIndex)) };
  }
  return null;
}
function literal(text) {
  if (text === "") return null;
  if (/^".*"$/s.test(text)) return text.slice(1, -1).replace(/""/g, '"');
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  if (/^#/.test(text)) return breakeven.from_code(text);
  if (/%$/.test(text) && !Number.isNaN(Number(text.slice(0, -1)))) return Number(text.slice(0, -1)) / 100;
  return Number.isNaN(Number(text)) ? undefined : Number(text);
}
function cellsOf(range) {
  const rows = range.values.map((row, r) => row.map((value, c) => {
    const kind = range.valueTypes[r][c];
    return kind === "Empty" ? null : kind === "Error" ? breakeven.from_code(String(value)) : value;
  }));
  return rows.length === 1 && rows[0].length === 1 ? rows[0][0] : rows;
}
function explain() {
  return inExcel(async context => {
    const cell = context.workbook.getActiveCell();
    cell.load(["address", "formulas", "text"]);
    await context.sync();
    const formula = String(cell.formulas[0][0]), found = formula.startsWith("=") ? firstCall(formula) : null;
    if (!found) {
      const what = formula.startsWith("=") ? "calls none of our functions" : "holds no formula";
      return show("explained", [made("p", `${cell.address} ${what}.`)]);
    }
    const ranges = found.parts.map(part => (isReference(part) ? rangeOf(context, part, cell.address) : null));
    const names = found.parts.map((part, i) => (ranges[i] || literal(part) !== undefined || !/^[A-Za-z_][\w.]*$/.test(part)
      ? null : context.workbook.names.getItemOrNullObject(part)));
    for (const item of names) if (item) item.load("isNullObject");
    for (const range of ranges) if (range) range.load(["values", "valueTypes"]);
    await context.sync();
    names.forEach((item, i) => {
      if (item && !item.isNullObject) { ranges[i] = item.getRange(); ranges[i].load(["values", "valueTypes"]); }
    });
    await context.sync();
    const values = found.parts.map((part, i) => (ranges[i] ? cellsOf(ranges[i]) : literal(part)));
    return showExplained(cell, found, values);
  });
}
function rangeOf(context, text, active) {
  const mark = text.lastIndexOf("!"), own = active.lastIndexOf("!");
  const sheet = mark < 0 ? active.slice(0, own) : text.slice(0, mark);
  const name = sheet.replace(/^'|'$/g, "").replace(/''/g, "'");
  const body = text.slice(mark + 1);
  const range = context.workbook.worksheets.getItem(name).getRange(body.replace("#", ""));
  return body.endsWith("#") ? range.getSpillingToRange() : range;
}
async function showExplained(cell, { fn, parts }, values) {
  const parts_ = [made("h2", `${cell.address}: ${fn.name}`), made("p", fn.summary, "quiet")];
  const unknown = parts.filter((_, i) => values[i] === undefined);
  if (unknown.length) {
    parts_.push(made("p", `Not followed: ${unknown.join("; ")}. Put that calculation in a cell of its own and point at it.`, "verdict"));
  } else {
    const said = await breakeven.answerLater("FT_CHECK", [fn.name, ...values]);
    const text = said instanceof breakeven.CalcError ? said.message : said;
    parts_.push(made("p", text === "OK" ? `Nothing is wrong: it shows ${cell.text[0][0]}.` : text, `verdict ${text === "OK" ? "good" : "bad"}`));
  }
  const table = made("table"), head = made("tr");
  head.append(made("th", "Argument"), made("th", "Value"));
  table.append(head);
  fn.arguments.forEach((argument, i) => {
    const row = made("tr"), value = values[i];
    const name = made("th", argument.name);
    name.scope = "row";
    name.append(made("div", argument.unit, "quiet"));
    row.append(name, made("td", i >= parts.length || parts[i] === "" ? "left out" : `${parts[i]} = ${shownValue(value)}`));
    table.append(row);
  });
  parts_.push(table);
  show("explained", parts_);
}
function shownValue(value) {
  if (value === undefined) return "?";
  if (value === null) return "(blank)";
  if (Array.isArray(value)) return `${value.length} × ${value[0].length} cells`;
  const text = shownResult(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
const show = (id, elements) => at(id).replaceChildren(...elements);
