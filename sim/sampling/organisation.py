"""The scenario in the engines' units: seconds, per mille, positions instead of names.

Nothing here is random; everything is the same in every replication.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from sim.arrays import Ints
from sim.sampling.calendars import DAY, HOUR, MINUTE, WEEK, Calendar
from sim.sampling.working_hours import WorkingHours, days_of, headcounts, start_of, working_hours
from sim.scenario.dated import EveryWeeks, OnDates, WithinDays
from sim.scenario.people_and_plans import OnCall, People, Sprints, Time
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import IncidentKind

MILLE = 1_000
"""Shares are whole per mille, so that both engines round alike."""

MILLION = 1_000_000
"""Chances are whole per million."""

WEEKS_A_YEAR = 52

SEVERITIES = 5
"""From 1, the worst, to this."""


def of_kind(number: Callable[[IncidentKind], float]) -> dict[str, Any]:
    """Say of a field of `Organisation` that it has a whole number of each kind: `number`,
    rounded."""
    return {"of_kind": number}


def _due_within(kind: IncidentKind) -> float:
    return kind.due.days * DAY if isinstance(kind.due, WithinDays) else 0


def _due_every(kind: IncidentKind) -> float:
    return kind.due.every_weeks * WEEK if isinstance(kind.due, EveryWeeks) else 0


@dataclass(frozen=True, eq=False)
class Organisation:
    """People, calendar and rules. D developers, T teams, K incident kinds, S sprints."""

    horizon: int
    """End of simulated time, seconds."""
    warmup: int
    """Seconds before anything is measured."""
    begins: int
    """Second at which the teams begin; 0 but where a scenario says how things stand on some later day."""
    hours: WorkingHours
    """Who keeps which calendar."""
    plannings: Ints
    """(T, S + 1) when each team plans each sprint; the last entry ends the last sprint. A sprint all of
    whose days are closed ends when it begins, and is not held."""
    meetings: Ints
    """(T, W) when each team meets in each week for what comes by the week; -1: it is closed."""
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
    growth: Ints = field(metadata=of_kind(lambda kind: kind.effort_grows_per_day * MILLE))
    """(K,) per mille of the effort by which it grows each day until somebody starts."""
    logged: Ints = field(metadata=of_kind(lambda kind: kind.logged_share * MILLE))
    """(K,) per mille of the incidents that are on record."""
    due_within: Ints = field(metadata=of_kind(_due_within))
    """(K,) seconds after opening until which an incident is due; 0: it is not by that."""
    due_every: Ints = field(metadata=of_kind(_due_every))
    """(K,) seconds between the moments at which what is open is due; 0: there are none."""
    due_dates: Ints
    """The moments at which incidents of kinds with dates are due, kind by kind, in order."""
    due_first: Ints
    """(K + 1,) where those of each kind begin."""
    abandon_after: Ints = field(metadata=of_kind(lambda kind: (kind.abandon_after_days or 0) * DAY))
    """(K,) seconds after opening at which an incident nobody started is withdrawn; 0: never."""
    promises: Ints
    """(K, 3) seconds to respond and to resolve within, -1: no promise; 1 where working time counts."""
    ceremony: int
    """Seconds of Scrum events at each planning."""
    refinement: int
    """Seconds of everybody that refinement takes at each of the weekly meetings."""
    ramp: Ints
    """(D,) working seconds until who joins is worth a veteran; 0: from the first day on."""
    mentor: int
    """Per mille of a colleague's ordinary week, for each who is not."""
    departures: int
    """Per million people who leave in a sprint for good."""
    departures_by_duty: int
    """Per mille more of that for who has been on duty in all sprints."""
    vacancy: int
    """Seconds until the place of who left is filled."""
    freezes: Ints
    """(F, 2) from when until when nothing is released; what was finished then is at its end."""
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
    called: int
    """People of each team who are called, in order: the next where one is on a call."""
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
    def calendar(self) -> Calendar:
        """The organisation's own hours, which a team keeps that has none of its own."""
        return self.hours.calendars[0]

    def calendar_of(self, team: int) -> Calendar:
        """The calendar that a team keeps."""
        return self.hours.calendars[int(self.hours.of_team[team])]

    @property
    def sprint_count(self) -> int:
        """The number of sprints of each team, closed ones included, S."""
        return int(self.plannings.shape[1]) - 1

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


_KEPT = 8
"""Organisations that are kept: a study asks for the same in every replication."""

_known: dict[int, tuple[Scenario, Organisation]] = {}
"""By the scenario's id."""


