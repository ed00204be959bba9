"""What the cases have in common: policies that make the model a plain queue, and statistics."""

from __future__ import annotations

import math

from validation.case import Statistic

FIRST_COME = PREEMPTION = "interrupt-anyone"
"""Whoever is free serves the oldest; a worse severity takes the place of a lesser one."""

NO_PREEMPTION = "kanban:wip_limit=10,preempt=0"
"""Whoever gets free serves the worst, then the oldest."""

LOGNORMAL = {"median": math.exp(-0.5), "p90": math.exp(-0.5 + 1.2815515655446004)}
"""Mean 1, sigma 1: the mean square is e."""


def figure(name: str, group: str = "all", arm: int = 0) -> Statistic:
    """A figure that `firelane compare` reports."""
    return lambda arms: arms[arm].figure(name, group)


def effort(**values: str | float) -> tuple[str, ...]:
    """Another distribution of the customers' efforts, as `--set` takes it."""
    inside = ", ".join(
        f'{k} = "{v}"' if isinstance(v, str) else f"{k} = {float(v)}" for k, v in values.items()
    )
    return (f"incidents.customer.effort_hours={{ {inside} }}",)
