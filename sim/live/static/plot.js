// The trade-off: better is right and up. Right is sooner, up is delivered more than by the reference before.

const SLOWEST = 24 * 21, SOONEST = 1 / 12;
const TICKS = [[336, "2 weeks"], [168, "1 week"], [72, "3 days"], [24, "1 day"], [8, "8 h"], [3, "3 h"], [1, "1 h"], [0.5, "30 min"], [1 / 6, "10 min"]];
const WIDE = { left: 56, right: 16, top: 12, bottom: 40 };

class Plot {
  constructor(home, choose) {
    this.home = home;
    this.choose = choose;
    this.low = null;
    this.slow = SLOWEST;
    this.soon = SOONEST;
  }

  // Axes stay as they are until somebody asks for others: from the widest that is shown now, with room to move.
  fit(spots, close = false) {
    const xs = spots.map((s) => s.x), ys = spots.map((s) => s.y), room = close ? 0.02 : 0.08;
    this.slow = close ? Math.min(SLOWEST, Math.max(...xs) * 1.5) : SLOWEST;
    this.soon = close ? Math.max(SOONEST, Math.min(...xs) / 1.5) : Math.max(SOONEST, Math.min(...xs) / 6);
    this.low = Math.min(0, ...ys) - room;
    this.high = Math.max(0, ...ys) + room;
  }

  draw(spots, before) {
    if (this.low === null) this.fit(spots);
    const width = Math.max(300, this.home.clientWidth), height = width < 500 ? 340 : 400;
    const svg = made("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": this.words(spots) });
    const box = { left: WIDE.left, right: width - WIDE.right, top: WIDE.top, bottom: height - WIDE.bottom };
    const x = (h) => box.left + (Math.log(this.slow / Math.min(Math.max(h, this.soon), this.slow)) / Math.log(this.slow / this.soon)) * (box.right - box.left);
    const y = (share) => box.bottom - ((Math.min(Math.max(share, this.low), this.high) - this.low) / (this.high - this.low)) * (box.bottom - box.top);
    this.grid(svg, box, x, y);
    for (const s of spots) if (s.cloud) svg.append(made("polygon", { points: hull(s.cloud.map(([h, share]) => ({ x: x(h), y: y(share) }))).map((p) => `${p.x},${p.y}`).join(" "), fill: FAMILIES[s.family][0], "fill-opacity": 0.16 }));
    for (const s of spots) if (s.strong) this.doubt(svg, s, x, y);
    for (const s of spots) this.was(svg, s, before, x, y);
    const places = spots.map((s) => this.point(svg, s, x, y));
    this.home.replaceChildren(svg);
    name(svg, places.filter((p) => p.spot.strong), box);
  }

  words(spots) {
    return `Trade-off: ${spots.map((s) => `${s.title} ${hours(s.x)}, ${percent(s.y)}`).join("; ")}`;
  }

  grid(svg, box, x, y) {
    const between = TICKS.filter(([h]) => h <= this.slow && h >= this.soon), few = box.right - box.left < 420;
    between.forEach(([h, text], n) => {
      svg.append(made("line", { x1: x(h), x2: x(h), y1: box.top, y2: box.bottom, stroke: "#e9e7e1" }));
      if (!few || n % 2 === 0) svg.append(made("text", { x: x(h), y: box.bottom + 18, "text-anchor": "middle", class: "live-tick" }, text));
    });
    const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5].find((s) => (this.high - this.low) / s <= 6) ?? 10;
    for (let share = Math.ceil(this.low / step) * step; share <= this.high + 1e-9; share += step) {
      const zero = Math.abs(share) < step / 1e3;
      svg.append(made("line", { x1: box.left, x2: box.right, y1: y(share), y2: y(share), stroke: zero ? "#7a858f" : "#e9e7e1" }), made("text", { x: box.left - 8, y: y(share) + 4, "text-anchor": "end", class: "live-tick" }, zero ? "0" : percent(share)));
    }
    svg.append(made("text", { x: box.right, y: box.bottom + 36, "text-anchor": "end", class: "live-tick" }, "first answer on average, sooner →"));
  }

  // Luck: 8 in 10 single years lie along the thin lines.
  doubt(svg, s, x, y) {
    const line = (from, to) => svg.append(made("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1], stroke: "#fff", "stroke-width": 3.5 }), made("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1], stroke: FAMILIES[s.family][0], "stroke-width": 1.2 }));
    if (s.luckX) line([x(s.luckX[0]), y(s.y)], [x(s.luckX[1]), y(s.y)]);
    if (s.luckY) line([x(s.x), y(s.luckY[0])], [x(s.x), y(s.luckY[1])]);
  }

  was(svg, s, before, x, y) {
    const own = before?.[s.number];
    if (!own || (own.x === s.x && own.y === s.y)) return;
    const group = made("g", { transform: `translate(${x(own.x)} ${y(own.y)})` });
    group.append(mark(s.family, { r: 5, strong: s.strong, hollow: true }));
    svg.append(made("line", { x1: x(own.x), y1: y(own.y), x2: x(s.x), y2: y(s.y), stroke: s.strong ? FAMILIES[s.family][0] : OTHERS, "stroke-width": 1.6, "stroke-opacity": 0.75 }), group);
  }

  point(svg, s, x, y) {
    const at = { x: x(s.x), y: y(s.y) }, group = made("g", { class: "live-point", "data-policy": s.label });
    group.style.transform = `translate(${at.x}px, ${at.y}px)`;
    group.append(mark(s.family, { r: s.focus ? 9 : 7, strong: s.strong, hollow: s.reference }), made("title", {}, `${s.title}: ${hours(s.x)}, ${percent(s.y)}`));
    group.addEventListener("click", () => this.choose(s.number));
    svg.append(group);
    return { spot: s, ...at };
  }
}

// Names at the points: of a few places around each, the first that meets nothing.
function name(svg, places, box) {
  const taken = places.map((p) => ({ x: p.x - 10, y: p.y - 10, w: 20, h: 20 }));
  for (const p of places) {
    const text = made("text", { class: "live-name" }, p.spot.title);
    svg.append(text);
    const wide = text.getComputedTextLength(), spots = [[13, 5], [-13 - wide, 5], [-wide / 2, -15], [-wide / 2, 25], [13, -12], [13, 22], [-13 - wide, -12], [-13 - wide, 22], [-wide / 2, -33], [-wide / 2, 43]];
    const frame = ([dx, dy]) => ({ x: p.x + dx, y: p.y + dy - 13, w: wide, h: 17 });
    const meets = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
    const clear = (f) => f.x > box.left && f.x + f.w < box.right + 14 && f.y > 0 && f.y + f.h < box.bottom && !taken.some((t) => meets(f, t));
    const free = spots.find((s) => clear(frame(s)));
    if (!free) { text.remove(); continue; }
    text.setAttribute("x", p.x + free[0]);
    text.setAttribute("y", p.y + free[1]);
    taken.push(frame(free));
  }
}

// The corners of the smallest convex outline around places (Andrew's monotone chain).
function hull(places) {
  const ordered = [...places].sort((a, b) => a.x - b.x || a.y - b.y), turn = (o, a, b) => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
  const half = (points) => points.reduce((corners, p) => {
    while (corners.length > 1 && turn(corners[corners.length - 2], corners[corners.length - 1], p) <= 0) corners.pop();
    corners.push(p);
    return corners;
  }, []);
  return [...half(ordered).slice(0, -1), ...half(ordered.reverse()).slice(0, -1)];
}
