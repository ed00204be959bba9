// What became of one incident on both sides: every hour of the clock, in order, up to the moment shown.

import { node } from "./dom.js";
import { canvas, make, text } from "./draw.js";
import { mark } from "./shapes.js";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const STAGES = { closed_hours: "closed", first_line: "at the first line", sprint_boundary: "for planning", queue: "behind other work", suspended: "put aside", in_work: "work" };
const SEVERITIES = ["", "outage", "serious", "ordinary", "minor", "least"];

const two = (n) => String(n).padStart(2, "0");

export function when(seconds) {
  const day = Math.floor(seconds / 86400), minute = Math.floor(seconds / 60);
  return `${DAYS[day % 7].slice(0, 3)} ${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}, week ${Math.floor(day / 7) + 1}`;
}

// Exact where it is told as what the engine says.
export function span(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  const hours = seconds / 3600;
  return hours < 48 ? `${+hours.toFixed(1)} h` : `${+(hours / 24).toFixed(1)} days`;
}

export function fate(box, what, found, now, { family, step }) {
  const stories = what.stories, opened = Math.min(...stories.filter(Boolean).map((one) => one.opened));
  const ended = Math.max(...stories.map((one) => (one ? one.stretches.at(-1)?.to ?? one.opened : 0)));
  const width = Math.max(260, Math.min(980, box.clientWidth - 190)), scale = width / Math.max(1, ended - opened);
  const turn = (words, by, told) => { const made = node("button", { type: "button", className: "step" }, words); made.setAttribute("aria-label", told); made.onclick = () => step(by); return made; };
  const key = `${what.incident}|${Math.floor(now / 60)}|${box.clientWidth}`;
  if (box.dataset.key === key) return;
  const kept = box.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
  box.dataset.key = key;
  box.dataset.incident = what.incident;
  box.replaceChildren(
    node("h3", {}, turn("◂", -1, "The incident before"), node("span", { className: `number sev-${Math.min(4, what.severity)}` }, what.shown), node("b", {}, what.kind), ` · ${SEVERITIES[what.severity]} · came ${when(opened)} · ${span(what.effort_seconds)} of work`, turn("▸", 1, "The next incident")),
    ...stories.map((story, n) => side(story, found.boards[n], now, { opened, scale, width, family, severity: what.severity })));
  if (kept) box.querySelector(`[aria-label="${kept}"]`)?.focus();
}

function side(story, board, now, { opened, scale, width, family, severity }) {
  const row = node("div", { className: "fate-row" }), name = node("span", { className: "fate-name" }, mark(family(board.id)));
  row.append(name);
  if (!story) { name.append(`${board.title}: does not open`); return row; }
  const over = story.ended !== null && story.ended <= now, told = story.started !== null && story.started <= now;
  name.append(node("b", {}, told ? story.answer_words : "waits"), node("small", {}, board.title));
  const svg = canvas(width, 30, `${board.title}: ${over ? story.split_words : "under way"}`);
  for (const stretch of story.stretches) {
    const to = Math.min(stretch.to, now);
    if (to <= stretch.from) continue;
    const w = Math.max(1, (to - stretch.from) * scale - 0.5), x = (stretch.from - opened) * scale;
    const bar = make("rect", { class: `stage ${stretch.stage} sev-${Math.min(4, severity)}`, x, y: 2, width: w, height: 26, rx: 2 });
    bar.append(make("title", {}, `${span(to - stretch.from)} ${STAGES[stretch.stage]}`));
    svg.append(bar);
    const words = `${span(to - stretch.from)} ${STAGES[stretch.stage]}`;
    if (w > words.length * 7) svg.append(text(x + 6, 20, words, { class: `on ${stretch.stage} sev-${Math.min(4, severity)}` }));
  }
  const sentence = over ? story.split_words : told ? `answered after ${span(story.started - story.opened)}, still open` : now >= story.opened ? `waits since ${span(now - story.opened)}` : "has not come yet";
  row.append(node("div", { className: "fate-bar" }, svg, node("p", { className: "soft" }, sentence + taken(story, board, now))));
  return row;
}

function taken(story, board, now) {
  const own = story.interrupted.filter((one) => one.seconds <= now).map((one) => { const at = board.developers.indexOf(one.developer); return at < 0 ? "somebody of another team" : `Developer ${at + 1}`; });
  return own.length ? `. ${[...new Set(own)].join(" and ")} put other work aside for it.` : "";
}
