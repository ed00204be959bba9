"""What a team has time for in a sprint, where not all have the same."""

from __future__ import annotations

from sim.engine.kernel.hours import hours_of, worked, worked_so_far
from sim.engine.kernel.tables import WorldTables
from sim.engine.kernel.work import is_new, practice, ramps_up
from sim.engine.rules import focus_time, practised
from sim.engine.states import Activity
from sim.sampling.organisation import MILLE


def is_for_stories(w: WorldTables, developer: int) -> bool:
    """Whether a developer is present and not on duty."""
    row = w.developers[developer]
    return row.activity != Activity.AWAY and not row.on_duty


def capacity_by_person(w: WorldTables, team: int, events: int) -> int:
    """The focus seconds that those for stories have in what is left of the sprint, when everybody spends
    `events` seconds in meetings; those in the middle of the week come on top."""
    row, capacity, new = w.teams[team], 0, 0
    weekly = meetings_ahead(w, team)
    events += weekly * w.rules.refinement
    for developer in range(row.first, row.last):
        if is_for_stories(w, developer):
            capacity += focus_time(time_ahead(w, developer, row.ends) - events, row.focus)
        if w.developers[developer].activity != Activity.AWAY and is_new(w, developer):
            new += 1
    share = w.persons[row.first].week * w.rules.mentor // MILLE
    return max(0, capacity - focus_time(new * weekly * share, row.focus))


def time_ahead(w: WorldTables, developer: int, until: int) -> int:
    """The working seconds of a developer until then, in those of a veteran."""
    keeps, ramp = hours_of(w, developer), w.persons[developer].ramp
    seconds = worked(w, keeps, until) - worked_so_far(w, keeps)
    if not ramps_up(w, developer):
        return seconds
    before = practice(w, developer, w.run.now)
    return practised(ramp, before + seconds) - practised(ramp, before)


def meetings_ahead(w: WorldTables, team: int) -> int:
    """The team's meetings in the middle of a week that are still to come in this sprint."""
    if not w.rules.weekly:
        return 0
    weeks, ahead = len(w.meetings) // w.rules.teams, 0
    for week in range(weeks):
        moment = w.meetings[team * weeks + week]
        ahead += w.run.now <= moment < w.teams[team].ends
    return ahead
