"""The page as it looks, on a desk, a projector, a tablet and a phone: docs/images/page_*.png.

    python docs/make_page.py

Chromium (Debian: apt install chromium) draws.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"

SPRINTS_STAY = ("adaptive-rotation", "dedicated-team", "interrupt-anyone", "reserved-buffer")

AGENCY = "?scenario=web_agency"
PLAY = f"{AGENCY}&view=play&a=interrupt-anyone&b=reserved-buffer&sprint=1"
DESK, TABLET, PHONE = (1280, 720), (820, 1180), (390, 844)

SHOTS = (
    ("start", "", DESK, "light"),
    ("desk", AGENCY, DESK, "light"),
    ("desk_dark", AGENCY, DESK, "dark"),
    ("present", f"{AGENCY}&mode=present", DESK, "light"),
    ("tablet", AGENCY, TABLET, "light"),
    ("phone", AGENCY, PHONE, "light"),
    ("phone_dark", AGENCY, PHONE, "dark"),
    ("play", PLAY, DESK, "light"),
)
"""Name, address, size of the window, and scheme."""

MAP = [
    ("over", "people.unfamiliarity=1:2:6"),
    ("over", "incidents.*.per_week=*0.5:*2:6"),
    ("maximise", "sprint_goals_met"),
    ("require", "response_sla>=70%"),
]
PROMISES = [("require", "response_sla>=85%"), ("require", "sprint_goals_met>=65%")]


def main() -> None:
    """A server of its own, and a browser of each width."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    server = subprocess.Popen(
        [sys.executable, "-m", "firelane", "web", "--no-browser", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stderr is not None
    url = next(line.split()[0] for line in server.stderr if line.startswith("http"))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            for name, address, size, scheme in SHOTS:
                page = browser.new_page(
                    viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
                )
                page.goto(f"{url}{address}")
                page.wait_for_selector(_whole(address), timeout=120_000)
                page.wait_for_timeout(500)
                if name == "play":
                    _in_the_midst(page)
                _keep(page.screenshot(), name)
            page = browser.new_page(viewport={"width": 1240, "height": 900})
            chosen = [("policy", policy) for policy in SPRINTS_STAY]
            forms = [("map", urlencode(MAP)), ("recommend", urlencode(PROMISES))]
            page.goto(f"{url}?{urlencode([('scenario', 'web_agency'), *chosen, *forms])}")
            page.wait_for_selector("body[data-done]", timeout=120_000)
            _keep(_answered(page, "map"), "map")
            _keep(_answered(page, "recommend"), "promises")
            browser.close()
    finally:
        server.terminate()
        server.wait()


def _whole(address: str) -> str:
    """What is there once a screen is whole."""
    if not address:
        return "body[data-look]"
    return "body[data-played]" if "view=play" in address else "body[data-sets]"


def _in_the_midst(page: Page) -> None:
    """A sprint half played, with an incident pointed at."""
    page.get_by_role("button", name="2 Play").click()
    page.click("#play-run")
    page.locator("#scrub").evaluate("e => { e.value = 420; e.dispatchEvent(new Event('input')); }")
    page.locator(".dot:not([hidden])").nth(3).click()
    page.wait_for_timeout(300)


def _answered(page: Page, name: str) -> bytes:
    """A long job's section with its answer."""
    page.click(f"#tab-{name}")
    page.click(f"#{name} .start")
    page.wait_for_selector(f'#{name}[data-job="done"]', timeout=600_000)
    return page.locator(f"#{name}").screenshot()


def _keep(picture: bytes, name: str) -> None:
    """In all its colours, which mean something."""
    Image.open(io.BytesIO(picture)).convert("RGB").save(IMAGES / f"page_{name}.png", optimize=True)


if __name__ == "__main__":
    main()
