// The page: works the model out, shows it, and again whenever an input is moved. Texts are shown as texts only.
const page = (() => {
  const at = id => document.getElementById(id);
  const key = (s, r, c) => (s * 1048576 + r) * 16384 + c;
  const constants = new Map(), formulas = new Map(), places = new Map();
  let memo = new Map();
  const asValue = value => (value && typeof value === "object" ? x.error(value.e) : value);
  for (const [s, r, c, value] of CONSTANTS) constants.set(key(s, r, c), asValue(value));
  for (const [formula, cells] of FORMULAS) {
    for (let i = 0; i < cells.length; i += 3) {
      formulas.set(key(cells[i], cells[i + 1], cells[i + 2]), formula);
      places.set(key(cells[i], cells[i + 1], cells[i + 2]), [cells[i + 1], cells[i + 2]]);
    }
  }
  const FIRST_INPUTS = 8;

  // A cell's value; worked out once for each setting of the inputs.
  function v(s, r, c) {
    const k = key(s, r, c);
    if (memo.has(k)) return memo.get(k);
    const formula = formulas.get(k);
    if (!formula) return constants.has(k) ? constants.get(k) : null;
    memo.set(k, x.error("#REF!")); // a circle
    let value = x.caught(() => formula(r, c));
    if (Array.isArray(value)) value = value[0][0];
    if (value === null || value === undefined) value = 0;
    memo.set(k, value);
    return value;
  }
  const g = (s, top, left, bottom, right) => Array.from({ length: bottom - top + 1 }, (_, r) =>
    Array.from({ length: right - left + 1 }, (_, c) => v(s, top + r, left + c)));
  globalThis.v = v;
  globalThis.g = g;

  function set(name, value) {
    const input = MODEL.inputs.find(known => known.name === name);
    constants.set(key(...input.cell), value);
    memo = new Map();
  }
  const outputs = () => Object.fromEntries(Object.entries(MODEL.outputs).map(([name, cell]) => {
    const value = v(...cell);
    return [name, x.isError(value) ? value.code : value];
  }));

  // How values are shown

  function amount(value) {
    const size = Math.abs(value);
    const digits = size >= 1000 ? 0 : size >= 1 || size === 0 ? 2 : 4, whole = Number.isInteger(Number(value.toPrecision(12)));
    return value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: size >= 1000 || whole ? 0 : 2 });
  }
  function shown(value, kind = "") {
    if (x.isError(value)) return value.code === "#N/A" ? "n/a" : value.code;
    if (value === null || value === "") return "";
    if (typeof value === "boolean") return value ? "yes" : "no";
    if (typeof value === "string") return value;
    if (kind === "share") return value > 10 ? "> 1,000%" : `${(value * 100).toLocaleString("en-US", { maximumFractionDigits: 1 })}%`;
    if (kind === "money") return `${MODEL.currency} ${amount(value)}`;
    if (kind === "months") return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
    return amount(value);
  }
  function made(tag, text, className = "") {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  }
  let first = null; // the workbook's own figures
  let settled = false;
  function show(value = v) {
    const answer = shown(value(...MODEL.outputs.out_recommendation));
    at("answer").textContent = answer;
    at("lines").replaceChildren(...MODEL.lines.flatMap(([label, cell]) => {
      const text = shown(value(...cell));
      return text === "" ? [] : [made("dt", label), made("dd", text)];
    }));
    const now = MODEL.figures.map(([name, label, kind]) => [label, shown(value(...MODEL.outputs[name]), kind)]);
    at("figures").replaceChildren(...now.map(([label, text], i) => {
      const box = made("div"), figure = made("dd", text === "" ? "-" : text);
      if (first && first.figures[i] !== text) figure.append(made("small", `was ${first.figures[i]}`));
      box.append(made("dt", label), figure);
      return box;
    }));
    at("figures-part").hidden = now.every(([, text]) => text === "" || text === "n/a");
    at("changed").hidden = !first || first.answer === answer;
    if (first && first.answer !== answer) at("changed").textContent = `The workbook's answer was: ${first.answer}`;
    if (!first) first = { answer, figures: now.map(([, text]) => text) };
    showOptions(value);
    showLines(value);
  }

  function showOptions(value) {
    const rows = MODEL.rows.map(row => row.map(cell => value(...cell)));
    const numeric = MODEL.titles.map((_, i) => rows.some(row => typeof row[i] === "number"));
    const money = moneyColumn(numeric), held = rows.filter(row => typeof row[money] === "number");
    at("options-part").hidden = held.length === 0;
    if (!held.length) return;
    // The roles stay with the table where a phone shows a row as a block.
    const line = (tag, role, texts) => {
      const row = Object.assign(made("tr"), { role: "row" });
      texts.forEach((text, i) => {
        const cell = Object.assign(made(tag, text, numeric[i] ? "number" : ""), { role });
        cell.dataset.title = MODEL.titles[i];
        row.append(cell);
      });
      return row;
    };
    at("options").replaceChildren(
      line("th", "columnheader", MODEL.titles), ...held.map(row => line("td", "cell", row.map(cell => shown(cell)))));
    const names = nameColumn(numeric), rest = rows.filter(row => !held.includes(row)).map(row => shown(row[names])).filter(Boolean);
    at("rest").textContent = rest.length ? `Not entered in the workbook: ${rest.join(", ")}.` : "";
    drawBars(held, money, nameColumn(numeric));
  }
  function drawBars(rows, money, label) {
    at("chart").replaceChildren();
    if (money < 0 || label < 0) return;
    at("chart-title").textContent = `${MODEL.titles[money]}, ${MODEL.currency}`;
    const state = MODEL.titles.findIndex(title => /^state$/i.test(title));
    const isOpen = row => state < 0 || row[state] === "open";
    const sorted = rows.filter(row => row[label] && isOpen(row)).sort((a, b) => a[money] - b[money]);
    charts.bars(at("chart"), sorted.map((row, i) => ({ name: String(row[label]), size: row[money], text: amount(row[money]), best: i === 0 })));
  }
  // The workbook's own lines over the months; a month without a figure ends a line.
  function showLines(value) {
    const chart = MODEL.chart;
    const read = cells => cells.map(cell => value(...cell)).map(cell => (typeof cell === "number" ? cell : null));
    const isThere = cells => cells.some(Boolean); // nothing but zeros is no picture
    const lines = chart ? chart.lines.map(([name, cells]) => [name, read(cells)]) : [];
    at("months-part").hidden = !lines.some(([, cells]) => isThere(cells));
    if (at("months-part").hidden) return;
    const along = read(chart.along);
    at("months-title").textContent = `${chart.title}, ${MODEL.currency}`;
    charts.lines(at("months"), along, lines.map(line => line[1]), amount);
    at("months-key").replaceChildren(...lines.flatMap(([name, cells], i) => {
      if (!isThere(cells)) return [];
      const item = made("li"), last = cells.filter(cell => cell !== null).length - 1;
      item.append(made("span", "", `line line-${i}`), made("span", `${name}: ${amount(cells[last])} by month ${along[last]}`));
      return item;
    }));
  }
  // The most telling column: present value, else three years, else a year, else a month, else the first of numbers.
  function moneyColumn(numeric) {
    const wanted = [/present value/i, /3 years|three years/i, /year/i, /month/i, /./];
    return wanted.map(pattern => MODEL.titles.findIndex((title, i) => numeric[i] && pattern.test(title))).find(i => i >= 0) ?? -1;
  }
  function nameColumn(numeric) {
    const names = MODEL.titles.findIndex((title, i) => !numeric[i] && /option/i.test(title));
    return names < 0 ? numeric.indexOf(false) : names;
  }
  function slider(input) {
    const box = made("div", undefined, "input"), row = made("div", undefined, "row");
    const label = made("label", input.label), range = made("input"), number = made("input"), said = made("p", undefined, "changed");
    label.append(made("span", ` [${input.unit}]`, "quiet"));
    const step = input.whole ? 1 : (input.high - input.low) / 200;
    Object.assign(range, { type: "range", id: `range-${input.name}`, min: input.low, max: input.high, step: input.whole ? 1 : "any", value: input.value });
    Object.assign(number, { type: "number", id: `number-${input.name}`, step: "any", value: input.value });
    if (input.least !== null) number.min = input.least;
    if (input.most !== null) number.max = input.most;
    label.htmlFor = range.id;
    number.setAttribute("aria-label", `${input.label}, exactly`);
    said.hidden = true;
    const moved = (value, from) => {
      const inside = Number.isFinite(value) && !(input.least !== null && (value < input.least || (input.open && value === input.least))) &&
        !(input.most !== null && value > input.most) && !(input.whole && !Number.isInteger(value));
      number.setAttribute("aria-invalid", String(!inside));
      said.hidden = inside && value === input.value;
      if (!inside) { said.textContent = "Not possible: the figures above are for the value before."; return; }
      said.textContent = `The workbook has ${input.value.toLocaleString("en-US", { maximumFractionDigits: 6 })}.`;
      if (from !== range) range.value = value;
      if (from !== number) number.value = value;
      set(input.name, value);
      at("reset").disabled = MODEL.inputs.every(known => constants.get(key(...known.cell)) === known.value);
      show();
    };
    range.addEventListener("input", () => moved(input.whole ? Number(range.value) : neat(Number(range.value), step), range));
    number.addEventListener("input", () => moved(number.value === "" ? NaN : Number(number.value), number));
    row.append(range, number);
    box.append(label, row, said);
    box.reset = () => moved(input.value, null);
    return box;
  }
  // A slider's value without digits nobody chose.
  const neat = (value, step) => Number(value.toPrecision(Math.max(2, Math.ceil(Math.log10(Math.abs(value) / step + 1)) + 1)));

  // The page's own figures against the workbook's: the same, or the workbook's are shown and nothing can be moved.
  function difference() {
    for (const [s, r, c, wanted] of MODEL.expected) {
      const value = v(s, r, c), expected = asValue(wanted);
      if (x.isError(value) && x.isError(expected) && value.code === expected.code) continue;
      if (typeof value === "number" && typeof expected === "number" && Math.abs(value - expected) <= 1e-9 * Math.max(1, Math.abs(expected))) continue;
      if (value !== expected) return [s, r, c];
    }
    return null;
  }

  function start() {
    const wrong = difference();
    if (wrong) {
      const held = new Map(MODEL.expected.map(([s, r, c, value]) => [key(s, r, c), asValue(value)]));
      at("warning").hidden = false;
      at("warning").textContent = "This page could not work the model out as the workbook does, so it shows the workbook's figures as they were and nothing can be moved.";
      at("inputs-part").hidden = true;
      show((s, r, c) => (held.has(key(s, r, c)) ? held.get(key(s, r, c)) : v(s, r, c)));
      return;
    }
    show();
    addEventListener("resize", () => show());
    weigh(0, []);
  }
  // How much a quarter more or less of each input moves the result, one input at a time so that the page stays awake;
  // then the sliders, what turns the answer first.
  function weigh(number, found) {
    if (number === MODEL.inputs.length) return addSliders(found.sort((a, b) => b.flips - a.flips || b.swing - a.swing).map(part => part.input));
    const input = MODEL.inputs[number], before = result();
    const step = input.value === 0 ? (input.high - input.low) / 20 : Math.abs(input.value) / 4;
    const ends = [input.value - step, input.value + step].map(value => inside(input, input.whole ? Math.round(value) : value));
    const moved = ends.map(value => { set(input.name, value); return result(); });
    set(input.name, input.value);
    const figures = moved.map(part => part.figure).concat(before.figure).filter(Number.isFinite);
    found.push({
      input, flips: moved.some(part => part.answer !== before.answer) ? 1 : 0,
      swing: figures.length ? Math.max(...figures) - Math.min(...figures) : 0,
    });
    return setTimeout(weigh, 0, number + 1, found);
  }
  const inside = (input, value) => Math.min(input.most ?? Infinity, Math.max(input.open && input.least !== null ? input.low : input.least ?? -Infinity, value));
  // What the answer comes to: the recommended option's worth against today, else fine-tuning's.
  function result() {
    const named = name => (MODEL.outputs[name] ? v(...MODEL.outputs[name]) : null);
    const figure = ["out_rec_npv", "out_npv", "out_saving_monthly"].map(named).find(value => typeof value === "number");
    return { answer: named("out_recommendation"), figure };
  }
  function addSliders(inputs) {
    const boxes = inputs.map(slider);
    at("inputs").append(...boxes.slice(0, FIRST_INPUTS));
    at("more").append(...boxes.slice(FIRST_INPUTS));
    at("more-part").hidden = boxes.length <= FIRST_INPUTS;
    at("inputs").addEventListener("submit", event => event.preventDefault());
    at("reset").addEventListener("click", () => { for (const box of boxes) box.reset(); });
    at("weighing").hidden = true;
    settled = true;
    document.documentElement.dataset.ready = "true";
  }
  start();
  if (at("inputs-part").hidden) document.documentElement.dataset.ready = "true";
  return { outputs, set, value: v, difference, isSettled: () => settled };
})();
globalThis.page = page;
