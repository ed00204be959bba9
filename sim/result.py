"""The main job: from a scenario and policies to a result people can look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.comparison import Comparison
from sim.engines import DEFAULT_ENGINE, check_engine
from sim.experiment import Progress, observe
from sim.policy import Policy, PolicyError
from sim.registry import check_settings, find_policy, known_policies
from sim.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Result(Comparison):
    """A comparison with its picture."""

    def plot(self) -> Figure:
        """Response time against delivery, with intervals and the trade-off front."""
        from sim.report.tradeoff import tradeoff  # loading matplotlib takes half a second

        return tradeoff(self)


def compare(
    scenario: Scenario,
    policies: Sequence[str | Policy] | None = None,
    replications: int = 200,
    seed: int = 1,
    workers: int | None = None,
    engine: str = DEFAULT_ENGINE,
    progress: Progress | None = None,
) -> Result:
    """Run policies on the same sample paths.

    Args:
        scenario: from `load`.
        policies: names, `name:parameter=value,…` or `Policy` objects; every known one if None.
        replications: number of sample paths, from 1; intervals need 2.
        seed: whole number from 0; the same seed gives the same result whatever the workers.
        workers: processes to use; as many as there are cores if None.
        engine: how runs are computed; all engines give the same figures.
        progress: called with the number of replications done.

    Raises:
        PolicyError: for a policy that is not known, misused, or named twice.
        EngineError: for an engine that is not known.
        ScenarioError: where the recorded log cannot be used.
        ValueError: for fewer than one replication or worker, or a negative seed.
    """
    for name, value, least in (("replications", replications, 1), ("seed", seed, 0)):
        if value < least:
            raise ValueError(f"{name} must be {least} or more (got {value})")
    if workers is not None and workers < 1:
        raise ValueError(f"workers must be 1 or more (got {workers})")
    check_engine(engine)
    chosen = _chosen(scenario, policies)
    observations = observe(scenario, chosen, replications, seed, engine, workers, progress)
    return Result(scenario, chosen, replications, seed, engine, observations)


def _chosen(scenario: Scenario, wanted: Sequence[str | Policy] | None) -> tuple[Policy, ...]:
    names = list(known_policies()) if wanted is None else wanted
    policies = tuple(find_policy(name, scenario.policies) for name in names)
    check_settings(scenario.policies, [policy.id for policy in policies])
    if not policies:
        raise PolicyError("name at least one policy")
    labels = [policy.label for policy in policies]
    for label in labels:
        if labels.count(label) > 1:
            raise PolicyError(f"policy '{label}' is given twice; names and settings must differ")
    return policies
