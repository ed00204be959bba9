"""What a comparison says is put into tables of pandas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.experiment.comparison import HEADLINE, Comparison, Difference
from sim.experiment.statistics import Interval
from sim.measures.metrics import Key, metrics_of

if TYPE_CHECKING:
    import pandas as pd  # loading it takes a third of a second


def table(
    comparison: Comparison, metrics: Sequence[str] = HEADLINE, group: str = "all"
) -> pd.DataFrame:
    """Return a table with policies down and metrics across, each with mean, low and high.

    `group` applies to response figures.

    Raises:
        KeyError: for an unknown metric or group.
    """
    import pandas as pd

    grouped = {
        key.name for key in comparison.observations.keys if key == Key("response", "all", key.name)
    }
    rows = [
        [
            value
            for metric in metrics
            for value in comparison.figure(label, metric, group if metric in grouped else "all")
        ]
        for label in comparison.labels
    ]
    columns = pd.MultiIndex.from_product([metrics, Interval._fields], names=["metric", "value"])
    frame = pd.DataFrame(rows, index=comparison.labels, columns=columns)
    frame.index.name = "policy"
    return frame


def differences(comparison: Comparison, metrics: Sequence[str] | None = None) -> pd.DataFrame:
    """Return every pair of policies, a row for each metric, as `Comparison.pairs` has them.

    All metrics that the scenario has are taken if `metrics` is None.

    Raises:
        KeyError: for an unknown metric.
    """
    import pandas as pd

    wanted = metrics_of(comparison.scenario) if metrics is None else metrics
    return pd.DataFrame(comparison.pairs(wanted), columns=list(Difference._fields))
