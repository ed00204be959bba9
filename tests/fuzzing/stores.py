"""The file of `--store`: a study goes on from it, or it is refused and left as it was."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from unittest.mock import patch

import numpy as np

from sim.experiment.store.store import Store
from sim.experiment.store.store_errors import StoreError
from sim.measures.metrics import Key
from tests.fuzzing.watch import SCRATCH, told

STUDY, REPLICATIONS = "a study", range(6)
KEYS = (Key("response", "all", "response_sla"), Key("delivery", "all", "points_per_sprint"))

# Another version of the program refuses a store at once; these stores are of no version.
_of_no_version = patch("sim.experiment.store.store.model_version", lambda: "none")


def take(content: bytes) -> None:
    """What a study does with a store: ask what is there, compute the rest, keep it."""
    path = SCRATCH / "store"
    _write(path, content)
    try:
        with _of_no_version:
            store = Store(path)
            try:
                _go_on(store)
            finally:
                store.close()
    except StoreError as error:
        told(error)
        assert str(path) in str(error)


def _go_on(store: Store) -> None:
    store.contents()
    found = store.known(STUDY, REPLICATIONS)
    keys = store.keys(STUDY) if found else KEYS
    missing = [n for n in REPLICATIONS if n not in found]
    if missing:
        values = np.zeros((2, 1, len(keys)))
        store.keep(STUDY, "described", keys, range(missing[0], missing[0] + 1), values)
    if found:
        np.stack(list(found.values()), axis=1)


def seeds() -> list[bytes]:
    """A store of a few replications, its pages small, and a new one."""
    path = SCRATCH / "seed"
    _write(path, b"")
    path.unlink()
    with _of_no_version:
        store = Store(path)
        values = np.arange(12.0).reshape(2, 3, 2)
        store.keep(STUDY, "described", KEYS, range(3), values)
        store.close()
    db = sqlite3.connect(path)
    for statement in ("pragma journal_mode = delete", "pragma page_size = 512", "vacuum"):
        db.execute(statement)
    db.close()
    return [path.read_bytes(), b""]


def _write(path: Path, content: bytes) -> None:
    for ending in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    path.write_bytes(content)
