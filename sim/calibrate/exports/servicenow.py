"""ServiceNow: lists of incidents, and audit logs with a row for each change."""

from __future__ import annotations

from sim.calibrate.exports.form import Form

SERVICENOW = Form(
    name="servicenow",
    title="ServiceNow incidents",
    marks=(
        ("number", "opened at", "incident state"),
        ("number", "opened at", "assignment group"),
        ("number", "opened", "assignment group"),
        ("incident number", "opened at", "assignment group"),
        ("number", "opened at", "sys updated on"),
    ),
    columns={
        "number": ("number", "incident number"),
        "opened": ("opened at", "opened"),
        "resolved": ("resolved at", "resolved"),
        "closed": ("closed at", "closed"),
        "updated": ("sys updated at", "sys updated on", "updated"),
        "change": ("sys mod count",),
        "state": ("incident state", "state"),
        "severity": ("priority",),
        "category": ("category",),
        "group": ("assignment group",),
        "person": ("assigned to", "resolved by"),
        "effort_seconds": ("time worked",),
        "reassigned": ("reassignment count",),
        "reopened": ("reopen count",),
        "contact": ("contact type",),
        "resolution": ("close code", "resolution code"),
    },
    cannot_tell=(
        "Elapsed times are not effort: they hold waiting, nights and other work.",
        "Priority follows impact, not speed: look at the times before a promise is set by it.",
        "When a developer began is not recorded; the first state other than New stands for it.",
        "Sprints, points and planned work are not in it.",
    ),
    foreign=("responded", "project", "link"),
)
