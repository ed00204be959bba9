"""An option that changes nothing is refused: who gives it believes that it does something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.calibrate.calibration import Wishes
from sim.calibrate.formats import Export
from sim.calibrate.headings import plain
from sim.errors import Fault, ScenarioError, nearest


def refuse_idle(exports: Sequence[Export], wishes: Wishes) -> None:
    """Refuse what the user said and no export can follow.

    Raises:
        ScenarioError: naming the option, and why it would change nothing.
    """
    for option, reason in _idle(exports, wishes):
        raise ScenarioError(option, [Fault("", reason)])


def _idle(exports: Sequence[Export], wishes: Wishes) -> Iterator[tuple[str, str]]:
    say, tickets = wishes.say, [e.tickets for e in exports if e.tickets is not None]
    yield from _columns(exports, wishes)
    known = frozenset().union(*(one.vocabulary for one in tickets))
    for word, meaning in say.values.items():
        if word not in known:
            shown = nearest(word, sorted(known))
            yield (
                f"--map {word}={meaning}",
                f"no export has such a type, state, resolution or severity{shown}",
            )
    if say.order is not None and not any(one.order for one in tickets):
        yield f"--map dates={say.order.replace(' ', '-')}", "no date in the exports leaves a choice"
    if say.zone is not None and not any(one.zoned for one in tickets):
        yield (
            f"--timezone {say.zone.key}",
            "no opening in the exports says its zone, so nothing can be moved; times count as local",
        )
    groups = {name for one in tickets for name in one.all_groups}
    for name in say.groups:
        if name not in groups:
            shown = (
                f"; known are {', '.join(sorted(groups)[:12])}"
                if groups
                else ": no export has groups"
            )
            yield f"--groups {name}", f"no such group{shown}"
    incidents = [one.incidents for one in tickets if len(one.incidents)]
    if wishes.kinds is not None and not any((frame["category"] != "").any() for frame in incidents):
        yield "--kinds", "no export has a column of categories; name one with --columns category=…"
    if wishes.effort == "active" and not any(one.is_log for one in tickets):
        yield (
            "--effort active",
            "needs an audit log, with a row for each change of state; the exports are lists",
        )
    if wishes.logged_share != 1 and not incidents:
        yield f"--logged-share {wishes.logged_share:g}", "the exports hold no incidents"


def _columns(exports: Sequence[Export], wishes: Wishes) -> Iterator[tuple[str, str]]:
    """Yield the columns that the user names and that are read nowhere."""
    header = [name for export in exports for name in export.header]
    for field, column in wishes.say.columns.items():
        if any(plain(export.read.get(field, "")) == plain(column) for export in exports):
            continue
        if plain(column) in map(plain, header):
            reason = (
                f"the file that has this column is no list of tickets; it has no use for {field}"
            )
        else:
            reason = f"has no column {column!r}{nearest(column, header)}"
        yield f"--columns {field}={column}", reason
