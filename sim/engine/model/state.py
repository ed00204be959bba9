"""What developers, teams, stories and incidents hold at a moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from sim.engine.rules import Rules, estimate_left, grown, lost_progress
from sim.engine.states import NEVER, Activity, Stage
from sim.policy.views import LATER, DeveloperView, IncidentView, StoryView
from sim.sampling.calendars import Calendar
from sim.sampling.organisation import Organisation
from sim.sampling.sample_path import SamplePath

FREE, WORKING, CEREMONY, FILLING_IN, ON_CALL, RESTING, AWAY = Activity

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
    def view(self) -> StoryView:
        """What decisions see of the story."""
        return StoryView(self.id, self.team, self.points, self.estimate, int(self.begun))

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
    effort: int
    remaining: int
    taken: bool = False
    """Somebody works on it."""
    done: bool = False

    @property
    def begun(self) -> bool:
        """Whether some of it is done, though finding back may have made it more than it was."""
        return self.remaining != self.effort


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
    chance: int
    abandon_after: int
    escalate_after: int
    cost: int
    growth: int
    """Per mille of its effort that a day adds until somebody starts."""
    logged: bool
    """Is on record."""
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
    """Has come to its team, and is among what came to it."""
    shared_out: bool = False
    """How many work on it together is settled."""
    label: int = 0
    """What `route` wrote on it."""
    respond_by: int = LATER
    resolve_by: int = LATER
    due: int = LATER
    worked_before: int = 0
    """Working seconds of its team for which it had been open when it came up."""
    in_queue: tuple[int, int, int] = (0, 0, 0)
    """Its place in the queue that it entered last: the least rank first, then the oldest."""
    working: int = 0
    """Developers on it now."""
    unfinished: int = field(init=False)
    """Parts not done."""
    waiting: list[Part] = field(init=False)
    """Parts nobody works on, by number."""
    view: IncidentView = field(init=False)
    """What decisions see of it."""

    def __post_init__(self) -> None:
        self.divide(self.people, self.effort)

    def divide(self, people: int, effort: int) -> None:
        """Make as many parts of the incident, of equal effort, as people are to work on it together."""
        self.people, self.effort, self.unfinished = people, effort, people
        self.waiting = [Part(self, number, effort) for number in range(people)]

    def grow(self, now: int) -> None:
        """Have become more until now, when somebody starts."""
        self.effort = grown(self.effort, self.growth, now - self.opened)
        for part in self.waiting:
            part.remaining = grown(part.remaining, self.growth, now - self.opened)

    @property
    def in_wait(self) -> tuple[int, int, int]:
        """What orders those that wait for a planning: worst first, then oldest."""
        return (self.severity, self.opened, self.id)

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
        """Renew what decisions see of the incident, when it opens or has changed."""
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
            self.respond_by,
            self.resolve_by,
            self.due,
            self.cost,
            self.chance,
            self.label,
        )


IN_QUEUE, IN_WAIT = attrgetter("in_queue"), attrgetter("in_wait")


@dataclass(slots=True, eq=False)
class Developer:
    """A developer: on duty or not, away, free or busy with something."""

    id: int
    team: int
    seat: int
    rank: int
    hours: Calendar
    """When they work."""
    week: int
    """Seconds that they work in an ordinary week."""
    ramp: int
    """Working seconds until they are worth a veteran, once they have joined."""
    joined: int
    """When they joined; NEVER: they were there before."""
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
    vacant: bool = False
    """The one who had this place has left for good, and nobody has joined yet."""
    sprints_here: int = 0
    """Plannings at which they were present."""
    sprints_on_duty: int = 0
    """Of these, those that put them on duty."""
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

    def practice(self, moment: int) -> int:
        """The working seconds from their joining to a moment."""
        return self.hours.worked(moment) - self.hours.worked(self.joined)

    def is_new(self, moment: int) -> bool:
        """Whether they are not worth a veteran yet."""
        return self.joined <= moment and self.practice(moment) < self.ramp

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


def people(org: Organisation) -> list[Developer]:
    """Every developer by id, free and present."""
    hours = org.hours
    columns = (org.team, org.seat, org.rank, hours.of_developer, hours.week, org.ramp, hours.joins)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [
        Developer(
            id, team, seat, rank, hours.calendars[keeps], week, ramp, joins if joins >= 0 else NEVER
        )
        for id, (team, seat, rank, keeps, week, ramp, joins) in enumerate(rows)
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
        table.chance,
        org.abandon_after[kind],
        org.escalate_after[kind],
        org.cost[kind],
        org.growth[kind],
        table.logged,
    )
    return list(zip(*(column.tolist() for column in columns), strict=True))
