// Controls, requests, and what happens when.

import * as charts from "./charts.js";
import { typed } from "./controls.js";
import { $, copied, node, scrolling } from "./dom.js";
import { longJob } from "./jobs.js";
import { policyMap } from "./map.js";
import { mapQuestion, recommendQuestion } from "./questions.js";
import { fetched, visitor } from "./server.js";
import * as states from "./state.js";

const HEADLINE = ["net_points_per_sprint", "points_per_sprint", "response_hours_fixed_mix", "response_working_hours_fixed_mix", "response_hours_mean", "response_sla", "sprint_goals_met", "say_do_ratio", "response_hours_p50", "response_hours_p90", "resolution_hours_mean"];
const PEOPLE = ["unplanned_share", "interruptions_per_developer_week", "out_of_hours_calls_per_developer_month", "support_gini"];
const MONEY = { net_value_per_sprint: "net value", delivered_value_per_sprint: "points delivered", open_incident_cost_per_sprint: "less open incidents", penalties_per_sprint: "less broken promises", night_call_cost_per_sprint: "less calls at night" };

const NOTHING = { set: [], lever: [], policy: [], pin: "", map: "", recommend: "" };

let state = states.read(), meta, scenario, shown, source, timer, sortBy = "", descending = true;

function trouble(reasons) { $("trouble").replaceChildren(...reasons.map((r) => node("li", {}, r))); }

// ---- controls ----

async function begin() {
  meta = await fetched("/api/scenarios", "");
  if (!state.scenario) state.scenario = meta.default;
  for (const id of ["x", "y"]) {
    $(id).onchange = () => { state[id] = $(id).value; write(); draw(); };
  }
  await build();
}

async function build() {
  const query = new URLSearchParams({ scenario: state.scenario });
  let found;
  try { found = await fetched("/api/scenario", query); } catch (reasons) { trouble(reasons); return; }
  drawDue(true);  // the last picture is of the scenario that goes
  scenario = found;
  const titles = Object.entries(meta.scenarios);
  $("scenario").replaceChildren(...titles.map(([id, title]) => node("option", { value: id }, title)));
  $("scenario").value = state.scenario;
  size(scenario);
  $("about").textContent = scenario.about;
  const groups = new Map();
  for (const control of scenario.controls) groups.set(control.group, [...(groups.get(control.group) ?? []), control]);
  $("controls").replaceChildren(...[...groups].map(([name, own], n) => {
    const body = node("details", { open: n < 2 && innerWidth > 800 }, node("summary", {}, name));
    body.append(...own.map(control));
    return body;
  }));
  fill("levers", scenario.levers.map((name) => [name, name, state.lever.includes(name), ""]), (name, on) => {
    state.lever = state.lever.filter((one) => one !== name);
    if (on) state.lever.push(name);
  });
  $("levers").hidden = !scenario.levers.length;
  fill("policies", scenario.policies.map((p) => [p.id, p.title, !state.policy.length || state.policy.includes(p.id), p.about]), (id, on) => {
    const all = scenario.policies.map((p) => p.id);
    const kept = (state.policy.length ? state.policy : all).filter((one) => one !== id);
    if (on) kept.push(id);
    const ordered = all.filter((one) => kept.includes(one));
    state.policy = ordered.length === all.length ? [] : ordered;
    if (!ordered.length) state.policy = [id];
  });
  for (const id of ["x", "y"]) $(id).replaceChildren(...scenario.metrics.map((m) => node("option", { value: m.id }, m.label)));
  for (const [id, usual] of [["x", "response_hours_fixed_mix"], ["y", "net_points_per_sprint"]]) if (!scenario.metrics.some((m) => m.id === state[id])) state[id] = usual;
  $("money").hidden = !scenario.currency;
  $("team").replaceChildren(...scenario.teams.map((name, n) => node("option", { value: n }, name)));
  for (const [name, question] of [["map", mapQuestion], ["recommend", recommendQuestion]]) jobs[name].offer(question(scenario, scenario.metrics, keep), state[name]);
  synchronise();
  compute();
}

