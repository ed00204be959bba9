"""Options that stand in a dataclass are options like any other."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import signature
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from sim.commands.app import app as firelane
from sim.commands.options import Changes, Computing
from sim.commands.splicing import spliced


@dataclass(frozen=True)
class Weather:
    """Two options."""

    wind: Annotated[int, typer.Option("--wind", min=0)]
    rain_: Annotated[bool, typer.Option("--rain")] = False


def told(*words: str) -> tuple[int, str]:
    """Status and output of a command with such options."""
    app = typer.Typer()

    @app.command()
    @spliced
    def walk(where: str, *, weather: Weather, hours: int = 1) -> None:
        """Take a walk."""
        print(where, weather, hours)

    ended = CliRunner().invoke(app, list(words))
    return ended.exit_code, ended.output


def test_a_command_gets_its_options_as_one_value() -> None:
    assert told("home", "--wind", "3", "--rain") == (0, "home Weather(wind=3, rain_=True) 1\n")
    assert told("home", "--wind", "3", "--hours", "2") == (
        0,
        "home Weather(wind=3, rain_=False) 2\n",
    )


def test_they_are_checked_and_demanded_as_any_other() -> None:
    assert told("home", "--wind", "-1")[0] == 2
    assert told("home")[0] == 2


def test_they_stand_in_the_help_where_the_value_stood() -> None:
    _, text = told("--help")
    places = [text.index(option) for option in ("--wind", "--rain", "--hours")]
    assert places == sorted(places)
    assert "Take a walk." in text


@pytest.mark.parametrize("name", ["compare", "sweep", "map_", "recommend", "sensitivity", "hire"])
def test_every_question_has_the_options_that_all_share(name: str) -> None:
    commands = {
        one.callback.__name__: signature(one.callback).parameters
        for group in (firelane, *(one.typer_instance for one in firelane.registered_groups))
        for one in group.registered_commands
    }
    shared = [*Changes.__dataclass_fields__, *Computing.__dataclass_fields__]
    assert [own for own in commands[name] if own in shared] == shared
