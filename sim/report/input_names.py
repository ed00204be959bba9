"""What people call the inputs of a scenario that may be off."""

from __future__ import annotations

import re

from sim.decision.flips import value_at
from sim.report.wording import short
from sim.scenario.ranges import Range
from sim.scenario.schema import Scenario

NAMES = (
    (r"incidents\.\*\.per_week", "Incidents a week"),
    (r"incidents\.(.+)\.per_week", "Incidents a week: {}"),
    (r"incidents\.\*\.effort_hours.*", "Hands-on time for an incident"),
    (r"incidents\.(.+)\.effort_hours.*", "Hands-on time: {}"),
    (r"incidents\.\*\.dispersion", "How uneven weeks are"),
    (r"incidents\.(.+)\.dispersion", "How uneven weeks are: {}"),
    (r"incidents\.\*\.cost_per_open_hour", "Cost of an hour that an incident is open"),
    (r"incidents\.(.+)\.cost_per_open_hour", "Cost of an open hour: {}"),
    (r"interruptions\.resume_minutes", "Minutes to find back into work"),
    (r"interruptions\.switch_minutes", "Minutes to turn to something else"),
    (r"interruptions\.handover_minutes", "Minutes to hand work over"),
    (r"interruptions\.rework_share", "Of begun work, lost when a sprint is dropped"),
    (r"people\.unfamiliarity", "Another team's product takes longer by"),
    (r"people\.familiar_after_hours", "Hours until that is learnt"),
    (r"people\.sick_share", "Time off sick"),
    (r"teams\.\*\.focus", "Work left after meetings and mail"),
    (r"stories\.error", "Stories take longer than estimated"),
    (r"stories\.hours_per_point", "Hours of a story point"),
    (r"stories\.regression_rate", "Stories that break something"),
    (r"first_line\.deflect_rate", "Settled before it reaches a team"),
    (r"money\.point_value", "What a story point is worth"),
)


AS_IT_IS = "as in the scenario"


def name_of(key: str) -> str:
    """Return what people call an input; its key where it has no name here."""
    for pattern, name in NAMES:
        if found := re.fullmatch(pattern, key):
            return name.format(*(part.strip("'\"") for part in found.groups()))
    return key


def said(scenario: Scenario, one: Range, value: float) -> str:
    """Return a value of an input as people say it: in its own unit where it is one number, else how much more or
    less than what was used."""
    if one.sign == "*":
        return _by_factor(scenario, one.key, value)
    if one.sign == "+":
        return f"{'+' if value >= 0 else '−'}{short(abs(value))}"
    if one.key.endswith(("_share", "_rate", ".focus")):
        return f"{short(100 * value)} %"
    return short(value)


def _by_factor(scenario: Scenario, key: str, factor: float) -> str:
    if key == "incidents.*.per_week":
        return short(factor * sum(kind.per_week for kind in scenario.incidents))
    try:
        own = value_at(scenario, key) if "*" not in key else None
    except KeyError:
        own = None
    if own is not None:
        return short(factor * own)
    more = 100 * (factor - 1)
    if abs(more) < 0.5:
        return AS_IT_IS
    return f"{abs(more):.0f} % {'more' if more > 0 else 'less'}"
