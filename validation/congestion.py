"""The fingerprint of congestion: do a service desk's waits move with its arrivals as the model says?

A queue has a signature that does not hang on how long work takes: who comes on a busy day waits longer. Staff is
fitted on five recorded weeks, by their mean wait alone; of the three weeks after it is predicted how a day's
arrivals move that day's wait, how Mondays differ from Wednesdays, and what the day after a holiday is like. The
recorded openings are replayed, so that nothing but effort is random. What it shows is a result, whatever it is, and no
failure of the proofs.

The recording does not ship (`validation.history` says which one it is): `--data FOLDER` or FIRELANE_DATA.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.arrays import Bools, Floats, Ints
from sim.measures.run import run
from sim.sampling.calendars import DAY, HOUR, WEEK
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import bundled, changed, from_table, load
from sim.scenario.schema import Scenario
from validation.section import Section, percent, yes
from validation.statistics import band, inside, rank_correlation

Progress = Callable[[str, int, int], None]

LOG = "servicenow_uci/incident_event_log.csv.gz"
NEEDED = (LOG,)

START = pd.Timestamp("2016-02-29")
FITTED, ALL = 5 * WEEK, 8 * WEEK
OPENS, CLOSES = 8, 18
HOLIDAYS = (25, 52, 53)
"""Days since START on which the log falls almost silent: 25 March, 21 and 22 April 2016."""
AFTER_HOLIDAY = 28
"""Monday 28 March: the only working day after a holiday in the eight weeks."""

FEWEST = 100
"""Tickets in eight weeks of a group that is looked at: two and a half on a working day."""
MOST_OF_WORK = 0.9
"""Of a group's tickets: as many people are taken as had these."""
AT_ONCE = 300
"""Seconds: who is touched by then was answered on the telephone."""

POLICIES = ("interrupt-anyone", "kanban", "reserved-buffer")
"""How the desk worked is not recorded: whoever there is at once, whoever is free, half of everybody's time."""

BUNDLED_PATHS = 20
FIT_PATHS, STEPS, REPLICATIONS = 6, 12, 100
LEAST, MOST = 0.01, 50.0
"""Times the efforts of scenarios/service_desk.toml: the ends of the search."""
NEAR = 0.1
"""Of the recorded mean wait: a fit that is farther off is none."""

HOLDS = 0.7
"""Of the groups whose correlation must lie in the band of 90 %."""

FIGURES = ("correlation", "Monday less Wednesday", "after a holiday")
DESK, BUNDLED = "whole desk", ("Group 25", "Group 39")

# ---- what was recorded ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Tickets:
    """N tickets of a group, in the order they opened; seconds since START."""

    number: Sequence[str]
    priority: Sequence[str]
    opened: Ints
    touched: Floats
    person: Sequence[str]
    awaited: Bools
    """whether it ever waited for its user"""
    user_share: Floats
    """of the working time until resolution: spent waiting for the user; NaN where there is none"""

    @property
    def at_once(self) -> Bools:
        """Whether each was answered on the telephone."""
        return np.asarray(self.touched - self.opened <= AT_ONCE)

    @property
    def people(self) -> int:
        """As many as had MOST_OF_WORK of the tickets of the weeks that are fitted."""
        own = pd.Series(self.person)[np.asarray(self.opened) < FITTED]
        shares = own[own != "?"].value_counts(normalize=True).cumsum().to_numpy()
        return max(1, int(np.searchsorted(shares, MOST_OF_WORK) + 1)) if len(shares) else 1


def recorded(data: Path) -> dict[str, Tickets]:
    """Return the tickets of each group with FEWEST and more, and of the whole desk."""
    rows = pd.read_csv(data / LOG, dtype=str)
    for column in ("opened_at", "sys_updated_at"):
        moments = pd.to_datetime(rows[column], dayfirst=True, format="mixed")
        rows[column] = (moments - START).dt.total_seconds()
    table = _by_ticket(rows)
    counts = table.group.value_counts()
    groups = [str(name) for name, n in counts.items() if n >= FEWEST and name != "?"]
    found = {DESK: _tickets(table)}
    return found | {f"Group {name}": _tickets(table[table.group == name]) for name in groups}


