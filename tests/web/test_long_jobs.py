"""The policy map and the search for what keeps promises: asked of the server, and used on the page."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from sim.web import long_jobs
from sim.web.long_jobs import BusyError, LongJob, LongJobs
from sim.web.page_state import StateError
from sim.web.questions import MapQuestion, RecommendQuestion
from tests.web.conftest import QUICK, ROOT, Server, settled, slide
from tests.web.test_interface import events

STATE = [
    ("scenario", "small_product"),
    ("policy", "kanban"),
    ("policy", "next-sprint"),
    ("visitor", "abcdefgh"),
]
MAP = [
    ("over", "people.sick_share=0:0.1:2"),
    ("over", "incidents.*.per_week=*0.5:*2:3"),
    ("minimise", "response_hours_mean"),
    ("futures", "4"),
    ("weeks", "20"),
]
SEARCH = [("require", "response_sla>=50%"), ("futures", "3"), ("fresh", "4"), ("weeks", "20")]
LONG = [(name, value) for name, value in MAP if name != "futures"] + [("futures", "600")]


def told(server: Server, path: str, question: list[tuple[str, str]]) -> list[tuple[str, Any]]:
    answer = httpx.get(f"{server.url}api/{path}?{urlencode(STATE + question)}", timeout=60)
    assert answer.status_code == 200, answer.text
    return events(answer.text)


def refused(server: Server, path: str, question: list[tuple[str, str]]) -> str:
    answer = httpx.get(f"{server.url}api/{path}?{urlencode(STATE + question)}", timeout=60)
    assert answer.status_code == 400, answer.text
    return " ".join(answer.json()["reasons"])


def as_commanded(command: str) -> Any:
    """What the command prints as JSON."""
    words = shlex.split(command)
    assert words[0] == "firelane"
    done = subprocess.run(
        [sys.executable, "-m", "firelane", *words[1:], "--json", "-"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


# ---- the interface -------------------------------------------------------------------------------


def test_a_map_tells_its_progress_and_is_the_commands(server: Server) -> None:
    answers = told(server, "map", MAP)
    assert [name for name, _ in answers[:-1]] == ["progress"] * (len(answers) - 1)
    progress = [data for _, data in answers[:-1]]
    assert [one["done"] for one in progress] == sorted(one["done"] for one in progress)
    assert progress[-1]["of"] in (0, 6 * 4 * 2)
    name, found = answers[-1]
    assert name == "done"
    assert len(found["result"]["cells"]) == 6
    assert found["result"] == as_commanded(found["command"])


def test_a_recommendation_is_the_commands(server: Server) -> None:
    *before, (name, found) = told(server, "recommend", SEARCH)
    assert name == "done"
    totals = [data["of"] for _, data in before if data["of"]]
    assert totals == sorted(totals, reverse=True)  # the bar never goes back
    assert found["result"]["feasible"]
    assert found["tables"][0]["rows"][0][0] == "answered in time: at least 50 %"
    assert found["result"] == as_commanded(found["command"])


def test_what_no_policy_can_keep_is_told_with_the_closest(server: Server) -> None:
    asked = [("require", "points_per_sprint >= 500"), *SEARCH]
    name, found = told(server, "recommend", asked)[-1]
    assert name == "done"
    assert not found["result"]["feasible"]
    assert "No policy keeps all promises. The closest is" in found["finding"]
    assert found["tables"][0]["rows"][0][2] == "broken"


@pytest.mark.parametrize(
    ("path", "question", "words"),
    [
        ("map", MAP[1:], "over: name two axes (got 1)"),
        ("map", [("over", "people.sick_share=0:x:2"), *MAP[1:]], "LOW:HIGH:STEPS in numbers"),
        ("map", [("over", "people.sickshare=0:0.1:2"), *MAP[1:]], "sick_share"),
        ("map", [("over", "people.sick_share=0:9:2"), *MAP[1:]], "people.sick_share"),
        ("map", [("over", "teams.*.developers=+0:+600:2"), *MAP[1:]], "at most 500"),
        ("map", [("over", "people.sick_share=0:0.1:900"), *MAP[1:]], "2,700 cells"),
        ("map", [*MAP[:3], ("futures", "4000")], "24,000"),
        ("map", [("maximise", "response_sla"), *MAP], "name one figure"),
        ("recommend", [("maximise", "response_hours_mean"), *SEARCH], "did you mean minimise"),
        ("map", [("require", "response_sla[kind=fire]>=0.5"), *MAP], "kind=data correction"),
        ("recommend", [("require", "response_sal>=0.9")], "response_sla"),
        ("recommend", [("require", "response_sla=0.9")], "FIGURE <= NUMBER"),
        ("recommend", [("fresh", "many")], "fresh: must be a whole number"),
        ("recommend", [("weeks", "4")], "time.warmup_weeks"),
    ],
)
def test_a_question_that_cannot_be_is_refused_before_any_work(
    path: str, question: list[tuple[str, str]], words: str, server: Server
) -> None:
    assert words in refused(server, path, question)


def test_every_reason_is_given_at_once() -> None:
    with pytest.raises(StateError) as caught:
        MapQuestion.parse("over=x&futures=1&require=y&maximise=z&weeks=-1")
    assert len(caught.value.reasons) == 6  # two axes, and each of the five
    with pytest.raises(StateError, match="fresh"):
        RecommendQuestion.parse("fresh=0")


def test_a_picture_needs_not_wait_for_a_long_job_and_a_cancel_ends_it(server: Server) -> None:
    with httpx.stream("GET", f"{server.url}api/map?{urlencode(STATE + LONG)}", timeout=60) as job:
        lines = job.iter_lines()
        assert next(lines) == "event: progress"
        picture = httpx.get(
            f"{server.url}api/compare?{urlencode([*STATE, ('replications', '2')])}", timeout=60
        )
        assert [name for name, _ in events(picture.text)] == ["picture", "done", "end"]
        httpx.post(f"{server.url}api/cancel/job?visitor=abcdefgh")
        assert [line for line in lines if line.startswith("event: ")][-1] == "event: stopped"


def test_a_new_long_job_takes_the_place_of_the_visitors_last(server: Server) -> None:
    with httpx.stream("GET", f"{server.url}api/map?{urlencode(STATE + LONG)}", timeout=60) as job:
        lines = job.iter_lines()
        assert next(lines) == "event: progress"
        assert told(server, "map", MAP)[-1][0] == "done"
        assert [line for line in lines if line.startswith("event: ")][-1] == "event: stopped"


def test_who_hangs_up_makes_room_for_the_next(server: Server) -> None:
    def asking(visitor: str) -> httpx.Response:
        query = urlencode([*STATE[:-1], ("visitor", visitor), *LONG])
        return client.send(client.build_request("GET", f"{server.url}api/map?{query}"), stream=True)

    with httpx.Client(timeout=60) as client:
        first, second = asking("visitor-1"), asking("visitor-2")
        assert (first.status_code, second.status_code) == (200, 200)
        third = asking("visitor-3")
        assert third.status_code == 503
        assert "runs no more at once" in third.read().decode()
        first.close()
        until = time.monotonic() + 30
        while third.status_code == 503 and time.monotonic() < until:
            third.close()
            third = asking("visitor-3")
        assert third.status_code == 200
        second.close()
        third.close()


# ---- who is served -------------------------------------------------------------------------------


@pytest.fixture
def jobs() -> Any:
    made = LongJobs(1)  # its workers never start: the work below needs none
    yield made
    made.close()


def until_stopped(runner: Any, ahead: Any) -> dict[str, Any]:
    """Work of twenty seconds, unless nobody wants it any more."""
    for _ in range(2_000):
        runner.observe_all([])
        time.sleep(0.01)
    return {}


def test_beyond_so_many_at_once_a_long_job_is_refused_in_words(jobs: LongJobs) -> None:
    begun = [jobs.begin(f"visitor-{n}", until_stopped) for n in range(long_jobs.AT_ONCE)]
    with pytest.raises(BusyError, match="2 long jobs of others are under way"):
        jobs.begin("another-one", until_stopped)
    again = jobs.begin("visitor-0", lambda runner, ahead: {"answer": 1})  # in place of the first
    assert again.answer.result(10) == {"answer": 1}
    assert begun[0].answer.exception(10) is not None
    assert jobs.begin("another-one", lambda runner, ahead: {}).answer.result(10) == {}
    jobs.stop("visitor-1")
    assert begun[1].answer.exception(10) is not None


def test_time_left_follows_from_the_pace_so_far() -> None:
    job = LongJob()
    assert job.progress()["seconds_left"] is None
    job.expect(100)
    job._began -= 30
    job.count(75)
    assert job.progress()["of"] == 100
    assert job.progress()["seconds_left"] == pytest.approx(10, abs=0.1)
    job.expect(5)  # the search ended early
    assert job.progress()["of"] == 80


# ---- the page ------------------------------------------------------------------------------------


def ask(opened: Any, name: str, **values: str) -> None:
    """Fill a form's numbers, by the beginning of their labels."""
    form = opened.locator(f"#{name} form")
    for label, value in values.items():
        form.get_by_label(label.replace("_", " ")).fill(value)


