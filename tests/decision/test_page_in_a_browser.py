"""The page of a decision in a real browser: on a screen, on a phone, on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.decision.conftest import Made
from tests.web.conftest import CHROMIUM

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no browser here")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser: Any, made: Made, width: int, height: int) -> Any:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(made.page.as_uri())
    return page


def bottom(page: Any, selector: str) -> float:
    return float(
        page.evaluate(f"document.querySelector('{selector}').getBoundingClientRect().bottom")
    )


def test_the_first_page_fits_a_screen_and_one_sheet_of_paper(browser: Any, made: Made) -> None:
    page = opened(browser, made, 1280, 1700)
    assert bottom(page, ".sheet") <= 1700
    page.evaluate("document.querySelector('.more').remove()")
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
    page.close()


def test_a_phone_shows_recommendation_price_and_certainty_at_once(browser: Any, made: Made) -> None:
    page = opened(browser, made, 390, 844)
    for selector in ("h1", ".deck", ".sure"):
        assert bottom(page, selector) < 844
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_it_is_accessible_asks_for_nothing_and_is_light(browser: Any, made: Made) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page(viewport={"width": 1280, "height": 1700})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(made.page.as_uri())
    assert asked == [made.page.as_uri()]
    page.evaluate("document.querySelectorAll('details').forEach((own) => { own.open = true; })")
    found = axe.run(page).response["violations"]
    serious = [own["id"] for own in found if own["impact"] in ("serious", "critical")]
    assert serious == []
    assert made.page.stat().st_size < 900_000
    page.close()
