"""Sprints: duty, planning and meetings; swapping an incident in, and cancelling."""

from __future__ import annotations

from sim.engine.kernel.asking import ask_improve, ask_on_duty, ask_picks, ask_reserve, ask_review
from sim.engine.kernel.capacity import capacity_by_person
from sim.engine.kernel.departures import count_sprint, let_leave
from sim.engine.kernel.events import log, mark, push, request_dispatch, unmark
from sim.engine.kernel.hours import hours_of_team, worked, worked_so_far
from sim.engine.kernel.improvements import left_to_improve, set_aside_by_others
from sim.engine.kernel.meetings import attend, meet_meanwhile
from sim.engine.kernel.queues import enqueue, unlist
from sim.engine.kernel.tables import QUEUE_LINKS, VELOCITY_SPRINTS, Place, WorldTables
from sim.engine.kernel.views import developer_view, sprint_view, story_view, team_view
from sim.engine.kernel.work import (
    count_available,
    hand_back,
    is_at_work,
    is_available,
    is_elsewhere,
    put_down,
    release,
    remaining,
    set_activity,
    set_busy,
    stop_improving,
    touch,
)
from sim.engine.rules import (
    SEVERITY_PLACES,
    estimate_left,
    focus_time,
    lost_progress,
    share_broken,
    still_to_improve,
)
from sim.engine.states import NEVER, Activity, Hand, Queued, Rank
from sim.engine.trace import EventType
from sim.policy.parameters import STORIES
from sim.policy.views import HISTORY, SprintView


def plan(w: WorldTables, team: int) -> None:
    """Begin a team's sprint: review, duty, then the plan and the Scrum events."""
    row, developers, now = w.teams[team], w.developers, w.run.now
    close_sprint(w, team)
    number = next_held(w, team, row.sprint + 1)
    planned = w.rules.plannings * team + number
    row.sprint = number
    row.begins = now
    row.ends = w.plannings[planned + 1]
    for developer in range(row.first, row.last):
        stop_improving(w, developer)
        developers[developer].was_on_duty = developers[developer].on_duty
    if number > 0:
        let_leave(w, team)
        review(w, team)
    assign_duties(w, team)
    count_sprint(w, team)
    make_plan(w, team, w.rules.ceremony)
    for developer in range(row.first, row.last):
        handover = 0
        if number > 0 and developers[developer].on_duty != developers[developer].was_on_duty:
            handover = w.rules.handover
        attend(w, developer, w.rules.ceremony + handover)
    request_dispatch(w)
    push_planning(w, team, number + 1)


def push_planning(w: WorldTables, team: int, number: int) -> None:
    """Schedule a team's next planning, from that of a sprint on, if there is one."""
    number = next_held(w, team, number)
    if number + 1 < w.rules.plannings:
        push(w, w.plannings[w.rules.plannings * team + number], Rank.PLAN, team)


def next_held(w: WorldTables, team: int, number: int) -> int:
    """The first sprint from a number on of which not all days are closed; else what ends the last."""
    first = w.rules.plannings * team
    while number + 1 < w.rules.plannings:
        if w.plannings[first + number] < w.plannings[first + number + 1]:
            return number
        number += 1
    return number


def close_sprint(w: WorldTables, team: int) -> None:
    """Remember what the sprint delivered and what came to it, and begin to count anew."""
    row = w.teams[team]
    if row.sprint >= 0:
        row.velocity[row.closed % VELOCITY_SPRINTS] = row.delivered
        row.closed += 1
        for ago in range(HISTORY - 1, 0, -1):
            row.load[ago] = row.load[ago - 1]
        row.load[0] = row.unplanned
        if w.rules.promised:
            remember_promises(w, team)
    row.delivered = 0
    row.spent = 0
    row.unplanned = 0
    row.broken = 0
    row.settled = 0
    mark(w.to_ask, team)


def remember_promises(w: WorldTables, team: int) -> None:
    """Remember how many promises were broken in the sprint, and count over the last sprints."""
    row = w.teams[team]
    place = row.closed % HISTORY
    row.broken_before[place] = row.broken
    row.settled_before[place] = row.settled
    broken, settled = 0, 0
    for past in range(HISTORY):
        broken += row.broken_before[past]
        settled += row.settled_before[past]
    row.share_broken = share_broken(broken, settled)


