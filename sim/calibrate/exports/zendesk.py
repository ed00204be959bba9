"""Zendesk: tickets of the REST API with their metrics, and the CSV of views and reports."""

from __future__ import annotations

from sim.calibrate.exports.form import Form

ZENDESK = Form(
    name="zendesk",
    title="Zendesk tickets",
    marks=(
        ("id", "created at", "requester id"),
        ("id", "requester", "requested"),
        ("ticket id", "ticket created - timestamp"),
        ("ticket id", "ticket solved - timestamp"),
        ("id", "created at", "first reply time in minutes"),
        ("ticket id", "created at", "solved at"),
        ("id", "created at", "solved at", "satisfaction score"),
    ),
    columns={
        "number": ("ticket id", "id"),
        "opened": ("created at", "ticket created - timestamp", "requested"),
        "resolved": ("solved at", "ticket solved - timestamp", "metric set.solved at", "solved"),
        "state": ("status", "ticket status"),
        "severity": ("priority", "ticket priority"),
        "category": ("ticket type", "type", "ticket form"),
        "type": ("ticket type", "type"),
        "group": ("group", "ticket group", "group name", "group id"),
        "person": ("assignee", "assignee name", "assignee id"),
        "response_minutes": ("first reply time in minutes", "first reply time (min)",
                             "metric set.reply time in minutes.calendar"),
        "resolution_minutes": ("full resolution time in minutes", "full resolution time (min)",
                               "metric set.full resolution time in minutes.calendar"),
        "effort_seconds": ("total time spent (sec)", "time spent (sec)"),
        "reopened": ("reopens", "metric set.reopens", "ticket reopens"),
        "reassigned": ("group stations", "metric set.group stations"),
        "contact": ("via.channel", "via", "channel"),
    },
    cannot_tell=(
        "A reply to the customer is no start of work.",
        "Hours worked are in it only where the time tracking app keeps them.",
        "Sprints, points and planned work are not in it.",
        "What was merged into another ticket stands in it as closed.",
    ),
    types={"task": "incident", "question": "incident", "problem": "incident"},
    foreign=("responded", "project", "resolution", "number", "link"),
)  # fmt: skip
