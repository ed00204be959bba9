"""The scenario in the engines' units: seconds, per mille, positions instead of names.

Nothing here is random; everything is the same in every replication.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from sim.arrays import Ints
from sim.sampling.calendars import DAY, HOUR, MINUTE, WEEK, Calendar, office, round_the_clock
from sim.scenario.people_and_plans import OnCall, People, Time
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import IncidentKind

MILLE = 1_000
"""Shares are whole per mille, so that both engines round alike."""

MILLION = 1_000_000
"""Chances are whole per million."""

SEVERITIES = 5
"""From 1, the worst, to this."""


def of_kind(number: Callable[[IncidentKind], float]) -> dict[str, Any]:
    """Say of a field of `Organisation` that it has a whole number of each kind: `number`,
    rounded."""
    return {"of_kind": number}


@dataclass(frozen=True, eq=False)
class Organisation:
    """People, calendar and rules. D developers, T teams, K incident kinds, S sprints."""

    horizon: int
    """End of simulated time, seconds."""
    warmup: int
    """Seconds before anything is measured."""
    calendar: Calendar
    plannings: Ints
    """(S + 1,) when each sprint is planned; the last entry ends the last sprint."""
    team: Ints
    """(D,) home team of each developer."""
    seat: Ints
    """(D,) position within the team, from 0."""
    rank: Ints
    """(D,) order in which developers are taken when each team gives one in turn."""
    team_first: Ints
    """(T + 1,) first developer of each team."""
    focus: Ints
    """(T,) per mille of working time that reaches the work."""
    severity: Ints = field(metadata=of_kind(lambda kind: kind.severity))
    """(K,) 1 is worst."""
    people: Ints = field(metadata=of_kind(lambda kind: kind.people))
    """(K,) developers needed at once."""
    mean_effort: Ints = field(
        metadata=of_kind(lambda kind: kind.effort_hours.mean() * HOUR * kind.people)
    )
    """(K,) mean effort of an incident of this kind, all people, focus seconds."""
    abandon_after: Ints = field(metadata=of_kind(lambda kind: (kind.abandon_after_days or 0) * DAY))
    """(K,) seconds after opening at which an incident nobody started is withdrawn; 0: never."""
    promises: Ints
    """(K, 3) seconds to respond and to resolve within, -1: no promise; 1 where working time counts."""
    ceremony: int
    """Seconds of Scrum events at each planning."""
    goal: int
    """Per mille of committed stories that meets a sprint goal."""
    by_velocity: bool
    """Commit by the last sprints' points instead of by capacity."""
    switch: int
    """Seconds an interrupted developer loses before the new work."""
    resume: int
    """Seconds added to the effort of interrupted work."""
    unfamiliarity: int
    """Per mille of effort an incident takes from a developer of another team."""
    familiar_after: int
    """Working seconds on other teams' incidents until that is gone; 0: never."""
    quality_gain: int
    """Per mille of regressions avoided by who has worked in support for `quality_after`."""
    quality_after: int
    """Working seconds."""
    regression_chance: int
    """Per million stories that cause a regression."""
    interrupted_regressions: int
    """Per mille of that chance where a story was interrupted."""
    swap_meeting: int
    """Seconds of every team member that a swap costs."""
    replan: int
    """Seconds of every team member that a cancelled sprint costs."""
    rework: int
    """Per mille of progress that cancelling loses."""
    handover: int
    """Seconds of who begins or ends duty."""
    escalate_after: Ints = field(
        metadata=of_kind(lambda kind: (kind.escalate_after_hours or 0) * HOUR)
    )
    """(K,) seconds, of working time where promises count that, until nobody's start escalates; 0: never."""
    paged: Ints
    """(6,) 1 for severities that are worth a call at night."""
    improvement_effort: Ints
    """(I,) focus seconds of each improvement."""
    improvement_thinning: Ints
    """(I, K) per mille of a kind's incidents that still open once it is done."""
    improvement_worth: Ints
    """(I,) what it is worth by itself, thousandths of a point."""
    absence: int
    """Per mille of working time that people are expected to be away."""
    cost: Ints = field(metadata=of_kind(lambda kind: kind.cost_per_open_hour * MILLE))
    """(K,) of an open hour, thousandths of the currency."""

    @property
    def developers(self) -> int:
        """The number of developers, D."""
        return len(self.team)

    @property
    def teams(self) -> int:
        """The number of teams, T."""
        return len(self.focus)

    def members(self, team: int) -> range:
        """The ids of a team's developers."""
        return range(int(self.team_first[team]), int(self.team_first[team + 1]))


