"""Observations kept on disk, so that a study that was stopped goes on where it was.

One SQLite file, written ahead (WAL): a batch of replications is one transaction, so what was
acknowledged survives any kill, and several processes may share a file. What is read is what was written:
every row has a digest (`store_layout`).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.experiment.model_version import model_version
from sim.experiment.store.opening import (
    begin_tables,
    check_header,
    check_place,
    check_version,
    fault_of_tables,
    file_of,
)
from sim.experiment.store.store_columns import (
    Replications,
    is_whole_study,
    names_as_text,
    names_in,
    study_digest,
)
from sim.experiment.store.store_errors import (
    DamagedError,
    StoreError,
    explained,
    which_replications,
    which_study,
)
from sim.measures.metrics import Key
from sim.policy.contract import DECISIONS, Policy
from sim.policy.fingerprint import content
from sim.scenario.reading import digest
from sim.scenario.schema import Scenario

Values = Floats
"""(P, F) figures of every policy in one replication."""


def study_key(scenario: Scenario, policies: Iterable[Policy], seed: int) -> str:
    """Return a hash of what the observations depend on, but for the replication.

    That is the content of the scenario and of the policies, and the seed.
    """
    whole = [digest(scenario), [_content(policy) for policy in policies], seed]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def _content(policy: Policy) -> list[Any]:
    decisions = [content(getattr(policy, name)) for name in DECISIONS]
    return [policy.label, policy.values, policy.shape, decisions]


class Store:
    """A store of figures by study and replication."""

    def __init__(self, path: Path, fresh: bool = False) -> None:
        """Open or begin a store; with `fresh`, what is in it is not used, but replaced.

        Raises:
            StoreError: for a file that is no store, damaged, of another version, or not writable; in a
                folder where two programs would destroy it.
        """
        self.path = path
        self._fresh = fresh
        begin = not path.exists() or path.stat().st_size == 0
        if not begin:
            check_header(path)
        check_place(path)
        self._model = model_version()
        file = None if begin else file_of(path)
        with explained(path):
            self._db = sqlite3.connect(path, timeout=60, isolation_level=None)
            try:
                if begin:
                    begin_tables(self._db, self._model)
                self._check()
            except BaseException:
                self.close()
                raise
        if file not in (None, file_of(path)):
            self.close()
            raise StoreError(f"{path}: was put in order by another process; try again")

    def _check(self) -> None:
        found = self._db.execute("pragma quick_check(1)").fetchone()[0]
        if found != "ok":
            raise DamagedError(self.path, found)
        check_version(self.path, self._db, self._model)
        if fault := fault_of_tables(self._db):
            raise DamagedError(self.path, fault)
        self._db.execute("pragma synchronous = full")

    def known(self, study: str, replications: range) -> dict[int, Values]:
        """Return what is there of some replications of a study, each of the same shape.

        Raises:
            StoreError: naming the study and the replications that are not as they were written.
        """
        if self._fresh:
            return {}
        with explained(self.path):
            row = self._study(study)
            if row is None:
                return {}
            described, figures = row
            found = self._whole(study, described, figures, replications)
            width = len(names_in(figures))
            values = {n: np.frombuffer(f, dtype="<f8").reshape(-1, width) for n, f in found.items()}
            if len({one.shape for one in values.values()} | {(0, width)}) > 2:
                raise ValueError
        return values

    def _whole(
        self, study: str, described: str, figures: str, replications: range
    ) -> dict[int, bytes]:
        rows = self._db.execute(
            "select replication, figures, digest from observations "
            "where study = ? and replication between ? and ?",
            (study, replications.start, replications.stop - 1),
        )
        digests, found, bad = Replications(self._model, study, figures), {}, []
        for n, values, kept in rows:
            if digests.is_whole(n, values, kept):
                found[n] = values
            else:
                bad.append(n)
        if bad:
            raise DamagedError(self.path, which_replications(bad, described))
        return found

    def _study(self, study: str) -> tuple[str, str] | None:
        """Return what a study is, and the names of its figures; None where there is no such
        study."""
        row = self._db.execute(
            "select described, figures, digest from studies where study = ?", (study,)
        ).fetchone()
        if row is None:
            return None
        described, figures, kept = row
        if not is_whole_study(self._model, study, described, figures, kept):
            raise DamagedError(self.path, which_study(described))
        return described, figures

    def keys(self, study: str) -> tuple[Key, ...]:
        """Return the names of a study's figures; none where there is no such study."""
        with explained(self.path):
            row = self._study(study)
            return names_in(row[1]) if row else ()

    def keep(
        self,
        study: str,
        described: str,
        keys: tuple[Key, ...],
        replications: range,
        values: Floats,
    ) -> None:
        """Keep a batch of `values` (P, R, F), whole or not at all."""
        names = names_as_text(keys)
        digests = Replications(self._model, study, names)
        rows = []
        for place, n in enumerate(replications):
            figures = np.ascontiguousarray(values[:, place], dtype="<f8").tobytes()
            rows.append((study, n, figures, digests.digest(n, figures)))
        about_it = (study, described, names, study_digest(self._model, study, described, names))
        with explained(self.path):
            self._db.execute("begin immediate")
            try:
                kept = "replace" if self._fresh else "ignore"
                self._db.execute(f"insert or {kept} into studies values (?, ?, ?, ?)", about_it)
                self._db.executemany(
                    "insert or replace into observations values (?, ?, ?, ?)", rows
                )
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise

    def contents(self) -> list[tuple[str, int]]:
        """Return what each study is, and how many replications are there."""
        with explained(self.path):
            counts = self._db.execute(
                "select study, count(replication) from studies "
                "left join observations using (study) group by study"
            ).fetchall()
            told = [(self._study(study), count) for study, count in counts]
            return sorted((row[0], count) for row, count in told if row is not None)

    def close(self) -> None:
        """Close the file, and leave it to others."""
        self._db.close()
