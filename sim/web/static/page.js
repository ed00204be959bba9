// The page: which of its three screens is shown, and what they have in common.

import { composer } from "./composer.js";
import { $, copied, node } from "./dom.js";
import { print } from "./handout.js";
import { live } from "./live.js";
import { play } from "./play.js";
import { fetched } from "./server.js";
import { start } from "./start.js";
import * as states from "./state.js";
import { explain, help, spokenFigure } from "./words.js";

const VIEWS = ["start", "live", "play"];
const TITLES = { start: "Start", live: "What if?", play: "Play" };

// What every screen shares: the state in the address, the scenario as it is written, and how to move on.
const shared = {
  state: states.read(), meta: null, scenario: null, shown: null,
  // Say where we are: a move of its own in the history, or, while a slider is on its way, in place of the last.
  write(replace = false) { states.write(this.state, replace); },
  trouble(reasons) { $("trouble").replaceChildren(...reasons.map((r) => node("li", {}, r))); },
  toast(words) { const box = $("toast"); box.textContent = words; clearTimeout(box.timer); box.timer = setTimeout(() => { box.textContent = ""; }, 2500); },
  go(view, changes = {}) { Object.assign(this.state, changes, { view }); this.write(); return open(); },
  title(id) { return shared.scenario?.policies.find((p) => p.id === id)?.title ?? id; },
  family(id) { return shared.scenario?.policies.find((p) => p.id === id)?.family ?? "other"; },
  explain,
};

const screens = {};
let of = "";

// What of the state says which scenario it is: its controls and policies are asked for anew with it.
const described = (state) => String(new URLSearchParams([["scenario", state.scenario], ["own", state.own], ...state.set.filter((one) => one.startsWith("money=")).map((one) => ["set", one])]));

async function scenarioKnown() {
  const { state } = shared, wanted = described(state);
  if (of === wanted && shared.scenario) return true;
  screens.live.forget();
  let found;
  try { found = await fetched("/api/scenario", wanted); } catch (reasons) { of = ""; screens.live.nothing(); shared.trouble(reasons); return false; }
  if (described(shared.state) !== wanted) return false;
  of = wanted;
  for (const one of found.metrics) one.label = spokenFigure(one);
  shared.scenario = found;
  const titles = { ...shared.meta.scenarios };
  titles[state.scenario] ??= found.name;
  $("scenario").replaceChildren(...Object.entries(titles).map(([id, title]) => node("option", { value: id }, title)));
  $("scenario").value = state.scenario;
  screens.live.build();
  return true;
}

// Whom the screens look at: always somebody who is shown.
shared.agree = () => {
  const { state, scenario: found } = shared;
  const all = found.policies.map((p) => p.id), shown = state.policy.length ? all.filter((id) => state.policy.includes(id)) : all;
  const have = (id) => shown.includes(id);
  if (!have(state.ref)) state.ref = have(found.today) && found.today !== "reserved-buffer" ? found.today : have("next-sprint") ? "next-sprint" : shown[0] ?? all[0];
  if (!have(state.focus)) state.focus = state.own && have("ours") ? "ours" : have("reserved-buffer") && state.ref !== "reserved-buffer" ? "reserved-buffer" : shown.find((id) => id !== state.ref) ?? state.ref;
  if (!all.includes(state.a)) state.a = found.today || (all.includes("interrupt-anyone") ? "interrupt-anyone" : all[0]);
  if (!all.includes(state.b) || state.b === state.a) state.b = [state.focus, "reserved-buffer", "kanban", ...all].find((id) => all.includes(id) && id !== state.a) ?? state.a;
};

async function open() {
  const { state, meta } = shared;
  shared.trouble([]);
  if (!VIEWS.includes(state.view)) state.view = state.scenario || meta.named ? "live" : "start";
  if (!state.scenario && state.view !== "start") state.scenario = meta.default;
  for (const name of VIEWS) $(name).hidden = name !== state.view;
  for (const button of document.querySelectorAll("nav [data-view]")) button.setAttribute("aria-current", button.dataset.view === state.view ? "page" : "false");
  document.body.dataset.view = state.view;
  document.body.classList.toggle("present", state.view !== "start" && state.mode === "present");
  $("present").setAttribute("aria-pressed", String(state.mode === "present"));
  $("present").textContent = state.mode === "present" ? "Desk" : "Present";
  document.querySelector(".pick").hidden = state.view === "start";
  document.title = `Firelane: ${TITLES[state.view].toLowerCase()}`;
  for (const name of VIEWS) if (name !== state.view) screens[name].leave?.();
  if (state.view === "start") return screens.start.show();
  if (!(await scenarioKnown())) return undefined;
  shared.agree();
  return screens[shared.state.view].show();
}

function dark(wanted) {
  if (wanted) document.documentElement.dataset.theme = wanted; else delete document.documentElement.dataset.theme;
  try { localStorage.theme = wanted ?? ""; } catch { /* kept for this visit alone */ }
}

const isDark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const flip = () => dark(isDark() ? "light" : "dark");
const present = () => { shared.state.mode = shared.state.mode === "present" ? "" : "present"; shared.write(); open(); };
// Beyond this machine a link needs the token that it was opened with; the address itself soon forgets it.
const token = new URLSearchParams(location.search).get("token");
if (token) try { sessionStorage.token = token; } catch { /* for this page alone */ }
function link() {
  let kept = token;
  try { kept ??= sessionStorage.token; } catch { /* none kept */ }
  return location.href + (kept && !location.search.includes("token=") ? `&token=${kept}` : "");
}
const share = async () => shared.toast(await copied(link()) ? "Link copied: it brings everything along." : "Copy the address from the address bar: this browser lets no page copy.");

async function begin() {
  try { dark(localStorage.theme || undefined); } catch { /* no storage: the system's */ }
  Object.assign(screens, { start: start(shared), live: live(shared), play: play(shared) });
  for (const button of document.querySelectorAll("nav [data-view]")) button.onclick = () => shared.go(button.dataset.view);
  $("scenario").onchange = () => shared.go(shared.state.view, { ...states.FRESH, scenario: $("scenario").value });
  $("present").onclick = present;
  $("theme").onclick = flip;
  $("share").onclick = share;
  $("copy-link").onclick = share;
  $("handout-open").onclick = () => { print(shared); window.print(); };
  $("help-open").onclick = () => help($("help"));
  $("compose").onclick = () => composer($("composer"), shared);
  let chosen; // paper is light, whatever the screen is
  addEventListener("beforeprint", () => { chosen = document.documentElement.dataset.theme; document.documentElement.dataset.theme = "light"; screens.live.all(); print(shared); });
  addEventListener("afterprint", () => { if (chosen) document.documentElement.dataset.theme = chosen; else delete document.documentElement.dataset.theme; });
  addEventListener("popstate", () => { shared.state = states.read(); open(); });
  addEventListener("keydown", keys);
  shared.meta = await fetched("/api/scenarios", "");
  await open();
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea, dialog")) return;
  const key = event.key.toLowerCase();
  if (key === "d") return flip();
  if (key === "escape" && shared.state.mode === "present") return present();
  screens[shared.state.view]?.key?.(key, event);
}

begin().catch((reasons) => shared.trouble(Array.isArray(reasons) ? reasons : [String(reasons)]));
