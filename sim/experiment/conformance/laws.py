"""The laws: each looks at a policy in an organisation, and says what is wrong, or nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import cloudpickle
import numpy as np

from sim.engine import processes
from sim.engine.engines import COMPILED, PLAIN, SIMPY, engines_for, simulate
from sim.engine.model import improvements, sprints
from sim.engine.model.clock import World
from sim.engine.model.state import FREE, Developer
from sim.engine.states import Outcome
from sim.engine.trace import Event, EventType, Trace
from sim.experiment.conformance.organisations import Organisation
from sim.experiment.conformance.what_it_sees import beyond_its_views
from sim.measures.accounts import accounts_of
from sim.measures.run import run
from sim.policy.answers import answering
from sim.policy.contract import DECISIONS, PLAIN_SCRUM, Policy
from sim.policy.nondeterministic import nondeterministic
from sim.policy.parameters import IMPROVEMENTS
from sim.sampling.calendars import HOUR, WEEK
from sim.sampling.incidents import REPORTED
from sim.sampling.sample_path import SamplePath, sample_path

MOST_EVENTS = 200_000
"""Of a run: more than any of these organisations can fill with work."""

QUIET_SPRINTS = 8
"""At the end, in which nothing comes in any more: what came is to be done by then."""


@dataclass
class Seen:
    """What was seen of a policy in one organisation, computed once for all laws."""

    policy: Policy
    organisation: Organisation
    answers: dict[Any, Any] = field(default_factory=dict)
    """of all organisations: what a decision answered to what views"""

    def path(self, quiet: bool = False) -> SamplePath:
        """Return the future of the organisation; with a quiet end, after which nothing comes in."""
        own = self.organisation
        weeks = QUIET_SPRINTS * own.sprint_weeks if quiet else 0
        path = sample_path(own.scenario(weeks), own.seed, 0)
        return _without(path, own.weeks * WEEK) if quiet else path

    def trace(
        self, engine: str, policy: Policy | None = None, path: SamplePath | None = None
    ) -> Trace:
        """Return the trace of a run."""
        [trace] = simulate([(path or self.path(), policy or self.policy)], engine)
        return trace.copy()


def _without(path: SamplePath, after: int) -> SamplePath:
    """Return the same future in which nothing is reported from a moment on."""
    opened = path.incidents.opened.copy()
    late = (path.incidents.cause == REPORTED) & (opened >= after)
    opened[late] = path.organisation.horizon + HOUR
    return replace(path, incidents=replace(path.incidents, opened=opened))


Law = Callable[[Seen], str]
"""Says what is wrong; empty where nothing is."""


class Named(NamedTuple):
    """A law with its name and what it says."""

    name: str
    says: str
    law: Law


def answers_what_it_may(seen: Seen) -> str:
    """Every decision answers a whole number that it may answer."""
    try:
        trace = seen.trace(SIMPY)
    except Exception as error:  # whatever a decision raises is what is looked for
        notes = "; ".join(getattr(error, "__notes__", ()))
        return f"{type(error).__name__}: {error}" + (f" ({notes})" if notes else "")
    return "" if len(trace) <= MOST_EVENTS else f"{len(trace):,} events, and no end"


def draws_nothing(seen: Seen) -> str:
    """No decision draws random numbers or looks at a clock."""
    for name in DECISIONS:
        if found := nondeterministic(getattr(seen.policy, name)):
            return f"{name} uses {found}"
    return ""


def sees_its_views_alone(seen: Seen) -> str:
    """Decisions rest on their views, on parameters and constants: on nothing that could know the future or remember."""
    for name in DECISIONS:
        if found := beyond_its_views(getattr(seen.policy, name)):
            return found
    return ""


def engines_agree(seen: Seen) -> str:
    """All engines give the same trace."""
    wanted = seen.trace(SIMPY)
    for engine in (PLAIN, COMPILED):
        [lane] = engines_for([seen.policy], engine, extended=True)
        found = seen.trace(lane)
        if found.shape != wanted.shape or (found != wanted).any():
            at = _first_difference(wanted, found)
            return f"the {lane} engine and SimPy part at {_moment(at)}"
    return ""


def does_the_same_again(seen: Seen) -> str:
    """The same future gives the same trace again."""
    first, again = seen.trace(SIMPY), seen.trace(SIMPY)
    if first.shape == again.shape and (first == again).all():
        return ""
    return f"a second run parts from the first at {_moment(_first_difference(first, again))}"


def does_the_same_elsewhere(seen: Seen) -> str:
    """Another process gives the same trace, whatever its hashes are."""
    here = seen.trace(SIMPY)
    asked = cloudpickle.dumps((seen.policy, seen.organisation))
    for hashes in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "sim.experiment.conformance.elsewhere"],
            input=asked, capture_output=True, env=_environment(hashes),
        )  # fmt: skip
        if done.returncode:
            return f"another process cannot run it: {done.stderr.decode()[-200:]}"
        there = cloudpickle.loads(done.stdout)
        if here.shape != there.shape or (here != there).any():
            at = _first_difference(here, there)
            return f"in another process it decides otherwise, first at {_moment(at)}"
    return ""


def _environment(hashes: str) -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONHASHSEED": hashes, "PYTHONPATH": os.pathsep.join(sys.path)}


def answers_the_same_to_the_same(seen: Seen) -> str:
    """The same views get the same answer, in whatever order they are asked; `level` is the only memory."""
    told: list[str] = []

    def recorded(name: str, decision: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*views: Any) -> Any:
            found = decision(*views)
            key = (
                name,
                *(tuple(view) if isinstance(view, tuple) else str(view) for view in views[:-1]),
            )
            if seen.answers.setdefault(key, found) != found:
                told.append(f"{name} answered {seen.answers[key]}, and to the same views {found}")
            return found

        return asked

    own = {name: recorded(name, getattr(seen.policy, name)) for name in _own(seen.policy)}
    seen.trace(SIMPY, _with_decisions(seen.policy, own))
    return told[0] if told else ""


def _with_decisions(policy: Policy, decisions: dict[str, Any]) -> Policy:
    return replace(policy, **decisions)


def _own(policy: Policy) -> list[str]:
    return [name for name in DECISIONS if getattr(policy, name) is not getattr(PLAIN_SCRUM, name)]


def knows_no_future(seen: Seen) -> str:
    """What is reported later changes nothing before."""
    path = seen.path()
    half = path.organisation.horizon // 2
    whole, cut = seen.trace(SIMPY), seen.trace(SIMPY, path=_without(path, half))
    first, second = (t[t[:, Event.time] < half] for t in (whole, cut))
    if first.shape == second.shape and (first == second).all():
        return ""
    at = _first_difference(first, second)
    return f"with other incidents from {_moment_of(half)} on, it decides otherwise at {_moment(at)}"


def keeps_the_pairing(seen: Seen) -> str:
    """The same incidents are reported at the same seconds as under any other policy."""
    mine, plain = seen.trace(SIMPY), seen.trace(SIMPY, PLAIN_SCRUM)
    path = seen.path()

    def reported(trace: Trace) -> set[tuple[int, int]]:
        rows = trace[trace[:, Event.type] == EventType.OPENED]
        return {
            (own[Event.item], own[Event.time])
            for own in rows.tolist()
            if path.incidents.cause[own[Event.item]] == REPORTED
        }

    other = reported(mine) ^ reported(plain)
    return f"incident {min(other)[0]} opens otherwise than under plain Scrum" if other else ""


def hours_add_up(seen: Seen) -> str:
    """Nobody is in two places: each developer's hours add up to the hours that they work."""
    path = seen.path()
    spent = accounts_of(path, seen.trace(SIMPY)).activities.sum(axis=1)
    for developer, keeps in enumerate(path.organisation.hours.of_developer.tolist()):
        there = path.organisation.hours.calendars[keeps].worked(path.organisation.horizon)
        if spent[developer] != there:
            return (
                f"developer {developer} has {spent[developer] / HOUR:.1f} h of {there / HOUR:.1f} h"
            )
    return ""


