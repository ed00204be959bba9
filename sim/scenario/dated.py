"""What a scenario says with dates: closures, freezes, seasons, absences, people who join, due dates, and
the state of today."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sim.scenario.parts import LARGEST, Name, Positive, SchemaPart, Severity

MAX_DAYS = 14_000
"""As many as the longest horizon has."""

FORECAST_DAYS = 7
"""From today, at whose ends open incidents are counted; a day has 24 hours."""

Date = datetime.date


class Days(SchemaPart):
    """Days, from the first to the last of them."""

    from_: Annotated[Date, Field(alias="from", description="the first day")]
    to: Annotated[Date, Field(description="the last day")]

    @field_validator("to")
    @classmethod
    def _in_order(cls, to: Date, info: ValidationInfo) -> Date:
        first = info.data.get("from_")
        if first is not None and to < first:
            raise ValueError(f"must not lie before from, {first}")
        return to

    def numbers(self, start: Date) -> range:
        """The days since a start, which is day 0."""
        return range((self.from_ - start).days, (self.to - start).days + 1)


class Absence(Days):
    """People of a team who are known to be away."""

    team: Name
    people: Annotated[int, Field(ge=1, le=5_000, description="of the team's")] = 1


class Joining(SchemaPart):
    """People who join a team, beyond its `developers`."""

    team: Name
    on: Annotated[Date, Field(description="their first day")]
    people: Annotated[int, Field(ge=1, le=5_000)] = 1


def _is_day_of_year(text: str) -> str:
    if not re.fullmatch(r"\d\d-\d\d", text, re.ASCII):
        raise ValueError("must be a day of every year such as 11-23")
    try:
        datetime.date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise ValueError(
            "is no day of the year; expected a month and a day such as 11-23"
        ) from None
    return text


DayOfYear = Annotated[
    str,
    AfterValidator(_is_day_of_year),
    Field(description="month and day of every year, such as 11-23"),
]


class Season(SchemaPart):
    """Days on which more or less comes in than on ordinary ones."""

    from_: Annotated[
        Date | DayOfYear, Field(alias="from", description="a day, or one of every year")
    ]
    to: Annotated[Date | DayOfYear, Field(description="the last day")]
    factor: Annotated[float, Field(ge=0, le=20, description="times as much as on ordinary days")]
    kinds: Annotated[list[Name], Field(description="of incidents; all where none is named")] = []

    @model_validator(mode="after")
    def _alike_and_in_order(self) -> Season:
        if isinstance(self.from_, str) != isinstance(self.to, str):
            raise ValueError("from and to must both be dates, or both days of every year")
        if not isinstance(self.from_, str) and self.to < self.from_:  # type: ignore[operator]
            raise ValueError(f"to must not lie before from, {self.from_} (got {self.to})")
        return self

    def holds(self, day: Date) -> bool:
        """Whether a day lies in it; one of every year may go over the turn of the year."""
        if isinstance(self.from_, str):
            first, last, today = self.from_, str(self.to), f"{day:%m-%d}"
            return first <= today <= last if first <= last else today >= first or today <= last
        return bool(self.from_ <= day <= self.to)  # type: ignore[operator]


WEEKS_OF_YEAR = 52

WeeklySeason = Annotated[
    list[Annotated[float, Field(ge=0, le=20)]],
    Field(min_length=WEEKS_OF_YEAR, max_length=WEEKS_OF_YEAR),
]


def _which_season(parts: Any) -> str:
    """Whether a season is told by factors or by days: what is no table is meant as a factor."""
    by_days = isinstance(parts, list) and all(isinstance(part, dict | Season) for part in parts)
    return "days" if by_days or not isinstance(parts, list) else "weeks"


WeeklyOrDaily = Annotated[
    Annotated[WeeklySeason, Tag("weeks")]
    | Annotated[list[Season], Field(max_length=200), Tag("days")],
    Discriminator(_which_season),
]
"""A season: 52 factors, or days and their factor."""


class EveryWeeks(SchemaPart):
    """A moment that comes again and again, such as a release: the end of every fourth week."""

    every_weeks: Annotated[int, Field(ge=1, le=104)]


class WithinDays(SchemaPart):
    """So many days after opening."""

    days: Annotated[float, Field(ge=0.001, le=14_000)]


class OnDates(SchemaPart):
    """The next of some dates; it is met until the day is over."""

    dates: Annotated[list[Date], Field(min_length=1, max_length=1_000)]


def _one_way(table: Any) -> Any:
    if isinstance(table, dict) and len(set(table) & {*_DUE.values()}) != 1:
        raise ValueError("must be { every_weeks = 4 }, { days = 10 } or { dates = […] }")
    return table


def _which_due(table: Any) -> str:
    """Which of the three ways to say when something is due a table has."""
    if isinstance(table, EveryWeeks | WithinDays | OnDates):
        return _DUE[type(table)]
    keys = table if isinstance(table, dict) else {}
    return next((key for key in ("every_weeks", "dates") if key in keys), "days")


_DUE: dict[type[SchemaPart], str] = {
    EveryWeeks: "every_weeks",
    WithinDays: "days",
    OnDates: "dates",
}

Due = Annotated[
    Annotated[EveryWeeks, Tag("every_weeks")]
    | Annotated[WithinDays, Tag("days")]
    | Annotated[OnDates, Tag("dates")],
    Discriminator(_which_due),
    BeforeValidator(_one_way),
]
"""Until when something is to be resolved."""


class OpenIncident(SchemaPart):
    """An incident that is open today."""

    kind: Name
    team: Name
    age_days: Annotated[float, Field(ge=0, le=MAX_DAYS, description="since it opened")] = 0.0
    severity: Annotated[
        Severity | None, Field(description="that of its kind where none is said")
    ] = None
    left_hours: Annotated[
        Positive | None,
        Field(description="focus hours left of each person's share; drawn where not said"),
    ] = None
    count: Annotated[int, Field(ge=1, le=100_000, description="of the same")] = 1


class StoryInHand(SchemaPart):
    """A story that is begun, or committed, today."""

    team: Name
    points: Annotated[int, Field(ge=0, le=1_000)]
    left_hours: Annotated[Positive, Field(description="focus hours of it that are left")]


class AwayToday(SchemaPart):
    """People who are away today."""

    team: Name
    people: Annotated[int, Field(ge=1, le=5_000)] = 1
    until: Annotated[Date, Field(description="the last day")]


PerDay = Annotated[
    list[Annotated[float, Field(ge=-LARGEST, le=LARGEST)]],
    Field(min_length=FORECAST_DAYS, max_length=FORECAST_DAYS),
]
"""A number for the end of each of the first FORECAST_DAYS."""


class PastForecasts(SchemaPart):
    """How far forecasts of open incidents were off that were made from earlier moments of the record."""

    policy: Annotated[str, Field(max_length=2_000, description="under which they were made")]
    moments: Annotated[int, Field(ge=3, le=1_000)]
    days_apart: Annotated[float, Field(gt=0, le=MAX_DAYS)]
    missed: Annotated[
        PerDay,
        Field(description="how many more were open than forecast, as far as that is no chance"),
    ]
    spread: Annotated[
        PerDay, Field(description="one standard error of the next, beyond that and beyond chance")
    ]

    @field_validator("spread")
    @classmethod
    def _not_negative(cls, spread: list[float]) -> list[float]:
        if min(spread) < 0:
            raise ValueError(f"must be 0 or more on every day (got {min(spread):g})")
        return spread

    def apart(self, day: int) -> float:
        """Return of how many moments that do not overlap those of a day tell as much."""
        return apart(self.moments, self.days_apart, day)


def apart(moments: int, days_apart: float, day: int) -> float:
    """Return of how many moments that do not overlap some tell as much, as forecasts of a day overlap that
    begin before it is over."""
    return 1 + (moments - 1) * days_apart / max(day, days_apart)


class Start(SchemaPart):
    """Where things stand today; what is simulated begins here, without a warm-up."""

    at: Annotated[
        datetime.datetime | None,
        Field(description="a moment of the first week; its Monday 00:00 where none is said"),
    ] = None
    incidents: Annotated[list[OpenIncident], Field(max_length=20_000)] = []
    stories: Annotated[list[StoryInHand], Field(max_length=20_000)] = []
    away: Annotated[list[AwayToday], Field(max_length=2_000)] = []
    past_forecasts: Annotated[
        PastForecasts | None,
        Field(description="how far forecasts like this one were off; compare adds it"),
    ] = None

    @field_validator("at")
    @classmethod
    def _local(cls, at: datetime.datetime | None) -> datetime.datetime | None:
        if at is not None and at.tzinfo is not None:
            raise ValueError("must be a local time without a zone")
        return at
