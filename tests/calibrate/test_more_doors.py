"""Exports of more trackers, each in the shape that the tool writes, and each broken in several ways."""

from __future__ import annotations

import json
import re
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from sim.calibrate.corrections import Corrections
from sim.calibrate.formats import read_export
from sim.errors import ScenarioError
from sim.scenario.reading import from_table
from tests.calibrate.exporters import Lived, lived
from tests.calibrate.more_exporters import MORE_EXPORTERS, TITLES, WITH_EFFORT, workbook
from tests.calibrate.planted import calibrated, table
from tests.calibrate.test_recovery import drawn


@lru_cache(maxsize=1)
def past() -> Lived:
    return lived(from_table(drawn(3)), 3)


@pytest.fixture(params=list(MORE_EXPORTERS))
def door(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_an_export_is_known_and_read_as_it_is(door: str, tmp_path: Path) -> None:
    rows = past().rows
    found = calibrated(MORE_EXPORTERS[door](past(), tmp_path / "e"))
    [export] = found.fit.exports
    assert export.title == TITLES[door]
    assert f"read {len(rows):,}: incidents" in found.said
    tickets = found.tickets
    assert tickets["severity"].value_counts().to_dict() == rows["severity"].value_counts().to_dict()
    opened = np.sort((rows["opened"].astype("datetime64[s]").astype("int64")).to_numpy())
    assert np.abs(np.sort(tickets["opened"].to_numpy()) - opened).max() <= 60
    if door in WITH_EFFORT:
        assert tickets["effort_hours"].sum() == pytest.approx(rows["effort"].sum(), rel=1e-3)
    if door != "jsm":
        took = ((rows["ended"] - rows["opened"]).dt.total_seconds() / 3600).dropna()
        real = (tickets["resolved"] - tickets["opened"]).dropna() / 3600
        assert (len(real), real.median()) == (len(took), pytest.approx(took.median(), rel=1e-2))
    assert all(sentence.endswith(".") for sentence in export.cannot_tell)


def test_it_is_read_so_by_name_too(door: str, tmp_path: Path) -> None:
    names = {"tfs": "azure", "jsm": "jira", "znuny": "otrs", "xlsx": "csv"}
    path = MORE_EXPORTERS[door](past(), tmp_path / "e")
    assert read_export(path, names.get(door, door), Corrections()).title == TITLES[door]


def test_a_file_that_ends_too_soon_is_refused_or_its_rows_are_counted(
    door: str, tmp_path: Path
) -> None:
    path = MORE_EXPORTERS[door](past(), tmp_path / "e")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2 * 2 // 3 // 2 * 2 + 7])
    told, read = "", 0
    try:
        read = len(calibrated(path).tickets)
    except ScenarioError as error:
        told = str(error)
    refused = any(word in told for word in ("is not JSON", "workbook", "quote", "zip"))
    assert refused or 0 < read < len(past().rows)


def test_moments_that_are_none_refuse_it_in_words(door: str, tmp_path: Path) -> None:
    if door == "xlsx":
        rows = [["Ticket", "Opened"], *([n, "sometime"] for n in range(50))]
        path = workbook(tmp_path / "e", rows)
    else:
        path = MORE_EXPORTERS[door](past(), tmp_path / "e")
        encoding = "utf-16" if door == "tfs" else "utf-8"
        text = path.read_bytes().decode(encoding)
        path.write_bytes(re.sub(r"(?<!: )\b202[67]\b(?!,)|/26 ", "xx", text).encode(encoding))
    with pytest.raises(ScenarioError, match=r"no moments that can be read, such as"):
        read_export(path, None, Corrections())


def test_a_workbook_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "e.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(ScenarioError, match="no Excel workbook"):
        read_export(path, None, Corrections())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (200 << 20))
    with pytest.raises(ScenarioError, match="unpacks to more than any workbook does"):
        read_export(path, None, Corrections())


def test_sprints_in_a_workbook_are_sprints(tmp_path: Path) -> None:
    rows = [
        ["Team", "Sprint", "Commitment", "Completed"],
        *(["Red", f"S{n}", 30, 28.5] for n in range(9)),
    ]
    found = calibrated(workbook(tmp_path / "v.xlsx", rows))
    assert found.fit.delivery is not None
    assert found.fit.delivery.delivered is not None
    assert found.fit.delivery.delivered.value == 28.5


def test_freshdesk_numbers_of_priorities_run_upwards(tmp_path: Path) -> None:
    tickets = [{"id": n, "created_at": f"2026-01-{n % 28 + 1:02d}T10:00:00Z", "responder_id": 1, "priority": n % 4 + 1, "status": 5,
                "fr_due_by": "2026-02-01T00:00:00Z"} for n in range(40)]  # fmt: skip
    (tmp_path / "e.json").write_text(json.dumps(tickets))
    found = calibrated(tmp_path / "e.json")
    assert found.tickets.sort_values("number", key=lambda s: s.astype(str).astype(int))[
        "severity"
    ].tolist()[:4] == [4, 3, 2, 1]


def test_what_was_merged_or_removed_is_no_incident_in_otrs(tmp_path: Path) -> None:
    rows = [
        (
            n,
            "2026-01-05 10:00:00",
            ("merged", "removed", "closed successful")[n % 3],
            "3 normal",
            "Desk",
        )
        for n in range(30)
    ]
    found = calibrated(
        table(tmp_path / "e.csv", ("Ticket#", "Created", "State", "Priority", "Queue"), rows)
    )
    assert "dropped 20: closed without being done (10 merged, 10 removed)" in found.said


def test_work_items_of_azure_devops_hold_one_another(tmp_path: Path) -> None:
    types = ("Epic", "Feature", "User Story", "Task", "Bug", "Test Case")
    rows = [(n, types[n % 6], "Closed", "1/5/2026 10:00:00 AM", 5, "Web\\Red") for n in range(60)]
    header = ("ID", "Work Item Type", "State", "Created Date", "Story Points", "Area Path")
    found = calibrated(table(tmp_path / "e.csv", header, rows))
    assert "read 10: incidents (10 Bug)" in found.said
    assert "noticed 20: 10 Epic, 10 Feature hold others" in found.said
    assert "dropped 10: types that are no work of their own: 10 Test Case" in found.said
    assert found.fit.points is not None
    assert found.fit.points.count == 10


def test_linear_issues_without_an_incident_label_are_planned_work(tmp_path: Path) -> None:
    rows = [
        (
            f"A-{n}",
            "Red",
            "Done",
            "High",
            ("Bug", "Feature", "")[n % 3],
            f"Mon Jan 05 2026 10:{n % 60:02d}:00 GMT+0000 (GMT+00:00)",
            "",
        )
        for n in range(60)
    ]
    found = calibrated(
        table(
            tmp_path / "e.csv",
            ("ID", "Team", "Status", "Priority", "Labels", "Created", "Completed"),
            rows,
        )
    )
    assert "read 20: incidents" in found.said
    assert "read 40: stories" in found.said
