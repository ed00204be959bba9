"""The world of a run: everybody in it, the time, the order of events, and the trace.

Rules that make a run exact, so that another engine can agree with it second for second:

- One order of events: time, then class (`Rank`), then id. Every moment is scheduled with that key.
- Two phases in an instant: first all changes of state, then one dispatch that hands out work.
- Decisions change shared state at once. What waits, a process or what `at` has scheduled, reads again
  what is held when its time has come. A completion that no longer counts finds nobody waiting for it.
- Nothing is scheduled at or past the horizon.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
import simpy

from sim.engine.model.state import Developer, Improvement, Incident, people, possible_incidents
from sim.engine.model.teams import teams_of
from sim.engine.rules import Rules, parameters_in, rules_of_path, rules_of_policy
from sim.engine.states import Rank
from sim.engine.trace import Event, EventType, Trace
from sim.policy.contract import Policy
from sim.policy.views import HISTORY, SprintView, TeamView
from sim.sampling.calendars import Calendar
from sim.sampling.organisation import MILLE
from sim.sampling.sample_path import SamplePath

Process = Generator[simpy.Event, Any, None]


class Numbered(Protocol):
    """Somebody or something with an id, to whom or which something happens."""

    id: int


Somebody = TypeVar("Somebody", bound=Numbered)


class Moment(simpy.Event):
    """A point in time with its place in the order of events; made as SimPy makes a `Timeout`."""

    def __init__(self, w: World, time: int, rank: Rank, id: int) -> None:
        self.env, self.callbacks = w, []
        self._ok, self._value = True, None
        w.schedule(self, priority=rank << 24 | id, delay=time - w.now)  # type: ignore[arg-type]


class World(simpy.Environment):
    """Everybody and everything in one run, and the time it is."""

    if TYPE_CHECKING:
        now: int
        """Only whole seconds are scheduled."""

    def __init__(
        self, path: SamplePath, policy: Policy, rules: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__()
        self.path, self.policy = path, policy
        self.org = path.organisation
        self.p = parameters_in(path, policy)
        settled = rules or rules_of_policy(policy, self.org.teams)
        self.rules = Rules.of({**rules_of_path(path), **settled})
        self.written: list[int] = []
        """The trace so far, row after row; in one list, which costs less than a tuple for each."""
        self.developers = people(self.org)
        self.available = {developer.id for developer in self.developers}
        """Ids of those who are free, or as good as free."""
        self.queues: list[list[Incident]] = [[] for _ in range(self.rules.queues)]
        self.teams = teams_of(self.org, path.stories, self.developers, self.queues)
        self.possible_incidents = possible_incidents(path)
        self.improvements = [
            Improvement(id, effort, effort)
            for id, effort in enumerate(self.org.improvement_effort.tolist())
        ]
        self.demand = [MILLE] * len(self.org.severity)
        """By kind, per mille of its incidents that still open."""
        self.paged = [bool(paged) for paged in self.org.paged]
        """By severity, whether it is worth a call at night."""
        self.urgent: list[Incident] = []
        """Of all that wait, those that may interrupt, worst first, then oldest."""
        self.incidents_begun = 0
        self.next_dispatch = -1
        self.dispatch: Callable[[World], None]
        """Hands out work."""
        self.complete: Callable[[World, Developer], None]
        """Ends what a developer is busy with."""
        self.join: Callable[[World, Developer], None]
        """Fills the place of somebody who left for good."""

    def incident(self, id: int) -> Incident:
        """The possible incident with this id, as the path has it."""
        incident, given = Incident(id, *self.possible_incidents[id]), self.path.given
        place = id - given.first
        if 0 <= place < len(given):
            incident.opened = int(given.opened[place])
            incident.severity = int(given.severity[place])
            incident.worked_before = int(given.worked[place])
        return incident

    # ---- time -------------------------------------------------------------------------------

    def worked(self, hours: Calendar, moment: int | None = None) -> int:
        """The working seconds by a calendar from time 0 to `moment`, or to now."""
        return hours.worked(self.now if moment is None else moment)

    def is_closed(self, hours: Calendar) -> bool:
        """Whether nobody who keeps a calendar is at work now."""
        return hours.next_open(self.now) != self.now

    def time_left(self, developer: Developer) -> int:
        """The working seconds left of what a developer is busy with."""
        return developer.hours.worked(developer.busy_until) - developer.hours.worked(self.now)

    def is_at_work(self, developer: Developer) -> bool:
        """Whether it is a developer's time to work; where all keep the same hours, work is handed out in no
        other."""
        return not self.rules.zones or not self.is_closed(developer.hours)

    def moment(self, time: int, rank: Rank, id: int) -> simpy.Event:
        """An event at `time`; one that never comes when that is past the horizon."""
        if time >= self.org.horizon:
            return simpy.Event(self)
        return Moment(self, time, rank, id)

    def at(
        self, time: int, rank: Rank, who: Somebody, happens: Callable[[World, Somebody], None]
    ) -> None:
        """Let something happen to somebody at `time`, unless that is past the horizon.

        What happens once needs no process to wait for it, which SimPy would have to begin and to end.
        """
        if time < self.org.horizon:
            moment = Moment(self, time, rank, who.id)
            moment.callbacks.append(lambda _: happens(self, who))

    def request_dispatch(self) -> None:
        """Hand out work at this instant, or at the next opening; where not all keep the same hours, each
        opening requests it."""
        time = self.now if self.rules.zones else self.org.calendar.next_open(self.now)
        if time != self.next_dispatch and time < self.org.horizon:
            self.next_dispatch = time
            moment = Moment(self, time, Rank.DISPATCH, 0)
            moment.callbacks.append(lambda _: self.dispatch(self))

    # ---- what is written, what is seen ------------------------------------------------------

    def log(
        self,
        event_type: EventType,
        item: int = -1,
        developer: int = -1,
        team: int = -1,
        value: int = 0,
    ) -> None:
        """Write an event that happens now into the trace."""
        self.written += (self.now, event_type, item, developer, team, value)

    def trace(self) -> Trace:
        """The trace of what has happened so far."""
        return np.array(self.written, dtype=np.int64).reshape(-1, Event.WIDTH)

    def team_view(self, team: int) -> TeamView:
        """What decisions see of a team."""
        own = self.teams[team]
        begun = own.incidents_begun if len(self.queues) > 1 else self.incidents_begun
        return own.view(begun, bool(self.rules.curious) and self.is_closed(own.hours))

    def sprint_view(self, team: int) -> SprintView:
        """What decisions see of the sprint that the team is in, or plans."""
        t = self.teams[team]
        loads = [*t.loads, *[0] * (HISTORY - len(t.loads))]
        return SprintView(
            t.sprint,
            t.begins,
            t.ends,
            self.worked(t.hours, t.ends) - self.worked(t.hours, t.begins),
            t.level,
            len(t.developers),
            len(self.developers),
            len(self.teams),
            self.rules.absence,
            len(t.loads),
            *loads,
        )
