// What if: controls, the finding, the chart, and what lies below them.

import * as charts from "./charts.js";
import { typed } from "./controls.js";
import { $, copied, node, scrolling } from "./dom.js";
import { longJob } from "./jobs.js";
import { policyMap } from "./map.js";
import { mapQuestion, recommendQuestion } from "./questions.js";
import { fetched, visitor } from "./server.js";
import { mark } from "./shapes.js";
import * as states from "./state.js";
import { tabs } from "./tabs.js";
import { ends, measure, tradeoff } from "./tradeoff.js";
import { tuning } from "./tuning.js";
import { named } from "./words.js";

const HEADLINE = ["net_points_per_sprint", "points_per_sprint", "response_hours_fixed_mix", "response_working_hours_fixed_mix", "response_hours_mean", "response_sla", "sprint_goals_met", "say_do_ratio", "response_hours_p50", "response_hours_p90", "resolution_hours_mean"];
const PEOPLE = ["unplanned_share", "interruptions_per_developer_week", "out_of_hours_calls_per_developer_month", "support_gini"];
const MONEY = { net_value_per_sprint: "net worth", delivered_value_per_sprint: "points delivered", open_incident_cost_per_sprint: "less open incidents", penalties_per_sprint: "less promises not kept", night_call_cost_per_sprint: "less calls at night" };
const MOST_NAMED = 6;
const PREFERRED = ["ours", "interrupt-anyone", "kanban", "reserved-buffer", "dedicated-team", "developer-rotation", "next-sprint"];

