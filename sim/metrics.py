"""The figures of one run. A replication is one observation of each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim import ledger
from sim.accounts import ACTIVITIES, INCIDENT_STAGES, OUTCOMES, Accounts, accounts_of
from sim.calendars import DAY, HOUR, WEEK, Ints
from sim.sample_path import SamplePath
from sim.scenario import Scenario
from sim.trace import Trace

Floats = NDArray[np.float64]

WEEKS_TO_MONTHS = 12 / 52

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95}


class Key(NamedTuple):
    """Where a figure stands in the result: section, group within it, name with unit."""

    section: str
    """delivery, response, people, time, accounts or money"""
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
    "net_value_per_sprint": Metric("net value per team-sprint", 1),
}
"""Figures people compare policies by; net value where the scenario has money."""

MONEY = "net_value_per_sprint"


def metrics_of(scenario: Scenario) -> dict[str, Metric]:
    """Those of `METRICS` that a scenario has."""
    return {name: m for name, m in METRICS.items() if scenario.money or name != MONEY}


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
        **_money(path, a),
    }


def points_delivered(path: SamplePath, trace: Trace) -> float:
    """Points of all teams in the measured sprints of a run."""
    sprints = _measured_sprints(path, accounts_of(path, trace))
    return float(sprints[:, ledger.S_DONE_POINTS].sum())


# ---- delivery ------------------------------------------------------------------------------------


def _delivery(path: SamplePath, a: Accounts, ideal: float) -> Figures:
    sprints = _measured_sprints(path, a)
    points, teams = sprints[:, ledger.S_DONE_POINTS], path.organisation.teams
    committed, kept = sprints[:, ledger.S_COMMITTED], sprints[:, ledger.S_KEPT]
    met = kept * 1_000 >= path.organisation.goal * committed
    sums, count = sprints.sum(axis=0).tolist(), len(sprints)
    lead = [math.nan, math.nan]
    if len(a.leads):
        whole = np.array([0]), np.array([len(a.leads)])
        lead = (_between(np.sort(a.leads)[np.newaxis], *whole, [0.5, 0.85]) / DAY).ravel().tolist()
    figures = {
        "points_per_sprint": _ratio(sums[ledger.S_DONE_POINTS], count),
        "stories_per_sprint": _ratio(sums[ledger.S_DONE], count),
        "say_do_ratio": _ratio(sums[ledger.S_KEPT_POINTS], sums[ledger.S_COMMITTED_POINTS]),
        "sprint_goals_met": _mean(met[committed > 0]),
        "throughput_cv": _variation(points.reshape(teams, -1)),
        "delivery_share": _ratio(sums[ledger.S_DONE_POINTS], ideal),
        "sprints_cancelled": _ratio(sums[ledger.S_CANCELLED], count),
        "stories_sent_back": _ratio(sums[ledger.S_SENT_BACK], count),
        "story_lead_days_p50": lead[0],
        "story_lead_days_p85": lead[1],
    }
    return {Key("delivery", "all", name): value for name, value in figures.items()}


def _measured_sprints(path: SamplePath, a: Accounts) -> Ints:
    """(T × S', 9) sprints, team by team, that lie wholly between warm-up and horizon."""
    org = path.organisation
    length = path.scenario.time.sprint_weeks * WEEK
    first, last = -(-org.warmup // length), org.horizon // length
    sprints = a.sprints[:, first:last] if len(path.stories) else a.sprints[:, :0]
    return sprints.reshape(-1, sprints.shape[2])


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
    groups = _groups(path)
    distinct = list(dict.fromkeys(kinds for _, kinds in groups))  # often a severity is of one kind
    found = dict(zip(distinct, _response_of(a, distinct), strict=True))
    figures: Figures = {}
    for group, kinds in groups:
        figures |= zip(_keys(group), found[kinds], strict=True)
    return figures


def _groups(path: SamplePath) -> list[tuple[str, tuple[int, ...]]]:
    """Each group of incidents that has figures of its own, and the kinds in it."""
    severity = path.organisation.severity.tolist()
    return [
        ("all", tuple(range(len(severity)))),
        *(
            (f"severity {level}", tuple(k for k, own in enumerate(severity) if own == level))
            for level in sorted(set(severity))
        ),
        *((f"kind {entry.kind}", (k,)) for k, entry in enumerate(path.scenario.incidents)),
    ]


@cache
def _keys(group: str) -> list[Key]:
    """What `_response_of` gives, in its order."""
    names = [f"{span}_{name}" for span in _SPANS for name in ("mean", *QUANTILES)]
    counts = ("incidents_measured", "backlog_end", "response_sla", "resolution_sla")
    return [Key("response", group, name) for name in (*names, *counts)]


def _response_of(a: Accounts, groups: list[tuple[int, ...]]) -> list[list[float]]:
    """The figures of G groups of kinds."""
    rows = a.waits[[k for kinds in groups for k in kinds]]
    pieces = [a.spans[:, row[0] : row[0] + row[1]] for row in rows.tolist()]
    sums = np.add.reduceat(rows, np.cumsum([0, *map(len, groups[:-1])]), axis=0)
    count, still_open, responded, responses, resolved, resolutions = sums[:, 1:7].T
    quantiles = _quantiles_of_groups(np.concatenate(pieces, axis=1), count) / HOUR
    means = _ratios(sums[:, ledger.W_SUMS :], count[:, np.newaxis]) / HOUR
    spans = np.concatenate([means[:, :, np.newaxis], quantiles], axis=2).reshape(len(groups), -1)
    others = (count, still_open, _ratios(responded, responses), _ratios(resolved, resolutions))
    figures: list[list[float]] = np.column_stack([spans, *others]).tolist()
    return figures


def _quantiles_of_groups(spans: Ints, count: Ints) -> Floats:
    """(G, 4, Q); `spans` is (4, sum of `count`), group after group, and is put in order."""
    ends = np.cumsum(count)
    firsts = ends - count
    for first, end in zip(firsts.tolist(), ends.tolist(), strict=True):
        spans[:, first:end].sort(axis=1)
    found = np.full((len(spans), len(count), len(QUANTILES)), np.nan)
    some = count > 0
    found[:, some] = _between(spans, firsts[some], count[some], list(QUANTILES.values()))
    return found.transpose(1, 0, 2)


def _between(ascending: Ints, first: Ints, count: Ints, shares: list[float]) -> Floats:
    """(R, G, Q) quantiles of the G stretches of each row, each in order, between two values linearly
    (Hyndman and Fan's type 7)."""
    place = np.multiply.outer(count - 1, shares)
    below = place.astype(np.int64)
    low = first[:, np.newaxis] + below
    high = np.minimum(low + 1, (first + count - 1)[:, np.newaxis])
    lower = ascending[:, low]
    return np.asarray(lower + (ascending[:, high] - lower) * (place - below), dtype=np.float64)


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
    resolved, totals = int(a.totals[ledger.X_RESOLVED]), a.totals[ledger.X_SPLIT :].tolist()
    for stage, total in zip(INCIDENT_STAGES, totals, strict=True):
        name = "closed" if stage == "closed_hours" else stage
        time[f"incident_{name}_hours"] = _ratio(total, resolved) / HOUR
    return {Key("people", "all", n): v for n, v in people.items()} | {
        Key("time", "all", n): v for n, v in time.items()
    }


def _accounts(path: SamplePath, a: Accounts) -> Figures:
    """All incidents of the run: opened = deflected + resolved + withdrawn + open."""
    org = path.organisation
    counts = a.totals[ledger.X_OUTCOMES : ledger.X_OUTCOMES + len(OUTCOMES)].tolist()
    figures = {"opened": float(sum(counts))}
    figures |= {name: float(n) for name, n in zip(OUTCOMES, counts, strict=True)}
    weeks = (org.horizon - org.warmup) / WEEK
    growth = figures["open"] - float(a.totals[ledger.X_OPENED_BEFORE])
    figures["backlog_growth_per_week"] = growth / weeks
    return {Key("accounts", "all", name): value for name, value in figures.items()}


def _money(path: SamplePath, a: Accounts) -> Figures:
    """Per team-sprint: the value of the points, and what incidents that opened after the warm-up cost
    by being open, by broken promises, and by calls at night."""
    money, kinds = path.scenario.money, path.scenario.incidents
    if money is None:
        return {}
    sprints = _measured_sprints(path, a)
    open_seconds = a.waits[:, ledger.W_SUMS + _SPANS.index("resolution_hours")]
    broken = a.waits[:, ledger.W_RESPONSES] - a.waits[:, ledger.W_RESPONDED]
    broken += a.waits[:, ledger.W_RESOLUTIONS] - a.waits[:, ledger.W_RESOLVED]
    sums = {
        "delivered_value": money.point_value * float(sprints[:, ledger.S_DONE_POINTS].sum()),
        "open_incident_cost": float(open_seconds @ [k.cost_per_open_hour for k in kinds]) / HOUR,
        "penalties": float(broken @ [k.penalty for k in kinds]),
        "night_call_cost": money.night_call * float(a.calls.sum()),
    }
    delivered, *costs = sums.values()
    sums = {"net_value": delivered - sum(costs), **sums}
    return {
        Key("money", "all", f"{name}_per_sprint"): _ratio(total, len(sprints))
        for name, total in sums.items()
    }


def gini(values: Floats) -> float:
    """Gini coefficient of amounts ≥ 0: 0 all equal, towards 1 one has all; 0 if all are 0."""
    ordered = np.sort(values)
    n, total = len(ordered), float(ordered.sum())
    if total == 0:
        return 0.0
    ranks = np.arange(1, n + 1)
    return float((2 * (ranks * ordered).sum() / (n * total)) - (n + 1) / n)


def _mean(values: NDArray[np.generic]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else math.nan


def _ratios(parts: Ints, wholes: Ints) -> Floats:
    nothing = np.full(np.broadcast_shapes(parts.shape, wholes.shape), math.nan)
    ratios: Floats = np.divide(parts, wholes, out=nothing, where=wholes != 0)
    return ratios
