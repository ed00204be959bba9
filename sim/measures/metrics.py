"""The figures of runs. A replication is one observation of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Bools, Floats, Ints
from sim.engine.trace import EventType, Trace
from sim.measures.accounts import ACTIVITIES, INCIDENT_STAGES, OUTCOMES, Accounts, accounts_of
from sim.measures.baseline import measured_sprints
from sim.measures.book import LEADS, QUANTILES, SprintAccount, Totals, Waits
from sim.measures.deadlines import DUE_MET, due_met, has_deadlines, shares_met
from sim.measures.fixed_mix import FIXED_MIX, at_fixed_mix
from sim.measures.groups import distinct, groups_of
from sim.measures.net_delivery import NET_POINTS, points_left_open
from sim.measures.open_by import first_days, open_by
from sim.sampling.calendars import DAY, HOUR, WEEK
from sim.sampling.incidents import REPORTED
from sim.sampling.organisation import MILLE
from sim.sampling.sample_path import SamplePath
from sim.scenario.dated import FORECAST_DAYS
from sim.scenario.schema import Scenario

WEEKS_TO_MONTHS = 12 / 52


class Key(NamedTuple):
    """The place of a figure in the result: section, group within it, name with unit."""

    section: str
    """delivery, response, people, time, accounts, load, money or today"""
    group: str
    """all, severity 1, kind production outage, …; all but for response and load"""
    name: str


@dataclass(frozen=True)
class Metric:
    """A figure that people compare: how it is spoken of, and which direction is better."""

    label: str
    better: int
    """1: more is better, -1: less is better"""
    percent: bool = False
    """Spoken of in per cent."""


METRICS = {
    "response_hours_mean": Metric("mean response (hours)", -1),
    "response_hours_p50": Metric("median response (hours)", -1),
    "response_hours_p90": Metric("response, 9 in 10 within (hours)", -1),
    "response_hours_fixed_mix": Metric("mean response at a fixed mix (hours)", -1),
    "response_working_hours_fixed_mix": Metric("mean response at a fixed mix (working hours)", -1),
    "response_working_hours_mean": Metric("mean response (working hours)", -1),
    "response_working_hours_p50": Metric("median response (working hours)", -1),
    "resolution_hours_mean": Metric("mean resolution (hours)", -1),
    "resolution_hours_p50": Metric("median resolution (hours)", -1),
    "resolution_hours_p90": Metric("resolution, 9 in 10 within (hours)", -1),
    "response_sla": Metric("answered in time", 1, percent=True),
    "resolution_sla": Metric("resolved in time", 1, percent=True),
    DUE_MET: Metric("done by when it was due", 1, percent=True),
    NET_POINTS: Metric("net points a sprint and team", 1),
    "points_per_sprint": Metric("points a sprint and team", 1),
    "stories_per_sprint": Metric("stories per team-sprint", 1),
    "say_do_ratio": Metric("say/do ratio", 1, percent=True),
    "sprint_goals_met": Metric("sprint goals met", 1, percent=True),
    "throughput_cv": Metric("variation of sprint throughput", -1),
    "story_lead_days_p50": Metric("median story lead time (days)", -1),
    "story_lead_days_p85": Metric("story lead time, 85 in 100 within (days)", -1),
    "operational_points_per_sprint": Metric("operational work done (points a sprint and team)", 1),
    "delivery_share": Metric("delivery, of a year without incidents", 1, percent=True),
    "backlog_end": Metric("open incidents at the end", -1),
    "interruptions_per_developer_week": Metric("interruptions per developer-week", -1),
    "out_of_hours_calls_per_developer_month": Metric("calls at night per developer-month", -1),
    "sprints_cancelled": Metric("cancellations per team-sprint", -1),
    "stories_sent_back": Metric("stories swapped out per team-sprint", -1),
    "night_calls_per_person_month": Metric(
        "calls at night of whoever is called most (a month)", -1
    ),
    "duty_share_max": Metric("time on support duty of whoever has most of it", -1, percent=True),
    "support_gini": Metric("inequality of support time (Gini)", -1),
    "net_value_per_sprint": Metric("net value per team-sprint", 1),
}
"""Figures people compare policies by; net value where the scenario has money, operational work where it has
improvements that are worth something by themselves."""

NIGHTS = (
    "night_calls_per_person_month_p50",
    "night_calls_per_person_month_p90",
    "night_calls_per_person_month",
)
DUTY = ("duty_share_p50", "duty_share_p90", "duty_share_max")
"""What half of the people have at most, nine in ten, and whoever has most."""

MONEY, OPERATIONAL = "net_value_per_sprint", "operational_points_per_sprint"


def metrics_of(scenario: Scenario) -> dict[str, Metric]:
    """The metrics among `METRICS` that a scenario has."""
    has = {
        MONEY: scenario.money is not None,
        OPERATIONAL: has_operational_work(scenario),
        DUE_MET: any(kind.due for kind in scenario.incidents),
    }
    return {name: metric for name, metric in METRICS.items() if has.get(name, True)}


def has_operational_work(scenario: Scenario) -> bool:
    """Whether a scenario has improvements that are worth something by themselves."""
    return any(entry.worth_points for entry in scenario.improvements)


Figures = dict[Key, float]


def measure(path: SamplePath, trace: Trace, baseline: float = math.nan) -> Figures:
    """Every figure of a run, as `figures_of` describes them."""
    run = accounts_of(path, trace, since=path.organisation.warmup)
    figures = figures_of([path], [run], np.array([baseline]))
    return {key: float(value) for key, [value] in figures.items()}


def figures_of(
    paths: Sequence[SamplePath], runs: Sequence[Accounts], baselines: Floats
) -> dict[Key, Floats]:
    """Every figure of P runs, (P,) each; NaN where a run says nothing about it.

    Only what lies after the warm-up counts, but for the accounts of incidents, which cover all. Of many runs
    at once it takes a fraction of what it takes of each by itself.

    Args:
        paths: that of each run; all are of one scenario.
        runs: their accounts since the end of the warm-up.
        baselines: (P,) the points that are delivered on each path where nothing interrupts.
    """
    path, due = paths[0], _due_met(paths, runs)
    return {
        **_delivery(path, runs, baselines),
        **_response(paths, runs, baselines),
        **_due(path, due),
        **_people_and_time(path, runs),
        **_accounts(path, runs),
        **_loads(paths),
        **_money(path, runs, due),
        **_today(path, runs),
    }


def needs_details(scenario: Scenario) -> bool:
    """Whether a scenario has figures that are made of single incidents' accounts."""
    return scenario.start is not None or any(kind.due for kind in scenario.incidents)