def test_the_map_is_drawn_and_a_link_restores_its_form(
    page: Any, browser: Any, server: Server
) -> None:
    link = f"{QUICK}&map={quote(urlencode(MAP))}"
    page.goto(server.url + link)
    settled(page, 1)
    assert page.locator("#map").get_attribute("data-job") is None  # not by itself
    page.click("#tab-map")
    page.click("#map .start")
    page.wait_for_selector('#map[data-job="done"]', timeout=60_000)
    assert page.locator("#map svg rect[data-winner]").count() == 6
    assert page.locator("#map .answered").inner_text().endswith("% of the map is sure.")
    found = as_commanded(page.locator("#map .command").inner_text())
    drawn = page.locator("#map svg rect[data-winner]").evaluate_all(
        "all => all.map(e => [e.dataset.winner, e.dataset.contested === 'true'])"
    )
    assert drawn == [[cell["winner"], cell["contested"]] for cell in found["cells"]]
    legend = " ".join(page.locator("#map svg text").all_text_contents())
    assert all(f"{winner}: " in legend for winner, _ in drawn)
    table = page.locator("#map table").last  # for who does not see the picture
    assert table.locator("tbody td").count() == 6
    other = browser.new_page()
    other.goto(page.url)
    settled(other, 1)
    form = other.locator("#map fieldset.axis").first
    assert form.get_by_label("Parameter").input_value() == "people.sick_share"
    assert [form.get_by_label(one).input_value() for one in ("From", "To", "Cells")] == [
        "0",
        "0.1",
        "2",
    ]
    assert other.locator("#map").get_by_label("Weeks").input_value() == "20"
    other.close()


