"""Numbers and durations as exports write them; what a comma means, the whole column decides.

A comma before three digits is a decimal one in half of the world and parts thousands in the other: "1,234".
Other cells of the column mostly tell; where none does, the sign that parts the file's columns is the next
best hint (a file with semicolons keeps the comma for numbers), and for hours what can be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats

WORKDAY_HOURS = 8.0
"""Hours of a working day, where effort is written in days: what trackers take if nobody says otherwise."""

UNITS = {
    "seconds": ("s", "sec", "secs", "second", "seconds", "segundo", "segundos", "sekunde", "sekunden", "seconde", "secondes", "秒"),
    "minutes": ("m", "min", "mins", "minute", "minutes", "minuto", "minutos", "minuten", "minuti", "мин", "分", "分钟"),
    "hours": ("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "hora", "horas", "heure", "heures",
              "ora", "ore", "uur", "godz", "timmar", "timer", "ч", "час", "часа", "часов", "時間", "小时"),
    "days": ("d", "day", "days", "tag", "tage", "pt", "día", "días", "dia", "dias", "jour", "jours", "j", "giorno",
             "giorni", "dag", "dagen", "dni", "md", "д", "日", "天"),
    "weeks": ("w", "week", "weeks", "woche", "wochen", "semana", "semanas", "semaine", "semaines", "sem", "нед", "周"),
}  # fmt: skip
"""Unit: words and letters for it, in lower case."""

_UNIT = {word: unit for unit, words in UNITS.items() for word in words}
_HOURS = {"seconds": 1 / 3600, "minutes": 1 / 60, "hours": 1.0}

_DIGITS = r"\d+(?:[.,'\u2019\u00a0\u202f ]\d+)*"
_NUMBER = re.compile(rf"([-+\u2212]?)\s*({_DIGITS}|[.,]\d+)$")
_PART = re.compile(rf"\s*({_DIGITS}|[.,]\d+)\s*([^\W\d_]+)\.?,?(?:\s+(?:and|und|y|e|et))?")
_CLOCK = re.compile(r"(-?)(\d+):([0-5]\d)(?::([0-5]\d)(?:[.,]\d+)?)?$")
_ISO = re.compile(
    r"P(?:(?P<weeks>\d+(?:[.,]\d+)?)W)?(?:(?P<days>\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:[.,]\d+)?)H)?(?:(?P<minutes>\d+(?:[.,]\d+)?)M)?(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?$",
    re.I,
)  # fmt: skip
_ANY_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}$")


@dataclass(frozen=True, eq=False)
class Amounts:
    """The numbers of one column."""

    values: Floats
    """(N,) in the unit asked for; NaN where a cell is none."""
    decimal: str
    """"," or ".", the sign before decimals."""
    guessed: bool
    """Whether no cell decides what a comma or point before three digits is."""
    in_words: int
    """Distinct cells that name their units, such as "1h 30m"."""


def numbers(texts: Sequence[str], delimiter: str = ",") -> Amounts:
    """Read plain numbers.

    Args:
        texts: the distinct cells.
        delimiter: what parts the columns of the file.
    """
    decimal, guessed = _decimal(texts, delimiter)
    values = np.array([_number(text, decimal) for text in texts], dtype=np.float64)
    return Amounts(values, decimal, guessed, 0)


def hours(
    texts: Sequence[str], unit: str, delimiter: str = ",", day_hours: float = WORKDAY_HOURS
) -> Amounts:
    """Read durations as hours: plain numbers in the column's unit, or cells that name theirs.

    Args:
        texts: the distinct cells, such as "1h 30m", "PT1H30M", "1:30", "1,5".
        unit: of plain numbers; a key of UNITS.
        delimiter: what parts the columns of the file.
        day_hours: hours of a day; a week has five of them where a day is a working day, else seven.
    """
    decimal, guessed = _decimal(texts, delimiter)
    if guessed and unit in ("hours", "days") and any("," in text for text in texts):
        decimal = ","  # no ticket takes a thousand hours
    sizes = _HOURS | {"days": day_hours, "weeks": day_hours * (7 if day_hours == 24 else 5)}
    plain = np.array([_number(text, decimal) for text in texts], dtype=np.float64) * sizes[unit]
    worded = [_worded(text.strip(), decimal, sizes) if np.isnan(value) else None
              for text, value in zip(texts, plain, strict=True)]  # fmt: skip
    values = [p if w is None else w for p, w in zip(plain.tolist(), worded, strict=True)]
    return Amounts(
        np.array(values, dtype=np.float64), decimal, guessed, sum(w is not None for w in worded)
    )


def unit_in(heading: str) -> str | None:
    """Return the unit that a column's heading names, such as "Effort (h)"; None where it names none."""
    found = [_UNIT[word] for word in re.findall(r"[^\W\d_]+", heading.casefold()) if word in _UNIT]
    return found[-1] if found else None


