// Python's meaning of the operations that the translated functions use; texts.js and mathematics.js add to it. Values: None is null, True and False are
// booleans, int and float are one number, str is a string, list and tuple are arrays, dict and set are the classes here.
const py = (() => {
  class Exception {
    constructor(text) { this.text = text; }
    toString() { return this.text === undefined ? "" : String(this.text); }
  }
  class RuntimeError extends Exception {}
  class TypeError_ extends Exception {}
  class ValueError extends Exception {}
  class OverflowError extends Exception {}
  class ZeroDivisionError extends Exception {}
  class KeyError extends Exception {}
  class IndexError extends Exception {}
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
    keys() { return [...this.map.values()].map(pair => pair[0]); }
    values() { return [...this.map.values()].map(pair => pair[1]); }
    items() { return [...this.map.values()].map(pair => [pair[0], pair[1]]); }
    clear() { this.map.clear(); }
    [Symbol.iterator]() { return this.keys()[Symbol.iterator](); }
  }

  class PySet {
    constructor(items = []) { this.map = new Map(); for (const item of items) this.add(item); }
    get size() { return this.map.size; }
    add(item) { this.map.set(hash(item), item); }
    has(item) { return this.map.has(hash(item)); }
    [Symbol.iterator]() { return this.map.values(); }
  }

  function truth(x) {
    if (x === true) return true; // mostly
    if (!x) return x !== x; // NaN is true
    if (typeof x !== "object") return true;
    if (Array.isArray(x)) return x.length > 0;
    if (x instanceof Dict || x instanceof PySet) return x.size > 0;
    return true;
  }

  function eq(a, b) {
    if (a === b) return true;
    if (numbers(a, b)) return false;
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
  const sub = (a, b) => (numbers(a, b) ? a - b : arithmetic(a) - arithmetic(b));
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
  function slice(x, from, to) {
    const part = sequence(x).slice(from === null ? 0 : from, to === null ? undefined : to);
    return typeof x === "string" && typeof part !== "string" ? part.join("") : part;
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

  // A function that throws the errors another one returns; and a text made when somebody reads it.
  const throwing = f => (...args) => {
    const result = f(...args);
    if (result instanceof Exception) throw result;
    return result;
  };
  class Late { constructor(made) { this.made = made; } toString() { return this.made(); } }
  const late = made => new Late(made);

  const invoke = (f, ...args) => (f.prototype instanceof Exception ? new f(...args) : f(...args));

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
    return Number.isFinite(x) && places > 0 ? Number(py.fixed(x, places)) : Math.round(x * 10 ** places) / 10 ** places;
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
    if (other === undefined) throw new RuntimeError("stop");
    return other;
  }
  function type(x) {
    if (x === null) return type.None;
    return { string: py.str, number: float, boolean: type.bool }[typeof x] || (Array.isArray(x) ? list : x.constructor);
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

  return {
    Exception, RuntimeError, TypeError: TypeError_, ValueError, OverflowError, ZeroDivisionError, IndexError, Options, Dict,
    options, truth, eq, ne: (a, b) => !eq(a, b), lt, le, gt, ge, isin, notin: (x, held) => !isin(x, held),
    add, iadd, sub, mul, div, floordiv, mod, pow,
    iter, item, setitem, slice, isinstance, float, int, round, bool: truth, len, range, zip, enumerate,
    map, filter, any, all, sum, sorted, max: (...args) => extreme(gt, args), min: (...args) => extreme(lt, args),
    next, type, name, list, tuple: list, hasattr, getattr, abs: Math.abs,
    dict: pairs => new Dict(pairs instanceof Dict ? pairs.items() : pairs), set: items => new PySet(items && iter(items)),
    frozenset: items => new PySet(items && iter(items)), invoke, throwing, late,
  };
})();
