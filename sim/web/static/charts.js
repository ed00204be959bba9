// The page's pictures, from what the server sends.

import { ACTIVITIES, BEHIND, ON_FRONT, STAGES } from "./colours.js";
import { hull, inner } from "./clouds.js";
import { along, arrowhead, bars, canvas, hours, label, legend, make, scale, text } from "./draw.js";

const isHours = (metric) => metric.includes("hours") && !metric.includes("calls");

export function formatted(metric, value, info) {
  if (value === null || value === undefined) return "–";
  if (info?.percent) return `${(100 * value).toFixed(1)} %`;
  if (Math.abs(value) >= 10_000) return Math.round(value).toLocaleString("en");
  return value.toFixed(0 < Math.abs(value) && Math.abs(value) < 1 ? 2 : 1);
}

export function tradeoff(shown, state, infos, promises, width) {
  const height = width < 600 ? 560 : 430, box = { left: width < 600 ? 44 : 64, right: width - 24, top: 16, bottom: height - 48 };
  const info = (id) => infos.find((one) => one.id === id), [across, up] = [info(state.x), info(state.y)];
  const spots = shown.policies.map((p) => ({ p, x: p.figures[across.id], y: p.figures[up.id] }))
    .filter((s) => s.x && s.y && s.x[0] !== null && s.y[0] !== null);
  const svg = canvas(width, height, `${across.label} against ${up.label}`);
  if (!spots.length) { svg.append(text(40, 60, "No policy has both figures.")); return svg; }
  const ax = axis("x", across, spots, box.left, box.right), ay = axis("y", up, spots, box.bottom, box.top);
  svg.append(arrowhead());
  grid(svg, ax, ay, across, up, box, width);
  const taken = promiseLine(svg, ax, across, promises, box);
  const front = frontOf(spots, across, up), corners = front.map((s) => ({ x: ax.at(s.x[0]), y: ay.at(s.y[0]) }));
  const clouded = front.filter((s) => cloud(svg, shown, s.p, across, up, ax, ay));
  if (clouded.length) {
    const words = width < 600 ? "pale: what is not known" : `pale: what is not known, 8 in 10 of ${shown.sets} sets of assumptions, but for what moves all policies alike`;
    svg.append(text(box.left + 4, box.bottom - 8, words, { class: "tick" }));
    taken.push({ x: box.left + 4, y: box.bottom - 22, w: words.length * 6.5, h: 18 });
  }
  svg.append(make("polyline", { class: "front", points: corners.map((p) => `${p.x},${p.y}`).join(" ") }));
  const lines = [{ points: along(corners), cost: 150 }, ...spots.flatMap((s) => spot(svg, s, ax, ay, across, up, front.includes(s)))];
  // measured once it is on the page
  svg.place = () => label(svg, spots.map((s) => ({ x: ax.at(s.x[0]), y: ay.at(s.y[0]), name: s.p.name, strong: front.includes(s) })),
    taken, lines, { left: box.left - 4, right: width - 2, top: box.top + 3, bottom: box.bottom - 2 });
  return svg;
}

// Where a policy lies in those sets of assumptions that are nearest to their middle, counted from the reference.
function cloud(svg, shown, policy, across, up, ax, ay) {
  const reference = shown.policies.find((p) => p.id === "next-sprint") ?? shown.policies[0];
  const own = shown.unknown?.[policy.name]?.figures, shared = shown.unknown?.[reference.name]?.figures[up.id];
  if (!own?.[across.id] || !own[up.id] || !shared) return false;
  const clip = (axis, v) => axis.at(Math.min(Math.max(v, axis.low), axis.high));
  const places = own[across.id].map((x, n) => ({ x, y: own[up.id][n], by: shared[n] })).filter((p) => ![p.x, p.y, p.by].includes(null))
    .map((p) => ({ x: clip(ax, p.x), y: clip(ay, p.y - p.by + reference.figures[up.id][0]) }));
  if (places.length < 3) return false;
  svg.append(make("polygon", { class: "cloud", points: hull(inner(places)).map((p) => `${p.x},${p.y}`).join(" ") }));
  return true;
}

const before = (policy, metric) => policy.change?.[metric]?.before;

// The scale of an axis, wide enough for what was pinned, too.
function axis(side, metric, spots, from, to) {
  const log = isHours(metric.id) && spots.every((s) => s[side][0] > 0);
  const all = spots.flatMap((s) => [s[side][0], before(s.p, metric.id)]).filter((v) => v !== null && v !== undefined);
  const tick = (v) => (log ? hours(v) : metric.percent ? `${+(100 * v).toFixed(1)} %` : `${v}`);
  return { ...scale(Math.min(...all), Math.max(...all), from, to, log), tick };
}

