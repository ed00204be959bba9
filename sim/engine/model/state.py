"""What developers, teams, stories and incidents hold at a moment."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from sim.engine.rules import Rules, estimate_left, lost_progress, unspent
from sim.engine.states import NEVER, Activity, Stage
from sim.policy.contract import HISTORY, DeveloperView, IncidentView, TeamView
from sim.sampling.organisation import Organisation
from sim.sampling.sample_path import SamplePath
from sim.sampling.stories import Backlog

FREE, WORKING, CEREMONY, IMPROVING, ON_CALL, RESTING, AWAY = Activity

ELSEWHERE = (ON_CALL, RESTING, AWAY)


@dataclass(slots=True, eq=False)
class Story:
    """A story of the backlog."""

    id: int
    team: int
    points: int
    estimate: int
    effort: int
    regression: int
    uniform: int
    remaining: int
    begun: bool = False
    interrupted: bool = False

    @property
    def believed_left(self) -> int:
        """The focus seconds that the team believes are left, by the share already done."""
        return self.estimate_of(self.remaining)

    def estimate_of(self, remaining: int) -> int:
        """The focus seconds that the team believes are left when so many of the effort remain."""
        return estimate_left(self.estimate, self.effort, remaining)

    def lose_progress(self, rules: Rules) -> None:
        """Have a share of what was done be done again, as the story goes back to the backlog."""
        self.remaining += lost_progress(rules, self.effort, self.remaining)
        self.begun = False


@dataclass(slots=True, eq=False)
class Part:
    """One person's share of an incident."""

    incident: Incident
    number: int
    remaining: int


@dataclass(slots=True, eq=False)
class Improvement:
    """Work that lowers the demand of some kinds."""

    id: int
    remaining: int
    taken: bool = False
    """Somebody works on it."""
    done: bool = False


Item = Part | Story | Improvement


@dataclass(slots=True, eq=False)
class Incident:
    """An incident on its way from opening to closing."""

    id: int
    kind: int
    severity: int
    team: int
    people: int
    mean_effort: int
    cause: int
    opened: int
    after: int
    effort: int
    deflected: bool
    first_line: int
    reopening: int
    uniform: int
    abandon_after: int
    escalate_after: int
    stage: Stage = Stage.FIRST_LINE
    urgent: bool = False
    """May take developers from other work; settled before it joins a queue."""
    planned: bool = False
    """Was committed at a planning, or swapped in."""
    charged: bool = False
    """Its expected effort is promised from the reserve."""
    booked: int = 0
    """Of the reserve, already spent on it."""
    deferrals: int = 0
    begun: bool = False
    escalated: bool = False
    outgrown: bool = False
    counted: bool = False
    """Among what came to its team this sprint."""
    working: int = 0
    """Developers on it now."""
    unfinished: int = field(init=False)
    """Parts not done."""
    waiting: list[Part] = field(init=False)
    """Parts nobody works on, by number."""
    view: IncidentView = field(init=False)
    """What decisions see of it."""
    order: tuple[int, int, int] = field(init=False)
    """Its place where incidents wait: worst first, then oldest."""

    def __post_init__(self) -> None:
        self.unfinished = self.people
        self.waiting = [Part(self, number, self.effort) for number in range(self.people)]

    @property
    def open(self) -> bool:
        """Whether the incident is not closed yet."""
        return self.stage != Stage.CLOSED

    @property
    def is_admitted_only(self) -> bool:
        """Whether the incident was admitted within this sprint, waits in a queue, and nobody has
        started."""
        return self.stage == Stage.QUEUED and not self.planned and not self.begun

    def update(self) -> None:
        """Renew what decisions see of the incident, and its place in a queue, when it opens or has
        changed."""
        self.order = (self.severity, self.opened, self.id)
        self.view = IncidentView(
            self.id,
            self.kind,
            self.severity,
            self.team,
            self.people,
            self.opened,
            self.mean_effort,
            self.deferrals,
            int(self.escalated),
            int(self.outgrown),
        )


ORDER = attrgetter("order")


