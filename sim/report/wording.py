"""Figures are put into words: spans of time, means with their intervals, amounts, lists."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.experiment.comparison import Comparison
from sim.experiment.statistics import Interval
from sim.measures.metrics import METRICS
from sim.measures.open_by import begins_at
from sim.scenario.schema import Scenario


def hours(value: float) -> str:
    """Return a span of time in the unit a person would use: `40 s`, `12 min`, `5.6 h`, `11
    days`."""
    if math.isnan(value):
        return "–"
    if value * 60 < 0.5:
        return f"{value * 3600:.0f} s"
    if value < 1:
        return f"{value * 60:.0f} min"
    if value < 72:
        return f"{value:.1f} h".replace(".0 ", " ") if value < 10 else f"{value:.0f} h"
    return f"{value / 24:.1f} days".replace(".0 ", " ")


def span(low: float, high: float) -> str:
    """Return two spans of time in hours as people say them: `5.6 to 6.4 h`, `40 min to 2 h`."""
    first, second = hours(low), hours(high)
    number, _, unit = first.partition(" ")
    return f"{number if unit == second.partition(' ')[2] else first} to {second}"


def cell(metric: str, found: Interval) -> str:
    """Return a mean with the half width of its interval: `49.5 ±0.4`, `81.1 ±0.9 %`."""
    if math.isnan(found.mean):
        return "–"
    percent = metric in METRICS and METRICS[metric].percent
    scale = 100 if percent else 1
    decimals = 2 if 0 < abs(found.mean * scale) < 1 else 1
    text = f"{found.mean * scale:.{decimals}f}"
    if not math.isnan(found.low):
        text += f" ±{(found.high - found.low) / 2 * scale:.{decimals}f}"
    return text + (" %" if percent else "")


def beginning(scenario: Scenario) -> str:
    """Return where a run begins that leaves nothing out at the front."""
    if scenario.start is None:
        return "from an empty start"
    return f"from {begins_at(scenario):%Y-%m-%d %H:%M} on, with what is open then"


def replications(comparison: Comparison) -> str:
    """Return how much was simulated, as a heading says it."""
    sets = comparison.input_sets
    if sets is None:
        return f"{comparison.replications} replications"
    return (
        f"{sets.sets} sets of assumptions × {sets.paths} replications, and {comparison.replications} with the "
        "figures as they are"
    )


def title_of(comparison: Comparison, label: str) -> str:
    """Return what people call a policy, with whatever was set for it."""
    policy = comparison.policies[comparison.labels.index(label)]
    settings = label.partition(":")[2]
    name = policy.title or policy.id
    return f"{name} ({settings})" if settings else name


def amount(found: Interval) -> str:
    """Return money with the half width of its interval: `18,310 ±240`."""
    if math.isnan(found.mean):
        return "–"
    text = f"{found.mean:,.0f}"
    return text if math.isnan(found.low) else f"{text} ±{(found.high - found.low) / 2:,.0f}"


def band_of(metric: str, low: float, high: float) -> str:
    """Return what 8 in 10 lie between, in the figure's own unit: `48 to 55`, `4 to 37 %`."""
    if math.isnan(low):
        return "–"
    is_share = metric in METRICS and METRICS[metric].percent
    scale = 100 if is_share else 1
    return f"{short(low * scale)} to {short(high * scale)}" + (" %" if is_share else "")


def short(value: float) -> str:
    """Return a number as people say it: about two figures, and no minus before nothing."""
    size = abs(value)
    text = f"{value:.0f}" if size >= 9.95 else f"{value:.1f}" if size >= 0.95 else f"{value:.2f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return the words as a list in a sentence: `a, b and c`."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
