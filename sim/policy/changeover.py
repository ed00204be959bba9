"""A change from one policy to another, at the beginning of a week."""

from __future__ import annotations

from dataclasses import dataclass

from sim.policy.contract import Policy


@dataclass(frozen=True, eq=False)
class Changeover:
    """One policy until a week begins, another from then on.

    What waits in a queue is routed anew by the other, but for what is begun or committed; levels and labels
    begin anew; duty and plans change at the first planning.
    """

    before: Policy
    after: Policy
    week: int
    """Weeks that the first is in force."""

    @property
    def id(self) -> str:
        """The change's name."""
        return f"{self.before.id} to {self.after.id}"

    @property
    def label(self) -> str:
        """The two with their settings, and when."""
        return f"{self.before.label} until week {self.week}, then {self.after.label}"


Plan = Policy | Changeover
"""What is in force over a run."""


def policies_in(plan: Plan) -> tuple[Policy, ...]:
    """The policies of a plan, in the order in which they are in force."""
    return (plan.before, plan.after) if isinstance(plan, Changeover) else (plan,)
