"""What each figure is measured in."""

from __future__ import annotations

from sim.measures.metrics import METRICS, MONEY

_OTHERS = {
    "net_points_per_sprint": "points a sprint and team",
    "points_per_sprint": "points a sprint and team",
    "stories_per_sprint": "stories a sprint and team",
    "throughput_cv": "standard deviations over means",
    "operational_points_per_sprint": "points a sprint and team",
    "backlog_end": "incidents",
    "interruptions_per_developer_week": "interruptions a developer and week",
    "out_of_hours_calls_per_developer_month": "calls a developer and month",
    "sprints_cancelled": "cancellations a sprint and team",
    "stories_sent_back": "stories a sprint and team",
    "night_calls_per_person_month": "calls a month",
    "support_gini": "from 0, even, to 1",
}


def unit_of(metric: str, currency: str = "money") -> str:
    """Return what a figure that people compare is measured in.

    Args:
        metric: one of `METRICS`.
        currency: of the scenario.

    Raises:
        KeyError: for a figure that is none of them.
    """
    own = METRICS[metric]
    if own.percent:
        return "share, 0 to 1"
    if "_hours" in metric:
        return "hours"
    if "_days" in metric:
        return "days"
    return f"{currency} a sprint and team" if metric == MONEY else _OTHERS[metric]
