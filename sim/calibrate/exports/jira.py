"""Jira, with Jira Service Management: the navigator's CSV in any language, and the REST API's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.calibrate.exports.form import Form
from sim.files.nested import named

_BEFORE_WORK = {"to do", "todo", "open", "new", "backlog", "selected for development", "reopened"}
_DONE = {"done", "resolved", "closed"}


def _more(issue: Mapping[str, Any]) -> dict[str, str]:
    """Return the last sprint, and what the changelog and the agreed times tell, where they were asked for."""
    fields = issue.get("fields")
    if not isinstance(fields, Mapping):
        return {}
    sprints = [value for value in fields.values() if _is_sprints(value)]
    found = {"last sprint": named(sprints[0][-1])} if sprints else {}
    return found | _from_changes(issue.get("changelog")) | _first_answer(fields)


def _is_sprints(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and isinstance(value[-1], dict)
        and "name" in value[-1]
        and ("boardId" in value[-1] or "startDate" in value[-1])
    )


def _from_changes(changelog: Any) -> dict[str, str]:
    """Return the first start of work and how often the issue came back."""
    histories = changelog.get("histories") if isinstance(changelog, dict) else None
    if not isinstance(histories, list):
        return {}
    moves = sorted(
        (str(h.get("created")), named(item.get("fromString")), named(item.get("toString")))
        for h in histories
        if isinstance(h, dict) and isinstance(h.get("items"), list)
        for item in h["items"]
        if isinstance(item, dict) and item.get("field") == "status"
    )
    begun = [when for when, _, to in moves if to.lower() not in _BEFORE_WORK]
    back = sum(was.lower() in _DONE and to.lower() not in _DONE for _, was, to in moves)
    return {"first move": begun[0] if begun else "", "times reopened": str(back)}


def _first_answer(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return when Service Management's clock for the first response stopped."""
    for value in fields.values():
        if isinstance(value, Mapping) and "response" in str(value.get("name", "")).lower():
            cycles = value.get("completedCycles")
            last = cycles[0] if isinstance(cycles, list) and cycles else None
            stop = last.get("stopTime") if isinstance(last, Mapping) else None
            when = stop.get("iso8601", stop.get("jira")) if isinstance(stop, Mapping) else None
            return {"first response stopped": str(when)} if when else {}
    return {}


_KEYS = (
    "issue key", "key", "chave da item", "vorgangsschlüssel", "schlüssel", "clé de ticket", "clé", "clave de incidencia",
    "clave", "chiave segnalazione", "chiave", "klucz zgłoszenia", "klucz", "ärendenyckel", "nyckel", "sagsnøgle", "saksnøkkel",
    "tapahtuman avain", "issue-sleutel", "sleutel", "klíč problému", "klíč", "problémakulcs", "cheie problemă", "ключ проблемы", "код задачи", "ключ задачи", "ключ",
    "sorun anahtarı", "konu anahtarı", "課題キー", "キー", "问题关键字", "事务键", "关键字", "密钥", "이슈 키", "키",
)  # fmt: skip
"""What Jira calls the key of an issue in its languages."""

_BARE_KEYS = frozenset(
    [
        "key",
        "clé",
        "clave",
        "chiave",
        "sleutel",
        "klucz",
        "klíč",
        "nyckel",
        "ключ",
        "キー",
        "关键字",
        "密钥",
        "키",
        "schlüssel",
    ]
)
"""Those that other tables use, too."""

JIRA = Form(
    name="jira",
    title="Jira issues",
    marks=(
        *((key,) for key in _KEYS if key not in _BARE_KEYS),
        ("key", "created", "issue type"),
        ("key", "fields.created"),
        ("key", "fields.issuetype.name"),
    ),
    columns={
        "number": _KEYS,
        "opened": ("created", "fields.created"),
        "resolved": ("resolved", "fields.resolutiondate"),
        "responded": (
            "first move", "first response stopped", "first response date",
        ),
        "severity": ("priority", "fields.priority.name", "fields.priority"),
        "state": ("status category", "categoria do status", "statuskategorie", "catégorie de statut",
                  "categoría de estado", "fields.status.statuscategory.key", "status",
                  "fields.status.name", "fields.status"),
        "status": ("status", "fields.status.name"),
        "resolution": ("resolution", "fields.resolution.name"),
        "type": ("issue type", "fields.issuetype.name", "fields.issuetype"),
        "category": ("request type", "issue type", "tipo de item", "vorgangstyp", "type de ticket",
                     "tipo de incidencia", "fields.issuetype.name", "fields.issuetype"),
        "subtask": ("fields.issuetype.subtask",),
        "level": ("fields.issuetype.hierarchylevel",),
        "group": ("team", "equipo", "équipe", "equipe", "zespół", "команда", "チーム", "团队", "project name", "nome do projeto", "projektname", "nom du projet",
                  "nombre del proyecto", "fields.project.name", "fields.project.key", "project key"),
        "person": ("assignee", "fields.assignee.displayname", "fields.assignee.name"),
        "effort_seconds": ("time spent", "tempo gasto", "benötigte zeit", "temps passé",
                           "tiempo trabajado", "fields.timespent"),
        "reopened": ("times reopened",),
        "points": ("story points", "story point estimate", "fields.customfield 10016", "fields.storypoints"),
        "sprint": ("sprint", "last sprint"),
    },
    cannot_tell=(
        "When somebody first answered is not in a Jira CSV; it needs the JSON with its changelog.",
        "A sprint has only its name: no dates, and no history of what was committed, added or "
        "removed. Use sprint data for those.",
        "How often an issue came back needs the changelog.",
    ),
    more=_more,
    foreign=("project", "responded", "closed", "link"),
)  # fmt: skip
