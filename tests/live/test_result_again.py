"""A result that was written as JSON is taken up again: its scenario, its policies, its futures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim import compare, load
from sim.errors import ScenarioError
from sim.scenario.reading import digest
from tests.command import Firelane


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("result") / "result.json"
    found = compare(load("small_product"), ["kanban", "next-sprint:exempt_severity=2"], 30, seed=4)
    file.write_text(found.to_json(), encoding="utf-8")
    return file


def test_a_result_stands_where_its_scenario_is_asked_for(result: Path) -> None:
    assert digest(load(result)) == digest(load("small_product"))
    more = load(result, ["teams.*.developers=+1"])
    assert more.teams[0].developers == load("small_product").teams[0].developers + 1


def test_a_live_file_of_a_result_has_its_policies_its_futures_and_its_figures(
    result: Path, firelane: Firelane, tmp_path: Path
) -> None:
    target = tmp_path / "live.html"
    told = firelane("live", str(result), "-o", str(target))
    assert told.status == 0
    assert "Note: not the figures" not in told.err
    page = target.read_text(encoding="utf-8")
    assert "--policy next-sprint:exempt_severity=2 --replications 30 --inputs 0 --seed 4" in page


def test_figures_of_another_version_are_told(
    result: Path, firelane: Firelane, tmp_path: Path
) -> None:
    told = json.loads(result.read_text(encoding="utf-8"))
    told["digests"]["figures"] = "0" * 64
    other = tmp_path / "other.json"
    other.write_text(json.dumps(told), encoding="utf-8")
    again = firelane("live", str(other), "-o", str(tmp_path / "live.html"))
    assert again.status == 0
    assert f"not the figures of {other}" in again.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no JSON"),
        ("[1]", "holds no scenario"),
        ('{"scenario": {"toml": 3}}', "holds no scenario"),
        ('{"scenario": {"toml": "name = 1"}}', "name"),
        (None, "no such file"),
    ],
)
def test_what_is_no_result_is_told_with_what_would_be(
    text: str | None, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "found.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=words):
        load(file)