def _of_all(section: str, figures: dict[str, Floats]) -> dict[Key, Floats]:
    return {Key(section, "all", name): values for name, values in figures.items()}


# ---- delivery ------------------------------------------------------------------------------------


def _delivery(path: SamplePath, runs: Sequence[Accounts], baselines: Floats) -> dict[Key, Floats]:
    sprints, count = _measured_sprints(path, runs), _sprints_held(path)
    sums = sprints.sum(axis=(1, 2))
    committed, kept = sprints[..., SprintAccount.committed], sprints[..., SprintAccount.kept]
    with_goal = committed > 0
    met = with_goal & (kept * 1_000 >= path.organisation.goal * committed)
    lead = _lead_days(runs)
    done = sums[:, SprintAccount.done_points]
    figures = {
        NET_POINTS: _ratios(done - points_left_open(path, runs), count),
        "points_per_sprint": _ratios(done, count),
        "stories_per_sprint": _ratios(sums[:, SprintAccount.done], count),
        "say_do_ratio": _ratios(
            sums[:, SprintAccount.kept_points], sums[:, SprintAccount.committed_points]
        ),
        "sprint_goals_met": _ratios(met.sum(axis=(1, 2)), with_goal.sum(axis=(1, 2))),
        "throughput_cv": _variation(sprints[..., SprintAccount.done_points], _held(path)),
        "delivery_share": _ratios(done, baselines),
        "sprints_cancelled": _ratios(sums[:, SprintAccount.cancelled], count),
        "stories_sent_back": _ratios(sums[:, SprintAccount.sent_back], count),
        "story_lead_days_p50": lead[:, 0],
        "story_lead_days_p85": lead[:, 1],
    }
    if has_operational_work(path.scenario):
        worth = np.array([run.totals[Totals.worth] for run in runs], dtype=np.float64)
        figures[OPERATIONAL] = _ratios(worth / MILLE, count)
    return _of_all("delivery", figures)


def _measured_sprints(path: SamplePath, runs: Sequence[Accounts]) -> Ints:
    """The sprints of the teams that lie wholly between warm-up and horizon, (P, T, S', 9)."""
    measured = measured_sprints(path)
    return np.stack([run.sprints[:, measured] for run in runs])


