"""Policies that do not ship, as a report records them: the text of their decisions, and its hash."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Sequence

from sim.policy.composed import ComposedPolicy
from sim.policy.contract import DECISIONS, PLAIN_SCRUM, Policy
from sim.policy.fingerprint import described
from sim.policy.registry import known_policies
from sim.report.document import Listing


def own(policies: Sequence[Policy]) -> list[Policy]:
    """Return the policies whose decisions are in no module of `policies/` and no other package."""
    known = known_policies()
    return [
        p
        for p in policies
        if not isinstance(p, ComposedPolicy)  # a table of the scenario, which is recorded whole
        and (p.id not in known or _code(p) != _code(known[p.id]))
    ]


def hashes(policies: Sequence[Policy]) -> list[tuple[str, str]]:
    """Return the name and the SHA-256 hash of each own policy's decisions and what they refer
    to."""
    return [
        (
            f"SHA-256 of the decisions of {policy.label}",
            hashlib.sha256(repr(_code(policy)).encode()).hexdigest(),
        )
        for policy in own(policies)
    ]


def listings(policies: Sequence[Policy]) -> list[Listing]:
    """Return the decisions of each own policy, as they were written.

    They are left out where the text is not to be had, as of functions typed at a prompt.
    """
    return [
        Listing(text, f"The decisions of {policy.label} (Python)")
        for policy in own(policies)
        if (text := "\n\n".join(filter(None, (_text(policy, name) for name in DECISIONS))))
    ]


def _code(policy: Policy) -> tuple[object, ...]:
    return tuple(described(getattr(policy, name)) for name in DECISIONS)


def _text(policy: Policy, decision: str) -> str:
    function = getattr(policy, decision)
    if function is getattr(PLAIN_SCRUM, decision):
        return ""
    try:
        return inspect.getsource(getattr(function, "py_func", function)).rstrip()
    except (OSError, TypeError):
        return ""
