"""Folders and files that nobody else can have written: for what is run without being read.

What is opened is looked at, never its name: a link, a pipe or another's file may take that place at any
moment.
"""

from __future__ import annotations

import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = 0
"""Whose files may be trusted, beside our own, where that is said."""

PRIVATE_FILE, PUBLIC_FILE = 0o600, 0o644
"""Modes of files: for us alone; for others to read."""

UNUSED_FOR = 30 * 24 * 3600.0
"""Seconds after which a file that nobody asked for is removed."""

MAX_ALIKE = 100
"""Files whose names begin alike; older ones are removed."""

_A_DAY = 24 * 3600.0

_HAS_OWNERS = os.name == "posix"

_FILE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


class Folder:
    """A folder that is open: its files are reached through it, whatever its name leads to by
    now."""

    def __init__(self, handle: int | None, path: Path, trusts_root: bool) -> None:
        self._handle, self._path, self._trusts_root = handle, path, trusts_root

    @property
    def is_ours(self) -> bool:
        """Whether files may be put here."""
        return self._handle is None or os.fstat(self._handle).st_uid == os.geteuid()

    def read(self, name: str, most: int) -> bytes:
        """Read a file of up to `most` bytes that nobody else can have written.

        Raises:
            OSError: where there is none.
        """
        with self._opened(name, os.O_RDONLY | _FILE) as handle:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode) or found.st_size > most:
                raise PermissionError(f"{name}: no regular file of up to {most} bytes")
            if not _is_safe(found, self._trusts_root):
                raise PermissionError(f"{name}: others may have written it")
            with suppress(OSError):  # so that what is used stays
                if found.st_mtime < time.time() - _A_DAY:
                    os.utime(handle)
            with os.fdopen(os.dup(handle), "rb") as file:
                return file.read(most)

    def write(self, name: str, content: bytes, mode: int = PRIVATE_FILE) -> None:
        """Write a file, whole or not at all; it gets `mode`, whatever the umask.

        Raises:
            OSError: where it cannot be written.
        """
        part = f".{name}.{secrets.token_hex(8)}.part"
        with self._opened(part, _NEW | _FILE, PRIVATE_FILE) as handle:
            try:
                if _HAS_OWNERS:
                    os.fchmod(handle, mode)
                with os.fdopen(os.dup(handle), "wb") as file:
                    file.write(content)
                self._replace(part, name)
            except BaseException:
                with suppress(OSError):
                    self._remove(part)
                raise

    def clear_up(self, kinds: str) -> None:
        """Remove those of our files that have not been used for long or of which there are many.

        Their names begin with `kinds`, and are alike up to their last hyphen; whatever cannot be
        removed stays.
        """
        with suppress(OSError):
            now, alike = time.time(), dict[str, int]()
            for used, name in sorted(self._files_of_ours(kinds), reverse=True):
                kind = name.rpartition("-")[0]
                alike[kind] = alike.get(kind, 0) + 1
                is_part = name.startswith(".") and used < now - _A_DAY
                if is_part or used < now - UNUSED_FOR or alike[kind] > MAX_ALIKE:
                    with suppress(OSError):
                        self._remove(name)

    def _files_of_ours(self, kinds: str) -> Iterator[tuple[float, str]]:
        """Yield when each of our files was last used, and its name."""
        for name in os.listdir(self._place):
            if name.removeprefix(".").startswith(kinds):
                found = self._look_at(name)
                if stat.S_ISREG(found.st_mode) and _is_by(found, {_us()}):
                    yield found.st_mtime, name

    @property
    def _place(self) -> int | Path:
        return self._path if self._handle is None else self._handle

    @contextmanager
    def _opened(self, name: str, flags: int, mode: int = 0) -> Iterator[int]:
        flags |= getattr(os, "O_BINARY", 0)
        if self._handle is None:
            handle = os.open(self._path / name, flags, mode)
        else:
            handle = os.open(name, flags, mode, dir_fd=self._handle)
        try:
            yield handle
        finally:
            os.close(handle)

    def _look_at(self, name: str) -> os.stat_result:
        if self._handle is None:
            return os.lstat(self._path / name)
        return os.stat(name, dir_fd=self._handle, follow_symlinks=False)

    def _replace(self, part: str, name: str) -> None:
        if self._handle is None:
            os.replace(self._path / part, self._path / name)
        else:
            os.replace(part, name, src_dir_fd=self._handle, dst_dir_fd=self._handle)

    def _remove(self, name: str) -> None:
        if self._handle is None:
            os.unlink(self._path / name)
        else:
            os.unlink(name, dir_fd=self._handle)


@contextmanager
def own_folder(path: Path, make: bool = False, trusts_root: bool = False) -> Iterator[Folder]:
    """Yield a folder that nobody else may write to.

    Args:
        path: where it lies.
        make: begin it, for us alone, where there is none.
        trusts_root: root's folder and files are as good as ours.

    Raises:
        OSError: where there is none, or others may write to it.
    """
    if make:
        _make(path)
    if not _HAS_OWNERS:
        yield Folder(None, path, trusts_root)
        return
    handle = os.open(path, _FOLDER)
    try:
        if not _is_safe(os.fstat(handle), trusts_root):
            raise PermissionError(f"{path}: others may write to it")
        yield Folder(handle, path, trusts_root)
    finally:
        os.close(handle)


def is_safe(path: Path) -> bool:
    """Return whether a folder is ours and nobody else may write to it; one that is not there yet
    would be."""
    try:
        return not _HAS_OWNERS or _is_safe(path.stat(), trusts_root=False)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def is_ours(path: Path) -> bool:
    """Return whether a file or folder is there, and is this user's."""
    try:
        return _is_by(path.stat(), {_us()})
    except OSError:
        return False


def us() -> str:
    """Return a name for this user that no other has."""
    return str(_us())


def _make(path: Path) -> None:
    """Make a folder with all above it that is missing, for us alone whatever the umask."""
    if not path.exists():
        _make(path.parent)
        with suppress(FileExistsError):
            os.mkdir(path, 0o700)


def _is_safe(found: os.stat_result, trusts_root: bool) -> bool:
    if not _HAS_OWNERS:
        return True
    by = {_us(), ROOT} if trusts_root else {_us()}
    return _is_by(found, by) and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _is_by(found: os.stat_result, owners: set[int]) -> bool:
    return not _HAS_OWNERS or found.st_uid in owners


def _us() -> int:
    return os.geteuid() if _HAS_OWNERS else 0
