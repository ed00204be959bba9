"""The arrays that this program computes with: whole numbers of 64 bits, and floats of 64."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
"""Seconds, identifiers, counts."""

Floats = NDArray[np.float64]
"""Figures."""

Bools = NDArray[np.bool_]
"""What holds and what does not."""


def read_only(array: Ints) -> Ints:
    """The same array, which nobody may write to any more."""
    array.flags.writeable = False
    return array
