"""Any other CSV: columns guessed by their names, or named with --columns."""

from __future__ import annotations

from sim.calibrate.exports.form import Form
from sim.calibrate.exports.jira import STORIES

TABLE = Form(
    name="csv",
    title="a table of tickets",
    marks=(),
    columns={
        "number": ("number", "id", "key", "ticket", "incident", "case", "nr", "número", "nummer"),
        "opened": (
            "opened", "opened at", "created", "created at", "open date", "start", "reported",
            "date opened", "creation date", "geöffnet", "erstellt", "eröffnet", "ouvert",
            "ouvert le", "créé", "créé le", "abierto", "aberto", "aberto em", "criado", "aperto",
        ),
        "resolved": (
            "resolved", "resolved at", "closed", "closed at", "fixed", "end", "gelöst",
            "geschlossen", "résolu", "résolu le", "resuelto", "resolvido", "resolvido em", "risolto",
        ),
        "responded": ("responded", "responded at", "acknowledged", "first response", "started"),
        "state": ("state", "status", "estado", "état"),
        "severity": ("severity", "priority", "urgency", "sev", "prio", "priorität", "dringlichkeit",
                     "priorité", "gravité", "prioridad", "severidad", "prioridade", "severidade",
                     "gravità", "priorità"),
        "category": ("kind", "category", "type", "kategorie", "catégorie", "categoría", "categoria"),
        "type": ("issue type",),
        "group": ("team", "group", "assignment group", "gruppe", "équipe", "equipo", "equipe"),
        "person": ("person", "assignee", "assigned to", "owner", "bearbeiter"),
        "effort_hours": ("effort hours", "hours", "effort", "time spent hours", "hours spent",
                         "aufwand", "stunden"),
        "effort_seconds": ("effort seconds", "time spent", "seconds"),
        "reassigned": ("reassigned", "reassignments", "reassignment count"),
        "reopened": ("reopened", "reopen count"),
        "points": ("points", "story points"),
        "sprint": ("sprint",),
    },
    cannot_tell=("Sprints, commitment and planned work beyond what has a column.",),
    stories=STORIES,
)  # fmt: skip