def _held(path: SamplePath) -> Bools:
    """Which of the measured sprints are held: those of which not all days are closed, (T, S')."""
    plannings = path.organisation.plannings
    return np.asarray(plannings[:, :-1] < plannings[:, 1:])[:, measured_sprints(path)]


def _sprints_held(path: SamplePath) -> int:
    return int(_held(path).sum())


def _lead_days(runs: Sequence[Accounts]) -> Floats:
    """The days within which half of the stories were done, and 85 in 100, (P, 2)."""
    count = np.array([run.totals[Totals.leads] for run in runs])
    found = np.stack([run.leads for run in runs])
    return _quantiles(found, count, LEADS) / DAY


def _variation(points: Ints, held: Bools) -> Floats:
    """The mean over teams of the coefficient of variation over the sprints that are held, (P,); `points`
    is (P, T, S')."""
    if not len(held) or held.sum(axis=1).min() < 2:
        return np.full(len(points), math.nan)
    if held.all():
        means, spread = points.mean(axis=2), points.std(axis=2, ddof=1)
    else:
        means, spread = np.zeros(points.shape[:2]), np.zeros(points.shape[:2])
        for team, own in enumerate(held):
            means[:, team] = points[:, team, own].mean(axis=1)
            spread[:, team] = points[:, team, own].std(axis=1, ddof=1)
    of_team = np.divide(spread, means, out=np.zeros(means.shape), where=means > 0)
    return _ratios(of_team.sum(axis=1), (means > 0).sum(axis=1))


# ---- response ------------------------------------------------------------------------------------

_SPANS = (
    "response_hours",
    "response_working_hours",
    "resolution_hours",
    "resolution_working_hours",
)


def _response(
    paths: Sequence[SamplePath], runs: Sequence[Accounts], baselines: Floats
) -> dict[Key, Floats]:
    path = paths[0]
    kinds_of_each = distinct(path.organisation)
    found = dict(zip(kinds_of_each, _response_of(runs, kinds_of_each), strict=True))
    names = [f"{span}_{name}" for span in _SPANS for name in ("mean", *QUANTILES)]
    names += ["incidents_measured", "backlog_end", "response_sla", "resolution_sla"]
    figures = {
        Key("response", group, name): values
        for group, kinds in groups_of(path)
        for name, values in zip(names, found[kinds], strict=True)
    }
    for mean, weighted in FIXED_MIX.items():
        of_severity = {
            int(group.removeprefix("severity ")): figures[Key("response", group, mean)]
            for group, _ in groups_of(path)
            if group.startswith("severity ")
        }
        figures[Key("response", "all", weighted)] = at_fixed_mix(paths, baselines, of_severity)
    return figures


def _due(path: SamplePath, counts: Sequence[tuple[Ints, Ints]]) -> dict[Key, Floats]:
    """The share that was resolved by when it was due, of the groups in which anything is."""
    due = has_deadlines(path)
    return {
        Key("response", group, DUE_MET): shares_met(counts, kinds)
        for group, kinds in groups_of(path)
        if due[list(kinds)].any()
    }


def _due_met(paths: Sequence[SamplePath], runs: Sequence[Accounts]) -> list[tuple[Ints, Ints]]:
    """What was due of each kind, and met, in each run; nothing where nothing is due."""
    if not has_deadlines(paths[0]).any():
        return []
    since = paths[0].organisation.warmup
    return [due_met(path, run, since) for path, run in zip(paths, runs, strict=True)]


def _response_of(runs: Sequence[Accounts], groups: Sequence[tuple[int, ...]]) -> Floats:
    """The F figures of G groups of kinds, (G, F, P)."""
    waits = np.stack([run.waits for run in runs])
    sums = np.stack([waits[:, list(kinds)].sum(axis=1) for kinds in groups], axis=1)
    count = sums[..., Waits.count]
    means = _ratios(sums[..., Waits.sums], count[..., np.newaxis]) / HOUR
    ordered = np.stack([run.ordered for run in runs])
    quantiles = _quantiles(ordered, count[..., np.newaxis], QUANTILES) / HOUR
    spans = np.concatenate([means[..., np.newaxis], quantiles], axis=3).reshape(*count.shape, -1)
    others = [
        count,
        sums[..., Waits.open],
        _ratios(sums[..., Waits.responded], sums[..., Waits.responses]),
        _ratios(sums[..., Waits.resolved], sums[..., Waits.resolutions]),
    ]
    figures = np.concatenate([spans, np.stack(others, axis=2)], axis=2)
    return np.asarray(figures.transpose(1, 2, 0))


