"""Who works when, how sprints are planned, and what is planned: the tables of people and stories."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from sim.scenario.country_holidays import check_country
from sim.scenario.dated import Absence, Days, Joining
from sim.scenario.distributions import Distribution, Exponential, Lognormal, with_default
from sim.scenario.hours import shifts_of
from sim.scenario.parts import BelowError, Name, NotNegative, SchemaPart, Severity, Share

MAX_TEAMS = 2_000
MAX_DEVELOPERS = 5_000
"""Of one team."""

MAX_WEEKS = 2_000


def _is_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone; expected a name such as Europe/Berlin") from None
    return name


def _is_hours(text: str) -> str:
    shifts_of(text)
    return text


Zone = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_is_zone)]
Hours = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(_is_hours)]
UtcOffset = Annotated[float, Field(ge=-12, le=14)]


class Time(SchemaPart):
    """How long is simulated, and when people work."""

    horizon_weeks: Annotated[int, Field(ge=1, le=MAX_WEEKS, description="simulated weeks")] = 52
    warmup_weeks: Annotated[
        int, Field(ge=0, description="first weeks left out of every figure; 0: terminating")
    ] = 4
    sprint_weeks: Annotated[int, Field(ge=1, le=8, description="weeks between plannings")] = 2
    always_open: Annotated[bool, Field(description="work round the clock, every day")] = False
    opens_at_hour: Annotated[float, Field(ge=0, lt=24)] = 9
    closes_at_hour: Annotated[float, Field(gt=0, le=24)] = 17
    start: Annotated[datetime.date, Field(description="the Monday on which week 0 begins")] = (
        datetime.date(2026, 1, 5)
    )
    public_holidays: Annotated[
        list[datetime.date], Field(description="days on which nobody works")
    ] = []
    holidays: Annotated[
        str | None, Field(description="those of a country, or of a part of it, such as DE-BY")
    ] = None
    closures: Annotated[list[Days], Field(max_length=1_000, description="when all are closed")] = []
    freezes: Annotated[
        list[Days],
        Field(max_length=1_000, description="when nothing is released: what breaks, breaks after"),
    ] = []
    utc_offset_hours: Annotated[UtcOffset, Field(description="of the time that is meant here")] = (
        0.0
    )
    zone: Annotated[Zone | None, Field(description="the same by name, such as Europe/Berlin")] = (
        None
    )

    @field_validator("zone")
    @classmethod
    def _in_place_of_offset(cls, zone: str | None, info: ValidationInfo) -> str | None:
        if zone is not None and info.data.get("utc_offset_hours"):
            raise ValueError("must not stand beside utc_offset_hours, which it says")
        return zone

    @field_validator("warmup_weeks")
    @classmethod
    def _inside_horizon(cls, weeks: int, info: ValidationInfo) -> int:
        horizon = info.data.get("horizon_weeks")
        if horizon is not None and weeks >= horizon:
            raise ValueError(f"must be less than horizon_weeks, {horizon}")
        return weeks

    @field_validator("sprint_weeks")
    @classmethod
    def _sprint_fits(cls, weeks: int, info: ValidationInfo) -> int:
        horizon = info.data.get("horizon_weeks")
        if horizon is not None and weeks > horizon:
            raise ValueError(f"must be at most horizon_weeks, {horizon}, so that a sprint fits")
        return weeks

    @field_validator("closes_at_hour")
    @classmethod
    def _after_opening(cls, hour: float, info: ValidationInfo) -> float:
        opens = info.data.get("opens_at_hour")
        if opens is not None and hour <= opens:
            raise ValueError(f"must be later than opens_at_hour, {opens:g}")
        return hour

    @field_validator("start")
    @classmethod
    def _is_monday(cls, day: datetime.date) -> datetime.date:
        if day.weekday() != 0:
            raise ValueError(f"must be a Monday; {day} is a {day:%A}")
        return day

    @field_validator("holidays")
    @classmethod
    def _of_a_country(cls, code: str | None) -> str | None:
        if code is not None:
            check_country(code)
        return code

    @field_validator("closures", "freezes")
    @classmethod
    def _shorter_than_horizon(cls, spans: list[Days], info: ValidationInfo) -> list[Days]:
        weeks, start = info.data.get("horizon_weeks"), info.data.get("start")
        if weeks is None or start is None:
            return spans
        for place, span in enumerate(spans):
            within = span.numbers(start)
            if len(within) >= 7 * weeks:
                raise BelowError(
                    f"{place}.to",
                    f"must leave a day open in the {weeks} weeks (it has {len(within)} days)",
                )
            if within.stop <= 0:
                raise BelowError(
                    f"{place}.to", f"must not lie before time.start, {start} (got {span.to})"
                )
        return spans


class Team(SchemaPart):
    """A Scrum team."""

    name: Name
    developers: Annotated[int, Field(ge=1, le=MAX_DEVELOPERS)]
    focus: Annotated[
        float, Field(ge=0.05, le=1, description="share of working time that reaches the work")
    ] = 0.75
    incident_share: Annotated[
        NotNegative, Field(description="weight of this team as home team of incidents")
    ] = 1.0
    hours: Annotated[
        Hours | None,
        Field(description='of its own, such as "Mon-Fri 09:00-17:00", in its own zone'),
    ] = None
    utc_offset_hours: Annotated[
        UtcOffset | None, Field(description="where it works; as the organisation's if not said")
    ] = None
    zone: Annotated[Zone | None, Field(description="the same by name, with its summer time")] = None
    part_time: Annotated[
        list[Annotated[float, Field(gt=0, le=1)]],
        Field(
            description="of its people: the share of each day that they work, from its opening on"
        ),
    ] = []
    public_holidays: Annotated[
        list[datetime.date] | None, Field(description="in place of the organisation's")
    ] = None
    holidays: Annotated[
        str | None, Field(description="of a country, in place of the organisation's")
    ] = None

    @field_validator("part_time")
    @classmethod
    def _of_its_people(cls, shares: list[float], info: ValidationInfo) -> list[float]:
        people = info.data.get("developers")
        if people is not None and len(shares) > people:
            raise ValueError(
                f"must name at most as many as its developers, {people} (it names {len(shares)})"
            )
        return shares

    @field_validator("holidays")
    @classmethod
    def _of_a_country(cls, code: str | None) -> str | None:
        if code is not None:
            check_country(code)
        return code


class Sprints(SchemaPart):
    """How sprints are planned."""

    plan_by: Annotated[
        Literal["capacity", "velocity"], Field(description="what the commitment is forecast from")
    ] = "velocity"
    ceremony_hours: Annotated[
        float, Field(ge=0, le=40, description="hours of Scrum events a sprint, per person")
    ] = 6.0
    ceremony_hours_per_week: Annotated[
        float | None,
        Field(ge=0, le=20, description="the same by the week of sprint, in place of it"),
    ] = None
    refinement_hours_per_week: Annotated[
        float, Field(ge=0, le=20, description="on Wednesdays, without sprints too")
    ] = 0.0
    goal_share: Annotated[
        float, Field(gt=0, le=1, description="share of committed stories that meets the goal")
    ] = 1.0
    improvement_share: Annotated[
        Share,
        Field(
            description="of capacity that goes to improvements, under every policy not set to another"
        ),
    ] = 0.0


class Stories(SchemaPart):
    """Planned work: every team has an endless backlog of stories."""

    points: Annotated[dict[str, Share], Field(min_length=1, description="points: share of stories")]
    hours_per_point: Annotated[
        float, Field(ge=0.1, le=1_000, description="estimated focus hours of one point")
    ] = 5.0
    error: Annotated[
        Distribution, Field(description="actual over estimated effort; evidence A2")
    ] = with_default(Lognormal, median=1.15, p90=2.18)
    regression_rate: Annotated[
        Share, Field(description="chance that a finished story causes an incident; evidence A7")
    ] = 0.0
    interrupted_regressions: Annotated[
        float,
        Field(
            ge=1, le=10, description="that chance, multiplied for stories interrupted; evidence A1"
        ),
    ] = 1.0
    regression_kind: Name | None = None
    regression_after_days: Annotated[
        Distribution, Field(description="from the story's end to the incident")
    ] = with_default(Exponential, mean=5.0)

    @field_validator("points")
    @classmethod
    def _is_a_mix(cls, points: dict[str, float]) -> dict[str, float]:
        for key in points:
            if not key.isascii() or not key.isdigit() or not 1 <= int(key) <= 1_000:
                raise ValueError(f"keys must be whole points from 1 to 1000 (got '{key}')")
        total = sum(points.values())
        if abs(total - 1) > 1e-6:
            raise ValueError(f"shares must add up to 1 (they add up to {total:g})")
        return points

    @field_validator("error")
    @classmethod
    def _takes_time(cls, error: Distribution) -> Distribution:
        if error.mean() < 0.05:
            raise ValueError(f"must have a mean of 0.05 or more (it is {error.mean():g})")
        return error

    @field_validator("regression_kind")
    @classmethod
    def _only_with_rate(cls, kind: str | None, info: ValidationInfo) -> str | None:
        if kind is None and info.data.get("regression_rate"):
            raise ValueError("is required where regression_rate is more than 0")
        return kind


class People(SchemaPart):
    """Absence, what working outside one's own ground costs, and what support teaches."""

    sick_share: Annotated[
        float, Field(ge=0, le=0.5, description="working days lost to sickness; evidence A8")
    ] = 0.0
    sick_spell_days: Annotated[
        Distribution, Field(description="working-week days lost in one spell")
    ] = with_default(Exponential, mean=3.0)
    vacation_weeks_per_year: Annotated[float, Field(ge=0, le=26)] = 0.0
    unfamiliarity: Annotated[
        float,
        Field(ge=1, le=20, description="effort multiplied when an incident is another team's"),
    ] = 1.0
    familiar_after_hours: Annotated[
        float,
        Field(ge=0, le=10_000, description="of others' incidents, until that is gone; 0: never"),
    ] = 0.0
    quality_gain: Annotated[
        Share, Field(description="regressions avoided by who has worked in support long enough")
    ] = 0.0
    quality_after_hours: Annotated[
        float, Field(gt=0, le=10_000, description="of incidents, until the whole gain is reached")
    ] = 160.0
    absences: Annotated[
        list[Absence],
        Field(max_length=5_000, description="who is known to be away, beside the above"),
    ] = []
    joining: Annotated[
        list[Joining],
        Field(max_length=2_000, description="who joins, beyond the developers of a team"),
    ] = []
    ramp_up_weeks: Annotated[
        float,
        Field(
            ge=0, le=104, description="until who joins is worth a veteran, from nothing and evenly"
        ),
    ] = 0.0
    mentor_share: Annotated[
        float, Field(ge=0, le=0.8, description="of a colleague's week, while somebody ramps up")
    ] = 0.0
    leaves_per_year: Annotated[
        float, Field(ge=0, le=2, description="of each person, that they leave for good; 0: nobody")
    ] = 0.0
    leaves_by_duty: Annotated[
        float, Field(ge=0, le=20, description="times more for who is always on duty, less one")
    ] = 0.0
    vacancy_weeks: Annotated[
        float, Field(ge=0, le=104, description="until the place of who left is filled")
    ] = 8.0


