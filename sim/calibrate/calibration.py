"""Everything that exports say about an organisation, put together: the figures of a scenario."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from sim.arrays import Floats
from sim.calibrate import arrival_rates, kinds, record_days, teams, today
from sim.calibrate.chosen_exports import Choice, by_closings, choice_of
from sim.calibrate.corrections import Corrections
from sim.calibrate.delivery import (
    ASSUMED_POINTS,
    Delivery,
    Points,
    middle,
    of_sprints,
    of_stories,
)
from sim.calibrate.figures import Figure, share
from sim.calibrate.formats import Export, read_export
from sim.calibrate.kinds import Kind
from sim.calibrate.one_ticket_once import count_once
from sim.calibrate.rate_now import STEADY, RateNow, rate_now
from sim.calibrate.record_days import Record
from sim.calibrate.sprint_tables import joined
from sim.calibrate.teams import TeamFit
from sim.calibrate.today import Today
from sim.files.delimited import refuse
from sim.sampling.calendars import DAY, HOUR
from sim.scenario.country_holidays import holidays_between

FEWEST = 20
"""Incidents from which a rate is more than a guess."""


@dataclass(frozen=True)
class Wishes:
    """What the user says about the scenario, over what would be fitted."""

    say: Corrections = field(default_factory=Corrections)
    kinds: Mapping[str, str] | None = None
    """Category in lower case: kind."""
    holidays: Sequence[datetime.date] | None = None
    """None: look for them."""
    teams: Mapping[str, int] = field(default_factory=dict)
    """Team: head count."""
    match: Mapping[str, str] = field(default_factory=dict)
    """Group of the tickets: the team that it is."""
    countries: tuple[str, ...] = ()
    """Countries, or parts of them, whose holidays count."""
    first_line: tuple[str, ...] = ()
    """Groups that are no developers."""
    effort: str = "worked"
    """"worked": recorded effort; "active": working time in active states."""
    logged_share: float = 1.0
    """Of the interruptions, that the exports hold."""
    from_today: bool = False
    """Whether the scenario begins with what is open and in hand at a moment."""
    today: datetime.datetime | None = None
    """That moment, local; None: that of the last event in the exports."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """The figures of a scenario, each with where it comes from."""

    exports: list[Export]
    record: Record | None
    """None where there are no incidents."""
    incidents: pd.DataFrame
    kinds: list[Kind]
    trend: Figure
    """Change of the rate per week."""
    now: RateNow
    """The shape of the rate, and what it comes to at the end."""
    choice: Choice | None
    """What gives away that the exports hold a choice of the tickets."""
    parts: Mapping[str, tuple[float, float, float]]
    groups: Sequence[tuple[str, float, float]]
    """Group, weekly mean, dispersion, of team-sized ones."""
    teams: list[TeamFit]
    matching: Sequence[str]
    """How groups of tickets became teams, in words."""
    first_line: Figure
    delivery: Delivery | None
    points: Points | None
    wishes: Wishes
    today: Today | None = None
    """None where the scenario does not begin with what is open."""

    @property
    def never_reassigned(self) -> float:
        """The share of incidents that never changed hands; NaN where it is not known."""
        if not len(self.incidents):
            return math.nan
        known = self.incidents["reassigned"].dropna().to_numpy(dtype=float)
        return float((known == 0).mean()) if len(known) else math.nan


def read_all(paths: Sequence[Path], format_: str | None, say: Corrections) -> list[Export]:
    """Read every export; a ticket that stands in several is in one of them only."""
    return count_once([read_export(path, format_, say) for path in paths])


def together(
    exports: Sequence[Export], story: bool, at: datetime.datetime | None = None
) -> pd.DataFrame:
    """Return incidents, or stories, of all exports in the order they opened.

    Args:
        exports: the files.
        story: whether stories are asked for.
        at: the moment that it is; that of each export's last event if not said.
    """
    known = [e.tickets for e in exports if e.tickets]
    tables = [
        _with_ages(
            t.stories if story else t.incidents, n, t.last if at is None else today.seconds_of(at)
        )
        for n, t in enumerate(known)
    ]
    tables = [table for table in tables if len(table)]
    if not tables:
        return pd.DataFrame()
    if len(tables) == 1:
        [frame] = tables
    else:
        words = dict.fromkeys(("category", "group", "person", "sprint", "work"), str)
        frame = pd.concat([table.astype(words) for table in tables], ignore_index=True)
    if frame["opened"].is_monotonic_increasing:
        return frame.reset_index(drop=True)
    return frame.sort_values("opened", kind="stable", ignore_index=True)


def _with_ages(tickets: pd.DataFrame, file: int, now: float) -> pd.DataFrame:
    """Return tickets with the number of their file, and the age of those open at a moment, in hours."""
    age = (now - tickets["opened"]) / HOUR
    kept = tickets.drop(columns=["row", "offset", "closed", "link", "project", "type"])
    return kept.assign(file=file, age_hours=age.where(tickets["open"].astype(bool)))


def calibrate(exports: list[Export], wishes: Wishes) -> Calibration:
    """Fit everything that the exports tell; from a moment on, what they told by then.

    Raises:
        ScenarioError: where a group that is named does not occur, or the moment lies outside of what
            the exports cover.
    """
    at = today.moment_of(exports, wishes.today) if wishes.from_today else None
    incidents, stories = (together(exports, story, at) for story in (False, True))
    if at is not None:
        incidents, stories = (today.without_ends(t) if len(t) else t for t in (incidents, stories))
    told = _Told(incidents)
    if len(incidents):
        _check_groups(exports, incidents, wishes)
        told = _of_incidents(exports, incidents, wishes, at)
    sprints = joined([e.sprints for e in exports if e.sprints])
    delivery = of_sprints(sprints) if sprints else None
    found_teams = teams.found(
        told.incidents, stories, delivery, wishes.teams, wishes.match, wishes.first_line
    )
    points = of_stories(stories) if len(stories) else None
    return Calibration(
        exports=exports,
        record=told.record,
        incidents=told.incidents,
        kinds=told.kinds,
        trend=told.trend,
        now=told.now,
        choice=told.choice,
        parts=told.parts,
        groups=told.groups,
        teams=found_teams.teams,
        matching=found_teams.words,
        first_line=_first_line(told.incidents, wishes),
        delivery=delivery,
        points=points,
        wishes=wishes,
        today=None
        if at is None
        else _state_of(at, exports, told, stories, found_teams.teams, points, wishes),
    )


@dataclass(frozen=True)
class _Told:
    """What the incidents tell; as it stands, where there are none."""

    incidents: pd.DataFrame
    record: Record | None = None
    kinds: list[Kind] = field(default_factory=list)
    choice: Choice | None = None
    trend: Figure = field(default_factory=lambda: Figure(0.0))
    now: RateNow = field(default_factory=lambda: RateNow(STEADY, 0, np.ones(0), 0.0))
    parts: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    groups: Sequence[tuple[str, float, float]] = ()


def _of_incidents(
    exports: list[Export], incidents: pd.DataFrame, wishes: Wishes, at: datetime.datetime | None
) -> _Told:
    """Return what incidents tell, of which there is one at least."""
    own_severity = incidents["severity"]
    incidents = kinds.named(incidents, wishes.kinds).assign(own_severity=own_severity)
    opened = incidents["opened"].to_numpy()
    covered = opened if at is None else today.whole_days(opened, at)
    choice = choice_of(incidents) if at is None else None
    by_closing = choice is not None and choice.by_closing
    record = record_days.record(covered, [] if by_closing else holidays_of(wishes, covered))
    fitted = [
        kind.with_the_unlogged(wishes.logged_share)
        for kind in kinds.fit_kinds(incidents, record, _sources(exports), effort_column(wishes))
    ]
    if choice is not None and by_closing:
        fitted = by_closings(fitted, choice)
    weeks = arrival_rates.weeks(record, record.counts(opened))
    timed = incidents["timed"].to_numpy(dtype=bool)
    return _Told(
        incidents,
        record,
        fitted,
        choice,
        Figure(*arrival_rates.trend(weeks), len(weeks.counts), "weekly counts, regression"),
        rate_now(weeks),
        arrival_rates.parts_of_week(record, opened, timed),
        kinds.groups_dispersion(incidents, record),
    )


def holidays_of(wishes: Wishes, opened: Floats) -> list[datetime.date] | None:
    """Return the holidays that the user names, by date or by country, over the days of some openings; None to
    look for them."""
    if wishes.holidays is None and not wishes.countries:
        return None
    days = np.floor(opened / DAY)
    first, count = record_days.date_of(int(days.min())), int(days.max() - days.min()) + 1
    named = {day for code in wishes.countries for day in holidays_between(code, first, count)}
    return sorted({*(wishes.holidays or ()), *named})


def _state_of(
    at: datetime.datetime,
    exports: Sequence[Export],
    told: _Told,
    stories: pd.DataFrame,
    fits: Sequence[TeamFit],
    points: Points | None,
    wishes: Wishes,
) -> Today:
    """Return what is open and in hand at a moment, by what was fitted."""
    homes = [today.Home(t.name, t.incident_share, t.developers.value) for t in fits]
    tickets, since = today.OpenNow(), 0.0
    record = told.record
    if record is not None:
        severities = {kind.name: kind.severity for kind in told.kinds}
        tickets = today.open_tickets(
            at, told.incidents, severities, record.first, homes, wishes.first_line
        )
        since = today.seconds_of(at) / DAY - (record.first + record.days)
    return Today(
        at=at,
        given=wishes.today is not None,
        tickets=tickets,
        stories=today.stories_in_hand(
            stories, homes, middle(points.mix if points else ASSUMED_POINTS)
        ),
        silent=today.silent_files(exports),
        since_record=max(since, 0.0),
    )


def effort_column(wishes: Wishes) -> str:
    """Return the column of incidents that is taken for effort."""
    return "active_hours" if wishes.effort == "active" else "effort_hours"


def _sources(exports: Sequence[Export]) -> dict[str, str]:
    found: dict[str, str] = {}
    for export in exports:
        if export.tickets is not None and len(export.tickets.incidents):
            found |= {k: v for k, v in export.tickets.sources.items() if k not in found}
    return found


def _check_groups(exports: Sequence[Export], incidents: pd.DataFrame, wishes: Wishes) -> None:
    known = sorted(set(incidents["group"]) - {""})
    for name in wishes.first_line:
        if name not in known:
            source = ", ".join(str(e.path) for e in exports if e.tickets)
            refuse(source, f"--first-line {name}: no such group; known are {', '.join(known[:12])}")


def _first_line(incidents: pd.DataFrame, wishes: Wishes) -> Figure:
    """Return the share of incidents that never leave the first line."""
    if wishes.first_line and len(incidents):
        inside = incidents["group"].isin(wishes.first_line)
        n = len(incidents)
        value, low, high = share_of(inside)
        names = ", ".join(wishes.first_line)
        return Figure(value, low, high, n, f"incidents whose last group is {names}")
    text = "the exports do not say which groups are a first line; --first-line GROUP says it"
    return Figure(0.0, source=text, assumed=True)


def share_of(chosen: pd.Series) -> tuple[float, float, float]:
    """Return a share of tickets with its interval, weeks aside."""
    return share(np.array([float(chosen.sum())]), np.array([float(len(chosen))]))
