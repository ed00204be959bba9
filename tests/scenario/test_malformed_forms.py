"""What cannot be said of hours, people, seasons, deadlines, today and events: each fault is told with its key,
what was found there and what was expected."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.trace import Event, EventType
from sim.errors import ScenarioError
from sim.scenario.reading import from_table, load
from sim.scenario.schema import Scenario
from sim.scenario.size import check_size
from tests.command import Firelane
from tests.conftest import SMALL
from tests.staged import date

Change = Callable[[dict[str, Any]], object]
"""Plants a fault in the table of two small teams, Red of three and Blue of two, in eight weeks from 5 January."""


def put(table: str, **values: Any) -> Change:
    """In a table of the scenario."""
    return lambda whole: whole.setdefault(table, {}).update(values)


def top(**values: Any) -> Change:
    return lambda whole: whole.update(values)


def red(**values: Any) -> Change:
    """In the first team."""
    return lambda whole: whole["teams"][0].update(values)


def outage(**values: Any) -> Change:
    """In the first kind of incidents."""
    return lambda whole: whole["incidents"][0].update(values)


def event(text: str) -> Change:
    return top(events=[text])


def start(**values: Any) -> Change:
    return top(start=values)


MISSED = {
    "policy": "kanban",
    "moments": 8,
    "days_apart": 2,
    "missed": [0.0] * 7,
    "spread": [1.0] * 7,
}


def open_today(**values: Any) -> Change:
    return start(incidents=[{"kind": "outage", "team": "Red"} | values])


def days(first: int, last: int, **more: Any) -> dict[str, Any]:
    return {"from": date(first), "to": date(last)} | more


def both(*changes: Change) -> Change:
    def change(whole: dict[str, Any]) -> None:
        for one in changes:
            one(whole)

    return change


def replayed(whole: dict[str, Any]) -> None:
    """A recorded log takes the place of random arrivals."""
    for kind in whole["incidents"]:
        kind.pop("per_week")
    whole["incidents_from"] = {"file": "log.csv"}


AT = datetime.datetime
SUCH_AS = 'must be such as "Mon-Fri 09:00-17:00"'
EVENT_SUCH_AS = 'must be such as "Thu 16:00 production outage"'

HOURS = "teams.Red.hours"

CASES: dict[str, tuple[Change, str, str]] = {
    # hours
    "hours that overlap": (red(hours="Mon-Fri 09:00-12:00, 11:00-15:00"), HOURS, "hours of Mon overlap or touch: 09:00-12:00 and 11:00-15:00 (got 'Mon-Fri"),
    "hours that touch": (red(hours="Mon 09:00-12:00, 12:00-15:00"), HOURS, "overlap or touch: 09:00-12:00 and 12:00-15:00"),
    "hours of a day in two parts that overlap": (red(hours="Mon-Fri 09:00-17:00; Fri 16:00-18:00"), HOURS, "hours of Fri overlap or touch"),
    "an unknown day": (red(hours="Moo 09:00-17:00"), HOURS, "Moo is no day; expected one of Mon, Tue, Wed, Thu, Fri, Sat, Sun (got 'Moo 09:00-17:00')"),
    "a day twice": (red(hours="Mon, Mon 09:00-10:00"), HOURS, "names a day twice"),
    "days backwards": (red(hours="Fri-Mon 09:00-17:00"), HOURS, "Fri-Mon is no span of days from Mon to Sun"),
    "25 o'clock": (red(hours="Mon-Fri 09:00-25:00"), HOURS, "09:00-25:00 has no time of day from 00:00 to 24:00 (got 'Mon-Fri 09:00-25:00')"),
    "sixty minutes": (red(hours="Mon 09:60-10:00"), HOURS, "09:60-10:00 has no time of day from 00:00 to 24:00"),
    "closing before opening": (red(hours="Mon-Fri 17:00-09:00"), HOURS, "17:00-09:00 must close later than it opens, on the same day (got"),
    "closing as it opens": (red(hours="Mon 09:00-09:00"), HOURS, "must close later than it opens"),
    "hours in words": (red(hours="nine to five"), HOURS, SUCH_AS),
    "days without hours": (red(hours="Mon-Fri"), HOURS, SUCH_AS),
    "no hours": (red(hours=""), HOURS, "must not be empty (got '')"),
    "hours as a number": (red(hours=9), HOURS, "must be text in quotes (got 9)"),
    # zones
    "an unknown zone": (both(put("time", zone="Europe/Berlin"), red(zone="Europe/Berln")), "teams.Red.zone", "is no time zone; expected a name such as Europe/Berlin (got 'Europe/Berln')"),
    "a folder of zones": (put("time", zone="Europe"), "time.zone", "is no time zone; expected a name such as Europe/Berlin (got 'Europe')"),
    "a zone out of the zones": (put("time", zone="../../etc/passwd"), "time.zone", "is no time zone; expected a name such as Europe/Berlin (got '../../etc/passwd')"),
    "a zone beside an offset": (both(put("time", zone="UTC"), red(zone="Asia/Tokyo", utc_offset_hours=9)), "teams.0.zone", "must not stand beside utc_offset_hours"),
    "a zone without time.zone": (red(zone="Asia/Tokyo"), "teams.0.zone", "needs time.zone, by which it is early or late"),
    "an offset where the organisation has a zone": (both(put("time", zone="UTC"), red(utc_offset_hours=9)), "teams.0.utc_offset_hours", "must be a zone, as time.zone is one"),
    "an offset of 20 hours": (red(utc_offset_hours=20), "teams.Red.utc_offset_hours", "must be 14 or less (got 20)"),
    "an offset of 13 hours behind": (put("time", utc_offset_hours=-13), "time.utc_offset_hours", "must be -12 or more (got -13)"),
    "an offset in quotes": (red(utc_offset_hours="+8"), "teams.Red.utc_offset_hours", "must be a number (got '+8')"),
    # part-time
    "a share of nothing": (red(part_time=[0]), "teams.Red.part_time.0", "must be more than 0 (got 0)"),
    "more than all of a day": (red(part_time=[0.5, 1.2]), "teams.Red.part_time.1", "must be 1 or less (got 1.2)"),
    "more part-timers than people": (red(part_time=[0.5] * 4), "teams.Red.part_time", "must name at most as many as its developers, 3 (it names 4)"),
    "one share for all": (red(part_time=0.5), "teams.Red.part_time", "must be a list [ … ] (got 0.5)"),
    # closures, freezes, holidays
    "a closure longer than the horizon": (put("time", closures=[days(0, 400)]), "time.closures.0.to", "must leave a day open in the 8 weeks (it has 401 days)"),
    "a closure as long as the horizon": (put("time", closures=[days(0, 55)]), "time.closures.0.to", "must leave a day open in the 8 weeks (it has 56 days)"),
    "a closure of last year": (put("time", closures=[days(-9, -1)]), "time.closures.0.to", "must not lie before time.start, 2026-01-05 (got 2026-01-04)"),
    "a closure that ends before it begins": (put("time", closures=[days(9, 1)]), "time.closures.0.to", "must not lie before from, 2026-01-14"),
    "a closure without an end": (put("time", closures=[{"from": date(9)}]), "time.closures.0.to", "is required"),
    "a closure in quotes": (put("time", closures=[{"from": "2026-01-07", "to": date(9)}]), "time.closures.0.from", "must be a date such as 2026-01-05, without quotes (got '2026-01-07')"),
    "a freeze that ends before it begins": (put("time", freezes=[days(9, 1)]), "time.freezes.0.to", "must not lie before from, 2026-01-14"),
    "holidays of an unknown country": (put("time", holidays="XX"), "time.holidays", "'XX' is no country whose holidays are known; expected such as DE (got 'XX')"),
    "holidays of a country in words": (red(holidays="Germany"), "teams.Red.holidays", "'Germany' is no country whose holidays are known; expected such as DE"),
    "holidays of an unknown part": (put("time", holidays="DE-XX"), "time.holidays", "'XX' is no part of DE; known are BB, BE, BW, BY"),
    # deadlines
    "a due date of the past": (outage(due={"dates": [date(3), date(-1)]}), "incidents.0.due.dates.1", "must not lie before time.start, 2026-01-05 (got 2026-01-04)"),
    "a deadline in two ways": (outage(due={"every_weeks": 4, "days": 3}), "incidents.outage.due", "must be { every_weeks = 4 }, { days = 10 } or { dates = […] }"),
    "a deadline in no way": (outage(due={}), "incidents.outage.due", "must be { every_weeks = 4 }, { days = 10 } or { dates = […] }"),
    "a deadline as a number": (outage(due=3), "incidents.outage.due", "must be a table { … } (got 3)"),
    "due every 0 weeks": (outage(due={"every_weeks": 0}), "incidents.outage.due.every_weeks", "must be 1 or more (got 0)"),
    "due every week and a half": (outage(due={"every_weeks": 1.5}), "incidents.outage.due.every_weeks", "must be a whole number (got 1.5)"),
    "due within no days": (outage(due={"days": 0}), "incidents.outage.due.days", "must be 0.001 or more (got 0)"),
    "due on none of no dates": (outage(due={"dates": []}), "incidents.outage.due.dates", "must have 1 or more entries (got [])"),
    # what comes in
    "effort that shrinks": (outage(effort_grows_per_day=-1), "incidents.outage.effort_grows_per_day", "must be 0 or more (got -1)"),
    "a trend to nothing": (outage(trend_per_year=-1), "incidents.outage.trend_per_year", "must be -0.99 or more (got -1)"),
    "nothing on record": (outage(logged_share=0), "incidents.outage.logged_share", "must be more than 0 (got 0)"),
    "more than all on record": (outage(logged_share=1.1), "incidents.outage.logged_share", "must be 1 or less (got 1.1)"),
    # seasons
    "a season of an unknown kind": (top(season=[days(1, 3, factor=2.0, kinds=["outag"])]), "season.0.kinds", "names 'outag', which is no kind here; nearest known: outage"),
    "a season beside a log": (both(replayed, top(season=[1.0] * 52)), "season", "has no effect on a log, whose incidents open when they did"),
    # people
    "a ramp-up of negative weeks": (put("people", ramp_up_weeks=-1), "people.ramp_up_weeks", "must be 0 or more (got -1)"),
    "a mentor for all of the week": (put("people", mentor_share=1), "people.mentor_share", "must be 0.8 or less (got 1)"),
    "a negative rate of leaving": (put("people", leaves_per_year=-1), "people.leaves_per_year", "must be 0 or more (got -1)"),
    "more than two leavings a year": (put("people", leaves_per_year=3), "people.leaves_per_year", "must be 2 or less (got 3)"),
    "duty that keeps people": (put("people", leaves_by_duty=-1), "people.leaves_by_duty", "must be 0 or more (got -1)"),
    "a vacancy of negative weeks": (put("people", vacancy_weeks=-1), "people.vacancy_weeks", "must be 0 or more (got -1)"),
    "an absence of an unknown team": (put("people", absences=[days(1, 3, team="Redd")]), "people.absences.0.team", "is no team here; nearest known: Red (got 'Redd')"),
    "an absence of more than there are": (put("people", absences=[days(1, 3, team="Red", people=4)]), "people.absences.0.people", "must be at most 3 (got 4)"),
    "an absence of nobody": (put("people", absences=[days(1, 3, team="Red", people=0)]), "people.absences.0.people", "must be 1 or more (got 0)"),
    "an absence of last year": (put("people", absences=[days(-5, -3, team="Red")]), "people.absences.0.to", "must not lie before time.start, 2026-01-05 (got 2026-01-02)"),
    "an absence that ends before it begins": (put("people", absences=[days(5, 3, team="Red")]), "people.absences.0.to", "must not lie before from, 2026-01-10"),
    "joining before the start": (put("people", joining=[{"team": "Red", "on": date(-1)}]), "people.joining.0.on", "must not lie before time.start, 2026-01-05 (got 2026-01-04)"),
    "joining an unknown team": (put("people", joining=[{"team": "Green", "on": date(1)}]), "people.joining.0.team", "is no team here; "),
    # meetings, nights
    "negative meetings": (put("sprints", ceremony_hours_per_week=-1), "sprints.ceremony_hours_per_week", "must be 0 or more (got -1)"),
    "refinement for half a week and more": (put("sprints", refinement_hours_per_week=21), "sprints.refinement_hours_per_week", "must be 20 or less (got 21)"),
    "nobody who is called": (put("on_call", people=0), "on_call.people", "must be 1 or more (got 0)"),
    "half a person more who is called": (put("on_call", people=1.5), "on_call.people", "must be a whole number (got 1.5)"),
    # today
    "a start beside a warm-up": (both(put("time", warmup_weeks=2), start()), "start", "needs time.warmup_weeks = 0, as figures are from today on (it is 2)"),
    "a start after the first week": (start(at=AT(2026, 1, 12, 9)), "start.at", "must lie in the week from 2026-01-05 (got 2026-01-12 09:00:00)"),
    "a start before it": (start(at=AT(2026, 1, 4, 9)), "start.at", "must lie in the week from 2026-01-05 (got 2026-01-04 09:00:00)"),
    "a start with a zone": (start(at=AT(2026, 1, 5, 9, tzinfo=datetime.UTC)), "start.at", "must be a local time without a zone"),
    "a start without a time": (start(at=date(1)), "start.at", "(got 2026-01-06)"),
    "an open incident of an unknown kind": (open_today(kind="outge"), "start.incidents.0.kind", "is no kind here; nearest known: outage (got 'outge')"),
    "an open incident of an unknown team": (open_today(team="Rd"), "start.incidents.0.team", "is no team here; nearest known: Red (got 'Rd')"),
    "an open incident of the future": (open_today(age_days=-1), "start.incidents.outage.age_days", "must be 0 or more (got -1)"),
    "an open incident of which nothing is left": (open_today(left_hours=0), "start.incidents.outage.left_hours", "must be more than 0 (got 0)"),
    "an open incident of severity 6": (open_today(severity=6), "start.incidents.outage.severity", "must be 5 or less (got 6)"),
    "no open incident": (open_today(count=0), "start.incidents.outage.count", "must be 1 or more (got 0)"),
    "away until before the start": (start(away=[{"team": "Red", "until": date(-1)}]), "start.away.0.until", "must not lie before time.start, 2026-01-05 (got 2026-01-04)"),
    "a past forecast of six days": (start(past_forecasts=MISSED | {"missed": [0.0] * 6}), "start.past_forecasts.missed", "must have 7 or more entries (got [0.0"),
    "a past forecast that is off by less than nothing": (start(past_forecasts=MISSED | {"spread": [-1.0] * 7}), "start.past_forecasts.spread", "must be 0 or more on every day (got -1)"),
    "past forecasts of two moments": (start(past_forecasts=MISSED | {"moments": 2}), "start.past_forecasts.moments", "must be 3 or more (got 2)"),
    "more away than there are": (start(away=[{"team": "Red", "until": date(1), "people": 9}]), "start.away.0.people", "must be at most 3 (got 9)"),
    "stories in hand of an unknown team": (start(stories=[{"team": "Reda", "points": 1, "left_hours": 1}]), "start.stories.0.team", "is no team here; nearest known: Red (got 'Reda')"),
    "stories in hand where none are planned": (both(lambda whole: whole.pop("stories"), start(stories=[{"team": "Red", "points": 1, "left_hours": 1}])), "start.stories", "needs the table stories, as what is planned follows them"),
    # events
    "an event of an unknown kind": (event("Thu 16:00 outge"), "events.0", "'outge' is no kind here; nearest known: outage (got 'Thu 16:00 outge')"),
    "an event at an unknown team": (event("Thu 16:00 outage at Rd"), "events.0", "'Rd' is no team here; nearest known: Red (got"),
    "an event on no day": (event("16:00 outage"), "events.0", 'an incident must open at a moment, such as "week 3 Thu 16:00" (got \'16:00 outage\')'),
    "an event at no time": (event("Thu outage"), "events.0", 'an incident must open at a moment, such as "week 3 Thu 16:00"'),
    "an event at 25 o'clock": (event("Thu 25:00 outage"), "events.0", "25:00 is no time of day (got 'Thu 25:00 outage')"),
    "an event in week 0": (event("week 0 Thu 16:00 outage"), "events.0", "weeks count from 1 (got"),
    "an event beyond the horizon": (event("week 9 Thu 16:00 outage"), "events.0", "must lie in the 8 weeks that are measured (got"),
    "an absence beyond the horizon": (event("week 8-9: 1 of Red away"), "events.0", "must lie in the 8 weeks that are measured (got"),
    "too many away": (event("week 3: 4 of Red away"), "events.0", "Red has 3, and cannot miss 4 (got 'week 3: 4 of Red away')"),
    "nobody away": (event("week 3: 0 of Red away"), "events.0", "must have one or more people away"),
    "away of an unknown team": (event("week 3: 1 of Rd away"), "events.0", "'Rd' is no team here; nearest known: Red"),
    "away for some hours": (event("week 3 09:00: 1 of Red away"), "events.0", "people are away for whole days; leave out the time of day"),
    "away for weeks that end before they begin": (event("week 3-2: 1 of Red away"), "events.0", "week 2 lies before week 3"),
    "away for days that end before they begin": (event("week 3 Fri-Mon: 1 of Red away"), "events.0", "Mon lies before Fri"),
    "away on days of several weeks": (event("week 3-4 Mon: 1 of Red away"), "events.0", "must name either weeks or days of one week"),
    "gibberish": (event("all is well"), "events.0", EVENT_SUCH_AS),
    "no event": (event(""), "events.0", "must not be empty (got '')"),
}  # fmt: skip


def refused(change: Change, table: dict[str, Any]) -> dict[str, str]:
    """The faults that a change brings, by their keys."""
    change(table)
    with pytest.raises(ScenarioError) as found:
        from_table(table)
    return {fault.key: fault.message for fault in found.value.faults}


def test_the_table_that_the_faults_are_planted_in_is_sound() -> None:
    assert from_table(SMALL).developers == 5
    assert len(CASES) >= 90


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_told_with_its_key_what_was_found_and_what_was_expected(
    name: str, table: dict[str, Any]
) -> None:
    change, key, expected = CASES[name]
    faults = refused(change, table)
    assert list(faults) == [key]
    assert expected in faults[key]


SEASONS: dict[str, tuple[Any, str, str]] = {
    "of 51 weeks": ([1.0] * 51, "season", "must have 52 or more entries"),
    "of 53 weeks": ([1.0] * 53, "season", "must have at most 52 entries"),
    "of a negative week": ([1.0] * 51 + [-1.0], "season.51", "must be 0 or more"),
    "of a negative factor": ([days(1, 3, factor=-1.0)], "season.0.factor", "must be 0 or more (got -1"),
    "of too large a factor": ([days(1, 3, factor=21.0)], "season.0.factor", "must be 20 or less (got 21"),
    "without a factor": ([days(1, 3)], "season.0.factor", "is required"),
    "that ends before it begins": ([days(9, 3, factor=2.0)], "season.0", "to must not lie before from, 2026-01-14 (got 2026-01-08)"),
    "from a day of every year to a date": ([{"from": "11-23", "to": date(3), "factor": 2.0}], "season.0", "from and to must both be dates, or both days of every year"),
    "from a date to a day of every year": ([{"from": date(3), "to": "11-23", "factor": 2.0}], "season.0", "from and to must both be dates, or both days of every year"),
    "of weeks and days": ([1.0, days(1, 3, factor=2.0)], "season.1", "must be a number"),
    "with an unknown key": ([days(1, 3, factor=2.0, colour=1)], "season.0.colour", "unknown key; nearest known: factor"),
    "as a number": (2.0, "season", "must be a list [ … ]"),
}  # fmt: skip


@pytest.mark.parametrize("name", SEASONS)
def test_a_fault_of_a_season_is_told_with_its_key(name: str, table: dict[str, Any]) -> None:
    """Among others: of a season it is not known whether it was to be of weeks or of days."""
    season, key, expected = SEASONS[name]
    assert expected in refused(top(season=season), table)[key]


@pytest.mark.parametrize("day", ["02-30", "02-31", "04-31", "11-31", "13-01", "00-10", "11-00"])
def test_a_day_that_no_year_has_is_refused(day: str, table: dict[str, Any]) -> None:
    faults = refused(top(season=[{"from": day, "to": "12-31", "factor": 2.0}]), table)
    assert "season.0.from" in faults


@pytest.mark.parametrize("day", ["2026-11-23", "11-234", "x11-23", "11-23 and on", "1-2"])
def test_text_that_holds_a_day_of_every_year_is_none(day: str, table: dict[str, Any]) -> None:
    """A date in quotes, above all: it would be another day of every year than is meant."""
    faults = refused(top(season=[{"from": day, "to": "12-31", "factor": 2.0}]), table)
    assert "season.0.from" in faults


def test_the_leap_day_is_one_of_every_year(table: dict[str, Any]) -> None:
    table["season"] = [{"from": "02-29", "to": "02-29", "factor": 2.0}]
    assert from_table(table).seasons[0].from_ == "02-29"


# ---- what is no use, and does no harm ------------------------------------------------------------

BEYOND: dict[str, Change] = {
    "a closure": put("time", closures=[days(56, 60)]),
    "a freeze": put("time", freezes=[days(56, 90)]),
    "an absence": put("people", absences=[days(56, 58, team="Red", people=3)]),
    "somebody who joins": put("people", joining=[{"team": "Blue", "on": date(56)}]),
    "a season": top(season=[days(56, 90, factor=0.0)]),
    "a deadline": outage(due={"dates": [date(99)]}),
}


@pytest.mark.parametrize("name", BEYOND)
def test_what_lies_beyond_the_horizon_changes_nothing_that_happens(
    name: str, table: dict[str, Any]
) -> None:
    """So that a shorter horizon may be tried with the same file. Stories may bear other numbers, and who joins
    then is away all the time."""
    usual = happenings(table, away=5)
    BEYOND[name](table)
    assert happenings(table, away=5) == usual


def happenings(table: dict[str, Any], away: int) -> list[list[int]]:
    """What happens when and to whom, but for one person's being away."""
    events = sim.run(sim.sample_path(from_table(table)), "interrupt-anyone", "simpy").events
    gone = (events[:, Event.type] == EventType.LEFT) & (events[:, Event.developer] == away)
    told: list[list[int]] = np.delete(events[~gone], Event.item, axis=1).tolist()
    return told


