"""The web agency under interrupt-anyone, written on SimPy by hand."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

import simpy

from sim.sampling.calendars import HOUR
from sim.sampling.sample_path import SamplePath

Waits = Iterator[simpy.Event]
"""What a process yields."""


class Outcome(NamedTuple):
    """The figures that the agency wants to know."""

    points_per_sprint: float
    response_hours_mean: float


@dataclass(slots=True, eq=False)
class Story:
    points: int
    estimate: int
    effort: int
    regression: int
    remaining: int

    @property
    def believed_left(self) -> int:
        return self.estimate * min(self.remaining, self.effort) // self.effort


@dataclass(slots=True, eq=False)
class Incident:
    id: int
    severity: int
    team: int
    opened: int
    after: int
    remaining: int
    deflected: bool
    first_line: int
    reopening: int
    answered: int = -1


@dataclass(slots=True, eq=False)
class Developer:
    team: Team
    present: bool = True
    job: Story | Incident | None = None
    meeting: int = 0
    """Seconds of a meeting that comes before the job."""
    owed: int = 0
    """Seconds of a meeting that an incident cut short."""
    held: Story | None = None
    """Put aside for an incident."""
    since: int = 0
    switch: int = 0
    process: simpy.Process | None = None


@dataclass(slots=True, eq=False)
class Team:
    id: int
    focus: int
    pace: int
    """Per mille of working time that its own work takes."""
    backlog: deque[Story]
    people: list[Developer] = field(default_factory=list)
    sprint_backlog: deque[Story] = field(default_factory=deque)
    handed_back: deque[Story] = field(default_factory=deque)
    unfinished: list[Story] = field(default_factory=list)


class Agency:
    def __init__(self, path: SamplePath) -> None:
        org = path.organisation
        self.org = org
        self.env = simpy.Environment()
        self.worked = org.calendar.worked
        self.finish = org.calendar.finish
        self.next_open = org.calendar.next_open
        self.incidents = incidents_of(path)
        self.teams = [
            Team(t, focus, 1_000_000 // focus, backlog_of(path, t))
            for t, focus in enumerate(org.focus.tolist())
        ]
        self.developers = [Developer(self.teams[t]) for t in org.team.tolist()]
        self.search = [self.teams[t:] + self.teams[:t] for t in range(org.teams)]
        self.waiting: list[tuple[int, int, int, Incident]] = []
        self.done: list[tuple[int, int]] = []
        """When a story was finished, and its points."""
        self.committed: list[tuple[int, int]] = []
        """By planning, how many stories were committed, and their points."""
        reported = [incident for incident in self.incidents if incident.opened >= 0]
        self.env.process(self.arrivals(reported))
        for developer in self.developers:
            developer.team.people.append(developer)
            developer.process = self.env.process(self.days_of(developer))
        for developer, spells in zip(self.developers, spells_of(path), strict=True):
            self.env.process(self.absences(developer, spells))
        plannings = org.plannings[0].tolist()
        for team in self.teams:
            self.env.process(self.sprints(team, plannings))

    # ---- developers -----------------------------------------------------------------------------

    def days_of(self, developer: Developer) -> Waits:
        """A developer's life: meetings and jobs one after the other, until somebody interrupts."""
        env = self.env
        while True:
            if developer.job is None and not developer.meeting and developer.present:
                self.choose(developer)
            developer.since = env.now
            try:
                if developer.meeting:
                    yield env.timeout(self.finish(env.now, developer.meeting) - env.now)
                    developer.meeting = 0
                elif developer.job is not None:
                    effort = developer.job.remaining * self.pace(developer) // 1_000
                    end = self.finish(env.now, developer.switch + max(1, effort))
                    yield env.timeout(end - env.now)
                    self.complete(developer, developer.job)
                else:
                    yield env.event()
            except simpy.Interrupt:
                pass  # whoever interrupted has seen to what is next

    def pace(self, developer: Developer) -> int:
        """Per mille of working time that the job takes."""
        job, team = developer.job, developer.team
        if isinstance(job, Incident) and job.team != team.id:
            return team.pace * self.org.unfamiliarity // 1_000
        return team.pace

    def choose(self, developer: Developer) -> None:
        """Give a free developer the next job: an incident that waits, a meeting still owed, a story."""
        team = developer.team
        if self.waiting:
            self.answer(developer, heappop(self.waiting)[-1])
        elif developer.owed:
            developer.meeting, developer.owed = developer.owed, 0
        elif developer.held:
            developer.job, developer.held = developer.held, None
        elif team.handed_back:
            developer.job = team.handed_back.popleft()
        elif team.sprint_backlog:
            developer.job = team.sprint_backlog.popleft()
        elif team.backlog:
            developer.job = team.backlog.popleft()
            team.unfinished.append(developer.job)

    def complete(self, developer: Developer, job: Story | Incident) -> None:
        developer.job, developer.switch, job.remaining = None, 0, 0
        if isinstance(job, Story):
            self.done.append((self.env.now, job.points))
            causes = job.regression
        else:
            causes = job.reopening
        if causes >= 0:
            self.env.process(self.caused(self.incidents[causes]))

    def pause(self, developer: Developer, cost: int) -> None:
        """Stop what is going on; the job stays in hand and grows by `cost` if it was begun."""
        job = developer.job
        worked = self.worked(self.env.now) - self.worked(developer.since)
        if developer.meeting:
            developer.owed, developer.meeting = developer.meeting - worked, 0
            if job is not None:
                job.remaining += cost
        elif job is not None:
            worked = max(0, worked - developer.switch)
            left = max(1, job.remaining - worked * 1_000 // self.pace(developer))
            job.remaining = left + (cost if worked else 0)
        developer.switch = 0

    def absences(self, developer: Developer, spells: list[tuple[int, int]]) -> Waits:
        """Take a developer away and bring them back when the path says so."""
        env, team = self.env, developer.team
        for leaves, returns in spells:
            yield env.timeout(leaves - env.now)
            self.pause(developer, self.org.resume)
            if isinstance(developer.job, Incident):
                env.process(self.reach_team(developer.job))
            for story in (developer.held, developer.job):
                if isinstance(story, Story):
                    team.handed_back.append(story)
            developer.job = developer.held = None
            developer.present, developer.owed = False, 0
            developer.process.interrupt()
            yield env.timeout(returns - env.now)
            developer.present = True
            yield env.timeout(self.next_open(env.now) - env.now)
            developer.process.interrupt()

    # ---- incidents ------------------------------------------------------------------------------

    def arrivals(self, reported: list[Incident]) -> Waits:
        env = self.env
        for incident in reported:
            yield env.timeout(incident.opened - env.now)
            if incident.first_line or self.next_open(env.now) > env.now:
                env.process(self.reach_team(incident))
            else:
                self.assign(incident)

    def caused(self, incident: Incident) -> Waits:
        yield self.env.timeout(incident.after)
        incident.opened = self.env.now
        yield from self.reach_team(incident)

    def reach_team(self, incident: Incident) -> Waits:
        """Past the first line, at the next opening, to whoever is best placed."""
        env = self.env
        if incident.first_line:
            yield env.timeout(self.finish(env.now, incident.first_line) - env.now)
            incident.first_line = 0
            if incident.deflected:
                return
        opening = self.next_open(env.now)
        if opening > env.now:
            yield env.timeout(opening - env.now)
        self.assign(incident)

    def assign(self, incident: Incident) -> None:
        """Give an incident to whoever is best placed, who drops other work; else it waits."""
        developer = self.best_placed(incident)
        if developer is None:
            heappush(self.waiting, (incident.severity, incident.opened, incident.id, incident))
            return
        job, displaced = developer.job, None
        if job is not None or developer.meeting:
            self.pause(developer, self.org.resume)
            developer.switch = self.org.switch
            if isinstance(job, Story):
                developer.held = job
            else:
                displaced = job
        self.answer(developer, incident)
        developer.process.interrupt()
        if displaced is not None:
            self.assign(displaced)

    def best_placed(self, incident: Incident) -> Developer | None:
        """Free, else in a meeting, else on the story begun last, else on a lesser incident; of its own
        team, else of the next."""
        for team in self.search[incident.team]:
            best, least = None, (9, 0)
            for developer in team.people:
                if not developer.present:
                    continue
                job = developer.job
                if isinstance(job, Incident) and job.severity <= incident.severity:
                    continue
                if developer.meeting:
                    cost = (1, 0)
                elif job is None:
                    cost = (0, 0)
                else:
                    cost = (2 if isinstance(job, Story) else 3, -developer.since)
                if cost < least:
                    best, least = developer, cost
            if best is not None:
                return best
        return None

    def answer(self, developer: Developer, incident: Incident) -> None:
        developer.job, developer.since = incident, self.env.now
        if incident.answered < 0:
            incident.answered = self.env.now

    # ---- sprints --------------------------------------------------------------------------------

    def sprints(self, team: Team, plannings: list[int]) -> Waits:
        env = self.env
        for begins, ends in pairwise(plannings):
            yield env.timeout(begins - env.now)
            present = [developer for developer in team.people if developer.present]
            for developer in present:
                self.pause(developer, cost=0)
            self.commit(team, len(present), ends)
            for developer in present:
                developer.meeting, developer.owed = self.org.ceremony, 0
                developer.since = env.now
                developer.process.interrupt()

    def commit(self, team: Team, present: int, ends: int) -> None:
        """Stories that are not done once more, then from the backlog as far as the forecast goes."""
        working = self.worked(ends) - self.worked(self.env.now) - self.org.ceremony
        forecast = working * team.focus // 1_000 * present
        team.unfinished = [story for story in team.unfinished if story.remaining]
        total = sum(story.believed_left for story in team.unfinished)
        while team.backlog:
            total += team.backlog[0].believed_left
            if total > forecast:
                break
            story = team.backlog.popleft()
            team.unfinished.append(story)
            team.sprint_backlog.append(story)
        points = sum(story.points for story in team.unfinished)
        self.committed.append((len(team.unfinished), points))


def incidents_of(path: SamplePath) -> list[Incident]:
    """Every incident that may open on a path, in its order."""
    table = path.incidents
    columns = (
        path.organisation.severity[table.kind],
        table.team,
        table.opened,
        table.after,
        table.effort,
        table.deflected,
        table.first_line,
        table.reopening,
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [Incident(id, *row) for id, row in enumerate(rows)]


def backlog_of(path: SamplePath, team: int) -> deque[Story]:
    """The stories of a team on a path, in its order."""
    table = path.stories
    own = slice(table.first[team], table.first[team + 1])
    columns = (table.points, table.estimate, table.effort, table.regression, table.effort)
    rows = zip(*(column[own].tolist() for column in columns), strict=True)
    return deque(Story(*row) for row in rows)


def spells_of(path: SamplePath) -> list[list[tuple[int, int]]]:
    """When each developer leaves and returns."""
    away = path.absences
    spells: list[list[tuple[int, int]]] = [[] for _ in path.organisation.team]
    rows = zip(away.developer.tolist(), away.leaves.tolist(), away.returns.tolist(), strict=True)
    for developer, leaves, returns in rows:
        spells[developer].append((leaves, returns))
    return spells


def run(path: SamplePath) -> Outcome:
    """Live through a path."""
    agency = Agency(path)
    agency.env.run(until=path.organisation.horizon)
    return outcome_of(agency, path)


def outcome_of(agency: Agency, path: SamplePath) -> Outcome:
    """Of the sprints that lie after the warm-up, and the incidents that opened after it."""
    org = path.organisation
    measured = [int(begins) for begins in org.plannings[0] if org.warmup <= begins <= org.horizon]
    begins, ends, sprints = measured[0], measured[-1], len(measured) - 1
    points = sum(points for moment, points in agency.done if begins < moment <= ends)
    responses = [
        (org.horizon if incident.answered < 0 else incident.answered) - incident.opened
        for incident in agency.incidents
        if incident.opened >= org.warmup and not incident.deflected
    ]
    return Outcome(points / sprints / org.teams, sum(responses) / len(responses) / HOUR)
