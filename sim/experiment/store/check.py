"""All of a store is read: what is whole, what is damaged; and the damaged can be dropped."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.experiment.model_version import model_version
from sim.experiment.store.opening import (
    begin_tables,
    check_header,
    check_place,
    check_version,
    fault_of_tables,
)
from sim.experiment.store.store_columns import Replications, is_whole_study
from sim.experiment.store.store_errors import (
    DamagedError,
    StoreError,
    explained,
    is_damage,
    which_replications,
    which_study,
)

Row = tuple[Any, ...]


@dataclass
class StorePart:
    """A study in a store, as far as it is there."""

    described: str
    digests: Replications
    whole: int = 0
    damaged: list[Any] = field(default_factory=list)


@dataclass
class Found:
    """The finding about a store: what it holds, and what is damaged."""

    parts: dict[str, StorePart] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """what is damaged beside replications, in words"""
    homeless: int = 0
    """replications of studies whose description is damaged or gone"""

    def note(self, error: sqlite3.DatabaseError) -> None:
        """Note pages that cannot be read; whatever else SQLite finds is raised."""
        if not is_damage(error):
            raise error
        if str(error) not in self.faults:
            self.faults.append(str(error))

    @property
    def replications(self) -> int:
        """How many replications are whole."""
        return sum(part.whole for part in self.parts.values())

    def damage(self) -> list[str]:
        """Return everything that is damaged, in words."""
        told = list(self.faults)
        if self.homeless:
            told.append(f"{self.homeless:,} replications of no study that is described")
        for part in self.parts.values():
            if part.damaged:
                told.append(which_replications(part.damaged, part.described))
        return told


def examined(path: Path) -> Found:
    """Return what a store holds, all of it read.

    Raises:
        StoreError: for a file that is no store, of another version, or in which nothing can be read.
    """
    with _opened(path) as db:
        db.execute("begin")  # others may go on meanwhile
        found = _of_the_file(path, db)
        for _ in _whole_rows(db, found):
            pass
        return found


def drop_damaged(path: Path) -> Found:
    """Leave in a store only what is whole; the answer tells what it had.

    Raises:
        StoreError: as `examined`; where another process has it open.
    """
    rest = path.with_name(f".{path.name}.part")
    with _opened(path) as old:
        _hold_alone(path, old)
        found = _of_the_file(path, old)
        try:
            _begin_anew(rest, path)
            _copy_whole_rows(old, rest, found)
            if found.damage():
                os.replace(rest, path)
            else:
                old.execute("commit")
                old.execute("pragma journal_mode = wal")
        finally:
            for ending in ("", "-wal", "-shm", "-journal"):
                rest.with_name(rest.name + ending).unlink(missing_ok=True)
    return found


def _hold_alone(path: Path, db: sqlite3.Connection) -> None:
    """Hold the store alone until it is closed.

    What was written ahead is in the file itself from now on.
    """
    db.execute("pragma locking_mode = exclusive")
    if db.execute("pragma journal_mode = delete").fetchone()[0] != "delete":
        raise StoreError(f"{path}: another process holds it; try again when that is done")
    db.execute("begin exclusive")


def _begin_anew(rest: Path, path: Path) -> None:
    """Make an empty file, with the mode of another."""
    rest.unlink(missing_ok=True)
    os.close(os.open(rest, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    rest.chmod(path.stat().st_mode & 0o777)


def _copy_whole_rows(old: sqlite3.Connection, rest: Path, found: Found) -> None:
    with closing(sqlite3.connect(rest, isolation_level=None)) as new:
        begin_tables(new, model_version())
        new.execute("begin")
        for table, row in _whole_rows(old, found):
            marks = ", ".join("?" * len(row))
            new.execute(f"insert or replace into {table} values ({marks})", row)
        new.execute("commit")


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    check_header(path)
    check_place(path)
    with explained(path), closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as db:
        # Text that is none is not as it was written, which its digest tells.
        db.text_factory = lambda text: text.decode(errors="replace")
        try:
            db.execute("select count(*) from sqlite_master")
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            raise StoreError(
                f"{path}: is damaged ({error}), and nothing of it can be read; remove it, and what it "
                "had is computed again"
            ) from None
        yield db


def _of_the_file(path: Path, db: sqlite3.Connection) -> Found:
    """Return what the file says about itself, its tables and its pages.

    Raises:
        StoreError: where another version wrote it.
    """
    found = Found()
    try:
        check_version(path, db, model_version())
    except DamagedError as error:
        found.faults.append(error.what)
    except sqlite3.DatabaseError as error:
        found.note(error)
    try:
        if fault := fault_of_tables(db):
            found.faults.append(fault)
        told = [text for (text,) in db.execute("pragma integrity_check(8)")]
        found.faults += [text for text in told if text != "ok"]
    except sqlite3.DatabaseError as error:
        found.note(error)
    return found


def _whole_rows(db: sqlite3.Connection, found: Found) -> Iterator[tuple[str, Row]]:
    """Yield the rows that are as they were written, by table; what is not is noted."""
    model = model_version()
    for row in _read(db, "studies", ("study",), ("described", "figures", "digest"), found):
        study, described, figures, _ = row
        if is_whole_study(model, *row):
            found.parts[study] = StorePart(described, Replications(model, study, figures))
            yield "studies", row
        else:
            found.faults.append(which_study(described))
    for row in _read(db, "observations", ("study", "replication"), ("figures", "digest"), found):
        part = found.parts.get(row[0])
        if part is None:
            found.homeless += 1
        elif part.digests.is_whole(*row[1:]):
            part.whole += 1
            yield "observations", row
        else:
            part.damaged.append(row[1])


def _read(
    db: sqlite3.Connection,
    table: str,
    key: tuple[str, ...],
    others: tuple[str, ...],
    found: Found,
) -> Iterator[Row]:
    """Yield every row of a table once; where a page cannot be read, those before it and those after
    it."""
    seen: set[Row] = set()
    for order in ("asc", "desc"):
        by = ", ".join(f"{name} {order}" for name in key)
        try:
            for row in db.execute(f"select {', '.join(key + others)} from {table} order by {by}"):
                if row[: len(key)] not in seen:
                    seen.add(row[: len(key)])
                    yield row
            return
        except sqlite3.DatabaseError as error:
            found.note(error)
