"""One sprint under two policies, played on the page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from sim.measures.parting import first_parting
from sim.measures.run import run
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import bundled, changed, load
from tests.web.conftest import Server, until

ADDRESS = "?view=play&scenario=web_agency&a=interrupt-anyone&b=reserved-buffer&sprint=1"


@pytest.fixture
def game(browser: Any, server: Server) -> Any:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.goto(server.url + ADDRESS)
    page.wait_for_selector("body[data-played]", timeout=60_000)
    yield page
    assert page.troubles == []
    page.close()


def asked(server: Server, **more: object) -> dict[str, Any]:
    query = {
        "scenario": "web_agency",
        "a": "interrupt-anyone",
        "b": "reserved-buffer",
        "sprint": 1,
    } | more
    answer = httpx.get(f"{server.url}api/play?{urlencode(query, doseq=True)}", timeout=60)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


# ---- what is sent ------------------------------------------------------------------------------------


def test_both_stories_add_up_to_the_second(server: Server) -> None:
    found = asked(server)
    assert found["incidents"]
    for incident in found["incidents"]:
        for story in filter(None, incident["stories"]):
            whole = story["stretches"]
            ends = story["ended"] if story["ended"] is not None else whole[-1]["to"]
            assert sum(story["until_end_seconds"].values()) == ends - story["opened"]
            if story["started"] is not None:
                answered = story["started"] - story["opened"]
                assert sum(story["until_answer_seconds"].values()) == answered


def test_the_parting_is_that_of_the_two_traces(server: Server) -> None:
    scenario = changed(load(bundled()["web_agency"]), ["time.warmup_weeks=0"])
    path = sample_path(scenario, 1, 0)
    parting = first_parting(run(path, "interrupt-anyone"), run(path, "reserved-buffer"))
    assert parting is not None
    assert asked(server)["parting"]["seconds"] == parting.time


def test_a_card_changes_nothing_on_the_board_before_its_moment(server: Server) -> None:
    plain = asked(server)
    card = asked(server, event="week 3 Thu 10:00 production outage at Checkout")
    at = ((2 * 7 + 3) * 24 + 10) * 3600
    for before, after in zip(plain["boards"], card["boards"], strict=True):
        for name in ("done", "interrupted"):
            early = [[e for e in board[name] if e["time"] < at] for board in (before, after)]
            assert early[0] == early[1]
        ended = [[s for s in board["stints"] if s["to"] < at] for board in (before, after)]
        assert ended[0] == ended[1]
    assert len(card["incidents"]) >= len(plain["incidents"])
    assert plain["boards"] != card["boards"]


def test_the_command_tells_the_same_story(server: Server) -> None:
    assert asked(server)["command"].startswith(
        "firelane story web_agency interrupt-anyone reserved-buffer --set"
    )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"team": 99}, "there are 5 teams and 26 sprints"),
        ({"sprint": 99}, "there are 5 teams and 26 sprints"),
        ({"sprint": "x"}, "sprint: must be a whole number"),
        ({"event": "week 3 Thu 10:00 nothing"}, "'nothing' is no kind here"),
        ({"event": ["Thu 10:00 production outage"] * 21}, "at most 20"),
        ({"a": "kanbam"}, "nearest known: kanban"),
    ],
)
def test_a_play_that_cannot_be_is_told(server: Server, more: dict[str, object], words: str) -> None:
    query = {"scenario": "web_agency", "a": "interrupt-anyone", "b": "reserved-buffer"} | more
    answer = httpx.get(f"{server.url}api/play?{urlencode(query, doseq=True)}", timeout=60)
    assert answer.status_code == 400
    assert words in " ".join(answer.json()["reasons"])


# ---- what is seen ------------------------------------------------------------------------------------


def points(page: Any) -> list[str]:
    return page.locator("#sides .done").all_inner_texts()


def test_the_room_guesses_first_and_the_answer_stays_hidden_until_the_end(game: Any) -> None:
    assert points(game) == ["0", "0"]
    assert game.locator("#play-said").count() == 0
    for _ in range(3):
        game.get_by_label("Interrupt anyone: one more").click()
    game.get_by_label("Reserve: one more").click()
    assert "votes=3-0-1" in game.url
    game.get_by_role("button", name="3 Result").click()
    told = game.locator("#play-below").inner_text()
    assert "The room guessed: Interrupt anyone 3, about the same 0, Reserve 1." in told
    game.wait_for_selector("text=One sprint proves nothing. Of 155 others")
    assert points(game) != ["0", "0"]
    game.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert "The room guessed" in game.locator("#handout").text_content()
    assert game.locator("#handout .stint").count() > 20
    assert game.locator("#handout .cover").count() == 0


def test_it_plays_at_30_frames_a_second(game: Any) -> None:
    game.click("#play-run")
    until(game, "+document.body.dataset.frames > 60", 20)
    assert float(game.evaluate("document.body.dataset.fps")) >= 30
    game.click("#play-run")
    still = game.locator("#clock").inner_text()
    game.wait_for_timeout(200)
    assert game.locator("#clock").inner_text() == still


def test_step_scrub_and_the_first_parting(game: Any) -> None:
    game.locator("nav [data-view=play]").focus()
    before = game.locator("#clock").inner_text()
    game.click("#play-on")
    assert game.locator("#clock").inner_text() != before
    game.click("#play-back")
    assert game.locator("#clock").inner_text() == before
    game.click("#parting")
    until(game, "document.getElementById('clock').textContent.startsWith('Mon 09:00, week 1')")
    assert game.locator(".parting").count() == 1
    assert "sprint=1" not in game.url  # it lies in the first sprint: there it leads


def test_an_incident_pointed_at_is_told_on_both_sides(game: Any) -> None:
    game.get_by_role("button", name="3 Result").click()
    game.locator(".dot").nth(3).focus()
    game.keyboard.press("Enter")
    assert game.locator("#fate .fate-row").count() == 2
    assert "incident=" in game.url
    told = game.locator("#fate").inner_text()
    assert "Interrupt anyone" in told
    assert "Reserve" in told
    first = game.locator("#fate").get_attribute("data-incident")
    game.get_by_label("The next incident").click()
    assert game.locator("#fate").get_attribute("data-incident") != first
    assert game.locator(f"#board .pointed[data-incident='{first}']").count() == 0


def test_an_event_card_is_thrown_in_at_the_clocks_moment_and_taken_out_again(game: Any) -> None:
    game.locator("#scrub").evaluate("e => { e.value = 400; e.dispatchEvent(new Event('input')); }")
    clock = game.locator("#clock").inner_text()
    game.locator("#cards .event").first.click()
    until(game, "document.body.dataset.played === '2'")
    assert "event=week+3" in game.url
    assert game.locator("#clock").inner_text() == clock
    game.get_by_label("Take out:").click()
    until(game, "document.body.dataset.played === '3'")
    assert "event=" not in game.url


def test_a_link_brings_sides_team_sprint_and_incident(game: Any, browser: Any) -> None:
    game.locator("#play-pick select").nth(2).select_option("2")
    until(game, "document.body.dataset.played === '2'")
    other = browser.new_page()
    other.goto(game.url)
    other.wait_for_selector("body[data-played]", timeout=60_000)
    assert other.locator("#play-pick select").nth(2).input_value() == "2"
    assert other.locator("#board svg").get_attribute("aria-label") == game.locator(
        "#board svg"
    ).get_attribute("aria-label")
    other.close()
    game.go_back()
    until(game, "document.querySelectorAll('#play-pick select')[2].value === '0'")


def test_a_replayed_log_opens_on_a_sprint_that_is_there(browser: Any, server: Server) -> None:
    page = browser.new_page()
    page.goto(f"{server.url}?view=play&scenario=service_desk")
    page.wait_for_selector("body[data-played]", timeout=60_000)
    assert page.locator("#board .stint").count() > 20
    page.close()
