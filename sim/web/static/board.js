// The board: two teams of people on one clock, and the incidents between them. It is drawn whole once; what has not
// happened yet lies under a cover that moves, so that playing costs a frame nothing.

import { canvas, make, text } from "./draw.js";
import { when } from "./fate.js";

const NIGHT = 7, WEEKEND = 18;
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

// Working hours side by side; nights and weekends a gap.
function clockwork(opens, left, right) {
  const gaps = opens.slice(1).map(([from], n) => (from - opens[n][1] > 86400 ? WEEKEND : from - opens[n][1] > 0 ? NIGHT : 0));
  const scale = (right - left - gaps.reduce((sum, one) => sum + one, 0)) / Math.max(1, opens.reduce((sum, [a, b]) => sum + b - a, 0));
  let x = left;
  const days = opens.map(([from, to], n) => { const day = { from, to, x, width: (to - from) * scale }; x += day.width + (gaps[n] ?? 0); return day; });
  const at = (t) => {
    if (!days.length || t <= days[0].from) return left;
    for (let n = days.length - 1; n >= 0; n--) if (t >= days[n].from) {
      if (t <= days[n].to || !days[n + 1]) return days[n].x + Math.min(days[n].width, (t - days[n].from) * scale);
      const [end, next] = [days[n].x + days[n].width, days[n + 1]];
      return end + ((next.x - end) * (t - days[n].to)) / (next.from - days[n].to);
    }
    return left;
  };
  const back = (px) => {
    for (const [n, day] of days.entries()) {
      if (px <= day.x + day.width) return day.from + Math.max(0, px - day.x) / scale;
      const next = days[n + 1];
      if (next && px < next.x) return day.to + ((next.from - day.to) * (px - day.x - day.width)) / (next.x - day.x - day.width);
    }
    return days.at(-1)?.to ?? 0;
  };
  return { days, at, back };
}

