"""Sprints: duty, planning and meetings; swapping an incident in, and cancelling."""

from __future__ import annotations

from sim.engine.kernel.events import log, mark, push, request_dispatch
from sim.engine.kernel.hours import finish, worked, worked_so_far
from sim.engine.kernel.queues import enqueue, unlist
from sim.engine.kernel.tables import *
from sim.engine.kernel.views import developer_view, sprint_view, team_view
from sim.engine.kernel.work import (
    hand_back,
    is_elsewhere,
    pause,
    put_down,
    release,
    remaining,
    set_busy,
    stop_improving,
    time_left,
    touch,
)


def plan(w, team):
    """A sprint begins: review, duty, then the plan and the Scrum events."""
    t, d, now = w.teams, w.developers, w.world[W_NOW]
    close_sprint(w, team)
    number = t[team, T_SPRINT] + 1
    t[team, T_SPRINT] = number
    t[team, T_BEGINS] = now
    t[team, T_ENDS] = w.plannings[number + 1]
    for developer in range(t[team, T_FIRST], t[team, T_LAST]):
        stop_improving(w, developer)
        d[developer, D_WAS_ON_DUTY] = d[developer, D_ON_DUTY]
    if number > 0:
        review(w, team)
    assign_duties(w, team)
    make_plan(w, team, w.organisation[O_CEREMONY])
    for developer in range(t[team, T_FIRST], t[team, T_LAST]):
        handover = 0
        if number > 0 and d[developer, D_ON_DUTY] != d[developer, D_WAS_ON_DUTY]:
            handover = w.organisation[O_HANDOVER]
        attend(w, developer, w.organisation[O_CEREMONY] + handover)
    request_dispatch(w)
    if number + 2 < len(w.plannings):
        push(w, t[team, T_ENDS], PLAN, team)


def close_sprint(w, team):
    """Remember what the sprint delivered and what came to it, and begin to count anew."""
    t = w.teams
    if t[team, T_SPRINT] >= 0:
        t[team, T_VELOCITY + t[team, T_CLOSED] % 3] = t[team, T_DELIVERED]
        t[team, T_CLOSED] += 1
        for place in range(T_LOAD + HISTORY - 1, T_LOAD, -1):
            t[team, place] = t[team, place - 1]
        t[team, T_LOAD] = t[team, T_UNPLANNED]
    t[team, T_DELIVERED] = 0
    t[team, T_SPENT] = 0
    t[team, T_UNPLANNED] = 0
    mark(w.to_ask, team)


def review(w, team):
    asked = ask_review(w.review, team_view(w, team), sprint_view(w, team), w.p)
    level = int(asked)
    if level != w.teams[team, T_LEVEL]:
        w.teams[team, T_LEVEL] = level
        log(w, REVIEWED, w.teams[team, T_SPRINT], -1, team, level)


def assign_duties(w, team):
    """Who is on duty, by the rotation among those present."""
    count_people(w, team)
    count_turns(w, team)
    sprint = sprint_view(w, team)
    for developer in range(w.teams[team, T_FIRST], w.teams[team, T_LAST]):
        assign_duty(w, developer, sprint)
    count_people(w, team)


def count_people(w, team):
    """Bring the team's counts of who is there up to date."""
    present, on_duty, here = 0, 0, 0
    for developer in range(w.teams[team, T_FIRST], w.teams[team, T_LAST]):
        is_present = w.developers[developer, D_ACTIVITY] != AWAY
        is_on_duty = w.developers[developer, D_ON_DUTY]
        present += is_present
        on_duty += is_on_duty
        here += is_present and not is_on_duty
    w.teams[team, T_PRESENT] = present
    w.teams[team, T_ON_DUTY] = on_duty
    w.teams[team, T_HERE] = here
    mark(w.to_ask, team)


def count_turns(w, team):
    """Number those present from whoever's turn it is; the absent stand behind them all."""
    t, d = w.teams, w.developers
    size, turn = t[team, T_LAST] - t[team, T_FIRST], 0
    first = max(t[team, T_SPRINT], 0) // w.organisation[O_TURN_SPRINTS]
    for place in range(size):
        developer = t[team, T_FIRST] + (first + place) % size
        touch(w, developer)
        if d[developer, D_ACTIVITY] == AWAY:
            d[developer, D_TURN] = size
        else:
            d[developer, D_TURN] = turn
            turn += 1


def assign_duty(w, developer, sprint):
    """Whoever goes on duty hands story work back to the team."""
    d = w.developers
    asked = ask_on_duty(w.on_duty, developer_view(w, developer), sprint, w.p)
    on_duty = 1 if asked else 0
    if on_duty == d[developer, D_ON_DUTY]:
        return
    stop_improving(w, developer)
    d[developer, D_ON_DUTY] = on_duty
    touch(w, developer)
    log(w, DUTY_BEGAN if on_duty else DUTY_ENDED, -1, developer, d[developer, D_TEAM], 0)
    if on_duty:
        drop_story(w, developer)
        hand_back(w, developer)