def organisation(scenario: Scenario) -> Organisation:
    """Translate a scenario into the engines' units."""
    known, org = _known.get(id(scenario), (None, None))
    if known is scenario and org is not None:
        return org
    if len(_known) >= _KEPT:
        _known.clear()
    org = _translated(scenario)
    _known[id(scenario)] = scenario, org
    return org


def _translated(scenario: Scenario) -> Organisation:
    sizes = np.array(headcounts(scenario), dtype=np.int64)
    team = np.repeat(np.arange(len(sizes)), sizes)
    first = np.concatenate(([0], np.cumsum(sizes)))
    seat = np.arange(len(team)) - first[team]
    rank = np.empty_like(team)
    rank[np.lexsort((team, seat))] = np.arange(len(team))
    time, people, begins = scenario.time, scenario.people, start_of(scenario)
    hours = working_hours(scenario, (_sprint_count(time) * time.sprint_weeks + 1) * WEEK)
    dates, first_date = _due_dates(scenario)
    kinds, stories = scenario.incidents, scenario.stories
    improvements = scenario.improvements_one_by_one
    return Organisation(
        horizon=scenario.time.horizon_weeks * WEEK,
        warmup=scenario.time.warmup_weeks * WEEK,
        begins=begins,
        hours=hours,
        plannings=_plannings(time, hours),
        meetings=_meetings(time, hours),
        team=team,
        seat=seat,
        rank=rank,
        team_first=first,
        focus=_ints(MILLE * entry.focus for entry in scenario.teams),
        promises=_promises(kinds),
        due_dates=dates,
        due_first=first_date,
        ceremony=round(_ceremony_hours(scenario.sprints, time) * HOUR),
        refinement=round(scenario.sprints.refinement_hours_per_week * HOUR),
        ramp=_ints(people.ramp_up_weeks * hours.week),
        mentor=round(people.mentor_share * MILLE),
        departures=round(people.leaves_per_year * time.sprint_weeks / WEEKS_A_YEAR * MILLION),
        departures_by_duty=round(people.leaves_by_duty * MILLE),
        vacancy=round(people.vacancy_weeks * WEEK),
        freezes=_freezes(time),
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
        called=scenario.on_call.people,
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


def _sprint_count(time: Time) -> int:
    return -(-time.horizon_weeks // time.sprint_weeks)


def _ceremony_hours(sprints: Sprints, time: Time) -> float:
    if sprints.ceremony_hours_per_week is None:
        return sprints.ceremony_hours
    return sprints.ceremony_hours_per_week * time.sprint_weeks


def _plannings(time: Time, hours: WorkingHours) -> Ints:
    """The seconds of the plannings: each is at the first opening of its sprint's first week, by the team's
    own clock; the first at that of all, be it a Sunday there."""
    first_days = np.arange(_sprint_count(time) + 1) * time.sprint_weeks * 7
    found = _openings(hours, first_days)
    found[:, 0] = [hours.calendars[keeps].next_open(0) for keeps in hours.of_team.tolist()]
    return found


def _openings(hours: WorkingHours, days: Ints) -> Ints:
    """The first opening of each team from each of some days on, (T, days)."""
    rows = [
        [hours.calendars[keeps].next_open(moment) for moment in hours.midnight(team, days).tolist()]
        for team, keeps in enumerate(hours.of_team.tolist())
    ]
    return np.array(rows, dtype=np.int64)


_WEDNESDAY = 2


def _meetings(time: Time, hours: WorkingHours) -> Ints:
    """The weekly meetings, at the first opening from Wednesday on of each week that has one."""
    mondays = np.arange(time.horizon_weeks) * 7
    found = _openings(hours, mondays + _WEDNESDAY)
    begins, ends = (
        np.array([hours.midnight(team, mondays + day) for team in range(len(found))])
        for day in (_WEDNESDAY, 7)
    )
    return np.where((begins <= found) & (found < ends), found, -1)


def _freezes(time: Time) -> Ints:
    days = np.array(days_of(time.freezes, time), dtype=np.int64)
    begins = days[~np.isin(days - 1, days)]
    ends = days[~np.isin(days + 1, days)] + 1
    return np.column_stack((begins, ends)) * DAY


def _due_dates(scenario: Scenario) -> tuple[Ints, Ints]:
    """The ends of the days on which incidents are due, kind by kind, and where those of each begin."""
    start = scenario.time.start
    of_kinds = [
        sorted({(date - start).days + 1 for date in kind.due.dates})
        if isinstance(kind.due, OnDates)
        else []
        for kind in scenario.incidents
    ]
    first = np.concatenate(([0], np.cumsum([len(days) for days in of_kinds])))
    days = [day for of_kind_ in of_kinds for day in of_kind_]
    return np.array(days, dtype=np.int64) * DAY, first.astype(np.int64)
