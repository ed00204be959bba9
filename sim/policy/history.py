"""What the last sprints say of the next."""

from __future__ import annotations

from sim.policy.views import LOADS, SprintView, TeamView


def covering_load(sprint: SprintView, sprints: int, quantile: int) -> int:
    """The load that so many per mille of sprints do not exceed, in focus seconds; -1 where too few are known.

    Of k past sprints and the one to come, each is as likely as any other to be the r-th least (Wilks 1941): so
    the load of rank q (k + 1) is exceeded with the chance of 1 - q. Between two ranks it lies between two
    loads. 80 % needs 4 sprints, 90 % 9, 95 % 19.
    """
    known = min(sprint.history, sprints)
    rank = quantile * (known + 1)
    if rank > known * 1000:
        return -1
    low = load_of_rank(sprint, known, max(1, rank // 1000))
    high = load_of_rank(sprint, known, min(known, rank // 1000 + 1))
    return low + (high - low) * (rank % 1000) // 1000


def load_of_rank(sprint: SprintView, known: int, rank: int) -> int:
    """The load of the last sprints, of which so many are known, that stands at a rank, from 1, the least."""
    found = -1
    for ago in range(known):
        load, below = sprint[LOADS + ago], 0
        for other in range(known):
            below += sprint[LOADS + other] <= load
        if below >= rank and (found < 0 or load < found):
            found = load
    return found


def people_by_load(team: TeamView, sprint: SprintView, fewest: int, most: int, useful: int) -> int:
    """How many are to be on support next sprint, by what came in the last: one more or one fewer than now,
    where `useful` per mille of a person's time can be filled with support."""
    one = sprint.working * useful // 1000
    asked = sprint[LOADS]
    level = max(team.level, fewest)
    if (team.waiting > 2 * level or asked > one * level) and level < most:
        return level + 1
    if team.waiting <= level and asked < one * (level - 1) and level > fewest:
        return level - 1
    return level