@dataclass(slots=True, eq=False)
class Developer:
    """A developer: on duty or not, away, free or busy with something."""

    id: int
    team: int
    seat: int
    rank: int
    on_duty: bool = False
    turn: int = 0
    activity: Activity = FREE
    item: Item | None = None
    """In hand; during a ceremony and the night's calls it waits in hand."""
    paused: Story | None = None
    """A story put down for an incident, to be taken up again."""
    since: int = 0
    """When work on the item in hand began."""
    switch: int = 0
    """Seconds of it lost to the change."""
    stint: int = 0
    """Focus seconds of the item to be done before looking up again."""
    duration: int = 0
    """Working seconds that this takes, with the switch."""
    called_to: Part | None = None
    called_at: int = 0
    rest_due: int = 0
    """Seconds worked at night, to be given back."""
    ceremony_debt: int = 0
    """Seconds of Scrum events that an incident cut short."""
    support_time: int = 0
    """Working seconds on incidents so far."""
    other_team_time: int = 0
    """The same, of other teams' incidents."""
    busy_until: int = NEVER
    view: DeveloperView = field(init=False)
    """What decisions see of the developer."""

    def __post_init__(self) -> None:
        self.update_view()

    @property
    def present(self) -> bool:
        """Whether the developer is not absent."""
        return self.activity != AWAY

    @property
    def is_elsewhere(self) -> bool:
        """Whether the developer is away, called at night, or resting from it."""
        return self.activity in ELSEWHERE

    def can_drop_for(self, incident: Incident) -> bool:
        """Whether the developer is free, in a meeting, on a story or an improvement, or on an
        incident less severe."""
        if self.activity in ELSEWHERE:
            return False
        item = self.item
        return not isinstance(item, Part) or item.incident.severity > incident.severity

    def cost_of_dropping(self) -> tuple[int, int, int]:
        """How late somebody is chosen to drop what they do: the free first (0), then those in a
        meeting, on an improvement, on a story, on an incident (4); among the last three, whoever
        began last."""
        if self.activity == FREE:
            return (0, 0, self.id)
        if self.activity == CEREMONY:
            return (1, 0, self.id)
        return (_COST[type(self.item)], -self.since, self.id)

    def update_view(self) -> None:
        """Renew what decisions see of the developer, when it has changed."""
        self.view = DeveloperView(
            self.id, self.team, self.seat, self.rank, int(self.on_duty), self.turn
        )


_COST = {Improvement: 2, Story: 3, Part: 4}


