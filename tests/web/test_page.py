"""What if, in a real browser, as a coach uses it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.conftest import QUICK, ROOT, Server, control, settled, slide, until


def figure(page: Any, policy: str, metric: str) -> float:
    cell = page.locator(f'#table td[data-policy="{policy}"][data-metric="{metric}"]')
    return float(cell.get_attribute("data-value"))


def shown(page: Any, key: str) -> str:
    """What stands there, as people read it."""
    return str(
        page.locator(f"#controls .control[data-key='{key}']").evaluate(
            "e => e.querySelector('.value').hidden ? e.querySelector('input').value : e.querySelector('.value').textContent"
        )
    )


# ---- controls ----------------------------------------------------------------------------------------


def test_a_control_changes_the_figure_it_should_and_was_puts_it_back(page: Any) -> None:
    before = figure(page, "kanban", "points_per_sprint")
    slide(page, "teams.*.developers", "9")
    settled(page, 2)
    assert figure(page, "kanban", "points_per_sprint") > before
    was = page.locator("#controls .control[data-key='teams.*.developers'] .was")
    assert was.inner_text() == "was 6 people ↺"
    assert page.locator("#size").inner_text().startswith("9 developers (6 in the scenario as")
    was.click()
    settled(page, 3)
    assert figure(page, "kanban", "points_per_sprint") == before
    assert was.is_hidden()


def test_values_between_the_steps_are_shown_as_they_are(page: Any, server: Server) -> None:
    assert shown(page, "policies.kanban.wip_limit") == "1.5"  # was "160 %"
    page.goto(
        f"{server.url}{QUICK}&set=people.sick_share%3D0.0123&set=interruptions.resume_minutes%3D13.37"
    )
    settled(page, 1)
    assert shown(page, "people.sick_share") == "1.23 %"
    assert shown(page, "interruptions.resume_minutes") == "13.37"
    page.locator("#controls details:has([data-key='people.sick_share']) summary").click()
    control(page, "people.sick_share").press("ArrowRight")
    settled(page, 2)
    assert shown(page, "people.sick_share") == "1.5 %"  # the next round place, not 1.73


def test_shares_of_a_bundled_scenario_are_told_as_they_stand(page: Any, server: Server) -> None:
    page.goto(
        f"{server.url}?scenario=web_agency&replications=2&set=policies.reserved-buffer.share%3D0.35"
    )
    settled(page, 1)
    assert shown(page, "policies.reserved-buffer.share") == "35 %"  # was shown as 50 %
    assert shown(page, "policies.adaptive-rotation.useful") == "60 %"
    key = 'incidents."regression defect".per_week'
    stepper = page.locator(f"#controls .control[data-key='{key}']")
    assert "only as stories cause them" in stepper.text_content()


def test_a_log_that_is_replayed_leaves_no_rate_to_move(page: Any, server: Server) -> None:
    page.goto(f"{server.url}?scenario=service_desk&replications=2&policy=kanban")
    settled(page, 1)
    assert page.locator("#controls [data-key*='per_week'][data-key^='incidents']").count() == 0
    assert shown(page, "teams.*.developers") == "7 to 9 people"


def test_raw_names_of_parameters_are_nowhere_on_the_desk(page: Any) -> None:
    words = page.locator("#controls").text_content()
    for raw in (
        "wip_limit",
        "wip limit",
        "preempt",
        "exempt",
        "of_organisation",
        "0 switch",
        "1 severity",
    ):
        assert raw not in words, raw
    assert "Begun at once by a person" in words
    assert "Interrupts at once, from" in words


def test_moving_what_a_policy_does_not_use_leaves_its_figures_as_they_are(page: Any) -> None:
    row = page.locator("#table tbody tr", has_text="Next sprint")
    before = row.inner_html()
    page.locator("#controls details:has([data-key='policies.kanban.wip_limit'])").evaluate(
        "e => { e.open = true; }"
    )
    slide(page, "policies.kanban.wip_limit", "3")
    settled(page, 2)
    assert row.inner_html() == before


def test_back_takes_back_each_move_and_a_drag_is_one(page: Any) -> None:
    slider = control(page, "incidents.*.per_week")
    begun = page.evaluate("history.length")
    for value in ("1.3", "1.6", "2"):  # three drags, each over many places
        slider.evaluate(
            "(e, v) => { for (const at of [1.1, 1.2, v]) { e.value = at; e.dispatchEvent(new Event('input')); } e.dispatchEvent(new Event('change')); }",
            value,
        )
    assert page.evaluate("history.length") == begun + 3
    told = []
    for _ in range(3):
        told.append(page.evaluate("new URLSearchParams(location.search).getAll('set').join()"))
        page.go_back()
    assert len(set(told)) == 3
    until(page, "!location.search.includes('set=')")


# ---- finding and figures -----------------------------------------------------------------------------


def test_the_figures_are_those_of_the_copied_command(page: Any) -> None:
    slide(page, "people.sick_share", "0.1")
    settled(page, 2)
    words = shlex.split(page.locator("#command").text_content())
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


def test_the_finding_names_focus_and_reference_from_the_first_picture_to_the_last(
    page: Any,
) -> None:
    page.evaluate(
        """() => { window.heard = new Set(); new MutationObserver(() => { const words = document.getElementById("finding");
        if (!document.body.classList.contains("stale")) window.heard.add([...words.querySelectorAll(".word")].map(e => e.textContent).join("|")); })
        .observe(document.getElementById("finding"), { childList: true }); }"""
    )
    page.locator("#more [role=tab]", has_text="All figures").click()
    slide(page, "people.sick_share", "0.08")
    settled(page, 2)
    assert page.evaluate("[...window.heard]") == ["Interrupt anyone|Next sprint"]
    page.locator("#chips .chip", has_text="Kanban").click()
    settled(page, 3)
    assert page.locator("#finding").inner_text().startswith("With Kanban, a first answer takes")
    page.get_by_label("Make Kanban the reference").evaluate("e => e.click()")
    assert (
        "ref=next-sprint" in page.url or page.get_by_label("Make Kanban the reference").is_hidden()
    )


def test_a_link_restores_everything_and_back_goes_back(page: Any, browser: Any) -> None:
    slide(page, "people.unfamiliarity", "2")
    settled(page, 2)
    page.locator("#chips .chip", has_text="Kanban").click()
    settled(page, 3)
    page.click("#present")
    value = figure(page, "kanban", "response_hours_mean")
    other = browser.new_page()
    other.goto(page.url)
    settled(other, 1)
    assert shown(other, "people.unfamiliarity") == "2"
    assert figure(other, "kanban", "response_hours_mean") == value
    assert other.locator("body.present").count() == 1
    assert other.locator("#finding").inner_text() == page.locator("#finding").inner_text()
    other.keyboard.press("Escape")
    other.locator("#policies input[value=kanban]").evaluate("e => e.click()")
    until(other, "document.querySelectorAll('#table tbody tr').length === 2")
    other.go_back()
    until(other, "document.querySelectorAll('#table tbody tr').length === 3")
    other.close()


def test_before_is_kept_beside_the_chart_with_its_differences_only(page: Any) -> None:
    page.click("#pin")
    settled(page, 2)
    slide(page, "teams.*.developers", "8")
    settled(page, 3)
    assert page.locator("#before").inner_text().startswith("Before: developers in a team 6 people")
    assert page.locator("#before").bounding_box()["y"] < 300  # was 2,780 px down a side bar
    assert page.locator("#tradeoff .trail").count() >= 1
    assert page.locator("#finding").inner_text().startswith("Now, with")
    cell = page.locator('#table td[data-policy="kanban"][data-metric="points_per_sprint"] .small')
    assert cell.text_content().startswith("+")
    page.click("#unpin")
    settled(page, 4)
    assert page.locator("#tradeoff .trail").count() == 0


def test_axes_move_only_on_request(page: Any) -> None:
    ticks = "() => [...document.querySelectorAll('#tradeoff .tick')].map(e => e.textContent + e.getAttribute('x') + e.getAttribute('y')).join()"
    before = page.evaluate(ticks)
    slide(page, "interruptions.resume_minutes", "60")
    settled(page, 2)
    assert page.evaluate(ticks) == before
    page.click("#fit")
    assert page.evaluate(ticks) != before


def test_what_is_not_known_is_drawn_as_clouds_and_the_details_say_it(page: Any) -> None:
    assert page.locator("#tradeoff .cloud").count() == 0  # too few futures for a look at each set
    page.evaluate(
        "() => { const e = document.getElementById('replications'); e.value = 80; e.onchange(); }"
    )
    page.wait_for_selector("body[data-sets='40']")
    assert page.locator("#tradeoff .cloud").count() > 0
    assert "of 40 sets of assumptions" in page.locator("#certainty").inner_text()
    assert "--replications 80 --inputs 0" in page.locator("#command").text_content()


def test_a_policy_of_ones_own_is_composed_compared_and_downloaded(
    page: Any, server: Server
) -> None:
    page.locator("#compose").click()
    page.locator("#composer input").first.fill("Outages first")
    page.locator("#composer button[type=submit]").click()
    settled(page, 2)
    assert (
        page.locator("#finding").inner_text().startswith("With Outages first, a first answer takes")
    )
    text = httpx.get(server.url + page.locator("#toml").get_attribute("href")[1:]).text
    assert "[policies.ours]" in text
    assert "firelane compare scenario.toml" in page.locator("#command").text_content()


def test_tuned_sets_each_policy_and_as_set_takes_it_back(page: Any, server: Server) -> None:
    page.goto(
        f"{server.url}?scenario=small_product&policy=reserved-buffer&policy=next-sprint&replications=14"
    )
    settled(page, 1)
    page.locator("#tuned input[value='1']").check(force=True)
    page.wait_for_selector("text=Tuned: most delivered")
    assert "tuned=1" in page.url
    page.locator("#tuned input[value='']").check(force=True)
    until(page, "!location.search.includes('tuned') && !location.search.includes('set=')")


def test_money_is_shown_where_there_is_a_price_and_one_can_be_named(page: Any) -> None:
    page.locator("[role=tab]", has_text="Money").click()
    page.fill("#price-value", "400")
    page.click("#price button")
    page.wait_for_selector(
        '#sums td[data-policy="kanban"][data-metric="net_value_per_sprint"]', timeout=20_000
    )
    assert page.locator("#price").is_hidden()
    page.select_option("#scenario", "bank")
    until(page, "document.getElementById('worth').textContent.includes('is worth most')")


# ---- honest while it computes, and after errors ------------------------------------------------------


def test_nothing_of_another_scenario_is_shown_as_this_ones(page: Any) -> None:
    page.route("**/api/compare*", lambda route: route.abort())
    page.select_option("#scenario", "bank")
    page.wait_for_selector("#trouble li")
    assert page.locator("#tradeoff svg").count() == 0
    assert page.locator("#table tbody tr").count() == 0
    assert page.locator("#finding").inner_text() == "There is no picture of this."
    assert "omputing" not in page.locator("#live").inner_text().replace("Stop computing", "")


def test_while_it_computes_the_last_picture_is_faint_and_no_text_stands_at_full_strength(
    page: Any,
) -> None:
    page.route("**/api/compare*", lambda route: None)  # never answered
    slide(page, "people.unfamiliarity", "2")
    page.wait_for_selector("body.stale")
    for part in ("#finding", "#tradeoff", "#more"):
        assert float(page.locator(part).evaluate("e => getComputedStyle(e).opacity")) == 0.4
    assert page.locator("#status").inner_text() == "Computing…"


def test_a_link_that_cannot_be_is_told_in_words_and_nothing_claims_to_compute(
    page: Any, server: Server
) -> None:
    page.goto(server.url + QUICK + "&set=people.unfamiliarity=1000")
    page.wait_for_selector("#trouble li")
    assert "people.unfamiliarity" in page.locator("#trouble").inner_text()
    assert page.locator("#finding").inner_text() == "There is no picture of this."
    assert page.locator("#status").inner_text() == ""
    slide(page, "people.unfamiliarity", "2")
    page.wait_for_selector("body[data-done]")
    assert page.locator("#trouble li").count() == 0
    page.goto(server.url + "?scenario=nowhere")
    page.wait_for_selector("#trouble li")
    assert page.locator("#finding").inner_text() == "There is no picture of this."


def test_a_bad_file_shows_every_problem(page: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('name = "x"\n[[teams]]\nname = "A"\ndevelopers = 0\n[people]\nsick_share = 9\n')
    page.locator("nav [data-view=start]").click()
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
    found = json.loads(events[-1].partition("\n")[0])
    [kanban] = [one for one in found["policies"] if one["name"] == "kanban"]
    return kanban["figures"]["net_points_per_sprint"][0]


MANY = "() => { const e = document.getElementById('replications'); e.value = 1000; e.onchange(); }"


@pytest.mark.parametrize(
    "way", ["opened", pytest.param("stopped", marks=pytest.mark.long), "printed"]
)
def test_what_is_out_of_sight_is_drawn_before_anybody_sees_it(
    page: Any, server: Server, way: str
) -> None:
    page.evaluate(MANY)
    page.wait_for_selector("body[data-replications='100'], body[data-replications='200']")
    if way == "opened":
        page.locator("[role=tab]", has_text="All figures").click()
        page.locator("#table").scroll_into_view_if_needed()
        page.wait_for_timeout(300)
        count, found = drawn(page)
    elif way == "stopped":
        count, found = drawn(page, "document.getElementById('cancel').click()")
    else:
        count, found = drawn(page, "dispatchEvent(new Event('beforeprint'))")
    assert found == pytest.approx(of_futures(server, count), rel=1e-9)


def test_stop_computing_stops(page: Any) -> None:
    page.evaluate(MANY)
    page.wait_for_selector("text=of 1000 random futures so far")
    page.click("#cancel")
    page.wait_for_selector("text=Stopped at")
    before = page.locator("body").get_attribute("data-replications")
    page.wait_for_timeout(700)
    assert page.locator("body").get_attribute("data-replications") == before


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


# ---- leaving -----------------------------------------------------------------------------------------


def test_links_and_commands_are_copied_where_a_browser_gives_no_clipboard(page: Any) -> None:
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.evaluate(
        "document.execCommand = () => { window.copied = document.getSelection().toString(); return true; }"
    )
    page.click("#share")
    page.wait_for_selector("text=Link copied")
    assert page.evaluate("window.copied") == page.url
    page.evaluate("document.getElementById('copy-command').click()")
    page.wait_for_selector("text=Command copied")
    assert page.evaluate("window.copied").startswith("firelane compare small_product")
    assert page.locator("textarea").count() == 0


def test_the_handout_is_one_page_of_a4(page: Any) -> None:
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type/Page/") == 1
    told = page.locator("#handout").text_content()
    assert page.locator("#finding").text_content() in told
    assert "scenario=small_product" in told
    assert page.locator("#handout svg").count() == 1


def test_a_link_that_is_shared_has_the_token_and_the_handout_has_not(browser: Any) -> None:
    offered = Server("--host", "0.0.0.0")
    try:
        page = browser.new_page()
        page.goto(f"{offered.url}&{QUICK[1:]}")
        settled(page, 1)
        page.evaluate(
            "() => { Object.defineProperty(navigator, 'clipboard', { value: undefined }); "
            "document.execCommand = () => { window.copied = document.getSelection().toString(); return true; }; }"
        )
        page.click("#share")
        page.wait_for_selector("text=Link copied")
        link = page.evaluate("window.copied")
        assert httpx.get(link).status_code == 200
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert "token" not in page.locator("#handout").text_content()
        page.close()
    finally:
        offered.stop()


def test_the_keyboard_alone_reaches_and_moves_everything(page: Any) -> None:
    slider = control(page, "incidents.*.per_week")
    slider.focus()
    page.keyboard.press("ArrowRight")
    settled(page, 2)
    assert "incidents.*.per_week" in page.evaluate("decodeURIComponent(location.search)")
    page.locator("#finding .word").first.focus()
    page.keyboard.press("Enter")
    assert "Whoever is best placed" in page.locator("#meaning").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("#meaning").is_hidden()
    before = page.locator("#finding").inner_text()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    settled(page, 3)
    assert page.locator("#finding").inner_text() != before
    page.keyboard.press("b")
    settled(page, 4)
    assert page.locator("#before").is_visible()


def test_a_phone_has_one_control_in_reach_and_all_in_a_sheet(browser: Any, server: Server) -> None:
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    phone.goto(server.url + QUICK)
    settled(phone, 1)
    assert phone.locator("#reach .control").is_visible()
    phone.locator("#reach .step").last.click()
    settled(phone, 2)
    phone.click("#handle")
    assert phone.locator("#controls .control").first.is_visible()
    sheet, chart = (phone.locator(one).bounding_box() for one in ("#sheet", "#tradeoff svg"))
    assert chart["y"] + chart["height"] <= sheet["y"]  # chart and finding stay in sight
    phone.close()
