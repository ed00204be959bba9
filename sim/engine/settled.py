"""What is settled before time 0, as numbers in the row of rules: written in one go, run after run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.arrays import Ints
from sim.engine.rules import Rules, rules_of_policy
from sim.policy.contract import Policy

Numbers = tuple[Ints, Ints]
"""Places in the row, and what stands there."""


def numbers_of(rules: Mapping[str, Any]) -> Numbers:
    """Rules, by their names, as numbers."""
    row = np.arange(Rules.WIDTH)
    places = [np.atleast_1d(row[getattr(Rules, name)]) for name in rules]
    values = [np.atleast_1d(np.array(value, dtype=np.int64)) for value in rules.values()]
    return np.concatenate(places), np.concatenate(values)


def numbers_of_policy(policy: Policy, teams: int) -> Numbers:
    """What a policy settles in an organisation of so many teams."""
    key = id(policy), teams
    known, numbers = _known.get(key, (None, None))
    if known is not policy or numbers is None:
        if len(_known) >= _KEPT:
            _known.clear()
        numbers = numbers_of(rules_of_policy(policy, teams))
        _known[key] = policy, numbers
    return numbers


_KEPT = 1_000

_known: dict[tuple[int, int], tuple[Policy, Numbers]] = {}
"""By the policy's id, and the number of teams: a study asks for it thousands of times."""
