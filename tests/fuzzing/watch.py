"""What no input may make the program do: write elsewhere, read others' files, call, run code."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import sysconfig
import tempfile
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).parents[2]

SCRATCH = Path(
    os.environ.get("FIRELANE_SCRATCH")
    or tempfile.mkdtemp(
        prefix="firelane-fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None
    )
)
"""The only folder in which an input may leave anything; in memory where there is such a place."""

atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)

READ = tuple(
    str(folder)
    for folder in (ROOT, SCRATCH, sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"))
    + zoneinfo.TZPATH
    + ("/proc/self", "/proc/meminfo", "/dev/null", "/dev/urandom")
)
"""Where the program and its libraries are."""

CALLS = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn")
MOVES = (
    *("os.remove", "os.rename", "os.link", "os.symlink", "os.mkdir", "os.rmdir", "os.chmod"),
    *("os.truncate", "os.chown", "os.utime", "shutil."),
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class ForbiddenError(Exception):
    """An input made the program do what no input may."""


class _Guard:
    """Python tells of everything that leaves the program ("audit events"); while an input is taken,
    what is forbidden is kept."""

    def __init__(self) -> None:
        self.awake = False
        self.seen: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.awake and _is_forbidden(event, arguments):
            self.seen.append(f"{event} {arguments!r}"[:300])


def _is_forbidden(event: str, arguments: tuple[object, ...]) -> bool:
    if event == "open":
        path, _, flags = arguments
        if not isinstance(path, str | bytes | os.PathLike):
            return False  # a descriptor that is open already
        writes = isinstance(flags, int) and bool(flags & WRITING)
        writes = writes and "__pycache__" not in os.fsdecode(path)  # Python's own, at an import
        return not _is_below(path, (str(SCRATCH),) if writes else READ)
    if event.startswith(MOVES):
        return not _is_below(arguments[0], (str(SCRATCH),))
    if event == "sqlite3.connect":
        return not _is_below(arguments[0], (str(SCRATCH),))
    if event in ("exec", "compile"):
        return not _is_source(_origin(arguments))
    return event.startswith((*CALLS, "pickle.find_class"))


def _origin(arguments: tuple[object, ...]) -> object:
    """The file that code comes from, as Python names it."""
    code = arguments[0]
    return code.co_filename if isinstance(code, CodeType) else arguments[-1]


def _is_source(origin: object) -> bool:
    """Whether code is a module of the program or a library, imported on first use."""
    if isinstance(origin, str) and origin.startswith("<frozen "):
        return True
    return _is_below(origin, READ) and os.path.isfile(os.fsdecode(origin))  # type: ignore[arg-type]


def _is_below(path: object, folders: tuple[str, ...]) -> bool:
    if not isinstance(path, str | bytes | os.PathLike):
        return False
    full = os.path.abspath(os.fsdecode(path))
    return any(full == folder or full.startswith(folder + os.sep) for folder in folders)


_guard = _Guard()


@contextmanager
def watched() -> Iterator[None]:
    """Nothing forbidden happens meanwhile, in any thread.

    Raises:
        ForbiddenError: naming what happened.
    """
    _guard.seen, _guard.awake = [], True
    try:
        yield
    finally:
        _guard.awake = False
    if _guard.seen:
        raise ForbiddenError("; ".join(_guard.seen))


def told(error: Exception) -> None:
    """A refusal says something to a person."""
    words = str(error)
    if not words.strip() or "Traceback" in words:
        raise AssertionError(f"a refusal without words: {error!r}")
