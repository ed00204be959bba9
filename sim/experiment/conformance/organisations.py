"""Random organisations, small enough to be told in ten lines, and how each is made smaller still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.scenario.reading import from_table
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Kind:
    """A kind of incidents: severity, how many a week, and median hours of one."""

    severity: int
    per_week: float
    median: float


@dataclass(frozen=True)
class Organisation:
    """What a scenario of ten lines says."""

    teams: tuple[int, ...]
    """developers of each"""
    kinds: tuple[Kind, ...]
    weeks: int
    sprint_weeks: int
    seed: int

    def scenario(self, quiet_weeks: int = 0) -> Scenario:
        """Return it as a scenario; with so many weeks more at its end."""
        return from_table(self.table(quiet_weeks), "a random organisation")

    def table(self, quiet_weeks: int = 0) -> dict[str, Any]:
        """Return it as the table of a scenario file."""
        return {
            "name": "A small organisation",
            "time": {
                "horizon_weeks": self.weeks + quiet_weeks,
                "warmup_weeks": 0,
                "sprint_weeks": self.sprint_weeks,
            },
            "teams": [
                {"name": f"Team {n + 1}", "developers": size} for n, size in enumerate(self.teams)
            ],
            "people": {"sick_share": 0.02},
            "stories": {"points": {"1": 0.5, "3": 0.5}},
            "incidents": [
                {
                    "kind": f"kind {n + 1}",
                    "severity": kind.severity,
                    "per_week": kind.per_week,
                    "respond_within_hours": 8.0,
                    "first_line": False,
                    "effort_hours": {
                        "dist": "lognormal", "median": kind.median, "p90": 3 * kind.median,
                    },
                }
                for n, kind in enumerate(self.kinds)
            ],
        }  # fmt: skip

    def smaller(self) -> Iterator[Organisation]:
        """Yield organisations that are a little smaller, the smallest steps last."""
        if len(self.teams) > 1:
            yield replace(self, teams=self.teams[:1])
        if len(self.kinds) > 1:
            for n in range(len(self.kinds)):
                yield replace(self, kinds=(self.kinds[n],))
        if self.weeks > 2 * self.sprint_weeks:
            yield replace(self, weeks=max(2 * self.sprint_weeks, self.weeks // 2))
        if max(self.teams) > 1:
            yield replace(self, teams=tuple(max(1, size // 2) for size in self.teams))
        if any(kind.per_week > 1 for kind in self.kinds):
            yield replace(
                self,
                kinds=tuple(replace(k, per_week=max(1.0, k.per_week // 2)) for k in self.kinds),
            )


def organisations(count: int) -> list[Organisation]:
    """Return so many organisations: one developer, several teams, idle and overloaded ones among them."""
    generator = np.random.default_rng(20)
    edges = [
        Organisation((1,), (Kind(1, 2, 1),), 4, 1, 1),
        Organisation((2, 1), (Kind(1, 1, 2), Kind(3, 20, 4)), 6, 2, 2),
        Organisation((12,), (Kind(2, 6, 1), Kind(4, 12, 0.5)), 8, 2, 3),
    ]
    return [*edges, *(_drawn(generator, n + 4) for n in range(count - len(edges)))]


def _drawn(generator: np.random.Generator, seed: int) -> Organisation:
    teams = tuple(int(generator.integers(1, 7)) for _ in range(int(generator.integers(1, 4))))
    severities = generator.choice([1, 2, 3, 4, 5], int(generator.integers(1, 4)), replace=False)
    kinds = tuple(
        Kind(
            int(severity),
            float(generator.choice([1, 3, 8])) * len(teams),
            float(generator.choice([0.5, 2.0, 6.0])),
        )
        for severity in sorted(severities)
    )
    sprint = int(generator.integers(1, 3))
    return Organisation(teams, kinds, sprint * int(generator.integers(3, 6)), sprint, seed)
