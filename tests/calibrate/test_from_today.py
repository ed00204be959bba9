"""`firelane calibrate --from-today`: a scenario that begins with what is open, and knows nothing of later."""

from __future__ import annotations

import csv
import datetime
import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.calibrate import today
from sim.scenario.reading import load
from tests.calibrate.exporters import Lived, servicenow
from tests.command import Firelane

LOG = "scenarios/service_desk_log.csv"
JIRA = "scenarios/exports/jira_stories.csv"

NOON = pd.Timestamp("2026-03-04T12:00")
"""A Wednesday."""

HEAD = ("number", "opened", "resolved", "severity", "team", "hours", "category")


def table(target: Path, rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD) -> Path:
    with target.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    return target


def past(days: int = 120, seed: int = 5) -> list[list[Any]]:
    """Three tickets a working day, most of them resolved within two days, until well after NOON."""
    rng = np.random.default_rng(seed)
    rows: list[list[Any]] = []
    for day in pd.bdate_range(NOON.normalize() - pd.Timedelta(days=days), periods=days):
        for _ in range(3):
            opened = day + pd.Timedelta(minutes=int(rng.integers(540, 1_020)))
            ended = opened + pd.Timedelta(minutes=int(rng.integers(30, 2_880)))
            severity = int(rng.choice([2, 3], p=[0.3, 0.7]))
            rows.append([f"T{len(rows)}", stamp(opened), stamp(ended), severity,
                         str(rng.choice(["Red", "Blue"])), round(float(rng.lognormal()), 2), "data"])  # fmt: skip
    return rows


def closed() -> list[list[Any]]:
    """Those of them that are closed by NOON; and one of later, of which nobody knew."""
    later = ["LATER", "2026-03-05T09:00", "", 3, "Red", "", "data"]
    return [*(row for row in past() if row[2] <= stamp(NOON)), later]


