"""Does a scenario reproduce the past? Fit the earlier part, simulate the later, compare.

Each replication draws its rates from the intervals of the fit, and how silent its holidays are, so
that the bands hold both chance and what so short a record leaves unknown. Holidays are taken as known in advance, as calendars are.

History is what trackers hold. Where they hold a share of the interruptions (`logged_share`), all of them
are simulated and worked on, and of each only as many are counted: one by one, by that chance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from sim.arrays import Bools, Floats, Ints
from sim.calibrate import kinds, record_days
from sim.calibrate.calibration import Wishes, effort_column, holidays_of, together
from sim.calibrate.figures import LEVEL, student
from sim.calibrate.formats import Export
from sim.calibrate.kinds import Kind, scenario_kind
from sim.calibrate.record_days import Record
from sim.files.delimited import refuse
from sim.measures.run import run
from sim.policy.registry import policy_in
from sim.sampling.calendars import DAY, HOUR, WEEK
from sim.sampling.incidents import REOPENING
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.dated import Days
from sim.scenario.reading import from_table
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import IncidentKind

MIN_WEEKS = 5
"""Whole weeks that a record must have: three to fit on, two to compare with."""

MIN_TICKETS = 10
"""Incidents of a severity from which its quantiles are compared."""

HOLIDAYS_DIFFER = 0.5
"""Standard deviation of the log of one holiday's share; the three of the log in docs/evidence.md
(A4) have 0.4."""

KNOWN = 0.5
"""Share of incidents whose time must be recorded for its quantiles to be compared."""


@dataclass(frozen=True)
class Line:
    """A line of a backtest: one observation beside its simulated band."""

    what: str
    unit: str
    observed: float
    low: float
    middle: float
    high: float

    @property
    def inside(self) -> bool:
        """Whether the observation lies within the simulated band."""
        return self.low <= self.observed <= self.high

    @property
    def verdict(self) -> str:
        """Words that say whether the figure is reproduced, or which way history was off."""
        if self.inside:
            return "reproduced"
        far = self.observed / self.middle if self.middle > 0 else math.inf
        if self.observed > self.high:
            return f"history was higher{_times(far)}"
        return f"history was lower{_times(1 / far if far else math.inf)}"


def _times(factor: float) -> str:
    return f", by a factor of {factor:.1f}" if 1.5 <= factor < math.inf else ""


@dataclass(frozen=True, eq=False)
class Band:
    """A series observed, with the simulated 90 % band of each of its moments."""

    name: str
    at: Floats
    """Days since the first day compared."""
    observed: Floats
    low: Floats
    middle: Floats
    high: Floats

    @property
    def inside(self) -> int:
        """How many of the observed moments lie within the band."""
        return int(((self.observed >= self.low) & (self.observed <= self.high)).sum())

    @property
    def covers(self) -> bool:
        """Whether no fewer lie inside than chance allows, one time in twenty, at the
        level."""
        return self.inside >= stats.binom.ppf(0.05, len(self.at), LEVEL)


@dataclass(frozen=True, eq=False)
class Backtest:
    """A scenario held against history."""

    scenario: Scenario
    policy: str
    replications: int
    seed: int
    record: Record
    fit_weeks: int
    bands: list[Band]
    """Arrivals a day and a week, and the backlog where it can be known."""
    lines: list[Line]
    """Response and resolution quantiles by severity."""
    unknown: list[str]
    """What the history cannot be compared on, and why."""

    def document(self) -> dict[str, Any]:
        """Return the backtest as JSON holds it."""
        return {
            "scenario": self.scenario.name,
            "policy": self.policy,
            "replications": self.replications,
            "seed": self.seed,
            "fit_weeks": self.fit_weeks,
            "level": LEVEL,
            "series": [
                {
                    "name": band.name,
                    "observed": band.observed.tolist(),
                    "low": band.low.tolist(),
                    "high": band.high.tolist(),
                    "inside": band.inside,
                    "of": len(band.at),
                    "covers": bool(band.covers),
                }
                for band in self.bands
            ],
            "lines": [
                {
                    "what": line.what, "unit": line.unit, "observed": line.observed,
                    "low": line.low, "middle": line.middle, "high": line.high,
                    "verdict": line.verdict,
                }
                for line in self.lines
            ],
            "unknown": self.unknown,
        }  # fmt: skip


def backtest(
    scenario: Scenario,
    exports: Sequence[Export],
    wishes: Wishes,
    policy: str,
    fit_weeks: int | None,
    replications: int,
    seed: int,
    progress: Callable[[int], None] | None = None,
) -> Backtest:
    """Fit arrivals, and effort where it is recorded, on the first weeks; compare the others.

    Args:
        scenario: what does not come from the history: teams, sprints, promises, effort.
        policy: the one in force then.
        fit_weeks: None for five eighths of the record.

    Raises:
        ScenarioError: where the history is too short or has no incidents.
        PolicyError: for a policy that is not known.
    """
    source = ", ".join(str(export.path) for export in exports)
    incidents = together(exports, story=False)
    if not len(incidents):
        refuse(source, "has no incidents to compare with")
    incidents = kinds.named(incidents, wishes.kinds)
    opened = incidents["opened"].to_numpy()
    window = record_days.record(opened, holidays_of(wishes, opened))
    if window.weeks < MIN_WEEKS:
        refuse(source, f"covers {window.weeks} weeks; {MIN_WEEKS} are the fewest to compare")
    weeks = fit_weeks or max(3, round(window.weeks * 5 / 8))
    if weeks > window.weeks - 1:
        refuse(
            source, f"covers {window.weeks} weeks: --fit-weeks must be {window.weeks - 1} or less"
        )
    fitted = _fitted(incidents, window, weeks, exports, wishes)
    past = _history(scenario, fitted, window, weeks)
    chosen = policy_in(past.scenario, policy)
    observed = _Observed(incidents, window, past)
    simulated = [
        _lived(past, chosen, seed, r, progress, observed.severities) for r in range(replications)
    ]
    bands, lines, unknown = _compared(observed, simulated)
    return Backtest(
        scenario, chosen.label, replications, seed, window,
        weeks, bands, lines, unknown,
    )  # fmt: skip


def _fitted(
    incidents: pd.DataFrame,
    window: Record,
    weeks: int,
    exports: Sequence[Export],
    wishes: Wishes,
) -> list[Kind]:
    """Return every kind, fitted on the first weeks alone."""
    days = int((window.week < weeks).sum())
    until = window.first + days
    early = Record(
        window.first, days, tuple(h for h in window.holidays if h < until), window.found, (),
        tuple(day for day in window.closed if day < until),
    )  # fmt: skip
    earlier = incidents[incidents["opened"] < (window.first + days) * DAY]
    sources = next(e.tickets.sources for e in exports if e.tickets)
    # What an incident took is only known once it is resolved: later ends are not looked at.
    ended = (earlier["resolved"] < (window.first + days) * DAY).to_numpy()
    column = effort_column(wishes)
    earlier = earlier.assign(**{column: earlier[column].where(ended)})
    return kinds.fit_kinds(earlier, early, sources, column)


@dataclass(frozen=True, eq=False)
class _Past:
    """The scenario as the past was, and what its rates leave unknown."""

    scenario: Scenario
    spread: Floats
    """(K,) standard error of the log of each kind's rate."""
    freedom: int
    start: float
    """Second since 1970 of its time 0."""
    begins: int
    """Second of the scenario at which the compared part begins."""
    ends: int
    """Second at which the record ends."""


