// What is looked at, as it stands in the address.

export function read() {
  const query = new URLSearchParams(location.search);
  return {
    scenario: query.get("scenario") ?? "",
    set: query.getAll("set"), lever: query.getAll("lever"), policy: query.getAll("policy"),
    replications: query.get("replications") ?? "100", seed: query.get("seed") ?? "1",
    x: query.get("x") ?? "response_hours_fixed_mix", y: query.get("y") ?? "net_points_per_sprint",
    pin: query.get("pin") ?? "",
    map: query.get("map") ?? "", recommend: query.get("recommend") ?? "",
  };
}

// The part the server computes from.
export function asked(state) {
  const query = new URLSearchParams();
  query.set("scenario", state.scenario);
  for (const name of ["set", "lever", "policy"]) for (const value of state[name]) query.append(name, value);
  query.set("replications", state.replications);
  query.set("seed", state.seed);
  return query;
}

export function write(state, replace) {
  const query = asked(state);
  query.set("x", state.x);
  query.set("y", state.y);
  for (const name of ["pin", "map", "recommend"]) if (state[name]) query.set(name, state[name]);
  const address = "?" + query;
  if (address !== location.search) history[replace ? "replaceState" : "pushState"](null, "", address);
}

export function changed(state, key) {
  const found = state.set.find((one) => one.startsWith(key + "="));
  return found === undefined ? undefined : found.slice(key.length + 1);
}

export function change(state, key, value) {
  state.set = state.set.filter((one) => !one.startsWith(key + "="));
  if (value !== undefined) state.set.push(`${key}=${value}`);
}