def drop_story(w, developer):
    """A story in hand is put down."""
    if w.developers[developer, D_HAND] != STORY:
        return
    if is_elsewhere(w, developer):
        release(w, developer)
    else:
        put_down(w, developer)
        set_busy(w, developer, FREE, NEVER)


def make_plan(w, team, events):
    """Reserve, improvements, incidents that waited, stories, for what is left of the sprint.

    `events`: seconds of meetings that everybody has.
    """
    t = w.teams
    sprint = sprint_view(w, team)
    working = worked(w, t[team, T_ENDS]) - worked_so_far(w)
    per_head = max(0, working - events) * t[team, T_FOCUS] // MILLE
    t[team, T_CAPACITY] = per_head * t[team, T_HERE]
    kept = ask_reserve(w.reserve, team_view(w, team), sprint, w.p)
    t[team, T_RESERVE] = max(0, int(kept))
    improve = ask_improve(w.improve, team_view(w, team), sprint, w.p)
    t[team, T_IMPROVE] = max(0, int(improve))
    t[team, T_IMPROVED] = 0
    admit_deferred(w, team)
    commit(w, team)
    mark(w.to_ask, team)


def admit_deferred(w, team):
    """Put incidents that waited for planning into the queue; their effort is now due."""
    waiting = w.teams[team, T_DEFERRED]
    w.teams[team, T_DEFERRED] = 0
    for severity in range(1, SEVERITIES):
        place = team * SEVERITIES + severity
        while waiting > 0 and w.deferred[place, HEAD] >= 0:
            incident = w.deferred[place, HEAD]
            unlist(w, w.deferred, place, incident, I_NEXT, I_BEFORE)
            w.incidents[incident, I_PLANNED] = 1
            w.teams[team, T_DUE] += w.incidents[incident, I_EXPECTED]
            log(w, QUEUED, incident, -1, team, COMMITTED_AT_PLANNING)
            enqueue(w, incident)


def commit(w, team):
    """Commit stories up to the forecast; without sprints there is none."""
    t, s, number = w.teams, w.stories, w.teams[team, T_SPRINT]
    if not w.organisation[O_SPRINTS]:
        log(w, PLANNED, number, -1, team, 0)
        return
    by_points = 1 if w.organisation[O_BY_VELOCITY] and t[team, T_CLOSED] > 0 else 0
    forecast = forecast_of(w, team, by_points)
    log(w, PLANNED, number, -1, team, forecast)
    total = carry_over(w, team, number, by_points)
    story = next_in_backlog(w, team)
    while story >= 0:
        estimate = believed_left(w, story, s[story, S_REMAINING])
        total += w.story_points[story] if by_points else estimate
        if total > forecast:
            break
        t[team, T_UNSTARTED_ESTIMATE] += estimate
        log(w, COMMITTED, story, -1, team, number)
        t[team, T_BACKLOG] = story + 1
        story = next_in_backlog(w, team)


def next_in_backlog(w, team):
    """The first story beyond the sprint's that is not done; -1: there is none."""
    t = w.teams
    story = t[team, T_BACKLOG]
    while story < t[team, T_KNOWN] and w.stories[story, S_DONE]:
        story += 1
    if story >= t[team, T_BACKLOG_END]:
        return -1
    if story >= t[team, T_KNOWN]:
        note_story(w, story)
        t[team, T_KNOWN] = story + 1
    return story


def note_story(w, story):
    """Nobody has worked on it yet."""
    s = w.stories
    s[story, S_REMAINING] = w.story_effort[story]
    for column in range(S_DONE, STORY_COLUMNS):
        s[story, column] = 0


def forecast_of(w, team, by_points):
    """What the team may commit: points of the last sprints, or focus seconds left over."""
    t = w.teams
    if by_points:
        sprints, total = min(t[team, T_CLOSED], 3), 0
        for place in range(sprints):
            total += t[team, T_VELOCITY + place]
        return total // sprints
    kept = t[team, T_RESERVE] + t[team, T_IMPROVE] + t[team, T_DUE]
    return max(0, t[team, T_CAPACITY] - kept)


def carry_over(w, team, number, by_points):
    """Commit unfinished stories again; what the team believes is left of them."""
    t, s = w.teams, w.stories
    total = 0
    first = t[team, T_BACKLOG]
    for story in range(t[team, T_UNFINISHED], t[team, T_BACKLOG]):
        if s[story, S_DONE]:
            continue
        first = min(first, story)
        log(w, COMMITTED, story, -1, team, number)
        if by_points:
            total += w.story_points[story]
        else:
            total += believed_left(w, story, s[story, S_REMAINING])
    t[team, T_UNFINISHED] = first
    if not by_points:
        total += worked_off(w, team)
    return total


