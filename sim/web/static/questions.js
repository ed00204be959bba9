// The forms of the long jobs: from controls to a query, and back.

import { node } from "./dom.js";

let ids = 0;

// A control under its label, with its help: words, or an element that stands elsewhere. `around`: what
// the control stands in, if not alone.
function labelled(words, control, help = "", around = control) {
  control.id = `q-${ids++}`;
  const told = typeof help === "string" ? node("span", { className: "small" }, help) : help;
  told.id = `${control.id}-help`;
  if (help) control.setAttribute("aria-describedby", told.id);
  return node("div", { className: "field" }, node("label", { htmlFor: control.id }, words), around, ...(help && told !== help ? [told] : []));
}

const number = (attributes) => node("input", { type: "number", step: "any", ...attributes });

function select(choices) {
  return node("select", {}, ...choices.map(([value, words]) => node("option", { value }, words)));
}

function choose(control, value) {
  if (![...control.options].some((one) => one.value === value)) control.append(node("option", { value }, value)); // the server says what is wrong with it
  control.value = value;
}

// ---- a parameter and its values ----

function axis(words, controls) {
  const groups = new Map();
  for (const one of controls) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  const key = node("select", {}, ...[...groups].map(([label, own]) => node("optgroup", { label }, ...own.map((one) => node("option", { value: one.key }, one.label)))));
  const [low, high] = [number(), number()], cells = number({ min: 2, max: 20, step: 1 });
  const help = node("span", { className: "small" });
  const known = () => controls.find((one) => one.key === key.value);
  let sign = "", raw = "";
  const told = () => {
    const found = known();
    for (const one of [low, high, cells]) one.disabled = raw !== "" && key.value === raw;
    help.textContent = found ? `${found.help} ${sign === "*" ? "In times as it is now" : `In ${found.unit}${sign === "+" ? ", more than now" : ""}`}.` : "";
  };
  const fill = () => {
    const found = known();
    if (found) [sign, [low.value, high.value, cells.value]] = [found.sign, span(found)];
    told();
  };
  key.onchange = fill;
  const fields = node("fieldset", { className: "axis" }, node("legend", {}, words), labelled("Parameter", key, help), labelled("From", low), labelled("To", high), labelled("Cells", cells), help);
  return {
    fields,
    take: (name) => { choose(key, name); fill(); },
    read: (text) => {
      const found = text.match(/^(.*?)=([*+]?)([^:]*):[*+]?([^:]*):([^:]*)$/);
      raw = found ? "" : text; // a list of values, say: it stays as it is
      if (found) [, , sign, low.value, high.value, cells.value] = found;
      choose(key, found?.[1] ?? raw);
      told();
    },
    text: () => raw && key.value === raw ? raw : `${key.value}=${sign}${low.value}:${sign}${high.value}:${cells.value}`,
  };
}

// Half of the way from what it is now to either end, in whole steps where it counts something.
function span({ least, most, step, value }) {
  const low = value - (value - least) / 2, high = value + (most - value) / 2;
  if (step < 1) return [+low.toPrecision(2), +high.toPrecision(2), 5];
  const [from, to] = [Math.floor(low), Math.ceil(high)];
  return [from, to, [5, 6, 4, 7, 3].find((cells) => (to - from) % (cells - 1) === 0) ?? 2];
}

// ---- promises, and what to have most of ----

function promise(metrics, groups, drop) {
  const figure = select(metrics.map((one) => [one.id, one.label]));
  const group = select([["", "all incidents"], ...groups.map((one) => [one, one.replace("kind=", "").replace("=", " ")])]);
  const way = select([[">=", "at least"], ["<=", "at most"]]), limit = number(), unit = node("span");
  const remove = node("button", { type: "button", className: "reset" }, "Remove");
  const info = () => metrics.find((one) => one.id === figure.value);
  const of = labelled("Of", group);
  const told = () => { unit.textContent = info()?.percent ? "%" : ""; of.hidden = !info()?.grouped; };
  figure.onchange = () => { way.value = info().better > 0 ? ">=" : "<="; told(); };
  let raw = "";
  const own = {
    fields: node("fieldset", { className: "promise" }, node("legend", {}, "A promise"), labelled("Figure", figure), of, labelled("Is", way), labelled("Limit", limit, "", node("span", { className: "unit" }, limit, unit)), remove),
    read: (text) => {
      const found = text.match(/^\s*(\w+)(?:\[(.*)\])?\s*(<=|>=)\s*([^%]*)(%?)\s*$/);
      raw = found ? "" : text;
      choose(figure, found?.[1] ?? raw);
      if (found) {
        choose(group, found[2] ?? ""); way.value = found[3];
        limit.value = info()?.percent && !found[5] ? +(100 * found[4]).toPrecision(12) : found[4];
      }
      told();
    },
    text: () => raw && figure.value === raw ? raw : `${figure.value}${group.value && !of.hidden ? `[${group.value}]` : ""}${way.value}${limit.value}${unit.textContent}`,
  };
  remove.setAttribute("aria-label", "Remove this promise");
  remove.onclick = () => drop(own);
  return own;
}

