"""What is to be known of how policies are set: people counted for them, and sprints that they lack."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.experiment.comparison import Comparison
from sim.policy.contract import Policy
from sim.sampling.expected_load import USED, support_needed
from sim.sampling.organisation import organisation


def remarks(comparison: Comparison) -> list[str]:
    """Return a sentence for each policy that is set by the load, or lacks the history that it asks for."""
    return [text for policy in comparison.policies for text in _remarks(comparison, policy)]


def _remarks(comparison: Comparison, policy: Policy) -> Iterator[str]:
    scenario = comparison.scenario
    if policy.sized and policy.values[policy.sized] == 0:
        people = support_needed(scenario, organisation(scenario))
        are = "person, as many" if people == 1 else "people, as many"
        yield (
            f"{policy.label}: the support team has {people} {are} as the expected work needs at "
            f"{percent(USED)} of their time."
        )
    lacking = sprints_needed(policy) - scenario.time.warmup_weeks // scenario.time.sprint_weeks
    if math.isinf(lacking):
        yield (
            f"{policy.label}: no history of {_looked_at(policy)} sprints can say what covers "
            f"{percent(_quantile(policy))} of them; the reserve is the fixed share."
        )
    elif lacking > 0:
        time = scenario.time
        measured = time.horizon_weeks // time.sprint_weeks - time.warmup_weeks // time.sprint_weeks
        which = f"the first {lacking:g}" if lacking < measured else f"all {measured}"
        yield (
            f"{policy.label}: {percent(_quantile(policy))} needs {sprints_needed(policy):g} past sprints; "
            f"in {which} that are measured the reserve is the fixed share."
        )


def percent(share: float) -> str:
    """Return a share as it is written: `80 %`."""
    return f"{100 * share:g} %"


def sprints_needed(policy: Policy) -> float:
    """Return how many past sprints a policy's quantile needs: infinite where it does not look at as many.

    Of k sprints and the one to come, q (k + 1) are no more than the k-th at most: q (k + 1) ≤ k.
    """
    quantile = _quantile(policy)
    if quantile == 0:
        return 0
    if quantile >= 1:
        return math.inf
    needed = math.ceil(round(quantile / (1 - quantile), 9))
    return needed if needed <= _looked_at(policy) else math.inf


def _quantile(policy: Policy) -> float:
    if "quantile" not in policy.parameters or "sprints" not in policy.parameters:
        return 0.0
    return float(policy.values["quantile"])


def _looked_at(policy: Policy) -> int:
    return int(policy.values["sprints"])
