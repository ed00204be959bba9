"""How many figures of a scenario were read from exports, and how many were assumed."""

from __future__ import annotations

import re

_READ = re.compile(r"^\s*[^#\s][^#]*=[^#]*#.*\b(n = \d|as given|the Monday after)")
_ASSUMED = re.compile(r"^\s*[^#\s][^#]*=[^#]*#.*\bassumed\b")


def counted(text: str) -> tuple[int, int]:
    """Return how many figures of a scenario's text say that they were read, and how many that they were assumed.

    Args:
        text: as `sim.calibrate.scenario_text` writes it; ranges do not count.
    """
    lines = text.partition("\n[ranges]")[0].splitlines()
    assumed = sum(bool(_ASSUMED.match(line)) for line in lines)
    read = sum(bool(_READ.match(line)) and not _ASSUMED.match(line) for line in lines)
    return read, assumed
