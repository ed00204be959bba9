"""Serving incidents that may interrupt; and whom of all there are it is worth asking.

At each dispatch all of them are offered to everybody who could drop something, worst and oldest first. Where
thousands wait that few may take, nearly all of that would be asked in vain: whoever refused an incident
refuses it again until something about them changes, for `takes` sees nothing else that does. So those that
were refused stand apart (`queues.put_among_refused`) and are offered only to who has changed since
(`w.changed`), and those that have come since to everybody. What comes into a queue while they are served waits
for the next dispatch, as it does in the other engine, which serves those that were there when it began.

What is known of who takes incidents of a kin (`sim.policy.kin`) cuts it further:

- **No team takes another's** (`kin_home`): the refused stand by team, and a change in one team has nobody else
  looked at.
- **Who refuses one refuses all** of the same list that are no worse (`kin_alike`): the first refusal ends it; and of
  what has come since, only those need be asked who have changed, where one of the kin that is no less severe was
  refused.
- **Nobody off duty takes any** (`kin_duty`): teams without anybody on duty are passed over.

Nobody comes to be able to take an incident while these are served: whoever is given one could drop as much
before. So who has changed is settled when it begins (`w.changed`), and whoever changes meanwhile is asked at
the next dispatch.
"""

from __future__ import annotations

from sim.engine.kernel.events import next_marked
from sim.engine.kernel.placing import EVERYBODY, best_placed, is_worth_asking, take
from sim.engine.kernel.queues import (
    earlier_of,
    kin_of,
    put_among_refused,
    refused_list,
    refused_owner,
)
from sim.engine.kernel.tables import URGENT_LINKS, WorldTables
from sim.engine.rules import SEVERITY_PLACES
from sim.policy.kin import KINS


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
        kin = kin_of(w, incident)
        if w.incidents[incident].refused:
            serve(w, incident, since)
            place = offer_place(w, w.incidents[incident].team, kin)
            if w.incidents[incident].waiting > 0 and are_refused_alike(w, kin):
                w.offers[place] = -1
            else:
                w.offers[place] = next_offer(w, following, since)
        else:
            fresh = come_before_now(w, following)
            serve(w, incident, since if is_refused_with_others(w, kin, severity) else EVERYBODY)
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


def are_refused_alike(w: WorldTables, kin: int) -> bool:
    """Whether who refuses an incident of a kin refuses those that follow in its list, as they are no worse."""
    return w.rules.kin_alike[kin] > 0 and not w.rules.ranked


def is_refused_with_others(w: WorldTables, kin: int, severity: int) -> bool:
    """Whether whoever has not changed refuses an incident of a kin and severity, as they have refused another."""
    if w.rules.kin_home[kin] or not are_refused_alike(w, kin):
        return False
    for worse in range(1, severity + 1):
        if w.urgent[refused_list(0, kin, worse)].head >= 0:
            return True
    return False


# ---- what was refused ----------------------------------------------------------------------------


def offer_place(w: WorldTables, team: int, kin: int) -> int:
    """The place, among the offers, of the list in which a team's refused incidents of a kin stand."""
    return refused_owner(w, team, kin) * KINS + kin


def find_offers(w: WorldTables, severity: int, since: int) -> None:
    """Find, in each list of a severity, the first refused incident that somebody who has changed may take."""
    for kin in range(w.rules.kins):
        team = next_marked(w.changed, 0) if w.rules.kin_home[kin] else 0
        while team >= 0:
            first = w.urgent[refused_list(team, kin, severity)].head
            w.offers[offer_place(w, team, kin)] = next_offer(w, first, since)
            team = next_owner(w, team, kin)


def next_owner(w: WorldTables, team: int, kin: int) -> int:
    """The next team with somebody who has changed, where refused incidents of a kin stand by team; -1: none."""
    return next_marked(w.changed, team + 1) if w.rules.kin_home[kin] else -1


def next_offer(w: WorldTables, incident: int, since: int) -> int:
    """The first, from a refused incident on, that somebody who has changed may take; -1: none."""
    if incident < 0 or not (w.rules.ranked or is_anybody_able(w, incident, since)):
        return -1
    alike = are_refused_alike(w, kin_of(w, incident))
    while incident >= 0 and best_placed(w, incident, since) < 0:
        incident = -1 if alike else w.incidents[incident].next[URGENT_LINKS]
    return incident


def is_anybody_able(w: WorldTables, incident: int, since: int) -> bool:
    """Whether anybody who has changed could drop what they do for an incident, or for any of its kin no
    worse."""
    severity, kin = w.incidents[incident].severity, kin_of(w, incident)
    home = w.rules.kin_home[kin] > 0
    team = w.incidents[incident].team if home else next_marked(w.changed, 0)
    while team >= 0:
        for developer in range(w.teams[team].first, w.teams[team].last):
            if is_worth_asking(w, developer, kin, severity, since):
                return True
        team = -1 if home else next_marked(w.changed, team + 1)
    return False


def next_to_serve(w: WorldTables, fresh: int) -> int:
    """The worst and oldest of an incident that has come since, -1: none, and of those refused that somebody
    may take."""
    for kin in range(w.rules.kins):
        team = next_marked(w.changed, 0) if w.rules.kin_home[kin] else 0
        while team >= 0:
            fresh = earlier_of(w, fresh, w.offers[offer_place(w, team, kin)])
            team = next_owner(w, team, kin)
    return fresh
