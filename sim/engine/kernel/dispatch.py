"""Handing out work."""

from __future__ import annotations

from sim.engine.kernel.events import log, next_marked, unmark
from sim.engine.kernel.hours import worked, worked_so_far
from sim.engine.kernel.improvements import next_improvement
from sim.engine.kernel.queues import dequeue, reserve_left
from sim.engine.kernel.sprints import believed_left, meet, next_in_backlog
from sim.engine.kernel.tables import *
from sim.engine.kernel.views import developer_view, incident_view, team_view
from sim.engine.kernel.work import begin, is_elsewhere, put_down, stop_improving, take_part

NOBODY, UNKNOWN = -1, -2


def dispatch(w):
    """First what may interrupt, worst and oldest first; then everybody available, by id.

    A developer for whom there was nothing is asked again only when that may have changed.
    """
    w.world[W_NEXT_DISPATCH] = -1
    w.world[W_DISPATCHES] += 1
    if w.world[W_URGENT] > 0:
        serve_urgent(w)
    # What comes free for everybody while work is handed out counts in the next dispatch too.
    w.world[W_ASKING_ALL] = w.world[W_ASK_ALL]
    w.world[W_ASK_ALL] = 0
    team = next_to_ask(w, 0)
    while team >= 0:
        unmark(w.to_ask, team)
        available, developer = w.teams[team, T_FREE], w.teams[team, T_FIRST]
        while available > 0:
            activity = w.developers[developer, D_ACTIVITY]
            if activity == FREE or activity == IMPROVING:
                available -= 1
                hand_out(w, developer)
            developer += 1
        team = next_to_ask(w, team + 1)
    w.world[W_FRESH] = 0


def next_to_ask(w, team):
    """The next team, from `team` on, where somebody available may find work; -1: none."""
    everybody = w.world[W_ASKING_ALL] or w.world[W_ASK_ALL]
    if everybody or (w.world[W_FRESH] and w.world[W_LISTED] > 0):
        return next_marked(w.with_free, team)
    return next_marked(w.to_ask, team)


def serve_urgent(w):
    """Those that came into a queue during this very dispatch have to wait for the next.

    Everybody who refused an incident refuses it again until something changes about them: only who
    has changed since is asked. Where thousands wait that a few may take, this is all the difference.
    """
    i = w.incidents
    for severity in range(1, SEVERITIES):
        incident, changed = w.urgent[severity, HEAD], UNKNOWN
        while incident >= 0:
            following = i[incident, I_NEXT_URGENT]
            if i[incident, I_SEEN] < w.world[W_DISPATCHES]:
                if changed == UNKNOWN and i[incident, I_ASKED] > 0:
                    changed = last_change(w, severity)
                if changed == NOBODY:
                    return  # can take it, nor any that is no worse
                if changed == UNKNOWN or changed >= i[incident, I_ASKED]:
                    serve(w, incident)
                    refused = i[incident, I_WAITING] > 0
                    changed = last_change(w, severity) if refused else UNKNOWN
            incident = following


def serve(w, incident):
    """Give a waiting incident as many developers as it wants and can have."""
    while w.incidents[incident, I_WAITING] > 0:
        developer = best_placed(w, incident)
        if developer < 0:
            w.incidents[incident, I_ASKED] = w.world[W_DISPATCHES]
            return
        take(w, developer, incident)


def last_change(w, severity):
    """The dispatch at or after which something last changed about anybody who can drop what they do
    for this severity; NOBODY can."""
    last = NOBODY
    for developer in range(len(w.developers)):
        if w.developers[developer, D_CHANGED] > last and can_drop_for(w, developer, severity):
            last = w.developers[developer, D_CHANGED]
    return last


def can_drop_for(w, developer, severity):
    """Free, in a meeting, on a story or an improvement, or on an incident less severe."""
    d = w.developers
    if d[developer, D_ACTIVITY] == AWAY or is_elsewhere(w, developer):
        return False
    if d[developer, D_HAND] != PART:
        return True
    incident = w.parts[d[developer, D_ITEM], P_INCIDENT]
    return w.incidents[incident, I_SEVERITY] > severity


def best_placed(w, incident):
    """Whom to give an incident that may interrupt, starting with its own team."""
    teams = w.organisation[O_TEAMS]
    home = w.incidents[incident, I_TEAM]
    severity = w.incidents[incident, I_SEVERITY]
    view = incident_view(w, incident)
    for offset in range(teams):
        team = (home + offset) % teams
        best, least_kind, least_since = -1, 0, 0
        for developer in range(w.teams[team, T_FIRST], w.teams[team, T_LAST]):
            if w.developers[developer, D_CHANGED] < w.incidents[incident, I_ASKED]:
                continue
            if not can_drop_for(w, developer, severity):
                continue
            kind = cost_of_dropping(w, developer)
            since = w.developers[developer, D_SINCE] if kind >= 2 else 0
            if best >= 0 and (kind > least_kind or (kind == least_kind and since <= least_since)):
                continue
            if ask_takes(w.takes, developer_view(w, developer), view, w.p):
                best, least_kind, least_since = developer, kind, since
        if best >= 0:
            return best
    return -1


def cost_of_dropping(w, developer):
    """Free first, then a meeting, an improvement, a story, an incident; the last by who began last."""
    activity, hand = w.developers[developer, D_ACTIVITY], w.developers[developer, D_HAND]
    if activity == FREE:
        return 0
    if activity == CEREMONY:
        return 1
    if hand == IMPROVEMENT:
        return 2
    return 3 if hand == STORY else 4


