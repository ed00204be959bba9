"""The page is started here."""

from __future__ import annotations

import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import CannotDoError
from sim.policy.contract import Policy
from sim.scenario.reading import bundled, find, load
from sim.web.addresses import ANY, host_names, in_address, own_addresses
from sim.web.app import Page
from sim.web.connections import QUEUE
from sim.web.desk import Desk
from sim.web.guard import Guard
from sim.web.long_jobs import LongJobs
from sim.web.page_state import Library
from sim.web.server import Server
from sim.web.uploads import Uploads

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class PortError(CannotDoError):
    """The page cannot be offered where it was to be."""


def serve(
    scenario: Path | None,
    host: str = "127.0.0.1",
    port: int = 0,
    browser: bool = True,
    policies: Sequence[Policy] = (),
    workers: int | None = None,
) -> None:
    """Offer the page until it is stopped.

    Beyond this machine it needs a token, which is part of the address that is printed.

    Raises:
        ScenarioError: where the scenario cannot be used.
        PortError: where the address is taken or not ours.
    """
    files, default = dict(bundled()), "web_agency"
    if scenario is not None:
        scenario = find(scenario)
        load(scenario)
        default = scenario.stem
        files = {default: scenario.absolute(), **{n: f for n, f in files.items() if n != default}}
    listening = _listen(host, port)
    address, port = listening.getsockname()[:2]
    door = Door.of(host, address, port)
    desk, long_jobs, uploads = Desk(workers), LongJobs(workers), Uploads()
    try:
        for one in (desk, long_jobs, uploads):
            one.open()
        page = Page(Library(files, policies), desk, long_jobs, uploads, default)
        app = Guard(page.app(), door.names, door.token, door.is_any)
        server = Server(app)
        print("\n".join(door.said()), file=sys.stderr, flush=True)
        if browser:
            opening = threading.Timer(0.3, webbrowser.open, [door.here()])
            opening.daemon = True
            opening.start()
        server.run(sockets=[listening])
    finally:
        for one in (uploads, long_jobs, desk):
            one.close()


@dataclass(frozen=True)
class Door:
    """The door to the page: what it is called, by whom it may be opened, and what is printed about
    it."""

    names: tuple[str, ...]
    """hosts it answers to"""
    shown: tuple[str, ...]
    """hosts by which it is to be opened, the best first"""
    port: int
    token: str | None = None
    is_any: bool = False
    """whether every address of this machine leads here"""

    @staticmethod
    def of(host: str, address: str, port: int) -> Door:
        """Return the door for the host that was asked for, at the address it turned out to be."""
        if host in LOOPBACK:
            return Door(LOOPBACK, ("127.0.0.1" if host != "::1" else host,), port)
        token = secrets.token_urlsafe(18)
        if host not in ANY:
            return Door((*LOOPBACK, host.lower(), address), (host,), port, token)
        names = host_names()
        shown = (*own_addresses(host), *names[:1])
        return Door((*LOOPBACK, *names), shown or LOOPBACK[:1], port, token, is_any=True)

    def here(self) -> str:
        """The address for a browser on this machine."""
        return self._address(LOOPBACK[0] if self.is_any else self.shown[0])

    def said(self) -> list[str]:
        """Return the lines to print, an address each, the first with how to stop."""
        first, *more = [self._address(host) for host in self.shown]
        return [f"{first}  (Ctrl-C stops it)", *(f"{other}  (the same)" for other in more)]

    def _address(self, host: str) -> str:
        token = f"?token={self.token}" if self.token else ""
        return f"http://{in_address(host)}:{self.port}/{token}"


def _listen(host: str, port: int) -> socket.socket:
    try:
        kind = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(kind, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(QUEUE)  # from now on nobody is refused, though the answer takes a moment
    except OSError as error:
        raise PortError(
            f"--host {host} --port {port}: {error.strerror or error}; --port 0 takes any that is free"
        ) from None
    return listening
