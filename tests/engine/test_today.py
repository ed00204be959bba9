"""Where things stand today: what is open, in hand and away when the simulation begins, worked out by hand."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.measures.metrics import Key, measure
from sim.measures.run import Run
from sim.policy import DEFER, INTERRUPT, Policy
from sim.scenario.reading import from_table
from tests.staged import Row, agreed, date, events, play
from tests.written import guard_for_the_worst, queue

WEDNESDAY_10 = 2 * 24 + 10.0
AT = datetime.datetime(2026, 1, 7, 10)
OFFICE = {"always_open": False, "opens_at_hour": 9, "closes_at_hour": 17}
DAY = 24 * 3_600

OLD_ONES_FIRST = Policy(
    id="old-ones-first",
    route=lambda incident, team, now, p: (
        INTERRUPT if now - incident.opened >= 5 * 86_400 else DEFER
    ),
)
"""By the age of an incident."""

GUARD = Policy(id="guard", route=guard_for_the_worst)

Entry = dict[str, Any]


def open_now(team: str = "A", **more: Any) -> Entry:
    return {"kind": "lesser", "team": team} | more


def today(
    folder: Path,
    incidents: list[Entry],
    policy: str | Policy = GUARD,
    rows: list[Row] | None = None,
    story_hours: float | None = None,
    of_lesser: dict[str, Any] | None = None,
    **tables: Any,
) -> Run:
    """From Wednesday, 10:00 on."""
    effort = {"effort_hours": {"dist": "constant", "value": 2}}
    kinds = [
        {"kind": "worst", "severity": 1, **effort},
        {"kind": "lesser", "severity": 3, **effort, **(of_lesser or {})},
    ]
    start = {"at": AT, "incidents": incidents} | tables.pop("start", {})
    return agreed(
        play(
            folder,
            policy,
            rows or [],
            story_hours=story_hours,
            incidents=kinds,
            start=start,
            **tables,
        )
    )


# ---- what is open --------------------------------------------------------------------------------


def test_open_incidents_come_up_at_the_start_with_their_age(tmp_path: Path) -> None:
    """One of six days, with three hours left, is started at once; one of a day waits for Monday's planning."""
    result = today(
        tmp_path,
        [open_now(age_days=1, left_hours=4), open_now(age_days=6, left_hours=3)],
        OLD_ONES_FIRST,
    )
    assert events(result, "opened", "deferred", "started", "resolved") == [
        (WEDNESDAY_10, "opened", 0, -1),
        (WEDNESDAY_10, "deferred", 0, -1),
        (WEDNESDAY_10, "opened", 1, -1),
        (WEDNESDAY_10, "started", 1, 0),
        (WEDNESDAY_10 + 3, "resolved", 1, 0),
        (168, "started", 0, 0),
        (172, "resolved", 0, 0),
    ]


def test_the_oldest_is_served_first(tmp_path: Path) -> None:
    entries = [open_now(age_days=age) for age in (1, 9, 4)]
    result = today(tmp_path, entries, Policy(id="queue-all", route=queue))
    assert [item for _, _, item, _ in events(result, "started")] == [1, 2, 0]


def test_what_is_not_said_to_be_left_is_drawn_like_that_of_any_other(tmp_path: Path) -> None:
    result = today(tmp_path, [open_now(age_days=9)])
    assert events(result, "resolved") == [(WEDNESDAY_10 + 2, "resolved", 0, 0)]


@pytest.mark.parametrize("age", [0.0, 0.5])
def test_what_is_open_today_is_past_the_first_line(tmp_path: Path, age: float) -> None:
    """It is somebody's to solve, even if it came in this very moment, and nobody else settles it."""
    first_line = {"deflect_rate": 1.0, "delay_minutes": {"dist": "constant", "value": 45}}
    result = today(tmp_path, [open_now(age_days=age)], first_line=first_line)
    assert events(result, "deflected", "started") == [(WEDNESDAY_10, "started", 0, 0)]


def test_one_entry_may_stand_for_several_of_the_same(tmp_path: Path) -> None:
    result = today(tmp_path, [open_now(count=3, left_hours=1), open_now("B")], developers=(1, 1))
    assert events(result, "resolved") == [
        (WEDNESDAY_10 + 1, "resolved", 0, 0),
        (WEDNESDAY_10 + 2, "resolved", 1, 0),
        (WEDNESDAY_10 + 2, "resolved", 3, 1),
        (WEDNESDAY_10 + 3, "resolved", 2, 0),
    ]


