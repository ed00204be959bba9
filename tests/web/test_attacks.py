"""A hostile visitor of the page: reads no file, shuts nobody out, and is told in words what is refused."""

from __future__ import annotations

import asyncio
import logging
import os
import shlex
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

import sim
from benchmarks import attack_page
from sim.experiment.study import warm
from sim.policy.composed import whole_language
from sim.policy.registry import known_policies
from sim.scenario.reading import as_typed, bundled, from_text, load
from sim.scenario.schema import Scenario
from sim.web import connections
from sim.web import uploads as uploads_module
from sim.web.addresses import host_names, own_addresses
from sim.web.connections import Seldom
from sim.web.page_state import Library, State, StateError
from sim.web.server import Server as WebServer
from sim.web.sliders import axes, controls
from sim.web.troubles import BusyError
from sim.web.uploads import Uploads
from tests.sampling.test_incident_log import from_elsewhere
from tests.web.conftest import ROOT, Server
from tests.web.test_interface import events

VISITOR = "visitor=hostilehostile&policy=kanban&replications=2"

BAD_KEYS = [
    'incidents_from.file="/etc/hostname"',
    'incidents_from={file="/etc/hostname"}',
    '"incidents_from".file=/dev/zero',
    "'incidents_from'.'file'=/dev/zero",
    "*.file=/dev/zero",
    "*=1",
    'name="mine"',
    "stories.points={1=1}",
    "teams.0.name=x",
    "levers=[]",
]


# ---- what may be set ---------------------------------------------------------------------------------


@pytest.mark.parametrize("change", BAD_KEYS)
def test_no_way_in_takes_a_key_that_the_page_does_not_offer(change: str, server: Server) -> None:
    asked = f"scenario=service_desk&{VISITOR}&" + urlencode({"set": change})
    pin = f"scenario=service_desk&{VISITOR}&" + urlencode(
        {"pin": urlencode({"scenario": "service_desk", "set": change})}
    )
    over = f"scenario=service_desk&{VISITOR}&" + urlencode(
        [("over", change), ("over", "people.sick_share=0,0.1")]
    )
    ways = [
        f"{path}?{asked}"
        for path in ("compare", "timeline", "scenario.toml", "results.csv", "report.html")
    ]
    ways += [
        f"recommend?{asked}",
        f"map?{asked}&over=people.sick_share%3D0,0.1&over=people.unfamiliarity%3D1,2",
    ]
    for way in [*ways, f"compare?{pin}", f"map?{over}"]:
        answer = httpx.get(f"{server.url}api/{way}", timeout=10)
        assert answer.status_code == 400, way
        [reason] = answer.json()["reasons"]
        assert reason.startswith(f"{change.partition('=')[0]}: this page does not change it")
        assert "people.unfamiliarity" in reason
        assert "incidents_from" not in reason.partition("it changes")[2]


def test_whatever_the_page_offers_may_be_set() -> None:
    library = Library()
    for n, (name, path) in enumerate(bundled().items()):
        plain = load(path)
        policies = library.policies(State(name), plain) if not n else ()  # theirs are the same
        for one in [*controls(plain, policies), *axes(plain)]:
            if one["value"] is None or (plain.incidents_from and "per_week" in one["key"]):
                continue
            written = one["value"] if one["choices"] else repr(one["value"]).removesuffix(".0")
            library.scenario(State(name, (f"{one['key']}={one['sign']}{written}",)))
        for lever in plain.levers:
            library.scenario(State(name, levers=(lever.name,)))
            library.check_keys(name, lever.set)
        library.check_keys(name, ["time.horizon_weeks"])


def test_a_key_may_be_spelt_as_the_command_line_takes_it() -> None:
    library, before = Library(), sim.load("web_agency")
    changes = ("incidents.Manual_Data-Fix.per_week=1", "incidents.0.per_week=2")
    found = library.scenario(State("web_agency", changes))
    assert found.incidents[0].per_week == 2
    [fix] = [kind for kind in found.incidents if kind.kind.lower() == "manual data fix"]
    assert fix.per_week == 1
    more = library.scenario(State("web_agency", ("teams.0.developers=+1",)))
    assert more.teams[0].developers == before.teams[0].developers + 1


