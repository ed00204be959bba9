"""Exports of simulated organisations, written as each tracker would write them."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.measures.run import run
from sim.sampling.calendars import HOUR
from sim.sampling.sample_path import sample_path
from sim.scenario.schema import Scenario

START = pd.Timestamp("2026-01-05")


@dataclass(frozen=True)
class Lived:
    """A past that the program drew: one row an incident, times as stamps, effort in hours."""

    rows: pd.DataFrame


def lived(scenario: Scenario, seed: int) -> Lived:
    """Live through a scenario once, interrupting anyone."""
    path = sample_path(scenario, seed, 0)
    accounts = run(path, "interrupt-anyone").accounts
    frame = run_table(path, accounts)
    return Lived(frame)


def run_table(path: Any, a: Any) -> pd.DataFrame:
    kind = path.incidents.kind[a.id]

    def stamp(seconds: Any) -> Any:
        known = np.where(seconds >= 0, seconds, np.nan)
        return START + pd.to_timedelta(known, unit="s")

    return pd.DataFrame(
        {
            "number": [f"INC{n:07d}" for n in a.id],
            "opened": stamp(a.opened),
            "started": stamp(a.started),
            "ended": stamp(a.ended),
            "severity": path.organisation.severity[kind],
            "kind": [path.scenario.incidents[k].kind for k in kind],
            "team": [path.scenario.teams[t].name for t in path.incidents.team[a.id]],
            "effort": path.incidents.effort[a.id] / HOUR,
        }
    )


def servicenow(past: Lived, target: Path) -> Path:
    """An audit log: New, Active for as long as it takes, Awaiting, Resolved; day first."""
    header = ["number", "incident_state", "reassignment_count", "reopen_count", "opened_at",
              "sys_updated_at", "contact_type", "category", "priority", "assignment_group",
              "assigned_to", "resolved_at", "closed_at"]  # fmt: skip
    words = {1: "1 - Critical", 2: "2 - High", 3: "3 - Moderate", 4: "4 - Low", 5: "5 - Planning"}
    rows: list[list[str]] = []
    for row in past.rows.itertuples():
        opened = pd.Timestamp(row.opened)
        # Active within one working morning, so that working time is the effort.
        active = (opened.normalize() + pd.Timedelta(days=(7 - opened.weekday()) % 7 + 7)).replace(
            hour=0
        )
        ends = active + pd.to_timedelta(row.effort, unit="h")
        moments = [("New", opened), ("Active", active), ("Awaiting User Info", ends),
                   ("Resolved", ends + pd.Timedelta(days=2))]  # fmt: skip
        resolved = moments[-1][1]
        for state, moment in moments:
            rows.append([
                row.number, state, "0", "0", _day_first(opened), _day_first(moment), "Phone",
                row.kind, words[row.severity], row.team, "?", _day_first(resolved),
                _day_first(resolved + pd.Timedelta(days=5)),
            ])  # fmt: skip
    return _csv(target, header, rows)


def _day_first(moment: Any) -> str:
    return f"{moment.day}/{moment.month}/{moment.year} {moment:%H:%M:%S}"


def jira(past: Lived, target: Path) -> Path:
    """The navigator's CSV, with repeated names and time spent in seconds."""
    header = ["Summary", "Issue key", "Issue Type", "Status", "Priority", "Created", "Resolved",
              "Sprint", "Sprint", "Time Spent", "Custom field (Story Points)"]  # fmt: skip
    words = {1: "Highest", 2: "High", 3: "Medium", 4: "Low", 5: "Lowest"}
    rows = [
        ["=cmd|' /C calc'!A0", row.number.replace("INC", "OPS-"), "Incident", "Done",
         words[row.severity], f"{row.opened:%d/%b/%y %I:%M %p}", "", "", "",
         str(round(row.effort * HOUR)), ""]
        for row in past.rows.itertuples()
    ]  # fmt: skip
    return _csv(target, header, rows)


def pagerduty(past: Lived, target: Path) -> Path:
    """The analytics export as CSV, in UTC."""
    header = ["id", "incident_number", "service_name", "team_name", "urgency", "priority_name",
              "created_at", "resolved_at", "seconds_to_first_ack", "engaged_seconds"]  # fmt: skip
    rows = []
    for row in past.rows.itertuples():
        ack = "" if pd.isna(row.started) else str(int((row.started - row.opened).total_seconds()))
        done = "" if pd.isna(row.ended) else f"{row.ended:%Y-%m-%dT%H:%M:%SZ}"
        rows.append([f"Q{row.number}", row.number[3:], row.kind, row.team, "high",
                     f"P{row.severity}", f"{row.opened:%Y-%m-%dT%H:%M:%SZ}", done, ack,
                     str(round(row.effort * HOUR))])  # fmt: skip
    return _csv(target, header, rows)


def github(past: Lived, target: Path) -> Path:
    """Issues of the REST API, a pull request among them, severity as a label."""
    issues: list[dict[str, Any]] = [
        {
            "number": n,
            "created_at": f"{row.opened:%Y-%m-%dT%H:%M:%SZ}",
            "closed_at": None if pd.isna(row.ended) else f"{row.ended:%Y-%m-%dT%H:%M:%SZ}",
            "state": "open" if pd.isna(row.ended) else "closed",
            "labels": [{"name": row.kind}, {"name": f"severity: {row.severity}"}],
            "assignees": [],
        }
        for n, row in enumerate(past.rows.itertuples(), 1)
    ]
    issues.append({"number": 10**6, "created_at": "2026-01-05T10:00:00Z", "closed_at": None,
                   "state": "open", "labels": [], "pull_request": {"url": "x"}})  # fmt: skip
    target.write_text(json.dumps(issues))
    return target


def table(past: Lived, target: Path) -> Path:
    """A table of one's own, with semicolons and names that must be guessed."""
    header = ["Ticket", "Erstellt", "Priorität", "Kategorie", "Stunden"]
    rows = [
        [row.number, f"{row.opened:%d.%m.%Y %H:%M:%S}", str(row.severity), row.kind,
         f"{row.effort:.6f}"]
        for row in past.rows.itertuples()
    ]  # fmt: skip
    return _csv(target, header, rows, ";")


EXPORTERS = {
    "servicenow": servicenow, "jira": jira, "pagerduty": pagerduty, "github": github,
    "csv": table,
}  # fmt: skip


def _csv(target: Path, header: list[str], rows: list[list[str]], delimiter: str = ",") -> Path:
    with target.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, delimiter=delimiter)
        out.writerow(header)
        out.writerows(rows)
    return target
