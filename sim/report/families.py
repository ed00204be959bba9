"""How a policy looks in every picture: the colour and the shape of its family. Names are set in ink beside it."""

from __future__ import annotations

from typing import NamedTuple

from sim.policy.contract import Policy


class Look(NamedTuple):
    """A family's colour and its mark, as Matplotlib calls it."""

    colour: str
    mark: str


WAIT = Look("#43208F", "s")
"""wait for the planning"""
ROOM = Look("#12806A", "o")
"""keep room"""
DUTY = Look("#5E3B08", "h")
"""give it to some"""
INTERRUPT = Look("#C4608F", "^")
"""interrupt whoever it takes"""
FLOW = Look("#4387F0", "D")
"""no sprints"""
OTHER = Look("#7A858F", "P")
"""a policy that is none of the bundled ones"""

FAMILY = {
    "next-sprint": WAIT,
    "swap-in": WAIT,
    "reserved-buffer": ROOM,
    "unplanned-ticket": ROOM,
    "developer-rotation": DUTY,
    "team-rotation": DUTY,
    "adaptive-rotation": DUTY,
    "dedicated-team": DUTY,
    "interrupt-anyone": INTERRUPT,
    "cancel-sprint": INTERRUPT,
    "kanban": FLOW,
}
"""Any two families differ for people who see colours differently, and the shape says the rest."""


def look_of(policy: Policy) -> Look:
    """Return how a policy looks."""
    return FAMILY.get(policy.id, OTHER)


NAMES = {WAIT: "wait", ROOM: "room", DUTY: "duty", INTERRUPT: "now", FLOW: "flow", OTHER: "other"}
"""Of the families, as style sheets name their colours."""


def family_of(policy: Policy) -> str:
    """Return the name of a policy's family: whatever draws it in colours of its own goes by that."""
    return NAMES[look_of(policy)]
