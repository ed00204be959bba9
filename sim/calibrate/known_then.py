"""An export read as it would have been at an earlier moment: later rows, ends and answers are not known.

An audit log had fewer rows then. Of a list, with one row a ticket, the moments that came later are taken
out; its states are those of the day of the export, and tell nothing of an earlier one.
"""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.arrays import Bools, Floats, Ints
from sim.calibrate.ticket_states import ACTIVE, DONE, NEW, STATES, UNKNOWN, WAITING
from sim.calibrate.work_types import Words
from sim.files.quality import NOTICED, Quality


class Ends(NamedTuple):
    """What is written about the ends of N tickets."""

    known: Bools
    """(N,) an end that came by then"""
    later: Bools
    """(N,) one that came later"""


def written_by(written: Floats, until: float | None, rows: Ints, quality: Quality) -> Ints | None:
    """Return the places of the rows of an audit log that were written by a moment; None where that is all.

    Args:
        written: (R,) when each was.
        until: the moment.
        rows: (R,) their numbers in the file.
        quality: where the others are counted.
    """
    if until is None:
        return None
    later = written > until
    quality.note(NOTICED, "rows written after the moment asked about", rows[later])
    # Where all are later, so are the openings of all tickets: they are left aside by those.
    return None if later.all() or not later.any() else np.flatnonzero(~later)


def forget_what_came_later(tickets: pd.DataFrame, until: float | None) -> Ends:
    """Take as unknown what came after a moment; return what is written about the tickets' ends."""
    later = np.zeros(len(tickets), dtype=bool)
    for name in ("resolved", "closed", "responded"):
        if until is None:
            break
        is_later = tickets[name] > until
        tickets[name] = tickets[name].where(~is_later)
        if name != "responded":
            later |= is_later.to_numpy()
    known = tickets["resolved"].notna() | tickets["closed"].notna()
    return Ends(known.to_numpy(), later)


def read_state(
    tickets: pd.DataFrame,
    ends: Ends,
    states: Words,
    is_history: bool,
    past: bool,
    fields: Container[str],
) -> bool:
    """Read which tickets are open and which are begun; return whether the export tells at all.

    Args:
        tickets: a row each; gets state, open and begun.
        ends: what is written about their ends, the rows of an audit log apart.
        states: (N,) the last of each.
        is_history: whether the export is an audit log, whose last states are those of the moment.
        past: whether the moment lies before the export's last event.
        fields: what the export has.
    """
    over = states == DONE
    tells = bool((states != UNKNOWN).any() or ends.known.any() or ends.later.any())
    if is_history:  # one that came back is open once more, though it was resolved before
        still = np.where(states == UNKNOWN, tickets["resolved"].isna(), ~over)
    else:  # its state is that on the day of the export
        still = ends.later | ~over
        states = np.full(len(states), UNKNOWN, dtype=object) if past else states
    tickets["state"] = pd.Categorical(states, categories=pd.Index([UNKNOWN, *STATES]))
    tickets["open"] = ~ends.known & still & tells
    responded = tickets["responded"].notna().to_numpy()
    begun = ((states == ACTIVE) | (states == WAITING)) | (responded & (states != NEW))
    unknown = (states == UNKNOWN) & ~responded & ("responded" not in fields)
    tickets["begun"] = np.where(unknown, np.nan, begun)
    return tells