@pytest.mark.long
def test_the_map_opens_with_a_question_that_several_policies_win(
    browser: Any, server: Server
) -> None:
    own = browser.new_page()
    own.goto(f"{server.url}?scenario=web_agency&replications=2")
    settled(own, 1)
    assert own.locator("#map").get_by_label("Limit").input_value() == "80"
    own.click("#tab-map")
    ask(own, "map", Random_futures_in_each_cell="4", Weeks="26")
    own.click("#map .start")
    own.wait_for_selector('#map[data-job="done"]', timeout=120_000)
    found = as_commanded(own.locator("#map .command").inner_text())
    assert found["goal"] == "most sprint_goals_met, response_sla >= 0.8"
    assert len({cell["winner"] for cell in found["cells"]} - {None}) >= 2
    ticks = own.locator("#map svg .tick").all_text_contents()
    assert {"0.5", "0.875", "1.25", "1.63", "2"} <= set(ticks)  # three figures of 1.625
    own.close()


def test_progress_is_seen_and_cancel_stops_while_sliders_go_on(page: Any) -> None:
    page.click("#tab-map")
    ask(page, "map", Random_futures_in_each_cell="150")
    page.click("#tab-map")
    page.click("#map .start")
    page.wait_for_selector("#map .left:has-text('left')")
    assert page.locator("#map progress").get_attribute("max") == str(25 * 150 * 3)
    slide(page, "teams.*.developers", "7")
    settled(page, 2)  # the picture is there, the map still under way
    assert page.locator("#map").get_attribute("data-job") == "running"
    page.locator("#map .cancel").press("Enter")
    page.wait_for_selector('#map[data-job="stopped"]')
    assert "Stopped at" in page.locator("#map .job-status").inner_text()
    assert page.locator("#map progress").is_hidden()
    assert page.locator("#map .answer").inner_text() == ""
    assert page.locator("#map .start").evaluate("e => e === document.activeElement")


