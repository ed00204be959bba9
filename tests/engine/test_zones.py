"""Teams that are not at work at the same time: who is given work then, and who hands it on; by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.measures.run import Run
from sim.policy import Policy
from tests.staged import Row, agreed, events, play
from tests.written import guard_for_the_worst, interrupt, queue

OFFICE = {"always_open": False, "opens_at_hour": 9, "closes_at_hour": 17}

TUESDAY = 24.0
"""A works from 9 to 17 on each day, B, eight hours ahead, from 1 to 9 by A's clock."""

NINE_TO_FIVE = "Mon-Fri 09:00-17:00"


def team(name: str, developers: int = 1, **more: Any) -> dict[str, Any]:
    return {"name": name, "developers": developers, "focus": 1.0, "hours": NINE_TO_FIVE} | more


EAST_AND_WEST = [team("A"), team("B", utc_offset_hours=8)]


def anyone(developer, incident, p):
    return True


FOLLOWS_THE_SUN = Policy(
    id="follows-the-sun",
    route=interrupt,
    takes=anyone,
    shift=lambda incident, developer, now, p: True,
)
"""Whoever is at work takes it, and hands it over in the evening."""

TO_EACH_ITS_OWN = Policy(id="to-each-its-own", route=interrupt)


def around_the_clock(
    folder: Path,
    policy: Policy,
    rows: list[Row],
    teams: list[dict[str, Any]] = EAST_AND_WEST,
    **tables: Any,
) -> Run:
    tables = {"story_hours": None, "time": OFFICE} | tables
    return agreed(play(folder, policy, rows, teams=teams, **tables))


# ---- hand-overs ----------------------------------------------------------------------------------


def test_at_night_of_one_team_the_worst_is_answered_where_it_is_day(tmp_path: Path) -> None:
    """At 2:00 on Tuesday A sleeps and B has been at work for an hour: its person begins at once."""
    result = around_the_clock(tmp_path, FOLLOWS_THE_SUN, [(TUESDAY + 2, 1, "A")], effort_hours=3)
    assert events(result, "started", "resolved") == [
        (TUESDAY + 2, "started", 0, 1),
        (TUESDAY + 5, "resolved", 0, 1),
    ]


def test_work_is_handed_over_to_the_next_zone_as_it_opens(tmp_path: Path) -> None:
    """Ten hours from 2:00 on: seven by B until it closes at 9:00, which is when A opens and does the rest."""
    result = around_the_clock(tmp_path, FOLLOWS_THE_SUN, [(TUESDAY + 2, 1, "A")], effort_hours=10)
    assert events(result, "started", "suspended", "resolved") == [
        (TUESDAY + 2, "started", 0, 1),
        (TUESDAY + 9, "suspended", 0, 1),
        (TUESDAY + 9, "started", 0, 0),
        (TUESDAY + 12, "resolved", 0, 0),
    ]


def test_in_the_hours_in_which_all_sleep_it_waits_for_whoever_opens_next(tmp_path: Path) -> None:
    """Twenty hours from 10:00 on: seven by A until 17:00, none until B opens at 1:00, eight by B, five by A."""
    result = around_the_clock(tmp_path, FOLLOWS_THE_SUN, [(TUESDAY + 10, 1, "A")], effort_hours=20)
    assert events(result, "started", "resolved") == [
        (TUESDAY + 10, "started", 0, 0),
        (TUESDAY + 25, "started", 0, 1),
        (TUESDAY + 33, "started", 0, 0),
        (TUESDAY + 38, "resolved", 0, 0),
    ]
    [row] = result.incidents.to_dict("records")
    assert row["in_work_hours"] == 20
    assert row["response_hours"] == 0


def test_without_a_hand_over_it_is_kept_over_night(tmp_path: Path) -> None:
    """Seven of ten hours are done by 9:00 on Tuesday, and the others from 1:00 on Wednesday, when B is back."""
    keeps = Policy(id="keeps", route=interrupt, takes=anyone)
    result = around_the_clock(tmp_path, keeps, [(TUESDAY + 2, 1, "A")], effort_hours=10)
    assert events(result, "started", "resolved") == [
        (TUESDAY + 2, "started", 0, 1),
        (TUESDAY + 24 + 4, "resolved", 0, 1),
    ]


