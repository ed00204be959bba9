"""Whatever the organisation and the policy: nothing is lost, nobody is in two places, hours add up.

The checks follow the trace event by event and share no code with `sim.measures.accounts`.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.trace import Event, EventType
from sim.measures.accounts import ACTIVITIES, INCIDENT_STAGES
from sim.measures.run import Run, run
from sim.policy.contract import PLAIN_SCRUM, Policy, plain_people
from sim.sampling.incidents import REPORTED
from sim.sampling.organisation import MILLE
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.reading import from_table
from tests.strategies import policies, scenario_tables

ABSENT, MEETING, RESTING = "absent", "meeting", "resting"


class Follower:
    """Replays a trace and objects to whatever cannot be."""

    def __init__(self, path: SamplePath, policy: Policy) -> None:
        self.path, self.org = path, path.organisation
        self.kind_says_how_many = policy.people is plain_people
        self.doing: dict[int, object] = {}
        """developer → ABSENT, MEETING or (what, id); missing: nothing"""
        self.on_story: dict[int, int] = {}
        self.on_improvement: dict[int, int] = {}
        self.on_incident: dict[int, set[int]] = defaultdict(set)
        self.incident_state: dict[int, str] = {}
        self.opened: dict[int, int] = {}
        self.parts_done: dict[int, int] = defaultdict(int)
        self.stories_done: set[int] = set()
        self.since: dict[int, int] = {}
        self.last = 0

    def follow(self, result: Run) -> None:
        for time, event_type, item, developer, team, value in result.events.tolist():
            assert self.last <= time < self.org.horizon
            self.last = time
            getattr(self, f"on_{EventType(event_type).name.lower()}")(
                time, item, developer, team, value
            )

    def is_open(self, time: int) -> bool:
        """Also at the second of closing: what ends then may give way to what waits in hand."""
        worked = self.org.calendar.worked
        return worked(time + 1) > worked(time) or (time > 0 and worked(time) > worked(time - 1))

    def free(self, developer: int) -> bool:
        return developer not in self.doing

    def stretch(self, developer: int, home: int) -> int:
        team = int(self.org.team[developer])
        stretch = MILLE * MILLE // int(self.org.focus[team])
        return stretch if home == team else stretch * self.org.unfamiliarity // MILLE

    # incidents

    def on_opened(self, time, item, developer, team, value):
        assert item not in self.incident_state, "opened twice"
        assert (
            self.path.incidents.cause[item] != REPORTED or self.path.incidents.opened[item] == time
        )
        self.incident_state[item] = "waits"
        self.opened[item] = time

    def on_deflected(self, time, item, developer, team, value):
        assert self.path.incidents.deflected[item] == 1
        self.close(item, "deflected")

    def on_avoided(self, time, item, developer, team, value):
        assert item not in self.incident_state, "avoided though it had opened"
        self.incident_state[item] = "closed"

    def on_deferred(self, time, item, developer, team, value):
        assert self.incident_state[item] == "waits"

    def on_queued(self, time, item, developer, team, value):
        assert self.incident_state[item] == "waits"

    def on_escalated(self, time, item, developer, team, value):
        assert self.incident_state[item] == "waits", "escalated though somebody had started"
        kind = self.path.incidents.kind[item]
        assert value == max(1, self.org.severity[kind] - 1)
        if self.org.promises[kind, 2]:
            return
        opened = self.opened[item]
        assert time == opened + self.org.escalate_after[kind], "not exactly at the threshold"

    def on_outgrown(self, time, item, developer, team, value):
        assert self.doing.pop(developer) == ("incident", item)
        self.on_incident[item].remove(developer)
        assert not self.on_incident[item]
        self.incident_state[item] = "waits"

    def on_paged(self, time, item, developer, team, value):
        assert self.org.calendar.next_open(time) != time, "called in working hours"
        self.begin_incident(item, developer, team)

    def on_started(self, time, item, developer, team, value):
        assert self.is_open(time), "works outside hours"
        self.begin_incident(item, developer, team)

    def begin_incident(self, item, developer, team):
        assert self.incident_state[item] != "closed"
        assert self.free(developer), "in two places"
        assert team == self.org.team[developer]
        self.incident_state[item] = "started"
        self.on_incident[item].add(developer)
        if self.kind_says_how_many:
            people = int(self.org.people[self.path.incidents.kind[item]])
            at_it = len(self.on_incident[item]) + self.parts_done[item]
            assert at_it <= people, "a part worked twice"
        self.doing[developer] = ("incident", item)

    def on_suspended(self, time, item, developer, team, value):
        assert self.doing.pop(developer) == ("incident", item)
        self.on_incident[item].remove(developer)
        assert value == len(self.on_incident[item])

    def on_part_done(self, time, item, developer, team, value):
        self.on_suspended(time, item, developer, team, value)
        self.parts_done[item] += 1

    def on_resolved(self, time, item, developer, team, value):
        assert self.doing.pop(developer) == ("incident", item)
        assert self.on_incident.pop(item) == {developer}
        if self.kind_says_how_many:
            people = int(self.org.people[self.path.incidents.kind[item]])
            assert self.parts_done[item] == people - 1, "resolved before all had done their part"
        self.close(item, "resolved")

    def on_withdrawn(self, time, item, developer, team, value):
        assert self.incident_state[item] == "waits", "withdrawn though somebody had started"
        self.close(item, "withdrawn")

    def close(self, item: int, how: str) -> None:
        assert self.incident_state[item] != "closed", f"{how}, but was closed"
        self.incident_state[item] = "closed"

    def on_interrupted(self, time, item, developer, team, value):
        assert self.free(developer)

    # stories

    def on_committed(self, time, item, developer, team, value):
        assert item not in self.stories_done

    def on_pulled(self, time, item, developer, team, value):
        assert item not in self.stories_done

    def on_story_started(self, time, item, developer, team, value):
        assert item not in self.stories_done
        assert self.free(developer), "in two places"
        assert item not in self.on_story, "a story worked twice at once"
        assert self.is_open(time), "works outside hours"
        first, last = self.path.stories.first[team : team + 2]
        assert first <= item < last, "another team's story"
        self.doing[developer] = ("story", item)
        self.on_story[item] = developer

    def on_story_suspended(self, time, item, developer, team, value):
        assert self.doing.pop(developer) == ("story", item)
        assert self.on_story.pop(item) == developer

    def on_story_done(self, time, item, developer, team, value):
        self.on_story_suspended(time, item, developer, team, value)
        self.stories_done.add(item)

    def on_sent_back(self, time, item, developer, team, value):
        assert item not in self.on_story
        assert item not in self.stories_done

    # improvements

    def on_improvement_started(self, time, item, developer, team, value):
        assert self.free(developer), "in two places"
        assert item not in self.on_improvement, "an improvement worked twice at once"
        assert self.is_open(time), "works outside hours"
        self.doing[developer] = ("improvement", item)
        self.on_improvement[item] = developer

    def on_improvement_suspended(self, time, item, developer, team, value):
        assert self.doing.pop(developer) == ("improvement", item)
        assert self.on_improvement.pop(item) == developer

    on_improvement_done = on_improvement_suspended

    # people

    def on_rest_began(self, time, item, developer, team, value):
        assert self.free(developer)
        self.doing[developer] = RESTING

    def on_rest_ended(self, time, item, developer, team, value):
        assert self.doing.pop(developer) == RESTING

    def on_ceremony_began(self, time, item, developer, team, value):
        assert self.free(developer)
        self.doing[developer] = MEETING

    def on_ceremony_ended(self, time, item, developer, team, value):
        assert self.doing.pop(developer) == MEETING

    def on_left(self, time, item, developer, team, value):
        assert self.free(developer), "still at work when away"
        self.doing[developer] = ABSENT

    def on_returned(self, time, item, developer, team, value):
        assert self.doing.pop(developer) == ABSENT

    def on_duty_began(self, time, item, developer, team, value):
        pass

    on_duty_ended = on_planned = on_cancelled = on_reviewed = on_noted = on_duty_began


def absences_in(path: SamplePath) -> dict[int, list[tuple[int, int]]]:
    away = path.absences
    spells: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for developer, leaves, returns in zip(
        away.developer.tolist(), away.leaves.tolist(), away.returns.tolist(), strict=True
    ):
        if leaves < path.organisation.horizon:
            spells[developer].append((leaves, min(returns, path.organisation.horizon)))
    return spells


def has(result: Run, event_type: EventType) -> bool:
    return bool((result.events[:, Event.type] == event_type).any())


def check_nothing_is_lost(path: SamplePath, result: Run) -> None:
    table = path.incidents
    opened = set(result.accounts.id.tolist())
    reported = np.flatnonzero(
        (table.cause == REPORTED) & (table.opened < path.organisation.horizon)
    )
    events = result.events
    avoided = set(events[events[:, Event.type] == EventType.AVOIDED, Event.item].tolist())
    assert set(reported.tolist()) <= opened | avoided
    assert not opened & avoided
    frame = result.incidents
    outcomes = frame.outcome.value_counts()
    assert outcomes.sum() == len(frame) == len(opened)
    resolved = set(frame.incident[frame.outcome == "resolved"])
    returns = {int(table.reopening[i]) for i in resolved} - {-1}
    assert opened & set(np.flatnonzero(table.cause == 2).tolist()) <= returns


def check_effort_is_done(path: SamplePath, result: Run) -> None:
    """Work that nothing stopped took its effort, stretched by focus and unfamiliarity."""
    events = result.events
    for types, begin, end, effort in (
        (
            (EventType.STORY_STARTED, EventType.STORY_SUSPENDED, EventType.STORY_DONE),
            EventType.STORY_STARTED,
            EventType.STORY_DONE,
            path.stories.effort,
        ),
        (
            (
                EventType.STARTED,
                EventType.PAGED,
                EventType.SUSPENDED,
                EventType.OUTGROWN,
                EventType.PART_DONE,
                EventType.RESOLVED,
            ),
            EventType.STARTED,
            EventType.RESOLVED,
            path.incidents.effort,
        ),
    ):
        rows = events[np.isin(events[:, Event.type], types)]
        stretch = Follower(path, PLAIN_SCRUM).stretch
        for item in np.unique(rows[:, Event.item]).tolist():
            own = rows[rows[:, Event.item] == item]
            if own[:, Event.type].tolist() != [begin, end] or len(own) != 2:
                continue
            home = int(path.incidents.team[item]) if end == EventType.RESOLVED else int(own[0, 4])
            if home != own[0, 4] and path.organisation.familiar_after:
                continue  # it takes the less the more of others' incidents one has seen
            needed = max(1, int(effort[item]) * stretch(int(own[0, 3]), home) // MILLE) + own[0, 5]
            worked = path.organisation.calendar.worked
            assert worked(int(own[1, 0])) - worked(int(own[0, 0])) == needed


def check_hours_add_up(path: SamplePath, result: Run) -> None:
    org, a = path.organisation, result.accounts
    until = np.where(a.ended >= 0, a.ended, org.horizon)
    assert (a.stages.sum(axis=1) == until - a.opened).all()
    assert (a.stages >= 0).all()
    split = result.accounts.activities
    assert (split.sum(axis=1) == org.calendar.worked(org.horizon)).all()
    assert (split >= 0).all()
    away = np.zeros(org.developers, dtype=np.int64)
    for developer, spells in absences_in(path).items():
        worked = org.calendar.worked
        away[developer] = sum(worked(returns) - worked(leaves) for leaves, returns in spells)
    absence = split[:, ACTIVITIES.index("absence")]
    assert (absence >= away).all()
    assert (absence == away).all() or has(result, EventType.REST_BEGAN)


def check_the_two_splits_agree(path: SamplePath, result: Run) -> None:
    """Hours that incidents were in work are hours that developers worked on them."""
    if (path.organisation.people > 1).any():
        return  # several at once on one incident: its hour in work is several people's
    if has(result, EventType.PAGED):
        return  # nights are in the incident's hours, not in the working hours
    in_work = result.accounts.stages[:, INCIDENT_STAGES.index("in_work")].sum()
    split = result.accounts.activities.sum(axis=0)
    started = result.events[result.events[:, Event.type] == EventType.STORY_STARTED]
    assert (started[:, Event.value] == 0).all(), "stories are never switched to"
    on_incidents = split[ACTIVITIES.index("incidents")] + split[ACTIVITIES.index("switching")]
    assert in_work == on_incidents


cases = (scenario_tables(), policies(), st.integers(0, 2**32))


@settings(max_examples=30)
@given(*cases)
def test_nothing_is_lost_nobody_is_in_two_places_and_hours_add_up(
    table: dict, chosen: list[Policy], seed: int
) -> None:
    check_everything(table, chosen, seed)


@pytest.mark.long
@settings(max_examples=400)
@given(*cases)
def test_nothing_is_lost_in_six_thousand_cases(
    table: dict, chosen: list[Policy], seed: int
) -> None:
    """400 × 15."""
    check_everything(table, chosen, seed)


def check_everything(table: dict, chosen: list[Policy], seed: int) -> None:
    path = sample_path(from_table(table), seed)
    for policy in chosen:
        result = run(path, policy)
        Follower(path, policy).follow(result)
        check_nothing_is_lost(path, result)
        check_hours_add_up(path, result)
        if policy.people is plain_people:
            check_effort_is_done(path, result)
            check_the_two_splits_agree(path, result)
