"""What an hour of waiting would have to be worth for another policy to be the better answer.

Nobody has to name a price to read it: the policies that answer sooner deliver less, so that each costs so much of the
developers' time for every hour that an incident waits less. From which price on another takes over is told in minutes
of a developer's time, or in money where the scenario says what a point is worth.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from sim.experiment.comparison import DELIVERY, RESPONSE, Comparison


@dataclass(frozen=True)
class Turn:
    """A price from which on, or below which, another policy is the better answer."""

    label: str
    minutes: float
    """of a developer's time, for an hour that an incident waits less"""
    above: bool
    """whether the other is better above that price, or below"""


def turns(comparison: Comparison, chosen: str, others: Iterable[str]) -> tuple[Turn, ...]:
    """Return the nearest price above and below which another policy is better than the chosen, as far as differences
    are more than chance.

    Empty where nothing is planned in points, or no policy trades one for the other.
    """
    stories = comparison.scenario.stories
    if stories is None:
        return ()
    waits = _incidents_a_sprint(comparison, chosen)
    found = []
    for label in others:
        points = comparison.difference(chosen, label, DELIVERY)
        hours = comparison.difference(label, chosen, RESPONSE)
        if math.isnan(points.mean + hours.mean) or not waits > 0:
            continue
        surely = (points.low > 0 or points.high < 0) and (hours.low > 0 or hours.high < 0)
        if surely and points.mean * hours.mean < 0:
            worth = abs(points.mean) * stories.hours_per_point * stories.error.mean()
            minutes = 60 * worth / (abs(hours.mean) * waits)
            found.append(Turn(label, minutes, above=points.mean > 0))
    above = [turn for turn in found if turn.above]
    below = [turn for turn in found if not turn.above]
    return (
        *([max(below, key=lambda turn: turn.minutes)] if below else []),
        *([min(above, key=lambda turn: turn.minutes)] if above else []),
    )


def _incidents_a_sprint(comparison: Comparison, label: str) -> float:
    time = comparison.scenario.time
    sprints = (time.horizon_weeks - time.warmup_weeks) / time.sprint_weeks
    count = comparison.figure(label, "incidents_measured").mean
    return count / sprints / len(comparison.scenario.teams)
