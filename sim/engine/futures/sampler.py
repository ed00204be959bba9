"""Sample paths drawn by machine code where there is a compiler, and by `sim.sampling` where there is none."""

from __future__ import annotations

import threading
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np

import sim.sampling.incidents
import sim.sampling.organisation
from sim.arrays import Ints, read_only
from sim.engine.compiled.compiling import LoopOfTables, compiled_where_possible, no_compiler
from sim.engine.futures import absences, arithmetic, drawing, incidents, luck, quantiles, stories
from sim.engine.futures import tables as t
from sim.engine.futures.recipe import recipe
from sim.engine.rows import Arrays
from sim.sampling import calendars
from sim.sampling.absences import Absences
from sim.sampling.incident_log import read_log
from sim.sampling.incidents import MARKS, Incidents
from sim.sampling.injected import with_given
from sim.sampling.organisation import organisation
from sim.sampling.sample_path import SamplePath, sample_path
from sim.sampling.stories import Backlog, put_in_front
from sim.sampling.streams import Streams
from sim.scenario.schema import Scenario

MOST_SEED, MOST_REPLICATION = 1 << 63, 1 << 32
"""Beyond, numbers are spread over more words, and NumPy draws."""

MOST_KEPT = 1 << 22
"""Numbers that a sampler may hold to be kept for the next replication: 32 MB."""

OF_INCIDENTS = [field.name for field in fields(Incidents)]
OF_STORIES = ["points", "estimate", "effort", "regression", "uniform"]
OF_SPELLS = ["developer", "leaves", "returns"]


def future(scenario: Scenario, seed: int, replication: int) -> SamplePath:
    """The sample path that `sim.sampling.sample_path` draws, drawn as fast as can be here.

    Raises:
        ScenarioError: where the scenario replays a log that cannot be used.
    """
    in_words = 0 <= seed < MOST_SEED and 0 <= replication < MOST_REPLICATION
    if no_compiler() or not in_words or not loop().is_compiled:
        return sample_path(scenario, seed, replication)
    sampler = _sampler_of(scenario)
    path = sampler.draw(seed, replication)
    if (
        sampler.size > MOST_KEPT
    ):  # as large as what is to be lived through: it goes before that begins
        del _kept_samplers()[id(scenario)]
    return path


def warm() -> None:
    """Compile ahead what is needed, where there is numba."""
    if not no_compiler():
        loop()


@cache
def loop() -> LoopOfTables:
    """What draws, compiled where there is numba."""
    return compiled_where_possible(
        drawing.draw, t.Future, arithmetic, luck, t, quantiles, calendars, sim.sampling.organisation,
        sim.sampling.incidents, incidents, stories, absences,
    )  # fmt: skip


