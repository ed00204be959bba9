"""Handing out work; and how the kernel avoids asking.

The rule is simple (`sim.engine.model.dispatch` has it as it is read): at every dispatch whatever may
interrupt is offered to everybody who could drop something for it, and then everybody available is asked
what they take. Nearly always nothing has changed since the last time, and the answer is the same. A policy
must give the same answer to the same views, so the kernel asks again only where a view, or what may be
taken, can have changed. What it keeps for that is never seen by a policy, and the equality of the engines
in thousands of random cases is the proof that it forgets nothing.

**Teams to ask** (`w.to_ask`, a bit a team). Whatever changes a team's view, its queue, its stories or who of
it is available marks the team; a dispatch goes through marked teams alone and unmarks each. Teams with
somebody available (`w.with_free`) are marked apart, and gone through as well where something has come that
anybody may take, for as long as it is there: an improvement (`run.ask_all`), or an incident in the one queue of
an organisation (`run.fresh`; where nobody off duty takes any, only teams with somebody on duty). What comes for
everybody while a dispatch hands out counts in this dispatch for those who are still to be asked, and in the next
for the others: hence `run.asking_all`. The count of incidents in work that all see in that queue changes with
each: it can give work only to who was held back by it (`w.held_back`).

**No dispatch at all** where nobody is available and nothing waits that may interrupt
(`events.request_dispatch`): whoever comes free requests it.

**Who is asked to interrupt** (`sim.engine.kernel.urgent`): what has come since the last time is offered to
everybody, what was refused to who has changed since.

**Queues** are linked lists through the incidents' rows, kept by opening and number, with the count of those
that somebody has begun: a severity has one for each kin that `takes` tells apart (`sim.policy.kin`), as who refuses
one of a kin mostly refuses all. Those that may interrupt hang in a second set of lists, so that the worst and
oldest is found without looking at those that cannot.

**What is to come** stands in three places (`events.next_event`): the one next report and the one next
dispatch beside the others; completions in a tournament, in which everybody has one place, so that work that
is put off or given up leaves nothing behind; all the rest in a heap.
"""

from __future__ import annotations

from sim.engine.kernel.asking import ask_next_work
from sim.engine.kernel.capacity import is_for_stories
from sim.engine.kernel.events import log, mark, unmark
from sim.engine.kernel.hours import hours_of, hours_of_team, worked, worked_so_far
from sim.engine.kernel.improvements import next_improvement
from sim.engine.kernel.meetings import meet
from sim.engine.kernel.placing import is_on_time, may_take, take
from sim.engine.kernel.queues import earliest_head, list_of, owner_of
from sim.engine.kernel.sprints import (
    believed_left,
    in_backlog_from,
    may_pick,
    next_in_backlog,
    take_in,
)
from sim.engine.kernel.tables import QUEUE_LINKS, Place, WorldTables, lowest_bit
from sim.engine.kernel.urgent import serve_urgent
from sim.engine.kernel.views import developer_view, reserve_left, team_view
from sim.engine.kernel.work import begin, is_at_work, is_available, pause, stop_improving
from sim.engine.rules import SEVERITY_PLACES, focus_time
from sim.engine.states import Activity, Hand
from sim.engine.trace import EventType
from sim.policy.contract import INCIDENT_FIRST, NOTHING_NEW, STORY_FIRST
from sim.policy.parameters import IMPROVEMENTS, STORIES


def dispatch(w: WorldTables) -> None:
    """Hand out work: first what may interrupt, worst and oldest first; then to everybody available,
    by id.

    A developer for whom there was nothing is asked again only when that may have changed.
    """
    w.run.next_dispatch = -1
    w.run.dispatches += 1
    if w.run.urgent > 0:
        serve_urgent(w)
    # What comes free for everybody while work is handed out counts in the next dispatch too.
    w.run.asking_all = w.run.ask_all
    w.run.ask_all = 0
    team = next_to_ask(w, 0)
    while team >= 0:
        unmark(w.to_ask, team)
        unmark(w.held_back, team)
        available, developer = w.teams[team].free, w.teams[team].first
        while available > 0:
            if is_available(w, developer):
                available -= 1
                if is_on_time(w, developer):
                    hand_out(w, developer)
            developer += 1
        team = next_to_ask(w, team + 1)
    w.run.fresh = 0


