"""Starting the page."""

from __future__ import annotations

import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from sim.policy import Policy
from sim.scenario_file import bundled, find, load
from sim.web.app import Page
from sim.web.desk import Desk
from sim.web.guard import Guard
from sim.web.long_jobs import LongJobs
from sim.web.state import Library

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class PortError(Exception):
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
    files = dict(bundled())
    default = "web_agency"
    if scenario is not None:
        scenario = find(scenario)
        load(scenario)
        default = scenario.stem
        files = {default: scenario.absolute(), **files}
    listening = _listen(host, port)
    address, port = listening.getsockname()[:2]
    local = host in LOOPBACK
    token = None if local else secrets.token_urlsafe(18)
    names = [*LOOPBACK, host, address] if not local else list(LOOPBACK)
    desk, long_jobs = Desk(workers), LongJobs(workers)
    desk.open()
    long_jobs.open()
    page = Page(Library(files, policies), desk, long_jobs, default)
    app = Guard(page.app(), names, token)
    shown = f"http://{'127.0.0.1' if local else host}:{port}/" + (
        f"?token={token}" if token else ""
    )
    print(f"{shown}  (Ctrl-C stops it)", file=sys.stderr, flush=True)
    if browser:
        threading.Timer(0.3, webbrowser.open, [shown]).start()
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2, lifespan="off")
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        long_jobs.close()
        desk.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        kind = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(kind, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)  # from now on nobody is refused, though the answer takes a moment
    except OSError as error:
        raise PortError(f"--host {host} --port {port}: {error.strerror or error}") from None
    return listening
