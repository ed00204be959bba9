// The engine's memory, and how a scenario's numbers get into it. Everything in it is a 64-bit word; what is found of
// a future is what the program finds, to the last bit. There is no model here: it is in the module, and in numbers.

const PAGE = 65536, NEVER = 1n << 62n;
let engine, memory, meta, top = 0, bottom = 0, answer = 0, raised = 0;

const words = (at, count) => new BigInt64Array(memory.buffer, at, count);
const reals = (at, count) => new Float64Array(memory.buffer, at, count);
const lows = (at, count) => new Int32Array(memory.buffer, at, 2 * count);

// Room for so many words, in which anything may stand.
function room(count) {
  const at = top;
  top += 8 * Math.max(1, count);
  if (top > memory.buffer.byteLength) memory.grow(Math.ceil((top - memory.buffer.byteLength) / PAGE) + 16);
  return at;
}

async function begin(code, told) {
  meta = told;
  memory = new WebAssembly.Memory({ initial: Math.ceil((meta.data_end + (1 << 20)) / PAGE) + 16 });
  const stack = Math.ceil(meta.data_end / 16) * 16 + (1 << 20);
  const table = new WebAssembly.Table({ initial: meta.functions, element: "anyfunc" });
  const env = { __linear_memory: memory, __indirect_function_table: table, fmod: (a, b) => a % b };
  env.__stack_pointer = new WebAssembly.Global({ value: "i32", mutable: true }, stack);
  engine = (await WebAssembly.instantiate(code, { env })).instance.exports;
  top = stack;
  answer = room(2);
  raised = room(2);
  bottom = top;
}

// The numbers with the controls at some stops: of each unit of numbers those that belong to the stops.
function numbersAt(told, stops) {
  const found = { ...told.base };
  for (const unit of told.units) {
    const place = unit.knobs.reduce((sum, n) => sum * told.stops[n] + stops[n], 0);
    if (!unit.at) { found[unit.table] = unit.values[place]; continue; }
    if (found[unit.table] === told.base[unit.table]) found[unit.table] = found[unit.table].slice();
    unit.at.forEach((at, n) => { found[unit.table][at] = unit.values[place][n]; });
  }
  return withLaws(found);
}

// The laws of weekly counts one behind the other, and where each stands.
function withLaws(found) {
  const kinds = found["future.kinds"].slice(), [, width] = meta.future.kinds, { count_from, count_to } = meta.rows.kind;
  let at = 0;
  for (let kind = 0; kind * width < kinds.length; kind++) {
    kinds[kind * width + count_from] = BigInt(at);
    at += found[`laws of counts.${kind}`].length;
    kinds[kind * width + count_to] = BigInt(at);
  }
  const chances = new BigInt64Array(at);
  for (let kind = 0, to = 0; kind * width < kinds.length; kind++) {
    chances.set(found[`laws of counts.${kind}`], to);
    to += found[`laws of counts.${kind}`].length;
  }
  return { ...found, "future.kinds": kinds, "future.chances": chances };
}

const asReals = (table) => new Float64Array(table.buffer, table.byteOffset, table.length);
const asNumbers = (table) => Array.from(table, Number);

// A scenario in memory: tables by name, where each stands and how many rows it has.
class Organisation {
  constructor(numbers, policies) {
    top = bottom;
    this.numbers = numbers;
    this.policies = policies;
    this.sizes = { drafts: 8192, stories: 8192, rows: 0, events: 0, parts: 0 };
    const [developers, teams, kinds, departures] = asNumbers(numbers["figures.sizes"]);
    const [first, last, held, sprints, goal] = asNumbers(numbers["figures.measured"]);
    const [warmup, horizon, weeks, steady] = asNumbers(numbers["figures.spans"]);
    const [point, measuredWeeks, months] = asReals(numbers["figures.reals"]);
    Object.assign(this, { developers, teams, kinds, departures, first, last, held, sprints, goal, warmup, horizon, weeks, steady, point, measuredWeeks, months });
    this.at = {};
    this.rows = {};
    for (const [name, table] of Object.entries(numbers)) {
      const [home, field] = name.split(".");
      if (home in meta.places && !(home === "world" && meta.begins.includes(field))) this.put(name, table);
    }
    this.begin();
    this.fixed = top;
    this.makeRoom();
  }

  put(name, table) {
    const [home, field] = name.split("."), width = meta[home]?.[field]?.[1] ?? 1;
    this.at[name] = room(table.length);
    this.rows[name] = table.length / width;
    words(this.at[name], table.length).set(table);
  }

