"""Small plays: an organisation without chance, and incidents that open when the test says."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from sim.engine.engines import ENGINES
from sim.measures.run import Run, run
from sim.policy.contract import Policy
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table

Row = tuple[float, int, str]
"""Hours after Monday 00:00 of week 0, severity, team."""


def play(
    folder: Path,
    policy: str | Policy,
    rows: list[Row],
    effort_hours: float = 2.0,
    people: int = 1,
    developers: tuple[int, ...] = (1,),
    story_hours: float | None = 10.0,
    **tables: Any,
) -> Run:
    """Teams A, B, … always at work at full focus; every incident and story takes the same time.

    A story has one point. Severities 1 and 3 are known, as kinds `worst` and `lesser`.
    """
    opened = pd.Timestamp("2026-01-05") + pd.to_timedelta([hours for hours, _, _ in rows], "h")
    pd.DataFrame(
        {
            "number": [f"INC{n}" for n in range(len(rows))],
            "opened": [moment.isoformat() for moment in opened],
            "severity": [severity for _, severity, _ in rows],
            "team": [team for _, _, team in rows],
        }
    ).to_csv(folder / "log.csv", index=False)
    kind = {"effort_hours": {"dist": "constant", "value": effort_hours}, "people": people}
    table: dict[str, Any] = {
        "name": "play",
        "time": {"horizon_weeks": 4, "warmup_weeks": 0, "sprint_weeks": 1, "always_open": True},
        "teams": [
            {"name": "ABC"[team], "developers": count, "focus": 1.0}
            for team, count in enumerate(developers)
        ],
        "sprints": {"ceremony_hours": 0.0, "plan_by": "capacity"},
        "incidents": [
            {"kind": "worst", "severity": 1, **kind},
            {"kind": "lesser", "severity": 3, **kind},
        ],
        "incidents_from": {"file": "log.csv"},
        "interruptions": {"switch_minutes": 0.0, "resume_minutes": 0.0},
    }
    if story_hours is not None:
        table["stories"] = {
            "points": {"1": 1.0},
            "hours_per_point": story_hours,
            "error": {"dist": "constant", "value": 1.0},
        }
    if "staff" in tables:  # the scenario's table `people`; here the word is an incident's
        tables["people"] = tables.pop("staff")
    for name, values in tables.items():
        if isinstance(values, dict):
            table[name] = {**table.get(name, {}), **values}
        else:
            table[name] = values
    scenario = from_table(table).in_folder(folder)
    return run(sample_path(scenario), policy)


def date(day: int) -> datetime.date:
    """The date of a day; 0 is Monday of week 0."""
    return datetime.date(2026, 1, 5) + datetime.timedelta(days=day)


def agreed(result: Run) -> Run:
    """The same run, of which every engine gives the same trace."""
    for engine in ENGINES:
        other = run(result.path, result.policy, engine).events
        assert other.tolist() == result.events.tolist(), f"{engine} tells another story"
    return result


def events(result: Run, *event_types: str) -> list[tuple[float, str, int, int]]:
    """(hours, event, item, developer) of the events of these types, in order."""
    rows = result.trace[result.trace.event.isin(event_types)]
    return list(
        zip(
            rows.time_hours.tolist(),
            rows.event,
            rows.item.tolist(),
            rows.developer.tolist(),
            strict=True,
        )
    )
