"""What trackers' words mean: severities and states, in several languages, and the user's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_SEVERITIES = {
    1: "critical|blocker|highest|urgent|emergency|outage|crítica|crítico|kritisch|critique",
    2: "high|major|alta|alto|hoch|haute|élevée|grave|important|wichtig",
    3: "medium|moderate|normal|média|media|mittel|moyenne|moderada|standard",
    4: "low|minor|baixa|baja|bassa|niedrig|basse|faible|menor|planning",
    5: "lowest|trivial|informational|info|mínima|niedrigste",
}
SEVERITY = {word: number for number, words in _SEVERITIES.items() for word in words.split("|")}

_NUMBERED = re.compile(r"\W*(?:p|prio|priority|s|sev|severity)?\s*[-:#.]?\s*([0-9])(?!\d)")

NEW, ACTIVE, WAITING, DONE, UNKNOWN = "new", "active", "waiting", "resolved", ""
STATES = (NEW, ACTIVE, WAITING, DONE)
_STATES = {
    NEW: "new|open|to do|todo|triggered|backlog|offen|neu|aberto|nuevo|a fazer|itens pendentes"
    "|zu erledigen|à faire|selected for development",
    ACTIVE: "active|in progress|work in progress|assigned|acknowledged|in arbeit|em andamento"
    "|en cours|en curso|in review|testing",
    DONE: "resolved|closed|done|complete|completed|cancelled|canceled|merged|fixed|erledigt"
    "|itens concluídos|concluído|fertig|terminé|listo",
}
_STATE = {word: state for state, words in _STATES.items() for word in words.split("|")}
_WAITING = re.compile(r"(awaiting|waiting|pending|on hold|hold|blocked|suspended|paused|wartet)")

INCIDENT, STORY = "incident", "story"


def severity(text: str, corrections: Mapping[str, str]) -> int:
    """Return a severity, 1 (worst) to 5; -1 for a word that is not understood.

    It may be 0 where numbers begin there.
    """
    word = text.strip().casefold()
    corrected = corrections.get(word)
    if corrected is not None and corrected.isdigit():
        return int(corrected)
    numbered = _NUMBERED.match(word)
    if numbered:
        return int(numbered[1]) if int(numbered[1]) <= 5 else -1
    found = (SEVERITY[part] for part in re.findall(r"[^\W\d_]+", word) if part in SEVERITY)
    return next(found, -1)


def state(text: str, corrections: Mapping[str, str]) -> str:
    """Return NEW, ACTIVE, WAITING or DONE; UNKNOWN for a word that is not understood."""
    word = text.strip().casefold()
    corrected = corrections.get(word)
    if corrected in STATES:
        return corrected
    if _WAITING.match(word):
        return WAITING
    return _STATE.get(word, UNKNOWN)


def is_story(kind: str, stories: frozenset[str], corrections: Mapping[str, str]) -> bool:
    """Return whether a type of issue is planned work."""
    word = kind.strip().casefold()
    corrected = corrections.get(word)
    if corrected in (INCIDENT, STORY):
        return corrected == STORY
    return word in stories


def severities(values: Sequence[str], corrections: Mapping[str, str]) -> tuple[list[int], bool]:
    """Return the severity of each value, -1 unknown; and whether all were moved up since they began
    at 0."""
    found = [severity(value, corrections) for value in values]
    from_zero = 0 in found
    return [s + 1 if from_zero and 0 <= s < 5 else s for s in found], from_zero