  take(name, rows) {
    const [home, field] = name.split(".");
    this.at[name] = room(rows * (meta[home]?.[field]?.[1] ?? 1));
    this.rows[name] = rows;
  }

  // What a world is before time 0 stands in one piece, beside a copy of it.
  begin() {
    this.begins = top;
    for (const name of meta.begins) {
      const table = this.numbers[`world.${name}`];
      this.put(`world.${name}`, table);
    }
    this.length = (top - this.begins) / 8;
    this.kept = room(this.length);
    words(this.kept, this.length).set(words(this.begins, this.length));
  }

  // Room for what is drawn and lived through; larger where it proved too small.
  makeRoom() {
    top = this.fixed;
    const { drafts, stories } = this.sizes, many = 2 * drafts, scene = this.numbers["future.scene"];
    const planners = asNumbers(this.numbers["future.planners"]), [, width] = meta.future.planners, p = meta.rows.planner;
    let spells = this.rows["future.known"];
    for (let at = 0; at < planners.length; at += width) spells += (planners[at + p.last] - planners[at + p.first]) * (planners[at + p.sick_draws] + Number(scene[meta.rows.scene.away]));
    const leaves = this.departures ? this.developers * this.sprints : 0;
    const drawn = { wanted: 2, streams: 5, pool: 16, busy: 14, marks: 8 * drafts, draft_opened: drafts, draft_kind: drafts, draft_team: drafts, draft_after: drafts, order: drafts, places: drafts + 1, weeks_drawn: this.weeks, drawn: 1, leaves, stories_from: this.teams + 1 };
    for (const name of meta.of_incidents) drawn[name] = many;
    for (const name of meta.of_stories) drawn[`story_${name}`] = stories;
    for (const name of meta.of_spells) drawn[`spell_${name}`] = spells;
    for (const [name, rows] of Object.entries(drawn)) this.take(`future.${name}`, rows);
    this.take("world.spells", spells);
    this.regression = room(stories);
    for (const [name, rows] of Object.entries({ incidents: many, more: many, stories })) this.take(`world.${name}`, rows);
    for (const [name, rows] of Object.entries({ span: 1, home: many, waits: this.kinds, counts_by: many, spans: 4 * many, developers: this.developers, sprints: this.teams * this.sprints, current: this.teams, stories, incidents: many, gathered: 2 * Math.max(many, stories) + 1, dealt: meta.digits, ordered: 2 * (this.rows["book.groups"] * 4 * meta.quantiles.length + meta.leads), totals: 1 })) this.take(`book.${name}`, rows);
    this.take("deliveries.done", this.teams * this.sprints);
    for (const home of ["world", "future", "book", "deliveries"]) this.take(`memory.${home}`, meta.places[home]);
    this.varying = top;
    this.makeRoomToLive({ rows: 1024 + 6 * many + 6 * stories + 256 * this.developers, events: 1024 + this.developers, parts: 64 + 2 * many });
  }

  makeRoomToLive(sizes) {
    top = this.varying;
    Object.assign(this.sizes, sizes);
    const { rows, events, parts } = this.sizes, most = 2 * this.sizes.drafts;
    for (const [name, count] of Object.entries({ events, completions: 2 * this.developers, parts, trace: rows })) this.take(`world.${name}`, count);
    for (const [name, count] of Object.entries({ worked: rows + 1, of_incidents: Math.max(rows, most) + 1, of_developers: rows + 1, counted: rows + 1 })) this.take(`book.${name}`, count);
  }

  // Addresses and lengths of tables, as the engine reads them; `given`: other tables, or other lengths, by field.
  addresses(home, given) {
    const at = this.at[`memory.${home}`], row = words(at, meta.places[home]);
    for (const [field, [place]] of Object.entries(meta[home])) {
      const [name, count] = given[field] ?? [`${home}.${field}`];
      row[place] = BigInt(typeof name === "number" ? name : this.at[name]);
      row[place + 1] = BigInt(count ?? this.rows[name]);
    }
    return row;
  }

  run(name, home) {
    const status = engine[name](answer, raised, BigInt(this.at[`memory.${home}`]));
    if (status !== 0 && status !== -2) throw new Error("a decision answered what is no answer, or reckoned with what 64 bits do not hold");
  }

  // ---- one future