def _history(scenario: Scenario, fitted: Sequence[Kind], window: Record, weeks: int) -> _Past:
    table = scenario.model_dump(by_alias=True)
    table["incidents_from"] = table["start"] = None  # what was open then is not recorded
    table["events"] = []  # those are of weeks ahead
    total = window.weeks
    table["time"] |= {
        "start": window.monday,
        "horizon_weeks": total,
        "warmup_weeks": weeks,
        "sprint_weeks": min(scenario.time.sprint_weeks, total),
        "public_holidays": [record_days.date_of(day) for day in window.holidays],
        "closures": [*_then(scenario.time.closures, window), *_closed(window)],
        "freezes": _then(scenario.time.freezes, window),
    }
    table["people"] |= {
        "absences": _then(scenario.people.absences, window),
        "joining": [
            entry.model_dump(by_alias=True)
            for entry in scenario.people.joining
            if 0 <= (entry.on - window.monday).days < 7 * total
        ],
    }
    entries, spread = [], []
    for counted in fitted:
        like = _counterpart(scenario, counted)
        kind = counted.with_the_unlogged(like.logged_share)
        entries.append(scenario_kind(kind, like))
        half = math.log(kind.per_week.high / kind.per_week.value) if kind.per_week.high > 0 else 0.0
        spread.append(half / student(weeks))
    caused = scenario.stories.regression_kind if scenario.stories else None
    names = {entry["kind"] for entry in entries}
    for old in scenario.incidents:
        if old.kind == caused and old.kind not in names:
            entries.append(old.model_dump(by_alias=True) | {"per_week": 0.0})
            spread.append(0.0)
    table["incidents"], table["improvements"], table["levers"] = entries, [], []
    past = from_table(table, f"{scenario.name}, as the history was")
    start = float(record_days.day_of(window.monday) * DAY)
    first = np.flatnonzero(window.week == weeks)[0]
    begins = int((window.first + int(first)) * DAY - start)
    return _Past(past, np.array(spread), weeks, start, begins,
                 int((window.first + window.days) * DAY - start))  # fmt: skip


