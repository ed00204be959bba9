"""What a team holds: its people, its backlog, its sprint and its reserve."""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sim.engine.model.state import Developer, Incident, Story
from sim.engine.rules import Rules, share_broken, unspent
from sim.policy.views import HISTORY, TeamView
from sim.sampling.calendars import Calendar
from sim.sampling.organisation import Organisation
from sim.sampling.stories import Backlog


@dataclass(slots=True, eq=False)
class Team:
    """A team, its backlog, its sprint and its reserve."""

    id: int
    focus: int
    hours: Calendar
    """When it works; some of its people less."""
    plannings: list[int]
    """When each of its sprints is planned, and the last one ends."""
    meetings: list[int]
    """When it meets in the middle of each week; -1: not in that week."""
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
    promises: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=HISTORY))
    """Of past sprints: how many were broken, of how many that were settled."""
    broken: int = 0
    """Promises broken in this sprint."""
    settled: int = 0
    """Promises kept or broken in this sprint."""
    share_broken: int = 0
    """Per mille, over past sprints."""
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
    def here(self) -> list[Developer]:
        """The developers for stories: present and not on duty."""
        return [d for d in self.developers if d.present and not d.on_duty]

    def time_left(self, now: int) -> int:
        """The working seconds that those for stories have left in the sprint, all together."""
        return sum(d.hours.worked(self.ends) - d.hours.worked(now) for d in self.here)

    def view(self, support_in_progress: int, closed: bool) -> TeamView:
        """What decisions see of a team; `support_in_progress`: incidents begun and not done, of the
        queue it takes from; `closed`: nobody is at work."""
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
            self.share_broken,
            int(closed),
        )

    # ---- planning ---------------------------------------------------------------------------

    def close_sprint(self) -> None:
        """Remember what the sprint delivered and what came to it, and begin to count anew."""
        if self.sprint >= 0:
            self.velocities.append(self.delivered)
            self.loads.appendleft(self.unplanned)
            self.promises.append((self.broken, self.settled))
            broken, settled = (sum(count) for count in zip(*self.promises, strict=True))
            self.share_broken = share_broken(broken, settled)
        self.delivered = self.spent = self.unplanned = self.broken = self.settled = 0

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

    def next_handed_back(self, suits: Callable[[Story], bool]) -> Story | None:
        """Take the first story that suits of those begun and put down for whoever comes."""
        return _first(self.handed_back, suits)

    def next_unstarted(self, suits: Callable[[Story], bool]) -> Story | None:
        """Take the first story that suits of those committed that nobody has begun."""
        story = _first(self.unstarted, suits)
        if story is not None:
            self.unstarted_estimate -= story.believed_left
        return story

    def pull(self, suits: Callable[[Story], bool]) -> Story | None:
        """Take one more story from the backlog, the first that suits."""
        story = _first(self.backlog, suits)
        if story is not None:
            self.unfinished.append(story)
        return story

    def send_back(self) -> Story:
        """Return the last committed story that nobody has begun to the backlog."""
        story = self.unstarted.pop()
        self.unstarted_estimate -= story.believed_left
        self.unfinished.remove(story)
        self.put_back(story)
        return story

    def put_back(self, story: Story) -> None:
        """Return a story to its place in the backlog."""
        if not self.backlog or story.id < self.backlog[0].id:
            self.backlog.appendleft(story)
        else:
            insort(self.backlog, story, key=lambda story: story.id)

    def empty_sprint(self, rules: Rules) -> None:
        """Return all unfinished stories to the backlog; a share of the progress is lost."""
        for story in sorted(self.unfinished, key=lambda story: story.id, reverse=True):
            story.lose_progress(rules)
            self.put_back(story)
        self.unfinished, self.handed_back, self.stories_begun = [], [], 0
        self.unstarted.clear()
        self.unstarted_estimate = 0


def _first(stories: list[Story] | deque[Story], suits: Callable[[Story], bool]) -> Story | None:
    """Take the first story that suits out of some; None where none does."""
    for place, story in enumerate(stories):
        if suits(story):
            del stories[place]
            return story
    return None


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
            hours=org.calendar_of(t),
            plannings=org.plannings[t].tolist(),
            meetings=org.meetings[t].tolist(),
            developers=[developers[d] for d in org.members(t)],
            backlog=deque(Story(s, t, *rows[s]) for s in range(first[t], first[t + 1])),
            queue=queues[t % len(queues)],
        )
        for t in range(org.teams)
    ]
