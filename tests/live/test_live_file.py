"""The live report as a file: what its reader sees, and that it stands whole where it cannot be live."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.live.part import MOST_BYTES
from sim.scenario.reading import from_table
from tests.command import Firelane
from tests.live.conftest import HOSTILE, Written, hostile_scenario
from tests.live.opened import Opened, write_live
from tests.web.conftest import CHROMIUM


def _number(report: Opened, key: str) -> int:
    return next(n for n, knob in enumerate(report.about["knobs"]) if knob["key"] == key)


def test_a_moved_control_changes_the_sentence_the_table_and_the_address(opened: Opened) -> None:
    opened.page.locator("#live-details summary").click()
    before = opened.page.locator("#live-table").text_content()
    number = _number(opened, 'incidents."data fix".per_week')
    opened.slide(number, len(opened.about["knobs"][number]["stops"]) - 1)
    opened.settled(2)
    assert opened.page.locator("#live-finding").inner_text().startswith("Data fix 15 a week: with ")
    assert opened.page.locator("#live-table").text_content() != before
    assert "#live=" in opened.page.url
    assert (
        "--set 'incidents.\"data fix\".per_week=15'"
        in opened.page.locator("#live-command").text_content()
    )
    was = opened.page.locator(f".live-knob[data-number='{number}'] .live-was")
    assert was.inner_text() == "was 5 a week ↺"
    was.click()
    opened.settled(3)
    assert opened.page.locator("#live-table").text_content() == before
    assert "±" in opened.page.locator("#live-table").inner_text()


def test_the_address_keeps_what_was_moved(opened: Opened, written: Written, browser: Any) -> None:
    opened.slide(_number(opened, "people.sick_share"), 4)
    opened.settled(2)
    told = opened.page.locator("#live-finding").inner_text()
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(opened.page.url)
    page.wait_for_selector("#live[data-answered='2']")
    assert page.locator("#live-finding").inner_text() == told
    context.close()


def test_before_is_kept_hollow_and_in_the_table(opened: Opened) -> None:
    points = "path[fill='#fff']"
    number = _number(opened, 'incidents."data fix".per_week')
    opened.slide(number, 0)
    opened.settled(2)
    assert "instead of" in opened.page.locator("#live-finding").inner_text()
    hollow = opened.page.locator(f"#live-plot {points}").count()
    opened.page.locator("#live-pin").click()
    assert opened.page.locator(f"#live-plot {points}").count() < hollow
    assert "Before: Data fix 0 a week." in opened.page.locator("#live-before").inner_text()
    assert "instead of" not in opened.page.locator("#live-finding").inner_text()


def test_it_works_by_keyboard_alone(opened: Opened) -> None:
    number = _number(opened, "first_line.deflect_rate")
    opened.page.locator(f"#live-k{number}").focus()
    opened.page.keyboard.press("ArrowRight")
    opened.settled(2)
    chip = opened.page.locator("#live-chips button", has_text="Kanban")
    chip.focus()
    opened.page.keyboard.press("Enter")
    assert "Kanban" in opened.page.locator("#live-finding").inner_text()
    assert opened.page.evaluate("document.activeElement.textContent") == "Kanban"


def test_what_does_not_move_says_so(opened: Opened) -> None:
    assert "does not move with these controls" in opened.page.locator("#live-moved").inner_text()


def test_a_name_that_would_end_a_script_stays_text(opened: Opened, written: Written) -> None:
    assert opened.page.title() != "taken"
    assert HOSTILE in opened.page.locator("h1").inner_text()
    text = written.file.read_text("utf-8")
    assert text.count("<script") == 4, "what is told, what is packed, the worker, the page"
    assert HOSTILE not in text


def test_nothing_runs_but_what_is_named_by_its_digest(opened: Opened) -> None:
    opened.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), "
        "{ textContent: \"document.title = 'taken'\" }))"
    )
    assert opened.page.title() != "taken"
    assert "Content Security Policy" in opened.troubles.pop()


def test_axe_finds_nothing_serious(written: Written, browser: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for width in (1280, 390):
        report = Opened(
            browser, written.file, bypass_csp=True, viewport={"width": width, "height": 900}
        )
        report.settled()
        found = axe.run(report.page).response["violations"]
        serious = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
        assert serious == [], [(v["id"], [n["html"][:150] for n in v["nodes"][:3]]) for v in found]
        wide = report.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{wide} px wide"
        report.close()


def test_without_scripts_the_report_stands_whole_and_says_why(
    written: Written, browser: Any
) -> None:
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(written.file.as_uri())
    assert "this viewer runs no scripts" in page.locator("#live-note").inner_text()
    assert not page.locator("#live-body").is_visible()
    assert page.locator("figure svg").first.is_visible()
    context.close()


def test_without_webassembly_the_report_stands_whole_and_says_why(
    written: Written, browser: Any
) -> None:
    own = browser.browser_type.launch(
        executable_path=CHROMIUM, args=["--no-sandbox", "--js-flags=--jitless"]
    )
    page = own.new_page()
    page.goto(written.file.as_uri())
    assert "This browser has no WebAssembly" in page.locator("#live-note").inner_text()
    assert not page.locator("#live-body").is_visible()
    assert page.locator("figure svg").first.is_visible()
    own.close()


def test_it_stays_responsive_while_it_computes(opened: Opened) -> None:
    opened.page.evaluate(
        "window.long = []; new PerformanceObserver((list) => window.long.push(...list.getEntries()"
        ".map((e) => e.duration))).observe({ type: 'longtask' });"
    )
    for stop in (0, 1, 2, 3):
        opened.slide(_number(opened, "people.sick_share"), stop)
        opened.page.wait_for_timeout(20)
    opened.page.wait_for_timeout(500)
    assert opened.page.evaluate("document.getElementById('live').dataset.asked") == (
        opened.page.evaluate("document.getElementById('live').dataset.answered")
    ), "only what was asked last is answered"


def test_the_same_comparison_gives_the_same_bytes(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one.html", "other.html")]
    for file in files:
        write_live(file, hostile_scenario(), ["kanban", "next-sprint"], most=6)
    one, other = (file.read_bytes() for file in files)
    assert one == other


def test_the_live_part_is_small(written: Written) -> None:
    text = written.file.read_text("utf-8")
    [part] = re.findall(r'<section id="live".*?</section>', text, re.DOTALL)
    assert len(part.encode()) < MOST_BYTES


def test_what_cannot_be_live_is_a_report_all_the_same(
    firelane: Firelane, tmp_path: Path, bundled_scenario: Any
) -> None:
    ours = tmp_path / "ours.py"
    ours.write_text(
        "import math\nfrom sim.policy import DEFER, QUEUE, Policy\n\n"
        "def route(incident, team, now, p):\n"
        "    return QUEUE if math.exp(-incident.expected / 36000.0) > 0.3 else DEFER\n\n"
        "policy = Policy(id='ours', route=route)\n"
    )
    target = tmp_path / "live.html"
    done = firelane(
        "compare", bundled_scenario("small_product"), "--policy", ours, "--policy", "kanban",
        "--replications", 2, "--live", target,
    )  # fmt: skip
    assert done.status == 0
    assert "The report is not live: policy ours: route" in done.err
    assert "exp with the same last digit" in done.err
    text = target.read_text("utf-8")
    assert 'class="finding"' in text
    assert "This report cannot be computed anew where it is opened: policy ours: route" in text
    assert "<script" not in text


def test_a_scenario_that_begins_today_says_that_it_is_not_live_yet(
    table: dict[str, Any], tmp_path: Path
) -> None:
    from sim.live.moves import NotLiveError
    from sim.live.part import live_part

    table["events"] = ["Thu 16:00 outage"]
    result = sim.compare(from_table(table), ["kanban"], replications=2, workers=1)
    with pytest.raises(NotLiveError, match="names events"):
        live_part(result, [], "firelane compare small.toml")


def test_the_command_writes_a_live_file(
    firelane: Firelane, tmp_path: Path, bundled_scenario: Any
) -> None:
    target = tmp_path / "decision.html"
    done = firelane(
        "live", bundled_scenario("small_product"), "-o", target, "--policy", "kanban", "--policy",
        "next-sprint", "--replications", 2,
    )  # fmt: skip
    assert done.status == 0, done.err
    text = target.read_text("utf-8")
    assert 'id="live-packed"' in text
    assert "firelane compare" in text
    refused = firelane(
        "live", bundled_scenario("small_product"), "-o", tmp_path / "none" / "x.html"
    )
    assert refused.status == 2
    assert "there is no folder" in refused.err