def next_to_ask(w: WorldTables, team: int) -> int:
    """The next team, from `team` on, where somebody available may find work; -1: none."""
    improvement = (w.run.asking_all or w.run.ask_all) and next_improvement(w) >= 0
    queued = w.run.fresh and w.run.listed > 0
    place, below = team >> 5, team & 31
    while place < len(w.to_ask):
        word = w.to_ask[place]
        if improvement or (queued and not w.rules.duty_only):
            word |= w.with_free[place]
        elif queued:
            word |= w.on_watch[place]
        word >>= below
        if word:
            return (place << 5) + below + lowest_bit(word)
        place, below = place + 1, 0
    return -1


def hand_out(w: WorldTables, developer: int) -> None:
    """Give somebody available work, in the order the policy prefers; on duty, incidents first."""
    row = w.developers[developer]
    team = row.team
    if row.ceremony_debt > 0:
        stop_improving(w, developer)
        if is_at_work(w, developer):
            pause(w, developer, 0)
        meet(w, developer, row.ceremony_debt)
        return
    if waiting_for(w, team) == 0 and is_out_of_work(w, developer, team):
        return
    first = preferred(w, developer, team)
    begun = 1 if first == NOTHING_NEW else 0
    if begun:
        mark(w.held_back, team)
    incidents_first = first != STORY_FIRST or row.on_duty > 0
    if incidents_first and hand_out_incident(w, developer, begun):
        return
    if row.activity == Activity.FREE:
        if hand_out_improvement(w, developer, team, begun):
            return
        if hand_out_story(w, developer, team, begun):
            return
    if not incidents_first:
        hand_out_incident(w, developer, begun)


def preferred(w: WorldTables, developer: int, team: int) -> int:
    """Ask the policy what somebody is to look for first; plain Scrum's answer is known."""
    if not w.rules.prefers:
        return INCIDENT_FIRST
    asked = ask_next_work(w.next_work, developer_view(w, developer), team_view(w, team), w.p)
    return int(asked)


def waiting_for(w: WorldTables, team: int) -> int:
    """How many incidents stand in the queue that a team takes from."""
    return w.teams[team].waiting if w.rules.queues > 1 else w.run.listed


def is_out_of_work(w: WorldTables, developer: int, team: int) -> bool:
    """Whether there is neither a story nor an improvement that somebody could begin, whatever the policy
    prefers."""
    row, theirs = w.teams[team], w.developers[developer]
    if theirs.activity != Activity.FREE:
        return True
    improves = not theirs.on_duty or w.rules.quiet >= IMPROVEMENTS
    if theirs.paused >= 0 or (improves and w.run.improvement < len(w.improvements)):
        return False
    if theirs.on_duty and not w.rules.picky and w.rules.quiet != STORIES:
        return True
    return (
        row.handed_back == 0 and row.unstarted >= row.sprint_end and row.backlog >= row.backlog_end
    )


def hand_out_incident(w: WorldTables, developer: int, begun: int) -> bool:
    """Give a developer the first incident in the queue that they take, of those only that are `begun`
    where nothing else may be; return whether there is one."""
    team = w.developers[developer].team
    if waiting_for(w, team) == 0 or (w.rules.duty_only and not w.developers[developer].on_duty):
        return False
    for severity in range(1, SEVERITY_PLACES):
        for kin in range(w.rules.kins):
            w.heads[kin] = first_in(w, list_of(owner_of(w, team, kin), kin, severity), begun)
        kin = earliest_head(w)
        while kin >= 0:
            incident = w.heads[kin]
            if may_take(w, developer, incident):
                take(w, developer, incident)
                return True
            # Who refuses one of a kin whose incidents are alike refuses them all.
            w.heads[kin] = -1 if w.rules.kin_alike[kin] else next_in(w, incident, begun)
            kin = earliest_head(w)
    return False


def first_in(w: WorldTables, place: int, begun: int) -> int:
    """The first incident in one of the lists of a queue, or of those only that are `begun`; -1: none."""
    if begun and w.begun_waiting[place] == 0:
        return -1
    incident = w.queues[place].head
    if not begun or incident < 0 or w.incidents[incident].begun:
        return incident
    return next_in(w, incident, begun)


def next_in(w: WorldTables, incident: int, begun: int) -> int:
    """The next after an incident in its list, or of those only that are `begun`; -1: none."""
    incident = w.incidents[incident].next[QUEUE_LINKS]
    while begun and incident >= 0 and not w.incidents[incident].begun:
        incident = w.incidents[incident].next[QUEUE_LINKS]
    return incident


