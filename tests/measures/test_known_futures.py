"""What is asked for again and again is drawn once, and is what it was."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.cases import Workspace
from sim.engine.engines import DEFAULT_ENGINE
from sim.measures.known_futures import KnownFuture, KnownFutures
from sim.scenario.reading import load
from sim.scenario.schema import Scenario


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("small_product")


def asked(known: KnownFutures, scenario: Scenario, replication: int = 0) -> KnownFuture:
    return known.of(scenario, 1, replication, DEFAULT_ENGINE, Workspace())


def test_it_is_drawn_twice_at_most(scenario: Scenario) -> None:
    known = KnownFutures()
    first, second, third = (asked(known, scenario) for _ in range(3))
    assert third is second
    assert first.baseline == second.baseline
    np.testing.assert_array_equal(first.path.incidents.opened, second.path.incidents.opened)


def test_another_scenario_has_futures_of_its_own(scenario: Scenario) -> None:
    known, other = KnownFutures(), load("bank")
    mine = [asked(known, scenario) for _ in range(2)]
    theirs = [asked(known, other) for _ in range(2)]
    assert asked(known, scenario) is mine[1]
    assert asked(known, other) is theirs[1]


def test_no_more_are_kept_than_there_is_room_for(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = KnownFutures()
    monkeypatch.setattr(
        "sim.measures.known_futures.MOST_KEPT", asked(known, scenario).size * 3 // 2
    )
    kept = [[asked(known, scenario, n) for n in (0, 1)] for _ in range(2)][-1]
    assert asked(known, scenario, 1) is kept[1]
    assert asked(known, scenario, 0) is not kept[0]