def take(w, developer, incident):
    """Give an incident to a developer, who drops other work for it."""
    d, i = w.developers, w.incidents
    switch = 0
    if d[developer, D_ACTIVITY] != FREE:
        switch = w.organisation[O_SWITCH]
        put_down(w, developer)
        log(w, INTERRUPTED, incident, developer, d[developer, D_TEAM], 0)
    part = take_part(w, incident)
    if i[incident, I_WAITING] == 0:
        dequeue(w, incident)
    begin(w, developer, PART, part, switch)


def hand_out(w, developer):
    """Give somebody available work, in the order the policy prefers; on duty, never a story."""
    d = w.developers
    team = d[developer, D_TEAM]
    if d[developer, D_OWED] > 0:
        stop_improving(w, developer)
        meet(w, developer, d[developer, D_OWED])
        return
    if w.world[W_LISTED] == 0 and is_out_of_work(w, developer, team):
        return
    asked = ask_next_work(w.next_work, developer_view(w, developer), team_view(w, team), w.p)
    first = int(asked)
    if first == NOTHING_NEW:
        if d[developer, D_HELD] >= 0 and not d[developer, D_ON_DUTY]:
            begin_held(w, developer)
        return
    if first == INCIDENT_FIRST and hand_out_incident(w, developer):
        return
    if not d[developer, D_ON_DUTY]:
        if hand_out_improvement(w, developer, team) or hand_out_story(w, developer, team):
            return
    if first == STORY_FIRST and hand_out_incident(w, developer):
        return
    if d[developer, D_ON_DUTY] and d[developer, D_ACTIVITY] == FREE:
        hand_out_improvement(w, developer, team)


def is_out_of_work(w, developer, team):
    """Whether there is neither a story nor an improvement to be had, whatever the policy prefers."""
    t = w.teams
    return (
        w.developers[developer, D_HELD] < 0
        and len(w.improvements) == 0
        and t[team, T_HANDED_BACK] == 0
        and t[team, T_UNSTARTED] >= t[team, T_BACKLOG]
        and t[team, T_BACKLOG] >= t[team, T_BACKLOG_END]
    )


def hand_out_incident(w, developer):
    """The worst and oldest in the queue that the developer takes; whether there is one."""
    queue, waiting = 0, w.world[W_LISTED]
    if w.organisation[O_QUEUES] > 1:
        queue = w.developers[developer, D_TEAM]
        waiting = w.teams[queue, T_WAITING]
    if waiting == 0:
        return False
    view = developer_view(w, developer)
    for severity in range(1, SEVERITIES):
        incident = w.queues[queue * SEVERITIES + severity, HEAD]
        while incident >= 0:
            if ask_takes(w.takes, view, incident_view(w, incident), w.p):
                take(w, developer, incident)
                return True
            if w.organisation[O_TAKES_ALIKE]:
                return False  # who refuses one refuses them all
            incident = w.incidents[incident, I_NEXT]
    return False


def hand_out_improvement(w, developer, team):
    """Off duty only as far as the sprint's share goes."""
    t = w.teams
    if not w.developers[developer, D_ON_DUTY] and t[team, T_IMPROVED] >= t[team, T_IMPROVE]:
        return False
    improvement = next_improvement(w)
    if improvement < 0:
        return False
    w.improvements[improvement, M_TAKEN] = 1
    begin(w, developer, IMPROVEMENT, improvement, 0)
    return True


def begin_held(w, developer):
    """On with the story that was put aside."""
    story = w.developers[developer, D_HELD]
    w.developers[developer, D_HELD] = -1
    begin(w, developer, STORY, story, 0)


def hand_out_story(w, developer, team):
    """The developer's own story first, then one handed back, then one committed, then more."""
    if w.developers[developer, D_HELD] >= 0:
        begin_held(w, developer)
        return True
    story = next_committed(w, team)
    if story < 0 and may_pull(w, team):
        t = w.teams
        story = next_in_backlog(w, team)
        t[team, T_BACKLOG] = story + 1
        t[team, T_UNSTARTED] = story + 1
        log(w, PULLED, story, -1, team, t[team, T_SPRINT])
    if story < 0:
        return False
    begin(w, developer, STORY, story, 0)
    return True


def next_committed(w, team):
    """The next story of the sprint that nobody works on; -1: none."""
    t, s = w.teams, w.stories
    if t[team, T_HANDED_BACK] > 0:
        story = t[team, T_UNFINISHED]
        while not s[story, S_HANDED_BACK]:
            story += 1
        s[story, S_HANDED_BACK] = 0
        t[team, T_HANDED_BACK] -= 1
        return story
    story = next_undone(w, t[team, T_UNSTARTED], t[team, T_BACKLOG])
    if story >= 0:
        t[team, T_UNSTARTED] = story + 1
        t[team, T_UNSTARTED_ESTIMATE] -= believed_left(w, story, s[story, S_REMAINING])
    return story


def next_undone(w, story, end):
    """The first story from `story` on that is not done; -1 where there is none before `end`."""
    while story < end and w.stories[story, S_DONE]:
        story += 1
    return story if story < end else -1


def may_pull(w, team):
    """A team that finishes early pulls on, as long as the unspent reserve stays covered; one that
    keeps everything in reserve has nothing to finish."""
    t = w.teams
    if 0 < t[team, T_CAPACITY] <= t[team, T_RESERVE]:
        return False
    if next_in_backlog(w, team) < 0:
        return False
    left = worked(w, t[team, T_ENDS]) - worked_so_far(w)
    capacity = left * t[team, T_HERE] * t[team, T_FOCUS] // MILLE
    return reserve_left(w, team) <= 0 or capacity > reserve_left(w, team)
