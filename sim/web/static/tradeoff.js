// How soon against how much: better is right and up, whatever is drawn. Axes stay until somebody asks for others.

import { hull, inner } from "./clouds.js";
import { along, canvas, hours, label, make, text } from "./draw.js";
import { shape } from "./shapes.js";

const RELATIVE = ["net_points_per_sprint", "points_per_sprint"];
const HOURS = [1 / 60, 1 / 12, 0.5, 1, 3, 6, 12, 24, 72, 168, 336, 672, 1344, 2688];
const isHours = (id) => id.includes("hours") && !id.includes("calls");
const own = (p, id) => p.figures[id]?.[0] ?? null;
const was = (p, id) => p.change?.[id]?.before ?? null;

// A metric as it is drawn: of a policy, now or before. Delivery is told against the reference.
export function measure(info, reference) {
  const relative = RELATIVE.includes(info.id) && reference && own(reference, info.id) > 0;
  const base = relative ? was(reference, info.id) ?? own(reference, info.id) : 0;
  const plain = (v) => (v === null || v === undefined ? null : relative ? v / base - 1 : v);
  return { info, relative, base, plain, now: (p) => plain(own(p, info.id)), before: (p) => plain(was(p, info.id)) };
}

// Ends that hold until they are asked for anew. `fit`: as narrow as what is shown.
export function ends(measure, policies, fit) {
  const values = policies.flatMap((p) => [measure.now(p), measure.before(p)]).filter((v) => v !== null && Number.isFinite(v));
  const [least, most] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
  if (isHours(measure.info.id)) {
    const low = Math.max(least, 1 / 60), inside = [low / 1.6, Math.max(most, low) * 1.6];
    return fit ? { low: inside[0], high: inside[1], log: true } : { low: Math.min(inside[0], 0.25), high: Math.max(inside[1], 504), log: true };
  }
  if (measure.relative) {
    const room = fit ? 0.015 : 0.03;
    return { low: Math.floor((fit ? least - room : Math.min(1.5 * least, -0.08)) * 40) / 40, high: Math.ceil((Math.max(most, 0) + room) * 40) / 40, log: false };
  }
  if (measure.info.percent && !fit) return { low: 0, high: Math.max(1, most), log: false };
  const room = (most - least) * (fit ? 0.12 : 0.6) || Math.abs(most) * 0.2 || 1;
  return { low: measure.info.better && least >= 0 && !fit ? Math.max(0, least - room) : least - room, high: most + room, log: false };
}

function axis({ low, high, log }, measure, from, to, apart) {
  const f = log ? Math.log : (v) => v, flip = measure.info.better < 0;
  const raw = (v) => (f(v) - f(low)) / (f(high) - f(low));
  const inside = (v) => Math.min(high, Math.max(low, v));
  const at = (v) => { const share = raw(inside(log ? Math.max(v, 1e-6) : v)); return from + (flip ? 1 - share : share) * (to - from); };
  const ticks = (log ? HOURS.filter((v) => v >= low && v <= high) : nice(low, high)).filter((() => { let last = null; return (v) => { const keep = last === null || Math.abs(at(v) - at(last)) > apart; if (keep) last = v; return keep; }; })());
  return { at, ticks, low, high, out: (v) => v < low || v > high };
}

function nice(low, high) {
  const raw = (high - low) / 5, power = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= raw);
  const found = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + 1e-9; v += step) found.push(+v.toPrecision(10));
  return found;
}

const percent = (v) => `${v < 0 ? "−" : v > 0 ? "+" : ""}${+(100 * Math.abs(v)).toFixed(1)} %`;
const spoken = (v) => (v >= 336 && v % 168 === 0 ? `${v / 168} weeks` : v === 168 ? "1 week" : v >= 24 && v % 24 === 0 ? `${v / 24} day${v === 24 ? "" : "s"}` : hours(v));
const tick = (m, v) => (isHours(m.info.id) ? spoken(v) : m.relative ? (v === 0 ? "0" : percent(v)) : m.info.percent ? `${+(100 * v).toFixed(1)} %` : String(v));

