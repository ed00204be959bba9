"""One random future, drawn from a scenario's numbers: what `sim.sampling.sample_path` draws."""

from __future__ import annotations

from sim.engine.futures.absences import draw_absences, draw_departures
from sim.engine.futures.incidents import draw_reported, finish, put_in_order
from sim.engine.futures.stories import draw_stories
from sim.engine.futures.tables import Future


def draw(w: Future) -> None:
    """Draw the future that is wanted; where there is no room for it, that alone is said."""
    w.drawn.full = 0
    w.drawn.stories = 0
    reported = draw_reported(w)
    if w.drawn.full:
        return
    w.drawn.reported = reported
    put_in_order(w, reported)
    drafts = draw_stories(w, reported)
    if w.drawn.full:
        return
    finish(w, reported, drafts)
    draw_absences(w)
    draw_departures(w)
