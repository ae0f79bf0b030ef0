// Python's meaning of the operations that the translated functions use. Values: None is null, True and False are
// booleans, int and float are one number, str is a string, list and tuple are arrays, dict and set are the classes here.
const py = (() => {
  class Exception {
    constructor(...args) { this.args = args; }
    toString() { return this.args.map(String).join(", "); }
  }
  class ArithmeticError extends Exception {}
  class LookupError extends Exception {}
  class ImportError extends Exception {}
  class RuntimeError extends Exception {}
  class TypeError_ extends Exception {}
  class ValueError extends Exception {}
  class OSError extends Exception {}
  class OverflowError extends ArithmeticError {}
  class ZeroDivisionError extends ArithmeticError {}
  class KeyError extends LookupError {}
  class IndexError extends LookupError {}
  class FileNotFoundError extends OSError {}
  class Options { constructor(fields) { Object.assign(this, fields); } }
  const options = args => (args.length && args[args.length - 1] instanceof Options ? args.pop() : {});

  // A key that is equal where Python's keys are equal: a tuple by its items.
  const hash = key => (Array.isArray(key) ? "\0" + key.map(k => typeof k + hash(k)).join("\0") : key);

  class Dict {
    constructor(pairs = []) { this.map = new Map(); for (const [k, v] of pairs) this.set(k, v); }
    get size() { return this.map.size; }
    set(key, value) {
      const h = hash(key), found = this.map.get(h);
      if (found) found[1] = value; else this.map.set(h, [key, value]);
    }
    has(key) { return this.map.has(hash(key)); }
    get(key, other = null) { const found = this.map.get(hash(key)); return found ? found[1] : other; }
    at(key) { const found = this.map.get(hash(key)); if (!found) throw new KeyError(key); return found[1]; }
    setdefault(key, value = null) { if (!this.has(key)) this.set(key, value); return this.at(key); }
    pop(key, other) {
      const found = this.map.get(hash(key));
      if (!found) { if (other === undefined) throw new KeyError(key); return other; }
      this.map.delete(hash(key));
      return found[1];
    }
    update(other) { for (const [k, v] of other instanceof Dict ? other.items() : other) this.set(k, v); }
    keys() { return [...this.map.values()].map(pair => pair[0]); }
    values() { return [...this.map.values()].map(pair => pair[1]); }
    items() { return [...this.map.values()].map(pair => [pair[0], pair[1]]); }
    copy() { return new Dict(this.items()); }
    clear() { this.map.clear(); }
    [Symbol.iterator]() { return this.keys()[Symbol.iterator](); }
  }

  class PySet {
    constructor(items = []) { this.map = new Map(); for (const item of items) this.add(item); }
    get size() { return this.map.size; }
    add(item) { this.map.set(hash(item), item); }
    has(item) { return this.map.has(hash(item)); }
    discard(item) { this.map.delete(hash(item)); }
    remove(item) { if (!this.map.delete(hash(item))) throw new KeyError(item); }
    union(...others) { return new PySet([this, ...others].flatMap(other => [...iter(other)])); }
    intersection(other) { const held = new PySet(iter(other)); return new PySet([...this].filter(x => held.has(x))); }
    difference(other) { const held = new PySet(iter(other)); return new PySet([...this].filter(x => !held.has(x))); }
    copy() { return new PySet(this); }
    [Symbol.iterator]() { return this.map.values(); }
  }

  function truth(x) {
    if (x === null || x === undefined || x === false || x === 0 || x === "") return false;
    if (Array.isArray(x)) return x.length > 0;
    if (x instanceof Dict || x instanceof PySet) return x.size > 0;
    return true;
  }

  function same(a, b) { return a === b; }

  function eq(a, b) {
    if (a === b) return true;
    if (typeof a === "number" && typeof b === "boolean") return a === Number(b);
    if (typeof b === "number" && typeof a === "boolean") return b === Number(a);
    if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => eq(x, b[i]));
    if (a instanceof PySet && b instanceof PySet) return a.size === b.size && [...a].every(x => b.has(x));
    if (a instanceof Exception && b instanceof Exception && a.code !== undefined) return a.code === b.code;
    return false;
  }

  // Strings compare by code point, arrays item by item.
  function compare(a, b) {
    if (typeof a === "string" && typeof b === "string") {
      if (a === b) return 0;
      const n = Math.min(a.length, b.length);
      for (let i = 0; i < n; i++) {
        if (a[i] !== b[i]) return a.codePointAt(i) - b.codePointAt(i) || (a < b ? -1 : 1);
      }
      return a.length - b.length;
    }
    if (Array.isArray(a) && Array.isArray(b)) {
      for (let i = 0; i < Math.min(a.length, b.length); i++) if (!eq(a[i], b[i])) return compare(a[i], b[i]);
      return a.length - b.length;
    }
    const kinds = [typeof a, typeof b];
    if (kinds.every(kind => kind === "number" || kind === "boolean")) return a < b ? -1 : a > b ? 1 : a == b ? 0 : NaN;
    throw new TypeError_(`no order between ${kinds.join(" and ")}`);
  }
  const numbers = (a, b) => typeof a === "number" && typeof b === "number";
  const lt = (a, b) => (numbers(a, b) ? a < b : compare(a, b) < 0);
  const le = (a, b) => (numbers(a, b) ? a <= b : compare(a, b) <= 0);
  const gt = (a, b) => (numbers(a, b) ? a > b : compare(a, b) > 0);
  const ge = (a, b) => (numbers(a, b) ? a >= b : compare(a, b) >= 0);

  function isin(x, held) {
    if (typeof held === "string") return held.includes(x);
    if (held instanceof Dict || held instanceof PySet) return held.has(x);
    for (const item of iter(held)) if (eq(item, x)) return true;
    return false;
  }

  function add(a, b) {
    if (numbers(a, b)) return a + b;
    if (typeof a === "string" && typeof b === "string") return a + b;
    if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
    return arithmetic(a) + arithmetic(b);
  }
  function iadd(a, b) {
    if (!Array.isArray(a)) return add(a, b);
    for (const item of iter(b)) a.push(item);
    return a;
  }
  const arithmetic = x => {
    if (typeof x === "number" || typeof x === "boolean") return Number(x);
    throw new TypeError_(`${typeof x} is no number`);
  };
  const sub = (a, b) => (numbers(a, b) ? a - b : a instanceof PySet ? a.difference(b) : arithmetic(a) - arithmetic(b));
  function mul(a, b) {
    if (numbers(a, b)) return a * b;
    if (typeof a === "string") return a.repeat(Math.max(0, b));
    if (Array.isArray(a)) return Array.from({ length: Math.max(0, b) }, () => a).flat(1);
    return arithmetic(a) * arithmetic(b);
  }
  function div(a, b) {
    if (b === 0) throw new ZeroDivisionError("division by zero");
    return a / b;
  }
  function floordiv(a, b) {
    if (b === 0) throw new ZeroDivisionError("division by zero");
    return Math.floor((a - mod(a, b)) / b + 0.5);
  }
  function mod(a, b) {
    if (b === 0) throw new ZeroDivisionError("modulo by zero");
    const rest = a % b;
    return rest !== 0 && (rest < 0) !== (b < 0) ? rest + b : rest;
  }
  function pow(a, b) {
    if (a === 0 && b < 0) throw new ZeroDivisionError("0.0 cannot be raised to a negative power");
    const result = Math.pow(a, b);
    if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b)) {
      if (a < 0 && !Number.isInteger(b)) throw new ValueError("a negative number to a fraction");
      throw new OverflowError("too large");
    }
    return a === 1 ? 1 : result;
  }

  function* characters(text) { yield* text; }
  function iter(x) {
    if (typeof x === "string") return characters(x);
    if (x === null || x === undefined || typeof x[Symbol.iterator] !== "function") {
      throw new TypeError_("not iterable");
    }
    return x;
  }
  const hasPairs = text => /[\ud800-\udfff]/.test(text);
  const sequence = x => (typeof x === "string" ? (hasPairs(x) ? [...x] : x) : Array.isArray(x) ? x : [...x]);

  function item(x, key) {
    if (x instanceof Dict) return x.at(key);
    const held = sequence(x), at = key < 0 ? held.length + key : key;
    if (!(at >= 0 && at < held.length)) throw new IndexError("index out of range");
    return held[at];
  }
  function setitem(x, key, value) {
    if (x instanceof Dict) x.set(key, value);
    else x[key < 0 ? x.length + key : key] = value;
  }
  function slice(x, from, to, step) {
    const held = sequence(x), text = typeof x === "string";
    if (step === null || step === 1) {
      const part = held.slice(from === null ? 0 : from, to === null ? undefined : to);
      return text && typeof part !== "string" ? part.join("") : part;
    }
    const n = held.length, within = (v, low, high) => Math.min(high, Math.max(low, v < 0 ? v + n : v));
    const start = from === null ? (step > 0 ? 0 : n - 1) : within(from, step > 0 ? 0 : -1, step > 0 ? n : n - 1);
    const end = to === null ? (step > 0 ? n : -1) : within(to, step > 0 ? 0 : -1, step > 0 ? n : n - 1);
    const part = [];
    for (let i = start; step > 0 ? i < end : i > end; i += step) part.push(held[i]);
    return text ? part.join("") : part;
  }

  const KINDS = {
    str: x => typeof x === "string",
    bytes: () => false,
    bool: x => typeof x === "boolean",
    int: x => typeof x === "boolean" || (typeof x === "number" && Number.isInteger(x)),
    float: x => typeof x === "number",
    list: Array.isArray,
    tuple: Array.isArray,
    dict: x => x instanceof Dict,
    set: x => x instanceof PySet,
    frozenset: x => x instanceof PySet,
  };
  const isinstance = (x, kinds) =>
    kinds.some(kind => (typeof kind === "string" ? KINDS[kind](x) : x instanceof kind));

  const invoke = (f, ...args) => (f.prototype instanceof Exception ? new f(...args) : f(...args));

  // Numbers as text

  // The digits of |x| rounded to n significant ones, half to even on the exact binary value, and the exponent of ten.
  function digits(x, n) {
    if (n < 90) {
      const [short] = Math.abs(x).toExponential(n).split("e");
      if (short[short.length - 1] !== "5") { // no tie
        const [kept, exponent] = Math.abs(x).toExponential(n - 1).split("e");
        return [kept.replace(".", ""), Number(exponent)];
      }
    }
    const [mantissa, exponent] = Math.abs(x).toExponential(100 > n + 60 ? Math.min(100, n + 60) : 100).split("e");
    return rounded(mantissa.replace(".", ""), n, Number(exponent));
  }
  function rounded(all, n, exponent) {
    let kept = all.slice(0, Math.max(0, n)), rest = all.slice(Math.max(0, n));
    const half = "5".padEnd(rest.length, "0");
    const odd = kept.length > 0 && Number(kept[kept.length - 1]) % 2 === 1;
    if (rest > half || (rest === half && rest.length > 0 && odd)) {
      const up = (BigInt(kept || "0") + 1n).toString().padStart(kept.length, "0");
      if (up.length > kept.length) { exponent += 1; kept = up.slice(0, Math.max(n, 1)); } else kept = up;
    }
    return [kept, exponent];
  }
  const sign = x => (x < 0 || Object.is(x, -0) ? "-" : "");
  const power = e => `e${e < 0 ? "-" : "+"}${String(Math.abs(e)).padStart(2, "0")}`;
  function general(x, precision) {
    const n = precision || 1;
    if (x === 0) return sign(x) + "0";
    const [kept, exponent] = digits(x, n);
    const trimmed = kept.replace(/0+$/, "");
    if (exponent < -4 || exponent >= n) {
      return sign(x) + trimmed[0] + (trimmed.length > 1 ? "." + trimmed.slice(1) : "") + power(exponent);
    }
    return sign(x) + placed(trimmed, exponent);
  }
  // Digits with their point, no more zeros than it takes.
  function placed(kept, exponent) {
    if (exponent < 0) return "0." + "0".repeat(-exponent - 1) + kept;
    const whole = kept.slice(0, exponent + 1).padEnd(exponent + 1, "0"), part = kept.slice(exponent + 1);
    return part ? `${whole}.${part}` : whole;
  }
  function fixed(x, places) {
    if (x === 0 || Math.abs(x) >= 1e21) { // no fraction is left
      return sign(x) + BigInt(Math.abs(x)) + (places ? "." + "0".repeat(places) : "");
    }
    if ((Math.abs(x) * 10 ** places * 2) % 2 !== 1) return sign(x) + Math.abs(x).toFixed(places); // no tie
    const exponent = Number(Math.abs(x).toExponential(100).split("e")[1]);
    const n = exponent + 1 + places;
    const [kept, e] = n < 0 ? ["", exponent] : digits(x, n);
    const whole = (kept === "" || Number(kept) === 0 ? "0" : kept.padEnd(Math.max(0, e + 1 + places), "0")).padStart(places + 1, "0");
    return sign(x) + (places ? `${whole.slice(0, -places)}.${whole.slice(-places)}` : whole);
  }
  function format(x, spec) {
    if (spec === "") return str(x);
    const match = /^([<>^]?)(0?)(\d*)(,?)(?:\.(\d+))?([gfde%]?)$/.exec(spec);
    if (!match) throw new ValueError(`format ${spec}`);
    const [, align, zero, width, comma, precision, kind] = match;
    let text;
    if (typeof x === "string") text = precision ? x.slice(0, Number(precision)) : x;
    else if (!Number.isFinite(x)) text = Number.isNaN(x) ? "nan" : sign(x) + "inf";
    else if (kind === "f") text = fixed(x, precision === undefined ? 6 : Number(precision));
    else if (kind === "%") text = fixed(x * 100, precision === undefined ? 6 : Number(precision)) + "%";
    else if (kind === "g" || precision !== undefined) text = general(x, precision === undefined ? 6 : Number(precision));
    else text = str(x);
    if (comma) text = text.replace(/^(-?)(\d+)/, (_, s, whole) => s + whole.replace(/\B(?=(\d{3})+$)/g, ","));
    const n = Number(width || 0);
    if (zero) return text.padStart(n, "0");
    return align === "<" || (typeof x === "string" && align !== ">") ? text.padEnd(n) : text.padStart(n);
  }
  function number(x) {
    if (Number.isNaN(x)) return "nan";
    if (!Number.isFinite(x)) return sign(x) + "inf";
    if (Number.isInteger(x) && Math.abs(x) < 1e16) return sign(x) + String(Math.abs(x));
    const [mantissa, exponent] = Math.abs(x).toExponential().split("e");
    const kept = mantissa.replace(".", ""), e = Number(exponent);
    if (e < -4 || e >= 16) return sign(x) + kept[0] + (kept.length > 1 ? "." + kept.slice(1) : "") + power(e);
    return sign(x) + placed(kept, e);
  }
  function str(x) {
    if (typeof x === "string") return x;
    if (x === null || x === undefined) return "None";
    if (typeof x === "boolean") return x ? "True" : "False";
    if (typeof x === "number") return number(x);
    if (Array.isArray(x)) return `[${x.map(repr).join(", ")}]`;
    return String(x);
  }
  function repr(x) {
    if (typeof x !== "string") return str(x);
    const quote = x.includes("'") && !x.includes('"') ? '"' : "'";
    const escaped = x.replace(/[\\\n\r\t]|[\p{C}\p{Z}]|['"]/gu, c => {
      const named = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" }[c];
      if (named) return named;
      if (c === " " || c === '"' || c === "'") return c === quote ? "\\" + c : c;
      const code = c.codePointAt(0), hex = n => code.toString(16).padStart(n, "0");
      return code < 256 ? `\\x${hex(2)}` : code < 65536 ? `\\u${hex(4)}` : `\\U${hex(8)}`;
    });
    return quote + escaped + quote;
  }
  function float(x) {
    if (typeof x === "number" || typeof x === "boolean") return Number(x);
    if (typeof x === "string" && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(x)) return Number(x);
    const named = typeof x === "string" && /^\s*([+-]?)(inf|infinity|nan)\s*$/i.exec(x);
    if (named) return named[2].toLowerCase() === "nan" ? NaN : named[1] === "-" ? -Infinity : Infinity;
    throw typeof x === "string" ? new ValueError("could not convert string to float") : new TypeError_("no number");
  }
  function int(x) {
    if (typeof x === "string") {
      if (!/^\s*[+-]?\d+\s*$/.test(x)) throw new ValueError("invalid literal for int()");
      return Number(x);
    }
    if (!Number.isFinite(Number(x))) throw Number.isNaN(x) ? new ValueError("nan") : new OverflowError("infinity");
    return Math.trunc(x) + 0;
  }
  function round(x, places = 0) {
    if (places === null || places === 0) {
      const down = Math.floor(x), rest = x - down;
      return rest < 0.5 ? down : rest > 0.5 ? down + 1 : down % 2 === 0 ? down : down + 1;
    }
    return Number.isFinite(x) && places > 0 ? Number(fixed(x, places)) : Math.round(x * 10 ** places) / 10 ** places;
  }

  // Built-in functions

  function len(x) {
    if (typeof x === "string") return hasPairs(x) ? [...x].length : x.length;
    if (x instanceof Dict || x instanceof PySet) return x.size;
    if (Array.isArray(x)) return x.length;
    throw new TypeError_("it has no length");
  }
  function* range(start, stop, step = 1) {
    if (stop === undefined) { stop = start; start = 0; }
    for (let i = start; step > 0 ? i < stop : i > stop; i += step) yield i;
  }
  function* zip(...lists) {
    const its = lists.map(list => iter(list)[Symbol.iterator]());
    for (;;) {
      const next = its.map(it => it.next());
      if (next.some(part => part.done)) return;
      yield next.map(part => part.value);
    }
  }
  function* enumerate(list, start = 0) {
    let n = start instanceof Options ? start.start : start;
    for (const x of iter(list)) yield [n++, x];
  }
  function* map(f, ...lists) { for (const args of zip(...lists)) yield f(...args); }
  function* filter(f, list) { for (const x of iter(list)) if (truth(f === null ? x : f(x))) yield x; }
  function* chain(...lists) { for (const list of lists) yield* iter(list); }
  chain.from_iterable = function* (lists) { for (const list of iter(lists)) yield* iter(list); };
  const any = list => { for (const x of iter(list)) if (truth(x)) return true; return false; };
  const all = list => { for (const x of iter(list)) if (!truth(x)) return false; return true; };
  const sum = (list, start = 0) => { let total = start; for (const x of iter(list)) total = add(total, x); return total; };
  function sorted(list, settings = {}) {
    const key = settings.key || (x => x), sign = settings.reverse ? -1 : 1;
    return [...iter(list)].map((x, i) => [key(x), i, x])
      .sort((a, b) => sign * compare(a[0], b[0]) || a[1] - b[1]).map(part => part[2]);
  }
  function extreme(better, args) {
    const settings = options(args);
    const list = args.length === 1 ? [...iter(args[0])] : args;
    if (!list.length) {
      if ("default" in settings) return settings.default;
      throw new ValueError("an empty sequence");
    }
    const key = settings.key || (x => x);
    return list.reduce((best, x) => (better(key(x), key(best)) ? x : best));
  }
  function next(it, other) {
    const part = (typeof it.next === "function" ? it : it[Symbol.iterator]()).next();
    if (!part.done) return part.value;
    if (other === undefined) throw new LookupError("stop");
    return other;
  }
  function reduce(f, list, start) {
    const all = [...iter(list)];
    return start === undefined ? all.reduce((a, b) => f(a, b)) : all.reduce((a, b) => f(a, b), start);
  }
  function cache(f) {
    const known = new Dict();
    return (...args) => {
      if (!known.has(args)) known.set(args, f(...args));
      return known.at(args);
    };
  }
  function type(x) {
    if (x === null) return type.None;
    return { string: str, number: float, boolean: type.bool }[typeof x] || (Array.isArray(x) ? list : x.constructor);
  }
  type.None = function NoneType() {};
  type.bool = function bool() {};
  const name = x => ({ [type.None.name]: "NoneType" })[x.name] || String(x.name).replace(/\$\d*$/, "");
  const list = x => (Array.isArray(x) ? x.slice() : [...iter(x)]);
  const hasattr = (x, attribute) =>
    attribute === "__len__" ? typeof x === "string" || Array.isArray(x) : x !== null && x !== undefined && x[attribute] !== undefined;
  const getattr = (x, attribute, other = null) => {
    const found = x === null || x === undefined ? undefined : x[attribute];
    return found === undefined ? other : found;
  };

  // Methods of text and lists

  const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  const LEADING = new RegExp(`^[${SPACE}]+`), TRAILING = new RegExp(`[${SPACE}]+$`), BLANKS = new RegExp(`[${SPACE}]+`);
  const within = (text, chars) => {
    const held = new Set(chars), all = [...text];
    let from = 0, to = all.length;
    while (from < to && held.has(all[from])) from++;
    while (to > from && held.has(all[to - 1])) to--;
    return [all, from, to];
  };
  const every = pattern => x => pattern.test(x);
  const STR = {
    strip: (x, chars = null) => {
      if (chars === null) return x.replace(LEADING, "").replace(TRAILING, "");
      const [all, from, to] = within(x, chars);
      return all.slice(from, to).join("");
    },
    lstrip: (x, chars = null) => (chars === null ? x.replace(LEADING, "") : [...x].slice(within(x, chars)[1]).join("")),
    rstrip: (x, chars = null) => (chars === null ? x.replace(TRAILING, "") : [...x].slice(0, within(x, chars)[2]).join("")),
    lower: x => x.toLowerCase(),
    casefold: x => x.toLowerCase(),
    upper: x => x.toUpperCase(),
    title: x => x.toLowerCase().replace(/\p{L}+/gu, word => word[0].toUpperCase() + word.slice(1)),
    split: (x, ...args) => {
      const { sep = args[0] ?? null, maxsplit = args[1] ?? -1 } = options(args);
      if (sep === null) return STR.strip(x).split(BLANKS).filter(part => part !== "");
      const parts = x.split(sep);
      return maxsplit < 0 || parts.length <= maxsplit + 1 ? parts : [...parts.slice(0, maxsplit), parts.slice(maxsplit).join(sep)];
    },
    rsplit: (x, ...args) => {
      const { sep = args[0] ?? null, maxsplit = args[1] ?? -1 } = options(args);
      const parts = STR.split(x, sep), cut = parts.length - maxsplit;
      return maxsplit < 0 || cut <= 1 ? parts : [parts.slice(0, cut).join(sep), ...parts.slice(cut)];
    },
    splitlines: x => {
      const parts = x.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
      if (parts[parts.length - 1] === "") parts.pop();
      return parts;
    },
    join: (x, parts) => [...iter(parts)].join(x),
    startswith: (x, starts) => [].concat(starts).some(start => x.startsWith(start)),
    endswith: (x, ends) => [].concat(ends).some(end => x.endsWith(end)),
    partition: (x, sep) => {
      const at = x.indexOf(sep);
      return at < 0 ? [x, "", ""] : [x.slice(0, at), sep, x.slice(at + sep.length)];
    },
    rpartition: (x, sep) => {
      const at = x.lastIndexOf(sep);
      return at < 0 ? ["", "", x] : [x.slice(0, at), sep, x.slice(at + sep.length)];
    },
    replace: (x, old, fresh) => x.split(old).join(fresh),
    removeprefix: (x, start) => (start && x.startsWith(start) ? x.slice(start.length) : x),
    removesuffix: (x, end) => (end && x.endsWith(end) ? x.slice(0, -end.length) : x),
    find: (x, part, from = 0) => x.indexOf(part, from),
    rfind: (x, part) => x.lastIndexOf(part),
    index: (x, part) => { const at = x.indexOf(part); if (at < 0) throw new ValueError("substring not found"); return at; },
    count: (x, part) => x.split(part).length - 1,
    isdigit: every(/^\p{Nd}+$/u),
    isdecimal: every(/^\p{Nd}+$/u),
    isalpha: every(/^\p{L}+$/u),
    isalnum: every(/^[\p{L}\p{N}]+$/u),
    isspace: every(new RegExp(`^[${SPACE}]+$`)),
    isupper: x => x === x.toUpperCase() && x !== x.toLowerCase(),
    islower: x => x === x.toLowerCase() && x !== x.toUpperCase(),
    zfill: (x, n) => x.padStart(n, "0"),
    ljust: (x, n) => x.padEnd(n),
    rjust: (x, n) => x.padStart(n),
    encode: x => x,
    decode: x => x,
  };
  Object.assign(str, STR); // str.isalnum as a value
  const LIST = {
    append: (x, value) => { x.push(value); return null; },
    extend: (x, more) => { for (const value of iter(more)) x.push(value); return null; },
    insert: (x, at, value) => { x.splice(at, 0, value); return null; },
    pop: (x, at = -1) => { if (!x.length) throw new IndexError("pop from empty list"); return x.splice(at, 1)[0]; },
    remove: (x, value) => { x.splice(LIST.index(x, value), 1); return null; },
    reverse: x => { x.reverse(); return null; },
    copy: x => x.slice(),
    clear: x => { x.length = 0; return null; },
    count: (x, value) => x.filter(part => eq(part, value)).length,
    index: (x, value) => {
      const at = x.findIndex(part => eq(part, value));
      if (at < 0) throw new ValueError("not in list");
      return at;
    },
    sort: (x, settings = {}) => { const done = sorted(x, settings); x.splice(0, x.length, ...done); return null; },
  };
  const NUMBER = { is_integer: x => Number.isInteger(x) };
  function own(x, method, args) {
    if (typeof x === "string") return STR[method](x, ...args);
    if (Array.isArray(x)) return LIST[method](x, ...args);
    if (typeof x === "number") return NUMBER[method](x, ...args);
    if (x instanceof Exception && method === "with_traceback") return x;
    if (x === null || x === undefined) throw new TypeError_(`None has no ${method}`);
    return x[method](...args);
  }
  const method = own;

  // Dates: days as Python's date.toordinal() counts them.

  class date {
    constructor(year, month, day) { Object.assign(this, { year, month, day }); }
    toordinal() {
      const instant = new Date(0);
      instant.setUTCFullYear(this.year, this.month - 1, this.day);
      return Math.round(instant.getTime() / 86400000) + 719163;
    }
    isoformat() { return [String(this.year).padStart(4, "0"), ...[this.month, this.day].map(n => String(n).padStart(2, "0"))].join("-"); }
    static fromordinal(n) {
      const day = new Date((n - 719163) * 86400000);
      if (n < 1 || day.getUTCFullYear() > 9999) throw new ValueError("year is out of range");
      return new date(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate());
    }
    static fromisoformat(text) {
      const [year, month, day] = text.split("-").map(Number);
      return new date(year, month, day);
    }
  }

  function* csv_reader(lines) {
    let fields = [], text = "", quoted = false;
    for (const line of iter(lines)) {
      if (!quoted && line !== "" && !line.includes('"')) { yield line.split(","); continue; }
      for (let i = 0; i < line.length; i++) {
        const c = line[i];
        if (quoted) {
          if (c !== '"') text += c;
          else if (line[i + 1] === '"') { text += c; i++; } else quoted = false;
        } else if (c === '"' && text === "") quoted = true;
        else if (c === ",") { fields.push(text); text = ""; } else text += c;
      }
      if (quoted) { text += "\n"; continue; }
      if (line !== "") yield [...fields, text];
      fields = []; text = "";
    }
  }

  // Regular expressions as Python writes them.

  function compile(pattern, flags = 0) {
    const source = pattern.replace(/\(\?P</g, "(?<").replace(/\(\?P=(\w+)\)/g, "\\k<$1>").replace(/\\Z/g, "$(?![\\s\\S])")
      .replace(/\\A/g, "^").replace(/\\d/g, "\\p{Nd}");
    const made = how => new RegExp(source, how + "u" + (flags & 2 ? "i" : ""));
    const found = match => match && {
      group: (n = 0) => (typeof n === "string" ? match.groups[n] : match[n]) ?? null,
      groups: () => match.slice(1).map(part => part ?? null),
      start: () => match.index,
      end: () => match.index + match[0].length,
      span: () => [match.index, match.index + match[0].length],
    };
    const sticky = made("y");
    return {
      match: text => { sticky.lastIndex = 0; return found(sticky.exec(text)); },
      fullmatch: text => {
        const match = new RegExp(`^(?:${source})$`, "u" + (flags & 2 ? "i" : "")).exec(text);
        return found(match);
      },
      search: text => found(made("").exec(text)),
      sub: (fresh, text) => text.replace(made("g"), typeof fresh === "function" ? (...m) => fresh(found(m)) : fresh),
      split: text => text.split(made("")),
    };
  }

  // Mathematics

  const overflowing = f => x => {
    const result = f(x);
    if (result === Infinity && x !== Infinity) throw new OverflowError("math range error");
    return result;
  };
  const exp = overflowing(Math.exp), expm1 = overflowing(Math.expm1);
  function log(x, base) {
    if (x <= 0) throw new ValueError("math domain error");
    return base === undefined ? Math.log(x) : Math.log(x) / Math.log(base);
  }
  const positive = (f, least) => x => { if (x <= least) throw new ValueError("math domain error"); return f(x); };
  function sqrt(x) { if (x < 0) throw new ValueError("math domain error"); return Math.sqrt(x); }
  const view = new DataView(new ArrayBuffer(8));
  function nextafter(x, y) {
    if (x === y || Number.isNaN(x + y)) return y;
    if (x === 0) return y > 0 ? 5e-324 : -5e-324;
    view.setFloat64(0, x);
    view.setBigInt64(0, view.getBigInt64(0) + ((y > x) === (x > 0) ? 1n : -1n));
    return view.getFloat64(0);
  }
  // Exact sum, rounded once (Shewchuk).
  function fsum(list) {
    let partials = [];
    for (let x of iter(list)) {
      const next = [];
      for (let y of partials) {
        if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
        const high = x + y, low = y - (high - x);
        if (low) next.push(low);
        x = high;
      }
      next.push(x);
      partials = next;
    }
    if (partials.some(x => !Number.isFinite(x))) return partials.reduce((a, b) => a + b, 0);
    let high = 0, low = 0, n = partials.length;
    if (n) {
      high = partials[--n];
      while (n > 0) {
        const x = high, y = partials[--n];
        high = x + y;
        low = y - (high - x);
        if (low) break;
      }
      if (n > 0 && ((low < 0 && partials[n - 1] < 0) || (low > 0 && partials[n - 1] > 0))) {
        const y = low * 2, x = high + y;
        if (y === x - high) high = x;
      }
    }
    return high;
  }
  const ROOT_PI = 1.7724538509055159;
  // A series of positive terms near 0, a continued fraction further out: each exact to about 1e-15 of the result.
  function erf(x) {
    if (Math.abs(x) > 2.5) return Math.sign(x) * (1 - erfc(Math.abs(x)));
    let term = x, total = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(total); n++) { term *= (2 * x * x) / (2 * n + 1); total += term; }
    return (2 / ROOT_PI) * Math.exp(-x * x) * total;
  }
  function erfc(x) {
    if (x < 1.5) return 1 - erf(x);
    if (x > 27.3) return 0;
    let fraction = 0;
    for (let n = 120; n > 0; n--) fraction = n / 2 / (x + fraction);
    return Math.exp(-x * x) / ROOT_PI / (x + fraction);
  }
  const LANCZOS = [0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];
  // Exact products up to 170!, Stirling's series beyond 20, Lanczos' approximation for fractions between.
  function lgamma(x) {
    if (x <= 0 && Number.isInteger(x)) throw new ValueError("math domain error");
    if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lgamma(1 - x);
    if (Number.isInteger(x) && x <= 20) { let f = 1; for (let n = 2; n < x; n++) f *= n; return Math.log(f); }
    if (x >= 20) {
      const i = 1 / (x * x);
      return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 +
        (1 / 12 - i * (1 / 360 - i * (1 / 1260 - i * (1 / 1680 - i * (1 / 1188 - (i * 691) / 360360))))) / x;
    }
    let total = LANCZOS[0];
    for (let n = 1; n < 9; n++) total += LANCZOS[n] / (x - 1 + n);
    const t = x + 6.5;
    return 0.9189385332046727 + (x - 0.5) * Math.log(t) - t + Math.log(total);
  }
  function comb(n, k) {
    if (k < 0 || k > n) return 0;
    let result = 1n;
    for (let i = 1n; i <= BigInt(Math.min(k, n - k)); i++) result = (result * (BigInt(n) - i + 1n)) / i;
    return Number(result);
  }
  const prod = list => { let total = 1; for (const x of iter(list)) total *= x; return total; };
  const isclose = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

  return {
    Exception, ArithmeticError, LookupError, ImportError, RuntimeError, TypeError: TypeError_, ValueError, OverflowError,
    ZeroDivisionError, KeyError, FileNotFoundError, Options, Dict, Set: PySet,
    truth, same, eq, ne: (a, b) => !eq(a, b), lt, le, gt, ge, isin, notin: (x, held) => !isin(x, held), compare,
    add, iadd, sub, mul, div, floordiv, mod, pow,
    union: (a, b) => (a instanceof Dict ? new Dict([...a.items(), ...b.items()]) : a.union(b)),
    intersection: (a, b) => a.intersection(b),
    iter, item, setitem, slice, isinstance, format, str, repr, float, int, round, bool: truth, len, range, zip, enumerate,
    map, filter, chain, any, all, sum, sorted, max: (...args) => extreme(gt, args), min: (...args) => extreme(lt, args),
    next, reduce, cache, type, name, list, tuple: list, hasattr, getattr, abs: Math.abs, reversed: x => list(x).reverse(),
    dict: pairs => new Dict(pairs instanceof Dict ? pairs.items() : pairs), set: items => new PySet(items && iter(items)),
    frozenset: items => new PySet(items && iter(items)), own, method, date, csv_reader, compile,
    exp, expm1, log, log1p: positive(Math.log1p, -1), log2: positive(Math.log2, 0), log10: positive(Math.log10, 0), sqrt,
    nextafter, fsum, erf, erfc, lgamma, comb, prod, isclose, invoke, isinf: x => x === Infinity || x === -Infinity,
  };
})();
