// One long job: its form, its progress, how it is stopped, and its answer.

import { copied, node, scrolling } from "./dom.js";
import { fetched, streamed, visitor } from "./server.js";

// `section`: where it is; `path`: what is asked; `asked`: the query of what is on the left;
// `drawn`: pictures of an answer; `changed`: the form has been touched.
export function longJob({ section, path, asked, drawn, changed }) {
  const part = (name) => section.querySelector(`.${name}`);
  const form = section.querySelector("form"), start = part("start"), cancel = part("cancel"), bar = section.querySelector("progress");
  let question, wanted, shown = "", redraw = () => {};

  const state = (name, words) => {
    section.dataset.job = name;
    part("job-status").textContent = words;
    for (const one of [cancel, part("job-progress")]) one.hidden = name !== "running";
  };
  const trouble = (reasons) => part("trouble").replaceChildren(...reasons.map((one) => node("li", {}, one)));
  const everything = () => {
    const query = asked();
    for (const [name, value] of question.query()) query.append(name, value);
    return String(query);
  };
  const look = () => { part("aged").hidden = !shown || shown === everything(); };

  function progress({ done, of, seconds_left }) {
    bar.max = of || 1;
    bar.value = done;
    part("left").textContent = of ? `${done.toLocaleString("en")} of ${of.toLocaleString("en")} runs${seconds_left === null ? "" : `, about ${spoken(seconds_left)} left`}` : "Waiting for its turn…";
  }

  function answer(found, query) {
    shown = query;
    const copy = node("button", { type: "button" }, "Copy this command"), code = node("code", { className: "command" }, found.command);
    copy.onclick = () => copied(found.command);
    const picture = node("div", { className: "picture" });
    redraw = () => picture.replaceChildren(...drawn(found, Math.max(320, section.clientWidth - 34)));
    part("answer").replaceChildren(
      node("p", { className: "answered" }, found.finding), ...settings(found), node("p", { className: "small" }, found.certainty), picture,
      ...found.tables.filter((one) => one.rows.length).map((one, n) => node("details", { open: n === 0 }, node("summary", {}, one.caption), scrolling(table(one), one.caption))),
      node("p", {}, code), node("div", { className: "buttons row" }, copy));
    redraw();
    state("done", "Done.");
    look();
  }

  async function run() {
    wanted?.abort();
    const own = wanted = new AbortController(), query = everything();
    shown = "";
    part("answer").replaceChildren();
    redraw = () => {};
    trouble([]);
    progress({ done: 0, of: 0, seconds_left: null });
    state("running", "Computing…");
    look();
    try {
      for await (const [event, data] of streamed(path, `${query}&visitor=${visitor}`, own.signal)) {
        if (own !== wanted) return;
        if (event === "progress") progress(data);
        if (event === "done") return answer(data, query);
        if (event === "stopped") return state("stopped", "Stopped: another long job was started.");
        if (event === "trouble") throw data.reasons;
      }
      throw ["The computation was cut off. Start it again."];
    } catch (reasons) {
      if (own !== wanted || own.signal.aborted) return;
      state("trouble", "");
      trouble(Array.isArray(reasons) ? reasons : [String(reasons)]);
    }
  }

  form.onsubmit = (event) => { event.preventDefault(); changed(); run(); };
  form.onchange = () => { changed(); look(); };
  cancel.onclick = async () => {
    wanted?.abort();
    state("stopped", `Stopped at ${bar.value.toLocaleString("en")} of ${bar.max.toLocaleString("en")} runs; nothing of it is kept.`);
    start.focus();
    await fetched("/api/cancel/job", `visitor=${visitor}`, { method: "POST" }).catch(trouble);
  };

  return {
    look,
    draw: () => redraw(),
    query: () => String(question.query()),
    // Another question: of another scenario.
    offer: (made, query) => { question = made; part("fields").replaceChildren(...made.fields); made.read(new URLSearchParams(query)); start.disabled = false; look(); },
    read: (query) => { question.read(new URLSearchParams(query)); look(); },
  };
}

const spoken = (seconds) => (seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`);

// What the answer's parameters mean, a line each.
function settings({ settings: lines = [] }) {
  return lines.length ? [node("ul", { className: "settings small" }, ...lines.map((one) => node("li", {}, one)))] : [];
}

function table({ heads, rows }) {
  return node("table", { className: "words" }, node("thead", {}, node("tr", {}, ...heads.map((one) => node("th", { scope: "col" }, one)))),
    node("tbody", {}, ...rows.map(([first, ...rest]) => node("tr", {}, node("th", { scope: "row" }, first), ...rest.map((one) => node("td", {}, one))))));
}
