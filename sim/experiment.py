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

from sim import accounts
from sim.engines import COMPILED, DEFAULT_ENGINE, engine_for, simulate
from sim.metrics import Figures, Key, measure, points_delivered
from sim.policy import PLAIN_SCRUM, Policy
from sim.sample_path import sample_path
from sim.scenario import Scenario
from sim.trace import Trace
from sim.world import Case, Room

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
    lanes = warm(policies, engine)
    # Compiled code leaves Python free, so threads do; the others need processes.
    backend = "threading" if all(lane == COMPILED for lane in lanes) else "loky"
    jobs = min(workers or cpu_count(), replications)
    study = (scenario, tuple(policies), tuple(lanes), seed)
    calls = (delayed(_replicate)(*study, replication) for replication in range(replications))
    results: list[list[Figures]] = []
    with _deaf_to_ctrl_c():
        outcomes = Parallel(
            n_jobs=jobs, backend=backend, return_as="generator", pre_dispatch="2*n_jobs"
        )(calls)
    for figures in outcomes:
        results.append(figures)
        if progress is not None:
            progress(len(results))
    keys = tuple(results[0][0])
    values = np.array(
        [[[of_run[key] for key in keys] for of_run in figures] for figures in results]
    )
    return Observations(keys, values.transpose(1, 0, 2))


def warm(policies: Sequence[Policy], engine: str = DEFAULT_ENGINE) -> list[str]:
    """Compile all that these policies need, and say which engine each runs on.

    Raises:
        EngineError: for an engine that is not known.
    """
    accounts.warm()
    return [engine_for(policy, engine) for policy in policies]


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


_thread = threading.local()
"""Memory that the replications of a thread use in turn."""


def _replicate(
    scenario: Scenario,
    policies: Sequence[Policy],
    lanes: Sequence[str],
    seed: int,
    replication: int,
) -> list[Figures]:
    path = sample_path(scenario, seed, replication)
    quiet = path.without_incidents()
    cases: list[Case] = [*((path, policy) for policy in policies), (quiet, PLAIN_SCRUM)]
    room = _thread.__dict__.setdefault("room", Room())
    room.clear()
    *traces, undisturbed = _on_lanes(cases, [*lanes, lanes[0]], room)
    ideal = points_delivered(quiet, undisturbed)
    return [measure(path, trace, ideal) for trace in traces]


def _on_lanes(cases: Sequence[Case], lanes: Sequence[str], room: Room) -> list[Trace]:
    """Each case's trace, from its own engine."""
    traces: dict[int, Trace] = {}
    for engine in dict.fromkeys(lanes):
        chosen = [n for n, lane in enumerate(lanes) if lane == engine]
        found = simulate([cases[n] for n in chosen], engine, room)
        traces |= dict(zip(chosen, found, strict=True))
    return [traces[n] for n in range(len(cases))]