def hand_out_improvement(w: WorldTables, developer: int, team: int, begun: int) -> bool:
    """Give a developer the next improvement, off duty only as far as the sprint's share goes; return
    whether there is one, and it is `begun` where nothing else may be."""
    row = w.teams[team]
    if w.developers[developer].on_duty:
        if w.rules.quiet < IMPROVEMENTS:
            return False
    elif row.improved >= row.improve:
        return False
    improvement = next_improvement(w)
    if improvement < 0:
        return False
    entry = w.improvements[improvement]
    if begun and entry.remaining == entry.effort:
        return False
    entry.taken = 1
    begin(w, developer, Hand.IMPROVEMENT, improvement, 0)
    return True


def begin_held(w: WorldTables, developer: int) -> None:
    """Go on with the story that the developer has put aside."""
    story = w.developers[developer].paused
    w.developers[developer].paused = -1
    begin(w, developer, Hand.STORY, story, 0)


def hand_out_story(w: WorldTables, developer: int, team: int, begun: int) -> bool:
    """Give a developer their own story first, then the first that they may take of those handed back, of
    those committed, and one more; of the begun ones only where nothing else may be. Return whether there
    is one."""
    if w.developers[developer].paused >= 0:
        begin_held(w, developer)
        return True
    if not w.rules.picky and not may_pick(w, developer, -1):
        return False  # whoever may not take one may take none
    story = next_handed_back(w, developer, team)
    if story < 0 and not begun:
        story = next_unstarted(w, developer, team)
        if story < 0 and may_pull(w, team):
            story = pull(w, developer, team)
    if story < 0:
        return False
    begin(w, developer, Hand.STORY, story, 0)
    return True


def next_handed_back(w: WorldTables, developer: int, team: int) -> int:
    """Take the first story that the developer may take of those begun and put down for whoever comes;
    -1: none."""
    row, stories = w.teams[team], w.stories
    if row.handed_back == 0:
        return -1
    for story in range(row.unfinished, row.sprint_end):
        if stories[story].place == Place.HANDED_BACK and may_pick(w, developer, story):
            stories[story].place = Place.HELD
            row.handed_back -= 1
            return story
    return -1


def next_unstarted(w: WorldTables, developer: int, team: int) -> int:
    """Take the first story that the developer may take of those committed that nobody has begun; -1:
    none."""
    row = w.teams[team]
    while row.unstarted < row.sprint_end and w.stories[row.unstarted].place != Place.COMMITTED:
        row.unstarted += 1
    for story in range(row.unstarted, row.sprint_end):
        if w.stories[story].place == Place.COMMITTED and may_pick(w, developer, story):
            w.stories[story].place = Place.HELD
            row.unstarted_estimate -= believed_left(w, story, w.stories[story].remaining)
            return story
    return -1


def pull(w: WorldTables, developer: int, team: int) -> int:
    """Take one story more than was committed, the first of the backlog that the developer may take; -1:
    none."""
    story = next_in_backlog(w, team)
    while story >= 0 and not may_pick(w, developer, story):
        story = in_backlog_from(w, team, story + 1)
    if story >= 0:
        take_in(w, team, story, Place.HELD)
        log(w, EventType.PULLED, story, -1, team, w.teams[team].sprint)
    return story


def time_left_in_sprint(w: WorldTables, team: int) -> int:
    """The working seconds that those for stories have left in the sprint, all together."""
    left, row = 0, w.teams[team]
    for developer in range(row.first, row.last):
        keeps = hours_of(w, developer)
        if is_for_stories(w, developer):
            left += worked(w, keeps, row.ends) - worked_so_far(w, keeps)
    return left


def may_pull(w: WorldTables, team: int) -> bool:
    """Whether a team that finishes early may pull on: as long as the unspent reserve stays covered,
    and not where it keeps everything in reserve, as it has nothing to finish then."""
    row = w.teams[team]
    if 0 < row.capacity <= row.reserve:
        return False
    if next_in_backlog(w, team) < 0:
        return False
    if w.rules.uneven:
        left = time_left_in_sprint(w, team)
    else:
        keeps = hours_of_team(w, team)
        left = (worked(w, keeps, row.ends) - worked_so_far(w, keeps)) * row.here
    capacity = focus_time(left, row.focus)
    return reserve_left(w, team) <= 0 or capacity > reserve_left(w, team)
