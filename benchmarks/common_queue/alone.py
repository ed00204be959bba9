"""One program in a process of its own: what memory it takes.

python -m benchmarks.common_queue.alone PROGRAM TAPE.npy
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import numpy as np

from benchmarks.common_queue.programs import PROGRAMS
from benchmarks.common_queue.tape import Tape


def main() -> None:
    _, name, path = sys.argv
    tape = Tape(*np.load(path))
    if name in PROGRAMS:
        PROGRAMS[name].load()(tape)
    print(peak_kilobytes())


def peak_kilobytes() -> int:
    """Memory that this process had at most."""
    try:
        # On Linux getrusage also counts the process that started this one.
        return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
    except (OSError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // 1_024 if sys.platform == "darwin" else peak


if __name__ == "__main__":
    main()