def test_what_keeps_the_promises_is_found_and_what_cannot_be_is_told(page: Any) -> None:
    page.click("#tab-recommend")
    ask(page, "recommend", Random_futures_in="3", Random_futures_of="4", Weeks="20", Limit="40")
    page.locator("#recommend .start").press("Enter")
    page.wait_for_selector('#recommend[data-job="done"]', timeout=60_000)
    assert page.locator("#recommend .answered").inner_text().startswith("Take ")
    found = as_commanded(page.locator("#recommend .command").inner_text())
    settings = page.locator("#recommend .settings li").all_text_contents()
    best = found["best"]["policy"]
    assert settings[0].startswith(f"{best}: ")
    told_ = [line.partition(" = ")[0] for line in settings[1:] if " = " in line]
    assert told_ == [part.partition("=")[0] for part in best.partition(":")[2].split(",") if part]
    assert any(line.startswith("Besides: ") and "%" in line for line in settings)
    rows = page.locator("#recommend table").first.locator("tbody tr")
    assert rows.nth(0).inner_text().startswith("answered in time: at least 40 %")
    mean = found["best"]["promises"]["response_sla >= 0.4"]["mean"]
    assert f"{100 * mean:.1f}" in rows.nth(0).inner_text()
    assert page.locator("#recommend .aged").is_hidden()

    page.locator("#recommend").get_by_text("Add a promise").click()
    second = page.locator("#recommend fieldset.promise").nth(1)
    second.get_by_label("Figure").select_option("points_per_sprint")
    second.get_by_label("Limit").fill("500")
    second.get_by_label("Limit").press("Tab")
    assert page.locator("#recommend .aged").is_visible()  # the answer is of before
    page.click("#recommend .start")
    page.wait_for_selector('#recommend[data-job="done"] .answered:has-text("No policy")')
    assert "broken" in page.locator("#recommend table").first.inner_text()
    second.get_by_label("Remove").click()
    assert page.locator("#recommend fieldset.promise").count() == 1


def test_a_question_that_cannot_be_is_told_beside_its_form(page: Any, server: Server) -> None:
    bad = [("over", "people.sick_shar=0:0.1:2"), ("over", "people.sick_share=0:7:2")]
    page.goto(f"{server.url}{QUICK}&map={quote(urlencode(bad))}")
    settled(page, 1)
    page.click("#tab-map")
    page.click("#map .start")
    page.wait_for_selector("#map .trouble li")
    told_ = page.locator("#map .trouble").inner_text()
    assert "sick_shar" in told_
    assert page.locator("#map .cancel").is_hidden()
    form = page.locator("#map fieldset.axis").first
    form.get_by_label("Parameter").select_option("people.unfamiliarity")
    second = page.locator("#map fieldset.axis").nth(1)
    second.get_by_label("To").fill("0.1")
    page.click("#tab-map")
    ask(page, "map", Random_futures="2", Weeks="20")
    page.click("#tab-map")
    page.click("#map .start")
    page.wait_for_selector('#map[data-job="done"]', timeout=60_000)
    assert page.locator("#map .trouble li").count() == 0


def test_the_answers_are_fit_for_a_phone_and_a_screen_reader(
    page: Any, browser: Any, server: Server
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    address = f"{QUICK}&map={quote(urlencode(MAP))}&recommend={quote(urlencode(SEARCH))}"
    for width in (1280, 390):
        context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900})
        own = context.new_page()
        own.goto(server.url + address)
        settled(own, 1)
        for name in ("map", "recommend"):
            own.click(f"#tab-{name}")
            own.click(f"#{name} .start")
            own.wait_for_selector(f'#{name}[data-job="done"]', timeout=60_000)
            assert own.evaluate("document.documentElement.scrollWidth") <= width
            found = axe.run(own).response["violations"]
            serious = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
            assert serious == [], [
                (v["id"], [n["html"][:150] for n in v["nodes"][:3]]) for v in found
            ]
        context.close()
