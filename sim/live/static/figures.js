// The figures of a run, as `sim.measures.metrics` takes them: the same sums in the same order, so the same bits.

const ratio = (part, whole) => (whole ? part / whole : NaN);

// NumPy's sum of numbers that stand beside each other.
function added(values) {
  const n = values.length;
  if (n < 8) return values.reduce((sum, v) => sum + v, 0);
  if (n > 128) { let half = Math.floor(n / 2); half -= half % 8; return added(values.slice(0, half)) + added(values.slice(half)); }
  const r = values.slice(0, 8);
  let at = 8;
  for (; at + 8 <= n; at += 8) for (let k = 0; k < 8; k++) r[k] += values[at + k];
  let sum = r[0] + r[1] + (r[2] + r[3]) + (r[4] + r[5] + (r[6] + r[7]));
  for (; at < n; at++) sum += values[at];
  return sum;
}

function figuresOf(org, baseline) {
  const w = meta.rows.waits, t = meta.rows.totals, width = meta.book.waits[1], all = [...Array(org.kinds).keys()];
  const waits = Array.from(words(org.at["book.waits"], org.kinds * width), Number), totals = Array.from(words(org.at["book.totals"], meta.book.totals[1]), Number);
  const sum = (field, kinds = all) => kinds.reduce((total, kind) => total + waits[kind * width + field], 0);
  const calls = totals[t.events + meta.events.paged], interruptions = totals[t.events + meta.events.interrupted];
  const outcomes = totals.slice(t.outcomes, t.outcomes + meta.outcomes), opened = outcomes.reduce((total, v) => total + v, 0);
  const mean = (span, kinds) => ratio(sum(w.sums + span, kinds), sum(w.count, kinds)) / 3600;
  const given = delivered(org), found = {
    net_points_per_sprint: ratio(given.points - leftOpen(org, waits, width, w), org.held),
    points_per_sprint: ratio(given.points, org.held),
    delivery_share: ratio(given.points, baseline),
    say_do_ratio: ratio(given.kept, given.committed),
    sprint_goals_met: ratio(given.met, given.goals),
    response_hours_mean: mean(0), response_working_hours_mean: mean(1), resolution_hours_mean: mean(2),
    response_hours_fixed_mix: fixedMix(org, baseline, (kinds) => mean(0, kinds)),
    response_hours_p50: quantile(org, sum(w.count), 0, 0), response_hours_p90: quantile(org, sum(w.count), 0, 1),
    response_sla: ratio(sum(w.responded), sum(w.responses)), resolution_sla: ratio(sum(w.resolved), sum(w.resolutions)),
    backlog_end: sum(w.open),
    interruptions_per_developer_week: interruptions / org.developers / org.measuredWeeks,
    out_of_hours_calls_per_developer_month: calls / org.developers / org.months,
    incidents_measured: sum(w.count), opened, open: outcomes[0], backlog_growth_per_week: (outcomes[0] - totals[t.opened_before]) / org.measuredWeeks,
  };
  if (org.numbers["figures.money"].length) found.net_value_per_sprint = worth(org, given.points, calls, waits, width, w);
  return found;
}

function delivered(org) {
  const s = meta.rows.sprint, width = meta.book.sprints[1], rows = lows(org.at["book.sprints"], org.teams * org.sprints * width);
  const found = { points: 0, kept: 0, committed: 0, met: 0, goals: 0 };
  for (let team = 0; team < org.teams; team++) for (let sprint = org.first; sprint < org.last; sprint++) {
    const field = (name) => rows[2 * ((team * org.sprints + sprint) * width + s[name])];
    found.points += field("done_points");
    found.kept += field("kept_points");
    found.committed += field("committed_points");
    if (field("committed") > 0) { found.goals++; if (field("kept") * 1000 >= org.goal * field("committed")) found.met++; }
  }
  return found;
}

// The points by which the work that is expected of open incidents grew.
function leftOpen(org, waits, width, w) {
  const kinds = org.numbers["world.kinds"], each = meta.world.kinds[1];
  let seconds = 0;
  for (let kind = 0; kind < org.kinds; kind++) seconds += (waits[kind * width + w.left] - waits[kind * width + w.left_before]) * Number(kinds[kind * each + meta.rows.kind_row.mean_effort]);
  return seconds / org.point;
}

function fixedMix(org, baseline, mean) {
  const kinds = org.numbers["world.kinds"], each = meta.world.kinds[1], regressions = asReals(org.numbers["figures.regressions"]);
  const counts = org.load.map((count, kind) => count + baseline * regressions[kind]), severities = org.load.map((_, kind) => Number(kinds[kind * each + meta.rows.kind_row.severity]));
  let sums = 0, total = 0;
  for (const severity of [...new Set(severities)].sort((a, b) => a - b)) {
    const own = severities.flatMap((s, kind) => (s === severity ? [kind] : [])), value = mean(own), weight = own.map((kind) => counts[kind]).reduce((sum, v) => sum + v, 0);
    if (Number.isNaN(value)) continue;
    sums += weight * value;
    total += weight;
  }
  return total > 0 ? sums / total : NaN;
}

function quantile(org, count, span, which) {
  if (!count) return NaN;
  const [low, high] = asTwo(words(org.at["book.ordered"] + 16 * (span * meta.quantiles.length + which), 2)), place = (count - 1) * meta.quantiles[which];
  return (low + (high - low) * (place - Math.floor(place))) / 3600;
}

const asTwo = (two) => [Number(two[0]), Number(two[1])];

function worth(org, points, calls, waits, width, w) {
  const [pointValue, nightCall] = asReals(org.numbers["figures.money"]), costs = asReals(org.numbers["figures.costs"]), penalties = asReals(org.numbers["figures.penalties"]);
  const weighed = (amount, weights) => added(Array.from(weights, (weight, kind) => amount(kind * width) * weight));
  const open = weighed((at) => waits[at + w.sums + 2], costs) / 3600;
  const broken = weighed((at) => waits[at + w.responses] - waits[at + w.responded] + (waits[at + w.resolutions] - waits[at + w.resolved]), penalties);
  const value = pointValue * points;
  return ratio(value - (open + broken + nightCall * calls), org.held);
}
