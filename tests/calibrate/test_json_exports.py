"""JSON of the trackers' own interfaces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.calibrate.asking import asked
from sim.calibrate.formats import Export, read_export


def read(document: Any, folder: Path, **options: Any) -> Export:
    path = folder / "export.json"
    path.write_text(json.dumps(document))
    return read_export(path, None, asked(**options).say)


def only_ticket(export: Export) -> pd.Series:
    assert export.tickets is not None
    [row] = [row for _, row in export.tickets.table.iterrows()]
    return row


def test_jira_pages_with_a_changelog_tell_the_first_move_and_reopenings(tmp_path: Path) -> None:
    def move(when: str, was: str, to: str) -> dict[str, Any]:
        return {"created": when, "items": [{"field": "status", "fromString": was, "toString": to}]}

    issue = {
        "key": "OPS-1",
        "fields": {
            "created": "2026-01-05T09:00:00.000+0100", "resolutiondate": "2026-01-06T09:00:00.000+0100",
            "priority": {"name": "Highest"}, "issuetype": {"name": "Incident"},
            "status": {"name": "Done"}, "timespent": 5400, "customfield_10016": 3,
            "customfield_10020": [{"name": "S 1", "boardId": 1}, {"name": "S 2", "boardId": 1}],
        },
        "changelog": {"histories": [
            move("2026-01-05T18:00:00.000+0100", "Done", "In Progress"),
            move("2026-01-05T10:30:00.000+0100", "To Do", "In Progress"),
        ]},
    }  # fmt: skip
    row = only_ticket(read([{"issues": [issue]}], tmp_path, timezone="Europe/Madrid"))
    assert pd.Timestamp(row["opened"], unit="s") == pd.Timestamp("2026-01-05T09:00")
    assert (row["responded"] - row["opened"]) / 3600 == 1.5
    assert (row["severity"], row["effort_hours"], row["reopened"], row["points"], row["sprint"]) == (
        1, 1.5, 1, 3, "S 2"
    )  # fmt: skip


def test_pagerduty_analytics_tell_acknowledgement_and_engaged_time(tmp_path: Path) -> None:
    incident = {
        "incident_number": 7, "created_at": "2026-01-05T12:00:00Z", "priority_name": "P2",
        "resolved_at": "2026-01-05T14:00:00Z", "seconds_to_first_ack": 300, "engaged_seconds": 1800,
        "service_name": "shop", "team_name": "Red", "escalation_count": 1,
    }  # fmt: skip
    row = only_ticket(read({"data": [incident]}, tmp_path))
    assert row["responded"] - row["opened"] == 300
    assert (row["severity"], row["effort_hours"], row["group"], row["category"]) == (
        2, 0.5, "Red", "shop"
    )  # fmt: skip


def test_github_lines_of_json_leave_pull_requests_out(tmp_path: Path) -> None:
    entries = [
        {"number": 1, "createdAt": "2026-01-05T12:00:00Z", "labels": [{"name": "priority: high"}]},
        {"number": 2, "created_at": "2026-01-05T12:00:00Z", "pull_request": {}, "labels": []},
        {"number": 3, "created_at": "2026-01-05T12:00:00Z", "pull_request": {"url": "x"}},
        {"number": 4, "created_at": "2026-01-05T12:00:00Z", "labels": [{"name": "enhancement"}]},
    ]
    path = tmp_path / "issues.jsonl"
    path.write_text("\n".join(map(json.dumps, entries)))
    export = read_export(path, "github", asked().say)
    assert export.tickets is not None
    assert export.tickets.table["number"].tolist() == ["1", "4"]
    assert export.tickets.incidents["severity"].tolist() == [2]
    assert export.quality.count("dropped") == 2


ISSUE = {"key": "A-1", "fields": {"created": "2026-01-05T10:00:00", "issuetype": {"name": "Bug"}}}
NODE = {
    "identifier": "E-1",
    "createdAt": "2026-01-05T10:00:00Z",
    "priority": 0,
    "state": {"type": "completed"},
    "team": {"name": "Eng"},
}
RECORD = {
    "number": "INC1",
    "opened_at": "2026-01-05 10:00:00",
    "priority": "1",
    "assignment_group": {"display_value": "Shop", "link": "x"},
}
ITEM = {
    "id": 7,
    "fields": {"System.WorkItemType": "Bug", "System.CreatedDate": "2026-01-05T10:00:00Z"},
}


@pytest.mark.parametrize(
    ("document", "title", "group"),
    [
        ({"issues": [ISSUE], "total": 1}, "Jira issues", ""), ([{"issues": [ISSUE]}], "Jira issues", ""), (ISSUE, "Jira issues", ""),
        ([[ISSUE], []], "Jira issues", ""), ([ISSUE], "Jira issues", ""),
        ({"data": {"issues": {"nodes": [NODE], "pageInfo": {}}}}, "Linear issues", "Eng"),
        ({"data": {"issues": {"edges": [{"node": NODE, "cursor": "x"}]}}}, "Linear issues", "Eng"),
        ([{"data": {"issues": {"nodes": [NODE]}}}], "Linear issues", "Eng"),
        ({"result": [RECORD]}, "ServiceNow incidents", "Shop"), ({"count": 1, "value": [ITEM]}, "Azure DevOps work items", ""),
    ],
)  # fmt: skip
def test_entries_are_found_wherever_an_interface_keeps_them(
    document: Any, title: str, group: str, tmp_path: Path
) -> None:
    export = read(document, tmp_path)
    assert export.title == title
    assert only_ticket(export)["group"] == group


def test_a_priority_of_0_is_none_in_linear(tmp_path: Path) -> None:
    nodes = [NODE | {"identifier": f"E-{n}", "priority": n} for n in range(5)]
    export = read({"data": {"issues": {"nodes": nodes}}}, tmp_path)
    assert export.tickets is not None
    assert export.tickets.table["severity"].tolist()[1:] == [1, 2, 3, 4]
    assert "severities begin at 0" not in str(list(map(str, export.quality)))
