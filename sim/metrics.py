"""The figures of one run. A replication is one observation of each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim import ledger
from sim.accounts import ACTIVITIES, INCIDENT_STAGES, OUTCOMES, Accounts, accounts_of
from sim.calendars import DAY, HOUR, WEEK, Ints
from sim.sample_path import SamplePath
from sim.trace import Trace

Floats = NDArray[np.float64]

WEEKS_TO_MONTHS = 12 / 52

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
    "out_of_hours_calls_per_developer_month": Metric("calls at night per developer-month", -1),
    "sprints_cancelled": Metric("cancellations per team-sprint", -1),
    "stories_sent_back": Metric("stories swapped out per team-sprint", -1),
    "support_gini": Metric("inequality of support time (Gini)", -1),
}
"""Figures people compare policies by."""

Figures = dict[Key, float]


def measure(path: SamplePath, trace: Trace, ideal: float = math.nan) -> Figures:
    """Every figure of a run; NaN where the run says nothing about it.

    Only what lies after the warm-up counts, but for the accounts of incidents, which cover all.
    `ideal`: the points that are delivered on the same path where nothing interrupts.
    """
    a = accounts_of(path, trace, since=path.organisation.warmup)
    return {
        **_delivery(path, a, ideal),
        **_response(path, a),
        **_people_and_time(path, a),
        **_accounts(path, a),
    }


def points_delivered(path: SamplePath, trace: Trace) -> float:
    """Points of all teams in the measured sprints of a run."""
    sprints = _measured_sprints(path, accounts_of(path, trace))
    return float(sprints[:, ledger.S_DONE_POINTS].sum())


# ---- delivery ------------------------------------------------------------------------------------


def _delivery(path: SamplePath, a: Accounts, ideal: float) -> Figures:
    sprints = _measured_sprints(path, a)
    points = sprints[:, ledger.S_DONE_POINTS]
    committed, kept = sprints[:, ledger.S_COMMITTED], sprints[:, ledger.S_KEPT]
    met = (kept * 1_000 >= path.organisation.goal * committed)[committed > 0]
    lead = _quantiles(_lead_times(path, a), (0.5, 0.85))[0] / DAY
    figures = {
        "points_per_sprint": _mean(points),
        "stories_per_sprint": _mean(sprints[:, ledger.S_DONE]),
        "say_do_ratio": _ratio(
            sprints[:, ledger.S_KEPT_POINTS].sum(), sprints[:, ledger.S_COMMITTED_POINTS].sum()
        ),
        "sprint_goals_met": _mean(met),
        "throughput_cv": _variation(points.reshape(path.organisation.teams, -1)),
        "delivery_share": _ratio(points.sum(), ideal),
        "sprints_cancelled": _mean(sprints[:, ledger.S_CANCELLED]),
        "stories_sent_back": _mean(sprints[:, ledger.S_SENT_BACK]),
        "story_lead_days_p50": float(lead[0]),
        "story_lead_days_p85": float(lead[1]),
    }
    return {Key("delivery", "all", name): value for name, value in figures.items()}


def _measured_sprints(path: SamplePath, a: Accounts) -> Ints:
    """(T × S', 9) sprints, team by team, that lie wholly between warm-up and horizon."""
    org = path.organisation
    length = path.scenario.time.sprint_weeks * WEEK
    first, last = -(-org.warmup // length), org.horizon // length
    sprints = a.sprints[:, first:last] if len(path.stories) else a.sprints[:, :0]
    return sprints.reshape(-1, sprints.shape[2])


def _lead_times(path: SamplePath, a: Accounts) -> Ints:
    """(1, stories done after the warm-up) seconds from committed or pulled to done, ascending."""
    done = a.stories[:, ledger.B_DONE]
    measured = a.stories[(done >= 0) & (done >= path.organisation.warmup)]
    return np.sort(measured[:, ledger.B_DONE] - measured[:, ledger.B_COMMITTED])[np.newaxis]


def _variation(points: Ints) -> float:
    """Mean over teams of the coefficient of variation over sprints; `points` is (T, S')."""
    if points.shape[1] < 2:
        return float("nan")
    means = points.mean(axis=1)
    some = means > 0
    return _mean(points[some].std(axis=1, ddof=1) / means[some])


# ---- response ------------------------------------------------------------------------------------

_SPANS = (
    "response_hours",
    "response_working_hours",
    "resolution_hours",
    "resolution_working_hours",
)


def _response(path: SamplePath, a: Accounts) -> Figures:
    found: dict[tuple[int, ...], list[float]] = {}
    figures: Figures = {}
    for group, kinds in _groups(path):
        if kinds not in found:  # often a severity is of one kind
            found[kinds] = _response_of(a, kinds)
        figures |= zip(_keys(group), found[kinds], strict=True)
    return figures


def _groups(path: SamplePath) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each group of incidents that has figures of its own, and the kinds in it."""
    severity = path.organisation.severity.tolist()
    yield "all", tuple(range(len(severity)))
    for level in sorted(set(severity)):
        yield f"severity {level}", tuple(k for k, own in enumerate(severity) if own == level)
    for k, entry in enumerate(path.scenario.incidents):
        yield f"kind {entry.kind}", (k,)


@cache
def _keys(group: str) -> list[Key]:
    """What `_response_of` gives, in its order."""
    names = [f"{span}_{name}" for span in _SPANS for name in ("mean", *QUANTILES)]
    counts = ("incidents_measured", "backlog_end", "response_sla", "resolution_sla")
    return [Key("response", group, name) for name in (*names, *counts)]


def _response_of(a: Accounts, kinds: tuple[int, ...]) -> list[float]:
    rows = a.waits[list(kinds)]
    _, count, still_open, responded, responses, resolved, resolutions, *sums = rows.sum(
        axis=0
    ).tolist()
    if len(kinds) == len(a.waits):
        spans = np.sort(a.spans[:, :count], axis=1)
    else:
        places = [slice(row[0], row[0] + row[1]) for row in rows.tolist()]
        spans = np.concatenate([a.spans[:, place] for place in places], axis=1)
        spans.sort(axis=1)
    figures: list[float] = []
    quantiles = _quantiles(spans, tuple(QUANTILES.values())) / HOUR
    for total, own in zip(sums, quantiles.tolist(), strict=True):
        figures += (_ratio(total, count) / HOUR, *own)
    return [
        *figures,
        float(count),
        float(still_open),
        _ratio(responded, responses),
        _ratio(resolved, resolutions),
    ]


# ---- people, time, accounts ----------------------------------------------------------------------


def _people_and_time(path: SamplePath, a: Accounts) -> Figures:
    org = path.organisation
    split = a.activities.astype(np.float64)
    total = split.sum()
    share = split.sum(axis=0) / total if total else np.full(len(ACTIVITIES), np.nan)
    at = dict(zip(ACTIVITIES, share.tolist(), strict=True))
    weeks = (org.horizon - org.warmup) / WEEK
    people = {
        "unplanned_share": at["incidents"] + at["switching"],
        "interruptions_per_developer_week": float(a.interruptions.sum()) / org.developers / weeks,
        "out_of_hours_calls_per_developer_month": float(a.calls.sum())
        / org.developers
        / (weeks * WEEKS_TO_MONTHS),
        "support_gini": gini(split[:, ACTIVITIES.index("incidents")]),
    }
    time = {f"developer_{activity}_share": value for activity, value in at.items()}
    measured = (a.opened >= org.warmup) & (a.outcome == OUTCOMES.index("resolved"))
    means = a.stages[measured].mean(axis=0) / HOUR if measured.any() else [np.nan] * 6
    for stage, mean in zip(INCIDENT_STAGES, means, strict=True):
        name = "closed" if stage == "closed_hours" else stage
        time[f"incident_{name}_hours"] = float(mean)
    return {Key("people", "all", n): v for n, v in people.items()} | {
        Key("time", "all", n): v for n, v in time.items()
    }


def _accounts(path: SamplePath, a: Accounts) -> Figures:
    """All incidents of the run: opened = deflected + resolved + withdrawn + open."""
    org = path.organisation
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


def _quantiles(ascending: Ints, shares: tuple[float, ...]) -> Floats:
    """(R, Q) quantiles of each sorted row, between two values linearly (Hyndman and Fan's type 7)."""
    last = ascending.shape[1] - 1
    if last < 0:
        return np.full((len(ascending), len(shares)), np.nan)
    place = [share * last for share in shares]
    below = [int(at) for at in place]
    low, high = ascending[:, below], ascending[:, [min(at + 1, last) for at in below]]
    return np.asarray(low + (high - low) * np.subtract(place, below), dtype=np.float64)


def _mean(values: NDArray[np.generic]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else math.nan
