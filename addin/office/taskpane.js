// The task pane. Texts of the workbook are shown as texts only: nothing here reads markup.
(() => {
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

  // Functions: find one, fill in its arguments, insert it

  let current = null;
  function listFunctions() {
    const words = at("query").value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = FUNCTIONS.filter(fn => {
      const text = [fn.name, fn.section, fn.summary, ...fn.arguments.map(a => `${a.name} ${a.label}`)].join(" ").toLowerCase();
      return words.every(word => text.includes(word) || text.replace(/_/g, " ").includes(word));
    });
    const rank = fn => (words.some(word => fn.name.toLowerCase().includes(word)) ? 0 : 1);
    found.sort((a, b) => rank(a) - rank(b));
    at("functions").replaceChildren(...found.map(fn => {
      const item = made("li"), button = made("button");
      button.append(made("strong", fn.name), made("span", fn.summary, "quiet"));
      button.addEventListener("click", () => openCall(fn));
      item.append(button);
      return item;
    }));
    at("count").textContent = found.length ? `${found.length} of ${FUNCTIONS.length} functions` : "No function fits. Try another word.";
  }

  function openCall(fn) {
    current = fn;
    at("finding").hidden = true;
    at("call").hidden = false;
    at("call-name").textContent = fn.name;
    at("call-summary").textContent = fn.summary;
    at("call-formula").textContent = fn.formula;
    at("call-arguments").replaceChildren(...fn.arguments.map(argument => {
      const box = made("div", undefined, "argument"), row = made("div", undefined, "row");
      const label = made("label", argument.name), input = made("input"), take = made("button", "Selection");
      label.htmlFor = input.id = `argument-${argument.name}`;
      label.append(made("span", ` [${argument.unit}]${argument.required ? "" : ", optional"}`, "quiet"));
      input.autocomplete = "off";
      input.spellcheck = false;
      const help = made("span", argument.label, "quiet");
      help.id = `${input.id}-help`;
      input.setAttribute("aria-describedby", help.id);
      input.addEventListener("input", preview);
      take.type = "button";
      take.setAttribute("aria-label", `Take ${argument.name} from the selected cells`);
      take.addEventListener("click", () => inExcel(async context => {
        const range = context.workbook.getSelectedRange();
        range.load("address");
        await context.sync();
        input.value = range.address;
        await preview();
      }));
      row.append(input, take);
      box.append(label, row, help);
      return box;
    }));
    preview();
    at("call-arguments").querySelector("input")?.focus();
  }
  function closeCall() {
    at("call").hidden = true;
    at("finding").hidden = false;
    at("query").focus();
  }

  // What a person typed as a formula holds it: a number, a reference, TRUE; anything else is a text.
  function written(text, argument) {
    const value = unmark(text.trim());
    if (value === "") return "";
    if (/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?%?$/i.test(value) || /^(true|false)$/i.test(value) || /^"(?:[^"]|"")*"$/.test(value)) return value;
    if (isReference(value) && !(argument.kind === "text" && /^[a-z]{1,3}\d+$/.test(value))) return value;
    if (value.startsWith("=")) return value.slice(1);
    return `"${value.replace(/"/g, '""')}"`;
  }
  function isReference(text) {
    return /^(?:(?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!)?\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}(?::\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6})?#?$/.test(text);
  }
  function callText() {
    const parts = current.arguments.map(argument => written(at(`argument-${argument.name}`).value, argument));
    while (parts.length > current.required && parts[parts.length - 1] === "") parts.pop();
    return `=${current.name}(${parts.join(",")})`;
  }
  async function preview() {
    const text = callText(), fn = current;
    at("call-text").textContent = text;
    const missing = fn.arguments.filter(a => a.required && at(`argument-${a.name}`).value.trim() === "").map(a => a.name);
    at("call-check").className = "verdict";
    at("call-check").textContent = missing.length ? `Still to fill in: ${missing.join(", ")}` : "";
    const parts = topLevel(text.slice(fn.name.length + 2, -1));
    if (missing.length || parts.some(part => isReference(part) || part.includes("("))) return;
    const said = await breakeven.answerLater("FT_CHECK", [fn.name, ...parts.map(literal)]);
    if (fn !== current || callText() !== text) return;
    const result = said === "OK" ? await breakeven.answerLater(fn.name, parts.map(literal)) : null;
    at("call-check").textContent = said === "OK" ? `Gives ${shownResult(result)}` : String(said);
    at("call-check").className = `verdict ${said === "OK" ? "good" : "bad"}`;
  }
  function insertCall(event) {
    event.preventDefault();
    const text = callText();
    inExcel(async context => {
      const cell = context.workbook.getActiveCell();
      cell.formulas = [[text]];
      cell.load("address");
      await context.sync();
      say(`${text} stands in ${cell.address}.`);
    });
  }

  function shownResult(result) {
    if (Array.isArray(result)) return result.map(row => row.map(shownResult).join(", ")).slice(0, 8).join("; ");
    if (result instanceof breakeven.CalcError) return result.code;
    return typeof result === "number" ? result.toLocaleString("en-US", { maximumSignificantDigits: 10 }) : String(result);
  }

  // Explain: the first call of ours in the selected cell

  // The arguments of a call, cut at commas outside brackets and texts.
  function topLevel(text) {
    const parts = [];
    let depth = 0, quote = "", start = 0;
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      if (quote) { if (c === quote) quote = ""; continue; }
      if (c === '"' || c === "'") quote = c;
      else if ("({[".includes(c)) depth++;
      else if (")}]".includes(c)) depth--;
      else if (c === "," && depth === 0) { parts.push(text.slice(start, i).trim()); start = i + 1; }
    }
    const last = text.slice(start).trim();
    return parts.length || last ? [...parts, last] : [];
  }
  function firstCall(formula) {
    const pattern = /"(?:[^"]|"")*"|'(?:[^']|'')*'|([A-Za-z_][\w.]*)\(/g;
    for (let match; (match = pattern.exec(formula));) {
      if (!match[1]) continue;
      const name = match[1].toUpperCase().replace(/^_XLDUDF_/, "");
      const fn = FUNCTIONS.find(known => known.name === name);
      if (!fn) continue;
      let depth = 1, quote = "", i = pattern.lastIndex;
      for (; i < formula.length && depth; i++) {
        const c = formula[i];
        if (quote) { if (c === quote) quote = ""; } else if (c === '"' || c === "'") quote = c;
        else if (c === "(") depth++;
        else if (c === ")") depth--;
      }
      return { fn, parts: topLevel(formula.slice(pattern.lastIndex, i - 1)) };
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
    const quoted = text => `"${text.replace(/"/g, '""')}"`;
    const [y, m, d] = at("day").value.split("-").map(Number);
    const text = `=MODEL_PRICE(${quoted(model)},${quoted(kind)}${day === null ? "" : `,DATE(${y},${m},${d})`})`;
    return inExcel(async context => {
      const cell = context.workbook.getActiveCell();
      cell.formulas = [[text]];
      cell.load("address");
      await context.sync();
      say(`${text} stands in ${cell.address}.`);
    });
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

  function start() {
    at("query").addEventListener("input", listFunctions);
    at("back").addEventListener("click", closeCall);
    at("call").addEventListener("submit", insertCall);
    at("call").addEventListener("keydown", event => { if (event.key === "Escape") closeCall(); });
    at("explain-now").addEventListener("click", explain);
    at("price-form").addEventListener("submit", lookUp);
    at("insert-value").addEventListener("click", insertPrice);
    at("insert-call").addEventListener("click", insertPriceCall);
    at("token-form").addEventListener("submit", countSelection);
    at("check-now").addEventListener("click", readChecks);
    at("kind").replaceChildren(...breakeven.KINDS.map(kind => {
      const option = made("option", kind.replace(/_/g, " "));
      option.value = kind;
      return option;
    }));
    listFunctions();
  }
  async function listModels() {
    if (at("models").childElementCount) return;
    const loaded = await breakeven.answerLater("PRICES_AS_OF", []);
    if (loaded instanceof breakeven.CalcError) return say(loaded.message, true);
    at("models").replaceChildren(...breakeven.models().map(name => {
      const option = made("option");
      option.value = name;
      return option;
    }));
  }
  start();
  document.documentElement.dataset.ready = "true";
  if (typeof Office === "object" && Office.onReady) {
    Office.onReady(info => { hasExcel = Boolean(info && info.host === "Excel"); });
  }
})();