def keeps_the_headcount(seen: Seen) -> str:
    """As many people are at work as under plain Scrum, and no longer."""
    path = seen.path()
    mine, plain = (
        accounts_of(path, trace).activities
        for trace in (seen.trace(SIMPY), seen.trace(SIMPY, PLAIN_SCRUM))
    )
    if mine.shape != plain.shape:
        return f"{len(mine)} developers instead of {len(plain)}"
    if mine.sum() > plain.sum():
        return f"{(mine.sum() - plain.sum()) / HOUR:.1f} h more are worked than there are"
    committed = _committed(seen.policy, path)
    return (
        f"{committed} sets aside less than nothing: more is planned than people can do"
        if committed
        else ""
    )


def _committed(policy: Policy, path: SamplePath) -> str:
    """Name the decision by which a team would plan more than its people can do."""
    found: list[str] = []

    def watched(name: str, decision: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*views: Any) -> Any:
            answer = decision(*views)
            if answer < 0:
                found.append(name)
            return answer

        return asked

    own = {name: watched(name, getattr(policy, name)) for name in ("reserve", "improve")}
    list(simulate([(path, _with_decisions(policy, own))], SIMPY))
    return found[0] if found else ""


def loses_no_work(seen: Seen) -> str:
    """What comes in is done in the end, once nothing else comes in."""
    path = seen.path(quiet=True)
    a = accounts_of(path, seen.trace(SIMPY, path=path))
    left = a.id[(a.outcome == Outcome.OPEN) & (path.incidents.cause[a.id] == REPORTED)]
    if not len(left) or _is_overloaded(seen):
        return ""
    weeks = QUIET_SPRINTS * seen.organisation.sprint_weeks
    return f"incident {left[0]} is still open after {weeks} weeks in which nothing came in"


