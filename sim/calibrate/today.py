"""Where things stand at a moment: which tickets are open and which stories begun, and nothing of later.

Who stood at that moment knew of no ticket that opened later, and of no end that came later. So a ticket
that ended later is open here, and what it took, or whether it came back, is not looked at.
"""

from __future__ import annotations

import datetime
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.arrays import Bools, Floats, Ints
from sim.calibrate.formats import Export
from sim.calibrate.teams import OTHERS
from sim.calibrate.ticket_states import WAITING
from sim.calibrate.work_types import AROUND, PART
from sim.files.delimited import refuse
from sim.sampling.calendars import DAY
from sim.scenario.dated import MAX_DAYS, PastForecasts

EPOCH = datetime.datetime(1970, 1, 1)

SLOW = 0.99
"""Of the tickets that were closed, this share took less than what is looked at with suspicion."""

FEWEST_CLOSED = 100
"""Closed tickets from which that is known."""

FAR = 3.0
"""A ticket is forgotten that is so many times as old as open ones get by what the closed ones took, in a record
that reaches back as far: in the longest queue so far, too, some are older than any was before."""

MOST_ENTRIES = 20_000
"""Of `[start]`; with more, ages are rounded until there are no more."""

TOLD_BY_ENDS = ("resolved", "effort_hours", "active_hours", "reassigned", "reopened")
"""What is only known of a ticket that is closed."""

LEFT = 0.5
"""Assumed: of a story in hand, the share that is left."""


class OpenTickets(NamedTuple):
    """Open tickets that are alike."""

    kind: str
    team: str
    age_days: float
    severity: int | None
    """None: that of its kind."""


class BegunStory(NamedTuple):
    """A story in hand."""

    team: str
    points: int


@dataclass(frozen=True, eq=False)
class Forgotten:
    """Open tickets that are older than nearly all closed ones of their kind became."""

    older: int = 0
    slow: Mapping[str, float] = field(default_factory=dict)
    """By kind, the days that SLOW of the closed ones took; of kinds that have older ones."""
    oldest: float = math.nan
    """In days."""
    beyond: Mapping[str, float] = field(default_factory=dict)
    """By kind, the days from which on they are forgotten; of kinds that have such tickets."""
    left_out: int = 0
    """The forgotten, which are not in `[start]`."""
    stay: int = 0
    """Those as old, which are, as the record is too short to tell."""
    reach: float = math.nan
    """Days from the record's first until the moment."""


@dataclass(frozen=True, eq=False)
class OpenNow:
    """The tickets that are open at a moment."""

    count: int = 0
    entries: Mapping[OpenTickets, int] = field(default_factory=dict)
    """As `[start]` has them, with their number."""
    forgotten: Forgotten = field(default_factory=Forgotten)
    closed: int = 0
    """Tickets whose end is known."""
    waiting: int = 0
    """Of those in `[start]`, the ones that wait for somebody else by their state."""
    with_first_line: int = 0
    """Of all, those that are with the first line, and not in `[start]`."""
    dealt: int = 0
    """Of those in `[start]`, the ones of no team here."""


@dataclass(frozen=True, eq=False)
class InHand:
    """The stories that are begun and not done at a moment."""

    entries: Sequence[BegunStory] = ()
    unsized: int = 0
    """Those without points."""
    untold: int = 0
    """Open ones of which the exports do not tell whether they were begun by then."""
    dealt: int = 0
    """Those of no team here."""


@dataclass(frozen=True)
class Pace:
    """The effort by which people get through as many tickets as they did."""

    factor: float
    """Times what is assumed."""
    open_then: int
    """So many days before the moment."""
    days: int
    enough: bool
    """False: even the largest or the smallest factor that is tried is too little or too much."""


@dataclass(frozen=True)
class DaysBefore:
    """What a scenario from today gets from the days before it."""

    policy: str
    """In force then."""
    pace: Pace | None = None
    """None where the exports hold the effort, or too few tickets or days lie before the moment."""
    missed: PastForecasts | None = None
    """None where the record is too short to make any, or does not tell when tickets ended."""

    @property
    def effort(self) -> float:
        """Times what is assumed."""
        return self.pace.factor if self.pace else 1.0


