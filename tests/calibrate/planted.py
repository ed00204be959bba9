"""Small exports with a fault planted in them, made up: what a tracker might write, and what is right."""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.calibrate.asking import asked
from sim.calibrate.calibration import Calibration, calibrate, read_all
from sim.calibrate.scenario_text import scenario_text
from sim.report.calibration_tables import fit_lines
from sim.report.what_was_read import report_lines

Moment = datetime.datetime


def openings(
    count: int, per_day: int = 3, seed: int = 1, first: str = "2026-01-05"
) -> list[Moment]:
    """Moments between 9 and 17 on working days, so many a day, from a Monday on."""
    rng = np.random.default_rng(seed)
    day, found = Moment.fromisoformat(first), []
    while len(found) < count:
        if day.weekday() < 5:
            seconds = np.sort(rng.integers(9 * 3600, 17 * 3600, per_day))
            found += [day + datetime.timedelta(seconds=int(s)) for s in seconds]
        day += datetime.timedelta(days=1)
    return found[:count]


def poisson_days(rates: Iterable[float], seed: int = 1, first: str = "2026-01-05") -> list[Moment]:
    """Moments of days in a row, each with as many as chance gives at its rate."""
    rng, found = np.random.default_rng(seed), []
    for number, rate in enumerate(rates):
        day = Moment.fromisoformat(first) + datetime.timedelta(days=number)
        seconds = np.sort(rng.integers(9 * 3600, 17 * 3600, rng.poisson(rate)))
        found += [day + datetime.timedelta(seconds=int(s)) for s in seconds]
    return found


def table(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]], delimiter: str = ","
) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, delimiter=delimiter)
        out.writerow(header)
        out.writerows(rows)
    return path


def document(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Found:
    """A calibration, with everything that was said."""

    fit: Calibration
    said: str
    scenario: str

    @property
    def per_week(self) -> float:
        return sum(kind.per_week.value for kind in self.fit.kinds)

    @property
    def tickets(self) -> Any:
        [export] = [export for export in self.fit.exports if export.tickets is not None]
        return export.tickets.table


def calibrated(*paths: Path, **options: Any) -> Found:
    """Read, fit, and keep what is said on the way: the report in full, the fit, the scenario."""
    wishes = asked(**options)
    exports = read_all(paths, wishes_format(options), wishes.say)
    fit = calibrate(exports, wishes)
    said = [*report_lines(exports, details=True), *fit_lines(fit)]
    return Found(fit, "\n".join(said), scenario_text(fit, "planted"))


def wishes_format(options: dict[str, Any]) -> str | None:
    return options.get("format_")