def review(w: WorldTables, team: int) -> None:
    """Ask the policy for the team's level from now on; a change is written into the trace."""
    asked = ask_review(w.review, team_view(w, team), sprint_view(w, team), w.p)
    level = int(asked)
    if level != w.teams[team].level:
        w.teams[team].level = level
        log(w, EventType.REVIEWED, w.teams[team].sprint, -1, team, level)


def assign_duties(w: WorldTables, team: int) -> None:
    """Ask the policy who of a team is on duty, by the rotation among those present."""
    count_people(w, team)
    count_turns(w, team)
    if not w.rules.duties:
        return
    sprint = sprint_view(w, team)
    for developer in range(w.teams[team].first, w.teams[team].last):
        assign_duty(w, developer, sprint)
    count_people(w, team)


def count_people(w: WorldTables, team: int) -> None:
    """Bring the team's counts of who is there up to date."""
    present, on_duty, here = 0, 0, 0
    for developer in range(w.teams[team].first, w.teams[team].last):
        is_present = w.developers[developer].activity != Activity.AWAY
        is_on_duty = w.developers[developer].on_duty
        present += is_present
        on_duty += is_on_duty
        here += is_present and not is_on_duty
    w.teams[team].present = present
    w.teams[team].on_duty = on_duty
    w.teams[team].here = here
    mark(w.to_ask, team)
    if on_duty > 0:
        mark(w.with_duty, team)
    else:
        unmark(w.with_duty, team)


def count_turns(w: WorldTables, team: int) -> None:
    """Number those present from whoever's turn it is; the absent stand behind them all."""
    row, developers = w.teams[team], w.developers
    size, turn = row.last - row.first, 0
    first = max(row.sprint, 0) // w.rules.turn_sprints
    for place in range(size):
        developer = row.first + (first + place) % size
        touch(w, developer)
        if developers[developer].activity == Activity.AWAY:
            developers[developer].turn = size
        else:
            developers[developer].turn = turn
            turn += 1


def assign_duty(w: WorldTables, developer: int, sprint: SprintView) -> None:
    """Ask the policy whether a developer is on duty; whoever goes on duty hands story work back to
    the team, but for what they may go on with while it is quiet."""
    row = w.developers[developer]
    asked = ask_on_duty(w.on_duty, developer_view(w, developer), sprint, w.p)
    on_duty = 1 if asked else 0
    if on_duty == row.on_duty:
        return
    stop_improving(w, developer)
    available = is_available(w, developer)
    if available:
        count_available(w, developer, -1)
    row.on_duty = on_duty
    if available:
        count_available(w, developer, 1)
    touch(w, developer)
    log(w, EventType.DUTY_BEGAN if on_duty else EventType.DUTY_ENDED, -1, developer, row.team, 0)
    if on_duty and row.paused >= 0 and not may_pick(w, developer, row.paused):
        hand_back(w, developer)
    if row.hand != Hand.STORY:
        return
    if on_duty and not may_pick(w, developer, row.item):
        drop_story(w, developer)
        hand_back(w, developer)
    elif is_at_work(w, developer):
        set_activity(w, developer, Activity.FILLING_IN if on_duty else Activity.WORKING)


def may_pick(w: WorldTables, developer: int, story: int) -> bool:
    """Ask the policy whether somebody may take a story; plain Scrum's answer stands here once more."""
    if not w.rules.picky:
        return not w.developers[developer].on_duty or w.rules.quiet == STORIES
    team = w.developers[developer].team
    view = story_view(w, story, team)
    asked = ask_picks(w.picks, developer_view(w, developer), view, team_view(w, team), w.p)
    return int(asked) != 0


def drop_story(w: WorldTables, developer: int) -> None:
    """Have a developer put down the story in hand, if there is one."""
    if w.developers[developer].hand != Hand.STORY:
        return
    if is_elsewhere(w, developer):
        release(w, developer)
    else:
        put_down(w, developer)
        set_busy(w, developer, Activity.FREE, NEVER)