@dataclass(slots=True, eq=False)
class Team:
    """A team, its backlog, its sprint and its reserve."""

    id: int
    focus: int
    developers: list[Developer]
    backlog: deque[Story]
    """Stories not yet committed or pulled."""
    queue: list[Incident]
    """Where its incidents wait, worst first, then oldest; perhaps with those of all other teams."""
    present: int = 0
    """Developers not absent."""
    on_duty: int = 0
    """Developers serving support."""
    sprint: int = -1
    begins: int = 0
    ends: int = 0
    """The next planning."""
    level: int = 0
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
    loads: deque[int] = field(default_factory=lambda: deque(maxlen=HISTORY))
    """What came to the team in past sprints, the last one first."""
    unplanned: int = 0
    """What came to it in this one."""
    unstarted_estimate: int = 0
    """Of the committed stories that nobody has begun."""
    deferred: list[Incident] = field(default_factory=list)
    due: list[Incident] = field(default_factory=list)
    """Committed at a planning, and perhaps still open."""
    waiting: int = 0
    """Incidents in a queue."""
    incidents_begun: int = 0
    """Begun and not resolved."""
    stories_begun: int = 0
    """Begun and not done."""
    reserve: int = 0
    spent: int = 0
    """Of the reserve, on incidents resolved this sprint."""
    promised: int = 0
    """Of the reserve, to admitted incidents not yet resolved."""
    improve: int = 0
    """Set aside for improvements this sprint."""
    improved: int = 0
    """Of that, begun or done."""

    @property
    def reserve_left(self) -> int:
        """The focus seconds of the sprint's reserve that are neither spent nor promised."""
        return unspent(self.reserve, self.spent, self.promised)

    @property
    def here(self) -> int:
        """The number of developers for stories: present and not on duty."""
        return sum(d.present and not d.on_duty for d in self.developers)

    def view(self, support_in_progress: int) -> TeamView:
        """What decisions see of a team; `support_in_progress`: incidents begun and not done, of the
        queue it takes from."""
        return TeamView(
            self.id,
            len(self.developers),
            self.present,
            self.on_duty,
            self.capacity,
            self.reserve,
            self.reserve_left,
            len(self.deferred),
            self.waiting,
            self.stories_begun + self.incidents_begun,
            support_in_progress,
            self.unstarted_estimate,
            self.unplanned,
            self.level,
        )

    # ---- planning ---------------------------------------------------------------------------

    def close_sprint(self) -> None:
        """Remember what the sprint delivered and what came to it, and begin to count anew."""
        if self.sprint >= 0:
            self.velocities.append(self.delivered)
            self.loads.appendleft(self.unplanned)
        self.delivered = self.spent = self.unplanned = 0

    def forecast(self, by_velocity: bool, due: int) -> int:
        """What the team may commit: points, the mean of the last sprints, or focus seconds left
        over."""
        if by_velocity and self.velocities:
            return sum(self.velocities) // len(self.velocities)
        return max(0, self.capacity - self.reserve - self.improve - due)

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
            total += story.points if by_points else story.believed_left
            if total > forecast:
                break
            self.backlog.popleft()
            self.unfinished.append(story)
            self.unstarted.append(story)
            self.unstarted_estimate += story.believed_left
        return self.unfinished

    def next_committed(self) -> Story | None:
        """Take the next story of the sprint that nobody works on; None where there is none."""
        if self.handed_back:
            return self.handed_back.pop(0)
        if not self.unstarted:
            return None
        self.unstarted_estimate -= self.unstarted[0].believed_left
        return self.unstarted.popleft()

    def pull(self) -> Story:
        """Take one more story from the backlog."""
        story = self.backlog.popleft()
        self.unfinished.append(story)
        return story

    def send_back(self) -> Story:
        """Return the last committed story that nobody has begun to the backlog."""
        story = self.unstarted.pop()
        self.unstarted_estimate -= story.believed_left
        self.unfinished.remove(story)
        self.backlog.appendleft(story)
        return story

    def empty_sprint(self, rules: Rules) -> None:
        """Return all unfinished stories to the backlog; a share of the progress is lost."""
        for story in sorted(self.unfinished, key=lambda story: story.id, reverse=True):
            story.lose_progress(rules)
            self.backlog.appendleft(story)
        self.unfinished, self.handed_back, self.stories_begun = [], [], 0
        self.unstarted.clear()
        self.unstarted_estimate = 0


def people(org: Organisation) -> list[Developer]:
    """Every developer by id, free and present."""
    rows = zip(org.team.tolist(), org.seat.tolist(), org.rank.tolist(), strict=True)
    return [Developer(id, team, seat, rank) for id, (team, seat, rank) in enumerate(rows)]


def teams_of(
    org: Organisation,
    backlog: Backlog,
    developers: list[Developer],
    queues: list[list[Incident]],
) -> list[Team]:
    """Every team with its developers, its backlog and its queue, or the one queue that there is."""
    columns = (
        backlog.points,
        backlog.estimate,
        backlog.effort,
        backlog.regression,
        backlog.uniform,
        backlog.effort,
    )
    rows: list[tuple[int, int, int, int, int, int]]
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    first = backlog.first.tolist()
    return [
        Team(
            id=t,
            focus=int(org.focus[t]),
            developers=[developers[d] for d in org.members(t)],
            backlog=deque(Story(s, t, *rows[s]) for s in range(first[t], first[t + 1])),
            queue=queues[t % len(queues)],
        )
        for t in range(org.teams)
    ]


def possible_incidents(path: SamplePath) -> list[tuple[Any, ...]]:
    """The fields of each incident that may open, without its id, in the order of those of
    `Incident`."""
    org, table = path.organisation, path.incidents
    kind = table.kind
    columns = (
        kind,
        org.severity[kind],
        table.team,
        org.people[kind],
        org.mean_effort[kind],
        table.cause,
        table.opened,
        table.after,
        table.effort,
        table.deflected,
        table.first_line,
        table.reopening,
        table.uniform,
        org.abandon_after[kind],
        org.escalate_after[kind],
    )
    return list(zip(*(column.tolist() for column in columns), strict=True))