def _decimal(texts: Sequence[str], delimiter: str) -> tuple[str, bool]:
    """Return the sign before decimals, and whether nothing but a guess says so."""
    votes = {",": 0, ".": 0}
    unsure = {",": 0, ".": 0}
    for number in (one for text in texts for one in _ANY_NUMBER.findall(text[:80])):
        marks = re.sub(r"[^.,]", "", number)
        if not marks:
            continue
        last = marks[-1]
        if len(set(marks)) == 2:
            votes[last] += 1  # 1.234,5
        elif len(marks) > 1:
            votes["." if last == "," else ","] += 1  # 1,234,567
        elif _AMBIGUOUS.match(number):
            unsure[last] += 1
        else:
            votes[last] += 1  # 12,5 and 0,932
    if votes[","] != votes["."]:
        return max(votes, key=lambda mark: votes[mark]), False
    if not any(unsure.values()):
        return ".", False
    # Cells such as 1,234 alone.
    mark = max(unsure, key=lambda one: unsure[one])
    if mark == ",":
        return ("," if delimiter == ";" else "."), True
    return ".", True


def _number(text: str, decimal: str) -> float:
    text = text.strip().lstrip("'")
    found = _NUMBER.match(text)
    if found is None:
        return _plain(text)
    sign, digits = found.groups()
    return _value(digits, decimal) * (-1 if sign and sign != "+" else 1)


def _plain(text: str) -> float:
    try:
        number = float(text) if len(text) < 40 and "_" not in text else np.nan
    except ValueError:
        return np.nan
    return number if np.isfinite(number) else np.nan


def _value(digits: str, decimal: str) -> float:
    thousands = "," if decimal == "." else "."
    digits = re.sub(r"['\u2019\u00a0\u202f ]", "", digits)
    head, mark, tail = digits.rpartition(decimal)
    if mark and thousands in tail:
        return np.nan  # 1,234.5 in a column of decimal commas
    whole, places = (head, tail) if mark else (digits, "0")
    groups = whole.split(thousands)
    if len(groups) > 1 and any(len(group) != 3 for group in groups[1:]):
        # 1.5 in a column of decimal commas can be nothing else.
        return _plain(digits.replace(",", ".")) if len(groups) == 2 and not mark else np.nan
    return _plain(f"{''.join(groups) or '0'}.{places}")


def _worded(text: str, decimal: str, sizes: dict[str, float]) -> float:
    """Return the hours of a cell that names its units; NaN where it is none."""
    if len(text) > 80:
        return np.nan
    if found := _CLOCK.match(text):
        sign, h, m, s = found.groups()
        return (int(h) + int(m) / 60 + int(s or 0) / 3600) * (-1 if sign else 1)
    if (found := _ISO.match(text)) and any(found.groups()):
        parts = {unit: float(n.replace(",", ".")) for unit, n in found.groupdict().items() if n}
        return sum(n * sizes[unit] for unit, n in parts.items())
    total, at = 0.0, 0
    while found := _PART.match(text, at):
        unit = _UNIT.get(found[2].casefold())
        if unit is None:
            return np.nan
        total, at = total + _value(found[1], decimal) * sizes[unit], found.end()
    return total if at and not text[at:].strip() else np.nan
