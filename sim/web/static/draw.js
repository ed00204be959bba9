// SVG with real text: axes, spots, bars, labels that never cover each other.

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

// Labels beside their spots, where least is struck through; a leader line where that is far. `taken`:
// boxes that labels never cover; `lines`: {points, cost} that they keep off as far as that cost goes.
export function label(svg, spots, taken, lines, frame, size = 14) {
  const half = size * 0.62;
  const boxes = [...taken, ...spots.map((s) => ({ x: s.x - half, y: s.y - half, w: 2 * half, h: 2 * half }))], kept = [...lines];
  for (const spot of spots) {
    const node = text(0, 0, spot.name, { class: spot.strong ? "name strong" : "name", "data-label": spot.name });
    svg.append(node);
    const w = Math.max(node.getComputedTextLength(), spot.name.length * size * 0.45), h = size * 1.45;
    const box = cheapest(spot, w, h, boxes, kept, frame, half) ?? { x: Math.min(spot.x, frame.right - w), y: boxes.length * h, w, h };
    boxes.push(box);
    node.setAttribute("x", box.x); node.setAttribute("y", box.y + size * 1.05);
    const end = nearest(spot, box);
    if (Math.hypot(end.x - spot.x, end.y - spot.y) <= half + 9) continue;
    node.before(make("line", { class: "leader", x1: spot.x, y1: spot.y, x2: end.x, y2: end.y }));
    kept.push({ points: along([spot, end]), cost: 20 });
  }
}

function cheapest(spot, w, h, boxes, lines, frame, half) {
  let best, least = Infinity;
  for (const [dx, dy, distance] of places(w, h, half)) {
    if (distance >= least) break;
    const box = { x: spot.x + dx, y: spot.y + dy, w, h };
    if (box.x < frame.left || box.x + w > frame.right || box.y < frame.top || box.y + h > frame.bottom || boxes.some((other) => overlap(box, other))) continue;
    const cost = distance + struck(box, lines) + led(spot, box, boxes);
    if (cost < least) [best, least] = [box, cost];
  }
  return best ?? anywhere(spot, w, h, boxes, lines, frame);
}

// Where nothing near is free: the nearest place of all that is.
function anywhere(spot, w, h, boxes, lines, frame) {
  let best, least = Infinity;
  for (let y = frame.top; y + h <= frame.bottom; y += 4)
    for (let x = frame.left; x + w <= frame.right; x += 6) {
      const box = { x, y, w, h };
      if (boxes.some((other) => overlap(box, other))) continue;
      const end = nearest(spot, box), cost = Math.hypot(end.x - spot.x, end.y - spot.y) + struck(box, lines);
      if (cost < least) [best, least] = [box, cost];
    }
  return best;
}

const struck = (box, lines) => lines.reduce((sum, { points, cost }) => sum + (points.some((p) => inside(p, box)) ? cost : 0), 0);

const inside = (p, box) => p.x > box.x - 2 && p.x < box.x + box.w + 2 && p.y > box.y && p.y < box.y + box.h;

// What it costs that the leader to a box crosses others.
function led(spot, box, boxes) {
  const end = nearest(spot, box);
  if (Math.hypot(end.x - spot.x, end.y - spot.y) <= 16) return 0;
  const way = along([spot, end]);
  return 40 * boxes.filter((other) => !inside(spot, other) && way.some((p) => inside(p, other))).length;
}

function nearest(spot, box) {
  return { x: Math.max(box.x, Math.min(spot.x, box.x + box.w)), y: Math.max(box.y, Math.min(spot.y, box.y + box.h)) };
}

// Around a spot with how far away they are, near ones first.
function places(w, h, half) {
  const off = half + 4, found = [[off, -h / 2, 0], [-w - off, -h / 2, 1], [-w / 2, -h - off, 2], [-w / 2, off, 3]];
  for (let r = 24; r < 320; r += 12)
    for (let a = 0; a < 24; a++) {
      const x = r * Math.cos((a * Math.PI) / 12), y = r * Math.sin((a * Math.PI) / 12);
      found.push([x < 0 ? x - w : x, y - h / 2, r]);
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

// Rows of {name, values}, stacked of parts {label, colour}.
export function bars(rows, parts, shown, title, width) {
  const left = 150, row = 22, key = legend(parts, rows.length * row + 22, width), height = rows.length * row + 12 + key.height;
  const svg = canvas(width, height, title);
  const most = Math.max(1e-9, ...rows.map((r) => r.values.reduce((a, b) => a + b, 0)));
  rows.forEach((r, n) => {
    svg.append(text(left - 8, n * row + 15, r.name, { "text-anchor": "end" }));
    let x = left;
    r.values.forEach((value, p) => {
      const w = (value / most) * (width - left - 60);
      const bar = make("rect", { class: "part", x, y: n * row + 3, width: w, height: row - 6, fill: parts[p].colour });
      bar.append(make("title", {}, `${r.name}, ${parts[p].label}: ${shown(value)}`));
      svg.append(bar);
      x += w;
    });
    svg.append(text(x + 5, n * row + 15, r.values.length ? shown(r.values.reduce((a, b) => a + b, 0)) : "–", { class: "tick" }));
  });
  svg.append(...key.nodes);
  return svg;
}

// What the colours of parts {label, colour} mean, from `top` down.
export function legend(parts, top, width) {
  const longest = Math.max(...parts.map((part) => part.label.length));
  const columns = Math.max(1, Math.min(parts.length, Math.floor(width / (7 * longest + 40))));
  const nodes = parts.flatMap((part, n) => {
    const x = 10 + (n % columns) * (width / columns), y = top + 18 * Math.floor(n / columns);
    return [make("rect", { class: "part", x, y: y - 10, width: 12, height: 12, fill: part.colour, "data-means": part.label }), text(x + 18, y, part.label, { class: "tick" })];
  });
  return { nodes, height: 18 * Math.ceil(parts.length / columns) + 4 };
}
