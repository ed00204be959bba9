"""Who is away when: sickness in spells, and holidays by the week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calendars import DAY, Ints
from sim.organisation import Organisation
from sim.scenario import Scenario
from sim.streams import Streams

Floats = NDArray[np.float64]

_MIDPOINTS = (np.arange(1_000) + 0.5) / 1_000


@dataclass(frozen=True, eq=False)
class Absences:
    """A spells of absence, by developer and then by time; a developer's never touch.

    A spell runs from midnight to midnight, `leaves` to `returns`, in seconds.
    """

    developer: Ints
    leaves: Ints
    returns: Ints


def sample_absences(scenario: Scenario, org: Organisation, streams: Streams) -> Absences:
    """Sickness and holidays of every developer over the horizon."""
    spells: list[tuple[int, int, int]] = []
    mean = float(_whole_days(scenario.people.sick_spell_days.quantile(_MIDPOINTS)).mean())
    for t, team in enumerate(scenario.teams):
        sick = _sick_spells(scenario, mean, team.developers, streams, team.name)
        away = _vacations(scenario, team.developers, streams, team.name)
        for seat, developer in enumerate(org.members(t)):
            days = _merged(sick[seat] + away[seat])
            spells += [(developer, first * DAY, last * DAY) for first, last in days]
    table = np.array(spells, dtype=np.int64).reshape(-1, 3)
    return Absences(*(np.ascontiguousarray(column) for column in table.T))


Spells = list[list[tuple[int, int]]]
"""For each seat of a team, first day away and first day back."""


def _sick_spells(
    scenario: Scenario, mean: float, people: int, streams: Streams, team: str
) -> Spells:
    """Spells of whole working days, `mean` long, apart by exponential times, so that `sick_share` is
    lost."""
    share, spell = scenario.people.sick_share, scenario.people.sick_spell_days
    if share == 0:
        return [[] for _ in range(people)]
    week = 7 if scenario.time.always_open else 5
    days = scenario.time.horizon_weeks * week
    gap = mean * (1 - share) / share
    most = int(4 * days / (gap + mean)) + 16
    u = streams.named("sickness", team).random((people, most, 2))
    lengths = _whole_days(spell.quantile(u[:, :, 1].ravel())).reshape(people, most)
    gaps = -gap * np.log1p(-u[:, :, 0])
    begins = np.floor(np.cumsum(gaps, axis=1)).astype(np.int64)
    begins[:, 1:] += np.cumsum(lengths, axis=1)[:, :-1]
    within = begins < days
    first, back = _calendar_days(begins, week), _calendar_days(begins + lengths, week)
    return [
        list(zip(first[seat, own].tolist(), back[seat, own].tolist(), strict=True))
        for seat, own in enumerate(within)
    ]


def _whole_days(days: Floats) -> Ints:
    return np.maximum(np.rint(days), 1).astype(np.int64)


def _calendar_days(working_days: Ints, week: int) -> Ints:
    """The day numbers of the n-th working days, in weeks of `week` working days."""
    return working_days // week * 7 + working_days % week


def _vacations(scenario: Scenario, people: int, streams: Streams, team: str) -> Spells:
    """Whole weeks away, spread over the horizon at random."""
    weeks = scenario.time.horizon_weeks
    away = round(scenario.people.vacation_weeks_per_year * weeks / 52)
    order = np.argsort(streams.named("vacation", team).random((people, weeks)), axis=1)
    return [[(w * 7, w * 7 + 7) for w in own] for own in order[:, :away].tolist()]


def _merged(spells: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spells in order, those that overlap or touch made one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spells):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
