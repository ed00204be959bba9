"""A scenario and its policies laid out as numbers: all that the engine in the page begins with.

Each table is one row of 64-bit numbers under a name: those that futures are drawn from (`future.…`), those of a world
before time 0 (`world.…`), those that the ledger reads (`book.…`), those that figures are made with (`figures.…`), and
what each policy settles (`policy.0.…`). Of floating-point numbers the bits stand there. The page holds no model: what
a control changes is which numbers stand here (`sim.live.moves`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Floats, Ints
from sim.engine.futures.recipe import recipe
from sim.engine.futures.tables import ReportedKind
from sim.engine.layout import tables_of_organisation
from sim.engine.settled import numbers_of_policy
from sim.measures.book import EFFECTS, SHARES
from sim.measures.fixed_mix import regressions_by_point
from sim.measures.groups import tables_of_groups
from sim.measures.metrics import WEEKS_TO_MONTHS
from sim.policy.contract import Policy, Site
from sim.sampling.calendars import HOUR, WEEK
from sim.sampling.expected_load import support_load
from sim.sampling.incident_log import read_log
from sim.sampling.organisation import Organisation, organisation
from sim.scenario.schema import Scenario

Words = dict[str, Ints]
"""Tables by name, each as one row of 64-bit words."""

LAWS = "laws of counts."
"""How the law of weekly counts of each kind is named: it stands by itself, as only that kind's rate moves it."""


def words_of_scenario(scenario: Scenario) -> Words:
    """The tables that a scenario settles, whatever the policy."""
    org = organisation(scenario)
    found = _of_futures(scenario, org)
    found |= {f"world.{name}": _bits(table) for name, table in tables_of_organisation(org).items()}
    found |= {f"book.{name}": _bits(table) for name, table in _of_book(org).items()}
    found |= {f"figures.{name}": _bits(table) for name, table in _of_figures(scenario, org).items()}
    return found


def words_of_policy(number: int, policy: Policy, scenario: Scenario) -> Words:
    """The tables that a policy settles. Where a support team is as large as the load needs, 0 stands for that."""
    site = Site(tuple(kind.kind for kind in scenario.incidents), 0)
    places, values = numbers_of_policy(policy, len(scenario.teams))
    tables = (
        np.concatenate((places, values)),
        np.array(policy.record(site), dtype=np.int64),
    )
    return dict(zip(names_of_policy(number), tables, strict=True))


def names_of_policy(number: int) -> tuple[str, str]:
    """What a policy's tables are called: its rules, and its parameters."""
    return f"policy.{number}.rules", f"policy.{number}.p"


def sized_by(policy: Policy) -> int:
    """The place of the parameter whose 0 stands for as many people as the load needs; -1: none."""
    return policy.record_type._fields.index(policy.sized) if policy.sized else -1


def _of_futures(scenario: Scenario, org: Organisation) -> Words:
    tables = recipe(scenario, org, read_log(scenario))
    kinds, chances = tables["kinds"].copy(), tables.pop("chances")
    found = {}
    for n, row in enumerate(kinds):
        first, last = row[ReportedKind.count_from], row[ReportedKind.count_to]
        found[f"{LAWS}{n}"] = _bits(chances[first:last])
    # where each of them stands, the page finds when it puts one behind the other
    kinds[:, [ReportedKind.count_from, ReportedKind.count_to]] = 0
    tables["kinds"] = kinds
    return found | {f"future.{name}": _bits(table) for name, table in tables.items()}


def _of_book(org: Organisation) -> dict[str, Any]:
    return {
        "hours": org.hours.intervals,
        "calendars": org.hours.spans,
        "keeps": org.hours.of_developer,
        "worth": org.improvement_worth,
        "promises": org.promises,
        "effects": EFFECTS,
        "shares": SHARES,
        **tables_of_groups(org),
    }


def _of_figures(scenario: Scenario, org: Organisation) -> dict[str, Any]:
    time, stories, money = scenario.time, scenario.stories, scenario.money
    length, has_stories = time.sprint_weeks * WEEK, stories is not None
    first, last = -(-org.warmup // length), org.horizon // length
    measured = slice(first, last if has_stories else first)
    held = np.asarray(org.plannings[:, :-1] < org.plannings[:, 1:])[:, measured]
    weeks = (org.horizon - org.warmup) / WEEK
    load = support_load(scenario, org)
    point = stories.hours_per_point * stories.error.mean() * HOUR if stories else np.nan
    priced = money is not None and not any(kind.due for kind in scenario.incidents)
    return {
        "measured": np.array([first, measured.stop, int(held.sum()), org.sprint_count, org.goal]),
        "sizes": np.array([org.developers, org.teams, len(org.severity), org.departures]),
        "of_team": org.hours.of_team,
        "spans": np.array(
            [org.warmup, org.horizon, time.horizon_weeks, int(scenario.steady_state)]
        ),
        "reals": np.array([point, weeks, weeks * WEEKS_TO_MONTHS]),
        "regressions": regressions_by_point(scenario),
        "money": np.array([money.point_value, money.night_call]) if money and priced else _none(),
        "costs": np.array([kind.cost_per_open_hour for kind in scenario.incidents], dtype=float),
        "penalties": np.array([kind.penalty for kind in scenario.incidents], dtype=float),
        **{f"support_{name}": table for name, table in load._asdict().items()},
    }


def _none() -> Floats:
    return np.empty(0, dtype=np.float64)


def _bits(table: Any) -> Ints:
    """A table as one row of 64-bit words; of floating-point numbers, their bits."""
    flat = np.ascontiguousarray(table).ravel()
    if flat.dtype == np.float64:
        return flat.view(np.int64)
    return flat.astype(np.int64)
