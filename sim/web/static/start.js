// From nothing to a scenario: five sentences with blanks, or exports read in place.

import { typed } from "./controls.js";
import { $, node } from "./dom.js";
import { fetched, visitor } from "./server.js";
import { mark } from "./shapes.js";
import * as states from "./state.js";
import { hours } from "./draw.js";

// The sentences; a name in braces is a blank.
const SENTENCES = [
  "We are {people} people in each of {teams} teams, with sprints of {sprint_weeks}.",
  "About {incidents} incidents come a week; {tiny} of them are tiny, under half an hour; the others take about {hours}.",
  "A real outage happens {outages}, and at night {night} is called.",
  "We promise a first answer within {promise}.",
  "Today we work like this: {today}.",
];

const LOOKED_AT = ["interrupt-anyone", "reserved-buffer", "kanban", "next-sprint"];

export function start(shared) {
  const answers = {};
  let timer, wanted, built = false, confirmed = { set: [] };

  const id = () => "new:" + Object.entries(answers).map(([name, value]) => `${name}=${value}`).join(",");

  function build() {
    if (built) return;
    built = true;
    for (const one of shared.meta.questions) answers[one.name] = one.usual;
    $("questions").replaceChildren(...SENTENCES.map(sentence),
      node("div", { className: "buttons row" }, button("Open what-if", "primary", () => shared.go("live", { ...states.FRESH, scenario: id() })), button("Play one sprint", "", () => shared.go("play", { ...states.FRESH, scenario: id() })), save()));
    $("questions").onsubmit = (event) => { event.preventDefault(); shared.go("live", { ...states.FRESH, scenario: id() }); };
  }

  function sentence(words, n) {
    const parts = words.split(/(\{\w+\})/).map((part) => (part.startsWith("{") ? blank(shared.meta.questions.find((one) => one.name === part.slice(1, -1))) : part));
    return node("p", { className: "sentence" }, node("span", { className: "count" }, String(n + 1)), node("span", {}, ...parts));
  }

  function blank(question) {
    const change = (value) => { answers[question.name] = value; look(); };
    if (question.choices.length) {
      const made = node("select", { ariaLabel: question.asked }, ...question.choices.map(([value, told]) => node("option", { value: String(value) }, told)));
      made.value = String(question.usual);
      made.dataset.answer = question.name;
      made.onchange = () => change(made.value);
      return made;
    }
    const control = { key: question.name, label: question.asked, help: "", unit: "", kind: "stepper", least: question.least, most: question.most, step: question.step, value: question.usual, now: [], choices: [], sign: "", zero: "" };
    const made = typed(control, { get: () => undefined, set: (_, text) => { control.value = text === undefined ? control.value : +text; change(control.value); made.sync(); } });
    made.classList.add("blank");
    made.querySelector("input").dataset.answer = question.name;
    made.querySelector("input").setAttribute("aria-label", question.asked);
    return made;
  }

  function button(words, kind, onclick) { return node("button", { type: "button", className: kind, onclick }, words); }

  function save() {
    const link = node("a", { className: "button", download: "scenario.toml" }, "Save as a file");
    link.onclick = () => { link.href = `/api/scenario.toml?${new URLSearchParams({ scenario: id() })}`; };
    link.href = `/api/scenario.toml?${new URLSearchParams({ scenario: id() })}`;
    return link;
  }

  // A first look beside the sentences: a handful of futures, and said to be no more.
  function look() {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const own = wanted = {}, query = new URLSearchParams({ scenario: id(), replications: "10", visitor: `${visitor}-look`, focus: "reserved-buffer", ref: String(answers.today) });
      for (const policy of new Set([...LOOKED_AT, answers.today])) query.append("policy", policy);
      $("first-look").classList.add("old");
      const source = new EventSource(`/api/compare?${query}`);
      source.addEventListener("picture", (event) => { if (own === wanted) drawn(JSON.parse(event.data)); });
      for (const name of ["end", "trouble"]) source.addEventListener(name, (event) => {
        source.close();
        if (own === wanted && name === "trouble") $("first-look").replaceChildren(node("h2", {}, "That cannot be"), ...JSON.parse(event.data).reasons.map((one) => node("p", {}, one)));
      });
      source.onerror = async () => {
        source.close();
        if (own !== wanted) return;
        try { await fetched("/api/scenario", new URLSearchParams({ scenario: id() })); } catch (reasons) { $("first-look").replaceChildren(node("h2", {}, "That cannot be"), ...reasons.map((one) => node("p", {}, one))); }
      };
    }, 60);
  }

  function drawn(shown) {
    const least = shown.policies[0].figures.developer_incidents_share?.[0], reference = shown.policies.find((p) => p.id === "next-sprint");
    const rows = shown.policies.map((p) => {
      const points = p.figures.net_points_per_sprint?.[0], base = reference?.figures.net_points_per_sprint?.[0], wait = p.figures.response_hours_fixed_mix?.[0];
      const share = points && base ? Math.round(100 * (points / base - 1)) : null;
      return node("tr", {}, node("th", { scope: "row" }, mark(FAMILY[p.id] ?? "other"), ` ${p.title}`), node("td", {}, p.overloaded ? "cannot keep up" : wait === null || wait === undefined ? "–" : hours(wait)),
        node("td", {}, p.id === "next-sprint" ? "measured against" : share === null ? "–" : share === 0 ? "the same" : `${share > 0 ? "+" : "−"}${Math.abs(share)} %`));
    });
    $("first-look").classList.remove("old");
    $("first-look").replaceChildren(
      node("h2", {}, least === undefined || least === null ? "A first look" : `Incidents take about ${Math.round(100 * least)} % of your time.`),
      node("table", {}, node("thead", {}, node("tr", {}, node("th", { scope: "col" }, "policy"), node("th", { scope: "col" }, "first answer"), node("th", { scope: "col" }, "delivered"))), node("tbody", {}, ...rows)),
      node("p", { className: "soft" }, `A first look from ${shown.replications} simulated years, before anything is measured: five sentences are all we know. Exports make it surer.`));
    document.body.dataset.look = +(document.body.dataset.look ?? 0) + 1;
  }

  // ---- exports ----

  async function read(files) {
    shared.trouble([]);
    const toml = [...files].find((one) => /\.toml$/i.test(one.name));
    if (toml) return upload(toml);
    const query = new URLSearchParams();
    for (const file of files) query.append("file", `${file.size}:${file.name}`);
    $("read").replaceChildren(node("p", { className: "soft" }, `Reading ${[...files].map((one) => one.name).join(", ")}…`));
    try {
      const found = await fetched("/api/exports", query, { method: "POST", body: new Blob([...files]) });
      await told(found);
    } catch (reasons) {
      $("read").replaceChildren(node("div", { className: "card" }, node("h2", {}, "That could not be read"), ...reasons.map((one) => node("p", {}, one)), node("p", { className: "soft" }, "Each file is read as firelane calibrate reads it; there, options say which column means what.")));
    }
  }

  async function upload(file) {
    try {
      const found = await fetched("/api/upload", "", { method: "POST", body: await file.arrayBuffer() });
      shared.meta.scenarios[found.scenario] = `${found.name} (uploaded)`;
      shared.go("live", { ...states.FRESH, scenario: found.scenario });
    } catch (reasons) { shared.trouble([`${file.name} cannot be used:`, ...reasons]); }
  }

  async function told(found) {
    shared.meta.scenarios[found.scenario] = `${found.name} (uploaded)`;
    const scenario = await fetched("/api/scenario", new URLSearchParams({ scenario: found.scenario }));
    confirmed = { set: [] };
    const access = { get: (key) => states.changed(confirmed, key), set: (key, text) => { states.change(confirmed, key, text); hands.forEach((one) => one.sync()); } };
    const hands = found.confirm.map((key) => scenario.controls.find((one) => one.key === key)).filter(Boolean)
      .map((one) => typed({ ...one, label: `${one.label}${/^(teams|incidents)\."/.test(one.key) ? `, ${one.group}` : ""}` }, access));
    const list = (title, words, rows) => node("section", { className: "card" }, node("h2", {}, `${title}: ${rows.length} figures`), node("p", { className: "soft" }, words), ...rows.slice(0, 8).map(figure), ...(rows.length > 8 ? [node("details", {}, node("summary", {}, `${rows.length - 8} more`), ...rows.slice(8).map(figure))] : []));
    $("read").replaceChildren(
      node("div", { className: "card" }, node("h2", {}, `Read in ${found.files.join(" and ")}`), node("details", {}, node("summary", {}, "Line by line"), node("pre", {}, found.lines.join("\n"))), ...found.fit.map((one) => node("p", { className: "soft" }, one))),
      node("div", { className: "three" },
        node("section", { className: "card" }, node("h2", {}, "Please confirm"), node("p", { className: "soft" }, "In the order in which the answer hangs on it: who is there, how long it takes, what was promised."), ...hands),
        list("Read", "With what it rests on.", found.read), list("Assumed", "No export tells them: put your own.", found.assumed)),
      node("div", { className: "buttons row" },
        button("Compare the policies", "primary", () => shared.go("live", { ...states.FRESH, scenario: found.scenario, set: confirmed.set })),
        button("Play one sprint", "", () => shared.go("play", { ...states.FRESH, scenario: found.scenario, set: confirmed.set })),
        saved(found.scenario)));
    document.body.dataset.read = "1";
  }

  function saved(scenario) {
    const link = node("a", { className: "button", download: "scenario.toml" }, "Save as a file");
    const at = () => { const query = new URLSearchParams({ scenario }); for (const one of confirmed.set) query.append("set", one); return `/api/scenario.toml?${query}`; };
    link.href = at();
    link.onclick = () => { link.href = at(); };
    return link;
  }

  const figure = ({ label, value, why }) => node("p", { className: "figure" }, node("span", {}, label), node("b", {}, value), node("small", {}, why));

  const FAMILY = { "interrupt-anyone": "now", "cancel-sprint": "now", "reserved-buffer": "room", "unplanned-ticket": "room", kanban: "flow", "next-sprint": "wait", "swap-in": "wait", "developer-rotation": "duty", "team-rotation": "duty", "adaptive-rotation": "duty", "dedicated-team": "duty" };

  for (const input of document.querySelectorAll("#start-way input")) input.onchange = () => { $("start-questions").hidden = input.value !== "questions"; $("start-exports").hidden = input.value !== "exports"; };
  $("exports").onchange = () => { if ($("exports").files.length) read($("exports").files).finally(() => { $("exports").value = ""; }); };
  $("file").onchange = () => { const [file] = $("file").files; if (file) upload(file).finally(() => { $("file").value = ""; }); };
  for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    if (kind !== "drop") return;
    const files = event.dataTransfer.files;
    document.querySelector("#start-way input[value=exports]").click();
    shared.go("start").then(() => read(files));
  });

  return { show() { build(); look(); }, leave() { wanted = null; clearTimeout(timer); } };
}