  draw(seed, replication) {
    for (;;) {
      words(this.at["future.wanted"], 2).set([BigInt(seed), BigInt(replication)]);
      this.addresses("future", { wanted: ["future.wanted", 1] });
      this.run("draw", "future");
      const told = words(this.at["future.drawn"], 8), field = (name) => Number(told[meta.rows.drawn[name]]);
      if (!field("full")) { this.path = { reported: field("reported"), incidents: field("possible"), stories: field("stories"), spells: field("spells") }; break; }
      this.sizes.drafts *= 2;
      this.sizes.stories *= 2;
      this.makeRoom();
    }
    this.layOut();
  }

  layOut() {
    const { spells, incidents, stories } = this.path, many = 2 * this.sizes.drafts;
    const leaves = words(this.at["future.spell_leaves"], spells), returns = words(this.at["future.spell_returns"], spells), both = words(this.at["world.spells"], 2 * spells);
    for (let n = 0; n < spells; n++) { both[2 * n] = leaves[n]; both[2 * n + 1] = returns[n]; }
    const team = lows(this.at["future.team"], many), home = words(this.at["book.home"], many), keeps = this.numbers["figures.of_team"];
    for (let n = 0; n < incidents; n++) home[n] = keeps[team[2 * n]];
    words(this.regression, stories).set(words(this.at["future.story_regression"], stories));
    this.load = this.reported(incidents);
  }

  // How many incidents of each kind are reported while it is measured, and get past the first line.
  reported(count) {
    const found = new Array(this.kinds).fill(0), column = (name) => lows(this.at[`future.${name}`], count);
    const [kind, cause, opened, deflected] = ["kind", "cause", "opened", "deflected"].map(column);
    for (let n = 0; n < 2 * count; n += 2) if (cause[n] === meta.reported && opened[n] >= this.warmup && deflected[n] === 0) found[kind[n]]++;
    return found;
  }

  // ---- one policy

  // Live through the future under a policy; `quiet`: with nothing unplanned in it. The rows of its trace.
  live(number, quiet) {
    const policy = this.policies[number], { spells, stories } = this.path, incidents = quiet ? 0 : this.path.incidents;
    for (;;) {
      words(this.begins, this.length).set(words(this.kept, this.length));
      this.settle(number, quiet, spells);
      const regression = words(this.at["future.story_regression"], stories);
      quiet ? regression.fill(-1n) : regression.set(words(this.regression, stories));
      const { rows, events, parts } = this.sizes;
      words(this.at["world.events"], events).fill(NEVER);
      words(this.at["world.completions"], 2 * this.developers).fill(NEVER);
      const given = { departures: ["future.leaves"], given: [0, 0], spells: ["world.spells", spells], stories: ["world.stories", stories], incidents: ["world.incidents", incidents], more: ["world.more", incidents], parts: ["world.parts", parts], trace: ["world.trace", rows] };
      for (const name of meta.of_incidents) given[name] = [`future.${name}`, incidents];
      for (const name of meta.of_stories) given[`story_${name}`] = [`future.story_${name}`, stories];
      const row = this.addresses("world", given);
      meta.decisions.forEach((name, n) => { row[meta.decided[name]] = BigInt(policy.slots[n]); });
      const p = this.parameters(number);
      for (let n = 0; n < p.length; n++) row[meta.parameters + n] = p[n];
      const all = words(this.at["world.rules"] + 8 * meta.rows.rules.extended, 1)[0];
      this.run(all ? "simulate_extended" : "simulate", "world");
      const told = words(this.at["world.run"], meta.rows.run.width), field = (name) => Number(told[meta.rows.run[name]]);
      if (field("heap_full")) this.makeRoomToLive({ events: 4 * events });
      else if (field("parts_full")) this.makeRoomToLive({ parts: 4 * parts });
      else if (field("rows") > rows) this.makeRoomToLive({ rows: field("rows") + 1024 });
      else return field("rows");
    }
  }

