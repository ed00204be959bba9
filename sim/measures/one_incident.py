"""One incident followed through a trace: where its time went, stretch by stretch, to the second.

It is told from the events alone, in order, and comes to what the ledger books of all incidents at once
(`sim.measures.ledger`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.engine.states import Outcome, Stage
from sim.engine.trace import Event, EventType, Of
from sim.measures.book import INCIDENT_STAGES
from sim.measures.run import Run
from sim.sampling.calendars import WEEK, Calendar

CLOSED, *_OF_STAGES = INCIDENT_STAGES


@dataclass(frozen=True)
class Stretch:
    """A stretch of an incident's time in one stage; seconds."""

    begins: int
    ends: int
    stage: str
    """one of INCIDENT_STAGES"""
    developer: int = -1
    """who works on it, of several the one who began last; -1: nobody"""


@dataclass(frozen=True)
class IncidentStory:
    """What became of an incident under a policy; moments are seconds, -1: it has not come to that."""

    incident: int
    opened: int
    started: int
    """the first answer"""
    ended: int
    """resolved, settled by the first line, or withdrawn"""
    outcome: Outcome
    stretches: tuple[Stretch, ...]
    """from its opening on, in order and without gaps, to its end or to the horizon"""
    taken_from: tuple[tuple[int, int], ...]
    """(second, developer) of everybody whom it took off other work"""

    def until_answer(self) -> dict[str, int]:
        """Seconds by stage from its opening to its first answer, or to the horizon; they add up to all of it."""
        return self._split(self.started if self.started >= 0 else None)

    def until_end(self) -> dict[str, int]:
        """Seconds by stage from its opening to its end, or to the horizon; they add up to all of it."""
        return self._split(None)

    def _split(self, until: int | None) -> dict[str, int]:
        spent: Counter[str] = Counter(dict.fromkeys(INCIDENT_STAGES, 0))
        for stretch in self.stretches:
            ends = stretch.ends if until is None else min(stretch.ends, until)
            spent[stretch.stage] += max(ends - stretch.begins, 0)
        return dict(spent)


def incident_story(run: Run, incident: int) -> IncidentStory | None:
    """What became of an incident; None where it does not open under this policy.

    Args:
        run: under one policy.
        incident: its number in the path.
    """
    rows = run.events[run.events[:, Event.item] == incident].tolist()
    own = [row for row in rows if EventType(row[Event.type]).of is Of.INCIDENT]
    opened = next((row[Event.time] for row in own if row[Event.type] == EventType.OPENED), -1)
    if opened < 0:
        return None
    answers = (EventType.STARTED, EventType.PAGED)
    started = next((row[Event.time] for row in own if row[Event.type] in answers), -1)
    last = [row for row in own if EventType(row[Event.type]).stage is not None][-1]
    outcome = EventType(last[Event.type]).outcome
    ended = last[Event.time] if outcome != Outcome.OPEN else -1
    taken = tuple(
        (row[Event.time], row[Event.developer])
        for row in own
        if row[Event.type] == EventType.INTERRUPTED
    )
    until = ended if ended >= 0 else run.path.scenario.time.horizon_weeks * WEEK
    return IncidentStory(
        incident,
        opened,
        started,
        ended,
        outcome,
        tuple(_stretches(run, incident, own, until)),
        taken,
    )


def _stretches(run: Run, incident: int, rows: list[list[int]], until: int) -> Iterator[Stretch]:
    org = run.path.organisation
    home = org.calendar_of(int(run.path.incidents.team[incident]))
    stage, since, hours, developer = Stage.UNOPENED, 0, home, -1
    for row in rows:
        event_type, time = EventType(row[Event.type]), row[Event.time]
        if event_type.stage is None:
            continue
        if stage != Stage.UNOPENED:
            yield from _cut(since, min(time, until), stage, hours, developer)
        others_go_on = event_type.shared and row[Event.value] > 0
        stage = Stage.IN_WORK if others_go_on else event_type.stage
        if not others_go_on:
            works = event_type.stage in (Stage.IN_WORK, Stage.AT_NIGHT)
            developer = row[Event.developer] if works else -1
            counts_theirs = event_type.stage == Stage.IN_WORK
            theirs = int(org.hours.of_developer[developer])
            hours = org.hours.calendars[theirs] if counts_theirs else home
        since = time
    if stage not in (Stage.UNOPENED, Stage.CLOSED):
        yield from _cut(since, until, stage, hours, developer)


def _cut(
    begins: int, ends: int, stage: Stage, hours: Calendar, developer: int
) -> Iterator[Stretch]:
    """One stay in a stage, cut where the hours begin and end that count."""
    if ends <= begins:
        return
    if stage == Stage.AT_NIGHT:
        yield Stretch(begins, ends, _named(Stage.IN_WORK), developer)
        return
    first = int(np.searchsorted(hours.closes, begins, side="right"))
    here = begins
    for opens, closes in zip(
        hours.opens[first:].tolist(), hours.closes[first:].tolist(), strict=True
    ):
        if opens >= ends:
            break
        if opens > here:
            yield Stretch(here, opens, CLOSED)
        here = max(here, opens)
        yield Stretch(here, min(closes, ends), _named(stage), developer)
        here = min(closes, ends)
    if here < ends:
        yield Stretch(here, ends, CLOSED)


def _named(stage: Stage) -> str:
    return _OF_STAGES[stage - 1]
