"""The model people read: developers, teams and incidents as SimPy processes.

It draws nothing: all that is random lies in the sample path. Rules that make it exact, so that
another engine can agree with it second for second:

- One order of events: time, then class (`Rank`), then id. Every moment is scheduled with that key.
- Two phases in an instant: first all changes of state, then one dispatch that hands out work.
- Decisions change shared state at once. A process only waits; woken or interrupted, it reads again
  what it holds. A completion that no longer counts finds nobody waiting for it.
- Nothing is scheduled at or past the horizon.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Generator, Iterator, Sequence
from enum import IntEnum
from typing import Any

import simpy

from sim.incidents import REPORTED
from sim.model_state import (
    CEREMONY,
    FREE,
    WORKING,
    Developer,
    Incident,
    Part,
    Stage,
    Story,
    Team,
    people,
    possible_incidents,
    teams_of,
)
from sim.organisation import MILLE
from sim.policy import (
    DEFER,
    INCIDENT_FIRST,
    INTERRUPT,
    QUEUE,
    Policy,
    SprintView,
    refused,
)
from sim.sample_path import SamplePath
from sim.trace import Trace, Verb, as_trace
from sim.world import Case, Room

COMMITTED = 3
"""Value of a QUEUED event when planning put the incident there."""

NEVER = 1 << 62

Process = Generator[simpy.Event, Any, None]


class Rank(IntEnum):
    """Which of two events at the same second comes first."""

    COMPLETE = 1
    RETURN = 2
    LEAVE = 3
    PLAN = 4
    ARRIVE = 5
    WITHDRAW = 6
    DISPATCH = 7


class Moment(simpy.Event):
    """A point in time with its place in the order of events."""

    def __init__(self, env: simpy.Environment, time: int, rank: Rank, id: int) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, priority=rank << 24 | id, delay=time - env.now)  # type: ignore[arg-type]


def simulate(cases: Sequence[Case], room: Room | None = None) -> list[Trace]:
    """Live through sample paths, each under a policy. It makes its own room.

    Raises:
        PolicyError: where a decision answers what is no answer.
    """
    return [_lived_through(path, policy) for path, policy in cases]


def _lived_through(path: SamplePath, policy: Policy) -> Trace:
    simulation = Simulation(path, policy)
    simulation.env.run()
    return as_trace(simulation.rows)


class Simulation:
    """One run. Methods are in the order of the story: people, sprints, incidents, dispatch."""

    def __init__(self, path: SamplePath, policy: Policy) -> None:
        self.path, self.policy = path, policy
        self.org = path.organisation
        self.calendar = self.org.calendar
        self.p = policy.record()
        self.env = simpy.Environment()
        self.rows: list[tuple[int, int, int, int, int, int]] = []
        self.developers = people(self.org)
        self.teams = teams_of(self.org, path.stories, self.developers)
        self.incidents = possible_incidents(path)
        self.plannings: list[int] = self.org.plannings.tolist()
        queues = 1 if policy.queue == "organisation" else len(self.teams)
        self.queues: list[list[Incident]] = [[] for _ in range(queues)]
        self.next_dispatch = -1
        for developer in self.developers:
            developer.process = self.env.process(self.life_of(developer))
        for developer, spells in self._spells():
            self.env.process(self.absences_of(developer, spells))
        for team in self.teams:
            self.env.process(self.sprints_of(team))
        self.env.process(self.reports())

    # ---- time -------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        return self.env.now  # type: ignore[return-value]  # only whole seconds are scheduled

    def worked(self) -> int:
        """Working seconds so far."""
        return self.calendar.worked(self.now)

    def moment(self, time: int, rank: Rank, id: int) -> simpy.Event:
        """An event at `time`; one that never comes when that is past the horizon."""
        if time >= self.org.horizon:
            return simpy.Event(self.env)
        return Moment(self.env, time, rank, id)

    def log(
        self, verb: Verb, item: int = -1, developer: int = -1, team: int = -1, value: int = 0
    ) -> None:
        self.rows.append((self.now, verb, item, developer, team, value))

    # ---- people -----------------------------------------------------------------------------

    def life_of(self, developer: Developer) -> Process:
        """Work until what is held is done; whoever changes what is held interrupts."""
        while True:
            try:
                yield self.moment(developer.busy_until, Rank.COMPLETE, developer.id)
            except simpy.Interrupt:
                continue
            self.complete(developer)

    def absences_of(self, developer: Developer, spells: list[tuple[int, int]]) -> Process:
        for leaves, returns in spells:
            yield self.moment(leaves, Rank.LEAVE, developer.id)
            self.leave(developer)
            yield self.moment(returns, Rank.RETURN, developer.id)
            developer.present = True
            self.log(Verb.RETURNED, developer=developer.id, team=developer.team)
            self.request_dispatch()

    def _spells(self) -> Iterator[tuple[Developer, list[tuple[int, int]]]]:
        spells: dict[int, list[tuple[int, int]]] = {}
        away = self.path.absences
        for developer, leaves, returns in zip(
            away.developer.tolist(), away.leaves.tolist(), away.returns.tolist(), strict=True
        ):
            spells.setdefault(developer, []).append((leaves, returns))
        return ((self.developers[d], s) for d, s in spells.items())

    def leave(self, developer: Developer) -> None:
        """Whatever the developer held is free for others to take up."""
        self.put_down(developer)
        self.hand_back(developer)
        self.set_busy(developer, FREE, NEVER)
        developer.present, developer.owed = False, 0
        self.log(Verb.LEFT, developer=developer.id, team=developer.team)
        self.request_dispatch()

    def set_busy(self, developer: Developer, activity: int, until: int) -> None:
        """What the developer does, and until when; the process waits for the new end."""
        developer.activity, developer.busy_until = activity, until
        if developer.process is not None and developer.process is not self.env.active_process:
            developer.process.interrupt()

    def begin(self, developer: Developer, item: Part | Story, switch: int) -> None:
        """Start or go on with an item, after `switch` seconds lost to the change."""
        developer.item, developer.since, developer.switch = item, self.now, switch
        duration = switch + max(1, item.remaining * self.stretch(developer, item) // MILLE)
        self.set_busy(developer, WORKING, self.calendar.finish(self.now, duration))
        if isinstance(item, Story):
            self.log(Verb.STORY_STARTED, item.id, developer.id, developer.team, switch)
        else:
            incident = item.incident
            incident.working += 1
            incident.stage = Stage.IN_WORK
            self.log(Verb.STARTED, incident.id, developer.id, developer.team, switch)

    def stretch(self, developer: Developer, item: Part | Story) -> int:
        """Per mille of working time that a second of effort takes this developer."""
        stretch = MILLE * MILLE // self.teams[developer.team].focus
        if isinstance(item, Part) and item.incident.team != developer.team:
            stretch = stretch * self.org.unfamiliarity // MILLE
        return stretch

    def time_on_item(self, developer: Developer) -> int:
        """Working seconds since work on the item in hand began, switching left out."""
        elapsed = self.worked() - self.calendar.worked(developer.since)
        return max(0, elapsed - developer.switch)

    def remaining(self, developer: Developer, item: Part | Story) -> int:
        """Focus seconds left of the item this developer works on."""
        done = self.time_on_item(developer) * MILLE // self.stretch(developer, item)
        return max(1, item.remaining - done)

    def pause(self, developer: Developer, cost: int) -> None:
        """Stop work on the item in hand, which stays in hand; it grows by `cost` if begun."""
        item = developer.item
        assert item is not None
        item.remaining = self.remaining(developer, item)
        if self.time_on_item(developer):
            item.remaining += cost
        if isinstance(item, Story):
            self.log(Verb.STORY_SUSPENDED, item.id, developer.id, developer.team)
        else:
            incident = item.incident
            incident.working -= 1
            if incident.working == 0:
                incident.stage = Stage.SUSPENDED
            self.log(Verb.SUSPENDED, incident.id, developer.id, developer.team, incident.working)

    def put_down(self, developer: Developer) -> None:
        """Stop whatever is in hand: a story is kept for later, an incident goes back to its queue."""
        item = developer.item
        if developer.activity == WORKING:
            self.pause(developer, self.org.resume)
        elif item is not None:
            item.remaining += self.org.resume
        if developer.activity == CEREMONY:
            developer.owed = self.calendar.worked(developer.busy_until) - self.worked()
            self.log(Verb.CEREMONY_ENDED, developer=developer.id, team=developer.team)
        developer.item = None
        if isinstance(item, Story):
            developer.held = item
        elif item is not None:
            insort(item.incident.waiting, item, key=lambda part: part.number)
            self.enqueue(item.incident)

    def hand_back(self, developer: Developer) -> None:
        """A story kept for later returns to the team."""
        if developer.held is not None:
            insort(self.teams[developer.team].handed_back, developer.held, key=lambda s: s.id)
            developer.held = None

    def complete(self, developer: Developer) -> None:
        """The time is up: the ceremony has ended, or the item in hand is done."""
        item = developer.item
        developer.busy_until = NEVER
        if developer.activity == CEREMONY:
            self.log(Verb.CEREMONY_ENDED, developer=developer.id, team=developer.team)
            developer.activity = FREE
            if item is not None:
                self.begin(developer, item, switch=0)
                return
        else:
            developer.activity, developer.item = FREE, None
            if isinstance(item, Story):
                self.finish_story(developer, item)
            elif item is not None:
                self.finish_part(developer, item)
        self.request_dispatch()

    # ---- stories and sprints ----------------------------------------------------------------

    def finish_story(self, developer: Developer, story: Story) -> None:
        team = self.teams[story.team]
        story.remaining = 0
        team.unfinished.remove(story)
        team.delivered += story.points
        self.log(Verb.STORY_DONE, story.id, developer.id, story.team)
        if story.regression >= 0:
            self.env.process(self.caused(self.incidents[story.regression]))

    def sprints_of(self, team: Team) -> Process:
        for number, (begins, ends) in enumerate(
            zip(self.plannings[:-1], self.plannings[1:], strict=True)
        ):
            yield self.moment(begins, Rank.PLAN, team.id)
            worked = self.calendar.worked(ends) - self.calendar.worked(begins)
            self.plan(team, SprintView(number, begins, ends, worked))

    def plan(self, team: Team, sprint: SprintView) -> None:
        """Duty, reserve, incidents that waited, stories; then the ceremony."""
        team.close_sprint()
        team.ends = sprint.ends
        for developer in team.developers:
            self.assign_duty(developer, sprint)
        per_head = max(0, sprint.working - self.org.ceremony) * team.focus // MILLE
        team.capacity = per_head * sum(d.present and not d.on_duty for d in team.developers)
        team.reserve = max(0, int(self.policy.reserve(team.view(), sprint, self.p)))
        due = self.admit_deferred(team)
        forecast = team.forecast(self.org.by_velocity, due)
        self.log(Verb.PLANNED, sprint.number, team=team.id, value=forecast)
        in_hand = {
            developer.item.id: self.remaining(developer, developer.item)
            for developer in team.developers
            if developer.activity == WORKING and isinstance(developer.item, Story)
        }
        for story in team.commit(forecast, self.org.by_velocity, in_hand):
            self.log(Verb.COMMITTED, story.id, team=team.id, value=sprint.number)
        team.sprint = sprint.number
        for developer in team.developers:
            if developer.present and self.org.ceremony:
                self.attend(developer)
        self.request_dispatch()

    def assign_duty(self, developer: Developer, sprint: SprintView) -> None:
        """Whoever goes on duty hands story work back to the team."""
        on_duty = bool(self.policy.on_duty(developer.view(), sprint, self.p))
        if on_duty == developer.on_duty:
            return
        developer.on_duty = on_duty
        verb = Verb.DUTY_BEGAN if on_duty else Verb.DUTY_ENDED
        self.log(verb, developer=developer.id, team=developer.team)
        if on_duty and isinstance(developer.item, Story):
            self.put_down(developer)
            self.set_busy(developer, FREE, NEVER)
        if on_duty:
            self.hand_back(developer)

    def admit_deferred(self, team: Team) -> int:
        """Put incidents that waited for planning into the queue; return the effort now due."""
        for incident in team.deferred:
            incident.planned = True
            self.log(Verb.QUEUED, incident.id, team=team.id, value=COMMITTED)
            self.enqueue(incident)
        team.due = [i for i in team.due if i.open] + team.deferred
        team.deferred = []
        return sum(incident.expected for incident in team.due)

    def attend(self, developer: Developer) -> None:
        """Scrum events come first; the item in hand stays in hand and costs nothing to go on with."""
        if developer.activity == CEREMONY:
            self.log(Verb.CEREMONY_ENDED, developer=developer.id, team=developer.team)
        elif developer.item is not None:
            self.pause(developer, cost=0)
        self.meet(developer, self.org.ceremony)

    def meet(self, developer: Developer, duration: int) -> None:
        developer.owed = 0
        self.log(Verb.CEREMONY_BEGAN, developer=developer.id, team=developer.team)
        self.set_busy(developer, CEREMONY, self.calendar.finish(self.now, duration))

    # ---- incidents --------------------------------------------------------------------------

    def reports(self) -> Process:
        """Reported incidents open when the path says."""
        for incident in self.incidents:
            if incident.cause == REPORTED:
                yield self.moment(incident.opened, Rank.ARRIVE, incident.id)
                self.open(incident)

    def caused(self, incident: Incident) -> Process:
        """A regression or a reopening, some time after its cause."""
        incident.opened = self.now + incident.after
        yield self.moment(incident.opened, Rank.ARRIVE, incident.id)
        self.open(incident)

    def open(self, incident: Incident) -> None:
        self.log(Verb.OPENED, incident.id, team=incident.team)
        if incident.abandon_after:
            self.env.process(self.patience(incident))
        if incident.first_line:
            incident.stage = Stage.FIRST_LINE
            self.env.process(self.first_line(incident))
        else:
            self.route(incident)

    def first_line(self, incident: Incident) -> Process:
        end = self.calendar.finish(self.now, incident.first_line)
        yield self.moment(end, Rank.ARRIVE, incident.id)
        if not incident.open:
            return
        if incident.deflected:
            incident.stage = Stage.CLOSED
            self.log(Verb.DEFLECTED, incident.id, team=incident.team)
        else:
            self.route(incident)

    def patience(self, incident: Incident) -> Process:
        """Whoever reported it withdraws it when nobody has started in time."""
        end = incident.opened + incident.abandon_after
        yield self.moment(end, Rank.WITHDRAW, incident.id)
        if incident.stage > Stage.QUEUED:
            return
        team = self.teams[incident.team]
        if incident.stage == Stage.QUEUED:
            self.dequeue(incident)
        elif incident.stage == Stage.DEFERRED:
            team.deferred.remove(incident)
        team.release_reserve(incident)
        incident.stage = Stage.CLOSED
        self.log(Verb.WITHDRAWN, incident.id, team=incident.team)

    def route(self, incident: Incident) -> None:
        """Ask the policy what is to become of an incident, and do it."""
        team = self.teams[incident.team]
        action = self.policy.route(incident.view(), team.view(), self.now, self.p)
        if action == DEFER:
            incident.stage = Stage.DEFERRED
            incident.urgent = False
            incident.deferrals += 1
            insort(team.deferred, incident, key=Incident.order)
            self.log(Verb.DEFERRED, incident.id, team=team.id)
        elif action in (QUEUE, INTERRUPT):
            incident.urgent = action == INTERRUPT
            team.charge_reserve(incident)
            self.log(Verb.QUEUED, incident.id, team=team.id, value=int(action))
            self.enqueue(incident)
            self.request_dispatch()
        else:
            raise refused(self.policy, action)

    def queue_of(self, incident: Incident) -> list[Incident]:
        return self.queues[incident.team if len(self.queues) > 1 else 0]

    def enqueue(self, incident: Incident) -> None:
        if incident.stage < Stage.QUEUED:
            incident.stage = Stage.QUEUED
        queue = self.queue_of(incident)
        if incident not in queue:
            insort(queue, incident, key=Incident.order)

    def dequeue(self, incident: Incident) -> None:
        self.queue_of(incident).remove(incident)

    def finish_part(self, developer: Developer, part: Part) -> None:
        """One person's share is done; with the last share the incident is resolved."""
        incident = part.incident
        part.remaining = 0
        incident.working -= 1
        incident.unfinished -= 1
        if incident.unfinished:
            if incident.working == 0:
                incident.stage = Stage.SUSPENDED
            self.log(Verb.PART_DONE, incident.id, developer.id, developer.team, incident.working)
            return
        incident.stage = Stage.CLOSED
        self.log(Verb.RESOLVED, incident.id, developer.id, developer.team)
        if incident.reopening >= 0:
            self.env.process(self.caused(self.incidents[incident.reopening]))
        team = self.teams[incident.team]
        if team.settle_reserve(incident):
            self.reroute(team)

    def reroute(self, team: Team) -> None:
        """The reserve is used up: ask again about those that nobody has started."""
        for incident in [i for i in self.queue_of_team(team) if i.is_admitted_only]:
            self.dequeue(incident)
            team.release_reserve(incident)
            self.route(incident)

    def queue_of_team(self, team: Team) -> list[Incident]:
        queue = self.queues[team.id if len(self.queues) > 1 else 0]
        return [incident for incident in queue if incident.team == team.id]

    # ---- dispatch ---------------------------------------------------------------------------

    def request_dispatch(self) -> None:
        """Hand out work at this instant, or at the next opening."""
        time = self.calendar.next_open(self.now)
        if time != self.next_dispatch and time < self.org.horizon:
            self.next_dispatch = time
            Moment(self.env, time, Rank.DISPATCH, 0).callbacks.append(self.dispatch)

    def dispatch(self, _: simpy.Event) -> None:
        """First what may interrupt, worst and oldest first; then every free developer, by id."""
        self.next_dispatch = -1
        urgent = [i for queue in self.queues for i in queue if i.urgent]
        for incident in sorted(urgent, key=Incident.order):
            while incident.waiting:
                developer = self.best_placed(incident)
                if developer is None:
                    break
                self.take(developer, incident)
        for developer in [d for d in self.developers if d.activity == FREE and d.present]:
            self.hand_out(developer)

    def best_placed(self, incident: Incident) -> Developer | None:
        """Whom to give an incident that may interrupt, starting with its own team."""
        view = incident.view()
        for offset in range(len(self.teams)):
            team = self.teams[(incident.team + offset) % len(self.teams)]
            candidates = [
                developer
                for developer in team.developers
                if developer.can_drop_for(incident)
                and self.policy.takes(developer.view(), view, self.p)
            ]
            if candidates:
                return min(candidates, key=Developer.cost_of_dropping)
        return None

    def take(self, developer: Developer, incident: Incident) -> None:
        """Give an incident to a developer, who drops other work for it."""
        switch = 0
        if developer.activity != FREE:
            switch = self.org.switch
            self.put_down(developer)
            self.log(Verb.INTERRUPTED, incident.id, developer.id, developer.team)
        part = incident.waiting.pop(0)
        if not incident.waiting:
            self.dequeue(incident)
        self.begin(developer, part, switch)

    def hand_out(self, developer: Developer) -> None:
        """Give a free developer work, in the order the policy prefers; on duty, never a story.

        What an incident cut short of the Scrum events is made up for first.
        """
        if developer.owed:
            self.meet(developer, developer.owed)
            return
        team = self.teams[developer.team]
        first = self.policy.next_work(developer.view(), team.view(), self.p)
        if first == INCIDENT_FIRST and self.hand_out_incident(developer):
            return
        if not developer.on_duty and self.hand_out_story(developer, team):
            return
        if first != INCIDENT_FIRST:
            self.hand_out_incident(developer)

    def hand_out_incident(self, developer: Developer) -> bool:
        view = developer.view()
        for incident in self.queues[developer.team if len(self.queues) > 1 else 0]:
            if self.policy.takes(view, incident.view(), self.p):
                self.take(developer, incident)
                return True
        return False

    def hand_out_story(self, developer: Developer, team: Team) -> bool:
        """The developer's own story first, then one handed back, then one committed, then more."""
        story = developer.held or team.next_committed()
        if story is None and self.may_pull(team):
            story = team.pull()
            self.log(Verb.PULLED, story.id, team=team.id, value=team.sprint)
        if story is None:
            return False
        developer.held = None
        self.begin(developer, story, switch=0)
        return True

    def may_pull(self, team: Team) -> bool:
        """A team that finishes early pulls on, as long as the unspent reserve stays covered."""
        if not team.has_backlog:
            return False
        left = self.calendar.worked(team.ends) - self.worked()
        here = sum(d.present and not d.on_duty for d in team.developers)
        return team.reserve_left <= 0 or left * here * team.focus // MILLE > team.reserve_left
