"""Files that nobody vouches for are read: bounded in memory, any encoding, nothing lost in silence.

A CSV file is read row by row, whatever its size; JSON is read whole, up to a limit.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import itertools
import json
import math
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NoReturn

from sim.errors import Fault, ScenarioError
from sim.files.quality import DROPPED, NOTICED, REPAIRED, Quality

MAX_CELL_BYTES = 32 << 20
"""Bytes of one cell or line. Long descriptions are read and passed over; more is a lost quote."""

MAX_JSON_BYTES = 512 << 20
MAX_UNPACKED_BYTES = 8 << 30
MAX_PACKED = 250
"""How many times its size a gzip file may unpack to; logs reach 10 to 60."""

_FREE = 64 << 20
"""Bytes before that is asked."""

DELIMITERS = ",;\t|"

TITLES = 8
"""Lines above a header that are looked past."""

_FOREIGN = {
    b"PK\x03\x04": "is a zip archive or an Excel workbook; unpack it, or save it as CSV",
    b"%PDF": "is a PDF; export the data as CSV or JSON",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook; save it as CSV",
    b"\x89PNG": "is a picture; export the data as CSV or JSON",
}


def refuse(source: str, reason: str) -> NoReturn:
    """Raise the error for an export that cannot be used."""
    raise ScenarioError(source, [Fault("", reason)])


def check_regular(path: Path) -> None:
    """Refuse what is not a file before it is opened.

    A pipe may have nothing to say for ever, a device no end.

    Raises:
        ScenarioError: saying what it is.
        OSError: where it is not there, or may not be looked at.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        refuse(str(path), "is a folder; expected a file")
    if not stat.S_ISREG(mode):
        refuse(str(path), "is not a regular file, but a pipe or a device; expected a file")


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open the bytes of a file, unpacked where it is gzip, whatever its name."""
    try:
        check_regular(path)
        with path.open("rb") as raw:
            start = raw.read(4)
            raw.seek(0)
            for magic, reason in _FOREIGN.items():
                if start.startswith(magic):
                    refuse(str(path), reason)
            if not start:
                refuse(str(path), "is empty")
            if start.startswith(b"\x1f\x8b"):
                with gzip.open(raw) as unpacked:
                    yield unpacked  # type: ignore[misc]
            else:
                yield raw
    except FileNotFoundError:
        refuse(str(path), "no such file")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        refuse(str(path), f"the gzip file is damaged: {error}")
    except PermissionError:
        refuse(str(path), "may not be read")


def _lines(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    """Yield lines with their ends; stop at a line or a file that is larger than anything real."""
    total, packed = 0, max(path.stat().st_size, 1)
    while line := file.readline(MAX_CELL_BYTES + 1):
        total += len(line)
        if len(line) > MAX_CELL_BYTES:
            refuse(str(path), f"has a line of more than {MAX_CELL_BYTES >> 20} MB")
        _check_size(path, total, packed)
        yield line


def _check_size(path: Path, total: int, packed: int) -> None:
    if total > _FREE and total > MAX_PACKED * packed:
        refuse(str(path), f"unpacks to more than {MAX_PACKED} times its size; no export does")
    if total > MAX_UNPACKED_BYTES:
        refuse(str(path), f"holds more than {MAX_UNPACKED_BYTES >> 30} GB; split it")


def _text(path: Path, file: IO[bytes], quality: Quality) -> Iterator[str]:
    """Yield decoded lines: UTF-8, or UTF-16 where its mark says so; single lines of
    Windows-1252."""
    lines = _lines(path, file)
    first = next(lines)
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        quality.note(REPAIRED, "text in UTF-16, read as such", count=1)
        yield from _utf16(path, itertools.chain([first], lines))
        return
    if b"\0" in first:
        refuse(str(path), "is not text: it has NUL bytes; expected CSV or JSON in UTF-8")
    if first.startswith(codecs.BOM_UTF8):
        first = first[len(codecs.BOM_UTF8) :]
    for number, line in enumerate(itertools.chain([first], lines), 1):
        if b"\0" in line:
            quality.note(REPAIRED, "NUL bytes taken out (line numbers)", [number])
            line = line.replace(b"\0", b"")
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            quality.note(REPAIRED, "not UTF-8, read as Windows-1252 (line numbers)", [number])
            yield line.decode("cp1252", errors="replace")


def _utf16(path: Path, lines: Iterator[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    rest = ""
    for line in lines:
        *whole, rest = (rest + decoder.decode(line)).split("\n")
        yield from (text + "\n" for text in whole)
    if rest:
        yield rest


class Feed:
    """Lines on their way to the CSV reader; keeps those of the row at hand."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.row: list[str] = []

    def __iter__(self) -> Feed:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.row.append(line)
        return line


