"""The page in a real browser, as a coach uses it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.conftest import QUICK, ROOT, Server, settled, slide


def figure(page: Any, policy: str, metric: str) -> float:
    cell = page.locator(f'#table td[data-policy="{policy}"][data-metric="{metric}"]')
    return float(cell.get_attribute("data-value"))


def test_a_slider_changes_the_figure_it_should(page: Any) -> None:
    before = figure(page, "kanban", "points_per_sprint")
    slide(page, "teams.*.developers", "3")
    settled(page, 2)
    assert figure(page, "kanban", "points_per_sprint") > before
    slide(page, "teams.*.developers", "0")
    settled(page, 3)
    assert figure(page, "kanban", "points_per_sprint") == before


def words_of(page: Any, key: str) -> str:
    """What stands beside a slider, and what a screen reader says of it."""
    slider = page.locator(f"input[data-key='{key}']")
    told = slider.locator("xpath=ancestor::div[@class='control']//output").text_content()
    assert slider.get_attribute("aria-valuetext") == told
    return str(told)


def test_a_number_of_developers_is_told_as_what_results(page: Any, server: Server) -> None:
    assert words_of(page, "teams.*.developers") == "6 as it is"
    assert page.locator("#size").inner_text() == "6 developers, 52 weeks."
    slide(page, "teams.*.developers", "3")
    settled(page, 2)
    assert words_of(page, "teams.*.developers") == "+3 → 9"
    assert page.locator("#size").inner_text().startswith("9 developers (6 in the scenario as")
    slide(page, "teams.*.developers", "-2")
    assert words_of(page, "teams.*.developers") == "−2 → 4"
    assert words_of(page, "teams.*.focus") == "as it is"
    page.goto(f"{server.url}?scenario=service_desk&replications=2")
    settled(page, 1)
    assert words_of(page, "teams.*.developers") == "7 to 9 as it is"


def test_what_only_stories_cause_is_not_told_to_be_none(page: Any, server: Server) -> None:
    page.goto(f"{server.url}?scenario=web_agency&replications=2")
    settled(page, 1)
    key = 'incidents."regression defect".per_week'
    slider = page.locator(f"input[data-key='{key}']")
    assert words_of(page, key) == "only as stories cause them"
    assert "besides those that finished stories cause" in slider.get_attribute("title")
    slide(page, key, "2")
    assert words_of(page, key) == "2 a week"
    assert words_of(page, 'incidents."manual data fix".per_week') == "40 a week"
    slide(page, 'incidents."manual data fix".per_week', "0")
    assert words_of(page, 'incidents."manual data fix".per_week') == "0 a week"


def test_the_figures_are_those_of_the_copied_command(page: Any) -> None:
    slide(page, "people.sick_share", "0.1")
    settled(page, 2)
    words = shlex.split(page.locator("#command").inner_text())
    assert words[0] == "firelane"
    told = subprocess.run(
        [sys.executable, "-m", "firelane", *words[1:], "--json", "-"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for policy in json.loads(told.stdout)["policies"]:
        assert figure(page, policy["name"], "points_per_sprint") == pytest.approx(
            policy["delivery"]["points_per_sprint"]["mean"], rel=1e-9
        )
        assert figure(page, policy["name"], "response_hours_mean") == pytest.approx(
            policy["response"]["all"]["response_hours_mean"]["mean"], rel=1e-9
        )


def test_a_link_restores_the_state_and_back_goes_back(page: Any, browser: Any) -> None:
    slide(page, "people.unfamiliarity", "2")
    settled(page, 2)
    shown = figure(page, "kanban", "response_hours_mean")
    other = browser.new_page()
    other.goto(page.url)
    settled(other, 1)
    assert other.locator("input[data-key='people.unfamiliarity']").input_value() == "2"
    assert figure(other, "kanban", "response_hours_mean") == shown
    other.locator("#policies input[value=kanban]").uncheck()
    settled(other, 2)
    assert other.locator("#table tbody tr").count() == 2
    other.go_back()
    settled(other, 3)
    assert other.locator("#table tbody tr").count() == 3
    other.close()


def test_a_pinned_state_is_compared_with(page: Any) -> None:
    page.click("#pin")
    settled(page, 2)
    slide(page, "teams.*.developers", "2")
    settled(page, 3)
    assert page.locator("#tradeoff .arrow").count() >= 1
    cell = page.locator('#table td[data-policy="kanban"][data-metric="points_per_sprint"] .small')
    assert cell.inner_text().startswith("+")
    page.click("#unpin")
    settled(page, 4)
    assert page.locator("#tradeoff .arrow").count() == 0


def test_labels_never_cover_each_other(page: Any, browser: Any, server: Server) -> None:
    for width in (1280, 390):
        all_ = browser.new_page(viewport={"width": width, "height": 900})
        all_.goto(server.url + "?scenario=web_agency&replications=6")
        settled(all_, 1)
        boxes = [box.bounding_box() for box in all_.locator("#tradeoff [data-label]").all()]
        assert len(boxes) == 12, "eleven that ship, and the scenario's own"
        for n, a in enumerate(boxes):
            for b in boxes[:n]:
                apart = (
                    a["x"] + a["width"] <= b["x"] + 1
                    or b["x"] + b["width"] <= a["x"] + 1
                    or a["y"] + a["height"] <= b["y"] + 3
                    or b["y"] + b["height"] <= a["y"] + 3
                )
                assert apart, (width, a, b)
        all_.close()


def test_a_link_that_cannot_be_is_told_in_words_and_recovers(page: Any, server: Server) -> None:
    page.goto(server.url + QUICK + "&set=people.unfamiliarity=1000")
    page.wait_for_selector("#trouble li")
    assert "people.unfamiliarity" in page.locator("#trouble").inner_text()
    slide(page, "people.unfamiliarity", "2")
    page.wait_for_selector("body[data-done]")
    assert page.locator("#trouble li").count() == 0


def test_a_bad_file_shows_every_problem(page: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('name = "x"\n[[teams]]\nname = "A"\ndevelopers = 0\n[people]\nsick_share = 9\n')
    page.set_input_files("#file", bad)
    page.wait_for_selector("#trouble li")
    told = page.locator("#trouble").inner_text()
    assert "bad.toml cannot be used" in told
    assert "developers" in told
    assert "sick_share" in told


def drawn(page: Any, call: str = "") -> tuple[int, float]:
    """Of how many futures the newest picture is, and a figure of the table as it stands."""
    return tuple(
        page.evaluate(
            f"""() => {{ {call};
            const cell = document.querySelector("#table td[data-policy=kanban]");
            return [+document.body.dataset.replications, +cell.dataset.value]; }}"""
        )
    )


def of_futures(server: Server, count: int) -> float:
    """That figure of a picture of so many futures."""
    address = server.url + "api/compare" + QUICK.replace("=14", f"={count}") + "&visitor=another1"
    events = httpx.get(address, timeout=60).text.split("event: picture\ndata: ")
    shown = json.loads(events[-1].partition("\n")[0])
    [kanban] = [one for one in shown["policies"] if one["name"] == "kanban"]
    return kanban["figures"]["net_points_per_sprint"][0]


def test_what_is_not_known_is_drawn_after_the_picture_and_the_finding_says_it(page: Any) -> None:
    assert page.locator("#tradeoff .cloud").count() == 0  # too few futures for a look at each set
    page.fill("#replications", "80")
    page.press("#replications", "Tab")
    page.wait_for_selector("body[data-sets='40']", timeout=60_000)
    assert page.locator("#tradeoff .cloud").count() > 0
    assert "of 40 sets of assumptions" in page.locator("#certainty").inner_text()
    assert "what is not known" in page.locator("#tradeoff").text_content()
    command = page.locator("#command").inner_text()
    assert "--replications 80 --inputs 0" in command


@pytest.mark.parametrize(
    "way", ["scrolled to", pytest.param("stopped", marks=pytest.mark.long), "printed"]
)
def test_what_is_out_of_sight_is_drawn_before_anybody_sees_it(
    page: Any, server: Server, way: str
) -> None:
    page.fill("#replications", "1000")
    page.press("#replications", "Tab")
    page.wait_for_selector("body[data-replications='100'], body[data-replications='200']")
    if way == "scrolled to":
        page.locator("#table").scroll_into_view_if_needed()
        page.wait_for_timeout(300)
        count, found = drawn(page)
    elif way == "stopped":
        count, found = drawn(page, "document.getElementById('cancel').click()")
    else:
        count, found = drawn(page, "dispatchEvent(new Event('beforeprint'))")
    assert found == pytest.approx(of_futures(server, count), rel=1e-9)


def test_a_picture_is_never_drawn_as_of_another_scenario(page: Any) -> None:
    page.fill("#replications", "1000")
    page.press("#replications", "Tab")
    page.wait_for_selector("text=of 1000 random futures so far")
    page.route("**/api/compare*", lambda route: route.abort())
    page.select_option("#scenario", "bank")
    page.wait_for_selector("#trouble li")
    assert page.locator("#table tbody tr").count() == 3
    assert page.locator("#sums").inner_html() == ""  # the bank's money, of a product that has none


def test_stop_computing_stops(page: Any) -> None:
    page.fill("#replications", "1000")
    page.press("#replications", "Tab")
    page.wait_for_selector("text=of 1000 random futures so far")
    page.click("#cancel")
    page.wait_for_selector("text=Stopped at")
    before = page.locator("body").get_attribute("data-replications")
    page.wait_for_timeout(700)
    assert page.locator("body").get_attribute("data-replications") == before


def test_the_keyboard_alone_moves_a_slider_and_tells_an_incidents_story(page: Any) -> None:
    slider = page.locator("input[data-key='teams.*.developers']")
    slider.focus()
    page.keyboard.press("ArrowRight")
    settled(page, 2)
    assert "set=teams.*.developers%3D%2B1" in page.url
    page.fill("#sprint", "7")
    page.press("#sprint", "Tab")
    page.wait_for_selector("#timeline rect[tabindex]")
    page.locator("#timeline rect[tabindex]").first.focus()
    assert "severity" in page.locator("#story").inner_text()


def test_axe_finds_nothing_serious(page: Any, browser: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for width in (1280, 390):
        context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900})
        own = context.new_page()
        own.goto(page.url)
        settled(own, 1)
        found = axe.run(own).response["violations"]
        serious = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
        assert serious == [], [(v["id"], [n["html"][:150] for n in v["nodes"][:3]]) for v in found]
        context.close()


def test_a_phone_needs_no_sideways_scrolling(browser: Any, server: Server) -> None:
    phone = browser.new_page(viewport={"width": 390, "height": 800})
    phone.goto(server.url + QUICK)
    settled(phone, 1)
    assert phone.locator("body").evaluate("e => document.documentElement.scrollWidth") <= 390
    phone.close()


def test_a_server_that_is_gone_is_told_in_words(browser: Any) -> None:
    server = Server()
    try:
        page = browser.new_page()
        page.goto(server.url + QUICK)
        settled(page, 1)
    finally:
        server.stop()
    slide(page, "people.unfamiliarity", "2")
    page.wait_for_selector("#trouble li")
    assert "does not answer" in page.locator("#trouble").inner_text()
    page.close()


def test_net_value_is_shown_where_the_scenario_has_money(page: Any) -> None:
    assert not page.locator("#money").is_visible()
    page.select_option("#scenario", "bank")
    settled(page, 2)
    assert "is worth most" in page.locator("#worth").inner_text()
    cell = '#sums td[data-policy="kanban"][data-metric="net_value_per_sprint"]'
    before = float(page.locator(cell).get_attribute("data-value"))
    slide(page, "money.point_value", "1000")
    settled(page, 3)
    assert float(page.locator(cell).get_attribute("data-value")) > before
    page.select_option("#y", "net_value_per_sprint")
    page.select_option("#scenario", "small_product")
    settled(page, 4)
    assert page.input_value("#y") == "net_points_per_sprint"


def test_words_are_copied_where_a_browser_gives_no_clipboard(page: Any) -> None:
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.evaluate(
        "document.execCommand = () => { window.copied = document.getSelection().toString(); }"
    )
    page.locator("#copy-command").click()
    assert page.evaluate("window.copied").startswith("firelane compare small_product")
    assert page.locator("textarea").count() == 0