def test_a_severity_of_its_own_is_what_the_policy_sees(tmp_path: Path) -> None:
    """The worst interrupts, and is done while the two others, no better and no worse, wait."""
    entries = [open_now(), open_now(severity=1), open_now()]
    result = today(tmp_path, entries)
    assert [item for _, _, item, _ in events(result, "started")] == [1, 0, 2]


def test_the_patience_of_a_customer_began_when_the_incident_opened(tmp_path: Path) -> None:
    """Escalated after 30 hours: of 20 hours in ten more, of two days at once."""
    entries = [open_now(age_days=20 / 24), open_now(age_days=2)]
    result = today(tmp_path, entries, "next-sprint", of_lesser={"escalate_after_hours": 30})
    assert events(result, "escalated") == [
        (WEDNESDAY_10, "escalated", 1, -1),
        (WEDNESDAY_10 + 10, "escalated", 0, -1),
    ]


def test_patience_in_working_hours_counts_those_of_the_past(tmp_path: Path) -> None:
    """Open since Tuesday, 10:00: eight working hours of ten are over, and two are left until 12:00."""
    result = today(
        tmp_path,
        [open_now(age_days=1)],
        "next-sprint",
        of_lesser={"escalate_after_hours": 10, "clock": "working"},
        time=OFFICE,
    )
    assert events(result, "escalated") == [(WEDNESDAY_10 + 2, "escalated", 0, -1)]


def test_who_has_waited_too_long_is_gone(tmp_path: Path) -> None:
    """Withdrawn after three days: of four days before anybody can start, of two a day later."""
    entries = [open_now(age_days=4), open_now(age_days=2)]
    result = today(tmp_path, entries, "next-sprint", of_lesser={"abandon_after_days": 3})
    assert events(result, "withdrawn", "started") == [
        (WEDNESDAY_10, "withdrawn", 0, -1),
        (WEDNESDAY_10 + 24, "withdrawn", 1, -1),
    ]


@pytest.mark.parametrize(
    ("clock", "hours"),
    [
        ("calendar", [WEDNESDAY_10 + 30 - 24, WEDNESDAY_10 + 30 - 72]),
        # Open for 8 and for 17 working hours: 22 are left, until Friday, 16:00, and 13, until Thursday, 15:00.
        ("working", [4 * 24 + 16, 3 * 24 + 15]),
    ],
)
def test_a_promise_runs_from_the_opening(tmp_path: Path, clock: str, hours: list[float]) -> None:
    """To answer within 30 hours, of which one has been open since Tuesday, one since Sunday, 10:00."""
    told = Policy(
        id="told",
        route=queue,
        note=lambda team, event, incident, waited, now, p: incident.respond_by,
    )
    entries = [open_now(age_days=1), open_now(age_days=3)]
    promise = {"respond_within_hours": 30, "clock": clock}
    result = today(tmp_path, entries, told, of_lesser=promise, time=OFFICE)
    noted = result.trace[result.trace.event == "noted"].value / 3_600
    assert noted.tolist()[:2] == hours, "as each of them arrives"


def test_a_deadline_is_counted_from_the_opening(tmp_path: Path) -> None:
    """Due ten days after it opened, of which six are over: the policy sees four."""
    told = Policy(
        id="due",
        route=queue,
        note=lambda team, event, incident, waited, now, p: incident.due,
    )
    result = today(tmp_path, [open_now(age_days=6)], told, of_lesser={"due": {"days": 10}})
    noted = result.trace[result.trace.event == "noted"].value.to_numpy()
    assert (noted / 3_600).tolist() == [WEDNESDAY_10 + 4 * 24]


def test_what_is_left_today_has_grown_until_today(tmp_path: Path) -> None:
    """Six hours are left, whatever it was when it opened; it is started at once."""
    result = today(
        tmp_path,
        [open_now(age_days=4, left_hours=6)],
        of_lesser={"effort_grows_per_day": 0.5},
    )
    assert events(result, "resolved") == [(WEDNESDAY_10 + 6, "resolved", 0, 0)]


