"""What the page looks like: on a desk, a tablet, a phone and a projector, in light and dark."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sim.report.families import FAMILY
from tests.web.conftest import QUICK, ROOT, Server, settled

AGENCY = "?scenario=web_agency&replications=2"

SIZES = [(1280, 720), (820, 1180), (390, 844)]

Box = dict[str, float]

HALO = 4
"""Of a name, in the card's colour, which belongs to its box in Chromium; pixels."""


def opened(
    browser: Any, server: Server, address: str, size: tuple[int, int], scheme: str = "light"
) -> Any:
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, bypass_csp=True
    )
    page.goto(server.url + address)
    if "view=play" in address:
        page.wait_for_selector("body[data-played]", timeout=60_000)
    elif "scenario" in address:
        settled(page, 1)
    else:
        page.wait_for_selector("body[data-look]", timeout=60_000)
    page.wait_for_timeout(350)  # until nothing glides
    return page


def overlap(a: Box, b: Box) -> bool:
    return (
        a["x"] + HALO < b["x"] + b["width"]
        and b["x"] + HALO < a["x"] + a["width"]
        and a["y"] + HALO < b["y"] + b["height"]
        and b["y"] + HALO < a["y"] + a["height"]
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_chart_and_finding_are_in_sight_at_once_without_scrolling(
    browser: Any, server: Server, size: tuple[int, int], scheme: str
) -> None:
    page = opened(browser, server, AGENCY, size, scheme)
    finding, chart = (page.locator(one).bounding_box() for one in ("#finding", "#tradeoff svg"))
    assert finding["y"] >= 0
    assert chart["y"] >= finding["y"] + finding["height"]
    sheet = page.locator("#sheet")
    fixed = sheet.evaluate("e => getComputedStyle(e).position") == "fixed"
    bottom = sheet.bounding_box()["y"] if fixed else size[1]
    assert chart["y"] + chart["height"] <= bottom  # the sheet never covers the chart
    assert chart["height"] >= 230
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(246, 245, 241)" if scheme == "light" else "rgb(16, 23, 30)")
    page.close()


@pytest.mark.parametrize("address", [AGENCY, "", "?view=play&scenario=small_product&sprint=1"])
@pytest.mark.parametrize(
    "size", [SIZES[2], *(pytest.param(size, marks=pytest.mark.long) for size in SIZES[:2])]
)
def test_no_screen_scrolls_sideways(
    browser: Any, server: Server, address: str, size: tuple[int, int]
) -> None:
    page = opened(browser, server, address, size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.close()


def test_the_smallest_text_of_the_chart_is_20_pixels_for_a_room(
    browser: Any, server: Server
) -> None:
    for address in (
        f"{AGENCY}&mode=present",
        "?view=play&scenario=small_product&sprint=1&mode=present",
    ):
        page = opened(browser, server, address, (1280, 720))
        where = "#board" if "play" in address else "#tradeoff"
        sizes = page.locator(f"{where} text:not(.who, .earlier, .dot text)").evaluate_all(
            "all => all.filter(e => e.textContent).map(e => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a)"
        )
        assert sizes
        assert min(sizes) >= 20
        if "play" not in address:
            assert page.locator("#bar .control").count() == 3
            chart, bar = (page.locator(one).bounding_box() for one in ("#tradeoff svg", "#bar"))
            assert chart["y"] + chart["height"] <= bar["y"] < bar["y"] + bar["height"] <= 720
        page.close()


@pytest.mark.parametrize("size", [(390, 844), pytest.param((1280, 720), marks=pytest.mark.long)])
def test_six_names_at_most_and_none_covers_another_or_an_axis(
    browser: Any, server: Server, size: tuple[int, int]
) -> None:
    page = opened(browser, server, AGENCY, size)
    names = [one.bounding_box() for one in page.locator("#tradeoff [data-label]").all()]
    assert len(names) == 6
    assert page.locator("#tradeoff .spot").count() == 12  # the others are grey, and named on touch
    others = [one.bounding_box() for one in page.locator("#tradeoff .tick").all()]
    for n, name in enumerate(names):
        assert not any(overlap(name, other) for other in [*names[:n], *others])
    page.close()


def test_better_is_right_and_up_and_a_policy_has_its_familys_colour_and_shape(page: Any) -> None:
    spots = page.locator("#tradeoff .spot").evaluate_all(
        "all => Object.fromEntries(all.map(e => [e.dataset.policy, [e.getAttribute('class'), ...e.getAttribute('transform').match(/[\\d.]+/g).map(Number)]]))"
    )
    assert spots["interrupt-anyone"][1] > spots["next-sprint"][1]  # sooner is to the right
    for policy, family in (
        ("interrupt-anyone", "now"),
        ("next-sprint", "wait"),
        ("kanban", "flow"),
    ):
        assert f"fam-{family}" in spots[policy][0]
    assert set(spots) <= set(FAMILY)


def test_a_colour_means_one_thing_in_every_picture(page: Any, browser: Any, server: Server) -> None:
    work = dict(
        page.locator("#activities [data-means]").evaluate_all(
            "all => all.map(e => [e.dataset.means, e.getAttribute('fill')])"
        )
    )
    stages = dict(
        page.locator("#stages [data-means]").evaluate_all(
            "all => all.map(e => [e.dataset.means, e.getAttribute('fill')])"
        )
    )
    assert stages.pop("in work") == work["incidents"]
    assert not set(stages.values()) & set(work.values())  # waiting never has a colour of work
    css = (ROOT / "sim/web/static/play.css").read_text()
    assert f".stint.stories {{ fill: {work['stories']}; }}" in css
    assert f".stint.improvements {{ fill: {work['improvements']}; }}" in css


PLAY = "?view=play&scenario=small_product&sprint=1"

LONG = pytest.mark.long


@pytest.mark.parametrize(
    ("address", "scheme"),
    [
        (QUICK, "light"),
        (PLAY, "dark"),
        pytest.param(QUICK, "dark", marks=LONG),
        pytest.param(PLAY, "light", marks=LONG),
        *(
            pytest.param(address, scheme, marks=LONG)
            for address in ("", f"{QUICK}&mode=present")
            for scheme in ("light", "dark")
        ),
    ],
)
def test_axe_finds_nothing_serious(browser: Any, server: Server, address: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for size in ((1280, 720), (390, 844)):
        page = opened(browser, server, address, size, scheme)
        found = axe.run(page).response["violations"]
        serious = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
        assert serious == [], [(v["id"], [n["html"][:200] for n in v["nodes"][:4]]) for v in found]
        page.close()


def test_names_and_families_of_a_scenario_are_no_raw_text(page: Any) -> None:
    words = page.locator("#about").inner_html()
    assert words.startswith("<p>")
    assert "`" not in page.locator("#about").text_content()
    table = page.locator("#table").text_content()
    assert not re.search(r"(kanban|next-sprint|interrupt-anyone)", table)  # names, not ids
