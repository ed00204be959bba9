// A policy of one's own, by rules, without a line of Python: what becomes of each severity, and who takes it.

import { node } from "./dom.js";

const SEVERITIES = [[1, "Outages"], [2, "Serious"], [3, "Ordinary"], [4, "Minor"], [5, "Least"]];
const DO = [["interrupt", "interrupt somebody at once"], ["queue", "go to whoever is free next"], ["swap", "are swapped for a story"], ["defer", "wait for the next planning"]];
const WHO = [["team", "their own team"], ["duty", "who is on duty"], ["anyone", "anyone"]];
const USUAL = { 1: ["interrupt", "team"], 2: ["queue", "team"], 3: ["queue", "team"], 4: ["defer", "team"], 5: ["defer", "team"] };

const select = (choices, value, label) => { const made = node("select", { ariaLabel: label }, ...choices.map(([id, words]) => node("option", { value: id }, words))); made.value = value; return made; };

// The rules as a table of TOML, as a scenario file holds it.
export function written({ title, reserve, duty, quiet, rules }) {
  const kept = reserve > 0, parts = [`title = ${JSON.stringify(title)}`];
  if (kept) parts.push(`reserve = { share = ${reserve} }`);
  if (duty > 0 && rules.some((one) => one.who === "duty")) parts.push(`duty = { people = ${duty}, quiet = "${quiet}" }`);
  const groups = new Map();
  for (const one of rules) { const key = `${one.do}|${one.who}`; groups.set(key, [...(groups.get(key) ?? []), one.severity]); }
  const lines = [...groups].map(([key, severities]) => {
    const [what, who] = key.split("|");
    return `{ severity = [${severities.join(", ")}], do = "${what}"${what === "defer" ? "" : `, who = "${duty > 0 || who !== "duty" ? who : "team"}"`}${what === "queue" && kept ? ", within_reserve = true" : ""} }`;
  });
  return `{ ${parts.join(", ")}, rules = [ ${lines.join(", ")} ] }`;
}

export function composer(dialog, shared) {
  const title = node("input", { value: "Our policy", maxLength: 60, ariaLabel: "Its name" });
  const reserve = node("input", { type: "number", min: 0, max: 80, step: 5, value: 20, ariaLabel: "Kept free, in %" });
  const duty = node("input", { type: "number", min: 0, max: 10, step: 1, value: 1, ariaLabel: "People on duty in each team" });
  const quiet = select([["stories", "take stories"], ["improvements", "improve"], ["nothing", "wait"]], "stories", "While it is quiet they");
  const rows = SEVERITIES.map(([severity, words]) => ({ severity, words, what: select(DO, USUAL[severity][0], `${words}: what becomes of them`), who: select(WHO, USUAL[severity][1], `${words}: who takes them`) }));
  const trouble = node("ul", { className: "trouble" }), close = node("button", { type: "button" }, "Close"), use = node("button", { type: "submit", className: "primary" }, "Compare it");
  close.onclick = () => dialog.close();
  const form = node("form", { noValidate: true },
    node("h2", { id: "composer-title" }, "A policy of your own"),
    node("p", { className: "soft" }, "What becomes of each severity, and who takes it. It is compared with all the others, and downloads with the scenario."),
    node("p", {}, "It is called ", title, "."),
    node("p", {}, "Each sprint keeps ", reserve, " % free; ", duty, " of each team on duty, who ", quiet, " while it is quiet."),
    node("table", {}, node("tbody", {}, ...rows.map((one) => node("tr", {}, node("th", { scope: "row" }, one.words), node("td", {}, one.what), node("td", {}, one.who))))),
    trouble, node("div", { className: "buttons row" }, use, close));
  form.onsubmit = async (event) => {
    event.preventDefault();
    const rules = rows.map((one) => ({ severity: one.severity, do: one.what.value, who: one.who.value }));
    const own = written({ title: title.value.trim() || "Our policy", reserve: +reserve.value / 100, duty: +duty.value, quiet: quiet.value, rules });
    try {
      const asked = await fetch(`/api/scenario?${new URLSearchParams({ scenario: shared.state.scenario, own })}`);
      if (!asked.ok) throw (await asked.json()).reasons;
      dialog.close();
      const shown = shared.state.policy.length ? [...new Set([...shared.state.policy, "ours"])] : [];
      shared.go("live", { own, focus: "ours", policy: shown });
    } catch (reasons) { trouble.replaceChildren(...[reasons].flat().map((one) => node("li", {}, String(one)))); }
  };
  dialog.replaceChildren(form);
  dialog.showModal();
}
