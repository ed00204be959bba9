"""A process that is waited for may have been stopped (`kill -STOP`); this is noticed here.

It is not dead, and would be waited for without a word.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

LOOK_EVERY = 2.0
"""Seconds between two looks at those who are waited for."""

_STOPPED = ("T", "t")
"""States in which Linux lets a process do nothing: by a signal, by a debugger."""


class StoppedWorkers:
    """A watch that tells once of each process that is stopped.

    It must be so at two looks: Ctrl-Z stops, and `fg` wakes, all of a program's processes, but not
    at the same moment.
    """

    def __init__(self, processes: Callable[[], Iterable[int]]) -> None:
        """Make a watch; `processes` gives the ids of those who are waited for now."""
        self._processes = processes
        self._before: set[int] = set()
        self._told: set[int] = set()

    def look(self) -> None:
        """Say on standard error who has been stopped since."""
        stopped = {process for process in self._processes() if is_stopped(process)}
        for process in sorted(stopped & self._before - self._told):
            print(
                f"The worker process {process} is stopped, and is waited for; `kill -CONT {process}` lets "
                "it go on, Ctrl-C ends the program.",
                file=sys.stderr,
                flush=True,
            )
        self._told = (self._told | self._before) & stopped
        self._before = stopped


def is_stopped(process: int) -> bool:
    """Return whether a process has been stopped, as Linux tells; elsewhere nobody is."""
    try:
        said = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return said.rpartition(") ")[2].startswith(_STOPPED)  # its name may hold anything