@dataclass(frozen=True, eq=False)
class Today:
    """The state of things at a moment."""

    at: datetime.datetime
    given: bool
    """False: it is the moment of the last event in the exports."""
    tickets: OpenNow
    stories: InHand
    silent: Sequence[str] = ()
    """Files that do not tell which of their tickets are open."""
    since_record: float = 0.0
    """Days from the end of the record to the moment."""
    before: DaysBefore | None = None
    """None: not asked about."""

    @property
    def monday(self) -> datetime.date:
        """The Monday of its week."""
        day = self.at.date()
        return day - datetime.timedelta(day.weekday())


class Home(NamedTuple):
    """A team, and how much of what has no team is dealt to it."""

    name: str
    incidents: float
    people: float


def moment_of(exports: Sequence[Export], asked: datetime.datetime | None) -> datetime.datetime:
    """Return the moment that is asked about; the last of the exports where none is said.

    Raises:
        ScenarioError: where the exports tell of nothing before it, or end before it.
    """
    told = [export.tickets for export in exports if export.tickets is not None]
    first = min((tickets.first for tickets in told), default=math.inf)
    last = max((tickets.last for tickets in told), default=-math.inf)
    if not first < math.inf:
        refuse("--from-today", "the exports hold no tickets, so nothing can be open")
    if asked is None:
        return EPOCH + datetime.timedelta(seconds=last)
    if seconds_of(asked) < first:
        refuse(f"--today {asked}", f"lies before the first ticket of the exports, {_moment(first)}")
    if seconds_of(asked) > last:
        refuse(f"--today {asked}", f"lies after the last event in the exports, {_moment(last)}")
    return asked


def seconds_of(moment: datetime.datetime) -> float:
    """Return a moment as seconds since 1970 local."""
    return (moment - EPOCH).total_seconds()


def _moment(seconds: float) -> str:
    return str(EPOCH + datetime.timedelta(seconds=seconds))


def without_ends(tickets: pd.DataFrame) -> pd.DataFrame:
    """Return tickets, of those that are open without what only their end tells."""
    still = tickets["open"].astype(bool)
    return tickets.assign(**{name: tickets[name].where(~still) for name in TOLD_BY_ENDS})


