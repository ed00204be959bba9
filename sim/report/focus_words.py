"""What a policy in focus comes to against a reference, or against before: the sentence of a live screen.

Whom it names is chosen by whoever looks, so that it never changes while figures sharpen. What chance can still
turn round is told as about the same.
"""

from __future__ import annotations

import math

from sim.experiment.comparison import Comparison
from sim.experiment.statistics import paired
from sim.measures.metrics import Key
from sim.report.wording import hours, title_of

RESPONSE, DELIVERY, IN_TIME = "response_hours_fixed_mix", "net_points_per_sprint", "response_sla"

ALL = "all"


def focused(comparison: Comparison, focus: str, reference: str) -> str:
    """Say what a policy brings and costs against the reference; both are labels."""
    name, other = title_of(comparison, focus), title_of(comparison, reference)
    if comparison.is_overloaded(focus):
        return f"With {name}, more comes in than is answered: what waits grows every week."
    response = comparison.figure(focus, RESPONSE).mean
    if math.isnan(response):
        return f"With {name}, no incident reached a team."
    said = f"With {name}, a first answer takes {hours(response)}"
    if focus == reference:
        return f"{said} on average{_in_time(comparison, focus)}. It is the reference."
    if comparison.is_overloaded(reference):
        return f"{said} on average; with {other} nobody keeps up with what comes in."
    there = comparison.figure(reference, RESPONSE).mean
    against = _against(
        comparison.at_expected_load.of(comparison.labels.index(focus), _key(comparison, RESPONSE)),
        comparison.at_expected_load.of(
            comparison.labels.index(reference), _key(comparison, RESPONSE)
        ),
    )
    if against == 0 or hours(there) == hours(response):
        said += f", about as long as with {other}"
    else:
        said += f" instead of {hours(there)}"
    return f"{said}, and {_delivered(comparison, focus, reference)} with {other}."


def changed_from(comparison: Comparison, before: Comparison, focus: str) -> str:
    """Say what a policy in focus comes to now, and what it was before a change; empty where it was not there."""
    ids = [policy.id for policy in before.policies]
    policy = comparison.policies[comparison.labels.index(focus)]
    if policy.id not in ids:
        return ""
    there = before.labels[ids.index(policy.id)]
    name = title_of(comparison, focus)
    if comparison.is_overloaded(focus):
        return f"Now more comes in than is answered with {name}: what waits grows every week."
    now, was = (
        c.figure(label, RESPONSE).mean for c, label in ((comparison, focus), (before, there))
    )
    if before.is_overloaded(there) or math.isnan(was) or math.isnan(now):
        return f"Now, with {name}, a first answer takes {hours(now)}; before, what waited grew every week."
    said = f"Now, with {name}, a first answer takes {hours(now)}"
    said += ", as before" if hours(now) == hours(was) else f" instead of {hours(was)}"
    in_time, was_in_time = (
        c.figure(label, IN_TIME).mean for c, label in ((comparison, focus), (before, there))
    )
    if not math.isnan(in_time) and round(100 * in_time) != round(100 * was_in_time):
        said += f", and {100 * in_time:.0f} % come in time instead of {100 * was_in_time:.0f} %"
    return f"{said}."


def _delivered(comparison: Comparison, focus: str, reference: str) -> str:
    key = _key(comparison, DELIVERY)
    here, there = (
        comparison.at_expected_load.of(comparison.labels.index(label), key)
        for label in (focus, reference)
    )
    base = float(there.mean())
    sign = _against(here, there)
    share = abs(100 * (float(here.mean()) - base) / base) if base > 0 else math.nan
    if sign == 0 or math.isnan(share) or share < 0.5:
        return "about as much is delivered as"
    amount = f"{share:.0f}" if share >= 1.5 else f"{share:.1f}".removesuffix(".0")
    return f"{amount} % {'more' if sign > 0 else 'less'} is delivered than"


def _against(here: object, there: object) -> int:
    """1 or -1 where chance alone cannot have turned a difference round, else 0."""
    found = paired(here, there)  # type: ignore[arg-type]  # rows of observations
    if math.isnan(found.low):
        return 0 if found.mean == 0 else int(math.copysign(1, found.mean))
    return 1 if found.low > 0 else -1 if found.high < 0 else 0


def _in_time(comparison: Comparison, label: str) -> str:
    share = comparison.figure(label, IN_TIME).mean
    return "" if math.isnan(share) else f", and {100 * share:.0f} % come in time"


def _key(comparison: Comparison, name: str) -> Key:
    return next(k for k in comparison.observations.keys if (k.name, k.group) == (name, ALL))
