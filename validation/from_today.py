"""A forecast of open tickets, held against what happened.

A record is cut at a moment, `firelane calibrate --today` reads what was known then, and the first seven days
are simulated from what was open; how many tickets were open on each day stands beside the band of the forecast.
The record is that of a service desk, at five moments; and, to tell a fault of the program from one of the
model, pasts that the program drew itself, exported as a table of tickets.

    python -m validation.from_today [--data FOLDER] [--replications 200]

The recording does not ship: `--data FOLDER` or FIRELANE_DATA says where it lies.
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

import sim
from sim.arrays import Bools, Floats, Ints
from sim.calibrate.asking import asked
from sim.calibrate.calibration import Calibration, calibrate, read_all
from sim.calibrate.derived import effort_factor
from sim.calibrate.past_forecasts import open_in, with_the_days_before
from sim.calibrate.scenario_text import scenario_of, scenario_text
from sim.calibrate.today import seconds_of
from sim.experiment.forecast import forecast
from sim.measures.open_by import first_days, open_by
from sim.measures.run import run
from sim.policy.registry import policy_in
from sim.sampling.calendars import DAY, HOUR
from sim.sampling.sample_path import sample_path
from sim.scenario.dated import FORECAST_DAYS as DAYS
from sim.scenario.schema import Scenario
from validation.case import SCENARIOS
from validation.section import Section, percent

Progress = Callable[[str, int, int], None]

LOG = "servicenow_uci/incident_event_log.csv.gz"

MOMENTS = tuple(
    datetime.datetime.fromisoformat(text)
    for text in (
        "2016-03-28T00:00",
        "2016-04-02T12:00",
        "2016-04-06T12:00",
        "2016-04-11T08:00",
        "2016-04-14T17:00",
    )
)
"""Of several days and hours; four weeks lie before the first: the log, which begins with nothing open, has
then what was open earlier. Seven days with openings lie after the last."""

HOLIDAYS = "2016-03-25,2016-04-21,2016-04-22"
"""Known ahead, as calendars are."""

POLICY = "interrupt-anyone"
"""How the desk worked is not recorded: whoever is free takes the next ticket."""

LEVELS = (0.80, 0.95)


@dataclass(frozen=True, eq=False)
class Forecast:
    """One moment: what was open then and at the end of each of the next days, and as simulated."""

    at: datetime.datetime
    observed: Ints
    """(1 + DAYS,)"""
    simulated: Ints
    """(R, 1 + DAYS)"""
    scenario: Scenario
    effort: float
    """Times what `calibrate` assumes."""

    def quantiles(self, shares: Sequence[float], by_chance: bool = False) -> Floats:
        """Return quantiles, (Q, 1 + DAYS): of chance alone, or with what past forecasts missed."""
        assert self.scenario.start is not None
        past = None if by_chance else self.scenario.start.past_forecasts
        days = [
            forecast(self.simulated[:, day], day, past, shares).in_all for day in range(1, 1 + DAYS)
        ]
        return np.stack([np.quantile(self.simulated[:, 0], shares), *days], axis=1)

    def inside(self, level: float, by_chance: bool = False) -> Bools:
        """Return on which of the days, (DAYS,), the band held what happened."""
        low, high = self.quantiles([(1 - level) / 2, (1 + level) / 2], by_chance)
        return np.asarray((self.observed >= low) & (self.observed <= high))[1:]

    @property
    def middle(self) -> Floats:
        """The median of each moment."""
        return np.asarray(self.quantiles([0.5])[0])


# ---- what happened -------------------------------------------------------------------------------


def rows_of(data: Path) -> pd.DataFrame:
    """Return the log as it is: a row for each change, with seconds since 1970."""
    rows = pd.read_csv(
        data / LOG, dtype=str, usecols=["number", "incident_state", "opened_at", "sys_updated_at"]
    )
    for column in ("opened_at", "sys_updated_at"):
        moments = pd.to_datetime(rows[column], dayfirst=True, format="mixed")
        rows[column] = (moments - pd.Timestamp(0)).dt.total_seconds()
    return rows


def were_open(rows: pd.DataFrame, moment: float) -> int:
    """Return how many tickets were open: their last row by then was in no final state."""
    known = rows[(rows.sys_updated_at <= moment) & (rows.opened_at <= moment)]
    last = known.groupby("number").incident_state.last()
    return int((~last.isin(["Resolved", "Closed"])).sum())


# ---- the forecast --------------------------------------------------------------------------------


def known_at(data: Path, at: datetime.datetime) -> Calibration:
    """Return what `firelane calibrate --today` makes of the log."""
    wishes = asked(hours="8-18", holidays=HOLIDAYS, today=at.isoformat())
    return calibrate(read_all([data / LOG], None, wishes.say), wishes)


def forecasts(data: Path, replications: int, progress: Progress) -> list[Forecast]:
    """Return the forecast of each moment, and what happened."""
    rows, found = rows_of(data), []
    for number, at in enumerate(MOMENTS):
        progress("from today", number, len(MOMENTS))
        c = known_at(data, at)
        scenario = scenario_of(scenario_text(c, "The service desk"))
        seconds = seconds_of(at) + DAY * np.arange(DAYS + 1)
        observed = np.array([were_open(rows, moment) for moment in seconds])
        found.append(foreseen(c, scenario, observed, replications))
    return found


def foreseen(c: Calibration, scenario: Scenario, observed: Ints, replications: int) -> Forecast:
    """Return the forecast as `firelane calibrate --from-today` and `compare` make it."""
    assert c.today is not None
    c = with_the_days_before(c, scenario, POLICY, lambda done: None)
    assert c.today is not None
    scenario = scenario_of(scenario_text(c, scenario.name))
    policy = policy_in(scenario, POLICY)
    simulated = open_in(scenario, policy, replications, first_days(scenario))
    return Forecast(c.today.at, observed, simulated, scenario, effort_factor(c))


# ---- pasts of our own ----------------------------------------------------------------------------

OWN = "from_today"
"""The scenario of `validation/scenarios`, as `calibrate` would assume what no export tells."""

PASTS = 100
OWN_AT = datetime.datetime(2026, 6, 10, 12)
"""A Wednesday after 22 weeks."""


def exported(scenario: Scenario, seed: int, folder: Path) -> tuple[Path, Ints]:
    """Return a past as a table of tickets; and how many were open at and after OWN_AT, (1 + DAYS,)."""
    path = sample_path(scenario, seed, 0)
    a = run(path, policy_in(scenario, POLICY)).accounts
    start = pd.Timestamp(scenario.time.start)
    kind, team = path.incidents.kind[a.id], path.incidents.team[a.id]
    table = pd.DataFrame(
        {
            "number": a.id,
            "opened": start + pd.to_timedelta(a.opened, "s"),
            "resolved": start + pd.to_timedelta(np.where(a.ended < 0, np.nan, a.ended), "s"),
            "severity": path.organisation.severity[kind],
            "team": np.array([one.name for one in scenario.teams])[team],
            "hours": path.incidents.effort[a.id] / HOUR,
        }
    )
    table.to_csv(folder / "tickets.csv", index=False, date_format="%Y-%m-%dT%H:%M:%S")
    begins = int((pd.Timestamp(OWN_AT) - start).total_seconds())
    return folder / "tickets.csv", open_by(a, begins + DAY * np.arange(DAYS + 1))


def own_forecasts(pasts: int, replications: int, progress: Progress) -> list[Forecast]:
    """Return the forecast for each of some pasts, and what came of it."""
    truth = sim.load(SCENARIOS / f"{OWN}.toml")
    teams = ",".join(f"{team.name}={team.developers}" for team in truth.teams)
    wishes = asked(holidays="none", teams=teams, today=OWN_AT.isoformat())
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, pasts + 1):
            progress("from today, our own", seed, pasts)
            file, observed = exported(truth, seed, Path(folder))
            c = calibrate(read_all([file], None, wishes.say), wishes)
            scenario = scenario_of(scenario_text(c, "our own"))
            found.append(foreseen(c, scenario, observed, replications))
    return found


# ---- the table -----------------------------------------------------------------------------------


def coverage(found: Sequence[Forecast], level: float, by_chance: bool = False) -> Floats:
    """Return the share of the moments, by day, (DAYS,), at which the band held what happened."""
    return np.asarray(np.mean([one.inside(level, by_chance) for one in found], axis=0))


def off(found: Sequence[Forecast], forecast: Callable[[Forecast], Floats]) -> Floats:
    """Return how far a forecast is from what happened, of all that happened, by day."""
    distance = np.sum([np.abs(forecast(one) - one.observed)[1:] for one in found], axis=0)
    return np.asarray(distance / np.sum([one.observed[1:] for one in found], axis=0))


def as_many_as_now(one: Forecast) -> Floats:
    """Return the forecast that nothing changes."""
    return np.full(DAYS + 1, float(one.observed[0]))


def rows_for(name: str, found: Sequence[Forecast]) -> list[tuple[str, ...]]:
    """Return the table's rows for one way to set the effort: each moment, and what they come to."""
    rows: list[tuple[str, ...]] = []
    for one in found:
        low, middle, high = one.quantiles([0.1, 0.5, 0.9])
        title = f"{name}, {one.at:%a %d %b %H:%M}"
        title += f", effort × {one.effort:.2f}" if one.effort != 1 else ""
        rows += [
            (title, "happened", *(f"{count:,}" for count in one.observed)),
            ("", "forecast, 8 in 10",
             *(f"{m:,.0f} ({a:,.0f}–{b:,.0f})" for m, a, b in zip(middle, low, high, strict=True))),
        ]  # fmt: skip
    return rows + summary(name, found)


