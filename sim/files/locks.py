"""Folders are tried for whether they keep locks.

On some network disks locks do nothing, and two programs that rely on them destroy what they share.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_REFUSED = (errno.EAGAIN, errno.EACCES)
"""What whoever asks for a lock is told where another holds it."""


def why_no_locks(folder: Path) -> str:
    """Say why locks do not hold in a folder; empty where they do, or nothing can be told.

    A file in it is locked as SQLite locks; another who has opened it must then be refused. That one asks
    for a lock of Linux's newer kind, which knows of the older ones even within a process.
    """
    if sys.platform != "linux":
        return ""
    try:
        with _opened_twice(folder) as (ours, theirs):
            return _why_not_refused(ours, theirs)
    except OSError:  # whoever writes there is told why not
        return ""


def _why_not_refused(ours: int, theirs: int) -> str:
    import fcntl

    try:
        fcntl.lockf(ours, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return f"it gives none ({error.strerror})"
    wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    try:
        fcntl.fcntl(theirs, fcntl.F_OFD_SETLK, wanted)
    except OSError as error:
        if (
            error.errno in _REFUSED or error.errno == errno.EINVAL
        ):  # a kernel without the newer kind
            return ""
        return f"it gives none ({error.strerror})"
    return "what one program holds, another gets"


@contextmanager
def _opened_twice(folder: Path) -> Iterator[tuple[int, int]]:
    """Open a file of no name twice: locks of the store itself would be lost when it is closed."""
    ours, name = tempfile.mkstemp(dir=folder, prefix=".locks.", suffix=".part")
    try:
        try:
            theirs = os.open(name, os.O_RDWR | os.O_CLOEXEC)
        finally:
            os.unlink(name)
        try:
            yield ours, theirs
        finally:
            os.close(theirs)
    finally:
        os.close(ours)
