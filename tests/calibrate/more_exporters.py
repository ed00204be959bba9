"""The same past as more trackers would write it: their headings, their words, their dates; made up."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd

from sim.sampling.calendars import HOUR
from tests.calibrate.exporters import Lived, _csv


def stamp(moment: Any, form: str) -> str:
    return "" if pd.isna(moment) else moment.strftime(form)


def american(moment: Any) -> str:
    return (
        ""
        if pd.isna(moment)
        else f"{moment.month}/{moment.day}/{moment.year} {moment:%I:%M:%S %p}".replace(" 0", " ")
    )


AZURE = ["ID", "Work Item Type", "Title", "Assigned To", "State", "Tags", "Severity", "Created Date", "Activated Date",
         "Resolved Date", "Closed Date", "Area Path", "Iteration Path", "Completed Work", "Story Points"]  # fmt: skip


def _work_items(past: Lived, date: Any) -> list[list[str]]:
    words = {1: "1 - Critical", 2: "2 - High", 3: "3 - Medium"}
    return [
        [str(n), "Bug", f"Title {n}", f"Person {n % 9} <p{n % 9}@example.com>", "Closed", "a; b", words[row.severity],
         date(row.opened), date(row.started), date(row.ended), date(row.ended), f"Web\\{row.team}", "Web\\Sprint 1",
         f"{row.effort:.6f}", ""]
        for n, row in enumerate(past.rows.itertuples(), 1)
    ]  # fmt: skip


def azure(past: Lived, target: Path) -> Path:
    """A query as CSV, as Azure DevOps writes it in the United States."""
    return _csv(target, AZURE, _work_items(past, american))


def tfs(past: Lived, target: Path) -> Path:
    """A query of Team Foundation Server out of Excel: a title above the header, tabs, commas in numbers."""
    rows = _work_items(past, lambda moment: stamp(moment, "%d.%m.%Y %H:%M:%S"))
    lines = [AZURE, *([*row[:13], row[13].replace(".", ","), row[14]] for row in rows)]
    title = "Project: Web   Server: tfs\\Default   Query: All Bugs   List type: Flat\n"
    target.write_text(title + "".join("\t".join(line) + "\n" for line in lines), encoding="utf-16")
    return target


def opsgenie(past: Lived, target: Path) -> Path:
    """Alerts of the REST API with their report."""
    alerts = [
        {
            "id": f"70413a06-{n}", "tinyId": str(n), "alias": f"a{n}", "message": "CPU", "status": "closed", "acknowledged": True, "isSeen": True,
            "tags": ["x"], "snoozed": False, "count": 1, "createdAt": stamp(row.opened, "%Y-%m-%dT%H:%M:%S.123Z"),
            "updatedAt": "2027-01-01T00:00:00Z", "source": row.kind, "owner": "ann@example.com", "priority": f"P{row.severity}",
            "responders": [{"type": "team", "id": "1", "name": row.team}], "integration": {"name": "API", "type": "API"},
            "report": {} if pd.isna(row.ended) else {
                "ackTime": int((row.started - row.opened).total_seconds() * 1000) if not pd.isna(row.started) else None,
                "closeTime": int((row.ended - row.opened).total_seconds() * 1000)},
        }
        for n, row in enumerate(past.rows.itertuples(), 1)
    ]  # fmt: skip
    target.write_text(json.dumps({"data": alerts, "paging": {"first": "x"}, "took": 0.1}))
    return target


def jsm(past: Lived, target: Path) -> Path:
    """Jira Service Management's queue as CSV: system types, request types, agreed times."""
    header = ["Issue Type", "Issue key", "Issue id", "Summary", "Reporter", "Assignee", "Priority", "Status", "Resolution", "Created", "Updated",
              "Resolved", "Custom field (Request Type)", "Custom field (Time to resolution)", "Time Spent", "Project name"]  # fmt: skip
    words = {1: "Highest", 2: "High", 3: "Medium"}
    rows = [
        ["[System] Incident", f"SUP-{n}", str(n), "x", "ann", f"p{n % 5}", words[row.severity], "Resolved", "Done",
         stamp(row.opened, "%d/%b/%y %I:%M %p"), "", "", row.kind, "3:45", str(round(row.effort * HOUR)), row.team]
        for n, row in enumerate(past.rows.itertuples(), 1)
    ]  # fmt: skip
    return _csv(target, header, rows)


def linear(past: Lived, target: Path) -> Path:
    """The workspace's CSV, with the dates of JavaScript."""
    header = ["ID", "Team", "Title", "Description", "Status", "Estimate", "Priority", "Project ID", "Project", "Creator", "Assignee", "Labels",
              "Cycle Number", "Cycle Name", "Created", "Updated", "Started", "Triaged", "Completed", "Canceled", "Archived", "Due Date"]  # fmt: skip
    words = {1: "Urgent", 2: "High", 3: "Medium"}
    form = "%a %b %d %Y %H:%M:%S GMT+0000 (GMT+00:00)"
    rows = [
        [f"ENG-{n}", row.team, "x", "text, and more", "Done", "", words[row.severity], "", "", "ann", f"p{n % 5}", f"Bug, {row.kind}", "", "",
         stamp(row.opened, form), stamp(row.opened, form), stamp(row.started, form), "", stamp(row.ended, form), "", "", ""]
        for n, row in enumerate(past.rows.itertuples(), 1)
    ]  # fmt: skip
    return _csv(target, header, rows)


