"""Observations kept on disk, so that a study that was stopped goes on where it was.

One SQLite file, written ahead (WAL): a batch of replications is one transaction, so what was
acknowledged survives any kill, and several processes may share a file.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.function_content import content
from sim.metrics import Key
from sim.policy import DECISIONS, Policy
from sim.scenario import Scenario
from sim.scenario_file import digest

Values = NDArray[np.float64]
"""(P, F) figures of every policy in one replication."""

LAYOUT = 1
"""Of the tables below; another layout is another number."""

_MARK = 0x46495245
"""SQLite's application id: this file is one of ours."""

_TABLES = """
create table about (name text primary key, value text not null) strict;
create table studies (
    study text primary key, described text not null, figures text not null
) strict;
create table observations (
    study text not null references studies, replication integer not null, figures blob not null,
    primary key (study, replication)
) strict, without rowid;
"""


class StoreError(Exception):
    """A store that cannot be used, and is left as it was."""


def study_key(scenario: Scenario, policies: Iterable[Policy], seed: int) -> str:
    """What the observations depend on, but for the replication: the content of the scenario and of
    the policies, and the seed."""
    whole = [digest(scenario), [_content(policy) for policy in policies], seed]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def _content(policy: Policy) -> list[Any]:
    rules = [policy.queue, policy.sprints, policy.time_box, policy.turns_last]
    return [policy.label, policy.values, rules, [content(getattr(policy, n)) for n in DECISIONS]]


@cache
def model_version() -> str:
    """Changes with the program's text, wherever that decides figures, and with NumPy's version."""
    home = Path(__file__).parent
    files = sorted([*home.glob("*.py"), *home.glob("model/*.py"), *home.glob("kernel/*.py")])
    text = hashlib.sha256(np.__version__.encode())
    for file in files:
        text.update(file.read_bytes())
    return text.hexdigest()[:16]


class Store:
    """Figures by study and replication."""

    def __init__(self, path: Path, fresh: bool = False) -> None:
        """Open or begin a store. `fresh`: what is in it is not used, but replaced.

        Raises:
            StoreError: for a file that is no store, damaged, of another version, or not writable.
        """
        self.path = path
        self._fresh = fresh
        begin = not path.exists() or path.stat().st_size == 0
        if not begin:
            self._check_header()
        with self._explained():
            self._db = sqlite3.connect(path, timeout=60, isolation_level=None)
            try:
                if begin:
                    self._begin()
                self._check()
            except BaseException:
                self.close()
                raise

    def _check_header(self) -> None:
        """Before SQLite touches a file, which may be anybody's."""
        if not self.path.is_file():
            raise StoreError(f"{self.path}: is no file; expected a store, or a name for a new one")
        try:
            with self.path.open("rb") as file:
                head = file.read(72)
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be read ({error.strerror})") from None
        if head[:15] != b"SQLite format 3" or head[68:72] != _MARK.to_bytes(4, "big"):
            raise StoreError(f"{self.path}: is not a store of this program; it is left as it was")
        if not os.access(self.path, os.W_OK) or not os.access(self.path.parent, os.W_OK):
            raise StoreError(
                f"{self.path}: cannot be written to; make the file and its folder writable, or name "
                "another store"
            )

    def _begin(self) -> None:
        self._db.execute("begin immediate")
        known = self._db.execute("select count(*) from sqlite_master").fetchone()[0]
        if not known:  # another process may have begun it meanwhile
            for statement in _TABLES.split(";"):
                self._db.execute(statement)
            about = {"layout": str(LAYOUT), "model": model_version()}
            self._db.executemany("insert into about values (?, ?)", about.items())
            self._db.execute(f"pragma application_id = {_MARK}")
        self._db.execute("commit")
        self._db.execute("pragma journal_mode = wal")

    def _check(self) -> None:
        found = self._db.execute("pragma quick_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreError(f"{self.path}: is damaged ({found}); it is left as it was")
        about = dict(self._db.execute("select name, value from about"))
        if about != {"layout": str(LAYOUT), "model": model_version()}:
            raise StoreError(
                f"{self.path}: was written by another version of this program, whose figures may "
                "differ; name another store, or remove it"
            )
        self._db.execute("pragma synchronous = full")

    def known(self, study: str, replications: range) -> dict[int, Values]:
        """What is there of some replications of a study, each of the same shape."""
        if self._fresh:
            return {}
        with self._explained():
            rows = self._db.execute(
                "select replication, o.figures, s.figures from observations o "
                "join studies s using (study) where study = ? and replication between ? and ?",
                (study, replications.start, replications.stop - 1),
            ).fetchall()
            found = {
                n: np.frombuffer(blob, dtype="<f8").reshape(-1, len(_keys_in(keys)))
                for n, blob, keys in rows
            }
            if len({values.shape for values in found.values()}) > 1:
                raise ValueError
        return found

    def keys(self, study: str) -> tuple[Key, ...]:
        """The names of a study's figures; none where there is no such study."""
        with self._explained():
            row = self._db.execute(
                "select figures from studies where study = ?", (study,)
            ).fetchone()
            return _keys_in(row[0]) if row else ()

    def keep(
        self,
        study: str,
        described: str,
        keys: tuple[Key, ...],
        replications: range,
        values: NDArray[np.float64],
    ) -> None:
        """Keep a batch, whole or not at all. `values`: (P, R, F)."""
        rows = [
            (study, n, np.ascontiguousarray(values[:, place], dtype="<f8").tobytes())
            for place, n in enumerate(replications)
        ]
        with self._explained():
            self._db.execute("begin immediate")
            try:
                self._db.execute(
                    "insert or ignore into studies values (?, ?, ?)",
                    (study, described, json.dumps(keys)),
                )
                self._db.executemany("insert or replace into observations values (?, ?, ?)", rows)
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise

    def contents(self) -> list[tuple[str, int]]:
        """What each study is, and how many replications are there."""
        with self._explained():
            return self._db.execute(
                "select described, count(replication) from studies "
                "left join observations using (study) group by study order by described"
            ).fetchall()

    def close(self) -> None:
        """Leave the file to others."""
        self._db.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: {_in_words(error)}") from None
        except (ValueError, TypeError, RecursionError, MemoryError):
            # Text or figures that are none; SQLite asks for much where a size is damaged.
            raise StoreError(f"{self.path}: is damaged; it is left as it was") from None


def _keys_in(text: str) -> tuple[Key, ...]:
    found = tuple(Key(*key) for key in json.loads(text))
    if not all(isinstance(part, str) for key in found for part in key):
        raise ValueError
    return found


def _in_words(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorname", "")
    for start, words in (
        ("SQLITE_CORRUPT", "is damaged; it is left as it was"),
        ("SQLITE_NOTADB", "is not a store of this program; it is left as it was"),
        ("SQLITE_READONLY", "cannot be written to"),
        ("SQLITE_CANTOPEN", "cannot be opened; does its folder exist and may it be written to?"),
        ("SQLITE_FULL", "the disk is full; what was finished before is kept"),
        ("SQLITE_IOERR", "cannot be read or written whole: the disk may be full or failing"),
        ("SQLITE_BUSY", "another process holds it; try again when that is done"),
    ):
        if code.startswith(start):
            return words
    return str(error)
