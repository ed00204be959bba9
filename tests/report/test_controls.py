"""What can be moved in a scenario: all that it holds, by human names, with values as they are."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from sim.policy.registry import chosen_policies
from sim.report.control_rows import EACH_KIND, EACH_TEAM, ROWS
from sim.report.controls import Control, controls_of
from sim.scenario.people_and_plans import (
    Interruptions,
    OnCall,
    People,
    Sprints,
    Stories,
    Team,
    Time,
)
from sim.scenario.reading import bundled, changed, load
from sim.scenario.schema import Money, Scenario
from sim.scenario.unplanned_work import FirstLine, IncidentKind

LEFT_OUT = {
    "time": "start public_holidays holidays closures freezes utc_offset_hours zone",
    "teams": "name hours utc_offset_hours zone part_time public_holidays holidays",
    "stories": "points regression_kind",
    "incidents": "kind team due",
    "people": "absences joining",
    "money": "currency",
}
"""Names, dates and lists, which no stepper, toggle, choice or slider holds."""

TABLES: dict[str, type[BaseModel]] = {
    "time": Time,
    "teams": Team,
    "sprints": Sprints,
    "stories": Stories,
    "incidents": IncidentKind,
    "first_line": FirstLine,
    "people": People,
    "interruptions": Interruptions,
    "on_call": OnCall,
    "money": Money,
}


def of(scenario: Scenario) -> dict[str, Control]:
    return {one.key: one for one in controls_of(scenario, chosen_policies(scenario, None))}


@pytest.mark.parametrize("table", TABLES)
def test_every_figure_of_a_scenario_has_a_control(table: str) -> None:
    rows = [row.key for row in (*ROWS, *EACH_KIND, *EACH_TEAM)]
    moved = {key.rpartition(".")[2] for key in rows if key.startswith(f"{table}.")}
    held = set(TABLES[table].model_fields) - set(LEFT_OUT.get(table, "").split())
    assert held == moved


@pytest.mark.parametrize("name", bundled())
def test_every_control_shows_what_stands_there_and_writing_it_back_changes_nothing(
    name: str,
) -> None:
    scenario = load(bundled()[name])
    found = of(scenario)
    assert len(found) == len(controls_of(scenario, chosen_policies(scenario, None)))
    for one in found.values():
        if one.choices:
            assert one.value in [value for value, _ in one.choices], one.key
        elif one.value is not None:
            assert one.least <= one.value <= one.most, one.key
            assert one.step > 0
        if one.value is None or one.key.startswith("policies."):
            continue
        written = one.value if one.choices else f"{one.value!r}".removesuffix(".0")
        again = changed(scenario, [f"{one.key}={one.sign}{written}"])
        as_written = scenario.model_dump(exclude={"ranges"})  # what is set is known: its range goes
        assert again.model_dump(exclude={"ranges"}) == as_written, one.key


def test_values_between_the_steps_stand_as_they_are(small: Scenario) -> None:
    moved = {"interruptions.resume_minutes": 13.37, "people.sick_share": 0.0123}
    found = of(changed(small, [f"{key}={value}" for key, value in moved.items()]))
    for key, value in moved.items():
        assert found[key].value == value


def test_a_policys_numbers_are_those_it_runs_with() -> None:
    agency = load(bundled()["web_agency"])
    found = of(agency)
    assert found["policies.developer-rotation.people"].value == 2  # of the file
    assert found["policies.reserved-buffer.share"].value == 0.2  # of the policy
    share = found["policies.kanban.improvement_share"].value
    assert share == agency.sprints.improvement_share


def test_no_control_bears_the_name_that_programs_use(small: Scenario) -> None:
    for name in bundled():
        for one in of(load(bundled()[name])).values():
            assert "_" not in one.label, one.key
            assert one.label[0].isupper(), one.key
            assert one.help.endswith("."), one.key


def test_a_wip_limit_is_counted_and_a_severity_has_a_name(small: Scenario) -> None:
    found = of(small)
    wip = found["policies.kanban.wip_limit"]
    assert (wip.kind, wip.unit, wip.value) == ("stepper", "items", 1.5)
    severity = found["policies.reserved-buffer.exempt_severity"]
    assert severity.choices[:3] == (("0", "nothing"), ("1", "outages"), ("2", "serious"))


def test_rates_that_a_log_says_have_no_control() -> None:
    replayed = load(bundled()["service_desk"])
    assert replayed.incidents_from is not None
    assert not any(key.endswith("per_week") and "incidents" in key for key in of(replayed))


def test_teams_of_different_sizes_move_together_and_each_on_its_own() -> None:
    desk = load(bundled()["service_desk"])
    together = of(desk)["teams.*.developers"]
    assert (together.sign, together.now, together.value) == ("+", (7, 9), 0)
    assert of(desk)['teams."Group 25".developers'].value == 9


def test_a_promise_that_nobody_made_can_be_made(small: Scenario) -> None:
    kind = small.incidents[0].kind
    plain: dict[str, Any] = small.model_dump(by_alias=True)
    plain["incidents"][0].update(respond_within_hours=None, resolve_within_hours=None)
    key = f'incidents."{kind}".respond_within_hours'
    found = of(Scenario.model_validate(plain))[key]
    assert (found.value, found.unit) == (None, "hours")
