"""What was read in the exports, on one screen: read, dropped, repaired, assumed, noticed, unread.

What is wrong, or may be, is always said. Where all of it does not fit, what is only good to know goes first:
lists of columns, cells that are empty, what a format cannot tell. `--details` says everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sim.calibrate.formats import Export
from sim.files.quality import NOTICED, UNREAD, Finding

WIDTH, HEIGHT = 80, 24
"""Columns and lines of a screen."""

LONGEST = 2 * WIDTH
"""Characters of a line that only lists."""

_EMPTY_CELLS = re.compile(r"(.*): cells without a value, (.*) of them$")
_GOOD_TO_KNOW = re.compile(
    r"openings are to the minute$|columns that hold nothing|.*: cells without a value in "
)
_OF_NO_USE = "columns of no use here"

MOST, LEAST = 0, 4
"""How much is left out: nothing but long lists, and all that is only good to know."""


def report_lines(exports: Sequence[Export], details: bool = False) -> list[str]:
    """Return the report of all files, as full as a screen holds.

    Args:
        exports: the files.
        details: whether to say everything, however long.
    """
    if details:
        return [line for export in exports for line in _everything(export)]
    for left_out in range(MOST, LEAST + 1):
        lines = [line for export in exports for line in _short(export, left_out)]
        if left_out:
            lines.append("--details says the rest of what was found.")
        if height(lines) <= HEIGHT:
            break
    return lines


def height(lines: Sequence[str]) -> int:
    """Return how many lines of a screen some lines take."""
    return sum(max(-(-len(line) // WIDTH), 1) for line in lines)


def _everything(export: Export) -> Iterator[str]:
    yield f"{export.path}: {export.title}"
    for finding in export.quality:
        yield f"  {finding}"
    if export.guesses:
        yield f"  columns: {', '.join(export.guesses)}"
    for sentence in export.cannot_tell:
        yield f"  cannot tell: {sentence}"


def _short(export: Export, left_out: int) -> Iterator[str]:
    yield _cut(f"{export.path.name}: {export.title}", WIDTH)
    for finding in _folded(export):
        if left_out >= 1 and _GOOD_TO_KNOW.match(finding.text):
            continue
        if left_out >= 2 and finding.what == UNREAD and finding.text.startswith(_OF_NO_USE):
            continue
        yield f"  {finding}"
    if export.guesses:
        shown = LONGEST if left_out < 1 else WIDTH
        yield _cut(f"  columns: {', '.join(export.guesses)}", shown)
    if export.cannot_tell and left_out < 3:
        yield _cut(
            f"  cannot tell: {' '.join(export.cannot_tell)}", LONGEST if left_out < 2 else WIDTH
        )


def _folded(export: Export) -> Iterator[Finding]:
    """Yield the findings, those of empty cells as one."""
    found = list(export.quality)
    empty = [(f, match) for f in found if (match := _EMPTY_CELLS.match(f.text))]
    told = ", ".join(f"{match[1]} ({match[2]})" for _, match in empty[:3]) + (
        ", …" if len(empty) > 3 else ""
    )
    for finding in found:
        if not _EMPTY_CELLS.match(finding.text):
            yield finding
        elif finding is empty[0][0]:
            yield Finding(NOTICED, f"columns: cells without a value in {told}", len(empty))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip(" ,;") + "…"
