"""What the organisation looks like: the scenario, as its TOML file states it.

Units are in the key names. Defaults cite `docs/evidence.md`, which gives each source.
Reading a file and wording its faults is `sim.scenario.reading`.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator

from sim.scenario.distributions import (
    Distribution,
    Exponential,
    Lognormal,
    NotNegative,
    Positive,
    SchemaPart,
    Share,
)
from sim.scenario.profiles import PROFILES

Name = Annotated[str, Field(min_length=1, max_length=80)]
Severity = Annotated[int, Field(ge=1, le=5)]

MAX_TEAMS = 2_000
MAX_DEVELOPERS = 5_000
"""Of one team."""

MAX_WEEKS = 2_000
MAX_PER_WEEK = 1_000_000
"""Incidents of one kind."""


def _default(kind: type[Any], **values: float) -> Any:
    return kind.model_validate({"dist": kind.__name__.lower(), **values})


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


class Stories(SchemaPart):
    """Planned work: every team has an endless backlog of stories."""

    points: Annotated[dict[str, Share], Field(min_length=1, description="points: share of stories")]
    hours_per_point: Annotated[
        float, Field(ge=0.1, le=1_000, description="estimated focus hours of one point")
    ] = 5.0
    error: Annotated[
        Distribution, Field(description="actual over estimated effort; evidence A2")
    ] = _default(Lognormal, median=1.15, p90=2.18)
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
    ] = _default(Exponential, mean=5.0)

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


class IncidentKind(SchemaPart):
    """A kind of unplanned work, and how it arrives."""

    kind: Name
    severity: Severity
    per_week: Annotated[
        NotNegative, Field(le=MAX_PER_WEEK, description="incidents a week, whole organisation")
    ] = 0.0
    dispersion: Annotated[
        float, Field(ge=1, le=100, description="variance over mean of weekly counts; 1: Poisson")
    ] = 1.0
    profile: Annotated[
        Literal["round-the-clock", "office-hours", "service-desk"]
        | Annotated[list[NotNegative], Field(min_length=168, max_length=168)],
        Field(description="when in the week they open: a named profile, or 168 hourly weights"),
    ] = "round-the-clock"
    daily_cv: Annotated[
        float,
        Field(ge=0, le=2, description="how single days differ beyond profile and chance, as cv"),
    ] = 0.0
    holiday_share: Annotated[
        Share, Field(description="of an ordinary day's incidents that open on a public holiday")
    ] = 1.0
    effort_hours: Annotated[Distribution, Field(description="hands-on focus hours per person")]
    people: Annotated[int, Field(ge=1, le=50, description="people needed at once")] = 1
    respond_within_hours: Positive | None = None
    resolve_within_hours: Positive | None = None
    clock: Annotated[
        Literal["calendar", "working"], Field(description="which hours the two promises count")
    ] = "calendar"
    first_line: Annotated[bool, Field(description="goes through the first line")] = True
    reopen_rate: Annotated[Share, Field(description="evidence A7")] = 0.0
    reopen_after_hours: Distribution = _default(Exponential, mean=24.0)
    reopen_effort_share: Annotated[
        float, Field(gt=0, le=10, description="effort of the second round over the first")
    ] = 0.5
    cost_per_open_hour: Annotated[
        NotNegative, Field(description="money lost while one is open, each hour of the day")
    ] = 0.0
    penalty: Annotated[NotNegative, Field(description="money lost by each broken promise")] = 0.0
    abandon_after_days: Annotated[
        Positive | None, Field(description="withdrawn if nobody has started by then")
    ] = None
    escalate_after_hours: Annotated[
        Positive | None,
        Field(description="by `clock`: one severity worse if nobody has started by then"),
    ] = None

    @field_validator("profile")
    @classmethod
    def _has_weight(cls, profile: str | list[float]) -> str | list[float]:
        if isinstance(profile, list) and not sum(profile) > 0:
            raise ValueError("needs at least one hour with a weight of more than 0")
        return profile


class FirstLine(SchemaPart):
    """Non-technical support that filters incidents before a developer sees them."""

    deflect_rate: Annotated[Share, Field(description="share it settles itself; evidence A6")] = 0.0
    delay_minutes: Annotated[
        Distribution, Field(description="working minutes until settled or handed on")
    ] = _default(Exponential, mean=30.0)


class People(SchemaPart):
    """Absence, what working outside one's own ground costs, and what support teaches."""

    sick_share: Annotated[
        float, Field(ge=0, le=0.5, description="working days lost to sickness; evidence A8")
    ] = 0.0
    sick_spell_days: Annotated[
        Distribution, Field(description="working-week days lost in one spell")
    ] = _default(Exponential, mean=3.0)
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


class Improvement(SchemaPart):
    """Operational work that lowers future demand: root causes, self-service, automation."""

    name: Name
    effort_hours: Annotated[
        float, Field(gt=0, le=100_000, description="focus hours of one developer")
    ]
    reduces: Annotated[
        dict[str, Share],
        Field(min_length=1, description="kind: share of its incidents that then no longer open"),
    ]


class Money(SchemaPart):
    """What delivery is worth and the night costs; kinds of incidents say what they cost."""

    currency: Annotated[str, Field(min_length=1, max_length=8)] = "EUR"
    point_value: Annotated[Positive, Field(description="of a delivered point")]
    night_call: Annotated[NotNegative, Field(description="paid for each call at night")] = 0.0


class LogColumns(SchemaPart):
    """Which column of the log holds what."""

    opened: Name = "opened"
    severity: Name = "severity"
    team: Name = "team"
    number: Name = "number"
    kind: Name | None = None


LOG = "incidents_from"
"""The only key of a scenario that names a file."""


