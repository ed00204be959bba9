"""A first look at a policy that does not ship: lived through twice, and by two engines, before any study.

What keeps something between calls answers otherwise the second time, so that figures would hang on how
many processes compute them. What is compiled otherwise than Python computes would be seen here, too. It
takes at most about half a second, once for each content of a policy.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache

import cloudpickle
import numpy as np

from sim.engine.cases import Workspace
from sim.engine.engines import COMPILED, SIMPY, simulate
from sim.engine.trace import Trace
from sim.policy.composed import ComposedPolicy
from sim.policy.contract import DECISIONS, Policy
from sim.policy.fingerprint import content, untold
from sim.policy.parameters import PolicyError
from sim.policy.registry import known_policies
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.schema import Scenario

DEVELOPER_WEEKS = 600
"""As many the SimPy engine lives through in some tenth of a second."""

_seen: dict[tuple[object, ...], str] = {}
"""The engine on which a policy of some content agrees with SimPy."""


def look_at(
    scenario: Scenario, policies: Sequence[Policy], engines: Sequence[str], seed: int
) -> list[str]:
    """The engines on which the policies can be relied on: those of `engines`, or SimPy.

    Raises:
        PolicyError: for a policy that keeps something between calls.
    """
    own = [n for n, policy in enumerate(policies) if not _ships(policy)]
    found = list(engines)
    path = _first_path(scenario, seed) if own else None
    for n in own:
        policy = policies[n]
        assert path is not None
        if any(untold(getattr(policy, name)) for name in DECISIONS):
            found[n] = _looked_at(path, policy, engines[n])
            continue
        key = (engines[n], policy.label, *(content(getattr(policy, name)) for name in DECISIONS))
        if key not in _seen:
            _seen[key] = _looked_at(path, policy, engines[n])
        found[n] = _seen[key]
    return found


def _ships(policy: Policy) -> bool:
    if isinstance(policy, ComposedPolicy):
        return True
    known = known_policies().get(policy.id)
    return known is not None and all(
        getattr(known, name) is getattr(policy, name) for name in DECISIONS
    )


def _first_path(scenario: Scenario, seed: int) -> SamplePath:
    """The first replication, cut short where there are many people."""
    time = scenario.time
    weeks = max(2 * time.sprint_weeks, DEVELOPER_WEEKS // max(1, scenario.developers))
    if weeks < time.horizon_weeks:
        short = time.model_copy(update={"horizon_weeks": weeks, "warmup_weeks": 0})
        folder = scenario.folder
        scenario = scenario.model_copy(update={"time": short}).in_folder(folder)
    return sample_path(scenario, seed, 0)


def _looked_at(path: SamplePath, policy: Policy, lane: str) -> str:
    before = _remembered(policy)
    first, second = _lived(path, policy, SIMPY), _lived(path, policy, SIMPY)
    if before != _remembered(policy) or not np.array_equal(first, second):
        raise PolicyError(
            f"{policy.id}: keeps something between calls: asked again with the same views, it answers "
            "otherwise. Then figures would hang on the number of processes. What a decision is to "
            "remember, `review` can answer as the team's level"
        )
    if lane != COMPILED or np.array_equal(first, _lived(path, policy, lane)):
        return lane
    _say(
        f"policy {policy.id} runs on SimPy, some 100 times slower: compiled, it decides otherwise than "
        "Python, which is a fault of this program; please report it with the policy"
    )
    return SIMPY


def _lived(path: SamplePath, policy: Policy, engine: str) -> Trace:
    [trace] = simulate([(path, policy)], engine, Workspace())
    return trace.copy()


def _remembered(policy: Policy) -> bytes | None:
    """All that the decisions hold and reach, as another process would be sent it."""
    try:
        held: bytes = cloudpickle.dumps([getattr(policy, name) for name in DECISIONS])
    except Exception:  # nothing that can be sent, such as a generator, which answers tell of
        return None
    return held


@cache
def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
