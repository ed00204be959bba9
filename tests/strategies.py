"""Random small organisations, and policies with random settings."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from itertools import permutations
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from sim.policy.contract import (
    CANCEL,
    DEFER,
    INCIDENT_FIRST,
    INTERRUPT,
    NOTHING_NEW,
    QUEUE,
    STORY_FIRST,
    SWAP,
    Policy,
)
from sim.policy.parameters import Parameter
from sim.policy.parameters import Value as Setting
from sim.policy.registry import known_policies
from sim.policy.views import LOADS
from tests.written import MORE, WRITTEN

EFFORTS = (
    {"dist": "constant", "value": 0.25},
    {"dist": "constant", "value": 1.0},
    {"dist": "constant", "value": 8.0},
    {"dist": "exponential", "mean": 0.5},
    {"dist": "exponential", "mean": 3.0},
    {"dist": "lognormal", "median": 2.0, "p90": 9.0},
)

YES_OR_NO = (False, True)


Value = TypeVar("Value")


class Choose(Protocol):
    """Chooses one of several values: hypothesis does, or a generator of random numbers."""

    def __call__(self, values: Sequence[Value], /) -> Value: ...


def incident_kind(number: int, one_of: Choose) -> dict[str, Any]:
    kind = {
        "kind": f"kind {number}",
        "severity": one_of(range(1, 5)),
        "per_week": one_of([0.0, 1.0, 6.0, 20.0]),
        "dispersion": one_of([1.0, 3.0]),
        "profile": one_of(["round-the-clock", "office-hours", "service-desk"]),
        "effort_hours": one_of(EFFORTS),
        "people": one_of([1, 1, 2, 3]),
        "first_line": one_of(YES_OR_NO),
        "reopen_rate": one_of([0.0, 0.3]),
        "reopen_after_hours": {"dist": "exponential", "mean": 10.0},
    }
    if one_of(YES_OR_NO):
        kind["abandon_after_days"] = one_of([0.1, 1.0, 9.0])
    if one_of(YES_OR_NO):
        kind["escalate_after_hours"] = one_of([0.5, 4.0, 100.0])
        kind["clock"] = one_of(["calendar", "working"])
    if one_of(YES_OR_NO):
        kind["respond_within_hours"] = one_of([1.0, 30.0])
        kind["resolve_within_hours"] = one_of([2.0, 90.0])
    kind["cost_per_open_hour"] = one_of([0.0, 3.5])
    return kind


def scenario_table(one_of: Choose) -> dict[str, Any]:
    """Organisations of up to nine people, with every feature of the model on or off."""
    sprint = one_of(range(1, 3))
    table: dict[str, Any] = {
        "name": "drawn",
        "time": {
            "horizon_weeks": one_of(range(sprint, 6)),
            "warmup_weeks": 0,
            "sprint_weeks": sprint,
            "always_open": one_of(YES_OR_NO),
        },
        "teams": [
            {
                "name": f"team {number}",
                "developers": one_of(range(1, 4)),
                "focus": one_of([1.0, 0.75, 0.333]),
            }
            for number in range(one_of(range(1, 4)))
        ],
        "sprints": {
            "plan_by": one_of(["capacity", "velocity"]),
            "ceremony_hours": one_of([0.0, 2.0, 10.0]),
        },
        "incidents": [incident_kind(number, one_of) for number in range(one_of(range(1, 4)))],
        "first_line": {"deflect_rate": one_of([0.0, 0.4])},
        "people": {
            "sick_share": one_of([0.0, 0.1]),
            "vacation_weeks_per_year": one_of([0.0, 12.0]),
            "unfamiliarity": one_of([1.0, 1.5]),
            "familiar_after_hours": one_of([0.0, 3.0, 40.0]),
            "quality_gain": one_of([0.0, 0.5, 1.0]),
            "quality_after_hours": one_of([1.0, 30.0]),
        },
        "interruptions": {
            "switch_minutes": one_of([0.0, 5.0]),
            "resume_minutes": one_of([0.0, 15.0]),
            "swap_meeting_minutes": one_of([0.0, 30.0]),
            "replan_hours": one_of([0.0, 4.0]),
            "rework_share": one_of([0.0, 0.3, 1.0]),
            "handover_minutes": one_of([0.0, 60.0]),
        },
        "on_call": {
            "cover": one_of(["none", "24x7"]),
            "page": one_of([[1], [1, 2], [1, 2, 3, 4]]),
        },
        "money": {"point_value": 100.0},
        "improvements": [
            {
                "name": f"improvement {number}",
                "effort_hours": one_of([1.0, 8.0, 60.0]),
                "reduces": {"kind 0": one_of([0.3, 1.0])},
            }
            for number in range(one_of(range(0, 3)))
        ],
    }
    if one_of(YES_OR_NO):
        table["stories"] = {
            "points": {"1": 0.5, "2": 0.3, "8": 0.2},
            "hours_per_point": one_of([1.0, 6.0]),
            "regression_rate": one_of([0.0, 0.5]),
            "interrupted_regressions": one_of([1.0, 2.0]),
            "regression_kind": "kind 0",
            "regression_after_days": {"dist": "exponential", "mean": 1.0},
        }
    return table


def _by_turns(developer, sprint, p):
    return (developer.seat + sprint.number) % 2 == 0


def _by_severity(incident, team, now, p):
    if incident.severity == 1:
        return INTERRUPT
    if incident.severity == 2:
        return QUEUE
    return DEFER


def _by_kind(incident, team, now, p):
    """Every action, by chance as good as any."""
    return (DEFER, QUEUE, INTERRUPT, SWAP, CANCEL)[(incident.id + team.waiting) % 5]


def _swap_or_cancel(incident, team, now, p):
    if incident.escalated:
        return CANCEL
    if team.unstarted >= incident.expected and team.unplanned < team.capacity:
        return SWAP
    return INTERRUPT if incident.outgrown else QUEUE


def _up_and_down(team, sprint, p):
    busy = 0
    for ago in range(sprint.history):
        busy += sprint[LOADS + ago]
    return (team.level + 1) % 3 if busy + team.waiting > sprint.absence else 0


def _at_most_one_each(developer, team, p):
    if team.in_progress >= team.present or team.support_in_progress > 3:
        return NOTHING_NEW
    return INCIDENT_FIRST if developer.turn % 2 == 0 else STORY_FIRST


def _improve_much(team, sprint, p):
    return (team.capacity + sprint.working * team.on_duty) // (1 + team.level)


ODD_ONES = (
    Policy(
        id="stories-first",
        queue="organisation",
        route=_by_severity,
        takes=lambda developer, incident, p: True,
        next_work=lambda developer, team, p: STORY_FIRST,
    ),
    Policy(id="by-turns", on_duty=_by_turns, route=_by_severity, improve=_improve_much),
    Policy(
        id="all-on-duty",
        on_duty=lambda developer, sprint, p: True,
        route=lambda incident, team, now, p: INTERRUPT,
        takes=lambda developer, incident, p: developer.on_duty == 1,
    ),
    Policy(
        id="everything-at-once",
        parameters={
            "box": Parameter(1, "hours", 0, 10, "a time box"),
            "turns": Parameter(2, "sprints", 1, 9, "a turn"),
        },
        time_box="box",
        turns_last="turns",
        on_duty=lambda developer, sprint, p: developer.turn < sprint.level,
        improve=_improve_much,
        route=_by_kind,
        review=_up_and_down,
        next_work=_at_most_one_each,
    ),
    Policy(
        id="one-pull",
        parameters={"box": Parameter(1, "hours", 0, 10, "a time box")},
        time_box="box",
        sprints=False,
        queue="organisation",
        on_duty=lambda developer, sprint, p: developer.turn < sprint.level,
        route=_swap_or_cancel,
        takes=lambda developer, incident, p: True,
        review=_up_and_down,
        next_work=_at_most_one_each,
    ),
    Policy(id="swaps-and-cancels", route=_swap_or_cancel, improve=_improve_much),
)
"""Policies nobody would ship, which use what the shipped ones leave alone."""


def policies_with_settings(one_of: Choose) -> list[Policy]:
    """Every shipped policy, its parameters at random, and two odd ones."""
    chosen = [
        policy.with_settings(
            **{name: one_of(_values(parameter)) for name, parameter in policy.parameters.items()}
        )
        for policy in known_policies().values()
    ]
    return [*chosen, *one_of(list(permutations(ODD_ONES, 2))), one_of(WRITTEN), one_of(MORE)]


def _values(parameter: Parameter) -> Sequence[Setting]:
    if parameter.choices:
        return parameter.choices
    if parameter.unit == "kind":
        return ["", "kind 0", "kind 1"]
    if parameter.unit in ("share", "hours"):
        return [parameter.low, min(0.3, parameter.high), parameter.high]
    return range(int(parameter.low), min(int(parameter.high), 6) + 1)


def with_ties(table: dict[str, Any]) -> dict[str, Any]:
    """Durations of whole hours at full focus and round the clock: much happens at one second."""
    table["time"]["always_open"] = True
    for team in table["teams"]:
        team["focus"] = 1.0
    for kind in table["incidents"]:
        kind["effort_hours"] = {"dist": "constant", "value": 1.0}
    if "stories" in table:
        table["stories"] |= {"hours_per_point": 1.0, "error": {"dist": "constant", "value": 1.0}}
    table["interruptions"] = {"switch_minutes": 0.0, "resume_minutes": 0.0}
    return table


@st.composite
def scenario_tables(draw: st.DrawFn) -> dict[str, Any]:
    return scenario_table(lambda values: draw(st.sampled_from(values)))


@st.composite
def organisations(draw: st.DrawFn) -> dict[str, Any]:
    """Organisations with everything that not every one has, each on or off."""

    def one_of(values: Sequence[Value]) -> Value:
        return draw(st.sampled_from(values))

    return as_organisations_are(scenario_table(one_of), one_of)


@st.composite
def changes(draw: st.DrawFn) -> tuple[dict[str, Any], list[Policy], int]:
    """An organisation, two policies, and the number of sprints after which the second takes over."""
    table = draw(scenario_tables() | organisations())
    time = table["time"]
    time["horizon_weeks"] += time["sprint_weeks"]
    most = (time["horizon_weeks"] - 1) // time["sprint_weeks"]
    chosen = [*draw(policies()), *WRITTEN, *MORE]
    pair = [draw(st.sampled_from(chosen)) for _ in range(2)]
    return table, pair, draw(st.integers(1, most))


@st.composite
def policies(draw: st.DrawFn) -> list[Policy]:
    return policies_with_settings(lambda values: draw(st.sampled_from(values)))


HOURS = (
    "Mon-Fri 09:00-17:00",
    "Mon-Thu 08:00-12:00, 13:00-16:30; Fri 08:00-12:00",
    "Sun,Mon-Thu 07:00-15:00",
    "always",
)


def as_organisations_are(table: dict[str, Any], one_of: Choose) -> dict[str, Any]:
    """The same organisation with everything at random that not every one has: hours and zones, part-time,
    closures, seasons, deadlines, who joins and leaves, where things stand today, what is injected."""
    time = table["time"]
    for team in table["teams"]:
        _its_own_hours(team, one_of)
    if one_of(YES_OR_NO):
        time["closures"] = [_days(one_of(range(10)), one_of(range(7)))]
        time["horizon_weeks"] += 3
    if one_of(YES_OR_NO):
        most = 7 * time["horizon_weeks"] - 2
        time["freezes"] = [_days(one_of(range(5)), min(one_of(range(9)), most))]
    table["sprints"]["refinement_hours_per_week"] = one_of([0.0, 1.5])
    if one_of(YES_OR_NO):
        table["sprints"]["ceremony_hours_per_week"] = one_of([0.0, 3.0])
    _who_comes_and_goes(table, one_of)
    _what_comes_in(table, one_of)
    table["on_call"]["people"] = one_of([1, 2, 3])
    teams = [team["name"] for team in table["teams"]]
    if one_of(YES_OR_NO):
        table["start"] = _today(teams, one_of, "stories" in table)
    weeks = time["horizon_weeks"]
    first = 2 if "at" in table.get("start", {}) else 1
    possible = range(min(first, weeks), weeks + 1)
    table["events"] = [
        f"week {one_of(possible)} {one_of(['Mon 09:00', 'Wed 23:59', 'Sun 03:00'])} kind 0",
        f"week {one_of(possible)}: 1 of {one_of(teams)} away",
    ][: one_of(range(3)) if first <= weeks else 0]
    return table


def _its_own_hours(team: dict[str, Any], one_of: Choose) -> None:
    if one_of(YES_OR_NO):
        team["hours"] = one_of(HOURS)
    if one_of(YES_OR_NO):
        team["utc_offset_hours"] = one_of([-11.0, -8.0, 0.0, 5.5, 8.0, 14.0])
    if one_of(YES_OR_NO):
        team["part_time"] = [one_of([0.5, 0.8])]
    if one_of(YES_OR_NO):
        team["public_holidays"] = [_date(one_of(range(12)))]


def _who_comes_and_goes(table: dict[str, Any], one_of: Choose) -> None:
    people, team = table["people"], one_of(table["teams"])["name"]
    people["absences"] = [{"team": team, "people": 1} | _days(one_of(range(7)), one_of(range(9)))][
        : one_of(range(2))
    ]
    people["joining"] = [{"team": team, "on": _date(one_of(range(7))), "people": 1}][
        : one_of(range(2))
    ]
    people["ramp_up_weeks"] = one_of([0.0, 0.5, 3.0, 20.0])
    people["mentor_share"] = one_of([0.0, 0.2])
    people["leaves_per_year"] = one_of([0.0, 0.0, 2.0])
    people["leaves_by_duty"] = one_of([0.0, 20.0])
    people["vacancy_weeks"] = one_of([0.0, 0.5, 2.0])


def _what_comes_in(table: dict[str, Any], one_of: Choose) -> None:
    for kind in table["incidents"]:
        kind["effort_grows_per_day"] = one_of([0.0, 0.1, 3.0])
        kind["logged_share"] = one_of([1.0, 0.5])
        kind["trend_per_year"] = one_of([0.0, 2.0])
        kind["due"] = one_of(
            [
                None,
                {"every_weeks": 1},
                {"days": 2.5},
                {"dates": [_date(4), _date(11)]},
            ]
        )
    if one_of(YES_OR_NO):
        table["season"] = [_days(2, 5) | {"factor": one_of([0.0, 0.5, 3.0])}]


def _today(teams: Sequence[str], one_of: Choose, has_stories: bool) -> dict[str, Any]:
    start: dict[str, Any] = {
        "incidents": [
            {
                "kind": "kind 0",
                "team": one_of(teams),
                "age_days": one_of([0.0, 0.3, 12.0]),
                "severity": one_of([1, 2, 3]),
                "left_hours": one_of([0.5, 9.0]),
                "count": 2,
            }
        ],
        "away": [{"team": one_of(teams), "people": 1, "until": _date(one_of(range(5)))}],
    }
    if one_of(YES_OR_NO):
        start["at"] = datetime.datetime(2026, 1, 5 + one_of(range(4)), 14, 20)
        start["away"][0]["until"] = max(start["away"][0]["until"], start["at"].date())
    if has_stories:
        start["stories"] = [{"team": one_of(teams), "points": 3, "left_hours": one_of([1.0, 7.0])}]
    return start


def _date(day: int) -> datetime.date:
    return datetime.date(2026, 1, 5) + datetime.timedelta(days=day)


def _days(first: int, more: int) -> dict[str, Any]:
    return {"from": _date(first), "to": _date(first + more)}
