"""`firelane new` and `firelane story` as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.commands import new
from sim.scenario.reading import load
from tests.command import Firelane


def test_without_a_terminal_options_answer_and_the_file_works_in_other_commands(
    firelane: Firelane, tmp_path: Path
) -> None:
    file = tmp_path / "ours.toml"
    made = firelane("new", "-o", file, "--people", 6, "--incidents", 12, "--tiny", 0.25)
    assert (made.status, made.out) == (0, "")
    assert f"firelane compare {file}" in made.err
    assert load(file).teams[0].developers == 6
    quick = ("--replications", 3, "--workers", 1, "--policy", "kanban")
    assert firelane("compare", file, *quick).status == 0
    assert firelane("story", file, "kanban", "next-sprint").status == 0


def test_it_prints_the_scenario_where_no_file_is_named(firelane: Firelane) -> None:
    made = firelane("new")
    assert made.out.startswith('name = "One team of 5, 8 incidents a week"')


def test_a_bad_answer_is_told_and_nothing_is_written(firelane: Firelane, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    made = firelane("new", "-o", file, "--people", "many")
    assert made.status == 2
    assert "people: must be a whole number from 1 to 50 (got 'many')" in made.err
    assert not file.exists()


def test_at_a_terminal_it_asks_until_the_answer_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(["lots", "7"])
    monkeypatch.setattr(new.typer, "prompt", lambda *_, **__: next(answers))
    assert new._asked(new.QUESTIONS[0]) == "7"
    assert "people: must be a whole number" in capsys.readouterr().err


def test_the_story_of_an_incident_adds_up_on_both_sides(firelane: Firelane) -> None:
    told = firelane(
        "story", "small_product", "kanban", "next-sprint", "--incident", 3, "--json", "-"
    )
    found = json.loads(told.out)
    assert found["policies"] == ["kanban", "next-sprint"]
    for story in found["stories"]:
        assert sum(story["until_answer_seconds"].values()) == story["started"] - story["opened"]
        assert sum(story["until_end_seconds"].values()) == story["ended"] - story["opened"]
    rows = [event["row"] for event in found["parting"]["events"]]
    assert rows[0] != rows[1]


def test_two_that_are_the_same_and_an_incident_that_is_not_are_told(firelane: Firelane) -> None:
    same = firelane("story", "small_product", "kanban", "kanban")
    assert same.out == "kanban and kanban do exactly the same in this future.\n"
    none = firelane("story", "small_product", "kanban", "next-sprint", "--incident", 999_999)
    assert none.status == 2
    assert "this future has those from 0 to" in none.err
