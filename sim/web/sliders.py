"""The controls that the page offers, as plain data for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sim.policy.contract import Policy
from sim.report.controls import all_incidents, controls_of
from sim.scenario.schema import Scenario

WEEKS = "time.horizon_weeks"
"""What the long questions change besides."""


def controls(scenario: Scenario, policies: Sequence[Policy]) -> list[dict[str, Any]]:
    """Return every control of a scenario as it is in its file."""
    return [asdict(one) for one in controls_of(scenario, policies)]


def axes(scenario: Scenario) -> list[dict[str, Any]]:
    """Return what a map may have along an axis before all else."""
    return [asdict(all_incidents(scenario)) | {"label": "Incidents, of every kind"}]