def test_the_pages_own_scenario_may_read_its_log_and_a_lever_of_an_own_file_another(
    tmp_path: Path,
) -> None:
    path = from_elsewhere(tmp_path, "log.csv")
    text = path.read_text().replace('"/etc/hostname"', '"other.csv"')
    path.write_text(text)
    found = Library({"ours": path}).scenario(State("ours", levers=("Read another",)))
    assert found.incidents_from is not None
    assert found.incidents_from.file == "other.csv"
    with pytest.raises(StateError, match="does not change it"):
        Library({"ours": path}).scenario(State("ours", ("incidents_from.file=other.csv",)))


@pytest.mark.parametrize(
    "more",
    [
        '[incidents_from]\nfile = "/etc/hostname"',
        '[[levers]]\nname = "x"\nset = { "incidents_from.file" = "/etc/hostname" }',
        """[[levers]]\nname = "x"\nset = { "'incidents_from'.file" = "/etc/hostname" }""",
        '[[levers]]\nname = "x"\nset = { "incidents_from={file=\\"/etc/hostname\\"}#" = 1 }',
        '[[levers]]\nname = "x"\nset = { "*" = 1 }',
    ],
)
def test_an_uploaded_scenario_names_no_log_by_itself_or_by_a_lever(
    more: str, server: Server
) -> None:
    text = (ROOT / "scenarios" / "small_product.toml").read_text()
    if "[incidents_from]" in more:
        text = "\n".join(line for line in text.splitlines() if not line.startswith("per_week"))
    answer = httpx.post(f"{server.url}api/upload", content=f"{text}\n{more}\n".encode())
    assert answer.status_code == 400
    assert "incidents_from: a page reads no log for an uploaded scenario" in answer.text


# ---- uploads that take long --------------------------------------------------------------------------


def _asleep(content: bytes) -> Scenario:
    if content == b"slow":
        time.sleep(60)
    return from_text((ROOT / "scenarios" / "small_product.toml").read_bytes(), "it")


def test_an_upload_that_takes_long_is_ended_and_the_next_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads_module, "_read", _asleep)
    monkeypatch.setattr(uploads_module, "LONGEST", 0.5)
    found = Uploads()
    found.open()

    async def both() -> None:
        slow = asyncio.create_task(found.read(b"slow"))
        await asyncio.sleep(0.1)  # this loop goes on meanwhile
        assert not slow.done()
        with pytest.raises(StateError, match="took more than"):
            await slow
        assert (await found.read(b"good")).name == "Small product, one team"

    begun = time.monotonic()
    try:
        asyncio.run(both())
    finally:
        found.close()
    assert time.monotonic() - begun < 5


def test_more_uploads_than_there_is_room_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads_module, "AT_ONCE", 1)
    found = Uploads()

    async def both() -> None:
        async with found.place():
            with pytest.raises(BusyError, match="Try again"):
                async with found.place():
                    pass
        async with found.place():
            pass

    asyncio.run(both())


def test_forty_five_keys_of_a_hundred_kilobytes_keep_nobody_waiting(server: Server) -> None:
    async def all_of_them() -> float:
        slow = b"a." * 60_000 + b"a=1"
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            sent = [
                asyncio.create_task(client.post("/api/upload", content=slow)) for _ in range(45)
            ]
            begun = time.monotonic()
            assert (await client.get("/api/scenarios")).status_code == 200
            spent = time.monotonic() - begun
            assert {(await one).status_code for one in sent} == {400}
        return spent

    assert asyncio.run(all_of_them()) < 3


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """What a page compiles when it first starts lies on disk: here it is to open nothing."""
    warm([*known_policies().values(), whole_language()])


# ---- all of it at once -------------------------------------------------------------------------------


def test_two_hundred_hostile_requests_open_no_file_and_keep_nobody_waiting(tmp_path: Path) -> None:
    found = attack_page.attack(tmp_path, lambda s: attack_page.requests(s, tmp_path, 200))
    assert found["opened"] == []
    assert found["leaks"] == []
    assert set(found["answers"]) <= {"200", "400", "413"}
    assert found["megabytes"] < 600
    assert_ended(found)


