// One sprint under two policies: the same incidents on one clock. Guess, play, look.

import { board } from "./board.js";
import { copied, node } from "./dom.js";
import { guesses } from "./handout.js";
import { fetched } from "./server.js";
import { mark } from "./shapes.js";
import * as states from "./state.js";
import { fate, span, when } from "./fate.js";

const PHASES = [["predict", "1 Predict"], ["play", "2 Play"], ["result", "3 Result"]];
const SECONDS = 40; // that a sprint takes to play

export function play(shared) {
  const root = document.getElementById("play"), $ = (id) => document.getElementById(id);
  let found = null, drawn = null, now = 0, running = 0, asked = 0, others = null, frames = [];

  root.replaceChildren(
    node("div", { className: "play-head" },
      node("div", { className: "play-pick", id: "play-pick" }),
      node("div", { className: "segments", id: "phases" })),
    node("div", { className: "play-stage" }, node("div", { id: "board" }), node("div", { id: "sides" })),
    node("div", { className: "play-bar" }, ...["first", "back", "run", "on"].map((name) => node("button", { type: "button", id: `play-${name}` })), node("output", { id: "clock" }), node("input", { type: "range", id: "scrub", min: 0, max: 1000, step: "any", value: 0, ariaLabel: "Moment of the sprint" }), node("button", { type: "button", id: "parting" }), legend()),
    node("div", { id: "play-below" }),
    node("div", { id: "cards", ariaLabel: "Throw in" }));
  for (const [id, words, told] of [["first", "⇤", "To the beginning"], ["back", "◂", "One hour back"], ["run", "▶", "Play"], ["on", "▸", "One hour on"]]) Object.assign($(`play-${id}`), { textContent: words, title: told, ariaLabel: told });
  $("play-first").onclick = () => move(found.begins);
  $("play-back").onclick = () => move(now - 3600);
  $("play-on").onclick = () => move(now + 3600);
  $("play-run").onclick = () => (running ? stop() : run());
  $("scrub").oninput = () => { stop(); if (found) move(drawn.moment(+$("scrub").value / 1000)); };
  $("parting").onclick = () => jump();

  function legend() {
    const one = (kind, words) => node("span", {}, node("i", { className: `key ${kind}` }), words);
    return node("p", { className: "legend", ariaLabel: "What the colours mean" }, one("story", "story"), one("done", "done"), ...["t4", "t3", "t2", "t1"].map((kind, n) => one(kind, n === 3 ? "incident, minor to outage" : "")), one("notch", "interrupted"), one("back", "finding back"), one("meet", "meeting"), one("gone", "away"));
  }

  // ---- what is played ----

  async function show() {
    const { state } = shared, own = ++asked, query = states.asked(state);
    for (const name of ["a", "b", "team", "sprint", "future"]) query.set(name, state[name]);
    for (const card of state.event) query.append("event", card);
    root.classList.add("stale");
    picks();
    let told;
    try { told = await fetched("/api/play", query); } catch (reasons) {
      if (own !== asked) return;
      shared.trouble(reasons);
      if (!found) $("play-below").replaceChildren(node("p", {}, "There is nothing to play here."));
      return;
    }
    if (own !== asked) return;
    const same = found && found.begins === told.begins && found.team === told.team;
    found = told;
    // Those of this sprint have the numbers that stand on the board.
    let number = 0;
    for (const one of found.incidents) one.shown = opening(one.incident) >= found.begins ? String((number += 1)) : "•";
    others = null;
    root.classList.remove("stale");
    if (!same) now = found.begins;
    if (!PHASES.some(([id]) => id === state.phase)) state.phase = "predict";
    if (state.phase === "result") now = found.ends;
    draw();
    document.body.dataset.played = +(document.body.dataset.played ?? 0) + 1;
  }

  function picks() {
    const { state, scenario } = shared;
    const select = (label, name, choices) => {
      const made = node("select", { ariaLabel: label }, ...choices.map(([value, words]) => node("option", { value }, words)));
      made.value = state[name];
      made.onchange = () => again({ [name]: made.value });
      return made;
    };
    const ways = scenario.policies.map((p) => [p.id, p.title]);
    const sprints = Math.max(1, Math.floor(scenario.weeks / scenario.sprint_weeks));
    $("play-pick").replaceChildren(
      node("h1", {}, "One sprint, two policies"), node("span", { className: "side-a" }, mark(shared.family(state.a)), select("First policy", "a", ways)), node("span", { className: "side-b" }, mark(shared.family(state.b)), select("Second policy", "b", ways)),
      ...(scenario.teams.length > 1 ? [select("Team", "team", scenario.teams.map((name, n) => [String(n), name]))] : []),
      select("Sprint", "sprint", Array.from({ length: sprints }, (_, n) => [String(n), `Sprint ${n + 1}`])),
      select("Future", "future", Array.from({ length: Math.max(10, +state.future + 1) }, (_, n) => [String(n), `Future ${n + 1}`])));
    $("phases").setAttribute("role", "group");
    $("phases").replaceChildren(...PHASES.map(([id, words]) => {
      const button = node("button", { type: "button" }, words);
      button.setAttribute("aria-pressed", String((state.phase || "predict") === id));
      button.onclick = () => phase(id);
      return button;
    }));
  }

  function again(changes) {
    stop();
    Object.assign(shared.state, changes, { incident: "" }, "event" in changes ? {} : { phase: "predict", votes: "" }, "a" in changes || "b" in changes || "event" in changes ? {} : { event: [] });
    shared.write();
    show();
  }

  function phase(id) {
    shared.state.phase = id;
    shared.write();
    picks();
    if (id === "predict") { stop(); move(found.begins); }
    if (id === "result") { stop(); move(found.ends); }
    if (id === "play") { if (now >= found.ends) move(found.begins); run(); }
    below();
  }

  // ---- drawing ----

  function draw() {
    const present = document.body.classList.contains("present");
    drawn = board($("board"), found, { width: Math.max(300, $("board").clientWidth), family: shared.family, present, choose: (n) => { shared.state.incident = String(n); shared.write(true); move(Math.max(now, opening(n))); below(); }, scrub: (moment) => { stop(); move(moment); } });
    const parting = found.parting;
    $("parting").hidden = !parting;
    $("parting").textContent = parting ? `First parting: ${when(parting.seconds)}${parting.sprint !== found.sprint ? `, sprint ${parting.sprint + 1}` : ""}` : "";
    $("parting").title = parting ? parting.words.filter(Boolean).join(" · ") : "";
    sides();
    cards();
    move(now);
    below();
  }

  const opening = (n) => Math.min(...chosen(n).stories.filter(Boolean).map((one) => one.opened));
  const chosen = (n) => found.incidents.find((one) => one.incident === +n);

  function move(moment) {
    if (!found) return;
    now = Math.min(found.ends, Math.max(found.begins, moment));
    drawn.at(now);
    $("scrub").value = 1000 * drawn.share(now);
    $("scrub").setAttribute("aria-valuetext", when(now));
    const words = now >= found.ends && found.opens.length ? when(found.opens.at(-1)[1]) : when(now);
    if ($("clock").textContent !== words) $("clock").textContent = words;
    tally();
    if (shared.state.incident !== "") tellFate();
    if (now >= found.ends && shared.state.phase === "play") { stop(); phase("result"); }
  }

  function run() {
    if (!found) return;
    if (shared.state.phase !== "play") { shared.state.phase = "play"; shared.write(); picks(); below(); }
    if (now >= found.ends) move(found.begins);
    $("play-run").textContent = "❚❚";
    let before = performance.now(), share = drawn.share(now);
    frames = [];
    const step = (time) => {
      const passed = Math.min(100, time - before);
      frames.push(time - before);
      before = time;
      share = Math.min(1, share + passed / 1000 / SECONDS);
      move(drawn.moment(share));
      if (running) running = requestAnimationFrame(step);
      document.body.dataset.frames = frames.length;
      document.body.dataset.fps = Math.round((1000 * frames.length) / frames.reduce((sum, one) => sum + one, 0));
    };
    running = requestAnimationFrame(step);
  }

  function stop() {
    if (running) cancelAnimationFrame(running);
    running = 0;
    $("play-run").textContent = "▶";
  }

  function jump() {
    const { parting } = found;
    stop();
    if (parting.sprint === found.sprint) {
      if (shared.state.phase === "predict") { shared.state.phase = "play"; shared.write(); picks(); below(); }
      return move(parting.seconds);
    }
    Object.assign(shared.state, { sprint: String(parting.sprint), phase: "play", incident: "" });
    shared.write();
    show().then(() => move(parting.seconds));
  }

  function sides() {
    $("sides").replaceChildren(...found.boards.map((one) => {
      const part = (name, words) => node("span", {}, node("small", {}, words), node("b", { className: name }, "–"));
      return node("section", { className: `side fam-${shared.family(one.id)}` }, node("h2", {}, mark(shared.family(one.id)), one.title),
        node("p", {}, node("b", { className: "done" }, "0"), one.plans ? ` of ${one.points} points` : " points"),
        node("div", { className: "gauge" }, node("i", {})),
        node("p", { className: "tally" }, part("waiting", "waiting now"), part("longest", "longest wait"), part("taken", "interruptions")));
    }));
  }

  function tally() {
    found.boards.forEach((one, n) => {
      const side = $("sides").children[n], points = one.done.filter((done) => done.time <= now).reduce((sum, done) => sum + done.points, 0);
      const open = found.incidents.map((each) => each.stories[n]).filter((story) => story && story.opened <= now);
      const waiting = open.filter((story) => (story.started === null || story.started > now) && (story.ended === null || story.ended > now));
      const longest = Math.max(0, ...open.map((story) => Math.min(story.started ?? story.ended ?? now, now) - story.opened));
      const set = (name, words) => { const at = side.querySelector(`.${name}`); if (at.textContent !== words) at.textContent = words; };
      set("done", String(points));
      set("waiting", String(waiting.length));
      set("longest", longest ? span(longest) : "–");
      set("taken", String(one.interrupted.filter((each) => each.time <= now).length));
      side.querySelector(".gauge i").style.width = `${Math.min(100, (100 * points) / Math.max(1, one.points, ...found.points))}%`;
    });
  }

  // ---- below the board: guesses, the incident pointed at, the result ----

  function below() {
    if (!found) return;
    const { state } = shared;
    const parts = state.phase === "predict" ? predict() : state.phase === "result" ? result() : [];
    $("play-below").replaceChildren(...parts, node("div", { id: "fate", ariaLive: "polite" }));
    tellFate();
  }

  function predict() {
    const votes = shared.state.votes ? shared.state.votes.split("-").map(Number) : [0, 0, 0];
    const names = [[shared.title(shared.state.a), shared.family(shared.state.a)], ["about the same", ""], [shared.title(shared.state.b), shared.family(shared.state.b)]];
    const said = node("p", { className: "soft" }, ...found.boards.map((one) => `${one.title} plans ${one.plans ? `${one.stories} stories, ${one.points} points` : "nothing ahead"}. `), "Hands up, count, then play. The answer stays hidden until the sprint ends.");
    const go = node("button", { type: "button", className: "primary" }, "▶ Play");
    go.onclick = () => phase("play");
    return [node("h2", {}, "Which of the two finishes more story points?"), node("div", { className: "votes" }, ...names.map(([name, family], n) => {
      const out = node("output", {}, String(votes[n]));
      const button = (words, by) => { const made = node("button", { type: "button", className: "step" }, words); made.setAttribute("aria-label", `${name}: one ${by < 0 ? "fewer" : "more"}`); made.onclick = () => { votes[n] = Math.max(0, votes[n] + by); out.textContent = votes[n]; shared.state.votes = votes.some(Boolean) ? votes.join("-") : ""; shared.write(true); }; return made; };
      return node("div", { className: "card vote" }, node("span", {}, ...(family ? [mark(family)] : []), name), node("div", { className: "line" }, button("−", -1), out, button("+", 1)));
    })), node("div", { className: "buttons row" }, said, go)];
  }

  function result() {
    const [a, b] = found.points, [first, second] = found.boards.map((one) => one.title);
    const told = a === b ? `Both finish ${a} points.` : `${a > b ? first : second} finishes more: ${Math.max(a, b)} points against ${Math.min(a, b)} with ${a > b ? second : first}.`;
    const right = a === b ? 1 : a > b ? 0 : 2, votes = shared.state.votes.split("-").map(Number), all = votes.reduce((sum, one) => sum + one, 0);
    const room = all ? node("p", {}, `${guesses(shared.state, shared)} ${votes[right]} of ${all} guessed right.`) : node("p", { className: "soft" }, "Nobody guessed this time.");
    const rest = node("p", { id: "others" }, "Counting the other sprints…");
    if (others) rest.textContent = others; else besides(rest);
    return [node("h2", { id: "play-said" }, told), node("div", { id: "play-told" }, room, rest, node("p", { className: "soft" }, "Points are of this sprint alone; what is not finished then goes on in the next."))];
  }

  async function besides(rest) {
    const own = asked, { state } = shared, query = states.asked(state);
    for (const name of ["a", "b", "team", "sprint", "future"]) query.set(name, state[name]);
    for (const card of state.event) query.append("event", card);
    try {
      const { sprints, more, same } = await fetched("/api/play/others", query);
      if (own !== asked) return;
      others = `One sprint proves nothing. Of ${sprints} others, ${found.boards[0].title} finishes more in ${more[0]}, ${found.boards[1].title} in ${more[1]}, and in ${same} it is the same.`;
      rest.textContent = others;
    } catch (reasons) { if (own === asked) rest.textContent = [reasons].flat().join(" "); }
  }

  function tellFate() {
    const box = $("fate"), what = shared.state.incident === "" ? null : chosen(shared.state.incident);
    if (!box) return;
    if (!what) { if (!box.childElementCount) box.replaceChildren(node("p", { className: "soft" }, "Tap an incident on the board for its story on both sides.")); return; }
    drawn.point(what.incident);
    fate(box, what, found, now, { family: shared.family, step: (by) => { const ids = found.incidents.map((one) => one.incident), to = ids[(ids.indexOf(what.incident) + by + ids.length) % ids.length]; shared.state.incident = String(to); shared.write(true); move(Math.max(now, opening(to))); } });
  }

  // ---- event cards ----

  const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

  function cards() {
    const { state, scenario } = shared, team = scenario.teams[+state.team];
    const card = (title, words, make) => { const button = node("button", { type: "button", className: "card event" }, node("b", {}, title), node("small", {}, words)); button.onclick = () => { const made = make(); if (made) again({ event: [...state.event, made] }); }; return button; };
    const kinds = [...scenario.kinds].sort((a, b) => a.severity - b.severity).slice(0, 5);
    $("cards").replaceChildren(node("span", { className: "soft" }, "Throw in"),
      ...kinds.map(({ kind }) => card(kind[0].toUpperCase() + kind.slice(1), "now", () => {
        const minute = Math.min(Math.ceil((now + 1) / 60), Math.floor(found.ends / 60) - 1), day = Math.floor(minute / 1440);
        return `week ${Math.floor(day / 7) + 1} ${DAYS[day % 7]} ${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")} ${kind} at ${team}`;
      })),
      card("Somebody is ill", "from tomorrow, a day", () => {
        let day = Math.ceil(now / 86400 + 1e-9);
        while (day % 7 > 4) day += 1;
        if (day * 86400 >= found.ends) { shared.toast("The sprint ends before tomorrow."); return ""; }
        return `week ${Math.floor(day / 7) + 1} ${DAYS[day % 7]}: 1 of ${team} away`;
      }),
      ...state.event.map((event, n) => { const out = node("button", { type: "button", className: "chip", title: "Take it out" }, `${event.replace(` at ${team}`, "").replace(` of ${team}`, "")} ×`); out.setAttribute("aria-label", `Take out: ${event}`); out.onclick = () => again({ event: state.event.filter((_, k) => k !== n) }); return out; }),
      copyCommand());
  }

  function copyCommand() {
    const button = node("button", { type: "button", className: "quiet", title: found.command }, "Copy as a command");
    button.onclick = async () => shared.toast(await copied(found.command) ? "Command copied." : found.command);
    return button;
  }

  let resizing;
  addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(() => { if (!root.hidden && found) draw(); }, 120); });

  return {
    show, leave: stop,
    key(key, event) {
      if (!found) return;
      if (event.key === " " && event.target === document.body) { event.preventDefault(); running ? stop() : run(); }
      if (event.key === "ArrowRight" && event.target === document.body) move(now + 3600);
      if (event.key === "ArrowLeft" && event.target === document.body) move(now - 3600);
      if (key === "p") jump();
    },
  };
}
