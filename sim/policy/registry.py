"""Finding policies by name: in `policies/`, offered by another installed package, or in a file."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from sim.errors import nearest
from sim.policy.contract import Policy, PolicyError
from sim.scenario.schema import Scenario

BUNDLED = "firelane.policies"
"""The package of the policies that ship: never one that is called `policies` in the working folder."""

ENTRY_POINTS = "firelane.policies"
"""Entry point group in which another package names its `Policy` objects."""


@cache
def known_policies() -> dict[str, Policy]:
    """Every policy that can be named, by id: those that ship, then those of other packages."""
    package = importlib.import_module(BUNDLED)
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        home = importlib.import_module(f"{BUNDLED}.{module.name}")
        policy = home.policy
        if not policy.about:  # Python was told to leave docstrings out
            told = ast.get_docstring(ast.parse(Path(str(home.__file__)).read_text("utf-8")))
            policy = replace(policy, about=told or "")
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
    """Find a policy given as an object, a name, or `name:parameter=value,…`.

    `defaults` are values by policy id (a scenario's `policies`) that take the place of the
    parameters' own defaults; the policy's name does not mention them.

    Raises:
        PolicyError: naming what is not known or out of range, and the nearest known.
    """
    if isinstance(wanted, Policy):
        return wanted.with_defaults((defaults or {}).get(wanted.id, {}))
    if not isinstance(wanted, str):
        raise PolicyError(f"a policy is a name or a Policy (got {wanted!r})")
    name, _, text = wanted.partition(":")
    policies = known_policies()
    if name not in policies:
        raise PolicyError(f"no policy '{name}'" + nearest(name, list(policies)))
    return (
        policies[name]
        .with_defaults((defaults or {}).get(name, {}))
        .with_settings(**_settings(wanted, text))
    )


def _settings(wanted: str, text: str) -> dict[str, float]:
    settings = {}
    for item in filter(None, text.split(",")):
        key, _, value = item.partition("=")
        try:
            settings[key.strip()] = float(value)
        except ValueError:
            raise PolicyError(
                f"{wanted}: expected parameter=number after the colon (got '{item}')"
            ) from None
    return settings


def from_file(wanted: str) -> str | Policy:
    """The policy in a Python file that is named, `FILE.py` or `FILE.py:parameter=value,…`; any
    other text is returned as it is. The file is run: only for names that the one at the keyboard
    gave.

    Raises:
        PolicyError: for a file that is not there, cannot be run, or holds no policy or several.
    """
    file, ending, text = wanted.partition(".py")
    if not ending or (text and not text.startswith(":")):
        return wanted
    file += ending
    found = replace(_in_file(file), file=file)
    return found.with_settings(**_settings(wanted, text.removeprefix(":")))


def _in_file(file: str) -> Policy:
    if not Path(file).is_file():
        raise PolicyError(f"{file}: there is no such file")
    spec = spec_from_file_location(Path(file).stem, file)
    assert spec is not None
    assert spec.loader is not None
    # Not among the imported modules: so other processes are sent its functions, not its name.
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise PolicyError(f"{file}: cannot be run: {type(error).__name__}: {error}") from None
    found = {p.id: p for p in vars(module).values() if isinstance(p, Policy)}
    if isinstance(named := getattr(module, "policy", None), Policy):
        return named
    if len(found) == 1:
        return found.popitem()[1]
    several = f"has several policies ({', '.join(found)})" if found else "has no policy"
    raise PolicyError(f"{file}: {several}; give the one that is meant the name `policy`")


def chosen_policies(
    scenario: Scenario, wanted: Sequence[str | Policy] | None
) -> tuple[Policy, ...]:
    """Find policies by name or as objects; every known one if None.

    Raises:
        PolicyError: for one that is not known, misused, or named twice.
    """
    names = list(known_policies()) if wanted is None else wanted
    policies = tuple(find_policy(name, scenario.policies) for name in names)
    check_settings(scenario.policies, [policy.id for policy in policies])
    if not policies:
        raise PolicyError("name at least one policy")
    labels = [policy.label for policy in policies]
    for label in labels:
        if labels.count(label) > 1:
            raise PolicyError(f"policy '{label}' is given twice; names and settings must differ")
    return policies
