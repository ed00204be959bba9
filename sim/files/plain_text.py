"""Text of somebody else's is made such that it may be shown on a terminal."""

from __future__ import annotations

import re

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What moves a terminal's cursor, changes its colours or its title, or turns the direction of text."""


def has_controls(text: str) -> bool:
    """Return whether a text holds more than can be read: control characters but for new lines and
    tabs."""
    return _CONTROLS.search(text) is not None


def printable(text: str) -> str:
    r"""Return the text with its control characters written out: `\x1b` where a terminal would
    obey."""
    return _CONTROLS.sub(lambda found: found.group().encode("unicode_escape").decode(), text)
