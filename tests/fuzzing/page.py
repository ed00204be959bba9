"""The page's inputs: the address, the headers, and an uploaded scenario, through all that answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote_from_bytes, unquote, urlsplit

from sim.scenario.reading import bundled, from_text
from sim.scenario.schema import Scenario
from sim.web.app import STATIC, Page
from sim.web.desk import Desk
from sim.web.guard import Guard
from sim.web.long_jobs import LongJob, LongJobs
from sim.web.page_state import Library
from sim.web.uploads import Uploads
from tests.fuzzing import scenarios

HOST, TOKEN = "127.0.0.1", "token"
REFUSED = (400, 401, 403, 404, 405, 413, 414, 421)
PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F))


class IdleDesk(Desk):
    """Takes every job and does none."""

    async def observe(self, *_: Any) -> AsyncIterator[list[Any]]:
        """Nothing."""
        return
        yield []


class IdleLongJobs(LongJobs):
    """Ends every long job before it begins."""

    def begin(self, *_: Any) -> LongJob:
        """Done."""
        job = LongJob()
        job.answer.set_result({})
        return job


class OwnUploads(Uploads):
    """Reads in this process, which is watched."""

    async def read(self, content: bytes) -> Scenario:
        """At once."""
        return from_text(content, "the uploaded file")


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    body: bytes = b""


def take_address(content: bytes) -> None:
    """A path and a query, as a browser would send these bytes."""
    target = quote_from_bytes(content, safe=PRINTABLE)
    path, _, query = target.partition("?")
    answer = ask("GET", f"/{path}", query.encode())
    assert answer.status in (200, 307, *REFUSED), answer
    if answer.status == 200 and path.startswith("static/"):
        assert answer.body in _own_files(), "a file that is not the page's own"


def take_headers(content: bytes) -> None:
    """Headers, one a line; a page with a token is open to those alone who have it."""
    headers = []
    for line in content.split(b"\n")[:20]:
        name, _, value = line.partition(b":")
        headers.append((name.strip().lower(), value.strip()))
    asked = dict(reversed(headers))  # the first of each counts
    for token in (None, TOKEN):
        answer = ask("POST", "/api/cancel", b"visitor=abcdefgh", headers, token=token)
        assert answer.status in (200, *REFUSED), answer
        if answer.status == 200:
            host = urlsplit("//" + asked.get(b"host", b"").decode("latin-1")).hostname
            assert host == HOST, "another host"
            origin = asked.get(b"origin")
            assert origin is None or b"//" + asked[b"host"] in origin, "another site"
            assert token is None or TOKEN.encode() in asked.get(b"cookie", b""), "no token"


def take_upload(content: bytes) -> None:
    """A file dropped on the page; what was taken can be looked at."""
    answer = ask("POST", "/api/upload", b"", [(b"host", HOST.encode())], content)
    assert answer.status in (200, *REFUSED), answer
    if answer.status == 200:
        name = json.loads(answer.body)["scenario"]
        shown = ask("GET", "/api/scenario", f"scenario={name}".encode())
        assert shown.status == 200, shown


@cache
def _apps() -> dict[str | None, Guard]:
    files = {
        name: path
        for name, path in bundled().items()
        if "incidents_from" not in path.read_text("utf-8")
    }
    page = Page(Library(files), IdleDesk(1), IdleLongJobs(1), OwnUploads(), "small_product").app()
    return {token: Guard(page, (HOST,), token) for token in (None, TOKEN)}


_loop = asyncio.new_event_loop()


def ask(
    method: str,
    path: str,
    query: bytes,
    headers: list[tuple[bytes, bytes]] | None = None,
    body: bytes = b"",
    token: str | None = None,
) -> Answer:
    """What the page answers, in this process; refusals have a reason in words."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": query,
        "headers": [(b"host", HOST.encode())] if headers is None else headers,
        "client": (HOST, 1),
        "server": (HOST, 80),
    }
    answer = _loop.run_until_complete(_asked(_apps()[token], scope, body))
    assert b"Traceback" not in answer.body
    if answer.status == 400 and path.startswith("/api"):
        reasons = json.loads(answer.body)["reasons"]
        assert reasons, "no reason"
        assert all(reason.strip() for reason in reasons), reasons
    return answer


async def _asked(app: Guard, scope: dict[str, Any], body: bytes) -> Answer:
    answer, sent = Answer(), False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        answer.status = message.get("status", answer.status)
        answer.body += message.get("body", b"")

    await app(scope, receive, send)
    return answer


@cache
def _own_files() -> set[bytes]:
    return {path.read_bytes() for path in STATIC.iterdir()}


def addresses() -> list[bytes]:
    """Every kind of question the page asks."""
    state = (
        b"scenario=small_product&set=people.unfamiliarity%3D1.5&policy=kanban&replications=6&seed=2"
    )
    visitor = b"&visitor=abcdefgh"
    return [
        b"",
        b"api/scenarios",
        b"api/scenario?" + state,
        b"api/scenario.toml?" + state + b"&lever=x",
        b"api/compare?" + state + visitor + b"&pin=scenario%3Dsmall_product%26set%3Dname%3D%22x%22",
        b"api/map?" + state + visitor + b"&over=people.unfamiliarity%3D1:2:3"
        b"&over=people.sick_share%3D0:0.1:3&maximise=points_per_sprint&futures=2&weeks=8",
        b"api/recommend?" + state + visitor + b"&require=response_sla%3E%3D0.8&futures=2&fresh=2",
        b"api/timeline?scenario=small_product&shown=x&team=0&sprint=0&future=0",
        b"api/timeline?" + state + b"&shown=kanban&team=0&sprint=1&future=0",
        b"api/report.html?" + state + visitor,
        b"api/scenario.toml?" + state,
        b"api/results.csv?" + state + visitor,
        b"api/scenario?replications=" + b"9" * 5_000,
        b"static/../../../pyproject.toml",
        b"static/%2e%2e/app.py",
    ]


def headers() -> list[bytes]:
    """From the page itself, from another site, and with the token."""
    return [
        b"host: 127.0.0.1:8000\norigin: http://127.0.0.1:8000\ncookie: firelane_token=token",
        b"host: evil.example\nsec-fetch-site: cross-site\ncontent-length: 99999999",
        b"host: 127.0.0.1\nsec-fetch-site: same-origin\ncookie: a=b; firelane_token=token",
    ]


def uploads() -> list[bytes]:
    """Scenarios that ship."""
    return scenarios.seeds()