def make_plan(w: WorldTables, team: int, events: int) -> None:
    """Plan what is left of the sprint: reserve, improvements, incidents that waited, stories.

    `events`: seconds of meetings that everybody has.
    """
    row = w.teams[team]
    sprint = sprint_view(w, team)
    if w.rules.uneven:
        row.capacity = capacity_by_person(w, team, events)
    else:
        keeps = hours_of_team(w, team)
        working = worked(w, keeps, row.ends) - worked_so_far(w, keeps)
        row.capacity = focus_time(working - events, row.focus) * row.here
    kept = ask_reserve(w.reserve, team_view(w, team), sprint, w.p)
    row.reserve = max(0, int(kept))
    improve = ask_improve(w.improve, team_view(w, team), sprint, w.p)
    row.improve = still_to_improve(left_to_improve(w), int(improve), set_aside_by_others(w, team))
    row.improved = 0
    admit_deferred(w, team)
    commit(w, team)
    mark(w.to_ask, team)


def admit_deferred(w: WorldTables, team: int) -> None:
    """Put incidents that waited for planning into the queue; their effort is now due."""
    waiting = w.teams[team].deferred
    w.teams[team].deferred = 0
    for severity in range(1, SEVERITY_PLACES):
        place = team * SEVERITY_PLACES + severity
        while waiting > 0 and w.deferred[place].head >= 0:
            incident = w.deferred[place].head
            unlist(w, w.deferred, place, incident, QUEUE_LINKS)
            w.incidents[incident].planned = 1
            w.teams[team].due += w.incidents[incident].mean_effort
            log(w, EventType.QUEUED, incident, -1, team, Queued.COMMITTED)
            enqueue(w, incident)


def commit(w: WorldTables, team: int) -> None:
    """Commit stories up to the forecast; without sprints nothing is committed."""
    row, stories, number = w.teams[team], w.stories, w.teams[team].sprint
    if not w.rules.sprints:
        log(w, EventType.PLANNED, number, -1, team, 0)
        return
    by_points = 1 if w.rules.by_velocity and row.closed > 0 else 0
    forecast = forecast_of(w, team, by_points)
    log(w, EventType.PLANNED, number, -1, team, forecast)
    total = carry_over(w, team, number, by_points)
    story = next_in_backlog(w, team)
    while story >= 0:
        estimate = believed_left(w, story, stories[story].remaining)
        total += w.story_points[story] if by_points else estimate
        if total > forecast:
            break
        row.unstarted_estimate += estimate
        log(w, EventType.COMMITTED, story, -1, team, number)
        take_in(w, team, story, Place.COMMITTED)
        row.unstarted = min(row.unstarted, story)
        story = next_in_backlog(w, team)


def take_in(w: WorldTables, team: int, story: int, place: int) -> None:
    """Take a story of the backlog into the sprint."""
    row = w.teams[team]
    w.stories[story].place = place
    row.unfinished = min(row.unfinished, story)
    row.sprint_end = max(row.sprint_end, story + 1)


def next_in_backlog(w: WorldTables, team: int) -> int:
    """The first story of the backlog; -1: there is none."""
    row = w.teams[team]
    story = in_backlog_from(w, team, row.backlog)
    row.backlog = story if story >= 0 else row.backlog_end
    return story


def in_backlog_from(w: WorldTables, team: int, story: int) -> int:
    """The first story of the backlog from `story` on; -1: there is none. Its row is written when it is
    first looked at."""
    row = w.teams[team]
    while story < row.known and w.stories[story].place != Place.BACKLOG:
        story += 1
    if story >= row.backlog_end:
        return -1
    while row.known <= story:
        note_story(w, row.known)
        row.known += 1
    return story


def note_story(w: WorldTables, story: int) -> None:
    """Write the row of a story that nobody has worked on yet."""
    row = w.stories[story]
    row.remaining = w.story_effort[story]
    row.place = Place.BACKLOG
    row.begun = 0
    row.interrupted = 0


def forecast_of(w: WorldTables, team: int, by_points: int) -> int:
    """What the team may commit: points, the mean of the last sprints, or focus seconds left
    over."""
    row = w.teams[team]
    if by_points:
        sprints, total = min(row.closed, VELOCITY_SPRINTS), 0
        for place in range(sprints):
            total += row.velocity[place]
        return total // sprints
    kept = row.reserve + row.improve + row.due
    return max(0, row.capacity - kept)


