"""(g) The page in a browser: from a slider's move to the redrawn chart, alone and while a policy map of
another visitor is computed; and many visitors at once. The first picture is of what is in sight, the
last is whole.

    python -m benchmarks.page [--moves N] [--visitors N] [--seconds N]

Chromium (Debian: apt install chromium) draws; all eleven policies of the web agency are shown.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from playwright.sync_api import Page, sync_playwright

MAP = {
    "scenario": "web_agency",
    "over": ["people.unfamiliarity=1:2:20", "incidents.*.per_week=*0.5:*2:20"],
    "futures": "10",
    "visitor": "another-visitor",
}
"""Minutes of work."""

WATCH = """
(moment) => new Promise((resolve) => {
  const slider = document.querySelector("#controls input[data-key='people.unfamiliarity']");
  const body = document.body.dataset, before = +(body.pictures ?? 0), ended = +(body.done ?? 0);
  const begun = performance.now(); let first = null;
  const look = () => {
    if (first === null && +body.pictures > before) first = performance.now() - begun;
    if (+body.done > ended) { watch.disconnect(); resolve([first, performance.now() - begun]); }
  };
  // A frame in which nothing has changed is not asked for: it would cost what is to be measured.
  const watch = new MutationObserver(() => requestAnimationFrame(look));
  watch.observe(document.body, { attributes: true });
  slider.value = moment; slider.dispatchEvent(new Event("change"));
})
"""
"""In the page: moves a slider, and says after how many milliseconds the first picture stood and the
last one did."""


def main() -> None:
    """A server of its own, one visitor with a browser, then many without."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--moves", type=int, default=20)
    arguments.add_argument("--visitors", type=int, default=10)
    arguments.add_argument("--seconds", type=float, default=60)
    given = arguments.parse_args()
    process = subprocess.Popen(
        [sys.executable, "-m", "firelane", "web", "--no-browser", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    url = next(line.split()[0] for line in process.stderr if line.startswith("http"))
    try:
        print(json.dumps({"benchmark": "page", **in_a_browser(url, given.moves)}), flush=True)
        crowd = asyncio.run(visitors(url, given.visitors, given.seconds, process.pid))
        print(json.dumps({"benchmark": "visitors", **crowd}), flush=True)
    finally:
        process.terminate()
        process.wait()


def in_a_browser(url: str, moves: int) -> dict[str, Any]:
    """One visitor, one slider."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page: Page = browser.new_page(viewport={"width": 1280, "height": 900}, bypass_csp=True)
        begun = time.perf_counter()
        page.goto(url)
        page.wait_for_selector("body[data-pictures]")
        start = time.perf_counter() - begun
        page.wait_for_selector("body[data-done]")
        alone = _moved(page, moves)
        with httpx.stream("GET", f"{url}api/map", params=MAP, timeout=600):
            beside = _moved(page, moves)
        browser.close()
    return {
        "page_start_to_first_picture_seconds": round(start, 2),
        "move_to_first_picture_ms": _spread(alone[:, 0]),
        "move_to_100_replications_ms": _spread(alone[:, 1]),
        "beside_a_map": {
            "move_to_first_picture_ms": _spread(beside[:, 0]),
            "move_to_100_replications_ms": _spread(beside[:, 1]),
        },
    }


def _moved(page: Page, moves: int) -> np.ndarray:
    """(moves, 2) milliseconds to the first picture and to the last."""
    return np.array([page.evaluate(WATCH, f"{1 + 0.05 * n:.2f}") for n in range(1, moves + 1)])


def _spread(values: np.ndarray) -> dict[str, int]:
    return {f"p{q}": round(float(np.percentile(values, q))) for q in (5, 50, 95)}


async def visitors(url: str, count: int, seconds: float, server: int) -> dict[str, Any]:
    """Everybody moves a slider again and again; each waits for the first picture of each move."""
    until = time.monotonic() + seconds
    waits: list[float] = []
    mixed = 0

    async def one(n: int, client: httpx.AsyncClient) -> None:
        """One visitor, until the time is up."""
        nonlocal mixed
        move = 0
        while time.monotonic() < until:
            move += 1
            value = f"{0.01 + 0.001 * n + 0.0001 * (move % 9):.4f}"
            query = {
                "scenario": "web_agency",
                "visitor": f"visitor-{n:03}",
                "set": f"people.sick_share={value}",
            }
            begun = time.monotonic()
            async with client.stream(
                "GET", f"{url}api/compare", params=query, timeout=60
            ) as answer:
                async for line in answer.aiter_lines():
                    if line.startswith("data: "):
                        waits.append(time.monotonic() - begun)
                        mixed += value not in json.loads(line[6:]).get("command", "")
                        break
            await asyncio.sleep(0.5)

    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=2 * count)) as client:
        before = _memory(server)
        await asyncio.gather(*(one(n, client) for n in range(count)))
    return {
        "visitors": count,
        "seconds": seconds,
        "pictures": len(waits),
        "wait_seconds": {f"p{q}": round(float(np.percentile(waits, q)), 2) for q in (50, 95, 100)},
        "answers_for_another": mixed,
        "memory_mb": [before, _memory(server)],
    }


def _memory(pid: int) -> int:
    """Megabytes of a process and its children."""
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        status = Path(f"/proc/{one}/status").read_text()
        total += int(status.split("VmRSS:")[1].split()[0])
        todo += [int(c) for c in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
    return total // 1_024


if __name__ == "__main__":
    main()
