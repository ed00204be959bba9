"""Who does it: how many people a policy puts on duty, for how long, and of which teams."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from sim.measures.accounts import accounts_of
from sim.measures.run import run
from sim.policy.contract import Policy
from sim.sampling.sample_path import sample_path
from sim.scenario.schema import Scenario

FOR_GOOD = 0.9
"""Of a person's time on duty: who has more has left the team's work."""


@dataclass(frozen=True)
class Staffing:
    """How a policy uses people."""

    leaving: tuple[tuple[str, int], ...]
    """team and people who leave its sprints for good"""
    at_once: float
    """people on duty at a time, on average"""
    taking_turns: int
    """people who are on duty now and then"""
    developers: int

    @property
    def leave(self) -> int:
        """People who leave their teams' sprints for good."""
        return sum(people for _, people in self.leaving)


def staffing(scenario: Scenario, policy: Policy, seed: int) -> Staffing:
    """Return how a policy uses people, on the first future."""
    path = sample_path(scenario, seed, 0)
    accounts = accounts_of(path, run(path, policy).events, path.organisation.warmup)
    whole = accounts.activities.sum(axis=1)
    share = np.divide(accounts.duty, whole, out=np.zeros(len(whole)), where=whole > 0)
    gone = share > FOR_GOOD
    names = [team.name for team in scenario.teams]
    leaving = Counter(names[int(team)] for team in path.organisation.team[gone])
    return Staffing(
        tuple((name, leaving[name]) for name in names if leaving[name]),
        float(share.sum()),
        int(((share > 0) & ~gone).sum()),
        scenario.developers,
    )
