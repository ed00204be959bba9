"""One pass through a trace: every incident, developer, sprint and story is followed to its end.

Each event that concerns an incident puts it into a stage, each that concerns a developer changes what
their time goes into. The stretches between events are cut at closing time, so the parts of a split add up
to the whole, to the second. The loops keep to what numba compiles, and run uncompiled too.
"""

from __future__ import annotations

from sim.engine.states import NEVER, Outcome, Stage, TimeUse
from sim.engine.trace import EventType
from sim.measures.book import (
    ACTIVITIES,
    CLOSED_HOURS,
    INCIDENT_STAGES,
    OUTCOMES,
    SAME,
    SPANS,
    Book,
    DeveloperAccount,
    IncidentAccount,
)
from sim.measures.in_order import order_leads, order_waits


def follow(b: Book) -> None:
    """Fill the book from its trace, in passes, each over the events that concern it: what a processor
    cannot guess, such as what the next event will be, costs it more than all the sums."""
    since, horizon = b.span.since, b.span.horizon
    begin(b)
    events, stints, counts = sort_events(b)
    follow_incidents(b, events)
    follow_developers(b, stints)
    count_events(b, counts, since)
    counted_from, until = hours_by(b, 0, since), hours_by(b, 0, horizon)
    for developer in range(len(b.developers)):
        if len(b.calendars) > 1:
            counted_from = hours_by(b, b.keeps[developer], since)
            until = hours_by(b, b.keeps[developer], horizon)
        book_time(b.developers[developer], until, counted_from)
        book_duty(b.developers[developer], until, counted_from)
    close_incidents(b)
    measured, until = place_waits(b), hours_by(b, 0, horizon)
    for place in range(measured):
        measure_waits(b, b.of_incidents[place], until)
    add_up(b, measured)
    order_waits(b)
    order_leads(b, since)


def begin(b: Book) -> None:
    """Set every account to what it is before the first event."""
    if len(b.calendars) > 1:
        for item in range(len(b.incidents)):
            b.counts_by[item] = b.home[item]
    for item in range(len(b.incidents)):
        incident = b.incidents[item]
        incident.opened = -1
        incident.started = -1
        incident.opened_worked = 0
        incident.started_worked = 0
        incident.outcome = Outcome.OPEN
        incident.stage = Stage.CLOSED
        incident.since = 0
        incident.worked = 0
        for stage in range(Stage.CLOSED + 1):
            incident.split[stage] = 0
    for kind in range(len(b.waits)):
        waits = b.waits[kind]
        waits.count = 0
        waits.open = 0
        waits.responded = 0
        waits.responses = 0
        waits.resolved = 0
        waits.resolutions = 0
        waits.first = 0
        waits.left = 0
        waits.left_before = 0
        for span in range(SPANS):
            waits.sums[span] = 0
    for person in range(len(b.developers)):
        developer = b.developers[person]
        developer.time_use = TimeUse.IDLE
        developer.worked = 0
        developer.switched_by = 0
        developer.interruptions = 0
        developer.calls = 0
        developer.duty_since = -1
        developer.duty = 0
        for use in range(len(ACTIVITIES)):
            developer.split[use] = 0
    begin_delivery(b)
    totals = b.totals
    totals.opened_before = 0
    totals.resolved = 0
    totals.worth = 0
    for outcome in range(len(OUTCOMES)):
        totals.outcomes[outcome] = 0
    for event_type in range(len(b.effects)):
        totals.events[event_type] = 0
    for stage in range(len(INCIDENT_STAGES)):
        totals.split[stage] = 0


def begin_delivery(b: Book) -> None:
    """Set the accounts of sprints and stories to what they are before the first event."""
    for number in range(len(b.sprints)):
        sprint = b.sprints[number]
        sprint.begins = -1
        sprint.committed = 0
        sprint.committed_points = 0
        sprint.kept = 0
        sprint.kept_points = 0
        sprint.done = 0
        sprint.done_points = 0
        sprint.cancelled = 0
        sprint.sent_back = 0
    for item in range(len(b.stories)):
        story = b.stories[item]
        story.committed = -1
        story.pulled = -1
        story.sprint = -1
        story.done = -1


