"""Ctrl-C, a polite kill, a closed terminal: the program ends within two seconds, with a word, whatever it
is doing.

The signal is noted, and raised where the program is, so that stores are closed and folders left clean. That
may be swallowed: in a callback of Python's own, in a library that takes it for a fault of its own. So a
thread is told of the signal, too, and ends the program where it has not ended by itself a second later, or at
the second signal.
"""

from __future__ import annotations

import glob
import os
import select
import signal
import sys
import threading
import time
from contextlib import suppress

COULD_NOT = 1

GRACE = 1.0
"""Seconds in which the program may end by itself."""

SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]

_noted: list[int] = []
"""Signals that have come."""

_ending = threading.Lock()
"""Taken by whoever ends the program."""


class Stopped(BaseException):
    """Raised where the program is when it is stopped."""


def watch() -> None:
    """Note signals from now on; to be called by the main thread, before anything takes long."""
    heard, told = os.pipe()
    os.set_blocking(told, False)
    for number in SIGNALS:
        signal.signal(number, _note)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    os.register_at_fork(after_in_child=_forget)
    sys.unraisablehook = _tell_unraisable
    threading.Thread(target=_listen, args=(heard,), daemon=True).start()


def is_asked() -> bool:
    """Whether the program has been told to stop."""
    return bool(_noted)


def end() -> None:
    """End the program at once, leaving no process and no half-written file, and say what was written."""
    _ending.acquire()  # never given back
    for _ in range(2):  # one may just be beginning
        for child in _children():
            with suppress(OSError):
                os.kill(child, signal.SIGKILL)
        time.sleep(0.01)
    files = sys.modules.get("sim.files.results")  # not there where the signal came before
    for name in list(files.unfinished) if files is not None else []:
        with suppress(OSError):
            os.unlink(name)
    written = files.written if files is not None else []
    told = f"Written before that: {', '.join(written)}." if written else "No file was written."
    with suppress(OSError, ValueError):
        os.write(2, f"Stopped. {told}\n".encode("utf-8", "backslashreplace"))
    os._exit(COULD_NOT)


def _children() -> set[int]:
    """The processes that this one has begun."""
    found = set()
    for listed in glob.glob("/proc/self/task/*/children"):  # on Linux, where they are listed
        with suppress(OSError), open(listed) as file:
            found |= {int(word) for word in file.read().split()}
    if "multiprocessing" in sys.modules:
        import multiprocessing

        found |= {child.pid for child in multiprocessing.active_children() if child.pid}
    return found


def _tell_unraisable(told: sys.UnraisableHookArgs) -> None:
    """Tell what was raised where nothing can be raised; of a stop, the thread that listens takes
    care."""
    if told.exc_type is not Stopped:
        sys.__unraisablehook__(told)


def _note(number: int, frame: object) -> None:
    _noted.append(number)
    if len(_noted) == 1:
        raise Stopped


def _forget() -> None:
    """Leave signals to themselves in a process begun by this one, which has its own."""
    with suppress(ValueError):
        signal.set_wakeup_fd(-1)


def _listen(heard: int) -> None:
    while True:
        came = os.read(heard, 1)
        if not came:
            return
        if came[0] in SIGNALS:
            _wait(heard)
            end()


def _wait(heard: int) -> None:
    """Wait for the program to end by itself, or for a second signal."""
    until = time.monotonic() + GRACE
    while (left := until - time.monotonic()) > 0:
        ready, _, _ = select.select([heard], [], [], left)
        if ready and os.read(heard, 1)[0] in SIGNALS:
            return