// The picture. `look`: { x, y, focus, reference, named, family(id), size, width, height, ends, finding }
export function tradeoff(shown, look, places) {
  const { width, height, size } = look, reference = shown.policies.find((p) => p.id === look.reference);
  const [mx, my] = [measure(look.x, reference), measure(look.y, reference)];
  const left = size * (size > 17 ? 4.4 : 4.6), box = { left, right: width - size * 1.6, top: size * 2.1, bottom: height - size * 3.2 };
  const ax = axis(look.ends.x, mx, box.left, box.right, size * 5.2), ay = axis(look.ends.y, my, box.bottom, box.top, size * 1.8);
  const svg = canvas(width, height, `${look.finding} ${mx.info.label} against ${my.info.label}.`);
  svg.style.setProperty("--size", `${size}px`);
  grid(svg, ax, ay, mx, my, box, width, height, size, shown, look);
  const spots = shown.policies.map((p) => ({ p, x: mx.now(p), y: my.now(p) })).filter((s) => s.x !== null && s.y !== null)
    .map((s) => ({ ...s, at: { x: ax.at(s.x), y: ay.at(s.y) }, named: look.named.includes(s.p.id) }));
  if (!spots.length) { svg.append(text(box.left + 20, box.top + 40, "No policy has both figures.")); return { svg, places: new Map() }; }
  for (const s of spots.filter((one) => one.named)) cloud(svg, shown, s, mx, my, ax, ay, reference, look, box);
  const lines = [];
  for (const s of spots) trail(svg, s, mx, my, ax, ay, look, size, lines);
  const order = (s) => (s.p.id === look.focus ? 2 : s.named ? 1 : 0);
  const drawn = new Map();
  for (const s of [...spots].sort((a, b) => order(a) - order(b))) drawn.set(s.p.id, spot(svg, s, look, size, mx, my, ax, ay));
  svg.place = () => label(svg, spots.filter((s) => s.named).sort((a, b) => order(b) - order(a)).map((s) => ({ ...s.at, name: s.p.title, strong: s.p.id === look.focus })),
    spots.filter((s) => !s.named).map((s) => ({ x: s.at.x - size / 2, y: s.at.y - size / 2, w: size, h: size })), lines, { left: box.left, right: width - 2, top: box.top - size * 0.5, bottom: box.bottom - 2 }, size > 17 ? 26 : Math.max(14, size));
  const found = new Map(spots.map((s) => [s.p.id, s.at]));
  glide(drawn, places, found);
  return { svg, places: found };
}

function grid(svg, ax, ay, mx, my, box, width, height, size, shown, look) {
  for (const v of ax.ticks) svg.append(make("line", { class: "grid", x1: ax.at(v), x2: ax.at(v), y1: box.top, y2: box.bottom }), text(ax.at(v), box.bottom + size * 1.35, tick(mx, v), { class: "tick", "text-anchor": "middle" }));
  for (const v of ay.ticks) svg.append(make("line", { class: v === 0 && my.relative ? "zero" : "grid", x1: box.left, x2: box.right, y1: ay.at(v), y2: ay.at(v) }), text(box.left - size * 0.6, ay.at(v) + size * 0.35, tick(my, v), { class: "tick", "text-anchor": "end" }));
  const title = shown.policies.find((p) => p.id === look.reference)?.title;
  const up = my.relative ? `↑ delivered, against ${title}${my.before(shown.policies.find((p) => p.id === look.reference)) !== null ? " before" : ""}` : `↑ ${my.info.label}${my.info.better < 0 ? ", fewer" : ""}`;
  const right = isHours(mx.info.id) ? `${mx.info.label.replace(/,? ?(at a fixed mix )?\((working )?hours\)/, "")}, sooner →` : `${mx.info.label}${mx.info.better < 0 ? ", less" : ""} →`;
  svg.append(text(0, size * 0.9, up, { class: "tick" }), text(width - 2, height - size * 0.5, right, { class: "tick", "text-anchor": "end" }));
}