export function live(shared) {
  let source, timer, sortBy = "", descending = true, sliding = false, fixed = {}, places = null, hands = [], last = "";
  const look = () => shared.state;
  const widths = {};

  // ---- controls ----

  const access = {
    get: (key) => { const own = states.changed(look(), key); return own; },
    set: (key, text, going) => {
      states.change(look(), key, text);
      last = key;
      moved(going);
    },
  };

  function move(replace) { shared.write(replace); }

  // A move is one step back, however long a slider was on its way.
  function moved(going = false) {
    shared.agree();
    move(sliding);
    sliding = going;
    synchronise();
    clearTimeout(timer);
    timer = setTimeout(compute, going ? 15 : 0);
  }

  function build() {
    const { scenario, state } = { scenario: shared.scenario, state: look() };
    shared.agree();
    const own = (one) => { const made = typed(one, access); hands.push(made); return made; };
    hands = [];
    about(scenario.about);
    const groups = new Map();
    const policies = new Set(scenario.policies.map((p) => p.title));
    for (const control of scenario.controls) if (!control.first) groups.set(control.group, [...(groups.get(control.group) ?? []), control]);
    const fold = ([name, list]) => node("details", {}, node("summary", {}, name), ...list.map(own));
    const ofPolicies = [...groups].filter(([name]) => policies.has(name)), others = [...groups].filter(([name]) => !policies.has(name));
    const first = scenario.controls.filter((one) => one.first);
    $("controls").replaceChildren(
      node("div", { className: "group" }, ...first.map(own)),
      node("h3", {}, "Everything else"), ...others.map(fold), node("h3", {}, "How policies are set"), ...ofPolicies.map(fold));
    $("reach").replaceChildren(...inReach(scenario, 1).map(own));
    $("bar").replaceChildren(...inReach(scenario, 3).map(own), keysInWords());
    fill("levers", scenario.levers.map((name) => [name, name]), () => state.lever, (name, on) => {
      look().lever = look().lever.filter((one) => one !== name);
      if (on) look().lever.push(name);
    });
    $("levers").hidden = !scenario.levers.length;
    fill("policies", scenario.policies.map((p) => [p.id, p.title]), () => (look().policy.length ? look().policy : scenario.policies.map((p) => p.id)), (id, on) => {
      const all = scenario.policies.map((p) => p.id), kept = (look().policy.length ? look().policy : all).filter((one) => one !== id);
      if (on) kept.push(id);
      const ordered = all.filter((one) => kept.includes(one));
      look().policy = ordered.length === all.length ? [] : ordered.length ? ordered : [id];
    });
    for (const id of ["x", "y"]) $(id).replaceChildren(...scenario.metrics.map((m) => node("option", { value: m.id }, m.label)));
    for (const [id, usual] of [["x", "response_hours_fixed_mix"], ["y", "net_points_per_sprint"]]) if (!scenario.metrics.some((m) => m.id === state[id])) state[id] = usual;
    $("price").hidden = !!scenario.currency;
    for (const [name, question] of [["map", mapQuestion], ["recommend", recommendQuestion]]) jobs[name].offer(question({ ...scenario, controls: scenario.controls.filter((one) => !one.choices.length && one.value !== null) }, scenario.metrics, keep), state[name]);
    fixed = {};
    places = null;
    synchronise();
  }

  // Those that a room or a phone has at hand: what comes in, what the policy in focus keeps, and one more.
  function inReach(scenario, count) {
    const focus = scenario.controls.find((one) => one.key.startsWith(`policies.${look().focus}.`) && one.kind !== "choice");
    const all = scenario.controls.filter((one) => one.first);
    const preferred = [all.find((one) => one.key.startsWith("incidents")) ?? all[0], focus, ...all.filter((one) => one.kind === "toggle"), ...all];
    return [...new Set(preferred.filter(Boolean))].slice(0, count).map((one) => ({ ...one, kind: one.kind === "slider" ? "stepper" : one.kind }));
  }

  function keysInWords() {
    return node("p", { className: "keys" }, ...[["B", "before"], ["N", "next focus"], ["D", "dark"], ["Esc", "desk"]].flatMap(([key, words]) => [node("kbd", {}, key), ` ${words} `]));
  }

  function about(words) {
    const blocks = words.trim().split(/\n\s*\n/);
    $("about").replaceChildren(...blocks.map((block) => node("p", {}, ...block.split("`").map((part, n) => (n % 2 ? node("code", {}, part) : part)))));
  }

  function size({ developers, weeks }) {
    const written = developers === shared.scenario.developers ? "" : ` (${shared.scenario.developers} in the scenario as written)`;
    $("size").textContent = `${developers} developers${written}, ${weeks} weeks.`;
  }

  function fill(id, choices, chosen, set) {
    const legend = $(id).querySelector("legend");
    $(id).replaceChildren(legend, ...choices.map(([value, title]) => {
      const box = node("input", { type: "checkbox", value });
      box.onchange = () => { set(value, box.checked); moved(); };
      box.sync = () => { box.checked = chosen().includes(value); };
      return node("label", {}, box, title);
    }));
  }

  function synchronise() {
    const state = look();
    for (const one of hands) one.sync();
    for (const id of ["levers", "policies"]) for (const box of $(id).querySelectorAll("input")) box.checked = id === "levers" ? state.lever.includes(box.value) : !state.policy.length || state.policy.includes(box.value);
    $("replications").value = state.replications;
    $("seed").value = state.seed;
    $("x").value = state.x;
    $("y").value = state.y;
    $("pin").hidden = !!state.pin;
    $("before").hidden = !state.pin;
    $("before-words").textContent = `Before: ${differences()}`;
    for (const input of $("tuned").querySelectorAll("input")) input.checked = input.value === state.tuned;
    chips();
  }

  // Only what differs from before, in the words of the controls.
  function differences() {
    const then = new URLSearchParams(look().pin), told = [];
    for (const control of shared.scenario.controls) {
      const [was, now] = [{ set: then.getAll("set") }, look()].map((one) => states.changed(one, control.key));
      if (was !== now) told.push(`${control.label.toLowerCase()} ${was === undefined ? spokenOf(control, control.value) : spokenOf(control, was)}`);
    }
    for (const lever of new Set([...then.getAll("lever"), ...look().lever])) if (then.getAll("lever").includes(lever) !== look().lever.includes(lever)) told.push(`${then.getAll("lever").includes(lever) ? "with" : "without"} “${lever}”`);
    return told.length > 2 ? `${told.slice(0, 2).join(", ")} and ${told.length - 2} more` : told.join(", ") || "as it is now";
  }

  const spokenOf = (control, value) => { const made = hands.find((one) => one.dataset.key === control.key); return made?.words?.(value) ?? String(value); };

  function chips() {
    const shownIds = look().policy.length ? look().policy : shared.scenario.policies.map((p) => p.id);
    $("chips").replaceChildren(...shared.scenario.policies.filter((p) => shownIds.includes(p.id)).map((p) => {
      const focus = p.id === look().focus, reference = p.id === look().ref;
      const tap = node("button", { type: "button", className: `chip${focus ? " focus" : ""}${reference ? " reference" : ""}` }, mark(named_().includes(p.id) ? p.family : "other", !named_().includes(p.id)), p.title, ...(reference ? [node("small", {}, " reference")] : focus ? [node("small", {}, " in focus")] : []));
      tap.setAttribute("aria-pressed", String(focus));
      tap.onclick = () => choose(p.id);
      const more = node("button", { type: "button", className: "chip-more", title: `Compare all with ${p.title}` }, "⚑");
      more.setAttribute("aria-label", `Make ${p.title} the reference`);
      more.hidden = reference;
      more.onclick = () => { look().ref = p.id; fixed = {}; moved(); };
      return node("span", { className: "chip-pair" }, tap, more);
    }));
  }

  function choose(id) {
    look().focus = id;
    shared.write();
    $("reach").replaceChildren(...inReach(shared.scenario, 1).map((one) => { const made = typed(one, access); hands.push(made); return made; }));
    $("bar").replaceChildren(...inReach(shared.scenario, 3).map((one) => { const made = typed(one, access); hands.push(made); return made; }), keysInWords());
    synchronise();
    compute();
  }

  // The few that bear a name in the chart: chosen by who they are, never by how they happen to lie.
  function named_() {
    const shownIds = look().policy.length ? look().policy : shared.scenario.policies.map((p) => p.id);
    return [...new Set([look().focus, look().ref, ...PREFERRED, ...shownIds])].filter((id) => shownIds.includes(id)).slice(0, MOST_NAMED);
  }

  // ---- long jobs ----

  const jobs = {
    map: longJob({
      section: $("map"), path: "/api/map", asked: () => states.asked(look()), changed: keep,
      drawn: (found, width) => {
        const labels = Object.fromEntries([...shared.scenario.axes, ...shared.scenario.controls].map((one) => [one.key, one.label]));
        const id = found.result.goal.match(/^(?:most|least) (\w+)/)[1];
        return [policyMap(found, labels, shared.scenario.metrics.find((one) => one.id === id), width)];
      },
    }),
    recommend: longJob({ section: $("recommend"), path: "/api/recommend", asked: () => states.asked(look()), changed: keep, drawn: () => [] }),
  };

  function keep() {
    for (const name in jobs) look()[name] = jobs[name].query();
    shared.write();
  }

  // ---- computing ----

  function compute() {
    source?.close();
    shared.trouble([]);
    for (const job of Object.values(jobs)) job.look();
    $("status").textContent = "Computing…";
    $("command").textContent = "";
    delete document.body.dataset.sets;
    document.body.classList.add("stale");
    const state = look(), query = states.asked(state);
    query.set("visitor", visitor);
    query.set("focus", state.focus);
    query.set("ref", state.ref);
    if (state.pin) query.set("pin", state.pin);
    source = new EventSource(`/api/compare?${query}`);
    const own = source, unless = shared.shown?.of_state === asking() ? shared.shown : null;
    own.addEventListener("picture", (event) => {
      if (own !== source) return;
      shared.shown = { ...JSON.parse(event.data), of_state: asking(), for: looked(), unknown: unless?.unknown, sets: unless?.sets };
      draw();
      $("status").textContent = shared.shown.replications < shared.shown.of ? `${shared.shown.replications} of ${shared.shown.of} random futures so far` : `${shared.shown.of} random futures`;
      document.body.dataset.replications = shared.shown.replications;
      document.body.dataset.pictures = +(document.body.dataset.pictures ?? 0) + 1;
    });
    own.addEventListener("sets", (event) => {
      const found = JSON.parse(event.data);
      if (own !== source || !found.policies) return;
      Object.assign(shared.shown, { finding: found.finding, certainty: found.certainty, sets: found.sets, unknown: found.policies });
      draw();
      document.body.dataset.sets = found.sets;
    });
    own.addEventListener("end", () => own.close());
    own.addEventListener("done", () => { if (own === source) document.body.dataset.done = +(document.body.dataset.done ?? 0) + 1; });
    own.addEventListener("trouble", (event) => { own.close(); if (own === source) failed(JSON.parse(event.data).reasons); });
    own.onerror = async () => {
      own.close();
      if (own !== source) return;
      // An event source tells no reasons: ask again for them.
      try {
        await fetched("/api/timeline", query);
        failed(["The computation was cut off. Move any control to try again."]);
      } catch (reasons) { failed(Array.isArray(reasons) ? reasons : [String(reasons)]); }
    };
  }

  const asking = () => String(states.asked(look()));
  const looked = () => [look().focus, look().ref, look().pin].join("|");

  // After an error nothing claims to be computing, and nothing old is taken for an answer.
  function failed(reasons) {
    drawDue(true);
    $("status").textContent = "";
    if (!shared.shown) $("finding").textContent = "There is no picture of this.";
    shared.trouble(reasons);
  }

  // ---- pictures ----

  const parts = {
    waits: drawWaits,
    stages: () => $("stages").replaceChildren(charts.stages(shared.shown, shared.meta, widths.stages)),
    activities: () => $("activities").replaceChildren(charts.activities(shared.shown, shared.meta, widths.activities)),
    sums: () => shared.scenario.currency && $("sums").replaceChildren(table(Object.keys(MONEY), `${shared.scenario.currency} a team-sprint`)),
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
    if (!shared.shown) return;
    for (const id of [...due].filter((one) => all || inSight.has(one))) { widths[id] = Math.max(320, $(id).clientWidth); due.delete(id); parts[id](); }
  }

  function draw() {
    const { shown } = shared;
    if (!shown || $("live").hidden) return;
    document.body.classList.remove("stale");
    size(shown);
    const [first, ...rest] = shown.focused;
    $("finding").replaceChildren(...named(first ?? shown.finding, shared.scenario.policies));
    $("against").replaceChildren(...named(rest.join(" "), shared.scenario.policies));
    $("overall").replaceChildren(...named(`Of all that are shown: ${shown.finding}`, shared.scenario.policies));
    for (const id of ["certainty", "behind", "worth"]) $(id).textContent = shown[id];
    $("command").textContent = shown.command;
    const query = `${states.asked(look())}&visitor=${visitor}`;
    for (const [id, path] of [["toml", "scenario.toml"], ["csv", "results.csv"], ["html", "report.html"]]) $(id).href = `/api/${path}?${query}`;
    picks("waits-policy");
    drawTradeoff();
    for (const id in parts) due.add(id);
    drawDue(shown.replications >= shown.of);
  }

  function picks(id) {
    const before = $(id).value, all = shared.shown.policies;
    $(id).replaceChildren(...all.map((p) => node("option", { value: p.id }, p.title)));
    $(id).value = all.some((p) => p.id === before) ? before : all.some((p) => p.id === look().focus) ? look().focus : all[0].id;
  }

  function drawTradeoff() {
    const { shown, scenario } = shared, state = look(), box = $("tradeoff");
    const width = Math.max(300, box.clientWidth), height = chartHeight(box), present = document.body.classList.contains("present");
    const phone = width < 600 && !present, info = (id) => scenario.metrics.find((one) => one.id === id);
    const reference = shown.policies.find((p) => p.id === state.ref);
    for (const id of ["x", "y"]) {
      const key = `${state[id]}|${state.ref}|${state.pin}`;
      if (fixed[id]?.key !== key) fixed[id] = { key, ...ends(measure(info(state[id]), reference), shown.policies, false) };
    }
    const made = tradeoff(shown, {
      x: info(state.x), y: info(state.y), focus: state.focus, reference: reference ? state.ref : shown.policies[0].id, named: named_(), family: shared.family,
      size: present ? 22 : phone ? 12.5 : 13, width, height, ends: fixed, finding: $("finding").textContent, choose,
    }, places);
    places = made.places;
    box.replaceChildren(made.svg);
    made.svg.place?.();
  }

  // As tall as leaves finding and chart in sight at once.
  function chartHeight(box) {
    const top = box.getBoundingClientRect().top + scrollY;
    const sheet = getComputedStyle($("sheet")).position === "fixed" && !document.body.classList.contains("present") ? $("sheet").offsetHeight : 0;
    const below = document.body.classList.contains("present") ? $("bar").offsetHeight + 26 : sheet ? sheet + 14 : 24;
    return Math.max(170, Math.min(innerHeight - top - below, 1200));
  }

  function drawWaits() {
    const all = shared.shown.policies, of = (id) => all.find((p) => p.id === id);
    const chosen = [...new Set([of($("waits-policy").value) ?? of(look().focus), of(look().ref)])].filter(Boolean);
    $("waits").replaceChildren(charts.waits(chosen, shared.scenario.promises, shared.family, widths.waits ?? Math.max(320, $("waits").clientWidth)));
  }

  function table(metrics, caption) {
    const { shown, scenario } = shared, info = (id) => scenario.metrics.find((one) => one.id === id);
    const known = metrics.filter((m) => shown.policies.some((p) => p.figures[m]));
    const rows = [...shown.policies];
    if (known.includes(sortBy)) rows.sort((a, b) => ((a.figures[sortBy]?.[0] ?? -Infinity) - (b.figures[sortBy]?.[0] ?? -Infinity)) * (descending ? -1 : 1));
    const head = node("tr", {}, node("th", { scope: "col" }, "policy"), ...known.map((m) => {
      const sort = node("button", { type: "button" }, MONEY[m] ?? info(m)?.label ?? m.replaceAll("_", " "));
      sort.onclick = () => { [sortBy, descending] = [m, sortBy === m ? !descending : true]; for (const id of ["table", "sums", "people"]) parts[id](); };
      return node("th", { scope: "col", ariaSort: sortBy === m ? (descending ? "descending" : "ascending") : "none" }, sort);
    }));
    const body = rows.map((p) => node("tr", {}, node("th", { scope: "row" }, mark(p.family ?? shared.family(p.id)), ` ${p.title}${p.on_front ? " ●" : ""}`), ...known.map((m) => cell(p, m, info(m)))));
    return scrolling(node("table", {}, node("caption", { className: "soft" }, `${caption}, ${look().tuned ? "policies tuned" : "policies as set, not tuned"}: means${shown.policies.some((p) => p.change) ? "; below, the difference to before" : ""}`), node("thead", {}, head), node("tbody", {}, ...body)), caption);
  }

  function cell(p, m, info) {
    const figure = p.figures[m], made = node("td", {});
    Object.assign(made.dataset, { policy: p.name, metric: m, value: figure?.[0] ?? "" });
    made.append(charts.formatted(m, figure?.[0], info));
    if (figure && figure[1] !== null) made.title = `95 % interval ${charts.formatted(m, figure[1], info)} to ${charts.formatted(m, figure[2], info)}`;
    const change = p.change?.[m]?.difference;
    if (change && change[1] !== null && change[0] !== 0) made.append(node("div", { className: "small" }, `${change[0] > 0 ? "+" : "−"}${charts.formatted(m, Math.abs(change[0]), info)}`));
    return made;
  }

  // ---- what can be pressed ----

  const pin = () => { look().pin = look().pin ? "" : String(states.asked(look())); fixed = {}; moved(); };
  const next = (by) => { const ids = shared.shown?.policies.map((p) => p.id) ?? []; if (ids.length) choose(ids[(ids.indexOf(look().focus) + by + ids.length) % ids.length]); };
  $("pin").onclick = pin;
  $("unpin").onclick = pin;
  $("fit").onclick = () => {
    const info = (id) => shared.scenario.metrics.find((one) => one.id === id), state = look(), reference = shared.shown?.policies.find((p) => p.id === state.ref);
    if (!shared.shown) return;
    for (const id of ["x", "y"]) fixed[id] = { key: `${state[id]}|${state.ref}|${state.pin}`, ...ends(measure(info(state[id]), reference), shared.shown.policies, true) };
    drawTradeoff();
  };
  for (const id of ["x", "y"]) $(id).onchange = () => { look()[id] = $(id).value; shared.write(); draw(); };
  $("replications").onchange = () => { look().replications = $("replications").value; moved(); };
  $("seed").onchange = () => { look().seed = $("seed").value; moved(); };
  $("reset").onclick = () => { Object.assign(look(), { set: [], lever: [], policy: [], replications: "100", seed: "1", pin: "", tuned: "" }); fixed = {}; moved(); };
  $("cancel").onclick = async () => {
    source?.close();
    drawDue(true);
    document.body.classList.remove("stale");
    await fetched("/api/cancel", `visitor=${visitor}`, { method: "POST" }).catch((reasons) => shared.trouble(reasons));
    $("status").textContent = shared.shown ? `Stopped at ${shared.shown.replications} random futures.` : "Stopped.";
  };
  $("copy-command").onclick = async () => shared.toast(await copied($("command").textContent) ? "Command copied." : "Select the command and copy it: this browser lets no page copy.");
  $("waits-policy").onchange = drawWaits;
  $("handle").onclick = () => { const open = document.body.classList.toggle("sheet-open"); $("handle").setAttribute("aria-expanded", String(open)); $("handle").textContent = open ? "Fewer controls" : "All controls"; draw(); };
  $("price").onsubmit = (event) => {
    event.preventDefault();
    const value = +$("price-value").value.replace(",", "."), currency = $("price-currency").value.replace(/["\\]/g, "").trim() || "EUR";
    if (!(value > 0)) { shared.trouble(["What a point is worth: a number of more than 0."]); return; }
    states.change(look(), "money", `{ currency = "${currency}", point_value = ${value} }`);
    look().tab = "money";
    shared.go("live");
  };
  const own = tuning(shared, { moved, onto: $("tuning"), words: $("tuned-words") });
  for (const input of $("tuned").querySelectorAll("input")) input.onchange = () => own(input.value === "1");
  const tab = tabs($("more"), (name) => { if (name !== look().tab) { look().tab = name; shared.write(true); } drawDue(); });
  let resizing;
  addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(() => { if (!$("live").hidden) { draw(); for (const job of Object.values(jobs)) job.draw(); } }, 120); });

  return {
    build,
    show() {
      for (const name in jobs) jobs[name].read(look()[name]);
      synchronise();
      tab(look().tab || "sure");
      if (shared.shown?.of_state === asking() && !document.body.classList.contains("stale") && shared.shown.for === looked()) draw(); else compute();
    },
    leave: () => { source?.close(); clearTimeout(timer); },
    // Another scenario: nothing of this one may be taken for it.
    forget() {
      source?.close();
      drawDue(true);
      shared.shown = null;
      due.clear();
      $("finding").textContent = "Computing the first picture…";
      for (const id of ["against", "overall", "certainty", "behind", "worth", "status", "command", "size", "tuned-words"]) $(id).textContent = "";
      for (const id of ["tradeoff", "waits", "stages", "activities", "sums", "people", "table"]) $(id).replaceChildren();
    },
    nothing() { $("finding").textContent = "There is no picture of this."; document.body.classList.remove("stale"); },
    all: () => drawDue(true),
    key(key, event) {
      if (key === "b") pin();
      if (key === "n") next(1);
      if (key === "f") $("fit").click();
      if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && last && event.target === document.body) {
        const control = hands.find((one) => one.dataset.key === last);
        const target = control?.querySelectorAll(".step")[event.key === "ArrowLeft" ? 0 : 1];
        target?.click();
      }
    },
  };
}