def _closed(window: Record) -> list[dict[str, Any]]:
    """Return the days that a record does not cover as closures: nobody knows what was done then."""
    days = np.array(window.closed, dtype=np.int64)
    runs = np.split(days, np.flatnonzero(np.diff(days) > 1) + 1) if len(days) else []
    return [
        {"from": record_days.date_of(run[0]), "to": record_days.date_of(run[-1])} for run in runs
    ]


def _then(spans: Sequence[Days], window: Record) -> list[dict[str, Any]]:
    """Return the days that lie in the record: a scenario is mostly told those ahead."""
    days = [(span, span.numbers(window.monday)) for span in spans]
    last = 7 * window.weeks
    return [s.model_dump(by_alias=True) for s, d in days if d.stop > 0 and d.start < last]


def _counterpart(scenario: Scenario, kind: Kind) -> IncidentKind:
    """Return the scenario's entry of the same name, else of the nearest severity."""
    by_name = [entry for entry in scenario.incidents if entry.kind == kind.name]
    return (by_name or sorted(scenario.incidents, key=lambda e: abs(e.severity - kind.severity)))[0]


class _Observed:
    """The later part of the history."""

    def __init__(self, incidents: pd.DataFrame, window: Record, past: _Past) -> None:
        opened = incidents["opened"].to_numpy() - past.start
        self.ends = past.ends
        self.sample = _Sample(
            opened,
            incidents["responded"].to_numpy() - past.start,
            incidents["resolved"].to_numpy() - past.start,
            incidents["severity"].to_numpy(),
            past,
        )
        by_hour = incidents["timed"].to_numpy(dtype=bool)
        ends_by_hour = by_hour & (
            incidents["ends_timed"].to_numpy(dtype=bool) | incidents["resolved"].isna().to_numpy()
        )
        later = (opened >= past.begins) & (opened < past.ends)
        known = incidents.loc[later, ["responded", "resolved"]].notna().mean()
        self.ends_known = float(known.iloc[1])
        told = {"response": by_hour[later].mean(), "resolution": ends_by_hour[later].mean()}
        self.known = {
            "response": float(known.iloc[0]) if told["response"] > KNOWN else 0.0,
            "resolution": float(known.iloc[1]) if told["resolution"] > KNOWN else 0.0,
        }
        counts = incidents.loc[later, "severity"].value_counts()
        self.severities = sorted(int(s) for s in counts.index[counts >= MIN_TICKETS])


