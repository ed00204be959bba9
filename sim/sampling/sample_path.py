"""One random future: every draw an engine could ever need, made before anything runs.

Two policies given the same path meet the same incidents, stories and sick days (common random
numbers); an engine draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.arrays import Ints, read_only
from sim.sampling.absences import Absences, sample_absences
from sim.sampling.incident_log import read_log
from sim.sampling.incidents import (
    OPEN_BEFORE,
    Incidents,
    incidents,
    joined,
    no_incidents,
    random_openings,
    replayed_openings,
)
from sim.sampling.injected import Given, none_given, with_given
from sim.sampling.organisation import MILLION, Organisation, organisation
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
    given: Given
    """Of the incidents, those that were not drawn."""
    leaves: Ints
    """(D, S) per million: who leaves for good when a sprint is planned, where this is less than the chance;
    none where nobody ever leaves."""
    numbers: tuple[str, ...] = ()
    """The log's own numbers of the reported incidents, where a log is replayed."""

    @cached_property
    def home_hours(self) -> Ints:
        """(N,) which calendar the home team of each incident keeps."""
        return read_only(self.organisation.hours.of_team[self.incidents.team])

    @cached_property
    def open_before(self) -> tuple[int, int]:
        """From which incident to before which they were open before anything was simulated."""
        [open_before] = np.nonzero(self.incidents.cause == OPEN_BEFORE)
        return (int(open_before[0]), int(open_before[-1]) + 1) if len(open_before) else (0, 0)

    def without_incidents(self) -> SamplePath:
        """The same future with nothing unplanned in it: the yardstick of delivery."""
        none = np.full(len(self.stories), -1, dtype=np.int64)
        stories = replace(self.stories, regression=none)
        return replace(
            self, incidents=no_incidents(), stories=stories, given=none_given(0), numbers=()
        )


def sample_path(scenario: Scenario, seed: int = 1, replication: int = 0) -> SamplePath:
    """Draw replication number `replication` (from 0) of a scenario.

    Raises:
        ScenarioError: where the scenario replays a log that cannot be used.
    """
    org = organisation(scenario)
    streams = Streams(seed, replication)
    log = read_log(scenario)
    reported = replayed_openings(log, streams) if log else random_openings(scenario, streams)
    reported = reported.since(org.begins)
    stories, regressions = sample_backlog(scenario, org, streams, len(reported.opened))
    drawn = incidents(scenario, joined([reported, regressions]))
    unplanned, given = with_given(scenario, org, streams, drawn)
    return SamplePath(
        scenario=scenario,
        seed=seed,
        replication=replication,
        organisation=org,
        incidents=unplanned,
        stories=stories,
        absences=sample_absences(scenario, org, streams),
        given=given,
        leaves=_departures(org, streams),
        numbers=log.number if log else (),
    )


def _departures(org: Organisation, streams: Streams) -> Ints:
    """Draw, for each sprint, whether a person leaves for good when it is planned."""
    if org.departures == 0:
        return np.empty((0, org.sprint_count), dtype=np.int64)
    u = streams.named("departures").random((org.developers, org.sprint_count))
    return (u * MILLION).astype(np.int64)
