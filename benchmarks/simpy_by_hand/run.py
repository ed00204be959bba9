"""Times both, one after the other on each path, and compares their figures."""

from __future__ import annotations

import argparse
import gc
import json
from collections.abc import Callable
from functools import partial
from statistics import mean, median
from time import process_time

import benchmarks.simpy_by_hand
import sim
from benchmarks.simpy_by_hand import web_agency
from benchmarks.simpy_by_hand.web_agency import Outcome
from sim.engine.processes import simulate
from sim.engine.trace import Trace
from sim.measures.metrics import Key, measure
from sim.policy.contract import Policy
from sim.policy.registry import find_policy
from sim.sampling.sample_path import SamplePath

POLICY, SCENARIO = "interrupt-anyone", "web_agency"

TURNS = 4
"""Of each program on each path; the least is what it takes, whoever else uses the machine."""


def ours(path: SamplePath, policy: Policy) -> Trace:
    """The engine that people read, from path to trace."""
    [trace] = simulate([(path, policy)])
    return trace


def in_turn(*programs: Callable[[], object]) -> list[float]:
    """CPU seconds of each program: the least of a few runs, in which they take turns."""
    times: list[list[float]] = [[] for _ in programs]
    for _ in range(TURNS):
        for program, took in zip(programs, times, strict=True):
            gc.collect()  # nobody's collections go through what others have left
            begun = process_time()
            program()
            took.append(process_time() - begun)
    return [min(took) for took in times]


def figures_of(path: SamplePath, trace: Trace) -> Outcome:
    """The same figures of a run of ours."""
    found = measure(path, trace)
    return Outcome(
        found[Key("delivery", "all", "points_per_sprint")],
        found[Key("response", "all", "response_hours_mean")],
    )


def main() -> None:
    """One JSON line."""
    arguments = argparse.ArgumentParser(
        prog=f"python -m {__package__}",
        description=benchmarks.simpy_by_hand.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    arguments.add_argument("--rounds", type=int, default=15, help="paths, one after another")
    given = arguments.parse_args()
    scenario = sim.load(SCENARIO)
    policy = find_policy(POLICY, scenario.policies)
    times: list[list[float]] = []
    outcomes: list[tuple[Outcome, Outcome]] = []
    for replication in range(given.rounds):
        path = sim.sample_path(scenario, seed=2, replication=replication)
        times.append(in_turn(partial(ours, path, policy), partial(web_agency.run, path)))
        outcomes.append((figures_of(path, ours(path, policy)), web_agency.run(path)))
    ratios = [own / hand for own, hand in times]
    print(
        json.dumps(
            {
                "benchmark": "simpy_by_hand",
                "scenario": scenario.name,
                "policy": policy.id,
                "rounds": given.rounds,
                "ours_ms": round(1e3 * median(own for own, _ in times), 1),
                "by_hand_ms": round(1e3 * median(hand for _, hand in times), 1),
                "ratio": {
                    "median": round(median(ratios), 2),
                    "least": round(min(ratios), 2),
                    "most": round(max(ratios), 2),
                },
                "figures": {
                    name: {
                        "ours": round(mean(own[n] for own, _ in outcomes), 3),
                        "by_hand": round(mean(hand[n] for _, hand in outcomes), 3),
                        "farthest_apart": round(
                            max(abs(own[n] / hand[n] - 1) for own, hand in outcomes), 4
                        ),
                    }
                    for n, name in enumerate(Outcome._fields)
                },
            }
        )
    )
