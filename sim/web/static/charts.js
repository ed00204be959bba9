// The page's pictures, from what the server sends.

import { COLOURS, along, bars, canvas, hours, label, make, scale, text } from "./draw.js";

const isHours = (metric) => metric.includes("hours") && !metric.includes("calls");

export function formatted(metric, value, info) {
  if (value === null || value === undefined) return "–";
  if (info?.percent) return `${(100 * value).toFixed(1)} %`;
  if (Math.abs(value) >= 10_000) return Math.round(value).toLocaleString("en");
  return value.toFixed(0 < Math.abs(value) && Math.abs(value) < 1 ? 2 : 1);
}

export function tradeoff(shown, state, infos, promises, width) {
  const height = width < 600 ? 380 : 430, pad = { left: 64, right: 24, top: 16, bottom: 48 };
  const info = (id) => infos.find((one) => one.id === id);
  const spots = shown.policies.map((p, n) => ({ p, x: p.figures[state.x], y: p.figures[state.y], n }))
    .filter((s) => s.x && s.y && s.x[0] !== null && s.y[0] !== null);
  const svg = canvas(width, height, `${info(state.x).label} against ${info(state.y).label}`);
  if (!spots.length) { svg.append(text(40, 60, "No policy has both figures.")); return svg; }
  const log = isHours(state.x) && spots.every((s) => s.x[0] > 0), logY = isHours(state.y) && spots.every((s) => s.y[0] > 0);
  const before = (p, metric) => p.change?.[metric]?.before;
  const all = (axis, metric) => spots.flatMap((s) => [s[axis][0], before(s.p, metric)]).filter((v) => v !== null && v !== undefined);
  const xs = all("x", state.x), ys = all("y", state.y);
  const ax = scale(Math.min(...xs), Math.max(...xs), pad.left, width - pad.right, log);
  const ay = scale(Math.min(...ys), Math.max(...ys), height - pad.bottom, pad.top, logY);
  const tick = (metric, v, axis) => (axis ? hours(v) : info(metric).percent ? `${+(100 * v).toFixed(1)} %` : `${v}`);
  for (const v of ax.ticks) svg.append(make("line", { class: "grid", x1: ax.at(v), x2: ax.at(v), y1: pad.top, y2: height - pad.bottom }),
    text(ax.at(v), height - pad.bottom + 18, tick(state.x, v, log), { class: "tick", "text-anchor": "middle" }));
  for (const v of ay.ticks) svg.append(make("line", { class: "grid", x1: pad.left, x2: width - pad.right, y1: ay.at(v), y2: ay.at(v) }),
    text(pad.left - 8, ay.at(v) + 4, tick(state.y, v, logY), { class: "tick", "text-anchor": "end" }));
  svg.append(text(width - pad.right, height - 8, `${info(state.x).label} → ${info(state.x).better < 0 ? "(better: left)" : "(better: right)"}`, { "text-anchor": "end" }),
    text(8, 12, `↑ ${info(state.y).label} ${info(state.y).better > 0 ? "(better: up)" : "(better: down)"}`));
  if (state.x.startsWith("response_hours") && promises.length) {
    const strictest = Math.min(...promises.map((p) => p.hours));
    if (strictest > ax.low && strictest < ax.high) svg.append(make("line", { class: "promise", x1: ax.at(strictest), x2: ax.at(strictest), y1: pad.top, y2: height - pad.bottom }),
      text(ax.at(strictest) + 4, height - pad.bottom - 6, `strictest promise: ${hours(strictest)}`, { fill: "#8f360a" }));
  }
  const good = (s, axis, metric) => info(metric).better * s[axis][0];
  const front = spots.filter((s) => !spots.some((o) => o !== s && good(o, "x", state.x) >= good(s, "x", state.x) && good(o, "y", state.y) >= good(s, "y", state.y)
    && (o.x[0] !== s.x[0] || o.y[0] !== s.y[0]))).sort((a, b) => a.x[0] - b.x[0]);
  svg.append(make("polyline", { class: "front", points: front.map((s) => `${ax.at(s.x[0])},${ay.at(s.y[0])}`).join(" ") }));
  for (const s of spots) {
    const x = ax.at(s.x[0]), y = ay.at(s.y[0]), colour = COLOURS[s.n % COLOURS.length];
    const clip = (v, a, low) => a.at(Math.max(v ?? low, a.low));
    if (s.x[1] !== null) svg.append(make("line", { x1: clip(s.x[1], ax, s.x[0]), x2: clip(s.x[2], ax, s.x[0]), y1: y, y2: y, stroke: colour }));
    if (s.y[1] !== null) svg.append(make("line", { x1: x, x2: x, y1: clip(s.y[1], ay, s.y[0]), y2: clip(s.y[2], ay, s.y[0]), stroke: colour }));
    const px = before(s.p, state.x), py = before(s.p, state.y);
    if (px != null && py != null && (px !== s.x[0] || py !== s.y[0]))
      svg.append(make("circle", { cx: ax.at(px), cy: ay.at(py), r: 4, fill: "none", stroke: colour }), make("line", { class: "arrow", x1: ax.at(px), y1: ay.at(py), x2: x, y2: y }));
    const spot = make("circle", { cx: x, cy: y, r: 6.5, fill: front.includes(s) ? colour : "#fff", stroke: colour, "stroke-width": 2, "data-policy": s.p.name });
    spot.append(make("title", {}, `${s.p.name}: ${info(state.x).label} ${formatted(state.x, s.x[0], info(state.x))}, ${info(state.y).label} ${formatted(state.y, s.y[0], info(state.y))}`));
    svg.append(spot);
  }
  // measured once it is on the page
  svg.place = () => label(svg, spots.map((s) => ({ x: ax.at(s.x[0]), y: ay.at(s.y[0]), name: s.p.name, strong: front.includes(s) })),
    along(front.map((s) => ({ x: ax.at(s.x[0]), y: ay.at(s.y[0]) }))), width, height - pad.bottom);
  return svg;
}

