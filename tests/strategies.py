"""Random small organisations, and policies with random settings."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sim.policy import (
    CANCEL,
    DEFER,
    INCIDENT_FIRST,
    INTERRUPT,
    LOADS,
    NOTHING_NEW,
    QUEUE,
    STORY_FIRST,
    SWAP,
    Parameter,
    Policy,
)
from sim.registry import known_policies

efforts = st.one_of(
    st.builds(lambda v: {"dist": "constant", "value": v}, st.sampled_from([0.25, 1.0, 8.0])),
    st.builds(lambda m: {"dist": "exponential", "mean": m}, st.sampled_from([0.5, 3.0])),
    st.just({"dist": "lognormal", "median": 2.0, "p90": 9.0}),
)


@st.composite
def incident_kinds(draw: st.DrawFn, number: int) -> dict[str, Any]:
    kind = {
        "kind": f"kind {number}",
        "severity": draw(st.integers(1, 4)),
        "per_week": draw(st.sampled_from([0.0, 1.0, 6.0, 20.0])),
        "dispersion": draw(st.sampled_from([1.0, 3.0])),
        "profile": draw(st.sampled_from(["round-the-clock", "office-hours", "service-desk"])),
        "effort_hours": draw(efforts),
        "people": draw(st.sampled_from([1, 1, 2, 3])),
        "first_line": draw(st.booleans()),
        "reopen_rate": draw(st.sampled_from([0.0, 0.3])),
        "reopen_after_hours": {"dist": "exponential", "mean": 10.0},
    }
    if draw(st.booleans()):
        kind["abandon_after_days"] = draw(st.sampled_from([0.1, 1.0, 9.0]))
    if draw(st.booleans()):
        kind["escalate_after_hours"] = draw(st.sampled_from([0.5, 4.0, 100.0]))
        kind["clock"] = draw(st.sampled_from(["calendar", "working"]))
    return kind


@st.composite
def scenario_tables(draw: st.DrawFn) -> dict[str, Any]:
    """Organisations of up to nine people, with every feature of the model on or off."""
    sprint = draw(st.integers(1, 2))
    table: dict[str, Any] = {
        "name": "drawn",
        "time": {
            "horizon_weeks": draw(st.integers(sprint, 5)),
            "warmup_weeks": 0,
            "sprint_weeks": sprint,
            "always_open": draw(st.booleans()),
        },
        "teams": [
            {
                "name": f"team {number}",
                "developers": draw(st.integers(1, 3)),
                "focus": draw(st.sampled_from([1.0, 0.75, 0.333])),
            }
            for number in range(draw(st.integers(1, 3)))
        ],
        "sprints": {
            "plan_by": draw(st.sampled_from(["capacity", "velocity"])),
            "ceremony_hours": draw(st.sampled_from([0.0, 2.0, 10.0])),
        },
        "incidents": [draw(incident_kinds(number)) for number in range(draw(st.integers(1, 3)))],
        "first_line": {"deflect_rate": draw(st.sampled_from([0.0, 0.4]))},
        "people": {
            "sick_share": draw(st.sampled_from([0.0, 0.1])),
            "vacation_weeks_per_year": draw(st.sampled_from([0.0, 12.0])),
            "unfamiliarity": draw(st.sampled_from([1.0, 1.5])),
            "familiar_after_hours": draw(st.sampled_from([0.0, 3.0, 40.0])),
            "quality_gain": draw(st.sampled_from([0.0, 0.5, 1.0])),
            "quality_after_hours": draw(st.sampled_from([1.0, 30.0])),
        },
        "interruptions": {
            "switch_minutes": draw(st.sampled_from([0.0, 5.0])),
            "resume_minutes": draw(st.sampled_from([0.0, 15.0])),
            "swap_meeting_minutes": draw(st.sampled_from([0.0, 30.0])),
            "replan_hours": draw(st.sampled_from([0.0, 4.0])),
            "rework_share": draw(st.sampled_from([0.0, 0.3, 1.0])),
            "handover_minutes": draw(st.sampled_from([0.0, 60.0])),
        },
        "on_call": {
            "cover": draw(st.sampled_from(["none", "24x7"])),
            "page": draw(st.sampled_from([[1], [1, 2], [1, 2, 3, 4]])),
        },
        "improvements": [
            {
                "name": f"improvement {number}",
                "effort_hours": draw(st.sampled_from([1.0, 8.0, 60.0])),
                "reduces": {"kind 0": draw(st.sampled_from([0.3, 1.0]))},
            }
            for number in range(draw(st.integers(0, 2)))
        ],
    }
    if draw(st.booleans()):
        table["stories"] = {
            "points": {"1": 0.5, "2": 0.3, "8": 0.2},
            "hours_per_point": draw(st.sampled_from([1.0, 6.0])),
            "regression_rate": draw(st.sampled_from([0.0, 0.5])),
            "interrupted_regressions": draw(st.sampled_from([1.0, 2.0])),
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


@st.composite
def policies(draw: st.DrawFn) -> list[Policy]:
    """Every shipped policy, its parameters at random, and two odd ones."""
    chosen = []
    for policy in known_policies().values():
        settings = {
            name: draw(
                st.integers(int(parameter.low), min(int(parameter.high), 6))
                if parameter.unit not in ("share", "hours")
                else st.sampled_from([parameter.low, min(0.3, parameter.high), parameter.high])
            )
            for name, parameter in policy.parameters.items()
        }
        chosen.append(policy.with_settings(**settings))
    return [
        *chosen,
        *draw(
            st.lists(
                st.sampled_from(ODD_ONES), min_size=2, max_size=2, unique_by=lambda odd: odd.id
            )
        ),
    ]
