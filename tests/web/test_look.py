"""What the page's pictures and tables look like: colours, names, arrows, and what fits."""

from __future__ import annotations

from typing import Any

import pytest

from sim.report.style import BEHIND, COLOURS, ON_FRONT
from sim.report.time_pictures import _OF_ACTIVITY
from tests.web.conftest import QUICK, Server, settled, slide

AGENCY = "?scenario=web_agency&replications=6"

Box = dict[str, float]


def opened(browser: Any, server: Server, address: str, width: int) -> Any:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(server.url + address)
    settled(page, 1)
    return page


HALO = 4
"""Of a name, white, which belongs to its box in Chromium; pixels."""


def overlap(a: Box, b: Box) -> bool:
    return (
        a["x"] + HALO < b["x"] + b["width"]
        and b["x"] + HALO < a["x"] + a["width"]
        and a["y"] + HALO < b["y"] + b["height"]
        and b["y"] + HALO < a["y"] + a["height"]
    )


def meanings(page: Any, picture: str) -> dict[str, str]:
    """Colours of a picture's legend, by what they mean."""
    found = page.locator(f"#{picture} [data-means]").evaluate_all(
        "all => all.map(e => [e.dataset.means, e.getAttribute('fill')])"
    )
    assert found
    return dict(found)


def test_a_colour_means_one_thing_and_the_same_as_in_the_report(page: Any) -> None:
    page.wait_for_selector("#timeline [data-means]")
    work, stages = meanings(page, "activities"), meanings(page, "stages")
    report = {
        "Scrum events" if name == "ceremonies" else name: colour
        for name, colour in _OF_ACTIVITY.items()
    }
    assert work == report
    assert meanings(page, "timeline").items() <= work.items()
    assert stages.pop("in work") == work["incidents"]
    colours = [*work.values(), *stages.values(), ON_FRONT, BEHIND]
    assert len({colour.lower() for colour in colours}) == len(colours)
    drawn = page.locator("#timeline [data-what]").evaluate_all(
        "all => all.map(e => [e.dataset.what, e.getAttribute('fill')])"
    )
    assert {(what, report["Scrum events" if what == "ceremonies" else what]) for what, _ in drawn} == {
        tuple(one) for one in drawn
    }  # fmt: skip


def test_policies_have_the_reports_colours(page: Any) -> None:
    palette = page.evaluate("import('/static/colours.js').then(all => all.POLICIES)")
    assert tuple(palette) == COLOURS
    strokes = page.locator("#tradeoff circle[data-policy]").evaluate_all(
        "all => all.map(e => e.getAttribute('stroke'))"
    )
    assert ON_FRONT in strokes
    assert set(strokes) <= {ON_FRONT, BEHIND}


def test_developers_are_counted_from_1_as_in_the_report(page: Any) -> None:
    page.wait_for_selector("#timeline svg")
    names = [
        text
        for text in page.locator("#timeline text").all_text_contents()
        if text.startswith("developer ")
    ]
    assert names
    assert names == [f"developer {n + 1}" for n in range(len(names))]


def test_arrows_have_heads_that_no_spot_covers(page: Any) -> None:
    page.click("#pin")
    settled(page, 2)
    slide(page, "teams.*.developers", "2")
    settled(page, 3)
    assert page.locator("#tradeoff marker#arrowhead path").count() == 1
    ends = page.locator("#tradeoff .arrow").evaluate_all(
        "all => all.map(e => [e.getAttribute('marker-end'), +e.getAttribute('x2'), "
        "+e.getAttribute('y2')])"
    )
    spots = page.locator("#tradeoff circle[data-policy]").evaluate_all(
        "all => all.map(e => [+e.getAttribute('cx'), +e.getAttribute('cy')])"
    )
    assert ends
    for head, x, y in ends:
        assert head == "url(#arrowhead)"
        nearest = min(((x - sx) ** 2 + (y - sy) ** 2) ** 0.5 for sx, sy in spots)
        assert nearest == pytest.approx(8)  # of a spot 7.5 from its middle to its edge


@pytest.mark.parametrize("width", [1280, 390])
def test_no_whisker_strikes_out_a_name_and_no_name_lies_on_an_axis(
    browser: Any, server: Server, width: int
) -> None:
    page = opened(browser, server, AGENCY, width)
    names = [one.bounding_box() for one in page.locator("#tradeoff [data-label]").all()]
    others = page.locator(
        "#tradeoff line[stroke], #tradeoff .tick, #tradeoff text:not([data-label])"
    ).all()
    assert len(names) == 12
    assert len(others) > 11
    for other in others:
        box = other.bounding_box()
        box["height"], box["width"] = max(box["height"], 2), max(box["width"], 2)
        assert not any(overlap(name, box) for name in names), other.inner_html()
    page.close()


def test_words_of_a_picture_stay_within_it_on_a_phone(browser: Any, server: Server) -> None:
    page = opened(browser, server, AGENCY, 390)
    frame = page.locator("#waits").bounding_box()
    for text in page.locator("#waits text").all():
        box = text.bounding_box()
        assert box["x"] >= frame["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    page.close()


def test_the_columns_that_matter_are_seen_and_where_more_are_that_is_said(
    browser: Any, server: Server
) -> None:
    desk = opened(browser, server, AGENCY, 1400)
    frame = desk.locator("#table").bounding_box()
    for metric in ("points_per_sprint", "response_hours_mean", "response_sla", "sprint_goals_met"):
        cell = desk.locator(f"#table td[data-metric={metric}]").first.bounding_box()
        assert cell["x"] + cell["width"] <= frame["x"] + frame["width"]
    desk.locator("#people").scroll_into_view_if_needed()
    assert desk.locator("#people .scroll").evaluate("e => e.scrollWidth <= e.clientWidth")
    assert desk.locator("#people .more").is_hidden()
    assert desk.locator("#people .scroll").get_attribute("tabindex") is None
    desk.close()

    phone = opened(browser, server, QUICK, 390)
    phone.locator("#table .more").wait_for(state="visible")
    assert "sideways" in phone.locator("#table .more").inner_text()
    scroll, name = phone.locator("#table .scroll"), phone.locator("#table tbody th").first
    assert scroll.get_attribute("tabindex") == "0"  # for the keyboard
    before = name.bounding_box()["x"]
    scroll.evaluate("e => { e.scrollLeft = 200; }")
    assert name.bounding_box()["x"] == before  # whose row it is stays in sight
    phone.close()
