"""Policies side by side on the same paths: what may be said of them, and how surely."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import Floats
from sim.errors import nearest
from sim.experiment.control_variates import controlled
from sim.experiment.selection import front_membership, subset
from sim.experiment.statistics import CONFIDENCE, Interval, interval, intervals, paired
from sim.experiment.study import Observations
from sim.measures.metrics import METRICS, QUANTILES, Key, metrics_of
from sim.measures.run import run
from sim.policy.contract import Policy
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import digest
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

HEADLINE = (
    "points_per_sprint",
    "say_do_ratio",
    "sprint_goals_met",
    "response_hours_mean",
    "response_hours_p90",
    "response_sla",
)
"""The figures of the short table."""

FEWEST_BEYOND = 5
"""A quantile needs so many incidents beyond it in a replication, or it is not reported:
100 for p95, 50 for p90, 10 for p50 (docs/evidence.md, E2)."""

OVERLOAD = 0.02
"""Demand exceeds capacity where the backlog surely grows, and by more than this share of what comes
in. Less is what a lucky or unlucky last sprint does to the count."""

STEADY_STATE = ("response", "money")
"""Sections whose figures say nothing where demand exceeds capacity: they depend on the run's length."""

UNDEFINED = Interval(math.nan, math.nan, math.nan)


def fewest_incidents(metric: str) -> int:
    """How many incidents a replication needs on average for a figure: a quantile has FEWEST_BEYOND beyond
    it; 0 for what is none."""
    share = QUANTILES.get(metric.rpartition("_")[2])
    return 0 if share is None else math.ceil(round(FEWEST_BEYOND / (1 - share), 9))


def is_overloaded(scenario: Scenario, observed: Observations, policy: int) -> bool:
    """Whether incidents come in faster than a policy works them off: False in a terminating design."""
    if not scenario.steady_state:
        return False
    growth = interval(observed.of(policy, Key("accounts", "all", "backlog_growth_per_week")))
    opened = observed.of(policy, Key("accounts", "all", "opened")).mean()
    arrivals = float(opened) / scenario.time.horizon_weeks
    return growth.low > 0 and growth.mean > OVERLOAD * arrivals


