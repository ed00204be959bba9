"""Azure DevOps and Team Foundation Server: query results as CSV or Excel, and work items of the REST API."""

from __future__ import annotations

from sim.calibrate.exports.form import Form
from sim.calibrate.work_types import AROUND, PART

AZURE = Form(
    name="azure",
    title="Azure DevOps work items",
    marks=(
        ("id", "work item type"),
        ("id", "fields.system.workitemtype"),
        ("id", "arbeitselementtyp"),
        ("id", "type d'élément de travail"),
        ("id", "tipo de elemento de trabajo"),
        ("id", "tipo de item de trabalho"),
    ),
    columns={
        "number": ("id", "fields.system.id"),
        "opened": ("created date", "fields.system.createddate", "erstellungsdatum", "date de création", "fecha de creación", "data da criação"),
        "resolved": (
            "resolved date", "closed date", "fields.microsoft.vsts.common.resolveddate",
            "fields.microsoft.vsts.common.closeddate",
        ),
        "closed": ("closed date", "fields.microsoft.vsts.common.closeddate"),
        "responded": ("activated date", "fields.microsoft.vsts.common.activateddate"),
        "state": ("state", "fields.system.state"),
        "resolution": ("reason", "fields.system.reason", "resolved reason"),
        "severity": ("severity", "fields.microsoft.vsts.common.severity", "priority", "fields.microsoft.vsts.common.priority"),
        "type": ("work item type", "fields.system.workitemtype", "arbeitselementtyp",
                 "type d'élément de travail", "tipo de elemento de trabajo", "tipo de item de trabalho"),
        "category": ("work item type", "fields.system.workitemtype"),
        "group": ("area path", "fields.system.areapath", "node name", "team project", "fields.system.teamproject"),
        "person": ("assigned to", "fields.system.assignedto.displayname", "fields.system.assignedto"),
        "effort_hours": ("completed work", "fields.microsoft.vsts.scheduling.completedwork"),
        "points": ("story points", "effort", "size", "fields.microsoft.vsts.scheduling.storypoints",
                   "fields.microsoft.vsts.scheduling.effort"),
        "sprint": ("iteration path", "fields.system.iterationpath"),
    },
    cannot_tell=(
        "A query holds the columns it was given: add Created, Resolved and Closed Date, Activated Date, Completed Work "
        "to it.",
        "When somebody first answered is the date of activation; a first answer before it is not in it.",
        "A sprint has only its path: what was committed, added or removed is not in a query.",
    ),
    types={"feature": AROUND, "task": PART},
    not_done=frozenset({"removed", "cut", "duplicate"}),
    foreign=("project", "effort_any", "level", "link"),
)  # fmt: skip
