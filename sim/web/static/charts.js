// The page's pictures, from what the server sends.

import { ACTIVITIES, STAGES } from "./colours.js";
import { bars, canvas, hours, make, scale, text } from "./draw.js";

export function formatted(metric, value, info) {
  if (value === null || value === undefined) return "–";
  if (info?.percent) return `${(100 * value).toFixed(1)} %`;
  if (Math.abs(value) >= 10_000) return Math.round(value).toLocaleString("en");
  return value.toFixed(0 < Math.abs(value) && Math.abs(value) < 1 ? 2 : 1);
}

const SEVERITIES = ["", "outages", "serious", "ordinary", "minor", "least"];

// Who waits how long, of the policy in focus and the reference: sooner is to the right.
export function waits(policies, promises, family, width) {
  const groups = Object.keys(policies[0].figures).filter((k) => k.startsWith("response_hours_p50|")).map((k) => k.split("|")[1]);
  const named = (group) => (group.startsWith("severity ") ? SEVERITIES[+group.slice(9)] ?? group : group.replace("kind ", ""));
  const rows = groups.map((group) => ({ group, name: named(group), each: policies.map((p) => ({ p, p50: p.figures[`response_hours_p50|${group}`]?.[0] ?? null, p90: p.figures[`response_hours_p90|${group}`]?.[0] ?? null })) }));
  const longest = Math.max(0, ...rows.map((r) => r.name.length)), row = 16 * policies.length + 14;
  const left = Math.min(0.42 * width, 7.6 * longest + 16), height = rows.length * row + 34;
  const svg = canvas(width, height, `time to the first answer by severity and kind, ${policies.map((p) => p.title).join(" and ")}`);
  const known = rows.flatMap((r) => r.each.flatMap((one) => [one.p50, one.p90])).filter((v) => v !== null && v > 0);
  if (!known.length) { svg.append(text(20, 20, "No response times to give.")); return svg; }
  const ax = scale(Math.min(...known), Math.max(...known), width - 24, left, true);
  let last = Infinity;
  for (const v of ax.ticks) {
    if (last - ax.at(v) < 52) continue;
    last = ax.at(v);
    svg.append(make("line", { class: "grid", x1: last, x2: last, y1: 0, y2: height - 24 }), text(last, height - 8, hours(v), { class: "tick", "text-anchor": "middle" }));
  }
  rows.forEach((r, n) => {
    const promise = promises.find((one) => r.group === `kind ${one.kind}`);
    svg.append(text(left - 10, n * row + row / 2 + 3, r.name, { "text-anchor": "end" }));
    if (promise && promise.hours >= ax.low && promise.hours <= ax.high) svg.append(make("line", { class: "promise", x1: ax.at(promise.hours), x2: ax.at(promise.hours), y1: n * row + 3, y2: (n + 1) * row - 3 }));
    r.each.forEach(({ p, p50, p90 }, k) => {
      const y = n * row + 14 + 16 * k, end = (v) => ax.at(Math.min(Math.max(v, ax.low), ax.high)), group = make("g", { class: `fam-${family(p.id)}${k ? " hollow" : ""}` });
      if (p50 !== null && p90 !== null) group.append(make("line", { class: "wait", x1: end(p50), x2: end(p90), y1: y, y2: y }));
      if (p50 !== null) group.append(make("circle", { class: "mark", cx: end(p50), cy: y, r: 5 }));
      const words = [p50, p90].map((v) => (v === null ? "too few" : hours(v))).join(" / ");
      group.append(make("title", {}, `${p.title}, ${r.name}: ${words}`));
      svg.append(group);
    });
  });
  return svg;
}

export function stages(shown, meta, width) {
  const rows = shown.policies.map((p) => ({ name: p.title, values: p.overloaded ? [] : meta.stages.map((s) => p.figures[s.id]?.[0] ?? 0) }));
  return bars(rows, meta.stages.map((s) => ({ label: s.label, colour: STAGES[s.id] })), hours, "where an incident's time went", width);
}

export function activities(shown, meta, width) {
  const rows = shown.policies.map((p) => ({ name: p.title, values: meta.activities.map((a) => p.figures[`developer_${a}_share`]?.[0] ?? 0) }));
  return bars(rows, meta.activities.map((a) => ACTIVITIES[a]), (v) => `${(100 * v).toFixed(0)} %`, "where the developers' time went", width);
}