export function waits(policy, width) {
  const groups = Object.keys(policy.figures).filter((k) => k.startsWith("response_hours_p50|")).map((k) => k.split("|")[1]);
  const rows = groups.map((group) => ({ group, p50: policy.figures[`response_hours_p50|${group}`][0], p90: policy.figures[`response_hours_p90|${group}`][0] }));
  const row = 24, left = width < 600 ? 140 : 250, height = rows.length * row + 34;
  const svg = canvas(width, height, `response times of ${policy.name} by severity and kind`);
  const known = rows.flatMap((r) => [r.p50, r.p90]).filter((v) => v !== null && v > 0);
  if (!known.length) { svg.append(text(20, 20, "No response times to give.")); return svg; }
  const axis = scale(Math.min(...known), Math.max(...known), left, width - 90, true);
  for (const v of axis.ticks) svg.append(make("line", { class: "grid", x1: axis.at(v), x2: axis.at(v), y1: 0, y2: height - 24 }), text(axis.at(v), height - 8, hours(v), { class: "tick", "text-anchor": "middle" }));
  rows.forEach((r, n) => {
    const y = n * row + 14;
    svg.append(text(left - 10, y + 4, r.group.replace("kind ", ""), { "text-anchor": "end" }));
    const end = (v) => axis.at(Math.max(v, axis.low));
    if (r.p90 !== null) svg.append(make("rect", { x: left, y: y - 3, width: Math.max(0, end(r.p90) - left), height: 6, fill: "#2B7FB0" }));
    if (r.p50 !== null) svg.append(make("rect", { x: left, y: y - 7, width: Math.max(0, end(r.p50) - left), height: 14, fill: "#0072B2" }));
    const words = [r.p50, r.p90].map((v) => (v === null ? "too few" : hours(v))).join(" / ");
    svg.append(text(Math.max(end(r.p90 ?? r.p50 ?? axis.low), left) + 6, y + 4, words, { class: "tick" }));
  });
  return svg;
}

const STAGE_COLOURS = ["#c9ced4", "#56B4E9", "#E69F00", "#CC79A7", "#882255", "#009E73"];

export function stages(shown, meta, width) {
  const rows = shown.policies.map((p) => ({ name: p.id, values: p.overloaded ? [] : meta.stages.map((s) => p.figures[s.id]?.[0] ?? 0) }));
  return bars(rows, meta.stages.map((s, n) => ({ label: s.label, colour: STAGE_COLOURS[n] })), hours, "where an incident's time went", width);
}

const WORK_COLOURS = { stories: "#0072B2", incidents: "#D55E00", improvements: "#009E73", switching: "#E69F00", ceremonies: "#CC79A7", absence: "#c9ced4", idle: "#ececec" };

export function activities(shown, meta, width) {
  const rows = shown.policies.map((p) => ({ name: p.id, values: meta.activities.map((a) => p.figures[`developer_${a}_share`]?.[0] ?? 0) }));
  return bars(rows, meta.activities.map((a) => ({ label: a, colour: WORK_COLOURS[a] ?? "#999" })), (v) => `${(100 * v).toFixed(0)} %`, "where the developers' time went", width);
}

// Only open hours are drawn, day beside day.
export function timeline(data, tell, width) {
  const left = 100, row = 26, height = data.developers.length * row + 40;
  const svg = canvas(width, height, `sprint ${data.sprint + 1} of ${data.team}`, "group");
  const open = data.opens.reduce((sum, [a, b]) => sum + b - a, 0) || 1;
  const perHour = (width - left - 10 - 3 * data.opens.length) / open;
  let x = left;
  const days = data.opens.map(([from, to]) => { const day = { from, to, x }; x += (to - from) * perHour + 3; return day; });
  const names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  for (const day of days) {
    svg.append(make("rect", { x: day.x, y: 0, width: (day.to - day.from) * perHour, height: height - 30, fill: "#eef1f4" }));
    if (days.length <= 10 || days.indexOf(day) % 5 === 0) svg.append(text(day.x + ((day.to - day.from) * perHour) / 2, height - 10, names[Math.floor(day.from / 24) % 7], { class: "tick", "text-anchor": "middle" }));
  }
  const colours = { story: "#8db9dd", incident: "#d1495b", improvement: "#009E73", ceremony: "#CC79A7", absence: "#b4bbc3" };
  data.developers.forEach((d, n) => svg.append(text(left - 8, n * row + 17, `developer ${d}`, { "text-anchor": "end", class: "tick" })));
  for (const s of data.stints) {
    const y = data.developers.indexOf(s.developer) * row + 4;
    for (const day of days) {
      const from = Math.max(day.from, s.from), to = Math.min(day.to, s.to);
      if (to <= from) continue;
      const words = s.what === "incident" ? data.incidents[s.item] ?? "incident" : s.what === "story" ? `story ${s.item}` : s.what;
      const bar = make("rect", { x: day.x + (from - day.from) * perHour, y, width: Math.max(1, (to - from) * perHour - 0.5), height: row - 8, fill: colours[s.what], "data-what": s.what });
      bar.append(make("title", {}, words));
      if (s.what === "incident") {
        bar.setAttribute("tabindex", "0"); bar.setAttribute("role", "button"); bar.setAttribute("aria-label", words);
        bar.addEventListener("focus", () => tell(words)); bar.addEventListener("mouseenter", () => tell(words));
      }
      svg.append(bar);
    }
  }
  return svg;
}
