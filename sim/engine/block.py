"""Tables that stand one after the other in one piece of memory, of which it is known where each does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.arrays import Ints

LINE = 8
"""Numbers in a cache line: small tables that share one slow each other down."""

WORD = 8
"""Bytes of a number."""


def new(size: int) -> Ints:
    """Memory of its own, in which anything may stand."""
    return np.empty(size, dtype=np.int64)


class Block:
    """Tables of whole numbers, cut from one piece of memory."""

    def __init__(
        self,
        shapes: Mapping[str, tuple[int, ...]],
        room: Callable[[int], Ints] = new,
        more: Callable[[Mapping[str, int]], int] = lambda places: 0,
    ) -> None:
        """Cut tables of these shapes from memory that `room` gives.

        Args:
            shapes: by name.
            room: gives so many numbers.
            more: how many there are to be behind the tables, by the places at which these begin.
        """
        self.places: dict[str, int] = {}
        size = 0
        for name, shape in shapes.items():
            self.places[name] = size
            size += -(-math.prod(shape) // LINE) * LINE
        self.size = size
        self.memory = room(size + more(self.places))
        self._cuts = [
            (name, place, place + math.prod(shapes[name]), shapes[name])
            for name, place in self.places.items()
        ]
        self.tables = self.within(self.memory)

    def within(self, memory: Ints) -> dict[str, Any]:
        """The same tables cut from other memory, into which that of the block was copied."""
        return {name: memory[first:last].reshape(shape) for name, first, last, shape in self._cuts}

    def addresses(self) -> dict[str, int]:
        """Where each table stands, for compiled code."""
        first: int = self.memory.__array_interface__["data"][0]
        return {name: first + WORD * place for name, place in self.places.items()}
