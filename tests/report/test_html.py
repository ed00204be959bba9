"""The report: one file that shows as it should, asks for nothing, and is the same every time."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.report.html import report_html
from sim.report.reproduction import command_of
from sim.scenario.reading import digest, from_table
from tests.command import Firelane

HOSTILE = "<script>alert(1)</script>"

POLICIES = ["next-sprint", "reserved-buffer", "interrupt-anyone"]


@pytest.fixture
def result(table: dict[str, Any]) -> sim.Result:
    table["name"] = HOSTILE
    table["teams"][0]["name"] = "Red & $blue$"
    table["about"] = f"Rates are assumed. {HOSTILE}"
    return sim.compare(from_table(table), POLICIES, replications=6, workers=1, engine="plain")


@pytest.fixture
def report(result: sim.Result) -> str:
    return report_html(result, "firelane compare small.toml", with_checklist=True)


def test_the_same_result_gives_the_same_bytes(result: sim.Result, report: str) -> None:
    assert report_html(result, "firelane compare small.toml", with_checklist=True) == report


def test_names_are_shown_and_never_run(report: str) -> None:
    assert "<script" not in report
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in report


def test_it_opens_with_the_finding_and_says_how_to_get_it_again(
    result: sim.Result, report: str
) -> None:
    first = report.index('class="finding"')
    assert first < report.index("Response against delivery") < report.index("How to reproduce it")
    assert "firelane compare small.toml" in report
    assert digest(result.scenario) in report


def test_every_figure_of_the_scenario_is_in_it(report: str) -> None:
    for key in (
        "incidents[outage].per_week",
        "teams[Red &amp; $blue$].developers",
        "people.sick_share",
    ):
        assert f'<th scope="row">{key}</th>' in report


def test_the_checklist_has_every_item_and_only_where_it_is_wanted(
    result: sim.Result, report: str
) -> None:
    items = re.findall(r'<th scope="row">(\d\.\d) ', report)
    expected = {1: 3, 2: 5, 3: 4, 4: 3, 5: 4, 6: 1}
    assert items == [f"{part}.{n}" for part, last in expected.items() for n in range(1, last + 1)]
    assert "STRESS-DES" not in report_html(result, "firelane compare small.toml")


def test_ids_are_unique_and_references_meet_one(report: str) -> None:
    ids = re.findall(r' id="([^"]+)"', report)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', report)) <= set(ids)


def test_where_it_was_computed_and_written_is_no_part_of_the_command() -> None:
    typed = [
        "compare",
        "a.toml",
        "--workers",
        "3",
        "--html=x.html",
        "--json",
        "y.json",
        "--fresh",
        "--seed",
        "4",
    ]
    assert command_of(typed) == "firelane compare a.toml --seed 4"


def test_a_study_without_a_front_has_a_report_too(table: dict[str, Any]) -> None:
    for kind in table["incidents"]:
        kind["per_week"] = 0
    quiet = sim.compare(from_table(table), POLICIES, replications=2, workers=1, engine="plain")
    assert "No incident reached a team" in report_html(quiet, "firelane compare quiet.toml")


def test_nights_and_duty_are_told_by_person_only_where_somebody_has_any(
    table: dict[str, Any], report: str
) -> None:
    heading = "Nights and duty per person"
    assert heading not in report
    duty = sim.compare(from_table(table), ["dedicated-team:people=1", "kanban"], 3, workers=1)
    told = report_html(duty, "firelane compare small.toml")
    assert heading in told
    assert "Share of working time on support duty" in told
    assert "<td>100.0 ±0.0 %</td>" in told, "of whoever has most"
    assert "Calls at night a month" not in told
    table["on_call"] = {"cover": "24x7"}
    nights = sim.compare(from_table(table), ["kanban"], 3, workers=1)
    told = report_html(nights, "firelane compare small.toml")
    assert "Calls at night a month" in told
    assert "Share of working time on support duty" not in told


def test_the_command_writes_it(firelane: Firelane, tmp_path: Path, bundled_scenario: Any) -> None:
    target = tmp_path / "report.html"
    done = firelane(
        "compare", bundled_scenario("small_product"), "--policy", "kanban", "--replications", 2,
        "--html", target, "--report-checklist",
    )  # fmt: skip
    assert done.status == 0
    assert "STRESS-DES" in target.read_text("utf-8")


def test_a_map_and_a_recommendation_can_be_forwarded(
    firelane: Firelane, tmp_path: Path, bundled_scenario: Any
) -> None:
    scenario, target = bundled_scenario("small_product"), tmp_path / "report.html"
    done = firelane(
        "map", scenario, "--over", "people.unfamiliarity=1,2", "--over", "teams.*.developers=6,7",
        "--policy", "kanban", "--policy", "next-sprint", "--replications", 2, "--html", target,
    )  # fmt: skip
    assert done.status == 0
    told = target.read_text("utf-8")
    assert "<svg" in told
    assert "people.unfamiliarity" in told
    done = firelane(
        "recommend", scenario, "--require", "response_sla >= 0.5", "--policy", "kanban",
        "--replications", 2, "--fresh-replications", 2, "--html", target,
    )  # fmt: skip
    assert done.status == 0
    told = target.read_text("utf-8")
    assert "Take kanban" in told
    assert "firelane recommend" in told


def test_a_checklist_without_a_report_is_refused(firelane: Firelane, bundled_scenario: Any) -> None:
    refused = firelane("compare", bundled_scenario("small_product"), "--report-checklist")
    assert refused.status == 2


# ---- in a browser --------------------------------------------------------------------------------


@pytest.fixture
def page(report: str, tmp_path: Path) -> Iterator[Any]:
    """The report, open in Chromium; every request that leaves is kept in `page.asked`."""
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("there is no Chromium here")
    file = tmp_path / "report.html"
    file.write_text(report, encoding="utf-8")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.asked = []
        opened.on("request", lambda request: opened.asked.append(request.url))
        opened.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        opened.goto(file.as_uri())
        yield opened
        browser.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_everybody_can_read_it(page: Any, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.set_viewport_size({"width": width, "height": 900})
    found = axe.Axe().run(page).response
    serious = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
    assert found["passes"], "the check did not look at anything"
    assert not serious, [(v["id"], v["nodes"][0]["html"]) for v in serious]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_asks_for_nothing_and_prints(page: Any) -> None:
    assert page.title() == f"{HOSTILE}: support models compared"
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert [url for url in page.asked if not url.startswith("file:")] == []
    assert len(page.asked) == 1