// How large it is as changed; the words about it are of the scenario as written.
function size({ developers, weeks }) {
  const written = developers === scenario.developers ? "" : ` (${scenario.developers} in the scenario as written)`;
  $("size").textContent = `${developers} developers${written}, ${weeks} weeks.`;
}

function control(one) {
  return typed(one, {
    get: (key) => states.changed(state, key),
    set: (key, text, going) => { states.change(state, key, text); synchronise(); moved(going); },
  });
}

function fill(id, choices, set) {
  const legend = $(id).querySelector("legend");
  $(id).replaceChildren(legend, ...choices.map(([value, title, checked, help]) => {
    const box = node("input", { type: "checkbox", value, checked });
    box.onchange = () => { set(value, box.checked); synchronise(); moved(); };
    return node("label", { title: help }, box, title);
  }));
}

function synchronise() {
  for (const one of document.querySelectorAll("#controls .control")) one.sync();
  for (const box of $("levers").querySelectorAll("input")) box.checked = state.lever.includes(box.value);
  for (const box of $("policies").querySelectorAll("input")) box.checked = !state.policy.length || state.policy.includes(box.value);
  $("replications").value = state.replications;
  $("seed").value = state.seed;
  $("x").value = state.x;
  $("y").value = state.y;
  $("unpin").hidden = !state.pin;
}

// ---- long jobs ----

const jobs = {
  map: longJob({
    section: $("map"), path: "/api/map", asked: () => states.asked(state), changed: keep,
    drawn: (found, width) => {
      const labels = Object.fromEntries([...scenario.axes, ...scenario.controls].map((one) => [one.key, one.label]));
      const id = found.result.goal.match(/^(?:most|least) (\w+)/)[1];
      return [policyMap(found, labels, scenario.metrics.find((one) => one.id === id), width)];
    },
  }),
  recommend: longJob({ section: $("recommend"), path: "/api/recommend", asked: () => states.asked(state), changed: keep, drawn: () => [] }),
};

function keep() {
  for (const name in jobs) state[name] = jobs[name].query();
  write();
}

// ---- computing ----

function write(replace) {
  states.write(state, replace);
  for (const job of Object.values(jobs)) job.look();
}

function moved(sliding = false) {
  write(sliding);
  clearTimeout(timer);
  timer = setTimeout(compute, sliding ? 15 : 0);
}

function compute() {
  source?.close();
  trouble([]);
  $("status").textContent = $("command").textContent = "Computing…";
  delete document.body.dataset.sets;
  document.body.classList.add("stale");
  const query = states.asked(state);
  query.set("visitor", visitor);
  if (state.pin) query.set("pin", state.pin);
  source = new EventSource(`/api/compare?${query}`);
  const own = source;
  own.addEventListener("picture", (event) => {
    if (own !== source) return;
    shown = JSON.parse(event.data);
    draw();
    $("status").textContent = shown.replications < shown.of ? `${shown.replications} of ${shown.of} random futures so far` : `${shown.of} random futures`;
    document.body.dataset.replications = shown.replications;
    document.body.dataset.pictures = +(document.body.dataset.pictures ?? 0) + 1;
  });
  own.addEventListener("sets", (event) => {
    const found = JSON.parse(event.data);
    if (own !== source || !found.policies) return;
    Object.assign(shown, { finding: found.finding, certainty: found.certainty, sets: found.sets, unknown: found.policies });
    draw();
    document.body.dataset.sets = found.sets;
  });
  own.addEventListener("end", () => own.close());
  own.addEventListener("done", () => { document.body.dataset.done = +(document.body.dataset.done ?? 0) + 1; });
  own.addEventListener("trouble", (event) => { own.close(); drawDue(true); trouble(JSON.parse(event.data).reasons); $("status").textContent = ""; });
  own.onerror = async () => {
    own.close();
    if (own !== source) return;
    drawDue(true);
    $("status").textContent = "";
    // An event source tells no reasons: ask again for them.
    try {
      await fetched("/api/timeline", query);
      trouble(["The computation was cut off. Move any control to try again."]);
    } catch (reasons) { trouble(Array.isArray(reasons) ? reasons : [String(reasons)]); }
  };
}

