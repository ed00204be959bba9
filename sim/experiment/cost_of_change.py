"""What it costs to change from one policy to another, week by week beside staying, and when it has paid."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from sim.arrays import Bools, Floats
from sim.errors import BadInputError
from sim.experiment.courses import live_through
from sim.experiment.design import Design
from sim.experiment.statistics import CONFIDENCE, Interval, interval
from sim.experiment.study import Progress
from sim.measures.by_week import by_week
from sim.policy.changeover import Changeover
from sim.policy.contract import Policy
from sim.scenario.reading import changed
from sim.scenario.schema import Scenario

YEAR = 52
"""Weeks that are looked at after the change."""

RUN_OUT = 8
"""Weeks more that are simulated, so that what opens late in the year is answered and counts as it was."""

SETTLED = 4
"""Weeks from an empty start before a change, at least, where a scenario has no warm-up."""


class ChangeoverError(BadInputError):
    """Raised for a change at a week at which there can be none."""


@dataclass(frozen=True)
class Paths:
    """What two courses come to, path by path: R replications, W weeks from the change on."""

    stay: Floats
    """(R, W)"""
    change: Floats
    """(R, W)"""

    @property
    def difference(self) -> Floats:
        """(R, W) by which the change is more."""
        return self.change - self.stay

    @property
    def so_far(self) -> Floats:
        """(R, W) the same, summed from the change on."""
        return np.cumsum(self.difference, axis=1)


@dataclass(frozen=True)
class BreakEven:
    """The week of the change's first year by whose end what was lost has come in again; None: none."""

    week: int | None
    """on average over the futures"""
    earliest: int | None
    """that chance alone would allow"""
    surely: int | None
    """from which on chance alone would not undo it"""


@dataclass(frozen=True)
class Change:
    """The answer of a change: series by week from the change on, of all teams together."""

    scenario: Scenario
    before: Policy
    after: Policy
    week: int
    """weeks that the first was in force"""
    replications: int
    seed: int
    points: Paths
    response_hours: Paths
    net_value: Paths
    """in money where the scenario has some, else in points, net of the work left open"""

    @property
    def weeks(self) -> int:
        """Weeks that are looked at after the change."""
        return int(self.points.stay.shape[1])

    def in_the_long_run(self, paths: Paths) -> Interval:
        """By how much a week of the second half is more than staying."""
        return interval(self._settled(paths.difference))

    def _settled(self, values: Floats) -> Floats:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # weeks in which nothing opens
            return np.asarray(np.nanmean(values[:, self.weeks // 2 :], axis=1))

    @property
    def dip(self) -> tuple[int, Interval]:
        """What the way costs: the points lost by some week beyond what the new policy delivers more or less
        in the long run, and the week by which that is most, at the end of a sprint; week 0: nothing is. The
        interval holds for all these weeks at once (Bonferroni)."""
        sprint = self.scenario.time.sprint_weeks
        weeks = np.arange(sprint, self.weeks // 2 + 1, sprint)
        sure = 1 - (1 - CONFIDENCE) / max(1, len(weeks))  # as the week is chosen by what it shows
        usual = self._settled(self.points.difference)[:, np.newaxis] * weeks
        lost = usual - self.points.so_far[:, weeks - 1]
        if not len(weeks) or lost.mean(axis=0).max() <= 0:
            return 0, Interval(0.0, 0.0, 0.0)
        most = int(np.argmax(lost.mean(axis=0)))
        return int(weeks[most]), interval(lost[:, most], sure)

    @property
    def year(self) -> Interval:
        """What the year after the change brings more than staying, in net value."""
        return interval(self.net_value.so_far[:, -1])

    @property
    def break_even(self) -> BreakEven:
        """When the sum of net value has caught up with staying for good, as far as the year shows."""
        sums = [interval(column) for column in self.net_value.so_far.T]
        means, lows, highs = (np.array(part) for part in zip(*sums, strict=True))
        return BreakEven(*(_from_then_on(values >= 0) for values in (means, highs, lows)))


def _from_then_on(holds: Bools) -> int | None:
    """The first week, from 1, from which on it always holds."""
    fails = np.flatnonzero(~holds)
    week = int(fails[-1]) + 2 if len(fails) else 1
    return week if week <= len(holds) else None


def change_over(
    scenario: Scenario,
    before: Policy,
    after: Policy,
    design: Design,
    week: int | None = None,
    progress: Progress | None = None,
) -> Change:
    """Live through the same random futures twice: staying with a policy, and changing to another.

    Args:
        scenario: its horizon becomes the week of the change and a year.
        before: the policy that is in force.
        after: the policy that takes its place.
        design: on how many futures, from which seed, on which engine, by how many processes.
        week: weeks until the change, whole sprints; None: the end of the warm-up.
        progress: called with the number of futures done.

    Raises:
        ChangeoverError: for a week that is no beginning of a sprint, or leaves nothing to look at.
        ScenarioError: where a log that is replayed cannot be used, or the scenario is too large.
        PolicyError: for a policy that draws random numbers or looks at the clock.
        WorkersLostError: where a worker process died.
    """
    week = _week(scenario, week)
    whole = _with_a_year(scenario, week)
    change = Changeover(before, after, week)
    lived = live_through(whole, change, by_week, design, progress, beside_staying=True)
    found = lived[..., week : week + YEAR]
    paths = [Paths(found[:, 0, figure], found[:, 1, figure]) for figure in range(3)]
    return Change(
        scenario=whole,
        before=before,
        after=after,
        week=week,
        replications=design.replications,
        seed=design.seed,
        points=paths[0],
        response_hours=paths[1],
        net_value=paths[2],
    )


def _week(scenario: Scenario, week: int | None) -> int:
    time = scenario.time
    sprint = time.sprint_weeks
    if week is None:
        return -(-max(time.warmup_weeks, SETTLED) // sprint) * sprint
    if week < 1 or week % sprint:
        raise ChangeoverError(
            f"--week {week}: a change comes when a sprint begins, after whole sprints of {sprint} weeks; "
            f"expected {max(1, week // sprint) * sprint} or another multiple of {sprint}"
        )
    return week


def _with_a_year(scenario: Scenario, week: int) -> Scenario:
    """The same scenario up to a year after the change; a log is as long as it is."""
    if scenario.incidents_from is None:
        return changed(scenario, [f"time.horizon_weeks={week + YEAR + RUN_OUT}"])
    if week >= scenario.time.horizon_weeks:
        weeks = scenario.time.horizon_weeks
        raise ChangeoverError(
            f"--week {week}: must be less than time.horizon_weeks, {weeks}, as the log that is replayed "
            "has no more"
        )
    return scenario