# ---- what is no use ------------------------------------------------------------------------------


def test_who_is_away_until_before_now_is_not_away(table: dict[str, Any]) -> None:
    """The start is on Thursday; until Tuesday is over by then."""
    change = start(at=AT(2026, 1, 8, 9), away=[{"team": "Red", "until": date(1)}])
    assert "start.away.0.until" in refused(change, table)


@pytest.mark.parametrize("text", ["Mon 09:00 outage", "Thu 08:59 outage", "Tue: 1 of Red away"])
def test_nothing_happens_before_the_start(text: str, table: dict[str, Any]) -> None:
    """The start is on Thursday at 9:00: what an event wants to have happened before would never be seen, or
    would have opened before anybody was there."""
    assert "events.0" in refused(both(start(at=AT(2026, 1, 8, 9)), event(text)), table)


def test_an_offset_of_an_organisation_with_a_zone_is_refused(table: dict[str, Any]) -> None:
    """It would have no effect."""
    faults = refused(put("time", zone="Europe/Berlin", utc_offset_hours=5.0), table)
    assert [key for key in faults if key.startswith("time.")]


def test_a_trend_of_a_log_is_refused(table: dict[str, Any]) -> None:
    """As a season is: incidents of a log open when they did."""
    faults = refused(both(replayed, outage(trend_per_year=0.5)), table)
    assert any("trend_per_year" in key + message for key, message in faults.items())


