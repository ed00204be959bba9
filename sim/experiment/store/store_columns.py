"""A store lies on disk as tables, with digests by which damage is noticed.

Every row has a digest of all that it says, and of which program wrote it: a row that is whole is one that
this program wrote for this study.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from sim.measures.metrics import Key

LAYOUT = 2
"""Of the tables below; another layout is another number."""

MARK = 0x46495245
"""SQLite's application id: this file is one of ours."""

TABLES = (
    "CREATE TABLE about (name text primary key, value text not null) strict, without rowid",
    "CREATE TABLE studies (study text primary key, described text not null, figures text not null, "
    "digest blob not null) strict, without rowid",
    "CREATE TABLE observations (study text not null, replication integer not null, "
    "figures blob not null, digest blob not null, primary key (study, replication)) "
    "strict, without rowid",
)
"""As SQLite keeps their text."""

BEFORE_DIGESTS = {"layout", "model"}
"""What the first layout said about itself."""


def about(model: str) -> dict[str, str]:
    """Return what a store says about itself: which program wrote it."""
    return sealed({"layout": str(LAYOUT), "model": model})


def sealed(facts: dict[str, str]) -> dict[str, str]:
    """Return what a store says about itself, with its digest."""
    told = [f"{name}={facts[name]}".encode() for name in sorted(facts) if name != "digest"]
    return {**facts, "digest": _begun(b"about", told).hexdigest()}


def study_digest(model: str, study: str, described: str, figures: str) -> bytes:
    """Return the digest of the row that describes a study.

    `figures` are their names, as they are kept.
    """
    parts = [text.encode() for text in (model, study, described, figures)]
    return _begun(b"study", parts).digest()


def is_whole_study(model: str, study: str, described: Any, figures: Any, digest: Any) -> bool:
    """Return whether the row that describes a study is as it was written."""
    if not (isinstance(described, str) and isinstance(figures, str)):
        return False
    return bool(study_digest(model, study, described, figures) == digest)


class Replications:
    """The digests of the replications of one study."""

    def __init__(self, model: str, study: str, figures: str) -> None:
        self._begun = _begun(b"replication", [text.encode() for text in (model, study, figures)])

    def digest(self, replication: int, figures: bytes) -> bytes:
        """Return the digest of one replication, from its number and the bytes of its figures."""
        found = self._begun.copy()
        found.update(replication.to_bytes(8, "little", signed=True))
        found.update(figures)
        return found.digest()

    def is_whole(self, replication: Any, figures: Any, digest: Any) -> bool:
        """Return whether a row is as it was written."""
        if not (isinstance(replication, int) and isinstance(figures, bytes)):
            return False
        return bool(self.digest(replication, figures) == digest)


def names_as_text(keys: tuple[Key, ...]) -> str:
    """Return the names of figures, as they are kept."""
    return json.dumps(keys)


def names_in(text: str) -> tuple[Key, ...]:
    """Return the names of figures in a text; ValueError or TypeError is raised for what are
    none."""
    found = tuple(Key(*key) for key in json.loads(text))
    if not found or not all(isinstance(part, str) for key in found for part in key):
        raise ValueError
    return found


def _begun(kind: bytes, parts: Iterable[bytes]) -> hashlib._Hash:
    found = hashlib.sha256(b"firelane store %d, %s" % (LAYOUT, kind))
    for part in parts:
        found.update(b"\n%d:" % len(part) + part)
    return found
