"""What a hostile visitor of the page gets: no file that is not its own, no more than its memory, and nobody
else shut out. Three attacks on a server of its own on this machine, which watches what it opens:

requests: every key that scenarios have, set to files, devices, addresses and deep values, by every way in;
half-open: connections that begin a request and never end it, with few files allowed;
stop: Ctrl-C while all of that, streams and uploads are under way.

    python -m benchmarks.attack_page [--requests N] [--connections N] [--seconds N]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from sim.errors import quoted
from sim.scenario.reading import bundled, load

ROOT = Path(__file__).parents[1]

AT_ONCE = 8
"""Hostile requests under way."""

FEW_FILES = 128
"""That the attacked process may have open, where connections are its weak point."""

SCENARIOS = ("small_product", "service_desk", "web_agency")


# ---- the server, and what it does meanwhile ----------------------------------------------------------


def serve_watched(record: str, *options: str) -> None:
    """`firelane web`, writing down every file that it and its workers open and should not, and every call."""
    import matplotlib
    import matplotlib.font_manager  # looks for fonts once, before anybody listens

    from tests.fuzzing.watch import CALLS, READ

    own = (*READ, "/proc", "/etc/mime.types", "/usr/share/fonts", "/usr/share/zoneinfo", str(ROOT))
    own = (
        *own,
        str(Path.home() / ".cache" / "firelane"),
    )  # machine code, where the package's folder has none
    own = (*own, matplotlib.get_cachedir(), *(str(Path(entry)) for entry in sys.path if entry))
    told = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            path = os.path.abspath(os.fsdecode(arguments[0]))
            if not any(path == one or path.startswith(one + os.sep) for one in own):
                os.write(told, f"open {path}\n".encode())
        elif event == "socket.connect" or event.startswith(
            tuple(c for c in CALLS if c != "socket." and c != "os.fork")
        ):
            os.write(told, f"{event} {arguments!r}\n".encode())

    from firelane.command import main

    sys.addaudithook(hear)
    sys.argv = ["firelane", "web", "--no-browser", "--port", "0", *options]
    main()


@dataclass
class Attacked:
    """A running server."""

    process: subprocess.Popen[bytes]
    url: str
    record: Path
    said: Path
    megabytes: float = 0
    """at most, of one process of it"""
    together: float = 0
    """at most, of all of them, what they share counted once"""

    @staticmethod
    def begin(folder: Path, files: int | None = None, *options: str) -> Attacked:
        """Wait until it answers. `files`: how many it may have open."""
        record, said = folder / "record", folder / "said"
        record.touch()

        def limit() -> None:
            if files is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

        with said.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.attack_page", "--serve", str(record), *options],
                cwd=ROOT,
                stderr=stderr,
                preexec_fn=limit,
            )
        while "http://" not in (text := said.read_text("utf-8")):
            assert process.poll() is None, text
            time.sleep(0.05)
        url = next(word for word in text.split() if word.startswith("http://"))
        return Attacked(process, url, record, said)

    def opened(self) -> list[str]:
        """What it should not have opened or called."""
        return self.record.read_text("utf-8").splitlines()

    def measure(self) -> None:
        """Keep the most memory."""
        sizes = [_memory(pid) for pid in _family(self.process.pid)]
        self.megabytes = max(self.megabytes, *(size for size, _ in sizes))
        self.together = max(self.together, sum(share for _, share in sizes))

    def stop(self) -> float:
        """Ctrl-C; seconds until it has ended."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return time.monotonic() - begun

    def figures(self, stop: float) -> dict[str, Any]:
        """What became of it."""
        said = self.said.read_text("utf-8")
        return {
            "opened": self.opened(),
            "megabytes": round(self.megabytes),
            "megabytes_together": round(self.together),
            "seconds_to_stop": round(stop, 2),
            "status": self.process.returncode,
            "bytes_said": len(said),
            "tracebacks": said.count("Traceback"),
        }


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                found += _family(int(child))
    return found


def _memory(pid: int) -> tuple[float, float]:
    """Megabytes of a process, and its part of what it shares."""
    with suppress(OSError, IndexError):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        size, share = (
            int(text.split(f"\n{name}:")[1].split()[0]) / 1024 for name in ("Rss", "Pss")
        )
        return size, share
    return 0.0, 0.0


# ---- everybody else ----------------------------------------------------------------------------------


