"""Independent random streams, one for each purpose."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Streams:
    """The streams of one replication.

    A stream is named by what it is for, never by its position among others, so that a scenario
    with one kind or team more leaves the draws of the rest as they were.
    """

    seed: int
    replication: int

    def named(self, *purpose: str) -> np.random.Generator:
        """The stream for one purpose, such as `named("incidents", "audit report")`."""
        key = (self.replication, *map(number_of, purpose))
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))


def number_of(word: str) -> int:
    """The number, of 32 bits, by which a word of a purpose goes into a stream."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest(), "little")
