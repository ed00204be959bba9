"""Until when incidents are due, and whether they were resolved by then."""

from __future__ import annotations

import numpy as np

from sim.arrays import Bools, Floats, Ints
from sim.engine.rules import due_of
from sim.engine.states import NEVER, Outcome
from sim.measures.accounts import Accounts
from sim.sampling.sample_path import SamplePath

DUE_MET = "due_met"


def has_deadlines(path: SamplePath) -> Bools:
    """Which kinds of a scenario are due at some moment, (K,)."""
    return np.array([kind.due is not None for kind in path.scenario.incidents])


def due_by(path: SamplePath, a: Accounts) -> Ints:
    """The second until which each incident that opened is to be resolved, (N,); NEVER: there is none."""
    org, kind = path.organisation, path.incidents.kind[a.id]
    due = np.full(len(kind), NEVER, dtype=np.int64)
    for k in np.flatnonzero(has_deadlines(path)).tolist():
        own = kind == k
        opened = a.opened[own]
        within, every = int(org.due_within[k]), int(org.due_every[k])
        if within or every:
            due[own] = [due_of(moment, within, every) for moment in opened.tolist()]
            continue
        dates = np.append(org.due_dates[org.due_first[k] : org.due_first[k + 1]], NEVER)
        due[own] = dates[np.searchsorted(dates, opened, side="right")]
    return due


def due_met(path: SamplePath, a: Accounts, since: int) -> tuple[Ints, Ints]:
    """How many of the incidents of each kind that opened from `since` on were resolved by when they were due,
    and of how many that is decided, (K,) each.

    One that was withdrawn, or deflected, or that is still open before its time, says nothing.
    """
    kind, due = path.incidents.kind[a.id], due_by(path, a)
    before, after = path.open_before
    measured = (a.opened >= since) & ((a.id < before) | (a.id >= after)) & (due < NEVER)
    resolved = a.outcome == Outcome.RESOLVED
    in_time = resolved & (a.ended <= due)
    late = (resolved & (a.ended > due)) | (
        (a.outcome == Outcome.OPEN) & (due <= path.organisation.horizon)
    )
    kinds = len(path.scenario.incidents)
    met = np.bincount(kind[measured & in_time], minlength=kinds)
    return met, met + np.bincount(kind[measured & late], minlength=kinds)


def shares_met(runs: list[tuple[Ints, Ints]], kinds: tuple[int, ...]) -> Floats:
    """The share in each run of what some kinds had due that was met, (P,); NaN where nothing was."""
    met, decided = (np.array([run[n][list(kinds)].sum() for run in runs]) for n in (0, 1))
    nothing = np.full(len(runs), np.nan)
    return np.asarray(np.divide(met, decided, out=nothing, where=decided > 0))