@dataclass
class Waits:
    """How long somebody else waits for a picture meanwhile."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def figures(self) -> dict[str, Any]:
        """The longest counts."""
        longest = max(self.seconds, default=float("inf"))
        return {
            "others": len(self.seconds),
            "others_failed": self.failed,
            "longest_wait": round(longest, 2),
        }


@contextmanager
def somebody_else(server: Attacked) -> Iterator[Waits]:
    """Asks for the controls and a small picture twice a second, each time in a connection of its own, from
    a thread of its own: the attack's own work is not to be taken for the server's."""
    waits, over = Waits(), threading.Event()
    state = {
        "scenario": "small_product",
        "policy": "kanban",
        "replications": 2,
        "visitor": "somebodyelse",
    }

    def ask() -> None:
        while not over.wait(0.5):
            begun = time.monotonic()
            try:
                with httpx.Client(base_url=server.url, timeout=30, verify=False) as client:
                    client.get("/api/scenario", params={"scenario": "small_product"})
                    picture = client.get("/api/compare", params=state)
                    assert "event: done" in picture.text
                waits.seconds.append(time.monotonic() - begun)
            except (httpx.HTTPError, AssertionError):
                waits.failed += 1
            server.measure()

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield waits
    finally:
        over.set()
        asking.join()


# ---- requests that set what they should not ----------------------------------------------------------


def known_keys() -> list[str]:
    """Every key of the scenarios that ship, and of those that hold one more table."""
    found: dict[str, None] = dict.fromkeys(
        ["incidents_from", "incidents_from.file", '"incidents_from".file', "*.file", "*"]
    )
    for path in bundled().values():
        found |= dict.fromkeys(_keys(load(path).model_dump(by_alias=True), ""))
    return list(found)


def _keys(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _keys(inner, f"{at}.{quoted(str(name))}" if at else quoted(str(name)))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield from _keys(value[0], f"{at}.*")
    if at:
        yield at


def values(folder: Path) -> list[str]:
    """Files, devices, a pipe, addresses, and what takes long to read."""
    files = [
        "/etc/hostname",
        "/dev/zero",
        "/dev/random",
        "/proc/self/environ",
        str(folder / "pipe"),
        "../pyproject.toml",
    ]
    files += [
        "http://127.0.0.1:9/x",
        "file:///etc/hostname",
        "ftp://127.0.0.1/x",
        "\\\\\\\\127.0.0.1\\\\x",
    ]
    deep = [
        "[" * 3_000,
        "{a=" * 2_000,
        "{" + "a." * 3_000 + "a=1}",
        "0x" + "f" * 6_000,
        "9" * 6_000,
        "*1e308",
        "nan",
    ]
    return [f'"{file}"' for file in files] + [f'{{file="{file}"}}' for file in files] + deep


def hostile(folder: Path, count: int) -> Iterator[tuple[str, str, Any]]:
    """So many requests: method, address with its query, body. Every key comes, by every way in."""
    chance = random.Random(1)
    keys, worths = itertools.cycle(known_keys()), values(folder)
    ways: list[Callable[[str, str], tuple[str, str, Any]]] = [
        *(_asked(path) for path in ("scenario.toml", "timeline", "compare", "scenario", "results.csv", "report.html", "recommend")),
        _pinned, _mapped, _pulled, _uploaded,
    ]  # fmt: skip
    for way in itertools.islice(itertools.cycle(ways), count):
        yield way(next(keys), chance.choice(worths))


def _address(path: str, **asked: Any) -> str:
    state = {
        "scenario": random.Random(str(asked)).choice(SCENARIOS),
        "policy": "kanban",
        "replications": 2,
        "visitor": "hostilehostile",
    }
    return f"/api/{path}?{urlencode(state | asked, doseq=True)}"[:16_000]


def _asked(path: str) -> Callable[[str, str], tuple[str, str, Any]]:
    return lambda key, value: ("GET", _address(path, set=f"{key}={value}"), None)


def _pinned(key: str, value: str) -> tuple[str, str, Any]:
    return (
        "GET",
        _address("compare", pin=urlencode({"scenario": "service_desk", "set": f"{key}={value}"})),
        None,
    )


def _mapped(key: str, value: str) -> tuple[str, str, Any]:
    return (
        "GET",
        _address("map", over=[f"{key}={value}", "people.sick_share=0,0.1"], futures=2, weeks=8),
        None,
    )


def _pulled(key: str, value: str) -> tuple[str, str, Any]:
    return "GET", _address("compare", lever=f"{key}={value}"), None


def _uploaded(key: str, value: str) -> tuple[str, str, Any]:
    sound = bundled()["small_product"].read_text("utf-8")
    lever = f"\n[[levers]]\nname = 'x'\nset = {{ {json.dumps(key)} = {json.dumps(value)} }}\n"
    log = f"\n[incidents_from]\nfile = {value}\n"
    slow = "a." * 60_000 + "a = 1\n"
    body = {0: sound + lever, 1: sound + log, 2: slow, 3: sound + f"\n[more]\nx = {value}\n"}[
        len(value) % 4
    ]
    return "POST", "/api/upload", body


async def requests(server: Attacked, folder: Path, count: int) -> dict[str, Any]:
    """Send them, a few at once; how they were answered."""
    with suppress(FileExistsError):
        os.mkfifo(folder / "pipe")
    statuses: dict[str, int] = {}
    leaks, left = [], hostile(folder, count)
    secret = (
        Path("/etc/hostname").read_text("utf-8").strip() if Path("/etc/hostname").exists() else ""
    )

    async def send() -> None:
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            for method, address, body in left:
                try:
                    answer = await client.request(method, address, content=body)
                except httpx.HTTPError as error:
                    statuses[type(error).__name__] = statuses.get(type(error).__name__, 0) + 1
                    continue
                statuses[str(answer.status_code)] = statuses.get(str(answer.status_code), 0) + 1
                if secret and secret in answer.text:
                    leaks.append(address)

    with somebody_else(server) as waits:
        begun = time.monotonic()
        await asyncio.gather(*(send() for _ in range(AT_ONCE)))
        spent = time.monotonic() - begun
    return {
        "requests": count,
        "seconds": round(spent, 1),
        "answers": statuses,
        "leaks": leaks,
        **waits.figures(),
    }


# ---- connections that come to nothing ----------------------------------------------------------------

BEGINNINGS = (
    b"",
    b"GET / HTT",
    b"GET /api/scenarios HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ",
    b"POST /api/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\nname = ",
)


async def half_open(server: Attacked, count: int, seconds: float) -> dict[str, Any]:
    """Keep so many connections begun; whichever is closed is begun anew."""
    until, begun = time.monotonic() + seconds, itertools.count()

    async def hold() -> None:
        while time.monotonic() < until:
            with suppress(OSError, TimeoutError):
                await _begun(server, BEGINNINGS[next(begun) % len(BEGINNINGS)], until)
            await asyncio.sleep(0.2)

    with somebody_else(server) as waits:
        await asyncio.gather(*(hold() for _ in range(count)))
    return {"connections": count, "begun": next(begun), "seconds": seconds, **waits.figures()}


async def _begun(server: Attacked, first: bytes, until: float) -> None:
    """One connection, until it is closed or the attack is over."""
    place = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        writer.write(first)
        async with asyncio.timeout_at(
            asyncio.get_running_loop().time() + max(until - time.monotonic(), 0)
        ):
            await reader.read()
    finally:
        writer.close()


# ---- all at once, and Ctrl-C -------------------------------------------------------------------------


async def stopped_amid(server: Attacked) -> float:
    """Streams, a map, uploads and half-open connections under way, then Ctrl-C; seconds until the end."""
    stream = "GET /api/compare?scenario=web_agency&replications=1000&visitor=streaming{n} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    over = urlencode(
        [
            ("over", "people.unfamiliarity=1:2:20"),
            ("over", "incidents.*.per_week=*0.5:*2:20"),
            ("futures", "10"),
        ]
    )
    job = f"GET /api/map?scenario=web_agency&visitor=mappingmapping&{over} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    firsts = [stream.format(n=n).encode() for n in range(10)] + [job.encode(), *BEGINNINGS * 5]
    until = time.monotonic() + 60
    held = [asyncio.create_task(_begun(server, first, until)) for first in firsts]
    await asyncio.sleep(2)
    spent = await asyncio.to_thread(server.stop)
    for task in held:
        task.cancel()
    await asyncio.gather(*held, return_exceptions=True)
    return spent


def attack(
    folder: Path, what: Callable[[Attacked], Any], files: int | None = None, stop: Any = None
) -> dict[str, Any]:
    """One attack on a fresh server, and what became of it."""
    server = Attacked.begin(folder, files)
    try:
        found = asyncio.run(what(server)) if what is not stopped_amid else {}
        spent = asyncio.run(stopped_amid(server))
    finally:
        server.process.kill()
        server.process.wait()
    return {**found, **server.figures(spent)}


def main() -> None:
    """All three, with their figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--requests", type=int, default=2_000)
    arguments.add_argument("--connections", type=int, default=300)
    arguments.add_argument("--seconds", type=float, default=60)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        attacks: dict[str, tuple[Callable[[Attacked], Any], int | None]] = {
            "requests": (lambda server: requests(server, folder, given.requests), None),
            "half-open": (lambda server: half_open(server, given.connections, given.seconds), None),
            "half-open, few files": (
                lambda server: half_open(server, given.connections, given.seconds),
                FEW_FILES,
            ),
            "stop": (stopped_amid, None),
        }
        for title, (what, files) in attacks.items():
            own = folder / title.replace(" ", "")
            own.mkdir()
            print(json.dumps({"attack": title, **attack(own, what, files)}), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve_watched(*sys.argv[2:])
    else:
        main()
