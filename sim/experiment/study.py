"""A study runs several policies on many sample paths on all cores: what a comparison rests on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cloudpickle
import numpy as np

from sim.arrays import Floats
from sim.engine.cases import Case, Workspace
from sim.engine.engines import COMPILED, DEFAULT_ENGINE, engines_for, simulate
from sim.engine.first_look import look_at
from sim.engine.futures.sampler import future
from sim.engine.futures.sampler import warm as warm_sampler
from sim.engine.rules import needs_extensions
from sim.measures.accounts import Accounts, accounts_of
from sim.measures.accounts import warm as warm_accounts
from sim.measures.metrics import Key, figures_of, points_delivered
from sim.policy.contract import PLAIN_SCRUM, Policy
from sim.policy.packing import packed, sent_along
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
    warm_sampler()


def observe_batch(batch: Batch) -> Observations:
    """Return the figures of some replications of a study."""
    packed, replications = batch
    study = unpacked(packed)
    found = [_replicate(study, replication) for replication in replications]
    values = np.array([list(figures.values()) for figures in found])
    return Observations(tuple(found[0]), values.transpose(2, 0, 1))


@lru_cache(maxsize=32)
def unpacked(packed: bytes) -> Study:
    """Return a study from another process, with everything compiled that it needs here."""
    study: Study = cloudpickle.loads(packed)
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


_thread = threading.local()
"""Memory that the replications of a thread use in turn."""


def _replicate(study: Study, replication: int) -> dict[Key, Floats]:
    """Return (P,) of every figure in one replication."""
    path = future(study.scenario, study.seed, replication)
    quiet = path.without_incidents()
    cases: list[Case] = [*((path, policy) for policy in study.policies), (quiet, PLAIN_SCRUM)]
    *accounts, undisturbed = _accounts_of(cases, [*study.engines, study.engines[0]])
    baseline = points_delivered(quiet, undisturbed)
    return figures_of(path, accounts, baseline)


def _accounts_of(cases: Sequence[Case], engines: Sequence[str]) -> list[Accounts]:
    """Return what each case comes to, lived through by its own engine."""
    room = _thread.__dict__.setdefault("room", Workspace())
    found: dict[int, Accounts] = {}
    for engine in dict.fromkeys(engines):
        chosen = [n for n, lane in enumerate(engines) if lane == engine]
        traces = simulate([cases[n] for n in chosen], engine, room)
        for n, trace in zip(chosen, traces, strict=True):
            path, _ = cases[n]
            found[n] = accounts_of(path, trace, path.organisation.warmup)
    return [found[n] for n in range(len(cases))]