def _is_overloaded(seen: Seen) -> bool:
    """Return whether plain interrupting could not do it either."""
    from sim.sampling.expected_load import load_share

    return load_share(seen.organisation.scenario()) > 1


def nobody_stands_beside_begun_work(seen: Seen) -> str:
    """Nobody who is free stands beside begun work that they may take."""
    return idle_beside_begun_work(seen.path(), seen.policy)


def idle_beside_begun_work(path: SamplePath, policy: Policy) -> str:
    """Live through a path and look around after each time that work was handed out; say who is free beside what begun
    work first, or nothing."""
    w = processes.start_processes(path, answering(policy))
    hand_out = w.dispatch
    told: list[str] = []

    def look(w: World) -> None:
        hand_out(w)
        if w.next_dispatch == w.now:
            return  # something came free while it was handed out, and is so once more
        for developer in w.developers:
            if developer.activity == FREE and not developer.ceremony_debt:
                told.extend(
                    f"developer {developer.id} is free beside {what} at {_moment_of(w.now)}"
                    for what in _begun_beside(w, developer)
                )

    w.dispatch = look
    w.run()
    return told[0] if told else ""


def _begun_beside(w: World, developer: Developer) -> Iterator[str]:
    team = w.teams[developer.team]
    for incident in team.queue:
        if incident.begun and w.policy.takes(developer.view, incident.view, w.p):
            yield f"incident {incident.id}"
    if developer.paused:
        yield f"their own story {developer.paused.id}"
    for story in team.handed_back:
        if sprints.may_pick(w, developer, story):
            yield f"story {story.id}"
    left = improvements.next_improvement(w)
    quiet = developer.on_duty and w.rules.quiet >= IMPROVEMENTS
    if left and left.begun and (quiet or (not developer.on_duty and team.improved < team.improve)):
        yield f"improvement {left.id}"