def test_each_hand_over_costs_what_an_interruption_costs(tmp_path: Path) -> None:
    """Ten hours, of which seven are done; to find back takes a quarter of an hour, and nobody is interrupted, so
    that nothing is lost to the change."""
    result = around_the_clock(
        tmp_path,
        FOLLOWS_THE_SUN,
        [(TUESDAY + 2, 1, "A")],
        effort_hours=10,
        interruptions={"switch_minutes": 30, "resume_minutes": 15},
    )
    assert events(result, "resolved") == [(TUESDAY + 12.25, "resolved", 0, 0)]


def test_three_zones_go_on_without_a_pause(tmp_path: Path) -> None:
    """C, eight hours behind, opens when A closes: 30 hours of work from 9:00 on take 30 hours."""
    teams = [*EAST_AND_WEST, team("C", utc_offset_hours=-8)]
    result = around_the_clock(
        tmp_path, FOLLOWS_THE_SUN, [(TUESDAY + 9, 1, "A")], teams=teams, effort_hours=30
    )
    assert events(result, "started", "resolved") == [
        (TUESDAY + 9, "started", 0, 0),
        (TUESDAY + 17, "started", 0, 2),
        (TUESDAY + 25, "started", 0, 1),
        (TUESDAY + 33, "started", 0, 0),
        (TUESDAY + 39, "resolved", 0, 0),
    ]


def test_who_closes_in_the_middle_of_the_day_hands_over_too(tmp_path: Path) -> None:
    """Half a day of the first of A ends at 13:00; the second goes on."""
    teams = [team("A", 2, part_time=[0.5])]
    result = around_the_clock(
        tmp_path, FOLLOWS_THE_SUN, [(TUESDAY + 10, 1, "A")], teams=teams, effort_hours=5
    )
    assert events(result, "started", "resolved") == [
        (TUESDAY + 10, "started", 0, 0),
        (TUESDAY + 13, "started", 0, 1),
        (TUESDAY + 15, "resolved", 0, 1),
    ]


# ---- who is given work ---------------------------------------------------------------------------


def test_who_is_not_at_work_is_given_none_though_others_are(tmp_path: Path) -> None:
    """At 10:00 on Tuesday A is handed out work, and B's person is free, but at home until 1:00."""
    rows: list[Row] = [(TUESDAY + 10, 1, "B"), (TUESDAY + 10, 1, "A")]
    result = around_the_clock(tmp_path, TO_EACH_ITS_OWN, rows)
    assert events(result, "started") == [
        (TUESDAY + 10, "started", 1, 0),
        (TUESDAY + 25, "started", 0, 1),
    ]


@pytest.mark.parametrize("route", [queue, interrupt, guard_for_the_worst])
@pytest.mark.parametrize("shared", ["team", "organisation"])
def test_of_a_team_who_has_gone_home_is_passed_over(
    tmp_path: Path, route: Any, shared: str
) -> None:
    """At 14:00 the part-timer, who comes first by number and is free, has left an hour ago."""
    policy = Policy(id="by-number", route=route, queue=shared)
    teams = [team("A", 2, part_time=[0.5])]
    result = around_the_clock(
        tmp_path, policy, [(TUESDAY + 14, 1, "A"), (TUESDAY + 34, 3, "A")], teams=teams
    )
    assert events(result, "started") == [
        (TUESDAY + 14, "started", 0, 1),
        (TUESDAY + 34, "started", 1, 0),
    ]


