"""Connections that come to nothing are closed, and never are there more than the process may have.

Uvicorn waits for ever for a request that was begun, and takes on as many connections as come. Here each
wait has an end, and where there are too many connections, the one that has waited longest makes room for
the newest.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Iterable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

LONGEST = {"headers": 10.0, "body": 20.0, "reader": 30.0}
"""Seconds that may pass until a request's headers are there, its body, or an answer is taken off."""

AT_ONCE = 8
"""Connections accepted in one go. Four times as many may be there before the first can be closed."""

SPARE = 8 * AT_ONCE
"""Files that a process may need besides its connections, those among them."""

QUEUE = 128
"""Connections that wait to be accepted."""

MOST, FEWEST = 1_000, 8

_NOBODY_SAID = 64
"""Files that are open where the system does not tell."""


class Connection(H11Protocol):
    """A connection that knows what it waits for, and since when."""

    most = MOST
    """of them at once"""

    def __init__(
        self,
        config: Any,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._waited_for, self.since = "", time.monotonic()

    @property
    def waits_for(self) -> str:
        """What is waited for: `headers`, `body` or `reader`; empty while the answer is made."""
        if self.conn.their_state is h11.IDLE:
            return "headers"
        if self.flow is not None and self.flow.write_paused:
            return "reader"
        return "body" if self.conn.their_state is h11.SEND_BODY else ""

    @property
    def is_overdue(self) -> bool:
        """Whether what the connection waits for should have come by now."""
        waited = time.monotonic() - self.since
        return waited > LONGEST.get(self.waits_for, waited)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count one connection more; the one that has waited longest makes room for it."""
        super().connection_made(transport)
        self._look()
        while len(self.connections) > self.most:
            self._longest_waiting().let_go()

    def data_received(self, data: bytes) -> None:
        """Take in some of what is waited for, or all of it."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request from now on."""
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """Note that the reader does not take the answer off."""
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        """Note that the reader takes the answer off again."""
        super().resume_writing()
        self._look()

    def let_go(self) -> None:
        """Close the connection without a word."""
        self.connections.discard(self)
        self.transport.abort()

    def _look(self) -> None:
        if self.waits_for != self._waited_for:
            self._waited_for, self.since = self.waits_for, time.monotonic()

    def _longest_waiting(self) -> Connection:
        """Return the other connection that has waited longest.

        Those that never asked anything whole come first, those whose answer is being made last.
        """
        others = [
            one for one in self.connections if isinstance(one, Connection) and one is not self
        ]
        return min(others, key=lambda one: (one._patience(), one.since))

    def _patience(self) -> int:
        if not self.waits_for:
            return 2
        return int(self.cycle is not None and self.cycle.response_complete)


def close_overdue(connections: Iterable[object]) -> None:
    """Close the connections that should have got on by now."""
    for one in list(connections):
        if isinstance(one, Connection) and one.is_overdue:
            one.let_go()


def most_connections() -> int:
    """Return how many connections this process may have besides the files it has open now."""
    try:
        import resource
    except ImportError:  # there is no such limit
        return MOST
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return MOST
    return max(FEWEST, min(MOST, limit - _files_open() - SPARE))


def _files_open() -> int:
    for folder in ("/proc/self/fd", "/dev/fd"):
        if os.path.isdir(folder):
            return len(os.listdir(folder))
    return _NOBODY_SAID


class Seldom(logging.Filter):
    """A log filter that lets a few records a minute through, so that nobody can fill a log.

    It says how many it kept back.
    """

    A_MINUTE = 20

    def __init__(self) -> None:
        super().__init__()
        self._began, self._seen = 0.0, 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether this record is written."""
        now = time.monotonic()
        if now - self._began > 60:
            if (kept := self._seen - self.A_MINUTE) > 0:
                record.msg = f"({kept:,} more before this one) {record.msg}"
            self._began, self._seen = now, 0
        self._seen += 1
        return self._seen <= self.A_MINUTE
