"""What of a scenario can be moved on a screen, in human words: one row for each of its figures.

A row is about every scenario; `sim.report.controls` holds it against one. `{kind}` and `{team}` in a key stand
for each of that scenario's. What a row does not tell is asked of the scenario itself: what stands there now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

ControlKind = Literal["slider", "stepper", "toggle", "choice"]

Choices = tuple[tuple[str, str], ...]
"""What may be chosen: the value as `--set` takes it, and what it is called."""

SEVERITIES: Choices = (
    ("0", "nothing"),
    ("1", "outages"),
    ("2", "serious"),
    ("3", "ordinary"),
    ("4", "minor"),
    ("5", "all"),
)
"""From which severity on something happens."""


@dataclass(frozen=True)
class Row:
    """A figure of scenarios, and how people move it."""

    key: str
    """as `--set` takes it, with `{kind}` or `{team}` for each"""
    label: str
    help: str
    unit: str
    """of what is shown; `share` is shown in %, `money` in the scenario's currency"""
    kind: ControlKind
    group: str
    least: float = 0
    most: float = 1
    """ends of the control; what a scenario says beyond them moves them there"""
    step: float = 1
    choices: Choices = ()
    sign: Literal["", "*", "+"] = ""
    """how a value is written that is not the same everywhere: in times, or more than now"""
    first: bool = False
    """whether it is among the few that stand in reach, before anybody asks for all"""


def _yes_no(no: str, yes: str) -> Choices:
    return (("false", no), ("true", yes))


def _slider(
    key: str, label: str, help: str, group: str, most: float, step: float = 0.01, **more: object
) -> Row:
    return replace(
        Row(key, label, help, "share", "slider", group, 0, most, step),
        **more,  # type: ignore[arg-type]  # fields of a row, checked by the tests of every row
    )


def _stepper(
    key: str,
    label: str,
    help: str,
    unit: str,
    group: str,
    ends: tuple[float, float],
    step: float = 1,
    **more: object,
) -> Row:
    return replace(
        Row(key, label, help, unit, "stepper", group, *ends, step),
        **more,  # type: ignore[arg-type]  # as above
    )


ALL_INCIDENTS = "incidents.*.per_week"

TEAM = (
    _stepper(
        "teams.*.developers", "Developers in a team", "People who write software in each team.",
        "people", "Team", (1, 20), sign="+", first=True,
    ),
    _stepper(
        "time.sprint_weeks", "Sprint length", "Weeks from one planning to the next.", "weeks", "Team", (1, 4),
        first=True,
    ),
    _slider(
        "teams.*.focus", "Work left after meetings and mail",
        "Share of working time that reaches the work.", "Team", 1, least=0.3, sign="*",
    ),
    _slider(
        "sprints.improvement_share", "Time for what lowers the load",
        "Share of each sprint for improvements, under every policy that is not set to another.", "Team", 0.4,
    ),
    Row(
        "sprints.plan_by", "Plans by", "What the commitment of a sprint is forecast from.", "", "choice",
        "Team", choices=(("velocity", "velocity"), ("capacity", "capacity")),
    ),
    _slider(
        "sprints.goal_share", "A goal is met with",
        "Share of the committed stories that must be done for the sprint goal.", "Team", 1, least=0.3,
    ),
    _stepper(
        "sprints.ceremony_hours", "Meetings of a sprint", "Hours of Scrum events a sprint, for each person.",
        "hours", "Team", (0, 24), 0.5,
    ),
    _stepper(
        "sprints.ceremony_hours_per_week", "Meetings by the week of sprint",
        "Hours of Scrum events a week, in place of those of a sprint.", "hours", "Team", (0, 12), 0.5,
    ),
    _stepper(
        "sprints.refinement_hours_per_week", "Refinement", "Hours a week for each person, on Wednesdays.",
        "hours", "Team", (0, 8), 0.5,
    ),
)  # fmt: skip

EACH_TEAM = (
    _stepper("teams.{team}.developers", "Developers", "People of this team.", "people", "", (1, 30)),
    _slider("teams.{team}.focus", "Work left after meetings and mail", "Of this team.", "", 1, least=0.3),
    _stepper(
        "teams.{team}.incident_share", "Share of the incidents",
        "Weight of this team as home of incidents, against the others’ weights.", "parts", "", (0, 10), 0.1,
    ),
)  # fmt: skip

STORIES = (
    _stepper(
        "stories.hours_per_point", "Hours of a point", "Estimated hours of undisturbed work for one point.",
        "hours", "Stories", (1, 20), 0.5,
    ),
    _stepper(
        "stories.error", "Stories take, against their estimate",
        "How many times as long as estimated a story takes on average.", "times", "Stories", (0.3, 3), 0.05,
        sign="*",
    ),
    _slider(
        "stories.regression_rate", "Stories that break something",
        "Chance that a finished story causes an incident.", "Stories", 0.5,
    ),
    _stepper(
        "stories.interrupted_regressions", "More often, if interrupted",
        "That chance, multiplied for stories that were interrupted.", "times", "Stories", (1, 5), 0.1,
    ),
    _stepper(
        "stories.regression_after_days", "Breaks after", "Days from the story’s end to its incident, on average.",
        "days", "Stories", (0.5, 60), 0.5, sign="*",
    ),
)  # fmt: skip

