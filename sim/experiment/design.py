"""A design says how a question is computed: on how many paths, from which seed, on which engine, by
whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sim.engine.engines import DEFAULT_ENGINE, check_engine
from sim.experiment.runner import Runner
from sim.experiment.study import Observations, Progress, Study
from sim.policy.contract import Policy
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Design:
    """A design is what every question is computed by, whatever it asks.

    Replications and seed decide the figures; engine, workers and runner only how soon they are there.
    Who listens to the progress of a single computation is told beside it.

    Raises:
        ValueError: for fewer than one replication, or a negative seed.
        EngineError: for an engine that is not known.
    """

    replications: int
    """sample paths, from 1; intervals need 2"""
    seed: int = 1
    """whole number from 0; the same seed gives the same figures whatever the workers"""
    engine: str = DEFAULT_ENGINE
    """how runs are computed; all engines give the same figures"""
    workers: int | None = None
    """processes that begin and end with the computing; as many as there are cores if None"""
    runner: Runner | None = None
    """what computes, instead of `workers`: a cluster, or with a store; who began it ends it"""

    def __post_init__(self) -> None:
        for name, value, least in (("replications", self.replications, 1), ("seed", self.seed, 0)):
            if value < least:
                raise ValueError(f"{name} must be {least} or more (got {value})")
        check_engine(self.engine)

    def study(self, scenario: Scenario, policies: Sequence[Policy]) -> Study:
        """Return the policies on common paths of a scenario, with everything compiled that they
        need.

        Raises:
            PolicyError: for a policy that draws random numbers or looks at the clock.
            ScenarioError: where the scenario is too large for this machine.
        """
        return Study.of(scenario, policies, self.seed, self.engine)

    def observe(
        self, studies: Sequence[Study], progress: Progress | None = None
    ) -> list[Observations]:
        """Return the observations of studies, each in all replications, computed side by side.

        `progress` is called with the number of replications done, over all studies.

        Raises:
            ValueError: for fewer than one worker.
            WorkersLostError, ClusterError, StoreError: where runs cannot be computed or kept.
        """
        with self.at_work() as runner:
            return runner.observe_all(
                [(one, range(self.replications)) for one in studies], progress
            )

    @contextmanager
    def at_work(self) -> Iterator[Runner]:
        """Yield the runner that was given; or one with workers of its own, which end with the
        context.

        Raises:
            ValueError: for fewer than one worker.
        """
        if self.runner is not None:
            yield self.runner
            return
        with Runner(self.workers) as own:
            yield own
