"""A live report as its reader opens it: a file, in a browser, with the network off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

import sim
from sim.engine.engines import simulate
from sim.experiment.study import Study, _figures, _lived
from sim.live.part import live_part
from sim.measures.accounts import Bookkeeper
from sim.policy.contract import Policy
from sim.policy.registry import policies_of, policy_in
from sim.report.html import report_html
from sim.scenario.reading import changed
from sim.scenario.schema import Scenario
from sim.web.stops import knobs

FIGURES = (
    "net_points_per_sprint", "points_per_sprint", "delivery_share", "say_do_ratio", "sprint_goals_met",
    "response_hours_mean", "response_working_hours_mean", "resolution_hours_mean",
    "response_hours_fixed_mix", "response_hours_p50", "response_hours_p90", "response_sla", "resolution_sla",
    "backlog_end", "interruptions_per_developer_week", "out_of_hours_calls_per_developer_month",
    "incidents_measured", "opened", "open", "backlog_growth_per_week", "net_value_per_sprint",
)  # fmt: skip
"""Those that the page computes, of all incidents."""

TABLES = ("waits", "developers", "sprints", "ordered", "totals")


def write_live(
    file: Path,
    scenario: Scenario,
    policies: list[Any] | None,
    replications: int = 4,
    most: int = 99,
) -> sim.Result:
    """Write the live report of a small comparison; `most`: controls that it is to have."""
    result = sim.compare(scenario, policies, replications=replications, workers=1)
    chosen = knobs(result.scenario, result.policies)[:most]
    live = live_part(result, chosen, "firelane compare small.toml")
    file.write_text(report_html(result, "firelane compare small.toml", live=live), "utf-8")
    return result


class Opened:
    """A live report in a page of a browser."""

    def __init__(self, browser: Any, file: Path, **options: Any) -> None:
        self.context = browser.new_context(offline=True, **options)
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.troubles: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", lambda said: self.troubles.append(said.text))
        self.page.goto(file.as_uri())

    def settled(self, times: int = 1) -> dict[str, str]:
        """Wait until so many questions are answered; what the page says of the last."""
        self.page.wait_for_selector(f"#live[data-answered='{times}']", timeout=30_000)
        found: dict[str, str] = self.page.evaluate("({...document.getElementById('live').dataset})")
        return found

    @property
    def about(self) -> dict[str, Any]:
        """What the page is told of itself."""
        told: dict[str, Any] = json.loads(self.page.locator("#live-about").text_content())
        return told

    def slide(self, number: int, stop: int) -> None:
        """Move a control."""
        self.page.locator(f"#live-k{number}").evaluate(
            "(e, stop) => { e.closest('details').open = true; e.value = stop; e.dispatchEvent(new Event('input')); }",
            stop,
        )

    def answers(self, questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What a worker of the page's own text answers to each question."""
        found: list[dict[str, Any]] = self.page.evaluate(_ASKED, questions)
        return found

    def close(self) -> None:
        self.context.close()


_ASKED = """async (questions) => {
  const text = document.getElementById("live-worker").textContent;
  const worker = new Worker(URL.createObjectURL(new Blob([text])));
  const ask = (data) => new Promise((tell) => { worker.onmessage = (e) => tell(e.data); worker.postMessage(data); });
  await ask({ packed: document.getElementById("live-packed").textContent });
  const found = [];
  for (const question of questions) found.push(await ask(question));
  worker.terminate();
  return found.map(({ policies, runs, marks, error }) => ({ policies, runs, marks, error }));
}"""


def moved(
    scenario: Scenario, policies: tuple[Policy, ...], about: dict[str, Any], stops: list[int]
) -> tuple[Scenario, tuple[Policy, ...]]:
    """The scenario and the policies that the controls at these stops stand for, as `--set` makes them."""
    changes, settings = [], dict[str, dict[str, float]]()
    for knob, stop in zip(about["knobs"], stops, strict=True):
        if stop == knob["now"]:
            continue
        parts = knob["key"].split(".")
        if parts[0] == "policies" and parts[1] in [policy.id for policy in policies]:
            settings.setdefault(parts[1], {})[parts[-1]] = float(knob["stops"][stop])
        changes.append(f"{knob['key']}={knob['stops'][stop]}")
    found = changed(scenario, changes) if changes else scenario
    known = policies_of(found.policies)
    again = [policy_in(found, known.get(policy.id, policy)) for policy in policies]
    return found, tuple(
        policy.with_settings(**old.settings) for policy, old in zip(again, policies, strict=True)
    )


def program(
    scenario: Scenario, policies: tuple[Policy, ...], replications: int, seed: int
) -> tuple[list[list[int]], Any, list[Any]]:
    """What the program finds: sums of each run's tables as the page takes them, and all figures."""
    study, sums, figures = Study.of(scenario, policies, seed, "compiled"), [], []
    for replication in range(replications):
        lived = _lived(study, replication)
        figures.append(_figures([lived]))
        for n, policy in enumerate(policies):
            [trace] = simulate([(lived.path, policy)], study.engines[n])
            keeper = Bookkeeper(lived.path, lived.path.organisation.warmup)
            keeper._found.memory[:] = 0  # of groups without incidents nothing is noted
            keeper.accounts(trace)
            tables = (keeper._found.tables[name] for name in TABLES)
            sums.append([fingerprint(table) for table in (trace, *tables)])
    return sums, figures[0].keys, figures


def fingerprint(table: Any) -> int:
    """A sum that hangs on each half of each number and on its place."""
    halves = np.ascontiguousarray(table).ravel().view(np.uint32).astype(np.uint64)
    places = (2 * np.arange(len(halves), dtype=np.uint64) + 0x9E3779B1) & 0xFFFFFFFF
    mixed = halves ^ (halves >> np.uint64(15))
    return int(((mixed * places) & 0xFFFFFFFF).sum() & 0xFFFFFFFF)