class IncidentsFrom(SchemaPart):
    """A recorded log whose incidents take the place of random arrivals."""

    file: Annotated[str, Field(min_length=1, description="CSV, relative to the scenario file")]
    columns: LogColumns = LogColumns()


class Lever(SchemaPart):
    """A named change that can be tried with `--lever`."""

    name: Name
    set: Annotated[dict[str, str | int | float | bool], Field(min_length=1)]


class Scenario(SchemaPart):
    """An organisation, its work and its interruptions."""

    name: Name
    about: Annotated[str, Field(description="the story and where the figures come from")] = ""
    time: Time = Time()
    teams: Annotated[list[Team], Field(min_length=1, max_length=MAX_TEAMS)]
    sprints: Sprints = Sprints()
    stories: Stories | None = None
    incidents: Annotated[list[IncidentKind], Field(min_length=1, max_length=200)]
    incidents_from: IncidentsFrom | None = None
    first_line: FirstLine = FirstLine()
    people: People = People()
    interruptions: Interruptions = Interruptions()
    on_call: OnCall = OnCall()
    improvements: Annotated[
        list[Improvement], Field(max_length=200, description="in the order they are taken up")
    ] = []
    policies: Annotated[
        dict[str, dict[str, int | float]],
        Field(description="what this organisation would set the policies' parameters to"),
    ] = {}
    money: Annotated[
        Money | None,
        Field(description="with it, policies are compared by net value", validate_default=True),
    ] = None
    levers: Annotated[list[Lever], Field(max_length=200)] = []

    _folder: Path = PrivateAttr(default=Path())
    _log_named: str = PrivateAttr(default="")

    @field_validator("teams")
    @classmethod
    def _teams_differ(cls, teams: list[Team]) -> list[Team]:
        _reject_repeats("name", [team.name for team in teams])
        if not any(team.incident_share for team in teams):
            raise ValueError("at least one team needs an incident_share of more than 0")
        return teams

    @field_validator("incidents")
    @classmethod
    def _kinds_differ(cls, kinds: list[IncidentKind], info: ValidationInfo) -> list[IncidentKind]:
        names = [kind.kind for kind in kinds]
        _reject_repeats("kind", names)
        stories = info.data.get("stories")
        wanted = stories.regression_kind if stories else None
        if wanted is not None and wanted not in names:
            raise ValueError(
                f"stories.regression_kind names '{wanted}', which is no kind here ({', '.join(names)})"
            )
        return kinds

    @field_validator("incidents_from")
    @classmethod
    def _takes_the_place_of_rates(
        cls, source: IncidentsFrom | None, info: ValidationInfo
    ) -> IncidentsFrom | None:
        random = [kind.kind for kind in info.data.get("incidents", []) if kind.per_week]
        if source is not None and random:
            raise ValueError(
                f"takes the place of random arrivals; leave out per_week of {', '.join(random)}"
            )
        return source

    @field_validator("improvements")
    @classmethod
    def _improve_known_kinds(
        cls, improvements: list[Improvement], info: ValidationInfo
    ) -> list[Improvement]:
        _reject_repeats("name", [entry.name for entry in improvements])
        kinds = [kind.kind for kind in info.data.get("incidents", [])]
        for entry in improvements:
            for kind in entry.reduces:
                if kinds and kind not in kinds:
                    raise ValueError(
                        f"'{entry.name}' reduces '{kind}', which is no kind here ({', '.join(kinds)})"
                    )
        return improvements

    @field_validator("money")
    @classmethod
    def _costs_need_a_value(cls, money: Money | None, info: ValidationInfo) -> Money | None:
        kinds = info.data.get("incidents", [])
        costly = [kind.kind for kind in kinds if kind.cost_per_open_hour or kind.penalty]
        if money is None and costly:
            raise ValueError(
                f"is required, with the point_value, where incidents cost money ({', '.join(costly)})"
            )
        return money

    @field_validator("levers")
    @classmethod
    def _levers_differ(cls, levers: list[Lever]) -> list[Lever]:
        _reject_repeats("name", [lever.name for lever in levers])
        return levers

    def in_folder(self, folder: Path, log_named: str = "") -> Scenario:
        """The same scenario with its log looked for in `folder`.

        Args:
            folder: where the scenario's file lies.
            log_named: a log that the one at the keyboard named, and that may lie anywhere.
        """
        copy = self.model_copy()
        copy._folder, copy._log_named = folder, log_named
        return copy

    def beside(self, other: Scenario) -> Scenario:
        """The same scenario with its log looked for where that of the other is."""
        return self.in_folder(other._folder, other._log_named)

    @property
    def folder(self) -> Path:
        """The folder in which a log of the scenario is looked for."""
        return self._folder

    @property
    def log_path(self) -> Path | None:
        """The path of the recorded log; None where there is none."""
        return self._folder / self.incidents_from.file if self.incidents_from else None

    @property
    def log_is_named(self) -> bool:
        """Whether the one at the keyboard named the log, and not the scenario's file alone."""
        return self.incidents_from is not None and self.incidents_from.file == self._log_named

    @property
    def developers(self) -> int:
        """The headcount of all teams, the same under every policy."""
        return sum(team.developers for team in self.teams)

    @property
    def steady_state(self) -> bool:
        """Whether figures are meant for the long run, after a warm-up."""
        return self.time.warmup_weeks > 0


def _reject_repeats(key: str, names: Sequence[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"every {key} must differ (twice: {', '.join(twice)})")


def hourly_weights(kind: IncidentKind) -> Sequence[float]:
    """The 168 hour-of-week weights of a kind's profile, Monday 00:00 first."""
    return PROFILES[kind.profile] if isinstance(kind.profile, str) else kind.profile
