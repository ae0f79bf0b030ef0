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
  return quoted(value);
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
  insertFormula(callText());
}

function shownResult(result) {
  if (Array.isArray(result)) return result.map(row => row.map(shownResult).join(", ")).slice(0, 8).join("; ");
  if (result instanceof breakeven.CalcError) return result.code;
  return typeof result === "number" ? result.toLocaleString("en-US", { maximumSignificantDigits: 10 }) : String(result);
}
