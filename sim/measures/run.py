"""One run: a sample path lived through under a policy, and the tables of what happened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

from sim.engine.engines import DEFAULT_ENGINE, engines_for, simulate
from sim.engine.rules import needs_extensions
from sim.engine.trace import Trace
from sim.measures.accounts import OUTCOMES, Accounts, accounts_of
from sim.policy.contract import Policy
from sim.policy.registry import policy_in
from sim.sampling.sample_path import SamplePath

if TYPE_CHECKING:
    import pandas as pd


def run(path: SamplePath, policy: str | Policy, engine: str = DEFAULT_ENGINE) -> Run:
    """Live through a sample path under a policy; the same arguments give the same run.

    Args:
        path: from `sample_path`.
        policy: a name, `name:parameter=value,…`, or a `Policy`.
        engine: one of `sim.engine.engines.ENGINES`.

    Raises:
        PolicyError: for a policy that is not known, or a decision that answers nonsense.
        EngineError: for an engine that is not known.
    """
    chosen = policy_in(path.scenario, policy)
    [engine] = engines_for([chosen], engine, extended=needs_extensions(path.scenario))
    [trace] = simulate([(path, chosen)], engine)
    return Run(path, chosen, engine, trace.copy())


@dataclass(frozen=True, eq=False)
class Run:
    """A run and what happened in it. Tables are made when first asked for, as `sim.measures.frames`
    describes them."""

    path: SamplePath
    policy: Policy
    engine: str
    events: Trace
    """(E, 6) the trace in whole numbers; `trace` is the same with words."""

    def __repr__(self) -> str:
        path = self.path
        return (
            f"Run({path.scenario.name}: {self.policy.label}; seed {path.seed}, replication {path.replication}, "
            f"{len(self.events):,} events)"
        )[:499]

    def _repr_html_(self) -> str:
        ends = Counter(OUTCOMES[n] for n in self.accounts.outcome.tolist())
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{count:,}</td></tr>" for name, count in ends.items()
        )
        return f"<p>{escape(repr(self))}</p><table><caption>Incidents</caption>{rows}</table>"

    @cached_property
    def accounts(self) -> Accounts:
        """The accounts of everything over the whole horizon, in seconds."""
        return accounts_of(self.path, self.events)

    @cached_property
    def regret(self) -> pd.DataFrame:
        """How far the run is from the best that anybody could have done, known from the end (`sim.measures.hindsight`).

        A row for each figure: `figure`, `group`, `value`, `bound`, `regret` (hours later than need be, or points fewer than
        can be); answers of reported incidents over the whole horizon, and points of all teams.
        """
        import pandas as pd

        from sim.measures.hindsight import distances

        return pd.DataFrame(
            [{**vars(own), "regret": own.regret} for own in distances(self.path, self.accounts)]
        )

    @cached_property
    def trace(self) -> pd.DataFrame:
        """The table of every event in order: time_hours, event, item, developer, team, value."""
        from sim.measures import frames  # loading pandas takes a third of a second

        return frames.events(self.events)

    @cached_property
    def incidents(self) -> pd.DataFrame:
        """The table of every incident that opened, a row each; hours, NaN where it has not come to
        that."""
        from sim.measures import frames

        return frames.incidents(self.path, self.accounts)

    @cached_property
    def stories(self) -> pd.DataFrame:
        """The table of every story that was committed or pulled, a row each."""
        from sim.measures import frames

        return frames.stories(self.path, self.accounts)

    @cached_property
    def sprints(self) -> pd.DataFrame:
        """The table of every team's every planned sprint, a row each."""
        from sim.measures import frames

        return frames.sprints(self.path, self.accounts)

    @cached_property
    def developers(self) -> pd.DataFrame:
        """The table of every developer's working hours over the whole horizon, by activity."""
        from sim.measures import frames

        return frames.developers(self.path, self.accounts)
