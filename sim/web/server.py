"""Uvicorn's server, with an end to every wait, and one that ends at once when it is stopped."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import threading
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from sim.web.connections import (
    AT_ONCE,
    QUEUE,
    Connection,
    Seldom,
    close_overdue,
    most_connections,
)

POLITE = 0.5
"""Seconds in which answers under way may notice that nobody listens any more."""

MAX_END_SECONDS = 1.2
"""Seconds after which the program ends, whatever is still under way."""

COULD_NOT = 1

_log = logging.getLogger("uvicorn.error")


class Server(uvicorn.Server):
    """A server of one application, which ends at once when it is stopped."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                ws="none",
                log_level="warning",
                lifespan="off",
                backlog=AT_ONCE,
                timeout_graceful_shutdown=1,
            )
        )
        Connection.most = most_connections()
        self._has_hung_up = False
        for name in ("uvicorn.error", "asyncio"):
            logging.getLogger(name).addFilter(Seldom())

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening: few connections are accepted at once, but more may wait."""
        asyncio.get_running_loop().set_exception_handler(_in_words)
        await super().startup(sockets)
        for listening in sockets or []:
            listening.listen(QUEUE)

    async def on_tick(self, counter: int) -> bool:
        """Close overdue connections once a second; called ten times a second."""
        if counter % 10 == 0:
            close_overdue(self.server_state.connections)
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Handle Ctrl-C or a polite kill: from now on there is an end, also where a thread computes
        on."""
        if not self.should_exit:
            last = threading.Timer(MAX_END_SECONDS, self._end)
            last.daemon = True
            last.start()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Hang up; answers under way notice, and what does not notice is told."""
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        tasks = list(self.server_state.tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=POLITE)
        _log.setLevel(logging.CRITICAL)  # what is cut off is no error
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        for task in tasks:
            task.cancel()
        self._has_hung_up = True

    def _end(self) -> None:
        """End the process, and its workers with it; whoever has been told of it is not told
        again."""
        if not self._has_hung_up:
            print("Stopped.", file=sys.stderr, flush=True)
        os._exit(COULD_NOT)


def _in_words(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log a line, and no traceback, where no connection can be taken."""
    if isinstance(error := context.get("exception"), OSError) and "accept" in context["message"]:
        _log.warning("No connection can be taken just now: %s.", error.strerror)
    else:
        loop.default_exception_handler(context)
