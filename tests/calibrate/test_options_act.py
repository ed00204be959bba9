"""An option acts on every format, or is refused in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.calibrate.planted import calibrated, openings, table
from tests.command import Firelane

OPENED = openings(60)


def jira_json(path: Path) -> Path:
    issues = [
        {"key": f"A-{n}", "fields": {"created": f"{at:%Y-%m-%dT%H:%M:%S}", "issuetype": {"name": "Bug"}, "priority": {"name": "High"},
                                     "customfield_10050": {"value": ("Blocker", "Minor")[n % 2]}, "customfield_9": 1.5}}
        for n, at in enumerate(OPENED)
    ]  # fmt: skip
    path.write_text(json.dumps({"issues": issues}))
    return path


def github(path: Path) -> Path:
    entries = [{"number": n, "created_at": f"{at:%Y-%m-%dT%H:%M:%S}Z", "labels": [{"name": "ui"}], "milestone": {"title": f"M{n % 2}"}}
               for n, at in enumerate(OPENED)]  # fmt: skip
    path.write_text(json.dumps(entries))
    return path


def plain(path: Path) -> Path:
    return table(
        path,
        ("number", "opened", "severity"),
        [(n, f"{at:%Y-%m-%d %H:%M}", 3) for n, at in enumerate(OPENED)],
    )


def velocity(path: Path) -> Path:
    return table(
        path, ("Board", "Sprint", "Zusage", "Fertig"), [("Red", f"S{n}", 30, 28) for n in range(9)]
    )


def test_columns_of_a_json_document_can_be_named(tmp_path: Path) -> None:
    columns = "severity=fields.customfield_10050.value,effort_hours=fields.customfield_9"
    found = calibrated(jira_json(tmp_path / "e.json"), columns=columns)
    assert sorted({kind.severity for kind in found.fit.kinds}) == [1, 4]
    assert found.fit.kinds[0].worked is not None
    assert found.fit.kinds[0].worked.median == 1.5


def test_columns_of_github_issues_can_be_named(tmp_path: Path) -> None:
    found = calibrated(github(tmp_path / "e.json"), columns="group=milestone.title")
    assert {team.name for team in found.fit.teams} == {"M0", "M1"}


def test_columns_of_sprint_data_can_be_named_and_its_format_too(tmp_path: Path) -> None:
    found = calibrated(
        velocity(tmp_path / "v.csv"), columns="committed=Zusage,delivered=Fertig", format_="sprints"
    )
    assert found.fit.delivery is not None
    assert found.fit.delivery.committed is not None
    assert found.fit.delivery.committed.value == 30


def test_a_column_named_for_one_file_leaves_the_others_as_they_are(
    firelane: Firelane, tmp_path: Path
) -> None:
    ours = table(
        tmp_path / "o.csv",
        ("nr", "Begin"),
        [(n, f"{at:%Y-%m-%d %H:%M}") for n, at in enumerate(OPENED)],
    )
    told = firelane(
        "calibrate",
        ours,
        jira_json(tmp_path / "e.json"),
        "--columns",
        "opened=Begin",
        "-o",
        tmp_path / "s.toml",
    )
    assert told.status == 0, told.err
    assert told.err.count("read 60: incidents") == 2


@pytest.mark.parametrize("make", [jira_json, github, plain])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--columns", "severity=Prioo"], "has no column 'Prioo'"),
        (["--map", "Blokker=1"], "no export has such a type, state, resolution or severity"),
        (["--map", "dates=month-first"], "no date in the exports leaves a choice"),
        (["--groups", "Desk"], "no such group"),
        (["--effort", "active"], "needs an audit log, with a row for each change of state"),
        (["--first-line", "Desk"], "no such group"),
        (["--match", "Desk=Red"], "no such group of tickets"),
        (["--format", "sprints"], "is no sprint data: no columns are known to hold what was committed"),
        (["--format", "otrs", "--columns", "opened=xyz"], "has no column 'xyz'"),
    ],
)  # fmt: skip
def test_an_option_that_would_change_nothing_is_refused(
    make: Any, options: list[str], expected: str, firelane: Firelane, tmp_path: Path
) -> None:
    told = firelane("calibrate", make(tmp_path / "e"), *options, "-o", tmp_path / "s.toml")
    assert told.status == 2, told.out
    assert expected in told.err
    assert not (tmp_path / "s.toml").exists()


@pytest.mark.parametrize("make", [jira_json, plain])
def test_a_time_zone_without_zones_is_refused(
    make: Any, firelane: Firelane, tmp_path: Path
) -> None:
    told = firelane(
        "calibrate", make(tmp_path / "e"), "--timezone", "Europe/Madrid", "-o", tmp_path / "s.toml"
    )
    assert told.status == 2
    assert "no opening in the exports says its zone, so nothing can be moved" in told.err


def test_kinds_without_categories_are_refused(firelane: Firelane, tmp_path: Path) -> None:
    told = firelane(
        "calibrate", plain(tmp_path / "e.csv"), "--kinds", "category", "-o", tmp_path / "s.toml"
    )
    assert told.status == 2
    assert "no export has a column of categories" in told.err


@pytest.mark.parametrize(
    "option", [("--logged-share", "0.5"), ("--groups", "Red"), ("--effort", "active")]
)
def test_options_of_tickets_are_refused_where_there_are_sprints_alone(
    option: tuple[str, str], firelane: Firelane, tmp_path: Path
) -> None:
    path = table(
        tmp_path / "v.csv",
        ("Team", "Sprint", "Commitment", "Completed"),
        [("Red", f"S{n}", 30, 28) for n in range(9)],
    )
    assert firelane("calibrate", path, *option, "-o", tmp_path / "s.toml").status == 2


@pytest.mark.parametrize("code", ["XX", "DE-XX"])
def test_a_country_that_is_not_known_is_refused(
    code: str, firelane: Firelane, tmp_path: Path
) -> None:
    told = firelane(
        "calibrate", plain(tmp_path / "e.csv"), "--holidays", code, "-o", tmp_path / "s.toml"
    )
    assert told.status == 2
    assert "is no " in told.err
    assert f"--holidays {code}" in told.err
