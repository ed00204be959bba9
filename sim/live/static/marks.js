// How policies are drawn: a family's colour and shape, and the name beside it.
"use strict";

const FAMILIES = {
  wait: ["#43208F", (r) => `M${-r} ${-r}H${r}V${r}H${-r}Z`],
  room: ["#12806A", (r) => `M${-r} 0A${r} ${r} 0 1 0 ${r} 0A${r} ${r} 0 1 0 ${-r} 0Z`],
  duty: ["#5E3B08", (r) => `M0 ${-1.15 * r}L${r} ${-0.58 * r}V${0.58 * r}L0 ${1.15 * r}L${-r} ${0.58 * r}V${-0.58 * r}Z`],
  now: ["#C4608F", (r) => `M0 ${-1.2 * r}L${1.15 * r} ${0.9 * r}H${-1.15 * r}Z`],
  flow: ["#4387F0", (r) => `M0 ${-1.3 * r}L${1.3 * r} 0L0 ${1.3 * r}L${-1.3 * r} 0Z`],
  own: ["#14212B", (r) => `M0 ${-1.2 * r}L${1.15 * r} ${-0.35 * r}L${0.7 * r} ${r}H${-0.7 * r}L${-1.15 * r} ${-0.35 * r}Z`],
};
const OTHERS = "#7A858F";

const made = (name, attributes = {}, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

function mark(family, { r = 7, strong = true, hollow = false } = {}) {
  const [own, shape] = FAMILIES[family], colour = strong ? own : OTHERS;
  return made("path", { d: shape(strong ? r : r * 0.75), fill: hollow || !strong ? "#fff" : colour, stroke: hollow || !strong ? colour : "#fff", "stroke-width": hollow || !strong ? 2 : 1.5 });
}

function chipMark(family) {
  const svg = made("svg", { viewBox: "-9 -9 18 18", width: 14, height: 14, "aria-hidden": "true" });
  svg.append(mark(family, { r: 6 }));
  return svg;
}

// Hours as people say them.
function hours(h) {
  if (h === null || Number.isNaN(h)) return "–";
  if (h < 1.5) return `${two(60 * h)} min`;
  return h < 48 ? `${two(h)} h` : `${two(h / 24)} days`;
}

const two = (v) => (Math.abs(v) >= 99.5 ? Math.round(v).toLocaleString("en") : `${+v.toPrecision(2)}`);
const signed = (text) => text.replace("-", "−");
const percent = (share) => signed(`${two(100 * share)} %`);
