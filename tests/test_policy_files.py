"""A policy in a file of one's own is named by the file, on the command line alone."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import BAD, app
from sim.policy import PolicyError
from sim.registry import find_policy, from_file

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
    assert isinstance(done.exception, BAD)
    assert "no.py: there is no such file" in str(done.exception)


def test_other_names_are_left_as_they_are() -> None:
    assert from_file("kanban:wip_limit=3") == "kanban:wip_limit=3"


def test_no_file_is_run_for_a_name_that_comes_from_elsewhere(file: Path) -> None:
    with pytest.raises(PolicyError, match="no policy"):
        find_policy(str(file))
