"""Serving incidents that may interrupt; and whom of all there are it is worth asking.

At each dispatch all of them are offered to everybody who could drop something, worst and oldest first. Where
thousands wait that few may take, nearly all of that would be asked in vain: whoever refused an incident
refuses it again until something about them changes, for `takes` sees nothing else that does. So those that
were refused stand apart (`queues.put_among_refused`) and are offered only to who has changed since
(`w.changed`), and those that have come since to everybody. What comes into a queue while they are served waits
for the next dispatch, as it does in the other engine, which serves those that were there when it began.

What is known of `takes` from its code (`sim.policy.refusing`) cuts it further:

- **No team takes another's** (`home_only`): the refused stand by team, and a change in one team has nobody else
  looked at.
- **Who refuses one refuses all** of their queue that are no worse (`takes_alike`): the first refusal ends it;
  and of what has come since, only those need be asked who have changed, where one that is no less severe was
  refused.
- **Who refuses one that was never deferred refuses all of its severity that never were** (`new_alike`): where no
  other stands there, that ends it, too.
- **Nobody off duty takes any** (`duty_only`): teams without anybody on duty are passed over.

Nobody comes to be able to take an incident while these are served: whoever is given one could drop as much
before. So who has changed is settled when it begins (`w.changed`), and whoever changes meanwhile is asked at
the next dispatch.
"""

from __future__ import annotations

from sim.engine.kernel.events import next_marked, unmark
from sim.engine.kernel.placing import EVERYBODY, best_placed, is_worth_asking, take
from sim.engine.kernel.queues import (
    earlier_of,
    group_of,
    put_among_refused,
    refused_place,
    urgent_place,
)
from sim.engine.kernel.tables import URGENT_LINKS, WorldTables
from sim.engine.rules import SEVERITY_PLACES


def serve_urgent(w: WorldTables) -> None:
    """Serve incidents that may interrupt, the worst and oldest first."""
    since = w.run.served
    w.run.served = w.run.dispatches
    changed = find_changed(w)
    for severity in range(1, SEVERITY_PLACES):
        if w.urgent[severity].head >= 0 or (changed and w.refused[severity] > 0):
            serve_severity(w, severity, since)


def find_changed(w: WorldTables) -> bool:
    """Mark the teams with somebody who has changed, where something was refused that they might take; return
    whether there is one."""
    found = 0
    for place in range(len(w.touched)):
        word = w.touched[place]
        w.touched[place] = 0
        if w.rules.home_only:
            word &= w.with_refused[place]
        w.changed[place] = word
        found |= word
    return found != 0


def serve_severity(w: WorldTables, severity: int, since: int) -> None:
    """Serve those of one severity, or, where the policy ranks them, all: those that have come since the last
    time, and those refused that somebody who has changed may take."""
    find_offers(w, severity, since)
    fresh = come_before_now(w, w.urgent[severity].head)
    incident = next_to_serve(w, fresh)
    while incident >= 0:
        following = w.incidents[incident].next[URGENT_LINKS]
        if w.incidents[incident].refused:
            serve(w, incident, since)
            group = group_of(w, incident)
            if w.incidents[incident].waiting > 0 and who_refuses_one_refuses_all(w):
                w.offers[group] = -1
            else:
                w.offers[group] = next_offer(w, following, since)
        else:
            fresh = come_before_now(w, following)
            serve(w, incident, since if is_refused_with_others(w, severity) else EVERYBODY)
            if w.incidents[incident].waiting > 0:
                put_among_refused(w, incident)
        incident = next_to_serve(w, fresh)


def serve(w: WorldTables, incident: int, since: int) -> None:
    """Give a waiting incident as many developers as it wants and can have, of those who have changed at or
    after a dispatch."""
    while w.incidents[incident].waiting > 0:
        developer = best_placed(w, incident, since)
        if developer < 0:
            return
        take(w, developer, incident)


def come_before_now(w: WorldTables, incident: int) -> int:
    """The first, from an incident on, of those that did not come into a queue during this very dispatch; -1:
    none."""
    while incident >= 0 and w.incidents[incident].seen >= w.run.dispatches:
        incident = w.incidents[incident].next[URGENT_LINKS]
    return incident


def who_refuses_one_refuses_all(w: WorldTables) -> bool:
    """Whether who refuses an incident refuses those that follow, as they are no worse."""
    return w.rules.takes_alike > 0 and not w.rules.ranked


def who_refuses_one_refuses_all_new(w: WorldTables) -> bool:
    """Whether who refuses an incident that was never deferred refuses those of its group and severity that
    never were."""
    return w.rules.new_alike > 0 and (w.rules.home_only > 0 or w.rules.queues == 1)


def is_refused_with_others(w: WorldTables, severity: int) -> bool:
    """Whether whoever has not changed refuses an incident of a severity, as they have refused another."""
    if w.rules.home_only or not who_refuses_one_refuses_all(w):
        return False
    for worse in range(1, severity + 1):
        if w.urgent[refused_place(0, worse)].head >= 0:
            return True
    return False


# ---- what was refused ----------------------------------------------------------------------------


def find_offers(w: WorldTables, severity: int, since: int) -> None:
    """Find, of each group, the first refused incident of a severity that somebody who has changed may
    take."""
    if not w.rules.home_only:
        w.offers[0] = next_offer(w, w.urgent[refused_place(0, severity)].head, since)
        return
    team = next_marked(w.changed, 0)
    while team >= 0:
        first = w.urgent[refused_place(team, severity)].head
        w.offers[team] = next_offer(w, first, since)
        if first >= 0 and w.offers[team] < 0 and who_refuses_one_refuses_all(w):
            unmark(w.changed, team)
        team = next_marked(w.changed, team + 1)


def next_offer(w: WorldTables, incident: int, since: int) -> int:
    """The first, from a refused incident on, that somebody who has changed may take; -1: none."""
    if incident < 0 or not (w.rules.ranked or is_anybody_able(w, incident, since)):
        return -1
    new_are_refused = False
    while incident >= 0:
        new = w.incidents[incident].deferrals == 0
        if not (new and new_are_refused):
            if best_placed(w, incident, since) >= 0:
                return incident
            if who_refuses_one_refuses_all(w):
                return -1
            if new and who_refuses_one_refuses_all_new(w):
                new_are_refused = True
                if w.deferred_refused[urgent_place(w, incident)] == 0:
                    return -1
        incident = w.incidents[incident].next[URGENT_LINKS]
    return -1


def is_anybody_able(w: WorldTables, incident: int, since: int) -> bool:
    """Whether anybody who has changed could drop what they do for an incident, or for any no worse."""
    severity = w.incidents[incident].severity
    home = w.incidents[incident].team
    team = home if w.rules.home_only else next_marked(w.changed, 0)
    while team >= 0:
        for developer in range(w.teams[team].first, w.teams[team].last):
            if is_worth_asking(w, developer, severity, since):
                return True
        team = -1 if w.rules.home_only else next_marked(w.changed, team + 1)
    return False


def next_to_serve(w: WorldTables, fresh: int) -> int:
    """The worst and oldest of an incident that has come since, -1: none, and of those refused that somebody
    may take."""
    if not w.rules.home_only:
        return earlier_of(w, fresh, w.offers[0])
    team = next_marked(w.changed, 0)
    while team >= 0:
        fresh = earlier_of(w, fresh, w.offers[team])
        team = next_marked(w.changed, team + 1)
    return fresh