function promises(metrics, groups, changed) {
  const list = node("div"), add = node("button", { type: "button" }, "Add a promise");
  let all = [];
  const take = (text) => {
    const made = promise(metrics, groups, (gone) => { all = all.filter((one) => one !== gone); gone.fields.remove(); add.focus(); changed(); });
    made.read(text);
    all.push(made);
    list.append(made.fields);
    return made;
  };
  add.onclick = () => { take("response_sla>=90%").fields.querySelector("select").focus(); changed(); };
  return { fields: node("div", { className: "promises" }, list, add), texts: () => all.map((one) => one.text()), read: (texts) => { all = []; list.replaceChildren(); texts.forEach(take); } };
}

// ---- the two forms ----

function aim(metrics) {
  const figure = select(metrics.map((one) => [`${one.better > 0 ? "maximise" : "minimise"}=${one.id}`, `${one.better > 0 ? "most" : "least"} ${one.label}`]));
  return {
    fields: labelled("Best has", figure, "Among the policies that keep the promises."),
    read: (query, usual) => choose(figure, ["maximise", "minimise"].filter((name) => query.has(name)).map((name) => `${name}=${query.get(name)}`)[0] ?? usual),
    write: (query) => query.set(...figure.value.split("=")),
  };
}

function counts(named) {
  const made = named.map(([name, words, usual, help]) => ({ name, usual, control: number({ step: 1, min: 1 }), words, help }));
  return {
    fields: made.map((one) => labelled(one.words, one.control, one.help)),
    read: (query) => made.forEach((one) => { one.control.value = query.get(one.name) ?? one.usual; }),
    write: (query) => made.forEach((one) => { if (one.name !== "weeks" || one.control.value !== String(one.usual)) query.set(one.name, one.control.value); }),
  };
}

// Both: `fields` for the form, `read` a query into them (what it does not say is as usual), `query` them.
export function mapQuestion(scenario, metrics, changed) {
  const controls = [...scenario.axes, ...scenario.controls];
  const axes = [axis("Across", controls), axis("Up", controls)];
  const best = aim(metrics), kept = promises(metrics, scenario.groups, changed);
  const many = counts([["futures", "Random futures in each cell", 20, "More are surer and take longer."], ["weeks", "Weeks", scenario.weeks, "Fewer are quicker."]]);
  return {
    fields: [...axes.map((one) => one.fields), node("div", { className: "line" }, best.fields, ...many.fields), kept.fields],
    read: (query) => {
      axes[0].take("people.unfamiliarity"); axes[1].take("incidents.*.per_week");
      query.getAll("over").forEach((text, n) => axes[n]?.read(text));
      best.read(query, "maximise=sprint_goals_met"); many.read(query); kept.read(query.size ? query.getAll("require") : ["response_sla>=80%"]);
    },
    query: () => {
      const query = new URLSearchParams();
      for (const one of axes) query.append("over", one.text());
      best.write(query); many.write(query);
      for (const text of kept.texts()) query.append("require", text);
      return query;
    },
  };
}

export function recommendQuestion(scenario, metrics, changed) {
  const best = aim(metrics), kept = promises(metrics, scenario.groups, changed);
  const many = counts([["futures", "Random futures in the search", 20, ""], ["fresh", "Random futures of the test", 100, "The best are tested on these, which the search has not seen."], ["weeks", "Weeks", scenario.weeks, "Fewer are quicker."]]);
  return {
    fields: [kept.fields, node("div", { className: "line" }, best.fields, ...many.fields)],
    read: (query) => { best.read(query, "maximise=net_points_per_sprint"); many.read(query); kept.read(query.size ? query.getAll("require") : ["response_sla>=90%"]); },
    query: () => {
      const query = new URLSearchParams();
      best.write(query); many.write(query);
      for (const text of kept.texts()) query.append("require", text);
      return query;
    },
  };
}
