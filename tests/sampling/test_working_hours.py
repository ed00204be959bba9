"""Who keeps which hours: calendars by team and person, and those in which nobody ever works."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

import sim
from sim.measures.metrics import measure
from sim.sampling.calendars import DAY, HOUR, Calendar
from sim.sampling.organisation import Organisation
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table
from tests.staged import agreed, date


def of(table: dict[str, Any]) -> Organisation:
    return sample_path(from_table(table)).organisation


def openings(calendar: Calendar, day: int) -> list[tuple[float, float]]:
    """From when until when somebody is at work on a day, in hours of it."""
    return [
        ((opens - day * DAY) / HOUR, (closes - day * DAY) / HOUR)
        for opens, closes in zip(calendar.opens.tolist(), calendar.closes.tolist(), strict=True)
        if day * DAY <= opens < (day + 1) * DAY
    ]


def test_a_team_without_hours_keeps_those_of_the_organisation(table: dict[str, Any]) -> None:
    table["teams"][0]["hours"] = "Mon-Fri 08:00-12:00, 13:00-17:00"
    org = of(table)
    assert openings(org.calendar_of(0), 1) == [(8, 12), (13, 17)]
    assert openings(org.calendar_of(1), 1) == [(9, 17)]
    assert org.calendar_of(1) is org.calendar


def test_who_works_part_time_is_there_for_the_first_share_of_each_day(
    table: dict[str, Any],
) -> None:
    """Six of eight hours, and three of the four of a Friday."""
    table["teams"][0] |= {
        "hours": "Mon-Thu 08:00-12:00, 13:00-17:00; Fri 08:00-12:00",
        "part_time": [0.75],
    }
    org = of(table)
    own = org.hours.calendars[int(org.hours.of_developer[0])]
    assert openings(own, 0) == [(8, 12), (13, 15)]
    assert openings(own, 4) == [(8, 11)]
    assert org.hours.week.tolist() == [27 * HOUR, 36 * HOUR, 36 * HOUR, 40 * HOUR, 40 * HOUR]


def test_hours_until_midnight_and_from_midnight_on_are_one_opening(table: dict[str, Any]) -> None:
    table["teams"][0]["hours"] = "Mon-Tue 00:00-24:00; Wed 00:00-06:00"
    calendar = of(table).calendar_of(0)
    assert openings(calendar, 0) == [(0, 54)]
    assert openings(calendar, 1) == openings(calendar, 2) == []


def test_a_team_has_its_own_holidays_in_place_of_the_organisations(table: dict[str, Any]) -> None:
    table["time"]["public_holidays"] = [date(1)]
    table["teams"][0]["public_holidays"] = [date(2)]
    org = of(table)
    assert [bool(openings(org.calendar_of(0), day)) for day in range(4)] == [
        True,
        True,
        False,
        True,
    ]
    assert [bool(openings(org.calendar_of(1), day)) for day in range(4)] == [
        True,
        False,
        True,
        True,
    ]


def test_no_holidays_of_its_own_are_none(table: dict[str, Any]) -> None:
    table["time"]["public_holidays"] = [date(1)]
    table["teams"][0]["public_holidays"] = []
    assert openings(of(table).calendar_of(0), 1) == [(9, 17)]


@pytest.mark.parametrize(("code", "closed"), [("DE", False), ("DE-BY", True)])
def test_the_holidays_of_a_part_of_a_country_are_its_own(
    table: dict[str, Any], code: str, closed: bool
) -> None:
    """Epiphany, 6 January, is one in Bavaria, and none of the whole of Germany."""
    table["teams"][0]["holidays"] = code
    assert bool(openings(of(table).calendar_of(0), 1)) is not closed


def test_a_closure_is_of_all_and_by_the_clock_of_each(table: dict[str, Any]) -> None:
    """On Wednesday, which begins eight hours earlier for Red."""
    table["time"] |= {"always_open": True, "closures": [{"from": date(2), "to": date(2)}]}
    table["teams"][0]["utc_offset_hours"] = 8
    org = of(table)
    red, blue = org.calendar_of(0), org.calendar_of(1)
    assert (red.closes[0], red.opens[1]) == (2 * DAY - 8 * HOUR, 3 * DAY - 8 * HOUR)
    assert (blue.closes[0], blue.opens[1]) == (2 * DAY, 3 * DAY)


# ---- hours that are none -------------------------------------------------------------------------

NEVER_AT_WORK: dict[str, dict[str, Any]] = {
    "who joins after the last opening": {
        "time": {"closures": [{"from": date(50), "to": date(70)}]},
        "people": {"joining": [{"team": "Red", "on": date(55)}]},
    },
    "a share of a day that is less than a second": {"red": {"part_time": [1e-6]}},
    "closures without a gap": {
        "time": {
            "closures": [{"from": date(0), "to": date(30)}, {"from": date(31), "to": date(80)}]
        }
    },
    "holidays without a gap": {"time": {"public_holidays": [date(day) for day in range(80)]}},
    "a team whose holidays are without a gap": {
        "red": {"public_holidays": [date(day) for day in range(80)]}
    },
    "hours of less than a second": {"time": {"opens_at_hour": 9.0, "closes_at_hour": 9.0001}},
    "a start after the last opening": {
        "time": {
            "horizon_weeks": 2,
            "closures": [{"from": date(4), "to": date(16)}, {"from": date(13), "to": date(25)}],
        },
        "start": {"at": datetime.datetime(2026, 1, 10, 12)},
    },
}
"""What makes it so; the table of the first team is called red."""


@pytest.mark.parametrize("policy", ["interrupt-anyone", "dedicated-team"])
@pytest.mark.parametrize("name", NEVER_AT_WORK)
def test_who_is_never_at_work_does_nothing_and_nothing_breaks(
    name: str, policy: str, table: dict[str, Any]
) -> None:
    """Nor where a policy asks for as many people as the expected work needs."""
    for key, values in NEVER_AT_WORK[name].items():
        (table["teams"][0] if key == "red" else table.setdefault(key, {})).update(values)
    result = agreed(sim.run(sample_path(from_table(table)), policy))
    hours = result.developers.drop(columns=["developer", "team"]).sum(axis=1)
    assert hours.min() == 0
    measure(result.path, result.events)