  settle(number, quiet, spells) {
    const rules = words(this.at["world.rules"], meta.rows.rules.width), told = this.numbers[`policy.${number}.rules`], half = told.length / 2;
    const { extended, reported, given, given_from } = meta.rows.rules, before = rules[extended];
    for (let n = 0; n < half; n++) rules[told[n]] = told[half + n];
    rules[extended] |= before;
    rules[reported] = BigInt(quiet ? 0 : this.path.reported);
    rules[given] = 0n;
    rules[given_from] = BigInt(quiet ? 0 : this.path.incidents);
    const developers = words(this.at["world.developers"], this.developers * meta.world.developers[1]), whose = lows(this.at["future.spell_developer"], spells);
    for (let person = 0, spell = 0; person < this.developers; person++) {
      const at = person * meta.world.developers[1];
      developers[at + meta.rows.developer.spell] = BigInt(spell);
      while (spell < spells && whose[2 * spell] === person) spell++;
      developers[at + meta.rows.developer.spell_end] = BigInt(spell);
    }
    const teams = words(this.at["world.teams"], this.teams * meta.world.teams[1]), from = words(this.at["future.stories_from"], this.teams + 1);
    for (let team = 0; team < this.teams; team++) {
      const at = team * meta.world.teams[1];
      for (const field of meta.rows.team.at_first_story) teams[at + field] = from[team];
      teams[at + meta.rows.team.backlog_end] = from[team + 1];
    }
  }

  parameters(number) {
    const p = this.numbers[`policy.${number}.p`], sized = this.policies[number].sized;
    if (sized < 0 || p[sized] !== 0n) return p;
    const found = p.slice();
    found[sized] = BigInt(peopleNeeded(this));
    return found;
  }

  follow(rows, quiet) {
    const incidents = quiet ? 0 : this.path.incidents, { stories } = this.path;
    const span = words(this.at["book.span"], meta.book.span[1]);
    span.fill(0n);
    span[meta.rows.span.since] = BigInt(this.warmup);
    span[meta.rows.span.horizon] = BigInt(this.horizon);
    words(this.at["book.ordered"], this.rows["book.ordered"]).fill(0n); // of groups without incidents nothing is noted
    this.addresses("book", { trace: ["world.trace", rows], points: ["future.story_points", stories], kind: ["future.kind", incidents], home: ["book.home", incidents], counts_by: ["book.counts_by", incidents], spans: ["book.spans", 4 * incidents], incidents: ["book.incidents", incidents], stories: ["book.stories", stories] });
    this.run("follow", "book");
  }

  // The points that are delivered where nothing interrupts.
  yardstick() {
    const rows = this.live(this.policies.length - 1, true), done = words(this.at["deliveries.done"], this.teams * this.sprints);
    done.fill(0n);
    words(this.at["book.current"], this.teams).fill(0n);
    this.addresses("deliveries", { trace: ["world.trace", rows], points: ["future.story_points", this.path.stories], current: ["book.current"], done: ["deliveries.done"] });
    this.run("add_points", "deliveries");
    let points = 0;
    for (let team = 0; team < this.teams; team++) for (let sprint = this.first; sprint < this.last; sprint++) points += Number(done[team * this.sprints + sprint]);
    return points;
  }
}

// As many people as the expected support work needs (`sim.sampling.expected_load`).
function peopleNeeded({ numbers, developers, teams }) {
  const of = (name) => asReals(numbers[`figures.support_${name}`]), rules = numbers["world.rules"], team = numbers["world.teams"], width = meta.world.teams[1];
  const [worked, meetings, weeks] = of("times"), here = worked * (1 - Number(rules[meta.rows.rules.absence]) / 1000) - meetings;
  let focus = 0;
  for (let n = 0; n < teams; n++) focus += Number(team[n * width + meta.rows.team.focus]) * Number(team[n * width + meta.rows.team.last] - team[n * width + meta.rows.team.first]);
  const each = Math.max((here * (focus / developers / 1000)) / weeks, 1 / 3600), caused = of("regressions");
  const work = Array.from(of("reported"), (hours, kind) => hours + caused[kind] * each * developers), total = work.reduce((sum, v) => sum + v, 0);
  const needed = Math.ceil((total * strangeness(numbers, work, of)) / (meta.used * each));
  return Math.min(Math.max(1, needed), developers);
}

function strangeness(numbers, work, of) {
  const rules = numbers["world.rules"], shares = of("shares"), homes = of("homes");
  if (rules[meta.rows.rules.familiar_after]) return 1;
  let whose = Array.from(shares);
  if (homes.some((home) => home >= 0)) {
    whose = whose.map((share, team) => work.reduce((sum, v, kind) => sum + (homes[kind] < 0 ? v * share : homes[kind] === team ? v : 0), 0));
    const all = whose.reduce((sum, v) => sum + v, 0);
    whose = all ? whose.map((v) => v / all) : Array.from(shares);
  }
  const own = whose.reduce((sum, v) => sum + v * v, 0);
  return own + ((1 - own) * Number(rules[meta.rows.rules.unfamiliarity])) / 1000;
}
