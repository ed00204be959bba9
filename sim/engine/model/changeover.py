"""How one policy takes the place of another in the middle of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.engine.model import incidents, queues
from sim.engine.model.clock import World
from sim.engine.model.state import Incident
from sim.engine.rules import Rules, parameters_in, rules_of_path
from sim.engine.trace import EventType
from sim.policy.contract import Policy


def change(w: World, policy: Policy, rules: Mapping[str, Any]) -> None:
    """Put another policy in force from now on: what nobody has begun and no planning committed is routed
    anew."""
    waiting = lay_down(w)
    w.policy, w.p = policy, parameters_in(w.path, policy)
    w.rules = Rules.of({**rules_of_path(w.path), **rules})
    w.queues = [[] for _ in range(w.rules.queues)]
    w.log(EventType.CHANGED_OVER)
    for team in w.teams:
        team.queue = w.queues[team.id % len(w.queues)]
        team.level = 0
        for incident in team.deferred:
            forget(incident)
    for incident in waiting:
        forget(incident)
        if incident.is_admitted_only:
            queues.release_reserve(w.teams[incident.team], incident)
            incidents.route(w, incident)
        else:
            queues.enqueue(w, incident)
    w.request_dispatch()


def lay_down(w: World) -> list[Incident]:
    """Take everything that waits out of the queues, in its order."""
    waiting = [incident for queue in w.queues for incident in queue]
    for incident in waiting:
        queues.dequeue(w, incident)
    return waiting


def forget(incident: Incident) -> None:
    """Forget what the policy wrote on an incident."""
    incident.label = 0
    incident.update()
