"""Unplanned work (`sim.sampling.incidents`, `sim.sampling.arrivals`): which incidents may open, and what they turn out
to be."""

from __future__ import annotations

from sim.engine.futures.luck import UNIT, StreamRow, begin, uniform
from sim.engine.futures.quantiles import gamma, pick, seconds
from sim.engine.futures.tables import DAYS, HOURS, Future
from sim.sampling.calendars import DAY, HOUR, MINUTE, WEEK
from sim.sampling.incidents import MARKS, REGRESSION, REOPENING, REPORTED
from sim.sampling.organisation import MILLE

(MOMENT, TEAM, EFFORT, DEFLECTED, FIRST_LINE, REOPENS, REOPENS_AFTER, AVOIDED) = range(MARKS)

COUNTS, OF_INCIDENTS, OF_DAYS, OF_SEASON, OF_HOLIDAYS = range(5)
"""Streams that are drawn from side by side."""

RESOLUTION, LAST_DIGITS = 9007199254740992.0, 16777216


# ---- which may open ------------------------------------------------------------------------------


def draw_reported(w: Future) -> int:
    """Draw the incidents that are reported; the number of drafts."""
    if w.scene.replayed:
        return replay(w)
    count = 0
    for kind in range(len(w.kinds)):
        count = draw_kind(w, kind, count)
        if w.drawn.full:
            return count
    return count


def replay(w: Future) -> int:
    """Take the incidents of a log; what it does not say is drawn."""
    s, count = w.streams[OF_INCIDENTS], 0
    begin(s, w.pool, w.wanted.seed, w.wanted.replication, w.purposes.replayed, -1)
    for place in range(len(w.log_opened)):
        draw_marks(w, s, count)
        if w.log_opened[place] >= w.scene.begins:
            w.draft_opened[count] = w.log_opened[place]
            w.draft_kind[count], w.draft_team[count] = w.log_kind[place], w.log_team[place]
            count += 1
    return count


def draw_kind(w: Future, kind: int, count: int) -> int:
    """Draw a kind's incidents, week by week, behind `count` drafts; the number of drafts then."""
    k, seed, replication = w.kinds[kind], w.wanted.seed, w.wanted.replication
    begin(w.streams[COUNTS], w.pool, seed, replication, w.purposes.weekly_counts, k.word)
    begin(w.streams[OF_INCIDENTS], w.pool, seed, replication, w.purposes.incidents, k.word)
    if k.day_law >= 0:
        begin(w.streams[OF_DAYS], w.pool, seed, replication, w.purposes.days, k.word)
    if k.demand_from >= 0:
        begin(w.streams[OF_SEASON], w.pool, seed, replication, w.purposes.season, k.word)
    if k.keeps_holidays:
        begin(w.streams[OF_HOLIDAYS], w.pool, seed, replication, w.purposes.holidays, k.word)
    for week in range(w.scene.weeks):
        in_week = draw_count(w, kind)
        if k.day_law >= 0:
            draw_days(w, kind)
        if count + in_week > len(w.draft_opened):
            w.drawn.full = 1
            return count
        for _ in range(in_week):
            count += draw_opening(w, kind, week, count)
    return count


def draw_count(w: Future, kind: int) -> int:
    """How many of a kind come in a week."""
    k, u = w.kinds[kind], uniform(w.streams[COUNTS])
    low, high = k.count_from, k.count_to
    while low < high:
        middle = (low + high) // 2
        if w.chances[middle] < u:
            low = middle + 1
        else:
            high = middle
    return k.least + low - k.count_from


