// The contract of the worksheet functions: kinds, bounds, blanks, ranges, error values. What one argument accepts, and
// every message, is translated from Python; here stands only what happens around it.
const $contract = (() => {
  const FUNCTIONS = new py.Dict();

  const is_range = value => Array.isArray(value);
  const date_serial = () => null; // a date reaches us as its serial number
  const is_missing = () => false; // what pandas and NumPy have for a missing value

  class WorksheetFunction {
    constructor([name, section, summary, returns, formula, many, spills, variadic, places], quantities, bodies) {
      Object.assign(this, { name, section, summary, returns, formula, many, spills, variadic, body: bodies[name] });
      this.arguments = places.map(([argument, quantity, ...rest]) => new Argument$(name, argument, quantities[quantity], ...rest));
      this.required = this.arguments.filter(argument => argument.required).length;
      this.checks = this.arguments.map(argument =>
        (argument.kind === "number" || argument.kind === "date") && (argument.shape === "cell" || argument.shape === "scalar")
          ? { least: argument.least, most: argument.most, whole: argument.whole } : null);
      this.laidOut = this.arguments.some(argument => argument.shape === "row" || argument.shape === "column");
      this.follower = this.arguments.findIndex(argument => argument.same_as);
      this.leader = this.arguments.findIndex(argument => argument.name === (this.arguments[this.follower] || {}).same_as);
    }
  }
  const finite = value => (value === "inf" ? Infinity : value === "-inf" ? -Infinity : value);

  // A plain number within its bounds needs no second look.
  const isPlain = (check, value) =>
    check !== null && typeof value === "number" && value >= check.least && value <= check.most &&
    (!check.whole || Number.isInteger(value));

  // The result of a call; an error of an argument or of the body's own is returned like it, others are thrown.
  function evaluate(fn, args) {
    _check_count$(fn, args.length);
    if (allPlain(fn, args)) return run(fn, args.length <= fn.follower ? followed(fn, args) : args);
    let list = fn.arguments;
    if (fn.variadic) list = list.concat(Array(Math.max(0, args.length - list.length)).fill(list[list.length - 1]));
    if (fn.laidOut || list.some((argument, i) => argument.shape === "cell" && i < args.length && is_range(args[i]))) {
      return spread(fn, args);
    }
    return run(fn, accepted(fn, list, args));
  }
  function allPlain(fn, args) {
    for (let i = 0; i < args.length; i++) if (!isPlain(fn.checks[i], args[i])) return false;
    return !fn.laidOut && !fn.variadic;
  }
  function followed(fn, args) {
    const values = args.slice();
    while (values.length < fn.follower) values.push(undefined); // the body's own default
    values.push(args[fn.leader]);
    return values;
  }

  // The arguments as the body takes them, or the error of the first one that it does not take.
  function accepted(fn, list, args) {
    const values = new Array(list.length);
    for (let i = 0; i < list.length; i++) {
      const argument = list[i], value = i < args.length ? args[i] : null;
      if (argument.kind === "any" || isPlain(fn.checks[i] || null, value)) values[i] = value;
      else if ((values[i] = taken(argument, value, list, values)) instanceof CalcError$) return values[i];
    }
    return values;
  }
  // What a body takes for one argument: a default where nothing was given, else what the contract accepts.
  function taken(argument, value, list, before) {
    if (argument.shape === "range") {
      return argument.is_omitted(value) ? null : flattened(argument, value).map(cell => argument.accept(cell));
    }
    if (is_range(value)) value = only_cell$(argument, value);
    if (argument.is_omitted(value)) {
      if (argument.same_as) value = before[list.findIndex(other => other.name === argument.same_as)];
      else if (argument.default === null) return null;
      else value = argument.default;
    }
    return argument.taken(value);
  }

  function run(fn, values) {
    if (values instanceof CalcError$) return values;
    try {
      return finished(fn, fn.body(...values));
    } catch (failure) {
      throw named(fn, failure);
    }
  }
  function finished(fn, result) {
    if (typeof result !== "number") return result instanceof CalcError$ ? named(fn, result) : result;
    if (!Number.isFinite(result)) throw overflow(fn);
    return result;
  }
  function named(fn, failure) {
    if (failure instanceof CalcError$ && !failure.function) failure.function = fn.name;
    if (failure instanceof py.ZeroDivisionError) {
      return new ZeroRatioError$("divides by zero", "Check the inputs that are 0", fn.name);
    }
    return failure instanceof py.OverflowError ? overflow(fn) : failure;
  }
  const overflow = fn =>
    new OutOfBoundsError$("has a result too large for a number", "Check the units of the inputs", fn.name);

  // Ranges

  function laidOut(argument, value) {
    if (!is_range(value)) return { rows: 1, columns: 1, cells: [value] };
    const rows = value.length && is_range(value[0]) ? value : [value];
    const columns = rows[0].length;
    if (rows.some(row => !is_range(row) || row.length !== columns)) {
      throw _bad_range$(argument, "has rows of different lengths", "Give every row the same number of cells");
    }
    _refuse_empty$(argument, columns);
    if (columns > 1) return { rows: rows.length, columns, cells: rows.flat() };
    const cells = new Array(rows.length);
    for (let i = 0; i < rows.length; i++) cells[i] = rows[i][0];
    return { rows: rows.length, columns, cells };
  }
  const flattened = (argument, value) => laidOut(argument, value).cells;

  function operand(argument, value) {
    const laid = { argument, ...laidOut(argument, value) };
    if (argument.shape === "row") Object.assign(laid, { rows: 1, columns: laid.cells.length });
    if (argument.shape === "column") Object.assign(laid, { rows: laid.cells.length, columns: 1 });
    return laid;
  }

  // An argument left out takes its default, or the cells of the argument whose value stands in.
  function filledIn(operands) {
    for (const laid of operands) {
      const { argument, cells } = laid;
      if (cells.length !== 1 || !argument.is_omitted(cells[0])) continue;
      if (argument.same_as) Object.assign(laid, operands.find(other => other.argument.name === argument.same_as));
      else if (argument.default !== null) laid.cells = [argument.default];
    }
  }

  // Cells repeated over the result's shape; #N/A where a range has no value, as in Excel.
  function widened({ argument, rows: tall, columns: wide, cells }, rows, columns) {
    if (cells.length === 1 || (tall === rows && wide === columns)) return cells;
    const missing = new NoAnswerError$(
      `has no value here: its range has ${tall} x ${wide} cells, the result ${rows} x ${columns}`,
      "Give ranges of equal size", argument.function, argument.name);
    const all = new Array(rows * columns);
    for (let row = 0, i = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, i++) {
        all[i] = (tall === 1 || row < tall) && (wide === 1 || column < wide)
          ? cells[(tall === 1 ? 0 : row) * wide + (wide === 1 ? 0 : column)] : missing;
      }
    }
    return all;
  }

  function spread(fn, args) {
    const operands = fn.arguments.map((argument, i) => operand(argument, i < args.length ? args[i] : null));
    filledIn(operands);
    const rows = operands.reduce((most, laid) => Math.max(most, laid.rows), 1);
    const columns = operands.reduce((most, laid) => Math.max(most, laid.columns), 1);
    const lists = operands.map(laid => widened(laid, rows, columns));
    const one = elementwise(fn, lists);
    const result = new Array(rows);
    for (let row = 0, i = 0; row < rows; row++) {
      const line = new Array(columns);
      for (let column = 0; column < columns; column++, i++) line[column] = one(i);
      result[row] = line;
    }
    return result;
  }

  // The function of one element: its error is its result. What only looks something up is asked once a question.
  function elementwise(fn, lists) {
    const count = lists.length, values = new Array(count), known = fn.many ? new Map() : null;
    const constant = lists.map((list, i) => list.length === 1 && isPlain(fn.checks[i], list[0]));
    return index => {
      let plain = true;
      for (let i = 0; i < count; i++) {
        const list = lists[i], value = list.length === 1 ? list[0] : list[index];
        values[i] = value;
        if (plain && !constant[i] && !isPlain(fn.checks[i], value)) plain = false;
      }
      if (!known) return cell(fn, values, plain);
      const question = values.map(value => typeof value + (value instanceof CalcError$ ? value.code : value)).join("\0");
      if (!known.has(question)) known.set(question, cell(fn, values, plain));
      return known.get(question);
    };
  }
  function cell(fn, values, plain) {
    try {
      return plain ? finished(fn, fn.body(...values)) : run(fn, accepted(fn, fn.arguments, values));
    } catch (failure) {
      const error = named(fn, failure);
      if (error instanceof CalcError$) return error;
      throw error;
    }
  }

  // Calls

  // The result of a call from a sheet, an error value as a CalcError; blanks and arguments left out are null.
  function answer(name, args) {
    const fn = FUNCTIONS.at(name);
    let count = args.length;
    while (count > fn.required && args[count - 1] === null) count--;
    try {
      return evaluate(fn, count === args.length ? args : args.slice(0, count));
    } catch (failure) {
      if (failure instanceof CalcError$) return failure;
      if (failure instanceof $files.Missing) throw failure;
      return new WrongKindError$(`failed: ${failure && failure.message ? failure.message : failure}`,
        "Report it with the arguments you gave", name);
    }
  }

  // `answer` where a file may have to be loaded first; one that does not load is the error of the call.
  async function answerLater(name, args) {
    for (;;) {
      try {
        return answer(name, args);
      } catch (missing) {
        try {
          if (!(missing instanceof $files.Missing)) throw missing;
          await $files.load(missing.name);
        } catch (failure) {
          const what = { prices: "the price catalogue", sellers: "the list of other sellers' prices" }[missing.name] ||
            `the vocabulary ${missing.name}`;
          return new NoAnswerError$(`has no answer: ${what} did not load (${failure.message})`,
            "Check the connection and calculate again", name);
        }
      }
    }
  }

  function define({ quantities, functions }, bodies) {
    const known = quantities.map(fields => new Quantity$(...fields.map(finite)));
    for (const fields of functions) FUNCTIONS.set(fields[0], new WorksheetFunction(fields, known, bodies));
  }

  return { FUNCTIONS, is_range, date_serial, is_missing, flattened, evaluate: py.throwing(evaluate), answer, answerLater, define };
})();
