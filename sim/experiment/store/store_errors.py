"""What is wrong with a store is said in words: which file, what of it, and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from sim.errors import CannotDoError


class StoreError(CannotDoError):
    """An error raised for a store that cannot be used, and is left as it was."""


_ANOTHERS = "is not a store of this program; it is left as it was"

_DAMAGE = (
    *("CORRUPT", "NOTADB", "ERROR", "FORMAT", "TOOBIG", "MISMATCH", "CONSTRAINT"),
    *("NOMEM", "INTERNAL"),
)
"""How SQLite names what comes of pages that are not as they were written."""


class DamagedError(StoreError):
    """An error raised for a store whose bytes are not as they were written."""

    def __init__(self, path: Path, what: str) -> None:
        self.path, self.what = path, what
        super().__init__(
            f"{path}: is damaged{f' ({what})' if what else ''}; it is left as it was. "
            f"`firelane store {path} --check` tells what is whole; with --drop-damaged instead, the "
            "rest is dropped, so that it is computed again"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.path, self.what)


def which_replications(replications: Sequence[Any], described: str) -> str:
    """Return the replications of a study, in words."""
    numbers = sorted(n for n in replications if isinstance(n, int))
    which = "replication" if len(numbers) == 1 else "replications"
    return f"{which} {ranges(numbers)} of {described}" if numbers else f"some of {described}"


def which_study(described: Any) -> str:
    """Return the description of a study, as it can still be read."""
    return f"the description of a study, {str(described)[:200]!r}"


def of_another_version(path: Path) -> StoreError:
    """Return the error for a store that is whole, but another program's work."""
    return StoreError(
        f"{path}: was written by another version of this program, or with other versions of Python, "
        "NumPy or SciPy, whose figures may differ; name another store, or remove it"
    )


def ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers, briefly: `1, 3 to 7`; of many ranges the first."""
    breaks = [n for n, (a, b) in enumerate(pairwise(numbers), 1) if b != a + 1]
    runs = [numbers[a:b] for a, b in pairwise([0, *breaks, len(numbers)])]
    told = [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    return ", ".join(told[:8]) + (f" and {len(told) - 8} more" if len(told) > 8 else "")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raise what SQLite raises, and what cannot be read, as StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise _in_words(path, error) from None
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError):
        # Text or figures that are none; SQLite asks for much where a size is damaged.
        raise DamagedError(path, "") from None


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether pages are not as they were written; not, where another holds them or the disk
    fails."""
    return _code(error).startswith(_DAMAGE)


def _code(error: sqlite3.Error) -> str:
    """Return an error's code as SQLite names it.

    Python's own module finds text that is none, and has no name for it.
    """
    return getattr(error, "sqlite_errorname", "SQLITE_ERROR").removeprefix("SQLITE_")


def _in_words(path: Path, error: sqlite3.Error) -> StoreError:
    for start, words in (
        ("READONLY", "cannot be written to"),
        ("CANTOPEN", "cannot be opened; does its folder exist and may it be written to?"),
        ("FULL", "the disk is full; what was finished before is kept"),
        ("IOERR", "cannot be read or written whole: the disk may be full or failing"),
        ("BUSY", "another process holds it; try again when that is done"),
        ("LOCKED", "another process holds it; try again when that is done"),
    ):
        if _code(error).startswith(start):
            return StoreError(f"{path}: {words}")
    return DamagedError(path, str(error)) if is_damage(error) else StoreError(f"{path}: {error}")


def is_anothers(path: Path) -> StoreError:
    """Return the error for a file that is somebody else's."""
    return StoreError(f"{path}: {_ANOTHERS}")