def test_what_is_drawn_has_grown_since_it_opened(tmp_path: Path) -> None:
    """Two hours when it opened, four days ago, and a half of that more each day."""
    result = today(tmp_path, [open_now(age_days=4)], of_lesser={"effort_grows_per_day": 0.5})
    assert events(result, "resolved") == [(WEDNESDAY_10 + 6, "resolved", 0, 0)]


# ---- what is in hand, who is away ----------------------------------------------------------------


def test_stories_in_hand_are_done_first(tmp_path: Path) -> None:
    """Four and seven hours are left of two; the rest have ten, as all have."""
    hand = [
        {"team": "A", "points": 5, "left_hours": 4},
        {"team": "B", "points": 8, "left_hours": 1.5},
        {"team": "A", "points": 3, "left_hours": 7},
    ]
    result = today(
        tmp_path, [], "next-sprint", story_hours=10, developers=(1, 1), start={"stories": hand}
    )
    done: dict[int, list[float]] = {0: [], 1: []}
    for hour, _, _, who in events(result, "story_done"):
        done[who].append(hour - WEDNESDAY_10)
    assert done[0][:4] == [4, 11, 21, 31]
    assert done[1][:3] == [1.5, 11.5, 21.5]
    points = result.stories.groupby("team").points.first()
    assert points.to_dict() == {"A": 5, "B": 8}


def test_stories_in_hand_may_be_more_than_a_short_horizon_has_room_for(tmp_path: Path) -> None:
    hand = [{"team": "A", "points": 1, "left_hours": 1}] * 200
    time = {"horizon_weeks": 1, "sprint_weeks": 1}
    result = today(tmp_path, [], "next-sprint", story_hours=10, start={"stories": hand}, time=time)
    done = [hour - WEDNESDAY_10 for hour, *_ in events(result, "story_done")]
    assert done == list(range(1, 7 * 24 - 58))


def test_who_is_away_today_comes_back_after_the_last_day_of_it(tmp_path: Path) -> None:
    result = today(
        tmp_path,
        [open_now(severity=1), open_now(severity=1)],
        developers=(2,),
        start={"away": [{"team": "A", "until": date(3)}]},
    )
    assert events(result, "left", "returned") == [
        (WEDNESDAY_10, "left", -1, 0),
        (4 * 24, "returned", -1, 0),
    ]
    assert events(result, "started") == [
        (WEDNESDAY_10, "started", 0, 1),
        (WEDNESDAY_10 + 2, "started", 1, 1),
    ]


def test_two_entries_of_who_is_away_are_two_people(tmp_path: Path) -> None:
    away = [{"team": "A", "until": date(3)}, {"team": "A", "until": date(4), "people": 2}]
    result = today(tmp_path, [], developers=(4,), start={"away": away})
    assert [who for _, _, _, who in events(result, "left")] == [0, 1, 2]
    assert events(result, "returned") == [
        (4 * 24, "returned", -1, 0),
        (5 * 24, "returned", -1, 1),
        (5 * 24, "returned", -1, 2),
    ]


# ---- when it begins ------------------------------------------------------------------------------


def test_nothing_happens_before_today(tmp_path: Path) -> None:
    """What a log reports of the days before is over; the first planning is today's, the next on Monday."""
    result = today(
        tmp_path, [], rows=[(5, 1, "A"), (WEDNESDAY_10 + 1, 1, "A")], policy="next-sprint"
    )
    assert result.trace.time_hours.min() == WEDNESDAY_10
    assert result.sprints.begins_hours.tolist()[:2] == [WEDNESDAY_10, 168]
    assert [hour for hour, *_ in events(result, "opened")] == [WEDNESDAY_10 + 1]


def test_a_start_at_night_waits_for_the_opening(tmp_path: Path) -> None:
    """At 22:00 on Tuesday everybody is at home; the incident comes up then, and waits until 9:00."""
    result = today(
        tmp_path,
        [open_now(severity=1, age_days=1)],
        start={"at": datetime.datetime(2026, 1, 6, 22)},
        time=OFFICE,
    )
    assert events(result, "opened", "planned", "started")[:3] == [
        (46, "opened", 0, -1),
        (57, "planned", 0, -1),
        (57, "started", 0, 0),
    ]


