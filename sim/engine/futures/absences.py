"""Who is away when (`sim.sampling.absences`), and who leaves for good."""

from __future__ import annotations

import math

from sim.engine.futures.arithmetic import logarithm, rounded
from sim.engine.futures.luck import begin, uniform
from sim.engine.futures.quantiles import quantile
from sim.engine.futures.tables import DAYS, Future
from sim.sampling.calendars import DAY
from sim.sampling.organisation import MILLION

SICKNESS, VACATION = 0, 1
"""Streams that are drawn from side by side."""


def draw_absences(w: Future) -> None:
    """Draw the spells of absence of everybody, in order, those that touch made one."""
    spells = 0
    for team in range(len(w.planners)):
        t, seed, replication = w.planners[team], w.wanted.seed, w.wanted.replication
        begin(w.streams[SICKNESS], w.pool, seed, replication, w.purposes.sickness, t.word)
        begin(w.streams[VACATION], w.pool, seed, replication, w.purposes.vacation, t.word)
        for developer in range(t.first, t.last):
            first = spells
            spells = draw_sickness(w, team, spells)
            spells = draw_vacation(w, team, spells)
            for place in range(w.known_from[developer], w.known_from[developer + 1]):
                spells = add_spell(w, spells, w.known[place].leaves, w.known[place].returns)
            spells = merged(w, developer, first, spells)
    w.drawn.spells = spells


def draw_sickness(w: Future, team: int, spells: int) -> int:
    """Draw a person's spells of sickness, in working days, behind `spells`; how many spells there are then."""
    t, s = w.planners[team], w.streams[SICKNESS]
    apart, lost = 0.0, 0
    for _ in range(t.sick_draws):
        luck, length = uniform(s), uniform(s)
        apart += -w.sick_gap[0] * logarithm(1.0 - luck)
        first = math.floor(apart) + lost
        if first < t.sick_before:
            days = max(int(rounded(quantile(w, w.scene.sick_law, length))), 1)
            lost += days
            leaves = midnight(w, team, calendar_day(w, team, first))
            spells = add_spell(
                w, spells, leaves, midnight(w, team, calendar_day(w, team, first + days))
            )
    return spells


def calendar_day(w: Future, team: int, working_day: int) -> int:
    """The day on which a team has its n-th working day."""
    days = w.planners[team].week_days
    return working_day // days * DAYS + w.workdays[w.planners[team].week_from + working_day % days]


def draw_vacation(w: Future, team: int, spells: int) -> int:
    """Draw a person's whole weeks away: those of the smallest uniform numbers."""
    weeks = w.scene.weeks
    for week in range(weeks):
        w.weeks_drawn[week] = uniform(w.streams[VACATION])
    for _ in range(w.scene.away):
        least = 0
        for week in range(1, weeks):
            if w.weeks_drawn[week] < w.weeks_drawn[least]:
                least = week
        w.weeks_drawn[least] = 2.0
        leaves = midnight(w, team, DAYS * least)
        spells = add_spell(w, spells, leaves, midnight(w, team, DAYS * least + DAYS))
    return spells


def midnight(w: Future, team: int, day: int) -> int:
    """When a day begins by a team's own clock."""
    first = w.planners[team].ahead_from
    if first < 0:
        return day * DAY
    days = w.scene.ahead_days
    return max(day * DAY - w.ahead[first + min(max(day, 0), days - 1)], 0)


def add_spell(w: Future, spells: int, leaves: int, returns: int) -> int:
    """Add a spell behind the others; how many there are then."""
    w.spell_leaves[spells], w.spell_returns[spells] = leaves, returns
    return spells + 1


def merged(w: Future, developer: int, first: int, spells: int) -> int:
    """Bring a person's spells into order, make those one that touch, and leave out what is over before
    anything is simulated; how many spells there are then."""
    for place in range(first + 1, spells):
        leaves, returns, before = w.spell_leaves[place], w.spell_returns[place], place
        while before > first and w.spell_leaves[before - 1] > leaves:
            w.spell_leaves[before] = w.spell_leaves[before - 1]
            w.spell_returns[before] = w.spell_returns[before - 1]
            before -= 1
        w.spell_leaves[before], w.spell_returns[before] = leaves, returns
    kept, place = first, first
    while place < spells:
        leaves, returns = w.spell_leaves[place], w.spell_returns[place]
        place += 1
        while place < spells and w.spell_leaves[place] <= returns:
            returns = max(returns, w.spell_returns[place])
            place += 1
        if returns > w.scene.begins:
            w.spell_developer[kept] = developer
            w.spell_leaves[kept], w.spell_returns[kept] = max(leaves, w.scene.begins), returns
            kept += 1
    return kept


def draw_departures(w: Future) -> None:
    """Draw, for each sprint, whether somebody leaves for good when it is planned."""
    if not w.scene.departures:
        return
    s = w.streams[SICKNESS]
    begin(s, w.pool, w.wanted.seed, w.wanted.replication, w.purposes.departures, -1)
    for place in range(len(w.leaves)):
        w.leaves[place] = int(uniform(s) * MILLION)
