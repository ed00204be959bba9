// SVG with real text: axes, spots, bars, labels that never cover each other.

export const COLOURS = ["#0072B2", "#B26A00", "#00795A", "#A2487F", "#2B7FB0", "#C04A00", "#857300",
  "#332288", "#882255", "#117733", "#555555"];

export function make(name, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

export function canvas(width, height, title, role = "img") {
  return make("svg", { viewBox: `0 0 ${width} ${height}`, role, "aria-label": title });
}

export function hours(value) {
  if (value < 1) return `${Math.round(value * 60)} min`;
  if (value < 72) return `${value < 10 ? +value.toFixed(1) : Math.round(value)} h`;
  return `${+(value / 24).toFixed(1)} days`;
}

const HOURS = [1 / 60, 0.25, 1, 4, 12, 24, 72, 168, 336, 672, 2016];

// From values to places; logarithmic for hours.
export function scale(low, high, from, to, log) {
  if (log) { low /= 1.5; high *= 1.5; } else { const room = (high - low) * 0.12 || Math.abs(high) * 0.1 || 1; low -= room; high += room; }
  const f = log ? Math.log : (v) => v;
  const at = (v) => from + ((f(v) - f(low)) / (f(high) - f(low))) * (to - from);
  const ticks = log ? HOURS.filter((v) => v >= low && v <= high) : nice(low, high);
  return { at, low, high, ticks: apart(ticks, at) };
}

function nice(low, high) {
  const raw = (high - low) / 6, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw);
  const ticks = [];
  for (let v = Math.ceil(low / step) * step; v <= high; v += step) ticks.push(+v.toPrecision(12));
  return ticks;
}

export function text(x, y, words, attributes = {}) {
  return make("text", { x, y, ...attributes }, words);
}

// Labels beside their spots, at the first free place around them; a leader line where that is far.
// `lines`: points along lines that labels keep off, too.
export function label(svg, spots, lines, width, height) {
  const boxes = [...spots.map((s) => ({ x: s.x - 7, y: s.y - 7, w: 14, h: 14 })), ...lines.map((p) => ({ x: p.x - 2, y: p.y - 2, w: 4, h: 4 }))];
  for (const spot of spots) {
    const node = text(0, 0, spot.name, { fill: spot.strong ? "#14202b" : "#55606b", "data-label": spot.name });
    svg.append(node);
    const w = Math.max(node.getComputedTextLength(), spot.name.length * 6.5), h = 16;
    const place = places(w, h).map(([dx, dy]) => ({ x: spot.x + dx, y: spot.y + dy, w, h })).find((box) =>
      box.x >= 2 && box.x + w <= width - 2 && box.y >= 16 && box.y + h <= height - 2 && !boxes.some((other) => overlap(box, other)));
    const box = place ?? { x: Math.min(spot.x, width - w), y: boxes.length * h, w, h };
    boxes.push(box);
    node.setAttribute("x", box.x); node.setAttribute("y", box.y + 12);
    const cx = Math.max(box.x, Math.min(spot.x, box.x + w)), cy = Math.max(box.y, Math.min(spot.y, box.y + h));
    if (Math.hypot(cx - spot.x, cy - spot.y) > 16)
      svg.append(make("line", { class: "leader", x1: spot.x, y1: spot.y, x2: cx, y2: cy }));
  }
}

function places(w, h) {
  const found = [[10, -8], [-w - 10, -8], [-w / 2, -26], [-w / 2, 10]];
  for (let r = 24; r < 320; r += 12)
    for (let a = 0; a < 24; a++) {
      const x = r * Math.cos((a * Math.PI) / 12), y = r * Math.sin((a * Math.PI) / 12);
      found.push([x < 0 ? x - w : x, y - h / 2]);
    }
  return found;
}

// Points every few pixels from corner to corner.
export function along(corners) {
  return corners.slice(1).flatMap((to, n) => {
    const from = corners[n], steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 5));
    return Array.from({ length: steps + 1 }, (_, k) => ({ x: from.x + ((to.x - from.x) * k) / steps, y: from.y + ((to.y - from.y) * k) / steps }));
  });
}

function overlap(a, b) {
  return a.x < b.x + b.w + 2 && b.x < a.x + a.w + 2 && a.y < b.y + b.h && b.y < a.y + a.h;
}

// Ticks whose words do not touch: along an axis to the right they need more room than up.
function apart(ticks, at) {
  const kept = [];
  for (const v of ticks) {
    const before = kept.length ? at(v) - at(kept[kept.length - 1]) : Infinity;
    if (before > 48 || before < -16) kept.push(v);
  }
  return kept;
}

export function bars(rows, parts, shown, title, width) {
  // rows: {name, values}; parts: {label, colour}; stacked.
  const columns = width < 420 ? 1 : 2;
  const left = 150, row = 22, height = rows.length * row + 30 + 18 * Math.ceil(parts.length / columns);
  const svg = canvas(width, height, title);
  const most = Math.max(1e-9, ...rows.map((r) => r.values.reduce((a, b) => a + b, 0)));
  rows.forEach((r, n) => {
    svg.append(text(left - 8, n * row + 15, r.name, { "text-anchor": "end" }));
    let x = left;
    r.values.forEach((value, p) => {
      const w = (value / most) * (width - left - 60);
      const bar = make("rect", { x, y: n * row + 3, width: w, height: row - 6, fill: parts[p].colour });
      bar.append(make("title", {}, `${r.name}, ${parts[p].label}: ${shown(value)}`));
      svg.append(bar);
      x += w;
    });
    svg.append(text(x + 5, n * row + 15, r.values.length ? shown(r.values.reduce((a, b) => a + b, 0)) : "–", { class: "tick" }));
  });
  parts.forEach((part, n) => {
    const x = 10 + (n % columns) * (width / 2), y = rows.length * row + 22 + 18 * Math.floor(n / columns);
    svg.append(make("rect", { x, y: y - 10, width: 12, height: 12, fill: part.colour }), text(x + 18, y, part.label, { class: "tick" }));
  });
  return svg;
}
