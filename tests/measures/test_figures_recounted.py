"""Every figure, counted once more from the tables that people read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.measures.accounts import ACTIVITIES, INCIDENT_STAGES, accounts_of
from sim.measures.baseline import points_delivered
from sim.measures.metrics import Key, figures_of, measure
from sim.measures.run import Run, run
from sim.policy.contract import PLAIN_SCRUM
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table, load
from tests.workspaces import WHATEVER, UsedWorkspace

WARMUP, HORIZON, SPRINT = 3, 11, 2
"""Weeks; none a multiple of the sprint, so that part of a sprint counts nowhere."""

POLICIES = ("swap-in", "cancel-sprint", "interrupt-anyone", "developer-rotation", "next-sprint")

PROMISES = {"outage": (0.5, 4.0), "fix": (6.0, 30.0), "question": (None, None)}
HALF = 0.5 / 3_600


def organisation(stories: bool = True) -> dict[str, Any]:
    """Two teams, two kinds of one severity, a first line, nights, and a horizon that cuts a sprint."""
    table: dict[str, Any] = {
        "name": "Two teams",
        "time": {"horizon_weeks": HORIZON, "warmup_weeks": WARMUP, "sprint_weeks": SPRINT},
        "teams": [{"name": "Red", "developers": 3}, {"name": "Blue", "developers": 2}],
        "sprints": {"goal_share": 0.8},
        "incidents": [
            {"kind": "outage", "severity": 1, "per_week": 3.0, "first_line": False},
            {"kind": "fix", "severity": 3, "per_week": 8.0, "dispersion": 2.0},
            {"kind": "question", "severity": 3, "per_week": 6.0},
        ],
        "first_line": {"deflect_rate": 0.3},
        "on_call": {"cover": "24x7", "page": [1]},
        "people": {"sick_share": 0.05},
    }
    for kind in table["incidents"]:
        kind["effort_hours"] = {"dist": "lognormal", "median": 2.0, "p90": 8.0}
        respond, resolve = PROMISES[kind["kind"]]
        if respond:
            kind |= {"respond_within_hours": respond, "resolve_within_hours": resolve}
    if stories:
        table["stories"] = {"points": {"1": 0.5, "3": 0.5}, "hours_per_point": 4.0}
    return table


@pytest.fixture(scope="module", params=POLICIES)
def lived(request: pytest.FixtureRequest) -> Run:
    return run(sample_path(from_table(organisation()), seed=4), request.param)


@pytest.fixture
def figures(lived: Run) -> dict[Key, float]:
    quiet = lived.path.without_incidents()
    ideal = points_delivered(quiet, run(quiet, PLAIN_SCRUM).events)
    return measure(lived.path, lived.events, ideal)


def delivery(figures: dict[Key, float], name: str) -> float:
    return figures[Key("delivery", "all", name)]


def measured_sprints(of: Run) -> pd.DataFrame:
    first, last = -(-WARMUP // SPRINT), HORIZON // SPRINT
    return of.sprints[(of.sprints.sprint >= first) & (of.sprints.sprint < last)]


def test_delivery_is_that_of_the_whole_sprints_after_the_warmup(
    lived: Run, figures: dict[Key, float]
) -> None:
    rows = measured_sprints(lived)
    assert len(rows) == 2 * 3
    counted = {
        "points_per_sprint": rows.delivered_points.mean(),
        "stories_per_sprint": rows.delivered_stories.mean(),
        "say_do_ratio": rows.kept_points.sum() / rows.committed_points.sum(),
        "sprint_goals_met": rows.goal_met.dropna().astype(float).mean(),
        "sprints_cancelled": rows.cancelled.mean(),
        "stories_sent_back": rows.sent_back_stories.mean(),
    }
    for name, value in counted.items():
        assert delivery(figures, name) == pytest.approx(value), name


def test_variation_is_within_each_team_and_then_averaged(
    lived: Run, figures: dict[Key, float]
) -> None:
    by_team = measured_sprints(lived).groupby("team").delivered_points
    counted = (by_team.std(ddof=1) / by_team.mean()).mean()
    assert delivery(figures, "throughput_cv") == pytest.approx(counted)


def test_delivery_share_is_of_the_same_sprints_without_incidents(
    lived: Run, figures: dict[Key, float]
) -> None:
    undisturbed = run(lived.path.without_incidents(), PLAIN_SCRUM)
    ideal = measured_sprints(undisturbed).delivered_points.sum()
    counted = measured_sprints(lived).delivered_points.sum() / ideal
    assert delivery(figures, "delivery_share") == pytest.approx(counted)


def test_lead_times_are_of_stories_done_after_the_warmup(
    lived: Run, figures: dict[Key, float]
) -> None:
    done = lived.stories[lived.stories.done_hours >= WARMUP * 168]
    for name, share in (("story_lead_days_p50", 0.5), ("story_lead_days_p85", 0.85)):
        assert delivery(figures, name) == pytest.approx(done.lead_days.quantile(share)), name


def measured_incidents(of: Run) -> pd.DataFrame:
    """Those of the figures, with how long each waited: to its age, where it waits yet."""
    rows = of.incidents[
        (of.incidents.opened_hours >= WARMUP * 168) & (of.incidents.outcome != "deflected")
    ].copy()
    calendar, end = of.path.organisation.calendar, HORIZON * 168 * 3_600
    opened = np.rint(rows.opened_hours * 3_600).astype(np.int64).to_numpy()
    working_age = (calendar.worked(end) - calendar.worked_at(opened)) / 3_600
    for span in ("response", "resolution"):
        rows[f"{span}_hours"] = rows[f"{span}_hours"].fillna(HORIZON * 168 - rows.opened_hours)
        known = rows[f"{span}_working_hours"]
        rows[f"{span}_working_hours"] = known.where(known.notna(), working_age)
    return rows


GROUPS = {
    "all": lambda rows: rows,
    "severity 1": lambda rows: rows[rows.severity == 1],
    "severity 3": lambda rows: rows[rows.severity == 3],
    "kind outage": lambda rows: rows[rows.kind == "outage"],
    "kind fix": lambda rows: rows[rows.kind == "fix"],
    "kind question": lambda rows: rows[rows.kind == "question"],
}


@pytest.mark.parametrize("group", GROUPS)
def test_waits_are_those_of_the_incidents_of_a_group(
    lived: Run, figures: dict[Key, float], group: str
) -> None:
    rows = GROUPS[group](measured_incidents(lived))
    for span in ("response", "resolution"):
        for clock in ("", "working_"):
            own = rows[f"{span}_{clock}hours"]
            counted = {"mean": own.mean()} | {
                name: own.quantile(share)
                for name, share in (("p50", 0.5), ("p90", 0.9), ("p95", 0.95))
            }
            for name, value in counted.items():
                key = Key("response", group, f"{span}_{clock}hours_{name}")
                assert figures[key] == pytest.approx(value), key


@pytest.mark.parametrize("group", GROUPS)
def test_promises_count_where_they_were_kept_or_can_no_longer_be(
    lived: Run, figures: dict[Key, float], group: str
) -> None:
    rows = GROUPS[group](measured_incidents(lived))
    assert figures[Key("response", group, "incidents_measured")] == len(rows)
    assert figures[Key("response", group, "backlog_end")] == (rows.outcome == "open").sum()
    for place, span in enumerate(("response", "resolution")):
        promised = rows.kind.map({kind: pair[place] for kind, pair in PROMISES.items()})
        waited = rows[f"{span}_hours"]
        happened = GROUPS[group](lived.incidents.loc[rows.index])[f"{span}_hours"].notna()
        kept = happened & (waited <= promised + HALF)
        counts = promised.notna() & (happened | (waited > promised + HALF))
        counted = kept.sum() / counts.sum() if counts.sum() else np.nan
        assert figures[Key("response", group, f"{span}_sla")] == pytest.approx(counted, nan_ok=True)


@pytest.mark.parametrize("stood", WHATEVER)
def test_what_stood_in_the_memory_before_is_in_no_account(
    lived: Run, stood: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = figures_of([lived.path], [accounts_of(lived.path, lived.events)], np.array([np.nan]))
    monkeypatch.setattr(
        "sim.measures.accounts._room", lambda size: np.full(size, stood, dtype=np.int64)
    )
    monkeypatch.setattr("sim.measures.accounts._thread.room", UsedWorkspace(stood), raising=False)
    found = figures_of([lived.path], [accounts_of(lived.path, lived.events)], np.array([np.nan]))
    for key, values in plain.items():
        assert np.array_equal(found[key], values, equal_nan=True), key


def test_people_and_time_are_those_since_the_warmup(lived: Run, figures: dict[Key, float]) -> None:
    since = lived.path.organisation.warmup
    a = accounts_of(lived.path, lived.events, since=since)
    weeks = HORIZON - WARMUP
    shares = a.activities.sum(axis=0) / a.activities.sum()
    for activity, share in zip(ACTIVITIES, shares, strict=True):
        assert figures[Key("time", "all", f"developer_{activity}_share")] == pytest.approx(share)
    at = dict(zip(ACTIVITIES, shares, strict=True))
    events = lived.trace[lived.trace.time_hours >= WARMUP * 168]
    counted = {
        "unplanned_share": at["incidents"] + at["switching"],
        "interruptions_per_developer_week": (events.event == "interrupted").sum() / 5 / weeks,
        "out_of_hours_calls_per_developer_month": (events.event == "paged").sum()
        / 5
        / (weeks * 12 / 52),
    }
    for name, value in counted.items():
        assert figures[Key("people", "all", name)] == pytest.approx(value), name


def worked(hours: float) -> float:
    """The working hours until a moment, where all work from 9 to 17, Monday to Friday."""
    days, hour = divmod(hours, 24)
    weeks, day = divmod(int(days), 7)
    today = min(max(hour - 9, 0), 8) if day < 5 else 0
    return weeks * 40 + min(day, 5) * 8 + today


@pytest.mark.parametrize("policy", ["developer-rotation", "adaptive-rotation", "next-sprint"])
def test_nights_and_duty_are_those_of_the_trace_by_person(policy: str) -> None:
    scenario = load("bank", ["time.horizon_weeks=30"])
    path = sample_path(scenario, seed=7)
    of = run(path, policy)
    since, until = scenario.time.warmup_weeks * 168, scenario.time.horizon_weeks * 168
    duty, calls = dict.fromkeys(range(28), 0.0), dict.fromkeys(range(28), 0)
    began: dict[int, float] = {}

    def book(who: int, end: float) -> None:
        duty[who] += max(worked(end) - worked(max(began.pop(who), since)), 0)

    for row in of.trace.itertuples():
        if row.event == "paged":
            calls[row.developer] += row.time_hours >= since
        elif row.event == "duty_began":
            began[row.developer] = row.time_hours
        elif row.event == "duty_ended":
            book(row.developer, row.time_hours)
    for who in list(began):
        book(who, until)
    months = (until - since) / 168 * 12 / 52
    shares = pd.Series(duty) / (worked(until) - worked(since))
    nights = pd.Series(calls) / months
    assert nights.max() > 0
    assert (shares.max() > 0) == (policy != "next-sprint")
    found = {k.name: v for k, v in measure(path, of.events).items() if k.section == "people"}
    for name, amounts in (("night_calls_per_person_month", nights), ("duty_share", shares)):
        for end, share in (("_p50", 0.5), ("_p90", 0.9)):
            assert found[name + end] == pytest.approx(amounts.quantile(share)), name + end
    assert found["night_calls_per_person_month"] == pytest.approx(nights.max())
    assert found["duty_share_max"] == pytest.approx(shares.max())


def test_stages_are_those_of_resolved_incidents_opened_after_the_warmup(
    lived: Run, figures: dict[Key, float]
) -> None:
    rows = lived.incidents[
        (lived.incidents.opened_hours >= WARMUP * 168) & (lived.incidents.outcome == "resolved")
    ]
    for stage in INCIDENT_STAGES:
        short = stage.removesuffix("_hours")
        column = stage if stage.endswith("hours") else f"{stage}_hours"
        found = figures[Key("time", "all", f"incident_{short}_hours")]
        assert found == pytest.approx(rows[column].mean()), stage


def test_accounts_cover_the_whole_run_and_growth_what_came_after_the_warmup(
    lived: Run, figures: dict[Key, float]
) -> None:
    rows = lived.incidents
    for outcome in ("deflected", "resolved", "withdrawn", "open"):
        assert figures[Key("accounts", "all", outcome)] == (rows.outcome == outcome).sum()
    assert figures[Key("accounts", "all", "opened")] == len(rows)
    ended = lived.accounts.ended / 3_600
    at_warmup = (rows.opened_hours < WARMUP * 168) & ((ended >= WARMUP * 168) | (ended < 0))
    growth = ((rows.outcome == "open").sum() - at_warmup.sum()) / (HORIZON - WARMUP)
    assert figures[Key("accounts", "all", "backlog_growth_per_week")] == pytest.approx(growth)


def test_without_stories_delivery_says_nothing() -> None:
    of = run(sample_path(from_table(organisation(stories=False)), seed=4), "interrupt-anyone")
    found = measure(of.path, of.events)
    silent = [key.name for key in found if key.section == "delivery" and np.isnan(found[key])]
    assert set(silent) == {key.name for key in found if key.section == "delivery"}


def of_delivery(policy: str, **time: int) -> dict[str, float]:
    table = organisation()
    table["time"] |= time
    of = run(sample_path(from_table(table), seed=4), policy)
    return {k.name: v for k, v in measure(of.path, of.events).items() if k.section == "delivery"}


def test_a_sprint_that_commits_nothing_has_no_goal_to_meet() -> None:
    found = of_delivery("kanban")
    assert found["points_per_sprint"] > 0
    assert np.isnan(found["sprint_goals_met"])
    assert np.isnan(found["say_do_ratio"])


def test_a_team_that_delivers_nothing_does_not_vary() -> None:
    found = of_delivery("reserved-buffer:share=1")
    assert found["points_per_sprint"] == 0
    assert np.isnan(found["throughput_cv"])


def test_two_measured_sprints_vary_and_one_does_not() -> None:
    one = of_delivery("interrupt-anyone", warmup_weeks=3, horizon_weeks=6)
    two = of_delivery("interrupt-anyone", warmup_weeks=3, horizon_weeks=8)
    assert np.isnan(one["throughput_cv"])
    assert two["throughput_cv"] > 0


def test_what_is_done_before_the_warmup_has_no_lead_time() -> None:
    table = organisation()
    table["stories"]["error"] = {"dist": "constant", "value": 1.0}
    path = sample_path(from_table(table), seed=4)
    of = run(path, "interrupt-anyone")
    early = of.stories[of.stories.done_hours < WARMUP * 168]
    late = of.stories[of.stories.done_hours >= WARMUP * 168]
    assert len(early) > 0
    assert len(late) > 0
    found = measure(of.path, of.events)[Key("delivery", "all", "story_lead_days_p50")]
    assert found == pytest.approx(late.lead_days.median())
    assert found != pytest.approx(of.stories.lead_days.median())