class ExportTable:
    """A CSV file: its header, and its rows one by one."""

    rows_are = "rows"

    def __init__(self, path: Path, quality: Quality) -> None:
        self.path, self.quality = path, quality
        self.delimiter = ","
        """What parts its columns."""
        with self._rows() as rows:
            first = list(itertools.islice(rows, TITLES + 2))
        self._titles = titles_above(first)
        self.header = [name.strip() for name in (first[self._titles][1] if first else [""])]
        if self._titles:
            quality.note(NOTICED, "lines above the header, passed over", range(1, self._titles + 1))

    @contextmanager
    def _rows(self) -> Iterator[Iterator[tuple[int, list[str]]]]:
        with _opened(self.path) as file:
            rows = _Rows(self.path, _text(self.path, file, Quality("")), Quality(""))
            self.delimiter = rows.delimiter
            yield iter(rows)

    def rows(self, quality: Quality | None = None) -> Iterator[tuple[int, list[str]]]:
        """Yield row numbers, from 2, and cells, as many as the header has.

        Args:
            quality: where findings go; to that of the table if not said.
        """
        width, header = len(self.header), self.header
        quality = self.quality if quality is None else quality
        with _opened(self.path) as file:
            rows = iter(_Rows(self.path, _text(self.path, file, quality), quality))
            for _ in range(self._titles + 1):
                next(rows, None)
            for number, cells in rows:
                if len(cells) == width:
                    if cells[0] == header[0] and [c.strip() for c in cells] == header:
                        quality.note(DROPPED, "the header once more", [number])
                        continue
                    yield number, cells
                elif len(cells) < width:
                    quality.note(REPAIRED, "cells missing at the end, taken as empty", [number])
                    yield number, cells + [""] * (width - len(cells))
                elif not any(cells[width:]):
                    yield number, cells[:width]
                else:
                    quality.note(
                        DROPPED, "more cells than the header has: an unquoted delimiter?", [number]
                    )


class _Rows:
    """Rows that are not blank, numbered from 1, on their way out of lines."""

    def __init__(self, path: Path, lines: Iterator[str], quality: Quality) -> None:
        self.path, self.quality = path, quality
        first = next((line for line in lines if line.strip()), "")
        head = [first, *itertools.islice(lines, TITLES + 1)]
        if first.lower().startswith("sep=") and len(first.strip()) == 5:
            self.delimiter, head = first.strip()[4], head[1:]
        else:
            self.delimiter = _delimiter(head)
        self.lines = itertools.chain(head, lines)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(MAX_CELL_BYTES)
        feed = Feed(self.lines)
        number, last = 0, [""]
        try:
            for cells in csv.reader(feed, delimiter=self.delimiter):
                number += 1
                last, feed.row = feed.row, []
                if any(cells):
                    yield number, cells
                elif cells:
                    self.quality.note(NOTICED, "rows with nothing in them, passed over", [number])
        except csv.Error as error:
            why = f"{error}; is a quote not closed?"
            if "new-line" in str(error):
                why = "a carriage return stands within it; save the file with usual line ends"
            refuse(str(self.path), f"row {number + 1} cannot be read: {why}")
        _check_closed(self.path, number, last, self.delimiter)


def titles_above(rows: list[tuple[int, list[str]]]) -> int:
    """Return how many rows stand above the header: titles of one cell or two over a table of more."""
    filled = [sum(bool(cell.strip()) for cell in cells) for _, cells in rows]
    widest = max(filled, default=0)
    if widest < 4 or filled[0] > 2:
        return 0
    return next((n for n, count in enumerate(filled) if count > widest / 2), 0)


def _check_closed(path: Path, number: int, last: list[str], delimiter: str) -> None:
    """Refuse a quote that is never closed: it swallows the rest of the file, and is no cell."""
    try:
        list(csv.reader(last, delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            refuse(str(path), f"a quote opened in row {number} is never closed")


def _delimiter(head: list[str]) -> str:
    """Return what parts the header into most names; a comma where nothing does.

    Where the first line is a title of one name or two, a line of more names below it decides.
    """
    found = ",", 0
    for line in head:
        widths = {delimiter: _width(line, delimiter) for delimiter in DELIMITERS}
        best = max(DELIMITERS, key=lambda delimiter: widths[delimiter])
        if widths[best] > (found[1] if found[1] < 3 else math.inf):
            found = best, widths[best]
    return found[0]


def _width(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return 0  # reading the row will say what is wrong with it


def looks_like_json(path: Path) -> bool:
    """Return whether the first character of text opens a list or an object."""
    with _opened(path) as file:
        start = file.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return start.decode("utf-16", "replace").lstrip()[:1] in ("[", "{")
    return start.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"[", b"{")


def read_json(path: Path) -> Any:
    """Read a JSON document, or a list of those that stand a line each.

    Raises:
        ScenarioError: where it is none, or larger than MAX_JSON_BYTES.
    """
    with _opened(path) as file:
        content = file.read(MAX_JSON_BYTES + 1)
    if len(content) > MAX_JSON_BYTES:
        refuse(
            str(path), f"holds more than {MAX_JSON_BYTES >> 20} MB of JSON; export CSV, or parts"
        )
    _check_size(path, len(content), max(path.stat().st_size, 1))
    try:
        text = content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
        return json.loads(text)
    except UnicodeDecodeError as error:
        refuse(str(path), f"is not text: byte {error.start} is not UTF-8")
    except RecursionError:
        refuse(str(path), "brackets are nested too deep")
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return _json_lines(path, text)
        refuse(str(path), f"is not JSON: {error}")
    except ValueError as error:
        refuse(str(path), f"is not JSON: {error}")


def _json_lines(path: Path, text: str) -> list[Any]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            found += [json.loads(line)] if line.strip() else []
        except (ValueError, RecursionError) as error:
            refuse(str(path), f"line {number} is not JSON: {error}")
    return found
