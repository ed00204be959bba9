"""`--event` in every command that changes a scenario: it happens, and what cannot be is said."""

from __future__ import annotations

import json

import pytest

from sim.report.reproduction import command_of
from tests.command import Firelane

QUICK = ["--replications", 2, "--workers", 1, "--set", "time.horizon_weeks=8"]
NEXT = ["--policy", "next-sprint"]

OUTAGE = ["--event", "week 3 Thu 16:00 production outage at Mobile"]
AWAY = ["--event", "week 3: 2 of Checkout away"]


def points(out: str) -> float:
    [policy] = json.loads(out)["policies"]
    return float(policy["delivery"]["points_per_sprint"]["mean"])


def test_compare_lets_it_happen_in_every_replication(firelane: Firelane) -> None:
    """Six of seven away for all the weeks that are measured: a seventh is delivered, or a little more."""
    absent = [
        part
        for team in ("Checkout", "Catalogue", "Accounts", "Reporting", "Mobile")
        for part in ("--event", f"week 1-4: 6 of {team} away")
    ]
    usual = firelane("compare", "web_agency", *QUICK, *NEXT, "--json", "-")
    happens = firelane("compare", "web_agency", *QUICK, *NEXT, *absent, "--json", "-")
    assert (usual.status, happens.status) == (0, 0)
    assert points(happens.out) < 0.4 * points(usual.out)


def test_a_trace_tells_what_happens_at_its_minute(firelane: Firelane) -> None:
    """The third week that is measured is the one of number 6, as four are not and they count from 0."""
    result = firelane("trace", "web_agency", "next-sprint", *QUICK[4:], *OUTAGE, *AWAY)
    assert result.status == 0
    lines = [line for line in result.out.splitlines() if line.startswith("week  6 ")]
    [opens] = [line for line in lines if "Thu 16:00:00" in line and "opens" in line]
    assert "production outage" in opens
    assert "Mobile" in opens
    away = [line for line in lines if "Mon 00:00:00" in line and "is away" in line]
    assert {f"developer {n}, Checkout" for n in (0, 1)} <= {
        line.rpartition("[")[2].rstrip("]") for line in away
    }


def test_a_report_says_how_to_let_it_happen_again() -> None:
    arguments = ["compare", "web_agency", *OUTAGE, "--html", "report.html"]
    assert (
        command_of(arguments)
        == "firelane compare web_agency --event 'week 3 Thu 16:00 production outage at Mobile'"
    )


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("Thu 16:00 production outge", "'production outge' is no kind here; nearest known: production outage"),
        ("Thu 16:00 production outage at Mobil", "'Mobil' is no team here; nearest known: Mobile"),
        ("week 9 Thu 16:00 production outage", "must lie in the 4 weeks that are measured"),
        ("week 0 Thu 16:00 production outage", "weeks count from 1"),
        ("week 2: 8 of Mobile away", "Mobile has 7, and cannot miss 8"),
        ("16:00 production outage", 'an incident must open at a moment, such as "week 3 Thu 16:00"'),
        ("all is well", 'must be such as "Thu 16:00 production outage"'),
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_is_refused_in_words(
    event: str, expected: str, firelane: Firelane
) -> None:
    result = firelane("compare", "web_agency", *QUICK, "--event", event)
    assert (result.status, result.out) == (2, "")
    assert "events.0: " in result.err
    assert expected in " ".join(result.err.split())
    assert event in " ".join(result.err.split())
