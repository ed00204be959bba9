"""The event loop, and what comes to pass in it."""

from __future__ import annotations

from sim.engine.kernel.asking import ask_shift
from sim.engine.kernel.changeover import lay_down, take_up
from sim.engine.kernel.departures import let_go, take_place
from sim.engine.kernel.dispatch import dispatch
from sim.engine.kernel.events import (
    CLASS_BITS,
    busy_until,
    log,
    mark,
    next_event,
    push,
    put_back,
    request_dispatch,
)
from sim.engine.kernel.hours import hours_of, move_on
from sim.engine.kernel.improvements import end_improvement_stint
from sim.engine.kernel.incidents import (
    arrive,
    escalate,
    finish_part,
    look,
    outgrow,
    push_caused,
    push_given,
    push_look,
    push_report,
    withdraw,
)
from sim.engine.kernel.meetings import meet_weekly, push_meeting
from sim.engine.kernel.night_calls import hang_up, page, rest, resume
from sim.engine.kernel.sprints import (
    assign_duties,
    count_people,
    count_turns,
    plan,
    push_planning,
)
from sim.engine.kernel.tables import Place, WorldTables, world_of
from sim.engine.kernel.views import developer_view, incident_view
from sim.engine.kernel.work import (
    learn,
    put_down,
    set_activity,
    set_busy,
    touch,
)
from sim.engine.rules import chance_of_regression
from sim.engine.states import NEVER, Activity, Hand, Rank
from sim.engine.trace import EventType
from sim.scenario.size import ID_BITS


def simulate(memory: WorldTables) -> None:
    """Live through the path in the world at `memory`; the trace has `run.rows` rows.

    Rows beyond the table's end are only counted. `run.heap_full` tells that events were lost,
    `run.parts_full` that an incident's parts were.
    """
    w = world_of(memory)
    if w.rules.extended and w.run.changed:
        take_up(w)
    else:
        schedule_first_events(w)
    run = w.run
    while not run.heap_full and not run.parts_full:
        event = next_event(w)
        if event >= run.until:
            stop_for_change(w, event)
            break
        move_on(w, event >> (ID_BITS + CLASS_BITS))
        rank = (event >> ID_BITS) & ((1 << CLASS_BITS) - 1)
        id = event & ((1 << ID_BITS) - 1)
        if rank == Rank.COMPLETE:
            complete(w, id)
        elif rank == Rank.DISPATCH:
            dispatch(w)
        elif rank == Rank.ARRIVE:
            arrive(w, id)
        elif rank == Rank.WITHDRAW:
            withdraw(w, id)
        elif rank == Rank.ESCALATE:
            escalate(w, id)
        elif rank == Rank.PLAN:
            plan(w, id)
        elif rank == Rank.LOOK:
            look(w, id)
        elif rank == Rank.SHIFT:
            shift(w, id)
        elif rank == Rank.LEAVE:
            leave(w, id)
        elif rank == Rank.RETURN:
            come_back(w, id)
        elif rank == Rank.OPEN:
            open_hours(w, id)
        elif rank == Rank.MEET:
            meet_weekly(w, id)
        else:
            join(w, id)


def stop_for_change(w: WorldTables, event: int) -> None:
    """Stop before an event, at the moment at which the policy is to change; at the end there is none."""
    if w.rules.extended and w.run.until != NEVER:
        put_back(w, event)
        move_on(w, w.run.until >> (ID_BITS + CLASS_BITS))
        lay_down(w)


def schedule_first_events(w: WorldTables) -> None:
    """Schedule everybody's first absence, every team's first planning and the first report."""
    for developer in range(len(w.developers)):
        push_absence(w, developer)
    for team in range(len(w.teams)):
        mark(w.with_free, team)
        mark(w.to_ask, team)
        count_turns(w, team)
        push_planning(w, team, 0)
        push_meeting(w, team)
    push_report(w, 0)
    push_given(w)
    push_look(w)
    for keeps in range(len(w.calendars)):
        push_opening(w, keeps)
        push_closing(w, keeps)


def push_absence(w: WorldTables, developer: int) -> None:
    """Schedule a developer's next absence, if there is one."""
    spell = w.developers[developer].spell
    if spell < w.developers[developer].spell_end:
        push(w, w.spells[spell].leaves, Rank.LEAVE, developer)


def leave(w: WorldTables, developer: int) -> None:
    """Begin a developer's absence; whatever they held is free for others to take up."""
    row = w.developers[developer]
    team, activity = row.team, row.activity
    push(w, w.spells[row.spell].returns, Rank.RETURN, developer)
    if w.rules.departures and w.persons[developer].vacant:
        return
    let_go(w, developer)
    log(w, EventType.LEFT, -1, developer, team, 0)
    presence_changed(w, team)
    if activity == Activity.ON_CALL:
        page(w, team)


