"""A study in a formula: a figure as a smooth surface over what the design moved, and how far it can be trusted.

Each input has a line and a curve, and each pair of inputs a term (`sim.search.surface`), fitted by least squares to the means
of settings. Trust is told by leaving each setting out in turn, which a linear fit gives without fitting again (D. M. Allen,
"The relationship between variable selection and data augmentation", Technometrics 16, 1974).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Floats
from sim.search.question import QuestionError
from sim.search.surface import columns

if TYPE_CHECKING:
    import pandas as pd

NOT_INPUTS = ("setting", "scenario", "policy", "replication", "draw", "figure", "unit", "value")


@dataclass(frozen=True)
class Metamodel:
    """A figure of one policy as a surface over D settings of I inputs."""

    figure: str
    policy: str
    unit: str
    inputs: tuple[str, ...]
    low: Floats
    """(I,) the least value of each input in the design"""
    high: Floats
    """(I,)"""
    coefficients: Floats
    explained: float
    """of the variance between settings, by the surface (R²)"""
    foretold: float
    """of the same, where each setting is foretold by the others; far below `explained`, the surface cannot be trusted"""
    error: float
    """the typical error of a setting foretold by the others, in the figure's unit"""

    def predict(self, settings: pd.DataFrame) -> Floats:
        """Return the figure at settings, (N,), in its unit.

        Args:
            settings: a column for each input, within what the design moved.

        Raises:
            QuestionError: for an input that is missing, or lies outside of the design.
        """
        missing = [name for name in self.inputs if name not in settings.columns]
        if missing:
            raise QuestionError(f"the settings have no column {', '.join(missing)}")
        values = np.stack([_numbers(settings[name].tolist()) for name in self.inputs], axis=1)
        outside = ((values < self.low - 1e-9) | (values > self.high + 1e-9)).any(axis=0)
        if outside.any():
            n = int(np.flatnonzero(outside)[0])
            raise QuestionError(
                f"{self.inputs[n]}: the design moved it from {self.low[n]:g} to {self.high[n]:g}; outside of that the "
                "surface says nothing"
            )
        return np.asarray(columns((values - self.low) / (self.high - self.low)) @ self.coefficients)


def metamodel(found: pd.DataFrame, figure: str, policy: str) -> Metamodel:
    """Fit a surface to a study.

    Args:
        found: from `sim.study`, with numbers (or factors such as `"*1.2"`) in the design.
        figure: one of those in it.
        policy: the label of one of the policies in it.

    Raises:
        QuestionError: for a figure or policy that the study has not, an input that is no number, or too few settings.
    """
    own = found[(found.figure == figure) & (found.policy == policy)]
    if not len(own):
        raise QuestionError(f"the study has no {figure} of {policy}")
    inputs = tuple(
        name for name in found.columns if name not in NOT_INPUTS and own[name].nunique() > 1
    )
    if not inputs:
        raise QuestionError("the design moves no input")
    means = own.groupby("setting", sort=False).value.mean()
    first = own.drop_duplicates("setting").set_index("setting").loc[means.index]
    values = np.stack([_numbers(first[name].tolist()) for name in inputs], axis=1)
    low, high = values.min(axis=0), values.max(axis=0)
    parts, y = columns((values - low) / (high - low)), means.to_numpy(dtype=np.float64)
    known = ~np.isnan(y)
    parts, y = parts[known], y[known]
    if len(y) <= parts.shape[1]:
        raise QuestionError(
            f"{len(y)} settings are too few for a surface of {len(inputs)} inputs; more than {parts.shape[1]} are needed"
        )
    coefficients = np.linalg.lstsq(parts, y, rcond=None)[0]
    left = y - parts @ coefficients
    hat = np.einsum("ij,ji->i", parts, np.linalg.pinv(parts))
    foretold = left / np.maximum(1 - hat, 1e-9)
    whole = float(((y - y.mean()) ** 2).sum()) or 1.0
    return Metamodel(
        figure, policy, str(own.unit.iloc[0]), inputs, low, high, coefficients,
        1 - float((left**2).sum()) / whole,
        1 - float((foretold**2).sum()) / whole,
        float(np.sqrt((foretold**2).mean())),
    )  # fmt: skip


def _numbers(values: list[object]) -> Floats:
    try:
        return np.array([float(str(value).lstrip("*+")) for value in values])
    except ValueError:
        raise QuestionError(
            f"expected numbers or factors in the design (got {values[:3]})"
        ) from None
