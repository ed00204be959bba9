"""Whether what one table of a scenario says with names and dates agrees with the others."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from sim.errors import nearest, quoted
from sim.scenario.dated import OnDates, Season, Start
from sim.scenario.events import Injected, InjectedAbsence, parsed_event
from sim.scenario.parts import BelowError
from sim.scenario.people_and_plans import People, Stories, Team, Time
from sim.scenario.unplanned_work import IncidentKind

# What is None was itself refused: then there is nothing to hold against.


def check_time(teams: Sequence[Team], time: Time | None) -> None:
    """Refuse teams whose zone cannot be held against the organisation's, and those never at work.

    Raises:
        BelowError: saying which.
    """
    if time is None:
        return
    for place, team in enumerate(teams):
        if team.zone is not None and team.utc_offset_hours is not None:
            raise BelowError(f"{place}.zone", "must not stand beside utc_offset_hours")
        if team.zone is not None and time.zone is None:
            raise BelowError(f"{place}.zone", "needs time.zone, by which it is early or late")
        if team.utc_offset_hours is not None and time.zone is not None:
            raise BelowError(f"{place}.utc_offset_hours", "must be a zone, as time.zone is one")


def check_people(people: People, teams: Sequence[Team] | None, time: Time | None) -> None:
    """Refuse absences and joinings of teams that there are not, of too many people, or out of time.

    Raises:
        BelowError: saying which.
    """
    if teams is None or time is None:
        return
    sizes = {team.name: team.developers for team in teams}
    for place, entry in enumerate(people.absences):
        _team_is_known(f"absences.{place}", entry.team, sizes)
        _not_over(f"absences.{place}.to", entry.to, time)
        if entry.people > sizes[entry.team]:
            raise BelowError(
                f"absences.{place}.people",
                f"must be at most {sizes[entry.team]} (got {entry.people})",
            )
    for place, joining in enumerate(people.joining):
        _team_is_known(f"joining.{place}", joining.team, sizes)
        _not_over(f"joining.{place}.on", joining.on, time)


def check_season(
    season: Sequence[float] | Sequence[Season],
    kinds: Sequence[IncidentKind] | None,
    replayed: bool,
) -> None:
    """Refuse seasons of kinds that there are not, of a log, or without any demand.

    Raises:
        ValueError: saying which.
    """
    if season and replayed:
        raise ValueError("has no effect on a log, whose incidents open when they did")
    names = [kind.kind for kind in kinds or ()]
    for place, part in enumerate(season):
        for kind in part.kinds if isinstance(part, Season) else ():
            if names and kind not in names:
                raise BelowError(
                    f"{place}.kinds", f"names '{kind}', which is no kind here{nearest(kind, names)}"
                )


def check_due(kinds: Sequence[IncidentKind], time: Time | None) -> None:
    """Refuse due dates that all lie before anything is simulated.

    Raises:
        BelowError: saying which.
    """
    for place, kind in enumerate(kinds):
        if time is None or not isinstance(kind.due, OnDates):
            continue
        for number, date in enumerate(kind.due.dates):
            if date < time.start:
                raise BelowError(
                    f"{place}.due.dates.{number}",
                    f"must not lie before time.start, {time.start} (got {date})",
                )


def check_homes(kinds: Sequence[IncidentKind], teams: Sequence[Team] | None) -> None:
    """Refuse kinds of incidents whose home is a team that there is not.

    Raises:
        BelowError: saying which.
    """
    sizes = {team.name: team.developers for team in teams or ()}
    for kind in kinds if sizes else ():
        if kind.team is not None:
            _team_is_known(quoted(kind.kind), kind.team, sizes)


def check_start(
    start: Start,
    time: Time | None,
    teams: Sequence[Team] | None,
    kinds: Sequence[IncidentKind] | None,
    stories: Stories | None,
) -> None:
    """Refuse a state of today that names what there is not, or that has a warm-up.

    Raises:
        ValueError: saying which.
    """
    if time is None or teams is None or kinds is None:
        return
    if time.warmup_weeks:
        raise ValueError(
            f"needs time.warmup_weeks = 0, as figures are from today on (it is {time.warmup_weeks})"
        )
    if start.at is not None and not 0 <= (start.at.date() - time.start).days < 7:
        raise BelowError("at", f"must lie in the week from {time.start} (got {start.at})")
    sizes, names = {team.name: team.developers for team in teams}, [kind.kind for kind in kinds]
    for place, entry in enumerate(start.incidents):
        _team_is_known(f"incidents.{place}", entry.team, sizes)
        if entry.kind not in names:
            raise BelowError(
                f"incidents.{place}.kind",
                f"is no kind here{nearest(entry.kind, names)} (got '{entry.kind}')",
            )
    for place, story in enumerate(start.stories):
        _team_is_known(f"stories.{place}", story.team, sizes)
    if start.stories and stories is None:
        raise BelowError("stories", "needs the table stories, as what is planned follows them")
    for place, away in enumerate(start.away):
        _team_is_known(f"away.{place}", away.team, sizes)
        if away.people > sizes[away.team]:
            raise BelowError(
                f"away.{place}.people", f"must be at most {sizes[away.team]} (got {away.people})"
            )
        today = start.at.date() if start.at else time.start
        if away.until < today:
            raise BelowError(
                f"away.{place}.until",
                f"must not lie before {'start.at' if start.at else 'time.start'}, {today} (got {away.until})",
            )


def check_events(
    events: Sequence[str],
    time: Time | None,
    teams: Sequence[Team] | None,
    kinds: Sequence[IncidentKind] | None,
    start: Start | None,
) -> None:
    """Refuse events that cannot be read, lie past the horizon, or before today.

    Raises:
        BelowError: saying which.
    """
    if time is None or teams is None or kinds is None:
        return
    sizes = {team.name: team.developers for team in teams}
    weeks = time.horizon_weeks - time.warmup_weeks
    for place, text in enumerate(events):
        try:
            event = parsed_event(text, [kind.kind for kind in kinds], list(sizes))
        except ValueError as error:
            raise BelowError(str(place), f"{error} (got '{text}')") from None
        week = event.last // 7 if isinstance(event, InjectedAbsence) else event.week
        if week >= weeks:
            raise BelowError(
                str(place), f"must lie in the {weeks} weeks that are measured (got '{text}')"
            )
        if start is not None and start.at is not None and _moment_of(event, time) < start.at:
            raise BelowError(str(place), f"must not lie before start.at, {start.at} (got '{text}')")
        if isinstance(event, InjectedAbsence) and event.people > sizes[event.team]:
            raise BelowError(
                str(place),
                f"{event.team} has {sizes[event.team]}, and cannot miss {event.people} (got '{text}')",
            )


def _moment_of(event: Injected, time: Time) -> datetime.datetime:
    """When an event comes, or the last of its days is over."""
    begin = datetime.datetime.combine(time.start, datetime.time())
    if isinstance(event, InjectedAbsence):
        return begin + datetime.timedelta(days=7 * time.warmup_weeks + event.last + 1)
    weeks = time.warmup_weeks + event.week
    return begin + datetime.timedelta(weeks=weeks, minutes=event.minute)


def _team_is_known(key: str, team: str, sizes: dict[str, int]) -> None:
    if team not in sizes:
        raise BelowError(
            f"{key}.team", f"is no team here{nearest(team, list(sizes))} (got '{team}')"
        )


def _not_over(key: str, day: datetime.date, time: Time) -> None:
    """Refuse what was over before anything is simulated; what lies past the horizon has no effect."""
    if day < time.start:
        raise BelowError(key, f"must not lie before time.start, {time.start} (got {day})")