EACH_KIND = (
    _stepper(
        "incidents.{kind}.per_week", "A week", "How many open a week in the whole organisation.", "a week", "",
        (0, 5), 0.5,
    ),
    _stepper(
        "incidents.{kind}.effort_hours", "Hands-on work", "Hours of work for each, on average.", "hours", "",
        (0.1, 80), 0.25, sign="*",
    ),
    Row(
        "incidents.{kind}.severity", "Severity", "How bad they are.", "", "choice", "",
        choices=(("1", "outage"), ("2", "serious"), ("3", "ordinary"), ("4", "minor"), ("5", "least")),
    ),
    _stepper(
        "incidents.{kind}.respond_within_hours", "Promised: first answer", "Hours within which somebody starts.",
        "hours", "", (0.25, 240), 0.25,
    ),
    _stepper(
        "incidents.{kind}.resolve_within_hours", "Promised: solved", "Hours within which it is solved.",
        "hours", "", (0.5, 480), 1,
    ),
    Row(
        "incidents.{kind}.clock", "Promises count", "Which hours the two promises count.", "", "choice", "",
        choices=(("calendar", "every hour"), ("working", "working hours")),
    ),
    Row(
        "incidents.{kind}.profile", "They come", "When in the week they open.", "", "choice", "",
        choices=(
            ("round-the-clock", "day and night"), ("office-hours", "office hours"),
            ("service-desk", "as at a service desk"),
        ),
    ),
    _stepper(
        "incidents.{kind}.dispersion", "How uneven weeks are",
        "Variance over mean of weekly counts; 1 is chance alone.", "times", "", (1, 10), 0.1,
    ),
    _slider(
        "incidents.{kind}.daily_cv", "How uneven days are", "Beyond the week’s shape and chance.", "", 2, 0.05,
    ),
    _slider(
        "incidents.{kind}.holiday_share", "On public holidays", "Share of an ordinary day’s that open then.",
        "", 1, 0.05,
    ),
    _stepper("incidents.{kind}.people", "People at once", "Who work on one together.", "people", "", (1, 6)),
    Row(
        "incidents.{kind}.first_line", "Through the first line",
        "Whether the first line sees them before a team does.", "", "toggle", "",
        choices=_yes_no("straight to a team", "first line first"),
    ),
    _slider("incidents.{kind}.reopen_rate", "Come again", "Share of those closed that open again.", "", 0.5),
    _stepper(
        "incidents.{kind}.reopen_after_hours", "Come again after", "Hours, on average.", "hours", "",
        (1, 240), 1, sign="*",
    ),
    _slider(
        "incidents.{kind}.reopen_effort_share", "Work of the second round", "Of the first round’s.", "", 2, 0.05,
    ),
    _stepper(
        "incidents.{kind}.escalate_after_hours", "Gets worse after",
        "Hours after which it is one severity worse if nobody has started.", "hours", "", (0.5, 240), 0.5,
    ),
    _stepper(
        "incidents.{kind}.abandon_after_days", "Withdrawn after", "Days, if nobody has started.", "days", "",
        (0.5, 60), 0.5,
    ),
    _slider(
        "incidents.{kind}.effort_grows_per_day", "Grows while it waits", "Share of the work more, each day.",
        "", 1,
    ),
    _slider(
        "incidents.{kind}.trend_per_year", "More every year", "Share by which a year has more than the last.",
        "", 1, least=-0.5,
    ),
    _slider(
        "incidents.{kind}.logged_share", "Written down", "Share that trackers hold, and past sprints show.",
        "", 1, least=0.1,
    ),
    _stepper(
        "incidents.{kind}.cost_per_open_hour", "Costs while open", "Money for each hour of the day.", "money",
        "", (0, 1_000), 5,
    ),
    _stepper(
        "incidents.{kind}.penalty", "A promise not kept costs", "Money each time.", "money", "", (0, 10_000), 50,
    ),
)  # fmt: skip

FIRST_LINE = (
    _slider(
        "first_line.deflect_rate", "Settled before they reach a team",
        "Share of incidents that the first line settles.", "Incidents", 0.9, first=True,
    ),
    _stepper(
        "first_line.delay_minutes", "First line takes", "Working minutes until settled or handed on, on average.",
        "minutes", "Incidents", (1, 480), 5, sign="*",
    ),
)  # fmt: skip