// What is not known: where the policy lies in eight in ten sets of assumptions; arrowheads where it cannot keep up.
function cloud(svg, shown, s, mx, my, ax, ay, reference, look, box) {
  const sets = shown.unknown?.[s.p.name]?.figures, shared = reference && shown.unknown?.[reference.name]?.figures;
  if (!sets?.[mx.info.id] || !sets[my.info.id] || (my.relative && !shared?.[my.info.id])) return;
  const value = (m, n) => { const v = sets[m.info.id][n]; return v === null ? null : m.relative ? (shared[m.info.id][n] ? v / shared[m.info.id][n] - 1 : null) : v; };
  const places = [], behind = [];
  sets[mx.info.id].forEach((_, n) => {
    const [x, y] = [value(mx, n), value(my, n)];
    if (x === null || y === null) { if (y !== null) behind.push(ay.at(y)); return; }
    places.push({ x: ax.at(x), y: ay.at(y) });
  });
  const group = make("g", { class: `sets fam-${look.family(s.p.id)}${s.p.id === look.focus ? " focus" : ""}` });
  if (places.length >= 3) group.append(make("polygon", { class: "cloud", points: hull(inner(places)).map((p) => `${p.x},${p.y}`).join(" ") }));
  for (const p of places) group.append(make("circle", { class: "set", cx: p.x, cy: p.y, r: 1.8 }));
  const slow = mx.info.better < 0 ? box.left : box.right;
  for (const y of behind) group.append(make("path", { class: "behind", d: `M${slow} ${y}l7 -4v8z` }));
  svg.append(group);
}

function trail(svg, s, mx, my, ax, ay, look, size, lines) {
  const [x, y] = [mx.before(s.p), my.before(s.p)];
  if (x === null || y === null) return;
  const from = { x: ax.at(x), y: ay.at(y) };
  if (Math.hypot(from.x - s.at.x, from.y - s.at.y) < 2) return;
  const group = make("g", { class: `was fam-${s.named ? look.family(s.p.id) : "other"}` }, make("line", { class: "trail", x1: from.x, y1: from.y, x2: s.at.x, y2: s.at.y }));
  group.append(make("path", { class: "hollow", d: shape(look.family(s.p.id), from.x, from.y, size * 0.42) }));
  svg.append(group);
  lines.push({ points: along([from, s.at]), cost: 200 });
}

function spot(svg, s, look, size, mx, my, ax, ay) {
  const reference = s.p.id === look.reference, focus = s.p.id === look.focus;
  const kind = `spot fam-${s.named ? look.family(s.p.id) : "other"}${!s.named || reference ? " hollow" : ""}${focus ? " focus" : ""}`;
  const mark = make("path", { class: "mark", d: shape(look.family(s.p.id), 0, 0, size * (focus ? 0.72 : s.named ? 0.58 : 0.4)) });
  const group = make("g", { class: kind, transform: `translate(${s.at.x} ${s.at.y})`, "data-policy": s.p.id }, mark);
  const beyond = ax.out(s.x) || ay.out(s.y) ? " (beyond the axes: Fit shows it)" : "";
  group.append(make("title", {}, `${s.p.title}: ${tick(mx, mx.info.id.includes("hours") ? s.x : s.x)}, ${tick(my, s.y)}${beyond}`));
  group.addEventListener("click", () => look.choose(s.p.id));
  svg.append(group);
  return group;
}

const still = matchMedia("(prefers-reduced-motion: reduce)");

function glide(drawn, before, now) {
  if (still.matches || !before) return;
  for (const [id, group] of drawn) {
    const [from, to] = [before.get(id), now.get(id)];
    if (!from || Math.hypot(from.x - to.x, from.y - to.y) < 1) continue;
    group.animate([{ transform: `translate(${from.x}px, ${from.y}px)` }, { transform: `translate(${to.x}px, ${to.y}px)` }], { duration: 300, easing: "ease-out" });
  }
}
