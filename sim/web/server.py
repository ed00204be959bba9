"""Uvicorn's server, with an end to every wait, and one that ends at once when it is stopped."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import threading
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from sim.web.connections import (
    AT_ONCE,
    Connection,
    Seldom,
    close_overdue,
    most_connections,
)

POLITE = 0.5
"""Seconds in which answers under way may notice that nobody listens any more."""

LONGEST_END = 1.5
"""Seconds after which the program ends, whatever is still under way."""

COULD_NOT = 1


class Server(uvicorn.Server):
    """A server of one application."""

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
        for name in ("uvicorn.error", "asyncio"):
            logging.getLogger(name).addFilter(Seldom())

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second."""
        if counter % 10 == 0:
            close_overdue(self.server_state.connections)
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ctrl-C or a polite kill: from now on there is an end, also where a thread computes on."""
        if not self.should_exit:
            last = threading.Timer(LONGEST_END, _end)
            last.daemon = True
            last.start()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Hang up; answers under way notice, and what does not is told."""
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        tasks = list(self.server_state.tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=POLITE)
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # what is cut off is no error
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        for task in tasks:
            task.cancel()


def _end() -> None:
    """Workers end with this process."""
    print("Stopped.", file=sys.stderr, flush=True)
    os._exit(COULD_NOT)
