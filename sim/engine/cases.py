"""What an engine is given: sample paths, each under a policy, and memory to run them in."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Ints
from sim.policy.changeover import Plan
from sim.sampling.sample_path import SamplePath

Case = tuple[SamplePath, Plan]


class Workspace:
    """Memory that one world after another lives in, in one thread: memory new from the operating system
    costs as much as the run itself."""

    def __init__(self) -> None:
        self._memory = np.empty(0, dtype=np.int64)
        self.decisions: dict[tuple[Any, ...], tuple[int, ...]] | None = None
        """Where the compiled decisions of those who have lived in it stand; None: it is asked anew each time, as
        somebody may have edited them"""

    def of(self, size: int) -> Ints:
        """The first `size` whole numbers of the memory, in which anything may stand; they are what
        was given out before."""
        if size > len(self._memory):
            self._memory = np.empty(size, dtype=np.int64)
        return self._memory[:size]
