"""What a team has time for in a sprint."""

from __future__ import annotations

from sim.engine.model.clock import World
from sim.engine.model.state import Developer
from sim.engine.model.teams import Team
from sim.engine.rules import focus_time, practised
from sim.sampling.organisation import MILLE


def capacity_of(w: World, team: Team, events: int) -> int:
    """The focus seconds that those for stories have in what is left of the sprint, when everybody spends
    `events` seconds in meetings; those in the middle of the week come on top."""
    weekly = meetings_ahead(w, team)
    events += weekly * w.rules.refinement
    capacity = sum(
        focus_time(time_ahead(w, developer, team.ends) - events, team.focus)
        for developer in team.here
    )
    if w.rules.ramps:
        new = sum(developer.present and developer.is_new(w.now) for developer in team.developers)
        week = team.developers[0].week
        capacity -= focus_time(new * weekly * (week * w.rules.mentor // MILLE), team.focus)
    return max(0, capacity)


def time_ahead(w: World, developer: Developer, until: int) -> int:
    """The working seconds of a developer until then, in those of a veteran."""
    worked = developer.hours.worked(until) - developer.hours.worked(w.now)
    if not w.rules.ramps or developer.joined > w.now or not developer.ramp:
        return worked
    before = developer.practice(w.now)
    return practised(developer.ramp, before + worked) - practised(developer.ramp, before)


def meetings_ahead(w: World, team: Team) -> int:
    """The team's meetings in the middle of a week that are still to come in this sprint."""
    if not w.rules.weekly:
        return 0
    return sum(w.now <= moment < team.ends for moment in team.meetings)
