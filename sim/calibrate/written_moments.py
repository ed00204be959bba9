"""What stands around a date: times of day, names of zones, and words that other languages put in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sim.sampling.calendars import HOUR, MINUTE

NO_CLOCK, NOT_A_CLOCK, NO_ZONE = -2, -(10**9), 10**6
"""What stands for a missing time of day, an impossible one, and a missing zone."""

ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2,
    "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7,
    "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "BRT": -3, "JST": 9, "KST": 9,
    "AWST": 8, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "SGT": 8, "HKT": 8, "IST": 5.5,
}  # fmt: skip
"""Hours ahead of UTC of the abbreviations that trackers write; of others only the clock is known."""

_HALVES = (
    ("am", r"a\.\s?m\.?|上午|午前|오전|dop\.|de\.|fm|ap\.|öö|π\.μ\.|дп"),
    ("pm", r"p\.\s?m\.?|下午|午後|오후|odp\.|pop\.|du\.|em|ip\.|ös|μ\.μ\.|пп"),
)
_PLAINLY: tuple[tuple[re.Pattern[str], str], ...] = (
    *((re.compile(rf"(?<![^\W\d])(?:{words})\s*(\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}})?)", re.I), rf" \1 {half} ")
      for half, words in _HALVES),
    *((re.compile(rf"(?<=\d)\s*(?:{words})(?![^\W\d])", re.I), f" {half} ") for half, words in _HALVES),
    (re.compile(r"(\d)\s*[年月년월]\s*(?=\d)"), r"\1-"),
    (re.compile(r"(\d)\s*[日일]"), r"\1 "),
    (re.compile(r"(\d)\s*[時时시]\s*(?=\d)"), r"\1:"),
    (re.compile(r"(\d)\s*[分분]\s*(?:(\d+)\s*[秒초])?"), r"\1:\2"),
    (re.compile(r"(\d)\s*(?:uhr|ч\.|h)(?!\w)", re.I), r"\1 "),
    (re.compile(r"(?<=[\s,])(?:um|at|à|kl\.?|klo|om|o|ore|alle|às|a las|в)\s+(?=\d{1,2}[:.h])", re.I), " "),
    (re.compile(r"(\d)\s?г\.?(?![^\W\d])"), r"\1"),
    (re.compile(r"(\d)(?:st|nd|rd|th|er|º|ª)(?![^\W\d])", re.I), r"\1"),
    (re.compile(r":(?=\s|$)"), ""),
    (re.compile(r"\s+"), " "),
)  # fmt: skip
"""Patterns and what is put in their place: halves of the day, units after numbers, words before a time."""


def put_plainly(text: str) -> str:
    """Return a moment with what only some languages write taken out or put as others write it."""
    if len(text) > 80 or not any(letter.isdigit() for letter in text):
        return ""
    for pattern, instead in _PLAINLY:
        text = pattern.sub(instead, text)
    return text.strip(" ,")


def clock_of(parts: Sequence[str | None]) -> tuple[int, int]:
    """Return the second of the day and the seconds ahead of UTC.

    Args:
        parts: hour, minute, second, "a" or "p" where the day has halves, and zone; None where missing.
    """
    hour, minute, second, half, zone = parts
    east = _ahead(zone) if zone else NO_ZONE
    if hour is None:
        return NO_CLOCK, east
    h = int(hour)
    if half and 1 <= h <= 12:
        h = h % 12 + (12 if half in "pP" else 0)
    m, s = int(minute or 0), int(second or 0)
    return (
        h * HOUR + m * MINUTE + min(s, 59) if h < 24 and m < 60 and s <= 60 else NOT_A_CLOCK
    ), east


def _ahead(zone: str) -> int:
    found = re.search(r"([+-])(\d{2}):?(\d{2})?$", zone)
    if found is None:
        return int(ZONES[zone] * HOUR) if zone in ZONES else NO_ZONE
    sign, hours, minutes = found.groups()
    east = int(hours) * HOUR + int(minutes or 0) * MINUTE
    return east if sign == "+" else -east
