"""How a decision of the policy is called; `sim.engine.compiled.compiler` puts others in their place."""

from __future__ import annotations

from typing import Any

from sim.engine.kernel.tables import Decision
from sim.policy.views import DeveloperView, IncidentView, SprintView, StoryView, TeamView


def ask_on_duty(decision: Decision, developer: DeveloperView, sprint: SprintView, p: Any) -> int:
    """Ask the policy whether a developer serves support this sprint."""
    return decision(developer, sprint, p)


def ask_reserve(decision: Decision, team: TeamView, sprint: SprintView, p: Any) -> int:
    """Ask the policy how many focus seconds a team keeps back from stories."""
    return decision(team, sprint, p)


def ask_improve(decision: Decision, team: TeamView, sprint: SprintView, p: Any) -> int:
    """Ask the policy how many focus seconds a team sets aside for improvements."""
    return decision(team, sprint, p)


def ask_route(decision: Decision, incident: IncidentView, team: TeamView, now: int, p: Any) -> int:
    """Ask the policy what is to become of an incident: DEFER, QUEUE, SWAP, INTERRUPT or CANCEL."""
    return decision(incident, team, now, p)


def ask_takes(decision: Decision, developer: DeveloperView, incident: IncidentView, p: Any) -> int:
    """Ask the policy whether a developer may work on an incident."""
    return decision(developer, incident, p)


def ask_next_work(decision: Decision, developer: DeveloperView, team: TeamView, p: Any) -> int:
    """Ask the policy what a free developer looks for: INCIDENT_FIRST, STORY_FIRST or
    NOTHING_NEW."""
    return decision(developer, team, p)


def ask_review(decision: Decision, team: TeamView, sprint: SprintView, p: Any) -> int:
    """Ask the policy for a team's level from now on."""
    return decision(team, sprint, p)


def ask_rank(decision: Decision, incident: IncidentView, now: int, p: Any) -> int:
    """Ask the policy for an incident's place in the queue that it enters, the least first."""
    return decision(incident, now, p)


def ask_picks(
    decision: Decision, developer: DeveloperView, story: StoryView, team: TeamView, p: Any
) -> int:
    """Ask the policy whether a developer may take a story."""
    return decision(developer, story, team, p)


def ask_people(decision: Decision, incident: IncidentView, p: Any) -> int:
    """Ask the policy how many work on an incident together."""
    return decision(incident, p)


def ask_note(
    decision: Decision,
    team: TeamView,
    event: int,
    incident: IncidentView,
    waited: int,
    now: int,
    p: Any,
) -> int:
    """Ask the policy for a team's level, now that an incident has come, is started or has ended."""
    return decision(team, event, incident, waited, now, p)


def ask_shift(
    decision: Decision, incident: IncidentView, developer: DeveloperView, now: int, p: Any
) -> int:
    """Ask the policy whether a developer hands an incident over at closing time."""
    return decision(incident, developer, now, p)