def holds_at_its_ends(seen: Seen) -> str:
    """It works with every parameter at its least and its greatest value."""
    for name, parameter in seen.policy.parameters.items():
        if not parameter.is_number:
            continue
        for end in (parameter.low, min(parameter.high, 10_000)):
            try:
                set_so = seen.policy.with_settings(**{name: end})
                seen.trace(SIMPY, set_so)
            except Exception as error:  # whatever a decision raises is what is looked for
                return f"with {name}={end:g}: {type(error).__name__}: {error}"
    return ""


CLAIM_FUTURES = 12
"""In which a claim is looked at: in a single one, more people may mean a later answer (R. L. Graham's anomalies of
scheduling, 1966)."""

BY_LUCK_HOURS, BY_LUCK = 0.25, 0.05
"""By so much an answer may come later all the same."""


def keeps_its_claim(seen: Seen) -> str:
    """Where it claims so: with one more developer in each team, incidents are answered no later on average."""
    if not seen.policy.more_people_help:
        return ""
    own = seen.organisation
    larger = replace(own, teams=tuple(size + 1 for size in own.teams))
    before, after = (_mean_answer(seen.policy, one) for one in (own, larger))
    if not after > before * (1 + BY_LUCK) + BY_LUCK_HOURS:
        return ""
    return f"with one more developer in each team an answer takes {after:.1f} h instead of {before:.1f} h"


def _mean_answer(policy: Policy, organisation: Organisation) -> float:
    """Return the mean hours to an answer; who gets none is counted to the end."""
    scenario = organisation.scenario()
    waits: list[float] = []
    for future in range(CLAIM_FUTURES):
        path = sample_path(scenario, organisation.seed, future)
        found = run(path, policy, PLAIN).incidents
        end = path.organisation.horizon / HOUR
        waits += found.response_hours.fillna(end - found.opened_hours).tolist()
    return float(np.mean(waits)) if waits else 0.0


def _first_difference(a: Trace, b: Trace) -> list[int]:
    count = min(len(a), len(b))
    apart = np.flatnonzero((a[:count] != b[:count]).any(axis=1))
    place = int(apart[0]) if len(apart) else count
    rows = a if place < len(a) else b
    return [int(own) for own in rows[min(place, len(rows) - 1)]]


def _moment(row: list[int]) -> str:
    return f"{_moment_of(row[Event.time])} ({EventType(row[Event.type]).name.lower().replace('_', ' ')})"


def _moment_of(second: int) -> str:
    day, rest = divmod(second, 24 * HOUR)
    return f"day {day + 1}, {rest // HOUR:02}:{rest % HOUR // 60:02}"


LAWS = (
    Named("nothing random", "no decision draws random numbers or looks at a clock", draws_nothing),
    Named("its views alone", "decisions rest on views, parameters and constants", sees_its_views_alone),
    Named("answers", "every decision answers what it may, and a run ends", answers_what_it_may),
    Named("the same again", "the same future gives the same trace again", does_the_same_again),
    Named("the same elsewhere", "another process gives the same trace", does_the_same_elsewhere),
    Named("the same to the same", "the same views get the same answer", answers_the_same_to_the_same),
    Named("no clairvoyance", "what comes later changes nothing before", knows_no_future),
    Named("engines", "all engines give the same trace", engines_agree),
    Named("pairing", "every policy meets the same incidents", keeps_the_pairing),
    Named("hours", "nobody is in two places, and hours add up", hours_add_up),
    Named("headcount", "no more people, hours or capacity than there are", keeps_the_headcount),
    Named("no lost work", "what comes in is done in the end", loses_no_work),
    Named("begun work", "nobody is idle beside begun work they may take", nobody_stands_beside_begun_work),
    Named("its claim", "where it claims so, more people answer no later", keeps_its_claim),
    Named("its ends", "every parameter works at both its ends", holds_at_its_ends),
)  # fmt: skip
"""In the order in which they are looked at: where one of the first three fails, the others may mean nothing."""
