// As set, or each policy as well set as can be found under the same promises.

import { fetched, streamed, visitor } from "./server.js";
import * as states from "./state.js";

// `moved`: compute anew; `onto`: where its progress is told; `words`: where what was found is.
export function tuning(shared, { moved, onto, words }) {
  let wanted, before = null;
  return async function switched(on) {
    const { state } = shared;
    wanted?.abort();
    fetched("/api/cancel/job", `visitor=${visitor}`, { method: "POST" }).catch(() => {});
    if (!on) {
      // What was found is taken back, what was set by hand stays.
      const found = state.tuned ? shared.tunedSet ?? state.set.filter((one) => one.startsWith("policies.")) : [];
      state.set = before ?? state.set.filter((one) => !found.includes(one));
      before = null;
      state.tuned = "";
      onto.textContent = words.textContent = "";
      return moved();
    }
    const own = wanted = new AbortController(), query = states.asked(state);
    onto.textContent = "Setting each policy well…";
    try {
      for await (const [event, data] of streamed("/api/tuned", `${query}&visitor=${visitor}`, own.signal)) {
        if (own !== wanted) return;
        if (event === "progress") onto.textContent = data.of ? `Setting each policy well: ${Math.round((100 * data.done) / data.of)} %${data.seconds_left === null ? "" : `, about ${Math.max(1, Math.round(data.seconds_left))} s left`}` : "Setting each policy well…";
        if (event === "trouble") throw data.reasons;
        if (event === "stopped") { onto.textContent = "Stopped: another long job was started."; return; }
        if (event === "done") {
          before = [...state.set];
          shared.tunedSet = data.set;
          for (const change of data.set) { const [key, ...value] = change.split("="); states.change(state, key, value.join("=")); }
          state.tuned = "1";
          onto.textContent = `Tuned: most delivered with ${data.required.replace("response_sla >= 0.8", "8 in 10 answered in time")}`;
          words.textContent = data.words.length ? `Set anew: ${data.words.join("; ")}.` : "Nothing is better set than it was.";
          return moved();
        }
      }
    } catch (reasons) {
      if (own.signal.aborted) return;
      onto.textContent = "";
      shared.trouble(Array.isArray(reasons) ? reasons : [String(reasons)]);
      for (const input of document.querySelectorAll("#tuned input")) input.checked = input.value === "";
    }
  };
}
