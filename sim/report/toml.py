"""A scenario is written as a TOML file."""

from __future__ import annotations

import tomli_w

from sim.scenario.schema import Scenario


def as_toml(scenario: Scenario) -> str:
    """Return TOML that `sim.load` reads back as the same scenario; what is not set is left out."""
    table = scenario.model_dump(by_alias=True, exclude_none=True)
    return tomli_w.dumps(table)
