"""The bundled real log: every incident of it is accounted for."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.command import Firelane

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def log() -> list[dict[str, str]]:
    with (SCENARIOS / "service_desk_log.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.fixture
def document(firelane: Firelane) -> dict[str, Any]:
    result = firelane(
        "compare", SCENARIOS / "service_desk.toml", "--replications", 3, "--json", "-",
        "--lever", "A first line that settles a third",
    )  # fmt: skip
    assert result.status == 0
    return json.loads(result.out)


def test_the_excerpt_is_large_and_its_numbers_are_its_own(log: list[dict[str, str]]) -> None:
    assert len(log) == 1_602
    assert len({row["number"] for row in log}) == 1_602


def test_opened_is_deflected_plus_resolved_plus_still_open(
    document: dict[str, Any], log: list[dict[str, str]]
) -> None:
    for policy in document["policies"]:
        accounts = {name: value["mean"] for name, value in policy["accounts"].items()}
        assert accounts["opened"] == len(log)
        parts = accounts["deflected"] + accounts["resolved"] + accounts["open"]
        assert parts == pytest.approx(accounts["opened"])
        assert accounts["deflected"] > 0.2 * len(log)
        rows = Counter(row["outcome"] for row in policy["incidents"]["rows"])
        assert sum(rows.values()) == len(log)
        assert set(rows) <= {"deflected", "resolved", "open"}


def test_rows_carry_the_logs_own_numbers_times_priorities_and_groups(
    document: dict[str, Any], log: list[dict[str, str]]
) -> None:
    for policy in document["policies"]:
        rows = {row["number"]: row for row in policy["incidents"]["rows"]}
        assert set(rows) == {row["number"] for row in log}
        for entry in log:
            row = rows[entry["number"]]
            assert (str(row["severity"]), row["team"]) == (entry["priority"], entry["group"])


def test_the_source_is_attributed(firelane: Firelane) -> None:
    text = (SCENARIOS / "service_desk.toml").read_text()
    for part in ("Amaral", "Fantinato", "Reijers", "Peres", "CC BY 4.0", "Changed:"):
        assert part in text