class _Sample:
    """What one past, real or simulated, looks like in the part compared."""

    def __init__(
        self, opened: Floats, responded: Floats, resolved: Floats, severity: Any, past: _Past
    ) -> None:
        later = (opened >= past.begins) & (opened < past.ends)
        days = (past.ends - past.begins) // DAY
        day = ((opened[later] - past.begins) // DAY).astype(np.int64)
        self.daily = np.bincount(day, minlength=days).astype(np.float64)
        self.weekly = np.add.reduceat(self.daily, np.arange(0, days, 7))
        moments = past.begins + (np.arange(days // 7 or 1) + 1) * WEEK
        moments = np.minimum(moments, past.ends)
        ended = np.where(np.isnan(resolved), np.inf, resolved)
        inside = opened < past.ends
        self.backlog = np.array(
            [(inside & (opened <= m) & (ended > m)).sum() for m in moments], dtype=np.float64
        )
        self.response = _ages(opened, responded, later, past.ends)
        self.resolution = _ages(opened, resolved, later, past.ends)
        self.severity = severity[later]

    def quantile(self, times: Floats, severity: int, q: float) -> float:
        """Return a quantile of the times of one severity; NaN where there are none."""
        chosen = times[self.severity == severity]
        return float(np.quantile(chosen, q)) if len(chosen) else math.nan


def _ages(opened: Floats, ended: Floats, later: Any, horizon: int) -> Floats:
    """Return hours until it came about; for what had not by the end of the record, its age by
    then."""
    until = np.where(np.isnan(ended), np.inf, ended)
    return np.asarray((np.minimum(until, horizon) - opened)[later] / HOUR)


def _lived(
    past: _Past,
    policy: Any,
    seed: int,
    replication: int,
    progress: Callable[[int], None] | None,
    severities: Sequence[int],
) -> _Sample:
    """Live through one replication, its rates drawn from their intervals."""
    rng = np.random.default_rng([seed, replication])
    t = special.stdtrit(max(past.freedom - 1, 1), rng.random(len(past.spread)))
    factors = np.exp(np.clip(t * past.spread, -2, 2))
    quiet = math.exp(HOLIDAYS_DIFFER * rng.standard_normal())
    varied = [
        kind.model_copy(
            update={
                "per_week": kind.per_week * float(factor),
                "holiday_share": min(kind.holiday_share * quiet, 1.0),
            }
        )
        for kind, factor in zip(past.scenario.incidents, factors, strict=True)
    ]
    scenario = past.scenario.model_copy(update={"incidents": varied})
    path = sample_path(scenario, seed, replication)
    a = run(path, policy).accounts
    own = (path.incidents.cause[a.id] != REOPENING) & _logged(path, a.id, seed)
    opened = a.opened[own].astype(np.float64)
    started, ended = a.started[own], a.ended[own]
    if progress is not None:
        progress(replication + 1)
    return _Sample(
        opened,
        np.where(started >= 0, started, np.where(ended >= 0, ended, np.nan)).astype(np.float64),
        np.where(ended >= 0, ended, np.nan).astype(np.float64),
        path.organisation.severity[path.incidents.kind[a.id[own]]],
        past,
    )


def _logged(path: SamplePath, incidents: Ints, seed: int) -> Bools:
    """Return which of some incidents a tracker would hold, each by the share of its kind."""
    shares = np.array([kind.logged_share for kind in path.scenario.incidents])
    drawn = np.random.default_rng([seed, path.replication, _LOGGED]).random(len(incidents))
    return np.asarray(drawn < shares[path.incidents.kind[incidents]])


_LOGGED = 1
"""What these numbers are drawn for, beside the rates."""


def _compared(
    observed: _Observed, simulated: Sequence[_Sample]
) -> tuple[list[Band], list[Line], list[str]]:
    real = observed.sample
    bands = [_band("arrivals a day", [s.daily for s in simulated], real.daily, 1)]
    whole = len(real.daily) // 7
    weekly = [s.weekly[:whole] for s in simulated]
    bands.append(_band("arrivals a week", weekly, real.weekly[:whole], 7))
    lines: list[Line] = []
    unknown: list[str] = []
    if observed.ends_known >= KNOWN:
        bands.append(_band("backlog at the week's end", [s.backlog for s in simulated],
                           real.backlog, 7))  # fmt: skip
    for name, share in observed.known.items():
        if share < KNOWN:
            unknown.append(
                f"{name} times: recorded for {share:.0%} of the incidents; {KNOWN:.0%} are the fewest"
            )
            continue
        for severity in observed.severities:
            for q in (0.5, 0.9):
                found = [s.quantile(getattr(s, name), severity, q) for s in simulated]
                seen = real.quantile(getattr(real, name), severity, q)
                low, middle, high = np.nanquantile(found, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2])
                title = f"{name} p{q * 100:.0f}, severity {severity}"
                lines.append(Line(title, "hours", seen, float(low), float(middle), float(high)))
    return bands, lines, unknown


def _band(name: str, series: Sequence[Floats], seen: Floats, step: int) -> Band:
    table = np.array(series)
    low, middle, high = np.quantile(table, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2], axis=0)
    at = np.arange(len(seen), dtype=np.float64) * step
    return Band(name, at, seen, low, middle, high)
