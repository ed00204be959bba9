"""What somebody wants to see happen happens at its second, and leaves all else on the path as it was."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.trace import Event, EventType
from sim.sampling.calendars import DAY, HOUR, WEEK
from sim.sampling.incidents import INJECTED, Incidents
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.reading import from_table, load
from sim.scenario.schema import Scenario
from tests.staged import date

THURSDAY_16 = 3 * DAY + 16 * HOUR

WARMUP = 4
"""Weeks of the web agency's that are not measured."""

HAPPENS = [
    "Thu 16:00 production outage",
    "week 3 Mon 09:30 unusual audit report at Accounts",
    "week 3: 2 of Checkout away",
]

SHORT = ["time.horizon_weeks=12"]


@pytest.fixture(scope="module")
def web() -> tuple[Scenario, Scenario]:
    """The web agency as it ships, and with all that happens."""
    return load("web_agency", SHORT), load("web_agency", SHORT, events=HAPPENS)


@pytest.fixture(scope="module", params=[1, 2])
def paths(
    web: tuple[Scenario, Scenario], request: pytest.FixtureRequest
) -> tuple[SamplePath, SamplePath]:
    usual, injected = (sample_path(scenario, request.param) for scenario in web)
    return usual, injected


def spells(path: SamplePath, developer: int) -> list[tuple[int, int]]:
    own = path.absences.developer == developer
    return list(
        zip(path.absences.leaves[own].tolist(), path.absences.returns[own].tolist(), strict=True)
    )


def test_all_other_incidents_keep_their_numbers_and_their_luck(
    paths: tuple[SamplePath, SamplePath],
) -> None:
    usual, injected = paths
    count = len(usual.incidents)
    for column in fields(Incidents):
        before, after = (getattr(path.incidents, column.name) for path in paths)
        assert before.tolist() == after[:count].tolist(), column.name
    assert len(injected.incidents) - count >= 2


def test_stories_and_departures_are_the_same(paths: tuple[SamplePath, SamplePath]) -> None:
    for column in ("first", "points", "estimate", "effort", "regression", "uniform"):
        one, other = (getattr(path.stories, column) for path in paths)
        assert (one == other).all()
    assert (paths[0].leaves == paths[1].leaves).all()


def test_incidents_stand_behind_all_others_with_their_kind_team_and_moment(
    paths: tuple[SamplePath, SamplePath],
) -> None:
    usual, injected = paths
    table, first = injected.incidents, len(usual.incidents)
    kinds = [kind.kind for kind in injected.scenario.incidents]
    teams = [team.name for team in injected.scenario.teams]
    assert [kinds[k] for k in table.kind[first : first + 2]] == [
        "production outage",
        "unusual audit report",
    ]
    assert teams[table.team[first + 1]] == "Accounts"
    assert table.cause[first : first + 2].tolist() == [INJECTED, INJECTED]
    assert table.opened[first : first + 2].tolist() == [
        WARMUP * WEEK + THURSDAY_16,
        (WARMUP + 2) * WEEK + 9 * HOUR + 30 * 60,
    ]
    assert (injected.given.first, len(injected.given)) == (first, 2)


def test_those_who_are_away_are_two_of_their_team_and_all_others_are_as_they_were(
    paths: tuple[SamplePath, SamplePath],
) -> None:
    """The first two by number, in the week and whenever else they would have been."""
    usual, _ = paths
    week = range((WARMUP + 2) * 7, (WARMUP + 3) * 7)
    for developer in range(usual.organisation.developers):
        before, after = (days_away(path, developer) for path in paths)
        added = set(week) if developer < 2 else set()
        assert after == before | added


