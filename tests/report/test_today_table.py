"""What stands under a comparison that begins with what is open."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.measures.metrics import OPEN_ON_DAY, Key
from sim.report.html import report_html
from sim.scenario.reading import from_table
from tests.command import Firelane

START = {
    "at": datetime.datetime(2026, 1, 6, 9),
    "incidents": [
        {"kind": "data fix", "team": "Red", "age_days": 2.5, "count": 30},
        *({"kind": "outage", "team": "Blue", "age_days": age / 10} for age in range(30)),
    ],
}

POLICIES = ["next-sprint", "interrupt-anyone"]


@pytest.fixture
def result(table: dict[str, Any]) -> sim.Result:
    scenario = from_table({**table, "start": START})
    return sim.compare(scenario, POLICIES, replications=30, workers=1, engine="plain")


def test_quantiles_are_of_the_futures_as_they_were(result: sim.Result) -> None:
    observed = result.observations.of(1, Key("today", "all", "open_day_3"))
    assert len(observed) == 30
    low, middle = result.quantiles("interrupt-anyone", "open_day_3", (0.1, 0.5))
    assert (low, middle) == tuple(np.quantile(observed, (0.1, 0.5)))


def test_all_futures_begin_with_what_is_open_and_then_differ(result: sim.Result) -> None:
    for label in POLICIES:
        assert result.quantiles(label, OPEN_ON_DAY[0], (0, 1)) == [60, 60]
        low, high = result.quantiles(label, OPEN_ON_DAY[7], (0, 1))
        assert low < high
    of_day_3 = [result.quantiles(label, "open_day_3", (0.5,))[0] for label in POLICIES]
    assert of_day_3[1] < of_day_3[0]


def test_the_report_has_the_table_and_does_not_list_every_ticket(result: sim.Result) -> None:
    report = report_html(result, "firelane compare ours.toml", with_checklist=True)
    assert "Open incidents from today" in report
    assert "of 24 hours from 2026-01-06 09:00 on, when 60 are open" in report
    assert "8 weeks from 2026-01-06 09:00 on, with what is open then are measured" in report
    assert "31 entries; the TOML has them" in report
    assert "empty start" not in report


def test_as_json_each_day_has_its_quantiles(result: sim.Result) -> None:
    [_, policy] = json.loads(result.to_json())["policies"]
    day = policy["today"]["open_day_7"]
    assert day["p10"] <= day["p50"] <= day["p90"]
    assert list(policy["today"]) == list(OPEN_ON_DAY)


def test_the_terminal_has_a_row_for_each_policy(
    firelane: Firelane, tmp_path: Path, table: dict[str, Any]
) -> None:
    target = tmp_path / "ours.toml"
    target.write_text(from_table({**table, "start": START}).to_toml())
    found = firelane("compare", target, "--replications", 10, "--policy", "interrupt-anyone")
    assert found.status == 0, found.err
    assert "(terminating, 8 weeks from 2026-01-06 09:00 on, with what is open then)" in " ".join(
        found.out.split()
    )
    assert "Open incidents from today" in found.out
    assert "day 7" in found.out
    without = firelane("compare", "web_agency", "--replications", 2, "--policy", "kanban")
    assert "Open incidents" not in without.out
