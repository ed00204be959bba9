"""A server of the page in a process of its own, and a real browser."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

QUICK = "?scenario=small_product&policy=kanban&policy=interrupt-anyone&policy=next-sprint&replications=14"
"""An address whose pictures take little."""


class Server:
    """`firelane web` on a free port of loopback."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "firelane", "web", "--no-browser", "--port", "0", *options],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        self.said = ""
        while "http://" not in self.said:
            line = self.process.stderr.readline()
            assert line, f"the server ended: {self.said}"
            self.said += line
        self.url = next(word for word in self.said.split() if word.startswith("http://"))

    def stop(self) -> None:
        """As Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.skip("no Chromium here: apt install chromium, to test the page in a browser")
        pytest.skip("no Chromium: install it (on Debian: apt install chromium)")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Any, server: Server) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.troubles = []
    opened.asked = []
    opened.on("pageerror", lambda error: opened.troubles.append(str(error)))
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.goto(server.url + QUICK)
    settled(opened, 1)
    yield opened
    assert opened.troubles == []
    assert all(url.startswith((server.url, "data:")) for url in opened.asked)
    opened.close()


def settled(page: Any, times: int) -> None:
    """Wait until so many computations have ended."""
    page.wait_for_selector(f'body[data-done="{times}"]', timeout=60_000)


def control(page: Any, key: str) -> Any:
    """What moves a key on a desk."""
    return page.locator(f"#controls .control[data-key='{key}'] [data-key]")


def slide(page: Any, key: str, value: str) -> None:
    """Put a slider, or what is typed into a stepper, to a value."""
    control(page, key).evaluate(
        "(e, v) => { const fold = e.closest('details'); if (fold) fold.open = true; e.value = v; "
        "if (e.type === 'range') e.dispatchEvent(new Event('input')); e.dispatchEvent(new Event('change')); }",
        value,
    )


def until(page: Any, told: str, seconds: float = 30) -> None:
    """Wait until an expression is true; the page itself lets nobody evaluate words."""
    end = time.monotonic() + seconds
    while not page.evaluate(told):
        assert time.monotonic() < end, told
        page.wait_for_timeout(50)
