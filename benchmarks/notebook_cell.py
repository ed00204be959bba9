"""(e) A policy typed into a notebook cell: from running the cell to its first result.

Everything else is warm, as it is after the notebook's first comparison. Wall seconds; the first
result is a comparison over ten replications.

    python -m benchmarks.notebook_cell [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import time
from statistics import median

import sim

CELL = """
from sim.policy import DEFER, INTERRUPT, QUEUE, Parameter, Policy

def reserve(team, sprint, p):
    return team.capacity * p.share // 1000 + {number}

def route(incident, team, now, p):
    if incident.severity <= 1:
        return INTERRUPT
    return QUEUE if incident.expected <= team.reserve_left + {number} else DEFER

def takes(developer, incident, p):
    return developer.team == incident.team and developer.seat < 6 + {number}

policy = Policy(
    id="mine",
    parameters={{"share": Parameter(0.2, "share", 0, 1, "kept back")}},
    reserve=reserve,
    route=route,
    takes=takes,
)
"""
"""Three decisions; the number makes each round's text one that was never compiled before."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    scenario = sim.load("scenarios/web_agency.toml")
    sim.compare(scenario, ["next-sprint"], replications=10)
    seconds = []
    for number in range(given.rounds):
        begun = time.perf_counter()
        cell: dict = {"__name__": "__main__"}
        exec(compile(CELL.format(number=number), f"<cell {number}>", "exec"), cell)
        result = sim.compare(scenario, [cell["policy"]], replications=10)
        seconds.append(time.perf_counter() - begun)
        assert result.engine == "compiled"
    print(
        json.dumps(
            {
                "benchmark": "notebook_cell",
                "rounds": given.rounds,
                "first_result_seconds": round(median(seconds), 3),
                "slowest_seconds": round(max(seconds), 3),
            }
        )
    )


if __name__ == "__main__":
    main()
