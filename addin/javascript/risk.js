// FT_RISK without NumPy: the same stream of random numbers (PCG64, XSL-RR, seeded as NumPy's SeedSequence does), the
// same order of operations, so the same figures to the last digit. Source: M. E. O'Neill, PCG (2014), and the seeding
// that NumPy documents under "SeedSequence".
const $risk = (() => {
  const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n, MASK = (1n << 128n) - 1n;
  const LIMB = 2 ** 24, BLOCK = 16384, ROUND = 1e-12;

  // NumPy's SeedSequence: a pool of four words, mixed, then four 64-bit words of state.
  function seedWords(seed) {
    let constant = 0x43b0d7e5;
    const hashed = (value, multiplier) => {
      value = (value ^ constant) >>> 0;
      constant = Math.imul(constant, multiplier) >>> 0;
      value = Math.imul(value, constant) >>> 0;
      return (value ^ (value >>> 16)) >>> 0;
    };
    const mixed = (x, y) => {
      const result = (Math.imul(x, 0xca01f9dd) - Math.imul(y, 0x4973f715)) >>> 0;
      return (result ^ (result >>> 16)) >>> 0;
    };
    const entropy = seed >= 2 ** 32 ? [seed % 2 ** 32, Math.floor(seed / 2 ** 32)] : [seed];
    const pool = [0, 1, 2, 3].map(i => hashed(entropy[i] || 0, 0x931e8875));
    for (let from = 0; from < 4; from++) {
      for (let to = 0; to < 4; to++) if (from !== to) pool[to] = mixed(pool[to], hashed(pool[from], 0x931e8875));
    }
    constant = 0x8b51f9dd;
    const words = Array.from({ length: 8 }, (_, i) => BigInt(hashed(pool[i % 4], 0x58f38ded)));
    return [0, 2, 4, 6].map(i => words[i] | (words[i + 1] << 32n));
  }

  // The stream after `steps` numbers.
  function stream(seed, steps) {
    const [high, low, sequenceHigh, sequenceLow] = seedWords(seed);
    const increment = ((((sequenceHigh << 64n) | sequenceLow) << 1n) | 1n) & MASK;
    let state = (((increment + ((high << 64n) | low)) & MASK) * MULTIPLIER + increment) & MASK;
    let multiplier = MULTIPLIER, plus = increment, allTimes = 1n, allPlus = 0n;
    for (let left = BigInt(steps); left > 0n; left >>= 1n) {
      if (left & 1n) {
        allTimes = (allTimes * multiplier) & MASK;
        allPlus = (allPlus * multiplier + plus) & MASK;
      }
      plus = ((multiplier + 1n) * plus) & MASK;
      multiplier = (multiplier * multiplier) & MASK;
    }
    state = (allTimes * state + allPlus) & MASK;
    return { state: limbs(state), increment: limbs(increment) };
  }
  const limbs = value => Float64Array.from([0, 1, 2, 3, 4, 5], i => Number((value >> BigInt(24 * i)) & 0xffffffn));
  const [M0, M1, M2, M3, M4, M5] = limbs(MULTIPLIER);

  // Fills `out` with uniforms from 0 up to 1. 128 bits in six limbs of 24: a column of products stays below 2^53.
  function uniforms(random, out, size) {
    const s = random.state, [I0, I1, I2, I3, I4, I5] = random.increment;
    let [a, b, c, d, e, f] = s;
    for (let i = 0; i < size; i++) {
      let r = a * M0 + I0, carry = Math.floor(r / LIMB);
      const n0 = r - carry * LIMB;
      r = a * M1 + b * M0 + I1 + carry; carry = Math.floor(r / LIMB);
      const n1 = r - carry * LIMB;
      r = a * M2 + b * M1 + c * M0 + I2 + carry; carry = Math.floor(r / LIMB);
      const n2 = r - carry * LIMB;
      r = a * M3 + b * M2 + c * M1 + d * M0 + I3 + carry; carry = Math.floor(r / LIMB);
      const n3 = r - carry * LIMB;
      r = a * M4 + b * M3 + c * M2 + d * M1 + e * M0 + I4 + carry; carry = Math.floor(r / LIMB);
      const n4 = r - carry * LIMB;
      r = a * M5 + b * M4 + c * M3 + d * M2 + e * M1 + f * M0 + I5 + carry;
      f = (r - Math.floor(r / LIMB) * LIMB) & 255; // the top limb has 8 bits
      a = n0; b = n1; c = n2; d = n3; e = n4;
      // XSL-RR: high half xor low half, rotated right by the top six bits.
      const x0 = ((a | (b << 24)) ^ ((c >>> 16) | (d << 8))) | 0, x1 = (((b >>> 8) | (c << 16)) ^ (e | (f << 24))) | 0;
      const turn = f >>> 2, t = turn & 31;
      const low = turn & 32 ? x1 : x0, high = turn & 32 ? x0 : x1;
      const y0 = t ? (low >>> t) | (high << (32 - t)) : low, y1 = t ? (high >>> t) | (low << (32 - t)) : high;
      out[i] = ((y1 >>> 0) * 2097152 + (y0 >>> 11)) / 9007199254740992;
    }
    s.set([a, b, c, d, e, f]);
  }

  // Uniforms into draws of the triangular distribution, in place, by its inverse distribution function.
  function triangular(values, size, [low, base, high]) {
    const width = high - low;
    if (!width) return values.fill(low, 0, size);
    const left = (base - low) / width, right = (high - base) / width;
    for (let i = 0; i < size; i++) {
      const u = values[i];
      values[i] = u < left ? low + width * Math.sqrt(u * left) : high - width * Math.sqrt((1 - u) * right);
    }
    return values;
  }

  function quantile(sorted, share) {
    const rank = share * (sorted.length - 1), low = Math.trunc(rank), high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (rank - low) * (sorted[high] - sorted[low]);
  }

  function ft_risk(upfront, queries, saving_per_query, months, trials = 10000, seed = 1) {
    const triples = [[upfront, "upfront"], [queries, "queries"], [saving_per_query, "saving_per_query"]]
      .map(([cells, name]) => check_triple$(cells, name));
    const streams = triples.map((_, i) => stream(seed, i * trials));
    const blocks = triples.map(() => new Float64Array(Math.min(BLOCK, trials)));
    const net = new Float64Array(trials), lanes = new Float64Array(Math.min(BLOCK, trials));
    let paidBack = 0;
    for (let start = 0; start < trials; start += BLOCK) {
      const size = Math.min(BLOCK, trials - start);
      triples.forEach((triple, i) => {
        uniforms(streams[i], blocks[i], size);
        triangular(blocks[i], size, triple);
      });
      const [cost, volume, saving] = blocks;
      for (let i = 0; i < size; i++) {
        const left = saving[i] * volume[i] * months - cost[i];
        net[start + i] = left;
        if (left >= -ROUND * cost[i]) paidBack++;
        lanes[i] += left;
      }
    }
    net.sort();
    const figures = [paidBack / trials, ...[0.1, 0.5, 0.9].map(share => quantile(net, share)), py.fsum(lanes) / trials];
    if (!figures.every(Number.isFinite)) throw new py.OverflowError();
    return [figures];
  }

  return { ft_risk, stream, uniforms };
})();
