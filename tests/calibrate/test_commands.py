"""`firelane calibrate` as it is typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.scenario.distributions import mean_seconds
from tests.command import Firelane

LOG = "scenarios/service_desk_log.csv"
JIRA = "scenarios/exports/jira_stories.csv"


def test_a_scenario_that_is_there_is_not_replaced_unasked(
    firelane: Firelane, tmp_path: Path
) -> None:
    target = tmp_path / "ours.toml"
    target.write_text("mine")
    refused = firelane("calibrate", LOG, "-o", target)
    assert refused.status == 2
    assert "--overwrite" in refused.err
    assert target.read_text() == "mine"
    assert firelane("calibrate", LOG, "-o", target, "--overwrite").status == 0
    assert "vacation_weeks_per_year = 5 # assumed" in target.read_text()


def test_the_next_command_reads_the_incidents_in_the_same_way(
    firelane: Firelane, tmp_path: Path
) -> None:
    target = tmp_path / "ours.toml"
    told = firelane("calibrate", JIRA, LOG, "-o", target, "--hours", "8-18", "--holidays=none")
    assert told.out.endswith(
        f"firelane validate {target} --against {JIRA} --against {LOG} --hours 8-18 --holidays=none --policy NAME\n"
    )


def test_stories_alone_are_held_against_nothing_and_the_next_command_is_said_so(
    firelane: Firelane, tmp_path: Path
) -> None:
    target = tmp_path / "ours.toml"
    assert firelane("calibrate", JIRA, "-o", target).out.endswith(f"firelane compare {target}\n")


def test_the_load_is_that_of_those_who_are_not_away(firelane: Firelane, tmp_path: Path) -> None:
    """So what the command says is what a comparison then finds."""
    target = tmp_path / "ours.toml"
    told = firelane("calibrate", LOG, JIRA, "-o", target).out
    share = int(re.search(r"incidents take (\d+)% of the focus time", told)[1]) / 100
    scenario = sim.load(target)
    organisation = sim.sample_path(scenario, 1, 0).organisation
    present = 1 - organisation.absence / 1_000
    people = sum(team.developers for team in scenario.teams)
    ceremonies = scenario.sprints.ceremony_hours / scenario.time.sprint_weeks
    capacity = people * present * (40 - ceremonies) * scenario.teams[0].focus
    taken = sum(
        kind.per_week * mean_seconds(kind.effort_hours, 3_600) for kind in scenario.incidents
    )
    taken *= (1 - scenario.first_line.deflect_rate) / 3_600
    assert share == pytest.approx(taken / capacity, abs=0.02)
