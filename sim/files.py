"""Writing results so that a file is whole or not there."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def whole_file(path: Path, mode: str = "w") -> Iterator[IO]:  # type: ignore[type-arg]
    """A file to write; takes the place of `path` only once all is written.

    Raises:
        OSError: naming the file, where the folder is missing or may not be written, or the disk is full.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "is a folder or device; expected the name of a file", str(path))
    encoding = None if "b" in mode else "utf-8"
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        with os.fdopen(handle, mode, encoding=encoding) as file:
            yield file
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException as error:
        os.unlink(name)
        if isinstance(error, OSError) and error.filename is None:
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise


written: list[str] = []
"""The results that are there, in their order: told when the program is stopped."""


@contextmanager
def result_file(path: Path, mode: str = "w") -> Iterator[IO]:  # type: ignore[type-arg]
    """A whole file that somebody asked for.

    Raises:
        OSError: as `whole_file`.
    """
    with whole_file(path, mode) as file:
        yield file
    written.append(str(path))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