def come_back(w: WorldTables, developer: int) -> None:
    """End a developer's absence; they are free."""
    row = w.developers[developer]
    row.spell += 1
    push_absence(w, developer)
    if w.rules.departures:
        if w.persons[developer].vacant or row.activity != Activity.AWAY:
            return  # somebody else has joined since, or is to
    set_busy(w, developer, Activity.FREE, NEVER)
    log(w, EventType.RETURNED, -1, developer, row.team, 0)
    presence_changed(w, row.team)


def join(w: WorldTables, developer: int) -> None:
    """Fill the place of somebody who left for good."""
    take_place(w, developer)
    presence_changed(w, w.developers[developer].team)


def presence_changed(w: WorldTables, team: int) -> None:
    """Ask anew who of a team is on duty when somebody has left or returned, as others may have to
    stand in."""
    if w.teams[team].sprint >= 0:
        assign_duties(w, team)
    else:
        count_people(w, team)
        count_turns(w, team)
    request_dispatch(w)


def push_opening(w: WorldTables, keeps: int) -> None:
    """Schedule the next opening of a calendar, where not all keep the same."""
    row = w.calendars[keeps]
    if w.rules.zones and row.opening < row.last:
        push(w, w.opens[row.opening], Rank.OPEN, keeps)
        row.opening += 1


def open_hours(w: WorldTables, keeps: int) -> None:
    """Have those who come find what has waited."""
    push_opening(w, keeps)
    for developer in range(len(w.developers)):
        row = w.developers[developer]
        if hours_of(w, developer) == keeps:
            touch(w, developer)
            mark(w.to_ask, row.team)
    request_dispatch(w)


def push_closing(w: WorldTables, keeps: int) -> None:
    """Schedule the next closing time of a calendar, where the policy decides who hands over then."""
    row = w.calendars[keeps]
    if w.rules.shifts and row.closing < row.last:
        push(w, w.closes[row.closing], Rank.SHIFT, keeps)
        row.closing += 1


def shift(w: WorldTables, keeps: int) -> None:
    """Ask the policy, as the day ends, whether those who keep these hours and are on an incident hand it
    over to whoever is at work next."""
    push_closing(w, keeps)
    for developer in range(len(w.developers)):
        row = w.developers[developer]
        if (
            hours_of(w, developer) == keeps
            and row.activity == Activity.WORKING
            and row.hand == Hand.PART
        ):
            view = incident_view(w, w.parts[row.item].incident)
            asked = ask_shift(w.shift, view, developer_view(w, developer), w.run.now, w.p)
            if int(asked):
                put_down(w, developer)
                set_busy(w, developer, Activity.FREE, NEVER)
                request_dispatch(w)


def complete(w: WorldTables, developer: int) -> None:
    """End what a developer is busy with: a meeting, a call or a rest is over, or the item in hand
    is done."""
    row = w.developers[developer]
    activity, team = row.activity, row.team
    busy_until(w, developer, NEVER)
    if activity == Activity.CEREMONY:
        log(w, EventType.CEREMONY_ENDED, -1, developer, team, 0)
        resume(w, developer)
    elif activity == Activity.ON_CALL:
        end_call(w, developer)
    elif activity == Activity.RESTING:
        log(w, EventType.REST_ENDED, -1, developer, team, 0)
        resume(w, developer)
    elif row.hand != Hand.NOTHING:
        end_stint(w, developer)
    request_dispatch(w)


def end_call(w: WorldTables, developer: int) -> None:
    """End a call at night: the developer's share of the incident is done, and the next call or a
    rest follows."""
    hang_up(w, developer)
    set_activity(w, developer, Activity.FREE)
    finish_part(w, developer, w.developers[developer].called_to)
    page(w, w.developers[developer].team)
    if w.developers[developer].activity == Activity.FREE:
        rest(w, developer)


def end_stint(w: WorldTables, developer: int) -> None:
    """End a stint of work: the item in hand is done, or as far as it is to go for now."""
    row = w.developers[developer]
    hand, item, stint = row.hand, row.item, row.stint
    learn(w, developer, row.duration)
    set_activity(w, developer, Activity.FREE)
    row.hand = Hand.NOTHING
    if hand == Hand.STORY:
        finish_story(w, developer, item)
    elif hand == Hand.IMPROVEMENT:
        end_improvement_stint(w, developer, item)
    elif stint < w.parts[item].remaining:
        outgrow(w, developer, item, stint)
    else:
        finish_part(w, developer, item)


def finish_story(w: WorldTables, developer: int, story: int) -> None:
    """Count a story as done, and have its regression open where its uniform number lies below the
    chance."""
    teams, row, team = w.teams, w.stories[story], w.developers[developer].team
    row.remaining = 0
    row.place = Place.DONE
    teams[team].stories_begun -= 1
    teams[team].delivered += w.story_points[story]
    mark(w.to_ask, team)
    log(w, EventType.STORY_DONE, story, developer, team, 0)
    follows = w.story_regression[story] >= 0
    if follows and w.story_uniform[story] < chance_of_regression(
        w.rules, row.interrupted, w.developers[developer].support_time
    ):
        push_caused(w, w.story_regression[story])
