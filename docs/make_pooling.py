"""Where a pooled support team stops being quicker than duty in each team: docs/images/pooling.svg.

The web agency, ten supporters either way, while others' incidents take more and more effort.

    python docs/make_pooling.py [--replications N]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from scipy.optimize import brentq

import sim
from sim.experiment.statistics import Interval, paired
from sim.report.style import BEHIND, ON_FRONT, canvas, in_style, save, title
from sim.scenario.reading import bundled

POOLED, APART = "dedicated-team:people=10", "developer-rotation:people=2"
GRID = (1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2)


def gap(unfamiliarity: float, replications: int) -> Interval:
    """Mean response of the pooled team minus that of duty by team, hours, on common paths."""
    scenario = sim.load(bundled()["web_agency"], [f"people.unfamiliarity={unfamiliarity}"])
    result = sim.compare(scenario, [POOLED, APART], replications=replications)
    return paired(*(of_response(result, label) for label in result.labels))


def of_response(result: sim.Result, label: str) -> np.ndarray:
    """Even where demand exceeds capacity: mean waits within the year."""
    keys = result.observations.keys
    key = next(key for key in keys if key.name == "response_hours_mean" and key.group == "all")
    return result.observations.of(result.labels.index(label), key)


def main() -> None:
    """Compute, and draw."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--replications", type=int, default=60)
    given = arguments.parse_args()
    gaps = [gap(unfamiliarity, given.replications) for unfamiliarity in GRID]
    means = np.array([found.mean for found in gaps])
    turn = brentq(lambda at: np.interp(at, GRID, means), GRID[0], GRID[-1])
    low, high = (
        brentq(lambda at, edge=edge: np.interp(at, GRID, edge), GRID[0], GRID[-1])
        for edge in ([found.high for found in gaps], [found.low for found in gaps])
    )
    print(f"the pooled team loses above {turn:.2f} (between {low:.2f} and {high:.2f})")
    draw(gaps, turn, low, high)


@in_style
def draw(gaps: list[Interval], turn: float, low: float, high: float) -> None:
    """The gap against unfamiliarity, and where it is none."""
    figure, [axes] = canvas(7, 4.2)
    means = np.array([found.mean for found in gaps])
    spread = [means - [found.low for found in gaps], [found.high for found in gaps] - means]
    axes.errorbar(GRID, means, yerr=spread, color=ON_FRONT, marker="o", capsize=3)
    axes.axhline(0, color=BEHIND, linewidth=1)
    axes.axvspan(low, high, color=BEHIND, alpha=0.3, linewidth=0)
    axes.set_xlabel("effort of another team's incident, times one's own (unfamiliarity)")
    axes.set_ylabel("pooled minus duty by team,\nmean response in hours")
    title(figure, f"Pooling is quicker until others' incidents take {turn:.1f} times the effort")
    with (Path(__file__).parent / "images" / "pooling.svg").open("wb") as file:
        save(figure, file, "svg")


if __name__ == "__main__":
    main()
