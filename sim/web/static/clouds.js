// Clouds of what is not known.

const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const spread = (values) => { const mean = values.reduce((sum, v) => sum + v, 0) / values.length; return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length) || 1; };

// The eight in ten that lie nearest to the middle.
export function inner(places) {
  const [xs, ys] = ["x", "y"].map((side) => places.map((p) => p[side]));
  const at = { x: middle(xs), y: middle(ys) }, wide = { x: spread(xs), y: spread(ys) };
  const away = (p) => Math.hypot((p.x - at.x) / wide.x, (p.y - at.y) / wide.y);
  return [...places].sort((a, b) => away(a) - away(b)).slice(0, Math.max(3, Math.round(0.8 * places.length)));
}

// The corners of the smallest convex outline around places (Andrew's monotone chain).
export function hull(places) {
  const ordered = [...places].sort((a, b) => a.x - b.x || a.y - b.y);
  const turn = (o, a, b) => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
  const half = (points) => points.reduce((corners, p) => {
    while (corners.length > 1 && turn(corners.at(-2), corners.at(-1), p) <= 0) corners.pop();
    corners.push(p);
    return corners;
  }, []);
  return [...half(ordered).slice(0, -1), ...half(ordered.reverse()).slice(0, -1)];
}
