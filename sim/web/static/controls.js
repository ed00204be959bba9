// Typed controls: a stepper, a toggle, a choice or a slider for what `sim/report/controls.py` offers. What is
// shown is the value as it is, however coarse the steps are.

import { node } from "./dom.js";

const round = (value, digits = 12) => +(+value).toPrecision(digits);

// What stands there as people read it: of a relative control that which results.
export function results(control, value) {
  if (!control.now.length) return [value];
  return control.now.map((one) => (control.sign === "*" ? one * value : one + value));
}

function amount(control, value) {
  if (control.unit === "share") return `${round(100 * value, 3)} %`;
  const shown = control.sign === "*" ? round(value, 3) : round(value, 6);
  return Math.abs(shown) >= 10_000 ? shown.toLocaleString("en") : String(shown);
}

const SINGULAR = { weeks: "week", hours: "hour", minutes: "minute", days: "day", people: "person", sprints: "sprint" };

export function spoken(control, value) {
  if (value === null || value === undefined || value === "") return "none";
  if (control.choices.length) return control.choices.find(([one]) => one === String(value))?.[1] ?? String(value);
  if (control.zero && +value === 0) return control.zero;
  const all = [...new Set(results(control, +value).map((one) => amount(control, one)))];
  const unit = control.unit === "share" ? "" : all.length === 1 && all[0] === "1" ? SINGULAR[control.unit] ?? control.unit : control.unit;
  return `${all.join(" to ")} ${unit}`.trim();
}

const written = (control, value) => (control.choices.length ? String(value) : control.sign + round(value));
const unwritten = (control, text) => (control.choices.length ? text : +text.replace(/^[*+](?=[-.\d])/, ""));

let ids = 0;

// One control. `get(key)`: what the state says of a key, if anything; `set(key, text, going)`: say it, or, with
// undefined, say nothing any more; `going` while a slider is on its way. The element has `sync()`.
export function typed(control, { get, set }) {
  const id = `c${ids++}`;
  const current = () => { const own = get(control.key); return own === undefined ? control.value : unwritten(control, own); };
  const say = (value, going = false) => set(control.key, same(control, value) ? undefined : written(control, value), going);
  const was = node("button", { type: "button", className: "was", hidden: true });
  was.onclick = () => { set(control.key, undefined, false); made.focus?.(); };
  const value = node("output", { className: "value" });
  const help = node("span", { className: "help", id: `${id}-help` }, control.help);
  const made = { slider, stepper, toggle, choice: control.choices.length > 4 ? pick : segments }[control.kind](control, id, current, say);
  const label = node(made.labels ? "label" : "span", { className: "name", id: `${id}-name` }, control.label);
  if (made.labels) label.htmlFor = id;
  const box = node("div", { className: `control ${control.kind}` }, node("div", { className: "head" }, label, value), made.element, was, help);
  box.dataset.key = control.key;
  box.sync = () => {
    const now = current();
    value.textContent = spoken(control, now);
    value.hidden = control.kind === "stepper" && control.now.length < 2 || control.kind === "choice";
    was.hidden = get(control.key) === undefined;
    was.textContent = `was ${spoken(control, control.value)} ↺`;
    was.setAttribute("aria-label", `${control.label} was ${spoken(control, control.value)}: put it back`);
    made.sync(now);
  };
  box.words = (text) => spoken(control, typeof text === "string" ? unwritten(control, text) : text);
  box.sync();
  return box;
}

const same = (control, value) => String(value) === String(control.value) || (!control.choices.length && control.value !== null && Math.abs(value - control.value) < 1e-9);

const within = (control, value) => Math.min(control.most, Math.max(control.least, value));

// The next round place in a direction: from 13.4 up to 14, not to 14.4.
function stepped(control, value, by) {
  if (value === null) return control.least || control.step;
  const at = value / control.step, far = Math.abs(by), next = by > 0 ? Math.floor(at + far + 1e-9) : Math.ceil(at - far - 1e-9);
  return round(within(control, next * control.step));
}

