"""Teams, their people and whose tickets are whose: told from all files, matched by names alone, and listed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.errors import ScenarioError
from tests.calibrate.planted import Found, calibrated, openings, table
from tests.command import Firelane

OPENED = openings(360, per_day=6)
STORIES = (
    "Issue key",
    "Issue Type",
    "Created",
    "Resolved",
    "Assignee",
    "Project name",
    "Story Points",
)
TICKETS = ("number", "opened", "assignment group", "assigned to")


def stories(path: Path, projects: dict[str, int], name: str = "{}") -> Path:
    """One story each for every opening, of as many people a project as are said."""
    names = list(projects)
    rows = [
        (f"K-{n}", "Story", f"{at:%Y-%m-%d %H:%M}", f"{at:%Y-%m-%d} 18:00",
         f"{names[n % len(names)]} {n // len(names) % projects[names[n % len(names)]]}", name.format(names[n % len(names)]), 2)
        for n, at in enumerate(OPENED)
    ]  # fmt: skip
    return table(path, STORIES, rows)


def tickets(path: Path, groups: list[str], people: int = 3) -> Path:
    rows = [
        (f"INC{n}", f"{at:%Y-%m-%d %H:%M}", groups[n % len(groups)], f"P{n % people}")
        for n, at in enumerate(OPENED)
    ]
    return table(path, TICKETS, rows)


def teams(found: Found) -> dict[str, tuple[int, float]]:
    return {
        team.name: (round(team.developers.value), round(team.incident_share))
        for team in found.fit.teams
    }


@pytest.mark.parametrize(
    "projects", [{"Checkout": 5, "Platform": 4}, {"A": 2, "B": 3, "C": 7}, {"Solo": 6}]
)
def test_projects_of_a_jira_export_become_teams_with_everybody_seen(
    projects: dict[str, int], tmp_path: Path
) -> None:
    found = calibrated(stories(tmp_path / "s.csv", projects))
    assert {name: size for name, (size, _) in teams(found).items()} == projects
    assert all(
        "people seen on its tickets and stories" in team.developers.source
        for team in found.fit.teams
    )


def test_a_team_column_counts_more_than_the_project(tmp_path: Path) -> None:
    rows = [(f"K-{n}", "Story", f"{at:%Y-%m-%d %H:%M}", "One project", ("Red", "Blue")[n % 2], f"P{n % 4}")
            for n, at in enumerate(OPENED)]  # fmt: skip
    header = (
        "Issue key",
        "Issue Type",
        "Created",
        "Project name",
        "Custom field (Team)",
        "Assignee",
    )
    assert set(teams(calibrated(table(tmp_path / "s.csv", header, rows)))) == {"Red", "Blue"}


def test_people_are_counted_over_all_files_and_each_once(tmp_path: Path) -> None:
    """Ann and Bob have tickets alone, Cy stories alone, Dee both."""
    header = ("Issue key", "Issue Type", "Created", "Project name", "Assignee")
    one = [
        (f"A-{n}", "Bug", f"{at:%Y-%m-%d %H:%M}", "Shop", ("Ann", "Bob", "Dee")[n % 3])
        for n, at in enumerate(OPENED)
    ]
    two = [
        (f"B-{n}", "Story", f"{at:%Y-%m-%d %H:%M}", "Shop", ("Cy", "Dee")[n % 2])
        for n, at in enumerate(OPENED)
    ]
    found = calibrated(
        table(tmp_path / "a.csv", header, one), table(tmp_path / "b.csv", header, two)
    )
    assert teams(found) == {"Shop": (4, 360)}


def sprints(path: Path, boards: list[str]) -> Path:
    rows = [(board, f"S{n}", 30, 28, 5) for board in boards for n in range(8)]
    return table(path, ("Team", "Sprint", "Commitment", "Completed", "People"), rows)


@pytest.mark.parametrize("numbers", [["23", "24"], ["7"], ["023", "24", "25"]])
def test_numbers_of_two_systems_are_never_joined(numbers: list[str], tmp_path: Path) -> None:
    found = calibrated(sprints(tmp_path / "s.csv", numbers), tickets(tmp_path / "t.csv", numbers))
    assert all(share == 1 for _, share in teams(found).values())
    assert "→ no team" in found.said
    assert "tickets of groups that are no team here are dealt out by heads" in found.said


@pytest.mark.parametrize(
    ("group", "board"), [("Red", "red"), ("Team Red", "Red"), ("Red squad", "Team Red")]
)
def test_groups_and_teams_of_one_name_are_the_same(group: str, board: str, tmp_path: Path) -> None:
    found = calibrated(
        sprints(tmp_path / "s.csv", [board, "Blue"]),
        tickets(tmp_path / "t.csv", [group, "Blue", "Desk"]),
    )
    assert teams(found) == {board: (5, 180), "Blue": (5, 180)} or teams(found) == {
        "Blue": (5, 180),
        board: (5, 180),
    }
    assert f"{group} (120) → {board}, by its name" in found.said
    assert "Desk (120) → no team" in found.said


def test_the_matching_can_be_corrected(tmp_path: Path) -> None:
    paths = sprints(tmp_path / "s.csv", ["Red", "Blue"]), tickets(tmp_path / "t.csv", ["23", "24"])
    found = calibrated(*paths, match=["23=Red", "24=Blue"])
    assert teams(found) == {"Blue": (5, 180), "Red": (5, 180)}
    assert "23 (180) → Red, as given" in found.said
    for wrong, why in (
        ("25=Red", "no such group of tickets; known are 23, 24"),
        ("23=Green", "no such team; known are Blue, Red"),
    ):
        with pytest.raises(ScenarioError, match=why):
            calibrated(*paths, match=[wrong])


@pytest.mark.parametrize("count", [13, 40, 90])
def test_no_group_is_dropped_unsaid(count: int, tmp_path: Path) -> None:
    groups = [f"Group {n}" for n in range(count)]
    found = calibrated(tickets(tmp_path / "t.csv", groups))
    assert sum(share for _, share in teams(found).values()) == pytest.approx(360, abs=count)
    if count > 13:
        assert f"{count - 12} more groups with" in found.said


@pytest.mark.parametrize("count", [41, 60])
def test_all_boards_of_the_sprint_data_are_teams(count: int, tmp_path: Path) -> None:
    found = calibrated(sprints(tmp_path / "s.csv", [f"Board {n}" for n in range(count)]))
    assert len(found.fit.teams) == count


def test_boards_without_people_are_teams_of_an_assumed_size(tmp_path: Path) -> None:
    rows = [(team, f"Sprint {n}", 30, 28) for team in ("Red", "Blue") for n in range(12)]
    found = calibrated(
        table(tmp_path / "velocity.csv", ("Team", "Sprint", "Commitment", "Completed"), rows)
    )
    assert teams(found) == {"Blue": (7, 1), "Red": (7, 1)}
    assert "read 24: sprints of 2 boards" in found.said
    assert all(team.developers.assumed for team in found.fit.teams)


@pytest.mark.parametrize(
    "header", ["Sprint,Commitment,Completed", "Sprint Name,Committed Points,Completed Points", "Sprint,Verpflichtung,Abgeschlossen", "Iteration,Planned,Done"]
)  # fmt: skip
def test_the_velocity_report_is_known_by_its_words(header: str, tmp_path: Path) -> None:
    found = calibrated(
        table(tmp_path / "v.csv", header.split(","), [(f"S{n}", 30 + n, 28) for n in range(12)])
    )
    assert found.fit.delivery is not None
    assert found.fit.delivery.delivered is not None
    assert found.fit.delivery.delivered.value == 28


def test_the_pair_of_exports_gives_teams_people_and_hours_without_an_option(
    firelane: Firelane, tmp_path: Path
) -> None:
    """As a director has them: German tickets without groups, and the stories of two projects."""
    hours = np.random.default_rng(8).lognormal(0.3, 0.7, len(OPENED))
    rows: list[tuple[Any, ...]] = [
        (
            f"INC{n}",
            f"{at:%d.%m.%Y %H:%M}",
            ("High", "Medium", "Low")[n % 3],
            f"{hours[n]:.2f}".replace(".", ","),
        )
        for n, at in enumerate(OPENED)
    ]
    one = table(tmp_path / "tickets.csv", ("Ticket ID", "Opened", "Priority", "Aufwand"), rows, ";")
    target = tmp_path / "ours.toml"
    told = firelane(
        "calibrate",
        one,
        stories(tmp_path / "jira.csv", {"Checkout": 5, "Platform": 4}),
        "-o",
        target,
    )
    assert told.status == 0, told.err
    written = tomllib.loads(target.read_text())
    assert sum(team["developers"] for team in written["teams"]) == 9
    assert "of 9 developers in 2 teams" in told.out
    assert all(
        kind["effort_hours"]["median"] == pytest.approx(1.3, rel=0.2)
        for kind in written["incidents"]
    )
