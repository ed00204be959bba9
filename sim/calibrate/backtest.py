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
from scipy import special

from sim.arrays import Bools, Floats, Ints
from sim.calibrate import delivery_then, kinds, record_days
from sim.calibrate.beside_history import Band, Line
from sim.calibrate.calibration import Wishes, effort_column, holidays_of, together
from sim.calibrate.delivery_then import Delivered
from sim.calibrate.figures import LEVEL
from sim.calibrate.formats import Export
from sim.calibrate.kinds import Kind
from sim.calibrate.past_scenario import Past, history_of
from sim.calibrate.record_days import Record
from sim.files.delimited import refuse
from sim.measures.run import run
from sim.policy.registry import policy_in
from sim.sampling.calendars import DAY, HOUR, WEEK
from sim.sampling.incidents import REOPENING
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.schema import Scenario

MIN_WEEKS = 5
"""Whole weeks that a record must have: three to fit on, two to compare with."""

MIN_TICKETS = 10
"""Incidents of a severity from which its quantiles are compared."""

HOLIDAYS_DIFFER = 0.5
"""Standard deviation of the log of one holiday's share; the three of the log in docs/evidence.md
(A4) have 0.4."""

KNOWN = 0.5
"""Share of incidents whose time must be recorded for its quantiles to be compared."""


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
    """Response and resolution quantiles by severity; what was delivered."""
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
    scenario = _with_heads(scenario, wishes)
    past = history_of(scenario, fitted, window, weeks)
    chosen = policy_in(past.scenario, policy)
    observed = _Observed(incidents, past, wishes.first_line)
    passed = bool(wishes.first_line)
    simulated = [_lived(past, chosen, seed, r, progress, passed) for r in range(replications)]
    bands, lines, unknown = _compared(observed, simulated)
    delivered = delivery_then.observed(exports, scenario)
    lines += _delivery_lines(delivered, [one.delivered for one in simulated])
    return Backtest(
        scenario, chosen.label, replications, seed, window,
        weeks, bands, lines, unknown,
    )  # fmt: skip


def _with_heads(scenario: Scenario, wishes: Wishes) -> Scenario:
    """Return the scenario with the head counts of the past, where they are given.

    Raises:
        ScenarioError: for a team that is not in it.
    """
    known = [team.name for team in scenario.teams]
    for name in wishes.teams:
        if name not in known:
            refuse(
                f"--teams {name}",
                f"no such team in the scenario; known are {', '.join(known[:12])}",
            )
    if not wishes.teams:
        return scenario
    teams = [
        team.model_copy(update={"developers": wishes.teams.get(team.name, team.developers)})
        for team in scenario.teams
    ]
    return scenario.model_copy(update={"teams": teams})


def _delivery_lines(seen: Delivered, lived: Sequence[Delivered]) -> list[Line]:
    """Return what was delivered beside what is, as far as the history tells."""
    found = []
    for what, unit, real, model in (
        ("points done a sprint and team", "points", seen.points, [one.points for one in lived]),
        ("done of what was committed", "%", 100 * seen.say_do, [100 * one.say_do for one in lived]),
    ):
        known = np.array([value for value in model if not math.isnan(value)])
        if not math.isnan(real) and len(known):
            low, middle, high = np.quantile(known, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2])
            found.append(Line(what, unit, real, float(low), float(middle), float(high)))
    return found


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


class _Observed:
    """The later part of the history."""

    def __init__(self, incidents: pd.DataFrame, past: Past, first_line: Sequence[str]) -> None:
        opened = incidents["opened"].to_numpy() - past.start
        self.ends = past.ends
        self.sample = _Sample(
            opened,
            incidents["responded"].to_numpy() - past.start,
            incidents["resolved"].to_numpy() - past.start,
            incidents["severity"].to_numpy(),
            past,
            ~incidents["group"].isin(first_line).to_numpy(),
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
        self,
        opened: Floats,
        responded: Floats,
        resolved: Floats,
        severity: Any,
        past: Past,
        reached: Bools,
        delivered: Delivered | None = None,
    ) -> None:
        self.delivered = delivered or Delivered()
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
        # Times are those of what reached a team, where it is known which did.
        later = later & reached
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
    past: Past,
    policy: Any,
    seed: int,
    replication: int,
    progress: Callable[[int], None] | None,
    only_passed: bool,
) -> _Sample:
    """Live through one replication, its rates drawn from their intervals.

    Args:
        past: the scenario as the past was.
        policy: in force then.
        seed: of the study.
        replication: its number.
        progress: is told of each.
        only_passed: whether times are those of what got past the first line.
    """
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
        (started >= 0) | (ended < 0) if only_passed else np.ones(len(opened), dtype=bool),
        delivery_then.simulated(path, a),
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
