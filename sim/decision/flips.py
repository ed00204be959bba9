"""What would change the answer: the values of an input at which another policy takes over.

Each input is moved alone, over its range and half as far again, all policies in question on the same paths. The one that
is recommended stays the answer as long as it keeps what is required and no other that does surely brings more than
hardly anything. Where that ends is narrowed down; then both sides are looked at on fresh paths, and what these do not
show is not told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import ScenarioError
from sim.experiment.design import Design
from sim.experiment.reportable import Reportable
from sim.experiment.statistics import CONFIDENCE, paired
from sim.experiment.study import Observations, Progress
from sim.policy.contract import Policy
from sim.scenario.overrides import parts_of, plain
from sim.scenario.ranges import Range
from sim.scenario.reading import changed
from sim.scenario.schema import Scenario
from sim.search.goal import Goal, Kept, best
from sim.search.recommend import FRESH, NEARLY

PLACES = (-0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
"""Where an input is tried, in lengths of its range from its low end."""

NARROWED = 3
"""Times that the gap is halved in which the answer changes."""

PATHS, CHECKED_ON = 24, 200
"""On which the places are looked at, and both sides of a change."""


@dataclass(frozen=True)
class Flip:
    """A value of an input beyond which another policy is the better answer."""

    input: Range
    at: float
    """as `Range.value` writes it, without its sign"""
    above: bool
    """whether it is so above that value, or below"""
    then: str
    """the label of the policy that takes over; empty: beyond it none keeps what is required"""
    before_at: float
    after_at: float
    """the values on both sides at which it was checked on fresh paths"""
    within: bool
    """whether the value lies in the range that the scenario gives: how far off it may be"""

    @property
    def change(self) -> str:
        """The change at the value, as `--set` takes it."""
        return f"{self.input.key}={self.input.sign}{self.at:.10g}"


@dataclass(frozen=True)
class Strip:
    """An input, and which policy is the answer along it."""

    input: Range
    places: tuple[float, ...]
    """values that were tried, ascending"""
    answers: tuple[str, ...]
    """the label of the answer at each; empty: none keeps what is required"""
    used: float
    """the value that the scenario has, on the scale of the places: 1 for factors, 0 for additions"""
    flips: tuple[Flip, ...]


def strips(
    scenario: Scenario,
    policies: Sequence[Policy],
    goal: Goal,
    chosen: str,
    design: Design,
    progress: Progress | None = None,
) -> list[Strip]:
    """Find of each input of `[ranges]` which policy is the answer along it.

    Args:
        scenario: which has ranges.
        policies: those in question, the recommended among them.
        goal: by which they are chosen.
        chosen: the label of the recommended.
        design: how it is computed.
        progress: called with the number of runs done.

    Returns:
        A strip for each input that can be moved; those with flips first, the nearest flip first.
    """
    looking = _Looking(scenario, tuple(policies), goal, chosen, design, progress)
    found = [strip for one in scenario.inputs if (strip := looking.along(one)) is not None]
    return sorted(found, key=lambda strip: min((_far(f) for f in strip.flips), default=math.inf))


def _far(flip: Flip) -> float:
    """Return how far a flip lies from the middle of its range, in halves of it."""
    low, high = flip.input.low, flip.input.high
    if flip.input.is_by_factors:
        low, high = math.log(low), math.log(high)
        return abs(math.log(max(flip.at, 1e-9)) - (low + high) / 2) / (high - low) * 2
    return abs(flip.at - (low + high) / 2) / (high - low) * 2


@dataclass
class _Looking:
    scenario: Scenario
    policies: tuple[Policy, ...]
    goal: Goal
    chosen: str
    design: Design
    progress: Progress | None
    done: int = 0

    def along(self, one: Range) -> Strip | None:
        values = [value for place in PLACES if (value := _value(one, place)) is not None]
        able = [(value, moved) for value in values if (moved := self._moved(one, value))]
        used = _used(self.scenario, one)
        if len(able) < 2 or used is None:
            return None
        values = [value for value, _ in able]
        answers = self._answers([moved for _, moved in able], PATHS)
        flips = [
            flip
            for below, above in zip(range(len(values) - 1), range(1, len(values)), strict=True)
            if answers[below] != answers[above]
            and self.chosen in (answers[below], answers[above])
            and (flip := self._flip(one, values, answers, below)) is not None
        ]
        return Strip(one, tuple(values), tuple(answers), used, tuple(_nearest(flips, used)))

    def _flip(self, one: Range, values: list[float], answers: list[str], n: int) -> Flip | None:
        """Narrow down where the answer changes between two places, and check both sides on fresh paths."""
        low, high = values[n], values[n + 1]
        above = answers[n] == self.chosen
        step = high - low
        for _ in range(NARROWED):
            middle = (low + high) / 2
            moved = self._moved(one, middle)
            if moved is None:
                return None
            [answer] = self._answers([moved], 2 * PATHS)
            if (answer == self.chosen) == above:
                low = middle
            else:
                high = middle
        at = float(f"{(low + high) / 2:.3g}")
        for away in (step / 4, step / 2, step, 2 * step):
            near, far = (at - away, at + away) if above else (at + away, at - away)
            sides = [self._moved(one, value) for value in (near, far)]
            if sides[0] is None or sides[1] is None:
                return None
            before, after = self._observed([side for side in sides if side], CHECKED_ON, FRESH)
            then = self._answer(sides[1], after)
            if (
                self._answer(sides[0], before) == self.chosen != then
                and self._kept(sides[0], before).surely
                and self._is_beyond_doubt(sides[1], after)
            ):
                return Flip(one, at, above, then, near, far, one.low <= at <= one.high)
        return None

    def _is_beyond_doubt(self, scenario: Scenario, observed: Observations) -> bool:
        """Return whether the recommended is no answer, by more than chance: what is required is surely broken, or
        another surely brings more."""
        if not self._kept(scenario, observed).maybe:
            return True
        return self._kept(
            scenario, observed
        ).surely  # so it is the gain that says so, which is sure

    def _kept(self, scenario: Scenario, observed: Observations) -> Kept:
        own = [policy.label for policy in self.policies].index(self.chosen)
        return self.goal.kept(scenario, observed, own, CONFIDENCE)

    def _moved(self, one: Range, value: float) -> Scenario | None:
        try:
            moved = changed(self.scenario, [f"{one.key}={one.sign}{value:.10g}"])
        except ScenarioError:
            return None
        return moved

    def _answers(self, scenarios: Sequence[Scenario], paths: int) -> list[str]:
        """Return the label of the answer in each scenario."""
        observed = self._observed(scenarios, paths)
        return [self._answer(*pair) for pair in zip(scenarios, observed, strict=True)]

    def _answer(self, scenario: Scenario, observed: Observations) -> str:
        return answer(scenario, self.policies, self.goal, self.chosen, observed)

    def _observed(
        self, scenarios: Sequence[Scenario], paths: int, first: int = 0
    ) -> list[Observations]:
        studies = [self.design.study(scenario, self.policies) for scenario in scenarios]
        with self.design.at_work() as runner:
            asked = [(study, range(first, first + paths)) for study in studies]
            found = runner.observe_all(asked, None)
        self.done += len(scenarios) * paths
        if self.progress is not None:
            self.progress(self.done)
        return found


def answer(
    scenario: Scenario,
    policies: Sequence[Policy],
    goal: Goal,
    chosen: str,
    observed: Observations,
) -> str:
    """Return the label of the policy that is the answer, of those observed on common paths.

    It is the chosen one as long as it keeps what is required and no other that does surely brings more, by more than
    hardly anything. It is empty where none keeps what is required.
    """
    reportable = Reportable(scenario, observed)
    scores = [goal.score(scenario, observed, n) for n in range(len(policies))]
    able = [
        n for n, score in enumerate(scores) if score.is_feasible and not reportable.is_overloaded(n)
    ]
    labels = [policy.label for policy in policies]
    if not able:
        return ""
    top = able[best([scores[n] for n in able])]
    own = labels.index(chosen)
    if own not in able:
        return labels[top]
    gain = paired(goal.signed(observed, top), goal.signed(observed, own))
    more = gain.low > 0 and gain.mean > NEARLY * abs(scores[own].value)
    return labels[top] if more else chosen


def _value(one: Range, place: float) -> float | None:
    """Return the value at a place; None where it would be none of the same kind."""
    if one.is_by_factors:
        return float(f"{one.low * (one.high / one.low) ** place:.4g}")
    value = float(f"{one.low + place * (one.high - one.low):.4g}")
    return value if value >= 0 or one.low < 0 or one.sign == "+" else None


def _used(scenario: Scenario, one: Range) -> float | None:
    """Return what the scenario has, on the scale of the range."""
    if one.sign:
        return 1.0 if one.sign == "*" else 0.0
    try:
        found = value_at(scenario, one.key)
    except KeyError:
        return None
    return found


def value_at(scenario: Scenario, key: str) -> float:
    """Return the number at a key of the scenario; of several entries, their mean.

    Raises:
        KeyError: where there is no number.
    """
    places: list[object] = [scenario.model_dump(by_alias=True)]
    for part in (plain(own) for own in parts_of(key)):
        places = [inner for place in places for inner in _within(place, part)]
    numbers = [float(own) for own in places if isinstance(own, int | float)]
    if not numbers:
        raise KeyError(key)
    return float(np.mean(numbers))


def _within(place: object, part: str) -> list[object]:
    if isinstance(place, dict):
        return [own for key, own in place.items() if plain(key) == part]
    if not isinstance(place, list):
        return []
    named = [own for own in place if isinstance(own, dict)]
    if part == "*":
        return list(named)
    return [own for own in named if part in (plain(own.get(by, "")) for by in ("name", "kind"))]


def _nearest(flips: list[Flip], used: float) -> list[Flip]:
    """Return the nearest flip on each side of what was used."""
    above = [flip for flip in flips if flip.above and flip.at >= used]
    below = [flip for flip in flips if not flip.above and flip.at <= used]
    return [
        *([max(below, key=lambda flip: flip.at)] if below else []),
        *([min(above, key=lambda flip: flip.at)] if above else []),
    ]
