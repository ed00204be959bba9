// The live part: what is moved goes to the worker, what comes back is shown.

(() => {
  const $ = (id) => document.getElementById(`live-${id}`), body = $("body"), note = $("note");
  const say = (text) => { note.textContent = text; note.hidden = !text; };
  const stands = "What stands below is the report as it was written, and is whole.";
  if (typeof WebAssembly === "undefined" || typeof Worker === "undefined" || typeof DecompressionStream === "undefined") {
    say(`This browser has no ${typeof WebAssembly === "undefined" ? "WebAssembly (it may be switched off)" : "way to unpack the engine"}, so nothing can be computed anew here. ${stands}`);
    return;
  }
  const about = JSON.parse($("about").textContent), now = about.knobs.map((k) => k.now), stops = [...now];
  let asked = 0, shown = null, pinned = null, focus = about.focus, timer = 0;
  const plot = new Plot($("plot"), (number) => choose(number)), inputs = about.knobs.map((_, n) => $(`k${n}`));
  const fail = (why) => { body.hidden = true; say(`Nothing can be computed anew here: ${why}. ${stands}`); };

  let worker;
  try {
    const address = URL.createObjectURL(new Blob([$("worker").textContent], { type: "text/javascript" }));
    worker = new Worker(address);
    URL.revokeObjectURL(address);
  } catch (error) { fail(`the browser lets no worker begin (${error.message})`); return; }
  worker.onerror = (event) => fail(`the browser ended the computing (${event.message || "it does not say why"})`);
  worker.onmessage = ({ data }) => {
    if (data.ready) { ask(); return; }
    if (data.error) { if (shown === null) fail(data.error); else { $("finding").textContent = `This cannot be computed: ${data.error}.`; old(false); } return; }
    if (data.id !== asked) return;
    answered(data);
  };
  say("Computing the first picture…");
  worker.postMessage({ packed: $("packed").textContent });

  // ---- questions

  function ask() {
    asked += 1;
    document.getElementById("live").dataset.asked = asked;
    old(true);
    worker.postMessage({ id: asked, stops: [...stops], replications: about.futures, seed: about.seed });
  }

  const old = (is) => { for (const part of [$("plot"), $("finding"), $("table").parentElement]) part.classList.toggle("live-old", is && shown !== null); };

  function moved(number, later = true) {
    const knob = about.knobs[number], value = stops[number], box = inputs[number].closest(".live-knob");
    inputs[number].value = value;
    if ($(`o${number}`)) { // a choice tells its own words
      inputs[number].setAttribute("aria-valuetext", knob.words[value]);
      $(`o${number}`).textContent = knob.words[value];
    }
    box.querySelector(".live-was").hidden = value === now[number];
    $("back").disabled = stops.every((stop, n) => stop === now[n]);
    remember();
    clearTimeout(timer);
    if (later) timer = setTimeout(ask, 60);
  }

  function remember() {
    const kept = stops.flatMap((stop, n) => (stop === now[n] ? [] : [`${n}.${stop}`])).join("_");
    try { history.replaceState(null, "", kept ? `#live=${kept}` : "#"); } catch { /* some viewers keep no addresses */ }
  }

  function remembered() {
    for (const part of (/^#live=(.*)$/.exec(location.hash)?.[1] ?? "").split("_")) {
      const [number, stop] = part.split(".").map(Number);
      if (Number.isInteger(stop) && about.knobs[number]?.stops[stop] !== undefined) { stops[number] = stop; moved(number); }
    }
  }

  inputs.forEach((input, number) => {
    input.addEventListener("input", () => { stops[number] = Number(input.value); moved(number); });
    for (const step of input.closest(".live-knob").querySelectorAll(".live-step")) step.addEventListener("click", () => {
      const to = stops[number] + Number(step.dataset.by);
      if (about.knobs[number].stops[to] !== undefined) { stops[number] = to; moved(number); }
    });
    input.closest(".live-knob").querySelector(".live-was").addEventListener("click", () => { stops[number] = now[number]; moved(number); input.focus(); });
  });
  $("back").addEventListener("click", () => { stops.forEach((_, n) => { if (stops[n] !== now[n]) { stops[n] = now[n]; moved(n, false); } }); ask(); });
  $("pin").addEventListener("click", () => { pinned = shown; show(); });
  $("fit").addEventListener("click", () => { plot.fit(spots(shown, pinned), true); show(); });
  $("controls").addEventListener("submit", (event) => event.preventDefault());
  $("details").addEventListener("toggle", () => { if (shown && $("details").open) table(); });
  addEventListener("resize", () => { if (shown) show(); });

  // ---- answers

  function answered(data) {
    shown = data;
    if (pinned === null) { // the report's own state, which all others are held against; then what the address says
      pinned = data;
      remembered();
    }
    say("");
    body.hidden = false;
    old(false);
    show();
    const live = document.getElementById("live");
    live.dataset.answered = data.id;
    live.dataset.ms = Math.round(data.ms);
    live.dataset.memory = data.memory;
  }

  const figure = (data, number, metric) => data.policies[number]?.figures?.[metric] ?? null;
  const mean = (data, number, metric) => { const found = figure(data, number, metric)?.mean; return found === undefined || Number.isNaN(found) ? null : found; };
  const DELIVERED = "net_points_per_sprint", ANSWER = "response_hours_fixed_mix";

  // Where each policy stands: hours to the answer, and what it delivers beside the reference as it was before.
  function spots(data, before) {
    const whole = mean(before, about.reference, DELIVERED), found = [];
    if (!whole) return found;
    const base = data.policies.map((_, n) => ({ x: mean(data, n, ANSWER), y: mean(data, n, DELIVERED) })), strong = labelled(base);
    about.policies.forEach((policy, number) => {
      const { x, y } = base[number];
      if (x === null || y === null || Number.isNaN(x) || Number.isNaN(y)) return;
      const luck = figure(data, number, ANSWER).luck, atHome = data.stops.every((stop, n) => stop === now[n]);
      const values = figure(data, number, DELIVERED).values, others = figure(data, about.reference, DELIVERED)?.values, apart = others && values.length === others.length ? values.map((v, n) => v - others[n]).filter((v) => !Number.isNaN(v)).sort((a, b) => a - b) : [];
      const reference = mean(data, about.reference, DELIVERED) / whole - 1, cloud = atHome && strong.has(number) && about.unknown[number]?.length > 5 ? inner(about.unknown[number].map(([h, more]) => [h, more / whole + reference])) : null;
      found.push({ number, ...policy, x, y: y / whole - 1, strong: strong.has(number), focus: number === focus, reference: number === about.reference, luckX: luck, luckY: apart.length > 4 && number !== about.reference ? [0.1, 0.9].map((q) => quantileOf(apart, q) / whole + reference) : null, cloud });
    });
    return found;
  }

  const quantileOf = (sorted, q) => { const place = (sorted.length - 1) * q, low = Math.floor(place); return sorted[low] + (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]) * (place - low); };

  // Eight in ten of a policy's sets of assumptions: those that lie nearest to their middle.
  function inner(places) {
    const at = (side) => { const sorted = places.map((p) => (side ? p[1] : Math.log(p[0]))).sort((a, b) => a - b); return [sorted[Math.floor(sorted.length / 2)], (sorted[sorted.length - 1] - sorted[0]) || 1]; };
    const [[x, wide], [y, high]] = [at(0), at(1)], away = (p) => Math.hypot((Math.log(p[0]) - x) / wide, (p[1] - y) / high);
    return [...places].sort((a, b) => away(a) - away(b)).slice(0, Math.max(3, Math.round(0.8 * places.length)));
  }

  // At most six are named: the reference, the one in the sentence, and those that nothing beats on both.
  function labelled(base) {
    const has = (s) => s.x !== null && s.y !== null, beaten = (s) => base.some((o) => has(o) && o.x <= s.x && o.y >= s.y && (o.x !== s.x || o.y !== s.y));
    const front = base.flatMap((s, n) => (has(s) && !beaten(s) ? [n] : [])).sort((a, b) => base[a].x - base[b].x);
    return new Set([about.reference, focus, ...front].slice(0, 7));
  }

  function show() {
    const places = spots(shown, pinned), before = pinned === shown ? null : Object.fromEntries(spots(pinned, pinned).map((s) => [s.number, s]));
    if (places.length) plot.draw(places, before); else $("plot").replaceChildren("No policy has both figures here.");
    $("finding").replaceChildren(...sentence());
    $("reference").textContent = about.policies[about.reference].title;
    $("before").textContent = pinned.stops.every((stop, n) => stop === now[n]) ? "Before: the report’s own state." : `Before: ${changes(pinned.stops)}.`;
    const home = shown.stops.every((stop, n) => stop === now[n]);
    $("doubt").textContent = `Thin lines: luck, 8 in 10 single years. ${!about.unknown.length ? "What is not known of the inputs was not drawn." : home ? `Pale: what is not known, 8 in 10 of ${about.sets} sets of assumptions.` : "What is not known was drawn for the report’s own state alone, and is not shown here."}`;
    slow();
    chips();
    if ($("details").open) table();
    $("command").textContent = command();
  }

  // What stands otherwise than in the report: the first three, and how many more.
  function changes(at) {
    const all = at.flatMap((stop, n) => (stop === now[n] ? [] : [`${about.knobs[n].said || about.knobs[n].label} ${about.knobs[n].words[stop]}`]));
    return all.length ? [...all.slice(0, 3), ...(all.length > 3 ? [`${all.length - 3} more`] : [])].join(", ") : "as in the report";
  }

  function sentence() {
    const policy = about.policies[focus], strong = (text) => { const b = document.createElement("b"); b.textContent = text; return b; };
    const own = shown.policies[focus], begins = changes(shown.stops), words = [`${begins[0].toUpperCase()}${begins.slice(1)}: with `, strong(policy.title)];
    if (own.failed) return [...words, ` nothing can be said: ${own.failed}.`];
    if (own.overloaded || own.leftOut) return [...words, " incidents come in faster than they are worked off, so there is no usual time to an answer."];
    const x = mean(shown, focus, ANSWER), was = mean(pinned, focus, ANSWER), y = mean(shown, focus, DELIVERED), other = mean(shown, about.reference, DELIVERED);
    if (x === null) return [...words, " no incident comes that could be answered."];
    words.push(` an answer takes ${hours(x)} on average`);
    if (pinned !== shown && was !== null) words.push(hours(was) === hours(x) ? ", as before" : ` instead of ${hours(was)}`);
    if (focus === about.reference || y === null || !other) return [...words, "."];
    const apart = pairedInterval(focus, about.reference);
    if (!apart || (apart.low <= 0 && apart.high >= 0)) return [...words, ", and about as much is delivered as with ", strong(about.policies[about.reference].title), "."];
    return [...words, `, and ${two(Math.abs(100 * (y / other - 1)))} % ${y < other ? "less" : "more"} is delivered than with `, strong(about.policies[about.reference].title), "."];
  }

  // Whether one surely delivers more than another, path by path.
  function pairedInterval(a, b) {
    const [one, other] = [a, b].map((n) => figure(shown, n, DELIVERED)?.values);
    if (!one || !other || one.length !== other.length || one.length < 2) return null;
    const apart = one.map((v, n) => v - other[n]), middle = apart.reduce((s, v) => s + v, 0) / apart.length, spread = Math.sqrt(apart.reduce((s, v) => s + (v - middle) ** 2, 0) / (apart.length - 1) / apart.length);
    return { low: middle - about.student * spread, high: middle + about.student * spread };
  }

  function slow() {
    const names = (is) => about.policies.filter((_, n) => is(shown.policies[n])).map((p) => p.title).join(", ");
    const behind = names((p) => p.overloaded || p.leftOut), failed = names((p) => p.failed);
    $("slow").textContent = [behind && `Cannot keep up, more open every week: ${behind}.`, failed && `Not computed: ${failed}.`].filter(Boolean).join(" ");
  }

  function choose(number) { focus = number; show(); }

  function chips() {
    if (!$("chips").children.length) $("chips").append(...about.policies.map(chip));
    [...$("chips").children].forEach((button, number) => button.setAttribute("aria-pressed", String(number === focus)));
  }

  function chip(policy, number) {
    const button = node("button", "", { type: "button" });
    button.append(chipMark(policy.family), policy.title);
    button.addEventListener("click", () => choose(number));
    return button;
  }

  // ---- the table

  const node = (name, text = "", attributes = {}) => { const made = document.createElement(name); made.textContent = text; for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value); return made; };
  const amount = (info, v) => (v === null || Number.isNaN(v) ? "–" : info.percent ? percent(v) : signed(two(v)));

  function table() {
    const infos = about.figures.filter((info) => shown.policies.some((_, n) => mean(shown, n, info.name) !== null)), head = node("tr"), rows = document.createElement("tbody");
    head.append(node("th", "policy", { scope: "col" }), ...infos.map((info) => node("th", info.label, { scope: "col" })));
    about.policies.forEach((policy, number) => {
      const row = node("tr");
      row.append(node("th", policy.title, { scope: "row" }), ...infos.map((info) => cell(number, info)));
      rows.append(row);
    });
    const caption = node("caption", `Every policy, ${changes(shown.stops)}; below, what it was before`), top = document.createElement("thead");
    top.append(head);
    $("table").replaceChildren(caption, top, rows);
  }

  function cell(number, info) {
    const found = figure(shown, number, info.name), was = mean(pinned, number, info.name);
    if (found === null) return node("td", "–");
    const made = node("td", amount(info, found.mean)), wide = (found.high - found.low) / 2;
    if (wide > 0) made.append(node("span", ` ±${amount(info, wide)}`, { class: "live-wide-by" }));
    if (pinned !== shown && was !== null && amount(info, was) !== amount(info, found.mean)) made.append(node("span", `before ${amount(info, was)}`, { class: "live-change" }));
    return made;
  }

  function command() {
    const sets = shown.stops.flatMap((stop, n) => (stop === now[n] ? [] : [` --set '${about.knobs[n].key}=${about.knobs[n].stops[stop]}'`])).join("");
    return `${about.command} --replications ${about.futures} --inputs 0${sets}`;
  }

})();
