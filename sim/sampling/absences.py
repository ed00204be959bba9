"""Who is away when: sickness in spells, holidays by the week, and what is known beforehand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.arrays import Floats, Ints
from sim.sampling.injected import injected_events
from sim.sampling.organisation import Organisation
from sim.sampling.streams import Streams
from sim.sampling.working_hours import working_days
from sim.scenario.events import InjectedAbsence
from sim.scenario.people_and_plans import Team
from sim.scenario.schema import Scenario

_MIDPOINTS = (np.arange(1_000) + 0.5) / 1_000


@dataclass(frozen=True, eq=False)
class Absences:
    """The spells of absence, A of them, by developer and then by time; a developer's never touch.

    A spell runs from midnight to midnight, `leaves` to `returns`, in seconds.
    """

    developer: Ints
    leaves: Ints
    returns: Ints


Spells = tuple[Ints, Ints, Ints]
"""Whose, by seat in the team or by developer; from when until when, in days or in seconds."""


def sample_absences(scenario: Scenario, org: Organisation, streams: Streams) -> Absences:
    """Draw the sickness and holidays of every developer over the horizon, and add what is known."""
    known = known_spells(scenario, org)
    spells: list[Spells] = [(known.developer, known.leaves, known.returns)]
    sick = sick_gap(scenario)
    for place, team in enumerate(scenario.teams):
        before, people = int(org.team_first[place]), len(org.members(place))
        found = [
            _sick_spells(scenario, sick, team, people, streams),
            _vacations(scenario, people, streams, team.name),
        ]
        for seat, first, back in found:
            leaves, returns = org.hours.midnight(place, first), org.hours.midnight(place, back)
            spells.append((before + seat, leaves, returns))
    developer, leaves, returns = _merged(
        *(np.concatenate(part) for part in zip(*spells, strict=True))
    )
    here = returns > org.begins
    return Absences(developer[here], np.maximum(leaves, org.begins)[here], returns[here])


def known_spells(scenario: Scenario, org: Organisation) -> Absences:
    """The absences that are known beforehand, by developer; they may touch and overlap."""
    spells, known = [_before_they_join(org)], _known_absences(scenario)
    for place, team in enumerate(scenario.teams):
        if team.name in known:
            seat, first, back = _by_turns(known[team.name], team.developers)
            leaves, returns = org.hours.midnight(place, first), org.hours.midnight(place, back)
            spells.append((int(org.team_first[place]) + seat, leaves, returns))
    developer, leaves, returns = (np.concatenate(part) for part in zip(*spells, strict=True))
    order = np.argsort(developer, kind="stable")
    return Absences(developer[order], leaves[order], returns[order])


def _before_they_join(org: Organisation) -> Spells:
    """Who joins is away until then."""
    [joining] = np.nonzero(org.hours.joins > 0)
    return joining, np.zeros(len(joining), dtype=np.int64), org.hours.joins[joining]


def _known_absences(scenario: Scenario) -> dict[str, list[tuple[range, int]]]:
    """The days, and how many people of each team are known to be away: by name, today, and as events say."""
    start, known = scenario.time.start, defaultdict[str, list[tuple[range, int]]](list)
    for entry in scenario.people.absences:
        known[entry.team].append((entry.numbers(start), entry.people))
    for away in scenario.start.away if scenario.start else ():
        known[away.team].append((range((away.until - start).days + 1), away.people))
    for event in injected_events(scenario):
        if isinstance(event, InjectedAbsence):
            first = 7 * scenario.time.warmup_weeks
            days = range(first + event.first, first + event.last + 1)
            known[event.team].append((days, event.people))
    return known


def _by_turns(known: list[tuple[range, int]], people: int) -> Spells:
    """Known absences, of the next people of the team each, so that two at a time are of different people."""
    rows, seat = [], 0
    for days, count in known:
        for _ in range(count):
            if days.stop > 0:
                rows.append((seat % people, max(days.start, 0), days.stop))
            seat += 1
    seats, first, back = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return seats, first, back


class SickGap(NamedTuple):
    """How spells of sickness follow each other."""

    mean: float
    """working days that one lasts"""
    gap: float
    """mean of the working days between two, by which `sick_share` is lost"""

    def most(self, days: int) -> int:
        """More spells than anybody has in so many working days."""
        return int(4 * days / (self.gap + self.mean)) + 16


def sick_gap(scenario: Scenario) -> SickGap | None:
    """How spells of sickness follow each other; None where nobody is ever sick."""
    share, spell = scenario.people.sick_share, scenario.people.sick_spell_days
    if share == 0:
        return None
    mean = float(_whole_days(spell.quantile(_MIDPOINTS)).mean())
    return SickGap(mean, mean * (1 - share) / share)


def _sick_spells(
    scenario: Scenario, sick: SickGap | None, team: Team, people: int, streams: Streams
) -> Spells:
    """Draw spells of whole working days, apart by exponential times."""
    if sick is None:
        return _NONE
    spell = scenario.people.sick_spell_days
    week = np.array(working_days(scenario, team), dtype=np.int64)
    days = scenario.time.horizon_weeks * len(week)
    most = sick.most(days)
    u = streams.named("sickness", team.name).random((people, most, 2))
    lengths = _whole_days(spell.quantile(u[:, :, 1].ravel())).reshape(people, most)
    gaps = -sick.gap * np.log1p(-u[:, :, 0])
    begins = np.floor(np.cumsum(gaps, axis=1)).astype(np.int64)
    begins[:, 1:] += np.cumsum(lengths, axis=1)[:, :-1]
    seat, number = np.nonzero(begins < days)
    first, length = begins[seat, number], lengths[seat, number]
    return seat, _calendar_days(first, week), _calendar_days(first + length, week)


_NONE: Spells = (np.empty(0, dtype=np.int64),) * 3


def _whole_days(days: Floats) -> Ints:
    return np.maximum(np.rint(days), 1).astype(np.int64)


def _calendar_days(working: Ints, week: Ints) -> Ints:
    """The day numbers of the n-th working days, in weeks with work on the days of `week`."""
    return working // len(week) * 7 + week[working % len(week)]


def _vacations(scenario: Scenario, people: int, streams: Streams, team: str) -> Spells:
    """Draw whole weeks away, spread over the horizon at random."""
    weeks = scenario.time.horizon_weeks
    away = round(scenario.people.vacation_weeks_per_year * weeks / 52)
    order = np.argsort(streams.named("vacation", team).random((people, weeks)), axis=1)
    first = order[:, :away].ravel() * 7
    return np.repeat(np.arange(people), len(first) // people), first, first + 7


def _merged(developer: Ints, first: Ints, back: Ints) -> Spells:
    """The spells of each developer in order, those that overlap or touch made one."""
    if not len(developer):
        return _NONE
    order = np.lexsort((first, developer))
    developer, first, back = developer[order], first[order], back[order]
    apart = developer * (back.max() + 1)  # so that one's days are never another's
    latest = np.maximum.accumulate(apart + back) - apart
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = (developer[1:] > developer[:-1]) | (first[1:] > latest[:-1])
    [starts] = np.nonzero(begins)
    ends = np.append(starts[1:], len(order)) - 1
    return developer[starts], first[starts], latest[ends]
