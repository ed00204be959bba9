"""A file with exactly as many rows as a tracker gives at most was probably cut off there."""

from __future__ import annotations

from sim.files.quality import NOTICED, Quality

LIMITS = frozenset(
    int(rows) for rows in ["100", "200", "250", "500", "1000", "2000", "2500", "5000", "10000", "15000", "20000", "25000", "30000", "40000", "50000", "65535", "65536", "75000", "80000", "100000", "200000", "250000", "500000", "1000000", "1048575", "1048576"]
)  # fmt: skip
"""Rows at which trackers and spreadsheets stop: Jira's 1,000, ServiceNow's 10,000, pages of interfaces."""

PAGES = frozenset([20, 25, 30, 50])
"""Entries of a page that interfaces give where nobody asks for more."""


def tell_of_limits(rows: int, is_nested: bool, quality: Quality) -> None:
    """Note that a file has just as many rows as a tracker gives at most."""
    if rows in LIMITS or (is_nested and rows in PAGES):
        quality.note(
            NOTICED,
            f"exactly {rows:,} rows, where trackers stop: the export may have been cut off, and then its oldest or newest "
            "tickets, and with them the rate, are wrong; export it in parts",
            count=rows,
        )