def test_who_is_at_work_is_interrupted_and_not_who_has_gone_home(tmp_path: Path) -> None:
    """Both have a story in hand; the part-timer's waits for the morning."""
    teams = [team("A", 2, part_time=[0.5])]
    result = around_the_clock(
        tmp_path, TO_EACH_ITS_OWN, [(TUESDAY + 14, 1, "A")], teams=teams, story_hours=11
    )
    begun = [(hour, who) for hour, _, _, who in events(result, "story_started") if hour < 38]
    assert begun == [(9, 0), (9, 1), (TUESDAY + 12, 1)]
    assert events(result, "interrupted") == [(TUESDAY + 14, "interrupted", 0, 1)]


def test_a_story_begun_shortly_before_the_end_of_a_day_goes_on_at_the_next(tmp_path: Path) -> None:
    """Stories of five hours: the part-timer's four hours a day have the first done on Tuesday at 10:00."""
    teams = [team("A", 2, part_time=[0.5])]
    result = around_the_clock(tmp_path, TO_EACH_ITS_OWN, [], teams=teams, story_hours=5)
    done = {who: hour for hour, _, _, who in reversed(events(result, "story_done"))}
    assert done == {0: TUESDAY + 10, 1: 14}


def test_each_team_plans_at_its_own_first_opening(tmp_path: Path) -> None:
    """B, eight hours ahead, on Monday at 1:00; C, eight behind, at 17:00."""
    teams = [*EAST_AND_WEST, team("C", utc_offset_hours=-8)]
    result = around_the_clock(tmp_path, TO_EACH_ITS_OWN, [], teams=teams, story_hours=5)
    found = result.sprints.groupby("team").begins_hours.apply(list).to_dict()
    assert {name: hours[:2] for name, hours in found.items()} == {
        "A": [9, 177],
        "B": [1, 169],
        "C": [17, 185],
    }


def test_a_team_that_is_far_ahead_begins_in_the_middle_of_its_first_day(tmp_path: Path) -> None:
    """Fourteen hours ahead, 9:00 on Monday is 19:00 on Sunday here: it begins at 0:00, which is 14:00 there."""
    teams = [team("A", utc_offset_hours=14)]
    result = around_the_clock(tmp_path, TO_EACH_ITS_OWN, [(1, 1, "A")], teams=teams)
    assert result.sprints.begins_hours.tolist()[:2] == [0, 168 - 5]
    assert events(result, "started", "resolved") == [
        (1, "started", 0, 0),
        (3, "resolved", 0, 0),
    ]


@pytest.mark.parametrize("hours", ["always", "Sun 00:00-24:00; Mon-Fri 09:00-17:00"])
def test_a_team_that_works_on_its_sunday_plans_before_it_begins(tmp_path: Path, hours: str) -> None:
    """Eight hours behind, it is Sunday, 16:00, when all begins: the first sprint is planned then, and what is done
    in those eight hours is done in it; the second is planned at its own Monday, 0:00 or 9:00."""
    teams = [team("A"), team("B", utc_offset_hours=-8, hours=hours)]
    result = around_the_clock(tmp_path, TO_EACH_ITS_OWN, [], teams=teams, story_hours=1)
    begins = result.sprints[result.sprints.team == "B"].begins_hours.tolist()
    assert begins[:2] == [0, 168 + 8 + (0 if hours == "always" else 9)]
    done = [hour for hour, _, _, who in events(result, "story_done") if who == 1]
    assert done[0] == 1
    assert result.sprints[result.sprints.team == "B"].delivered_points.sum() == len(done)


# ---- at night ------------------------------------------------------------------------------------

COVER = {"cover": "24x7", "page": [1]}


def test_nobody_is_called_while_somebody_at_work_elsewhere_takes_it(tmp_path: Path) -> None:
    result = around_the_clock(
        tmp_path, FOLLOWS_THE_SUN, [(TUESDAY + 2, 1, "A")], on_call=COVER, effort_hours=3
    )
    assert events(result, "paged", "started") == [(TUESDAY + 2, "started", 0, 1)]


