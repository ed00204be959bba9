// Which policy wins where, as a picture.

import { formatted } from "./charts.js";
import { POLICIES } from "./colours.js";
import { canvas, make, text } from "./draw.js";

const NOBODY = "none keeps the promises";

// A number to three figures; words as they are.
const rounded = (word) => (word.trim() && Number.isFinite(+word) ? `${+(+word).toPrecision(3)}` : word);

// `labels`: what a parameter is called, by its key; `metric`: of the goal.
export function policyMap({ finding, result }, labels, metric, width) {
  const [across, up] = result.axes, columns = across.values.length, rows = up.values.length;
  const pad = { left: 64, top: 26, right: 10 }, cell = { w: (width - pad.left - pad.right) / columns, h: Math.min(64, Math.max(22, 340 / rows)) };
  const names = [...result.policies, NOBODY].filter((name) => result.cells.some((one) => (one.winner ?? NOBODY) === name));
  const letter = (name) => (name === NOBODY ? "–" : String.fromCharCode(65 + names.indexOf(name)));
  const fill = (name) => (name === NOBODY ? "#fff" : POLICIES[result.policies.indexOf(name) % POLICIES.length]);
  const bottom = pad.top + rows * cell.h, height = bottom + 54 + 22 * (names.length + 1);
  const svg = canvas(width, height, finding);
  svg.append(make("defs", {}, make("pattern", { id: "contested", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, make("rect", { width: 2.5, height: 7, fill: "#fff", "fill-opacity": 0.55 }))));
  const named = (axis) => (labels[axis.key] ?? axis.key) + (axis.values[0].startsWith("*") ? " (times as it is)" : axis.values[0].startsWith("+") ? " (more than now)" : "");
  const value = (axis, n) => rounded(axis.values[n].replace(/^[*+]/, ""));

  result.cells.forEach((one, n) => {
    const column = Math.floor(n / rows), row = n % rows, name = one.winner ?? NOBODY;
    const x = pad.left + column * cell.w, y = bottom - (row + 1) * cell.h, box = { x, y, width: cell.w - 1, height: cell.h - 1 };
    const rect = make("rect", { ...box, fill: fill(name), stroke: name === NOBODY ? "#8a939c" : "none", "data-winner": name, "data-contested": one.contested });
    svg.append(rect);
    const over = one.contested ? make("rect", { ...box, fill: "url(#contested)" }) : rect;
    if (over !== rect) svg.append(over);
    const figure = Object.entries(one).find(([key, own]) => !["winner", "contested"].includes(key) && own)?.[1];
    over.append(make("title", {}, `${named(across)} ${value(across, column)}, ${named(up)} ${value(up, row)}: ${name}${figure ? `, ${metric.label} ${formatted(metric.id, figure.mean, metric)}` : ""}${one.contested ? "; another may be as good" : ""}`));
    svg.append(text(x + cell.w / 2, y + cell.h / 2 + 5, letter(name), { class: name === NOBODY ? "letter none" : "letter", "text-anchor": "middle" }));
  });

  const every = Math.ceil((columns * 40) / (width - pad.left));
  for (let n = 0; n < columns; n += every) svg.append(text(pad.left + (n + 0.5) * cell.w, bottom + 16, value(across, n), { class: "tick", "text-anchor": "middle" }));
  for (let n = 0; n < rows; n++) svg.append(text(pad.left - 8, bottom - (n + 0.5) * cell.h + 4, value(up, n), { class: "tick", "text-anchor": "end" }));
  svg.append(text(8, 14, `↑ ${named(up)}`), text(width - pad.right, bottom + 36, `${named(across)} →`, { "text-anchor": "end" }));

  names.forEach((name, n) => {
    const y = bottom + 64 + 22 * n, won = result.cells.filter((one) => (one.winner ?? NOBODY) === name).length;
    svg.append(make("rect", { x: 10, y: y - 14, width: 20, height: 18, fill: fill(name), stroke: name === NOBODY ? "#8a939c" : "none" }),
      text(20, y, letter(name), { class: name === NOBODY ? "letter none" : "letter", "text-anchor": "middle" }), text(38, y, `${name}: ${won} of ${result.cells.length} cells`));
  });
  const y = bottom + 64 + 22 * names.length;
  svg.append(make("rect", { x: 10, y: y - 14, width: 20, height: 18, fill: "#6b7580" }), make("rect", { x: 10, y: y - 14, width: 20, height: 18, fill: "url(#contested)" }), text(38, y, "hatched: another may be as good"));
  return svg;
}
