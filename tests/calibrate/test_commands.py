"""`firelane calibrate` as it is typed."""

from __future__ import annotations

from pathlib import Path

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
        f"firelane validate {target} --against {LOG} --hours 8-18 --holidays=none --policy NAME\n"
    )
