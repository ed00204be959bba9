"""The real exports that ship, from file to comparison and back."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.command import Firelane

ROOT = Path(__file__).parents[2]
LOG = ROOT / "scenarios" / "service_desk_log.csv"
STORIES = ROOT / "scenarios" / "exports" / "jira_stories.csv"


def test_from_two_bundled_exports_to_figures_one_can_compare(
    firelane: Firelane, tmp_path: Path
) -> None:
    target, figures, log = (tmp_path / name for name in ("ours.toml", "figures.json", "log.csv"))
    made = firelane(
        "calibrate", LOG, STORIES, "--hours", "8-18", "--teams", "Group 25=9,Group 39=7",
        "-o", target, "--json", figures, "--log", log,
    )  # fmt: skip
    assert made.status == 0, made.err
    assert "read 1,602: incidents" in made.err
    assert "read 45: stories" in made.err
    table = tomllib.loads(target.read_text())
    assert [(team["name"], team["developers"]) for team in table["teams"]] == [
        ("Group 25", 9), ("Group 39", 7)
    ]  # fmt: skip
    assert sum(table["stories"]["points"].values()) == pytest.approx(1)
    assert "# assumed: no export holds hours worked" in target.read_text()
    rate = json.loads(figures.read_text())['incidents."severity 3".per_week']
    assert rate["low"] < rate["value"] < rate["high"]
    assert rate["value"] == pytest.approx(
        next(k["per_week"] for k in table["incidents"] if k["severity"] == 3), rel=1e-3
    )
    compared = firelane(
        "compare", target, "--replications", 2, "--policy", "kanban",
        "--set", "incidents.*.per_week=*0.5",
    )  # fmt: skip
    assert compared.status == 0, compared.err


def test_a_history_is_held_against_the_scenario(firelane: Firelane, tmp_path: Path) -> None:
    target, found, picture, report = (
        tmp_path / name for name in ("o.toml", "v.json", "v.svg", "v.html")
    )
    assert firelane("calibrate", LOG, "-o", target).status == 0
    result = firelane(
        "validate", target, "--against", LOG, "--fit-weeks", 5, "--replications", 40,
        "--policy", "kanban", "--json", found, "--plot", picture,
        "--html", report, "--holidays", "2016-03-25,2016-04-21,2016-04-22",
    )  # fmt: skip
    assert result.status == 0, result.err
    assert "arrivals a week: 3 of 3 inside the band: reproduced" in result.out
    assert "not compared: resolution times: recorded for 0%" in result.out
    assert json.loads(found.read_text())["fit_weeks"] == 5
    assert picture.read_text().startswith("<?xml")
    assert "arrivals a week: 3 of 3 inside the band: reproduced" in report.read_text("utf-8")


def test_a_past_that_changed_is_said_not_to_be_reproduced(
    firelane: Firelane, tmp_path: Path
) -> None:
    rows = [
        f"A{m}-{d}-{n},2026-{m:02d}-{d:02d}T{9 + n % 8:02d}:00,3"
            for m, often in ((3, 4), (4, 12)) for d in range(1, 29) for n in range(often)]  # fmt: skip
    export, target = tmp_path / "e.csv", tmp_path / "o.toml"
    export.write_text("number,opened,severity\n" + "\n".join(rows) + "\n")
    assert firelane("calibrate", export, "-o", target).status == 0
    result = firelane("validate", target, "--against", export, "--fit-weeks", 4,
                      "--replications", 40)  # fmt: skip
    assert "The model does NOT reproduce the arrivals" in result.out
    assert "history was higher" in result.out


def test_too_short_a_history_is_refused(firelane: Firelane, tmp_path: Path) -> None:
    export = tmp_path / "e.csv"
    export.write_text("opened\n2026-03-02T10:00\n2026-03-09T10:00\n")
    target = tmp_path / "o.toml"
    assert firelane("calibrate", export, "-o", target).status == 0
    assert "a guess from 2 incidents: no rate yet" in target.read_text()
    result = firelane("validate", target, "--against", export)
    assert result.status == 2
    assert "covers 2 weeks; 5 are the fewest" in result.err
