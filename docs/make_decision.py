"""The picture of a decision's page that docs/decision.md shows: `python docs/make_decision.py`, some two minutes."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent / "images"


def main() -> None:
    """Decide on the web agency, and keep the first screen."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
        target = Path(folder) / "decision.html"
        command = [sys.executable, "-m", "firelane", "decide", "web_agency"]
        subprocess.run([*command, "--html", str(target)], cwd=folder, check=True)
        browser = running.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 1700})
        page.goto(target.as_uri())
        picture = page.locator(".sheet").screenshot()
        browser.close()
    Image.open(io.BytesIO(picture)).convert("RGB").save(IMAGES / "decision.png", optimize=True)


if __name__ == "__main__":
    main()
