// Files that the first call that needs them loads, and checks: vocabularies, and the catalogue where it is no part of
// this text. Without its file a call has no answer, never a wrong one.
const $files = (() => {
  // Thrown by a call whose file is not there yet.
  class Missing {
    constructor(name) { this.name = name; }
  }
  const settings = { base: "data/", fetch: url => fetch(url) };
  const loading = new Map();

  function load(name) {
    if (!loading.has(name)) loading.set(name, fetched(name).finally(() => loading.delete(name)));
    return loading.get(name);
  }
  async function fetched(name) {
    const response = await settings.fetch(settings.base + FILES[name].file);
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    const data = new Uint8Array(await response.arrayBuffer());
    const subtle = typeof crypto === "object" && crypto.subtle;
    if (subtle) {
      const digest = new Uint8Array(await subtle.digest("SHA-256", data));
      const hex = Array.from(digest, byte => byte.toString(16).padStart(2, "0")).join("");
      if (hex !== FILES[name].sha256) throw new Error("it is not the file that was shipped");
    }
    if (name in TABLES) DATA[name] = JSON.parse(new TextDecoder().decode(data));
    else $tokens.read(name, data);
  }

  // The rows of a table of the catalogue, its titles first: it is packed by columns, a number for how often the text
  // before it is repeated.
  const TABLES = { prices: /^(?!seller_)/, sellers: /^seller_/ };
  function rows(file) {
    const name = Object.keys(TABLES).find(known => TABLES[known].test(file));
    if (!(name in DATA)) throw new Missing(name);
    const [titles, ...columns] = DATA[name][file], found = [titles];
    columns.forEach((column, place) => {
      let row = 0, text;
      const put = () => { row++; (found[row] = found[row] || [])[place] = text; };
      for (const part of column) {
        if (typeof part === "number") for (let left = part; left > 0; left--) put();
        else { text = part; put(); }
      }
    });
    return found;
  }
  return { Missing, settings, load, rows, reader: found => found.values(), none: () => [] };
})();

// Token counts by byte-pair encoding over the shipped vocabularies.
const $tokens = (() => {
  const loaded = new Map();

  // Vocabularies as `vocabulary.py` packs them: the pattern in the first line, then a byte for the length of each token
  // and its bytes, in order of rank.
  function read(name, data) {
    const ranks = new Map();
    const chars = latin1(data), head = chars.indexOf("\n");
    let longest = 0, at = head + 1, rank = 0;
    while (at < data.length) {
      const size = data[at];
      if (size) ranks.set(chars.slice(at + 1, at + 1 + size), rank);
      if (size > longest) longest = size;
      at += 1 + size;
      rank++;
    }
    const { tokens, composed } = FILES[name];
    if (at !== data.length || ranks.size !== tokens) throw new Error("it is not the file that was shipped");
    loaded.set(name, { ranks, longest, composed, pattern: new RegExp(chars.slice(0, head), "gu"), known: new Map() });
  }
  function latin1(data) {
    const parts = [];
    for (let i = 0; i < data.length; i += 32768) parts.push(String.fromCharCode.apply(null, data.subarray(i, i + 32768)));
    return parts.join("");
  }

  // Tokens of one piece, given as a string of its bytes: the pair of lowest rank is joined first, the leftmost of equals.
  function pieceTokens(piece, { ranks, longest }) {
    if (piece.length === 1 || ranks.has(piece)) return 1;
    return piece.length < 64 ? joinedShort(piece, ranks) : joinedLong(piece, ranks, longest);
  }
  function joinedShort(piece, ranks) {
    const ends = Array.from({ length: piece.length + 1 }, (_, i) => i); // where each token begins, and the end
    const rankAt = i => (i + 2 < ends.length ? ranks.get(piece.slice(ends[i], ends[i + 2])) ?? Infinity : Infinity);
    const pairs = ends.map((_, i) => rankAt(i));
    for (;;) {
      let best = 0;
      for (let i = 1; i < pairs.length; i++) if (pairs[i] < pairs[best]) best = i;
      if (pairs[best] === Infinity) return ends.length - 1;
      ends.splice(best + 1, 1);
      pairs.splice(best + 1, 1);
      pairs[best] = rankAt(best);
      if (best > 0) pairs[best - 1] = rankAt(best - 1);
    }
  }
  // The same with a heap and a linked list: a word of a million letters takes a moment, not an hour.
  function joinedLong(piece, ranks, longest) {
    const n = piece.length;
    const after = Int32Array.from({ length: n }, (_, i) => i + 1), before = Int32Array.from({ length: n }, (_, i) => i - 1);
    const rankOf = new Float64Array(n);
    const heap = []; // rank × 2^32 + place: ordered by rank, then from the left
    const push = key => {
      let i = heap.push(key) - 1;
      while (i > 0) {
        const parent = (i - 1) >> 1;
        if (heap[parent] <= key) break;
        heap[i] = heap[parent];
        i = parent;
      }
      heap[i] = key;
    };
    const pop = () => {
      const top = heap[0], last = heap.pop();
      if (heap.length) {
        let i = 0;
        for (;;) {
          let child = 2 * i + 1;
          if (child >= heap.length) break;
          if (child + 1 < heap.length && heap[child + 1] < heap[child]) child++;
          if (heap[child] >= last) break;
          heap[i] = heap[child];
          i = child;
        }
        heap[i] = last;
      }
      return top;
    };
    const look = i => {
      const next = after[i], end = next < n ? after[next] : n + 1;
      const rank = next < n && end - i <= longest ? ranks.get(piece.slice(i, end)) : undefined;
      rankOf[i] = rank === undefined ? -1 : rank;
      if (rank !== undefined) push(rank * 4294967296 + i);
    };
    for (let i = 0; i < n; i++) look(i);
    let count = n;
    while (heap.length) {
      const key = pop(), rank = Math.floor(key / 4294967296), i = key - rank * 4294967296;
      if (rankOf[i] !== rank) continue; // an older state of this place
      const gone = after[i];
      after[i] = after[gone];
      if (after[i] < n) before[after[i]] = i;
      rankOf[gone] = -1;
      count--;
      look(i);
      if (before[i] >= 0) look(before[i]);
    }
    return count;
  }

  function vocabularyOf(model) {
    const name = resolve$(model), vocabulary = loaded.get(name);
    if (!(name in FILES)) {
      throw new NoAnswerError$(`the vocabulary ${name} is not packed into this host`, "Count with `breakeven tokens` instead");
    }
    if (!vocabulary) throw new $files.Missing(name);
    return vocabulary;
  }

  const plain = /^[\x00-\x7f]*$/;
  function counted(text, vocabulary) {
    let total = 0;
    const { known, composed } = vocabulary;
    text = text.replace(/\p{Surrogate}/gu, "\ufffd"); // half a character, which UTF-8 has no bytes for
    if (composed) text = text.normalize("NFC");
    for (const word of text.match(vocabulary.pattern) || []) {
      let count = known.get(word);
      if (count === undefined) {
        count = pieceTokens(plain.test(word) ? word : latin1(new TextEncoder().encode(word)), vocabulary);
        if (word.length < 32) {
          if (known.size > 50000) known.clear();
          known.set(word, count);
        }
      }
      total += count;
    }
    return total;
  }

  return {
    read,
    count: (text, model) => counted(text, vocabularyOf(model)),
    count_many: (texts, model) => { const held = vocabularyOf(model); return [...texts].map(text => counted(text, held)); },
  };
})();
