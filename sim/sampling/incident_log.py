"""A recorded incident log, to be replayed in place of random arrivals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Ints
from sim.errors import MAX_NAME_LENGTH
from sim.sampling.calendars import WEEK
from sim.scenario.log_file import log_rows, refuse_rows
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import IncidentsFrom

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class IncidentLog:
    """N recorded incidents in the order they opened."""

    number: tuple[str, ...]
    opened: Ints
    """(N,) seconds since the scenario's start."""
    kind: Ints
    """(N,) position among the scenario's kinds."""
    team: Ints
    """(N,) position among the scenario's teams."""


def read_log(scenario: Scenario) -> IncidentLog | None:
    """Read the log that a scenario replays; None where it draws its incidents at random.

    Raises:
        ScenarioError: naming rows that cannot be used, and what would be right.
    """
    source, path = scenario.incidents_from, scenario.log_path
    if source is None or path is None:
        return None
    return _translate(scenario, source, log_rows(scenario, source, path))


def _translate(scenario: Scenario, source: IncidentsFrom, table: pd.DataFrame) -> IncidentLog:
    import pandas as pd

    columns = source.columns
    stamps = pd.to_datetime(table[columns.opened], format="ISO8601", errors="coerce")
    opened = (stamps - pd.Timestamp(scenario.time.start)).dt.total_seconds().to_numpy()
    horizon = scenario.time.horizon_weeks * WEEK
    teams = {team.name: i for i, team in enumerate(scenario.teams)}
    team = table[columns.team].map(teams)
    kinds: dict[str, int]
    if columns.kind is not None:
        kind_column, kinds = columns.kind, {k.kind: i for i, k in enumerate(scenario.incidents)}
    else:
        kind_column = columns.severity
        kinds = {str(k.severity): i for i, k in reversed(list(enumerate(scenario.incidents)))}
    kind = table[kind_column].map(kinds)
    inside = (opened >= 0) & (opened < horizon)
    span = f"must lie in the {scenario.time.horizon_weeks} weeks from {scenario.time.start}"
    checks = [
        (
            columns.opened,
            stamps.isna().to_numpy(),
            "must be a date and time such as 2016-02-29T08:15",
        ),
        (columns.opened, ~stamps.isna().to_numpy() & ~inside, span),
        (columns.team, team.isna().to_numpy(), f"must be a team: {', '.join(teams)}"),
        (kind_column, kind.isna().to_numpy(), f"must be one of {', '.join(kinds)}"),
    ]
    faults = [
        f"{source.file}, row {table.index[int(row)]}, {column}: {expected} (got {_short(table[column].iloc[row])})"
        for column, wrong, expected in checks
        for row in np.flatnonzero(wrong)
    ]
    if faults:
        refuse_rows(source.file, faults)
    order = np.argsort(opened, kind="stable")
    return IncidentLog(
        number=tuple(table[columns.number].iloc[order]),
        opened=opened[order].astype(np.int64),
        kind=np.asarray(kind, dtype=np.int64)[order],
        team=np.asarray(team, dtype=np.int64)[order],
    )


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= MAX_NAME_LENGTH else cell[:MAX_NAME_LENGTH] + "…")
