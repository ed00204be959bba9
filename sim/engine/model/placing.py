"""Who is given an incident that may interrupt."""

from __future__ import annotations

from sim.engine.model.clock import World
from sim.engine.model.state import Developer, Incident


def best_placed(w: World, incident: Incident) -> Developer | None:
    """The developer to give an incident that may interrupt, looked for from its own team on; None
    where nobody takes it."""
    for offset in range(len(w.teams)):
        team = w.teams[(incident.team + offset) % len(w.teams)]
        candidates = [d for d in team.developers if d.can_drop_for(incident) and w.is_at_work(d)]
        for developer in sorted(candidates, key=Developer.cost_of_dropping):
            if w.policy.takes(developer.view, incident.view, w.p):
                return developer
    return None
