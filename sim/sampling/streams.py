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
        words = [hashlib.blake2b(word.encode(), digest_size=4).digest() for word in purpose]
        key = (self.replication, *(int.from_bytes(word, "little") for word in words))
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))
