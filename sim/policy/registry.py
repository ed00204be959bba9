"""Finding policies by name: in `policies/`, offered by another installed package, or in a file."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from sim.errors import nearest
from sim.policy.composed import composed
from sim.policy.contract import Policy
from sim.policy.parameters import PolicyError, Value
from sim.scenario.compositions import Composition
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


Written = Mapping[str, "Mapping[str, Value] | Composition"]
"""A scenario's `policies`: what it sets of policies by their ids, and policies of its own."""


def policies_of(written: Written) -> dict[str, Policy]:
    """Every policy that can be named in a scenario: the known ones, as they are, then its own.

    Raises:
        PolicyError: for one of its own that has the name of a known one, or sets what cannot be.
    """
    found = dict(known_policies())
    for name, table in written.items():
        if isinstance(table, Composition):
            if name in known_policies():
                raise PolicyError(
                    f"policies.{name}: a policy of this name ships; give yours another name"
                )
            found[name] = composed(name, table)
    return found


def check_settings(written: Written, others: Collection[str]) -> None:
    """Refuse settings (a scenario's `policies`) of a policy neither known nor among `others`.

    Raises:
        PolicyError: naming what is not known, and the nearest known.
    """
    known = [*policies_of(written), *others]
    for name in written:
        if name not in known:
            raise PolicyError(f"policies.{name}: no policy '{name}'" + nearest(name, known))


def find_policy(wanted: str | Policy, written: Written | None = None) -> Policy:
    """Find a policy given as an object, a name, or `name:parameter=value,…`.

    Args:
        wanted: the policy, or the words that name it.
        written: a scenario's `policies`: policies of its own, and values by policy id that take the place
            of the parameters' own defaults; the policy's name does not mention them.

    Raises:
        PolicyError: naming what is not known or out of range, and the nearest known.
    """
    written = written or {}
    if isinstance(wanted, Policy):
        return wanted.with_defaults(_set_of(written, wanted.id))
    if not isinstance(wanted, str):
        raise PolicyError(f"a policy is a name or a Policy (got {wanted!r})")
    name, _, text = wanted.partition(":")
    policies = policies_of(written)
    if name not in policies:
        raise PolicyError(f"no policy '{name}'" + nearest(name, list(policies)))
    policy = policies[name].with_defaults(_set_of(written, name))
    return policy.with_settings(**_settings(policy, wanted, text))


def policy_in(scenario: Scenario, wanted: str | Policy) -> Policy:
    """Find a policy as a scenario sets it: by its `policies`, and with its share for improvements.

    Raises:
        PolicyError: for one that is not known, or is misused.
    """
    found = find_policy(wanted, scenario.policies)
    table = scenario.policies.get(found.id, {})
    named = table.set if isinstance(table, Composition) else table
    if "improvement_share" not in named:
        found = found.with_defaults({"improvement_share": scenario.sprints.improvement_share})
    found.check_kinds([kind.kind for kind in scenario.incidents])
    return found


def _set_of(written: Written, name: str) -> Mapping[str, Value]:
    table = written.get(name, {})
    return {} if isinstance(table, Composition) else table


_BETWEEN = re.compile(r",(?=\s*\w+\s*=)")
"""A comma before the next parameter; a kind's name may hold others."""


def _settings(policy: Policy, wanted: str, text: str) -> dict[str, Value]:
    settings: dict[str, Value] = {}
    for item in filter(None, _BETWEEN.split(text.strip().rstrip(","))):
        key, equals, value = (part.strip() for part in item.partition("="))
        parameter = policy.parameters.get(key)
        if parameter is not None and not parameter.is_number and equals:
            settings[key] = value
            continue
        try:
            settings[key] = float(value)
        except ValueError:
            right = "parameter=value" if parameter is None else "parameter=number"
            raise PolicyError(
                f"{wanted}: expected {right} after the colon (got '{item}')"
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
    return found.with_settings(**_settings(found, wanted, text.removeprefix(":")))


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
    """Find policies by name or as objects; every known one, and the scenario's own, if None.

    Raises:
        PolicyError: for one that is not known, misused, or named twice.
    """
    names = list(policies_of(scenario.policies)) if wanted is None else wanted
    policies = tuple(policy_in(scenario, name) for name in names)
    check_settings(scenario.policies, [policy.id for policy in policies])
    if not policies:
        raise PolicyError("name at least one policy")
    labels = [policy.label for policy in policies]
    for label in labels:
        if labels.count(label) > 1:
            raise PolicyError(f"policy '{label}' is given twice; names and settings must differ")
    return policies