def stamp(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


def started(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(file.read_text())["start"]
    return found


def begun(firelane: Firelane, target: Path, *arguments: object) -> dict[str, Any]:
    done = firelane("calibrate", *arguments, "-o", target, "--overwrite")
    assert done.status == 0, done.err
    sim.load(target)
    return started(target)


# ---- what was known then -------------------------------------------------------------------------


def test_a_moment_is_as_if_the_export_had_been_made_then(
    firelane: Firelane, tmp_path: Path
) -> None:
    """What opened later is not there, what ended later is open, and no figure knows of either."""
    whole = past()
    then = stamp(NOON)
    whole[200][1] = then  # so that the export made then has its last event then
    known = [
        [n, opened, ended if ended <= then else "", severity, team,
         hours if ended <= then else "", category]
        for n, opened, ended, severity, team, hours, category in whole if opened <= then
    ]  # fmt: skip
    assert 0 < len([row for row in known if not row[2]]) < len(known) < len(whole)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    later, earlier = table(tmp_path / "a/log.csv", whole), table(tmp_path / "b/log.csv", known)
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    begun(firelane, first, later, "--today", then)
    begun(firelane, second, earlier, "--from-today")
    words = ("as given with --today", "the last event in the exports")
    assert first.read_text().replace(*words) == second.read_text()


def test_an_audit_log_is_read_as_it_was(firelane: Firelane, tmp_path: Path) -> None:
    """Rows written later are not read; a moment that stands in all rows is one of later."""
    rng = np.random.default_rng(1)
    opened = pd.Timestamp("2026-01-05T09:00") + pd.to_timedelta(
        np.sort(rng.integers(0, 60 * 24 * 80, 300)), "m"
    )
    lived = pd.DataFrame(
        {
            "number": [f"INC{n:07d}" for n in range(300)], "opened": opened,
            "severity": rng.choice([1, 3], 300), "kind": "x", "team": rng.choice(["Red", "Blue"], 300),
            "effort": rng.uniform(0.2, 5, 300),
        }
    )  # fmt: skip
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole = servicenow(Lived(lived), tmp_path / "a/log.csv")
    rows = pd.read_csv(whole, dtype=str, keep_default_na=False)
    rows["assignment_group"] = np.where(
        rows.incident_state == "Resolved", "Closers", rows.assignment_group
    )
    rows.to_csv(whole, index=False)
    moments = {
        name: pd.to_datetime(rows[name], dayfirst=True)
        for name in ("opened_at", "sys_updated_at", "resolved_at", "closed_at")
    }
    then = moments["opened_at"].iloc[800]
    for name in ("resolved_at", "closed_at"):
        rows[name] = rows[name].where(moments[name] <= then, "?")
    rows[moments["sys_updated_at"] <= then].to_csv(tmp_path / "b/log.csv", index=False)
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    found = begun(firelane, first, whole, "--today", then.isoformat(), "--effort", "active")
    begun(firelane, second, tmp_path / "b/log.csv", "--from-today", "--effort", "active")
    words = ("as given with --today", "the last event in the exports")
    assert first.read_text().replace(*words) == second.read_text()
    was_open = (moments["opened_at"] <= then) & (moments["resolved_at"] > then)
    assert sum(entry.get("count", 1) for entry in found["incidents"]) == was_open[::4].sum() > 20
    assert {entry["team"] for entry in found["incidents"]} == {"Red", "Blue"}


def test_in_an_audit_log_the_state_decides_what_is_open(firelane: Firelane, tmp_path: Path) -> None:
    head = ("number", "incident_state", "opened_at", "sys_updated_at", "resolved_at",
            "closed_at", "priority", "assignment_group")  # fmt: skip

    def rows(number: str, resolved: str, *moves: tuple[str, str]) -> list[list[str]]:
        return [[number, state, "2026-03-02 09:00", at, resolved, "", "3", "Red"] for state, at in moves]  # fmt: skip

    log = table(
        tmp_path / "log.csv",
        [
            *rows("back", "", ("New", "2026-03-02 09:00"), ("Resolved", "2026-03-02 10:00"),
                  ("Active", "2026-03-03 10:00"), ("Resolved", "2026-03-06 10:00")),
            *rows("comes back", "2026-03-06 10:00", ("New", "2026-03-02 09:00"),
                  ("Resolved", "2026-03-02 10:00"), ("Active", "2026-03-05 10:00"),
                  ("Resolved", "2026-03-06 10:00")),
            *rows("done", "2026-03-03 10:00", ("New", "2026-03-02 09:00"),
                  ("Resolved", "2026-03-03 10:00")),
            *rows("waits", "", ("New", "2026-03-02 09:00"), ("Awaiting User Info", "2026-03-03 10:00")),
        ],
        head,
    )  # fmt: skip
    target = tmp_path / "ours.toml"
    assert begun(firelane, target, log, "--today", "2026-03-04")["incidents"] == [
        {"kind": "severity 3", "team": "Red", "age_days": 1.62, "count": 2}
    ]
    assert "# 1 of them wait for somebody else by their state" in target.read_text()
    assert begun(firelane, target, log, "--from-today")["incidents"] == [
        {"kind": "severity 3", "team": "Red", "age_days": 4.04}
    ]


# ---- what the file says --------------------------------------------------------------------------


def test_each_open_ticket_has_its_kind_team_and_age_and_alike_ones_are_counted(
    firelane: Firelane, tmp_path: Path
) -> None:
    open_ones = [
        ["O1", "2026-03-04T10:48", "", 2, "Red", "", "data"],
        ["O2", "2026-03-04T10:48", "", 2, "Red", "", "data"],
        ["O3", "2026-03-03T12:00", "2026-03-04T12:30", 3, "Blue", 7, "data"],
        ["O4", "2026-03-04T12:00", "2026-03-09T12:00", 3, "Blue", 7, "data"],
    ]
    target = tmp_path / "ours.toml"
    export = table(tmp_path / "log.csv", closed() + open_ones)
    found = begun(firelane, target, export, "--today", stamp(NOON))
    assert found.pop("past_forecasts")["moments"] == 8
    assert found == {
        "at": datetime.datetime(2026, 3, 4, 12),
        "incidents": [
            {"kind": "severity 3", "team": "Blue", "age_days": 1.0},
            {"kind": "severity 2", "team": "Red", "age_days": 0.05, "count": 2},
            {"kind": "severity 3", "team": "Blue", "age_days": 0.0},
        ],
    }
    whole = tomllib.loads(target.read_text())
    assert whole["time"]["start"] == datetime.date(2026, 3, 2)
    assert (whole["time"]["warmup_weeks"], whole["time"]["horizon_weeks"]) == (0, 13)
    text = target.read_text()
    assert "# the Monday of the week of [start].at; the record is 2025-11-04 to 2026-03-03" in text
    assert "at = 2026-03-04T12:00:00 # as given with --today" in text
    assert "# 4 tickets are open then: opened by 2026-03-04 12:00:00, and no end by then" in text


def test_a_severity_that_its_kind_has_not_is_said(firelane: Firelane, tmp_path: Path) -> None:
    rows = closed()
    for row in rows:
        row[3] = 3
    rows.append(["O1", "2026-03-03T12:00", "", 1, "Red", "", "data"])
    export = table(tmp_path / "log.csv", rows)
    [entry] = begun(
        firelane, tmp_path / "ours.toml", export, "--today", stamp(NOON), "--kinds", "category"
    )["incidents"]
    assert entry == {"kind": "data", "team": "Red", "age_days": 1.0, "severity": 1}


def test_tickets_of_no_team_are_dealt_out_and_those_of_the_first_line_left_out(
    firelane: Firelane, tmp_path: Path
) -> None:
    rows = closed()
    for number, row in enumerate(rows):
        row[4] = ("Red", "Red", "Blue", "Desk")[number % 4]
    for number, team in enumerate(["", "", "", "Desk", "Red"]):
        rows.append([f"O{number}", "2026-03-04T08:24", "", 3, team, "", "data"])
    export, target = table(tmp_path / "log.csv", rows), tmp_path / "ours.toml"
    found = begun(firelane, target, export, "--today", stamp(NOON), "--first-line", "Desk")
    counts = {entry["team"]: entry.get("count", 1) for entry in found["incidents"]}
    assert counts == {"Red": 3, "Blue": 1}
    text = target.read_text()
    assert "# 1 are with the first line, whose share is settled there: left out" in text
    assert "# 3 have no group that is a team here: dealt to the teams by incident_share" in text


def test_what_nobody_seems_to_close_is_left_out_and_that_is_said(
    firelane: Firelane, tmp_path: Path
) -> None:
    rows = closed()
    rows += [
        ["OLD", "2025-11-05T12:00", "", 3, "Red", "", "data"],
        ["NEW", "2026-03-04T10:48", "", 3, "Red", "", "data"],
    ]
    export, target = table(tmp_path / "log.csv", rows), tmp_path / "ours.toml"
    done = firelane("calibrate", export, "-o", target, "--today", stamp(NOON))
    assert [entry["age_days"] for entry in started(target)["incidents"]] == [0.05]
    for text in (done.out, target.read_text()):
        assert "1 are older than 99% of the closed ones of their kind took (severity 3 1.9" in text
        assert "the oldest 119 days" in text
        assert "1 of these are left out, more than 3 times as old as open ones get" in text
        assert "(severity 3 5." in text


def test_in_a_short_record_the_slow_are_not_taken_for_forgotten(
    firelane: Firelane, tmp_path: Path
) -> None:
    """Each takes 25 days; but for one, which is older than the record."""
    rows: list[list[Any]] = []
    for day in pd.bdate_range("2026-01-05", "2026-03-10"):
        for hour in range(9, 15):
            opened = day + pd.Timedelta(hours=hour)
            ended = stamp(opened + pd.Timedelta(days=25))
            rows.append([f"T{len(rows)}", stamp(opened), ended, 3, "Red", 1, "data"])
    rows.append(["OLD", "2025-02-03T09:00", "", 3, "Red", 1, "data"])
    export, target = table(tmp_path / "log.csv", rows), tmp_path / "ours.toml"
    done = firelane("calibrate", export, "-o", target, "--today", stamp(NOON))
    assert started(target)["incidents"][0]["age_days"] == 394.12
    assert "1 of these stay, more than 3 times as old" in done.out
    assert "(severity 3 75 days): the record reaches back 58 days, no further than that" in done.out
    few = table(tmp_path / "few.csv", [row for row in rows if row[1] > "2026-02-02"])
    done = firelane("calibrate", few, "-o", target, "--today", stamp(NOON), "--overwrite")
    assert "tickets are closed; from 100 on one can tell" in done.out


def test_in_the_longest_queue_so_far_nobody_is_forgotten(
    firelane: Firelane, tmp_path: Path
) -> None:
    """Tickets took up to two days; now nothing has been closed for five."""
    rows = [row for row in past() if row[1] <= stamp(NOON)]
    for row in rows:
        if row[2] > stamp(NOON - pd.Timedelta(days=5)):
            row[2] = ""
    rows.append(["LATER", "2026-03-05T09:00", "", 3, "Red", "", "data"])
    export, target = table(tmp_path / "log.csv", rows), tmp_path / "ours.toml"
    found = begun(firelane, target, export, "--today", stamp(NOON))
    counts = [entry.get("count", 1) for entry in found["incidents"]]
    assert sum(counts) == len([row for row in rows if not row[2]]) - 1
    assert "are older than 99%" in target.read_text()
    assert "left out" not in target.read_text()


def test_open_tickets_get_as_old_as_closed_ones_would_keep_one_open() -> None:
    """Five that took 100 days keep less than one open at any age, if they came in 500 days or more."""
    took = np.append(np.ones(995), [100.0] * 5)
    assert today._limits(took, reach=400.0) == (1.0, today.FAR * 100.0)
    assert today._limits(took, reach=500.0) == (1.0, today.FAR * 1.0)
    assert today._limits(np.append(np.ones(10), [10.0] * 10), 20.0) == (10.0, today.FAR * 10.0)


def test_holidays_ahead_are_known_as_calendars_are(firelane: Firelane, tmp_path: Path) -> None:
    export, target = table(tmp_path / "log.csv", past()), tmp_path / "ours.toml"
    begun(firelane, target, export, "--today", stamp(NOON),
          "--holidays", "2026-01-06,2026-03-19,2026-04-03")  # fmt: skip
    assert sim.load(target).time.public_holidays == [
        datetime.date(2026, 3, 19), datetime.date(2026, 4, 3)
    ]  # fmt: skip


def test_an_export_of_openings_alone_cannot_tell_what_is_open(
    firelane: Firelane, tmp_path: Path
) -> None:
    target = tmp_path / "ours.toml"
    assert begun(firelane, target, LOG, "--from-today")["incidents"] == []
    assert "# service_desk_log.csv has no ends and no states" in target.read_text()


def test_a_moment_long_after_the_last_opening_is_noticed(
    firelane: Firelane, tmp_path: Path
) -> None:
    rows = past()
    rows[-1][2] = "2026-12-01T12:00"
    export, target = table(tmp_path / "log.csv", rows), tmp_path / "ours.toml"
    done = firelane("calibrate", export, "-o", target, "--from-today")
    assert "if they end there, --today says an earlier moment" in done.out


def test_more_sorts_of_tickets_than_a_scenario_may_have_are_told_by_coarser_ages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(today, "MOST_ENTRIES", 40)
    ages = np.arange(300) / 10
    found = today._alike(["k"] * 300, ["t"] * 300, ages, [None] * 300)
    assert len(found) == 31
    assert sum(found.values()) == 300
    assert next(iter(found)) == ("k", "t", 30.0, None)


# ---- stories -------------------------------------------------------------------------------------


def jira(target: Path, rows: Sequence[Sequence[str]]) -> Path:
    head = (
        "Issue key",
        "Issue Type",
        "Status",
        "Created",
        "Resolved",
        "Project name",
        "Story Points",
    )
    return table(target, rows, head)


STORIES = [
    ["A-1", "Story", "Done", "2026-02-02T09:00", "2026-02-06T09:00", "Red", "5"],
    ["A-2", "Story", "Done", "2026-02-03T09:00", "2026-03-03T09:00", "Red", "2"],
    ["A-3", "Story", "In Progress", "2026-02-04T09:00", "", "Red", "3"],
    ["A-4", "Story", "To Do", "2026-02-04T09:00", "", "Red", "5"],
    ["A-5", "Story", "Blocked", "2026-02-05T09:00", "", "Blue", ""],
    ["A-6", "Epic", "In Progress", "2026-02-05T09:00", "", "Blue", ""],
    ["A-7", "Task", "Done", "2026-02-09T09:00", "", "Red", "2"],
]


def test_stories_in_hand_have_half_of_their_hours_left(firelane: Firelane, tmp_path: Path) -> None:
    export, target = jira(tmp_path / "stories.csv", STORIES), tmp_path / "ours.toml"
    found = begun(firelane, target, export, "--from-today", "--teams", "Red=3,Blue=2")
    hours = tomllib.loads(target.read_text())["stories"]["hours_per_point"]
    assert found["at"] == datetime.datetime(2026, 3, 3, 9)
    assert [(s["team"], s["points"]) for s in found["stories"]] == [("Blue", 3), ("Red", 3)]
    assert found["stories"][0]["left_hours"] == pytest.approx(1.5 * hours, rel=1e-3)
    text = target.read_text()
    assert "# 2 stories are begun and not done; left_hours is assumed" in text
    assert "# 1 of them have no points: assumed" in text


def test_of_an_earlier_moment_a_list_cannot_tell_what_was_begun_and_a_changelog_can(
    firelane: Firelane, tmp_path: Path
) -> None:
    export, target = jira(tmp_path / "stories.csv", STORIES), tmp_path / "ours.toml"
    found = begun(firelane, target, export, "--today", "2026-02-20")
    assert "stories" not in found
    assert "# 4 stories are open of which the exports do not tell whether they were begun" in (
        target.read_text()
    )

    def issue(number: int, begins: str, resolved: str | None) -> dict[str, Any]:
        move = {"field": "status", "fromString": "To Do", "toString": "In Progress"}
        return {
            "key": f"A-{number}",
            "fields": {"created": "2026-02-02T09:00", "resolutiondate": resolved, "project": {"name": "Red"},
                       "issuetype": {"name": "Story"}, "status": {"name": "Done"}, "customfield_10016": number},
            "changelog": {"histories": [{"created": begins, "items": [move]}]},
        }  # fmt: skip

    document = [issue(1, "2026-02-10T09:00", "2026-02-27T09:00"),
                issue(2, "2026-02-23T09:00", "2026-02-27T09:00"),
                issue(3, "2026-02-10T09:00", "2026-02-12T09:00")]  # fmt: skip
    (tmp_path / "stories.json").write_text(json.dumps({"issues": document}))
    found = begun(firelane, target, tmp_path / "stories.json", "--today", "2026-02-20")
    assert [(s["team"], s["points"]) for s in found["stories"]] == [("Red", 1)]


def test_two_exports_have_one_moment(firelane: Firelane, tmp_path: Path) -> None:
    log, stories = table(tmp_path / "log.csv", past()), jira(tmp_path / "stories.csv", STORIES)
    target = tmp_path / "ours.toml"
    found = begun(firelane, target, log, stories, "--today", "2026-01-15")
    assert "stories" not in found
    assert found["incidents"]
    later = begun(firelane, target, log, stories, "--from-today")
    assert later["at"] > datetime.datetime(2026, 3, 4)
    assert later["stories"]


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-01-01", "lies before the first ticket of the exports, 2025-11-04"),
        ("2027-01-01T08:00", "lies after the last event in the exports, 2026-04-"),
        ("soon", "expected a local day or moment such as 2026-03-02"),
        ("2026-03-04T12:00+01:00", "without a zone"),
    ],
)
def test_a_moment_that_cannot_be_asked_about_is_refused(
    moment: str, expected: str, firelane: Firelane, tmp_path: Path
) -> None:
    export, target = table(tmp_path / "log.csv", past()), tmp_path / "ours.toml"
    refused = firelane("calibrate", export, "-o", target, "--from-today", "--today", moment)
    assert refused.status == 2
    assert expected in " ".join(refused.err.split())
    assert not target.exists()


