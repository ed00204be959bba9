"""A browser for files, and a live report that all tests of it open."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from filelock import FileLock

import sim
from sim.policy import Policy
from sim.scenario.reading import from_table
from tests.conftest import SMALL
from tests.live.opened import Opened, write_live
from tests.web.conftest import browser
from tests.written import a_tenth, guard_for_the_worst

__all__ = ["browser"]

HOSTILE = "</script><script>document.title='taken'</script>"

POLICIES = ["next-sprint", "interrupt-anyone", "kanban", "dedicated-team"]


class Written(NamedTuple):
    """A live report on disk, and the comparison that it is of."""

    file: Path
    result: sim.Result


def hostile_scenario() -> sim.Scenario:
    """The small organisation with a name that would end a script, money, and a first line."""
    table = {
        **SMALL,
        "name": HOSTILE,
        "money": {"currency": "EUR", "point_value": 100, "night_call": 50},
    }
    first = {
        **SMALL["incidents"][0],
        "respond_within_hours": 2,
        "cost_per_open_hour": 3.5,
        "penalty": 70,
    }
    second = {**SMALL["incidents"][1], "first_line": True, "reopen_rate": 0.1}
    return from_table({**table, "incidents": [first, second], "first_line": {"deflect_rate": 0.2}})


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Written once for all processes of the suite."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    file = shared / "live.html"
    with FileLock(shared / "live.lock"):
        if file.exists():
            result = sim.compare(hostile_scenario(), _policies(), replications=10, workers=1)
        else:
            result = write_live(file, hostile_scenario(), _policies(), replications=10)
    return Written(file, result)


def _policies() -> list[Any]:
    own = Policy(id="ours", title="Ours", reserve=a_tenth, route=guard_for_the_worst)
    return [*POLICIES, own]


@pytest.fixture
def opened(browser: Any, written: Written) -> Iterator[Opened]:
    report = Opened(browser, written.file, viewport={"width": 1280, "height": 900})
    report.settled()
    yield report
    assert report.troubles == []
    assert [url for url in report.asked if not url.startswith("blob:")] == [written.file.as_uri()]
    report.close()