def hours_by(b: Book, keeps: int, moment: int) -> int:
    """The working seconds by a calendar from time 0 to a moment."""
    low, high = b.calendars[keeps].first, b.calendars[keeps].last - 1
    while low < high:
        middle = (low + high + 1) >> 1
        if b.hours[middle].opens <= moment:
            low = middle
        else:
            high = middle - 1
    interval = b.hours[low]
    return interval.before + max(min(moment, interval.closes) - interval.opens, 0)


def sort_events(b: Book) -> tuple[int, int, int]:
    """Fill in the working time until each event; note the rows that concern incidents, developers, and
    the counts; return how many each.

    Every row is noted, and the next noted in its place where it does not concern: no choice to guess.
    """
    events, stints, counts = 0, 0, 0
    interval, following = -1, b.hours[0].opens
    last = b.calendars[0].last
    opens, closes, before = following, following, 0
    for row in range(len(b.trace)):
        event = b.trace[row]
        time = event.time
        while time >= following:
            interval += 1
            opens, closes = b.hours[interval].opens, b.hours[interval].closes
            before = b.hours[interval].before
            following = b.hours[interval + 1].opens if interval + 1 < last else NEVER
        b.worked[row] = before + max(min(time, closes) - opens, 0)
        effect = b.effects[event.type]
        b.of_incidents[events] = row
        b.of_developers[stints] = row
        b.counted[counts] = row
        events += effect.stage != SAME
        stints += effect.time_use != SAME
        counts += effect.counted
    return events, stints, counts


def follow_incidents(b: Book, count: int) -> None:
    """Book the stretch of its incident that each of `count` events ends, and begin the next."""
    zones = len(b.calendars) > 1
    for place in range(count):
        row = b.of_incidents[place]
        event, worked = b.trace[row], b.worked[row]
        event_type, time = event.type, event.time
        effect, incident = b.effects[event_type], b.incidents[event.item]
        shared = effect.shared * (event.value > 0)  # others are still on it
        if zones:
            worked = hours_by(b, b.counts_by[event.item], time)
        book_stage(incident, time, worked)
        if zones and not shared:
            by = b.keeps[event.developer] if effect.stage == Stage.IN_WORK else b.home[event.item]
            b.counts_by[event.item] = by
            worked = hours_by(b, by, time)
        opens = event_type == EventType.OPENED
        incident.opened = time if opens else incident.opened
        incident.opened_worked = worked if opens else incident.opened_worked
        starts = (event_type == EventType.STARTED) | (event_type == EventType.PAGED)
        starts &= incident.started < 0
        incident.started = time if starts else incident.started
        if zones and starts:
            incident.started_worked = hours_by(b, b.home[event.item], time)
        else:
            incident.started_worked = worked if starts else incident.started_worked
        incident.outcome = effect.outcome
        incident.stage = effect.stage + shared * (Stage.IN_WORK - effect.stage)
        incident.since = time
        incident.worked = worked


def book_stage(incident: IncidentAccount, time: int, worked: int) -> None:
    """Book the seconds that an incident was in its stage, those of working hours only but for the
    night's work."""
    stage = incident.stage
    passed = worked - incident.worked
    if stage == Stage.AT_NIGHT:
        passed = time - incident.since
    incident.split[stage] += passed


def follow_developers(b: Book, count: int) -> None:
    """Book the stretch of its developer that each of `count` events ends, and begin the next."""
    zones, counted_from = len(b.calendars) > 1, hours_by(b, 0, b.span.since)
    for place in range(count):
        row = b.of_developers[place]
        event, worked = b.trace[row], b.worked[row]
        effect, developer = b.effects[event.type], b.developers[event.developer]
        if zones:
            worked = hours_by(b, b.keeps[event.developer], event.time)
            counted_from = hours_by(b, b.keeps[event.developer], b.span.since)
        book_time(developer, worked, counted_from)
        developer.time_use = effect.time_use
        developer.worked = worked
        developer.switched_by = worked + effect.switches * event.value


