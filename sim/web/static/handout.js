// One page to take away: what was found, the picture, what was changed, what the room guessed, and the way back.

import { $, node } from "./dom.js";

export function print(shared) {
  const { state, scenario } = shared;
  if (!scenario) { $("handout").replaceChildren(); return; }
  const box = $("handout"), parts = [node("p", { className: "source" }, `Firelane · ${scenario.name}`)];
  if (state.view === "play") parts.push(...document.querySelectorAll("#play-said").length ? [...played(state)] : []);
  else parts.push(node("h1", {}, $("finding").textContent), node("p", {}, $("against").textContent), copy("#tradeoff svg"), node("p", {}, $("overall").textContent), node("p", { className: "soft" }, $("certainty").textContent));
  const changes = [...state.set.filter((one) => !one.startsWith("money=")), ...state.lever.map((one) => `idea: ${one}`)];
  if (changes.length) parts.push(node("p", {}, `Changed: ${changes.map(words(scenario)).join("; ")}.`));
  if (state.votes && state.view !== "play") parts.push(node("p", {}, guesses(state, shared)));
  parts.push(node("p", { className: "soft" }, `${state.tuned ? "Policies tuned." : "Policies as set, not tuned."} ${$("command").textContent ? `The same by command: ${$("command").textContent}` : ""}`), node("p", { className: "link" }, location.href.replace(/[?&]token=[^&]*/, "")));
  box.replaceChildren(...parts.filter(Boolean));
}

const words = (scenario) => (change) => {
  const at = change.indexOf("="), control = scenario.controls.find((one) => one.key === change.slice(0, at));
  return control ? `${control.label.toLowerCase()}${/^policies|^teams\."|^incidents\."/.test(control.key) ? ` (${control.group})` : ""} ${change.slice(at + 1).replace("*", "× ")}` : change;
};

export function guesses(state, shared) {
  const [a, same, b] = state.votes.split("-").map(Number);
  return a + same + b ? `The room guessed: ${shared.title(state.a)} ${a}, about the same ${same}, ${shared.title(state.b)} ${b}.` : "";
}

function* played() {
  yield node("h1", {}, $("play-said").textContent);
  yield copy("#board svg");
  for (const one of document.querySelectorAll("#play-told > *")) yield one.cloneNode(true);
}

function copy(where) {
  const found = document.querySelector(where)?.cloneNode(true);
  if (!found) return "";
  for (const moving of found.querySelectorAll(".cover, [clip-path], .cursor, defs")) moving.remove(); // paper shows all of it
  return node("div", { className: "picture" }, found);
}