def test_somebody_is_called_where_those_at_work_elsewhere_do_not_take_it(tmp_path: Path) -> None:
    result = around_the_clock(
        tmp_path, TO_EACH_ITS_OWN, [(TUESDAY + 2, 1, "A")], on_call=COVER, effort_hours=3
    )
    assert events(result, "paged", "started", "rest_began", "rest_ended") == [
        (TUESDAY + 2, "paged", 0, 0),
        (TUESDAY + 5, "rest_began", -1, 0),
        (TUESDAY + 12, "rest_ended", -1, 0),
    ]


def test_somebody_is_called_when_all_are_closed(tmp_path: Path) -> None:
    """At 20:00 neither is at work; the home team's person is called."""
    result = around_the_clock(
        tmp_path, FOLLOWS_THE_SUN, [(TUESDAY + 20, 1, "B")], on_call=COVER, effort_hours=2
    )
    assert events(result, "paged", "started") == [(TUESDAY + 20, "paged", 0, 1)]


def test_the_part_timer_of_an_open_team_is_not_called(tmp_path: Path) -> None:
    """In the afternoon their team is at work: the incident is the policy's, and the other takes it."""
    teams = [team("A", 2, part_time=[0.5])]
    result = around_the_clock(
        tmp_path, TO_EACH_ITS_OWN, [(TUESDAY + 14, 1, "A")], teams=teams, on_call=COVER
    )
    assert events(result, "paged", "started") == [(TUESDAY + 14, "started", 0, 1)]


# ---- what is measured ----------------------------------------------------------------------------


def test_who_works_less_has_less_time_in_all(tmp_path: Path) -> None:
    """Of four weeks 160 hours, and half and three quarters of that."""
    teams = [team("A", 3, part_time=[0.5, 0.75])]
    result = around_the_clock(tmp_path, TO_EACH_ITS_OWN, [], teams=teams, story_hours=5)
    hours = result.developers.drop(columns=["developer", "team"]).sum(axis=1)
    assert hours.tolist() == [80, 120, 160]


def test_the_working_hours_of_a_wait_are_those_of_its_team(tmp_path: Path) -> None:
    """An incident of B, from 10:00 on Tuesday to 1:00 on Wednesday: fifteen hours, none of them B's."""
    result = around_the_clock(tmp_path, TO_EACH_ITS_OWN, [(TUESDAY + 10, 1, "B")])
    [row] = result.incidents.to_dict("records")
    assert (row["response_hours"], row["response_working_hours"]) == (15, 0)
    assert (row["resolution_hours"], row["resolution_working_hours"]) == (17, 2)
    assert row["closed_hours"] == 15


def test_a_policy_sees_which_teams_are_closed(tmp_path: Path) -> None:
    closed = Policy(
        id="closed",
        route=interrupt,
        note=lambda team, event, incident, waited, now, p: 1 + team.closed,
    )
    rows: list[Row] = [(TUESDAY + 2, 1, "A"), (TUESDAY + 2, 1, "B")]
    result = around_the_clock(tmp_path, closed, rows)
    first = result.trace[result.trace.event == "noted"]
    assert first[["team", "value"]].to_numpy().tolist()[:2] == [[0, 2], [1, 1]]


def test_a_promise_in_working_hours_is_that_of_its_teams(tmp_path: Path) -> None:
    """To answer within two working hours: for B, from 10:00 on Tuesday, that is 3:00 on Wednesday."""
    told = Policy(
        id="told",
        route=queue,
        note=lambda team, event, incident, waited, now, p: incident.respond_by,
    )
    effort = {"effort_hours": {"dist": "constant", "value": 1}}
    promise = {"respond_within_hours": 2, "clock": "working"}
    kinds = [
        {"kind": "worst", "severity": 1, **effort, **promise},
        {"kind": "lesser", "severity": 3, **effort},
    ]
    rows: list[Row] = [(TUESDAY + 10, 1, "A"), (TUESDAY + 10, 1, "B")]
    result = around_the_clock(tmp_path, told, rows, incidents=kinds)
    noted = result.trace[result.trace.event == "noted"]
    found = {team: value / 3_600 for team, value in zip(noted.team, noted.value, strict=True)}
    assert found == {0: TUESDAY + 12, 1: TUESDAY + 27}
