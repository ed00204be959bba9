"""Visitors' long jobs: one each, few at once, in processes that give way to the pictures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from sim.errors import FirelaneError
from sim.experiment.runner import Runner
from sim.search.recommend import Ahead
from sim.web.ending import ended_at_once
from sim.web.troubles import BusyError, told
from sim.workers.pool import WorkersLostError, cores, worker_pool

AT_ONCE = 2
"""Long jobs of all visitors together; the next is refused."""

EVERY = 0.2
"""Seconds between two words about the progress."""

Answer = dict[str, Any]
Work = Callable[[Runner, Ahead], Answer]
"""What a job does: on this runner, telling how many runs are ahead."""


class _StoppedError(FirelaneError):
    """An error raised within a job whose answer nobody wants any more."""


class LongJob:
    """A visitor's long job: how far it is, and its answer."""

    def __init__(self) -> None:
        self.done = 0
        """runs: of a policy, on a path"""
        self.of = 0
        """runs, at most; falls where a search ends early"""
        self.is_wanted = True
        self.answer: Future[Answer] = Future()
        self._began = time.monotonic()

    def begin(self) -> None:
        """Start the job's clock: its turn has come."""
        self._began = time.monotonic()
        self.count(0)

    def count(self, done: int) -> None:
        """Note how many runs are done.

        Raises:
            _StoppedError: where the job is no longer wanted.
        """
        if not self.is_wanted:
            raise _StoppedError
        self.done = done

    def expect(self, ahead: int) -> None:
        """Note how many runs may still come."""
        self.of = self.done + ahead

    def progress(self) -> dict[str, float | None]:
        """Return runs done, of how many, and seconds left at the pace so far (None at first)."""
        spent = time.monotonic() - self._began
        left = spent * (self.of - self.done) / self.done if self.done else None
        return {"done": self.done, "of": self.of, "seconds_left": left}


class LongJobs:
    """The long jobs under way, and the workers that compute them."""

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or cores()
        self._stack = ExitStack()
        self._threads = ThreadPoolExecutor(AT_ONCE, "long-job")
        self._executor: Executor | None = None
        self._jobs: dict[str, LongJob] = {}
        self._is_open = False

    def open(self) -> None:
        """Start the workers; to be called before any thread is started."""
        self._is_open = True
        self._executor = self._stack.enter_context(worker_pool(self._workers, low_priority=True))

    def close(self) -> None:
        """Stop all jobs and end the workers."""
        for visitor in list(self._jobs):
            self.stop(visitor)
        self._is_open = False
        ended_at_once(self._stack)
        self._threads.shutdown(wait=False)

    def stop(self, visitor: str) -> None:
        """Stop a visitor's job, if there is one: it is no longer wanted."""
        if (job := self._jobs.pop(visitor, None)) is not None:
            job.is_wanted = False

    def begin(self, visitor: str, work: Work) -> LongJob:
        """Take on a job, in place of the visitor's last one.

        Raises:
            BusyError: where too many are under way.
        """
        self.stop(visitor)
        if len(self._jobs) >= AT_ONCE:
            raise BusyError(
                f"{AT_ONCE} long jobs of others are under way, and this page runs no more at once. "
                "Try again in a minute, or use the command line."
            )
        job = self._jobs[visitor] = LongJob()
        job.answer = self._threads.submit(self._done, visitor, job, work)
        return job

    async def told(self, visitor: str, job: LongJob) -> AsyncGenerator[tuple[str, Answer], None]:
        """Yield events until the end: `progress`, then `done` with the answer, `stopped`, or
        `trouble`.

        A job whose visitor no longer listens is no longer wanted.
        """
        try:
            while not job.answer.done():
                yield "progress", job.progress()
                await asyncio.sleep(EVERY)
            yield _end(job.answer)
        finally:
            self._leave(visitor, job)

    def _leave(self, visitor: str, job: LongJob) -> None:
        """Make room, unless a newer job of the visitor has the place."""
        job.is_wanted = False
        if self._jobs.get(visitor) is job:
            del self._jobs[visitor]

    def _done(self, visitor: str, job: LongJob, work: Work) -> Answer:
        """Do a job in a thread of its own, which waits for the workers most of the time."""
        executor = self._executor
        try:
            job.begin()
            with Runner(self._workers, executor=executor, runs=job.count) as runner:
                return work(runner, job.expect)
        except WorkersLostError:
            if self._is_open and self._executor is executor:
                self.open()
            raise
        finally:
            self._leave(visitor, job)


def _end(answer: Future[Answer]) -> tuple[str, Answer]:
    try:
        return "done", answer.result()
    except (_StoppedError, CancelledError):
        return "stopped", {}
    except Exception as error:
        return "trouble", {"reasons": told(error)[0]}
