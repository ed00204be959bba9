"""--set and --lever: small changes from outside, checked like the file itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario.reading import digest, load
from sim.scenario.schema import Scenario

WEB = Path(__file__).parents[2] / "scenarios" / "web_agency.toml"


def changed(*changes: str) -> Scenario:
    return load(WEB, changes)


def test_a_value_is_replaced() -> None:
    assert changed("time.horizon_weeks=26").time.horizon_weeks == 26
    assert changed("sprints.plan_by=velocity").sprints.plan_by == "velocity"


def test_plus_adds_and_times_multiplies() -> None:
    assert changed("teams.Checkout.developers=+2").teams[0].developers == 9
    assert changed("incidents.production-outage.per_week=*1.5").incidents[0].per_week == 2.25


def test_a_star_changes_every_entry() -> None:
    assert [t.developers for t in changed("teams.*.developers=+1").teams] == [8] * 5


@pytest.mark.parametrize("name", ["manual data fix", "manual-data-fix", "manual_data_fix", "1"])
def test_an_entry_is_named_by_its_kind_or_place(name: str) -> None:
    assert changed(f'incidents."{name}".severity=4').incidents[1].severity == 4


def test_a_whole_table_may_be_given() -> None:
    after = changed('incidents.0.effort_hours={ dist = "constant", value = 3 }')
    assert after.incidents[0].effort_hours.mean() == 3


def test_changes_are_made_in_order() -> None:
    after = changed("teams.0.developers=10", "teams.0.developers=*2", "teams.0.developers=+1")
    assert after.teams[0].developers == 21


def test_a_lever_changes_what_it_says() -> None:
    after = load(WEB, levers=["Hire one developer per team", "Plan by capacity"])
    assert after.developers == 40
    assert after.sprints.plan_by == "capacity"


def test_a_policys_setting_may_be_added() -> None:
    after = changed("policies.reserved-buffer.share=0.3")
    assert after.policies["reserved-buffer"] == {"share": 0.3}


def test_the_digest_follows_what_a_scenario_says_not_how(tmp_path: Path) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_text("# a comment\n" + WEB.read_text())
    assert digest(load(copy)) == digest(load(WEB))
    assert digest(changed("time.horizon_weeks=26")) != digest(load(WEB))
