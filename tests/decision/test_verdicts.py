"""Whatever a decision comes to, its page says so first."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.command import Firelane
from tests.decision.conftest import SCENARIO

NO_RANGES = SCENARIO.partition("[ranges]")[0].replace("horizon_weeks = 40", "horizon_weeks = 20")


def decided(firelane: Firelane, folder: Path, text: str, *options: str) -> tuple[str, Any]:
    scenario, page = folder / "own.toml", folder / "page.html"
    scenario.write_text(text, "utf-8")
    done = firelane(
        "decide", scenario, "--html", page, "--workers", 1, "--replications", 80, *options
    )
    assert done.status == 0, done.err
    heading = re.search(r"<h1>(.*?)</h1>", page.read_text("utf-8"), re.S)
    assert heading
    return heading[1], json.loads(page.with_suffix(".json").read_text("utf-8"))


def test_who_cannot_keep_up_is_told_so_and_which_two_figures_to_give(
    firelane: Firelane, tmp_path: Path
) -> None:
    text = NO_RANGES.replace("per_week = 9", "per_week = 900")
    heading, found = decided(firelane, tmp_path, text)
    assert found["verdict"] == "overloaded"
    assert "No policy can keep up" in heading
    assert "Give these two first: the hands-on hours of an incident" in heading
    assert "settled before it reaches a team" in heading
    assert found["overload"]["share"] > 1


def test_without_incidents_there_is_nothing_to_decide(firelane: Firelane, tmp_path: Path) -> None:
    text = NO_RANGES.replace("per_week = 9", "per_week = 0").replace(
        "per_week = 0.8", "per_week = 0"
    )
    heading, found = decided(firelane, tmp_path, text)
    assert found["verdict"] == "nothing"
    assert "There is nothing to decide" in heading


def test_a_promise_that_nobody_can_keep_is_said_to_be_one(
    firelane: Firelane, tmp_path: Path
) -> None:
    heading, found = decided(
        firelane, tmp_path, NO_RANGES, "--require", "response_sla >= 0.999",
        "--policy", "next-sprint", "--policy", "reserved-buffer",
    )  # fmt: skip
    assert found["verdict"] == "broken"
    assert heading.startswith("No policy keeps what is required")


def test_one_policy_alone_is_no_choice(firelane: Firelane, tmp_path: Path) -> None:
    heading, found = decided(firelane, tmp_path, NO_RANGES, "--policy", "interrupt-anyone")
    assert found["verdict"] == "alone"
    assert heading.startswith("Only Interrupt anyone was looked at")


def test_names_with_html_in_them_are_shown_and_never_run(
    firelane: Firelane, tmp_path: Path
) -> None:
    text = NO_RANGES.replace('"Harbour Goods"', '"</script><script>alert(1)</script>"')
    text = text.replace('"Checkout"', '"<img src=x onerror=alert(1)>"')
    decided(firelane, tmp_path, text, "--policy", "next-sprint", "--policy", "interrupt-anyone")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_money_takes_the_place_of_promises_and_stands_on_the_page(
    firelane: Firelane, tmp_path: Path
) -> None:
    text = NO_RANGES + '[money]\npoint_value = 400\ncurrency = "EUR"\n'
    text = text.replace("severity = 3", "severity = 3\ncost_per_open_hour = 20")
    _, found = decided(
        firelane, tmp_path, text, "--policy", "next-sprint", "--policy", "interrupt-anyone"
    )
    assert found["requirements"] == []
    [worth] = [own for own in found["figures"] if own["figure"] == "net_value_per_sprint"]
    assert worth["proposed"] > worth["today"]
    assert "Net worth a year" in (tmp_path / "page.html").read_text("utf-8")


def test_who_is_as_good_as_any_is_told_to_stay(firelane: Firelane, tmp_path: Path) -> None:
    heading, found = decided(
        firelane, tmp_path, NO_RANGES, "--today", "interrupt-anyone",
        "--policy", "interrupt-anyone", "--policy", "next-sprint",
    )  # fmt: skip
    assert found["verdict"] == "stay"
    assert heading.startswith("Stay with Interrupt anyone")
    assert found["changeover"] is None
    assert found["pilot"] is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["nowhere.csv"], "nowhere.csv: no such file"),
        (["web_agency", "--require", "speed >= 3"], "no figure 'speed'"),
        (["web_agency", "--today", "nobody"], "nobody"),
    ],
)
def test_what_cannot_be_decided_on_is_refused_in_words(
    firelane: Firelane, options: list[str], said: str
) -> None:
    done = firelane("decide", *options)
    assert done.status == 2
    assert said in done.err
