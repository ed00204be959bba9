"""Which policy is recommended: the most robust of those that cannot be told apart from the best.

The best brings most of what is wanted while it keeps what is required, on average with the inputs as they are. Of those
that chance cannot tell from it, or that fall short of it by hardly anything, the one that keeps the promises surely and
in most sets of assumptions is taken; where these are even, today's policy, then one that plans sprints if today's does and
for which nobody leaves a team, then who answers soonest, then the simplest to set up. So nobody is told to change, to give
up sprints or to leave a team for nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from sim.experiment.comparison import RESPONSE, Comparison
from sim.experiment.judgement import ANSWERED, leaves_open
from sim.experiment.selection import subset
from sim.experiment.statistics import interval
from sim.scenario.reading import with_inputs
from sim.scenario.schema import Scenario
from sim.search.goal import Goal, Kept, Score, best
from sim.search.recommend import NEARLY

LAST_RESORT = ("cancel-sprint",)
"""Of what does as well, nobody is told to drop sprints."""

SURE = 0.9
"""Of the sets of assumptions, in which a promise should be kept: where the recommended keeps it in fewer, the one that
does is looked at next."""

SOONER = 2.0
"""Times as soon: what is worth more than a tie."""


class Verdict(StrEnum):
    """What a decision comes to."""

    CHANGE = "change"
    """another policy is recommended than today's"""
    STAY = "stay"
    """today's is as good as any"""
    BROKEN = "broken"
    """no policy keeps what is required; the closest is named"""
    OVERLOADED = "overloaded"
    """no policy keeps up with what comes in"""
    NOTHING = "nothing"
    """no incident reaches a team, so there is nothing to decide"""
    ALONE = "alone"
    """only one policy was looked at"""


@dataclass(frozen=True)
class Standing:
    """How a policy does by the goal."""

    label: str
    score: Score
    kept: Kept
    sets_kept: int
    """in how many sets of assumptions it keeps up and keeps every promise"""
    response: float
    """hours, at a fixed mix"""
    settings: int


@dataclass(frozen=True)
class Choice:
    """What is recommended of the policies of a comparison."""

    comparison: Comparison
    goal: Goal
    today: str
    """the label of the policy in force"""

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """How each policy does, by label."""
        return {label: self._standing(n, label) for n, label in enumerate(self.comparison.labels)}

    def _standing(self, n: int, label: str) -> Standing:
        comparison, goal = self.comparison, self.goal
        observed, scenario = comparison.observations, comparison.scenario
        behind = comparison.is_overloaded(label) or leaves_open(comparison, label) > 1 - ANSWERED
        score = goal.score(scenario, observed, n)
        return Standing(
            label,
            Score(-math.inf, score.value) if behind else score,
            goal.kept(scenario, observed, n, 0.95),
            self._sets_kept(n),
            comparison.figure(label, RESPONSE).mean,
            len(comparison.policies[n].settings),
        )

    def _sets_kept(self, n: int) -> int:
        sets = self.comparison.input_sets
        if sets is None:
            return 0
        return sum(
            bool(up[n]) and self.goal.score(moved, one, n).is_feasible
            for moved, one, up in zip(self._moved, sets.observed, sets.keeps_up, strict=True)
        )

    @cached_property
    def _moved(self) -> list[Scenario]:
        sets = self.comparison.input_sets
        assert sets is not None
        return [with_inputs(self.comparison.scenario, row) for row in sets.shares.tolist()]

    @cached_property
    def able(self) -> list[str]:
        """The policies that keep up and keep every promise on average."""
        return [label for label, own in self.standings.items() if own.score.is_feasible]

    @cached_property
    def near(self) -> list[str]:
        """Those of them that chance cannot tell from the best, or that fall short of it by hardly anything; the most
        robust first."""
        if not self.able:
            return []
        labels, observed = self.comparison.labels, self.comparison.observations
        rows = np.array([self.goal.signed(observed, labels.index(one)) for one in self.able])
        known = rows[:, ~np.isnan(rows).any(axis=0)]
        alike = subset(known) if known.shape[1] > 1 and len(rows) > 1 else range(len(rows))
        most = max(self.standings[one].score.value for one in self.able)
        least = most - NEARLY * abs(most)
        chosen = [
            one
            for n, one in enumerate(self.able)
            if n in alike or self.standings[one].score.value >= least
        ]
        return sorted(chosen, key=self._preference)

    def _preference(self, label: str) -> tuple[bool, int, bool, bool, bool, int, bool, int, float]:
        own = self.standings[label]
        timed = own.response > 0
        return (
            not own.kept.surely,
            -own.sets_kept,
            label != self.today,
            self._plans_sprints(label) != self._plans_sprints(self.today),
            self._founds_a_team(label),
            round(math.log(own.response, SOONER)) if timed else -99,
            self.policy_id(label) in LAST_RESORT,
            own.settings,
            -own.score.value,
        )

    @cached_property
    def verdict(self) -> Verdict:
        """What it comes to."""
        comparison = self.comparison
        if all(comparison.figure(one, "opened").mean == 0 for one in comparison.labels):
            return Verdict.NOTHING
        if all(own.score.kept == -math.inf for own in self.standings.values()):
            return Verdict.OVERLOADED
        if not self.able:
            return Verdict.BROKEN
        if len(comparison.labels) == 1:
            return Verdict.ALONE
        return Verdict.STAY if self.recommended == self.today else Verdict.CHANGE

    @cached_property
    def recommended(self) -> str:
        """The label of the policy to take; where no promise can be kept, the closest that can be had."""
        if self.near:
            return self.near[0]
        labels = self.comparison.labels
        return labels[best([self.standings[one].score for one in labels])]

    @cached_property
    def runner_up(self) -> str | None:
        """The next to look at, of another kind: who keeps the promises in most sets of assumptions, in SURE of them at least, where
        the recommended does not; of those as good; else the best that keeps the promises."""
        own = self.policy_id(self.recommended)
        surer = [one for one in self.able if self._is_sure(one) and one != self.today]
        if surer and not self._is_sure(self.recommended):
            return max(surer, key=self._surest)
        others = [one for one in self.near if self.policy_id(one) != own and one != self.today]
        if others:
            return others[0]
        rest = [one for one in self.able if self.policy_id(one) != own and one != self.today]
        return max(rest, key=lambda one: self.standings[one].score.value, default=None)

    def _surest(self, label: str) -> tuple[int, float]:
        own = self.standings[label]
        return own.sets_kept, own.score.value

    def _plans_sprints(self, label: str) -> bool:
        return self.comparison.policies[self.comparison.labels.index(label)].sprints

    def _founds_a_team(self, label: str) -> bool:
        return bool(self.comparison.policies[self.comparison.labels.index(label)].sized)

    def _is_sure(self, label: str) -> bool:
        sets = self.comparison.input_sets
        if sets is None:
            return True
        return self.standings[label].sets_kept >= SURE * sets.sets

    def policy_id(self, label: str) -> str:
        """Return the id of the policy with a label."""
        return self.comparison.policies[self.comparison.labels.index(label)].id

    def promise_kept(self, label: str) -> list[tuple[str, float, float, float]]:
        """Return of each promise its name and the interval of its figure under a policy."""
        n, observed = self.comparison.labels.index(label), self.comparison.observations
        return [
            (str(promise), *interval(promise.figure.of(observed, n)))
            for promise in self.goal.promises
        ]
