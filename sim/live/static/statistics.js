// What may be said of observations, as `sim.experiment.statistics` and `sim.experiment.reportable` say it.

const known = (values) => values.filter((v) => !Number.isNaN(v));

// The mean with its 95 % interval: Student's, corrected for skewness by Hall's transformation.
function interval(observed, quantiles = meta.student) {
  const values = known(observed), n = values.length, mean = added(values) / n, apart = values.map((v) => v - mean);
  const square = added(apart.map((v) => v ** 2)), deviation = Math.sqrt(square / (n - 1));
  const varies = deviation > 1e-12 * Math.abs(mean) && n > 2, skew = varies ? added(apart.map((v) => v ** 3)) / n / (square / n) ** 1.5 : 0;
  if (n < 2) return { mean, low: NaN, high: NaN };
  const error = deviation / Math.sqrt(n), lean = skew / Math.sqrt(n), step = quantiles[n - 1];
  const turned = (at) => (Math.abs(lean) < 1e-6 ? at : (3 / lean) * (Math.cbrt(1 + lean * (at - lean / 6)) - 1));
  return { mean, low: mean - error * turned(step), high: mean - error * turned(-step) };
}

// Between which values 8 in 10 of them lie.
function band(observed) {
  const values = known(observed).sort((a, b) => a - b);
  const at = (share) => { const place = (values.length - 1) * share, low = Math.floor(place); return values[low] + (values[Math.min(low + 1, values.length - 1)] - values[low]) * (place - low); };
  return values.length ? [at(0.1), at(0.9)] : [NaN, NaN];
}

const column = (runs, name) => runs.map((run) => run[name]);

const arrivals = (org, runs) => added(column(runs, "opened")) / runs.length / org.weeks;

// After the first few futures, whoever surely cannot keep up is left out.
const cannotKeepUp = (org, runs) => org.steady && interval(column(runs, "backlog_growth_per_week"), meta.surely).low > meta.far * arrivals(org, runs);

function pilesUp(org, runs) {
  const growth = interval(column(runs, "backlog_growth_per_week"));
  return Boolean(org.steady) && growth.low > 0 && growth.mean > meta.overload * arrivals(org, runs);
}

// A policy's figures, each with its interval and with what luck does to it; of some, nothing may be said.
function toldOf(org, runs) {
  const overloaded = pilesUp(org, runs), measured = added(column(runs, "incidents_measured")) / runs.length, found = {};
  for (const name of Object.keys(runs[0])) {
    const refused = (overloaded && meta.steady.includes(name)) || measured < (meta.fewest[name] ?? 0), values = column(runs, name);
    found[name] = refused ? null : { ...interval(values), luck: band(values), values };
  }
  return { overloaded, futures: runs.length, figures: found };
}