def summary(name: str, found: Sequence[Forecast]) -> list[tuple[str, ...]]:
    """Return how often bands held what happened, and how far off the median was."""
    rows: list[tuple[str, ...]] = []
    for level, by_chance in product(LEVELS, (False, True)):
        held = coverage(found, level, by_chance)
        alone = ", chance alone" if by_chance else ""
        rows.append((f"{name}: in the band of {percent(level)}{alone}", percent(float(held.mean())),
                     "", *(percent(share) for share in held)))  # fmt: skip
    for title, of in (("the median", lambda one: one.middle), ("as many as now", as_many_as_now)):
        distance = off(found, of)
        rows.append((f"{name}: {title} is off by", percent(float(distance.mean())), "",
                     *(percent(share) for share in distance)))  # fmt: skip
    return rows


DESK, OURS = "the service desk", "our own pasts"


def prove(progress: Progress, data: Path, replications: int = 200) -> Section:
    """Return the study as a section of the page of proofs."""
    rows = list(rows_for(DESK, forecasts(data, replications, progress)))
    rows += summary(OURS, own_forecasts(PASTS, replications, progress))
    return Section(
        id="from_today",
        title="A forecast of open tickets, held against what happened",
        before=(
            f"The service desk's log, cut at {len(MOMENTS)} moments; at each, `firelane calibrate --today` reads "
            f"what was known, and {replications} futures of seven days begin with what was open "
            f"(`{POLICY}`, hours 8 to 18, holidays known). A ticket is open until its last row is Resolved "
            "or Closed. No export holds the effort: it is found from what was done in the two weeks before, and "
            "how far such forecasts of the three weeks before were off is in the band. The last rows are of "
            f"{PASTS} pasts that the program drew itself (`validation/scenarios/{OWN}.toml`), exported as a "
            "table of tickets with the hours of each, and cut after 22 weeks: bands of chance alone that hold what "
            "came of those as often as they say show that what is missed above is not lost on the way."
        ),
        columns=("", "", "now", *(f"day {day}" for day in range(1, DAYS + 1))),
        rows=rows,
    )


def main() -> int:
    """Print the study."""
    parser = argparse.ArgumentParser(prog="python -m validation.from_today", description=__doc__)
    parser.add_argument("--data", metavar="FOLDER", help="with the recordings (FIRELANE_DATA)")
    parser.add_argument("--replications", type=int, default=200)
    given = parser.parse_args()
    data = Path(given.data or os.environ.get("FIRELANE_DATA", ""))
    if not (data / LOG).is_file():
        print(f"needs {LOG} in a folder: --data or FIRELANE_DATA", file=sys.stderr)
        return 2
    print(prove(_silent, data, given.replications).markdown())
    return 0


def _silent(what: str, done: int, of: int) -> None:
    """Show nothing."""


if __name__ == "__main__":
    sys.exit(main())