@pytest.mark.parametrize("files", [None, attack_page.FEW_FILES])
@pytest.mark.long
def test_connections_that_come_to_nothing_shut_nobody_out(
    files: int | None, tmp_path: Path
) -> None:
    found = attack_page.attack(tmp_path, lambda s: attack_page.half_open(s, 150, 12), files)
    assert found["begun"] > 150  # they were closed, and so begun anew
    assert found["megabytes"] < 600
    assert_ended(found)


def assert_ended(found: dict[str, Any]) -> None:
    """Others were answered meanwhile, and Ctrl-C amid everything ended it, with a word."""
    assert found["others"] >= 2
    assert found["others_failed"] == 0
    assert found["longest_wait"] < 3
    assert found["seconds_to_stop"] < 2
    assert found["tracebacks"] == 0
    assert found["bytes_said"] < 2_000


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server that waits half a second for anything, and answers more than anybody reads."""
    monkeypatch.setattr(connections, "LONGEST", dict.fromkeys(connections.LONGEST, 0.5))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        endless = scope["path"] == "/endless"
        for _ in range(2_000 if endless else 1):
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": endless})

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = WebServer(app)
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        running.join(10)
        assert not running.is_alive()


def _drip(one: socket.socket, seconds: float) -> None:
    """A letter now and then, which helps nothing."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        time.sleep(0.2)
        one.sendall(b"x")


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"GET / HTTP/1.1\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nname",
        b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n",
    ],
    ids=["nothing", "half the headers", "half the body", "no reader", "half a second request"],
)
def test_whatever_is_waited_for_in_vain_is_closed(first: bytes, impatient: int) -> None:
    with socket.create_connection(("127.0.0.1", impatient)) as one:
        one.sendall(first)
        with pytest.raises(OSError, match=r"reset|Broken"):
            _drip(one, 5)


def test_a_log_is_written_seldom_whoever_fills_it() -> None:
    seldom = Seldom()
    record = logging.LogRecord("x", logging.WARNING, "x", 1, "Invalid", (), None)
    assert sum(seldom.filter(record) for _ in range(1_000)) == Seldom.A_MINUTE


# ---- beyond this machine -----------------------------------------------------------------------------


def test_offered_to_all_the_page_answers_by_this_machines_address_and_its_name() -> None:
    offered = Server("--host", "0.0.0.0")
    try:
        port = int(offered.url.split("/")[2].rpartition(":")[2])
        token = offered.url.partition("token=")[2]
        assert "0.0.0.0" not in offered.url
        assert httpx.get(offered.url).status_code == 200  # what is printed can be opened
        for host in (
            *own_addresses("0.0.0.0"),
            *host_names(),
            "203.0.113.9",
            "[2001:db8::9]",
            "localhost",
        ):
            headers = {"host": f"{host}:{port}"}
            own = f"http://127.0.0.1:{port}/"
            assert httpx.get(own, headers=headers).status_code == 401
            assert httpx.get(f"{own}?token={token}", headers=headers).status_code == 200
        for host in ("evil.example", "0x7f.1.evil", "[::1", ""):
            answer = httpx.get(f"{own}?token={token}", headers={"host": host})
            assert answer.status_code in (400, 421)
    finally:
        offered.stop()


def test_on_loopback_other_addresses_of_this_machine_are_refused(server: Server) -> None:
    for host in (*own_addresses("0.0.0.0"), *host_names(), "203.0.113.9"):
        if host not in ("localhost", "127.0.0.1"):
            assert httpx.get(server.url, headers={"host": host}).status_code == 421


def test_own_addresses_are_found_without_a_packet(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object) -> None:
        raise AssertionError("a name was looked up")

    for name in ("getaddrinfo", "gethostbyname", "getfqdn"):
        monkeypatch.setattr(socket, name, asked)
    assert all(not one.startswith("127.") for one in own_addresses("::"))
    assert host_names()


# ---- what fails is told ------------------------------------------------------------------------------

RAISING = """
from sim.policy import INTERRUPT, Policy


def route(incident, team, now, p):
    {deed}
    return INTERRUPT


policy = Policy(id="mine", route=route)
"""