export function board(box, found, { width, family, present, choose, scrub }) {
  const most = Math.max(...found.boards.map((one) => one.developers.length)), phone = width < 560;
  const room = Math.max(130, innerHeight - (present ? 520 : 470)), row = Math.max(phone ? 9 : 11, Math.min(26, room / most / 2)), lane = 56, gap = 6, top = 26;
  const size = present ? 20 : 12.5, left = phone ? 26 : present ? 60 : 92, right = width - 4;
  const { days, at, back } = clockwork(found.opens, left, right);
  const heights = found.boards.map((one) => one.developers.length * row), tops = [top, top + heights[0] + lane + 2 * gap];
  const bottom = tops[1] + heights[1], height = bottom + (present ? 28 : 22);
  const svg = canvas(width, height, `sprint ${found.sprint + 1} of ${found.team} under ${found.boards.map((one) => one.title).join(" and ")}`, "group");
  for (const day of days) {
    for (const [n, y] of tops.entries()) svg.append(make("rect", { class: "open", x: day.x, y, width: day.width, height: heights[n] }));
    svg.append(make("rect", { class: "open", x: day.x, y: top + heights[0] + gap, width: day.width, height: lane }));
    const words = day.width < 30 ? DAYS[Math.floor(day.from / 86400) % 7][0] : DAYS[Math.floor(day.from / 86400) % 7];
    if (day.width > 12) svg.append(text(day.x + day.width / 2, height - 5, words, { class: "tick", "text-anchor": "middle", "font-size": size }));
  }
  const layers = found.boards.map((one, n) => people(one, tops[n], row, { at, days, size, left, phone, family, present }));
  const past = make("g", {});
  layers.forEach((layer) => { svg.append(layer.names); past.append(layer.work); });
  past.append(lines(found, at, top + heights[0] + gap, lane, family));
  svg.append(past);
  const cover = make("rect", { class: "cover", x: left, y: 0, width: right - left + 8, height: bottom + 1 });
  const future = make("g", {});
  for (const day of days) {
    for (const [n, y] of tops.entries()) future.append(make("rect", { class: "open", x: day.x, y, width: day.width, height: heights[n] }));
    future.append(make("rect", { class: "open", x: day.x, y: top + heights[0] + gap, width: day.width, height: lane }));
  }
  const hides = make("clipPath", { id: "to-come" }), clip = make("rect", { x: left, y: 0, width: right - left + 8, height: bottom + 1 });
  hides.append(clip);
  future.setAttribute("clip-path", "url(#to-come)");
  svg.append(make("defs", {}, hides), cover, future);
  const dots = incidents(found, at, top + heights[0] + gap, lane, choose, left);
  svg.append(dots.group);
  parting(svg, found, at, bottom, left, right, size);
  const cursor = make("g", { class: "cursor" }, make("line", { x1: 0, x2: 0, y1: 8, y2: bottom }), make("path", { d: "M-7 0h14v8l-7 7l-7 -7Z" }));
  svg.append(cursor);
  box.replaceChildren(svg);
  const place = (event) => { const frame = svg.getBoundingClientRect(); return back(((event.clientX - frame.left) * width) / frame.width); };
  let dragging = false;
  svg.onpointerdown = (event) => { if (event.target.closest(".dot")) return; dragging = true; svg.setPointerCapture(event.pointerId); scrub(place(event)); };
  svg.onpointermove = (event) => { if (dragging) scrub(place(event)); };
  svg.onpointerup = svg.onpointercancel = () => { dragging = false; };
  return {
    at(now) {
      const x = now >= found.ends ? right + 6 : now <= found.begins ? left : at(now);
      cursor.setAttribute("transform", `translate(${Math.min(x, right)} 0)`);
      for (const one of [cover, clip]) one.setAttribute("x", x), one.setAttribute("width", Math.max(0, right + 8 - x));
      dots.upTo(now);
    },
    share: (now) => (now >= found.ends ? 1 : Math.max(0, Math.min(1, (at(now) - left) / (right - left)))),
    moment: (share) => (share >= 1 ? found.ends : share <= 0 ? found.begins : back(left + share * (right - left))),
    point: (incident) => { for (const one of svg.querySelectorAll("[data-incident]")) one.classList.toggle("pointed", one.dataset.incident === String(incident)); },
  };
}

function people(one, top, row, { at, days, size, left, phone, family, present }) {
  const names = make("g", { class: `fam-${family(one.id)}` }, make("rect", { class: "band", x: 0, y: top, width: 6, height: one.developers.length * row }));
  const work = make("g", {});
  one.developers.forEach((_, n) => { if (row >= 11) names.append(text(left - 6, top + n * row + row / 2 + size * 0.35, phone || present ? `${n + 1}` : `Developer ${n + 1}`, { class: "who", "text-anchor": "end", "font-size": Math.min(size, row * 0.9) })); });
  const y = (developer) => top + one.developers.indexOf(developer) * row + 1;
  for (const stint of one.stints) for (const day of days) {
    const from = Math.max(day.from, stint.from), to = Math.min(day.to, stint.to);
    if (to <= from) continue;
    const x = at(from), w = Math.max(1, at(to) - x - 1), kind = stint.what === "incidents" ? `incident sev-${Math.min(4, stint.severity)}` : stint.what;
    const bar = make("rect", { class: `stint ${kind}`, x, y: y(stint.developer), width: w, height: row - 2, rx: 2, "data-what": stint.what });
    if (stint.what === "incidents") bar.dataset.incident = stint.item;
    bar.append(make("title", {}, stint.what === "incidents" ? `incident ${stint.item}` : stint.what === "stories" ? `story ${stint.item}` : WORDS[stint.what]));
    work.append(bar);
    const into = Math.min(stint.into, to);
    if (into > from) work.append(make("rect", { class: "stint back", x, y: y(stint.developer), width: Math.max(2, at(into) - x), height: row - 2 }));
  }
  for (const done of one.done) if (one.developers.includes(done.developer)) work.append(make("rect", { class: "done", x: at(done.time) - 2, y: y(done.developer), width: 2, height: row - 2 }));
  for (const { time, developer } of one.interrupted) work.append(make("path", { class: "notch", d: `M${at(time)} ${y(developer)}h7l-7 7Z` }));
  return { names, work };
}

