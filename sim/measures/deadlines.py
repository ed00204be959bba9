"""Until when incidents are due, and whether they were resolved by then."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.arrays import Bools, Floats, Ints
from sim.engine.rules import due_of
from sim.engine.states import NEVER, Outcome
from sim.measures.accounts import Accounts
from sim.measures.book import IncidentAccount
from sim.sampling.sample_path import SamplePath

DUE_MET = "due_met"


def has_deadlines(path: SamplePath) -> Bools:
    """Which kinds of a scenario are due at some moment, (K,)."""
    return np.array([kind.due is not None for kind in path.scenario.incidents])


def due_by(path: SamplePath, a: Accounts) -> Ints:
    """The second until which each incident that opened is to be resolved, (N,); NEVER: there is none."""
    return _due_by(path, path.incidents.kind[a.id], a.opened)


def _due_by(path: SamplePath, kind: Ints, opened: Ints) -> Ints:
    """The same of incidents of these kinds, opened at these seconds."""
    org = path.organisation
    due = np.full(len(kind), NEVER, dtype=np.int64)
    for k in np.flatnonzero(has_deadlines(path)).tolist():
        own = kind == k
        within, every = int(org.due_within[k]), int(org.due_every[k])
        if within or every:
            due[own] = [due_of(moment, within, every) for moment in opened[own].tolist()]
            continue
        dates = np.append(org.due_dates[org.due_first[k] : org.due_first[k + 1]], NEVER)
        due[own] = dates[np.searchsorted(dates, opened[own], side="right")]
    return due


def due_met(path: SamplePath, a: Accounts, since: int) -> tuple[Ints, Ints]:
    """How many of the incidents of each kind that opened from `since` on were resolved by when they were due,
    and of how many that is decided, (K,) each.

    One that was withdrawn, or deflected, or that is still open before its time, says nothing.
    """
    before, after = path.open_before
    measured = has_deadlines(path)[path.incidents.kind]  # of most kinds nothing is due
    measured &= a.incidents[:, IncidentAccount.opened] >= since
    measured[before:after] = False
    ids = np.flatnonzero(measured)
    kind, rows = path.incidents.kind[ids], a.incidents[ids]
    due = _due_by(path, kind, rows[:, IncidentAccount.opened])
    outcome, ended = rows[:, IncidentAccount.outcome], rows[:, IncidentAccount.since]
    resolved, comes = outcome == Outcome.RESOLVED, due < NEVER
    in_time = comes & resolved & (ended <= due)
    late = resolved & (ended > due)
    late |= (outcome == Outcome.OPEN) & (due <= path.organisation.horizon)
    kinds = len(path.scenario.incidents)
    met = np.bincount(kind[in_time], minlength=kinds)
    return met, met + np.bincount(kind[comes & late], minlength=kinds)


def shares_met(runs: Sequence[tuple[Ints, Ints]], kinds: tuple[int, ...]) -> Floats:
    """The share in each run of what some kinds had due that was met, (P,); NaN where nothing was."""
    met, decided = (np.array([run[n][list(kinds)].sum() for run in runs]) for n in (0, 1))
    nothing = np.full(len(runs), np.nan)
    return np.asarray(np.divide(met, decided, out=nothing, where=decided > 0))