@pytest.fixture(
    scope="module",
    params=[
        ("raise ValueError('no such team')", "no such team"),
        ("[0] * (1 << 50)", "emory"),
        ("__import__('os').kill(__import__('os').getpid(), 9)", "lost"),
    ],
    ids=["raises", "wants memory", "dies"],
)
def failing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, str]]:
    """A server with a policy that fails, and the words that tell it."""
    deed, words = request.param
    file = tmp_path_factory.mktemp("policy") / "mine.py"
    file.write_text(RAISING.format(deed=deed), encoding="utf-8")
    running = Server("--policy", str(file), "--workers", "2")
    yield running, words
    running.stop()


MINE = "scenario=small_product&policy=mine&replications=2&visitor=abcdefgh"


def test_a_policy_that_fails_is_told_by_every_endpoint(failing: tuple[Server, str]) -> None:
    server, words = failing
    over = "over=people.sick_share%3D0,0.1&over=people.unfamiliarity%3D1,2&futures=2&weeks=20"
    for way in (
        f"compare?{MINE}",
        f"map?{MINE}&{over}",
        f"recommend?{MINE}&futures=2&fresh=2&weeks=20",
    ):
        answer = httpx.get(f"{server.url}api/{way}", timeout=60)
        name, data = events(answer.text)[-1]
        assert name == "trouble", way
        assert words in " ".join(data["reasons"]), way
    if words == "lost":
        return
    for way in ("timeline", "report.html", "results.csv"):
        answer = httpx.get(f"{server.url}api/{way}?{MINE}", timeout=60)
        assert answer.status_code == 500, way
        assert words in " ".join(answer.json()["reasons"]), way
    good = MINE.replace("mine", "kanban")
    assert events(httpx.get(f"{server.url}api/compare?{good}", timeout=60).text)[-1][0] == "end"


def test_a_recorded_log_that_is_bad_is_told_by_every_endpoint(tmp_path: Path) -> None:
    path = from_elsewhere(tmp_path, "log.csv")
    os.mkfifo(tmp_path / "log.csv")
    server = Server(str(path))
    asked = "scenario=ours&policy=kanban&replications=2&visitor=abcdefgh"
    over = "over=people.sick_share%3D0,0.1&over=people.unfamiliarity%3D1,2&futures=2"
    try:
        for way in ("compare", "timeline", "report.html", "results.csv", "map", "recommend"):
            more = f"&{over}" if way == "map" else ""
            answer = httpx.get(f"{server.url}api/{way}?{asked}{more}", timeout=20)
            told = (
                events(answer.text)[-1][1]["reasons"]
                if answer.status_code == 200
                else answer.json()["reasons"]
            )
            assert "not a regular file" in " ".join(told), way
    finally:
        server.stop()


# ---- the command that gives it again -----------------------------------------------------------------


def test_the_command_names_a_scenario_as_one_would_type_it(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = f"scenario=small_product&{VISITOR}"
    picture = events(httpx.get(f"{server.url}api/compare?{asked}", timeout=60).text)[0][1]
    assert shlex.split(picture["command"])[:3] == ["firelane", "compare", "small_product"]
    (tmp_path / "plans").mkdir()
    monkeypatch.chdir(tmp_path)
    assert as_typed(tmp_path / "ours.toml") == "ours.toml"
    assert as_typed(tmp_path / "plans" / "ours.toml") == "plans/ours.toml"
    assert as_typed(tmp_path / "-ours.toml") == "./-ours.toml"
    assert as_typed(bundled()["web_agency"]) == "web_agency"
    (tmp_path / "web_agency").write_text("")  # one of that name is meant by it here
    assert as_typed(bundled()["web_agency"]) != "web_agency"
    monkeypatch.chdir(tmp_path / "plans")
    assert as_typed(tmp_path / "ours.toml") == "../ours.toml"


def test_a_file_with_the_name_of_one_that_ships_is_the_one_shown(tmp_path: Path) -> None:
    own = tmp_path / "web_agency.toml"
    text = bundled()["small_product"].read_text("utf-8")
    own.write_text(text.replace("Small product, one team", "Ours"), encoding="utf-8")
    server = Server(str(own))
    try:
        shown = httpx.get(f"{server.url}api/scenario").json()
    finally:
        server.stop()
    assert shown["name"] == "Ours"
