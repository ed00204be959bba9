"""Many sample paths, several policies, all cores: the observations a comparison rests on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, cpu_count, delayed
from numpy.typing import NDArray

from sim.metrics import Figures, Key, measure
from sim.policy import PLAIN_SCRUM, Policy
from sim.run import run
from sim.sample_path import sample_path
from sim.scenario import Scenario

Progress = Callable[[int], None]
"""Called with the number of replications done."""


@dataclass(frozen=True, eq=False)
class Observations:
    """Figures of P policies in R replications; F figures each."""

    keys: tuple[Key, ...]
    values: NDArray[np.float64]
    """(P, R, F)"""

    def of(self, policy: int, key: Key) -> NDArray[np.float64]:
        """(R,) one figure of one policy, replication by replication."""
        return self.values[policy, :, self.keys.index(key)]


def observe(
    scenario: Scenario,
    policies: Sequence[Policy],
    replications: int,
    seed: int,
    engine: str,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Observations:
    """Run every policy on the same paths. The same seed gives the same values on any workers."""
    jobs = min(workers or cpu_count(), replications)
    calls = (
        delayed(_replicate)(scenario, tuple(policies), seed, replication, engine)
        for replication in range(replications)
    )
    results: list[list[Figures]] = []
    with _deaf_to_ctrl_c():
        outcomes = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs")(calls)
    for figures in outcomes:
        results.append(figures)
        if progress is not None:
            progress(len(results))
    keys = tuple(results[0][0])
    values = np.array(
        [[[of_run[key] for key in keys] for of_run in figures] for figures in results]
    )
    return Observations(keys, values.transpose(1, 0, 2))


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Processes started meanwhile never hear Ctrl-C; this one hears it again afterwards.

    A terminal sends it to all of them, and each worker would print its own farewell before this
    process ends it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _replicate(
    scenario: Scenario, policies: Sequence[Policy], seed: int, replication: int, engine: str
) -> list[Figures]:
    path = sample_path(scenario, seed, replication)
    undisturbed = run(path.without_incidents(), PLAIN_SCRUM, engine) if len(path.stories) else None
    return [measure(run(path, policy, engine), undisturbed) for policy in policies]