def _by_ticket(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row a ticket: its last group, person and priority, as the bundled log has them."""
    own = rows.groupby("number")
    table = pd.DataFrame(
        {
            "opened": own.opened_at.first(),
            "group": own.assignment_group.last(),
            "person": own.assigned_to.last(),
            "priority": own.priority.last().str[0],
            "touched": rows[rows.incident_state != "New"].groupby("number").sys_updated_at.min(),
        }
    )
    table["touched"] = table[["touched", "opened"]].max(axis=1)
    waits = _awaiting(rows)
    table["awaited"] = table.index.isin(waits.index)
    done = rows[rows.incident_state == "Resolved"].groupby("number").sys_updated_at.min()
    whole = worked(done.reindex(table.index).to_numpy()) - worked(table.opened.to_numpy())
    awaited = waits.reindex(table.index).fillna(0).to_numpy()
    table["user_share"] = np.where(whole > 0, awaited / np.where(whole > 0, whole, 1), np.nan)
    return table[(table.opened >= 0) & (table.opened < ALL)].sort_values("opened")


def _awaiting(rows: pd.DataFrame) -> pd.Series[float]:
    """Return the working seconds before resolution that each ticket waited for its user."""
    until = rows.groupby("number").sys_updated_at.shift(-1).fillna(rows.sys_updated_at)
    spent = worked(until.to_numpy()) - worked(rows.sys_updated_at.to_numpy())
    own = rows.incident_state == "Awaiting User Info"
    return pd.Series(spent, rows.index)[own].groupby(rows.number[own]).sum()


def _tickets(table: pd.DataFrame) -> Tickets:
    return Tickets(
        number=list(table.index),
        priority=list(table.priority),
        opened=table.opened.to_numpy().astype(np.int64),
        touched=table.touched.to_numpy(),
        person=list(table.person),
        awaited=table.awaited.to_numpy(),
        user_share=table.user_share.to_numpy(),
    )


# ---- days and waits ------------------------------------------------------------------------------


def is_open(day: Ints) -> Bools:
    """Whether a day since START is a working day: no weekend, no holiday."""
    return np.asarray((day % 7 < 5) & ~np.isin(day, HOLIDAYS))


def worked(moments: Floats | Ints) -> Floats:
    """Return the desk's working seconds from START to each moment; NaN for NaN."""
    known = np.nan_to_num(np.maximum(moments, 0))
    day = (known // DAY).astype(np.int64)
    before = np.concatenate([[0], np.cumsum(is_open(np.arange(day.max(initial=0) + 1)))])
    today = np.clip(known % DAY - OPENS * HOUR, 0, (CLOSES - OPENS) * HOUR)
    full = before[day] * (CLOSES - OPENS) * HOUR + np.where(is_open(day), today, 0)
    return np.where(np.isnan(moments), np.nan, full)


def waits(opened: Ints, touched: Floats, until: int) -> Floats:
    """Return working hours from opening to the first touch, as far as is known at a moment."""
    known = np.where(touched < 0, until, np.minimum(touched, until))
    return np.maximum(worked(known) - worked(opened), 0) / HOUR


@dataclass(frozen=True)
class Days:
    """Working days on which something opened: which, how many tickets, their mean of something."""

    day: Ints
    count: Ints
    mean: Floats


def by_day(opened: Ints, values: Floats, since: int = 0) -> Days:
    """Return the working days from a moment on."""
    day = opened // DAY
    own = is_open(day) & (opened >= since) & ~np.isnan(values)
    days, of = np.unique(day[own], return_inverse=True)
    count = np.bincount(of, minlength=len(days))
    return Days(days, count, np.bincount(of, values[own], len(days)) / np.maximum(count, 1))


def fingerprint(opened: Ints, touched: Floats) -> Floats:
    """Return FIGURES: two of weeks 6 to 8, in which nothing was fitted; the holiday lies before."""
    wait = waits(opened, touched, ALL)
    days = by_day(opened, wait, FITTED)
    day = opened // DAY

    def mean(of: Bools) -> float:
        return float(wait[of].mean()) if of.any() else np.nan

    late = is_open(day) & (opened >= FITTED)
    mondays = (day % 7 == 0) & (opened < FITTED)
    return np.array(
        [
            rank_correlation(days.count, days.mean),
            mean(late & (day % 7 == 0)) - mean(late & (day % 7 == 2)),
            mean(mondays & (day == AFTER_HOLIDAY)) - mean(mondays & (day != AFTER_HOLIDAY)),
        ]
    )


# ---- the model -----------------------------------------------------------------------------------


def scenario_of(tickets: Tickets, folder: Path) -> Scenario:
    """Return the bundled service desk with one team, which has these tickets."""
    columns = {"number": tickets.number, "priority": tickets.priority, "group": "the group"}
    log = pd.DataFrame(columns | {"opened": START + pd.to_timedelta(tickets.opened, "s")})
    log.to_csv(folder / "log.csv", index=False, date_format="%Y-%m-%dT%H:%M:%S")
    table = load(bundled()["service_desk"]).model_dump(by_alias=True)
    table["teams"] = [table["teams"][0] | {"name": "the group", "developers": tickets.people}]
    table["incidents_from"]["file"] = "log.csv"
    return from_table(table).in_folder(folder)


def touched_in(scenario: Scenario, policy: str, replication: int) -> tuple[Ints, Floats]:
    """Return when each ticket opened, and was first worked on (−1: never)."""
    path = sample_path(scenario, 1, replication)
    a = run(path, policy).accounts
    return a.opened, a.started.astype(float)


def mean_wait(opened: Ints, touched: Floats) -> float:
    """Return the mean wait of the weeks that are fitted, by what was known at their end."""
    own = opened < FITTED
    return float(waits(opened[own], touched[own], FITTED).mean())


def fitted(scenario: Scenario, policy: str, wanted: float) -> tuple[Scenario, float]:
    """Return the scenario with efforts so large that the mean wait of weeks 1 to 5 is met, and by how much of it
    it is missed. The wait grows with the effort, so that the interval is halved."""

    def with_effort(times: float) -> tuple[Scenario, float]:
        own = changed(scenario, [f"incidents.*.effort_hours=*{times:.6g}"])
        means = [mean_wait(*touched_in(own, policy, n)) for n in range(1_000, 1_000 + FIT_PATHS)]
        return own, float(np.mean(means))

    low, high = LEAST, MOST
    tried = []
    for _ in range(STEPS):
        middle = float(np.sqrt(low * high))
        own, found = with_effort(middle)
        tried.append((own, found / wanted - 1))
        low, high = (middle, high) if found < wanted else (low, middle)
    return min(tried, key=lambda one: abs(one[1]))


@dataclass(frozen=True, eq=False)
class Prediction:
    """A group under a policy: FIGURES as recorded, and as predicted in each replication."""

    group: str
    policy: str
    off: float
    """By how much the fit misses the mean wait, as a share of it."""
    observed: Floats
    """(3,)"""
    simulated: Floats
    """(R, 3)"""
    by_chance: float
    """Share of shuffles of the recorded days, among which waits do not hang on arrivals, that lie in the band of the
    correlation: what the test cannot refute."""

    @property
    def is_fitted(self) -> bool:
        """Whether the mean wait was met."""
        return abs(self.off) <= NEAR

    def holds(self, figure: int) -> bool:
        """Whether the band of 90 % holds what was recorded."""
        return inside(self.simulated[:, figure], float(self.observed[figure]))


def prediction(group: str, tickets: Tickets, policy: str, replications: int) -> Prediction:
    """Fit a group's staff on weeks 1 to 5, and predict."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = scenario_of(tickets, Path(folder))
        wanted = mean_wait(tickets.opened, tickets.touched)
        scenario, off = fitted(scenario, policy, wanted)
        simulated = np.array(
            [fingerprint(*touched_in(scenario, policy, n)) for n in range(replications)]
        )
    return Prediction(group, policy, off, fingerprint(tickets.opened, tickets.touched), simulated,
                      _by_chance(tickets, simulated[:, 0]))  # fmt: skip


def _by_chance(tickets: Tickets, simulated: Floats, shuffles: int = 200) -> float:
    days = by_day(tickets.opened, waits(tickets.opened, tickets.touched, ALL), FITTED)
    rng = np.random.default_rng(1)
    dealt = [rank_correlation(days.count, rng.permutation(days.mean)) for _ in range(shuffles)]
    return float(np.mean([inside(simulated, one) for one in dealt]))


# ---- what the model does not see -----------------------------------------------------------------


def beside(tickets: Tickets) -> dict[str, float]:
    """Return, of all eight weeks, what the log tells of waits that are no queue's."""
    wait = waits(tickets.opened, tickets.touched, ALL)
    at_once = tickets.at_once
    whole = by_day(tickets.opened, wait)
    telephone = by_day(tickets.opened, at_once.astype(float))
    rest = by_day(tickets.opened[~at_once], wait[~at_once])
    return {
        "at once": float(at_once.mean()),
        "awaited": float(tickets.awaited.mean()),
        "user's share": float(np.nanmean(tickets.user_share)),
        "arrivals, wait": rank_correlation(whole.count, whole.mean),
        "at once, wait": rank_correlation(telephone.mean, whole.mean),
        "arrivals, at once": rank_correlation(telephone.count, telephone.mean),
        "arrivals, wait of the rest": rank_correlation(rest.count, rest.mean),
    }


# ---- the section ---------------------------------------------------------------------------------


def predictions(
    groups: Mapping[str, Tickets], progress: Progress, replications: int
) -> list[Prediction]:
    """Return each group under each policy."""
    found = []
    for n, (group, tickets) in enumerate(groups.items()):
        progress("congestion", n, len(groups))
        found += [prediction(group, tickets, policy, replications) for policy in POLICIES]
    return found


def held(found: Sequence[Prediction], policy: str, figure: int) -> float:
    """Return the share of groups, of those whose mean wait was met, that the band holds."""
    own = [one for one in found if one.policy == policy and one.is_fitted]
    known = [one.holds(figure) for one in own if not np.isnan(one.observed[figure])]
    return float(np.mean(known)) if known else 0.0


def _span(values: Floats, digits: int) -> str:
    low, high = band(values)
    return f"{low:+.{digits}f} to {high:+.{digits}f}"


def _row(one: Prediction) -> tuple[str, ...]:
    cells = []
    for figure, digits in enumerate((2, 1, 1)):
        cells.append(f"{one.observed[figure]:+.{digits}f}")
        cells.append(_span(one.simulated[:, figure], digits))
        cells.append(yes(one.holds(figure)))
    return (one.group, one.policy, *cells)


def _in_all(found: Sequence[Prediction], policy: str) -> tuple[float, Floats]:
    """Return the mean correlation over groups, the whole desk apart: as recorded, and of each replication."""
    own = [one for one in found if one.policy == policy and one.is_fitted and one.group != DESK]
    return (
        float(np.mean([one.observed[0] for one in own])),
        np.asarray(np.nanmean([one.simulated[:, 0] for one in own], axis=0)),
    )


def _summary(found: Sequence[Prediction], policy: str) -> tuple[str, ...]:
    own = [one for one in found if one.policy == policy]
    met = [one for one in own if one.is_fitted]
    recorded_mean, model = _in_all(found, policy)
    return (
        f"**in the band, of {len(met)} groups**",
        policy,
        f"mean {recorded_mean:+.2f}",
        _span(model, 2),
        f"**{percent(held(found, policy, 0))}**",
        "", "", percent(held(found, policy, 1)),
        "", "", percent(held(found, policy, 2)),
    )  # fmt: skip


def prove(progress: Progress, data: Path, replications: int = REPLICATIONS) -> Section:
    """Predict three weeks of each group, and say whether hours are validated by it."""
    groups = recorded(data)
    found = predictions(groups, progress, replications)
    shown = [one for one in found if one.group in (DESK, *BUNDLED)]
    return Section(
        id="congestion",
        title="Do waits move with arrivals as the model says? The fingerprint of congestion",
        before=_before(len(groups) - 1, replications),
        columns=(
            "group",
            "policy",
            "correlation, recorded",
            "90 % band",
            "in it",
            "Monday less Wednesday, hours",
            "90 % band",
            "in it",
            "after a holiday, hours",
            "90 % band",
            "in it",
        ),
        rows=[*map(_row, shown), *(_summary(found, policy) for policy in POLICIES)],
        after=_after(groups, found),
    )


def _before(groups: int, replications: int) -> str:
    return (
        f"Eight recorded weeks of a service desk (its log: scenarios/service_desk.toml): the whole desk, and each of "
        f"the {groups} groups with at least {FEWEST} tickets. Their openings are replayed. People are as many as had "
        f"{percent(MOST_OF_WORK)} of the tickets; the efforts are those of the bundled scenario times a factor that "
        "meets the mean wait of weeks 1 to 5, by what was known when they ended, and nothing else is fitted. For "
        "weeks 6 to 8 it is predicted how the number of tickets opened on a working day goes with their mean wait "
        "(rank correlation over days) and what Mondays wait longer than Wednesdays. A wait is of working hours "
        "(Monday to Friday, 8 to 18), from opening to the first state other than New, for ours until somebody "
        f"starts; whoever still waits counts with the wait so far. Bands are the middle 90 % of {replications} "
        "replications. No working day follows a holiday in weeks 6 to 8; the only one, Monday 28 March beside the "
        "four Mondays before, lies in the weeks whose mean was fitted. How the desk worked is not recorded: three "
        "policies are tried, each for itself.\n\n"
        f"*What would refute us, stated before the figures:* the band holds the recorded correlation in less than "
        f"{percent(HOLDS)} of the groups. Then hours are not validated. Thirteen days are few, so that a band may hold "
        "nearly anything; therefore the mean correlation over all groups stands beside its own band, and below the "
        "table how often the band would hold waits that are dealt to the days at random, which no queue makes."
    )


def _after(groups: Mapping[str, Tickets], found: Sequence[Prediction]) -> str:
    verdicts = " ".join(_verdict(found, policy) for policy in POLICIES)
    passed = [policy for policy in POLICIES if held(found, policy, 0) >= HOLDS]
    conclusion = "**Not refuted.**"
    if len(passed) < len(POLICIES):
        conclusion = "**Hours are not validated.** " + (CHOSEN_AFTERWARDS if passed else "")
    return f"{verdicts}\n\n{conclusion} {_as_bundled(groups)} {INSTEAD}\n\n{_unseen(groups)}"


CHOSEN_AFTERWARDS = (
    'Taken as "under at least one policy", as it was first put, the condition is kept; with the figures seen, it is read '
    "against us. That one policy passes is weak evidence: how the desk worked is not recorded, a policy that is chosen afterwards "
    "is no prediction, and its bands would hold waits dealt at random nearly as often."
)

INSTEAD = (
    "What hours the model does not explain is in the log: who is answered on the telephone waits for nobody, and the larger "
    "their share, the shorter a day's mean wait (in part by arithmetic), more surely than by few arrivals; and others wait "
    "for their user. Neither is a queue's doing, and neither is in the model. So compare policies by its hours, not "
    "its hours with a tracker's: leave to the first line (`first_line.deflect_rate`) what is settled on the telephone, and "
    "take from recorded times what waited for users."
)


def _as_bundled(groups: Mapping[str, Tickets]) -> str:
    """Return the correlation of the bundled scenario as it is, with nothing fitted, in words."""
    own = [groups[name] for name in BUNDLED]
    opened = np.concatenate([tickets.opened for tickets in own])
    touched = np.concatenate([tickets.touched for tickets in own])
    scenario = load(bundled()["service_desk"])
    words = []
    for policy in POLICIES:
        simulated = [_of_all_weeks(*touched_in(scenario, policy, n)) for n in range(BUNDLED_PATHS)]
        words.append(f"{_span(np.array(simulated), 2)} (`{policy}`)")
    return (
        f"With people and efforts as bundled and nothing fitted, over all eight weeks and the two bundled groups together, the "
        f"correlation of a day's arrivals with its mean wait is {_of_all_weeks(opened, touched):+.2f} as recorded and, in "
        f"bands of 90 %, {', '.join(words)} in the model."
    )


def _of_all_weeks(opened: Ints, touched: Floats) -> float:
    days = by_day(opened, waits(opened, touched, ALL))
    return rank_correlation(days.count, days.mean)


def _verdict(found: Sequence[Prediction], policy: str) -> str:
    """Return what the condition says of a policy, and what more there is to say."""
    own = [one for one in found if one.policy == policy]
    met = [one for one in own if one.is_fitted]
    share = held(found, policy, 0)
    observed, model = _in_all(found, policy)
    chance = float(np.mean([one.by_chance for one in met]))
    words = (
        f"`{policy}`: {'not refuted' if share >= HOLDS else '**refuted**'} ({percent(share)} of {len(met)} groups; dealt "
        f"at random it would be {percent(chance)}); the mean over groups lies "
        f"{'in' if inside(model, observed) else 'outside'} the band"
    )
    unmet = len(own) - len(met)
    return words + (f"; in {unmet} groups the mean wait cannot be met." if unmet else ".")


UNSEEN = ("at once", "awaited", "user's share")


def _unseen(groups: Mapping[str, Tickets]) -> str:
    """Return what the model does not see, group by group for those shown, and in the middle of all."""
    each = {name: beside(tickets) for name, tickets in groups.items()}
    own = pd.DataFrame([one for name, one in each.items() if name != DESK])
    lines = [
        "| what the model does not see, all eight weeks | "
        + " | ".join((DESK, *BUNDLED))
        + " | median of groups |",
        "|---|---|---|---|---|",
    ]
    words = {
        "at once": "tickets answered within five minutes, on the telephone",
        "awaited": "tickets that ever waited for their user",
        "user's share": "of the working hours until resolved: waiting for the user",
        "arrivals, wait": "correlation over days: arrivals and wait",
        "at once, wait": "share answered on the telephone and wait",
        "arrivals, at once": "arrivals and share answered on the telephone",
        "arrivals, wait of the rest": "arrivals and wait, of those not answered on the telephone",
    }
    for key, title in words.items():
        cell = percent if key in UNSEEN else "{:+.2f}".format
        shown = [cell(each[name][key]) for name in (DESK, *BUNDLED)]
        lines.append(f"| {title} | {' | '.join(shown)} | {cell(float(own[key].median()))} |")
    return "\n".join(lines)