def _quantiles(ordered: Ints, count: Ints, shares: dict[str, float]) -> Floats:
    """The quantiles of numbers, (…, Q), of each of which the two are known that it lies between, (…, 2 Q), beside
    each other; `count`: (…) how many numbers there are."""
    _, _, share = _places(count, list(shares.values()))
    lower, upper = ordered[..., ::2], ordered[..., 1::2]
    quantiles = _between(lower, upper, share)
    return np.where((count == 0)[..., np.newaxis], math.nan, quantiles)


def _places(count: Ints, shares: Sequence[float]) -> tuple[Ints, Ints, Floats]:
    """The places of the two of `count` ascending values between which each quantile lies, and how
    far it is from the first (Hyndman and Fan's type 7)."""
    last = np.maximum(count - 1, 0)
    place = np.multiply.outer(last, np.array(shares))
    low = place.astype(np.int64)
    return low, np.minimum(low + 1, last[..., np.newaxis]), place - low


def _between(lower: NDArray[Any], upper: NDArray[Any], share: Floats) -> Floats:
    return np.asarray(lower + (upper - lower) * share, dtype=np.float64)


# ---- people, time, accounts ----------------------------------------------------------------------


def _events(runs: Sequence[Accounts], event_type: EventType) -> Ints:
    """The number of events of a type in each run since the warm-up; it must be one that is
    counted."""
    return np.array([run.totals[Totals.events][event_type] for run in runs], dtype=np.int64)


def _people_and_time(path: SamplePath, runs: Sequence[Accounts]) -> dict[Key, Floats]:
    org = path.organisation
    split = np.stack([run.activities for run in runs])
    seconds = split.sum(axis=1)
    share = _ratios(seconds, seconds.sum(axis=1, keepdims=True))
    at = dict(zip(ACTIVITIES, share.T, strict=True))
    weeks = (org.horizon - org.warmup) / WEEK
    months = weeks * WEEKS_TO_MONTHS
    interruptions = _events(runs, EventType.INTERRUPTED)
    calls = _events(runs, EventType.PAGED)
    people = {
        "unplanned_share": at["incidents"] + at["switching"],
        "interruptions_per_developer_week": interruptions / org.developers / weeks,
        "out_of_hours_calls_per_developer_month": calls / org.developers / months,
        **_over_people(NIGHTS, np.stack([run.calls for run in runs]) / months),
        **_over_people(DUTY, _ratios(np.stack([run.duty for run in runs]), split.sum(axis=2))),
        "support_gini": gini(split[:, :, ACTIVITIES.index("incidents")]),
    }
    time = {f"developer_{activity}_share": values for activity, values in at.items()}
    totals = np.stack([run.totals for run in runs])
    splits = totals[:, Totals.split].T
    for stage, seconds in zip(INCIDENT_STAGES, splits, strict=True):
        name = "closed" if stage == "closed_hours" else stage
        spent = _ratios(seconds, totals[:, Totals.resolved])
        time[f"incident_{name}_hours"] = spent / HOUR
    return _of_all("people", people) | _of_all("time", time)


def _over_people(names: Sequence[str], amounts: Floats) -> dict[str, Floats]:
    """What half of the people have at most, nine in ten, and whoever has most; `amounts` is (P, D)."""
    ascending = np.sort(amounts, axis=1)
    low, high, share = _places(np.array(amounts.shape[1]), [0.5, 0.9, 1])
    found = _between(ascending[:, low], ascending[:, high], share)
    return dict(zip(names, found.T, strict=True))


def _accounts(path: SamplePath, runs: Sequence[Accounts]) -> dict[Key, Floats]:
    """The accounts of all incidents of the run: opened = deflected + resolved + withdrawn +
    open."""
    org = path.organisation
    totals = np.stack([run.totals for run in runs]).astype(np.float64)
    counts = totals[:, Totals.outcomes]
    figures = {"opened": counts.sum(axis=1), **dict(zip(OUTCOMES, counts.T, strict=True))}
    weeks = (org.horizon - org.warmup) / WEEK
    growth = figures["open"] - totals[:, Totals.opened_before]
    figures["backlog_growth_per_week"] = growth / weeks
    return _of_all("accounts", figures)


INCIDENTS, EFFORT = "incidents_past_first_line", "effort_hours_past_first_line"
"""Figures of a path's load."""