def book_time(developer: DeveloperAccount, until: int, counted_from: int) -> None:
    """Book what a developer does until now, in working seconds, the switch at its beginning
    apart."""
    begun = max(developer.worked, counted_from)
    ended = max(until, counted_from)
    switching = max(min(developer.switched_by, ended) - begun, 0)
    developer.split[developer.time_use] += ended - begun - switching
    developer.split[TimeUse.SWITCHING] += switching


def book_duty(developer: DeveloperAccount, until: int, counted_from: int) -> None:
    """Book the support duty of a developer that ends now, in working seconds; it goes on in absence."""
    if developer.duty_since >= 0:
        begun = max(developer.duty_since, counted_from)
        developer.duty += max(until, counted_from) - begun
        developer.duty_since = -1


def change_duty(b: Book, row: int, begins: bool) -> None:
    """Note that a developer's support duty begins, or book it as it ends, by their own hours."""
    developer, worked = b.trace[row].developer, b.worked[row]
    counted_from = hours_by(b, b.keeps[developer], b.span.since)
    if len(b.calendars) > 1:
        worked = hours_by(b, b.keeps[developer], b.trace[row].time)
    if begins:
        b.developers[developer].duty_since = worked
    else:
        book_duty(b.developers[developer], worked, counted_from)


def count_events(b: Book, count: int, since: int) -> None:
    """Count what sprints commit and deliver, how often developers are interrupted or called at night,
    and how long they are on duty. At one second, work is done before it is planned."""
    planned = len(b.sprints) // len(b.current)
    for place in range(count):
        row = b.counted[place]
        event = b.trace[row]
        event_type, item, team, time = event.type, event.item, event.team, event.time
        b.totals.events[event_type] += time >= since
        if event_type == EventType.STORY_DONE:
            finish_story(b, item, team, time)
        elif event_type == EventType.COMMITTED or event_type == EventType.PULLED:
            take_story(b, item, team, time, event_type == EventType.PULLED)
        elif event_type == EventType.INTERRUPTED:
            b.developers[event.developer].interruptions += time >= since
        elif event_type == EventType.PAGED:
            b.developers[event.developer].calls += time >= since
        elif event_type == EventType.DUTY_BEGAN or event_type == EventType.DUTY_ENDED:
            change_duty(b, row, event_type == EventType.DUTY_BEGAN)
        elif event_type == EventType.IMPROVEMENT_DONE:
            b.totals.worth += (time >= since) * b.worth[item]
        elif event_type == EventType.PLANNED:
            b.current[team] = team * planned + item
            b.sprints[b.current[team]].begins = time
        elif event_type == EventType.CANCELLED:
            b.sprints[team * planned + item].cancelled += 1
        elif event_type == EventType.SENT_BACK:
            b.sprints[b.current[team]].sent_back += 1


def take_story(b: Book, item: int, team: int, time: int, pulled: bool) -> None:
    """Note that a story is committed or pulled; its sprint counts one that is committed."""
    story = b.stories[item]
    if story.committed < 0:
        story.committed = time
        story.pulled = pulled
    if not pulled:
        sprint = b.sprints[b.current[team]]
        story.sprint = b.current[team]
        sprint.committed += 1
        sprint.committed_points += b.points[item]


def finish_story(b: Book, item: int, team: int, time: int) -> None:
    """Note that a story is done; its sprint counts it, and whether its commitment was kept."""
    story, sprint = b.stories[item], b.sprints[b.current[team]]
    kept = story.sprint == b.current[team]
    story.done = time
    sprint.done += 1
    sprint.done_points += b.points[item]
    sprint.kept += kept
    sprint.kept_points += kept * b.points[item]


