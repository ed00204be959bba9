"""Laws that every run obeys, whatever was drawn: to the second, not within an interval."""

from __future__ import annotations

import numpy as np

from sim.arrays import Ints
from sim.engine.trace import Event, EventType
from sim.measures.accounts import ACTIVITIES, INCIDENT_STAGES, OUTCOMES
from sim.measures.run import Run

_ENTERS, _LEAVES = (
    (EventType.OPENED,),
    (EventType.RESOLVED, EventType.DEFLECTED, EventType.WITHDRAWN),
)


def broken_laws(run: Run, lags: bool = False) -> list[str]:
    """Names of the laws that a run did not obey.

    `lags`: interruptions add to the effort, so an incident may take more than it asks for.
    """
    laws = {
        "Little's law": littles_law(run),
        "utilisation law": utilisation_law(run),
        "effort is conserved": lags or effort_is_conserved(run),
    }
    return [name for name, holds in laws.items() if not holds]


def littles_law(run: Run) -> bool:
    """The area under the number in system is the sum of all times in system (Little 1961).

    The one is counted from the events, the other from the incidents' accounts.
    """
    moments, number = in_system(run)
    area = int((np.diff(moments, append=run.path.organisation.horizon) * number).sum())
    return area == int(run.accounts.stages.sum())


def utilisation_law(run: Run) -> bool:
    """What developers spend on incidents, switching included, is what incidents spend in work, where one person works
    on each (Denning and Buzen 1978)."""
    columns = [ACTIVITIES.index("incidents"), ACTIVITIES.index("switching")]
    busy = run.accounts.activities[:, columns].sum()
    worked = _working_seconds(run).sum()
    return int(busy) == int(worked)


def effort_is_conserved(run: Run) -> bool:
    """Each resolved incident was worked on for its effort, no more and no less.

    Effort in working seconds: by the focus of the team, and slower for others than its own.
    """
    a, org = run.accounts, run.path.organisation
    resolved = a.outcome == OUTCOMES.index("resolved")
    effort = run.path.incidents.effort[a.id][resolved]
    slow = 1_000_000 // int(org.focus.min())
    took = _working_seconds(run)[resolved]
    at_most = effort * slow * org.unfamiliarity // 1_000_000
    if org.unfamiliarity == 1_000:
        return bool((took == at_most).all())
    return bool(((took >= effort) & (took <= at_most)).all())


def in_system(run: Run) -> tuple[Ints, Ints]:
    """When the number of open incidents changes, and what it is from then on."""
    events = run.events
    steps = np.isin(events[:, Event.type], _ENTERS).astype(np.int64)
    steps -= np.isin(events[:, Event.type], _LEAVES)
    changes = steps != 0
    return events[changes, Event.time], np.cumsum(steps[changes])


def emptied(run: Run) -> Ints:
    """When the last open incident is done: the same for all work-conserving orders of one server."""
    moments, number = in_system(run)
    empty: Ints = moments[number == 0]
    return empty


def _working_seconds(run: Run) -> Ints:
    """Working seconds of each opened incident's time in work: closed hours are a stage of their own."""
    stages: Ints = run.accounts.stages
    return stages[:, INCIDENT_STAGES.index("in_work")]
