// Numbers as text, the methods of texts and lists, dates and regular expressions, as Python has them.
Object.assign(py, (() => {
  const { TypeError: TypeError_, ValueError, eq, iter, options, sorted } = py;

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
  const SPECS = {};
  function parsed(spec) {
    const match = /^([<>^]?)(0?)(\d*)(,?)(?:\.(\d+))?([gfde%]?)$/.exec(spec);
    if (!match) throw new ValueError(`format ${spec}`);
    return match;
  }
  function format(x, spec) {
    const [, align, zero, width, comma, precision, kind] = SPECS[spec] || (SPECS[spec] = parsed(spec));
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
    rstrip: (x, chars = null) => (chars === null ? x.replace(TRAILING, "") : [...x].slice(0, within(x, chars)[2]).join("")),
    lower: x => x.toLowerCase(),
    upper: x => x.toUpperCase(),
    split: (x, ...args) => {
      const { sep = args[0] ?? null, maxsplit = args[1] ?? -1 } = options(args);
      if (sep === null) return STR.strip(x).split(BLANKS).filter(part => part !== "");
      const parts = x.split(sep);
      return maxsplit < 0 || parts.length <= maxsplit + 1 ? parts : [...parts.slice(0, maxsplit), parts.slice(maxsplit).join(sep)];
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
    index: (x, part) => { const at = x.indexOf(part); if (at < 0) throw new ValueError("substring not found"); return at; },
    count: (x, part) => x.split(part).length - 1,
    isdigit: every(/^\p{Nd}+$/u),
    isalpha: every(/^\p{L}+$/u),
    isalnum: every(/^[\p{L}\p{N}]+$/u),
  };
  Object.assign(str, STR); // str.isalnum as a value
  const LIST = {
    append: (x, value) => { x.push(value); return null; },
    index: (x, value) => {
      const at = x.findIndex(part => eq(part, value));
      if (at < 0) throw new ValueError("not in list");
      return at;
    },
    sort: (x, settings = {}) => { const done = sorted(x, settings); x.splice(0, x.length, ...done); return null; },
  };
  function own(x, method, args) {
    if (typeof x === "string") return STR[method](x, ...args);
    if (Array.isArray(x)) return LIST[method](x, ...args);
    if (x === null || x === undefined) throw new TypeError_(`None has no ${method}`);
    return x[method](...args);
  }

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

  // A regular expression as Python writes it; what JavaScript does not know ends it as a SyntaxError.
  function compile(pattern) {
    const whole = new RegExp(`^(?:${pattern.replace(/\\d/g, "\\p{Nd}")})$`, "u");
    return { fullmatch: text => whole.test(text) || null };
  }

  return { format, fixed, str, repr, own, date, compile };
})());
