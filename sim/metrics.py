"""The figures of one run. A replication is one observation of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.accounts import (
    ACTIVITIES,
    DEVELOPER,
    INCIDENT_STAGES,
    OUTCOMES,
    TIME,
    VERB,
    developer_accounts,
)
from sim.calendars import HOUR, WEEK, Ints
from sim.run import Run
from sim.trace import Verb

Floats = NDArray[np.float64]

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95}


class Key(NamedTuple):
    """Where a figure stands in the result: section, group within it, name with unit."""

    section: str
    """delivery, response, people, time or accounts"""
    group: str
    """all, severity 1, kind production outage, …; all but for response"""
    name: str


@dataclass(frozen=True)
class Metric:
    """How a figure is spoken of, and which direction is better."""

    label: str
    better: int
    """1: more is better, -1: less is better"""
    percent: bool = False
    """Spoken of in per cent."""


METRICS = {
    "response_hours_mean": Metric("mean response (hours)", -1),
    "response_hours_p50": Metric("median response (hours)", -1),
    "response_hours_p90": Metric("response, 9 in 10 within (hours)", -1),
    "response_working_hours_mean": Metric("mean response (working hours)", -1),
    "response_working_hours_p50": Metric("median response (working hours)", -1),
    "resolution_hours_mean": Metric("mean resolution (hours)", -1),
    "resolution_hours_p50": Metric("median resolution (hours)", -1),
    "resolution_hours_p90": Metric("resolution, 9 in 10 within (hours)", -1),
    "response_sla": Metric("answered in time", 1, percent=True),
    "resolution_sla": Metric("resolved in time", 1, percent=True),
    "points_per_sprint": Metric("points per team-sprint", 1),
    "stories_per_sprint": Metric("stories per team-sprint", 1),
    "say_do_ratio": Metric("say/do ratio", 1, percent=True),
    "sprint_goals_met": Metric("sprint goals met", 1, percent=True),
    "throughput_cv": Metric("variation of sprint throughput", -1),
    "story_lead_days_p50": Metric("median story lead time (days)", -1),
    "story_lead_days_p85": Metric("story lead time, 85 in 100 within (days)", -1),
    "delivery_share": Metric("delivery, of a year without incidents", 1, percent=True),
    "backlog_end": Metric("open incidents at the end", -1),
    "interruptions_per_developer_week": Metric("interruptions per developer-week", -1),
    "support_gini": Metric("inequality of support time (Gini)", -1),
}
"""Figures people compare policies by."""

Figures = dict[Key, float]


def measure(run: Run, undisturbed: Run | None = None) -> Figures:
    """Every figure of a run; NaN where the run says nothing about it.

    Only what lies after the warm-up counts, but for the accounts of incidents, which cover all.
    `undisturbed` is the same path without incidents, the yardstick of `delivery_share`.
    """
    return {
        **_delivery(run, undisturbed),
        **_response(run),
        **_people_and_time(run),
        **_accounts(run),
    }


def _delivery(run: Run, undisturbed: Run | None) -> Figures:
    figures: dict[str, float] = {}
    sprints = _measured_sprints(run)
    points = sprints.delivered_points
    figures["points_per_sprint"] = _mean(points)
    figures["stories_per_sprint"] = _mean(sprints.delivered_stories)
    figures["say_do_ratio"] = _ratio(sprints.kept_points.sum(), sprints.committed_points.sum())
    figures["sprint_goals_met"] = _mean(sprints.goal_met.dropna().astype(float))
    by_team = points.groupby(sprints.team)
    spread = by_team.std() / by_team.mean()
    figures["throughput_cv"] = _mean(spread.dropna())
    ideal = _measured_sprints(undisturbed).delivered_points.sum() if undisturbed else 0
    figures["delivery_share"] = _ratio(points.sum(), ideal)
    stories = run.stories
    lead = stories.lead_days[stories.done_hours * HOUR >= run.path.organisation.warmup]
    for name, share in (("p50", 0.5), ("p85", 0.85)):
        figures[f"story_lead_days_{name}"] = float(lead.quantile(share)) if len(lead) else np.nan
    return {Key("delivery", "all", name): value for name, value in figures.items()}


def _measured_sprints(run: Run):  # type: ignore[no-untyped-def]
    """Sprints that lie wholly between warm-up and horizon."""
    org = run.path.organisation
    length = run.path.scenario.time.sprint_weeks * WEEK
    sprints = run.sprints
    begins = sprints.sprint * length
    if not len(run.path.stories):
        return sprints[:0]
    return sprints[(begins >= org.warmup) & (begins + length <= org.horizon)]


@dataclass(frozen=True, eq=False)
class _Waits:
    """N measured incidents that reached a team, or may still: how long, and whether in time."""

    severity: Ints
    kind: Ints
    response: Ints
    """Seconds to the first start; where there was none, to its end or the horizon."""
    response_working: Ints
    resolution: Ints
    resolution_working: Ints
    open_at_end: NDArray[np.bool_]
    response_kept: Floats
    """1 kept, 0 broken, NaN not promised or not yet known."""
    resolution_kept: Floats


def _waits(run: Run) -> _Waits:
    a, org = run.accounts, run.path.organisation
    table = run.path.incidents
    counted = (a.opened >= org.warmup) & (a.outcome != OUTCOMES.index("deflected"))
    opened, kind = a.opened[counted], table.kind[a.id[counted]]
    resolved = a.outcome[counted] == OUTCOMES.index("resolved")
    ended = np.where(a.ended[counted] >= 0, a.ended[counted], org.horizon)
    answered = a.started[counted] >= 0
    started = np.where(answered, a.started[counted], ended)
    worked = org.calendar.worked_at
    working_before = worked(opened)
    response, response_working = started - opened, worked(started) - working_before
    resolution, resolution_working = ended - opened, worked(ended) - working_before
    kinds = run.path.scenario.incidents
    by_clock = np.array([entry.clock == "working" for entry in kinds])[kind]
    return _Waits(
        org.severity[kind],
        kind,
        response,
        response_working,
        resolution,
        resolution_working,
        a.outcome[counted] == OUTCOMES.index("open"),
        _kept(
            np.where(by_clock, response_working, response),
            answered,
            np.array([entry.respond_within_hours or np.nan for entry in kinds])[kind],
        ),
        _kept(
            np.where(by_clock, resolution_working, resolution),
            resolved,
            np.array([entry.resolve_within_hours or np.nan for entry in kinds])[kind],
        ),
    )


def _kept(waited: Ints, over: NDArray[np.bool_], promise_hours: Floats) -> Floats:
    """Whether promises were kept; one that still may be, and one never made, is NaN."""
    promise = promise_hours * HOUR
    kept = np.where(over & (waited <= promise), 1.0, np.nan)
    return np.where(waited > promise, 0.0, kept)


def _response(run: Run) -> Figures:
    waits = _waits(run)
    everything = np.ones(len(waits.kind), dtype=bool)
    figures = _response_of(waits, everything, "all")
    org, kinds = run.path.organisation, run.path.scenario.incidents
    for severity in sorted(set(org.severity.tolist())):
        figures |= _response_of(waits, waits.severity == severity, f"severity {severity}")
    for k, entry in enumerate(kinds):
        figures |= _response_of(waits, waits.kind == k, f"kind {entry.kind}")
    return figures


def _response_of(waits: _Waits, of: NDArray[np.bool_], group: str) -> Figures:
    figures: dict[str, float] = {"incidents_measured": float(of.sum())}
    for name, seconds in (
        ("response_hours", waits.response),
        ("response_working_hours", waits.response_working),
        ("resolution_hours", waits.resolution),
        ("resolution_working_hours", waits.resolution_working),
    ):
        hours = seconds[of] / HOUR
        figures[f"{name}_mean"] = _mean(hours)
        quantiles = np.quantile(hours, list(QUANTILES.values())) if len(hours) else [np.nan] * 3
        for label, value in zip(QUANTILES, quantiles, strict=True):
            figures[f"{name}_{label}"] = float(value)
    figures["backlog_end"] = float(waits.open_at_end[of].sum())
    for name, kept in (
        ("response_sla", waits.response_kept[of]),
        ("resolution_sla", waits.resolution_kept[of]),
    ):
        figures[name] = _mean(kept[~np.isnan(kept)])
    return {Key("response", group, name): value for name, value in figures.items()}


def _people_and_time(run: Run) -> Figures:
    org = run.path.organisation
    split = developer_accounts(run.path, run.events, since=org.warmup).astype(np.float64)
    total = split.sum()
    share = split.sum(axis=0) / total if total else np.full(len(ACTIVITIES), np.nan)
    at = dict(zip(ACTIVITIES, share.tolist(), strict=True))
    events = run.events[run.events[:, TIME] >= org.warmup]
    interruptions = events[events[:, VERB] == Verb.INTERRUPTED, DEVELOPER]
    weeks = (org.horizon - org.warmup) / WEEK
    people = {
        "unplanned_share": at["incidents"] + at["switching"],
        "interruptions_per_developer_week": len(interruptions) / org.developers / weeks,
        "support_gini": gini(split[:, ACTIVITIES.index("incidents")]),
    }
    time = {f"developer_{activity}_share": value for activity, value in at.items()}
    a = run.accounts
    measured = (a.opened >= org.warmup) & (a.outcome == OUTCOMES.index("resolved"))
    for column, stage in enumerate(INCIDENT_STAGES):
        name = "closed" if stage == "closed_hours" else stage
        time[f"incident_{name}_hours"] = _mean(a.stages[measured, column] / HOUR)
    return {Key("people", "all", n): v for n, v in people.items()} | {
        Key("time", "all", n): v for n, v in time.items()
    }


def _accounts(run: Run) -> Figures:
    """All incidents of the run: opened = deflected + resolved + withdrawn + open."""
    a, org = run.accounts, run.path.organisation
    counts = np.bincount(a.outcome, minlength=len(OUTCOMES))
    figures = {"opened": float(len(a.id))}
    figures |= {name: float(n) for name, n in zip(OUTCOMES, counts, strict=True)}
    still = np.where(a.ended >= 0, a.ended, org.horizon + 1)
    at_warmup = ((a.opened < org.warmup) & (still >= org.warmup)).sum()
    weeks = (org.horizon - org.warmup) / WEEK
    figures["backlog_growth_per_week"] = (figures["open"] - float(at_warmup)) / weeks
    return {Key("accounts", "all", name): value for name, value in figures.items()}


def gini(values: Floats) -> float:
    """Gini coefficient of amounts ≥ 0: 0 all equal, towards 1 one has all; 0 if all are 0."""
    ordered = np.sort(values)
    n, total = len(ordered), float(ordered.sum())
    if total == 0:
        return 0.0
    ranks = np.arange(1, n + 1)
    return float((2 * (ranks * ordered).sum() / (n * total)) - (n + 1) / n)


def _mean(values) -> float:  # type: ignore[no-untyped-def]
    return float(np.mean(values)) if len(values) else float("nan")


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
