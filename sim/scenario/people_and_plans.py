"""Who works when, how sprints are planned, and what is planned: the tables of people and stories."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from sim.scenario.distributions import Distribution, Exponential, Lognormal, with_default
from sim.scenario.parts import Name, NotNegative, SchemaPart, Severity, Share

MAX_TEAMS = 2_000
MAX_DEVELOPERS = 5_000
"""Of one team."""

MAX_WEEKS = 2_000
MAX_PER_WEEK = 1_000_000
"""Incidents of one kind."""

MAX_WEEKS = 2_000


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

    @field_validator("public_holidays")
    @classmethod
    def _leaves_working_days(
        cls, days: list[datetime.date], info: ValidationInfo
    ) -> list[datetime.date]:
        start, weeks = info.data.get("start"), info.data.get("sprint_weeks")
        if start is None or weeks is None:
            return days
        working = Counter(
            (day - start).days // 7 // weeks for day in set(days) if day.weekday() < 5
        )
        for sprint, closed in working.items():
            if closed >= 5 * weeks:
                raise ValueError(
                    f"must leave a working day in every sprint; sprint {sprint} has none"
                )
        return days


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


class Sprints(SchemaPart):
    """How sprints are planned."""

    plan_by: Annotated[
        Literal["capacity", "velocity"], Field(description="what the commitment is forecast from")
    ] = "capacity"
    ceremony_hours: Annotated[
        float, Field(ge=0, le=40, description="hours of Scrum events a sprint, per person")
    ] = 6.0
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