def organisation(scenario: Scenario) -> Organisation:
    """Translate a scenario into the engines' units."""
    sizes = np.array([team.developers for team in scenario.teams], dtype=np.int64)
    team = np.repeat(np.arange(len(sizes)), sizes)
    first = np.concatenate(([0], np.cumsum(sizes)))
    seat = np.arange(len(team)) - first[team]
    rank = np.empty_like(team)
    rank[np.lexsort((team, seat))] = np.arange(len(team))
    calendar = _calendar(scenario.time)
    kinds, stories = scenario.incidents, scenario.stories
    improvements = scenario.improvements_one_by_one
    return Organisation(
        horizon=scenario.time.horizon_weeks * WEEK,
        warmup=scenario.time.warmup_weeks * WEEK,
        calendar=calendar,
        plannings=_plannings(scenario.time, calendar),
        team=team,
        seat=seat,
        rank=rank,
        team_first=first,
        focus=_ints(MILLE * entry.focus for entry in scenario.teams),
        promises=_promises(kinds),
        ceremony=round(scenario.sprints.ceremony_hours * HOUR),
        goal=round(scenario.sprints.goal_share * MILLE),
        by_velocity=scenario.sprints.plan_by == "velocity",
        switch=round(scenario.interruptions.switch_minutes * MINUTE),
        resume=round(scenario.interruptions.resume_minutes * MINUTE),
        unfamiliarity=round(scenario.people.unfamiliarity * MILLE),
        familiar_after=round(scenario.people.familiar_after_hours * HOUR),
        quality_gain=round(scenario.people.quality_gain * MILLE),
        quality_after=round(scenario.people.quality_after_hours * HOUR),
        regression_chance=round(stories.regression_rate * MILLION) if stories else 0,
        interrupted_regressions=round(stories.interrupted_regressions * MILLE) if stories else 0,
        swap_meeting=round(scenario.interruptions.swap_meeting_minutes * MINUTE),
        replan=round(scenario.interruptions.replan_hours * HOUR),
        rework=round(scenario.interruptions.rework_share * MILLE),
        handover=round(scenario.interruptions.handover_minutes * MINUTE),
        paged=_paged(scenario.on_call),
        improvement_effort=_ints(entry.effort_hours * HOUR for entry in improvements),
        improvement_worth=_ints(entry.worth_points * MILLE for entry in improvements),
        improvement_thinning=_thinning(scenario),
        absence=_expected_absence(scenario.people),
        **_of_kinds(kinds),
    )


def _of_kinds(kinds: Sequence[IncidentKind]) -> dict[str, Ints]:
    numbers = {f.name: f.metadata["of_kind"] for f in fields(Organisation) if f.metadata}
    return {name: _ints(number(kind) for kind in kinds) for name, number in numbers.items()}


def _paged(on_call: OnCall) -> Ints:
    severities = range(SEVERITIES + 1)
    return _ints(on_call.cover == "24x7" and severity in on_call.page for severity in severities)


def _thinning(scenario: Scenario) -> Ints:
    kinds = [kind.kind for kind in scenario.incidents]
    improvements = scenario.improvements_one_by_one
    thinning = np.full((len(improvements), len(kinds)), MILLE, dtype=np.int64)
    for i, entry in enumerate(improvements):
        for kind, share in entry.reduces.items():
            thinning[i, kinds.index(kind)] = round((1 - share) * MILLE)
    return thinning


def _expected_absence(people: People) -> int:
    return round(MILLE * min(people.sick_share + people.vacation_weeks_per_year / 52, 1))


def _promises(kinds: Sequence[IncidentKind]) -> Ints:
    rows = [
        [
            -1 if hours is None else int(hours * HOUR)
            for hours in (kind.respond_within_hours, kind.resolve_within_hours)
        ]
        + [kind.clock == "working"]
        for kind in kinds
    ]
    return np.array(rows, dtype=np.int64)


def _ints(values: object) -> Ints:
    return np.rint(np.array(list(values), dtype=np.float64)).astype(np.int64)  # type: ignore[call-overload]


def _calendar(time: Time) -> Calendar:
    """The opening hours up to the end of the last sprint, with a week to spare for its planning."""
    until = (_sprint_count(time) * time.sprint_weeks + 1) * WEEK
    if time.always_open:
        return round_the_clock(until)
    closed = frozenset((day - time.start).days for day in time.public_holidays)
    return office(
        until, round(time.opens_at_hour * HOUR), round(time.closes_at_hour * HOUR), closed
    )


def _sprint_count(time: Time) -> int:
    return -(-time.horizon_weeks // time.sprint_weeks)


def _plannings(time: Time, calendar: Calendar) -> Ints:
    """The seconds of the plannings: each is at the first opening of its sprint's first week."""
    starts = range(_sprint_count(time) + 1)
    length = time.sprint_weeks * WEEK
    return np.array([calendar.next_open(k * length) for k in starts], dtype=np.int64)
