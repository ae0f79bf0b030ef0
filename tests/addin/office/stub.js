// A stand-in for office.js: a small workbook, and Excel's objects as far as the pane and the functions use them.
(() => {
  const sheets = {
    Model: {
      A1: 12, A2: 315, A3: 9, A4: "<img src=x onerror=window.hacked=1>", A5: "tiktoken is great!",
      C1: { formula: "=FT_BREAKEVEN(A1,A2,A3)", value: 0.0392156862745098 },
      C2: { formula: "=FT_BREAKEVEN(A1,A4,A3)", value: "#VALUE!", kind: "Error" },
      C3: { formula: "=IF(1,CALL_COST(A1,A2*2,A3,1),0)", value: 1 },
    },
    Checks: {
      A1: "Checks", A2: "Function", E2: "OK", A3: "PE_MONTHLY", E3: true, A4: "<b>CALL_COST</b>", E4: false,
      A5: "Question", B5: "Link", D5: "Open", A6: "Price far from the catalogue", B6: "#pe_input_price", D6: 1,
      A7: "Growth is stored as text", B7: "#monthly_growth", D7: 0,
    },
  };
  const names = { out_checks: ["Checks", "E4"], out_questions: ["Checks", "G1"], out_gaps: ["Checks", "G2"], pe_input_price: ["Model", "A2"] };
  sheets.Checks.G1 = 1;
  sheets.Checks.G2 = 2;
  const workbook = { sheet: "Model", selection: "D1" };
  const number = letters => [...letters].reduce((n, c) => n * 26 + c.charCodeAt(0) - 64, 0);
  const letters = n => (n > 26 ? String.fromCharCode(64 + Math.floor((n - 1) / 26)) : "") + String.fromCharCode(65 + ((n - 1) % 26));
  const corners = address => {
    const [from, to = from] = address.replace(/\$/g, "").split(":");
    const split = cell => /^([A-Z]+)(\d+)$/.exec(cell);
    const [, a, b] = split(from), [, c, d] = split(to);
    return [number(a), Number(b), number(c), Number(d)];
  };

  class Range {
    constructor(sheet, address) { this.sheet = sheet; this.body = address.replace(/\$/g, ""); this.isNullObject = false; }
    load() { return this; }
    get address() { return `${this.sheet}!${this.body}`; }
    map(read) {
      const [left, top, right, bottom] = corners(this.body);
      return Array.from({ length: bottom - top + 1 }, (_, r) =>
        Array.from({ length: right - left + 1 }, (_, c) => read(sheets[this.sheet][letters(left + c) + (top + r)])));
    }
    set(values, make) {
      const [left, top] = corners(this.body);
      values.forEach((row, r) => row.forEach((value, c) => { sheets[this.sheet][letters(left + c) + (top + r)] = make(value); }));
    }
    get values() { return this.map(cell => (cell === undefined ? "" : cell.formula ? cell.value : cell)); }
    set values(rows) { this.set(rows, value => value); }
    get formulas() { return this.map(cell => (cell === undefined ? "" : cell.formula || cell)); }
    set formulas(rows) { this.set(rows, formula => ({ formula, value: 0 })); }
    get text() { return this.values.map(row => row.map(String)); }
    get valueTypes() {
      return this.map(cell => {
        if (cell === undefined) return "Empty";
        if (cell.kind) return cell.kind;
        return { number: "Double", boolean: "Boolean", string: "String" }[typeof (cell.formula ? cell.value : cell)];
      });
    }
    get rowIndex() { return corners(this.body)[1] - 1; }
    getOffsetRange(rows, columns) {
      const [left, top] = corners(this.body);
      return new Range(this.sheet, letters(left + columns) + (top + rows));
    }
    getUsedRangeOrNullObject() {
      const range = new Range(this.sheet, this.body);
      range.isNullObject = range.valueTypes.flat().every(kind => kind === "Empty");
      return range;
    }
    select() { workbook.sheet = this.sheet; workbook.selection = this.body; }
  }
  class Sheet {
    constructor(name) { this.name = name; this.isNullObject = !(name in sheets); }
    load() {}
    getRange(address) { return new Range(this.name, address); }
    getUsedRange() { return new Range(this.name, "A1:G7"); }
  }
  const context = {
    sync: async () => {},
    workbook: {
      getSelectedRange: () => new Range(workbook.sheet, workbook.selection),
      getActiveCell: () => new Range(workbook.sheet, workbook.selection.split(":")[0]),
      worksheets: { getItem: name => new Sheet(name), getItemOrNullObject: name => new Sheet(name) },
      names: {
        getItemOrNullObject: name => ({
          isNullObject: !(name in names), load() {}, getRange: () => new Range(...names[name]),
        }),
      },
    },
  };
  const associated = {};
  window.stub = { sheets, workbook, associated };
  window.Excel = { run: async work => work(context) };
  window.Office = {
    context: { platform: new URLSearchParams(location.search).get("platform") || "OfficeOnline" },
    onReady: told => Promise.resolve().then(() => told({ host: "Excel" })),
  };
  window.CustomFunctions = {
    associate: (id, called) => { associated[id] = called; },
    ErrorCode: {
      invalidValue: "#VALUE!", notAvailable: "#N/A", divisionByZero: "#DIV/0!", invalidNumber: "#NUM!",
      nullReference: "#NULL!", invalidName: "#NAME?", invalidReference: "#REF!",
    },
    Error: class { constructor(code, message) { this.code = code; this.message = message; } },
  };
})();
