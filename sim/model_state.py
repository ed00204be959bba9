"""What the SimPy engine's developers, teams, stories and incidents hold at a moment."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum

import simpy

from sim.organisation import Organisation
from sim.policy import DeveloperView, IncidentView, TeamView
from sim.sample_path import SamplePath
from sim.stories import Backlog

FREE, WORKING, CEREMONY = 0, 1, 2
"""What a developer who is present does."""

NEVER = 1 << 62


class Stage(IntEnum):
    """Where an incident stands; those up to QUEUED have not been started."""

    FIRST_LINE = 0
    DEFERRED = 1
    QUEUED = 2
    IN_WORK = 3
    SUSPENDED = 4
    CLOSED = 5
    """Deflected, withdrawn or resolved."""


@dataclass(slots=True, eq=False)
class Story:
    """A story that was committed or pulled."""

    id: int
    team: int
    points: int
    estimate: int
    effort: int
    regression: int
    remaining: int

    def estimate_of(self, remaining: int) -> int:
        """What the team believes is left when `remaining` is, by the share already done."""
        return self.estimate * min(remaining, self.effort) // self.effort


@dataclass(slots=True, eq=False)
class Part:
    """One person's share of an incident."""

    incident: Incident
    number: int
    remaining: int


@dataclass(slots=True, eq=False)
class Incident:
    """An incident on its way from opening to closing."""

    id: int
    kind: int
    severity: int
    team: int
    people: int
    expected: int
    cause: int
    opened: int
    after: int
    effort: int
    deflected: bool
    first_line: int
    reopening: int
    abandon_after: int
    stage: Stage = Stage.FIRST_LINE
    urgent: bool = False
    """May take developers from other work."""
    planned: bool = False
    """Was committed at a planning."""
    charged: bool = False
    """Its expected effort is promised from the reserve."""
    deferrals: int = 0
    working: int = 0
    """Developers on it now."""
    unfinished: int = 0
    """Parts not done."""
    waiting: list[Part] = field(default_factory=list)
    """Parts nobody works on, by number."""

    def __post_init__(self) -> None:
        self.unfinished = self.people
        self.waiting = [Part(self, number, self.effort) for number in range(self.people)]

    def order(self) -> tuple[int, int, int]:
        """Worst first, then oldest."""
        return (self.severity, self.opened, self.id)

    @property
    def open(self) -> bool:
        return self.stage != Stage.CLOSED

    @property
    def is_admitted_only(self) -> bool:
        """Admitted within this sprint, and nobody has started."""
        return self.stage == Stage.QUEUED and not self.planned

    def view(self) -> IncidentView:
        return IncidentView(
            self.id,
            self.kind,
            self.severity,
            self.team,
            self.people,
            self.opened,
            self.expected,
            self.deferrals,
        )


@dataclass(slots=True, eq=False)
class Developer:
    """A developer: present or not, on duty or not, free or busy with something."""

    id: int
    team: int
    seat: int
    rank: int
    present: bool = True
    on_duty: bool = False
    activity: int = FREE
    item: Part | Story | None = None
    """In hand; during a ceremony it waits in hand."""
    held: Story | None = None
    """A story put down for an incident, to be taken up again."""
    since: int = 0
    """When work on the item in hand began."""
    switch: int = 0
    """Seconds of it lost to the change."""
    owed: int = 0
    """Seconds of Scrum events that an incident cut short."""
    busy_until: int = NEVER
    process: simpy.Process | None = None

    def can_drop_for(self, incident: Incident) -> bool:
        """Free, in a meeting, on a story, or on an incident less severe."""
        if not self.present:
            return False
        item = self.item
        return not isinstance(item, Part) or item.incident.severity > incident.severity

    def cost_of_dropping(self) -> tuple[int, int, int]:
        """Free first, then a meeting, a story, an incident; among those, begun last."""
        if self.activity == FREE:
            return (0, 0, self.id)
        if self.activity == CEREMONY:
            return (1, 0, self.id)
        return (3 if isinstance(self.item, Part) else 2, -self.since, self.id)

    def view(self) -> DeveloperView:
        return DeveloperView(self.id, self.team, self.seat, self.rank, int(self.on_duty))


