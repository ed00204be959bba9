"""Memory in which something stands already: nothing may be read in it before it is written."""

from __future__ import annotations

from sim.arrays import Ints
from sim.engine.cases import Workspace

WHATEVER = (-7, 2**61 + 1)


class UsedWorkspace(Workspace):
    """A room full of one number."""

    def __init__(self, full_of: int) -> None:
        super().__init__()
        self._full_of = full_of

    def of(self, size: int) -> Ints:
        """As that of any room, but never empty."""
        memory = super().of(size)
        memory[:] = self._full_of
        return memory
