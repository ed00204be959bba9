"""A world's memory, as the compiled kernel reads it.

The world is one address: that of a row of numbers with the address and the length of each table, the
addresses of the policy's decisions, and its parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from sim.arrays import Ints
from sim.engine import kernel as k
from sim.engine.trace import COLUMNS
from sim.policy.contract import DECISIONS
from sim.policy.records import MOST_PARAMETERS
from sim.sampling.incidents import Incidents

ROW = 0
"""The columns of a table that is a row of numbers."""

TABLES = dict.fromkeys(("organisation", "opens", "closes", "before", "by_day"), ROW)
TABLES |= dict.fromkeys(("plannings", "keeps", "demand"), ROW)
TABLES |= dict.fromkeys((column.name for column in fields(Incidents)), ROW)
TABLES |= dict.fromkeys((f"story_{name}" for name in k.OF_A_STORY), ROW)
TABLES |= {
    "developers": k.DEVELOPER_COLUMNS,
    "spells": 2,
    "teams": k.TEAM_COLUMNS,
    "stories": k.STORY_COLUMNS,
    "incidents": k.INCIDENT_COLUMNS,
    "parts": k.PART_COLUMNS,
    "improvements": k.IMPROVEMENT_COLUMNS,
    "kinds": k.KIND_COLUMNS,
    "queues": 2,
    "deferred": 2,
    "urgent": 2,
    "to_ask": ROW,
    "with_free": ROW,
    "events": ROW,
    "completions": ROW,
    "world": ROW,
    "trace": len(COLUMNS),
}
"""How many columns each has."""

PLACES = {name: 2 * place for place, name in enumerate(k.World._fields)}
"""Where a table's address and length, or a decision's address, stand; the parameters are last."""


def memory_of(w: k.World) -> Ints:
    """The tables of a world as compiled code finds them; the policy is yet to enter. The tables must
    outlive what is returned.

    Raises:
        TypeError: for a table that is not laid out as it must be.
    """
    memory = np.zeros(PLACES["p"] + MOST_PARAMETERS, dtype=np.int64)
    for name, columns in TABLES.items():
        table = getattr(w, name)
        width = (columns,) if columns else ()
        if table.dtype != np.int64 or not table.flags.c_contiguous or table.shape[1:] != width:
            raise TypeError(f"table {name} is not laid out as the kernel reads it")
        memory[PLACES[name]] = table.__array_interface__["data"][0]
        memory[PLACES[name] + 1] = len(table)
    return memory


def enter(memory: Ints, decisions: Sequence[int], parameters: Sequence[int]) -> None:
    """Let a policy into the world: the addresses of its compiled decisions, and its parameters."""
    memory[_DECISIONS] = decisions
    memory[PLACES["p"] :] = parameters


_DECISIONS = [PLACES[name] for name in DECISIONS]
