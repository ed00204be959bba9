"""(j) The live report: how large it is, how soon its first picture stands and each after a move, whether the page
stalls meanwhile, and how much memory it holds after many moves.

    python -m benchmarks.live [--scenario NAME] [--moves N] [--firefox]

Chromium (Debian: apt install chromium) opens the file with the network off; all eleven policies that ship live through
20 futures. The same question is computed by the program with one process, for the ratio. With --firefox, Debian's
Firefox (apt install firefox-esr) opens it too, by its own remote protocol.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

import sim
from sim.experiment.study import Study, observe_batch
from sim.live.part import FUTURES, live_part
from sim.policy.registry import known_policies
from sim.report.html import report_html
from sim.scenario.reading import find, load
from sim.web.stops import knobs

WATCH = """
window.tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => [Math.round(e.startTime), Math.round(e.duration)]))).observe({ type: "longtask", buffered: true });
"""

MOVE = """
([number, stop]) => {
  const input = document.getElementById(`live-k${number}`);
  input.closest("details").open = true;
  input.value = stop;
  input.dispatchEvent(new Event("input"));
  return performance.now();
}
"""

ANSWERED = """() => {
  const { asked, answered, ms, memory } = document.getElementById("live").dataset;
  return { done: asked !== undefined && asked === answered, answered, ms, memory, now: performance.now() };
}"""


def main() -> None:
    """Write the file, open it, move its controls."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--scenario", default="web_agency")
    arguments.add_argument("--moves", type=int, default=200)
    arguments.add_argument("--firefox", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "live.html"
        found, stops = _written(file, given.scenario)
        moves = _moves(stops, given.moves)
        alone = _by_the_program(given.scenario)
        found["chromium"] = _in_chromium(file, moves, alone)
        if given.firefox:
            found["firefox"] = _in_firefox(file, moves[:20], alone)
    print(json.dumps(found))


def _written(file: Path, name: str) -> tuple[dict[str, Any], list[tuple[int, int]]]:
    """Write the report: how large it is; how many stops each control has, and where it stands."""
    scenario = load(find(name))
    result = sim.compare(
        scenario, list(known_policies()), replications=FUTURES, workers=1, inputs=0
    )
    begun = time.perf_counter()
    live = live_part(result, knobs(result.scenario, result.policies), f"firelane compare {name}")
    took = time.perf_counter() - begun
    file.write_text(report_html(result, f"firelane compare {name}", live=live), "utf-8")
    about = json.loads(re.search(r'id="live-about">(.*?)</script>', live.html, re.DOTALL)[1])  # type: ignore[index]
    found = {
        "live_part_kb": round(len(live.html.encode()) / 1e3),
        "file_kb": round(file.stat().st_size / 1e3),
        "made_in_s": round(took, 1),
    }
    return found, [(len(knob["stops"]), knob["now"]) for knob in about["knobs"]]


def _moves(stops: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    chance = np.random.default_rng(1)
    found = []
    for number in chance.integers(len(stops), size=count).tolist():
        found.append((number, int(chance.integers(stops[number][0]))))
    return found


def _by_the_program(name: str) -> float:
    """Seconds that the same futures take in this process, the best of three."""
    scenario = load(find(name))
    few = sim.compare(scenario, list(known_policies()), replications=2, workers=1)
    policies = list(few.policies)
    study = Study.of(scenario, policies, 1, "compiled")
    packed, best = study.packed(), float("inf")
    observe_batch((packed, range(1)))
    for n in range(1, 4):
        begun = time.perf_counter()
        observe_batch((packed, range(n * FUTURES, (n + 1) * FUTURES)))
        best = min(best, time.perf_counter() - begun)
    return best


# ---- Chromium ------------------------------------------------------------------------------------


def _in_chromium(file: Path, moves: list[tuple[int, int]], alone: float) -> dict[str, Any]:
    with sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(file.as_uri())
        first = _answer(page)
        times, computed = [], []
        for move in moves:
            begun = page.evaluate(MOVE, list(move))
            page.wait_for_timeout(70)
            told = _answer(page)
            times.append(told["now"] - begun)
            computed.append(float(told["ms"]))
        found = _told(first, times, computed, alone) | {
            "tasks_over_50_ms": page.evaluate("tasks"),
            "engine_mb": round(float(told["memory"]) / 1e6),
            "page_process_mb": round(_largest_renderer()),
        }
        browser.close()
    return found


def _answer(page: Page) -> dict[str, Any]:
    while True:
        told: dict[str, Any] = page.evaluate(ANSWERED)
        if told["done"]:
            return told
        time.sleep(0.01)


def _told(
    first: dict[str, Any], times: list[float], computed: list[float], alone: float
) -> dict[str, Any]:
    """Milliseconds to the first picture and to those after moves; and how many times as long as in the program, in
    one process, computing takes."""
    median, slow = np.quantile(times, [0.5, 0.9])
    return {
        "first_ms": round(first["now"]),
        "move_ms_p50": round(median),
        "move_ms_p90": round(slow),
        "computed_ms_p50": round(float(np.median(computed))),
        "times_the_program": round(float(np.median(computed)) / 1e3 / alone, 2),
    }


def _largest_renderer() -> float:
    """Megabytes of the largest of Chromium's processes of pages."""
    told = subprocess.run(["ps", "-eo", "rss,args"], capture_output=True, text=True, check=True)
    sizes = [int(line.split()[0]) for line in told.stdout.splitlines() if "--type=renderer" in line]
    return max(sizes, default=0) / 1e3


# ---- Firefox -------------------------------------------------------------------------------------


class Marionette:
    """Firefox by its own remote protocol: messages of JSON behind their length."""

    def __init__(self, port: int) -> None:
        self._socket, self._number, self._read = (
            socket.create_connection(("127.0.0.1", port), 30),
            0,
            b"",
        )
        self._message()

    def __call__(self, command: str, **given: Any) -> Any:
        self._number += 1
        text = json.dumps([0, self._number, command, given])
        self._socket.sendall(f"{len(text.encode())}:{text}".encode())
        _, _, error, answer = self._message()
        if error:
            raise RuntimeError(error["message"])
        return answer

    def _message(self) -> Any:
        while b":" not in self._read:
            self._read += self._socket.recv(65_536)
        length, self._read = self._read.split(b":", 1)
        while len(self._read) < int(length):
            self._read += self._socket.recv(65_536)
        text, self._read = self._read[: int(length)], self._read[int(length) :]
        return json.loads(text)


def _in_firefox(file: Path, moves: list[tuple[int, int]], alone: float) -> dict[str, Any] | None:
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as profile:
        (Path(profile) / "user.js").write_text(
            'user_pref("network.proxy.type", 1);\nuser_pref("network.proxy.http", "127.0.0.1");\n'
            'user_pref("network.proxy.http_port", 9);\nuser_pref("marionette.port", 2829);\n'
        )
        running = subprocess.Popen(
            [program, "--headless", "--marionette", "--profile", profile],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            return _drive(_connected(), file, moves, alone)
        finally:
            running.terminate()
            running.wait(20)


def _connected() -> Marionette:
    for _ in range(120):
        try:
            return Marionette(2829)
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("Firefox does not answer")


def _drive(
    firefox: Marionette, file: Path, moves: list[tuple[int, int]], alone: float
) -> dict[str, Any]:
    firefox("WebDriver:NewSession", capabilities={})

    def run(script: str, *given: Any) -> Any:
        text = f"return ({script})(...arguments)"
        return firefox("WebDriver:ExecuteScript", script=text, args=list(given))["value"]

    def answer() -> Any:
        while True:
            told = run(ANSWERED)
            if told["done"]:
                return told
            time.sleep(0.01)

    firefox("WebDriver:Navigate", url=file.as_uri())
    first = answer()
    times, computed = [], []
    for move in moves:
        begun = run(MOVE, list(move))
        time.sleep(0.07)
        told = answer()
        times.append(told["now"] - begun)
        computed.append(float(told["ms"]))
    return _told(first, times, computed, alone)


if __name__ == "__main__":
    main()
