"""The file of a recorded incident log, as a scenario names it: bounded, and where it may lie."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from sim.errors import Fault, ScenarioError, nearest
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import LOG, IncidentsFrom

if TYPE_CHECKING:
    import pandas as pd

    from sim.files.quality import Finding

MAX_FAULTS = 10
"""Rows named one by one before the rest is only counted."""

MAX_LOG_BYTES = 32 << 20
"""Bytes a log may have: some hundred thousand incidents."""

MAX_READ_BYTES, BYTES_PER_ROW = 128 << 20, 250
"""What is kept of it in memory, and what a row takes besides its letters."""

_TOO_LARGE = "is larger than a log of incidents can be; expected a CSV file of at most 32 MiB"


def log_rows(scenario: Scenario, source: IncidentsFrom, path: Path) -> pd.DataFrame:
    """The columns that a scenario wants of its log, as text, by row number.

    Raises:
        ScenarioError: where it may not be read, or is no such file.
    """
    _check_place(scenario, path)
    with _in_words(source):
        found = path.stat()
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
        return _rows(path, stamp, source.model_dump_json())


def log_content(scenario: Scenario) -> bytes:
    """The bytes of the log that a scenario replays; none where it draws its incidents at random.

    Raises:
        ScenarioError: where it may not be read, or is no file, or too large.
    """
    from sim.files.delimited import check_regular

    source, path = scenario.incidents_from, scenario.log_path
    if source is None or path is None:
        return b""
    _check_place(scenario, path)
    with _in_words(source):
        check_regular(path)
        with path.open("rb") as file:
            content = file.read(MAX_LOG_BYTES + 1)
    if len(content) > MAX_LOG_BYTES:
        refuse_rows(path.name, [f"{source.file} {_TOO_LARGE}"])
    return content


def _check_place(scenario: Scenario, path: Path) -> None:
    """Refuse a log outside the scenario's folder: a scenario from elsewhere is not to read what
    lies elsewhere."""
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
    """Tell what a file cannot be as a fault of the scenario that names it."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        refuse_rows(source.file, [f"{source.file} cannot be read: {reason}"])


@lru_cache(maxsize=2)
def _rows(path: Path, stamp: tuple[int, int, int], named: str) -> pd.DataFrame:
    """Read the columns that are wanted, as text, by row number; they are read as an export is, and
    nothing is passed over or repaired.

    Args:
        path: the log's.
        stamp: what is another once the file has changed; its size last.
        named: the scenario's own words on the log, as JSON.
    """
    import pandas as pd  # loading it takes a third of a second

    from sim.files.delimited import ExportTable
    from sim.files.quality import DROPPED, REPAIRED, Quality

    source = IncidentsFrom.model_validate_json(named)
    quality = Quality(source.file)
    if stamp[2] > MAX_LOG_BYTES:
        refuse_rows(path.name, [f"{source.file} {_TOO_LARGE}"])
    table = ExportTable(path, quality)
    _check_columns(source, table.header)
    names = list(dict.fromkeys(source.columns.model_dump(exclude_none=True).values()))
    places = [table.header.index(name) for name in names]
    numbers, cells, size = [], [], 0
    for number, row in table.rows():
        kept = [row[place] for place in places]
        numbers.append(number)
        cells.append(kept)
        size += BYTES_PER_ROW + sum(map(len, kept))
        if size > MAX_READ_BYTES:
            refuse_rows(path.name, [f"{source.file} {_TOO_LARGE}"])
    if found := [finding for finding in quality if finding.what in (DROPPED, REPAIRED)]:
        refuse_rows(path.name, [_told(source, finding) for finding in found])
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


def _told(source: IncidentsFrom, finding: Finding) -> str:
    row = f"row {finding.rows[0]}" if finding.rows else "all of it"
    return f"{source.file}, {row}: {finding.text}; expected CSV in UTF-8, as wide as its header"


def refuse_rows(source: str, faults: list[str]) -> NoReturn:
    """Raise what is wrong with rows of a log, the first of them one by one."""
    more = [f"and {len(faults) - MAX_FAULTS} rows more"] if len(faults) > MAX_FAULTS else []
    shown = [*faults[:MAX_FAULTS], *more]
    raise ScenarioError(source, [Fault("incidents_from", fault) for fault in shown])