class Sampler:
    """Draws the futures of a scenario, one after the other, in the same memory."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self._organisation = scenario, organisation(scenario)
        self._log = read_log(scenario)
        self._recipe = recipe(scenario, self._organisation, self._log)
        drafts = _drafts(self._recipe, len(self._log.opened) if self._log else 0)
        self._make_room(drafts, int(self._recipe["planners"][:, t.PlanningTeam.stories].sum()))

    def draw(self, seed: int, replication: int) -> SamplePath:
        """Draw a replication."""
        w = self._tables
        w.wanted[:] = seed, replication
        while True:
            self._run()
            if not w.drawn[t.Drawn.full]:
                break
            self._make_room(2 * len(w.draft_opened), 2 * len(w.story_points))
            w = self._tables
            w.wanted[:] = seed, replication
        return self._path(w, seed, replication)

    @property
    def size(self) -> int:
        """The numbers that it holds."""
        return int(self._incidents.size + self._stories.size + len(self._tables.marks))

    def _make_room(self, drafts: int, stories: int) -> None:
        org, scene = self._organisation, self._recipe["scene"]
        planners = self._recipe["planners"]
        people = planners[:, t.PlanningTeam.last] - planners[:, t.PlanningTeam.first]
        each = planners[:, t.PlanningTeam.sick_draws] + scene[t.Scene.away]
        self._incidents = _room(len(OF_INCIDENTS), 2 * drafts)
        self._stories = _room(len(OF_STORIES), stories)
        self._spells = _room(
            len(OF_SPELLS), int((people * each).sum()) + len(self._recipe["known"])
        )
        leaves = org.developers * org.sprint_count if org.departures else 0
        drawn = dict(zip(OF_INCIDENTS, self._incidents, strict=True))
        drawn |= {f"story_{name}": row for name, row in zip(OF_STORIES, self._stories, strict=True)}
        drawn |= {f"spell_{name}": row for name, row in zip(OF_SPELLS, self._spells, strict=True)}
        self._tables: Arrays = t.Future(
            **self._recipe,
            **drawn,
            wanted=_room(t.Wanted.WIDTH),
            streams=_room(5, luck.StreamRow.WIDTH),
            pool=_room(luck.WORDS),
            busy=_real_room(2 * t.DAYS),
            marks=_real_room(MARKS * drafts),
            draft_opened=_room(drafts),
            draft_kind=_room(drafts),
            draft_team=_room(drafts),
            draft_after=_room(drafts),
            order=_room(drafts),
            places=_room(drafts + 1),
            weeks_drawn=_real_room(int(scene[t.Scene.weeks])),
            drawn=_room(t.Drawn.WIDTH),
            stories_from=_room(org.teams + 1),
            leaves=_room(leaves),
        )
        self._run = loop().on(self._tables)

    def _path(self, w: Arrays, seed: int, replication: int) -> SamplePath:
        org, drawn = self._organisation, w.drawn
        possible, told = int(drawn[t.Drawn.possible]), int(drawn[t.Drawn.stories])
        spells = self._spells[:, : drawn[t.Drawn.spells]].copy()
        columns = self._incidents[:, :possible].copy()
        backlog = Backlog(w.stories_from.copy(), *self._stories[:, :told].copy())
        put_in_front(self.scenario, _by_team(backlog))
        for name in ("first", *OF_STORIES):
            read_only(getattr(backlog, name))
        unplanned, given = with_given(
            self.scenario, org, Streams(seed, replication), Incidents(*map(read_only, columns))
        )
        return SamplePath(
            scenario=self.scenario,
            seed=seed,
            replication=replication,
            organisation=org,
            incidents=unplanned,
            stories=backlog,
            absences=Absences(*map(read_only, spells)),
            given=given,
            leaves=read_only(w.leaves.copy().reshape(-1, org.sprint_count)),
            numbers=self._log.number if self._log else (),
        )


def _room(*shape: int) -> Any:
    return np.empty(shape, dtype=np.int64)


def _real_room(size: int) -> Any:
    return np.empty(size, dtype=np.float64)


def _drafts(tables: dict[str, Any], logged: int) -> int:
    """The incidents that there is likely to be room for: twice as many as are expected, and some."""
    kinds, chances, most = tables["kinds"], tables["chances"], 0.0
    for row in kinds:
        law = chances[row[t.ReportedKind.count_from] : row[t.ReportedKind.count_to]]
        middle = int(np.searchsorted(law, 0.5)) + int(row[t.ReportedKind.least])
        most += middle * int(tables["scene"][t.Scene.weeks])
    stories = tables["planners"][:, t.PlanningTeam.stories].sum()
    broken = stories * tables["scene"][t.Scene.breaks] / 1_000_000
    return int(2 * (most + broken)) + logged + 512


def _by_team(backlog: Backlog) -> list[tuple[Ints, Ints, Ints]]:
    """The points, estimates and efforts of each team's stories, which may be written to."""
    edges = backlog.first[1:-1]
    columns = (np.split(getattr(backlog, name), edges) for name in ("points", "estimate", "effort"))
    return [*zip(*columns, strict=True)]


_thread = threading.local()
"""A sampler is used by one thread: what it draws in is written to again and again."""

_KEPT = 4


def _kept_samplers() -> dict[int, Sampler]:
    """The samplers of this thread, by the ids of their scenarios."""
    known: dict[int, Sampler] = _thread.__dict__.setdefault("samplers", {})
    return known


def _sampler_of(scenario: Scenario) -> Sampler:
    known = _kept_samplers()
    found = known.get(id(scenario))
    if found is None or found.scenario is not scenario:
        while len(known) >= _KEPT:
            del known[next(iter(known))]
        found = known[id(scenario)] = Sampler(scenario)
    return found
