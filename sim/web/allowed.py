"""A visitor may change what the page itself offers to change of a scenario, and no file's name.

Whoever can open the page can type any address. So a key is taken only where a slider, a lever, an axis of
the map or a question sets it, however it is spelt; the list is made from these and stands nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.policy.contract import Policy
from sim.scenario.overrides import parts_of, plain
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import LOG
from sim.web.sliders import WEEKS, axes, controls

MONEY = "money"
"""What names a price where the scenario has none."""


def offered(scenario: Scenario, policies: Sequence[Policy]) -> list[str]:
    """Return the keys that the page offers to change."""
    moved = [_of_all(one["key"]) for one in [*controls(scenario, policies), *axes(scenario)]]
    priced = [] if scenario.money else [MONEY]
    pulled = [key for lever in scenario.levers for key in lever.set]
    return [
        key for key in dict.fromkeys([*moved, WEEKS, *priced, *pulled]) if not _names_a_file(key)
    ]


def _of_all(key: str) -> str:
    """Return the key of every kind or team, where one of them is meant."""
    first, *rest = parts_of(key)
    return ".".join((first, "*", *rest[1:])) if first in ("incidents", "teams") else key


def refusals(keys: Iterable[str], allowed: Sequence[str]) -> list[str]:
    """Say why keys are not taken: a sentence each, the last with those that are, which are
    `allowed`."""
    refused = [
        f"{key[:80]}: this page does not change it"
        for key in dict.fromkeys(keys)
        if _names_a_file(key) or not any(_is_one_of(key, one) for one in allowed)
    ]
    return [*refused[:-1], *(f"{one}; it changes {', '.join(allowed)}" for one in refused[-1:])]


def _names_a_file(key: str) -> bool:
    return parts_of(key)[0] in (LOG, "*")


def _is_one_of(key: str, allowed: str) -> bool:
    """Return whether a key is an allowed one, or one of those that an allowed one with `*`
    means."""
    parts, wanted = parts_of(key), parts_of(allowed)
    return len(parts) == len(wanted) and all(
        may == "*" or plain(part) == plain(may) for part, may in zip(parts, wanted, strict=True)
    )
