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
    exp, expm1, log, log1p: positive(Math.log1p, -1), log2: positive(Math.log2, 0), log10: positive(Math.log10, 0), sqrt,
    nextafter, fsum, erf, erfc, lgamma, comb, prod, isclose, isinf: x => x === Infinity || x === -Infinity,
  };
})());
