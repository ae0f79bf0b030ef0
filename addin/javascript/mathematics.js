// The functions of Python's module math.
Object.assign(py, (() => {
  const { OverflowError, ValueError, iter } = py;

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
  return {
    exp, expm1, log, log1p: positive(Math.log1p, -1), log2: positive(Math.log2, 0), log10: positive(Math.log10, 0), sqrt,
    nextafter, fsum, isinf: x => x === Infinity || x === -Infinity,
  };
})());