def gitlab(past: Lived, target: Path) -> Path:
    """The CSV of a project's issues, severity as a scoped label, time spent in seconds."""
    header = ["Title", "Description", "Issue ID", "URL", "State", "Author", "Author Username", "Assignee", "Assignee Username", "Confidential",
              "Locked", "Due Date", "Created At (UTC)", "Updated At (UTC)", "Closed At (UTC)", "Milestone", "Weight", "Labels", "Time Estimate",
              "Time Spent"]  # fmt: skip
    rows = [
        ["x", "", str(n), f"https://git.example/acme/web/-/issues/{n}", "Closed", "Ann", "ann", "Bob", "bob", "No", "No", "",
         stamp(row.opened, "%Y-%m-%d %H:%M:%S"), "", stamp(row.ended, "%Y-%m-%d %H:%M:%S"), "", "", f"bug,severity::{row.severity}", "0",
         str(round(row.effort * HOUR))]
        for n, row in enumerate(past.rows.itertuples(), 1)
    ]  # fmt: skip
    return _csv(target, header, rows)


def zendesk(past: Lived, target: Path) -> Path:
    """Tickets of the REST API, side-loaded with their metrics."""
    words = {1: "urgent", 2: "high", 3: "normal"}
    tickets = [
        {
            "url": f"https://acme.example/api/v2/tickets/{n}.json", "id": n, "external_id": None, "created_at": stamp(row.opened, "%Y-%m-%dT%H:%M:%SZ"),
            "updated_at": "2027-01-01T00:00:00Z", "type": "incident", "subject": "x", "priority": words[row.severity],
            "status": "open" if pd.isna(row.ended) else "closed", "requester_id": 7, "assignee_id": n % 5, "group_id": 360001, "tags": ["a"],
            "via": {"channel": "web", "source": {"from": {}}}, "satisfaction_rating": {"score": "offered"},
            "metric_set": {"solved_at": stamp(row.ended, "%Y-%m-%dT%H:%M:%SZ") or None, "reopens": 0, "group_stations": 1,
                           "reply_time_in_minutes": {"calendar": 12, "business": 5}},
        }
        for n, row in enumerate(past.rows.itertuples(), 1)
    ]  # fmt: skip
    target.write_text(json.dumps({"tickets": tickets, "next_page": None, "count": len(tickets)}))
    return target


def freshdesk(past: Lived, target: Path) -> Path:
    """The CSV of tickets, times tracked as a clock."""
    header = ["Ticket ID", "Subject", "Status", "Priority", "Source", "Type", "Agent", "Group", "Created time", "Due by Time", "Resolved time",
              "Closed time", "Last update time", "Initial response time", "Time tracked", "First response time (in hrs)",
              "Resolution time (in hrs)", "Agent interactions", "Customer interactions", "Resolution status", "Tags"]  # fmt: skip
    words = {1: "Urgent", 2: "High", 3: "Medium"}

    def clock(hours: float) -> str:
        seconds = round(hours * HOUR)
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    rows = [
        [str(n), "x", "Closed", words[row.severity], "Portal", "Incident", "Ann", row.team, stamp(row.opened, "%Y-%m-%d %H:%M:%S"), "",
         stamp(row.ended, "%Y-%m-%d %H:%M:%S"), stamp(row.ended, "%Y-%m-%d %H:%M:%S"), "", stamp(row.started, "%Y-%m-%d %H:%M:%S"),
         clock(row.effort), "", "", "1", "1", "Within SLA", ""]
        for n, row in enumerate(past.rows.itertuples(), 1)
    ]  # fmt: skip
    return _csv(target, header, rows)


def incident_io(past: Lived, target: Path) -> Path:
    """Incidents of the REST API, their moments as a list of pairs."""

    def moment(name: str, value: Any) -> dict[str, Any]:
        return {
            "incident_timestamp": {"id": name, "name": name, "rank": 1},
            "value": {"value": stamp(value, "%Y-%m-%dT%H:%M:%SZ")} if not pd.isna(value) else None,
        }

    incidents = [
        {
            "id": f"01FDAG4{n}", "reference": f"INC-{n}", "name": "x", "mode": "standard", "visibility": "public",
            "created_at": stamp(row.opened, "%Y-%m-%dT%H:%M:%SZ"), "updated_at": "2027-01-01T00:00:00Z",
            "severity": {"id": "1", "name": f"SEV{row.severity}", "rank": 4 - row.severity, "description": ""},
            "incident_status": {"id": "1", "category": "closed", "name": "Closed"}, "incident_type": {"id": "1", "name": row.kind},
            "incident_timestamp_values": [moment("Reported at", row.opened), moment("Accepted at", row.started), moment("Resolved at", row.ended)],
            "incident_role_assignments": [{"role": {"role_type": "lead", "name": "Lead"}, "assignee": {"id": "1", "name": "Ann"}}],
            "workload_minutes_total": row.effort * 60,
        }
        for n, row in enumerate(past.rows.itertuples(), 1)
    ]  # fmt: skip
    target.write_text(
        json.dumps({"incidents": incidents, "pagination_meta": {"after": "x", "page_size": 250}})
    )
    return target


