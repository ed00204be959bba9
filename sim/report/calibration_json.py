"""What a calibration found, as plain data for JSON."""

from __future__ import annotations

import math
from typing import Any

from sim.calibrate.calibration import Calibration
from sim.calibrate.figures import Figure


def figures_json(c: Calibration) -> dict[str, dict[str, Any]]:
    """Return every fitted figure by the key that `--set` knows, with its interval."""
    found = {}
    for kind in c.kinds:
        key = f"incidents.{_key(kind.name)}"
        for name in ("per_week", "dispersion", "daily_cv", "holiday_share", "reopen_rate"):
            figure = getattr(kind, name)
            if figure is not None:
                found[f"{key}.{name}"] = _row(figure)
        if kind.effort is not None and len(kind.effort.humps) == 1:
            for name, interval in (("median", kind.effort.median), ("p90", kind.effort.p90)):
                source = "hours worked" if c.wishes.effort == "worked" else "active states"
                found[f"{key}.effort_hours.{name}"] = _row(
                    Figure(*interval, kind.effort.count, source)
                )
    for team in c.teams:
        found[f"teams.{_key(team.name)}.developers"] = _row(team.developers)
    found["first_line.deflect_rate"] = _row(c.first_line)
    return found


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() else f'"{name}"'


def _row(figure: Figure) -> dict[str, Any]:
    def plain(value: float) -> float | None:
        return None if math.isnan(value) else value

    return {
        "value": figure.value,
        "low": plain(figure.low),
        "high": plain(figure.high),
        "n": figure.count,
        "source": figure.source,
        "assumed": figure.assumed,
    }
