// What is looked at, as it stands in the address: a link brings all of it.

// What is asked of the server, then what only this screen shows, with what it is where nothing is said.
const MANY = ["set", "lever", "policy"];
const ONE = {
  view: "", replications: "100", seed: "1", own: "", x: "response_hours_fixed_mix", y: "net_points_per_sprint", pin: "",
  map: "", recommend: "", focus: "", ref: "", mode: "", tuned: "", tab: "",
  a: "", b: "", team: "0", sprint: "0", future: "0", incident: "", phase: "", votes: "",
};

// What another scenario leaves behind.
export const FRESH = { set: [], lever: [], policy: [], pin: "", map: "", recommend: "", own: "", focus: "", ref: "", a: "", b: "", tuned: "", event: [], incident: "", phase: "", votes: "", team: "0", sprint: "0" };

export function read() {
  const query = new URLSearchParams(location.search);
  const state = { scenario: query.get("scenario") ?? "", event: query.getAll("event") };
  for (const name of MANY) state[name] = query.getAll(name);
  for (const [name, usual] of Object.entries(ONE)) state[name] = query.get(name) ?? usual;
  return state;
}

// The part the server computes from.
export function asked(state) {
  const query = new URLSearchParams();
  query.set("scenario", state.scenario);
  for (const name of MANY) for (const value of state[name]) query.append(name, value);
  if (state.own) query.set("own", state.own);
  query.set("replications", state.replications);
  query.set("seed", state.seed);
  return query;
}

export function address(state) {
  const query = asked(state);
  for (const [name, usual] of Object.entries(ONE)) if (state[name] !== usual && !query.has(name)) query.set(name, state[name]);
  for (const card of state.event) query.append("event", card);
  return "?" + query;
}

export function write(state, replace) {
  const to = address(state);
  if (to !== location.search) history[replace ? "replaceState" : "pushState"](null, "", to);
}

export function changed(state, key) {
  const found = state.set.find((one) => one.startsWith(key + "="));
  return found === undefined ? undefined : found.slice(key.length + 1);
}

export function change(state, key, value) {
  state.set = state.set.filter((one) => !one.startsWith(key + "="));
  if (value !== undefined) state.set.push(`${key}=${value}`);
}
