"""A change of policy, small enough for a page that has more to say: what it has brought so far beside staying."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from sim.experiment.cost_of_change import Change
from sim.experiment.input_sets import CENTRAL
from sim.report.changeover_words import measured
from sim.report.style import BEHIND, canvas, in_style

COLOUR = "#12806A"


@in_style
def net_so_far(found: Change) -> Figure:
    """Draw the net value since the change, sprint by sprint: the mean, and between which 8 in 10 years lie."""
    picture, [axes] = canvas(3.6, 1.9)
    sprint = found.scenario.time.sprint_weeks
    ends = np.arange(sprint, found.weeks + 1, sprint)
    net = found.net_value.so_far[:, ends - 1]
    low, high = np.nanquantile(net, CENTRAL, axis=0)
    axes.fill_between(ends, low, high, color=COLOUR, alpha=0.18, linewidth=0)
    axes.plot(ends, np.nanmean(net, axis=0), color=COLOUR, linewidth=2)
    axes.axhline(0, color=BEHIND, linewidth=1)
    axes.grid(alpha=0.25)
    axes.tick_params(labelsize=7)
    axes.set_xlabel("weeks since the change", fontsize=7)
    axes.set_ylabel(measured(found).partition(",")[0], fontsize=7)
    return picture
