"""Kinds of incidents: how often, how unevenly, when in the week, how much work, how often again.

A kind with few incidents borrows from all of them (shrinkage): its figures move towards the whole
by a weight that is said, while its interval stays that of its own record.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sim.arrays import Floats
from sim.calibrate import arrival_rates, effort, figures
from sim.calibrate.arrival_rates import Weeks
from sim.calibrate.effort import Hump, Shape
from sim.calibrate.elapsed_times import History, history
from sim.calibrate.figures import Figure
from sim.calibrate.rate_now import LEVELLED, STEP, RateNow, rate_now
from sim.calibrate.record_days import Record
from sim.calibrate.tickets import in_hours
from sim.scenario.profiles import PROFILES
from sim.scenario.unplanned_work import IncidentKind

BORROWED_WEEKS = 4.0
"""Weeks' worth of the whole's dispersion that a kind's own is weighed against."""

BORROWED_TICKETS = 20.0
"""Tickets' worth of the whole's effort and reopening."""

FEWEST = 5
"""Incidents that make a severity of a named kind an entry of its own."""

FEWEST_TIMED = 20
"""Openings with a time of day from which hours are told by them."""

OTHER = "other"


@dataclass(frozen=True, eq=False)
class Kind:
    """The fitted figures of one `[[incidents]]` entry."""

    name: str
    severity: int
    per_week: Figure
    dispersion: Figure
    poisson: float
    """The chance of weeks as uneven as these if they were Poisson."""
    daily_cv: Figure
    holiday_share: Figure
    profile: Floats
    """(168,) shares."""
    effort: Shape | None
    """None where the export has no effort."""
    reopen_rate: Figure | None
    share: Figure
    """Of all incidents."""
    worked: History | None
    """Hours of effort of the tickets themselves, beside what was fitted to them."""
    response: History | None
    """Hours from opening to the first answer, as recorded."""
    resolution: History | None
    """Hours from opening to resolution, as recorded: elapsed, not effort."""
    logged_share: float = 1.0
    """Of the interruptions, that the record holds."""

    def with_the_unlogged(self, share: float) -> Kind:
        """Return the kind as it is where the record holds this share of its interruptions.

        Each is taken to be logged or not by a chance of its own. There are then 1 / share times as
        many, and what their weekly counts vary beyond Poisson is as much more of the mean.
        """
        if share == 1:
            return self
        said = f"over the share that is logged, {share:g}"
        more = replace(
            self.dispersion,
            value=1 + (self.dispersion.value - 1) / share,
            low=1 + (self.dispersion.low - 1) / share,
            high=1 + (self.dispersion.high - 1) / share,
            source=f"{self.dispersion.source}; what is above 1 {said}",
        )
        rate = replace(
            self.per_week,
            value=self.per_week.value / share,
            low=self.per_week.low / share,
            high=self.per_week.high / share,
            source=f"{self.per_week.source}, {said}",
        )
        return replace(
            self, per_week=rate, dispersion=more.at_most(MAX_DISPERSION), logged_share=share
        )


def named(incidents: pd.DataFrame, groups: Mapping[str, str] | None) -> pd.DataFrame:
    """Return the incidents with a column `kind`; without `groups` each severity is a kind.

    Args:
        groups: category in lower case: kind; "*" as the only key makes every category a kind.
    """
    if groups is None:
        names = {severity: f"severity {severity}" for severity in incidents["severity"].unique()}
        return incidents.assign(kind=incidents["severity"].map(names).astype("category"))
    category = incidents["category"].astype(str).str.strip()
    if "*" in groups:
        kind = category.where(category != "", OTHER)
        common = kind.value_counts()
        kept = set(common.index[: 12 if len(common) <= 12 else 11])
        kind = kind.where(kind.isin(kept), OTHER)
    else:
        kind = category.str.casefold().map(groups).fillna(OTHER)
    frame = incidents.assign(kind=kind.str.slice(0, 60))
    for _, part in frame.groupby("kind"):
        counts = part["severity"].value_counts()
        usual = counts.index[0]
        rare = part.index[part["severity"].map(counts) < FEWEST]
        frame.loc[rare, "severity"] = usual
    several = frame.groupby("kind")["severity"].transform("nunique") > 1
    label = frame["kind"] + ", severity " + frame["severity"].astype(str)
    return frame.assign(kind=frame["kind"].where(~several, label))


