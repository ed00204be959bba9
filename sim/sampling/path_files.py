"""A sample path as a file, and its digest: the same bytes on every machine, whatever wrote them.

A file is a zip archive of NumPy's own format for arrays, without dates and without compression, beside what says of
which scenario, seed and replication it is. The digest is of names, shapes and numbers alone.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.arrays import Ints
from sim.errors import BadInputError
from sim.files.results import result_file

FORMAT = "firelane path 1"
HEAD = "path.json"
DATED = (1980, 1, 1, 0, 0, 0)
"""The date of every part of the archive: its own would differ with each writing."""


class PathFileError(BadInputError):
    """Raised for a file that holds no sample path."""


def arrays_of(part: Any, prefix: str = "") -> Iterator[tuple[str, Ints]]:
    """Yield every array of whole numbers in a dataclass, by its dotted name, in the order of its fields."""
    for own in fields(part):
        value, name = getattr(part, own.name), f"{prefix}{own.name}"
        if is_dataclass(value):
            yield from arrays_of(value, f"{name}.")
        elif isinstance(value, np.ndarray):
            yield name, np.ascontiguousarray(value, dtype="<i8")
        elif isinstance(value, int):
            yield name, np.array(value, dtype="<i8")


def digest_of(arrays: Mapping[str, Ints]) -> str:
    """Return the SHA-256 of arrays by their names, in hexadecimal."""
    told = hashlib.sha256(FORMAT.encode())
    for name, values in arrays.items():
        told.update(f"\n{name} {values.shape}\n".encode())
        told.update(values.astype("<i8").tobytes())
    return told.hexdigest()


def write(target: Path, head: Mapping[str, Any], arrays: Mapping[str, Ints]) -> None:
    """Write a path whole or not at all.

    Raises:
        OSError: where it cannot be written.
    """
    with result_file(target, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as made:
        text = json.dumps({"format": FORMAT, **head}, indent=1, ensure_ascii=False)
        made.writestr(zipfile.ZipInfo(HEAD, DATED), text)
        for name, values in arrays.items():
            held = io.BytesIO()
            np.lib.format.write_array(held, values, version=(1, 0), allow_pickle=False)
            made.writestr(zipfile.ZipInfo(f"{name}.npy", DATED), held.getvalue())


def read(source: Path) -> tuple[dict[str, Any], dict[str, Ints]]:
    """Return what a file says of its path, and the arrays in it.

    Raises:
        PathFileError: for a file that holds none, or is damaged.
        OSError: where it cannot be read.
    """
    try:
        with zipfile.ZipFile(source) as found:
            head = json.loads(found.read(HEAD))
            arrays = {
                name.removesuffix(".npy"): np.lib.format.read_array(
                    io.BytesIO(found.read(name)), allow_pickle=False
                )
                for name in found.namelist()
                if name.endswith(".npy")
            }
    except (zipfile.BadZipFile, KeyError, ValueError) as why:
        raise PathFileError(f"{source}: holds no sample path ({why})") from None
    if head.get("format") != FORMAT:
        raise PathFileError(f"{source}: is no '{FORMAT}' (got {head.get('format')!r})")
    if head.get("digest") != digest_of(arrays):
        raise PathFileError(f"{source}: is damaged, its numbers are not those it was written with")
    return head, arrays


def filled(kind: type[Any], arrays: Mapping[str, Ints], prefix: str) -> Any:
    """Return a dataclass of arrays and whole numbers with what stands under a prefix."""
    values = {}
    for own in fields(kind):
        value = arrays[f"{prefix}{own.name}"]
        values[own.name] = int(value) if value.ndim == 0 else value
    return kind(**values)
