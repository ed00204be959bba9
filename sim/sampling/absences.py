"""Who is away when: sickness in spells, and holidays by the week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats, Ints
from sim.sampling.calendars import DAY
from sim.sampling.organisation import Organisation
from sim.sampling.streams import Streams
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
"""Whose, by seat in the team or by developer; first day away; first day back."""


def sample_absences(scenario: Scenario, org: Organisation, streams: Streams) -> Absences:
    """Draw the sickness and holidays of every developer over the horizon."""
    spells: list[Spells] = []
    mean = float(_whole_days(scenario.people.sick_spell_days.quantile(_MIDPOINTS)).mean())
    for team, before in zip(scenario.teams, org.team_first.tolist(), strict=False):
        for seat, first, back in (
            _sick_spells(scenario, mean, team.developers, streams, team.name),
            _vacations(scenario, team.developers, streams, team.name),
        ):
            spells.append((before + seat, first, back))
    developer, first, back = _merged(*(np.concatenate(part) for part in zip(*spells, strict=True)))
    return Absences(developer, first * DAY, back * DAY)


def _sick_spells(
    scenario: Scenario, mean: float, people: int, streams: Streams, team: str
) -> Spells:
    """Draw spells of whole working days, `mean` long, apart by exponential times, so that
    `sick_share` is lost."""
    share, spell = scenario.people.sick_share, scenario.people.sick_spell_days
    if share == 0:
        return _NONE
    week = 7 if scenario.time.always_open else 5
    days = scenario.time.horizon_weeks * week
    gap = mean * (1 - share) / share
    most = int(4 * days / (gap + mean)) + 16
    u = streams.named("sickness", team).random((people, most, 2))
    lengths = _whole_days(spell.quantile(u[:, :, 1].ravel())).reshape(people, most)
    gaps = -gap * np.log1p(-u[:, :, 0])
    begins = np.floor(np.cumsum(gaps, axis=1)).astype(np.int64)
    begins[:, 1:] += np.cumsum(lengths, axis=1)[:, :-1]
    seat, number = np.nonzero(begins < days)
    first, length = begins[seat, number], lengths[seat, number]
    return seat, _calendar_days(first, week), _calendar_days(first + length, week)


_NONE: Spells = (np.empty(0, dtype=np.int64),) * 3


def _whole_days(days: Floats) -> Ints:
    return np.maximum(np.rint(days), 1).astype(np.int64)


def _calendar_days(working_days: Ints, week: int) -> Ints:
    """The day numbers of the n-th working days, in weeks of `week` working days."""
    return working_days // week * 7 + working_days % week


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
