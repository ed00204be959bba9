"""Do the intervals of every policy and scenario hold the truth as often as they say, where no mark stands beside them?

A population of replications stands for the truth. Studies are drawn from it, as `firelane compare` makes them, and
how often their intervals hold the population's mean is counted: of each figure of the short table by itself, over the
studies in which no mark says that it is too skewed for so few replications; and of all differences of all pairs at
once.

    python -m validation.intervals [--population 12000] [--studies 1000] [--only SCENARIO]…
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from itertools import combinations
from pathlib import Path

import numpy as np

import sim
from sim.arrays import Floats
from sim.experiment.comparison import HEADLINE
from sim.experiment.control_variates import controlled
from sim.experiment.reportable import Reportable
from sim.experiment.runner import Runner
from sim.experiment.statistics import CONFIDENCE, intervals, needed_for_skewness
from sim.experiment.study import Observations, Study
from sim.policy.registry import chosen_policies
from sim.scenario.reading import bundled
from sim.scenario.schema import Scenario

SIZES = (40, 200)
"""Replications of a study: what `compare` spends on the inputs as they are by itself, and all of them."""

FAMILIES = 200
LOW, HIGH = 0.935, 0.965


def main() -> int:
    """Print a line for each scenario, and return whether all hold."""
    given = _arguments().parse_args()
    held = True
    for name in given.only or bundled():
        found = _of_scenario(name, given.population, given.studies, given.keep)
        print(json.dumps(found), flush=True)
        held &= found["holds"]
    return 0 if held else 1


def _of_scenario(name: str, population: int, studies: int, keep: Path | None) -> dict[str, object]:
    scenario = sim.load(name)
    observed = _population(name, population, keep)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # figures that a policy does not have
        truth = np.nanmean(controlled(observed, scenario).values, axis=1)
    judge = Reportable(scenario, observed)
    columns = [
        n for n, key in enumerate(observed.keys) if key.name in HEADLINE and key.group == "all"
    ]
    policies = [p for p in range(len(truth)) if not judge.is_overloaded(p)]
    generator = np.random.default_rng(1)
    found: dict[str, object] = {"scenario": name, "population": population, "studies": studies}
    holds = True
    for size in SIZES:
        least, most, marked, rare = 1.0, 0.0, 0, ""
        counts = np.zeros((2, len(policies), len(columns)))
        for _ in range(studies):
            chosen = generator.integers(population, size=size)
            drawn = Observations(observed.keys, observed.values[:, chosen])
            values = controlled(drawn, scenario).values
            for n, p in enumerate(policies):
                own = values[p][:, columns]
                _, low, high = intervals(own)
                plain = needed_for_skewness(own) <= size
                inside = (low <= truth[p, columns]) & (truth[p, columns] <= high)
                counts[0, n] += plain & inside
                counts[1, n] += plain
        for n, p in enumerate(policies):
            for c, column in enumerate(columns):
                key = observed.keys[column]
                spread = np.nanstd(observed.values[p, :, column])
                known = judge.may_be_given(p, key) and not np.isnan(truth[p, column])
                if not known or spread <= 1e-9 * abs(truth[p, column]):
                    continue
                if counts[1, n, c] < studies / 2:
                    marked += 1
                    continue
                share = counts[0, n, c] / counts[1, n, c]
                least, most = min(least, share), max(most, share)
                if not LOW <= share <= HIGH:
                    rare += f" {p}:{key.name} {share:.3f}"
        found[f"of_{size}"] = {
            "least": round(least, 4),
            "most": round(most, 4),
            "marked_mostly": marked,
            "outside": rare.strip(),
        }
        holds &= not rare
    found["family_wise"] = _family_wise(
        observed, scenario, truth[:, columns], policies, columns, generator
    )
    found["holds"] = holds and found["family_wise"] >= 0.95
    return found


def _family_wise(
    observed: Observations,
    scenario: Scenario,
    truth: Floats,
    policies: list[int],
    columns: list[int],
    generator: np.random.Generator,
) -> float:
    """Return the share of studies in which every interval that holds for all at once holds the truth."""
    pairs = list(combinations(policies, 2))
    shared = 1 - (1 - CONFIDENCE) / (len(pairs) * len(HEADLINE))
    good = 0
    for _ in range(FAMILIES):
        chosen = generator.integers(observed.values.shape[1], size=SIZES[-1])
        drawn = controlled(Observations(observed.keys, observed.values[:, chosen]), scenario).values
        good += all(
            _holds(drawn[a][:, columns] - drawn[b][:, columns], truth[a] - truth[b], shared)
            for a, b in pairs
        )
    return good / FAMILIES


def _holds(apart: Floats, truth: Floats, confidence: float) -> bool:
    _, low, high = intervals(apart, confidence)
    known = ~np.isnan(low) & ~np.isnan(truth) & (high - low > 0)
    return bool((((low <= truth) & (truth <= high)) | ~known).all())


def _population(name: str, count: int, keep: Path | None) -> Observations:
    scenario = sim.load(name)
    study = Study.of(scenario, chosen_policies(scenario, None), 11, "compiled")
    with Runner(store=keep) as runner:
        return runner.observe(study, range(count), lambda done: _tell(name, done, count))


def _tell(name: str, done: int, count: int) -> None:
    print(f"\r{name} {done:,} of {count:,}", end="", file=sys.stderr, flush=True)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m validation.intervals", description=__doc__)
    parser.add_argument("--population", type=int, default=12_000)
    parser.add_argument("--studies", type=int, default=1_000)
    parser.add_argument("--only", action="append", choices=list(bundled()))
    parser.add_argument("--keep", type=Path, help="a store that keeps the populations")
    return parser


if __name__ == "__main__":
    sys.exit(main())