def fit_kinds(
    incidents: pd.DataFrame, window: Record, sources: Mapping[str, str], effort_from: str
) -> list[Kind]:
    """Fit every kind of the incidents (with a column `kind`), worst severity first.

    Args:
        incidents: a row each, with `kind`.
        window: the days that the record covers.
        sources: field: the column it was read from.
        effort_from: "effort_hours" or "active_hours", the column of `incidents` that is effort.
    """
    opened = incidents["opened"].to_numpy()
    whole = _Whole(
        incidents, window, arrival_rates.weeks(window, window.counts(opened)), effort_from
    )
    parts = incidents.groupby(["severity", "kind"], observed=True)
    return [_kind(str(name), part, whole, sources) for (_, name), part in parts]


class _Whole:
    """All incidents together: what kinds with few incidents lean on."""

    def __init__(
        self, incidents: pd.DataFrame, window: Record, weeks: Weeks, effort_from: str
    ) -> None:
        opened = incidents["opened"].to_numpy()
        self.window, self.weeks, self.count = window, weeks, len(incidents)
        self.effort_from = effort_from
        self.effort = effort.fit(incidents[effort_from].to_numpy())
        self.profile = _profile(incidents, window)
        self.now = rate_now(weeks)
        value = figures.dispersion(weeks.counts, weeks.exposure * self.now.level)[0]
        per_week = weeks.counts.sum() / weeks.exposure.sum()
        self.excess = (value - 1) / per_week if per_week else 0.0
        counts = window.counts(opened)
        self.holiday, self.holidays = arrival_rates.holiday_share(window, counts)
        known = incidents["reopened"].dropna()
        self.reopened = float((known > 0).mean()) if len(known) else math.nan


MAX_DISPERSION, MAX_DAILY_CV = 100.0, 2.0
"""What `sim.scenario.schema` allows: beyond it the record is a few outbursts, and no rate."""


def _kind(name: str, part: pd.DataFrame, whole: _Whole, sources: Mapping[str, str]) -> Kind:
    window, opened = whole.window, part["opened"].to_numpy()
    counts = window.counts(opened)
    # Weeks and their shares as of all incidents: a rare kind's own would be chance.
    found = whole.weeks.of(window, counts)
    now = whole.now
    rate = now.rate(found.counts, found.exposure)
    n, column = len(part), sources.get("opened", "opened")
    covered = f"{sources.get('severity', 'severity')} and {column}"
    value, low, high = figures.dispersion(found.counts, found.exposure * now.level)
    daily = arrival_rates.daily_cv(window, counts, found.shares)
    weeks = len(found.counts)
    return Kind(
        name=name,
        severity=int(part["severity"].iloc[0]),
        per_week=Figure(*rate, n, _over(column, found, now)),
        dispersion=Figure(
            _shrunk_dispersion(value, low, high, rate[0], weeks, whole.excess), low, high, weeks,
            f"weeks of {column}",
        ).at_most(MAX_DISPERSION),
        poisson=figures.poisson_fits(found.counts, found.exposure * now.level),
        daily_cv=Figure(*daily, weeks, f"days of {column}").at_most(MAX_DAILY_CV),
        holiday_share=Figure(
            whole.holiday, count=whole.holidays, source=f"{column} on holidays, all kinds"
        ),
        profile=arrival_rates.profile(window, _timed(part), towards=whole.profile),
        effort=_shrunk_effort(effort.fit(part[whole.effort_from].to_numpy()), whole.effort),
        reopen_rate=_reopening(part, whole, sources),
        share=Figure(*figures.share(found.counts, whole.weeks.counts), n, covered),
        worked=history(part[whole.effort_from].to_numpy(dtype=float), np.full(n, np.nan)),
        response=history(in_hours(part, "responded"), np.full(n, np.nan)),
        resolution=history(in_hours(part, "resolved"), part["age_hours"].to_numpy(dtype=float)),
    )  # fmt: skip


def _shrunk_dispersion(
    value: float, low: float, high: float, rate: float, weeks: int, excess: float
) -> float:
    """Return the kind's dispersion leaning on that of all, at its own rate; within its interval."""
    lean = 1 + excess * rate
    mixed = ((weeks - 1) * value + BORROWED_WEEKS * lean) / (weeks - 1 + BORROWED_WEEKS)
    if math.isnan(low):
        return max(lean, 1.0)
    return float(np.clip(mixed, low, high))


