"""Figures over all inputs at once: a surface fitted to what a few hundred sets of assumptions came to."""

from __future__ import annotations

import numpy as np
from numpy.polynomial.legendre import legval

from sim.arrays import Floats

SMOOTH = 1e-6
"""Of the mean square of a column: what keeps columns apart that say nearly the same."""


def columns(shares: Floats) -> Floats:
    """Return what a surface is made of, (D, C): of each input a line and a curve, and each pair together.

    They are Legendre's polynomials of (D, I) inputs from 0 to 1, so that columns hardly overlap.
    """
    x = 2 * shares - 1
    curved = legval(x, [0, 0, 1]).reshape(x.shape)
    first, second = np.triu_indices(x.shape[1], k=1)
    return np.hstack([np.ones((len(x), 1)), x, curved, x[:, first] * x[:, second]])


def fitted(shares: Floats, values: Floats) -> Floats:
    """Return the coefficients of the surfaces, (C, F), that lie nearest to (D, F) values at (D, I) inputs.

    Where there are fewer sets than columns, pairs of inputs are held back (a ridge).
    """
    parts = columns(shares)
    held = SMOOTH if len(parts) >= 2 * parts.shape[1] else 1e-2
    normal = parts.T @ parts + held * len(parts) * np.diag([0.0] + [1.0] * (parts.shape[1] - 1))
    return np.asarray(np.linalg.solve(normal, parts.T @ values), dtype=np.float64)
