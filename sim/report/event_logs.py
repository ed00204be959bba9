"""A run as an event log for process mining: a table, XES (IEEE 1849-2023) or OCEL 2.0 as JSON.

Each event says what it is of: in XES, whose cases are incidents and stories, by the case it stands in; in OCEL by the
objects it is related to. Improvements, people, teams and sprints are objects of OCEL alone.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from sim.engine.trace import Event, EventType, Of
from sim.files.results import result_file
from sim.measures.run import Run

if TYPE_CHECKING:
    import pandas as pd

OBJECTS = {
    Of.INCIDENT: "incident",
    Of.STORY: "story",
    Of.IMPROVEMENT: "improvement",
}
"""What the item of an event is an object of."""

CASES = ("incident", "story")


def event_table(run: Run) -> pd.DataFrame:
    """Return every event of a run, a row each, in order.

    Returns:
        Columns `timestamp` (local time of the organisation), `activity`, `incident`, `story`, `improvement` (numbers, <NA>
        where the event is of none), `developer`, `team` (names), `sprint` (of the team, at that moment) and `value`.
    """
    import pandas as pd

    rows = [_row(run, row) for row in run.events.tolist()]
    table = pd.DataFrame(rows)
    for name in (*OBJECTS.values(), "sprint"):
        table[name] = table[name].astype("Int64")
    return table


def _row(run: Run, row: list[int]) -> dict[str, Any]:
    kind = EventType(row[Event.type])
    scenario, developer, team = run.path.scenario, row[Event.developer], row[Event.team]
    named = OBJECTS.get(kind.of)
    told: dict[str, Any] = {
        "timestamp": _begins(run) + datetime.timedelta(seconds=row[Event.time]),
        "activity": kind.name.lower().replace("_", " "),
        **{name: row[Event.item] if name == named else None for name in OBJECTS.values()},
        "developer": f"Developer {developer + 1}" if developer >= 0 else None,
        "team": scenario.teams[team].name if team >= 0 else None,
        "sprint": _sprint(run, row[Event.time], team),
        "value": row[Event.value],
    }
    return told


def _begins(run: Run) -> datetime.datetime:
    return datetime.datetime.combine(run.path.scenario.time.start, datetime.time())


def _sprint(run: Run, second: int, team: int) -> int | None:
    if team < 0:
        return None
    found = int(run.path.organisation.plannings[team].searchsorted(second, side="right")) - 1
    return found if 0 <= found < run.path.organisation.sprint_count else None


# ---- XES -----------------------------------------------------------------------------------------


def write_xes(run: Run, target: Path) -> None:
    """Write a run as XES: a trace for each incident that opened, and each story that was begun or committed.

    Raises:
        OSError: where it cannot be written.
    """
    with result_file(target) as file:
        made = XMLGenerator(file, encoding="utf-8", short_empty_elements=True)
        made.startDocument()
        made.startElement("log", AttributesImpl({"xes.version": "1849-2023", "xes.features": ""}))
        for name, prefix, uri in (
            ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
            ("Time", "time", "http://www.xes-standard.org/time.xesext"),
            ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
        ):
            made.startElement(
                "extension", AttributesImpl({"name": name, "prefix": prefix, "uri": uri})
            )
            made.endElement("extension")
        _attribute(made, "string", "concept:name", f"{run.path.scenario.name}: {run.policy.label}")
        for case, number, events in _cases(run):
            made.startElement("trace", AttributesImpl({}))
            _attribute(made, "string", "concept:name", f"{case} {number}")
            for key, value in _about(run, case, number).items():
                _attribute(made, "int" if isinstance(value, int) else "string", key, value)
            for event in events:
                _event(made, event)
            made.endElement("trace")
        made.endElement("log")
        made.endDocument()


def _cases(run: Run) -> Iterator[tuple[str, int, list[dict[str, Any]]]]:
    rows = [_row(run, row) for row in run.events.tolist()]
    for case in CASES:
        of_case: dict[int, list[dict[str, Any]]] = {}
        for row in rows:
            if row[case] is not None and row["activity"] != "avoided":
                of_case.setdefault(row[case], []).append(row)
        for number in sorted(of_case):
            yield case, number, of_case[number]


def _about(run: Run, case: str, number: int) -> dict[str, str | int]:
    path = run.path
    if case == "story":
        return {"case": case, "points": int(path.stories.points[number])}
    kind = int(path.incidents.kind[number])
    return {
        "case": case,
        "kind": path.scenario.incidents[kind].kind,
        "severity": int(path.organisation.severity[kind]),
    }


def _event(made: XMLGenerator, event: dict[str, Any]) -> None:
    made.startElement("event", AttributesImpl({}))
    _attribute(made, "string", "concept:name", event["activity"])
    _attribute(made, "date", "time:timestamp", f"{event['timestamp'].isoformat()}+00:00")
    if event["developer"] is not None:
        _attribute(made, "string", "org:resource", event["developer"])
    if event["team"] is not None:
        _attribute(made, "string", "org:group", event["team"])
    if event["value"] >= 0:
        _attribute(made, "int", "value", event["value"])
    made.endElement("event")


def _attribute(made: XMLGenerator, kind: str, key: str, value: object) -> None:
    made.startElement(kind, AttributesImpl({"key": key, "value": str(value)}))
    made.endElement(kind)


# ---- OCEL 2.0 ------------------------------------------------------------------------------------


def write_ocel(run: Run, target: Path) -> None:
    """Write a run as OCEL 2.0, in its JSON form.

    Raises:
        OSError: where it cannot be written.
    """
    objects: dict[str, dict[str, Any]] = {}
    events = []
    for n, row in enumerate(_row(run, own) for own in run.events.tolist()):
        related = list(_related(row))
        for identity, kind, _ in related:
            if identity not in objects:
                objects[identity] = _object(run, identity, kind, row)
        events.append(
            {
                "id": f"e{n}",
                "type": row["activity"],
                "time": _utc(row["timestamp"]),
                "attributes": [{"name": "value", "value": row["value"]}],
                "relationships": [
                    {"objectId": identity, "qualifier": qualifier}
                    for identity, _, qualifier in related
                ],
            }
        )
    kinds = sorted({own["type"] for own in objects.values()})
    activities = sorted({event["type"] for event in events})
    document = {
        "objectTypes": [{"name": kind, "attributes": _ATTRIBUTES.get(kind, [])} for kind in kinds],
        "eventTypes": [
            {"name": name, "attributes": [{"name": "value", "type": "integer"}]}
            for name in activities
        ],
        "objects": list(objects.values()),
        "events": events,
    }
    with result_file(target) as file:
        json.dump(document, file, ensure_ascii=False)


_ATTRIBUTES = {
    "incident": [{"name": "kind", "type": "string"}, {"name": "severity", "type": "integer"}],
    "story": [{"name": "points", "type": "integer"}],
}


def _related(row: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield each object of an event: its id, its type, and what it is to the event."""
    for kind in OBJECTS.values():
        if row[kind] is not None:
            yield f"{kind} {row[kind]}", kind, "of"
    if row["developer"] is not None:
        yield row["developer"], "developer", "by"
    if row["team"] is not None:
        yield f"Team {row['team']}", "team", "in"
        if row["sprint"] is not None:
            yield f"Sprint {row['sprint'] + 1} of {row['team']}", "sprint", "during"


def _object(run: Run, identity: str, kind: str, row: dict[str, Any]) -> dict[str, Any]:
    told = _about(run, kind, row[kind]) if kind in CASES else {}
    return {
        "id": identity,
        "type": kind,
        "attributes": [
            {"name": name, "time": _utc(_begins(run)), "value": value}
            for name, value in told.items()
            if name != "case"
        ],
        "relationships": [],
    }


def _utc(moment: datetime.datetime) -> str:
    return f"{moment.isoformat()}Z"
