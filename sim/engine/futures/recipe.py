"""A scenario laid out as the numbers that its futures are drawn from.

Whatever is the same in all futures is worked out here, by NumPy and SciPy as `sim.sampling` does: laws of weekly
counts, the edges of hours and shares, quantiles at which a search begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import Any

import numpy as np
from scipy import special

from sim.arrays import Floats, Ints
from sim.engine.futures import tables as t
from sim.engine.rows import Row
from sim.sampling.absences import known_spells, sick_gap
from sim.sampling.arrivals import holidays_in, law_of_counts
from sim.sampling.calendars import HOUR
from sim.sampling.incident_log import IncidentLog
from sim.sampling.organisation import MILLE, Organisation
from sim.sampling.stories import first_count, focus_capacity, may_break, regression_kind
from sim.sampling.streams import number_of
from sim.sampling.working_hours import working_days
from sim.scenario.demand import demand_by_day
from sim.scenario.distributions import (
    Constant,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Mixture,
)
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import IncidentKind, hourly_weights

PURPOSES = (
    "weekly counts", "incidents", "days", "season", "holidays", "replayed incidents",
    "stories", "sickness", "vacation", "departures",
)  # fmt: skip
"""The words of `tables.Purposes`, in its order."""

NO_LAW = -1


def recipe(scenario: Scenario, org: Organisation, log: IncidentLog | None) -> dict[str, Any]:
    """The tables of `tables.Future` that hold what a scenario says, by name."""
    laws, wheels = _Laws(), _Wheels()
    kinds = [_Kind(scenario, kind, laws, wheels) for kind in scenario.incidents]
    known = known_spells(scenario, org)
    log_columns = (log.opened, log.kind, log.team) if log else (_none(),) * 3
    return {
        "scene": _scene(scenario, org, laws, wheels, log is not None),
        "purposes": np.array([number_of(word) for word in PURPOSES], dtype=np.int64),
        "kinds": _kind_rows(scenario, kinds),
        **_kind_columns(kinds),
        "is_holiday": _is_holiday(scenario),
        "deflect_rate": np.array([scenario.first_line.deflect_rate]),
        **_stories(scenario),
        **_teams(scenario, org),
        "known": np.column_stack((known.leaves, known.returns)),
        "known_from": np.searchsorted(known.developer, np.arange(org.developers + 1)),
        **dict(zip(("log_opened", "log_kind", "log_team"), log_columns, strict=True)),
        "laws": np.array(laws.rows, dtype=np.int64).reshape(-1, t.Law.WIDTH),
        "of_laws": np.array(laws.numbers),
        "wheels": np.array(wheels.rows, dtype=np.int64),
        "ends": np.concatenate(wheels.ends),
        "guides": np.concatenate(wheels.guides),
    }


def _none() -> Ints:
    return np.empty(0, dtype=np.int64)


def _row(row: type[Row], **fields: int) -> Ints:
    """A row, all of whose fields are named."""
    return np.array([fields.pop(name) for name in row.FIELDS], dtype=np.int64)


# ---- distributions -------------------------------------------------------------------------------


@dataclass
class _Laws:
    """Distributions as they are met."""

    rows: list[Sequence[int]] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)

    def add(self, law: Distribution) -> int:
        """The number of a distribution's row."""
        [place] = self._added([law])
        return place

    def _added(self, laws: Sequence[Distribution]) -> range:
        """The numbers of some, one after the other; those that mixtures are of come behind."""
        places = range(len(self.rows), len(self.rows) + len(laws))
        self.rows += [()] * len(laws)
        for place, law in zip(places, laws, strict=True):
            parts = self._added([part.of for part in law.parts]) if isinstance(law, Mixture) else ()
            code, numbers = _numbers_of(law)
            count = len(parts) if isinstance(law, Mixture) else len(numbers)
            self.rows[place] = (code, len(self.numbers), count, parts.start if parts else NO_LAW)
            self.numbers += numbers
        return places