@dataclass(frozen=True, eq=False)
class Comparison:
    """Every figure of every policy, with 95 % confidence intervals."""

    scenario: Scenario
    policies: tuple[Policy, ...]
    replications: int
    seed: int
    engine: str
    observations: Observations = field(repr=False)

    @property
    def labels(self) -> list[str]:
        """The policies' names with what was set, in the order given."""
        return list(self._labels)

    @cached_property
    def _labels(self) -> tuple[str, ...]:
        return tuple(policy.label for policy in self.policies)

    # ---- single figures ---------------------------------------------------------------------

    def figure(self, label: str, metric: str, group: str = "all") -> Interval:
        """Mean and interval of one figure; NaN where it may not be given.

        Args:
            label: one of `labels`.
            metric: a metric's name, such as `response_hours_p90`.
            group: `all`, or for response figures `severity 1`, `kind production outage`, …

        Raises:
            KeyError: for an unknown policy, metric or group.
        """
        policy, key = self._policy(label), self._key(metric, group)
        if not self._may_be_given(policy, key):
            return UNDEFINED
        return interval(self.at_expected_load.of(policy, key))

    def difference(
        self, a: str, b: str, metric: str, group: str = "all", confidence: float = CONFIDENCE
    ) -> Interval:
        """Interval of `a` minus `b`, path by path, at the expected load (`sim.experiment.control_variates`).

        Raises:
            KeyError: for an unknown policy, metric or group.
        """
        first, second, key = self._policy(a), self._policy(b), self._key(metric, group)
        if not (self._may_be_given(first, key) and self._may_be_given(second, key)):
            return UNDEFINED
        return paired(
            self.at_expected_load.of(first, key), self.at_expected_load.of(second, key), confidence
        )

    def figures(self, label: str) -> dict[Key, Interval]:
        """Every figure of a policy, computed together: what `figure` gives, many times as fast.

        Raises:
            KeyError: for an unknown policy.
        """
        policy = self._policy(label)
        columns = zip(
            *(part.tolist() for part in intervals(self.at_expected_load.values[policy])),
            strict=True,
        )
        return {
            key: Interval(*found) if self._may_be_given(policy, key) else UNDEFINED
            for key, found in zip(self.observations.keys, columns, strict=True)
        }

    def headline_figures(
        self, observed: Observations | None = None
    ) -> dict[tuple[str, str], Floats]:
        """(R,) by label and metric: each figure of the short table that may be given; at the expected
        load, or as they are in `observed`."""
        observed = observed or self.at_expected_load
        keys = [self._key(metric, "all") for metric in HEADLINE]
        return {
            (label, key.name): observed.of(policy, key)
            for policy, label in enumerate(self.labels)
            for key in keys
            if self._may_be_given(policy, key)
        }

    def is_overloaded(self, label: str) -> bool:
        """Whether incidents come in faster than this policy works them off.

        Only asked of a steady-state design: there is then no steady state to report.
        """
        return self._overloaded[self._policy(label)]

    @cached_property
    def at_expected_load(self) -> Observations:
        """The observations that all means and intervals are of: see `sim.experiment.control_variates`."""
        return controlled(self.observations, self.scenario)

    @cached_property
    def _found(self) -> dict[tuple[str, ...], Any]:
        return {}

    def _once(self, compute: Callable[..., Any], *figures: str) -> Any:
        """What is asked again and again of the same figures, computed once."""
        asked = (compute.__name__, *figures)
        if asked not in self._found:
            self._found[asked] = compute(*figures)
        return self._found[asked]

    @cached_property
    def _overloaded(self) -> tuple[bool, ...]:
        policies = range(len(self.policies))
        return tuple(is_overloaded(self.scenario, self.observations, n) for n in policies)

    @cached_property
    def _counted(self) -> dict[str, Floats]:
        """By group of incidents: (P,) how many are measured in a replication, on average."""
        return {
            key.group: self.observations.values[:, :, n].mean(axis=1)
            for n, key in enumerate(self.observations.keys)
            if key.name == "incidents_measured"
        }

    def _policy(self, label: str) -> int:
        if label not in self._labels:
            raise KeyError(f"no policy '{label}' here; there are {', '.join(self._labels)}")
        return self._labels.index(label)

    def _key(self, metric: str, group: str) -> Key:
        for key in self.observations.keys:
            if key.name == metric and key.group == group:
                return key
        figures = sorted({key.name for key in self.observations.keys})
        if metric not in figures:
            raise KeyError(f"no figure '{metric}'" + nearest(metric, figures))
        groups = [key.group for key in self.observations.keys if key.name == metric]
        raise KeyError(f"no figure '{metric}' of '{group}'; it is there of {', '.join(groups)}")

    def _may_be_given(self, policy: int, key: Key) -> bool:
        if key.section not in STEADY_STATE or key.name == "incidents_measured":
            return True
        if self._overloaded[policy]:
            return False
        needed = fewest_incidents(key.name)
        return not needed or bool(self._counted[key.group][policy] >= needed)

    # ---- tables -----------------------------------------------------------------------------

    def table(self, metrics: Sequence[str] = HEADLINE, group: str = "all") -> pd.DataFrame:
        """Policies down, metrics across, each with mean, low and high.

        `group` applies to response figures; delivery and people have no groups.
        """
        import pandas as pd  # loading it takes a third of a second

        rows = [
            [
                value
                for metric in metrics
                for value in self.figure(label, metric, self._group_of(metric, group))
            ]
            for label in self.labels
        ]
        columns = pd.MultiIndex.from_product([metrics, Interval._fields], names=["metric", "value"])
        frame = pd.DataFrame(rows, index=self.labels, columns=columns)
        frame.index.name = "policy"
        return frame

    def _group_of(self, metric: str, group: str) -> str:
        return group if Key("response", "all", metric) in self.observations.keys else "all"

    def differences(self, metrics: Sequence[str] | None = None) -> pd.DataFrame:
        """Every pair of policies: mean and interval of `a` minus `b` on the same paths.

        `low` and `high` hold for this pair alone; `all_low` and `all_high` for all pairs of policies
        at once, figure by figure (Bonferroni's inequality, which common paths leave valid).
        """
        import pandas as pd  # loading it takes a third of a second

        columns = ["a", "b", "metric", *Interval._fields, "all_low", "all_high"]
        return pd.DataFrame(
            self._pairs(metrics_of(self.scenario) if metrics is None else metrics), columns=columns
        )

    def _pairs(self, metrics: Iterable[str]) -> list[dict[str, Any]]:
        pairs = list(combinations(self.labels, 2))
        shared = 1 - (1 - CONFIDENCE) / max(len(pairs), 1)
        rows = []
        for a, b in pairs:
            for metric in metrics:
                own = self.difference(a, b, metric)
                wide = self.difference(a, b, metric, confidence=shared)
                ends = {"all_low": wide.low, "all_high": wide.high}
                rows.append({"a": a, "b": b, "metric": metric, **own._asdict(), **ends})
        return rows

    @cached_property
    def incidents(self) -> pd.DataFrame | None:
        """Where a log is replayed: its incidents under each policy in replication 0."""
        if self.scenario.incidents_from is None:
            return None
        import pandas as pd

        path = sample_path(self.scenario, self.seed, 0)
        tables = [run(path, policy, self.engine).incidents for policy in self.policies]
        return pd.concat(
            [table.assign(policy=label) for table, label in zip(tables, self.labels, strict=True)],
            ignore_index=True,
        )

    # ---- choice -----------------------------------------------------------------------------

    def pareto(
        self, delivery: str = "points_per_sprint", response: str = "response_hours_mean"
    ) -> list[str]:
        """Policies on the trade-off front: none other is as good on both and better on one."""
        return list(self._once(self._front, delivery, response))

    def _front(self, delivery: str, response: str) -> list[str]:
        values = {
            label: tuple(
                METRICS[metric].better * self.figure(label, metric).mean
                for metric in (delivery, response)
            )
            for label in self.labels
        }
        known = {k: v for k, v in values.items() if not any(math.isnan(x) for x in v)}
        return [
            label
            for label, own in known.items()
            if not any(
                all(o >= m for o, m in zip(other, own, strict=True)) and other != own
                for other in known.values()
            )
        ]

    def front_chances(
        self, delivery: str = "points_per_sprint", response: str = "response_hours_mean"
    ) -> dict[str, float]:
        """Each policy's probability to be beaten by no other on both figures; NaN where it has none.

        By bootstrap over replications (`sim.experiment.selection.front_membership`).
        """
        return dict(self._once(self._chances, delivery, response))

    def _chances(self, delivery: str, response: str) -> dict[str, float]:
        signed = {
            label: [
                METRICS[metric].better * self.at_expected_load.of(n, self._key(metric, "all"))
                for metric in (delivery, response)
            ]
            for n, label in enumerate(self.labels)
            if self._may_be_given(n, self._key(response, "all"))
        }
        known = {k: np.array(v) for k, v in signed.items() if not np.isnan(v).all(axis=1).any()}
        if not known:
            return dict.fromkeys(self.labels, math.nan)
        both = _known_in_all(np.stack(list(known.values())))
        if both.shape[-1] < 2:
            return dict.fromkeys(self.labels, math.nan)
        first, second = both[:, 0], both[:, 1]
        chances = dict(zip(known, front_membership(first, second).tolist(), strict=True))
        return {label: chances.get(label, math.nan) for label in self.labels}

    def contenders(self, metric: str = "response_hours_mean", group: str = "all") -> list[str]:
        """The policies among which the best is, with 95 % probability (`sim.experiment.selection.subset`), by the
        replications in which all that have the figure have it; all of these where those are too few.

        Raises:
            KeyError: for an unknown metric or group.
        """
        key = self._key(metric, group)
        known = {
            label: METRICS[metric].better * self.at_expected_load.of(n, key)
            for n, label in enumerate(self.labels)
            if self._may_be_given(n, key) and not np.isnan(self.observations.of(n, key)).all()
        }
        values = _known_in_all(np.array(list(known.values()))) if known else np.empty((0, 0))
        if values.shape[-1] < 2:
            return list(known)
        left = subset(values, CONFIDENCE)
        return [list(known)[n] for n in left]

    def best(self, metric: str = "response_hours_mean", group: str = "all") -> str:
        """The policy with the best mean.

        Raises:
            KeyError: for an unknown metric or group.
            ValueError: where no policy has the figure.
        """
        if metric not in METRICS:
            raise KeyError(f"no metric '{metric}'; known are {', '.join(METRICS)}")
        means = {label: self.figure(label, metric, group).mean for label in self.labels}
        known = {k: v * METRICS[metric].better for k, v in means.items() if not math.isnan(v)}
        if not known:
            raise ValueError(f"no policy has a figure for {metric} of {group}")
        return max(known, key=lambda label: known[label])

    # ---- out --------------------------------------------------------------------------------

    def to_json(self) -> str:
        """Everything, as JSON text; figures that may not be given are null."""
        document = {
            "scenario": {"name": self.scenario.name, "sha256": digest(self.scenario)},
            "design": "steady state" if self.scenario.steady_state else "terminating",
            "horizon_weeks": self.scenario.time.horizon_weeks,
            "warmup_weeks": self.scenario.time.warmup_weeks,
            "replications": self.replications,
            "seed": self.seed,
            "engine": self.engine,
            "policies": [self._policy_json(policy) for policy in self.policies],
            "differences": [
                {k: _or_null(v) for k, v in row.items()}
                for row in self._pairs(metrics_of(self.scenario))
            ],
        }
        return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    def _policy_json(self, policy: Policy) -> dict[str, Any]:
        sections: dict[str, Any] = {
            "delivery": {},
            "response": {"all": {}, "by_severity": {}, "by_kind": {}},
            "people": {},
            "time": {},
            "accounts": {},
            "load": {"by_kind": {}},
            **({"money": {}} if self.scenario.money else {}),
        }
        for key in self.observations.keys:
            place = sections[key.section]
            if key.section in ("response", "load"):
                by, _, name = key.group.partition(" ")
                place = place["all"] if by == "all" else place[f"by_{by}"].setdefault(name, {})
            found = self.figure(policy.label, key.name, key.group)
            place[key.name] = {part: _or_null(value) for part, value in found._asdict().items()}
        entry = {
            "name": policy.label,
            "id": policy.id,
            "parameters": policy.values,
            "overloaded": self.is_overloaded(policy.label),
            **sections,
        }
        if self.incidents is not None:
            own = self.incidents[self.incidents.policy == policy.label].drop(columns="policy")
            rows = own.astype(object).where(own.notna(), None).to_dict("records")
            entry["incidents"] = {"replication": 0, "rows": rows}
        return entry


def _known_in_all(values: Floats) -> Floats:
    """(…, R') of (…, R): the replications in which nothing is missing."""
    missing = np.isnan(values).any(axis=tuple(range(values.ndim - 1)))
    known: Floats = values[..., ~missing]
    return known


def _or_null(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
