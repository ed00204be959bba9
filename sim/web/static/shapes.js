// A family's shape, the same wherever one of its policies is drawn: colour is never all that tells it.

import { make } from "./draw.js";

const ring = (n, turn, x, y, r) => "M" + Array.from({ length: n }, (_, k) => { const a = turn + (2 * Math.PI * k) / n; return `${(x + r * Math.cos(a)).toFixed(2)} ${(y + r * Math.sin(a)).toFixed(2)}`; }).join("L") + "Z";

const SHAPES = {
  wait: (x, y, r) => `M${x - r * 0.88} ${y - r * 0.88}h${r * 1.76}v${r * 1.76}h${-r * 1.76}Z`,
  room: (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
  duty: (x, y, r) => ring(6, 0, x, y, r * 1.05),
  now: (x, y, r) => ring(3, -Math.PI / 2, x, y + r * 0.15, r * 1.2),
  flow: (x, y, r) => ring(4, 0, x, y, r * 1.2),
  other: (x, y, r) => ring(5, -Math.PI / 2, x, y, r * 1.1),
};

export const shape = (family, x, y, r) => (SHAPES[family] ?? SHAPES.other)(x, y, r);

export function mark(family, hollow = false, size = 14) {
  return make("svg", { class: `mark-icon fam-${family}${hollow ? " hollow" : ""}`, viewBox: "0 0 16 16", width: size, height: size, "aria-hidden": "true" }, make("path", { class: "mark", d: shape(family, 8, 8, 5.6) }));
}