def load_of(path: SamplePath) -> Figures:
    """The load that comes, whatever the policy: incidents of each kind that are reported after the
    warm-up and not deflected by the first line, and the focus hours that they take of each
    person."""
    table, org = path.incidents, path.organisation
    measured = (table.cause == REPORTED) & (table.opened >= org.warmup) & (table.deflected == 0)
    kinds = path.scenario.incidents
    kind, effort = table.kind[measured], table.effort[measured]
    counts = np.bincount(kind, minlength=len(kinds))
    hours = np.bincount(kind, weights=effort, minlength=len(kinds)) / HOUR
    return {
        Key("load", f"kind {entry.kind}", name): float(amounts[k])
        for name, amounts in ((INCIDENTS, counts), (EFFORT, hours))
        for k, entry in enumerate(kinds)
    }


def _loads(paths: Sequence[SamplePath]) -> dict[Key, Floats]:
    """The loads of the paths of some runs, (P,) each."""
    of_path = {id(path): load_of(path) for path in {id(path): path for path in paths}.values()}
    loads = [of_path[id(path)] for path in paths]
    return {key: np.array([load[key] for load in loads]) for key in loads[0]}


def _money(
    path: SamplePath, runs: Sequence[Accounts], due: Sequence[tuple[Ints, Ints]]
) -> dict[Key, Floats]:
    """The figures of each team-sprint in money: the value of the points, and what incidents that
    opened after the warm-up cost by being open, by broken promises, and by calls at night."""
    money, kinds = path.scenario.money, path.scenario.incidents
    if money is None:
        return {}
    sprints = _measured_sprints(path, runs)
    waits = np.stack([run.waits for run in runs])
    open_seconds = waits[:, :, Waits.sums][..., _SPANS.index("resolution_hours")]
    broken = waits[:, :, Waits.responses] - waits[:, :, Waits.responded]
    broken += waits[:, :, Waits.resolutions] - waits[:, :, Waits.resolved]
    if due:
        broken += np.array([decided - met for met, decided in due])
    calls = _events(runs, EventType.PAGED)
    value = money.point_value * sprints[..., SprintAccount.done_points].sum(axis=(1, 2))
    costs = {
        "open_incident_cost": _weighed(open_seconds, [k.cost_per_open_hour for k in kinds]) / HOUR,
        "penalties": _weighed(broken, [k.penalty for k in kinds]),
        "night_call_cost": money.night_call * calls,
    }
    sums = {"net_value": value - sum(costs.values()), "delivered_value": value, **costs}
    count = _sprints_held(path)
    per_sprint = {f"{name}_per_sprint": _ratios(total, count) for name, total in sums.items()}
    return _of_all("money", per_sprint)


OPEN_ON_DAY = tuple(f"open_day_{day}" for day in range(FORECAST_DAYS + 1))
"""Figures of a scenario that begins with what is open: when it begins, and at the end of each first day."""


def _today(path: SamplePath, runs: Sequence[Accounts]) -> dict[Key, Floats]:
    """How many incidents are open in the first days; NaN beyond the horizon."""
    if path.scenario.start is None:
        return {}
    moments = first_days(path.scenario)
    counts = np.stack([open_by(run, moments) for run in runs]).astype(np.float64)
    counts[:, moments > path.organisation.horizon] = math.nan
    return _of_all("today", dict(zip(OPEN_ON_DAY, counts.T, strict=True)))


def _weighed(amounts: Ints, weights: Sequence[float]) -> Floats:
    """The sums of weighed amounts, (P,); `amounts` is (P, K)."""
    return np.asarray((amounts * np.array(weights)).sum(axis=1))


def gini(values: NDArray[Any]) -> Floats:
    """The Gini coefficient of each row of amounts ≥ 0, (P,): 0 all equal, towards 1 one has all; 0
    if all are 0. `values` is (P, D)."""
    ordered = np.sort(values, axis=1).astype(np.float64)
    n, total = ordered.shape[1], ordered.sum(axis=1)
    weighed = 2 * (np.arange(1, n + 1) * ordered).sum(axis=1)
    found = np.zeros(len(ordered))
    some = total > 0
    found[some] = weighed[some] / (n * total[some]) - (n + 1) / n
    return found


def _ratios(parts: Any, wholes: Any) -> Floats:
    """The ratios of parts to wholes; NaN where there is nothing to be parted."""
    nothing = np.full(np.broadcast_shapes(np.shape(parts), np.shape(wholes)), math.nan)
    ratios: Floats = np.divide(parts, wholes, out=nothing, where=np.asarray(wholes) != 0)
    return ratios
