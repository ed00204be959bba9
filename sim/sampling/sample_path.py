"""One random future: every draw an engine could ever need, made before anything runs.

Two policies given the same path meet the same incidents, stories and sick days (common random
numbers); an engine draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from pathlib import Path

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
from sim.sampling.path_files import arrays_of, digest_of, filled, read, write
from sim.sampling.stories import Backlog, sample_backlog
from sim.sampling.streams import Streams
from sim.scenario.reading import from_text
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

    def __repr__(self) -> str:
        return (
            f"SamplePath({self.scenario.name}: seed {self.seed}, replication {self.replication}; "
            f"{len(self.incidents):,} possible incidents, {len(self.stories):,} stories)"
        )[:499]

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p><p>digest <code>{self.digest[:16]}</code></p>"

    @cached_property
    def home_hours(self) -> Ints:
        """(N,) which calendar the home team of each incident keeps."""
        return read_only(self.organisation.hours.of_team[self.incidents.team])

    @cached_property
    def open_before(self) -> tuple[int, int]:
        """From which incident to before which they were open before anything was simulated."""
        [open_before] = np.nonzero(self.incidents.cause == OPEN_BEFORE)
        return (int(open_before[0]), int(open_before[-1]) + 1) if len(open_before) else (0, 0)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of every number of the path, in hexadecimal: the same on every machine and with every NumPy."""
        return digest_of(self._arrays)

    @property
    def _arrays(self) -> dict[str, Ints]:
        drawn = [
            *((f"incidents.{name}", own) for name, own in arrays_of(self.incidents)),
            *((f"stories.{name}", own) for name, own in arrays_of(self.stories)),
            *((f"absences.{name}", own) for name, own in arrays_of(self.absences)),
            *((f"given.{name}", own) for name, own in arrays_of(self.given)),
            ("leaves", np.ascontiguousarray(self.leaves, dtype="<i8")),
        ]
        return dict(drawn)

    def save(self, file: str | Path) -> None:
        """Write the path as a file that `SamplePath.load` reads back; the same path gives the same bytes.

        Raises:
            OSError: where it cannot be written.
        """
        head = {
            "scenario": self.scenario.to_toml(),
            "seed": self.seed,
            "replication": self.replication,
            "numbers": list(self.numbers),
            "digest": self.digest,
        }
        write(Path(file), head, self._arrays)

    @staticmethod
    def load(file: str | Path) -> SamplePath:
        """Read a path that `save` wrote, here or elsewhere.

        A scenario that replays a log needs it no more: the incidents are in the file.

        Raises:
            PathFileError: for a file that holds none, or is damaged.
            ScenarioError: where this version cannot read its scenario.
            OSError: where it cannot be read.
        """
        head, arrays = read(Path(file))
        scenario = from_text(head["scenario"].encode(), str(file))
        return SamplePath(
            scenario=scenario,
            seed=head["seed"],
            replication=head["replication"],
            organisation=organisation(scenario),
            incidents=filled(Incidents, arrays, "incidents."),
            stories=filled(Backlog, arrays, "stories."),
            absences=filled(Absences, arrays, "absences."),
            given=filled(Given, arrays, "given."),
            leaves=arrays["leaves"],
            numbers=tuple(head["numbers"]),
        )

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
