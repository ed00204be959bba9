"""What comes in unplanned, who filters it, and what makes less of it: the tables of incidents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from sim.scenario.dated import Due
from sim.scenario.distributions import Distribution, Exponential, with_default
from sim.scenario.parts import Name, NotNegative, Positive, SchemaPart, Severity, Share
from sim.scenario.profiles import PROFILES

MAX_PER_WEEK = 1_000_000
"""Incidents of one kind."""


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
    team: Annotated[
        Name | None, Field(description="home team of all of them; None: by incident_share")
    ] = None
    respond_within_hours: Positive | None = None
    resolve_within_hours: Positive | None = None
    clock: Annotated[
        Literal["calendar", "working"], Field(description="which hours the two promises count")
    ] = "calendar"
    first_line: Annotated[bool, Field(description="goes through the first line")] = True
    reopen_rate: Annotated[Share, Field(description="evidence A7")] = 0.0
    reopen_after_hours: Distribution = with_default(Exponential, mean=24.0)
    reopen_effort_share: Annotated[
        float, Field(gt=0, le=10, description="effort of the second round over the first")
    ] = 0.5
    cost_per_open_hour: Annotated[
        NotNegative, Field(description="money lost while one is open, each hour of the day")
    ] = 0.0
    penalty: Annotated[
        NotNegative, Field(description="money lost by each broken promise, or deadline")
    ] = 0.0
    abandon_after_days: Annotated[
        Positive | None, Field(description="withdrawn if nobody has started by then")
    ] = None
    escalate_after_hours: Annotated[
        Positive | None,
        Field(description="by `clock`: one severity worse if nobody has started by then"),
    ] = None

    due: Annotated[
        Due | None,
        Field(
            description="{ every_weeks = 4 }, { days = 10 } or { dates = […] }: resolved by then"
        ),
    ] = None
    effort_grows_per_day: Annotated[
        float, Field(ge=0, le=10, description="share of the effort, until somebody starts")
    ] = 0.0
    trend_per_year: Annotated[
        float, Field(ge=-0.99, le=10, description="share by which a year has more than the last")
    ] = 0.0
    logged_share: Annotated[
        float,
        Field(gt=0, le=1, description="that trackers hold, and past sprints as policies see them"),
    ] = 1.0

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
    ] = with_default(Exponential, mean=30.0)


class Improvement(SchemaPart):
    """Operational work: it lowers future demand (root causes, self-service, automation), or is worth
    something by itself (upgrades, vulnerabilities, pipelines)."""

    name: Name
    effort_hours: Annotated[
        float, Field(gt=0, le=100_000, description="focus hours of one developer")
    ]
    reduces: Annotated[
        dict[str, Share],
        Field(description="kind: share of its incidents that then no longer open"),
    ] = {}
    worth_points: Annotated[
        float, Field(ge=0, le=1_000, description="what it is worth by itself, in points")
    ] = 0.0
    count: Annotated[int, Field(ge=1, le=1_000, description="of the same, one after the other")] = 1

    @field_validator("worth_points")
    @classmethod
    def _is_good_for_something(cls, points: float, info: ValidationInfo) -> float:
        if not points and not info.data.get("reduces", True):
            raise ValueError("must be more than 0 where it reduces nothing")
        return points


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


def hourly_weights(kind: IncidentKind) -> Sequence[float]:
    """The 168 hour-of-week weights of a kind's profile, Monday 00:00 first."""
    return PROFILES[kind.profile] if isinstance(kind.profile, str) else kind.profile
