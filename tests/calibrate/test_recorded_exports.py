"""Recorded histories that do not ship, as their licences are not stated: in the folder that FIRELANE_DATA
names (docs/validation.md says what lies there)."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import numpy as np
import pytest

from sim.calibrate import record_days
from sim.calibrate.asking import asked
from sim.calibrate.backtest import backtest
from sim.calibrate.calibration import Calibration, calibrate, read_all
from sim.calibrate.scenario_text import scenario_of, scenario_text
from sim.calibrate.today import seconds_of
from validation.from_today import (
    LEVELS,
    MOMENTS,
    coverage,
    forecasts,
    known_at,
    off,
    rows_of,
    were_open,
)

if not os.environ.get("FIRELANE_DATA"):
    pytest.skip("FIRELANE_DATA names no folder of recorded exports", allow_module_level=True)


@pytest.fixture(scope="session")
def data() -> Path:
    return Path(os.environ["FIRELANE_DATA"])


def calibrated(*paths: Path, **options: str) -> Calibration:
    wishes = asked(**options)  # type: ignore[arg-type]
    return calibrate(read_all(paths, None, wishes.say), wishes)


def report(found: Calibration) -> str:
    return "\n".join(str(finding) for export in found.exports for finding in export.quality)


def test_every_known_problem_of_the_service_desk_log_is_counted(data: Path) -> None:
    found = calibrated(data / "servicenow_uci" / "incident_event_log.csv.gz")
    text = report(found)
    for expected in (
        "resolved_at: cells without a value, 2.4%", "noticed 2,216",
        "sys_created_at: cells without a value, 31.6%",
        "assigned_to: cells without a value, 19.2%",
        "assignment_group: cells without a value, 14.2%",
        "cmdb_ci: cells without a value, 99.5%", "vendor: cells", "caused_by: cells", "rfc: cells",
        "repaired 1,099: tickets without a time of resolution: taken from their first Resolved row, "
        "1,096 of them within a minute of opening",
        "noticed 15,170: tickets whose resolution stands in all their rows",
        "noticed 11,834: tickets closed about 5.0 days after their resolution: closing is automatic",
        "noticed 5: rows written before their ticket was opened",
        "noticed 15,170: openings are to the minute",
        "noticed 91,255: rows reported by Phone (100%): nearer to a help desk",
    ):  # fmt: skip
        assert expected in text
    assert found.record is not None
    assert "2016-02-29, holds 207 tickets" in found.record.notes[0]
    assert [str(record_days.date_of(day)) for day in found.record.holidays] == [
        "2016-03-25", "2016-04-21", "2016-04-22"
    ]  # fmt: skip
    said = scenario_text(found, "log")
    assert "Elapsed times are not effort" in said
    assert "Priority follows impact, not speed" in said
    assert not any(kind.effort for kind in found.kinds)
    scenario_of(said)


def test_the_service_desk_profile_has_two_humps_a_lunch_dip_and_a_heavy_monday(data: Path) -> None:
    found = calibrated(data / "servicenow_uci" / "incident_event_log.csv.gz")
    usual = max(found.kinds, key=lambda kind: kind.per_week.value)
    hours = usual.profile.reshape(7, 24)[:5].sum(axis=0)
    assert hours[12] < 0.6 * min(hours[9:11].max(), hours[14:16].max())
    assert hours[9] > hours[14] > hours[17]
    days = usual.profile.reshape(7, 24).sum(axis=1)
    assert 1.15 < days[0] / days[1:5].mean() < 1.35
    dispersions = [dispersion for _, _, dispersion in found.groups]
    assert len(dispersions) >= 35
    assert 1.8 < float(np.median(dispersions)) < 3.2
    assert all(kind.poisson < 0.05 for kind in found.kinds)


def test_weeks_6_to_8_of_the_service_desk_are_covered_from_weeks_1_to_5(data: Path) -> None:
    path = data / "servicenow_uci" / "incident_event_log.csv.gz"
    wishes = asked(hours="8-18")
    exports = read_all([path], None, wishes.say)
    scenario = scenario_of(scenario_text(calibrate(exports, wishes), "log"))
    found = backtest(scenario, exports, wishes, "kanban", 5, 60, 1)
    daily, weekly, backlog = found.bands
    assert weekly.inside == len(weekly.at) == 3
    assert daily.covers
    assert not backlog.covers, "effort is assumed and waiting is not modelled"


@pytest.mark.parametrize("at", MOMENTS)
def test_at_five_moments_as_many_tickets_are_open_as_the_log_says(
    at: datetime.datetime, data: Path
) -> None:
    found = known_at(data, at)
    assert found.today is not None
    tickets = found.today.tickets
    assert tickets.count == were_open(rows_of(data), seconds_of(at))
    assert sum(tickets.entries.values()) == tickets.count, "in so short a record none is forgotten"
    begun = scenario_of(scenario_text(found, "log"))
    assert begun.start is not None
    assert begun.start.at == at


@pytest.mark.long
def test_a_forecast_from_five_moments_covers_what_happened_at_its_stated_level(data: Path) -> None:
    """Five weeks that overlap are few: that a band holds more than it says is no fault found here."""
    found = forecasts(data, 100, lambda what, done, of: None)
    for level in LEVELS:
        assert coverage(found, level).mean() >= level
    assert off(found, lambda one: one.middle).mean() < 0.1


@pytest.mark.parametrize(
    ("project", "sprints", "say_do", "added", "added_points", "removed"),
    [
        ("apache", 348, 0.56, 0.31, 0.29, 0.15),
        ("jboss", 372, 0.62, 0.22, 0.19, 0.06),
        ("mongodb", 765, 1.03, 0.40, 0.41, 0.12),
    ],
)
def test_sprint_data_gives_its_known_ratios(
    project: str, sprints: int, say_do: float, added: float, added_points: float, removed: float,
    data: Path,
) -> None:  # fmt: skip
    folder = data / f"sprints_{project}"
    found = calibrated(*(folder / f"{project}_iteration_{at}.csv" for at in (0, 80)))
    d = found.delivery
    assert d is not None
    assert d.sprints == sprints
    values = [d.say_do, d.added_items, d.added_points, d.removed_items]
    assert [figure and figure.value for figure in values] == pytest.approx(
        [say_do, added, added_points, removed], abs=0.01
    )
    assert all(figure and figure.low < figure.value < figure.high for figure in values)
    assert "sprints without points at their start" in report(found)
    if project == "mongodb":
        assert "noticed 29: longer than 30 days (up to 718): no sprint" in report(found)
        assert d.days is not None
        assert d.days.value == 18
    scenario_of(scenario_text(found, project))


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("jira_csv/jira_student_points.csv", "read 45: stories"),
        ("jira_csv/jira_small_done.csv", "read 22: stories"),
        ("jira_csv/jira_company_redacted.csv", "read 8: stories"),
        ("jira_csv/jira_portuguese_redacted.csv", "read 8: stories"),
        (
            "github_issues/rest_issues_rails.json.gz",
            "dropped 377: pull requests: they are no issues",
        ),
        ("github_issues/gh_issue_list.json", "read 50: incidents"),
        ("pagerduty_csv/incidents.csv", "read 3: incidents"),
    ],
)
def test_sample_exports_are_read_and_say_what_they_cannot_tell(
    file: str, expected: str, data: Path
) -> None:
    found = calibrated(data / file)
    assert expected in report(found)
    [export] = found.exports
    said = " ".join(export.cannot_tell)
    wanted = {
        "Jira issues": "no history of what was committed",
        "GitHub issues": "When somebody first answered is not in it",
        "PagerDuty incidents": "not that work began",
    }
    assert wanted[export.title] in said
    scenario_of(scenario_text(found, file))


def test_localised_jira_is_understood(data: Path) -> None:
    [export] = read_all([data / "jira_csv" / "jira_portuguese_redacted.csv"], None, asked().say)
    assert export.tickets is not None
    stories = export.tickets.stories
    assert stories["resolved"].notna().all()
    assert set(stories["severity"]) <= {1, 2, 3, 4}
    assert "FA Sprint 2" in set(stories["sprint"])
