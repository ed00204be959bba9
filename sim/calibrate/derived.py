"""What follows from the figures of a calibration: capacity, load, and what becomes of a sprint.

Where no export tells a figure that these need, the assumed one stands here.
"""

from __future__ import annotations

import math

from sim.calibrate.calibration import Calibration
from sim.calibrate.figures import Figure
from sim.calibrate.kinds import Kind
from sim.scenario.people_and_plans import Stories

FOCUS = 0.75
"""Assumed: share of working time that reaches the work."""

CEREMONY_HOURS = 6.0
"""Assumed: of each developer in a sprint (docs/evidence.md, A8)."""

SICK_SHARE, VACATION_WEEKS = 0.02, 5
"""Assumed: share of hours (docs/evidence.md, A8), and weeks a year of each developer."""

SPRINT_WEEKS, MAX_SPRINT_WEEKS = 2, 8
"""Assumed where no export has sprints (docs/evidence.md, A8); and the longest that a scenario may have."""

HOURS_PER_POINT = 5.0
"""Assumed where it cannot be told from points that were done."""

OVERRUN = Stories.model_fields["error"].get_default(call_default_factory=True).mean()
"""Assumed, as the program does: actual over estimated hours of a story, on average (docs/evidence.md, A2)."""

ASSUMED_EFFORT_MEAN = 2.46
"""Hours: about PagerDuty's 2.5 person-hours an incident (docs/evidence.md, A3)."""

UNPLANNED = 0.2
"""Share of capacity that is unplanned work where no incidents were given (docs/evidence.md, A5)."""


def sprint_weeks(c: Calibration) -> int:
    """Return the usual length of a sprint, in weeks."""
    days = c.delivery.days if c.delivery else None
    return SPRINT_WEEKS if days is None else min(max(round(days.value / 7), 1), MAX_SPRINT_WEEKS)


def outcomes(c: Calibration) -> dict[str, Figure]:
    """Return what sprint data says that a scenario brings about and does not state."""
    d = c.delivery
    if d is None:
        return {}
    found = {
        "committed points a sprint": d.committed,
        "delivered points a sprint": d.delivered,
        "delivered over committed points": d.say_do,
        "added share of items": d.added_items,
        "added share of points": d.added_points,
        "removed share of items": d.removed_items,
    }
    return {name: figure for name, figure in found.items() if figure is not None}


def points_per_week(c: Calibration) -> float:
    """Return the points that all teams finish in a week; NaN where they are not known."""
    if c.delivery and c.delivery.delivered and c.delivery.delivered.value > 0:
        return c.delivery.delivered.value * len(c.teams) / sprint_weeks(c)
    return c.points.per_week if c.points else math.nan


def hours_per_point(c: Calibration) -> tuple[float, str]:
    """Return the estimated focus hours of a point, else assumed.

    What is left of capacity went into the points done. As stories take longer than they were estimated (`error`, which
    no export tells), an estimated hour is fewer than that by as much.
    """
    done = points_per_week(c)
    left = capacity_per_week(c) - incident_hours_per_week(c)
    if not done > 0:
        return HOURS_PER_POINT, "assumed: no export has points that were done"
    if left <= 0.1 * capacity_per_week(c):
        return (
            HOURS_PER_POINT,
            "assumed: incidents would leave no time; check head counts and effort",
        )
    hours = left / done / OVERRUN
    if not 0.1 <= hours <= 1_000:
        return HOURS_PER_POINT, f"assumed: head counts and points done would give {hours:.3g}"
    return hours, (
        f"assumed: {left:.0f} focus hours a week that incidents leave, over {done:.1f} points done, "
        f"each {OVERRUN:.2f} times as long as estimated"
    )


def capacity_per_week(c: Calibration) -> float:
    """Return the focus hours a week of all developers who are not away."""
    opens, closes = c.wishes.say.hours
    people = sum(team.developers.value for team in c.teams)
    present = 1 - SICK_SHARE - VACATION_WEEKS / 52
    return people * present * (5 * (closes - opens) - CEREMONY_HOURS / sprint_weeks(c)) * FOCUS


def incident_hours_per_week(c: Calibration) -> float:
    """Return the focus hours a week that incidents take."""
    kinds = sum(kind.per_week.value * mean_effort(c, kind) for kind in c.kinds)
    return kinds * (1 - c.first_line.value) if c.kinds else UNPLANNED * capacity_per_week(c)


def effort_factor(c: Calibration) -> float:
    """Return how many times the assumed effort is taken, by what was done in the days before."""
    before = c.today.before if c.today else None
    return before.pace.factor if before and before.pace else 1.0


def mean_effort(c: Calibration, kind: Kind) -> float:
    """Return the mean hours of an incident, by the distribution that is written."""
    if kind.effort is None:
        return ASSUMED_EFFORT_MEAN * effort_factor(c)
    return sum(h.share * math.exp(h.mu + h.sigma**2 / 2) for h in kind.effort.humps)
