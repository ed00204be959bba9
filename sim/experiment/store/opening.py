"""A store is looked at before it is opened: is it one of ours, whole, and where it can be
shared?"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sim.experiment.store.store_columns import BEFORE_DIGESTS, MARK, TABLES, about, sealed
from sim.experiment.store.store_errors import (
    DamagedError,
    StoreError,
    is_anothers,
    of_another_version,
)
from sim.files.locks import why_no_locks


def check_header(path: Path) -> None:
    """Check a file, which may be anybody's, before SQLite touches it.

    Raises:
        StoreError: for a file that is no store, or cannot be read and written.
    """
    if not path.is_file():
        raise StoreError(f"{path}: is no file; expected a store, or a name for a new one")
    try:
        with path.open("rb") as file:
            head = file.read(72)
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror})") from None
    if head[:15] != b"SQLite format 3" or head[68:72] != MARK.to_bytes(4, "big"):
        raise is_anothers(path)
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise StoreError(
            f"{path}: cannot be written to; make the file and its folder writable, or name "
            "another store"
        )


def check_place(path: Path) -> None:
    """Check that a store may lie there.

    Raises:
        StoreError: for a name that SQLite takes for none, and a folder where two programs at once would
            destroy the store.
    """
    if str(path) == ":memory:":
        raise StoreError(f"{path}: keeps nothing; expected the name of a file")
    if why := why_no_locks(path.parent):
        raise StoreError(
            f"{path}: the folder {path.absolute().parent} does not keep locks ({why}): two programs "
            "at once would destroy the store; put it on a local disk"
        )


def check_version(path: Path, db: sqlite3.Connection, model: str) -> None:
    """Check that this program wrote the store.

    Raises:
        StoreError: where another did, or what says so is damaged.
    """
    told = dict(db.execute("select name, value from about"))
    if told == about(model):
        return
    if told == sealed(told) or set(told) == BEFORE_DIGESTS:
        raise of_another_version(path)
    raise DamagedError(path, "what says which version wrote it")


def fault_of_tables(db: sqlite3.Connection) -> str:
    """Say how its tables have been altered; empty where they have not."""
    found = {text for (text,) in db.execute("select sql from sqlite_master") if text is not None}
    return "" if found == set(TABLES) else "its tables are not those of a store"


def begin_tables(db: sqlite3.Connection, model: str) -> None:
    """Make the tables of a new store."""
    db.execute("begin immediate")
    known = db.execute("select count(*) from sqlite_master").fetchone()[0]
    if not known:  # another process may have begun it meanwhile
        for statement in TABLES:
            db.execute(statement)
        db.executemany("insert into about values (?, ?)", about(model).items())
        db.execute(f"pragma application_id = {MARK}")
    db.execute("commit")
    db.execute("pragma journal_mode = wal")


def file_of(path: Path) -> tuple[int, int]:
    """Return what is equal as long as a name leads to the same file."""
    found = path.stat()
    return found.st_dev, found.st_ino