def otrs(past: Lived, target: Path) -> Path:
    """A ticket search of OTRS, semicolons, the scale that runs upwards, time in minutes."""
    header = ["Ticket#", "Age", "Created", "Closed", "FirstLock", "FirstResponse", "State", "Priority", "Queue", "Lock", "Owner", "UserFirstname",
              "UserLastname", "CustomerID", "CustomerName", "From", "Subject", "AccountedTime", "ArticleTree", "SolutionInMin", "SolutionDiffInMin",
              "FirstResponseInMin", "FirstResponseDiffInMin"]  # fmt: skip
    words = {1: "5 very high", 2: "4 high", 3: "3 normal"}
    form = "%Y-%m-%d %H:%M:%S"
    rows = [
        [f"20260105{n:07d}", "3 d 2 h", stamp(row.opened, form), stamp(row.ended, form), "", stamp(row.started, form), "closed successful",
         words[row.severity], row.team, "unlock", f"p{n % 5}", "", "", "c", "", "a@example.com", "x", f"{row.effort * 60:.4f}", "", "", "", "", ""]
        for n, row in enumerate(past.rows.itertuples(), 1)
    ]  # fmt: skip
    return _csv(target, header, rows, ";")


def znuny(past: Lived, target: Path) -> Path:
    """The same out of a German Znuny, commas."""
    header = ["Ticketnummer", "Alter", "Erstellt", "Geschlossen", "Status", "Priorität", "Queue", "Sperre", "Besitzer", "Kundennummer", "Betreff",
              "AccountedTime"]  # fmt: skip
    words = {1: "5 sehr hoch", 2: "4 hoch", 3: "3 normal"}
    form = "%d.%m.%Y %H:%M:%S"
    rows = [
        [f"20260105{n:07d}", "3 Tage", stamp(row.opened, form), stamp(row.ended, form), "erfolgreich geschlossen", words[row.severity], row.team,
         "entsperrt", f"p{n % 5}", "c", "x", f"{row.effort * 60:.4f}".replace(".", ",")]
        for n, row in enumerate(past.rows.itertuples(), 1)
    ]  # fmt: skip
    return _csv(target, header, rows)


def workbook(target: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """An Excel workbook of one sheet: text, numbers, and moments as Excel keeps them, days since 1900."""

    def cell(value: Any) -> str:
        if isinstance(value, pd.Timestamp):
            days = (value - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1)
            return f'<c s="1"><v>{days!r}</v></c>'
        if isinstance(value, int | float):
            return f"<c><v>{value!r}</v></c>"
        return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>' if value else "<c/>"

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    content = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheet = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{content}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{content}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="{content}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Tickets" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }  # fmt: skip
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return target


def xlsx(past: Lived, target: Path) -> Path:
    """A table of one's own, kept in Excel."""
    rows = [
        [
            row.number,
            row.opened.round("s"),
            "" if pd.isna(row.ended) else row.ended.round("s"),
            f"P{row.severity}",
            row.kind,
            row.effort,
        ]
        for row in past.rows.itertuples()
    ]
    return workbook(
        target, [["Ticket", "Opened", "Resolved", "Priority", "Category", "Hours"], *rows]
    )


MORE_EXPORTERS = {
    "azure": azure, "tfs": tfs, "opsgenie": opsgenie, "jsm": jsm, "linear": linear, "gitlab": gitlab, "zendesk": zendesk, "freshdesk": freshdesk,
    "incident_io": incident_io, "otrs": otrs, "znuny": znuny, "xlsx": xlsx,
}  # fmt: skip

TITLES = {
    "azure": "Azure DevOps work items", "tfs": "Azure DevOps work items", "opsgenie": "Opsgenie alerts or incidents", "jsm": "Jira issues",
    "linear": "Linear issues", "gitlab": "GitLab issues", "zendesk": "Zendesk tickets", "freshdesk": "Freshdesk tickets",
    "incident_io": "incident.io incidents", "otrs": "OTRS or Znuny tickets", "znuny": "OTRS or Znuny tickets", "xlsx": "a table of tickets",
}  # fmt: skip

WITH_EFFORT = ("azure", "tfs", "jsm", "gitlab", "freshdesk", "incident_io", "otrs", "znuny", "xlsx")