const WORDS = { improvements: "an improvement", ceremonies: "meeting", absence: "away" };

// From the opening of each incident to its answer: above the line for the first policy, below for the second.
function lines(found, at, top, lane, family) {
  const group = make("g", {});
  found.boards.forEach((one, n) => {
    const waits = make("g", { class: `fam-${family(one.id)}` });
    const levels = [];
    for (const incident of found.incidents) {
      const story = incident.stories[n];
      if (!story) continue;
      const from = at(Math.max(story.opened, found.begins)), to = at(Math.min(story.started ?? story.ended ?? found.ends, found.ends));
      if (to - from < 2) continue;
      let level = levels.findIndex((end) => end < from - 2);
      if (level < 0) level = levels.length < 4 ? levels.push(0) - 1 : 3;
      levels[level] = to;
      const y = n === 0 ? top + 5 + level * 3 : top + lane - 5 - level * 3;
      const line = make("line", { class: "waits", x1: from, x2: to, y1: y, y2: y });
      line.dataset.incident = incident.incident;
      waits.append(line);
    }
    group.append(waits);
  });
  return group;
}

function incidents(found, at, top, lane, choose, left) {
  const group = make("g", {}), all = [];
  let last = -Infinity, up = 0;
  const fresh = found.incidents.filter((one) => one.shown !== "•"), earlier = found.incidents.length - fresh.length;
  if (earlier) group.append(text(at(found.begins) - 8, top + lane / 2 + 4, left < 80 ? `+${earlier}` : `${earlier} from before`, { class: "tick earlier", "text-anchor": "end", "font-size": 12 }));
  fresh.forEach((incident, n) => {
    const opened = Math.min(...incident.stories.filter(Boolean).map((one) => one.opened));
    const x = at(opened);
    up = x - last < 20 ? (up + 1) % 2 : 0;
    last = x;
    const dot = make("g", { class: `dot sev-${Math.min(4, incident.severity)}`, transform: `translate(${x} ${top + lane / 2 + (up ? 8 : fresh.length > 14 ? -6 : 0)})`, tabindex: "0", role: "button", "aria-label": `incident ${n + 1}: ${incident.kind}, ${when(opened)}` }, make("circle", { r: 9 }), text(0, 4, String(n + 1), { "text-anchor": "middle", "font-size": 11 }));
    dot.dataset.incident = incident.incident;
    dot.append(make("title", {}, `${incident.kind}, ${when(opened)}`));
    dot.addEventListener("click", () => choose(incident.incident));
    dot.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); choose(incident.incident); } });
    group.append(dot);
    all.push([opened, dot]);
  });
  return { group, upTo: (now) => { for (const [opened, dot] of all) { const hidden = opened > now; if (dot.hasAttribute("hidden") !== hidden) hidden ? dot.setAttribute("hidden", "") : dot.removeAttribute("hidden"); } } };
}

function parting(svg, found, at, bottom, left, right, size) {
  const { parting } = found;
  if (!parting || parting.seconds < found.begins || parting.seconds >= found.ends) return;
  const x = at(parting.seconds), words = `first parting: ${when(parting.seconds)}`, w = words.length * size * 0.64 + 12;
  const from = Math.min(Math.max(left, x), right - w);
  svg.append(make("g", { class: "parting" }, make("line", { x1: x, x2: x, y1: 18, y2: bottom }), make("rect", { x: from, y: 0, width: w, height: 20, rx: 2 }), text(from + 6, 15, words, { "font-size": size })));
}
