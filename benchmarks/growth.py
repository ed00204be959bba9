"""(c) How cost grows with size: from 35 developers and 2 thousand incidents to 5,000 and a million.

Each size runs in a process of its own, so that its peak memory is its own.

    python -m benchmarks.growth
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
from time import process_time

from sim.engine.cases import Workspace
from sim.engine.engines import COMPILED, simulate
from sim.experiment.study import warm
from sim.policy.registry import find_policy
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table

SIZES = ((35, 2_000), (100, 10_000), (350, 30_000), (1_000, 100_000), (5_000, 1_000_000))
"""Developers, and about so many incidents in a year."""


def organisation(developers: int, incidents: int) -> dict:
    """Teams of five, a year, a fifth of the time for incidents whatever the size."""
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
                    "mean": 0.2 * focus_hours / incidents,
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


def main() -> None:
    """One JSON line of all sizes; with `--size`, of that one alone, in this process."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--policy", default="reserved-buffer")
    arguments.add_argument("--size", type=int, help="one row of SIZES, in this process")
    given = arguments.parse_args()
    if given.size is not None:
        print(json.dumps(measure(*SIZES[given.size], given.policy)))
        return
    rows = []
    for size in range(len(SIZES)):
        command = [
            sys.executable,
            "-m",
            __spec__.name,
            "--policy",
            given.policy,
            "--size",
            str(size),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows.append(json.loads(done.stdout))
    print(json.dumps({"benchmark": "growth", "policy": given.policy, "sizes": rows}))


if __name__ == "__main__":
    main()
