"""A scenario from five answers, for teams that have no export at hand.

Each line of the file says whether it was answered or is assumed; what is assumed has a range, so that
comparisons say what hangs on it.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, fields
from typing import Any

from sim.calibrate.scenario_text import number, quoted
from sim.errors import BadInputError, nearest
from sim.policy.registry import known_policies
from sim.scenario.reading import from_table
from sim.scenario.schema import Scenario

Choice = tuple[float | str, str]
"""An answer, and how it is spoken."""


class AnswerError(BadInputError):
    """Raised for an answer that no team can be made of: it says which, and what would be right."""


@dataclass(frozen=True)
class Question:
    """One of the blanks in the five sentences, and what may be put there."""

    name: str
    """of the answer, and of the command's option"""
    asked: str
    usual: float | str
    least: float = 0
    most: float = 0
    step: float = 1
    """of a stepper on a screen"""
    choices: tuple[Choice, ...] = ()
    """what a screen offers; the command takes any number within the ends"""
    whole: bool = False
    sentence: int = 1
    """which of the five it stands in"""


QUESTIONS = (
    Question("people", "How many developers has a team?", 5, 1, 50, whole=True),
    Question("teams", "How many teams are there?", 1, 1, 20, whole=True),
    Question(
        "sprint_weeks", "How many weeks has a sprint?", 2, 1, 8, whole=True,
        choices=((1, "1 week"), (2, "2 weeks"), (3, "3 weeks"), (4, "4 weeks")),
    ),
    Question("incidents", "How many incidents come in a week, for all teams?", 8, 0.1, 1_000, sentence=2),
    Question(
        "tiny", "What share of them is tiny, under half an hour (0 to 1)?", 0.5, 0, 1, sentence=2,
        choices=(
            (0, "none"), (0.25, "a quarter"), (0.5, "half"), (0.75, "three quarters"), (1, "all"),
        ),
    ),
    Question(
        "hours", "How many hours of work do the others take?", 3, 0.5, 80, sentence=2,
        choices=((1, "1 hour"), (2, "2 hours"), (3, "3 hours"), (6, "6 hours"), (16, "2 days"), (40, "a week")),
    ),
    Question(
        "outages", "How many real outages are there a year?", 12, 0, 500, sentence=3,
        choices=(
            (0, "never"), (4, "once a quarter"), (12, "once a month"), (26, "every two weeks"),
            (52, "once a week"), (156, "three times a week"),
        ),
    ),
    Question(
        "night", "Is somebody called at night (nobody or somebody)?", "nobody", sentence=3,
        choices=(("nobody", "nobody"), ("somebody", "somebody")),
    ),
    Question(
        "promise", "Within how many working hours is a first answer promised (0: no promise)?", 8, 0, 400,
        sentence=4,
        choices=(
            (0, "no promise"), (1, "an hour"), (4, "half a working day"), (8, "a working day"),
            (16, "two working days"), (40, "a working week"),
        ),
    ),
    Question("today", "What is done with incidents today (the name of a policy)?", "interrupt-anyone", sentence=5),
)  # fmt: skip
"""The blanks of the five sentences, in their order."""


@dataclass(frozen=True)
class Answers:
    """What a team says of itself.

    Raises:
        AnswerError: for an answer out of range, and for a policy that is not known.
    """

    people: int = 5
    """developers of each team"""
    teams: int = 1
    sprint_weeks: int = 2
    incidents: float = 8
    """a week, of all teams together, outages not counted"""
    tiny: float = 0.5
    """share of them under half an hour"""
    hours: float = 3
    """of work that half of the others stay under"""
    outages: float = 12
    """a year"""
    night: str = "nobody"
    promise: float = 8
    """working hours; 0: none"""
    today: str = "interrupt-anyone"

    def __post_init__(self) -> None:
        for question in QUESTIONS:
            object.__setattr__(self, question.name, checked(question, getattr(self, question.name)))

    @staticmethod
    def of(given: dict[str, str]) -> Answers:
        """The answers by their names, as text; those that are not given are as usual.

        Raises:
            AnswerError: for one that is no answer.
        """
        known = {field.name for field in fields(Answers)}
        for name in given:
            if name not in known:
                raise AnswerError(f"{name[:40]}: is no question{nearest(name, list(known))}")
        taken: dict[str, Any] = dict(given)
        return Answers(**taken)


def checked(question: Question, answer: Any) -> Any:
    """An answer as it is used.

    Raises:
        AnswerError: saying what would be right.
    """
    if question.name == "today":
        if answer not in known_policies():
            raise AnswerError(
                f"today: no policy '{answer}'{nearest(answer, list(known_policies()))}"
            )
        return answer
    if isinstance(question.usual, str):
        right = [str(value) for value, _ in question.choices]
        if answer not in right:
            raise AnswerError(f"{question.name}: must be {' or '.join(right)} (got '{answer}')")
        return answer
    kind = "a whole number" if question.whole else "a number"
    right_words = f"{question.name}: must be {kind} from {question.least:g} to {question.most:g}"
    try:
        value = float(answer)
    except ValueError:
        raise AnswerError(f"{right_words} (got '{str(answer)[:40]}')") from None
    wrong = not math.isfinite(value) or not question.least <= value <= question.most
    if wrong or (question.whole and value != int(value)):
        raise AnswerError(f"{right_words} (got {answer})")
    return int(value) if question.whole else value


