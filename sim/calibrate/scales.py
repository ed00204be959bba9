"""Severities from the words and numbers of a tracker: 1 is worst, 5 mildest.

A scale is understood as a whole. Where words and numbers stand together ("5 - Critical", "1 - Low"), the
words tell which way the numbers run; where a number stands alone, 1 is the worst.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.calibrate.month_names import without_accents

_WORDS = {
    1: "critical critico critica kritisch kritiek critique critici kritisk kritická kriticky krytyczny krytyczna"
       " критический критично критичная blocker blocking bloquant bloqueante bloqueador bloqueadora blockierend"
       " showstopper highest urgent urgente urgentne dringend emergency notfall emergencia emergência urgence"
       " outage down catastrophic acil kritik pilne pilny akut bråttom срочный срочная неотложный fatal höchste hochste"
       " 紧急 緊急 严重 致命 最高 긴급 심각",
    2: "high major alta alto hoch haute haut élevée élevé elevada elevado grave important importante importante wichtig"
       " hoog hög høj høy wysoki wysoka vysoká vysoky высокий высокая важный yüksek korkea ridicată magas serious severe"
       " schwer 高 重要 높음",
    3: "medium moderate normal média médio media medio mittel moyenne moyen moderada moderado standard default normale"
       " gemiddeld medel mellan middel średni średnia střední stredni средний средняя обычный orta keskitaso tavallinen"
       " medie közepes ordinary 中 中等 普通 一般 보통",
    4: "low minor baixa baixo bassa basso baja bajo niedrig gering basse bas faible menor laag låg lav niski niska nízká"
       " nizky низкий низкая düşük matala scăzută alacsony planning cosmetic kosmetisch 低 轻微 낮음",
    5: "lowest trivial informational information informativo info mínima mínimo niedrigste geringste none negligible question"
       " wish wunsch 最低 매우낮음",
}  # fmt: skip
SEVERITY = {
    without_accents(word): number for number, words in _WORDS.items() for word in words.split()
}
"""Words of trackers in several languages, without accents; 1 is worst."""

_NEGATIONS = (
    "not no non nicht kein keine keinen nie pas sans sin sem niet geen inte ikke nie ei не без un"
)
_STRONGER = (
    "very sehr muy très tres mais más mas plus más molto muito erg zeer mycket meget bardzo velmi очень самый самая"
    " extremely extra çok la super"
)
_NOT = frozenset(without_accents(word) for word in _NEGATIONS.split())
_VERY = frozenset(without_accents(word) for word in _STRONGER.split())
_MILDER = 4
"""What "not urgent" and "non-critical" count as: less than usual, and no more is said."""

_NUMBERED = re.compile(
    r"\W*(?:priority|prio|p|severity|sev|s|level|lvl|stufe|prioridade|prioridad|priorität|klasse|class)?\s*[-:#._]?\s*([0-9])(?![0-9.,:])",
    re.I,
)
_IN_BRACKETS = re.compile(r"[(\[{]\s*(?:p|prio|sev|s)?\s*([0-9])\s*[)\]}]", re.I)
_LAST = re.compile(r"(?:p|prio|priority|sev|severity)[-:#._ ]?([0-9])$", re.I)
_TIME = re.compile(
    r"^\W*[0-9]+\s*(?:h|hours?|hrs?|d|days?|min|minutes?|weeks?|tage?|stunden?|horas?|jours?|x)\b",
    re.I,
)
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Scale:
    """The severities of one column's values."""

    severities: Sequence[int]
    """Of each value, 1 to 5; -1 for one that is not understood."""
    from_zero: bool
    """Whether all were moved up, as they begin at 0."""
    upwards: bool
    """Whether larger numbers are worse here, by the words beside them."""


def read_scale(
    values: Sequence[str], corrections: Mapping[str, str], heading: str = "", upwards: bool = False
) -> Scale:
    """Return the severity of each distinct value of a column.

    Args:
        values: the cells.
        corrections: a value in lower case: "1" to "5", as the user says.
        heading: the column's; it may say which way the numbers run, as in "Priority (1 = low)".
        upwards: which way they run where neither words nor heading say so.
    """
    said = [corrections.get(value.strip().casefold(), "") for value in values]
    numbers, words = [_number(v) for v in values], [_word(v) for v in values]
    upwards = _runs_upwards([*zip(numbers, words, strict=True), *_in_heading(heading)], upwards)
    from_zero = not upwards and any(n == 0 and not s for n, s in zip(numbers, said, strict=True))
    top = max((n for n in numbers if n is not None), default=0)
    found = []
    for own, number, word in zip(said, numbers, words, strict=True):
        if own in ("1", "2", "3", "4", "5"):
            found.append(int(own))
        elif number is None or (upwards and word is not None):
            found.append(-1 if word is None else word)
        else:
            severity = top + 1 - number if upwards else number + from_zero
            found.append(min(severity, 5) if 1 <= severity <= 5 + from_zero else -1)
    return Scale(found, from_zero, upwards)


def _number(text: str) -> int | None:
    """Return the number that ranks a value; None where it has none, or tells a time."""
    if _TIME.match(text):
        return None
    found = _NUMBERED.match(text) or _IN_BRACKETS.search(text) or _LAST.search(text.strip())
    return int(found[1]) if found else None


def _word(text: str) -> int | None:
    """Return the severity that the words of a value say; None where they say none."""
    words = [without_accents(word) for word in _LETTERS.findall(text)]
    plain = without_accents(text)
    for place, word in enumerate(words):
        found = SEVERITY.get(word) or _negated_in_one(word)
        if found is None:
            continue
        before = set(words[:place])
        if before & _NOT:
            return max(_MILDER, found)
        if before & _VERY and found in (2, 4):
            return 1 if found == 2 else 5
        return found
    # Languages that put no spaces between words.
    return next(
        (
            n
            for word, n in SEVERITY.items()
            if not word.isascii() and len(word) <= 3 and word in plain
        ),
        None,
    )


def _negated_in_one(word: str) -> int | None:
    """Return the severity of such as "noncritical" and "unkritisch"; None where it is none."""
    for start in ("non", "un", "in", "nicht", "не"):
        if word.startswith(start) and SEVERITY.get(word.removeprefix(start), 5) <= 2:
            return _MILDER
    return None


def _runs_upwards(pairs: Sequence[tuple[int | None, int | None]], default: bool) -> bool:
    both = np.array([(n, w) for n, w in set(pairs) if n is not None and w is not None], dtype=float)
    if len(both) < 2:
        return default
    number, word = both.T
    together = float(((number - number.mean()) * (word - word.mean())).sum())
    return together < 0 if together else default


def _in_heading(heading: str) -> list[tuple[int | None, int | None]]:
    """Return what a heading such as "Priority (1 = low, 5 = high)" says of its numbers."""
    pairs = re.findall(r"([0-9])\s*(?:=|:|is|-|–)\s*([^\W\d_]+)", heading)
    found = [(int(number), _word(word)) for number, word in pairs]
    known = [(number, word) for number, word in found if word is not None]
    # One end says where the other must be.
    return [*known, (6 - known[0][0], 6 - known[0][1])] if len(known) == 1 else list(known)
