// The page's pictures: bars of the options, lines over the months.
const charts = (() => {
  const drawn = (tag, attributes, text = "") => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };
  const widthOf = svg => Math.max(280, svg.clientWidth || 640);

  function bars(svg, rows) {
    const tall = 40, wide = widthOf(svg), most = rows.reduce((m, row) => Math.max(m, Math.abs(row.size)), 0) || 1;
    svg.setAttribute("viewBox", `0 0 ${wide} ${Math.max(1, rows.length * tall)}`);
    svg.replaceChildren(...rows.flatMap((row, i) => {
      const top = i * tall, length = Math.max(2, (Math.abs(row.size) / most) * (wide - 90));
      return [
        drawn("text", { x: 0, y: top + 13 }, row.name),
        drawn("rect", { x: 0, y: top + 19, width: length, height: 14, rx: 2, class: row.best ? "best" : "" }),
        drawn("text", { x: length + 8, y: top + 31 }, row.text),
      ];
    }));
  }

  // Steps between the lines of the grid: 1, 2 or 5 times a power of ten, about four of them.
  function stepOf(span) {
    const power = 10 ** Math.floor(Math.log10(span / 4));
    return power * [1, 2, 5, 10].find(times => power * times * 4.5 >= span);
  }
  function lines(svg, along, values, written) {
    const all = values.flat().filter(value => value !== null), high = Math.max(0, ...all), low = Math.min(0, ...all);
    const wide = widthOf(svg), tall = 220, left = 56, bottom = 24, last = along[along.length - 1] || 1;
    const step = stepOf(high - low || 1), top = Math.ceil(high / step) * step || step, floor = Math.floor(low / step) * step;
    const x = month => left + ((month - along[0]) / (last - along[0] || 1)) * (wide - left - 10);
    const y = value => 10 + ((top - value) / (top - floor)) * (tall - bottom - 10);
    svg.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
    const parts = [];
    for (let n = Math.round(floor / step); n <= Math.round(top / step); n++) {
      parts.push(drawn("line", { x1: left, x2: wide - 10, y1: y(n * step), y2: y(n * step), class: n === 0 ? "zero" : "grid" }));
      parts.push(drawn("text", { x: left - 6, y: y(n * step) + 4, class: "axis end" }, written(n * step)));
    }
    const every = [1, 2, 3, 6, 12].find(months => (last / months) * 34 <= wide - left) || 12;
    for (let month = along[0]; month <= last; month += every) parts.push(drawn("text", { x: x(month), y: tall - 6, class: "axis middle" }, String(month)));
    values.forEach((line, i) => {
      const points = line.map((value, k) => (value === null ? "" : `${x(along[k]).toFixed(1)},${y(value).toFixed(1)}`)).filter(Boolean);
      parts.push(drawn("polyline", { points: points.join(" "), class: `line-${i}` }));
    });
    svg.replaceChildren(...parts);
  }
  return { bars, lines };
})();
