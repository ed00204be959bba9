"""(a) This model on its own engines: SimPy against the compiled kernel, policy by policy.

Loop against loop, on the same path, in turn, in CPU seconds; and what a replication-year costs with
drawing the path and laying out the tables included, all policies on shared paths.

    python -m benchmarks.engines [SCENARIO] [--rounds N]
"""

from __future__ import annotations

import argparse
import json
from statistics import median
from time import process_time

import sim
from sim.engine.block import Block
from sim.engine.cases import Workspace
from sim.engine.compiled.engine import ready
from sim.engine.engines import COMPILED, simulate
from sim.engine.kernel import WorldTables
from sim.engine.layout import Ended, Simulator, simulated
from sim.engine.processes import start_processes
from sim.experiment.study import warm
from sim.policy.contract import Policy
from sim.policy.registry import find_policy, known_policies
from sim.sampling.sample_path import SamplePath


def simpy_loop(path: SamplePath, policy: Policy) -> float:
    """CPU seconds of SimPy's loop alone."""
    simulation = start_processes(path, policy)
    begun = process_time()
    simulation.run()
    return process_time() - begun


def kernel_loop(path: SamplePath, policy: Policy, room: Workspace) -> float:
    """CPU seconds of the kernel's loop alone: the lesser of the last two of several runs, in warm memory that
    is large enough by then."""
    times: list[float] = []

    def timed(w: WorldTables, block: Block) -> Simulator:
        live = ready(w, block)

        def measured(w: WorldTables) -> Ended:
            begun = process_time()
            lived = live.begin(w)
            times.append(process_time() - begun)
            return lived

        return Simulator(measured, live.go_on)

    for _ in simulated([(path, policy)] * 3, timed, room):
        pass
    return min(times[-2:])


def whole(
    scenario: sim.Scenario, policies: list[Policy], replication: int, room: Workspace
) -> float:
    """CPU seconds a policy and replication, path and tables included, all policies on one path."""
    begun = process_time()
    path = sim.sample_path(scenario, seed=2, replication=replication)
    for _ in simulate([(path, policy) for policy in policies], COMPILED, room):
        pass
    return (process_time() - begun) / len(policies)


def main() -> None:
    """One JSON line: each policy on both engines, in turns."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("scenario", nargs="?", default="scenarios/web_agency.toml")
    arguments.add_argument("--rounds", type=int, default=7)
    given = arguments.parse_args()
    scenario = sim.load(given.scenario)
    policies = [find_policy(name, scenario.policies) for name in known_policies()]
    warm(policies)
    room = Workspace()
    simpy = {policy.id: list[float]() for policy in policies}
    kernel = {policy.id: list[float]() for policy in policies}
    for replication in range(given.rounds):
        path = sim.sample_path(scenario, seed=2, replication=replication)
        for policy in policies:
            simpy[policy.id].append(simpy_loop(path, policy))
            kernel[policy.id].append(kernel_loop(path, policy, room))
    years = scenario.time.horizon_weeks / 52
    whole_ms = [1e3 * whole(scenario, policies, n, room) / years for n in range(2 * given.rounds)]
    ratios = {
        name: round(median(s / k for s, k in zip(simpy[name], kernel[name], strict=True)), 1)
        for name in simpy
    }
    print(
        json.dumps(
            {
                "benchmark": "engines",
                "scenario": scenario.name,
                "rounds": given.rounds,
                "simpy_ms_per_year": {
                    n: round(1e3 * median(t) / years, 1) for n, t in simpy.items()
                },
                "kernel_ms_per_year": {
                    n: round(1e3 * median(t) / years, 2) for n, t in kernel.items()
                },
                "ratio": ratios,
                "least_ratio": min(ratios.values()),
                "whole_ms_per_replication_year": round(median(whole_ms), 2),
            }
        )
    )


if __name__ == "__main__":
    main()
