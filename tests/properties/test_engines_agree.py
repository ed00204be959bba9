"""Three engines, one meaning: the same trace, event for event and second for second."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine import plain
from sim.engine import processes as engine_simpy
from sim.engine.compiled import engine as compiled
from sim.engine.trace import Event, EventType, Trace
from sim.policy.changeover import Changeover
from sim.policy.contract import Policy
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.reading import from_table
from tests.strategies import changes, organisations, policies, scenario_tables, with_ties
from tests.workspaces import WHATEVER, UsedWorkspace
from tests.written import MORE, WRITTEN

NAMES = {event_type.value: event_type.name for event_type in EventType}


def told(rows: Trace) -> list[str]:
    return [" ".join([str(r[0]), NAMES[r[1]], *map(str, r[2:])]) for r in rows.tolist()]


def assert_same(path: SamplePath, policy: Policy | Changeover) -> None:
    [expected] = engine_simpy.simulate([(path, policy)])
    for engine, stood in zip((plain, compiled), WHATEVER, strict=True):
        [found] = engine.simulate([(path, policy)], UsedWorkspace(stood))
        same = np.flatnonzero(
            (expected[: len(found)] != found[: len(expected)]).any(axis=1)
            if len(expected) != len(found)
            else (expected != found).any(axis=1)
        )
        if len(same) or len(expected) != len(found):
            at = int(same[0]) if len(same) else min(len(found), len(expected))
            around = slice(max(0, at - 5), at + 3)
            raise AssertionError(
                f"{engine.__name__} differs at event {at}:\n"
                + "\n".join(["SimPy:", *told(expected[around]), "other:", *told(found[around])])
            )


cases = (scenario_tables() | scenario_tables().map(with_ties), policies(), st.integers(0, 2**32))


@settings(max_examples=10)
@given(*cases)
def test_three_engines_give_one_trace(table: dict, chosen: list[Policy], seed: int) -> None:
    """16 scenarios and paths, each under fifteen policies: 240 cases."""
    path = sample_path(from_table(table), seed)
    for policy in chosen:
        assert_same(path, policy)


@pytest.mark.long
@settings(max_examples=160)
@given(*cases)
def test_three_engines_give_one_trace_in_two_thousand_cases(
    table: dict, chosen: list[Policy], seed: int
) -> None:
    """160 × 15 are 2,400."""
    path = sample_path(from_table(table), seed)
    for policy in chosen:
        assert_same(path, policy)


of_organisations = (organisations() | organisations().map(with_ties), *cases[1:])


@settings(max_examples=6)
@given(*of_organisations)
def test_three_engines_give_one_trace_of_organisations_as_they_are(
    table: dict, chosen: list[Policy], seed: int
) -> None:
    """Six with hours by team, zones, seasons, deadlines, who joins and leaves, today: 90 cases."""
    path = sample_path(from_table(table), seed)
    for policy in chosen:
        assert_same(path, policy)


@pytest.mark.long
@settings(max_examples=140)
@given(*of_organisations)
def test_three_engines_give_one_trace_of_two_thousand_organisations_as_they_are(
    table: dict, chosen: list[Policy], seed: int
) -> None:
    """140 × 15 are 2,100."""
    path = sample_path(from_table(table), seed)
    for policy in chosen:
        assert_same(path, policy)


def assert_same_change(change: tuple[dict, list[Policy], int], seed: int) -> None:
    table, (before, after), sprints = change
    week = sprints * table["time"]["sprint_weeks"]
    assert_same(sample_path(from_table(table), seed), Changeover(before, after, week))


@settings(max_examples=40)
@given(changes(), st.integers(0, 2**32))
def test_three_engines_change_the_policy_alike(change: tuple, seed: int) -> None:
    assert_same_change(change, seed)


@pytest.mark.long
@settings(max_examples=2_000)
@given(changes(), st.integers(0, 2**32))
def test_three_engines_change_the_policy_alike_in_two_thousand_cases(
    change: tuple, seed: int
) -> None:
    assert_same_change(change, seed)


@pytest.mark.long
@settings(max_examples=150)
@given(*cases)
def test_written_policies_give_one_trace_in_two_thousand_cases(
    table: dict, chosen: list[Policy], seed: int
) -> None:
    """150 × 14 are 2,100."""
    path = sample_path(from_table(table), seed)
    for policy in (*WRITTEN, *MORE):
        assert_same(path, policy)


def test_the_large_bundled_scenario_agrees_too(bundled_scenario) -> None:
    from sim.policy.registry import known_policies
    from sim.scenario.reading import load

    scenario = load(bundled_scenario("web_agency"), ["time.horizon_weeks=20"])
    path = sample_path(scenario, 11)
    for policy in known_policies().values():
        assert_same(path, policy)


def test_what_one_puts_down_in_a_dispatch_those_asked_before_find_in_the_next(
    table: dict,
) -> None:
    """An improvement put down for an incident, late in a dispatch, by somebody of the last team."""
    table["time"] = {"horizon_weeks": 6, "warmup_weeks": 0, "sprint_weeks": 1}
    table["teams"] = [{"name": name, "developers": 1, "focus": 1.0} for name in "ABC"]
    del table["stories"]
    table["improvements"] = [{"name": "tool", "effort_hours": 900, "reduces": {"outage": 0.1}}]
    policy = Policy(
        id="all-on-duty",
        on_duty=lambda developer, sprint, p: True,
        route=lambda incident, team, now, p: 1,
    )
    path = sample_path(from_table(table), 5)
    assert_same(path, policy)
    trace = next(engine_simpy.simulate([(path, policy)]))
    started = trace[trace[:, Event.type] == EventType.IMPROVEMENT_STARTED]
    assert len(set(started[:, Event.developer].tolist())) == 3, (
        "it never passed from one to another"
    )


assert os.environ.get("NUMBA_DISABLE_JIT", "0") == "0", "the compiled engine is not tested"
