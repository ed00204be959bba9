"""Whether a scenario has what is asked of it: a promise can only be kept that somebody made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from sim.measures.deadlines import DUE_MET
from sim.measures.metrics import MONEY, OPERATIONAL, has_operational_work
from sim.measures.net_delivery import NET_POINTS
from sim.scenario.overrides import plain
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import IncidentKind
from sim.search.goal import FigureName, Goal
from sim.search.question import QuestionError


class _Promise(NamedTuple):
    """What a share of kept promises is of."""

    key: str
    is_made: Callable[[IncidentKind], bool]
    instead: str


PROMISES = {
    "response_sla": _Promise(
        "respond_within_hours",
        lambda kind: kind.respond_within_hours is not None,
        "response_hours_p90 <= 48",
    ),
    "resolution_sla": _Promise(
        "resolve_within_hours",
        lambda kind: kind.resolve_within_hours is not None,
        "resolution_hours_p90 <= 120",
    ),
    DUE_MET: _Promise("due", lambda kind: kind.due is not None, "resolution_hours_p90 <= 120"),
}

PLANNED = (NET_POINTS, "points_per_sprint", "stories_per_sprint", "delivery_share")
"""Figures of work that is planned in points."""


class _Needed(NamedTuple):
    """A key without which a scenario does not have a figure."""

    key: str
    has_it: Callable[[Scenario], bool]


WHOLE = {
    MONEY: _Needed("[money]", lambda scenario: scenario.money is not None),
    OPERATIONAL: _Needed("improvements.*.worth_points", has_operational_work),
    **dict.fromkeys(PLANNED, _Needed("[stories]", lambda scenario: scenario.stories is not None)),
}


def check_askable(goal: Goal, scenario: Scenario) -> None:
    """Refuse a goal on a figure that the scenario does not have.

    Raises:
        QuestionError: naming every figure of which there is none, the key that it needs, and what could be asked
            instead.
    """
    figures = dict.fromkeys([goal.figure, *(promise.figure for promise in goal.promises)])
    reasons = [reason for figure in figures for reason in why_not(figure, scenario)]
    if reasons:
        raise QuestionError("\n".join(reasons))


def why_not(figure: FigureName, scenario: Scenario) -> Iterator[str]:
    """Yield why a scenario does not have a figure; nothing where it has."""
    kinds = list(_of_group(figure, scenario))
    if not kinds:
        severities = ", ".join(
            f"severity={n}" for n in sorted({k.severity for k in scenario.incidents})
        )
        names = ", ".join(f"kind={kind.kind}" for kind in scenario.incidents)
        yield f"{figure}: this scenario has no such figure; response figures are by {severities}, {names}"
        return
    promise = PROMISES.get(figure.metric)
    if promise is not None and not any(map(promise.is_made, kinds)):
        which = "no kind" if figure.group == "all" else f"no kind of {figure.group}"
        example = plain(kinds[0].kind)
        yield (
            f"{figure}: {which} in {scenario.name} has {promise.key}, so nothing was promised that could be kept; "
            f"set it, such as --set incidents.{example}.{promise.key}=8, or ask for a span of time, such as "
            f"{promise.instead}"
        )
    needed = WHOLE.get(figure.metric)
    if needed is not None and not needed.has_it(scenario):
        yield f"{figure}: only a scenario with {needed.key} has it"


def _of_group(figure: FigureName, scenario: Scenario) -> Iterator[IncidentKind]:
    by, _, name = figure.group.partition(" ")
    for kind in scenario.incidents:
        if (
            by == "all"
            or (by == "kind" and kind.kind == name)
            or (by == "severity" and str(kind.severity) == name)
        ):
            yield kind
