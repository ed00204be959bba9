"""A policy is held against every law in random organisations; what breaks one is made as small as it can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sim.experiment.conformance.laws import LAWS, Named, Seen
from sim.experiment.conformance.organisations import Organisation, organisations
from sim.policy.contract import Policy

CASES = 6
"""Organisations in which each law is looked at."""

ONCE = ("nothing random", "its views alone")
"""Laws of the decisions' text, which no organisation changes."""

IN_FEW = ("the same elsewhere", "its ends")
"""Laws that take a while, and are looked at in one organisation."""

FIRST = ("nothing random", "its views alone", "answers")
"""Where one of them is broken, the others are not looked at."""


@dataclass(frozen=True)
class Broken:
    """A law that a policy breaks, and the smallest organisation in which it was found to."""

    law: Named
    why: str
    organisation: Organisation


@dataclass(frozen=True)
class Conformance:
    """What came of holding a policy against the laws."""

    policy: Policy
    kept: tuple[Named, ...]
    broken: tuple[Broken, ...]
    not_looked_at: tuple[Named, ...]

    @property
    def is_kept(self) -> bool:
        """Whether every law is kept."""
        return not self.broken


def check(
    policy: Policy, cases: int = CASES, progress: Callable[[int], None] | None = None
) -> Conformance:
    """Hold a policy against every law.

    Args:
        policy: any.
        cases: organisations in which each law is looked at; more find more.
        progress: called with the number of laws done.
    """
    kept: list[Named] = []
    broken: list[Broken] = []
    skipped: list[Named] = []
    answers: dict[object, object] = {}
    tried = organisations(max(cases, 4))[:cases]
    for n, law in enumerate(LAWS):
        if any(own.law.name in FIRST for own in broken):
            skipped.append(law)
            continue
        few = tried[:1] if law.name in ONCE else tried[1:2] if law.name in IN_FEW else tried
        found = next(filter(None, (_broken(policy, law, own, answers) for own in few)), None)
        if found is None:
            kept.append(law)
        else:
            broken.append(_smallest(policy, found))
        if progress is not None:
            progress(n + 1)
    return Conformance(policy, tuple(kept), tuple(broken), tuple(skipped))


def _broken(
    policy: Policy, law: Named, organisation: Organisation, answers: dict[object, object]
) -> Broken | None:
    why = law.law(Seen(policy, organisation, answers))
    return Broken(law, why, organisation) if why else None


def _smallest(policy: Policy, found: Broken) -> Broken:
    """Return the law's breach in the smallest organisation that can be reached step by step."""
    if found.law.name in ONCE:
        return found
    while True:
        for smaller in found.organisation.smaller():
            if (again := _broken(policy, found.law, smaller, {})) is not None:
                found = replace(again, law=found.law)
                break
        else:
            return found
