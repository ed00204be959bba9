"""The model once more, as one event loop over tables of whole numbers.

The same rules in the same order as `sim.model`, which is the text to read first; the modules and
functions here bear the same names. Both give the same trace, second for second. This one keeps to
what numba compiles (`sim.compiled`), and runs as it stands, uncompiled, where there is no numba
(`sim.plain`).
"""

from sim.kernel.loop import live, live_all
from sim.kernel.tables import *
from sim.kernel.tables import World

__all__ = ["World", "live", "live_all"]
