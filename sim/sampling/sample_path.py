"""One random future: every draw an engine could ever need, made before anything runs.

Two policies given the same path meet the same incidents, stories and sick days (common random
numbers); an engine draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.sampling.absences import Absences, sample_absences
from sim.sampling.incident_log import read_log
from sim.sampling.incidents import (
    Incidents,
    incidents,
    joined,
    no_incidents,
    random_openings,
    replayed_openings,
)
from sim.sampling.organisation import Organisation, organisation
from sim.sampling.stories import Backlog, sample_backlog
from sim.sampling.streams import Streams
from sim.scenario.schema import Scenario


@dataclass(frozen=True, eq=False)
class SamplePath:
    """A scenario and one random future of it, fixed by `seed` and `replication`."""

    scenario: Scenario
    seed: int
    replication: int
    organisation: Organisation
    incidents: Incidents
    stories: Backlog
    absences: Absences
    numbers: tuple[str, ...] = ()
    """The log's own numbers of the reported incidents, where a log is replayed."""

    def without_incidents(self) -> SamplePath:
        """The same future with nothing unplanned in it: the yardstick of delivery."""
        none = np.full(len(self.stories), -1, dtype=np.int64)
        stories = replace(self.stories, regression=none)
        return replace(self, incidents=no_incidents(), stories=stories, numbers=())


def sample_path(scenario: Scenario, seed: int = 1, replication: int = 0) -> SamplePath:
    """Draw replication number `replication` (from 0) of a scenario.

    Raises:
        ScenarioError: where the scenario replays a log that cannot be used.
    """
    org = organisation(scenario)
    streams = Streams(seed, replication)
    log = read_log(scenario)
    reported = replayed_openings(log, streams) if log else random_openings(scenario, streams)
    stories, regressions = sample_backlog(scenario, org, streams, len(reported.opened))
    return SamplePath(
        scenario=scenario,
        seed=seed,
        replication=replication,
        organisation=org,
        incidents=incidents(scenario, joined([reported, regressions])),
        stories=stories,
        absences=sample_absences(scenario, org, streams),
        numbers=log.number if log else (),
    )
