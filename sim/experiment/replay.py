"""A recorded log is lived through again under each policy: its incidents, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.experiment.comparison import Comparison
from sim.measures.run import run
from sim.sampling.sample_path import sample_path

if TYPE_CHECKING:
    import pandas as pd


def replayed_incidents(comparison: Comparison) -> pd.DataFrame | None:
    """Return every incident of the log under each policy in replication 0; None where no log is
    replayed.

    Computes a run for each policy.
    """
    if comparison.scenario.incidents_from is None:
        return None
    import pandas as pd

    path = sample_path(comparison.scenario, comparison.seed, 0)
    tables = [run(path, policy, comparison.engine).incidents for policy in comparison.policies]
    return pd.concat(
        [t.assign(policy=label) for t, label in zip(tables, comparison.labels, strict=True)],
        ignore_index=True,
    )
