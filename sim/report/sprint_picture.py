"""A sprint as it was lived: who worked on what, hour by hour, with the interruptions marked."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.arrays import Ints
from sim.measures.run import Run
from sim.report import stints as s
from sim.report.style import SOFT, canvas, in_style
from sim.report.typical import MAX_SHOWN
from sim.sampling.calendars import DAY, HOUR, WEEK, Calendar

LOOKS = {
    s.STORY: ("#A9BFD6", ""),
    s.INCIDENT: ("#C8470B", ""),
    s.IMPROVEMENT: ("#3E8E41", "\\\\\\"),
    s.EVENTS: ("#DDDFE1", ""),
    s.ABSENCE: ("#FFFFFF", "---"),
}
"""Colour and hatch of each thing people do; what is left white is idle."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@in_style
def sprint_picture(run: Run, team: int, sprint: int) -> Figure:
    """Draw one team's sprint, in working hours only, so that nights and weekends take no room.

    Raises:
        IndexError: for a team or a sprint that there is not.
    """
    scenario, org = run.path.scenario, run.path.organisation
    sprints = scenario.time.horizon_weeks // scenario.time.sprint_weeks
    if not (0 <= team < org.teams and 0 <= sprint < sprints):
        raise IndexError(f"there are {org.teams} teams and {sprints} sprints")
    calendar, length = org.calendar_of(team), scenario.time.sprint_weeks * WEEK
    begins = sprint * length
    members = np.flatnonzero(org.team == team)[:MAX_SHOWN]
    row = {int(developer): n for n, developer in enumerate(members)}
    figure, [axes] = canvas(9, 1.7 + 0.32 * len(members))
    seen = _draw_stints(axes, run, calendar, row, begins, begins + length)
    marked = _mark_interruptions(axes, run, calendar, row, begins, begins + length)
    _days(axes, calendar, begins, begins + length)
    axes.set_yticks(range(len(members)), [f"developer {n + 1}" for n in range(len(members))])
    axes.set_ylim(len(members) - 0.4, -0.75)
    axes.set_title(
        f"{run.policy.title or run.policy.id}: {scenario.teams[team].name}, sprint {sprint + 1}; "
        f"{marked} interruptions",
        loc="left",
        fontsize=11,
    )
    _legend(axes, seen)
    return figure


def _worked(calendar: Calendar, moments: Ints, since: int) -> list[float]:
    """Return working hours since the sprint's beginning."""
    hours: list[float] = ((calendar.worked_at(moments) - calendar.worked(since)) / HOUR).tolist()
    return hours


def _draw_stints(
    axes: Axes, run: Run, calendar: Calendar, row: dict[int, int], begins: int, ends: int
) -> list[int]:
    """Draw a bar for each stretch of work; return which things were seen."""
    horizon = run.path.organisation.horizon
    shown = [
        stint
        for stint in s.stints(run.events, horizon)
        if stint.developer in row and stint.ends > begins and stint.begins < ends
    ]
    left = _worked(calendar, np.array([max(x.begins, begins) for x in shown], np.int64), begins)
    right = _worked(calendar, np.array([min(x.ends, ends) for x in shown], np.int64), begins)
    for what, (colour, hatch) in LOOKS.items():
        own = [n for n, stint in enumerate(shown) if stint.what == what]
        axes.barh(
            [row[shown[n].developer] for n in own],
            [right[n] - left[n] for n in own],
            left=[left[n] for n in own],
            height=0.7,
            color=colour,
            hatch=hatch,
            edgecolor="white" if what != s.ABSENCE else "#999999",
            linewidth=0.5,
        )
    return [what for what in LOOKS if any(stint.what == what for stint in shown)]


def _mark_interruptions(
    axes: Axes, run: Run, calendar: Calendar, row: dict[int, int], begins: int, ends: int
) -> int:
    times = [
        (time, row[developer])
        for time, developer in s.interruptions(run.events)
        if developer in row and begins <= time < ends
    ]
    at = _worked(calendar, np.array([time for time, _ in times], np.int64), begins)
    axes.plot(at, [place - 0.42 for _, place in times], "v", color="black", markersize=5)
    return len(times)


def _days(axes: Axes, calendar: Calendar, begins: int, ends: int) -> None:
    """Draw a line at each day's opening and its name in the middle."""
    inside = (calendar.opens >= begins) & (calendar.opens < ends)
    days = dict.fromkeys((calendar.opens[inside] // DAY).tolist())
    edges = _worked(calendar, np.array([day * DAY for day in days], np.int64), begins)
    last = _worked(calendar, np.array([ends], np.int64), begins)[0]
    for edge in edges:
        axes.axvline(edge, color="#999999", linewidth=0.6, zorder=0)
    middles = [(a + b) / 2 for a, b in zip(edges, [*edges[1:], last], strict=True)]
    axes.set_xticks(middles, [DAYS[day % 7] for day in days])
    axes.tick_params(length=0)
    axes.set_xlim(0, max(last, 1))


def _legend(axes: Axes, seen: list[int]) -> None:
    handles: list[Patch | Line2D] = [
        Patch(
            facecolor=LOOKS[what][0], hatch=LOOKS[what][1], edgecolor="#999999", label=s.NAMES[what]
        )
        for what in seen
    ]
    handles.append(
        Line2D([], [], marker="v", color="black", linestyle="", label="taken from other work")
    )
    axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0, -0.12 if len(handles) else 0),
        ncols=len(handles),
        frameon=False,
        fontsize=8,
        labelcolor=SOFT,
    )
