// Calls the functions as Excel's Office.js or Google Sheets does. In: the files' texts in order, the host, the calls,
// each a name, its arguments and the kinds of their cells. Out: a block of cells for each, or what was thrown.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import vm from "node:vm";

const order = JSON.parse(readFileSync(0, "utf8"));
const associated = {};
const kinds = new Map();
const excel = {
  run: work => work({
    sync: async () => {},
    workbook: { worksheets: { getItem: () => ({ getRange: at => ({ load() {}, valueTypes: kinds.get(at) }) }) } },
  }),
};
class HostError {
  constructor(code, message) { Object.assign(this, { code, message }); }
}
const context = vm.createContext({
  TextEncoder, TextDecoder, setTimeout, console,
  CustomFunctions: {
    associate: (id, called) => { associated[id] = called; },
    Error: HostError,
    ErrorCode: {
      invalidValue: "#VALUE!", notAvailable: "#N/A", divisionByZero: "#DIV/0!", invalidNumber: "#NUM!",
      nullReference: "#NULL!", invalidName: "#NAME?", invalidReference: "#REF!",
    },
  },
  Office: order.host === "sheets" ? undefined : { context: { platform: order.host === "desktop" ? "PC" : "OfficeOnline" } },
  Excel: excel,
});
for (const file of order.files) vm.runInContext(readFileSync(file, "utf8"), context, { filename: file });
if (order.host === "sheets") {
  vm.runInContext("globalThis.breakeven_ = breakeven", context);
} else {
  const settings = vm.runInContext("breakeven.files.settings", context);
  settings.base = join(dirname(order.files[0]), "data/");
  settings.fetch = async path => {
    const bytes = readFileSync(path);
    return { ok: true, arrayBuffer: async () => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) };
  };
}

const outgoing = value => {
  if (Array.isArray(value)) return value.map(outgoing);
  return value instanceof HostError ? { error: value.code } : value;
};
async function ask([name, args, cells], number) {
  try {
    if (order.host === "sheets") return outgoing(await context[name](...args));
    const parameterAddresses = args.map((_, i) => {
      const at = `R${number}A${i}`;
      kinds.set(at, cells[i]);
      return cells[i] ? `Sheet1!${at}` : null;
    });
    return outgoing(await associated[name](...args, { parameterAddresses }));
  } catch (failure) {
    return failure instanceof HostError ? { error: failure.code } : { thrown: failure.message };
  }
}
process.stdout.write(JSON.stringify(await Promise.all(order.calls.map(ask))));