function slider(control, id, current, say) {
  const input = node("input", { type: "range", id, min: control.least, max: control.most, step: "any" });
  input.dataset.key = control.key;
  input.setAttribute("aria-describedby", `${id}-help`);
  const snapped = () => {
    const raw = +input.value;
    if (Math.abs(raw - control.value) < control.step / 2) return control.value;
    return round(within(control, Math.round(raw / control.step) * control.step));
  };
  input.oninput = () => say(snapped(), true);
  input.onchange = () => say(snapped());
  input.onkeydown = (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!by) return;
    event.preventDefault();
    say(stepped(control, current(), by));
  };
  return { element: input, labels: true, focus: () => input.focus(), sync: (now) => { input.value = now; input.setAttribute("aria-valuetext", spoken(control, now)); input.style.setProperty("--at", `${(100 * (now - control.least)) / (control.most - control.least || 1)}%`); } };
}

function stepper(control, id, current, say) {
  const button = (words, by) => {
    const made = node("button", { type: "button", className: "step" }, words);
    made.setAttribute("aria-label", `${control.label}: ${by < 0 ? "less" : "more"}`);
    made.onclick = () => say(stepped(control, current(), by));
    return made;
  };
  const less = button("−", -1), more = button("+", 1), many = control.now.length > 1;
  const box = node("input", { id, className: "number", type: "text", inputMode: "decimal", readOnly: many, autocomplete: "off" });
  box.dataset.key = control.key;
  box.setAttribute("aria-describedby", `${id}-help`);
  const [base] = control.now;
  box.onchange = () => {
    const typedIn = +box.value.replace(",", ".").replace("−", "-").replace(/[^-.\d].*$/, "");
    if (box.value.trim() === "" || Number.isNaN(typedIn)) { box.value = shown(current()); return; }
    const plain = control.unit === "share" ? typedIn / 100 : typedIn;
    say(base === undefined ? plain : control.sign === "*" ? plain / base : plain - base);
  };
  box.onkeydown = (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (by) { event.preventDefault(); say(stepped(control, current(), by)); }
  };
  const shown = (now) => (many ? results(control, now).map((one) => amount(control, one)).join("–") : now === null ? "none" : amount(control, results(control, now)[0]));
  const unit = node("span", { className: "unit" });
  return {
    element: node("div", { className: "line" }, less, box, more, unit), labels: true, focus: () => box.focus(),
    sync: (now) => {
      box.value = shown(now);
      box.title = control.zero && now === 0 ? control.zero : "";
      unit.textContent = control.zero && now === 0 ? control.zero : control.unit === "share" ? "" : now === 1 && !base ? SINGULAR[control.unit] ?? control.unit : control.unit;
      less.disabled = now !== null && now <= control.least;
      more.disabled = now !== null && now >= control.most;
    },
  };
}

function toggle(control, id, current, say) {
  const made = node("button", { type: "button", id, className: "switch" });
  made.setAttribute("role", "switch");
  made.setAttribute("aria-labelledby", `${id}-name`);
  made.setAttribute("aria-describedby", `${id}-help`);
  made.dataset.key = control.key;
  const [off, on] = control.choices.map(([value]) => value);
  made.onclick = () => say(current() === on ? off : on);
  return { element: made, labels: false, focus: () => made.focus(), sync: (now) => made.setAttribute("aria-checked", String(now === on)) };
}

function segments(control, id, current, say) {
  const all = control.choices.map(([value, words]) => {
    const input = node("input", { type: "radio", name: id, value });
    input.onchange = () => say(value);
    return { input, label: node("label", {}, input, node("span", {}, words)) };
  });
  const element = node("div", { className: "segments" }, ...all.map((one) => one.label));
  element.setAttribute("role", "radiogroup");
  element.setAttribute("aria-labelledby", `${id}-name`);
  element.dataset.key = control.key;
  return { element, labels: false, focus: () => all[0].input.focus(), sync: (now) => all.forEach(({ input }) => { input.checked = input.value === String(now); }) };
}

function pick(control, id, current, say) {
  const made = node("select", { id }, ...control.choices.map(([value, words]) => node("option", { value }, words)));
  made.dataset.key = control.key;
  made.onchange = () => say(made.value);
  return { element: made, labels: true, focus: () => made.focus(), sync: (now) => { made.value = String(now); } };
}
