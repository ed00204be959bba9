"""The page's requests, without a browser: what is answered, and what is refused."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import httpx
import numpy as np
import pytest

import sim
from sim.policy.registry import from_file
from sim.scenario.reading import bundled, digest, from_text, load
from sim.web.page_state import Library, State
from tests.web.conftest import ROOT, Server

SMALL = "scenario=small_product&policy=kanban&policy=next-sprint&replications=6&visitor=abcdefgh"


def events(text: str) -> list[tuple[str, dict]]:
    """Server-sent events as names and data."""
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n", 1)
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def _last_picture(told: list[tuple[str, dict]]) -> dict:
    return [data for name, data in told if name == "picture"][-1]


def test_the_picture_sharpens_and_ends_with_what_compare_says(server: Server) -> None:
    told = events(httpx.get(f"{server.url}api/compare?{SMALL}", timeout=60).text)
    pictures = [data for name, data in told if name == "picture"]
    assert [one["replications"] for one in pictures] == [2, 6]
    assert [name for name, _ in told[-2:]] == ["done", "end"]
    scenario = load(ROOT / "scenarios" / "small_product.toml")
    result = sim.compare(scenario, ["kanban", "next-sprint"], replications=6)
    for policy in pictures[-1]["policies"]:
        for metric in ("points_per_sprint", "response_hours_mean", "response_sla"):
            assert policy["figures"][metric] == pytest.approx(
                list(result.figure(policy["name"], metric)), rel=1e-9
            )
        p50 = result.figure(policy["name"], "response_hours_p50", "severity 1")
        shown = policy["figures"]["response_hours_p50|severity 1"]
        expected = [None] * 3 if np.isnan(p50.mean) else pytest.approx(list(p50), rel=1e-9)
        assert shown == expected


def test_the_pinned_state_is_compared_path_by_path(server: Server) -> None:
    pin = "scenario%3Dsmall_product%26policy%3Dkanban%26policy%3Dnext-sprint"
    told = events(
        httpx.get(
            f"{server.url}api/compare?{SMALL}&set=teams.*.developers%3D%2B2&pin={pin}", timeout=60
        ).text
    )
    change = _last_picture(told)["policies"][0]["change"]["points_per_sprint"]
    mean, low, high = change["difference"]
    assert 0 < low < mean < high


def test_a_pinned_state_is_compared_policy_by_policy_whatever_their_order(server: Server) -> None:
    pin = "scenario%3Dsmall_product%26policy%3Dnext-sprint%26policy%3Dkanban"
    told = events(httpx.get(f"{server.url}api/compare?{SMALL}&pin={pin}", timeout=60).text)
    for policy in _last_picture(told)["policies"]:
        assert policy["change"]["points_per_sprint"]["difference"] == [0, 0, 0]
    pin = "scenario%3Dsmall_product%26policy%3Dkanban"
    told = events(httpx.get(f"{server.url}api/compare?{SMALL}&pin={pin}", timeout=60).text)
    kanban, other = _last_picture(told)["policies"]
    assert kanban["change"]["response_hours_mean"]["difference"] == [0, 0, 0]
    assert other["change"] is None


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("scenario=nowhere", "no scenario 'nowhere'"),
        ("set=people.unfamiliarty=1", "unfamiliarity"),
        ("set=people.unfamiliarity=1000", "people.unfamiliarity"),
        ("policy=kanbam", "kanban"),
        ("replications=1e9", "replications: must be a whole number"),
        ("seed=-1", "seed"),
        ("set=teams.*.developers=4000", "developers"),
        (
            "scenario=small_product&set=time.horizon_weeks=208&set=incidents.0.per_week=1900",
            "this page takes at most 2",
        ),
        ("lever=Nothing", "no such lever"),
        ("visitor=<script>", "visitor"),
    ],
)
def test_an_address_that_cannot_be_shown_is_refused_with_every_reason(
    query: str, words: str, server: Server
) -> None:
    visitor = "" if "visitor" in query else "&visitor=abcdefgh"
    answer = httpx.get(f"{server.url}api/compare?{query}{visitor}")
    assert answer.status_code == 400
    assert words in " ".join(answer.json()["reasons"])


def test_downloads_are_what_is_on_screen(server: Server) -> None:
    changed = f"{SMALL}&set=people.unfamiliarity%3D1.5"
    text = httpx.get(f"{server.url}api/scenario.toml?{changed}").content
    path = ROOT / "scenarios" / "small_product.toml"
    assert digest(from_text(text, "it")) == digest(load(path, ["people.unfamiliarity=1.5"]))
    table = httpx.get(f"{server.url}api/results.csv?{changed}", timeout=60).text.splitlines()
    assert len(table) == 1 + 2 * 6
    assert table[0].startswith("policy,replication,net_points_per_sprint")
    report = httpx.get(f"{server.url}api/report.html?{changed}", timeout=60).text
    assert "Small product, one team" in report
    assert "people.unfamiliarity=1.5" in report


def test_an_uploaded_scenario_is_shown_and_a_bad_one_told_all_its_faults(server: Server) -> None:
    good = (ROOT / "scenarios" / "small_product.toml").read_bytes()
    name = httpx.post(f"{server.url}api/upload", content=good).json()["scenario"]
    shown = httpx.get(f"{server.url}api/scenario?scenario={name}").json()
    assert shown["name"] == "Small product, one team"
    bad = httpx.post(f"{server.url}api/upload", content=b'name = "x"\n[[teams]]\nname = 3\n')
    assert bad.status_code == 400
    assert len(bad.json()["reasons"]) >= 2
    assert httpx.post(f"{server.url}api/upload", content=b"\xff\xfe").status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"x-large": "body"}, 413),
    ],
)
def test_other_hosts_other_sites_and_floods_are_refused(
    headers: dict[str, str], status: int, server: Server
) -> None:
    content = b"#" * (2 << 20) if status == 413 else b""
    answer = httpx.post(f"{server.url}api/upload", headers=headers, content=content)
    assert answer.status_code == status


def test_a_flood_without_a_stated_length_is_cut_off_in_words(server: Server) -> None:
    flood = (b"#" * 65_536 for _ in range(40))
    answer = httpx.post(f"{server.url}api/upload", content=flood)
    assert answer.status_code == 413
    assert "1 MiB" in answer.json()["reasons"][0]


def test_every_answer_forbids_what_is_not_the_pages_own(server: Server) -> None:
    answer = httpx.get(server.url)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    for text in (answer.text, *(p.read_text() for p in Path(ROOT / "sim/web/static").iterdir())):
        assert "https://" not in text
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")


def test_beyond_this_machine_a_token_is_asked_for() -> None:
    open_ = Server("--host", "0.0.0.0")
    try:
        port = open_.url.split(":")[2].split("/")[0]
        token = open_.url.split("token=")[1].split()[0]
        base = f"http://127.0.0.1:{port}/"
        assert httpx.get(base).status_code == 401
        assert httpx.get(open_.url).status_code == 200  # as it was printed, by address
        assert httpx.get(f"{base}?token=wrong").status_code == 401
        with httpx.Client() as client:
            assert client.get(f"{base}?token={token}").status_code == 200
            assert client.get(f"{base}api/scenarios").status_code == 200  # by the cookie
    finally:
        open_.stop()


SMALL_PRODUCT = load(bundled()["small_product"])


def test_a_policy_in_a_file_is_shown_and_the_command_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from sim.policy import INTERRUPT, Policy\n"
        "policy = Policy(id='mine', route=lambda incident, team, now, p: INTERRUPT)\n",
        encoding="utf-8",
    )
    library = Library(extra_policies=[from_file(str(file))])
    assert library.spoken(State("small_product"), SMALL_PRODUCT)[-2:] == [
        "unplanned-ticket",
        str(file),
    ]
    assert Library().spoken(State("small_product"), SMALL_PRODUCT) == []
    server = Server("--policy", str(file))
    try:
        asked = f"{server.url}api/compare?scenario=small_product&policy=mine&replications=4"
        told = events(httpx.get(f"{asked}&visitor=abcdefgh", timeout=60).text)
    finally:
        server.stop()
    picture = _last_picture(told)
    words = shlex.split(picture["command"])
    assert words[words.index("--policy") + 1] == str(file)
    out = tmp_path / "found.json"
    subprocess.run([sys.executable, "-m", *words, "--json", str(out)], cwd=ROOT, check=True)
    told_by_command = json.loads(out.read_text())
    [shown] = picture["policies"]
    assert shown["name"] == "mine"
    assert str(shown["figures"]["points_per_sprint"][0]) in out.read_text()
    assert told_by_command


def test_a_policy_of_the_scenarios_own_is_offered_and_its_numbers_are_sliders(
    server: Server,
) -> None:
    shown = httpx.get(f"{server.url}api/scenario?scenario=web_agency").json()
    assert shown["policies"][-1]["id"] == "hybrid"
    assert shown["policies"][-1]["title"] == "A guard for the worst, a reserve for the rest"
    keys = {control["key"] for control in shown["controls"]}
    assert {"policies.hybrid.set.share", "policies.hybrid.set.people"} <= keys
    asked = (
        f"{server.url}api/compare?scenario=web_agency&policy=hybrid&replications=4&visitor=abcdefgh"
    )
    as_it_is, changed = (
        _last_picture(events(httpx.get(asked + change, timeout=120).text))["policies"][0]["figures"]
        for change in ("", "&set=policies.hybrid.set.share%3D0.6")
    )
    assert changed["points_per_sprint"][0] < as_it_is["points_per_sprint"][0]


def test_the_story_of_an_incident_adds_up_and_ends_where_it_says(server: Server) -> None:
    """It was told as "waited 0 h for its answer: 96 h closed hours", of parts that ran to its end."""
    asked = "scenario=small_product&policy=kanban&shown=kanban&sprint=6&visitor=abcdefgh"
    told = httpx.get(f"{server.url}api/timeline?{asked}", timeout=60).json()["incidents"]
    assert told
    for sentence in told.values():
        whole = re.search(r"(?:ended|still open) after ([^:]*): (.*)$", sentence)
        assert whole, sentence
        parts = [re.match(r"(?:[\d,]+ (?:h|min|s) ?)+", part) for part in whole[2].split(", ")]
        assert _seconds(whole[1]) == sum(_seconds(part[0]) for part in parts if part)


def _seconds(words: str) -> int:
    """Of a stretch of time as it is told."""
    sizes = {"h": 3_600, "min": 60, "s": 1}
    found = re.findall(r"([\d,]+) (h|min|s)\b", words)
    return sum(int(amount.replace(",", "")) * sizes[unit] for amount, unit in found)


def test_exports_that_did_not_come_whole_are_refused(server: Server) -> None:
    for query, words in (
        ("", "did not come whole"),
        ("file=9:a.csv", "did not come whole"),
        ("file=x:a.csv", "expected BYTES:NAME"),
        ("&".join(["file=0:a.csv"] * 7), "more than 6 files"),
    ):
        answer = httpx.post(f"{server.url}api/exports?{query}", content=b"hello", timeout=60)
        assert answer.status_code == 400
        assert words in answer.json()["reasons"][0]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", "..", "/abs/a.csv", "a\\b.csv", "x" * 300]
)
def test_a_name_of_an_export_leads_nowhere(server: Server, name: str) -> None:
    content = b"number,opened\n1,2026-01-05 10:00\n"
    query = urlencode({"file": f"{len(content)}:{name}"})
    answer = httpx.post(f"{server.url}api/exports?{query}", content=content, timeout=60)
    assert answer.status_code in (200, 400)
    assert "/tmp" not in answer.text
    assert "etc/passwd" not in answer.text


def test_a_policy_that_was_composed_badly_is_told(server: Server) -> None:
    for own, words in (
        ("{ x = ", "own: is no table of TOML"),
        ("3", "own: expected the table of a policy with rules"),
        ('{ rules = [ { do = "dance" } ] }', "policies.ours.rules"),
        ("{ rules = [] }\nteams = []", "own"),
    ):
        query = urlencode({"scenario": "small_product", "own": own})
        answer = httpx.get(f"{server.url}api/scenario?{query}", timeout=60)
        assert answer.status_code == 400
        assert words in " ".join(answer.json()["reasons"])


def test_answers_that_make_no_team_are_told(server: Server) -> None:
    answer = httpx.get(f"{server.url}api/scenario?scenario=new:people=0", timeout=60)
    assert answer.json()["reasons"] == ["people: must be a whole number from 1 to 50 (got 0)"]
