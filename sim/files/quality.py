"""What was read, dropped, repaired, assumed, noticed and left unread in an export is counted, with example rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

EXAMPLES = 3
"""Rows named for each finding."""

READ, DROPPED, REPAIRED, ASSUMED = "read", "dropped", "repaired", "assumed"
NOTICED, UNREAD = "noticed", "unread"
ORDER = (READ, DROPPED, REPAIRED, ASSUMED, NOTICED, UNREAD)
"""What may be so of some rows, in the order it is told."""


@dataclass
class Finding:
    """A finding: one thing that is so about an export, how often, and where first."""

    what: str
    text: str
    count: int = 0
    rows: list[int] = field(default_factory=list)
    """The first few rows it concerns; the header is row 1. None where it concerns no single row."""

    def __str__(self) -> str:
        where = f" (row {', '.join(map(str, self.rows))})" if self.rows else ""
        return f"{self.what} {self.count:,}: {self.text}{where}"


class Quality:
    """The findings about one export, in the order they were made."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._findings: dict[tuple[str, str], Finding] = {}

    def __iter__(self) -> Iterator[Finding]:
        return iter(sorted(self._findings.values(), key=lambda f: ORDER.index(f.what)))

    def note(
        self, what: str, text: str, rows: Iterable[int] = (), count: int | None = None
    ) -> None:
        """Add to a finding; do nothing where there is nothing to tell.

        Args:
            what: one of ORDER.
            text: why, in words; the same words are one finding.
            rows: the rows concerned.
            count: how many, where that is not the number of rows.
        """
        rows = list(rows)
        amount = len(rows) if count is None else count
        if not amount:
            return
        finding = self._findings.setdefault((what, text), Finding(what, text))
        finding.count += amount
        finding.rows += [int(row) for row in rows[: EXAMPLES - len(finding.rows)]]

    def count(self, what: str) -> int:
        """Return all that was found of one sort."""
        return sum(finding.count for finding in self if finding.what == what)
