"""Uploaded scenarios are read in a process of their own, which can be ended: the page goes on
meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, asynccontextmanager
from typing import Any, TypeVar

from sim.scenario.reading import from_text
from sim.scenario.schema import Scenario
from sim.web import export_reading
from sim.web.ending import ended_at_once
from sim.web.page_state import StateError
from sim.web.troubles import BusyError
from sim.workers.pool import worker_pool

Answer = TypeVar("Answer")

LONGEST = 5.0
"""Seconds that reading a file may take."""

AT_ONCE = 64
"""Files that are received or wait to be read; the next is refused."""

TOO_LONG = f"The file took more than {LONGEST:.0f} seconds to read, and was put away; a scenario is a page of text."
LOST = "The file could not be read: the system may have run out of memory. Try again."


class Uploads:
    """The process that reads uploaded files, one after the other."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._executor: Executor | None = None
        self._turn = asyncio.Semaphore(1)
        self._here = 0

    def open(self) -> None:
        """Start the process; to be called before any thread is started."""
        self._executor = self._stack.enter_context(worker_pool(1, low_priority=True))

    def close(self) -> None:
        """End the process, whatever it is doing."""
        ended_at_once(self._stack)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Keep room for one file, while it comes and is read.

        Raises:
            BusyError: where there is none.
        """
        if self._here >= AT_ONCE:
            raise BusyError(f"{AT_ONCE} files of others are being read. Try again in a minute.")
        self._here += 1
        try:
            yield
        finally:
            self._here -= 1

    async def read(self, content: bytes) -> Scenario:
        """Return the scenario in a file.

        Raises:
            ScenarioError: listing every fault.
            StateError: where it takes too long.
        """
        return await self._done(LONGEST, TOO_LONG, LOST, _read, content)

    async def read_exports(self, files: list[tuple[str, bytes]]) -> dict[str, Any]:
        """Return what exports hold, with the scenario they make.

        Raises:
            ScenarioError: for what cannot be read.
            StateError: where it takes too long.
        """
        longest = export_reading.LONGEST
        told = export_reading.TOO_LONG, export_reading.LOST
        return await self._done(longest, *told, export_reading.scenario_of_exports, files)

    async def _done(
        self, longest: float, too_long: str, lost: str, job: Callable[..., Answer], *asked: object
    ) -> Answer:
        async with self._turn:
            reading = asyncio.get_running_loop().run_in_executor(self._executor, job, *asked)
            try:
                return await asyncio.wait_for(reading, longest)
            except TimeoutError:
                self._replace()
                raise StateError(too_long) from None
            except BrokenProcessPool:
                self._replace()
                raise StateError(lost) from None

    def _replace(self) -> None:
        self.close()
        self.open()


def _read(content: bytes) -> Scenario:
    return from_text(content, "the uploaded file")
