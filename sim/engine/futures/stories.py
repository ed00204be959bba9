"""Planned work (`sim.sampling.stories`): each team's backlog, and what its stories may break."""

from __future__ import annotations

from sim.engine.futures.incidents import OF_INCIDENTS, draw_marks
from sim.engine.futures.luck import begin, leap, ready_to_leap, uniform
from sim.engine.futures.quantiles import pick, seconds
from sim.engine.futures.tables import Future
from sim.sampling.calendars import DAY
from sim.sampling.organisation import MILLE, MILLION


def draw_stories(w: Future, reported: int) -> int:
    """Draw every team's stories; what they break are drafts behind the reported. The number of drafts then."""
    stories, drafts = 0, reported
    for team in range(len(w.planners)):
        w.stories_from[team] = stories
        if w.scene.plans:
            drafts = draw_backlog(w, team, stories, drafts)
            if w.drawn.full:
                return drafts
            stories = w.drawn.stories
    w.stories_from[len(w.planners)] = stories
    w.drawn.stories = stories
    return drafts


def draw_backlog(w: Future, team: int, first: int, drafts: int) -> int:
    """Draw a team's stories from number `first` on: as many as it could finish, and as long as those are not
    enough, twice as many."""
    t, s = w.planners[team], w.streams[OF_INCIDENTS]
    begin(s, w.pool, w.wanted.seed, w.wanted.replication, w.purposes.stories, t.word)
    ready_to_leap(s)
    story, estimates, efforts, until = first, 0, 0, first + t.stories
    while True:
        if until > len(w.story_points):
            w.drawn.full = 1
            return drafts
        while story < until:
            if draw_story(w, team, story, drafts):
                drafts += 1
                if drafts > len(w.draft_opened):
                    return drafts
            estimates += w.story_estimate[story]
            efforts += w.story_effort[story]
            story += 1
        if min(estimates, efforts) > t.capacity:
            break
        until = first + 2 * (until - first)
    w.drawn.stories = story
    return drafts


def draw_story(w: Future, team: int, story: int, drafts: int) -> bool:
    """Draw a story; whether it may break something, which is then a draft."""
    s = w.streams[OF_INCIDENTS]
    size = pick(w, w.scene.sizes, uniform(s))
    ratio = seconds(w, w.scene.error_law, uniform(s), MILLE)
    w.story_points[story], w.story_estimate[story] = w.sizes[size], w.estimates[size]
    w.story_effort[story] = max(w.estimates[size] * ratio // MILLE, 1)
    w.story_uniform[story] = int(uniform(s) * MILLION)
    w.story_regression[story] = -1
    if w.story_uniform[story] >= w.scene.breaks:
        leap(s)
        return False
    if drafts >= len(w.draft_opened):
        w.drawn.full = 1
        return True
    kind = w.scene.regression_kind
    home = w.kinds[kind].home
    w.story_regression[story] = drafts
    w.draft_after[drafts] = seconds(w, w.scene.regression_law, uniform(s), DAY)
    w.draft_opened[drafts], w.draft_kind[drafts] = -1, kind
    w.draft_team[drafts] = home if home >= 0 else team
    draw_marks(w, s, drafts)
    return True
