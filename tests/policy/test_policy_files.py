"""A policy in a file of one's own is named by the file, on the command line alone."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.commands.app import app
from sim.errors import BadInputError
from sim.policy.parameters import PolicyError
from sim.policy.registry import chosen_policies, find_policy, from_file
from sim.scenario.reading import load

MINE = """
from sim.policy import DEFER, INTERRUPT, Parameter, Policy

LIMIT = 2


def route(incident, team, now, p):
    return INTERRUPT if incident.severity <= LIMIT else DEFER


mine = Policy(id="mine", parameters={"most": Parameter(3, "items", 0, 9, "")}, route=route)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(MINE, encoding="utf-8")
    return path


def compared(*policies: str) -> str:
    named = [part for policy in policies for part in ("--policy", policy)]
    run = ["compare", "scenarios/small_product.toml", "--replications", "2", *named]
    done = CliRunner().invoke(app, run, catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_a_file_is_compared_beside_policies_that_ship_compiled_and_from_disk(file: Path) -> None:
    for _ in range(2):
        found = compared(str(file), "kanban")
        assert "mine" in found
        assert "SimPy" not in found


def test_its_parameters_can_be_set(file: Path) -> None:
    assert "mine:most=5" in compared(f"{file}:most=5")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r"has no policy; give the one that is meant the name `policy`"),
        ("1 / 0", r"cannot be run: ZeroDivisionError: division by zero"),
        ("def", r"cannot be run: SyntaxError"),
        (MINE + "other = Policy(id='other')", r"has several policies \(mine, other\)"),
    ],
)
def test_a_file_without_one_policy_is_refused_in_words(file: Path, text: str, words: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=words):
        from_file(str(file))


def test_of_several_the_one_named_policy_is_meant(file: Path) -> None:
    file.write_text(MINE + "policy = Policy(id='other')", encoding="utf-8")
    assert from_file(str(file)).id == "other"


def test_a_file_that_is_not_there_is_said_not_to_be(tmp_path: Path) -> None:
    run = ["compare", "scenarios/small_product.toml", "--policy", str(tmp_path / "no.py")]
    done = CliRunner().invoke(app, run)
    assert isinstance(done.exception, BadInputError)
    assert "no.py: there is no such file" in str(done.exception)


def test_other_names_are_left_as_they_are() -> None:
    assert from_file("kanban:wip_limit=3") == "kanban:wip_limit=3"


def test_no_file_is_run_for_a_name_that_comes_from_elsewhere(file: Path) -> None:
    with pytest.raises(PolicyError, match="no policy"):
        find_policy(str(file))


# ---- slips ---------------------------------------------------------------------------------------


def refusal(file: Path, answer: str, *options: str, above: str = "") -> str:
    """What the command line says, and nothing else, where `route` ends with `answer`."""
    file.write_text(SLIP.format(answer=answer, above=above), encoding="utf-8")
    run = ["compare", "scenarios/small_product.toml", "--replications", "2", "--policy", str(file)]
    done = subprocess.run(
        [sys.executable, "-m", "firelane", *run, *options], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert not done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


SLIP = """
from sim.policy import DEFER, Policy
{above}

def route(incident, team, now, p):
    return {answer}


mine = Policy(id="mine", route=route)
"""


@pytest.mark.parametrize(
    ("options", "answer", "words"),
    [
        ("--workers 1", "INTERUPT", "name 'INTERUPT' is not defined; nearest known: INTERRUPT"),
        ("--engine plain", "INTERUPT", "name 'INTERUPT' is not defined; nearest known: INTERRUPT"),
        ("--workers 2", "incident.sev", "has no attribute 'sev'; nearest known: severity"),
        ("--workers 1", "now // (incident.kind - incident.kind)", "ZeroDivisionError"),
        ("--workers 2", "now // (incident.kind - incident.kind)", "ZeroDivisionError"),
        ("--workers 1", "float('x' * incident.severity)", "could not convert string to float: 'x"),
    ],
)
def test_a_slip_is_told_with_its_line_and_what_was_meant(
    file: Path, answer: str, words: str, options: str
) -> None:
    said = refusal(file, answer, *options.split()).splitlines()
    assert f"mine: route failed in {file}, line 6: " in said[-1]
    assert words in said[-1]
    assert sum("runs on SimPy" in line for line in said) <= 1


@pytest.mark.parametrize(
    ("above", "answer", "used"),
    [
        ("import random", "random.randrange(3)", "random"),
        ("from random import randrange", "randrange(3)", "randrange"),
        ("import numpy as np", "int(np.random.random() * 3)", "np.random"),
        ("import numpy as np\nRNG = np.random.default_rng(1)", "int(RNG.integers(3))", "RNG"),
        ("from datetime import datetime", "datetime.now().second % 3", "datetime"),
        ("import time\ndef odd(): return int(time.time()) % 3", "odd()", "time"),
    ],
)
def test_chance_and_the_clock_are_refused(file: Path, above: str, answer: str, used: str) -> None:
    assert f"mine: route uses {used}, but the same views" in refusal(file, answer, above=above)


def test_what_was_drawn_before_the_decisions_is_no_chance(file: Path) -> None:
    above = "import numpy as np\nDRAWN = int(np.random.default_rng(1).integers(3)) * 0"
    file.write_text(SLIP.format(answer="DEFER + DRAWN", above=above), encoding="utf-8")
    assert "mine" in compared(str(file))


def test_its_story_is_told_by_the_command_that_tells_of_policies(file: Path) -> None:
    done = CliRunner().invoke(app, ["policies", str(file)], catch_exceptions=False)
    assert done.output.startswith("mine: ")
    assert "most" in done.output


def test_a_scenarios_table_of_parameters_holds_for_a_policy_of_ones_own(file: Path) -> None:
    """As for those that ship: by --set, and along an axis of a sweep."""
    set_ = ["policies.mine.most=7"]
    scenario = load("scenarios/small_product.toml", set_)
    [policy] = chosen_policies(scenario, [from_file(str(file))])
    assert (policy.values["most"], policy.label) == (7, "mine")
    [own] = chosen_policies(scenario, [from_file(f"{file}:most=5")])
    assert (own.values["most"], own.label) == (5, "mine:most=5")
