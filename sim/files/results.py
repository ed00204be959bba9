"""Writing results: a file is whole or not there; a pipe, a device and standard output are written to."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

STANDARD_OUTPUT = Path("-")

written: list[str] = []
"""The results that are there, in their order: told when the program is stopped."""

unfinished: set[str] = set()
"""Files that are being written, under names of their own: removed when the program is stopped."""


@contextmanager
def result_file(path: Path, mode: str = "w") -> Iterator[IO]:  # type: ignore[type-arg]
    """Open a file where a result that somebody asked for is written.

    It is written whole or not at all where it is a file.

    Raises:
        OSError: as `whole_file`; naming the pipe or device that takes no more.
    """
    if is_standard_output(path):
        with _stream(sys.stdout, mode) as stream:
            yield stream
        return
    with (_as_it_is if _takes_as_it_comes(path) else whole_file)(path, mode) as file:
        yield file
    written.append(str(path))


@contextmanager
def whole_file(path: Path, mode: str = "w") -> Iterator[IO]:  # type: ignore[type-arg]
    """Open a file to write, which takes the place of `path` only once all is written.

    What it replaces leaves its mode and owner to it; a symbolic link goes on pointing at it.

    Raises:
        OSError: naming the file, where the folder is missing or may not be written, or the disk is full.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "is no regular file; expected the name of one", str(path))
    try:
        handle, name = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name}.", suffix=".part"
        )
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    unfinished.add(name)
    try:
        with os.fdopen(handle, mode, encoding=_encoding(mode)) as file:
            yield file
        _inherit(name, target)
        os.replace(name, target)
    except BaseException as error:
        with suppress(FileNotFoundError):
            os.unlink(name)
        if isinstance(error, OSError) and error.filename is None:
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    finally:
        unfinished.discard(name)


def is_standard_output(path: Path) -> bool:
    """Return whether what is written to a path comes out where the program prints.

    That is `-`, `/dev/stdout`, or the file that the shell has sent standard output to.
    """
    return path == STANDARD_OUTPUT or _is_open_as(path, sys.__stdout__)


def is_regular(path: Path) -> bool:
    """Return whether a path is that of a file, there or not yet, and no pipe, device or open
    stream."""
    return not is_standard_output(path) and not _takes_as_it_comes(path)


def place(path: Path) -> tuple[object, ...]:
    """Return what is equal for two paths to the same file.

    It is so also where one is a link to the other or neither is there yet.
    """
    try:
        found = path.stat()
    except (OSError, ValueError):
        return (os.path.realpath(path),)
    return (found.st_dev, found.st_ino)


def _is_open_as(path: Path, stream: IO[str] | None) -> bool:
    try:
        if stream is None or path.samefile(os.devnull):
            return False
        return os.path.samestat(path.stat(), os.fstat(stream.fileno()))
    except (OSError, ValueError):  # there is no such file, or no such stream
        return False


def _takes_as_it_comes(path: Path) -> bool:
    """Return whether there is nothing to replace at a path.

    It is a pipe, a character device, or whatever is open already (`/dev/fd/63`).
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    within = os.path.realpath(path.parent)
    opened = within.startswith("/proc/") and within.endswith("/fd")
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or opened or _is_open_as(path, sys.__stderr__)


@contextmanager
def _as_it_is(path: Path, mode: str) -> Iterator[IO]:  # type: ignore[type-arg]
    """Open what is written to as it is; a reader that leaves early, or a full device, is named."""
    if _is_open_as(path, sys.__stderr__):
        with _stream(sys.stderr, mode) as stream:
            yield stream
        return
    try:
        with path.open(mode, encoding=_encoding(mode)) as file:
            yield file
    except BrokenPipeError:  # not as one: that is standard output's, whose reader may leave early
        raise OSError(errno.EIO, "its reader has gone", str(path)) from None
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


@contextmanager
def _stream(stream: IO[str], mode: str) -> Iterator[IO]:  # type: ignore[type-arg]
    stream.flush()
    yield stream.buffer if "b" in mode else stream  # type: ignore[attr-defined]
    stream.flush()


def _encoding(mode: str) -> str | None:
    return None if "b" in mode else "utf-8"


def _inherit(name: str, replaced: Path) -> None:
    """Give a file the mode and, as far as we may, the owner of the one it is to replace.

    Where there is none, it gets the mode of any new file.
    """
    try:
        before = replaced.stat()
    except FileNotFoundError:
        os.chmod(name, 0o666 & ~_umask())
        return
    if hasattr(os, "chown"):
        with suppress(PermissionError):
            os.chown(name, before.st_uid, before.st_gid)
    os.chmod(name, stat.S_IMODE(before.st_mode))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
