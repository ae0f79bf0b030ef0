// Excel's operators and functions, as far as the template's formulas use them. A blank cell is null, an error an object.
const x = (() => {
  class ExcelError {
    constructor(code) { this.code = code; }
  }
  const NA = new ExcelError("#N/A"), VALUE = new ExcelError("#VALUE!"), DIV = new ExcelError("#DIV/0!"), NUM = new ExcelError("#NUM!"), REF = new ExcelError("#REF!");
  const error = code => ({ "#N/A": NA, "#VALUE!": VALUE, "#DIV/0!": DIV, "#NUM!": NUM, "#REF!": REF })[code] || new ExcelError(code);
  const isError = value => value instanceof ExcelError;

  function number(value) {
    if (typeof value === "number") return value;
    if (value === null || value === undefined) return 0;
    if (typeof value === "boolean") return value ? 1 : 0;
    if (isError(value)) throw value;
    if (Array.isArray(value)) return number(value[0][0]);
    const text = value.trim().replace(/,/g, "");
    if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
    if (/^[+-]?(\d+\.?\d*|\.\d+)%$/.test(text)) return Number(text.slice(0, -1)) / 100;
    throw VALUE;
  }
  function text(value) {
    if (typeof value === "string") return value;
    if (value === null || value === undefined) return "";
    if (isError(value)) throw value;
    if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
    if (Array.isArray(value)) return text(value[0][0]);
    return general(value);
  }
  function truth(value) {
    if (typeof value === "string") {
      if (/^true$/i.test(value)) return true;
      if (/^false$/i.test(value)) return false;
      throw VALUE;
    }
    return number(value) !== 0;
  }
  const finite = value => { if (!Number.isFinite(value)) throw NUM; return value; };
  function general(value) {
    if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
    const [mantissa, exponent] = value.toExponential(14).split("e");
    const e = Number(exponent);
    if (e >= 20 || e < -9) return `${Number(mantissa)}E${e < 0 ? "-" : "+"}${String(Math.abs(e)).padStart(2, "0")}`;
    return String(Number(value.toPrecision(15)));
  }

  // An operator over single values, cell by cell where a side is a range.
  const each = operation => (a, b) => {
    if (!Array.isArray(a) && !Array.isArray(b)) return operation(a, b);
    const left = Array.isArray(a) ? a : [[a]], right = Array.isArray(b) ? b : [[b]];
    const rows = Math.max(left.length, right.length), columns = Math.max(left[0].length, right[0].length);
    const at = (grid, r, c) => {
      const row = grid[grid.length === 1 ? 0 : r];
      const value = row && row[row.length === 1 ? 0 : c];
      return value === undefined ? NA : value;
    };
    return Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c) => caught(() => operation(at(left, r, c), at(right, r, c)))));
  };
  function caught(work) {
    try {
      return work();
    } catch (failure) {
      if (isError(failure)) return failure;
      throw failure;
    }
  }
  const flat = value => (Array.isArray(value) ? value.flat() : [value]);

  const rank = value => (typeof value === "boolean" ? 2 : typeof value === "string" ? 1 : 0);
  function compare(a, b) {
    if (isError(a)) throw a;
    if (isError(b)) throw b;
    if (a === null || a === undefined) a = typeof b === "string" ? "" : typeof b === "boolean" ? false : 0;
    if (b === null || b === undefined) b = typeof a === "string" ? "" : typeof a === "boolean" ? false : 0;
    if (rank(a) !== rank(b)) return rank(a) - rank(b);
    if (typeof a === "string") { a = a.toLowerCase(); b = b.toLowerCase(); return a < b ? -1 : a > b ? 1 : 0; }
    if (a === b || (typeof a === "number" && Number(a.toPrecision(15)) === Number(b.toPrecision(15)))) return 0; // 15 digits count
    return a < b ? -1 : 1;
  }

  // What a criterion of COUNTIF or SUMIF asks of a cell.
  function criterion(wanted) {
    const match = typeof wanted === "string" ? /^(<=|>=|<>|=|<|>)?([\s\S]*)$/.exec(wanted) : null;
    const sign = (match && match[1]) || "=", asked = match ? match[2] : wanted;
    const value = match && asked !== "" && !Number.isNaN(Number(asked)) ? Number(asked) : match && /^(true|false)$/i.test(asked) ? /^true$/i.test(asked) : asked;
    const pattern = typeof value === "string" && /[*?]/.test(value)
      ? new RegExp("^" + value.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, "[\\s\\S]*").replace(/\?/g, "[\\s\\S]") + "$", "i") : null;
    const test = { "=": n => n === 0, "<>": n => n !== 0, "<": n => n < 0, ">": n => n > 0, "<=": n => n <= 0, ">=": n => n >= 0 }[sign];
    return cell => {
      if (isError(cell)) return false;
      if (pattern) return typeof cell === "string" && pattern.test(cell) === (sign !== "<>");
      if (value === "" ) return (cell === null || cell === "") === (sign !== "<>");
      if (rank(cell) !== rank(value) || cell === null) return sign === "<>";
      return test(compare(cell, value));
    };
  }

  const numbersIn = values => values.flatMap(value => {
    if (!Array.isArray(value)) return value === undefined ? [] : [number(value)];
    return value.flat().filter(cell => { if (isError(cell)) throw cell; return typeof cell === "number"; });
  });

  // Dates as Excel counts them.
  const civil = serial => new Date(Math.floor(serial) * 86400000 - 2209161600000);
  const serial = (year, month, day) => Math.round((Date.UTC(year, month, day) + 2209161600000) / 86400000);
  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

  function formatted(value, code) {
    if (typeof value === "string") return value;
    const amount = number(value);
    if (/^general$/i.test(code) || code === "@") return general(amount);
    const sections = code.split(";"), section = amount < 0 && sections[1] !== undefined ? 1 : amount === 0 && sections[2] !== undefined ? 2 : 0;
    const pattern = sections[section];
    if (/[ymd]/i.test(pattern.replace(/"[^"]*"/g, ""))) return dated(amount, pattern);
    const plain = pattern.match(/[#0?][#0?,]*(\.[#0?]+)?|\.[#0?]+/);
    if (!plain) return pattern.replace(/"/g, "");
    const percent = (pattern.match(/%/g) || []).length;
    const decimals = (plain[1] || "").length ? plain[1].length - 1 : 0, least = (plain[1] || "").replace(/[^0]/g, "").length;
    const scaled = Math.abs(amount) * 100 ** percent;
    let digits = fixed(scaled, decimals);
    if (decimals > least) digits = digits.replace(new RegExp(`0{1,${decimals - least}}$`), "").replace(/\.$/, "");
    const [whole, part] = digits.split(".");
    const grouped = plain[0].includes(",") ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
    const sign = amount < 0 && section === 0 && Number(digits) !== 0 ? "-" : "";
    const [before, after] = [pattern.slice(0, plain.index), pattern.slice(plain.index + plain[0].length)];
    return sign + (before + grouped + (part ? "." + part : "") + after).replace(/["\\]/g, "");
  }
  // Half away from zero on the 15 digits Excel shows.
  function fixed(value, places) {
    const shown = Number(value.toPrecision(15));
    return (Math.round(Number(shown + "e" + places)) / 10 ** places || 0).toFixed(places);
  }
  function dated(value, pattern) {
    const day = civil(value), two = n => String(n).padStart(2, "0");
    return pattern.replace(/yyyy|yy|mmmm|mmm|mm|m|dd|d/gi, part => ({
      yyyy: () => String(day.getUTCFullYear()), yy: () => two(day.getUTCFullYear() % 100), mmmm: () => MONTHS[day.getUTCMonth()],
      mmm: () => MONTHS[day.getUTCMonth()].slice(0, 3), mm: () => two(day.getUTCMonth() + 1), m: () => String(day.getUTCMonth() + 1),
      dd: () => two(day.getUTCDate()), d: () => String(day.getUTCDate()),
    })[part.toLowerCase()]()).replace(/["\\]/g, "");
  }

  const one = f => value => (Array.isArray(value) ? value.map(row => row.map(cell => caught(() => f(cell)))) : f(value));
  const real = f => one(value => finite(f(number(value))));
  const asked = (thunk, test) => { const value = caught(thunk); return Array.isArray(value) ? value.map(row => row.map(test)) : test(value); };
  function rounded(value, places, how) {
    const power = 10 ** Math.trunc(number(places)), amount = number(value);
    const scaled = Number((Math.abs(amount) * power).toPrecision(15));
    return (Math.sign(amount) * how(scaled)) / power;
  }
  function ordered(values, place) {
    const sorted = numbersIn(values).sort((a, b) => a - b), at = Math.trunc(number(place));
    if (at < 1 || at > sorted.length) throw NUM;
    return [sorted, at];
  }
  function found(part, whole, start, fold) {
    const from = start === undefined ? 1 : Math.trunc(number(start));
    const [a, b] = fold ? [text(part).toLowerCase(), text(whole).toLowerCase()] : [text(part), text(whole)];
    const at = b.indexOf(a, from - 1);
    if (at < 0 || from < 1) throw VALUE;
    return at + 1;
  }
  function logical(values, start, join) {
    let result = start;
    for (const cell of values.flatMap(flat)) {
      if (isError(cell)) throw cell;
      if (cell !== null && typeof cell !== "string") result = join(result, truth(cell));
    }
    return result;
  }
  function net(rate, flows) {
    return flows.reduce((sum, flow, i) => sum + flow / (1 + rate) ** (i + 1), 0);
  }

  const f = {
    error, isError, caught,
    add: each((a, b) => finite(number(a) + number(b))), sub: each((a, b) => finite(number(a) - number(b))),
    mul: each((a, b) => finite(number(a) * number(b))),
    div: each((a, b) => { const [top, bottom] = [number(a), number(b)]; if (bottom === 0) throw DIV; return finite(top / bottom); }),
    pow: each((a, b) => power(number(a), number(b))), join: each((a, b) => text(a) + text(b)),
    eq: each((a, b) => compare(a, b) === 0), ne: each((a, b) => compare(a, b) !== 0), lt: each((a, b) => compare(a, b) < 0),
    gt: each((a, b) => compare(a, b) > 0), le: each((a, b) => compare(a, b) <= 0), ge: each((a, b) => compare(a, b) >= 0),
    IF(condition, yes, no = () => false) {
      const test = condition();
      if (!Array.isArray(test)) return truth(test) ? yes() : no();
      const [a, b] = [caught(yes), caught(no)];
      const pick = (value, r, c) => (Array.isArray(value) ? value[value.length === 1 ? 0 : r][value[0].length === 1 ? 0 : c] : value);
      return test.map((row, r) => row.map((cell, c) => caught(() => pick(truth(cell) ? a : b, r, c))));
    },
    IFERROR: (value, other) => { const result = caught(value); return isError(result) ? other() : result; },
    IFNA: (value, other) => { const result = caught(value); return result === NA || (isError(result) && result.code === "#N/A") ? other() : result; },
    CHOOSE: (place, ...values) => { const at = Math.trunc(number(place())); if (at < 1 || at > values.length) throw VALUE; return values[at - 1](); },
    ISERROR: value => asked(value, isError), ISNA: value => asked(value, cell => isError(cell) && cell.code === "#N/A"),
    ISNUMBER: value => asked(value, cell => typeof cell === "number"), ISTEXT: value => asked(value, cell => typeof cell === "string"),
    ISBLANK: value => asked(value, cell => cell === null), ISLOGICAL: value => asked(value, cell => typeof cell === "boolean"),
    ABS: real(Math.abs), EXP: real(Math.exp), INT: real(value => Math.floor(Number(value.toPrecision(15)))), SIGN: real(Math.sign), SQRT: real(Math.sqrt),
    LN: real(value => (value > 0 ? Math.log(value) : NaN)), LOG10: real(value => (value > 0 ? Math.log10(value) : NaN)),
    N: value => (Array.isArray(value) ? f.N(value[0][0]) : isError(value) ? fail(value) : typeof value === "number" ? value : value === true ? 1 : 0),
    NA: () => NA, TRUE: () => true, FALSE: () => false,
    POWER: (a, b) => power(number(a), number(b)),
    MOD: (a, b) => { const [top, bottom] = [number(a), number(b)]; if (bottom === 0) throw DIV; return top - bottom * Math.floor(top / bottom); },
    ROUND: (value, places) => rounded(value, places, Math.round), ROUNDUP: (value, places) => rounded(value, places, Math.ceil),
    ROUNDDOWN: (value, places) => rounded(value, places, Math.floor),
    CEILING: (value, step) => (number(step) === 0 ? 0 : Math.ceil(Number((number(value) / number(step)).toPrecision(15))) * number(step)),
    FLOOR: (value, step) => { if (number(step) === 0) throw DIV; return Math.floor(Number((number(value) / number(step)).toPrecision(15))) * number(step); },
    SUM: (...values) => numbersIn(values).reduce((a, b) => a + b, 0),
    MAX: (...values) => numbersIn(values).reduce((a, b) => Math.max(a, b), -Infinity) || 0,
    MIN: (...values) => numbersIn(values).reduce((a, b) => Math.min(a, b), Infinity) || 0,
    AVERAGE: (...values) => { const all = numbersIn(values); if (!all.length) throw DIV; return f.SUM(...values) / all.length; },
    COUNT: (...values) => values.flatMap(flat).filter(cell => typeof cell === "number").length,
    COUNTA: (...values) => values.flatMap(flat).filter(cell => cell !== null && cell !== undefined).length,
    COUNTBLANK: values => flat(values).filter(cell => cell === null || cell === "").length,
    COUNTIF: (cells, wanted) => flat(cells).filter(criterion(wanted)).length,
    COUNTIFS: (...pairs) => {
      const tests = pairs.filter((_, i) => i % 2).map(criterion), cells = pairs.filter((_, i) => i % 2 === 0).map(flat);
      return cells[0].filter((_, i) => tests.every((test, k) => test(cells[k][i]))).length;
    },
    SUMIF: (cells, wanted, sums = cells) => {
      const test = criterion(wanted), all = flat(sums);
      return flat(cells).reduce((sum, cell, i) => sum + (test(cell) ? (isError(all[i]) ? fail(all[i]) : typeof all[i] === "number" ? all[i] : 0) : 0), 0);
    },
    SUMPRODUCT: (...grids) => {
      const lists = grids.map(flat), size = lists[0].length;
      if (lists.some(list => list.length !== size)) throw VALUE;
      let sum = 0;
      for (let i = 0; i < size; i++) {
        let term = 1;
        for (const list of lists) { if (isError(list[i])) throw list[i]; term *= typeof list[i] === "number" ? list[i] : 0; }
        sum += term;
      }
      return sum;
    },
    AND: (...values) => logical(values, true, (a, b) => a && b), OR: (...values) => logical(values, false, (a, b) => a || b), NOT: value => !truth(value),
    INDEX: (grid, row, column) => {
      const cells = Array.isArray(grid) ? grid : [[grid]];
      let [r, c] = [row === undefined ? 0 : Math.trunc(number(row)), column === undefined ? 0 : Math.trunc(number(column))];
      if (column === undefined && cells.length === 1 && cells[0].length > 1) [r, c] = [1, r];
      else if (column === undefined && cells[0].length === 1) c = 1;
      if (r < 0 || c < 0 || r > cells.length || c > cells[0].length) throw REF;
      if (r && c) return cells[r - 1][c - 1];
      const rows = r ? [cells[r - 1]] : cells;
      const part = c ? rows.map(line => [line[c - 1]]) : rows;
      return part.length === 1 && part[0].length === 1 ? part[0][0] : part;
    },
    MATCH: (wanted, cells, kind = 1) => {
      const list = flat(cells), how = number(kind), alike = cell => !isError(cell) && cell !== null && rank(cell) === rank(wanted);
      if (isError(wanted)) throw wanted;
      let at = -1;
      if (how === 0) {
        const test = criterion(typeof wanted === "string" ? "=" + wanted : wanted);
        at = list.findIndex(cell => cell !== null && test(cell));
      } else list.forEach((cell, i) => { if (alike(cell) && (how > 0 ? compare(cell, wanted) <= 0 : compare(cell, wanted) >= 0)) at = i; });
      if (at < 0) throw NA;
      return at + 1;
    },
    ROWS: grid => (Array.isArray(grid) ? grid.length : 1), COLUMNS: grid => (Array.isArray(grid) ? grid[0].length : 1),
    SMALL: (values, place) => { const [sorted, at] = ordered([values], place); return sorted[at - 1]; },
    LARGE: (values, place) => { const [sorted, at] = ordered([values], place); return sorted[sorted.length - at]; },
    LOWER: one(value => text(value).toLowerCase()), UPPER: one(value => text(value).toUpperCase()), LEN: one(value => text(value).length),
    TRIM: one(value => text(value).replace(/ +/g, " ").replace(/^ | $/g, "")),
    LEFT: (value, count = 1) => text(value).slice(0, number(count)), RIGHT: (value, count = 1) => (number(count) ? text(value).slice(-number(count)) : ""),
    MID: (value, from, count) => text(value).substr(number(from) - 1, number(count)),
    SUBSTITUTE: (value, old, fresh) => (text(old) === "" ? text(value) : text(value).split(text(old)).join(text(fresh))),
    CONCATENATE: (...values) => values.map(text).join(""), EXACT: (a, b) => text(a) === text(b), VALUE: number,
    FIND: (part, whole, start) => found(part, whole, start, false), SEARCH: (part, whole, start) => found(part, whole, start, true),
    TEXT: (value, code) => formatted(Array.isArray(value) ? value[0][0] : isError(value) ? fail(value) : value, text(code)),
    DATE: (year, month, day) => serial(number(year), number(month) - 1, number(day)),
    YEAR: value => civil(number(value)).getUTCFullYear(), MONTH: value => civil(number(value)).getUTCMonth() + 1, DAY: value => civil(number(value)).getUTCDate(),
    EDATE: (start, months) => {
      const day = civil(number(start)), year = day.getUTCFullYear(), month = day.getUTCMonth() + Math.trunc(number(months));
      return serial(year, month, Math.min(day.getUTCDate(), new Date(Date.UTC(year, month + 1, 0)).getUTCDate()));
    },
    EOMONTH: (start, months) => { const day = civil(number(start)); return serial(day.getUTCFullYear(), day.getUTCMonth() + Math.trunc(number(months)) + 1, 0); },
    NPV: (rate, ...values) => net(number(rate), numbersIn(values)),
    PV: (rate, periods, payment, last = 0, kind = 0) => {
      const [i, n, p, end, due] = [rate, periods, payment, last, kind].map(number);
      return i === 0 ? -(end + p * n) : -(end + (p * (1 + i * due) * ((1 + i) ** n - 1)) / i) / (1 + i) ** n;
    },
    IRR: values => {
      const flows = numbersIn([values]);
      if (!flows.some(flow => flow > 0) || !flows.some(flow => flow < 0)) throw NUM;
      let [low, high] = [-0.999999, 1];
      while (net(high, flows) > 0 === net(low, flows) > 0 && high < 1e9) high *= 2;
      if (net(high, flows) > 0 === net(low, flows) > 0) throw NUM;
      const positive = net(low, flows) > 0;
      for (let i = 0; i < 200; i++) { const middle = (low + high) / 2; if (net(middle, flows) > 0 === positive) low = middle; else high = middle; }
      return (low + high) / 2;
    },
  };
  function fail(value) { throw value; }
  function power(a, b) {
    if (a === 0 && b === 0) throw NUM;
    if (a === 0 && b < 0) throw DIV;
    return finite(a ** b);
  }
  return f;
})();