// ---- pictures ----

const wide = (id) => Math.max(320, $(id).clientWidth);
const widths = {};

// What is out of sight is drawn when it comes into sight, or with the last picture.
const parts = {
  tradeoff: drawTradeoff, waits: drawWaits,
  stages: () => $("stages").replaceChildren(charts.stages(shown, meta, widths.stages)),
  activities: () => $("activities").replaceChildren(charts.activities(shown, meta, widths.activities)),
  sums: () => scenario.currency && $("sums").replaceChildren(table(Object.keys(MONEY), `${scenario.currency} a team-sprint`)),
  people: () => $("people").replaceChildren(table(PEOPLE, "people")),
  table: () => $("table").replaceChildren(table(HEADLINE, "results")),
};
const inSight = new Set(), due = new Set();
const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) isIntersecting ? inSight.add(target.id) : inSight.delete(target.id);
  drawDue();
}, { rootMargin: "200px" });
for (const id in parts) sight.observe($(id));

function drawDue(all = false) {
  for (const id of [...due].filter((one) => all || inSight.has(one))) { due.delete(id); parts[id](); }
}

function draw() {
  if (!shown) return;
  const last = shown.replications >= shown.of;
  for (const id in parts) widths[id] = wide(id);  // asked for later, each would lay the page out again
  document.body.classList.remove("stale");
  size(shown);
  $("finding").textContent = shown.finding;
  $("behind").textContent = shown.behind;
  $("certainty").textContent = shown.certainty;
  $("worth").textContent = shown.worth ? `${shown.worth}.` : "";
  $("command").textContent = shown.command;
  for (const id of ["waits-policy", "sprint-policy"]) {
    const before = $(id).value;
    $(id).replaceChildren(...shown.policies.map((p) => node("option", { value: p.name }, p.name)));
    if (shown.policies.some((p) => p.name === before)) $(id).value = before;
  }
  for (const id in parts) due.add(id);
  drawDue(last);
  const query = states.asked(state);
  query.set("visitor", visitor);
  for (const [id, path] of [["toml", "scenario.toml"], ["csv", "results.csv"], ["html", "report.html"]]) $(id).href = `/api/${path}?${query}`;
  if (last) drawTimeline();
}

function drawTradeoff() {
  const picture = charts.tradeoff(shown, state, scenario.metrics, scenario.promises, widths.tradeoff);
  $("tradeoff").replaceChildren(picture);
  picture.place?.();
}

function drawWaits() {
  const policy = shown.policies.find((p) => p.name === $("waits-policy").value) ?? shown.policies[0];
  $("waits").replaceChildren(charts.waits(policy, widths.waits));
}

async function drawTimeline() {
  const query = states.asked(state);
  for (const [name, value] of [["shown", $("sprint-policy").value], ["team", $("team").value || 0], ["sprint", $("sprint").value - 1], ["future", $("future").value]]) query.set(name, value);
  try {
    const data = await fetched("/api/timeline", query);
    $("sprint").max = data.sprints;
    $("timeline").replaceChildren(charts.timeline(data, (words) => { $("story").textContent = words; }, wide("timeline")));
  } catch (reasons) { $("timeline").replaceChildren(); $("story").textContent = reasons.join(" "); }
}

const NAMES = { unplanned_share: "time on unplanned work", interruptions_per_developer_week: "interruptions per developer-week", out_of_hours_calls_per_developer_month: "night calls per developer-month", support_gini: "inequality of support time (Gini)" };

