"""A study runs several policies on many sample paths on all cores: what a comparison rests on."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import cloudpickle
import numpy as np

from sim.arrays import Floats
from sim.engine.cases import Workspace
from sim.engine.engines import COMPILED, DEFAULT_ENGINE, engines_for, simulate
from sim.engine.first_look import look_at
from sim.engine.futures.sampler import warm as warm_sampler
from sim.engine.rules import needs_extensions
from sim.measures.accounts import Accounts, Bookkeeper
from sim.measures.accounts import warm as warm_accounts
from sim.measures.baseline import loop as baseline_loop
from sim.measures.known_futures import KnownFutures
from sim.measures.metrics import Key, figures_of, needs_details
from sim.policy.contract import Policy
from sim.policy.packing import packed, sent_along
from sim.sampling.sample_path import SamplePath
from sim.scenario.schema import Scenario
from sim.scenario.size import check_size

Progress = Callable[[int], None]
"""Called with the number of replications done."""

MAX_BATCH = 8
"""Replications in one task: few enough that progress moves."""


@dataclass(frozen=True, eq=False)
class Observations:
    """Figures of P policies in R replications; F figures each."""

    keys: tuple[Key, ...]
    values: Floats
    """(P, R, F)"""

    def of(self, policy: int, key: Key) -> Floats:
        """Return one figure of one policy, replication by replication, as an array (R,)."""
        return self.values[policy, :, self.keys.index(key)]

    @staticmethod
    def joined(parts: Sequence[Observations]) -> Observations:
        """Join the replications of all parts, in their order; there is one part at least."""
        return Observations(parts[0].keys, np.concatenate([p.values for p in parts], axis=1))


@dataclass(frozen=True)
class Study:
    """A study: all that is computed, but for the replications, of policies on common paths of a
    scenario."""

    scenario: Scenario
    policies: tuple[Policy, ...]
    engines: tuple[str, ...]
    """The engine of each policy."""
    seed: int

    @staticmethod
    def of(scenario: Scenario, policies: Sequence[Policy], seed: int, engine: str) -> Study:
        """Make a study, and compile what it needs.

        Raises:
            EngineError: for an engine that is not known.
            PolicyError: for a policy that draws random numbers or looks at the clock.
            ScenarioError: where the scenario is too large for this machine.
        """
        check_size(scenario, len(policies))
        engines = warm(policies, engine, needs_extensions(scenario))
        return Study(scenario, tuple(policies), tuple(engines), seed)

    def packed(self) -> bytes:
        """Return the study for other processes, with the text of policies that are nobody else's.

        Raises:
            PolicyError: naming a policy that holds what cannot be sent.
        """
        sent = tuple(sent_along(policy) for policy in self.policies)
        return packed(replace(self, policies=sent), sent)


Batch = tuple[bytes, range]
"""A packed study and the replications wanted: workers get seeds, never paths."""


def batches_of(replications: range, workers: int, left: int) -> Iterator[range]:
    """Yield replications in tasks, the last the smallest, so that workers end together.

    `left` counts those that are to be done from here on, these and those of other studies after
    them.
    """
    first = replications.start
    while first < replications.stop:
        size = min(MAX_BATCH, max(1, left // (4 * workers)), replications.stop - first)
        yield range(first, first + size)
        first, left = first + size, left - size


def warm(
    policies: Sequence[Policy], engine: str = DEFAULT_ENGINE, extended: bool = False
) -> list[str]:
    """Compile all that these policies need, and return which engine each runs on; `extended`: whether their
    organisation needs the engine with everything in it.

    Raises:
        EngineError: for an engine that is not known.
        PolicyError: for a policy that draws random numbers or looks at the clock.
    """
    return engines_for(policies, engine, _warm_loops, extended)


def _warm_loops() -> None:
    warm_accounts()
    baseline_loop()
    warm_sampler()


def observe_batch(batch: Batch) -> Observations:
    """Return the figures of some replications of a study."""
    packed, replications = batch
    study = unpacked(packed)
    _room().decisions = {}
    found = [_figures(lived) for lived in _together(_lived(study, r) for r in replications)]
    return Observations.joined(found)


@lru_cache(maxsize=32)
def unpacked(packed: bytes) -> Study:
    """Return a study from another process, with everything compiled that it needs here."""
    study: Study = cloudpickle.loads(packed)
    study = replace(study, scenario=_the_same(study.scenario))
    # What does not run compiled was said to, once, by who chose the engines.
    compiled = [n for n, lane in enumerate(study.engines) if lane == COMPILED]
    wanted = COMPILED if compiled else study.engines[0]
    extended = needs_extensions(study.scenario)
    found = warm([study.policies[n] for n in compiled], wanted, extended)
    engines = list(study.engines)
    for n, lane in zip(compiled, found, strict=True):
        engines[n] = lane
    # Here, not by who chose them: a policy may also end the process that looks at it.
    relied_on = look_at(study.scenario, study.policies, engines, study.seed)
    return replace(study, engines=tuple(relied_on))


def _the_same(scenario: Scenario) -> Scenario:
    """The scenario that an equal one in another study was: what is known of it is known already. A recorded log
    may have been edited since."""
    if scenario.incidents_from is not None:
        return scenario
    with _one_at_a_time:
        known = next((each for each in _scenarios if each == scenario), scenario)
        if known is scenario:
            _scenarios.appendleft(scenario)
    return known


_scenarios: deque[Scenario] = deque(maxlen=4)

_one_at_a_time = threading.Lock()

_thread = threading.local()
"""Memory that the replications of a thread use in turn."""

_futures = KnownFutures()


class Lived(NamedTuple):
    """A replication as it was lived through."""

    path: SamplePath
    accounts: list[Accounts]
    """(P,) of each policy"""
    baseline: float
    """the points that are delivered where nothing interrupts"""


def _lived(study: Study, replication: int) -> Lived:
    path, baseline = _futures.of(study.scenario, study.seed, replication, study.engines[0], _room())
    return Lived(path, _accounts_of(path, study.policies, study.engines), baseline)


MOST_TOGETHER = 100_000
"""Incidents of the runs whose figures are taken at once: memory that is held, some 30 MB at most."""


def _together(replications: Iterable[Lived]) -> Iterator[list[Lived]]:
    """Yield replications, as many at a time as memory is to be held for."""
    held: list[Lived] = []
    for lived in replications:
        held.append(lived)
        if len(held) * len(lived.accounts) * len(lived.path.incidents) >= MOST_TOGETHER:
            yield held
            held = []
    if held:
        yield held


def _figures(replications: Sequence[Lived]) -> Observations:
    """Return every figure of some replications."""
    policies = len(replications[0].accounts)
    of_runs = [(r.path, run, r.baseline) for r in replications for run in r.accounts]
    paths, runs, baselines = zip(*of_runs, strict=True)
    figures = figures_of(paths, runs, np.array(baselines))
    values = np.array(list(figures.values())).reshape(len(figures), len(replications), policies)
    return Observations(tuple(figures), values.transpose(2, 1, 0))


def _room() -> Workspace:
    room: Workspace = _thread.__dict__.setdefault("room", Workspace())
    return room


def _accounts_of(
    path: SamplePath, policies: Sequence[Policy], engines: Sequence[str]
) -> list[Accounts]:
    """Return what a path comes to under each policy, lived through by its own engine."""
    details = needs_details(path.scenario)
    keeper = Bookkeeper(path, path.organisation.warmup, details, len(policies))
    found: dict[int, Accounts] = {}
    for engine in dict.fromkeys(engines):
        chosen = [n for n, lane in enumerate(engines) if lane == engine]
        traces = simulate([(path, policies[n]) for n in chosen], engine, _room())
        for n, trace in zip(chosen, traces, strict=True):
            found[n] = keeper.accounts(trace)
    return [found[n] for n in range(len(policies))]