class Interruptions(SchemaPart):
    """What each interruption costs; the lost share of the week comes out, it is not put in."""

    switch_minutes: Annotated[
        float, Field(ge=0, le=480, description="before the interrupting work begins")
    ] = 5.0
    resume_minutes: Annotated[
        float, Field(ge=0, le=480, description="added to the interrupted work; evidence A1")
    ] = 13.0

    swap_meeting_minutes: Annotated[
        float, Field(ge=0, le=480, description="of every team member, to renegotiate the sprint")
    ] = 30.0
    replan_hours: Annotated[
        float, Field(ge=0, le=40, description="of every team member, after a cancelled sprint")
    ] = 4.0
    rework_share: Annotated[
        Share, Field(description="of the progress on unfinished stories lost by cancelling")
    ] = 0.3
    handover_minutes: Annotated[
        float, Field(ge=0, le=480, description="of who begins or ends support duty")
    ] = 60.0


class OnCall(SchemaPart):
    """Who answers when the organisation is closed: one developer of each team, by turns."""

    cover: Annotated[
        Literal["none", "24x7"], Field(description="whether anybody is called at night")
    ] = "none"
    page: Annotated[list[Severity], Field(description="severities that are worth a call")] = [1]
    people: Annotated[
        int,
        Field(ge=1, le=10, description="of each team, in order: the next where one is on a call"),
    ] = 1