function table(metrics, caption) {
  const info = (id) => scenario.metrics.find((m) => m.id === id) ?? { label: NAMES[id] ?? MONEY[id] ?? id, percent: id.endsWith("share") };
  const rows = [...shown.policies];
  if (metrics.includes(sortBy)) rows.sort((a, b) => ((a.figures[sortBy]?.[0] ?? Infinity) - (b.figures[sortBy]?.[0] ?? Infinity)) * (descending ? -1 : 1));
  const head = node("tr", {}, node("th", { scope: "col" }, "Policy"), ...metrics.map((m) => {
    const button = node("button", { type: "button" }, info(m).label + (sortBy === m ? (descending ? " ▾" : " ▴") : ""));
    button.onclick = () => { descending = sortBy === m ? !descending : true; sortBy = m; draw(); };
    return node("th", { scope: "col", ariaSort: sortBy === m ? (descending ? "descending" : "ascending") : "none" }, button);
  }));
  const body = rows.map((p) => node("tr", {}, node("th", { scope: "row" }, (p.on_front ? "● " : "") + p.name), ...metrics.map((m) => {
    const found = p.figures[m], percent = info(m).percent;
    if (!found || found[0] === null) return node("td", {}, p.overloaded ? "overloaded" : "–");
    const half = found[2] === null ? "" : ` ±${((found[2] - found[1]) / 2 * (percent ? 100 : 1)).toFixed(2)}`;
    const cell = node("td", {}, charts.formatted(m, found[0], info(m)) + half);
    cell.dataset.policy = p.name; cell.dataset.metric = m; cell.dataset.value = found[0];
    const change = p.change?.[m]?.difference;
    if (change && change[1] !== null && change[0] !== 0) cell.append(node("div", { className: "small" }, `${change[0] > 0 ? "+" : ""}${charts.formatted(m, change[0], info(m))} (${charts.formatted(m, change[1], info(m))} to ${charts.formatted(m, change[2], info(m))})`));
    return cell;
  })));
  return scrolling(node("table", {}, node("caption", { className: "small" }, `${caption}, policies as set, not tuned: mean ± half the 95 % interval`), node("thead", {}, head), node("tbody", {}, ...body)), caption);
}

// ---- buttons ----

$("scenario").onchange = () => { Object.assign(state, { scenario: $("scenario").value, ...NOTHING }); write(); build(); };
$("file").onchange = async () => {
  const [file] = $("file").files;
  if (!file) return;
  try {
    const found = await fetched("/api/upload", "", { method: "POST", body: await file.arrayBuffer() });
    meta.scenarios[found.scenario] = `${found.name} (uploaded)`;
    Object.assign(state, { scenario: found.scenario, ...NOTHING });
    write();
    build();
  } catch (reasons) { trouble([`${file.name} cannot be used:`, ...reasons]); }
  $("file").value = "";
};
$("replications").onchange = () => { state.replications = $("replications").value; moved(); };
$("seed").onchange = () => { state.seed = $("seed").value; moved(); };
$("pin").onclick = () => { state.pin = String(states.asked(state)); synchronise(); moved(); };
$("unpin").onclick = () => { state.pin = ""; synchronise(); moved(); };
$("cancel").onclick = async () => { source?.close(); drawDue(true); await fetched("/api/cancel", `visitor=${visitor}`, { method: "POST" }).catch(trouble); $("status").textContent = shown ? `Stopped at ${shown.replications} random futures.` : "Stopped."; };
$("reset").onclick = () => { Object.assign(state, { set: [], lever: [], policy: [], replications: "100", seed: "1", pin: "" }); synchronise(); moved(); };
$("copy-command").onclick = () => copied($("command").textContent);
$("copy-link").onclick = () => copied(location.href);
$("waits-policy").onchange = drawWaits;
for (const id of ["sprint-policy", "team", "sprint", "future"]) $(id).onchange = drawTimeline;
addEventListener("beforeprint", () => drawDue(true));
let resizing;
addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(() => { draw(); for (const job of Object.values(jobs)) job.draw(); }, 150); });
addEventListener("popstate", () => {
  const before = state.scenario;
  state = states.read();
  if (!state.scenario) state.scenario = meta.default;
  if (state.scenario !== before) build(); else { for (const name in jobs) jobs[name].read(state[name]); synchronise(); compute(); }
});

begin().catch((reasons) => trouble(Array.isArray(reasons) ? reasons : [String(reasons)]));