def worked_off(w, team):
    """What work under way takes off the belief, 0 or less."""
    d, s, change = w.developers, w.stories, 0
    for developer in range(w.teams[team, T_FIRST], w.teams[team, T_LAST]):
        if d[developer, D_ACTIVITY] == WORKING and d[developer, D_HAND] == STORY:
            story = d[developer, D_ITEM]
            change -= believed_left(w, story, s[story, S_REMAINING])
            change += believed_left(w, story, remaining(w, developer))
    return change


def believed_left(w, story, seconds):
    """The estimate's share that is left when so many seconds of the effort are."""
    effort = w.story_effort[story]
    return w.story_estimate[story] * min(seconds, effort) // effort


# ---- meetings ------------------------------------------------------------------------------------


def attend(w, developer, duration):
    """Scrum events come first; the item in hand stays in hand and costs nothing to go on with."""
    d = w.developers
    if d[developer, D_ACTIVITY] == AWAY or is_elsewhere(w, developer) or duration == 0:
        return
    if d[developer, D_ACTIVITY] == CEREMONY:
        log(w, CEREMONY_ENDED, -1, developer, d[developer, D_TEAM], 0)
    elif d[developer, D_HAND] != NOTHING:
        pause(w, developer, 0)
    meet(w, developer, duration)


def meet(w, developer, duration):
    w.developers[developer, D_OWED] = 0
    log(w, CEREMONY_BEGAN, -1, developer, w.developers[developer, D_TEAM], 0)
    set_busy(w, developer, CEREMONY, finish(w, duration))


def renegotiate(w, developer):
    """The meeting of a swap, in the middle of work: a meeting under way grows by it."""
    d, duration = w.developers, w.organisation[O_SWAP_MEETING]
    if d[developer, D_ACTIVITY] == AWAY or is_elsewhere(w, developer) or duration == 0:
        return
    stop_improving(w, developer)
    if d[developer, D_ACTIVITY] == CEREMONY:
        duration += time_left(w, developer)
        log(w, CEREMONY_ENDED, -1, developer, d[developer, D_TEAM], 0)
    elif d[developer, D_HAND] != NOTHING:
        pause(w, developer, w.organisation[O_RESUME])
    meet(w, developer, duration + d[developer, D_OWED])


# ---- changing the sprint -------------------------------------------------------------------------


def can_swap(w, team, incident):
    """Whether stories that nobody has begun amount to the incident."""
    return w.teams[team, T_UNSTARTED_ESTIMATE] >= w.incidents[incident, I_EXPECTED]


def swap_in(w, team, incident):
    """Stories of at least equal estimate leave, the incident is committed in their place."""
    t, expected = w.teams, w.incidents[incident, I_EXPECTED]
    for developer in range(t[team, T_FIRST], t[team, T_LAST]):
        renegotiate(w, developer)
    freed = 0
    while freed < expected:
        story = t[team, T_BACKLOG] - 1
        while w.stories[story, S_DONE]:
            story -= 1
        t[team, T_BACKLOG] = story
        estimate = believed_left(w, story, w.stories[story, S_REMAINING])
        t[team, T_UNSTARTED_ESTIMATE] -= estimate
        freed += estimate
        log(w, SENT_BACK, story, -1, team, t[team, T_SPRINT])
    w.incidents[incident, I_PLANNED] = 1
    t[team, T_DUE] += expected
    mark(w.to_ask, team)


def cancel(w, team):
    """The sprint is abandoned, and what is left of it planned anew."""
    t, d = w.teams, w.developers
    log(w, CANCELLED, t[team, T_SPRINT], -1, team, 0)
    for developer in range(t[team, T_FIRST], t[team, T_LAST]):
        stop_improving(w, developer)
        drop_story(w, developer)
        d[developer, D_HELD] = -1
    empty_sprint(w, team)
    t[team, T_UNPLANNED] = 0
    make_plan(w, team, w.organisation[O_REPLAN])
    for developer in range(t[team, T_FIRST], t[team, T_LAST]):
        attend(w, developer, w.organisation[O_REPLAN])


def empty_sprint(w, team):
    """Return all unfinished stories to the backlog; a share of the progress is lost."""
    t, s = w.teams, w.stories
    first = t[team, T_BACKLOG]
    for story in range(t[team, T_BACKLOG] - 1, t[team, T_UNFINISHED] - 1, -1):
        if s[story, S_DONE]:
            continue
        first = story
        lost = max(0, w.story_effort[story] - s[story, S_REMAINING]) * w.organisation[O_REWORK]
        s[story, S_REMAINING] += lost // MILLE
        s[story, S_BEGUN] = 0
        s[story, S_HANDED_BACK] = 0
    t[team, T_BACKLOG] = first
    t[team, T_UNSTARTED] = first
    t[team, T_UNFINISHED] = first
    t[team, T_HANDED_BACK] = 0
    t[team, T_STORIES_BEGUN] = 0
    t[team, T_UNSTARTED_ESTIMATE] = 0
