"""The table of the public benchmark, in Markdown and as plain data: rounded so that every machine writes the same."""

from __future__ import annotations

import math
from typing import Any

from sim.experiment.comparison import Spread
from sim.experiment.input_sets import SETS
from sim.report.provenance import policy_digest
from sim.search.benchmark import REPLICATIONS, REQUIRED, SEED, Entry, Table

HEADS = (
    "policy, as set", "net points", "not known", "luck", "first answer, h", "not known", "luck", "in time", "kept in",
    "policy sha256",
)  # fmt: skip


def in_markdown(table: Table) -> str:
    """Return a scenario's table, with the digests to check it by above it."""
    lines = [
        f"### {table.name}",
        "",
        f"Scenario `{table.scenario_digest[:16]}`, first future `{table.path_digest[:16]}`.",
        "",
        "| " + " | ".join(HEADS) + " |",
        "|---|" + "---:|" * (len(HEADS) - 2) + "---|",
        *("| " + " | ".join(_cells(entry)) + " |" for entry in table.entries),
        "",
    ]
    return "\n".join(lines)


def _cells(entry: Entry) -> list[str]:
    label = f"`{entry.policy.label}`"
    digest = f"`{policy_digest(entry.policy)[:12]}`"
    if entry.is_overloaded:
        return [label, *["cannot keep up"], *["–"] * (len(HEADS) - 3), digest]
    points, response = entry.points, entry.response
    return [
        label,
        _number(points.mean),
        *_spreads(points),
        _number(response.mean),
        *_spreads(response),
        f"{100 * entry.in_time.mean:.0f} %",
        f"{entry.sets_kept} of {SETS}",
        digest,
    ]


def _spreads(found: Spread) -> list[str]:
    ends = ((found.input_low, found.input_high), (found.year_low, found.year_high))
    return [f"{_number(low)} to {_number(high)}" for low, high in ends]


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.1f}".replace("-", "−")


def as_data(tables: list[Table]) -> dict[str, Any]:
    """Return all tables as JSON holds them."""
    return {
        "required": REQUIRED,
        "replications": REPLICATIONS,
        "sets_of_assumptions": SETS,
        "seed": SEED,
        "scenarios": [
            {
                "name": table.name,
                "scenario_sha256": table.scenario_digest,
                "first_path_sha256": table.path_digest,
                "policies": [_entry(entry) for entry in table.entries],
            }
            for table in tables
        ],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "policy": entry.policy.id,
        "settings": dict(entry.policy.settings),
        "sha256": policy_digest(entry.policy),
        "overloaded": entry.is_overloaded,
        "net_points_per_sprint": _rounded(entry.points),
        "response_hours_fixed_mix": _rounded(entry.response),
        "response_sla": _rounded(entry.in_time),
        "sets_kept": entry.sets_kept,
    }


def _rounded(found: Spread) -> dict[str, float | None]:
    return {
        name: round(value, 6) if math.isfinite(value) else None
        for name, value in found._asdict().items()
    }