def _numbers_of(law: Distribution) -> tuple[int, list[float]]:
    """Which law it is, and its numbers."""
    if isinstance(law, Constant):
        return t.CONSTANT_LAW, [law.value]
    if isinstance(law, Exponential):
        return t.EXPONENTIAL_LAW, [law.mean_]
    if isinstance(law, Lognormal):
        return t.LOGNORMAL_LAW, [law.median, law.sigma]
    if isinstance(law, Gamma):
        shape = law.cv**-2
        return t.GAMMA_LAW, _gamma(shape, law.mean_ / shape)
    if isinstance(law, Empirical):
        return t.EMPIRICAL_LAW, np.sort(np.asarray(law.values, dtype=np.float64)).tolist()
    shares = [part.share for part in law.parts]
    edges = np.cumsum(shares)
    edges[-1] = 1.0
    return t.MIXTURE_LAW, list(chain.from_iterable(zip(edges.tolist(), shares, strict=True)))


def _gamma(shape: float, scale: float) -> list[float]:
    """The numbers of a gamma distribution: how it is, and where the search for its quantiles begins."""
    starts = special.gammaincinv(shape, np.arange(t.STARTS) / t.STARTS)
    return [shape, scale, float(special.gammaln(shape)), *starts.tolist()]


# ---- shares ---------------------------------------------------------------------------------------


@dataclass
class _Wheels:
    """Shares of a whole as they are met."""

    rows: list[Sequence[int]] = field(default_factory=list)
    ends: list[Floats] = field(default_factory=list)
    guides: list[Ints] = field(default_factory=list)
    _length: int = 0

    def add(self, edges: Floats) -> int:
        """The number of a wheel; `edges`: the shares up to each, but the last."""
        ends = np.concatenate((edges, [np.inf]))
        begins = np.arange(t.GUIDES) / t.GUIDES
        self.rows.append((self._length, t.GUIDES * len(self.rows)))
        self.ends.append(ends)
        self.guides.append(np.searchsorted(edges, begins, side="right").astype(np.int64))
        self._length += len(ends)
        return len(self.rows) - 1


# ---- incidents -----------------------------------------------------------------------------------


class _Kind:
    """A kind's row and columns."""

    def __init__(
        self, scenario: Scenario, kind: IncidentKind, laws: _Laws, wheels: _Wheels
    ) -> None:
        demand = demand_by_day(scenario, kind)
        self.demand = np.empty(0) if demand is None else demand
        self.most = 1.0 if demand is None else max(1.0, float(demand.max()))
        self.least, self.chances = 0, np.empty(0)
        if kind.per_week:
            spread = 1 + self.most * (kind.dispersion - 1)
            self.least, self.chances = law_of_counts(self.most * kind.per_week, spread)
        self.weights = np.asarray(hourly_weights(kind), dtype=np.float64)
        sums = np.concatenate(([0.0], np.cumsum(self.weights)))
        self.all_weights = float(sums[-1])
        self.hours = wheels.add((sums / sums[-1])[1:-1])
        by_day = self.weights.reshape(t.DAYS, -1).sum(axis=1)
        self.day_shares = by_day / by_day.sum()
        self.day_begins = np.concatenate(([0.0], np.cumsum(self.day_shares)[:-1]))
        self.effort_law = laws.add(kind.effort_hours)
        self.reopen_law = laws.add(kind.reopen_after_hours)
        self.day_law = NO_LAW
        if kind.daily_cv:
            self.day_law = laws.add(Gamma(dist="gamma", mean=1.0, cv=kind.daily_cv))
        self.kind = kind


def _kind_rows(scenario: Scenario, kinds: Sequence[_Kind]) -> Ints:
    names, desk = [team.name for team in scenario.teams], scenario.first_line
    count_from, demand_from = (
        _begins([k.chances for k in kinds]),
        _begins([k.demand for k in kinds]),
    )
    rows = [
        _row(
            t.ReportedKind,
            word=number_of(k.kind.kind),
            count_from=count_from[n],
            count_to=count_from[n] + len(k.chances),
            least=k.least,
            demand_from=demand_from[n] if len(k.demand) else -1,
            day_law=k.day_law,
            keeps_holidays=int(k.kind.holiday_share < 1),
            home=-1 if k.kind.team is None else names.index(k.kind.team),
            hours=k.hours,
            effort_law=k.effort_law,
            reopen_law=k.reopen_law,
            first_line=int(k.kind.first_line and desk.deflect_rate > 0),
            reopen_share=round(k.kind.reopen_effort_share * MILLE),
            logged=round(k.kind.logged_share * MILLE),
        )
        for n, k in enumerate(kinds)
    ]
    return np.array(rows, dtype=np.int64)


