"""How long incidents waited for an answer: not the mean alone, but the whole distribution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from sim.arrays import Floats
from sim.measures.run import Run
from sim.report.style import COLOURS, canvas, in_style
from sim.report.tradeoff import log_hours
from sim.sampling.calendars import HOUR

SHORTEST = 1 / 60
"""Hours; a log scale has no 0."""

STEPS = 240

DASHES = ("-", "--", "-.", ":")


def waits(run: Run) -> Floats:
    """Return the hours that the measured incidents of a run waited, in ascending order.

    Incidents that were not answered wait for ever.
    """
    table = run.incidents
    counted = (table.opened_hours >= run.path.organisation.warmup / HOUR) & (
        table.outcome != "deflected"
    )
    found: Floats = np.sort(table.response_hours[counted].fillna(np.inf).to_numpy())
    return found


@in_style
def response_times(runs: Sequence[Run]) -> Figure:
    """Draw the share of incidents answered within so many hours, a line for each policy.

    Each line is of one future.
    """
    figure, [axes] = canvas(9, 4.4)
    waited = [waits(run) for run in runs]
    known = np.concatenate([own[np.isfinite(own)] for own in waited])
    if not len(known):
        axes.text(0.5, 0.5, "no incident was answered", ha="center", transform=axes.transAxes)
        return figure
    longest = max(float(known.max()) * 1.5, 4 * SHORTEST)
    moments = np.geomspace(SHORTEST, longest, STEPS)
    for n, (run, own) in enumerate(zip(runs, waited, strict=True)):
        axes.plot(
            moments,
            np.searchsorted(own, moments, side="right") / max(len(own), 1),
            color=COLOURS[n % len(COLOURS)],
            linestyle=DASHES[n % len(DASHES)],
            linewidth=1.8,
            label=run.policy.label,
        )
    log_hours(axes, SHORTEST, longest)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("answered within")
    axes.set_ylabel("share of incidents")
    axes.grid()
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=8)
    return figure
