"""All that a live page computes with, as text to put into it: the engine, the scenario's numbers, where things stand.

The same scenario, policies and controls give the same text.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import stdtrit

from sim.arrays import Ints
from sim.engine.compiled.memory import PARAMETERS_AT, places_of
from sim.engine.futures import tables as futures
from sim.engine.futures.sampler import OF_INCIDENTS, OF_SPELLS, OF_STORIES
from sim.engine.kernel.tables import DeveloperRow, KindRow, RunRow, TeamRow, WorldTables
from sim.engine.layout import AT_FIRST_STORY, BEGUN
from sim.engine.rows import Row, kinds_of
from sim.engine.rules import Rules
from sim.engine.trace import EventType
from sim.experiment.reportable import FAR, OVERLOAD, STEADY_STATE, SURE, fewest_incidents
from sim.experiment.rounds import FEW
from sim.experiment.statistics import CONFIDENCE
from sim.live.engine_parts import Engine
from sim.live.laid_out import sized_by
from sim.live.moves import Moves
from sim.measures.baseline import Deliveries
from sim.measures.book import LEADS, OUTCOMES, QUANTILES, Book, Span, SprintAccount, Totals, Waits
from sim.measures.in_order import DIGITS
from sim.policy.contract import DECISIONS, PLAIN_SCRUM, Policy
from sim.policy.records import MAX_NUMBERS
from sim.sampling.expected_load import USED
from sim.sampling.incidents import REPORTED

_DECLARATIONS: dict[str, Any] = {
    "world": WorldTables,
    "future": futures.Future,
    "book": Book,
    "deliveries": Deliveries,
}

_OF_RESPONSE = (
    "response_hours_mean", "response_working_hours_mean", "resolution_hours_mean", "response_hours_fixed_mix",
    "response_hours_p50", "response_hours_p90", "response_sla", "resolution_sla", "backlog_end",
)  # fmt: skip
"""The figures in the page of section response, which say nothing where demand exceeds capacity."""


def bundled(engine: Engine, moves: Moves, policies: Sequence[Policy], replications: int) -> str:
    """The bundle as text of base 64; `replications`: as many futures as there will be at most."""
    numbers, told = _numbers(moves)
    about = {"meta": _meta(engine, policies, replications), "told": told}
    parts = [json.dumps(about, sort_keys=True).encode(), engine.code, numbers]
    head = np.array([len(part) for part in parts], dtype="<u4").tobytes()
    return base64.b64encode(zlib.compress(head + b"".join(parts), 9)).decode()


def _meta(engine: Engine, policies: Sequence[Policy], replications: int) -> dict[str, Any]:
    fewest = {name: fewest_incidents(name) for name in _OF_RESPONSE}
    degrees = np.arange(max(replications, 2))
    return {
        "data_end": engine.data_end,
        "functions": 1 + max(slot for row in engine.slots for slot in row),
        **{name: _tables(declaration) for name, declaration in _DECLARATIONS.items()},
        "places": {name: 2 * len(d._fields) for name, d in _DECLARATIONS.items()}
        | {"world": 2 * len(WorldTables._fields) + MAX_NUMBERS},
        "parameters": PARAMETERS_AT,
        "decisions": DECISIONS,
        "decided": {name: places_of(WorldTables)[name] for name in DECISIONS},
        "begins": BEGUN,
        "of_incidents": OF_INCIDENTS,
        "of_stories": OF_STORIES,
        "of_spells": OF_SPELLS,
        "policies": [
            {"slots": slots, "sized": sized_by(policy)}
            for policy, slots in zip((*policies, PLAIN_SCRUM), engine.slots, strict=True)
        ],
        "rows": _rows(),
        "events": {
            "paged": int(EventType.PAGED),
            "interrupted": int(EventType.INTERRUPTED),
        },
        "outcomes": len(OUTCOMES),
        "quantiles": [*QUANTILES.values()],
        "leads": len(LEADS),
        "digits": DIGITS,
        "reported": REPORTED,
        "used": USED,
        "few": FEW,
        "far": FAR,
        "overload": OVERLOAD,
        "steady": [*_OF_RESPONSE, *(["net_value_per_sprint"] if "money" in STEADY_STATE else [])],
        "fewest": {name: least for name, least in fewest.items() if least},
        "student": stdtrit(np.maximum(degrees, 1), (1 + CONFIDENCE) / 2).tolist(),
        "surely": stdtrit(np.maximum(degrees, 1), (1 + SURE) / 2).tolist(),
    }


def _tables(declaration: Any) -> dict[str, tuple[int, int]]:
    """Of each table, where its address stands and how many words a row has."""
    places = places_of(declaration)
    return {
        name: (places[name], kind.row.WIDTH if kind.row else 1)
        for name, kind in kinds_of(declaration).items()
    }


def _rows() -> dict[str, dict[str, Any]]:
    return {
        "kind": _fields(futures.ReportedKind, "count_from", "count_to"),
        "planner": _fields(futures.PlanningTeam, "first", "last", "sick_draws"),
        "scene": _fields(futures.Scene, "away"),
        "drawn": _fields(futures.Drawn),
        "rules": _fields(Rules),
        "run": _fields(RunRow),
        "developer": _fields(DeveloperRow, "spell", "spell_end"),
        "team": _fields(TeamRow, "first", "last", "focus", "backlog_end")
        | {"at_first_story": AT_FIRST_STORY},
        "kind_row": _fields(KindRow, "mean_effort", "severity"),
        "span": _fields(Span),
        "waits": _fields(Waits),
        "totals": _fields(Totals),
        "sprint": _fields(SprintAccount),
    }


def _fields(row: type[Row], *names: str) -> dict[str, int]:
    """Where fields stand in a row, and how wide it is."""
    found = {name: row.FIELDS[name].place for name in names or row.FIELDS}
    return found | {"width": row.WIDTH}


def _numbers(moves: Moves) -> tuple[bytes, dict[str, Any]]:
    """All tables one after the other, and what each is."""
    found: list[Ints] = []
    names = [(name, len(table)) for name, table in moves.base.items()]
    found += moves.base.values()
    units = []
    for unit in moves.units:
        at = None if unit.at is None else unit.at.tolist()
        lengths = [len(values) for values in unit.values]
        units.append({"table": unit.table, "at": at, "knobs": unit.knobs, "lengths": lengths})
        found += unit.values
    told = {"names": names, "units": units, "stops": [len(knob.stops) for knob in moves.knobs]}
    return b"".join(map(_by_place, found)), told


def _by_place(table: Ints) -> bytes:
    """A table byte by byte of its words, the lowest of all first: most of the others are alike, and take no room."""
    return np.ascontiguousarray(table.astype("<i8").view(np.uint8).reshape(-1, 8).T).tobytes()
