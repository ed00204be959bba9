"""These pictures show where the time went: of developers, and of incidents from opening to the
end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiment.comparison import Comparison
from sim.measures.accounts import ACTIVITIES, INCIDENT_STAGES
from sim.report.style import COLOURS, canvas, in_style
from sim.report.wording import hours

STAGES = {
    "closed_hours": "closed hours",
    "first_line": "first line",
    "sprint_boundary": "waiting for the sprint boundary",
    "queue": "behind other work",
    "suspended": "put down",
    "in_work": "in work",
}
"""What people call an incident's stages."""

_OF_ACTIVITY = dict(
    zip(
        ACTIVITIES,
        (COLOURS[4], COLOURS[5], COLOURS[2], COLOURS[7], "#BBBBBB", "#888888", "#EEEEEE"),
        strict=True,
    )
)
_OF_STAGE = dict(
    zip(
        INCIDENT_STAGES,
        ("#DDDDDD", COLOURS[4], COLOURS[1], COLOURS[3], COLOURS[8], COLOURS[2]),
        strict=True,
    )
)


def stage_metric(stage: str) -> str:
    """Return the metric's name of a stage."""
    return f"incident_{'closed' if stage == 'closed_hours' else stage}_hours"


@in_style
def time_spent(comparison: Comparison) -> Figure:
    """Draw each policy's bar of developers' working time, in per cent."""
    shares = np.array(
        [
            [100 * comparison.figure(label, f"developer_{name}_share").mean for name in ACTIVITIES]
            for label in comparison.labels
        ]
    )
    figure, [axes] = canvas(9, 1.5 + 0.34 * len(shares))
    _stack(axes, shares, comparison.labels, list(ACTIVITIES), list(_OF_ACTIVITY.values()))
    axes.set_xlim(0, 100)
    axes.set_xlabel("% of developers' working time")
    return figure


@in_style
def incident_time(comparison: Comparison) -> Figure:
    """Draw each policy's bar of a resolved incident's time from opening to resolution, in per cent.

    The mean of the whole stands beside it.
    """
    spent = np.array(
        [
            [comparison.figure(label, stage_metric(stage)).mean for stage in INCIDENT_STAGES]
            for label in comparison.labels
        ]
    )
    whole = np.nan_to_num(spent).sum(axis=1)
    shares = 100 * np.nan_to_num(spent) / np.where(whole > 0, whole, 1)[:, np.newaxis]
    figure, [axes] = canvas(9, 1.5 + 0.34 * len(shares))
    _stack(axes, shares, comparison.labels, list(STAGES.values()), list(_OF_STAGE.values()))
    for place, total in enumerate(whole):
        axes.text(101, place, hours(total) if total else "–", va="center", fontsize=9)
    axes.set_xlim(0, 100)
    axes.set_xlabel("% of an incident's time from opening to resolution; on the right, its mean")
    return figure


def _stack(
    axes: Axes, shares: np.ndarray, labels: Sequence[str], names: Sequence[str], colours: list[str]
) -> None:
    left = np.zeros(len(shares))
    for n, (name, colour) in enumerate(zip(names, colours, strict=True)):
        if shares[:, n].max() > 0.05:
            axes.barh(
                range(len(shares)), shares[:, n], left=left, color=colour, height=0.72, label=name,
                edgecolor="#777777", linewidth=0.4,
            )  # fmt: skip
        left += shares[:, n]
    axes.set_yticks(range(len(shares)), labels)
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    if shares.max() > 0:
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=4,
            frameon=False,
            fontsize=8,
            borderaxespad=0.2,
        )
