"""One run, told in order: a table of its sprints, then a line for every event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from sim.engine.states import Queued
from sim.engine.trace import Event, EventType, Of
from sim.measures.run import Run
from sim.report.terminal_tables import plain_table
from sim.sampling.calendars import DAY, HOUR, MINUTE, WEEK

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_QUEUED_BY = {
    Queued.QUEUE: "waits for a free developer",
    Queued.INTERRUPT: "may interrupt",
    Queued.COMMITTED: "is committed at planning",
    Queued.SWAP: "enters the sprint in exchange for stories",
}


def sprint_table(run: Run) -> Table:
    """Return a table of every team's every sprint: what was committed and kept, and whether the
    goal was met."""
    share = run.path.scenario.sprints.goal_share
    heads = (
        "sprint",
        "begins",
        "team",
        "committed points",
        "of them done",
        "points done",
        f"goal met ({share:.0%} of stories)",
    )
    table = plain_table("Sprints", heads)
    for column in table.columns:
        column.justify = "left" if column.header in ("team", "begins") else "right"
    sprints = run.sprints.sort_values(["sprint", "begins_hours"], kind="stable")
    for row in sprints.to_dict("records"):
        met = row["goal_met"]
        table.add_row(
            str(row["sprint"]),
            moment(round(row["begins_hours"] * HOUR)),
            row["team"],
            str(row["committed_points"]),
            str(row["kept_points"]),
            str(row["delivered_points"]),
            "–" if met is None else "yes" if met else "no",
        )
    return table


def event_lines(run: Run) -> Iterator[str]:
    """Yield a line for every event: when, what, who."""
    for row in run.events.tolist():
        yield f"{moment(row[Event.time])}  {event_words(run, row)}"


def event_words(run: Run, row: Sequence[Any]) -> str:
    """Say what happened in a row of a run's trace, and to whom."""
    teams = [team.name for team in run.path.scenario.teams]
    event_type, value = EventType(row[Event.type]), row[Event.value]
    words = _QUEUED_BY[value] if event_type == EventType.QUEUED else event_type.words
    parts = [_item(run, event_type, row[Event.item]), words, _detail(event_type, value)]
    text = " ".join(part for part in parts if part)
    who = [f"developer {row[Event.developer]}"] if row[Event.developer] >= 0 else []
    where = [teams[row[Event.team]]] if row[Event.team] >= 0 else []
    return f"{text}  [{', '.join(who + where)}]"


def _item(run: Run, event_type: EventType, item: int) -> str:
    path = run.path
    if event_type.of is Of.INCIDENT:
        kind = path.scenario.incidents[path.incidents.kind[item]]
        number = path.numbers[item] if item < len(path.numbers) else f"#{item}"
        return f"{kind.kind} {number} (severity {kind.severity})"
    if event_type.of is Of.STORY:
        return f"story {item} ({path.stories.points[item]} points)"
    if event_type.of is Of.IMPROVEMENT:
        return f"improvement “{path.scenario.improvements_one_by_one[item].name}”"
    return f"sprint {item}:" if event_type.of is Of.SPRINT else ""


def _detail(event_type: EventType, value: int) -> str:
    if event_type in (EventType.STARTED, EventType.STORY_STARTED) and value:
        return f"after {value / MINUTE:g} min of switching"
    if event_type == EventType.ESCALATED:
        return f"and counts as severity {value}"
    if event_type == EventType.NOTED:
        return f"to {value}"
    if event_type == EventType.REVIEWED:
        return f"level {value}"
    if event_type == EventType.PLANNED:
        return f"up to {value / HOUR:.1f} focus hours" if value >= HOUR else f"up to {value}"
    return ""


def moment(time: int) -> str:
    """Say when a second is: week, day and time of day."""
    week, rest = divmod(time, WEEK)
    day, rest = divmod(rest, DAY)
    hour, rest = divmod(rest, HOUR)
    minute, second = divmod(rest, MINUTE)
    return f"week {week:>2} {_DAYS[day]} {hour:02}:{minute:02}:{second:02}"