def scenario_from(answers: Answers) -> Scenario:
    """The scenario that the answers make.

    Raises:
        ScenarioError: where they make none.
    """
    return from_table(tomllib.loads(answered_text(answers)), "the five answers")


def answered_text(answers: Answers, name: str = "") -> str:
    """The scenario file: every line says whether it was answered or is assumed."""
    a = answers
    blocks = [
        _head(a, name), _time(a), *_teams(a), _SPRINTS, _STORIES, *_kinds(a), _PEOPLE, _on_call(a), _levers(a),
        _RANGES,
    ]  # fmt: skip
    return "\n\n".join(blocks) + "\n"


def _head(a: Answers, name: str) -> str:
    teams = "One team" if a.teams == 1 else f"{a.teams} teams"
    title = name or f"{teams} of {a.people}, {a.incidents:g} incidents a week"
    today = known_policies()[a.today].title or a.today
    about = (
        f"Made by `firelane new` from five answers. Today: {today} ({a.today}). What is marked `assumed` was\n"
        "not asked: put your own, or calibrate from your trackers with `firelane calibrate`."
    )
    return f'name = {quoted(title[:80])}\nabout = """\n{about}\n"""'


def _time(a: Answers) -> str:
    return (
        "[time]\nhorizon_weeks = 64\nwarmup_weeks = 12 # left out of all figures; a year is left\n"
        f"sprint_weeks = {a.sprint_weeks} # answered"
    )


def _teams(a: Answers) -> list[str]:
    names = ["Our team"] if a.teams == 1 else [f"Team {n + 1}" for n in range(a.teams)]
    return [
        f'[[teams]]\nname = "{name}"\ndevelopers = {a.people} # answered\n'
        "focus = 0.75 # assumed: the share of working time that reaches the work"
        for name in names
    ]


_SPRINTS = """[sprints]
ceremony_hours_per_week = 3 # assumed
goal_share = 0.8 # assumed: a goal survives one dropped story in five"""

_STORIES = """[stories]
points = { 1 = 0.3, 2 = 0.3, 3 = 0.2, 5 = 0.15, 8 = 0.05 } # assumed
hours_per_point = 5 # assumed
error = { dist = "lognormal", median = 1.0, p90 = 1.9 } # assumed: docs/evidence.md, A2"""

_PEOPLE = """[people]
sick_share = 0.02 # assumed: docs/evidence.md, A8
vacation_weeks_per_year = 5 # assumed
unfamiliarity = 1.25 # assumed: another team's product takes a quarter longer"""


def _kinds(a: Answers) -> list[str]:
    found = []
    if a.tiny:
        tiny = "median = 0.25, p90 = 0.5"
        found.append(
            _kind("tiny incident", 4, a.incidents * a.tiny, tiny, a, "answered: under half an hour")
        )
    if a.tiny < 1:
        usual = f"median = {number(a.hours)}, p90 = {number(3.5 * a.hours)}"
        why = "answered; how far they spread is assumed: docs/evidence.md, A3"
        found.append(_kind("incident", 3, a.incidents * (1 - a.tiny), usual, a, why))
    if a.outages:
        found.append(_kind("outage", 1, a.outages / 52, "median = 3, p90 = 12", a, "assumed"))
    return found


def _kind(name: str, severity: int, per_week: float, effort: str, a: Answers, why: str) -> str:
    round_the_clock = severity == 1
    lines = [
        "[[incidents]]", f'kind = "{name}"', f"severity = {severity} # assumed",
        f"per_week = {number(per_week)} # answered",
        f"dispersion = {1.5 if round_the_clock else 2.6} # assumed: docs/evidence.md, A4",
        f'profile = "{"round-the-clock" if round_the_clock else "office-hours"}" # assumed',
        f'effort_hours = {{ dist = "lognormal", {effort} }} # {why}',
        "first_line = false # assumed: no first line",
    ]  # fmt: skip
    if a.promise:
        lines += [f"respond_within_hours = {number(a.promise)} # answered"]
        lines += ['clock = "working" # answered']
    return "\n".join(lines)


def _on_call(a: Answers) -> str:
    cover = "24x7" if a.night == "somebody" else "none"
    return f'[on_call]\ncover = "{cover}" # answered\npage = [1] # assumed: outages alone'


def _levers(a: Answers) -> str:
    kind = "tiny-incident" if a.tiny else "incident"
    words = "tiny incidents" if a.tiny else "incidents"
    return (
        f'[[levers]]\nname = "Halve the {words}"\nset = {{ "incidents.{kind}.per_week" = "*0.5" }}\n\n'
        '[[levers]]\nname = "Hire one developer per team"\nset = { "teams.*.developers" = "+1" }'
    )


_RANGES = """[ranges] # how far off the figures above may be; A1 and so on: docs/evidence.md
"incidents.*.per_week" = ["*0.6", "*1.6"] # an assumption: answered from memory
"incidents.*.effort_hours" = ["*0.5", "*2"] # an assumption: answered from memory
"incidents.*.dispersion" = [1, 5] # A4
"interruptions.resume_minutes" = [5, 90] # A1
"interruptions.switch_minutes" = [2, 10] # an assumption
"interruptions.handover_minutes" = [15, 120] # A6
"people.unfamiliarity" = [1, 1.8] # an assumption
"teams.*.focus" = ["*0.85", "*1.15"] # an assumption
"stories.error" = ["*0.9", "*1.2"] # A2
"people.sick_share" = [0.01, 0.05] # A8"""
