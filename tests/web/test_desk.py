"""Visitors take turns: whoever asks for much does not keep the others waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import numpy as np
import pytest

from sim.experiment.study import Batch, Observations, Study
from sim.measures.metrics import Key
from sim.policy.registry import find_policy
from sim.scenario.reading import changed
from sim.scenario.schema import Scenario
from sim.web import desk
from sim.web.desk import BrokenDeskError, Desk


def study(scenario: Scenario) -> Study:
    return Study.of(scenario, [find_policy("kanban")], 1, "plain")


def nothing(batch: Batch) -> Observations:
    return Observations((Key("response", "all", "x"),), np.zeros((1, len(batch[1]), 1)))


def desk_with(monkeypatch: pytest.MonkeyPatch, job: Callable[[Batch], Observations]) -> Desk:
    """A desk of two workers that do `job`."""
    monkeypatch.setattr(desk, "observe_batch", job)
    found = Desk(2)
    found._executor = ThreadPoolExecutor(2)
    return found


async def lived_through(desk: Desk, visitor: str, study: Study, replications: int) -> None:
    async for _ in desk.observe(visitor, desk.take(visitor), [study], replications):
        pass


def test_a_heavy_session_leaves_a_worker_for_the_others(
    small: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    heavy = study(changed(small, ["incidents.*.per_week=20000"]))
    go_on = threading.Event()

    def slow(batch: Batch) -> Observations:
        if batch[0] == heavy.packed():
            go_on.wait(60)
        return nothing(batch)

    async def both() -> None:
        found = desk_with(monkeypatch, slow)
        first = asyncio.create_task(lived_through(found, "heavyheavy", heavy, 100))
        await asyncio.sleep(0.1)
        await asyncio.wait_for(lived_through(found, "lightlight", study(small), 100), 30)
        assert not first.done()
        go_on.set()
        await first

    asyncio.run(both())


def test_a_newcomer_waits_for_a_few_tasks_of_a_long_job_and_not_for_all(
    small: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Batch] = []
    long, short = study(small), study(changed(small, ["name=Another"]))

    def counted(batch: Batch) -> Observations:
        threading.Event().wait(0.002)
        done.append(batch)
        return nothing(batch)

    async def both() -> None:
        found = desk_with(monkeypatch, counted)
        first = asyncio.create_task(lived_through(found, "longlonglong", long, 1_000))
        while len(done) < 150:  # in the midst of a stage of a hundred tasks
            await asyncio.sleep(0.001)
        before = len(done)
        await lived_through(found, "shortshort", short, 2)
        assert len(done) - before < 20
        await first

    asyncio.run(both())


def test_workers_that_died_are_replaced_once(
    small: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    def broken(batch: Batch) -> Observations:
        raise BrokenProcessPool("died")

    class Crew:
        def __init__(self, workers: int) -> None:
            begun.append(workers)

        def __enter__(self) -> ThreadPoolExecutor:
            return ThreadPoolExecutor(2)

        def __exit__(self, *_: object) -> None:
            pass

    async def tried() -> None:
        found = desk_with(monkeypatch, broken)
        monkeypatch.setattr(desk, "worker_pool", Crew)
        with pytest.raises(BrokenDeskError, match="try again"):
            await lived_through(found, "visitor", study(small), 2)
        await asyncio.sleep(0.2)

    asyncio.run(tried())
    assert begun == [2]
