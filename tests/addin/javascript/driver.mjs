// Answers a batch: the functions' text and the calls come in as JSON, the results go out as JSON.
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import vm from "node:vm";

const order = JSON.parse(readFileSync(0, "utf8"));
const context = vm.createContext({ TextEncoder, TextDecoder, crypto: order.checked ? crypto : undefined, console, Uint8Array });
const breakeven = vm.runInContext(readFileSync(order.core, "utf8") + ";breakeven", context, { filename: "functions.js" });
breakeven.files.settings.base = order.vocabularies;
breakeven.files.settings.fetch = async path => {
  const bytes = readFileSync(path);
  return { ok: true, status: 200, arrayBuffer: async () => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) };
};

const incoming = value => {
  if (Array.isArray(value)) return value.map(incoming);
  if (value && typeof value === "object") {
    return "error" in value ? breakeven.from_code(value.error) : Number(value.number);
  }
  return value;
};
const outgoing = value => {
  if (Array.isArray(value)) return value.map(outgoing);
  if (value instanceof breakeven.CalcError) return { error: value.code, message: value.message };
  if (typeof value === "number" && !Number.isFinite(value)) return { number: String(value) };
  return value;
};

const answers = [];
for (const [name, args] of order.calls || []) answers.push(outgoing(await breakeven.answerLater(name, incoming(args))));
const counts = [];
for (const [model, texts] of order.counts || []) {
  await breakeven.answerLater("TOKEN_COUNT", ["", model]);
  const found = [];
  for (const text of texts) found.push(breakeven.answer("TOKEN_COUNT", [text, model]));
  counts.push(found);
}
const draws = (order.draws || []).map(([seed, steps, size]) => {
  const out = new Float64Array(size);
  breakeven.risk.uniforms(breakeven.risk.stream(seed, steps), out, size);
  return createHash("sha256").update(Buffer.from(out.buffer)).digest("hex");
});
process.stdout.write(JSON.stringify({ answers, counts, draws }));
