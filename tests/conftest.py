"""What several tests share: a small organisation, and hypothesis without a clock."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from sim.engine import engines
from sim.scenario.reading import from_table
from sim.scenario.schema import Scenario
from tests.command import firelane
from tests.thinned import made_long

__all__ = ["firelane"]

settings.register_profile(
    "firelane",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("firelane")

ROOT = Path(__file__).parents[1]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything may be said anew."""
    monkeypatch.setattr(engines, "_say", engines._say.__wrapped__)


SMALL: dict[str, Any] = {
    "name": "Two small teams",
    "time": {"horizon_weeks": 8, "warmup_weeks": 0, "sprint_weeks": 2},
    "teams": [{"name": "Red", "developers": 3}, {"name": "Blue", "developers": 2}],
    "stories": {"points": {"1": 0.5, "3": 0.5}, "hours_per_point": 4},
    "incidents": [
        {
            "kind": "outage",
            "severity": 1,
            "per_week": 1.0,
            "effort_hours": {"dist": "lognormal", "median": 2, "p90": 6},
        },
        {
            "kind": "data fix",
            "severity": 3,
            "per_week": 5.0,
            "dispersion": 2.0,
            "effort_hours": {"dist": "exponential", "mean": 2},
        },
    ],
}


@pytest.fixture(autouse=True)
def _as_wide_as_the_tables_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """xdist tells its workers how wide the terminal is."""
    monkeypatch.delenv("COLUMNS", raising=False)


Build = Callable[..., Scenario]


@pytest.fixture
def table() -> dict[str, Any]:
    """The small organisation as a table, to be changed at will."""
    return copy.deepcopy(SMALL)


@pytest.fixture
def small() -> Scenario:
    return from_table(copy.deepcopy(SMALL))


@pytest.fixture
def bundled_scenario() -> Callable[[str], Path]:
    return lambda name: ROOT / "scenarios" / f"{name}.toml"


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many tests wait, for a browser, a program or a clock."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is long is marked so. Tests of the program as a whole, which take longest, come first, so that no process is left alone
    with them at the end."""
    made_long(items)
    items.sort(key=lambda item: "tests/whole/" not in item.nodeid)
