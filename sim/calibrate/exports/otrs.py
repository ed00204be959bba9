"""OTRS and Znuny: the CSV of a ticket search, with comma, semicolon or tab."""

from __future__ import annotations

from sim.calibrate.exports.form import Form

OTRS = Form(
    name="otrs",
    title="OTRS or Znuny tickets",
    marks=(
        ("ticket number", "queue", "created"),
        ("ticketnumber", "queue", "created"),
        ("ticket#", "queue", "created"),
        ("ticket#", "queue", "erstellt"),
        ("ticketnummer", "queue", "erstellt"),
        ("number", "queue", "lock", "created"),
    ),
    columns={
        "number": ("ticket number", "ticketnumber", "ticket#", "ticketnummer", "number"),
        "opened": ("created", "erstellt"),
        "resolved": ("closed", "close time", "geschlossen", "schließzeit"),
        "responded": ("firstresponse", "first response", "erste reaktion"),
        "state": ("state", "status", "statustyp"),
        "status": ("state", "status"),
        "severity": ("priority", "priorität"),
        "category": ("service", "type", "typ"),
        "group": ("queue",),
        "person": ("owner", "besitzer", "responsible"),
        "effort_minutes": ("accountedtime", "accounted time", "erfasste zeit", "verrechnete zeit"),
        "response_minutes": ("firstresponseinmin",),
        "resolution_minutes": ("solutioninmin",),
    },
    cannot_tell=(
        "Accounted time is in the units of the installation: minutes if nobody set others.",
        "Times in minutes are by the calendar of the agreement, not by the clock.",
        "Sprints, points and planned work are not in it.",
    ),
    not_done=frozenset({"merged", "removed", "zusammengefasst", "entfernt"}),
    upwards=True,
    foreign=("type", "project", "resolution", "number", "effort_any", "link"),
)  # fmt: skip