def carry_over(w: WorldTables, team: int, number: int, by_points: int) -> int:
    """Commit unfinished stories again; return what the team believes is left of them, in points or
    focus seconds."""
    row, stories = w.teams[team], w.stories
    total = 0
    first = row.sprint_end
    for story in range(row.unfinished, row.sprint_end):
        if not is_in_sprint(w, story):
            continue
        first = min(first, story)
        log(w, EventType.COMMITTED, story, -1, team, number)
        if by_points:
            total += w.story_points[story]
        else:
            total += believed_left(w, story, stories[story].remaining)
    row.unfinished = first
    if not by_points:
        total += worked_off(w, team)
    return total


def is_in_sprint(w: WorldTables, story: int) -> bool:
    """Whether a story is committed or pulled, and not done."""
    place = w.stories[story].place
    return place != Place.BACKLOG and place != Place.DONE


def worked_off(w: WorldTables, team: int) -> int:
    """The focus seconds that work under way takes off what is believed to be left, 0 or less."""
    developers, stories, change = w.developers, w.stories, 0
    for developer in range(w.teams[team].first, w.teams[team].last):
        if is_at_work(w, developer) and developers[developer].hand == Hand.STORY:
            story = developers[developer].item
            change -= believed_left(w, story, stories[story].remaining)
            change += believed_left(w, story, remaining(w, developer))
    return change


def believed_left(w: WorldTables, story: int, seconds: int) -> int:
    """The focus seconds that the team believes are left of a story when so many of its effort
    are."""
    return estimate_left(w.story_estimate[story], w.story_effort[story], seconds)


# ---- changing the sprint -------------------------------------------------------------------------


def can_swap(w: WorldTables, team: int, incident: int) -> bool:
    """Whether stories that nobody has begun amount to the incident."""
    return w.teams[team].unstarted_estimate >= w.incidents[incident].mean_effort


def swap_in(w: WorldTables, team: int, incident: int) -> None:
    """Commit an incident in the place of stories of at least equal estimate, which go back to the
    backlog; everybody present meets."""
    row, expected = w.teams[team], w.incidents[incident].mean_effort
    for developer in range(row.first, row.last):
        meet_meanwhile(w, developer, w.rules.swap_meeting, w.rules.resume)
    freed = 0
    while freed < expected:
        story = row.sprint_end - 1
        while w.stories[story].place != Place.COMMITTED:
            story -= 1
        w.stories[story].place = Place.BACKLOG
        row.backlog = min(row.backlog, story)
        estimate = believed_left(w, story, w.stories[story].remaining)
        row.unstarted_estimate -= estimate
        freed += estimate
        log(w, EventType.SENT_BACK, story, -1, team, row.sprint)
    w.incidents[incident].planned = 1
    row.due += expected
    mark(w.to_ask, team)


def cancel(w: WorldTables, team: int) -> None:
    """Abandon the sprint, and plan what is left of it anew."""
    row, developers = w.teams[team], w.developers
    log(w, EventType.CANCELLED, row.sprint, -1, team, 0)
    for developer in range(row.first, row.last):
        stop_improving(w, developer)
        drop_story(w, developer)
        developers[developer].paused = -1
    empty_sprint(w, team)
    row.unplanned = 0
    make_plan(w, team, w.rules.replan)
    for developer in range(row.first, row.last):
        attend(w, developer, w.rules.replan)


def empty_sprint(w: WorldTables, team: int) -> None:
    """Return all unfinished stories to the backlog; a share of the progress is lost."""
    row, stories = w.teams[team], w.stories
    for story in range(row.unfinished, row.sprint_end):
        if not is_in_sprint(w, story):
            continue
        row.backlog = min(row.backlog, story)
        effort, left = w.story_effort[story], stories[story].remaining
        stories[story].remaining += lost_progress(w.rules, effort, left)
        stories[story].begun = 0
        stories[story].place = Place.BACKLOG
    row.unstarted = row.sprint_end
    row.unfinished = row.sprint_end
    row.handed_back = 0
    row.stories_begun = 0
    row.unstarted_estimate = 0
