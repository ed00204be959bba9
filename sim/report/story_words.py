"""Why two policies part, and what became of one incident under both: in words, and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.engine.states import Outcome
from sim.engine.trace import Event, EventType, Of
from sim.errors import BadInputError
from sim.measures.book import INCIDENT_STAGES
from sim.measures.one_incident import IncidentStory, incident_story
from sim.measures.parting import Parting, first_parting
from sim.measures.run import Run
from sim.report.timeline import event_words, moment
from sim.sampling.calendars import HOUR, MINUTE

STAGE_WORDS = {
    "closed_hours": "closed",
    "first_line": "at the first line",
    "sprint_boundary": "for planning",
    "queue": "behind other work",
    "suspended": "put aside",
    "in_work": "in work",
}
"""Where an incident's time went."""


class StoryError(BadInputError):
    """Raised for an incident that there is not, or that opens under neither policy."""


def told(runs: Sequence[Run], incident: int | None = None) -> dict[str, Any]:
    """Where two runs of a path part, and the story of an incident under both, as plain data for JSON.

    Args:
        runs: two runs of the same path.
        incident: its number in the path; if it is not said, the first that the two treat differently.

    Raises:
        StoryError: for an incident that opens under neither.
    """
    parting = first_parting(*runs)
    chosen = _first_treated_differently(runs, parting) if incident is None else incident
    return {
        "policies": [run.policy.label for run in runs],
        "parting": None if parting is None else _parting(runs, parting),
        "incident": None if chosen is None else about(runs[0], chosen),
        "stories": None if chosen is None else stories_of(runs, chosen),
    }


def stories_of(runs: Sequence[Run], incident: int) -> list[dict[str, Any] | None]:
    """What became of an incident under each run; None where it does not open.

    Raises:
        StoryError: where it opens under none.
    """
    _check_number(runs[0], incident)
    found = [incident_story(run, incident) for run in runs]
    if not any(found):
        names = " nor ".join(run.policy.label for run in runs)
        raise StoryError(f"incident {incident}: opens neither under {names} in this future")
    return [
        None if story is None else _story(run, story)
        for run, story in zip(runs, found, strict=True)
    ]


def about(run: Run, incident: int) -> dict[str, Any]:
    """What an incident is, whatever becomes of it.

    Raises:
        StoryError: for a number that no incident has.
    """
    _check_number(run, incident)
    path, table = run.path, run.path.incidents
    kind = path.scenario.incidents[int(table.kind[incident])]
    number = path.numbers[incident] if incident < len(path.numbers) else f"#{incident}"
    return {
        "incident": incident,
        "number": number,
        "kind": kind.kind,
        "severity": kind.severity,
        "team": path.scenario.teams[int(table.team[incident])].name,
        "effort_seconds": int(table.effort[incident]),
    }


def _check_number(run: Run, incident: int) -> None:
    count = len(run.path.incidents)
    if not 0 <= incident < count:
        raise StoryError(f"incident {incident}: this future has those from 0 to {count - 1:,}")


def _first_treated_differently(runs: Sequence[Run], parting: Parting | None) -> int | None:
    """The first incident after the parting whose story differs; None where there is none."""
    if parting is None:
        return None
    events = runs[0].events[parting.place :]
    seen: dict[int, None] = {}
    for row in events[events[:, Event.type] == EventType.OPENED].tolist():
        seen.setdefault(row[Event.item])
    before = [row for row in (parting.here, parting.there) if row is not None]
    of_it = [row[Event.item] for row in before if EventType(row[Event.type]).of is Of.INCIDENT]
    for incident in [*of_it, *seen]:
        a, b = (incident_story(run, incident) for run in runs)
        if a is not None and b is not None and a.stretches != b.stretches:
            return incident
    return None


def _parting(runs: Sequence[Run], parting: Parting) -> dict[str, Any]:
    rows = (parting.here, parting.there)
    return {
        "event": parting.place,
        "seconds": parting.time,
        "when": moment(parting.time),
        "events": [
            None if row is None else {"row": list(row), "words": f"{moment(row[0])}  {event_words(run, row)}"}
            for run, row in zip(runs, rows, strict=True)
        ],
    }  # fmt: skip


def _story(run: Run, story: IncidentStory) -> dict[str, Any]:
    until_answer, until_end = story.until_answer(), story.until_end()
    return {
        "policy": run.policy.label,
        "opened": story.opened,
        "started": None if story.started < 0 else story.started,
        "ended": None if story.ended < 0 else story.ended,
        "outcome": story.outcome.name.lower(),
        "until_answer_seconds": until_answer,
        "until_end_seconds": until_end,
        "answer_words": _answer(story),
        "split_words": _split(story),
        "stretches": [
            {"from": one.begins, "to": one.ends, "stage": one.stage, "developer": one.developer}
            for one in story.stretches
        ],
        "interrupted": [
            {"seconds": second, "developer": developer} for second, developer in story.taken_from
        ],
    }


def _answer(story: IncidentStory) -> str:
    """When somebody answered, in a few words."""
    if story.outcome == Outcome.DEFLECTED:
        return "Settled by the first line"
    if story.started < 0:
        return "Nobody has answered" if story.outcome == Outcome.OPEN else "Withdrawn unanswered"
    waited = story.started - story.opened
    return "At once" if waited < MINUTE else f"After {duration(waited)}"


def _split(story: IncidentStory) -> str:
    """Where the time until the answer went, then where the whole went, each adding up."""
    parts = (
        [f"{_listed(story.until_answer())} until its answer"]
        if story.started > story.opened
        else []
    )
    whole = sum(story.until_end().values())
    if whole and story.started >= 0:
        closed = "ended" if story.ended >= 0 else "still open"
        parts.append(f"{closed} after {duration(whole)}: {_listed(story.until_end())}")
    elif whole:
        parts.append(f"{duration(whole)} so far: {_listed(story.until_end())}")
    return "; ".join(parts)


def _listed(split: dict[str, int]) -> str:
    return ", ".join(
        f"{duration(split[stage])} {STAGE_WORDS[stage]}"
        for stage in INCIDENT_STAGES
        if split[stage]
    )


def duration(seconds: int) -> str:
    """A stretch of time, exact: nothing of it is rounded away."""
    hours, rest = divmod(seconds, HOUR)
    minutes, left = divmod(rest, MINUTE)
    parts = [(hours, "h"), (minutes, "min"), (left, "s")]
    return " ".join(f"{amount:,} {unit}" for amount, unit in parts if amount) or "0 s"


def story_lines(found: dict[str, Any]) -> list[str]:
    """What `told` has found, a line each."""
    first, second = found["policies"]
    parting = found["parting"]
    if parting is None:
        return [f"{first} and {second} do exactly the same in this future."]
    lines = [
        f"The two part at {parting['when']}, after {parting['event']:,} events that are the same:"
    ]
    for name, event in zip(found["policies"], parting["events"], strict=True):
        lines.append(f"  {name}: {event['words'] if event else 'nothing more happens'}")
    if found["incident"] is None:
        return [*lines, "", "Every incident fares the same under both."]
    what = found["incident"]
    lines += ["", f"Incident {what['number']}, {what['kind']} (severity {what['severity']}) of {what['team']}, "
              f"{duration(what['effort_seconds'])} of work:"]  # fmt: skip
    for name, story in zip(found["policies"], found["stories"], strict=True):
        if story is None:
            lines.append(f"  {name}: does not open")
            continue
        lines.append(f"  {name}: opens at {moment(story['opened'])}. {story['answer_words']}.")
        if story["split_words"]:
            lines.append(f"    {story['split_words']}")
    return lines