function grid(svg, ax, ay, across, up, box, width) {
  for (const v of ax.ticks) svg.append(make("line", { class: "grid", x1: ax.at(v), x2: ax.at(v), y1: box.top, y2: box.bottom }),
    text(ax.at(v), box.bottom + 18, ax.tick(v), { class: "tick", "text-anchor": "middle" }));
  for (const v of ay.ticks) svg.append(make("line", { class: "grid", x1: box.left, x2: box.right, y1: ay.at(v), y2: ay.at(v) }),
    text(box.left - 8, ay.at(v) + 4, ay.tick(v), { class: "tick", "text-anchor": "end" }));
  svg.append(text(box.right, box.bottom + 40, `${across.label} → ${across.better < 0 ? "(better: left)" : "(better: right)"}`, { class: "axis-name", "text-anchor": "end" }),
    text(8, 12, `↑ ${up.label} ${up.better > 0 ? "(better: up)" : "(better: down)"}`, { class: "axis-name" }));
}

// The strictest promise as a line; the box of its words.
function promiseLine(svg, ax, across, promises, box) {
  const strictest = Math.min(...promises.map((p) => p.hours)), x = ax.at(strictest);
  if (!across.id.startsWith("response_hours") || !(strictest > ax.low && strictest < ax.high)) return [];
  const words = `strictest promise: ${hours(strictest)}`;
  svg.append(make("line", { class: "promise", x1: x, x2: x, y1: box.top, y2: box.bottom }), text(x + 4, box.bottom - 6, words, { fill: "#8f360a" }));
  return [{ x: x + 4, y: box.bottom - 18, w: words.length * 7, h: 16 }];
}

// Those that no other beats on both, from left to right.
function frontOf(spots, across, up) {
  const x = (s) => across.better * s.x[0], y = (s) => up.better * s.y[0];
  const isBeaten = (s) => spots.some((o) => x(o) >= x(s) && y(o) >= y(s) && (x(o) !== x(s) || y(o) !== y(s)));
  return spots.filter((s) => !isBeaten(s)).sort((a, b) => a.x[0] - b.x[0]);
}

// A policy with its whiskers, and an arrow from where it was; the lines that names keep off.
function spot(svg, { p, x: [x, ...wide], y: [y, ...high] }, ax, ay, across, up, onFront) {
  const at = { x: ax.at(x), y: ay.at(y) }, colour = onFront ? ON_FRONT : BEHIND, lines = [];
  const end = (axis, v) => axis.at(Math.min(Math.max(v, axis.low), axis.high));
  const line = (attributes, from, to, cost) => {
    svg.append(make("line", { ...attributes, x1: from.x, y1: from.y, x2: to.x, y2: to.y }));
    lines.push({ points: along([from, to]), cost });
  };
  const whisker = (from, to) => line({ class: "whisker", stroke: colour }, from, to, 400);
  if (wide[0] !== null) whisker(...wide.map((v) => ({ x: end(ax, v), y: at.y })));
  if (high[0] !== null) whisker(...high.map((v) => ({ x: at.x, y: end(ay, v) })));
  const [px, py] = [before(p, across.id), before(p, up.id)];
  if (px != null && py != null && (px !== x || py !== y)) {
    const was = { x: ax.at(px), y: ay.at(py) }, far = Math.hypot(at.x - was.x, at.y - was.y);
    const towards = (d) => ({ x: was.x + ((at.x - was.x) * d) / far, y: was.y + ((at.y - was.y) * d) / far });
    svg.append(make("circle", { class: "was", cx: was.x, cy: was.y, r: 4, fill: "#fff", stroke: colour }));
    if (far > 16) line({ class: "arrow", "marker-end": "url(#arrowhead)" }, towards(4), towards(far - 8), 80);
  }
  const dot = make("circle", { cx: at.x, cy: at.y, r: 6.5, fill: onFront ? colour : "#fff", stroke: colour, "stroke-width": 2, "data-policy": p.name });
  dot.append(make("title", {}, `${p.name}: ${across.label} ${formatted(across.id, x, across)}, ${up.label} ${formatted(up.id, y, up)}`));
  svg.append(dot);
  return lines;
}

const WAIT = "#0b6e66";

