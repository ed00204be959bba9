"""The command line as a user meets it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.scenario.reading import bundled
from tests.command import Firelane

WEB = Path(__file__).parents[2] / "scenarios" / "web_agency.toml"

QUICK = ["--replications", 3, "--workers", 1, "--set", "time.horizon_weeks=12"]


def test_compare_prints_the_finding_the_table_and_the_differences(firelane: Firelane) -> None:
    result = firelane("compare", WEB, *QUICK)
    assert result.status == 0
    assert result.err == ""
    assert (
        "Web agency, five teams: 35 developers, 3 replications (steady state, weeks 4 to 12)"
        in result.out
    )
    assert "With Interrupt anyone, an answer takes" in result.out
    for name in ("next-sprint", "reserved-buffer", "dedicated-team", "interrupt-anyone"):
        assert name in result.out
    assert "Difference to next-sprint, path by path" in result.out


def test_json_to_standard_output_is_json_and_nothing_else(firelane: Firelane) -> None:
    result = firelane("compare", WEB, *QUICK, "--policy", "next-sprint", "--json", "-")
    document = json.loads(result.out)
    assert [p["name"] for p in document["policies"]] == ["next-sprint"]


def test_json_and_picture_are_written_where_asked(firelane: Firelane, tmp_path: Path) -> None:
    for name in ("a.png", "a.svg", "a.pdf"):
        result = firelane(
            "compare", WEB, *QUICK, "--json", tmp_path / "a.json", "--plot", tmp_path / name
        )
        assert result.status == 0
    assert json.loads((tmp_path / "a.json").read_text())["seed"] == 1
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "a.svg").read_text()
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.json", "a.pdf", "a.png", "a.svg"]


def test_a_result_that_cannot_be_written_ends_with_status_1(firelane: Firelane) -> None:
    result = firelane("compare", WEB, *QUICK, "--json", "/proc/out.json")
    assert result.status == 1
    assert result.err == "/proc/out.json: No such file or directory\n"


def test_one_replication_gives_means_without_intervals(firelane: Firelane) -> None:
    result = firelane("compare", WEB, *QUICK, "--replications", 1)
    assert result.status == 0
    assert "±" not in result.out.split("next-sprint")[1].split("Mean ±")[0]


def test_overload_is_said(firelane: Firelane) -> None:
    result = firelane(
        "compare",
        WEB,
        *QUICK,
        "--policy",
        "dedicated-team:people=2",
        "--set",
        "time.horizon_weeks=26",
    )
    assert (
        "dedicated-team:people=2: demand exceeds capacity. There is no steady state" in result.out
    )
    assert "Demand exceeds capacity under every policy" in result.out


def test_policies_lists_all_and_tells_the_story_of_one(firelane: Firelane) -> None:
    assert "Reserve" in firelane("policies").out
    story = firelane("policies", "reserved-buffer").out
    for part in ("Practice:", "Argued by:", "Cost:", "share", "0 to 1"):
        assert part in story
    assert firelane("policies", "nope").status == 2


def test_scenarios_lists_the_bundled_ones(firelane: Firelane) -> None:
    *lines, last = firelane("scenarios").out.splitlines()
    assert [line.split()[0] for line in lines] == list(bundled())
    assert len(lines) >= 7
    assert last.endswith(str(bundled()["bank"].parent))


def test_schema_describes_the_scenario_file(firelane: Firelane) -> None:
    schema = json.loads(firelane("schema").out)
    assert set(schema["required"]) == {"name", "teams", "incidents"}
    effort = schema["$defs"]["Lognormal"]["properties"]
    assert {"median", "p90"} <= set(effort)
    assert "mean" in schema["$defs"]["Exponential"]["properties"]


def test_trace_tells_the_sprints_and_every_event(firelane: Firelane) -> None:
    result = firelane("trace", WEB, "reserved-buffer", "--set", "time.horizon_weeks=6")
    assert "committed points" in result.out
    events = [line for line in result.out.splitlines() if line.startswith("week ")]
    assert len(events) > 1_000
    assert any("production outage" in line and "opens" in line for line in events)
    assert any("interrupts" in line and "developer" in line for line in events)
    assert events == sorted(events, key=lambda line: _order(line))


def _order(line: str) -> tuple[int, int, str]:
    _, week, day, clock = line.replace("  ", " ").split(" ")[:4]
    return int(week), ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(day), clock


def test_no_command_shows_the_commands(firelane: Firelane) -> None:
    assert "compare" in firelane().out + firelane("--help").out


@pytest.mark.parametrize("whom", ["the program", "its whole group, as a terminal does"])
@pytest.mark.parametrize(
    "engine", ["compiled", pytest.param("simpy", marks=pytest.mark.long)]
)  # threads, processes
def test_ctrl_c_stops_with_a_word_and_leaves_no_half_written_file(
    whom: str, engine: str, tmp_path: Path
) -> None:
    command = [
        sys.executable,
        "-m",
        "firelane",
        "compare",
        str(WEB),
        *("--engine", engine, "--replications", "5000", "--json", str(tmp_path / "out.json")),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    time.sleep(3)
    assert process.poll() is None
    if whom == "the program":
        process.send_signal(signal.SIGINT)
    else:
        os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (1, "", "Stopped. No file was written.\n")
    assert list(tmp_path.iterdir()) == []
    assert _dies_out(process.pid), "a worker lives on"


def _dies_out(group: int) -> bool:
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_no_progress_is_written_where_standard_error_is_no_terminal(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "firelane", "compare", str(WEB), *map(str, QUICK)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_stopped_it_names_what_was_already_written(tmp_path: Path) -> None:
    picture = tmp_path / "p.png"
    command = [
        *(sys.executable, "-m", "firelane", "compare", str(WEB), "--policy", "kanban"),
        *("--replications", "4", "--plot", str(picture), "--html", str(tmp_path / "r.html")),
    ]
    slow = (
        "import sys, time, sim.report.html as html\nfrom firelane.command import main\n"
        "html.report_html = lambda *_: time.sleep(60)\n"
        f"sys.argv = {command[2:]!r}\n"
        "main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", slow], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    for _ in range(600):
        if picture.exists():
            break
        time.sleep(0.1)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    assert err.endswith(f"Stopped. Written before that: {picture}.\n")


def test_changeover_tells_the_way_and_the_year_week_by_week(
    firelane: Firelane, tmp_path: Path
) -> None:
    asked = ("changeover", WEB, "--from", "next-sprint", "--to", "developer-rotation")
    few = ("--replications", 4, "--workers", 1)
    told = firelane(*asked, *few, "--plot", tmp_path / "change.svg")
    assert told.status == 0
    assert told.err == ""
    assert "To change from Next sprint to Duty developer costs" in told.out
    assert "within a year" in told.out
    assert "net so far" in told.out
    assert "Net value since the change" in (tmp_path / "change.svg").read_text()
    document = json.loads(firelane(*asked, *few, "--json", "-").out)
    assert (document["from"], document["to"]) == ("next-sprint", "developer-rotation")
    assert [week["week"] for week in document["weeks"]] == list(range(1, 53))
    week = document["weeks"][0]
    assert set(week) == {"week", "points", "response_hours", "net_value"}
    assert set(week["points"]) == {"stay", "change", "difference", "so_far"}
    assert week["points"]["difference"]["mean"] == pytest.approx(
        week["points"]["change"]["mean"] - week["points"]["stay"]["mean"]
    )
    assert document["break_even"]["week"] is None
    assert document["dip"]["points"]["mean"] > 0


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--week", 3), "--week 3: a change comes when a sprint begins"),
        (("--set", "time.horizon_weeks=0"), "time.horizon_weeks"),
        (("--plot", "change.txt"), "--plot change.txt: the name must end in"),
    ],
)
def test_a_change_that_cannot_be_is_refused_in_words(
    firelane: Firelane, more: tuple[object, ...], words: str
) -> None:
    result = firelane("changeover", WEB, "--from", "next-sprint", "--to", "kanban", *more)
    assert result.status == 2
    assert words in result.err
    assert "Traceback" not in result.err