def draw_opening(w: Future, kind: int, week: int, place: int) -> int:
    """Draw an incident of a week as a draft; 1, or 0 where it does not open."""
    k = w.kinds[kind]
    draw_marks(w, w.streams[OF_INCIDENTS], place)
    u = w.marks[MARKS * place + MOMENT]
    if k.day_law >= 0:
        u = moved(w, kind, u)
    opened = week * WEEK + moment_in_week(w, kind, u)
    if k.demand_from >= 0:
        factor = w.demand[k.demand_from + opened // DAY]
        if not uniform(w.streams[OF_SEASON]) * w.most[kind] < factor:
            return 0
    if k.keeps_holidays:
        comes = uniform(w.streams[OF_HOLIDAYS]) < w.holiday_share[kind]
        if w.is_holiday[opened // DAY] and not comes:
            return 0
    if opened < w.scene.begins:
        return 0
    w.draft_opened[place], w.draft_kind[place] = opened, kind
    home = k.home if k.home >= 0 else pick(w, w.scene.teams, w.marks[MARKS * place + TEAM])
    w.draft_team[place] = home
    return 1


def draw_marks(w: Future, s: StreamRow, place: int) -> None:
    """Draw the uniform numbers of a draft."""
    for mark in range(MARKS):
        w.marks[MARKS * place + mark] = uniform(s)


def moment_in_week(w: Future, kind: int, u: float) -> int:
    """The second of the week, by the hours' weights."""
    wheel = w.kinds[kind].hours
    hour = pick(w, wheel, u)
    begins = w.ends[w.wheels[wheel].at + hour - 1] if hour > 0 else 0.0
    within = (u - begins) * w.all_weights[kind] / w.hour_weights[kind * HOURS + hour]
    return min(int((hour + min(within, 1.0)) * HOUR), WEEK - 1)


def draw_days(w: Future, kind: int) -> None:
    """Draw how busy the days of a week turn out."""
    law, total, end = w.kinds[kind].day_law, 0.0, 0.0
    shape = w.of_laws[w.laws[law].at]
    for day in range(DAYS):
        luck = gamma(w, law, uniform(w.streams[OF_DAYS])) / shape
        w.busy[day] = w.day_shares[kind * DAYS + day] * max(luck, 1e-12)
        total += w.busy[day]
    for day in range(DAYS):
        w.busy[day] /= total
        end += w.busy[day]
        w.busy[DAYS + day] = end
    w.busy[DAYS + DAYS - 1] = 1.0


def moved(w: Future, kind: int, u: float) -> float:
    """A uniform number moved towards the days that turn out busy."""
    day = 0
    while day < DAYS and u >= w.busy[DAYS + day]:
        day += 1
    within = 1.0 - (w.busy[DAYS + day] - u) / max(w.busy[day], 1e-300)
    share = min(max(within, 0.0), 1.0 - UNIT) * w.day_shares[kind * DAYS + day]
    return min(w.day_begins[kind * DAYS + day] + share, 1.0 - UNIT)


# ---- in the order they open ----------------------------------------------------------------------


def put_in_order(w: Future, count: int) -> None:
    """Order drafts by when they open, those of one second as they were drawn.

    Dealt into as many stretches of time as there are drafts, they are nearly in order.
    """
    if count == 0:
        return
    span = w.scene.weeks * WEEK
    for stretch in range(count + 1):
        w.places[stretch] = 0
    for draft in range(count):
        w.places[w.draft_opened[draft] * count // span + 1] += 1
    for stretch in range(count):
        w.places[stretch + 1] += w.places[stretch]
    for draft in range(count):
        stretch = w.draft_opened[draft] * count // span
        w.order[w.places[stretch]] = draft
        w.places[stretch] += 1
    for place in range(1, count):
        draft = w.order[place]
        before = place
        while before > 0 and w.draft_opened[w.order[before - 1]] > w.draft_opened[draft]:
            w.order[before] = w.order[before - 1]
            before -= 1
        w.order[before] = draft


# ---- what they turn out to be --------------------------------------------------------------------


def finish(w: Future, reported: int, drafts: int) -> None:
    """Draw what each incident turns out to be; those that come back stand at the end."""
    extra = drafts
    for place in range(drafts):
        draft = w.order[place] if place < reported else place
        w.opened[place] = w.draft_opened[draft]
        w.cause[place] = REPORTED if place < reported else REGRESSION
        w.after[place] = 0 if place < reported else w.draft_after[draft]
        returns = turn_out(w, place, draft)
        w.reopening[place] = -1
        if returns:
            if extra >= len(w.opened):
                w.drawn.full = 1
                return
            w.reopening[place] = extra
            come_back(w, place, draft, extra)
            extra += 1
    w.drawn.possible = extra


def turn_out(w: Future, place: int, draft: int) -> bool:
    """Draw an incident's own features; whether it will come back."""
    kind, marks = w.draft_kind[draft], MARKS * draft
    k = w.kinds[kind]
    w.kind[place], w.team[place] = kind, w.draft_team[draft]
    w.effort[place] = seconds(w, k.effort_law, w.marks[marks + EFFORT], HOUR)
    deflected, first_line = False, 0
    if k.first_line:
        first_line = seconds(w, w.scene.first_line_law, w.marks[marks + FIRST_LINE], MINUTE)
        deflected = w.marks[marks + DEFLECTED] < w.deflect_rate[0]
    w.first_line[place] = first_line
    w.deflected[place] = 1 if deflected else 0
    w.uniform[place] = int(w.marks[marks + AVOIDED] * MILLE)
    w.chance[place] = coin(w.marks[marks + AVOIDED])
    w.logged[place] = on_record(w, kind, w.marks[marks + DEFLECTED])
    return not deflected and w.marks[marks + REOPENS] < w.reopen_rate[kind]


def come_back(w: Future, place: int, draft: int, extra: int) -> None:
    """Draw the incident as which another comes back."""
    kind, marks = w.draft_kind[draft], MARKS * draft
    k = w.kinds[kind]
    w.opened[extra], w.kind[extra], w.team[extra] = -1, kind, w.draft_team[draft]
    w.cause[extra] = REOPENING
    w.after[extra] = seconds(w, k.reopen_law, w.marks[marks + REOPENS_AFTER], HOUR)
    w.effort[extra] = max(w.effort[place] * k.reopen_share // MILLE, 1)
    w.deflected[extra], w.first_line[extra] = 0, 0
    w.reopening[extra], w.uniform[extra] = -1, 0
    w.chance[extra] = coin(w.marks[marks + REOPENS_AFTER])
    w.logged[extra] = on_record(w, kind, w.marks[marks + EFFORT])


def coin(mark: float) -> int:
    """A number from 0 to 999 of a uniform number's last digits."""
    return int(mark * RESOLUTION) % LAST_DIGITS * MILLE // LAST_DIGITS


def on_record(w: Future, kind: int, mark: float) -> int:
    """1 where an incident is on record."""
    if not w.scene.any_unlogged:
        return 1
    return 1 if coin(mark) < w.kinds[kind].logged else 0