def whole_days(opened: Floats, at: datetime.datetime) -> Floats:
    """Return the openings of days that were over by a moment: the last one is cut short."""
    before = opened[opened < seconds_of(at) // DAY * DAY]
    return before if len(before) else opened


def silent_files(exports: Sequence[Export]) -> list[str]:
    """Return the files that have tickets, and do not tell which are open."""
    return [
        export.path.name
        for export in exports
        if export.tickets and len(export.tickets.table) and not export.tickets.tells_open
    ]


def open_tickets(
    at: datetime.datetime,
    incidents: pd.DataFrame,
    severities: Mapping[str, int],
    first_day: int,
    teams: Sequence[Home],
    first_line: Sequence[str],
) -> OpenNow:
    """Return the tickets that are open at a moment.

    Args:
        at: the moment.
        incidents: as they were known then, with `kind` and `own_severity`.
        severities: of each kind.
        first_day: of the record, counted from 1970-01-01.
        teams: whose they may be.
        first_line: groups that are no developers.
    """
    still = incidents[incidents["open"].astype(bool)]
    age = (seconds_of(at) - still["opened"].to_numpy()) / DAY
    out, forgotten = _forgotten(incidents, still, age, seconds_of(at) / DAY - first_day)
    inside = still["group"].isin(first_line).to_numpy()
    still, age, count = still[~out & ~inside], age[~out & ~inside], len(still)
    home, dealt = _homes(still, {team.name: team.incidents for team in teams})
    kinds, own = still["kind"].tolist(), still["own_severity"].tolist()
    differs = [s if s != severities[k] else None for k, s in zip(kinds, own, strict=True)]
    return OpenNow(
        count=count,
        entries=_alike(kinds, home, age, differs),
        forgotten=forgotten,
        closed=int(incidents["resolved"].notna().sum()),
        waiting=int((still["state"] == WAITING).sum()),
        with_first_line=int((inside & ~out).sum()),
        dealt=dealt,
    )


def stories_in_hand(stories: pd.DataFrame, teams: Sequence[Home], usual_points: int) -> InHand:
    """Return the stories that are begun and not done; one without points has as many as usual."""
    if not len(stories):
        return InHand()
    still = stories[stories["open"].astype(bool)]
    # What holds stories is no work of its own; a part of one is where it has points of its own.
    around = (still["work"] == AROUND) | ((still["work"] == PART) & ~(still["points"] > 0))
    still = still[~around]
    begun = still[still["begun"] == 1]
    home, dealt = _homes(begun, {team.name: team.people for team in teams})
    points = begun["points"].to_numpy(dtype=float)
    unsized = ~(points > 0)
    sizes = np.clip(np.where(unsized, usual_points, np.rint(points)), 1, 1_000).astype(int)
    return InHand(
        entries=sorted(map(BegunStory, home, sizes.tolist())),
        unsized=int(unsized.sum()),
        untold=int(still["begun"].isna().sum()),
        dealt=dealt,
    )


def _forgotten(
    incidents: pd.DataFrame, still: pd.DataFrame, age: Floats, reach: float
) -> tuple[Bools, Forgotten]:
    """Return which open tickets are left out as nobody seems to close them; and what is told of
    it."""
    took = ((incidents["resolved"] - incidents["opened"]) / DAY).dropna()
    nobody = np.zeros(len(still), dtype=bool)
    if len(took) < FEWEST_CLOSED or not len(still):
        return nobody, Forgotten(reach=reach)
    of_all = _limits(took.to_numpy(), reach)
    parts = {kind: part.to_numpy() for kind, part in took.groupby(incidents["kind"])}
    own = {kind: _limits(p, reach) for kind, p in parts.items() if len(p) >= FEWEST_CLOSED}
    kinds = still["kind"].tolist()
    slow, beyond = np.array([own.get(kind, of_all) for kind in kinds]).T
    older, forgotten = age > slow, age > beyond
    out = forgotten & (reach >= beyond)
    return out, Forgotten(
        older=int(older.sum()),
        slow={
            kind: day for kind, day, is_older in zip(kinds, slow, older, strict=True) if is_older
        },
        oldest=float(age[older].max()) if older.any() else math.nan,
        beyond={kind: day for kind, day, one in zip(kinds, beyond, forgotten, strict=True) if one},
        left_out=int(out.sum()),
        stay=int((forgotten & ~out).sum()),
        reach=reach,
    )


def _limits(took: Floats, reach: float) -> tuple[float, float]:
    """Return the days that SLOW of closed tickets took; and those from which on one is forgotten.

    Open ones get as old as the closed ones would keep at least one open at any moment. By Little's law,
    those that took t days and opened in `reach` days keep the sum of (t - a) / reach open at an age beyond a.
    """
    days = np.sort(took)
    above = np.cumsum(days[::-1])[::-1] - days * np.arange(len(days), 0, -1)
    lasting = float(days[np.argmax(above < reach)])  # at the longest it is 0
    slow = float(np.quantile(days, SLOW))
    return slow, FAR * max(slow, lasting)


def _alike(
    kinds: Sequence[str], teams: Sequence[str], age: Floats, severities: Sequence[int | None]
) -> Mapping[OpenTickets, int]:
    """Return how many tickets there are of each sort, the oldest first."""
    for digits in (2, 1, 0, -1, -2, -3):
        days = np.minimum(np.round(age, digits), MAX_DAYS).tolist()
        found = Counter(map(OpenTickets, kinds, teams, days, severities))
        if len(found) <= MOST_ENTRIES:
            break
    order = sorted(found, key=lambda one: (-one.age_days, one.kind, one.team, one.severity or 0))
    return {entry: found[entry] for entry in order}


def _homes(tickets: pd.DataFrame, weights: Mapping[str, float]) -> tuple[list[str], int]:
    """Return the team of each ticket; and how many had none, and are dealt out by weight."""
    names = list(weights)
    if not len(tickets):
        return [], 0
    groups = tickets["group"].tolist()
    rest = OTHERS if OTHERS in weights else None
    home = [group if group in weights else rest if group else None for group in groups]
    homeless = [place for place, name in enumerate(home) if name is None]
    for place, team in zip(homeless, _dealt(len(homeless), list(weights.values())), strict=True):
        home[place] = names[team]
    dealt = len(homeless) if len(names) > 1 else 0
    return [name for name in home if name is not None], dealt


def _dealt(count: int, weights: Sequence[float]) -> Ints:
    """Return whose each of some things is: each time the one's who is furthest behind their share."""
    shares = np.array(weights) / sum(weights)
    given, found = np.zeros(len(shares)), np.empty(count, dtype=np.int64)
    for number in range(count):
        found[number] = np.argmax((number + 1) * shares - given)
        given[found[number]] += 1
    return found
