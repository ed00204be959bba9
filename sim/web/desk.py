"""Visitors' pictures are computed in forked workers, in turns, and only while still wanted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from itertools import chain, pairwise
from typing import Any, TypeVar

from sim.experiment.study import Batch, Observations, Study, observe_batch, warm
from sim.policy.composed import whole_language
from sim.policy.registry import known_policies
from sim.scenario.size import size_of
from sim.web.ending import ended_at_once
from sim.web.troubles import BrokenDeskError
from sim.workers.pool import cores, worker_pool

STAGES = (2, 10, 30, 100, 200, 400, 700, 1_000)
"""Replications after which a picture is shown: the first at once, then sharper and sharper."""

SLICE = 2
"""Replications in one task: short, so that a new request soon has a worker."""


HEAVY = 0.5
"""Seconds of a core that a replication of all policies may take and still be light."""


Answer = TypeVar("Answer")

_Turns = Callable[[int, Batch], Coroutine[Any, Any, tuple[int, Observations | None]]]


class Desk:
    """The desk holds the workers and the jobs of visitors.

    Each visitor has one job, and a new one takes the place of the old.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or cores()
        self._stack = ExitStack()
        self._executor: Executor | None = None
        self._latest: dict[str, int] = {}
        self._turns: dict[bool, asyncio.Semaphore] = {}

    def open(self) -> None:
        """Compile, and start the workers; to be called before any thread is started."""
        warm([*known_policies().values(), whole_language()])
        self._executor = self._stack.enter_context(worker_pool(self._workers))

    def close(self) -> None:
        """End the workers, whatever they are doing."""
        ended_at_once(self._stack)

    def take(self, visitor: str) -> int:
        """Return a number for a visitor's new job; older jobs of the same visitor stop."""
        self._latest[visitor] = self._latest.get(visitor, 0) + 1
        while len(self._latest) > 10_000:
            del self._latest[next(iter(self._latest))]
        return self._latest[visitor]

    def drop(self, visitor: str, job: int) -> None:
        """Note that a visitor has gone: unless a newer job has come, nothing of theirs is
        wanted."""
        if self.is_wanted(visitor, job):
            self.take(visitor)

    def is_wanted(self, visitor: str, job: int) -> bool:
        """Return whether no newer job of this visitor has come."""
        return self._latest.get(visitor, 0) == job

    async def observe(
        self, visitor: str, job: int, studies: list[Study], replications: int
    ) -> AsyncIterator[list[Observations]]:
        """Yield observations of the studies side by side, stage by stage.

        It ends when all are there or the job is no longer wanted.

        Raises:
            BrokenDeskError: where the workers died; they are replaced.
        """
        packed = [study.packed() for study in studies]
        heavy = max(_seconds_of(study) for study in studies) > HEAVY
        stages = [n for n in STAGES if n < replications] + [replications]
        turns = self._turns_of(visitor, job, heavy)
        # All stages are handed out at once: workers go on while a picture is made and sent.
        tasks = {
            stage: [
                asyncio.create_task(turns(n, (packed[n], piece)))
                for piece in _slices(before, stage, 1 if heavy or not before else SLICE)
                for n in range(len(studies))
            ]
            for before, stage in pairwise([0, *stages])
        }
        found: list[list[Observations]] = [[] for _ in studies]
        try:
            for stage in stages:
                for n, observed in await asyncio.gather(*tasks[stage]):
                    if observed is not None:
                        found[n].append(observed)
                if not self.is_wanted(visitor, job):
                    return
                yield [Observations.joined(parts) for parts in found]
        finally:
            left = list(chain.from_iterable(tasks.values()))
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def observe_sets(
        self, visitor: str, job: int, studies: list[Study], paths: int
    ) -> list[Observations] | None:
        """Return the observations of many studies on a few paths each; None where the job is no longer wanted.

        Raises:
            BrokenDeskError: where the workers died; they are replaced.
        """
        heavy = max(_seconds_of(study) for study in studies) > HEAVY
        turns = self._turns_of(visitor, job, heavy)
        asked = [turns(n, (study.packed(), range(paths))) for n, study in enumerate(studies)]
        found = [observed for _, observed in await asyncio.gather(*asked)]
        return [one for one in found if one is not None] if self.is_wanted(visitor, job) else None

    def _turns_of(self, visitor: str, job: int, heavy: bool) -> _Turns:
        """Return what does the tasks of a job, in order; none once the job is unwanted.

        Of each job only a few tasks wait for a turn, so that those of others come between. Of all
        heavy jobs together so few run that a worker is left for the rest.
        """
        at_once = max(1, self._workers - 1) if heavy else self._workers + 1
        turn = self._turns.setdefault(heavy, asyncio.Semaphore(at_once))
        own = asyncio.Semaphore(at_once)

        async def one(n: int, batch: Batch) -> tuple[int, Observations | None]:
            """Return what is wanted of study `n`; None where it no longer is."""
            async with own, turn:
                if not self.is_wanted(visitor, job):
                    return n, None
                return n, await self.done(observe_batch, batch)

        return one

    async def done(self, job: Callable[..., Answer], *asked: object) -> Answer:
        """Return what a worker answers.

        Raises:
            BrokenDeskError: where it died; all are replaced.
        """
        executor = self._executor
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, job, *asked)
        except BrokenProcessPool:
            self._replace(executor)
            raise BrokenDeskError(
                "The computation was lost: the system may have run out of memory. "
                "Move any control to try again."
            ) from None

    def _replace(self, broken: Executor | None) -> None:
        """Replace the workers, once for all the tasks that broke with them."""
        if self._executor is not broken:
            return
        if broken is not None:
            broken.shutdown(wait=False)
        self._executor = self._stack.enter_context(worker_pool(self._workers))


def _slices(first: int, end: int, size: int) -> Iterator[range]:
    for n in range(first, end, size):
        yield range(n, min(n + size, end))


def _seconds_of(study: Study) -> float:
    return size_of(study.scenario, len(study.policies)).core_seconds
