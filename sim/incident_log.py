"""A recorded incident log, to be replayed in place of random arrivals."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.calendars import WEEK, Ints
from sim.faults import LONGEST_NAME, Fault, ScenarioError, nearest
from sim.scenario import LOG, IncidentsFrom, Scenario

if TYPE_CHECKING:
    import pandas as pd

    from sim.calibrate.quality import Finding

MOST_FAULTS = 10
"""Rows named one by one before the rest is only counted."""

LARGEST_LOG = 32 << 20
"""Bytes a log may have: some hundred thousand incidents."""

LARGEST_READ, BYTES_PER_ROW = 128 << 20, 250
"""What is kept of it in memory, and what a row takes besides its letters."""

_TOO_LARGE = "is larger than a log of incidents can be; expected a CSV file of at most 32 MiB"


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
    """The log a scenario replays, or None where it draws its incidents at random.

    Raises:
        ScenarioError: naming rows that cannot be used, and what would be right.
    """
    source, path = scenario.incidents_from, scenario.log_path
    if source is None or path is None:
        return None
    _check_place(scenario, path)
    with _in_words(source):
        found = path.stat()
        rows = _rows(
            path, (found.st_ino, found.st_mtime_ns, found.st_size), source.model_dump_json()
        )
    return _translate(scenario, source, rows)


def log_content(scenario: Scenario) -> bytes:
    """The bytes of the log that a scenario replays; none where it draws its incidents at random.

    Raises:
        ScenarioError: where it may not be read, or is no file, or too large.
    """
    from sim.calibrate.reading import check_regular

    source, path = scenario.incidents_from, scenario.log_path
    if source is None or path is None:
        return b""
    _check_place(scenario, path)
    with _in_words(source):
        check_regular(path)
        with path.open("rb") as file:
            content = file.read(LARGEST_LOG + 1)
    if len(content) > LARGEST_LOG:
        _refuse(path.name, [f"{source.file} {_TOO_LARGE}"])
    return content


def _check_place(scenario: Scenario, path: Path) -> None:
    """A scenario from elsewhere is not to read what lies elsewhere."""
    if scenario.log_is_named:
        return
    folder, real = os.path.realpath(scenario.folder), os.path.realpath(path)
    if os.path.commonpath([folder, real]) != folder:
        reason = (
            "lies outside the scenario's folder, below which a scenario may name a log; to read it all "
            f"the same, name it yourself: --set {LOG}.file=…"
        )
        raise ScenarioError(scenario.name, [Fault(f"{LOG}.file", f"{path.name} {reason}")])


@contextmanager
def _in_words(source: IncidentsFrom) -> Iterator[None]:
    """What a file cannot be is told as a fault of the scenario that names it."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        _refuse(source.file, [f"{source.file} cannot be read: {reason}"])


@lru_cache(maxsize=2)
def _rows(path: Path, stamp: tuple[int, int, int], named: str) -> pd.DataFrame:
    """The columns that are wanted, as text, by row number; read as an export is, and nothing passed over
    or repaired.

    Args:
        path: the log's.
        stamp: what is another once the file has changed; its size last.
        named: the scenario's own words on the log, as JSON.
    """
    import pandas as pd  # loading it takes a third of a second

    from sim.calibrate.quality import DROPPED, REPAIRED, Quality
    from sim.calibrate.reading import Table

    source = IncidentsFrom.model_validate_json(named)
    quality = Quality(source.file)
    if stamp[2] > LARGEST_LOG:
        _refuse(path.name, [f"{source.file} {_TOO_LARGE}"])
    table = Table(path, quality)
    _check_columns(source, table.header)
    names = list(dict.fromkeys(source.columns.model_dump(exclude_none=True).values()))
    places = [table.header.index(name) for name in names]
    numbers, cells, size = [], [], 0
    for number, row in table.rows():
        kept = [row[place] for place in places]
        numbers.append(number)
        cells.append(kept)
        size += BYTES_PER_ROW + sum(map(len, kept))
        if size > LARGEST_READ:
            _refuse(path.name, [f"{source.file} {_TOO_LARGE}"])
    if found := [finding for finding in quality if finding.what in (DROPPED, REPAIRED)]:
        _refuse(path.name, [_told(source, finding) for finding in found])
    return pd.DataFrame(cells, index=numbers, columns=names, dtype=str)


def _check_columns(source: IncidentsFrom, present: list[str]) -> None:
    wanted = source.columns.model_dump(exclude_none=True)
    missing = [
        Fault(f"incidents_from.columns.{key}", f"no column '{name}'{nearest(name, present)}")
        for key, name in wanted.items()
        if name not in present
    ]
    if missing:
        raise ScenarioError(source.file, missing)


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
        _refuse(source.file, faults)
    order = np.argsort(opened, kind="stable")
    return IncidentLog(
        number=tuple(table[columns.number].iloc[order]),
        opened=opened[order].astype(np.int64),
        kind=np.asarray(kind, dtype=np.int64)[order],
        team=np.asarray(team, dtype=np.int64)[order],
    )


def _told(source: IncidentsFrom, finding: Finding) -> str:
    row = f"row {finding.rows[0]}" if finding.rows else "all of it"
    return f"{source.file}, {row}: {finding.text}; expected CSV in UTF-8, as wide as its header"


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= LONGEST_NAME else cell[:LONGEST_NAME] + "…")


def _refuse(source: str, faults: list[str]) -> None:
    more = [f"and {len(faults) - MOST_FAULTS} rows more"] if len(faults) > MOST_FAULTS else []
    shown = [*faults[:MOST_FAULTS], *more]
    raise ScenarioError(source, [Fault("incidents_from", fault) for fault in shown])