def days_away(path: SamplePath, developer: int) -> set[int]:
    return {
        day
        for leaves, returns in spells(path, developer)
        for day in range(leaves // DAY, returns // DAY)
    }


@pytest.mark.parametrize("engine", ["simpy", "plain", "compiled"])
def test_what_was_injected_is_in_the_trace_at_its_second(
    paths: tuple[SamplePath, SamplePath], engine: str
) -> None:
    usual, injected = paths
    events = sim.run(injected, "next-sprint", engine).events
    first = len(usual.incidents)
    opened = events[events[:, Event.type] == EventType.OPENED]
    when = {int(row[Event.item]): int(row[Event.time]) for row in opened}
    assert when[first] == WARMUP * WEEK + THURSDAY_16
    assert when[first + 1] == (WARMUP + 2) * WEEK + 9 * HOUR + 30 * 60
    away = WARMUP * WEEK + 2 * WEEK
    for developer in (0, 1):
        own = events[events[:, Event.developer] == developer]
        gone = [
            (row[Event.time], row[Event.type])
            for row in own.tolist()
            if row[Event.type] in (EventType.LEFT, EventType.RETURNED)
        ]
        before = [what for time, what in gone if time <= away]
        assert before[-1] == EventType.LEFT, "gone by then"
        assert not [time for time, _ in gone if away < time < away + WEEK], "and for all the week"


def test_until_something_is_injected_nothing_is_different(
    paths: tuple[SamplePath, SamplePath],
) -> None:
    usual, injected = (sim.run(path, "reserved-buffer").events for path in paths)
    before = WARMUP * WEEK + THURSDAY_16
    one, other = (events[events[:, Event.time] < before] for events in (usual, injected))
    assert (one == other).all()


def test_a_path_without_incidents_has_none_that_were_injected(
    paths: tuple[SamplePath, SamplePath],
) -> None:
    """The yardstick of delivery is a year in which nothing comes in, but the same people are away."""
    calm = paths[1].without_incidents()
    events = sim.run(calm, "next-sprint").events
    assert not (events[:, Event.type] == EventType.OPENED).any()
    assert len(calm.absences.leaves) == len(paths[1].absences.leaves)


def test_an_improvement_does_away_with_nothing_that_somebody_wanted_to_see(
    table: dict[str, Any],
) -> None:
    """Though it does away with all that would come in by chance."""
    table["improvements"] = [
        {"name": "tool", "effort_hours": 1, "reduces": {"outage": 1.0, "data fix": 1.0}}
    ]
    table["sprints"] = {"improvement_share": 0.5}
    table["events"] = ["week 5 Tue 10:00 outage"]
    result = sim.run(sample_path(from_table(table)), "next-sprint")
    late = result.incidents[result.incidents.opened_hours > 2 * 168]
    assert late.cause.tolist() == ["injected"]


# ---- who is away by name of the team -------------------------------------------------------------


def away_days(table: dict[str, Any], developers: int = 5) -> list[set[int]]:
    path = sample_path(from_table(table))
    return [days_away(path, developer) for developer in range(developers)]


def test_an_absence_is_of_so_many_of_the_team_for_all_its_days(table: dict[str, Any]) -> None:
    table["people"] = {"absences": [{"team": "Red", "people": 2, "from": date(3), "to": date(5)}]}
    assert away_days(table) == [{3, 4, 5}, {3, 4, 5}, set(), set(), set()]


def test_absences_at_the_same_time_are_of_different_people(table: dict[str, Any]) -> None:
    """By turns: the second absence is of the next after those of the first."""
    entry = {"team": "Red", "from": date(3), "to": date(5)}
    table["people"] = {"absences": [entry, entry | {"to": date(8)}]}
    table["events"] = ["Thu-Fri: 1 of Red away", "week 2: 1 of Blue away"]
    red = [{3, 4, 5}, {3, 4, 5, 6, 7, 8}, {3, 4}]
    assert away_days(table) == [*red, {7, 8, 9, 10, 11, 12, 13}, set()]


def test_weeks_and_days_of_events_are_those_that_are_said(table: dict[str, Any]) -> None:
    table["events"] = ["week 2-3: 1 of Red away", "week 5 Wed: 2 of Blue away"]
    assert away_days(table) == [set(range(7, 21)), set(), set(), {30}, {30}]


def test_an_absence_that_begins_before_the_first_day_counts_from_it(table: dict[str, Any]) -> None:
    table["people"] = {"absences": [{"team": "Red", "from": date(-20), "to": date(1)}]}
    assert away_days(table)[0] == {0, 1}


def test_by_the_clock_of_a_zone_days_begin_when_they_do_there(table: dict[str, Any]) -> None:
    table["teams"][0]["utc_offset_hours"] = 8
    table["people"] = {"absences": [{"team": "Red", "from": date(3), "to": date(3)}]}
    path = sample_path(from_table(table))
    assert spells(path, 0) == [(3 * DAY - 8 * HOUR, 4 * DAY - 8 * HOUR)]


def test_who_is_known_to_be_away_is_somebody_who_is_there(table: dict[str, Any]) -> None:
    """Blue has two, and a third from the sixth week on: the third absence is not of that person, who would not
    have been there anyway."""
    table["people"] = {
        "joining": [{"team": "Blue", "on": date(35)}],
        "absences": [
            {"team": "Blue", "from": date(day), "to": date(day + 1)} for day in (1, 8, 15)
        ],
    }
    one, other, third = away_days(table, 6)[3:]
    assert sorted(one | other) == [1, 2, 8, 9, 15, 16]
    assert third == set(range(35)), "until they join, and on no other day"


def test_events_beside_those_of_the_file_come_after_them(
    table: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "small.toml"
    file.write_text(from_table(table | {"events": ["Mon 10:00 outage"]}).to_toml())
    scenario = load(file, events=["Tue 10:00 outage"])
    assert scenario.events == ["Mon 10:00 outage", "Tue 10:00 outage"]
    given = sample_path(scenario).given
    assert np.array_equal(given.arrives, [10 * HOUR, DAY + 10 * HOUR])


def test_an_event_more_leaves_the_luck_of_those_before_it(table: dict[str, Any]) -> None:
    table["incidents"][0]["effort_hours"] = {"dist": "exponential", "mean": 5.0}
    efforts = []
    for count in (1, 2, 3):
        path = sample_path(from_table(table | {"events": ["Mon 10:00 outage"] * count}))
        first = path.given.first
        efforts.append(path.incidents.effort[first : first + count].tolist())
    assert efforts[0] == efforts[1][:1] == efforts[2][:1]
    assert efforts[1] == efforts[2][:2]
