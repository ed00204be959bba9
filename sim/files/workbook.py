"""Excel workbooks as tables: the sheet with the most rows, its cells as text.

Needs python-calamine, which is an extra: `pip install 'firelane[xlsx]'`.
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sim.files.delimited import MAX_PACKED, TITLES, check_regular, refuse, titles_above
from sim.files.quality import DROPPED, NOTICED, Quality

ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How a workbook begins, since 2007 and before."""

MAX_BYTES = 512 << 20
"""Of a workbook, unpacked."""

WITHOUT = "is an Excel workbook: pip install 'firelane[xlsx]' reads it; or save it as CSV"


def looks_like_workbook(path: Path) -> bool:
    """Return whether a file begins like an Excel workbook."""
    try:
        check_regular(path)
        with path.open("rb") as file:
            return file.read(4) in (ZIP, OLD)
    except OSError:
        return False  # reading it will say what is wrong


class WorkbookTable:
    """One sheet: its header, and its rows one by one."""

    delimiter = ""
    """None parts its columns."""
    rows_are = "rows of a workbook"

    def __init__(self, path: Path, quality: Quality) -> None:
        self.path, self.quality = path, quality
        self._rows = _largest_sheet(path, quality)
        while self._rows and not any(cell != "" for cell in self._rows[0]):
            del self._rows[0]
        if not self._rows:
            refuse(str(path), "has no cells with anything in them")
        first = [
            (n, [_text(cell) for cell in row]) for n, row in enumerate(self._rows[: TITLES + 2])
        ]
        titles = titles_above(first)
        quality.note(NOTICED, "lines above the header, passed over", range(1, titles + 1))
        del self._rows[:titles]
        self.header = [_text(cell).strip() for cell in self._rows[0]]

    def rows(self, quality: Quality | None = None) -> Iterator[tuple[int, list[str]]]:
        """Yield row numbers, from 2, and cells, as many as the header has.

        Args:
            quality: where findings go; to that of the table if not said.
        """
        quality = self.quality if quality is None else quality
        for number, cells in enumerate(self._rows[1:], 2):
            row = [_text(cell) for cell in cells[: len(self.header)]]
            if not any(row):
                quality.note(NOTICED, "rows with nothing in them, passed over", [number])
            elif row == self.header:
                quality.note(DROPPED, "the header once more", [number])
            else:
                yield number, row + [""] * (len(self.header) - len(row))


def _largest_sheet(path: Path, quality: Quality) -> list[list[Any]]:
    if find_spec("python_calamine") is None:
        refuse(str(path), WITHOUT)
    import python_calamine

    _check_size(path)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    except Exception as error:  # the library names a dozen, and some files make it raise others
        refuse(str(path), f"the workbook cannot be read ({str(error)[:200]}); save it as CSV")
    if not sheets:
        refuse(str(path), "is a workbook without a sheet of cells")
    name = max(sheets, key=lambda one: len(sheets[one]))
    others = [other for other, rows in sheets.items() if other != name and rows]
    if others:
        text = f"sheets beside {name[:40]!r} that are not read: {', '.join(other[:40] for other in others[:4])}"
        quality.note(NOTICED, text, count=len(others))
    return sheets[name]


def _check_size(path: Path) -> None:
    """Refuse what unpacks to more than any workbook does.

    Raises:
        ScenarioError: saying so, or that it is a zip archive of something else.
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {one.filename: one.file_size for one in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        refuse(str(path), f"the workbook is damaged: {error}")
    if not any(name.startswith("xl/") or name == "content.xml" for name in sizes):
        refuse(str(path), "is a zip archive, and no Excel workbook; unpack it, or save it as CSV")
    if (
        sum(sizes.values()) > max(MAX_PACKED * path.stat().st_size, 64 << 20)
        or sum(sizes.values()) > MAX_BYTES
    ):
        refuse(str(path), "unpacks to more than any workbook does; save it as CSV")


def _text(cell: Any) -> str:
    """Return a cell as CSV would hold it: whole numbers without a point, moments as ISO, spans as a clock."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ")
    if isinstance(cell, datetime.timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return str(cell)
