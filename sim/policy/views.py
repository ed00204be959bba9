"""What a decision may know: small read-only views of whole numbers."""

from __future__ import annotations

from typing import NamedTuple

LATER = 1 << 40
"""A moment that no run reaches: what is due then is due never."""

HISTORY = 20
"""Past sprints that a view remembers."""


class DeveloperView(NamedTuple):
    """What a decision may know of a developer."""

    id: int
    team: int
    """Home team."""
    seat: int
    """Position within the team, from 0."""
    rank: int
    """Order in which people are taken when each team gives one in turn, from 0."""
    on_duty: int
    """1 while serving support this sprint (so far, when `on_duty` itself is asked)."""
    turn: int
    """Place in the team's rotation among those present, from 0, moved on by one each sprint, or each
    `turns_last` sprints; the absent have the size of the team."""


class TeamView(NamedTuple):
    """What a decision may know of a team. Capacities in focus seconds."""

    id: int
    developers: int
    present: int
    """Developers not absent."""
    on_duty: int
    capacity: int
    """Of this sprint's present developers who are not on duty, ceremonies taken off."""
    reserve: int
    """Kept back at planning."""
    reserve_left: int
    """Reserve not yet promised to incidents or spent on them; below 0 once overdrawn."""
    deferred: int
    """Incidents waiting for the next planning."""
    waiting: int
    """Incidents of the team that wait in a queue."""
    in_progress: int
    """Stories and the team's incidents that were begun and are not done."""
    support_in_progress: int
    """Incidents that were begun and are not done, of all who share the team's queue."""
    unstarted: int
    """Estimate of the committed stories that nobody has begun, focus seconds."""
    unplanned: int
    """Mean effort of the kinds of incidents that came to the team since planning, focus seconds."""
    level: int
    """What `review` or `note` answered last; 0 before the first."""
    broken: int
    """Per mille of the promises that fell due in the last sprints (up to 20) and were broken; 0 where
    none did."""
    closed: int
    """1 while nobody is at work."""


class SprintView(NamedTuple):
    """The sprint being planned, and what the last ones were like for the team."""

    number: int
    begins: int
    """Its planning, seconds."""
    ends: int
    """The next planning, seconds."""
    working: int
    """Working seconds of one developer in it."""
    level: int
    """Of the team."""
    developers: int
    """In the team."""
    organisation: int
    """Developers of all teams."""
    teams: int
    absence: int
    """Per mille of working time that people are expected to be away."""
    history: int
    """Of how many past sprints the loads are known: up to 20."""
    load_1: int
    """Mean effort of the kinds of incidents that came to the team last sprint, focus seconds."""
    load_2: int
    """The same a sprint earlier; and so on. Those from `load_1` on can be had as `sprint[LOADS + n]`."""
    load_3: int
    load_4: int
    load_5: int
    load_6: int
    load_7: int
    load_8: int
    load_9: int
    load_10: int
    load_11: int
    load_12: int
    load_13: int
    load_14: int
    load_15: int
    load_16: int
    load_17: int
    load_18: int
    load_19: int
    load_20: int


LOADS = SprintView._fields.index("load_1")


class IncidentView(NamedTuple):
    """What a decision may know of an incident. Its true effort is nobody's to know."""

    id: int
    kind: int
    """Position of its kind in the scenario; a parameter of unit `kind` is set by the name."""
    severity: int
    """1 is worst; one less after it was escalated."""
    team: int
    """Home team."""
    people: int
    """Who work on it together: as many as its kind needs, until `people` has said otherwise."""
    opened: int
    expected: int
    """Mean effort of its kind, all people together, focus seconds."""
    deferrals: int
    """How many times it was sent to a next sprint."""
    escalated: int
    """1 after its customer lost patience."""
    outgrown: int
    """1 after it took longer than the policy's time box."""
    respond_by: int
    """The second until which somebody is to have started on it, as its kind promises; LATER without a
    promise."""
    resolve_by: int
    """The second until which it is to be resolved; LATER without a promise."""
    due: int
    """The second of the deadline that its kind has; LATER without one."""
    cost: int
    """What an open hour of its kind costs, thousandths of the currency."""
    chance: int
    """A number of luck of its own, 0 to 999, drawn with the sample path: a coin to toss."""
    label: int
    """What `route` wrote on it last, by `labelled`; 0: nothing."""


class StoryView(NamedTuple):
    """What a decision may know of a story."""

    id: int
    team: int
    points: int
    estimate: int
    """What the team believes the whole of it takes, focus seconds."""
    begun: int
    """1 after somebody has begun it."""