def test_a_plan_of_today_counts_on_the_rest_of_the_sprint_alone(tmp_path: Path) -> None:
    """From Wednesday, 10:00, to Friday, 17:00, are 23 working hours of two people."""
    result = today(tmp_path, [], "next-sprint", story_hours=1, developers=(2,), time=OFFICE)
    planned = result.trace[result.trace.event == "planned"]
    assert (planned.value / 3_600).tolist()[:2] == [46, 80]


# ---- figures -------------------------------------------------------------------------------------


def test_figures_of_response_leave_out_what_was_open_before(tmp_path: Path) -> None:
    """Two that were open are answered after 0 and 2 hours, and count for nothing; the new one waits 4."""
    result = today(
        tmp_path,
        [open_now(age_days=9), open_now(age_days=8)],
        policy=Policy(id="queue-all", route=queue),
        rows=[(WEDNESDAY_10 + 0.0, 3, "A")],
    )
    found = measure(result.path, result.events)
    assert found[Key("response", "all", "incidents_measured")] == 1
    assert found[Key("response", "all", "response_hours_mean")] == 4
    assert found[Key("response", "all", "resolution_hours_mean")] == 6


def test_without_anything_new_there_is_no_figure_of_response(tmp_path: Path) -> None:
    found = measure_of(today(tmp_path, [open_now(age_days=9)]))
    assert found[Key("response", "all", "incidents_measured")] == 0
    assert math.isnan(found[Key("response", "all", "response_hours_mean")])
    assert found[Key("accounts", "all", "resolved")] == 1


def measure_of(result: Run) -> dict[Key, float]:
    return measure(result.path, result.events)


def test_the_backlog_shrinks_by_what_was_open_and_is_done(tmp_path: Path) -> None:
    """Three open ones are done, and one new comes in and is done as well: 3 fewer in 4 weeks."""
    entries = [open_now(count=3)]
    found = measure_of(today(tmp_path, entries, rows=[(WEDNESDAY_10 + 1, 3, "A")]))
    assert found[Key("accounts", "all", "backlog_growth_per_week")] == -3 / 4


@pytest.mark.parametrize("policy", ["next-sprint", "interrupt-anyone", "reserved-buffer"])
def test_accounts_balance_with_what_was_open(table: dict[str, Any], policy: str) -> None:
    """opened = deflected + resolved + withdrawn + open, and what was open is among them."""
    table["incidents"][1] |= {"abandon_after_days": 3.0, "reopen_rate": 0.3}
    table["first_line"] = {"deflect_rate": 0.3}
    table["start"] = {
        "at": AT,
        "incidents": [
            {"kind": "data fix", "team": "Red", "age_days": 1.5, "count": 12},
            {"kind": "outage", "team": "Blue", "age_days": 0.1, "left_hours": 3},
        ],
        "stories": [{"team": "Red", "points": 3, "left_hours": 2}],
        "away": [{"team": "Red", "people": 2, "until": date(9)}],
    }
    path = sim.sample_path(from_table(table), seed=5)
    result = sim.run(path, policy)
    found = measure_of(result)
    opened, *ended = (
        found[Key("accounts", "all", name)]
        for name in ("opened", "deflected", "resolved", "withdrawn", "open")
    )
    assert opened == sum(ended) == len(result.incidents)
    assert (result.incidents.cause == "open before").sum() == 13
    measured = (result.incidents.cause != "open before") & (result.incidents.outcome != "deflected")
    assert found[Key("response", "all", "incidents_measured")] == measured.sum()
    assert result.incidents[result.incidents.cause == "open before"].outcome.ne("deflected").all()


def test_what_is_open_today_leaves_the_luck_of_what_is_to_come(table: dict[str, Any]) -> None:
    """Behind all others, so that these keep their numbers, their effort and their coins."""
    plain = sim.sample_path(from_table(table)).incidents
    table["start"] = {"incidents": [{"kind": "outage", "team": "Red", "count": 7}]}
    started = sim.sample_path(from_table(table)).incidents
    for name in ("opened", "kind", "team", "effort", "reopening", "chance"):
        assert getattr(started, name)[: len(plain)].tolist() == getattr(plain, name).tolist()
    assert len(started) == len(plain) + 7
