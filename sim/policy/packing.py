"""A study for other processes: policies written at a prompt or in files of one's own go along whole.

What a decision reaches in modules of one's own goes by value, too: another process, or machine, may have
another text of them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import FunctionType, ModuleType
from typing import Any

import cloudpickle

from sim.policy.contract import DECISIONS, Policy
from sim.policy.fingerprint import is_installed
from sim.policy.in_python import in_python, names_of, text_behind
from sim.policy.parameters import PolicyError

_OURS = ("sim", "firelane", "__main__", "__mp_main__")


def sent_along(policy: Policy) -> Policy:
    """The policy with the Python text of what numba, or a cache, made of its functions."""
    sent = copy.copy(policy)
    for name in DECISIONS:
        object.__setattr__(sent, name, in_python(getattr(policy, name)))
    return sent


def packed(study: Any, policies: tuple[Policy, ...]) -> bytes:
    """Pack anything with these policies in it into bytes.

    Raises:
        PolicyError: naming a policy that holds what cannot be sent.
    """
    reached = {
        module.__name__: module
        for policy in policies
        for name in DECISIONS
        for module in _modules_of(getattr(policy, name), set())
    }
    with ExitStack() as stack:
        for module in reached.values():
            if module.__name__ not in cloudpickle.list_registry_pickle_by_value():
                cloudpickle.register_pickle_by_value(module)
                stack.callback(cloudpickle.unregister_pickle_by_value, module)
        try:
            whole: bytes = cloudpickle.dumps(study)
        except Exception as error:
            raise PolicyError(
                f"{_culprit(policies)}: cannot be sent to other processes, as it holds something that "
                f"no other has: {error}"
            ) from None
    return whole


def _culprit(policies: tuple[Policy, ...]) -> str:
    for policy in policies:
        try:
            cloudpickle.dumps(policy)
        except Exception:
            return policy.label
    return ", ".join(policy.label for policy in policies)


def _modules_of(value: Callable[..., Any], seen: set[int]) -> Iterator[ModuleType]:
    """The modules of somebody's own that a decision reaches by its names."""
    function = text_behind(value) or getattr(value, "__func__", value)
    if not isinstance(function, FunctionType) or id(function) in seen:
        return
    seen.add(id(function))
    for name in set(names_of(function.__code__)):
        reached = function.__globals__.get(name)
        if isinstance(reached, ModuleType):
            if _is_own(reached):
                yield reached
                for part in names_of(function.__code__):
                    yield from _modules_of(getattr(reached, part, None), seen)  # type: ignore[arg-type]
        elif isinstance(reached, FunctionType) or text_behind(reached) is not None:
            yield from _modules_of(reached, seen)  # type: ignore[arg-type]


def _is_own(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    ours = module.__name__.partition(".")[0] in _OURS
    standard = getattr(module, "__spec__", None) is not None and not file
    return not (ours or standard or (file and is_installed(file)))