INTERRUPTIONS = (
    _stepper(
        "interruptions.resume_minutes", "Minutes to find back",
        "Added to the interrupted work each time.", "minutes", "Interruptions", (0, 120), first=True,
    ),
    _stepper(
        "interruptions.switch_minutes", "Minutes to get into it",
        "Before the interrupting work begins.", "minutes", "Interruptions", (0, 60),
    ),
    _stepper(
        "interruptions.handover_minutes", "Handing duty over", "Of whoever begins or ends a turn.", "minutes",
        "Interruptions", (0, 240), 5,
    ),
    _stepper(
        "interruptions.swap_meeting_minutes", "Meeting to swap a story", "Of every team member.", "minutes",
        "Interruptions", (0, 240), 5,
    ),
    _stepper(
        "interruptions.replan_hours", "Replanning after a cancelled sprint", "Hours of every team member.",
        "hours", "Interruptions", (0, 16), 0.5,
    ),
    _slider(
        "interruptions.rework_share", "Lost by cancelling", "Share of the progress on unfinished stories.",
        "Interruptions", 1, 0.05,
    ),
)  # fmt: skip

NIGHT = (
    Row(
        "on_call.cover", "Night cover", "Whether somebody is called when all are closed.", "", "toggle", "Night",
        choices=(("none", "nobody is called"), ("24x7", "somebody is called")), first=True,
    ),
    Row(
        "on_call.page", "Called for", "Severities that are worth a call.", "", "choice", "Night",
        choices=(("[1]", "outages"), ("[1, 2]", "and serious"), ("[1, 2, 3]", "and ordinary")),
    ),
    _stepper("on_call.people", "On call", "People of each team, in order.", "people", "Night", (1, 5)),
    Row(
        "time.always_open", "Works", "Round the clock, every day, or in office hours.", "", "toggle", "Night",
        choices=_yes_no("in office hours", "round the clock"),
    ),
    _stepper("time.opens_at_hour", "Opens at", "Hour of the day.", "o’clock", "Night", (0, 23), 0.5),
    _stepper("time.closes_at_hour", "Closes at", "Hour of the day.", "o’clock", "Night", (1, 24), 0.5),
)  # fmt: skip

PEOPLE = (
    _slider("people.sick_share", "Sick", "Share of working days.", "People", 0.15, 0.005),
    _stepper(
        "people.sick_spell_days", "A sick spell lasts", "Days, on average.", "days", "People", (0.5, 30), 0.5,
        sign="*",
    ),
    _stepper(
        "people.vacation_weeks_per_year", "On holiday", "Weeks a year, for each person.", "weeks", "People",
        (0, 10), 0.5,
    ),
    _stepper(
        "people.unfamiliarity", "Another team’s product takes",
        "How many times as long as one’s own, until one has worked on it.", "times", "People", (1, 3), 0.05,
    ),
    _stepper(
        "people.familiar_after_hours", "Familiar after", "Hours of others’ incidents; 0: never.", "hours",
        "People", (0, 400), 5,
    ),
    _slider(
        "people.quality_gain", "Support teaches",
        "Share of defects avoided by whoever has done support long enough.", "People", 1, 0.05,
    ),
    _stepper(
        "people.quality_after_hours", "Learnt after", "Hours of incidents.", "hours", "People", (10, 1_000), 10,
    ),
    _slider("people.leaves_per_year", "Leave for good", "Share of people, each year.", "People", 0.6),
    _stepper(
        "people.leaves_by_duty", "More, if always on duty", "Times more, less one.", "times", "People",
        (0, 5), 0.1,
    ),
    _stepper(
        "people.vacancy_weeks", "A place stays empty", "Weeks until it is filled.", "weeks", "People", (0, 52),
    ),
    _stepper(
        "people.ramp_up_weeks", "Newcomers need", "Weeks until they are worth a veteran.", "weeks", "People",
        (0, 52),
    ),
    _slider(
        "people.mentor_share", "Mentors give", "Share of a colleague’s week while somebody ramps up.", "People",
        0.8, 0.05,
    ),
)  # fmt: skip

MONEY = (
    _stepper(
        "money.point_value", "Value of a point", "What a delivered point is worth.", "money", "Money",
        (0, 0), 50,
    ),
    _stepper("money.night_call", "A call at night", "Paid for each.", "money", "Money", (0, 1_000), 10),
)  # fmt: skip

HORIZON = _stepper(
    "time.horizon_weeks", "Simulated", "Weeks of each simulated year.", "weeks", "Details", (4, 208)
)
WARM_UP = _stepper(
    "time.warmup_weeks",
    "Left out",
    "First weeks that no figure counts.",
    "weeks",
    "Details",
    (0, 52),
)

ROWS = (
    *TEAM, *FIRST_LINE, *INTERRUPTIONS, *NIGHT, *STORIES, *PEOPLE, *MONEY, HORIZON, WARM_UP,
)  # fmt: skip
"""Of the organisation as a whole, in the order in which they are shown."""