TOO_MUCH: dict[str, Change] = {
    "twenty million open incidents": start(
        incidents=[{"kind": "outage", "team": "Red", "count": 100_000}] * 200
    ),
    "eleven times as many each year, for ten years": both(
        put("time", horizon_weeks=520), outage(trend_per_year=10.0)
    ),
    "twenty times a million a week": both(
        top(season=[days(0, 55, factor=20.0)]), outage(per_week=900_000.0)
    ),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_no_machine_could_draw_is_refused_before_it_is_drawn(
    name: str, table: dict[str, Any]
) -> None:
    TOO_MUCH[name](table)
    with pytest.raises(ScenarioError, match="is too large"):
        check_size(from_table(table), policies=1)


# ---- from outside --------------------------------------------------------------------------------

FROM_OUTSIDE = [
    ('teams.Checkout.hours="Mon-Fri 17:00-09:00"', "teams.Checkout.hours: 17:00-09:00 must close later than it opens"),
    ("teams.Checkout.utc_offset_hours=20", "teams.Checkout.utc_offset_hours: must be 14 or less (got 20)"),
    ("teams.*.part_time=[0.5, 0]", "teams.Mobile.part_time.1: must be more than 0 (got 0)"),
    ("time.closures=[{ from = 2026-01-05, to = 2027-02-01 }]", "time.closures.0.to: must leave a day open in the 52 weeks"),
    ("incidents.production-outage.due={ every_weeks = 0 }", 'incidents."production outage".due.every_weeks: must be 1 or more (got 0)'),
    ("people.leaves_per_year=-1", "people.leaves_per_year: must be 0 or more (got -1)"),
    ("on_call.people=0", "on_call.people: must be 1 or more (got 0)"),
    ("time.holidays=Atlantis", "time.holidays: 'Atlantis' is no country whose holidays are known"),
    ("start={ at = 2026-01-06T09:00:00 }", "start: needs time.warmup_weeks = 0"),
    ('events=["all is well"]', 'events.0: must be such as "Thu 16:00 production outage"'),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), FROM_OUTSIDE)
