"""Scenarios drawn by the program, exported, calibrated back: stated intervals hold what they say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.calibrate import arrival_rates
from sim.calibrate.asking import asked
from sim.calibrate.calibration import calibrate, read_all
from sim.scenario.profiles import PROFILES
from sim.scenario.reading import from_table
from tests.calibrate.exporters import EXPORTERS, lived
from tests.calibrate.more_exporters import MORE_EXPORTERS, WITH_EFFORT

MEDIAN, P90 = 2.0, 9.0
FORMATS_WITH_EFFORT = ("jira", "pagerduty", "csv", "servicenow", *WITH_EFFORT)
ALL_EXPORTERS = EXPORTERS | MORE_EXPORTERS


def drawn(trial: int) -> dict[str, Any]:
    """A random organisation: three kinds of differing rate and dispersion, 26 to 78 weeks."""
    rng = np.random.default_rng(trial)
    kinds = [
        {
            "kind": f"severity {severity}",
            "severity": severity,
            "per_week": float(rng.choice([4, 8, 15, 40])),
            "dispersion": float(rng.uniform(1.3, 5)),
            "profile": "service-desk",
            "first_line": False,
            "effort_hours": {"dist": "lognormal", "median": MEDIAN, "p90": P90},
        }
        for severity in (1, 2, 3)
    ]
    return {
        "name": "drawn",
        "time": {"horizon_weeks": int(rng.integers(26, 79)), "warmup_weeks": 0},
        "teams": [{"name": "Red", "developers": 12}],
        "incidents": kinds,
    }


TRUE_PROFILE = np.array(PROFILES["service-desk"]).reshape(7, 24) / sum(PROFILES["service-desk"])


def true_share(part: str) -> float:
    day, hour = np.mgrid[0:7, 0:24]
    return float(TRUE_PROFILE[arrival_rates.PARTS[part](day, hour)].sum())


def hits(trial: int, format_: str, folder: Path) -> Counter[tuple[str, bool]]:
    """Which true values lay inside the 90 % intervals of one trial."""
    truth = drawn(trial)
    path = ALL_EXPORTERS[format_](
        lived(from_table(truth), trial), folder / f"{trial}-{format_}.out"
    )
    wishes = asked(effort="active" if format_ == "servicenow" else "worked", holidays="none",
                   hours="0-24")  # fmt: skip
    found = calibrate(read_all([path], None, wishes.say), wishes)
    count: Counter[tuple[str, bool]] = Counter()

    def check(what: str, low: float, high: float, true: float) -> None:
        count[what, low <= true <= high] += 1

    total = sum(kind["per_week"] for kind in truth["incidents"])
    assert [kind.name for kind in found.kinds] == [k["kind"] for k in truth["incidents"]]
    for kind, true in zip(found.kinds, truth["incidents"], strict=True):
        check("rate", kind.per_week.low, kind.per_week.high, true["per_week"])
        check("dispersion", kind.dispersion.low, kind.dispersion.high, true["dispersion"])
        check("severity mix", kind.share.low, kind.share.high, true["per_week"] / total)
        if format_ in FORMATS_WITH_EFFORT:
            assert kind.effort is not None
            check("effort", *kind.effort.median[1:], MEDIAN)
            check("effort", *kind.effort.p90[1:], P90)
        else:
            assert kind.effort is None
    for part, (_, low, high) in found.parts.items():
        check("profile", low, high, true_share(part))
    return count


def coverage(trials: int, folder: Path) -> dict[str, float]:
    total: Counter[tuple[str, bool]] = Counter()
    formats = list(ALL_EXPORTERS)
    for trial in range(trials):
        total += hits(trial, formats[trial % len(formats)], folder)
    names = {name for name, _ in total}
    return {n: total[n, True] / (total[n, True] + total[n, False]) for n in sorted(names)}


FIGURES = ["dispersion", "effort", "profile", "rate", "severity mix"]


def test_a_few_trials_recover_most_figures(tmp_path: Path) -> None:
    found = coverage(len(ALL_EXPORTERS), tmp_path)
    assert list(found) == FIGURES
    assert min(found.values()) > 0.7


@pytest.mark.long
def test_true_values_lie_in_the_90_percent_intervals_in_85_to_95_of_100(tmp_path: Path) -> None:
    found = coverage(200, tmp_path)
    print(found)
    assert list(found) == FIGURES
    assert all(0.85 <= share <= 0.95 for share in found.values()), found