def _shrunk_effort(own: Shape | None, whole: Shape | None) -> Shape | None:
    if own is None or whole is None:
        return whole
    if len(own.humps) > 1 or own.count >= 10 * BORROWED_TICKETS or len(whole.humps) > 1:
        return own if own.count >= BORROWED_TICKETS else whole
    a, b = own.humps[0], whole.humps[0]
    weight = own.count / (own.count + BORROWED_TICKETS)
    mu = weight * a.mu + (1 - weight) * b.mu
    sigma = math.sqrt(weight * a.sigma**2 + (1 - weight) * b.sigma**2)
    leaning = (Hump(1.0, mu, sigma),)
    return Shape(leaning, own.count, own.ks, own.ks_one, own.median, own.p90)


def _reopening(part: pd.DataFrame, whole: _Whole, sources: Mapping[str, str]) -> Figure | None:
    if "reopened" not in sources or math.isnan(whole.reopened):
        return None
    known = part["reopened"].dropna()
    back = float((known > 0).sum())
    value = (back + BORROWED_TICKETS * whole.reopened) / (len(known) + BORROWED_TICKETS)
    _, low, high = figures.share(np.array([back]), np.array([float(len(known))]))
    return Figure(value, low, high, len(known), f"{sources['reopened']} above 0")


def _over(column: str, found: Weeks, now: RateNow) -> str:
    """Return what a rate was counted over."""
    exposure = found.exposure[now.since :] if now.shape in (LEVELLED, STEP) else found.exposure
    said = now.words(len(found.counts))
    return f"{column}, over {exposure.sum():.1f} ordinary weeks" + (f"; {said}" if said else "")


def _timed(tickets: pd.DataFrame) -> Floats:
    """Return the openings that have a time of day, in seconds since 1970."""
    timed = tickets["timed"].to_numpy(dtype=bool)
    return np.asarray(tickets["opened"].to_numpy(dtype=np.float64)[timed])


def _profile(incidents: pd.DataFrame, window: Record) -> Floats:
    """Return the shape of the week of all incidents; its hours are a service desk's where none has any."""
    timed = _timed(incidents)
    if len(timed) >= FEWEST_TIMED or len(timed) == len(incidents):
        return arrival_rates.profile(window, timed)
    desk = np.array(PROFILES["service-desk"], dtype=np.float64).reshape(7, 24)
    days = arrival_rates.profile(window, incidents["opened"].to_numpy()).reshape(7, 24).sum(axis=1)
    hours = desk / desk.sum(axis=1, keepdims=True)
    return np.asarray((hours * days[:, None]).ravel())


def groups_dispersion(
    incidents: pd.DataFrame, window: Record, low: float = 3, high: float = 40
) -> Sequence[tuple[str, float, float]]:
    """Return each group's name, weekly mean and variance over mean of its weekly counts.

    Only groups of a team's size are taken.
    """
    found = []
    for name, part in incidents[incidents["group"] != ""].groupby("group", observed=True):
        daily = window.counts(part["opened"].to_numpy())
        counts = np.bincount(window.week, weights=daily, minlength=window.weeks)
        # Holidays included, and weeks that lack one day at most.
        full = np.bincount(window.week, minlength=window.weeks) >= 6
        if full.sum() >= 3 and low <= counts[full].mean() <= high:
            mean = float(counts[full].mean())
            found.append((str(name), mean, float(counts[full].var(ddof=1)) / mean))
    return found


def scenario_kind(kind: Kind, like: IncidentKind) -> dict[str, Any]:
    """Return the entry of a fitted kind as a table; what was not fitted is as in `like`."""
    table = like.model_dump(by_alias=True)
    arriving = {
        "kind": kind.name,
        "severity": kind.severity,
        "per_week": kind.per_week.value,
        "dispersion": kind.dispersion.value,
        "daily_cv": kind.daily_cv.value,
        "holiday_share": kind.holiday_share.value,
        "profile": kind.profile.tolist(),
        "logged_share": kind.logged_share,
    }
    if kind.effort is not None:
        arriving["effort_hours"] = tomllib.loads(f"x = {kind.effort.text()}")["x"]
    if kind.reopen_rate is not None:
        arriving["reopen_rate"] = kind.reopen_rate.value
    return table | arriving
