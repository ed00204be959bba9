"""Scenario files: the text of anybody's TOML."""

from __future__ import annotations

from sim.errors import ScenarioError
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import bundled, from_text
from sim.scenario.size import check_size
from tests.fuzzing.watch import told

MOST = 200
"""Developer-weeks of a scenario whose future is drawn, too."""


def take(content: bytes) -> None:
    """Read, weighed, written again and read to the same; a small one's future is drawn."""
    try:
        scenario = from_text(content, "it")
        size = check_size(scenario, 11)
    except ScenarioError as error:
        told(error)
        return
    again = from_text(scenario.to_toml().encode(), "it again")
    assert again == scenario, "another scenario"
    if scenario.incidents_from is None and size.incidents < MOST and size.stories < MOST:
        sample_path(scenario, 1, 0)


def seeds() -> list[bytes]:
    """Those that ship."""
    return [path.read_bytes() for path in bundled().values()]
