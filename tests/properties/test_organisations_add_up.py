"""Whatever few organisations have, everything still adds up to the second."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.trace import Event, EventType
from sim.measures.by_week import by_week
from sim.measures.metrics import Key, measure
from sim.measures.run import Run, run
from sim.policy.contract import PLAIN_SCRUM, Policy
from sim.sampling.calendars import WEEK
from sim.sampling.incidents import OPEN_BEFORE
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table
from tests.strategies import organisations, policies

OF_DEVELOPERS = (EventType.STARTED, EventType.STORY_STARTED, EventType.IMPROVEMENT_STARTED)


def check(lived: Run) -> None:
    path, accounts = lived.path, lived.accounts
    org = path.organisation
    hours = [org.hours.calendars[keeps] for keeps in org.hours.of_developer.tolist()]
    own = [calendar.worked(org.horizon) for calendar in hours]
    assert accounts.activities.sum(axis=1).tolist() == own, "a developer's hours by their own clock"
    ended = np.where(accounts.ended >= 0, accounts.ended, org.horizon)
    assert (accounts.stages.sum(axis=1) == ended - accounts.opened).all()
    assert accounts.stages.min(initial=0) >= 0
    for time, event_type, _, developer, _, _ in lived.events.tolist():
        if event_type in OF_DEVELOPERS:
            calendar = hours[developer]
            begun = calendar.worked(time + 1) > calendar.worked(time)
            ends = time > 0 and calendar.worked(time) > calendar.worked(time - 1)
            assert begun or ends, "somebody works outside their own hours"
    figures = measure(path, lived.events)
    in_all = {key.name: value for key, value in figures.items() if key.section == "accounts"}
    parts = ("open", "deflected", "resolved", "withdrawn")
    assert in_all["opened"] == sum(in_all[name] for name in parts)
    open_before = int((path.incidents.cause == OPEN_BEFORE).sum())
    counted = figures[Key("response", "all", "incidents_measured")] + in_all["deflected"]
    assert in_all["opened"] - open_before <= counted <= in_all["opened"]
    check_planned(lived)
    weekly = by_week(path, lived.events, accounts)
    done = lived.events[:, Event.type] == EventType.STORY_DONE
    finished = path.stories.points[lived.events[done, Event.item]].sum() if done.any() else 0
    assert weekly.points.sum() == finished
    assert len(weekly.points) == org.horizon // WEEK


def check_planned(lived: Run) -> None:
    """Each team plans each sprint that has an open day, at its first opening, and no other."""
    org, events = lived.path.organisation, lived.events
    planned = events[events[:, Event.type] == EventType.PLANNED]
    at = {(row[Event.team], row[Event.item]): row[Event.time] for row in planned.tolist()}
    for team, moments in enumerate(org.plannings.tolist()):
        for number, (begins, ends) in enumerate(pairwise(moments)):
            held = begins < ends and begins < org.horizon
            assert ((team, number) in at) == held
            assert not held or begins <= at[team, number] < ends or at[team, number] == begins


@settings(max_examples=25)
@given(organisations(), policies(), st.integers(0, 2**32))
def test_hours_accounts_and_plannings_add_up(table: dict, chosen: list[Policy], seed: int) -> None:
    path = sample_path(from_table(table), seed)
    for policy in (PLAIN_SCRUM, chosen[-1], chosen[seed % len(chosen)]):
        check(run(path, policy))


@pytest.mark.long
@settings(max_examples=400)
@given(organisations(), policies(), st.integers(0, 2**32))
def test_hours_accounts_and_plannings_add_up_in_many_cases(
    table: dict, chosen: list[Policy], seed: int
) -> None:
    path = sample_path(from_table(table), seed)
    for policy in chosen:
        check(run(path, policy))