def test_sprint_data_alone_has_no_today(firelane: Firelane, tmp_path: Path) -> None:
    sprints = table(
        tmp_path / "s.csv", [["S1", 10, 8], ["S2", 9, 9]], ("sprint", "committed", "delivered")
    )
    refused = firelane("calibrate", sprints, "-o", tmp_path / "o.toml", "--from-today")
    assert refused.status == 2
    assert "hold no tickets" in refused.err


def test_a_scenario_is_held_against_history_without_what_it_says_of_today_and_of_days_ahead(
    firelane: Firelane, tmp_path: Path
) -> None:
    export, target = table(tmp_path / "log.csv", past()), tmp_path / "ours.toml"
    begun(firelane, target, export, "--today", stamp(NOON))
    ahead = 'absences = [{ team = "Red", from = 2026-05-04, to = 2026-05-08 }]'
    ahead += '\njoining = [{ team = "Red", on = 2026-05-04 }]'
    closures = "closures = [{ from = 2026-05-13, to = 2026-05-14 }]"
    text = target.read_text().replace("[people]", f"[people]\n{ahead}")
    text = text.replace("[time]", f"[time]\n{closures}")
    target.write_text('events = ["week 3: 1 of Red away"]\n' + text)
    assert load(target).start is not None
    held = firelane("validate", target, "--against", export, "--replications", 20)
    assert held.status == 0, held.err
    assert "arrivals a week" in held.out
