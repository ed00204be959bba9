"""`new`: a scenario from five answers."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.calibrate.five_questions import (
    QUESTIONS,
    AnswerError,
    Answers,
    Question,
    answered_text,
    checked,
)
from sim.commands import options as o
from sim.commands import outputs
from sim.policy.registry import known_policies

app = typer.Typer()


def _answer(name: str, metavar: str, **more: Any) -> Any:
    asked = next(one.asked for one in QUESTIONS if one.name == name)
    return typer.Option(f"--{name.replace('_', '-')}", metavar=metavar, help=asked, **more)


@app.command()
def new(
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Where to write it; - prints it, as no file does.",
        ),
    ] = None,
    people: Annotated[str | None, _answer("people", "N")] = None,
    teams: Annotated[str | None, _answer("teams", "N")] = None,
    sprint_weeks: Annotated[str | None, _answer("sprint_weeks", "N")] = None,
    incidents: Annotated[str | None, _answer("incidents", "N")] = None,
    tiny: Annotated[str | None, _answer("tiny", "SHARE")] = None,
    hours: Annotated[str | None, _answer("hours", "HOURS")] = None,
    outages: Annotated[str | None, _answer("outages", "N")] = None,
    night: Annotated[str | None, _answer("night", "nobody|somebody")] = None,
    promise: Annotated[str | None, _answer("promise", "HOURS")] = None,
    today: Annotated[str | None, _answer("today", "POLICY", autocompletion=o.policy_names)] = None,
    name: Annotated[str, typer.Option(help="What the scenario is called.")] = "",
) -> None:
    """Make a scenario of your own teams from five answers, asked one by one.

    What an option answers is not asked. Without a terminal nothing is asked: what no option says is as usual.
    """
    outputs.check_targets(o=output)
    given = {
        "people": people, "teams": teams, "sprint_weeks": sprint_weeks, "incidents": incidents, "tiny": tiny,
        "hours": hours, "outages": outages, "night": night, "promise": promise, "today": today,
    }  # fmt: skip
    said = {key: text for key, text in given.items() if text is not None}
    Answers.of(said)  # what is wrong with the options is said before anything is asked
    if sys.stdin.isatty() and sys.stderr.isatty():
        said |= {one.name: _asked(one) for one in QUESTIONS if one.name not in said}
    text = answered_text(Answers.of(said), name)
    target = Path("-") if output is None else output
    outputs.write_text(text, target)
    if not outputs.is_printed(target):
        print(f"Written. Next: {shlex.join(['firelane', 'compare', str(output)])}", file=sys.stderr)


def _asked(question: Question) -> str:
    """Ask until the answer is one."""
    if question.name == "today":
        print(f"Policies: {', '.join(known_policies())}", file=sys.stderr)
    usual = question.usual if isinstance(question.usual, str) else f"{question.usual:g}"
    while True:
        answer = str(typer.prompt(question.asked, default=usual, err=True)).strip()
        try:
            checked(question, answer)
        except AnswerError as error:
            print(error, file=sys.stderr)
        else:
            return answer
