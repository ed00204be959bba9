"""Jira: the navigator's CSV in several languages, and the REST API's JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.calibrate.exports.form import Form

STORIES = frozenset(
    [
        "story",
        "user story",
        "task",
        "technical task",
        "epic",
        "sub-task",
        "subtask",
        "improvement",
        "feature",
        "new feature",
        "spike",
        "change request",
        "tarefa",
        "história",
        "historia",
        "subtarefa",
        "épico",
        "aufgabe",
        "geschichte",
        "unteraufgabe",
        "tâche",
        "récit",
        "sous-tâche",
        "tarea",
    ]
)

_BEFORE_WORK = {"to do", "todo", "open", "new", "backlog", "selected for development", "reopened"}
_DONE = {"done", "resolved", "closed"}


def records(document: Any) -> list[dict[str, str]] | None:
    """Return issues of REST search results, one page or several; None where there are none."""
    issues = list(_issues(document))
    return [_issue(issue) for issue in issues] if issues else None


def _issues(document: Any) -> Iterator[dict[str, Any]]:
    for page in document if isinstance(document, list) else [document]:
        if not isinstance(page, dict):
            return
        for issue in page.get("issues", [page]) if isinstance(page.get("issues", []), list) else []:
            if isinstance(issue, dict) and isinstance(issue.get("fields"), dict) and "key" in issue:
                yield issue


def _issue(issue: dict[str, Any]) -> dict[str, str]:
    fields = issue["fields"]
    found = {
        "number": str(issue["key"]),
        "opened": _text(fields.get("created")),
        "resolved": _text(fields.get("resolutiondate")),
        "severity": _text(fields.get("priority")),
        "state": _text(fields.get("status")),
        "type": _text(fields.get("issuetype")),
        "category": _text(fields.get("issuetype")),
        "group": _text(fields.get("project")),
        "person": _text(fields.get("assignee")),
        "effort_seconds": _text(fields.get("timespent")),
    }
    sprints = [value for value in fields.values() if _is_sprints(value)]
    if sprints:
        found["sprint"] = _text(sprints[0][-1])
    points = fields.get("customfield_10016", fields.get("storyPoints"))
    if isinstance(points, int | float):
        found["points"] = str(points)
    return found | _from_changes(issue.get("changelog"))


def _is_sprints(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and isinstance(value[-1], dict)
        and "name" in value[-1]
        and ("boardId" in value[-1] or "startDate" in value[-1])
    )


def _from_changes(changelog: Any) -> dict[str, str]:
    """Return the first start of work and reopenings, where the history was asked for."""
    histories = changelog.get("histories") if isinstance(changelog, dict) else None
    if not isinstance(histories, list):
        return {}
    moves = sorted(
        (str(h.get("created")), _text(item.get("fromString")), _text(item.get("toString")))
        for h in histories
        if isinstance(h, dict)
        for item in h.get("items", [])
        if isinstance(item, dict) and item.get("field") == "status"
    )
    begun = [when for when, _, to in moves if to.lower() not in _BEFORE_WORK]
    back = sum(was.lower() in _DONE and to.lower() not in _DONE for _, was, to in moves)
    return {"responded": begun[0] if begun else "", "reopened": str(back)}


def _text(value: Any) -> str:
    """Return a plain value, or the name of an object that has one."""
    if isinstance(value, dict):
        value = value.get("name", value.get("displayName", value.get("key")))
    return "" if value is None or isinstance(value, dict | list) else str(value)


JIRA = Form(
    name="jira",
    title="Jira issues",
    marks=(
        ("issue key", "created"),
        ("chave da item", "criado"),
        ("vorgangsschlüssel", "erstellt"),
        ("clé de ticket", "création"),
        ("clave de incidencia", "creada"),
        ("issue key", "issue type", "status"),
    ),
    columns={
        "number": (
            "issue key", "key", "chave da item", "vorgangsschlüssel", "clé de ticket",
            "clave de incidencia",
        ),
        "opened": ("created", "criado", "erstellt", "création", "creada", "creado"),
        "resolved": ("resolved", "resolvido", "erledigt", "gelöst", "résolue", "résolu", "resuelta"),
        "severity": ("priority", "prioridade", "priorität", "priorité", "prioridad"),
        "state": ("status category", "categoria do status", "status", "statuskategorie", "état",
                  "estado"),
        "type": ("issue type", "tipo de item", "vorgangstyp", "type de ticket",
                 "tipo de incidencia"),
        "category": ("issue type", "tipo de item", "vorgangstyp", "type de ticket",
                     "tipo de incidencia"),
        "group": ("project name", "nome do projeto", "projektname", "nom du projet",
                  "nombre del proyecto", "project key"),
        "person": ("assignee", "responsável", "zugewiesene person", "bearbeiter",
                   "attribution", "persona asignada"),
        "effort_seconds": ("time spent", "tempo gasto", "benötigte zeit", "temps passé",
                           "tiempo trabajado"),
        "points": ("story points", "story point estimate"),
        "sprint": ("sprint",),
    },
    cannot_tell=(
        "When somebody first answered is not in a Jira CSV; it needs the JSON with its changelog.",
        "A sprint has only its name: no dates, and no history of what was committed, added or "
        "removed. Use sprint data for those.",
        "How often an issue came back needs the changelog.",
    ),
    records=records,
    stories=STORIES,
)  # fmt: skip
