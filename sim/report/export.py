"""Every figure of every replication as a table, for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import CannotDoError
from sim.experiment.comparison import Comparison
from sim.files.results import result_file
from sim.report.csv_files import write_frame

if TYPE_CHECKING:
    import pandas as pd


class ExportError(CannotDoError):
    """A table that cannot be written in the form wanted."""


def observations(comparison: Comparison) -> pd.DataFrame:
    """One row for each policy and replication: policy, replication, and each figure; response figures
    by group in a column `metric[severity=1]`."""
    import pandas as pd

    observed = comparison.observations
    names = [key.name + _suffix(key.group) for key in observed.keys]
    parts = []
    for n, label in enumerate(comparison.labels):
        frame = pd.DataFrame(observed.values[n], columns=names)
        frame.insert(0, "replication", range(len(frame)))
        frame.insert(0, "policy", label)
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def _suffix(group: str) -> str:
    by, _, name = group.partition(" ")
    return f"[{by}={name}]" if name else ""


def write(comparison: Comparison, target: Path) -> None:
    """As CSV, or as Parquet where the file's name says so.

    Raises:
        ExportError: for Parquet without pyarrow.
    """
    table = observations(comparison)
    if target.suffix.lower() != ".parquet":
        write_frame(target, table)
        return
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise ExportError("Parquet needs pyarrow: pip install 'firelane[search]'") from None
    with result_file(target, "wb") as file:
        table.to_parquet(file, index=False)
