"""What came of holding a policy against the laws, in words: law by law, and a counter-example with its story."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.experiment.conformance.checking import Broken, Conformance
from sim.measures.run import run
from sim.report.timeline import event_lines
from sim.sampling.sample_path import sample_path

TOLD = 12
"""Lines of a story."""


def conformance_lines(found: Conformance) -> Iterator[str]:
    """Yield a line for each law, then each counter-example."""
    for law in found.kept:
        yield f"kept     {law.name}: {law.says}"
    for own in found.broken:
        yield f"BROKEN   {own.law.name}: {own.law.says}; {own.why}"
    for law in found.not_looked_at:
        yield f"–        {law.name}: not looked at, as what is broken above says enough"
    for own in found.broken:
        yield ""
        yield f"{own.law.name}: {own.why}. The smallest organisation found, seed {own.organisation.seed}:"
        yield from _in_ten_lines(own)
        yield from _story(found, own)


def _in_ten_lines(own: Broken) -> Iterator[str]:
    organisation = own.organisation
    teams = ", ".join(
        f'{{ name = "Team {n + 1}", developers = {size} }}'
        for n, size in enumerate(organisation.teams)
    )
    yield '  name = "A small organisation"'
    yield (
        f"  time = {{ horizon_weeks = {organisation.weeks}, warmup_weeks = 0, sprint_weeks = "
        f"{organisation.sprint_weeks} }}"
    )
    yield f"  teams = [{teams}]"
    yield "  people = { sick_share = 0.02 }"
    yield "  stories = { points = { 1 = 0.5, 3 = 0.5 } }"
    for n, kind in enumerate(organisation.kinds):
        yield "  [[incidents]]"
        yield (
            f'  kind = "kind {n + 1}", severity = {kind.severity}, per_week = {kind.per_week:g}, '
            f"effort_hours: median {kind.median:g}"
        )


def _story(found: Conformance, own: Broken) -> Iterator[str]:
    organisation = own.organisation
    try:
        lived = run(
            sample_path(organisation.scenario(), organisation.seed, 0), found.policy, "simpy"
        )
    except Exception:  # it is said already why it does not run
        return
    lines = [line for line in event_lines(lived) if "incident" in line]
    if lines:
        yield "  What happens there:"
        yield from (f"    {line}" for line in lines[:TOLD])


def conformance_json(found: Conformance) -> dict[str, Any]:
    """Return the same for other programs."""
    return {
        "policy": found.policy.label,
        "kept": [law.name for law in found.kept],
        "broken": [
            {
                "law": own.law.name,
                "says": own.law.says,
                "why": own.why,
                "seed": own.organisation.seed,
                "scenario": own.organisation.table(),
            }
            for own in found.broken
        ],
        "not_looked_at": [law.name for law in found.not_looked_at],
    }
