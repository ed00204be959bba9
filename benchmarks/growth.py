"""(c) How cost grows with size: from 35 developers and 2 thousand incidents to 5,000 and a million.

Each size runs in a process of its own, so that its peak memory is its own. With `--every-policy` it is the loop
alone of every policy, at 35, 350 and 3,500 developers, beside that of interrupt-anyone; with `--load` their
incidents take another share of the time than a fifth.

    python -m benchmarks.growth [--every-policy [--load 4]]
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
from time import process_time
from typing import Any

from benchmarks.engines import kernel_loop
from sim.engine.cases import Workspace
from sim.engine.engines import COMPILED, simulate
from sim.experiment.study import warm
from sim.policy.contract import PLAIN_SCRUM
from sim.policy.registry import find_policy, known_policies
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table

SIZES = ((35, 2_000), (100, 10_000), (350, 30_000), (1_000, 100_000), (5_000, 1_000_000))
"""Developers, and about so many incidents in a year."""

SIZES_OF_POLICIES = ((35, 2_000), (350, 30_000), (3_500, 300_000))

LOAD = 0.2
"""Of the developers' time, what incidents take."""

YARDSTICK = "interrupt-anyone"


def organisation(developers: int, incidents: int, load: float = LOAD) -> dict:
    """Teams of five, a year, the same share of the time for incidents whatever the size."""
    focus_hours = developers * 40 * 52 * 0.75
    return {
        "name": f"{developers} developers",
        "time": {"horizon_weeks": 52, "warmup_weeks": 4},
        "teams": [{"name": f"team {number}", "developers": 5} for number in range(developers // 5)],
        "stories": {"points": {"1": 0.5, "3": 0.5}, "hours_per_point": 5},
        "incidents": [
            {
                "kind": f"kind {severity}",
                "severity": severity,
                "per_week": incidents / 52 / 4,
                "profile": "service-desk",
                "effort_hours": {
                    "dist": "exponential",
                    "mean": load * focus_hours / incidents,
                },
            }
            for severity in (1, 2, 3, 4)
        ],
    }


def measure(developers: int, incidents: int, policy: str) -> dict[str, float]:
    """One size, in this process: the second run, in memory that is there already; the first one has the
    system give it, which says more about the system."""
    path = sample_path(from_table(organisation(developers, incidents)))
    chosen = find_policy(policy)
    warm([chosen])
    room, seconds = Workspace(), []
    for _ in range(2):
        begun = process_time()
        [trace] = simulate([(path, chosen)], COMPILED, room)
        seconds.append(process_time() - begun)
    first, again = seconds
    return {
        "developers": developers,
        "incidents": len(path.incidents),
        "events": len(trace),
        "first_seconds": round(first, 4),
        "seconds": round(again, 4),
        "ns_per_event": round(1e9 * again / len(trace), 1),
        "ns_per_event_over_log2_n": round(1e9 * again / len(trace) / math.log2(developers), 2),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2),
    }


def every_policy(developers: int, incidents: int, load: float) -> dict[str, Any]:
    """Every policy's loop at one size, in this process."""
    path = sample_path(from_table(organisation(developers, incidents, load)))
    policies = [PLAIN_SCRUM, *map(find_policy, known_policies())]
    warm(policies)
    room, events, ns = Workspace(), {}, {}
    for policy in policies:
        [trace] = simulate([(path, policy)], COMPILED, room)
        events[policy.id] = len(trace)
        ns[policy.id] = 1e9 * kernel_loop(path, policy, room) / len(trace)
    return {
        "developers": developers,
        "incidents": len(path.incidents),
        "events": events,
        "ns_per_event": {name: round(found, 1) for name, found in ns.items()},
        f"times_{YARDSTICK}": {name: round(found / ns[YARDSTICK], 2) for name, found in ns.items()},
    }


def main() -> None:
    """One JSON line of all sizes; with `--size`, of that one alone, in this process."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--policy", default="reserved-buffer")
    arguments.add_argument("--every-policy", action="store_true")
    arguments.add_argument("--load", type=float, default=LOAD)
    arguments.add_argument("--size", type=int, help="one row of the sizes, in this process")
    given = arguments.parse_args()
    sizes = SIZES_OF_POLICIES if given.every_policy else SIZES
    if given.size is not None:
        size = sizes[given.size]
        row = (
            every_policy(*size, given.load) if given.every_policy else measure(*size, given.policy)
        )
        print(json.dumps(row))
        return
    rows = []
    for number in range(len(sizes)):
        command = [sys.executable, "-m", __spec__.name, *sys.argv[1:], "--size", str(number)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows.append(json.loads(done.stdout))
    policy = "every" if given.every_policy else given.policy
    print(json.dumps({"benchmark": "growth", "policy": policy, "sizes": rows}))


if __name__ == "__main__":
    main()
