"""Every recorded export that does not ship, read once more by pandas in the test itself: counts, weekly rates,
medians and the mix of severities agree. They lie in the folder that FIRELANE_DATA names."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibrate import record_days
from tests.calibrate.planted import Found, calibrated

if not os.environ.get("FIRELANE_DATA"):
    pytest.skip("FIRELANE_DATA names no folder of recorded exports", allow_module_level=True)

DATA = Path(os.environ.get("FIRELANE_DATA", "."))


def hours(since: pd.Series, until: pd.Series) -> pd.Series:
    return (until - since).dt.total_seconds() / 3600


def resolution(found: Found, severity: int) -> float:
    [kind] = [kind for kind in found.fit.kinds if kind.severity == severity]
    assert kind.resolution is not None
    return kind.resolution.median


def first_done(log: pd.DataFrame) -> pd.Series:
    done = log[log["incident_state"].isin(["Resolved", "Closed"])]
    return done.groupby("number")["at"].min()


def test_the_service_desk_log_agrees_with_pandas() -> None:
    path = DATA / "servicenow_uci" / "incident_event_log.csv.gz"
    found = calibrated(path)
    log = pd.read_csv(path, dtype=str, na_values="?")
    log["at"] = pd.to_datetime(log["sys_updated_at"], format="%d/%m/%Y %H:%M")
    log["opened"] = pd.to_datetime(log["opened_at"], format="%d/%m/%Y %H:%M")
    by = log.groupby("number")
    tickets = pd.DataFrame(
        {"opened": by["opened"].first(), "priority": by["priority"].last().astype(int)}
    )
    resolved = pd.to_datetime(by["resolved_at"].last(), format="%d/%m/%Y %H:%M")
    tickets["resolved"] = resolved.fillna(first_done(log)).clip(lower=tickets["opened"])
    assert len(found.fit.incidents) == len(tickets) == 15_170

    mix = tickets["priority"].value_counts().to_dict()
    assert {kind.severity: kind.share.count for kind in found.fit.kinds} == mix
    for severity in mix:
        mine = tickets[tickets["priority"] == severity]
        real = hours(mine["opened"], mine["resolved"]).median()
        assert resolution(found, severity) == pytest.approx(real, rel=1e-6)

    days = tickets["opened"].dt.normalize()
    off = pd.to_datetime(["2016-03-25", "2016-04-21", "2016-04-22"])
    kept = days[(days >= "2016-03-01") & ~days.isin(off)]
    ordinary = pd.date_range("2016-03-01", "2016-04-24").difference(off)
    daily = kept.value_counts().reindex(ordinary, fill_value=0)
    usual = daily.groupby(daily.index.day_of_week).mean().sum()
    assert found.per_week == pytest.approx(usual, rel=0.02)


@pytest.mark.parametrize("project", ["apache", "jboss", "mongodb"])
def test_sprint_data_agrees_with_pandas(project: str) -> None:
    folder = DATA / f"sprints_{project}"
    paths = [folder / f"{project}_iteration_{at}.csv" for at in (0, 80)]
    delivery = calibrated(*paths).fit.delivery
    assert delivery is not None
    start, later = (pd.read_csv(path) for path in paths)
    load = start["vel_starttime"] + start["vel_added"] - start["vel_removed"]
    done = start["vel_diff"] + load
    held = load > 0
    assert (delivery.sprints, delivery.boards) == (len(start), start["boardid"].nunique())
    assert delivery.committed is not None
    assert delivery.delivered is not None
    assert delivery.say_do is not None
    assert delivery.days is not None
    assert delivery.committed.value == pytest.approx(load[held].median())
    assert delivery.delivered.value == pytest.approx(done[held].median())
    assert delivery.say_do.value == pytest.approx(done[held].sum() / load[held].sum())
    assert delivery.days.value == start["planday"][start["planday"] <= 30].median()
    people = (
        start[(start["planday"] <= 30) & (start["no_teammember"] > 0)]
        .groupby("boardid")["no_teammember"]
        .median()
    )
    assert delivery.people.to_dict() == {str(board): size for board, size in people.items()}
    added = later["no_issue_added"] - start["no_issue_added"]
    items = start["no_issue_starttime"] + start["no_issue_added"] - start["no_issue_removed"]
    assert delivery.added_items is not None
    assert delivery.added_items.value == pytest.approx(added.sum() / (items + added).sum())


@pytest.mark.parametrize(
    ("file", "kind", "created", "form"),
    [
        ("jira_student_points", "Issue Type", "Created", "%d/%b/%y %I:%M %p"), ("jira_small_done", "Issue Type", "Created", "%d/%b/%y %I:%M %p"),
        ("jira_company_redacted", "Issue Type", "Created", "%d/%b/%y %I:%M %p"), ("jira_portuguese_redacted", "Tipo de item", "Criado", None),
    ],
)  # fmt: skip
def test_jira_exports_agree_with_pandas(
    file: str, kind: str, created: str, form: str | None
) -> None:
    path = DATA / "jira_csv" / f"{file}.csv"
    found = calibrated(path)
    frame = pd.read_csv(path)
    [export] = found.fit.exports
    assert export.tickets is not None
    table = export.tickets.table
    assert len(table) == len(frame)
    assert (
        table["type"].astype(str).value_counts().to_dict() == frame[kind].value_counts().to_dict()
    )
    texts = frame[created]
    if form is None:  # pandas knows English months alone
        texts, form = texts.replace({"abr": "Apr", "mai": "May"}, regex=True), "%d/%b/%y %I:%M %p"
    real = np.sort(
        pd.to_datetime(texts, format=form).astype("datetime64[s]").astype("int64").to_numpy()
    )
    assert np.sort(table["opened"].to_numpy()).tolist() == real.tolist()
    points = [name for name in frame.columns if "story point" in name.lower()]
    stories = frame[frame[kind].isin(["Story", "Task", "Tarefa"])]
    sizes = stories[points].bfill(axis=1).iloc[:, 0].dropna() if points else pd.Series(dtype=float)
    mix = (
        sizes[sizes > 0]
        .round()
        .astype(int)
        .value_counts(normalize=True)
        .round(4)
        .sort_index()
        .to_dict()
    )
    assert (found.fit.points.mix if found.fit.points else {}) == pytest.approx(mix, abs=2e-4)


def test_github_issues_agree_with_pandas() -> None:
    rest = calibrated(DATA / "github_issues" / "rest_issues_rails.json.gz")
    frame = pd.read_json(DATA / "github_issues" / "rest_issues_rails.json.gz")
    issues = frame[frame["pull_request"].isna()]
    issues = (
        issues[~issues["state_reason"].isin(["not_planned", "duplicate"])]
        if "state_reason" in issues
        else issues
    )
    assert len(rest.tickets) == len(issues)
    took = hours(issues["created_at"], issues["closed_at"])
    mine = (rest.tickets["resolved"] - rest.tickets["opened"]) / 3600
    assert mine.median() == pytest.approx(took.median())
    listed = calibrated(DATA / "github_issues" / "gh_issue_list.json")
    assert (
        len(listed.tickets)
        == len(pd.read_json(DATA / "github_issues" / "gh_issue_list.json"))
        == 50
    )


def test_pagerduty_incidents_agree_with_pandas() -> None:
    found = calibrated(DATA / "pagerduty_csv" / "incidents.csv")
    frame = pd.read_csv(DATA / "pagerduty_csv" / "incidents.csv")
    assert (
        found.tickets["number"].astype(str).tolist()
        == frame.sort_values("created_at")["incident_number"].astype(str).tolist()
    )
    real = pd.to_datetime(frame["created_at"]).sort_values()
    assert found.tickets["opened"].tolist() == [moment.timestamp() for moment in real]


def test_the_pair_agrees_with_pandas_and_gives_two_teams_nine_people_and_hours() -> None:
    found = calibrated(DATA / "pair" / "tickets.csv", DATA / "pair" / "jira.csv")
    frame = pd.read_csv(DATA / "pair" / "tickets.csv", sep=";", decimal=",")
    opened, closed = (
        pd.to_datetime(frame[name], format="%d.%m.%Y %H:%M") for name in ("Opened", "Closed")
    )
    words = {"High": 2, "Medium": 3, "Low": 4}
    severity = frame["Priority"].map(words)
    assert {
        kind.severity: kind.share.count for kind in found.fit.kinds
    } == severity.value_counts().to_dict()
    assert found.fit.record is not None
    assert record_days.date_of(found.fit.record.first) == opened.min().date()
    assert found.per_week == pytest.approx(len(frame) / 18, rel=1e-3)
    for kind in found.fit.kinds:
        mine = severity == kind.severity
        assert kind.worked is not None
        assert kind.worked.median == pytest.approx(frame["Aufwand"][mine].median())
        assert kind.worked.p90 == pytest.approx(frame["Aufwand"][mine].quantile(0.9))
        assert kind.resolution is not None
        took = hours(opened, closed)[mine]
        assert kind.resolution.ended == took.notna().sum()
        assert took.isna().sum() - kind.resolution.waiting in (0, 1), (
            "the last event may be an opening"
        )
        # Open ones count as longer than they are old, so the median lies between these.
        assert (
            took.median()
            <= kind.resolution.median
            <= took.fillna(np.inf).quantile(0.5, interpolation="higher") + 1e-9
        )
    jira = pd.read_csv(DATA / "pair" / "jira.csv")
    people = jira.groupby("Custom field (Team)")["Assignee"].nunique().to_dict()
    assert {team.name: team.developers.value for team in found.fit.teams} == people
    assert sum(people.values()) == 9
