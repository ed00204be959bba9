"""The event loop, and what comes to pass in it."""

from __future__ import annotations

from sim.engine.kernel.dispatch import dispatch
from sim.engine.kernel.events import busy_until, log, mark, next_event, push, request_dispatch
from sim.engine.kernel.hours import move_on
from sim.engine.kernel.improvements import end_improvement_stint
from sim.engine.kernel.incidents import (
    arrive,
    escalate,
    finish_part,
    outgrow,
    push_caused,
    push_report,
    withdraw,
)
from sim.engine.kernel.on_call import hang_up, leave_call, page, rest, resume
from sim.engine.kernel.sprints import assign_duties, count_people, count_turns, plan
from sim.engine.kernel.tables import *
from sim.engine.kernel.work import hand_back, learn, put_down, release, set_activity, set_busy
from sim.scenario.size import ID_BITS


def live(memory):
    """Live through the path in the world at `memory`; the trace has `world[W_ROWS]` rows.

    Rows beyond the table's end are only counted. `W_HEAP_FULL` tells that events were lost.
    """
    w = world_of(memory)
    begin_all(w)
    world = w.world
    while not world[W_HEAP_FULL]:
        event = next_event(w)
        if event == NEVER:
            break
        move_on(w, event >> (ID_BITS + CLASS_BITS))
        rank = (event >> ID_BITS) & ((1 << CLASS_BITS) - 1)
        id = event & ((1 << ID_BITS) - 1)
        if rank == COMPLETE:
            complete(w, id)
        elif rank == DISPATCH:
            dispatch(w)
        elif rank == ARRIVE:
            arrive(w, id)
        elif rank == WITHDRAW:
            withdraw(w, id)
        elif rank == ESCALATE:
            escalate(w, id)
        elif rank == PLAN:
            plan(w, id)
        elif rank == LEAVE:
            leave(w, id)
        else:
            come_back(w, id)


def begin_all(w):
    for developer in range(len(w.developers)):
        push_absence(w, developer)
    for team in range(len(w.teams)):
        mark(w.with_free, team)
        mark(w.to_ask, team)
        count_turns(w, team)
        push(w, w.plannings[0], PLAN, team)
    push_report(w, 0)


def push_absence(w, developer):
    spell = w.developers[developer, D_SPELL]
    if spell < w.developers[developer, D_SPELL_END]:
        push(w, w.spells[spell, 0], LEAVE, developer)


def leave(w, developer):
    """Whatever the developer held is free for others to take up."""
    d = w.developers
    team, activity = d[developer, D_TEAM], d[developer, D_ACTIVITY]
    if activity == ON_CALL:
        leave_call(w, developer)
        release(w, developer)
    elif activity == RESTING:
        log(w, REST_ENDED, -1, developer, team, 0)
        release(w, developer)
    else:
        put_down(w, developer)
    hand_back(w, developer)
    set_busy(w, developer, AWAY, NEVER)
    d[developer, D_OWED] = 0
    d[developer, D_REST_DUE] = 0
    log(w, LEFT, -1, developer, team, 0)
    presence_changed(w, team)
    if activity == ON_CALL:
        page(w, team)
    push(w, w.spells[d[developer, D_SPELL], 1], RETURN, developer)


def come_back(w, developer):
    d = w.developers
    set_busy(w, developer, FREE, NEVER)
    log(w, RETURNED, -1, developer, d[developer, D_TEAM], 0)
    presence_changed(w, d[developer, D_TEAM])
    d[developer, D_SPELL] += 1
    push_absence(w, developer)


def presence_changed(w, team):
    """Others may have to stand in."""
    if w.teams[team, T_SPRINT] >= 0:
        assign_duties(w, team)
    else:
        count_people(w, team)
        count_turns(w, team)
    request_dispatch(w)


def complete(w, developer):
    """The time is up: a meeting, a call or a rest has ended, or the item in hand is done."""
    d = w.developers
    activity, team = d[developer, D_ACTIVITY], d[developer, D_TEAM]
    busy_until(w, developer, NEVER)
    if activity == CEREMONY:
        log(w, CEREMONY_ENDED, -1, developer, team, 0)
        resume(w, developer)
    elif activity == ON_CALL:
        end_call(w, developer)
    elif activity == RESTING:
        log(w, REST_ENDED, -1, developer, team, 0)
        resume(w, developer)
    elif d[developer, D_HAND] != NOTHING:
        end_stint(w, developer)
    request_dispatch(w)


def end_call(w, developer):
    hang_up(w, developer)
    set_activity(w, developer, FREE)
    finish_part(w, developer, w.developers[developer, D_CALLED_TO])
    page(w, w.developers[developer, D_TEAM])
    if w.developers[developer, D_ACTIVITY] == FREE:
        rest(w, developer)


def end_stint(w, developer):
    """The item in hand is done, or as far as it is to go for now."""
    d = w.developers
    hand, item, stint = d[developer, D_HAND], d[developer, D_ITEM], d[developer, D_STINT]
    learn(w, developer, d[developer, D_DURATION])
    set_activity(w, developer, FREE)
    d[developer, D_HAND] = NOTHING
    if hand == STORY:
        finish_story(w, developer, item)
    elif hand == IMPROVEMENT:
        end_improvement_stint(w, developer, item)
    elif stint < w.parts[item, P_REMAINING]:
        outgrow(w, developer, item, stint)
    else:
        finish_part(w, developer, item)


def finish_story(w, developer, story):
    t, s, team = w.teams, w.stories, w.developers[developer, D_TEAM]
    s[story, S_REMAINING] = 0
    s[story, S_DONE] = 1
    t[team, T_STORIES_BEGUN] -= 1
    t[team, T_DELIVERED] += w.story_points[story]
    mark(w.to_ask, team)
    log(w, STORY_DONE, story, developer, team, 0)
    follows = w.story_regression[story] >= 0
    if follows and w.story_luck[story] < chance_of_regression(w, developer, story):
        push_caused(w, w.story_regression[story])


def chance_of_regression(w, developer, story):
    """Per million: more where the story was interrupted, less where its developer knows support."""
    o = w.organisation
    chance = o[O_REGRESSION_CHANCE]
    if w.stories[story, S_INTERRUPTED]:
        chance = chance * o[O_INTERRUPTED_REGRESSIONS] // MILLE
    known = min(w.developers[developer, D_SUPPORT], o[O_QUALITY_AFTER])
    return chance * (MILLE - o[O_QUALITY_GAIN] * known // o[O_QUALITY_AFTER]) // MILLE
