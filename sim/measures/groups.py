"""Groups of incidents that have figures of their own."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from sim.arrays import read_only
from sim.measures.book import GroupOfKinds
from sim.sampling.organisation import Organisation
from sim.sampling.sample_path import SamplePath

Kinds = tuple[int, ...]


def groups_of(path: SamplePath) -> list[tuple[str, Kinds]]:
    """Each group, and the kinds in it: all, those of a severity, each kind."""
    severity = path.organisation.severity.tolist()
    return [
        ("all", tuple(range(len(severity)))),
        *(
            (f"severity {level}", tuple(k for k, own in enumerate(severity) if own == level))
            for level in sorted(set(severity))
        ),
        *((f"kind {entry.kind}", (k,)) for k, entry in enumerate(path.scenario.incidents)),
    ]


def distinct(org: Organisation) -> list[Kinds]:
    """The kinds of each group, once; often a severity is of one kind."""
    severity = org.severity.tolist()
    of_levels = (
        tuple(k for k, own in enumerate(severity) if own == level)
        for level in sorted(set(severity))
    )
    all_kinds = range(len(severity))
    return list(dict.fromkeys([tuple(all_kinds), *of_levels, *((k,) for k in all_kinds)]))


@lru_cache(maxsize=8)
def tables_of_groups(org: Organisation) -> dict[str, Any]:
    """The distinct groups as tables for loops; nobody writes to them."""
    groups = distinct(org)
    edges = np.concatenate([[0], np.cumsum([len(kinds) for kinds in groups])])
    rows = np.zeros((len(groups), GroupOfKinds.WIDTH), dtype=np.int64)
    rows[:, GroupOfKinds.first], rows[:, GroupOfKinds.last] = edges[:-1], edges[1:]
    members = np.array([kind for kinds in groups for kind in kinds], dtype=np.int64)
    return {"groups": read_only(rows), "members": read_only(members)}