def close_incidents(b: Book) -> None:
    """Book what is open at the horizon, and what no stage has as closed hours; count the outcomes."""
    since, horizon, totals = b.span.since, b.span.horizon, b.totals
    until = hours_by(b, 0, horizon)
    for item in range(len(b.incidents)):
        incident = b.incidents[item]
        if incident.opened < 0:
            continue
        outcome, end = incident.outcome, incident.since
        totals.outcomes[outcome] += 1
        if outcome == Outcome.OPEN:
            end = horizon
            if len(b.calendars) > 1:
                until = hours_by(b, b.counts_by[item], horizon)
            book_stage(incident, end, until)
        still = (outcome == Outcome.OPEN) | (end >= since)
        before = (incident.opened < since) | was_open(b, item)
        totals.opened_before += before & still
        waits = b.waits[b.kind[item]]
        waits.left += outcome == Outcome.OPEN
        waits.left_before += before & still
        incident.split[Stage.IN_WORK] += incident.split[Stage.AT_NIGHT]
        incident.split[Stage.AT_NIGHT] = 0
        booked = 0
        for stage in range(Stage.FIRST_LINE, Stage.AT_NIGHT):
            booked += incident.split[stage]
        incident.split[CLOSED_HOURS] = end - incident.opened - booked


def was_open(b: Book, item: int) -> bool:
    """Whether an incident was open before anything was simulated."""
    return (item >= b.span.open_from) & (item < b.span.open_to)


def place_waits(b: Book) -> int:
    """Note the measured incidents, which opened after the warm-up and reached a team or may still,
    and where in the spans each kind begins; return how many there are."""
    count, waits = 0, b.waits
    for item in range(len(b.incidents)):
        b.of_incidents[count] = item
        is_measured = b.incidents[item].opened >= b.span.since
        is_measured &= b.incidents[item].outcome != Outcome.DEFLECTED
        is_measured &= not was_open(b, item)
        count += is_measured
        waits[b.kind[item]].count += is_measured
    for other in range(1, len(waits)):
        waits[other].first = waits[other - 1].first + waits[other - 1].count
    for other in range(len(waits)):
        waits[other].count = 0
    return count


def measure_waits(b: Book, item: int, until: int) -> None:
    """Measure how long one incident waited, and whether in time. What has not come to pass is taken
    to come to pass at the end of the incident, or at the horizon."""
    incident, waits, promise = b.incidents[item], b.waits[b.kind[item]], b.promises[b.kind[item]]
    spans, row = b.spans, len(b.incidents)
    still = incident.outcome == Outcome.OPEN
    ended = b.span.horizon if still else incident.since
    ended_worked = until if still else incident.worked
    if len(b.calendars) > 1:
        ended_worked = hours_by(b, b.home[item], ended)
    answered = incident.started >= 0
    started = incident.started if answered else ended
    started_worked = incident.started_worked if answered else ended_worked
    place = waits.first + waits.count
    waits.count += 1
    waits.open += still
    spans[place] = started - incident.opened
    spans[place + row] = started_worked - incident.opened_worked
    spans[place + 2 * row] = ended - incident.opened
    spans[place + 3 * row] = ended_worked - incident.opened_worked
    for span in range(SPANS):
        waits.sums[span] += spans[place + span * row]
    clock = place + promise.by_clock * row
    in_time = spans[clock] <= promise.respond
    decided = is_decided(promise.respond, answered, in_time)
    waits.responded += decided & in_time
    waits.responses += decided
    in_time = spans[clock + 2 * row] <= promise.resolve
    decided = is_decided(promise.resolve, incident.outcome == Outcome.RESOLVED, in_time)
    waits.resolved += decided & in_time
    waits.resolutions += decided


def is_decided(promise: int, over: bool, in_time: bool) -> bool:
    """Whether a promise has been kept or broken; it is neither where none was made, or where it may
    still be kept."""
    return (promise >= 0) & (over | (not in_time))


def add_up(b: Book, count: int) -> None:
    """Add up the seconds in each stage of the measured incidents that were resolved."""
    totals = b.totals
    totals.measured = count
    for place in range(count):
        incident = b.incidents[b.of_incidents[place]]
        resolved = incident.outcome == Outcome.RESOLVED
        totals.resolved += resolved
        for stage in range(len(INCIDENT_STAGES)):
            totals.split[stage] += resolved * incident.split[stage]
