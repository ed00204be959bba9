// Computes beside the page, so that it never stalls: one question at a time, the last one asked.

let told, current = 0;

const pause = () => new Promise((go) => { const channel = new MessageChannel(); channel.port1.onmessage = () => { channel.port1.close(); go(); }; channel.port2.postMessage(0); });

async function answered({ id, stops, replications, seed, checks }) {
  const began = performance.now(), org = new Organisation(numbersAt(told, stops), meta.policies), count = meta.policies.length - 1;
  const runs = Array.from({ length: count }, () => []), out = new Set(), failed = {}, marks = [];
  for (let replication = 0; replication < replications; replication++) {
    if (replication === meta.few && !checks) for (let n = 0; n < count; n++) if (!failed[n] && cannotKeepUp(org, runs[n])) out.add(n);
    org.draw(seed, replication);
    const baseline = org.yardstick();
    for (let n = 0; n < count; n++) {
      if (out.has(n) || failed[n]) continue;
      try {
        const rows = org.live(n, false);
        org.follow(rows, false);
        runs[n].push(figuresOf(org, baseline));
        if (checks) marks.push(fingerprints(org, rows));
      } catch (error) {
        failed[n] = error.message;
      }
    }
    if (replication % 2) { await pause(); if (current !== id) return null; }
  }
  const policies = runs.map((one, n) => (failed[n] ? { failed: failed[n] } : { ...toldOf(org, one), leftOut: out.has(n) }));
  return { id, stops, policies, ms: performance.now() - began, memory: memory.buffer.byteLength, ...(checks ? { marks, runs } : {}) };
}

// Sums of a run's tables that no two different tables have alike but by chance: for holding them against the program's.
function fingerprints(org, rows) {
  const sizes = { "world.trace": rows * meta.world.trace[1] };
  for (const name of ["waits", "developers", "sprints", "ordered", "totals"]) sizes[`book.${name}`] = org.rows[`book.${name}`] * meta.book[name][1];
  return Object.entries(sizes).map(([name, count]) => {
    const at = new Uint32Array(memory.buffer, org.at[name], 2 * count);
    let sum = 0;
    for (let n = 0; n < at.length; n++) sum = (sum + Math.imul(at[n] ^ (at[n] >>> 15), 2 * n + 0x9e3779b1)) >>> 0;
    return sum;
  });
}

// The parts of what was packed (`sim.live.bundle`): what is told of it, the engine, all numbers.
async function unpacked(text) {
  const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)), stream = new DecompressionStream("deflate"), writer = stream.writable.getWriter();
  writer.write(packed);
  writer.close();
  const whole = await new Response(stream.readable).arrayBuffer(), [about, code] = new Uint32Array(whole.slice(0, 8));
  const { meta, told } = JSON.parse(new TextDecoder().decode(new Uint8Array(whole, 12, about)));
  return { meta, told: withNumbers(told, new Uint8Array(whole, 12 + about + code)), code: new Uint8Array(whole, 12 + about, code) };
}

function withNumbers(told, bytes) {
  let at = 0;
  const next = (count) => {
    const found = new Uint8Array(8 * count);
    for (let place = 0; place < 8; place++) for (let n = 0; n < count; n++) found[8 * n + place] = bytes[at++];
    return new BigInt64Array(found.buffer);
  };
  const base = Object.fromEntries(told.names.map(([name, count]) => [name, next(count)]));
  return { ...told, base, units: told.units.map((unit) => ({ ...unit, values: unit.lengths.map(next) })) };
}

onmessage = async ({ data }) => {
  try {
    if (data.packed) {
      const found = await unpacked(data.packed);
      told = found.told;
      await begin(found.code, found.meta);
      postMessage({ ready: true });
      return;
    }
    current = data.id;
    const found = await answered(data);
    if (found) postMessage(found);
  } catch (error) {
    postMessage({ id: data.id, error: String(error.message ?? error) });
  }
};