def test_a_change_that_cannot_be_is_refused_as_the_file_would_be(
    change: str, expected: str
) -> None:
    with pytest.raises(ScenarioError) as found:
        load("web_agency", [change])
    assert expected in str(found.value)


@pytest.mark.parametrize(("change", "expected"), FROM_OUTSIDE[:6])
def test_the_command_line_ends_with_status_2_and_says_why(
    change: str, expected: str, firelane: Firelane
) -> None:
    result = firelane("compare", "web_agency", "--set", change)
    assert (result.status, result.out) == (2, "")
    assert expected in " ".join(result.err.split())


def test_a_file_with_many_faults_tells_them_all_at_once(firelane: Firelane, tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(
        """
name = "Shop"
[time]
zone = "Europe/Berln"
closures = [{ from = 2026-02-09, to = 2026-02-01 }]
[[teams]]
name = "Till"
developers = 2
hours = "Mon-Fri 09:00-25:00"
part_time = [0.5, 0.5, 0.5]
[people]
mentor_share = 1.0
[on_call]
people = 0
[[incidents]]
kind = "fix"
severity = 3
effort_hours = { dist = "constant", value = 1 }
logged_share = 0.0
due = { every_weeks = 0 }
"""
    )
    result = firelane("compare", file)
    assert (result.status, result.out) == (2, "")
    told = [line.partition(":")[0] for line in result.err.splitlines()[1:]]
    assert told == [
        "time.closures.0.to",
        "time.zone",
        "teams.Till.hours",
        "teams.Till.part_time",
        "incidents.fix.due.every_weeks",
        "incidents.fix.logged_share",
        "people.mentor_share",
        "on_call.people",
    ]


def test_what_is_said_well_is_read_and_read_again(table: dict[str, Any]) -> None:
    """Each form once: the same after it was written out and read."""
    table["time"] |= {
        "zone": "Europe/Berlin",
        "closures": [days(30, 34)],
        "freezes": [days(20, 22)],
        "holidays": "DE-BY",
    }
    table["teams"][0] |= {
        "hours": "Mon-Thu 08:00-12:00, 13:00-17:00; Fri 08:00-12:00",
        "zone": "America/New_York",
        "part_time": [0.5, 1.0],
        "public_holidays": [date(2)],
    }
    table["incidents"][0] |= {"due": {"dates": [date(9)]}, "effort_grows_per_day": 0.1}
    table["incidents"][1] |= {"due": {"every_weeks": 4}, "trend_per_year": -0.5}
    table["season"] = [{"from": "11-23", "to": "01-02", "factor": 3.0, "kinds": ["outage"]}]
    table["people"] = {
        "absences": [days(1, 3, team="Blue")],
        "joining": [{"team": "Blue", "on": date(9)}],
    }
    table["start"] = {
        "at": AT(2026, 1, 7, 10),
        "incidents": [{"kind": "outage", "team": "Red", "age_days": 3}],
        "stories": [{"team": "Red", "points": 3, "left_hours": 2}],
        "away": [{"team": "Red", "until": date(4)}],
    }
    table["events"] = ["week 2 Thu 16:00 outage at Blue", "week 3-4: 1 of Red away"]
    scenario = from_table(table)
    again: Scenario = from_table(scenario.model_dump(by_alias=True))
    assert again == scenario
