"""What a study would cost, so that an absurd one is refused at once and not after an hour.

Measured (docs/performance.md): about a kilobyte of memory an incident and run, a third of one a story,
and 3 microseconds of a core an incident or story; runs of all policies on a path are held together.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import Any

from sim.errors import Fault, ScenarioError
from sim.scenario.demand import demand_by_day
from sim.scenario.people_and_plans import MAX_DEVELOPERS, MAX_WEEKS
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import MAX_PER_WEEK, IncidentKind

BYTES_PER_INCIDENT, BYTES_PER_STORY, BYTES_PER_PERSON = 1_000, 350, 4_000
SECONDS_PER_ITEM = 3e-6

ID_BITS = 24
"""In which the engines number incidents, stories and developers."""

MAX_IDS = (1 << ID_BITS) - 1
"""Incidents, and stories, of one run."""

MAX_MEMORY_SHARE = 0.8
"""Of the machine's memory that one study may take."""


_MOST = (MAX_WEEKS, MAX_DEVELOPERS, MAX_PER_WEEK)

MAX_SAID = 1e15
"""Beyond which a figure is not said any more."""


@dataclass(frozen=True)
class Size:
    """The cost of one replication of a study."""

    incidents: float
    """expected, reopenings and regressions not counted"""
    stories: float
    gigabytes: float
    core_seconds: float


def size_of(scenario: Scenario, policies: int) -> Size:
    """Estimate what one replication takes, right within a factor of two or so."""
    weeks = scenario.time.horizon_weeks
    incidents = weeks * sum(kind.per_week * _peak(scenario, kind) for kind in scenario.incidents)
    if scenario.start is not None:
        incidents += sum(entry.count for entry in scenario.start.incidents)
    stories = 0.0
    if scenario.stories is not None:
        points = sum(int(p) * share for p, share in scenario.stories.points.items())
        hours = scenario.developers * weeks * (168 if scenario.time.always_open else 40)
        stories = hours / max(points * scenario.stories.hours_per_point, 1e-9)
    memory = (
        BYTES_PER_INCIDENT * incidents
        + BYTES_PER_STORY * stories
        + BYTES_PER_PERSON * scenario.developers
    )
    runs = policies + 1
    return Size(
        incidents, stories, runs * memory / 1e9, runs * SECONDS_PER_ITEM * (incidents + stories)
    )


def _peak(scenario: Scenario, kind: IncidentKind) -> float:
    """How many times as many incidents are drawn of a kind, which is as on its busiest day all along."""
    demand = demand_by_day(scenario, kind)
    return 1.0 if demand is None else max(1.0, float(demand.max()))


def cost_of_too_much(table: Any) -> list[Fault]:
    """The fault of a scenario that asks for more than one may have, saying what it would cost; none
    where it does not.

    `table`: as it stands in the file, unchecked. Its figures are taken for what they seem.
    """
    weeks = _number(_table(_table(table).get("time")).get("horizon_weeks", 52))
    teams = [_number(team.get("developers")) for team in _tables(table, "teams")]
    kinds = [_number(kind.get("per_week")) for kind in _tables(table, "incidents")]
    largest = (weeks, max(teams, default=0), max(kinds, default=0))
    if all(n <= most for n, most in zip(largest, _MOST, strict=True)):
        return []
    developers, per_week = sum(teams), sum(kinds)
    items = weeks * (per_week + developers)  # a story a week and developer, or so
    memory = BYTES_PER_INCIDENT * items + BYTES_PER_PERSON * developers
    seconds = SECONDS_PER_ITEM * items
    core = f"{seconds / 3600:,.1f} hours" if seconds >= 3600 else f"{seconds:.2g} seconds"
    gigabytes = memory / 1e9
    words = (
        f"{developers:,.0f} developers, {per_week:,.0f} incidents a week and {weeks:,.0f} weeks would "
        f"take about {gigabytes:,.{0 if gigabytes >= 10 else 1}f} GB and {core} of a core in each run "
        "of each policy"
    )
    return [Fault("", words)]


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(table: Any, key: str) -> list[dict[str, Any]]:
    entries = _table(table).get(key)
    return [_table(entry) for entry in entries] if isinstance(entries, list) else []


def _number(value: Any) -> float:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return float(min(max(value, 0), MAX_SAID)) if known and abs(value) < math.inf else 0.0


def check_size(scenario: Scenario, policies: int) -> Size:
    """Refuse a scenario that cannot be simulated here, with what it would cost.

    Raises:
        ScenarioError: saying the estimate, and what would make it smaller.
    """
    size = size_of(scenario, policies)
    have = _memory_gigabytes()
    for name, count in (("incidents", size.incidents), ("stories", size.stories)):
        if count > MAX_IDS:
            raise _too_large(scenario, size, f"{count:,.0f} {name} in a run; at most {MAX_IDS:,}")
    if size.gigabytes > MAX_MEMORY_SHARE * have:
        raise _too_large(scenario, size, f"this machine has {have:.0f} GB of memory")
    return size


def _too_large(scenario: Scenario, size: Size, why: str) -> ScenarioError:
    words = (
        f"is too large: {why}. One replication of this study would take about "
        f"{size.gigabytes:,.0f} GB and {size.core_seconds / 3600:,.1f} hours of a core. Fewer "
        "policies, teams, weeks or incidents make it smaller"
    )
    return ScenarioError(scenario.name, [Fault("", words)])


def _memory_gigabytes() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError, OSError):
        return 16.0
