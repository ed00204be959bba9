"""Event logs for process mining hold what the trace holds, each event with the objects it is of."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import sim
from sim.engine.trace import Event, EventType
from sim.report.event_logs import event_table, write_ocel, write_xes
from tests.command import Firelane


@pytest.fixture(scope="module")
def run() -> sim.Run:
    scenario = sim.load("small_product", ["time.horizon_weeks=10", "time.warmup_weeks=2"])
    return sim.run(sim.sample_path(scenario), "interrupt-anyone")


def opened(run: sim.Run) -> set[int]:
    rows = run.events[run.events[:, Event.type] == EventType.OPENED]
    return set(rows[:, Event.item].tolist())


def test_the_table_has_every_event_with_its_time_and_what_it_is_of(run: sim.Run) -> None:
    table = event_table(run)
    assert len(table) == len(run.events)
    assert table.timestamp.is_monotonic_increasing
    assert table.timestamp.iloc[0].date() == run.path.scenario.time.start
    of_incidents = table[table.activity == "opened"].incident
    assert set(of_incidents) == opened(run)


def test_xes_has_a_trace_for_every_incident_that_opened_and_every_story_begun(
    run: sim.Run, tmp_path: Path
) -> None:
    write_xes(run, tmp_path / "a.xes")
    log = ET.parse(tmp_path / "a.xes").getroot()
    names = [trace.find("string[@key='concept:name']") for trace in log.findall("trace")]
    cases = {own.get("value") for own in names if own is not None}
    assert {f"incident {n}" for n in opened(run)} <= cases
    stories = set(run.stories["story"].tolist())
    assert {case for case in cases if case and case.startswith("story")} == {
        f"story {n}" for n in stories
    }
    for event in log.iter("event"):
        moment = event.find("date[@key='time:timestamp']")
        assert moment is not None
        assert str(moment.get("value")).endswith("+00:00")


def test_ocel_relates_every_event_to_objects_that_it_declares(run: sim.Run, tmp_path: Path) -> None:
    write_ocel(run, tmp_path / "a.json")
    log = json.loads((tmp_path / "a.json").read_text("utf-8"))
    objects = {own["id"]: own["type"] for own in log["objects"]}
    assert len(objects) == len(log["objects"])
    assert set(objects.values()) <= {own["name"] for own in log["objectTypes"]}
    assert len(log["events"]) == len(run.events)
    for event in log["events"]:
        for related in event["relationships"]:
            assert related["objectId"] in objects
    incidents = {own for own, kind in objects.items() if kind == "incident"}
    assert {f"incident {n}" for n in opened(run)} <= incidents


def test_the_command_writes_both_and_prints_nothing(firelane: Firelane, tmp_path: Path) -> None:
    done = firelane(
        "trace", "small_product", "kanban", "--xes", tmp_path / "a.xes", "--ocel",
        tmp_path / "a.json", "--set", "time.horizon_weeks=8",
    )  # fmt: skip
    assert (done.status, done.out) == (0, "")
    assert (tmp_path / "a.xes").read_bytes().startswith(b"<?xml")


def test_a_result_gives_the_log_of_each_policy() -> None:
    scenario = sim.load("small_product", ["time.horizon_weeks=8"])
    result = sim.compare(scenario, ["kanban", "next-sprint"], 2, workers=1)
    table = result.event_log(replication=1)
    assert set(table.policy) == {"kanban", "next-sprint"}
    assert {"timestamp", "activity", "incident", "story", "developer", "team"} <= set(table)
