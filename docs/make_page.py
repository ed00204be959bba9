"""The page as it looks, on a desk and on a phone: docs/images/page_*.png.

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
            for name, width, seen, height in (
                ("desk", 1400, 900, 1500),
                ("phone", 390, 800, 1200),
            ):
                page = browser.new_page(viewport={"width": width, "height": seen})
                page.goto(f"{url}?scenario=web_agency")
                page.wait_for_selector("body[data-done]", timeout=120_000)
                clip = {"x": 0, "y": 0, "width": width, "height": height}
                _keep(page.screenshot(full_page=True, clip=clip), name)
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


def _answered(page: Page, name: str) -> bytes:
    """A long job's section with its answer."""
    page.click(f"#{name} .start")
    page.wait_for_selector(f'#{name}[data-job="done"]', timeout=600_000)
    return page.locator(f"#{name}").screenshot()


def _keep(picture: bytes, name: str) -> None:
    """With few colours: a third of the size."""
    few = (
        Image.open(io.BytesIO(picture))
        .convert("RGB")
        .quantize(64, method=Image.Quantize.MAXCOVERAGE)
    )
    few.save(IMAGES / f"page_{name}.png", optimize=True)


if __name__ == "__main__":
    main()