export function waits(policy, width) {
  const groups = Object.keys(policy.figures).filter((k) => k.startsWith("response_hours_p50|")).map((k) => k.split("|")[1]);
  const rows = groups.map((group) => ({ group, p50: policy.figures[`response_hours_p50|${group}`][0], p90: policy.figures[`response_hours_p90|${group}`][0] }));
  const longest = Math.max(0, ...groups.map((group) => group.length - (group.startsWith("kind ") ? 5 : 0)));
  const row = 24, left = Math.min(0.48 * width, 7 * longest + 16), height = rows.length * row + 34;
  const svg = canvas(width, height, `response times of ${policy.name} by severity and kind`);
  const known = rows.flatMap((r) => [r.p50, r.p90]).filter((v) => v !== null && v > 0);
  if (!known.length) { svg.append(text(20, 20, "No response times to give.")); return svg; }
  const ax = scale(Math.min(...known), Math.max(...known), left, width - 104, true);
  for (const v of ax.ticks) svg.append(make("line", { class: "grid", x1: ax.at(v), x2: ax.at(v), y1: 0, y2: height - 24 }), text(ax.at(v), height - 8, hours(v), { class: "tick", "text-anchor": "middle" }));
  rows.forEach((r, n) => {
    const y = n * row + 14;
    svg.append(text(left - 10, y + 4, r.group.replace("kind ", ""), { "text-anchor": "end" }));
    const end = (v) => ax.at(Math.max(v, ax.low));
    if (r.p90 !== null) svg.append(make("rect", { x: left, y: y - 3, width: Math.max(0, end(r.p90) - left), height: 6, fill: WAIT }));
    if (r.p50 !== null) svg.append(make("rect", { x: left, y: y - 7, width: Math.max(0, end(r.p50) - left), height: 14, fill: WAIT }));
    const words = [r.p50, r.p90].map((v) => (v === null ? "too few" : hours(v))).join(" / ");
    svg.append(text(Math.max(end(r.p90 ?? r.p50 ?? ax.low), left) + 6, y + 4, words, { class: "tick" }));
  });
  return svg;
}

export function stages(shown, meta, width) {
  const rows = shown.policies.map((p) => ({ name: p.id, values: p.overloaded ? [] : meta.stages.map((s) => p.figures[s.id]?.[0] ?? 0) }));
  return bars(rows, meta.stages.map((s) => ({ label: s.label, colour: STAGES[s.id] })), hours, "where an incident's time went", width);
}

export function activities(shown, meta, width) {
  const rows = shown.policies.map((p) => ({ name: p.id, values: meta.activities.map((a) => p.figures[`developer_${a}_share`]?.[0] ?? 0) }));
  return bars(rows, meta.activities.map((a) => ACTIVITIES[a]), (v) => `${(100 * v).toFixed(0)} %`, "where the developers' time went", width);
}

// Only open hours are drawn, day beside day.
export function timeline(data, tell, width) {
  const left = 100, row = 26, bottom = data.developers.length * row + 10;
  const seen = Object.keys(ACTIVITIES).filter((a) => a === "idle" || data.stints.some((s) => s.what === a));
  const key = legend(seen.map((a) => ACTIVITIES[a]), bottom + 48, width);
  const svg = canvas(width, bottom + 40 + key.height, `sprint ${data.sprint + 1} of ${data.team}`, "group");
  const perHour = (width - left - 10 - 3 * data.opens.length) / (data.opens.reduce((sum, [a, b]) => sum + b - a, 0) || 1);
  let x = left;
  const days = data.opens.map(([from, to]) => { const day = { from, to, x }; x += (to - from) * perHour + 3; return day; });
  openHours(svg, days, perHour, bottom);
  data.developers.forEach((_, n) => svg.append(text(left - 8, n * row + 17, `developer ${n + 1}`, { "text-anchor": "end", class: "tick" })));
  for (const stint of data.stints) {
    const y = data.developers.indexOf(stint.developer) * row + 4;
    for (const day of days) {
      const from = Math.max(day.from, stint.from), to = Math.min(day.to, stint.to);
      if (to > from) svg.append(worked(stint, data, { x: day.x + (from - day.from) * perHour, y, width: Math.max(1, (to - from) * perHour - 0.5), height: row - 8 }, tell));
    }
  }
  svg.append(...key.nodes);
  return svg;
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function openHours(svg, days, perHour, bottom) {
  days.forEach((day, n) => {
    const width = (day.to - day.from) * perHour;
    svg.append(make("rect", { x: day.x, y: 0, width, height: bottom, fill: ACTIVITIES.idle.colour }));
    if (days.length <= 10 || n % 5 === 0) svg.append(text(day.x + width / 2, bottom + 20, DAYS[Math.floor(day.from / 24) % 7].slice(0, width < 30 ? 1 : 3), { class: "tick", "text-anchor": "middle" }));
  });
}

// A stint's bar in a day; `tell` is told an incident's story.
function worked({ what, item }, data, box, tell) {
  const words = what === "incidents" ? data.incidents[item] ?? "incident" : what === "stories" ? `story ${item}` : ACTIVITIES[what].label;
  const bar = make("rect", { ...box, class: "part", fill: ACTIVITIES[what].colour, "data-what": what });
  bar.append(make("title", {}, words));
  if (what !== "incidents") return bar;
  for (const [name, value] of [["tabindex", "0"], ["role", "button"], ["aria-label", words]]) bar.setAttribute(name, value);
  for (const event of ["focus", "mouseenter"]) bar.addEventListener(event, () => tell(words));
  return bar;
}