@dataclass(slots=True, eq=False)
class Team:
    """A team, its backlog, its sprint and its reserve."""

    id: int
    focus: int
    developers: list[Developer]
    backlog: deque[Story]
    """Stories not yet committed or pulled."""
    sprint: int = -1
    ends: int = 0
    """The next planning."""
    capacity: int = 0
    unfinished: list[Story] = field(default_factory=list)
    """Committed or pulled, and not done."""
    unstarted: deque[Story] = field(default_factory=deque)
    """Committed, and nobody has begun."""
    handed_back: list[Story] = field(default_factory=list)
    """Begun and put down for whoever comes."""
    delivered: int = 0
    """Points done in this sprint."""
    velocities: deque[int] = field(default_factory=lambda: deque(maxlen=3))
    deferred: list[Incident] = field(default_factory=list)
    due: list[Incident] = field(default_factory=list)
    """Committed at a planning, and perhaps still open."""
    reserve: int = 0
    spent: int = 0
    """Of the reserve, on incidents resolved this sprint."""
    promised: int = 0
    """Of the reserve, to admitted incidents not yet resolved."""

    @property
    def has_backlog(self) -> bool:
        return bool(self.backlog)

    @property
    def reserve_left(self) -> int:
        return self.reserve - self.spent - self.promised

    def view(self) -> TeamView:
        return TeamView(
            self.id,
            len(self.developers),
            sum(d.present for d in self.developers),
            sum(d.on_duty for d in self.developers),
            self.capacity,
            self.reserve,
            self.reserve_left,
            len(self.deferred),
        )

    # ---- reserve ----------------------------------------------------------------------------

    def charge_reserve(self, incident: Incident) -> None:
        """Promise an admitted incident its expected effort."""
        incident.charged = True
        self.promised += incident.expected

    def release_reserve(self, incident: Incident) -> None:
        """Take a promise back."""
        if incident.charged:
            incident.charged = False
            self.promised -= incident.expected

    def settle_reserve(self, incident: Incident) -> bool:
        """Book what a resolved incident really took; True when that uses the reserve up."""
        before = self.reserve_left
        if incident.charged:
            self.release_reserve(incident)
            self.spent += incident.effort * incident.people
        return before > 0 >= self.reserve_left

    # ---- planning ---------------------------------------------------------------------------

    def close_sprint(self) -> None:
        """Remember what the sprint delivered, and begin to count anew."""
        if self.sprint >= 0:
            self.velocities.append(self.delivered)
        self.delivered = 0
        self.spent = 0

    def forecast(self, by_velocity: bool, due: int) -> int:
        """What the team may commit: points of the last sprints, or focus seconds left over."""
        if by_velocity and self.velocities:
            return sum(self.velocities) // len(self.velocities)
        return max(0, self.capacity - self.reserve - due)

    def commit(self, forecast: int, by_velocity: bool, in_hand: dict[int, int]) -> list[Story]:
        """Carry over what is unfinished, then take from the backlog what the forecast holds.

        `in_hand` has what remains of the stories being worked on, by id.
        """
        by_points = by_velocity and bool(self.velocities)
        self.unfinished.sort(key=lambda story: story.id)
        total = sum(
            story.points if by_points else story.estimate_of(in_hand.get(story.id, story.remaining))
            for story in self.unfinished
        )
        while self.backlog:
            story = self.backlog[0]
            total += story.points if by_points else story.estimate
            if total > forecast:
                break
            self.backlog.popleft()
            self.unfinished.append(story)
            self.unstarted.append(story)
        return self.unfinished

    def next_committed(self) -> Story | None:
        """The next story of the sprint that nobody works on."""
        if self.handed_back:
            return self.handed_back.pop(0)
        return self.unstarted.popleft() if self.unstarted else None

    def pull(self) -> Story:
        """One more story from the backlog."""
        story = self.backlog.popleft()
        self.unfinished.append(story)
        return story


def people(org: Organisation) -> list[Developer]:
    """Everybody, free and present."""
    rows = zip(org.team.tolist(), org.seat.tolist(), org.rank.tolist(), strict=True)
    return [Developer(id, team, seat, rank) for id, (team, seat, rank) in enumerate(rows)]


def teams_of(org: Organisation, backlog: Backlog, developers: list[Developer]) -> list[Team]:
    """Every team with its developers and its backlog."""
    columns = (backlog.points, backlog.estimate, backlog.effort, backlog.regression)
    rows: list[tuple[int, int, int, int]]
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    first = backlog.first.tolist()
    return [
        Team(
            id=t,
            focus=int(org.focus[t]),
            developers=[developers[d] for d in org.members(t)],
            backlog=deque(Story(s, t, *rows[s], rows[s][2]) for s in range(first[t], first[t + 1])),
        )
        for t in range(org.teams)
    ]


def possible_incidents(path: SamplePath) -> list[Incident]:
    """Every incident that may open."""
    org, table = path.organisation, path.incidents
    kind = table.kind
    columns = (
        kind,
        org.severity[kind],
        table.team,
        org.people[kind],
        org.expected[kind],
        table.cause,
        table.opened,
        table.after,
        table.effort,
        table.deflected,
        table.first_line,
        table.reopening,
        org.abandon_after[kind],
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [Incident(id, *row) for id, row in enumerate(rows)]
