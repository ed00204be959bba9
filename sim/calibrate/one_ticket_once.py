"""A ticket that stands in several exports is counted once; a page that is about a ticket is that ticket's.

Exports overlap: January to March, and February to April. Equal numbers opened in the same minute are one ticket;
equal numbers opened at other times are of two systems, and stay apart. Where tickets have no numbers, rows that
are alike in everything are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sim.calibrate.formats import Export
from sim.calibrate.tickets import Tickets
from sim.files.quality import DROPPED, NOTICED, REPAIRED
from sim.sampling.calendars import MINUTE

FILLED = (
    "resolved",
    "responded",
    "effort_hours",
    "active_hours",
    "points",
    "reassigned",
    "reopened",
)
"""What one file may know of a ticket and another not."""

ALIKE = ["opened", "resolved", "severity", "category", "group", "person", "effort_hours", "work"]
"""What must be equal in two rows without numbers to be one ticket."""


def count_once(exports: Sequence[Export]) -> list[Export]:
    """Return the exports with each ticket in one of them only; what was left out is counted in the others."""
    found = list(exports)
    places = [place for place, export in enumerate(found) if export.tickets is not None]
    for later in range(1, len(places)):
        for earlier in range(later):
            first, second = found[places[earlier]], found[places[later]]
            found[places[earlier]], found[places[later]] = _apart(first, second)
    return _pages_joined(found)


def _apart(first: Export, second: Export) -> tuple[Export, Export]:
    """Return two exports, the tickets that stand in both in the one that knows more."""
    assert first.tickets is not None
    assert second.tickets is not None
    one, other = first.tickets, second.tickets
    names = _names(one, other)
    here, there = (_keys(t.table, names) for t in (one, other))
    common = pd.Index(here).intersection(pd.Index(there))
    if names == ["number", "project"]:
        _tell_of_two_systems(first, second, len(common))
    if not len(common):
        return first, second
    keeps_first = (one.is_log, one.last) > (other.is_log, other.last)
    kept, left = (first, second) if keeps_first else (second, first)
    assert kept.tickets is not None
    assert left.tickets is not None
    kept_keys, left_keys = (here, there) if keeps_first else (there, here)
    twice = np.isin(left_keys, common)
    left.quality.note(
        DROPPED,
        f"tickets that stand in {kept.path.name}, too: counted once",
        left.tickets.table["row"].to_numpy()[twice],
    )
    filled = _filled(kept.tickets.table, kept_keys, left.tickets.table[twice], left_keys[twice])
    kept = replace(kept, tickets=replace(kept.tickets, table=filled))
    rest = left.tickets.table[~twice].reset_index(drop=True)
    left = replace(left, tickets=replace(left.tickets, table=rest))
    return (kept, left) if keeps_first else (left, kept)


def _names(one: Tickets, other: Tickets) -> list[str]:
    """Return the columns by which two tickets are the same, beside the minute of their opening."""
    if one.numbered and other.numbered:
        return ["number", "project"]
    return ALIKE


def _keys(table: pd.DataFrame, names: list[str]) -> np.ndarray:
    minute = np.floor(table["opened"].to_numpy(dtype=float) / MINUTE).astype(np.int64).astype(str)
    parts = [np.array([str(cell) for cell in table[name].tolist()], dtype=object) for name in names]
    keys = minute.astype(object)
    for part in parts:
        keys = keys + "\x1f" + part
    return np.asarray(keys, dtype=object)


def _filled(
    kept: pd.DataFrame, keys: np.ndarray, others: pd.DataFrame, other_keys: np.ndarray
) -> pd.DataFrame:
    """Return the tickets with what only the other file knows of them."""
    known = others.set_index(pd.Index(other_keys))[list(FILLED)]
    known = known[~known.index.duplicated()].reindex(pd.Index(keys))
    return kept.assign(
        **{name: kept[name].where(kept[name].notna(), known[name].to_numpy()) for name in FILLED}
    )


def _tell_of_two_systems(first: Export, second: Export, same: int) -> None:
    """Note numbers that stand in both exports for other tickets."""
    assert first.tickets is not None
    assert second.tickets is not None
    both = set(first.tickets.table["number"].astype(str)) & set(
        second.tickets.table["number"].astype(str)
    )
    others = len(both) - same
    if others > 0:
        second.quality.note(
            NOTICED,
            f"numbers that stand in {first.path.name}, too, for tickets of other openings: kept apart, as of two systems",
            count=others,
        )


def _pages_joined(exports: list[Export]) -> list[Export]:
    """Return the exports without the pages that say they are about a ticket of another one.

    The ticket gets what the page knows: the first answer, and what was worked on it where nothing is known.
    """
    found = list(exports)
    for place, export in enumerate(found):
        pages = export.tickets
        if pages is None or not (pages.table["link"] != "").any():
            continue
        for other, tickets in enumerate(found):
            if other == place or tickets.tickets is None or not tickets.tickets.numbered:
                continue
            found[place], found[other] = _joined(found[place], tickets)
    return found


def _joined(paging: Export, ticketing: Export) -> tuple[Export, Export]:
    assert paging.tickets is not None
    assert ticketing.tickets is not None
    pages, tickets = paging.tickets.table, ticketing.tickets.table
    links, numbers = pages["link"].astype(str), tickets["number"].astype(str)
    about = links.isin(set(numbers) - {""}).to_numpy()
    if not about.any():
        return paging, ticketing
    first = pages[about].assign(link=links[about]).sort_values("opened")
    known = (
        first.groupby("link", observed=True)[["responded", "effort_hours"]].first().reindex(numbers)
    )
    filled = tickets.copy()
    for name in ("responded", "effort_hours"):
        filled[name] = filled[name].where(filled[name].notna(), known[name].to_numpy())
    filled["responded"] = filled["responded"].where(
        ~(filled["responded"] < filled["opened"]), filled["opened"]
    )
    paging.quality.note(
        REPAIRED,
        f"pages about tickets of {ticketing.path.name}, by its numbers: counted as those tickets, which get their first answer",
        pages["row"].to_numpy()[about],
    )
    rest = pages[~about].reset_index(drop=True)
    return (
        replace(paging, tickets=replace(paging.tickets, table=rest)),
        replace(ticketing, tickets=replace(ticketing.tickets, table=filled)),
    )
