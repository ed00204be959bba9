"""Finding policies by name: in `policies/`, or offered by another installed package."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection, Mapping
from functools import cache
from importlib.metadata import entry_points

from sim.faults import nearest
from sim.policy import Policy, PolicyError

ENTRY_POINTS = "firelane.policies"
"""Entry point group in which another package names its `Policy` objects."""


@cache
def known_policies() -> dict[str, Policy]:
    """Every policy that can be named, by id: those that ship, then those of other packages."""
    package = importlib.import_module("policies")
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        policy = importlib.import_module(f"policies.{module.name}").policy
        found[policy.id] = policy
    for entry in entry_points(group=ENTRY_POINTS):
        policy = entry.load()
        found.setdefault(policy.id, policy)
    return found


def check_settings(settings: Mapping[str, Mapping[str, float]], others: Collection[str]) -> None:
    """Refuse settings (a scenario's `policies`) of a policy neither known nor among `others`.

    Raises:
        PolicyError: naming what is not known, and the nearest known.
    """
    known = [*known_policies(), *others]
    for name in settings:
        if name not in known:
            raise PolicyError(f"policies.{name}: no policy '{name}'" + nearest(name, known))


def find_policy(
    wanted: str | Policy, defaults: Mapping[str, Mapping[str, float]] | None = None
) -> Policy:
    """A policy given as an object, a name, or `name:parameter=value,…`.

    `defaults` are values by policy id (a scenario's `policies`) that take the place of the
    parameters' own defaults; the policy's name does not mention them.

    Raises:
        PolicyError: naming what is not known or out of range, and the nearest known.
    """
    if isinstance(wanted, Policy):
        return wanted
    name, _, text = wanted.partition(":")
    policies = known_policies()
    if name not in policies:
        raise PolicyError(f"no policy '{name}'" + nearest(name, list(policies)))
    settings = {}
    for item in filter(None, text.split(",")):
        key, _, value = item.partition("=")
        try:
            settings[key.strip()] = float(value)
        except ValueError:
            raise PolicyError(
                f"{wanted}: expected parameter=number after the colon (got '{item}')"
            ) from None
    return policies[name].with_defaults((defaults or {}).get(name, {})).with_settings(**settings)
