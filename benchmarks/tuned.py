"""(t) Are tuned policies set as well as can be? Each beside the best of a dense grid of its settings.

    python -m benchmarks.tuned [SCENARIO]… [--require 'response_sla >= 0.8']

One JSON line a scenario: the tuned setting and the best of a grid (all combinations of the values worth trying, thinned
evenly beyond MOST of one policy; first on FIRST paths, the best BEST of them on AGAIN) lived through the same FRESH
paths that neither has seen. How many per cent of net points the tuned one falls short at most, of those where both keep
the promise; Kendall's tau of the two rankings of policies, of all and of those that are apart; and how far the best tuned policy and what `recommend` answers
lie apart, on the same paths.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from itertools import combinations, product
from typing import Any

import numpy as np
from scipy.stats import kendalltau

from sim.experiment.design import Design
from sim.experiment.runner import Runner
from sim.measures.net_delivery import NET_POINTS
from sim.policy.contract import Policy
from sim.policy.registry import chosen_policies
from sim.scenario.reading import bundled, load
from sim.scenario.schema import Scenario
from sim.search.goal import Constraint, FigureName, Goal, Score
from sim.search.recommend import USUAL, recommend
from sim.search.tuned import TUNING, tuned
from sim.search.variants import HARDLY, HELD, cost_of, grid_of

MOST = 150
FIRST, BEST, AGAIN = 12, 10, 60
FRESH = 200
SEEN, UNSEEN = 3_000_000, 2_000_000
"""First paths of the grid and of the comparison; searches begin at 0 and at 1,000,000."""

USUAL_PROMISE = "response_sla >= 0.8"


def grid(policy: Policy, scenario: Scenario) -> list[Policy]:
    """Return a policy in all combinations of its settings, thinned evenly beyond MOST."""
    grids = {
        name: grid_of(parameter, name, scenario)
        for name, parameter in policy.parameters.items()
        if name not in policy.settings and name not in HELD and parameter.is_number
    }
    places = list(product(*grids.values()))
    if len(places) > MOST:
        places = [places[round(n)] for n in np.linspace(0, len(places) - 1, MOST)]
    settings = [dict(zip(grids, place, strict=True)) for place in places]
    variants = [policy] + [
        policy.with_settings(**{n: v for n, v in own.items() if v != policy.parameters[n].default})
        for own in settings
    ]
    return list({variant.label: variant for variant in variants}.values())


def scores(
    scenario: Scenario, goal: Goal, policies: Sequence[Policy], runner: Runner, paths: range
) -> list[Score]:
    """Return how policies do by a goal on some paths."""
    study = Design(len(paths)).study(scenario, policies)
    observed = runner.observe(study, paths)
    return [goal.score(scenario, observed, n) for n in range(len(policies))]


def best_of(scenario: Scenario, goal: Goal, variants: Sequence[Policy], runner: Runner) -> Policy:
    """Return the variant that does best, by AGAIN paths, of the BEST by FIRST."""
    first = scores(scenario, goal, variants, runner, range(SEEN, SEEN + FIRST))
    order = sorted(range(len(variants)), key=lambda n: cost_of(first[n]))
    few = [variants[n] for n in order[:BEST]]
    again = scores(scenario, goal, few, runner, range(SEEN, SEEN + AGAIN))
    return few[min(range(len(few)), key=lambda n: cost_of(again[n]))]


def shortfall(mine: Score, other: Score) -> float:
    """Return by how many per cent of the other's figure mine is less, where both keep the promise."""
    if not (mine.is_feasible and other.is_feasible):
        return math.nan
    return 100 * (other.value - mine.value) / abs(other.value)


def of_scenario(name: str, promise: str) -> dict[str, Any]:
    """Compare all policies of a scenario, tuned by the search and by the grid."""
    scenario = load(bundled()[name])
    goal = Goal.towards(FigureName(NET_POINTS), (Constraint.parse(promise),))
    begun = time.perf_counter()
    policies = chosen_policies(scenario, None)
    with Runner() as runner:
        mine = tuned(scenario, policies, goal, Design(TUNING, runner=runner))
        spent = time.perf_counter() - begun
        print(f"{name}: tuned in {spent:.0f} s", file=sys.stderr, flush=True)
        dense = [best_of(scenario, goal, grid(p, scenario), runner) for p in policies]
        answer = recommend(scenario, goal, policies, Design(USUAL.replications, runner=runner))
        both = [*mine, *dense, answer.best.policy]
        found = scores(scenario, goal, both, runner, range(UNSEEN, UNSEEN + FRESH))
    count = len(policies)
    return _line(name, promise, both, found, count) | {
        "seconds_tuned": round(spent, 1),
        "seconds": round(time.perf_counter() - begun, 1),
    }


def tau_of_those_apart(mine: Sequence[Score], dense: Sequence[Score]) -> float | None:
    """Return Kendall's tau over the pairs of policies that are more than HARDLY apart in both rankings, of those that keep
    the promise: which of two that deliver the same comes first says nothing."""
    agree = []
    for a, b in combinations(range(len(mine)), 2):
        if not all(s.is_feasible for s in (mine[a], mine[b], dense[a], dense[b])):
            continue
        apart = [of[a].value / of[b].value - 1 for of in (mine, dense)]
        if min(map(abs, apart)) > HARDLY:
            agree.append(1 if apart[0] * apart[1] > 0 else -1)
    return round(sum(agree) / len(agree), 3) if agree else None


def _line(
    name: str, promise: str, both: Sequence[Policy], found: Sequence[Score], count: int
) -> dict[str, Any]:
    mine, dense, answer = found[:count], found[count : 2 * count], found[-1]
    short = [shortfall(a, b) for a, b in zip(mine, dense, strict=True)]
    known = [n for n in range(count) if not math.isnan(short[n])]
    broken = [n for n in range(count) if mine[n].kept < dense[n].kept and dense[n].is_feasible]
    worst = max(known, key=lambda n: short[n]) if known else None
    top = min(range(count), key=lambda n: cost_of(mine[n]))
    tau = kendalltau([cost_of(s) for s in mine], [cost_of(s) for s in dense]).statistic
    return {
        "scenario": name,
        "goal": f"net points, {promise}",
        "policies": count,
        "both_keep_it": len(known),
        "most_shortfall_percent": None if worst is None else round(short[worst], 2),
        "tuned": None if worst is None else both[worst].label,
        "dense": None if worst is None else both[count + worst].label,
        "kept_by_dense_alone": [
            [both[n].label, round(mine[n].kept, 4), both[count + n].label] for n in broken
        ],
        "tau": round(float(tau), 3),
        "tau_of_those_apart": tau_of_those_apart(mine, dense),
        "best_tuned": both[top].label,
        "recommended": both[-1].label,
        "recommended_ahead_percent": round(shortfall(mine[top], answer), 2),
        "net_points": {
            both[n].label: [round(mine[n].value, 3), round(dense[n].value, 3)] for n in known
        },
    }


def main() -> None:
    """Print a line for each scenario."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tuned", description=__doc__)
    parser.add_argument("scenarios", nargs="*", default=sorted(bundled()))
    parser.add_argument("--require", default=USUAL_PROMISE)
    given = parser.parse_args()
    for name in given.scenarios:
        print(json.dumps(of_scenario(name, given.require)), flush=True)


if __name__ == "__main__":
    main()
