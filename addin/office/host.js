// The functions as Excel's custom functions: what arrives, what goes out. Source: Microsoft, Office Add-ins
// documentation, "Custom functions" (read 2026-11-29).
const office = (() => {
  const CODES = {
    "#VALUE!": "invalidValue", "#N/A": "notAvailable", "#DIV/0!": "divisionByZero", "#NUM!": "invalidNumber",
    "#NULL!": "nullReference", "#NAME?": "invalidName", "#REF!": "invalidReference",
  };
  const WITH_MESSAGE = ["#VALUE!", "#N/A"];

  function cell(value) {
    if (value === undefined) return null;
    if (value === null || typeof value !== "object") return value;
    if (value.type === "Error") return breakeven.from_code(value.basicValue || "#VALUE!");
    if (value.type === "Empty") return null;
    return value.basicValue === undefined ? "" : value.basicValue;
  }

  // An argument: left out, one cell, or rows of cells.
  function received(value) {
    if (!Array.isArray(value)) return cell(value);
    if (value.length === 1 && value[0].length === 1) return cell(value[0][0]);
    return value.map(row => row.map(cell));
  }

  function shown(value) {
    if (value === null) return "";
    return value instanceof breakeven.CalcError ? error(value) : value;
  }
  function error(failure) {
    const code = CustomFunctions.ErrorCode[CODES[failure.code] || "invalidValue"];
    return WITH_MESSAGE.includes(failure.code) ? new CustomFunctions.Error(code, failure.message) : new CustomFunctions.Error(code);
  }
  function sent(result) {
    if (Array.isArray(result)) return result.map(row => row.map(shown));
    if (result instanceof breakeven.CalcError) throw error(result);
    return [[shown(result)]];
  }

  // Excel on the desktop hands over a blank cell as 0. Where an optional argument or a text is 0, Excel is asked whether
  // the cell is blank; all such questions of a moment in one go.
  let waiting = [];
  const kinds = address => new Promise(resolve => {
    waiting.push({ address, resolve });
    if (waiting.length === 1) setTimeout(askAll, 5);
  });
  async function askAll() {
    const asked = waiting;
    waiting = [];
    try {
      await Excel.run(async context => {
        const ranges = new Map();
        for (const { address } of asked) if (!ranges.has(address)) ranges.set(address, rangeAt(context, address));
        for (const range of ranges.values()) range.load("valueTypes");
        await context.sync();
        for (const { address, resolve } of asked) resolve(ranges.get(address).valueTypes);
      });
    } catch (failure) {
      void failure; // Excel does not say: a 0 stays a 0
      for (const { resolve } of asked) resolve(null);
    }
  }
  function rangeAt(context, address) {
    const at = address.lastIndexOf("!");
    const sheet = address.slice(0, at).replace(/^'|'$/g, "").replace(/''/g, "'");
    return context.workbook.worksheets.getItem(sheet).getRange(address.slice(at + 1));
  }
  const isDesktop = () =>
    typeof Office === "object" && Office.context && ["PC", "Mac"].includes(String(Office.context.platform));

  async function blanksBack(fn, values, addresses) {
    await Promise.all(values.map(async (value, i) => {
      const argument = fn.arguments[i], address = addresses && addresses[i];
      if (!mayBeBlank(argument, value) || typeof address !== "string" || !address.includes("!")) return;
      const found = await kinds(address);
      if (!found) return;
      values[i] = Array.isArray(value)
        ? value.map((row, r) => row.map((held, c) => (held === 0 && (found[r] || [])[c] === "Empty" ? null : held)))
        : found[0][0] === "Empty" ? null : value;
    }));
    return values;
  }
  const mayBeBlank = (argument, value) => (!argument.required || argument.kind === "text") &&
    (Array.isArray(value) ? value.some(row => row.includes(0)) : value === 0);

  // One function as Excel calls it: its arguments, then the invocation.
  function called(fn) {
    return (...given) => {
      const invocation = given.length > fn.arguments.length ? given[given.length - 1] : null;
      let values = given.slice(0, fn.arguments.length);
      if (fn.variadic) values = [...values.slice(0, -1), ...(values[values.length - 1] || [])];
      values = values.map(received);
      const asks = !fn.variadic && values.some((value, i) => mayBeBlank(fn.arguments[i], value));
      if (invocation && isDesktop() && asks) {
        return blanksBack(fn, values, invocation.parameterAddresses).then(found => answered(fn, found));
      }
      return answered(fn, values);
    };
  }
  function answered(fn, values) {
    try {
      return sent(breakeven.answer(fn.name, values));
    } catch (failure) {
      if (!(failure instanceof breakeven.files.Missing)) throw failure;
      return breakeven.answerLater(fn.name, values).then(sent);
    }
  }

  function associate() {
    for (const fn of breakeven.FUNCTIONS.values()) CustomFunctions.associate(fn.name, called(fn));
  }
  return { associate, called };
})();
if (typeof CustomFunctions === "object") office.associate();
