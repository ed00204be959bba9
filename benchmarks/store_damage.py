"""What a flipped bit in a store does, one at a time, and what it costs to notice.

Each is flipped in a store as it lies on disk; then a study goes on from it: it asks what is there, computes
what is not, keeps that, and reads all. Either it comes to the same bytes, or the store is refused in
words. What is left after `--drop-damaged` comes to the same bytes, too.

    python -m benchmarks.store_damage
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from time import perf_counter

import numpy as np

from sim.experiment.store.check import drop_damaged, examined
from sim.experiment.store.store import Store
from sim.experiment.store.store_columns import Replications
from sim.experiment.store.store_errors import StoreError
from sim.measures.metrics import Key

SIZES = {"small": (3, 2, 4), "some pages": (40, 4, 60), "many pages": (400, 11, 243)}
"""Replications, policies and figures; the last is `compare web_agency --replications 400`."""

STUDY = "the study"


class Made:
    """A store of two studies, and what is in it."""

    def __init__(self, folder: Path, replications: int, policies: int, figures: int) -> None:
        self.path = folder / "store"
        self.replications = range(replications)
        self.keys = tuple(Key("response", "all", f"figure_{n}") for n in range(figures))
        self.values = np.random.default_rng(1).normal(size=(policies, replications, figures))
        with closing(Store(self.path)) as store:
            for study in ("another", STUDY):
                for first in range(0, replications, 8):
                    self.keep(store, study, range(first, min(first + 8, replications)))
        self.content = self.path.read_bytes()

    def keep(self, store: Store, study: str, batch: range) -> None:
        """As a study keeps what it has computed."""
        values = self.values[:, batch.start : batch.stop]
        store.keep(study, f"described: {study}", self.keys, batch, values)

    def flipped(self, bit: int) -> None:
        """The store, with one bit another."""
        content = bytearray(self.content)
        content[bit // 8] ^= 1 << bit % 8
        self.put(content)

    def put(self, content: bytes | bytearray) -> None:
        """Other bytes in its place."""
        for ending in ("-wal", "-shm", "-journal"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        self.path.write_bytes(content)

    def went_on(self) -> str:
        """What a study does with it: `same` bytes, `refused`, or `changed`."""
        try:
            with closing(Store(self.path)) as store:
                store.contents()
                for n in sorted(
                    set(self.replications) - set(store.known(STUDY, self.replications))
                ):
                    self.keep(store, STUDY, range(n, n + 1))
                found = store.known(STUDY, self.replications)
                keys = store.keys(STUDY)
        except StoreError as error:
            return "refused" if str(self.path) in str(error) else "refused without words"
        figures = np.stack([found[n] for n in self.replications], axis=1)
        same = figures.tobytes() == self.values.tobytes() and keys == self.keys
        return "same" if same else "changed"

    def is_told_whole(self) -> bool:
        """Whether a check finds nothing."""
        try:
            return not examined(self.path).damage()
        except StoreError:
            return False

    def goes_on_without_what_is_damaged(self) -> str:
        """As `went_on`, once that has been dropped."""
        try:
            drop_damaged(self.path)
        except StoreError:
            return "refused"
        return self.went_on()


def flips(made: Made, count: int, seed: int = 1) -> Counter[tuple[str, str]]:
    """How often what became of a store with one bit flipped: a study that goes on, whether a check tells
    of it, and a study that goes on once the damaged is dropped."""
    chosen, found = random.Random(seed), Counter[tuple[str, str]]()
    for _ in range(count):
        bit = chosen.randrange(8 * len(made.content))
        made.flipped(bit)
        told = "told whole" if made.is_told_whole() else "told damaged"
        made.flipped(bit)
        found["goes on", made.went_on()] += 1
        made.flipped(bit)
        found["check", told] += 1
        found["after --drop-damaged", made.goes_on_without_what_is_damaged()] += 1
    return found


def cost(made: Made, rounds: int = 15) -> tuple[float, float]:
    """Milliseconds of reading all of a study, and of the digests in it; the quickest of some rounds."""
    made.put(made.content)
    reading, checking = [], []
    for _ in range(rounds):
        begun = perf_counter()
        with closing(Store(made.path)) as store:
            store.known(STUDY, made.replications)
        reading.append(perf_counter() - begun)
        with closing(sqlite3.connect(made.path)) as db:
            [(model,)] = db.execute("select value from about where name = 'model'")
            [(names,)] = db.execute("select figures from studies where study = ?", (STUDY,))
            rows = db.execute(
                "select replication, figures, digest from observations where study = ?", (STUDY,)
            ).fetchall()
        begun = perf_counter()
        digests = Replications(model, STUDY, names)
        assert all(digests.is_whole(*row) for row in rows)
        checking.append(perf_counter() - begun)
    return 1_000 * min(reading), 1_000 * min(checking)


def main() -> None:
    """Print what became of the flips, and what noticing costs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flips", type=int, default=1_000, help="over the three sizes")
    wanted = parser.parse_args().flips
    in_memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    for name, size in SIZES.items():
        folder = Path(tempfile.mkdtemp(prefix="firelane-store-", dir=in_memory))
        try:
            made = Made(folder, *size)
            reading, checking = cost(made)
            print(
                f"{name}: {len(made.content):,} bytes; {reading:.2f} ms, {checking:.2f} of digests"
            )
            for (what, became), count in sorted(flips(made, -(-wanted // len(SIZES))).items()):
                print(f"  {what}: {became} {count}")
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
