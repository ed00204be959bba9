"""Which rows of a tracker are incidents, which planned work, and which hold others or are a part of one.

Types of issues are known in the languages that trackers translate them into; a type that is in no table is
told by what stands beside it (a flag for sub-tasks, a level of the hierarchy, points), else it is an incident,
and named in the report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Floats
from sim.calibrate.month_names import without_accents

Words = NDArray[np.object_]
"""Words of a few, one a row."""

INCIDENT, STORY, PART, AROUND, NO_WORK, UNKNOWN_TYPE = (
    "incident",
    "story",
    "part",
    "around",
    "no work",
    "",
)
"""An incident; planned work; a part of other work; what holds others (epics); no work at all; unknown."""

PLANNED = (STORY, PART, AROUND)
"""What is no incident."""

_TYPES = {
    INCIDENT: "bug|bugs|incident|defect|fault|problem|outage|major incident|alert|error|support|support request|service request|service request with approvals"
    "|issue|ticket|help|question|production issue|hotfix|escalation|defekt|fehler|störung|vorfall|incidencia|defecto|fallo|falla|erro|defeito|incidente|problema|bogue|anomalie"
    "|incident technique|errore|difetto|fout|storing|fel|bugg|driftstopp|fejl|hændelse|feil|hendelse|vika|virhe|häiriö|błąd|awaria|incydent|chyba|závada|hiba|eroare"
    "|ошибка|баг|дефект|инцидент|помилка|інцидент|hata|olay|バグ|障害|不具合|インシデント|缺陷|故障|错误|事件|버그|결함|장애|인시던트",
    STORY: "story|user story|task|technical task|improvement|enhancement|feature|new feature|feature request|spike|change request|change|product backlog item|requirement|chore|refactoring|tech debt|technical story"
    "|technical debt|enabler|documentation|research|suggestion|deliverable|work item|backlog item|idea|wish|project task|planned work|tarefa|história|historia|historia de usuario|história de usuário|melhoria|novo recurso"
    "|nova funcionalidade|tarea|mejora|nueva función|nueva característica|nueva funcionalidad|petición de cambio|aufgabe|geschichte|anwendungsfall|verbesserung|neue funktion|neues feature|änderung|tâche|récit|amélioration|nouvelle fonctionnalité"
    "|nouvelle fonction|demande de modification|attività|storia|miglioramento|nuova funzionalità|taak|verhaal|verbetering|nieuwe functie|uppgift|berättelse|förbättring|ny funktion|opgave|forbedring|oppgave|historie|tehtävä|tarina|käyttäjätarina"
    "|parannus|uusi ominaisuus|zadanie|historyjka|historia użytkownika|usprawnienie|ulepszenie|nowa funkcja|úkol|příběh|vylepšení|zlepšení|nová funkce|úloha|vylepšenie|feladat|történet|sarcină|poveste|задача|история|история пользователя|улучшение|новая функциональность"
    "|завдання|історія|покращення|görev|hikaye|hikâye|iyileştirme|yeni özellik|タスク|ストーリー|改善|新機能|任务|任務|故事|用户故事|改进|新功能|新特性|需求|작업|스토리|개선|새 기능|새로운 기능",
    PART: "sub-task|subtask|sub task|technical sub-task|sub-bug|unteraufgabe|teilaufgabe|subtarea|sub-tarea|subtarefa|sub-tarefa|sous-tâche|sottotask|sottoattività|sotto-attività|subtaak|deeltaak|underuppgift|deluppgift|underopgave|delopgave|deloppgave|underoppgave|alitehtävä|podzadanie"
    "|dílčí úkol|podúkol|podúloha|čiastková úloha|alfeladat|részfeladat|subsarcină|подзадача|підзавдання|alt görev|サブタスク|子任务|子任務|하위 작업|하위작업|부작업",
    AROUND: "epic|epos|initiative|theme|capability|objective|program|portfolio epic|milestone|legend|épica|épico|epica|épopée|epopee|epik|эпик|епік|destan|initiativa|iniciativa|initiative épique|エピック|史诗|長篇故事|长篇故事|에픽",
    NO_WORK: "test case|test plan|test suite|test execution|test set|precondition|shared steps|shared parameter|code review request|code review response|feedback request|feedback response|pull request|merge request",
}  # fmt: skip
TYPES = {without_accents(word): work for work, words in _TYPES.items() for word in words.split("|")}

_PREFIX = re.compile(r"^\[[^\]]*\]\s*|^type[:/]\s*|^kind/")
"""What trackers put before a type, such as "[System] Incident" and "kind/feature"."""

_BETWEEN = re.compile(r"[;,|]")


def work_of(kind: str, own: Mapping[str, str], corrections: Mapping[str, str]) -> str:
    """Return what a type of issue is; UNKNOWN_TYPE where no table has it.

    Args:
        kind: the type as it stands in the export.
        own: what a format calls otherwise than others: a type in lower case, and what it is.
        corrections: a type in lower case, and "incident" or "story", as the user says.
    """
    word = kind.strip().casefold()
    corrected = corrections.get(word)
    if corrected in (INCIDENT, STORY):
        return corrected
    found = _known(word, own)
    if found or not _BETWEEN.search(word):
        return found
    # Several labels in one cell: one that says incident decides.
    several = [work for part in _BETWEEN.split(word) if (work := _known(part, own))]
    return INCIDENT if INCIDENT in several else (several or [UNKNOWN_TYPE])[0]


def _known(word: str, own: Mapping[str, str]) -> str:
    word = _PREFIX.sub("", word.strip())
    return own.get(word) or TYPES.get(without_accents(word), UNKNOWN_TYPE)


def told_by_others(
    works: Words, subtask: Sequence[str], level: Floats, planned: NDArray[np.bool_]
) -> Words:
    """Return what each row is, those of an unknown type by what stands beside it.

    Args:
        works: (N,) by the type.
        subtask: (N,) cells that say whether the row is a sub-task; "true" where it is.
        level: (N,) of the hierarchy: below 0 a part, above 0 what holds others; NaN unknown.
        planned: (N,) whether it has points.
    """
    is_part = np.array([cell.casefold() in ("true", "yes", "1") for cell in subtask], dtype=bool)
    unknown = works == UNKNOWN_TYPE
    part, around = is_part | (level < 0), level > 0
    found = works.copy()
    found[unknown & planned] = STORY
    found[unknown & around] = AROUND
    found[part & (works != INCIDENT)] = PART
    return found
