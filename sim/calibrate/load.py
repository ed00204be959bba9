"""Incidents that take more time than there is: which figure to doubt first, and by how much.

The order is that of doubt: what nobody measured before what was counted, effort before all, since it is nearly
always assumed and multiplies everything.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.calibrate.calibration import Calibration
from sim.calibrate.derived import ASSUMED_EFFORT_MEAN, effort_factor
from sim.calibrate.scenario_text import ASSUMED_MEDIAN

SUSTAINABLE = 0.8
"""Load that people can bear without a queue that grows for weeks."""


def what_to_doubt(c: Calibration, load: float) -> Iterator[str]:
    """Say which figures would have to be wrong, and by how much, for the load to be one that can be borne.

    Args:
        c: the calibration.
        load: the incidents' share of the time of all.
    """
    times = load / SUSTAINABLE
    if load >= 1:
        yield (
            f"that is more than there is, and no desk lives so: one of these is wrong. At {SUSTAINABLE:.0%} it could be borne;"
        )
    else:
        yield f"that leaves little time for anything else; at {SUSTAINABLE:.0%} it could be borne;"
    doubts = [*_effort(c, times), *_first_line(c, times), *_people(c, times)]
    for place, (assumed, text) in enumerate(sorted(doubts, key=lambda one: not one[0]), 1):
        yield f"{place}. {text}" + (
            " (assumed: doubt it before what was counted)" if assumed and place == 1 else ""
        )


def _effort(c: Calibration, times: float) -> Iterator[tuple[bool, str]]:
    if any(kind.effort is None for kind in c.kinds) or not c.kinds:
        median = ASSUMED_MEDIAN * effort_factor(c)
        yield (
            True,
            (
                f"effort: {median:.2g} h an incident at the median, {ASSUMED_EFFORT_MEAN * effort_factor(c):.2g} h on average, is "
                f"assumed; it would have to be {median / times:.2g} h, {times:.2g} times less. A week of noting hours tells"
            ),
        )
    elif c.wishes.effort == "active":
        yield (
            True,
            (
                f"effort: time in active states holds waiting, too; it would have to be {times:.2g} times less"
            ),
        )
    else:
        yield (
            False,
            f"effort: hours logged would have to be {times:.2g} times less; do they hold more than work?",
        )


def _first_line(c: Calibration, times: float) -> Iterator[tuple[bool, str]]:
    settled = 1 - (1 - c.first_line.value) / times
    if c.first_line.assumed:
        yield (
            True,
            (
                f"first line: that it settles none is assumed; it would have to settle {settled:.0%} of the incidents "
                "(--first-line GROUP)"
            ),
        )
    else:
        yield (
            False,
            f"first line: it would have to settle {settled:.0%} of the incidents, not {c.first_line.value:.0%}",
        )


def _people(c: Calibration, times: float) -> Iterator[tuple[bool, str]]:
    people = sum(team.developers.value for team in c.teams)
    assumed = any(team.developers.assumed for team in c.teams)
    how = "is assumed" if assumed else "were counted or given"
    yield (
        assumed,
        (
            f"people: {people:.0f} {how}; there would have to be {people * times:.0f} (--teams NAME=N)"
        ),
    )
