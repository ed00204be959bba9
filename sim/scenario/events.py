"""Events that somebody wants to see happen, in a line each: `"Thu 16:00 production outage"`, `"week 3 Mon 09:00
audit report at Payments"`, `"week 3: 2 of Checkout away"`.

Weeks count from the first that is measured; without a week it is that one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from sim.errors import nearest
from sim.scenario.hours import DAYS


class InjectedIncident(NamedTuple):
    """An incident that opens at a moment of one's choice."""

    week: int
    """0: the first that is measured"""
    minute: int
    """of the week, from Monday 00:00"""
    kind: str
    team: str | None
    """None: by chance, as any other"""


class InjectedAbsence(NamedTuple):
    """People who are away for some days."""

    first: int
    """days after Monday of the first week that is measured"""
    last: int
    team: str
    people: int


Injected = InjectedIncident | InjectedAbsence

EXPECTED = (
    'must be such as "Thu 16:00 production outage", "week 3 Mon 09:00 audit report at Payments" or '
    '"week 3: 2 of Checkout away"'
)

_DAY = "|".join(DAYS)
_WHEN = re.compile(
    rf"(?:week\s+(?P<week>\d+)(?:\s*-\s*(?P<until>\d+))?)?\s*"
    rf"(?:(?P<day>{_DAY})(?:\s*-\s*(?P<last>{_DAY}))?)?\s*"
    r"(?:(?P<hour>\d{1,2}):(?P<minute>\d\d))?\s*:?\s+(?P<what>\S.*)",
    re.IGNORECASE,
)
_AWAY = re.compile(r"(?P<people>\d+)\s+of\s+(?P<team>.+?)\s+away", re.IGNORECASE)


def parsed_event(text: str, kinds: Sequence[str], teams: Sequence[str]) -> Injected:
    """What a line says is to happen.

    Raises:
        ValueError: saying what of the line cannot be read or is not known.
    """
    found = _WHEN.fullmatch(text.strip())
    if not found:
        raise ValueError(EXPECTED)
    week = int(found["week"] or 1)
    if week < 1:
        raise ValueError("weeks count from 1")
    away = _AWAY.fullmatch(found["what"].strip())
    if away:
        return _absence(found, week, away, teams)
    return _incident(found, week, kinds, teams)


def _absence(
    when: re.Match[str], week: int, away: re.Match[str], teams: Sequence[str]
) -> InjectedAbsence:
    if when["hour"]:
        raise ValueError("people are away for whole days; leave out the time of day")
    if not (when["week"] or when["day"]):
        raise ValueError('must say when, such as "week 3" or "Thu"')
    _known("team", away["team"], teams)
    until = int(when["until"] or week)
    if until < week:
        raise ValueError(f"week {until} lies before week {week}")
    if when["until"] and when["day"]:
        raise ValueError("must name either weeks or days of one week")
    first = DAYS.index(when["day"].title()) if when["day"] else 0
    last = DAYS.index(when["last"].title()) if when["last"] else first if when["day"] else 6
    if last < first:
        raise ValueError(f"{when['last']} lies before {when['day']}")
    people = int(away["people"])
    if people < 1:
        raise ValueError("must have one or more people away")
    return InjectedAbsence(7 * (week - 1) + first, 7 * (until - 1) + last, away["team"], people)


def _incident(
    when: re.Match[str], week: int, kinds: Sequence[str], teams: Sequence[str]
) -> InjectedIncident:
    if not (when["day"] and when["hour"]) or when["last"] or when["until"]:
        raise ValueError('an incident must open at a moment, such as "week 3 Thu 16:00"')
    hour, minute = int(when["hour"]), int(when["minute"])
    if hour > 23 or minute > 59:
        raise ValueError(f"{when['hour']}:{when['minute']} is no time of day")
    kind, team = when["what"].strip(), None
    if kind not in kinds and " at " in kind:
        kind, team = kind.rsplit(" at ", 1)
        _known("team", team, teams)
    _known("kind", kind, kinds)
    of_week = (24 * DAYS.index(when["day"].title()) + hour) * 60 + minute
    return InjectedIncident(week - 1, of_week, kind, team)


def _known(what: str, name: str, names: Sequence[str]) -> None:
    if name not in names:
        raise ValueError(f"'{name}' is no {what} here{nearest(name, names)}")
