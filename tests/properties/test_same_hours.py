"""What few organisations have changes nothing for those that only say so: the trace is the same to the byte."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine import layout, plain, processes, rules
from sim.engine.cases import Workspace
from sim.policy.contract import Policy
from sim.policy.registry import known_policies
from sim.sampling.organisation import Organisation
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.reading import from_table, load
from tests.staged import Row, agreed, events, play
from tests.strategies import policies, scenario_tables
from tests.written import interrupt

ENGINES = (processes, plain)

cases = (scenario_tables(), policies(), st.integers(0, 2**32))

few_policies = (cases[0], cases[1].map(lambda chosen: chosen[::4]), cases[2])
"""Four of fifteen."""


def traces(path: SamplePath, chosen: list[Policy]) -> list[bytes]:
    """The trace of each policy on each engine."""
    return [
        trace.tobytes()
        for engine in ENGINES
        for policy in chosen
        for trace in engine.simulate([(path, policy)], Workspace())
    ]


def saying_so(table: dict[str, Any]) -> dict[str, Any]:
    """The same, of which every team states what is the organisation's, and all that is off."""
    hours = "always" if table["time"].get("always_open") else "Mon-Fri 09:00-17:00"
    offset = 5.5
    stated = {"hours": hours, "utc_offset_hours": offset, "part_time": [1.0]}
    return table | {
        "time": table["time"] | {"utc_offset_hours": offset},
        "teams": [team | stated for team in table["teams"]],
        "people": table.get("people", {})
        | {"ramp_up_weeks": 5.0, "mentor_share": 0.3, "leaves_by_duty": 3.0, "vacancy_weeks": 1.0},
        "season": [1.0] * 52,
        "on_call": table.get("on_call", {}) | {"people": 1},
        "events": [],
    }


def by_zone(table: dict[str, Any]) -> dict[str, Any]:
    """The same, of which every team states the organisation's zone."""
    zone = "Europe/Berlin"
    return table | {
        "time": table["time"] | {"zone": zone},
        "teams": [team | {"zone": zone} for team in table["teams"]],
    }


@settings(max_examples=4)
@given(*few_policies)
def test_teams_that_state_the_organisations_own_hours_change_nothing(
    table: dict[str, Any], chosen: list[Policy], seed: int
) -> None:
    usual = traces(sample_path(from_table(table), seed), chosen)
    for stated in (saying_so(table), by_zone(table)):
        path = sample_path(from_table(stated), seed)
        assert len(path.organisation.hours.calendars) == 1
        assert traces(path, chosen) == usual


def test_the_web_agency_is_the_same_where_every_team_states_its_hours() -> None:
    weeks = ["time.horizon_weeks=8"]
    usual = load("web_agency", weeks)
    table = usual.model_dump(by_alias=True)
    for team in table["teams"]:
        team |= {"hours": "Mon-Fri 09:00-17:00", "utc_offset_hours": 0.0}
    stated = from_table(table)
    chosen = [known_policies()["developer-rotation"]]
    one, other = (traces(sample_path(scenario), chosen) for scenario in (usual, stated))
    assert one == other


FORCED = ("zones", "uneven", "ramps", "weekly", "grows", "dues", "unlogged")
"""What can be worked out for an organisation that has none of it."""


def forced(*names: str) -> Any:
    """`extensions_of` that says an organisation has what it has not."""
    usual = rules.extensions_of

    def extensions_of(org: Organisation) -> dict[str, int]:
        return usual(org) | dict.fromkeys(names, 1)

    return extensions_of


def assert_forced_alike(path: SamplePath, chosen: list[Policy], *names: str) -> None:
    usual = traces(path, chosen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "extensions_of", forced(*names))
        patch.setattr(layout, "_begun", OrderedDict())  # how its worlds began before is forgotten
        assert rules.rules_of_path(path)[names[0]] == 1
        assert traces(path, chosen) == usual


def test_who_is_taken_from_a_lesser_incident_leaves_it_to_whoever_may_be_interrupted(
    tmp_path: Path,
) -> None:
    """On Monday at 16:00 the worst takes B's person from a lesser incident that may interrupt, too. A's is on a
    story, and may take it: then and there, and not at the next occasion, which may be days away, and is the next
    opening only where there are many zones."""
    rows: list[Row] = [(10, 3, "B"), (16, 1, "B")]
    office = {"always_open": False, "opens_at_hour": 9, "closes_at_hour": 17}
    policy = Policy(id="anyone", route=interrupt, takes=lambda developer, incident, p: True)
    result = agreed(
        play(
            tmp_path, policy, rows, effort_hours=20, developers=(1, 1), story_hours=100, time=office
        )
    )
    assert events(result, "started")[:3] == [
        (10, "started", 0, 1),
        (16, "started", 1, 1),
        (16, "started", 0, 0),
    ]
    assert_forced_alike(result.path, [policy], "zones")


@settings(max_examples=5)
@given(*few_policies)
def test_what_is_worked_out_for_many_zones_comes_out_the_same_for_one(
    table: dict[str, Any], chosen: list[Policy], seed: int
) -> None:
    assert_forced_alike(sample_path(from_table(table), seed), chosen, "zones", "uneven")


@settings(max_examples=5)
@given(*few_policies)
def test_what_is_worked_out_for_few_organisations_comes_out_the_same_for_others(
    table: dict[str, Any], chosen: list[Policy], seed: int
) -> None:
    assert_forced_alike(sample_path(from_table(table), seed), chosen, *FORCED)


@pytest.mark.long
@settings(max_examples=100)
@given(*cases)
def test_a_hundred_organisations_that_say_so_are_as_they_were(
    table: dict[str, Any], chosen: list[Policy], seed: int
) -> None:
    usual = traces(sample_path(from_table(table), seed), chosen)
    for stated in (saying_so(table), by_zone(table)):
        assert traces(sample_path(from_table(stated), seed), chosen) == usual


@pytest.mark.long
@settings(max_examples=100)
@given(*cases)
def test_many_zones_and_one_are_the_same_in_a_hundred_organisations(
    table: dict[str, Any], chosen: list[Policy], seed: int
) -> None:
    """Under fifteen policies each, on two engines."""
    assert_forced_alike(sample_path(from_table(table), seed), chosen, "zones", "uneven")


@pytest.mark.long
@settings(max_examples=100)
@given(*cases)
def test_all_that_few_have_is_the_same_in_a_hundred_that_have_none_of_it(
    table: dict[str, Any], chosen: list[Policy], seed: int
) -> None:
    assert_forced_alike(sample_path(from_table(table), seed), chosen, *FORCED)
