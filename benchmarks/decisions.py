"""(f) What a decision costs: common paths, cores, a policy map, and a recommendation against a grid.

    python -m benchmarks.decisions [--only common|cores|map|recommend]…

One JSON line for each part. Wall seconds, Python's start included, where a whole command is timed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from itertools import combinations, islice, product
from typing import Any

import numpy as np

import sim
from sim.experiment.control_variates import controlled
from sim.experiment.runner import Runner
from sim.experiment.statistics import interval
from sim.experiment.study import Observations, Study
from sim.policy.registry import known_policies, policy_in
from sim.search.goal import Constraint, FigureName, Goal
from sim.search.recommend import FRESH, grid_of, recommend

WEB = "scenarios/web_agency.toml"


def half(values: np.ndarray) -> float:
    """Half width of the interval of the mean."""
    found = interval(values)
    return found.high - found.mean


REPLICATIONS = 200
"""As many as `compare` lives through if not told otherwise."""

STUDIES = 16
"""Each with a seed of its own: the width of one study's interval is itself uncertain by a twentieth."""

COMPARED = ("points_per_sprint", "response_hours_mean", "response_sla", "say_do_ratio")


def common() -> dict[str, Any]:
    """How much narrower the interval of a difference is than on separate paths, median over all pairs
    of policies: on common paths alone, and as it is shown, at the expected load too."""
    scenario = sim.load(WEB)
    policies = [policy_in(scenario, name) for name in known_policies()]
    with Runner() as runner:
        wanted = [
            (Study.of(scenario, policies, seed, "compiled"), range(REPLICATIONS))
            for seed in range(1, STUDIES + 1)
        ]
        seen = runner.observe_all(wanted)
    shown = [controlled(observed, scenario) for observed in seen]
    return {
        "policies": len(policies),
        "replications": REPLICATIONS,
        "studies": STUDIES,
        "median_ratio": {metric: narrower(seen, shown, metric) for metric in COMPARED},
        "without_controls": {metric: narrower(seen, seen, metric) for metric in COMPARED},
    }


def narrower(seen: list[Observations], shown: list[Observations], metric: str) -> float:
    """On separate paths one of a pair lives through one study's paths, the other through the next's;
    in `shown` both through the same. Of either the mean width over the studies."""
    key = next(k for k in seen[0].keys if (k.name, k.group) == (metric, "all"))
    nexts = [*seen[1:], seen[0]]
    ratios = []
    for a, b in combinations(range(len(seen[0].values)), 2):
        separate = [half(s.of(a, key) - n.of(b, key)) for s, n in zip(seen, nexts, strict=True)]
        paired = [half(s.of(a, key) - s.of(b, key)) for s in shown]
        if np.mean(paired) > 0:
            ratios.append(np.mean(separate) / np.mean(paired))
    return round(float(np.median(ratios)), 2)


def command(*arguments: str) -> float:
    """Wall seconds of a command."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "firelane", *arguments], check=True, capture_output=True)
    return time.perf_counter() - begun


def cores() -> dict[str, Any]:
    """A long study on one core and on all."""
    study = ("compare", WEB, "--replications", "1000", "--inputs", "0", "--workers")
    one, several = (command(*study, str(n)) for n in (1, os.cpu_count() or 1))
    return {"one_core": round(one, 2), "all": round(several, 2), "ratio": round(one / several, 2)}


def policy_map() -> dict[str, Any]:
    """15 by 15 cells, all policies, 30 replications of 26 weeks."""
    seconds = command(
        *("map", WEB, "--set", "time.horizon_weeks=26", "--minimise", "response_hours_mean"),
        *("--over", "incidents.*.per_week=*0.5:*1.5:15", "--over", "people.unfamiliarity=1:2:15"),
        *("--replications", "30"),
    )
    return {"cells": 225, "seconds": round(seconds, 1)}


QUESTIONS = {
    "small_product": "response_sla >= 0.9",
    "web_agency": "response_sla >= 0.9",
    "bank": "response_sla >= 0.8",
}
"""Scenario: promise; points are to be as many as can be."""

UNSEEN = 2 * FRESH
"""The first of the paths by which neither the answer nor the grid's best was chosen."""

DENSEST = 400
"""Variants of a policy in the grid, at most."""


def recommended(name: str, promise: str) -> dict[str, Any]:
    """The recommendation against the best of a dense grid, on paths by which neither was chosen."""
    scenario = sim.load(f"scenarios/{name}.toml")
    goal = Goal.towards(FigureName("points_per_sprint"), (Constraint.parse(promise),))
    begun = time.perf_counter()
    found = recommend(scenario, goal)
    seconds = time.perf_counter() - begun
    best = _best_of_grid(scenario, goal)
    study = Study.of(scenario, [found.best.policy, best], 1, "compiled")
    with Runner() as runner:
        seen = runner.observe(study, range(UNSEEN, UNSEEN + 200))
    difference = interval(goal.signed(seen, 0) - goal.signed(seen, 1))
    kept = [goal.score(scenario, seen, n).is_feasible for n in range(2)]
    return {
        "scenario": name,
        "promise": promise,
        "seconds": round(seconds, 1),
        "recommended": found.best.policy.label,
        "best_of_grid": best.label,
        "kept": kept,
        "recommended_minus_grid": [round(value, 3) for value in difference],
        "no_worse": bool(kept[0] >= kept[1] and difference.high >= 0),
    }


def _best_of_grid(scenario: sim.Scenario, goal: Goal) -> sim.Policy:
    variants: list[sim.Policy] = []
    for name in known_policies():
        policy = policy_in(scenario, name)
        grids = [
            [(key, value) for value in grid_of(parameter, key, scenario)]
            for key, parameter in policy.parameters.items()
            if parameter.is_number
        ]
        cells = list(product(*grids))
        step = max(1, len(cells) // DENSEST)
        variants += [
            policy.with_settings(**{k: v for k, v in cell if v != policy.parameters[k].default})
            for cell in islice(cells, 0, None, step)
        ]
    studies = [
        (Study.of(scenario, variants[n : n + 20], 1, "compiled"), range(10))
        for n in range(0, len(variants), 20)
    ]
    with Runner() as runner:
        seen = runner.observe_all(studies)
        scored = [
            (goal.score(scenario, observed, n), variants[20 * block + n])
            for block, observed in enumerate(seen)
            for n in range(observed.values.shape[0])
        ]
        scored.sort(key=lambda item: item[0], reverse=True)
        finalists = [policy for _, policy in scored[:20]]
        again = runner.observe(Study.of(scenario, finalists, 1, "compiled"), range(10, 110))
    scores = [goal.score(scenario, again, n) for n in range(len(finalists))]
    return finalists[scores.index(max(scores))]


def main() -> None:
    """The parts that are wanted, a line each."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--only", action="append", choices=("common", "cores", "map", "recommend")
    )
    only = arguments.parse_args().only or ["common", "cores", "map", "recommend"]
    parts = {"common": common, "cores": cores, "map": policy_map}
    for name, part in parts.items():
        if name in only:
            print(json.dumps({"benchmark": name, **part()}), flush=True)
    if "recommend" in only:
        for scenario, promise in QUESTIONS.items():
            line = {"benchmark": "recommend", **recommended(scenario, promise)}
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
