"""Every figure of a scenario is listed in rows to read, with those that are as by default."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from sim.policy.contract import Policy
from sim.report.document import ReportTable
from sim.scenario.schema import Scenario

_APART = ("name", "about", "policies", "levers")
"""Told elsewhere, or no assumption."""


MAX_LISTED = 24
"""Values of a list that a table has room for; the TOML below it has all."""


def story(scenario: Scenario) -> list[str]:
    """Return what the scenario says about itself, in paragraphs; an item of a list is one."""
    parts = re.split(r"\n\s*\n|\n(?=- )", scenario.about.strip())
    return [part for part in parts if part]


def assumptions(scenario: Scenario) -> ReportTable:
    """Return what the organisation was taken to be, a row for each figure.

    Each row stands under the figure's key in the scenario file.
    """
    rows = [row for row in _rows(scenario, "") if row[0].split(".")[0] not in _APART]
    return ReportTable(
        f"All {len(rows)} figures of the scenario",
        ("key in the scenario file", "value", "in the file or by default", "meaning"),
        rows,
        words=True,
    )


def _rows(part: BaseModel, prefix: str) -> Iterator[tuple[str, str, str, str]]:
    for name, info in type(part).model_fields.items():
        value = getattr(part, name)
        key = prefix + (info.alias or name)
        if _is_empty(value):
            continue
        inner = list(_named(value))
        if prefix == "start." and len(inner) > MAX_LISTED:
            yield key, f"{len(inner):,} entries; the TOML has them", "in the file", ""
            continue
        if inner and not _is_distribution(value):
            for label, one in inner:
                yield from _rows(one, f"{key}{label}.")
            continue
        default = (
            "default" if value == info.get_default(call_default_factory=True) else "in the file"
        )
        yield key, shown(value), default, info.description or ""


def _named(value: Any) -> Iterator[tuple[str, BaseModel]]:
    """Yield the parts within a value, each with what tells it from the others."""
    if isinstance(value, BaseModel):
        yield "", value
    elif isinstance(value, Sequence) and value and isinstance(value[0], BaseModel):
        for one in value:
            yield f"[{getattr(one, 'name', getattr(one, 'kind', ''))}]", one


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, (list, tuple, dict, str)) and not value)


def _is_distribution(value: Any) -> bool:
    return isinstance(value, BaseModel) and "dist" in type(value).model_fields


def shown(value: Any) -> str:
    """Return a value as a person would write it."""
    if isinstance(value, BaseModel):
        table = value.model_dump(exclude_none=True, by_alias=True)
        name = table.pop("dist", "")
        return f"{name} ({shown(table)})" if name else shown(table)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {shown(own)}" for key, own in value.items())
    if isinstance(value, (list, tuple)):
        if len(value) > MAX_LISTED:
            return f"{shown(value[:3])}, … {shown(value[-1])} ({len(value)} values)"
        return ", ".join(shown(own) for own in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def policy_settings(policies: Sequence[Policy]) -> ReportTable:
    """Return every parameter of every policy as it was used."""
    rows = [
        (f"{policy.label}: {name}", shown(value), parameter.unit, parameter.about)
        for policy in policies
        for (name, parameter), value in zip(
            policy.parameters.items(), policy.values.values(), strict=True
        )
    ]
    return ReportTable(
        "The policies' parameters",
        ("policy: parameter", "value", "unit", "meaning"),
        rows,
        words=True,
    )
