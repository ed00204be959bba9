"""What an engine is given: sample paths, each under a policy, and memory to run them in."""

from __future__ import annotations

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

    def of(self, size: int) -> Ints:
        """The first `size` whole numbers of the memory, in which anything may stand; they are what
        was given out before."""
        if size > len(self._memory):
            self._memory = np.empty(size, dtype=np.int64)
        return self._memory[:size]
