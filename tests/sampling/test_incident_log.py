"""Replaying a recorded log: every row as it was, and every faulty row named."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.measures.run import run
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import digest, from_table, load
from sim.scenario.schema import Scenario
from tests.command import Firelane

LOG = """number,opened,severity,team
INC2,2026-01-06T10:00,3,Blue
INC1,2026-01-05T09:30,1,Red
INC3,2026-01-07T23:59:30,3,Red
"""


def replayed(table: dict[str, Any], folder: Path, log: str) -> Scenario:
    (folder / "log.csv").write_text(log)
    for kind in table["incidents"]:
        del kind["per_week"]
    table["incidents_from"] = {"file": "log.csv"}
    return from_table(table).in_folder(folder)


def test_incidents_open_when_where_and_as_the_log_says(
    table: dict[str, Any], tmp_path: Path
) -> None:
    scenario = replayed(table, tmp_path, LOG)
    rows = run(sample_path(scenario), "interrupt-anyone").incidents
    assert rows[["number", "opened_hours", "severity", "team", "kind"]].values.tolist() == [
        ["INC1", 9.5, 1, "Red", "outage"],
        ["INC2", 34.0, 3, "Blue", "data fix"],
        ["INC3", 71.99166666666666, 3, "Red", "data fix"],
    ]


def test_a_home_of_a_kind_is_refused_where_the_log_names_the_teams(
    table: dict[str, Any], tmp_path: Path
) -> None:
    table["incidents"][1]["team"] = "Red"
    expected = "incidents_from: names the team of each incident; leave out team of data fix"
    with pytest.raises(ScenarioError, match=expected):
        replayed(table, tmp_path, LOG)


def test_only_what_the_log_does_not_say_differs_between_replications(
    table: dict[str, Any], tmp_path: Path
) -> None:
    scenario = replayed(table, tmp_path, LOG)
    one, two = sample_path(scenario, 1, 0).incidents, sample_path(scenario, 1, 1).incidents
    assert one.opened.tolist() == two.opened.tolist()
    assert one.effort.tolist() != two.effort.tolist()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2026-01-06T10:00", "6/1/2026", "log.csv, row 2, opened: must be a date and time such as 2016-02-29T08:15 (got '6/1/2026')"),
        ("2026-01-06T10:00", "2027-01-06T10:00", "log.csv, row 2, opened: must lie in the 8 weeks from 2026-01-05 (got '2027-01-06T10:00')"),
        ("3,Blue", "3,Grey", "log.csv, row 2, team: must be a team: Red, Blue (got 'Grey')"),
        ("3,Blue", "2,Blue", "log.csv, row 2, severity: must be one of 3, 1 (got '2')"),
        ("number,", "ticket,", "incidents_from.columns.number: no column 'number'"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_named(
    old: str, new: str, expected: str, table: dict[str, Any], tmp_path: Path
) -> None:
    scenario = replayed(table, tmp_path, LOG.replace(old, new, 1))
    with pytest.raises(ScenarioError) as error:
        sample_path(scenario)
    assert expected in str(error.value)


def test_a_missing_log_is_named(table: dict[str, Any], tmp_path: Path) -> None:
    scenario = replayed(table, tmp_path, LOG)
    (tmp_path / "log.csv").unlink()
    with pytest.raises(ScenarioError, match=r"log.csv cannot be read: No such file"):
        sample_path(scenario)


def test_many_faulty_rows_are_counted_not_listed(table: dict[str, Any], tmp_path: Path) -> None:
    rows = "".join(f"INC{n},never,3,Red\n" for n in range(50))
    scenario = replayed(table, tmp_path, "number,opened,severity,team\n" + rows)
    with pytest.raises(ScenarioError) as error:
        sample_path(scenario)
    assert len(error.value.faults) == 11
    assert "and 40 rows more" in str(error.value)


# ---- a scenario from elsewhere names what it likes ---------------------------------------------------

SCENARIO = """
name = "From elsewhere"
[time]
start = 2026-01-05
horizon_weeks = 8
[[teams]]
name = "Red"
developers = 4
[[teams]]
name = "Blue"
developers = 4
[[incidents]]
kind = "outage"
severity = 1
effort_hours = { dist = "constant", value = 2 }
[[incidents]]
kind = "data fix"
severity = 3
effort_hours = { dist = "constant", value = 2 }
[incidents_from]
file = "FILE"
[[levers]]
name = "Read another"
set = { "incidents_from.file" = "/etc/hostname" }
"""


def from_elsewhere(folder: Path, file: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "ours.toml"
    path.write_text(SCENARIO.replace("FILE", file), encoding="utf-8")
    return path


def outside(folder: Path) -> list[str]:
    """Names that lead out of a folder: as they are, upwards, and by links."""
    (folder.parent / "secret.csv").write_text(LOG)
    (folder / "link.csv").symlink_to(folder.parent / "secret.csv")
    (folder / "up").symlink_to(folder.parent)
    return ["/etc/hostname", "/dev/zero", "../secret.csv", "link.csv", "up/secret.csv"]


def test_a_scenario_reads_no_log_from_outside_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    path = from_elsewhere(folder, "x")
    for file in outside(folder):
        scenario = load(from_elsewhere(folder, file))
        for read in (sample_path, digest):
            with pytest.raises(ScenarioError, match="outside the scenario's folder"):
                read(scenario)
    (folder / "x").write_text(LOG)
    pulled = load(path, levers=["Read another"])
    with pytest.raises(ScenarioError, match="outside the scenario's folder"):
        sample_path(pulled)


def test_a_log_that_the_one_at_the_keyboard_names_may_lie_anywhere(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.csv").write_text(LOG)
    path = from_elsewhere(tmp_path / "theirs", "x")
    named = load(path, [f"incidents_from.file={tmp_path / 'elsewhere.csv'}"])
    assert len(sample_path(named).numbers) == 3
    with pytest.raises(ScenarioError, match="outside"):  # a lever is the scenario's word, not ours
        sample_path(load(path, [f"incidents_from.file={tmp_path / 'x'}"], ["Read another"]))


def test_a_log_that_is_no_file_or_too_large_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = from_elsewhere(tmp_path, "log")
    log = tmp_path / "log"
    os.mkfifo(log)
    for expected in ("is not a regular file", "is a folder", "larger than"):
        begun = time.monotonic()
        for read in (sample_path, digest):
            with pytest.raises(ScenarioError, match=expected):
                read(load(path))
        assert time.monotonic() - begun < 2
        if log.is_dir():
            log.rmdir()
            with log.open("wb") as file:
                file.truncate(33 << 20)
        else:
            log.unlink()
            log.mkdir()


def test_a_packed_log_that_unpacks_to_more_than_memory_should_hold_is_refused(
    tmp_path: Path,
) -> None:
    import gzip

    path = from_elsewhere(tmp_path, "log")
    rows = b"INC1,2026-01-05T09:30,1,Red\n" * 200_000
    with gzip.open(tmp_path / "log", "wb") as file:
        file.write(b"number,opened,severity,team\n")
        for _ in range(4):
            file.write(rows)
    with pytest.raises(ScenarioError, match="larger than a log"):
        sample_path(load(path))


def test_a_log_with_a_row_of_too_many_cells_or_another_encoding_is_not_repaired_in_silence(
    tmp_path: Path,
) -> None:
    path = from_elsewhere(tmp_path, "log")
    (tmp_path / "log").write_text(LOG + "INC4,2026-01-05T09:30,1,Red,Blue\n")
    with pytest.raises(ScenarioError, match="row 5: more cells"):
        sample_path(load(path))
    (tmp_path / "log").write_bytes(LOG.encode() + b"INC4,2026-01-05T09:30,1,R\xe9d\n")
    with pytest.raises(ScenarioError, match="row 5: not UTF-8"):
        sample_path(load(path))


def test_a_log_that_changes_is_read_again(table: dict[str, Any], tmp_path: Path) -> None:
    assert len(sample_path(replayed(table, tmp_path, LOG)).numbers) == 3
    (tmp_path / "log.csv").write_text(LOG + "INC4,2026-01-05T09:30,1,Red\n")
    scenario = from_table(table).in_folder(tmp_path)
    assert len(sample_path(scenario).numbers) == 4


def test_the_command_refuses_a_log_from_outside_with_status_2(
    firelane: Firelane, tmp_path: Path
) -> None:
    path = from_elsewhere(tmp_path / "theirs", "/dev/zero")
    done = firelane("compare", str(path), "--replications", "2", "--policy", "kanban")
    assert done.status == 2
    assert "outside the scenario's folder" in " ".join(done.err.split())
    assert "--set incidents_from.file" in " ".join(done.err.split())
