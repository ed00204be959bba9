"""A scenario held against history: the sentences agree with the table, and delivery is held against it, too."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.calibrate.beside_history import Band, Line
from sim.report.backtest_tables import _summary
from tests.calibrate.planted import openings, table
from tests.command import Firelane

OPENED = openings(600, per_day=8)


def band(inside: int, of: int, name: str = "arrivals a day") -> Band:
    seen = np.array([1.0] * inside + [9.0] * (of - inside))
    return Band(name, np.arange(of, dtype=float), seen, np.zeros(of), np.ones(of), np.full(of, 2.0))


@pytest.mark.parametrize(("inside", "of", "covers"), [(0, 1, False), (1, 1, True), (0, 2, False), (0, 3, False), (1, 3, False), (2, 3, True), (0, 0, False), (40, 49, True)])  # fmt: skip
def test_none_of_few_inside_is_not_reproduced(inside: int, of: int, covers: bool) -> None:
    assert band(inside, of).covers == covers


@pytest.mark.parametrize(
    ("arrivals", "others", "expected"),
    [
        (3, 2, "Arrivals are reproduced, and so are backlog, times and delivery: 2 of 2 lines."),
        (3, 1, "Arrivals are reproduced, but the model does NOT reproduce 1 of 2 lines"),
        (0, 1, "The model does NOT reproduce the arrivals, nor does it reproduce 1 of 2 lines"),
        (0, 2, "The model does NOT reproduce the arrivals, but it does reproduce backlog, times and delivery: 2 of 2 lines."),
    ],
)  # fmt: skip
def test_two_negations_are_not_joined_by_but(arrivals: int, others: int, expected: str) -> None:
    lines = [
        Line("response p50, severity 1", "hours", 1.0 if n < others else 9.0, 0.0, 1.0, 2.0)
        for n in range(2)
    ]
    found: Any = SimpleNamespace(
        bands=[band(arrivals, 3), band(arrivals, 3, "arrivals a week")], lines=lines, fit_weeks=5
    )
    assert _summary(found).startswith(expected)


def history(folder: Path) -> list[Path]:
    tickets = [(f"T{n}", f"{at:%Y-%m-%d %H:%M}", f"{at + datetime.timedelta(hours=3):%Y-%m-%d %H:%M}", 3, ("Desk", "Red")[n % 4 > 0], 1.5)
               for n, at in enumerate(OPENED)]  # fmt: skip
    sprints = [("Red", f"S{n}", 30, 25 + n % 3, 6) for n in range(12)]
    return [
        table(
            folder / "t.csv", ("number", "opened", "resolved", "severity", "team", "hours"), tickets
        ),
        table(folder / "v.csv", ("Team", "Sprint", "Commitment", "Completed", "People"), sprints),
    ]


def test_delivery_and_say_do_stand_beside_the_past(firelane: Firelane, tmp_path: Path) -> None:
    tickets, sprints = history(tmp_path)
    target, found = tmp_path / "s.toml", tmp_path / "v.json"
    assert firelane("calibrate", tickets, sprints, "-o", target, "--holidays", "none").status == 0
    told = firelane(
        "validate",
        target,
        "--against",
        tickets,
        "--against",
        sprints,
        "--holidays",
        "none",
        "--replications",
        30,
        "--json",
        found,
    )
    assert told.status == 0, told.err
    lines = {line["what"]: line for line in json.loads(found.read_text())["lines"]}
    assert lines["points done a sprint and team"]["observed"] == pytest.approx(26)
    assert lines["done of what was committed"]["observed"] == pytest.approx(100 * 26 / 30, rel=0.01)
    assert (
        lines["points done a sprint and team"]["low"]
        < lines["points done a sprint and team"]["high"]
    )


def test_the_sentence_counts_the_lines_of_the_table(firelane: Firelane, tmp_path: Path) -> None:
    tickets, sprints = history(tmp_path)
    target = tmp_path / "s.toml"
    firelane("calibrate", tickets, sprints, "-o", target, "--holidays", "none")
    said = firelane(
        "validate",
        target,
        "--against",
        tickets,
        "--against",
        sprints,
        "--holidays",
        "none",
        "--replications",
        30,
    ).out
    rows = [
        line
        for line in said.splitlines()
        if re.match(r"(backlog|response|resolution|points|done of)", line)
    ]
    good = sum(line.rstrip().endswith("reproduced") for line in rows)
    found = re.search(r"(?:reproduce|delivery:) (\d+) of (\d+)\s+lines", said)
    assert found is not None
    assert int(found[2]) == len(rows)
    assert int(found[1]) in (good, len(rows) - good)


@pytest.mark.parametrize(
    "options",
    [["--first-line", "Desk"], ["--teams", "Red=9"], ["--groups", "Red"], ["--effort", "worked"], ["--holidays", "DE"], ["--hours", "8-18"],
     ["--columns", "severity=severity"], ["--map", "dates=day-first"]],
)  # fmt: skip
def test_validate_takes_the_reading_options_of_calibrate(
    options: list[str], firelane: Firelane, tmp_path: Path
) -> None:
    tickets, sprints = history(tmp_path)
    target = tmp_path / "s.toml"
    firelane("calibrate", tickets, sprints, "-o", target)
    told = firelane("validate", target, "--against", tickets, *options, "--replications", 20)
    assert told.status == 0, told.err


def test_head_counts_of_a_team_that_is_not_there_are_refused(
    firelane: Firelane, tmp_path: Path
) -> None:
    tickets, sprints = history(tmp_path)
    target = tmp_path / "s.toml"
    firelane("calibrate", tickets, sprints, "-o", target)
    told = firelane(
        "validate", target, "--against", tickets, "--teams", "Green=5", "--replications", 20
    )
    assert told.status == 2
    assert "no such team in the scenario; known are Red" in told.err


def test_a_history_with_a_closure_can_be_held_against(firelane: Firelane, tmp_path: Path) -> None:
    later = [
        at + datetime.timedelta(weeks=2) if at >= datetime.datetime(2026, 3, 2) else at
        for at in OPENED
    ]
    path = table(
        tmp_path / "t.csv",
        ("number", "opened"),
        [(n, f"{at:%Y-%m-%d %H:%M}") for n, at in enumerate(later)],
    )
    target = tmp_path / "s.toml"
    assert "closed then, by all signs" in firelane("calibrate", path, "-o", target).out
    told = firelane("validate", target, "--against", path, "--replications", 20)
    assert told.status == 0, told.err
    assert "Arrivals are reproduced" in told.out


def test_times_known_by_the_day_alone_are_not_compared(firelane: Firelane, tmp_path: Path) -> None:
    rows = [
        (n, f"{at:%Y-%m-%d}", f"{at + datetime.timedelta(days=1):%Y-%m-%d}")
        for n, at in enumerate(OPENED)
    ]
    path, target = (
        table(tmp_path / "t.csv", ("number", "opened", "resolved"), rows),
        tmp_path / "s.toml",
    )
    assert firelane("calibrate", path, "-o", target).status == 0
    told = firelane("validate", target, "--against", path, "--replications", 20)
    assert "not compared: resolution times" in told.out
    assert "backlog at the week's end" in told.out
