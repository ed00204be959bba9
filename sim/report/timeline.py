"""One run, told in order: a table of its sprints, then a line for every event."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from sim.engine.trace import DEVELOPER, ITEM, TEAM, TIME, VALUE, VERB, Verb
from sim.measures.run import Run
from sim.report.tables import plain_table
from sim.sampling.calendars import DAY, HOUR, MINUTE, WEEK

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_OF_STORY = range(Verb.COMMITTED, Verb.SENT_BACK + 1)
_OF_IMPROVEMENT = range(Verb.IMPROVEMENT_STARTED, Verb.IMPROVEMENT_DONE + 1)
_OF_INCIDENT = (
    *range(Verb.OPENED, Verb.AVOIDED + 1),
    *range(Verb.ESCALATED, Verb.PAGED + 1),
    Verb.INTERRUPTED,
)
_OF_SPRINT = (Verb.PLANNED, Verb.CANCELLED, Verb.REVIEWED)

_QUEUED_BY = {
    1: "waits for a free developer",
    2: "may interrupt",
    3: "is committed at planning",
    4: "enters the sprint in exchange for stories",
}

_WORDS = {
    Verb.OPENED: "opens",
    Verb.DEFLECTED: "is settled by the first line",
    Verb.DEFERRED: "waits for the next planning",
    Verb.STARTED: "is started",
    Verb.SUSPENDED: "is put down",
    Verb.PART_DONE: "has one part done",
    Verb.RESOLVED: "is resolved",
    Verb.WITHDRAWN: "is withdrawn",
    Verb.COMMITTED: "is committed",
    Verb.PULLED: "is pulled beyond the commitment",
    Verb.STORY_STARTED: "is started",
    Verb.STORY_SUSPENDED: "is put down",
    Verb.STORY_DONE: "is done",
    Verb.INTERRUPTED: "interrupts",
    Verb.CEREMONY_BEGAN: "Scrum events begin",
    Verb.CEREMONY_ENDED: "Scrum events end",
    Verb.LEFT: "is away",
    Verb.RETURNED: "is back",
    Verb.DUTY_BEGAN: "goes on support duty",
    Verb.DUTY_ENDED: "goes off support duty",
    Verb.PLANNED: "plans",
    Verb.AVOIDED: "does not open, thanks to an improvement",
    Verb.SENT_BACK: "is sent back to the backlog",
    Verb.IMPROVEMENT_STARTED: "is started",
    Verb.IMPROVEMENT_SUSPENDED: "is put down",
    Verb.IMPROVEMENT_DONE: "is done",
    Verb.REST_BEGAN: "takes the night's hours off",
    Verb.REST_ENDED: "is back from the night's rest",
    Verb.CANCELLED: "is cancelled",
    Verb.REVIEWED: "review:",
    Verb.ESCALATED: "is escalated by its customer",
    Verb.OUTGROWN: "has outgrown its time box",
    Verb.PAGED: "calls somebody at night",
}


def sprint_table(run: Run) -> Table:
    """Every team's every sprint: what was committed, what was kept, whether the goal was met."""
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
            _moment(round(row["begins_hours"] * HOUR)),
            row["team"],
            str(row["committed_points"]),
            str(row["kept_points"]),
            str(row["delivered_points"]),
            "–" if met is None else "yes" if met else "no",
        )
    return table


def event_lines(run: Run) -> Iterator[str]:
    """A line for every event: when, what, who."""
    teams = [team.name for team in run.path.scenario.teams]
    for row in run.events.tolist():
        verb = Verb(row[VERB])
        words = _QUEUED_BY[row[VALUE]] if verb == Verb.QUEUED else _WORDS[verb]
        parts = [_item(run, verb, row[ITEM]), words, _detail(verb, row[VALUE])]
        text = " ".join(part for part in parts if part)
        who = [f"developer {row[DEVELOPER]}"] if row[DEVELOPER] >= 0 else []
        where = [teams[row[TEAM]]] if row[TEAM] >= 0 else []
        yield f"{_moment(row[TIME])}  {text}  [{', '.join(who + where)}]"


def _item(run: Run, verb: Verb, item: int) -> str:
    if verb in _OF_INCIDENT:
        path = run.path
        kind = path.scenario.incidents[path.incidents.kind[item]]
        number = path.numbers[item] if item < len(path.numbers) else f"#{item}"
        return f"{kind.kind} {number} (severity {kind.severity})"
    if verb in _OF_STORY:
        return f"story {item} ({run.path.stories.points[item]} points)"
    if verb in _OF_IMPROVEMENT:
        return f"improvement “{run.path.scenario.improvements[item].name}”"
    return f"sprint {item}:" if verb in _OF_SPRINT else ""


def _detail(verb: Verb, value: int) -> str:
    if verb in (Verb.STARTED, Verb.STORY_STARTED) and value:
        return f"after {value / MINUTE:g} min of switching"
    if verb == Verb.ESCALATED:
        return f"and counts as severity {value}"
    if verb == Verb.REVIEWED:
        return f"level {value}"
    if verb == Verb.PLANNED:
        return f"up to {value / HOUR:.1f} focus hours" if value >= HOUR else f"up to {value}"
    return ""


def _moment(time: int) -> str:
    week, rest = divmod(time, WEEK)
    day, rest = divmod(rest, DAY)
    hour, rest = divmod(rest, HOUR)
    minute, second = divmod(rest, MINUTE)
    return f"week {week:>2} {_DAYS[day]} {hour:02}:{minute:02}:{second:02}"
