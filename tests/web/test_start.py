"""From an empty page to a scenario of one's own: five sentences, or exports."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from sim.scenario.reading import bundled, load
from tests.calibrate.exporters import lived, servicenow
from tests.command import Firelane
from tests.web.conftest import Server, settled


@pytest.fixture
def empty(browser: Any, server: Server) -> Any:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.goto(server.url)
    page.wait_for_selector("#questions select")
    yield page
    assert page.troubles == []
    page.close()


def test_from_an_empty_page_to_the_first_picture_in_12_interactions_and_90_seconds(
    empty: Any, server: Server, firelane: Firelane, tmp_path: Path
) -> None:
    begun, interactions = time.monotonic(), 0
    for name, value in (("people", "5"), ("incidents", "8")):
        empty.fill(f"[data-answer={name}]", value)
        empty.press(f"[data-answer={name}]", "Tab")
        interactions += 2
    for name, value in (("sprint_weeks", "2"), ("tiny", "0.5")):
        empty.select_option(f"[data-answer={name}]", value)
        interactions += 1
    empty.get_by_role("button", name="Open what-if").click()
    interactions += 1
    empty.wait_for_selector("body[data-pictures]", timeout=60_000)
    assert time.monotonic() - begun < 90
    assert interactions <= 12
    settled(empty, 1)
    assert (
        "of 100 random futures" in empty.locator("#status").inner_text()
        or "100 random" in empty.locator("#status").inner_text()
    )
    # The same figures by command, with the file that the page gives.
    link = empty.locator("#toml").get_attribute("href")
    file = tmp_path / "scenario.toml"
    file.write_text(httpx.get(server.url + link[1:]).text, encoding="utf-8")
    told = firelane(
        "compare", file, "--replications", 100, "--inputs", 0, "--policy", "kanban", "--json", "-"
    )
    [kanban] = json.loads(told.out)["policies"]
    cell = empty.locator('#table td[data-policy="kanban"][data-metric="points_per_sprint"]')
    assert float(cell.get_attribute("data-value")) == pytest.approx(
        kanban["delivery"]["points_per_sprint"]["mean"], rel=1e-9
    )
    # A link to it leads there, on a server that has never seen it.
    assert "scenario=new%3Apeople%3D5" in empty.url


def test_a_first_look_comes_while_one_answers_and_says_it_is_no_more(empty: Any) -> None:
    empty.wait_for_selector("body[data-look]", timeout=60_000)
    assert "A first look from" in empty.locator("#first-look").inner_text()
    empty.fill("[data-answer=people]", "999")
    empty.press("[data-answer=people]", "Tab")
    empty.wait_for_selector("text=people: must be a whole number from 1 to 50")


def test_exports_are_read_in_place_and_what_is_to_be_confirmed_is_asked(
    empty: Any, tmp_path: Path
) -> None:
    file = servicenow(lived(load(bundled()["small_product"]), 3), tmp_path / "tickets.csv")
    empty.locator("#start-way input[value=exports]").check(force=True)
    empty.set_input_files("#exports", file)
    empty.wait_for_selector("body[data-read]", timeout=60_000)
    told = empty.locator("#read").inner_text()
    for heading in ("Please confirm", "Read:", "Assumed:"):
        assert heading in told
    assert empty.locator("#read .control[data-key*='developers']").count() >= 1
    empty.get_by_role("button", name="Compare the policies").click()
    settled(empty, 1)
    assert "scenario=upload-" in empty.url


def test_what_cannot_be_read_is_told_beside_the_drop(empty: Any, tmp_path: Path) -> None:
    bad = tmp_path / "notes.csv"
    bad.write_text("hello\nworld\n")
    empty.locator("#start-way input[value=exports]").check(force=True)
    empty.set_input_files("#exports", bad)
    empty.wait_for_selector("text=That could not be read")
    assert (
        "no column is known to hold when a ticket was opened" in empty.locator("#read").inner_text()
    )


def test_help_and_words_are_on_the_page(empty: Any) -> None:
    empty.click("#help-open")
    told = empty.locator("#help").inner_text()
    assert "Firelane" in told
    assert "A way of carrying support" in told
