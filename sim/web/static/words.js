// What words mean, where they stand: tapped, a word says so; help has them all.

import { $, node } from "./dom.js";

const MEANINGS = {
  policy: "A way of carrying support: who takes what comes in, and when.",
  incident: "Unplanned work from production: an outage, a data fix, a question that needs a developer.",
  "first answer": "When somebody starts on an incident. Told on average, at a fixed mix of severities.",
  delivered: "Points of stories finished, less the work on incidents that is still open at the end.",
  reference: "The policy all others are measured against; it stays until you choose another (⚑).",
  "sets of assumptions": "What nobody measured is drawn from its range, the same for all policies: a cloud holds eight in ten of such sets.",
  "as set": "Each policy with the settings that stand in the scenario. Tuned: as well set as can be found under the same promises.",
  before: "The state you kept: hollow marks and differences tell what your changes did since.",
  "cannot keep up": "More comes in than is answered, week after week: what waits grows without end.",
};

// Figures as people speak of them on a screen; what is not here bears its name of tables and files.
const FIGURES = {
  response_hours_fixed_mix: "first answer on average, at a fixed mix (hours)",
  response_working_hours_fixed_mix: "first answer on average, at a fixed mix (working hours)",
  response_hours_mean: "first answer on average (hours)",
  response_hours_p50: "half answered within (hours)",
  response_hours_p90: "nine in ten answered within (hours)",
  resolution_hours_mean: "solved on average after (hours)",
  net_points_per_sprint: "points a sprint and team, net",
  say_do_ratio: "done of what was planned",
  support_gini: "how unevenly support is shared",
  out_of_hours_calls_per_developer_month: "calls at night a person and month",
  interruptions_per_developer_week: "interruptions a person and week",
};

export const spokenFigure = ({ id, label }) => FIGURES[id] ?? label;

const ONE_LINE = {
  "next-sprint": "Whatever comes in waits for the next planning.",
  "swap-in": "Something urgent comes in; an unstarted story of that size goes out.",
  "reserved-buffer": "A share of every sprint stays unplanned for what will come.",
  "unplanned-ticket": "One ticket a sprint collects the small things; what outgrows it is planned.",
  "developer-rotation": "In each team one or two take every incident for a sprint, by turns.",
  "team-rotation": "One whole team takes everybody’s incidents for a sprint, by turns.",
  "adaptive-rotation": "As many are on duty as the last sprint needed; quiet sprints give them back.",
  "dedicated-team": "Some people leave the teams for good and take every incident.",
  "interrupt-anyone": "Whoever is best placed stops and takes it at once.",
  "cancel-sprint": "When it gets bad the sprint is dropped, everybody helps, the rest is replanned.",
  kanban: "No sprints: whoever is free pulls the next thing, urgent ones first.",
  ours: "The policy that was written here, by rules.",
};

const told = (policy) => ONE_LINE[policy.id] ?? policy.about.split(/\n\s*\n/)[0];

// A sentence with the policies' names bold, each telling what it is when it is tapped.
export function named(sentence, policies) {
  const titles = policies.map((p) => p.title).sort((a, b) => b.length - a.length).map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!sentence || !titles.length) return sentence ? [sentence] : [];
  return sentence.split(new RegExp(`(${titles.join("|")})`)).map((part) => {
    const policy = policies.find((p) => p.title === part);
    return policy ? explain(part, told(policy)) : part;
  });
}

// A word that says what it means when it is tapped.
export function explain(word, meaning = MEANINGS[word]) {
  const made = node("button", { type: "button", className: "word" }, word);
  made.setAttribute("aria-expanded", "false");
  made.onclick = (event) => { event.stopPropagation(); show(made, meaning); };
  return made;
}

let shownBy = null;

function show(by, meaning) {
  const box = $("meaning");
  if (shownBy === by && !box.hidden) return hide();
  hide();
  shownBy = by;
  box.textContent = meaning;
  box.hidden = false;
  const at = by.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${at.bottom + 6 + box.offsetHeight > innerHeight ? at.top - box.offsetHeight - 6 : at.bottom + 6}px`;
  by.setAttribute("aria-expanded", "true");
}

function hide() {
  shownBy?.setAttribute("aria-expanded", "false");
  shownBy = null;
  $("meaning").hidden = true;
}

addEventListener("click", hide);
addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

export function help(dialog) {
  const close = node("button", { type: "button", className: "primary" }, "Close");
  close.onclick = () => dialog.close();
  dialog.replaceChildren(
    node("h2", { id: "help-title" }, "Firelane"),
    node("p", {}, "A fire lane is the strip kept clear so that an emergency can pass without stopping the traffic. Firelane lets your teams live through the same simulated years under different policies for production incidents, and compares how soon an answer comes with what is still delivered."),
    node("ol", {}, ...["Start: your teams from five sentences, or from your trackers’ exports.", "What if: move what you doubt; tap a policy for focus; keep a state as “before” and see what changed.", "Play: one sprint under two policies, the same incidents on one clock. Guess first, then look.", "Share: the link brings everything along; “Take it along” has files and the command that gives the same figures."].map((one) => node("li", {}, one))),
    node("h3", {}, "Words"), node("dl", {}, ...Object.entries(MEANINGS).flatMap(([word, meaning]) => [node("dt", {}, word), node("dd", {}, meaning)])),
    node("h3", {}, "Keys"), node("p", {}, "B keeps or forgets before · N next policy in focus · ← → the last control · F fits the axes · D dark · Esc leaves presenting · in a play: space plays, ← → steps."),
    close);
  dialog.showModal();
}
