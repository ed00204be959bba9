"""A result that was written as JSON tells how it was computed, so that a command can take it up again."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from sim.errors import Fault, ScenarioError
from sim.experiment.comparison import Comparison
from sim.report.provenance import provenance
from sim.scenario.of_result import is_result, read_result


@dataclass(frozen=True)
class ToldResult:
    """How a result was computed."""

    file: Path
    policies: list[str]
    replications: int
    inputs: int
    """Sets of assumptions."""
    seed: int
    figures: str
    """The digest of its figures."""

    @property
    def command(self) -> str:
        """The command line that computes the same again."""
        named = [part for policy in self.policies for part in ("--policy", policy)]
        counts = {"replications": self.replications, "inputs": self.inputs, "seed": self.seed}
        options = [part for name, count in counts.items() for part in (f"--{name}", str(count))]
        return shlex.join(["firelane", "compare", str(self.file), *named, *options])

    def tell_if_other(self, again: Comparison) -> None:
        """Say on standard error where the same futures give other figures now."""
        if provenance(again)["digests"]["figures"] != self.figures:
            print(
                f"Note: not the figures of {self.file}: those came of another version of Firelane, or "
                "of a policy or log that has changed since.",
                file=sys.stderr,
            )


def told_result(file: Path) -> ToldResult | None:
    """Return how a result was computed; None for a file that is a scenario.

    Raises:
        ScenarioError: for JSON that no comparison wrote.
    """
    if not is_result(file):
        return None
    told = read_result(file)
    try:
        return ToldResult(
            file,
            [str(one["name"]) for one in told["policies"]],
            int(told["replications"]),
            int(told["draws"]),
            int(told["seed"]),
            str(told["digests"]["figures"]),
        )
    except (KeyError, TypeError, ValueError):
        reason = "tells not how it was computed; expected what `firelane compare --json` wrote"
        raise ScenarioError(str(file), [Fault("", reason)]) from None