def _begins(parts: Sequence[Floats]) -> list[int]:
    """Where each part begins once they stand one after the other."""
    return [0, *accumulate(len(part) for part in parts)]


def _kind_columns(kinds: Sequence[_Kind]) -> dict[str, Floats]:
    together = {
        "chances": "chances",
        "hour_weights": "weights",
        "day_shares": "day_shares",
        "day_begins": "day_begins",
        "demand": "demand",
    }
    return {
        name: np.concatenate([getattr(k, of) for k in kinds]) for name, of in together.items()
    } | {
        "all_weights": np.array([k.all_weights for k in kinds]),
        "most": np.array([k.most for k in kinds]),
        "holiday_share": np.array([k.kind.holiday_share for k in kinds], dtype=np.float64),
        "reopen_rate": np.array([k.kind.reopen_rate for k in kinds], dtype=np.float64),
    }


def _is_holiday(scenario: Scenario) -> Ints:
    days = np.zeros(t.DAYS * scenario.time.horizon_weeks, dtype=np.int64)
    days[holidays_in(scenario.time)] = 1
    return days


def _team_edges(scenario: Scenario) -> Floats:
    sums = np.cumsum([team.incident_share for team in scenario.teams])
    return np.asarray(sums[:-1] / sums[-1], dtype=np.float64)


# ---- the rest ------------------------------------------------------------------------------------


def _scene(
    scenario: Scenario, org: Organisation, laws: _Laws, wheels: _Wheels, replayed: bool
) -> Ints:
    stories, people = scenario.stories, scenario.people
    return _row(
        t.Scene,
        weeks=scenario.time.horizon_weeks,
        begins=org.begins,
        first_line_law=laws.add(scenario.first_line.delay_minutes),
        error_law=laws.add(stories.error) if stories else NO_LAW,
        regression_kind=regression_kind(scenario, stories) if stories else 0,
        regression_law=laws.add(stories.regression_after_days) if stories else NO_LAW,
        breaks=may_break(org),
        plans=int(stories is not None),
        teams=wheels.add(_team_edges(scenario)),
        sizes=wheels.add(_size_edges(scenario)),
        sick_law=laws.add(people.sick_spell_days),
        away=round(people.vacation_weeks_per_year * scenario.time.horizon_weeks / 52),
        replayed=int(replayed),
        departures=int(org.departures > 0),
        any_unlogged=int(any(kind.logged_share < 1 for kind in scenario.incidents)),
        ahead_days=org.hours.ahead.shape[1],
    )


def _size_edges(scenario: Scenario) -> Floats:
    if scenario.stories is None:
        return np.empty(0)
    return np.asarray(np.cumsum(list(scenario.stories.points.values()))[:-1], dtype=np.float64)


def _stories(scenario: Scenario) -> dict[str, Any]:
    stories = scenario.stories
    if stories is None:
        return {"sizes": _none(), "estimates": _none()}
    sizes = np.array([int(key) for key in stories.points], dtype=np.int64)
    hours = sizes * stories.hours_per_point
    return {
        "sizes": sizes,
        "estimates": np.maximum(np.rint(hours * HOUR), 1).astype(np.int64),
    }


def _teams(scenario: Scenario, org: Organisation) -> dict[str, Any]:
    """The teams' rows, and what they refer to."""
    stories, sick = scenario.stories, sick_gap(scenario)
    weeks = [working_days(scenario, team) for team in scenario.teams]
    rows, days = [], org.hours.ahead.shape[1]
    week_from = _begins([np.array(week) for week in weeks])
    for n, team in enumerate(scenario.teams):
        working = scenario.time.horizon_weeks * len(weeks[n])
        rows.append(
            _row(
                t.PlanningTeam,
                word=number_of(team.name),
                first=int(org.team_first[n]),
                last=int(org.team_first[n + 1]),
                capacity=focus_capacity(org, n),
                stories=first_count(scenario, org, n, stories) if stories else 0,
                week_from=week_from[n],
                week_days=len(weeks[n]),
                sick_draws=sick.most(working) if sick else 0,
                sick_before=working,
                ahead_from=n * days if org.hours.ahead[n].any() else -1,
            )
        )
    return {
        "planners": np.array(rows, dtype=np.int64),
        "workdays": np.array([*chain.from_iterable(weeks)], dtype=np.int64),
        "ahead": org.hours.ahead.ravel(),
        "sick_gap": np.array([sick.gap if sick else 0.0]),
    }
