"""Distributions as a scenario writes them.

Each draw spends one uniform number (inverse transform), so two scenarios that differ only in a
distribution's figures meet the same luck: the n-th incident is long in both or short in both.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationInfo, field_validator
from scipy import special

from sim.arrays import Floats, Ints
from sim.scenario.parts import NotNegative, Positive, SchemaPart

NORMAL_P90 = 1.2815515655446004
"""The standard normal quantile at 0.9: ties a lognormal's p90 to its sigma."""

MAX_SPREAD = 1_000
"""Of a lognormal's p90 over its median. Logs of real work stay under 50 (docs/evidence.md, A3)."""


class Constant(SchemaPart):
    """Always `value`."""

    dist: Literal["constant"]
    value: NotNegative

    def mean(self) -> float:
        """The mean of the distribution."""
        return self.value

    def quantile(self, u: Floats) -> Floats:
        """The values below which the shares `u` of the distribution lie, in the shape of `u`."""
        return np.full_like(u, self.value)


class Exponential(SchemaPart):
    """Exponential with the given `mean`."""

    dist: Literal["exponential"]
    mean_: Positive = Field(alias="mean", description="mean")

    def mean(self) -> float:
        """The mean of the distribution."""
        return self.mean_

    def quantile(self, u: Floats) -> Floats:
        """The values below which the shares `u` of the distribution lie, in the shape of `u`."""
        return -self.mean_ * np.log1p(-u)


class Gamma(SchemaPart):
    """Gamma with the given `mean` and coefficient of variation `cv`."""

    dist: Literal["gamma"]
    mean_: Positive = Field(alias="mean", description="mean")
    cv: Annotated[float, Field(gt=0, le=10, description="standard deviation over mean")]

    def mean(self) -> float:
        """The mean of the distribution."""
        return self.mean_

    def quantile(self, u: Floats) -> Floats:
        """The values below which the shares `u` of the distribution lie, in the shape of `u`."""
        shape = self.cv**-2
        return np.asarray(special.gammaincinv(shape, u) * (self.mean_ / shape), dtype=np.float64)


class Lognormal(SchemaPart):
    """Lognormal: half of all values lie under `median`, nine in ten under `p90`."""

    dist: Literal["lognormal"]
    median: Positive
    p90: Positive

    @field_validator("p90")
    @classmethod
    def _above_median(cls, p90: float, info: ValidationInfo) -> float:
        median = info.data.get("median")
        if median is not None and p90 <= median:
            raise ValueError(f"must be more than the median, {median:g}")
        if median is not None and p90 > MAX_SPREAD * median:
            raise ValueError(f"must be at most {MAX_SPREAD} times the median, {median:g}")
        return p90

    @property
    def sigma(self) -> float:
        """The standard deviation of the logarithm."""
        return math.log(self.p90 / self.median) / NORMAL_P90

    def mean(self) -> float:
        """The mean of the distribution."""
        return self.median * math.exp(self.sigma**2 / 2)

    def quantile(self, u: Floats) -> Floats:
        """The values below which the shares `u` of the distribution lie, in the shape of `u`."""
        return np.asarray(self.median * np.exp(self.sigma * special.ndtri(u)), dtype=np.float64)


class Empirical(SchemaPart):
    """One of the listed `values`, each as likely as the others."""

    dist: Literal["empirical"]
    values: Annotated[list[NotNegative], Field(min_length=1)]

    def mean(self) -> float:
        """The mean of the distribution."""
        return float(np.mean(self.values))

    def quantile(self, u: Floats) -> Floats:
        """The values below which the shares `u` of the distribution lie, in the shape of `u`."""
        ordered = np.sort(np.asarray(self.values, dtype=np.float64))
        return ordered[(u * len(ordered)).astype(np.int64)]


class MixturePart(SchemaPart):
    """One hump of a mixture: with chance `share`, a draw `of` this distribution."""

    share: Annotated[float, Field(gt=0, le=1)]
    of: Distribution


class Mixture(SchemaPart):
    """One of several `parts`, chosen by their shares. Real effort is often two-humped."""

    dist: Literal["mixture"]
    parts: Annotated[list[MixturePart], Field(min_length=1, max_length=100)]

    @field_validator("parts")
    @classmethod
    def _adds_to_one(cls, parts: list[MixturePart]) -> list[MixturePart]:
        total = sum(part.share for part in parts)
        if abs(total - 1) > 1e-6:
            raise ValueError(f"shares must add up to 1 (they add up to {total:g})")
        return parts

    def mean(self) -> float:
        """The mean of the distribution."""
        return sum(part.share * part.of.mean() for part in self.parts)

    def quantile(self, u: Floats) -> Floats:
        """The values below which the shares `u` of the distribution lie, in the shape of `u`."""
        edges = np.cumsum([part.share for part in self.parts])
        edges[-1] = 1.0
        which = np.searchsorted(edges, u, side="right")
        result = np.empty_like(u)
        for index, part in enumerate(self.parts):
            chosen = which == index
            low = edges[index] - part.share
            within = np.clip((u[chosen] - low) / part.share, 0.0, np.nextafter(1.0, 0.0))
            result[chosen] = part.of.quantile(within)
        return result


Distribution = Annotated[
    Constant | Exponential | Gamma | Lognormal | Empirical | Mixture, Field(discriminator="dist")
]
MixturePart.model_rebuild()
Mixture.model_rebuild()


def seconds(distribution: Distribution, u: Floats, unit: int) -> Ints:
    """The quantiles of `distribution` at `u`, scaled by `unit` (seconds), rounded, at least 1."""
    drawn = np.minimum(distribution.quantile(u) * unit, MAX_SECONDS)
    return np.maximum(np.rint(drawn).astype(np.int64), 1)


def mean_seconds(distribution: Distribution, unit: int) -> float:
    """The mean of what `seconds` draws; of a continuous distribution without the rounding, which
    evens out unless nearly all is shorter than a second."""
    if isinstance(distribution, Mixture):
        return sum(part.share * mean_seconds(part.of, unit) for part in distribution.parts)
    if isinstance(distribution, Empirical):
        places = (np.arange(len(distribution.values)) + 0.5) / len(distribution.values)
        return float(seconds(distribution, places, unit).mean())
    if isinstance(distribution, Constant):
        return float(seconds(distribution, np.array([0.5]), unit)[0])
    return distribution.mean() * unit


MAX_SECONDS = 2.0**40
"""Caps one draw at about 35,000 years, so that sums of draws stay far inside 64 bits."""


def with_default(kind: type[Any], **values: float) -> Any:
    """A distribution of a kind, as the default of a key."""
    return kind.model_validate({"dist": kind.__name__.lower(), **values})
